package console

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// Records holds what single visitors decided: consent.Recorder.
type Records interface {
	// Consent returns what follows now; NotFound when nothing is held of the visitor.
	Consent(ctx context.Context, site string, visitor uuid.UUID) ([]consent.Verdict, error)
	// History returns all decisions, oldest first; NotFound as above.
	History(ctx context.Context, site string, visitor uuid.UUID) ([]consent.Entry, error)
	// Erase removes both; no error when there was nothing.
	Erase(ctx context.Context, site string, visitor uuid.UUID) error
}

// Receipts knows the key that verifies receipts: consent.Signer.
type Receipts interface {
	PublicKey(ctx context.Context) (ed25519.PublicKey, error)
}

// recordsView is what records.html draws.
type recordsView struct {
	// Find is what was typed.
	Find string
	// Visitor whose record is shown, "" for none; Held: something is kept.
	Visitor string
	Held    bool
	// Receipt is the key of what is to be said of the receipt, "" where none was given.
	Receipt   string
	Consents  []consentLine
	Decisions []decisionLine // the newest first
}

// consentLine is what follows now for one vendor.
type consentLine struct {
	Name string
	consent.Verdict
}

// decisionLine is a decision with its vendors' names.
type decisionLine struct {
	consent.Entry
	GrantedNames, DeniedNames []string
	// Named: it is the one that the receipt is about.
	Named bool
}

// RecordsPage serves GET /console/sites/:site/records.
func (k *Console) RecordsPage(c echo.Context) error {
	_, head, err := k.draft(c)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "records", Area: "records", Site: head, Data: recordsView{}})
}

// FindRecord serves POST /console/sites/:site/records: the record of the visitor who
// was named, by id or by a receipt. It is a form so that no address, and by that no
// log and no browser's history, has the visitor's id. The look is in the audit log
// before anything is read.
func (k *Console) FindRecord(c echo.Context) error {
	f, _, head, err := k.draftForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p := page{Name: "records", Area: "records", Site: head}
	v := recordsView{Find: f.text("find")}
	visitor, receipt, err := k.named(ctx, head.Key, &v)
	if err != nil || v.Receipt == "records.receiptFalse" {
		p.Data = v
		if err == nil {
			return k.render(c, http.StatusUnprocessableEntity, p)
		}
		return k.amend(c, p, err, nil)
	}
	if err := k.note(c, operator.Act{Action: operator.ActReadRecord, Site: head.Key, Subject: visitor.String()}); err != nil {
		return err
	}
	v.Visitor = visitor.String()
	if err := k.fillRecord(c, &v, visitor, receipt); err != nil {
		return err
	}
	p.Data = v
	return k.render(c, http.StatusOK, p)
}

// named returns the visitor whom the typed text names, and the receipt when it is
// one. Invalid for "/find" when it is neither an id nor a receipt of this site.
func (k *Console) named(ctx context.Context, site string, v *recordsView) (uuid.UUID, *consent.Receipt, error) {
	refuse := func(en, ja string) error {
		return fault.InvalidFields("the search", []fault.Field{{Path: "/find", Reason: en, ReasonJa: ja}})
	}
	if !strings.HasPrefix(v.Find, "{") {
		visitor, err := uuid.Parse(v.Find)
		if err != nil || len(v.Find) != 36 {
			return uuid.Nil, nil, refuse("must be a visitor’s id, or a whole receipt", "訪問者IDか、控えの全文を入力してください。")
		}
		return visitor, nil, nil
	}
	r, err := pastedReceipt(v.Find)
	if err != nil {
		return uuid.Nil, nil, refuse("cannot be read as a receipt", "控えとして読み取れません。全文を貼り付けてください。")
	}
	if r.Site != site {
		return uuid.Nil, nil, refuse("is a receipt of another site", "別のサイトの控えです。")
	}
	public, err := k.Receipts.PublicKey(ctx)
	if err != nil {
		return uuid.Nil, nil, err
	}
	v.Receipt = "records.receiptTrue"
	if r.Verify(public) != nil {
		v.Receipt = "records.receiptFalse"
	}
	return r.Visitor, &r, nil
}

// pastedReceipt reads a receipt by itself, in the answer to its decision, or, the
// newest, in the file that visitors save of their record.
func pastedReceipt(text string) (r consent.Receipt, err error) {
	var around struct {
		Receipt   json.RawMessage
		Decisions []struct{ Receipt json.RawMessage }
	}
	if err := json.Unmarshal([]byte(text), &around); err != nil {
		return r, err
	}
	switch n := len(around.Decisions); {
	case around.Receipt != nil:
		text = string(around.Receipt)
	case n > 0:
		text = string(around.Decisions[n-1].Receipt)
	}
	in := json.NewDecoder(strings.NewReader(text))
	in.DisallowUnknownFields()
	err = in.Decode(&r)
	return r, err
}

// fillRecord reads what is held of a visitor.
func (k *Console) fillRecord(c echo.Context, v *recordsView, visitor uuid.UUID, receipt *consent.Receipt) error {
	ctx, key := c.Request().Context(), c.Param("site")
	entries, err := k.Records.History(ctx, key, visitor)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil
	}
	if err != nil {
		return err
	}
	v.Held = true
	for _, e := range slices.Backward(entries) {
		line := decisionLine{Entry: e, Named: receipt != nil && receipt.ID == e.ID}
		names, err := k.shownNames(c, e.Revision)
		if err != nil {
			return err
		}
		line.GrantedNames, line.DeniedNames = all(names, e.Granted), all(names, e.Denied)
		v.Decisions = append(v.Decisions, line)
	}
	verdicts, err := k.Records.Consent(ctx, key, visitor)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil // all decisions have expired, their record has not
	}
	if err != nil {
		return err
	}
	live, err := k.Sites.Live(ctx, key)
	if err != nil {
		return err
	}
	names, err := k.shownNames(c, live.Number)
	if err != nil {
		return err
	}
	for _, verdict := range verdicts {
		v.Consents = append(v.Consents, consentLine{all(names, []string{verdict.Vendor})[0], verdict})
	}
	return nil
}

// shownNames returns the names of a revision's vendors by id, as it showed them.
func (k *Console) shownNames(c echo.Context, number int) (map[string]string, error) {
	rev, err := k.Sites.Revision(c.Request().Context(), c.Param("site"), number)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for i := range rev.Vendors {
		names[rev.Vendors[i].ID] = rev.Vendors[i].Name.In(string(speakerOf(c)))
	}
	return names, nil
}

// all returns the names of ids, the id itself where there is none.
func all(names map[string]string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if out[i] = names[id]; out[i] == "" {
			out[i] = id
		}
	}
	return out
}

// EraseRecord serves POST /console/sites/:site/records/erase: it removes what is held
// of a visitor. It is in the audit log before it is done, since it cannot be undone.
func (k *Console) EraseRecord(c echo.Context) error {
	f, _, head, err := k.draftForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	visitor, err := uuid.Parse(f.text("visitor"))
	if err != nil || !f.ticked("sure") {
		problem := fault.InvalidFields("the erasure", []fault.Field{{Path: "/sure", Reason: "tick that it is to be erased", ReasonJa: "消去してよければ、確認欄にチェックを入れてください。"}})
		return k.amend(c, page{Name: "records", Area: "records", Site: head, Data: recordsView{Find: f.text("visitor")}}, problem, nil)
	}
	act := operator.Act{Action: operator.ActEraseRecord, Site: head.Key, Subject: visitor.String()}
	if err := k.note(c, act); err != nil {
		return err
	}
	if err := k.Records.Erase(ctx, head.Key, visitor); err != nil {
		act.Outcome = operator.Failed
		return errors.Join(err, k.note(c, act))
	}
	return done(c, "/console/sites/"+head.Key+"/records", "erased")
}
