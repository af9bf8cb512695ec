package console

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// auditView is what the page of the audit log draws.
type auditView struct {
	auditAsk
	Entries []auditLine
	Actions []operator.Action
	Sites   []string
	Actors  []choice
	Query   template.URL // of this choice of entries, for the exports
	Older   template.URL // query of the next page, "" for none
	Later   bool         // this is not the first page
}

// choice is one entry of a select.
type choice struct{ Value, Label string }

// auditLine is one entry of the log, in words.
type auditLine struct {
	operator.Entry
	Who, What, Subject, Detail string
}

// auditAsk is what somebody asks of the log, as it was typed.
type auditAsk struct {
	Actor, Action, Site string
	From, To            string // days as YYYY-MM-DD, of the time that the page tells
}

// readAsk reads the address.
func readAsk(c echo.Context) auditAsk {
	q := func(name string) string { return strings.TrimSpace(c.QueryParam(name)) }
	return auditAsk{q("actor"), q("action"), q("site"), q("from"), q("to")}
}

// query is what leads to the same choice of entries again.
func (a auditAsk) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"actor": a.Actor, "action": a.Action, "site": a.Site, "from": a.From, "to": a.To} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// filter returns what the log is asked for: from the first moment of a day to the
// last of another. Invalid for "/from" and "/to".
func (a auditAsk) filter(zone *time.Location) (operator.Filter, error) {
	f := operator.Filter{Actor: a.Actor, Action: operator.Action(a.Action), Site: a.Site}
	var fields []fault.Field
	day := func(path, s string) time.Time {
		t, err := time.ParseInLocation(time.DateOnly, s, zone)
		if s != "" && err != nil {
			fields = append(fields, fault.Field{Path: path, Reason: "must be a day, such as 2026-11-22", ReasonJa: "日付を入力してください（例: 2026-11-22）"})
		}
		if s == "" || err != nil {
			return time.Time{}
		}
		return t
	}
	f.From = day("/from", a.From)
	if to := day("/to", a.To); !to.IsZero() {
		f.To = to.AddDate(0, 0, 1)
	}
	return f, fault.InvalidFields("the search", fields)
}

// Audit serves GET /console/audit: who did what, the latest first.
func (k *Console) Audit(c echo.Context) error {
	ctx, ask := c.Request().Context(), readAsk(c)
	v := auditView{auditAsk: ask, Actions: operator.Actions(), Query: template.URL(ask.query().Encode()), Later: c.QueryParam("before") != ""}
	people, err := k.auditChoices(c, &v)
	if err != nil {
		return err
	}
	before, err := operator.ParsePlace(c.QueryParam("before"))
	if err != nil {
		return err
	}
	p := page{Name: "audit", Area: "audit"}
	filter, err := ask.filter(speakerOf(c).zone())
	var found operator.Page
	if err == nil {
		found, err = k.Operators.Audit(ctx, by(c), operator.Query{Filter: filter, Before: before})
	}
	if err != nil {
		p.Data = v
		return k.amend(c, p, err, nil)
	}
	for _, e := range found.Entries {
		v.Entries = append(v.Entries, speakerOf(c).auditLine(e, people))
	}
	if found.Next != (operator.Place{}) {
		older := ask.query()
		older.Set("before", found.Next.String())
		v.Older = template.URL(older.Encode())
	}
	p.Data = v
	return k.render(c, http.StatusOK, p)
}

// auditChoices fills in what can be chosen, and returns the names of operators by
// id. Whoever reads the log may not see the operators' list: then there are no
// names but those that entries carry.
func (k *Console) auditChoices(c echo.Context, v *auditView) (map[string]string, error) {
	ctx, names := c.Request().Context(), map[string]string{}
	keys, err := k.Sites.Keys(ctx)
	if err != nil {
		return nil, err
	}
	if v.Sites = keys; v.Site != "" && !slices.Contains(keys, v.Site) {
		v.Sites = append(v.Sites, v.Site)
	}
	all, err := k.Operators.List(ctx, by(c))
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		names[o.ID] = o.Label()
		v.Actors = append(v.Actors, choice{o.ID, o.Label()})
	}
	if _, known := names[v.Actor]; v.Actor != "" && !known {
		v.Actors = append(v.Actors, choice{v.Actor, v.Actor})
	}
	return names, nil
}

// auditLine puts an entry into words. people are names of operators by id.
func (lang speaker) auditLine(e operator.Entry, people map[string]string) auditLine {
	l := auditLine{Entry: e, Who: lang.T("audit.by-"+string(e.By.Kind), e.By.Name), What: lang.T("audit.do-" + string(e.Action)), Subject: e.Subject, Detail: e.Detail}
	if e.By.Kind == operator.ByNobody {
		l.Who = lang.T("audit.by-nobody")
	}
	if name, known := people[e.Subject]; known {
		l.Subject = name
	}
	if e.Subject == e.By.ID || e.Action == operator.ActCreateToken || e.Action == operator.ActRevokeToken {
		l.Subject = "" // oneself; or an id whose name is the detail
	}
	switch {
	case e.Action == operator.ActInvite || e.Action == operator.ActChangeRole:
		words := strings.Fields(e.Detail)
		for i, word := range words {
			if key := "role." + word; lang.Has(key) {
				words[i] = lang.T(key)
			}
		}
		l.Detail = strings.Join(words, " ")
	case e.Action == operator.ActEditDraft && lang.Has("layout."+e.Detail):
		l.Detail = lang.T("layout." + e.Detail) // the page that the draft was edited on
	case lang.Has("audit.detail-" + e.Detail):
		l.Detail = lang.T("audit.detail-" + e.Detail)
	}
	return l
}

// zone is that of the times that pages tell.
func (lang speaker) zone() *time.Location {
	if lang == "ja" {
		return japan
	}
	return time.UTC
}
