package operator_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestSetRole(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	b := e.join("b@example.jp", operator.Viewer)
	id := b.Identity.Operator.ID
	wantField(t, "a role that is none", e.SetRole(t.Context(), a.Identity, id, "god"), "/role")
	wantKind(t, "nobody", e.SetRole(t.Context(), a.Identity, "nobody", operator.Editor), fault.NotFound)
	wantErr(t, "oneself, by a viewer", e.SetRole(t.Context(), b.Identity, id, operator.Owner), operator.ErrNotAllowed, fault.Forbidden)
	e.ok(e.SetRole(t.Context(), a.Identity, id, operator.Editor))
	e.signedOut("what was open under the old role", b.Token)
	if b := must(e.signIn("b@example.jp", password))(t); b.Identity.Operator.Role != operator.Editor {
		t.Errorf("%+v", b.Identity)
	}
	page := must(e.Audit(t.Context(), a.Identity, operator.Query{Filter: operator.Filter{Action: operator.ActChangeRole}}))(t)
	if len(page.Entries) != 1 || page.Entries[0].Detail != "viewer → editor" || page.Entries[0].Subject != id || page.Entries[0].By.ID != a.Identity.Operator.ID {
		t.Errorf("%+v", page.Entries)
	}
}

func TestSuspend(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	b := e.join("b@example.jp", operator.Owner)
	id := b.Identity.Operator.ID
	wantErr(t, "the only other owner, before joining", e.Suspend(t.Context(), operator.Identity{}, id), operator.ErrSignedOut, fault.Forbidden)
	e.ok(e.Suspend(t.Context(), a.Identity, id))
	e.signedOut("suspended", b.Token)
	_, err := e.signIn("b@example.jp", password)
	wantErr(t, "a suspended operator", err, operator.ErrCredentials, fault.Forbidden)
	// What was made of an identity before counts no more.
	_, err = e.Invite(t.Context(), b.Identity, "c@example.jp", operator.Owner, "ja")
	wantErr(t, "an act that had begun", err, operator.ErrSignedOut, fault.Forbidden)
	e.ok(e.Resume(t.Context(), a.Identity, id))
	e.signedOut("sessions of before", b.Token)
	must(e.signIn("b@example.jp", password))(t)
}

func TestLastOwner(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	e.join("b@example.jp", operator.Editor)
	c := e.join("c@example.jp", operator.Owner)
	e.ok(e.Suspend(t.Context(), a.Identity, c.Identity.Operator.ID)) // one who cannot sign in does not count
	id := a.Identity.Operator.ID
	for _, by := range []operator.Identity{a.Identity, command} {
		wantErr(t, "removed", e.Remove(t.Context(), by, id), operator.ErrLastOwner, fault.Conflict)
		wantErr(t, "suspended", e.Suspend(t.Context(), by, id), operator.ErrLastOwner, fault.Conflict)
		wantErr(t, "demoted", e.SetRole(t.Context(), by, id, operator.Viewer), operator.ErrLastOwner, fault.Conflict)
	}
	must(e.identify(a.Token))(t)
	e.ok(e.Resume(t.Context(), a.Identity, c.Identity.Operator.ID))
	e.ok(e.SetRole(t.Context(), a.Identity, id, operator.Viewer)) // oneself, when another is left
}

func TestRemove(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	b := e.join("b@example.jp", operator.Owner)
	id := b.Identity.Operator.ID
	text, _, err := e.CreateToken(t.Context(), b.Identity, operator.TokenRequest{Name: "ci", Permissions: []operator.Permission{operator.SeeSites}, Days: 30})
	e.ok(err)
	link := must(e.ResetLink(t.Context(), a.Identity, id))(t)
	e.ok(e.Remove(t.Context(), a.Identity, id))
	e.signedOut("removed", b.Token)
	_, err = e.Bearer(t.Context(), text, here)
	wantErr(t, "a token", err, operator.ErrToken, fault.Forbidden)
	_, err = e.Offer(t.Context(), link.Token)
	wantErr(t, "a reset", err, operator.ErrLink, fault.NotFound)
	if r := must(e.store.Roster(t.Context()))(t); len(r.Operators) != 1 || len(r.Links) != 0 || len(r.Tokens) != 0 {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(e.log(), "b@example.jp") {
		t.Error("the log has forgotten who it was")
	}
	wantKind(t, "twice", e.Remove(t.Context(), a.Identity, id), fault.NotFound)
	must(e.Invite(t.Context(), a.Identity, "b@example.jp", operator.Viewer, "ja"))(t) // may come back
}

func TestProfile(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	e.ok(e.SetProfile(t.Context(), a.Identity, operator.Profile{Name: "関 守", Language: "en"}))
	by := must(e.identify(a.Token))(t) // the session stays
	if by.Operator.Name != "関 守" || by.Operator.Language != "en" || by.Actor.Name != "関 守" {
		t.Errorf("%+v", by.Operator)
	}
	wantField(t, "mistakes", e.SetProfile(t.Context(), by, operator.Profile{Name: strings.Repeat("あ", 81)}), "/name", "/language")
	wantField(t, "a name that turns around", e.SetProfile(t.Context(), by, operator.Profile{Name: "a\u202eb", Language: "ja"}), "/name")
	wantErr(t, "nobody's", e.SetProfile(t.Context(), operator.Identity{}, operator.Profile{Language: "ja"}), operator.ErrSignedOut, fault.Forbidden)
}

func TestList(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	viewer := e.join("a@example.jp", operator.Viewer)
	list := must(e.List(t.Context(), a.Identity))(t)
	if len(list) != 2 || list[0].Email != "a@example.jp" || list[1].Email != "owner@example.jp" {
		t.Errorf("%+v", list)
	}
	for what, ask := range map[string]func(operator.Identity) error{
		"List":   func(by operator.Identity) error { _, err := e.List(t.Context(), by); return err },
		"Links":  func(by operator.Identity) error { _, err := e.Links(t.Context(), by); return err },
		"Tokens": func(by operator.Identity) error { _, err := e.Tokens(t.Context(), by); return err },
		"Audit":  func(by operator.Identity) error { _, err := e.Audit(t.Context(), by, operator.Query{}); return err },
		"ExportAudit": func(by operator.Identity) error {
			_, err := e.ExportAudit(t.Context(), by, operator.Filter{})
			return err
		},
		"Remove":  func(by operator.Identity) error { return e.Remove(t.Context(), by, a.Identity.Operator.ID) },
		"Suspend": func(by operator.Identity) error { return e.Suspend(t.Context(), by, a.Identity.Operator.ID) },
		"Resume":  func(by operator.Identity) error { return e.Resume(t.Context(), by, a.Identity.Operator.ID) },
		"ResetLink": func(by operator.Identity) error {
			_, err := e.ResetLink(t.Context(), by, a.Identity.Operator.ID)
			return err
		},
		"WithdrawLink": func(by operator.Identity) error { return e.WithdrawLink(t.Context(), by, "x") },
		"RevokeToken":  func(by operator.Identity) error { return e.RevokeToken(t.Context(), by, "x") },
		"CreateToken": func(by operator.Identity) error {
			_, _, err := e.CreateToken(t.Context(), by, operator.TokenRequest{})
			return err
		},
		"RemoveFactor": func(by operator.Identity) error { return e.RemoveFactor(t.Context(), by, a.Identity.Operator.ID) },
	} {
		wantErr(t, what+" by a viewer", ask(viewer.Identity), operator.ErrNotAllowed, fault.Forbidden)
		wantErr(t, what+" by nobody", ask(operator.Identity{}), operator.ErrSignedOut, fault.Forbidden)
	}
}

// TestBounds: the roster is read as a whole, so it does not grow for ever.
func TestBounds(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	c := operator.Change{ID: "fill", Expect: must(e.store.Roster(t.Context()))(t).Version}
	for i := range operator.MaxLinks {
		id := strconv.Itoa(i)
		c.PutLinks = append(c.PutLinks, operator.Link{Hash: id, Kind: operator.Invitation, Email: id + "@example.jp", Role: operator.Viewer, ExpiresAt: e.now.Add(time.Hour)})
		c.PutTokens = append(c.PutTokens, operator.Token{ID: id, Hash: id})
	}
	for i := range operator.MaxOperators - 1 {
		c.Put = append(c.Put, operator.Record{Operator: operator.Operator{ID: strconv.Itoa(i), Email: strconv.Itoa(i), Role: operator.Viewer, State: operator.Active}})
	}
	e.ok(e.store.ApplyRoster(t.Context(), c))
	_, err := e.Invite(t.Context(), a.Identity, "one.more@example.jp", operator.Viewer, "ja")
	wantKind(t, "one link more", err, fault.TooLarge)
	_, _, err = e.CreateToken(t.Context(), a.Identity, operator.TokenRequest{Name: "ci", Permissions: []operator.Permission{operator.SeeSites}, Days: 1})
	wantKind(t, "one token more", err, fault.TooLarge)
	e.pass(time.Hour) // the links have expired
	a = must(e.signIn("owner@example.jp", password))(t)
	link := must(e.Invite(t.Context(), a.Identity, "one.more@example.jp", operator.Viewer, "ja"))(t)
	_, err = e.Accept(t.Context(), link.Token, operator.Acceptance{Password: password})
	wantKind(t, "one operator more", err, fault.TooLarge)
	e.ok(e.Remove(t.Context(), a.Identity, "7"))
	must(e.Accept(t.Context(), link.Token, operator.Acceptance{Password: password}))(t)
}
