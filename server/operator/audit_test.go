package operator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestNote(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	visitor := "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	e.ok(e.Note(t.Context(), a.Identity, operator.Act{Action: operator.ActReadRecord, Site: "shop", Subject: visitor}))
	e.ok(e.Note(t.Context(), a.Identity, operator.Act{Action: operator.ActPublish, Site: "shop", Detail: "a\r\nb\u202e" + strings.Repeat("x", 999), Outcome: operator.Failed}))
	page := must(e.Audit(t.Context(), a.Identity, operator.Query{Filter: operator.Filter{Site: "shop"}}))(t)
	if len(page.Entries) != 2 || page.Next != (operator.Place{}) {
		t.Fatalf("%+v", page)
	}
	read, publish := page.Entries[1], page.Entries[0]
	if read.Subject != visitor || read.By != (operator.Actor{Kind: operator.ByOperator, ID: a.Identity.Operator.ID, Name: "関守"}) || read.From != here || read.Outcome != operator.Done || !read.At.Equal(e.now) {
		t.Errorf("%+v", read)
	}
	if publish.Outcome != operator.Failed || !strings.HasPrefix(publish.Detail, "abxxx") || len(publish.Detail) != 256 {
		t.Errorf("%+v", publish)
	}
	if err := e.Note(t.Context(), a.Identity, operator.Act{Action: "fly"}); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("an action that is none: %v", err)
	}
	wantKind(t, "a log that is away", e.Note(ended(t), a.Identity, operator.Act{Action: operator.ActReadRecord}), fault.Unavailable)
}

func TestAuditSearch(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	for what, c := range map[string]struct {
		q    operator.Query
		path string
	}{
		"action":   {operator.Query{Filter: operator.Filter{Action: "fly"}}, "/action"},
		"period":   {operator.Query{Filter: operator.Filter{From: e.now, To: e.now.Add(-time.Second)}}, "/to"},
		"limit":    {operator.Query{Limit: 501}, "/limit"},
		"negative": {operator.Query{Limit: -1}, "/limit"},
	} {
		_, err := e.Audit(t.Context(), a.Identity, c.q)
		wantField(t, what, err, c.path)
	}
	for i := range 60 {
		e.pass(time.Second)
		e.ok(e.Note(t.Context(), a.Identity, operator.Act{Action: operator.ActPublish, Site: "shop", Subject: fmt.Sprint(i)}))
	}
	page := must(e.Audit(t.Context(), a.Identity, operator.Query{}))(t)
	if len(page.Entries) != operator.DefaultPage || page.Entries[0].Subject != "59" || page.Next.Number != page.Entries[49].Number {
		t.Errorf("%d entries, next %v", len(page.Entries), page.Next)
	}
	place := must(operator.ParsePlace(page.Next.String()))(t)
	next := must(e.Audit(t.Context(), a.Identity, operator.Query{Before: place}))(t)
	if len(next.Entries) != 13 || next.Entries[0].Subject != "9" || next.Entries[12].Action != operator.ActSetUpLink {
		t.Errorf("%d entries: %+v", len(next.Entries), next.Entries)
	}
}

func TestExportAudit(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	var many []operator.Entry
	for i := range 1234 {
		many = append(many, operator.Entry{ID: fmt.Sprint(i), At: e.now, By: a.Identity.Actor, Action: operator.ActReadRecord, Site: "shop", Subject: fmt.Sprint(i), Outcome: operator.Done})
	}
	e.ok(e.store.AppendAudit(t.Context(), many...))
	n, last := 0, uint64(0)
	for entry, err := range must(e.ExportAudit(t.Context(), a.Identity, operator.Filter{Site: "shop"}))(t) {
		e.ok(err)
		if last != 0 && entry.Number != last-1 {
			t.Errorf("number %d follows %d", entry.Number, last)
		}
		if last = entry.Number; entry.Action == operator.ActReadRecord {
			n++
		}
	}
	if n != 1234 {
		t.Errorf("%d entries", n)
	}
	if !strings.HasPrefix(e.acts(), "export-audit ") {
		t.Error("the export is not in the log")
	}
	_, err := e.ExportAudit(t.Context(), a.Identity, operator.Filter{Action: "fly"})
	wantField(t, "a filter with a mistake", err, "/action")
	if strings.Count(e.acts(), "export-audit") != 1 {
		t.Error("an export that was refused is in the log as one")
	}
	e.ok(e.store.Close())
	_, err = e.ExportAudit(t.Context(), a.Identity, operator.Filter{})
	wantKind(t, "an export that cannot be noted", err, fault.Unavailable)
}

// TestActions: the list from which people choose has every action, once.
func TestActions(t *testing.T) {
	seen := map[operator.Action]bool{}
	for _, a := range operator.Actions() {
		if seen[a] {
			t.Errorf("%s twice", a)
		}
		seen[a] = true
	}
	if len(seen) != 37 {
		t.Errorf("%d actions", len(seen))
	}
}

// TestNoSecretsInTheLog: of all that is secret in these acts nothing gets there.
func TestNoSecretsInTheLog(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	secret, codes, a := e.enrol(a)
	link := must(e.Invite(t.Context(), a.Identity, "b@example.jp", operator.Viewer, "ja"))(t)
	text, _, err := e.CreateToken(t.Context(), a.Identity, operator.TokenRequest{Name: "ci", Permissions: []operator.Permission{operator.SeeSites}, Days: 1})
	e.ok(err)
	_, _ = e.signIn("owner@example.jp", "wrong password here")
	b := must(e.ChangePassword(t.Context(), a.Token, password, another, here))(t)
	log := e.log()
	for what, s := range map[string]string{"password": password, "new password": another, "wrong password": "wrong password here", "secret": secret, "code": codes[0],
		"link": link.Token, "token": text, "hint": text[:9], "session": a.Token, "new session": b.Token} {
		if strings.Contains(log, s) {
			t.Errorf("%s is in the log", what)
		}
	}
}
