package operator

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// ActorKind says what sort of actor it was.
type ActorKind string

const (
	ByOperator ActorKind = "operator"
	ByToken    ActorKind = "token"
	ByCommand  ActorKind = "command" // somebody at the machine's command line
	ByNobody   ActorKind = "nobody"  // before anybody has signed in
)

// Actor is who did something, as it was then: an operator who was removed since
// keeps the name here.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"` // operator's or token's id; the command's words
	Name string    `json:"name,omitempty"`
	// For is the operator whose token it was.
	For string `json:"for,omitempty"`
}

// Action is what was done: one of Actions.
type Action string

const (
	ActSignIn          Action = "sign-in"
	ActSignOut         Action = "sign-out"
	ActSignOutAll      Action = "sign-out-everywhere"
	ActEndSession      Action = "end-session"
	ActStepUp          Action = "step-up"
	ActSetUp           Action = "set-up"
	ActSetUpLink       Action = "set-up-link"
	ActInvite          Action = "invite"
	ActJoin            Action = "join"
	ActWithdrawLink    Action = "withdraw-link"
	ActResetLink       Action = "reset-link"
	ActReset           Action = "reset"
	ActChangePassword  Action = "change-password"
	ActChangeProfile   Action = "change-profile"
	ActEnrolFactor     Action = "enrol-factor"
	ActRemoveFactor    Action = "remove-factor"
	ActRecoveryCodes   Action = "new-recovery-codes"
	ActChangeRole      Action = "change-role"
	ActSuspend         Action = "suspend"
	ActResume          Action = "resume"
	ActRemove          Action = "remove-operator"
	ActCreateToken     Action = "create-token"
	ActRevokeToken     Action = "revoke-token"
	ActCreateSite      Action = "create-site"
	ActEditDraft       Action = "edit-draft"
	ActAnnounce        Action = "announce"
	ActUnannounce      Action = "withdraw-announcement"
	ActPublish         Action = "publish"
	ActRollBack        Action = "roll-back"
	ActPause           Action = "pause"
	ActUnpause         Action = "unpause"
	ActReadRecord      Action = "read-record"
	ActExportRecords   Action = "export-records"
	ActEraseRecord     Action = "erase-record"
	ActExportStatistic Action = "export-statistics"
	ActExportAudit     Action = "export-audit"
	ActChangeSettings  Action = "change-settings"
)

// Outcome is how it went.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // not allowed, or a wrong secret
	Failed  Outcome = "failed"  // allowed, but it could not be done
)

// Entry is one line of the audit log. It is written once and never changed.
//
// Subject is what was acted on, so that it can be audited: the id of a visitor
// whose record was read, of an operator, a token, the number of a revision. So
// the log holds visitors' ids and operators' emails, and is personal data: it
// is kept in the store and shown to owners, and nothing of it goes to the
// service's own log lines.
type Entry struct {
	// Number counts the entries from 1 without a gap; the store gives it.
	Number uint64 `json:"number"`
	// At is the server's time. Where the clocks of several instances disagree
	// the store makes it no earlier than that of the entry before.
	At      time.Time `json:"at"`
	ID      string    `json:"id"` // made for this entry alone: the same entry twice is one
	By      Actor     `json:"by"`
	Action  Action    `json:"action"`
	Site    string    `json:"site,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"` // a few words, such as "viewer → editor"; never a secret
	From    string    `json:"from,omitempty"`   // keyed pseudonym of the address
	Outcome Outcome   `json:"outcome"`
}

// Act is what a caller says of an entry; the rest is known.
type Act struct {
	Action  Action
	Site    string
	Subject string
	Detail  string
	Outcome Outcome // "" for Done
}

// Filter chooses entries; what is zero chooses all.
type Filter struct {
	Actor  string // ID of the actor, or of the operator whose token it was
	Action Action
	Site   string
	From   time.Time // not before
	To     time.Time // before
}

// Place is where a page of the log begins.
type Place struct {
	At     time.Time
	Number uint64
}

// Query asks for one page, newest entries first.
type Query struct {
	Filter
	Before Place // zero: from the newest
	Limit  int   // 1 to MaxPage; 0 for DefaultPage
}

// Page is one page of the log. It may hold fewer entries than asked for, even
// none, and still have a next one: a store looks at a bounded number of entries
// at a time.
type Page struct {
	Entries []Entry
	Next    Place // zero: there are no older ones
}

// Sizes of a page.
const (
	DefaultPage = 50
	MaxPage     = 500
)

// AuditStore keeps the audit log: it can be added to and read, nothing else.
type AuditStore interface {
	// AppendAudit writes entries durably, in their order. An entry whose ID was
	// written within the last ten minutes is there already and is left out.
	AppendAudit(ctx context.Context, entries ...Entry) error
	// Audit returns one page; q.Limit is above 0.
	Audit(ctx context.Context, q Query) (Page, error)
}

// Actions are all actions, in the order of the lists that people choose from.
func Actions() []Action {
	return []Action{
		ActSignIn, ActSignOut, ActSignOutAll, ActEndSession, ActStepUp,
		ActSetUpLink, ActSetUp, ActInvite, ActJoin, ActWithdrawLink, ActResetLink, ActReset,
		ActChangePassword, ActChangeProfile, ActEnrolFactor, ActRemoveFactor, ActRecoveryCodes,
		ActChangeRole, ActSuspend, ActResume, ActRemove, ActCreateToken, ActRevokeToken,
		ActCreateSite, ActEditDraft, ActAnnounce, ActUnannounce, ActPublish, ActRollBack, ActPause, ActUnpause,
		ActReadRecord, ActExportRecords, ActEraseRecord, ActExportStatistic, ActExportAudit, ActChangeSettings,
	}
}

// Note writes an entry durably. What may be done only when it is noted, such as
// reading a visitor's record, is done after Note has returned nil.
func (o *Operators) Note(ctx context.Context, by Identity, a Act) error {
	e, err := newEntry(o.random, o.now().UTC(), by, a)
	if err != nil {
		return err
	}
	return o.store.AppendAudit(ctx, e)
}

// Audit returns a page of the log. Needs ReadAudit.
//
// Faults: Invalid for an action that is none, a time that ends before it begins
// or a limit out of range.
func (o *Operators) Audit(ctx context.Context, by Identity, q Query) (Page, error) {
	if err := by.Require(ReadAudit, ""); err != nil {
		return Page{}, err
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if err := q.check(); err != nil {
		return Page{}, err
	}
	return o.store.Audit(ctx, q)
}

func (q Query) check() error {
	var fields []fault.Field
	if q.Action != "" && !slices.Contains(Actions(), q.Action) {
		fields = append(fields, fault.Field{Path: "/action", Reason: "is no action of the log", ReasonJa: "記録にない操作です"})
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		fields = append(fields, fault.Field{Path: "/to", Reason: "must not be before the beginning", ReasonJa: "開始より後の日時にしてください"})
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		fields = append(fields, fault.Field{Path: "/limit", Reason: fmt.Sprintf("must be from 1 to %d", MaxPage), ReasonJa: fmt.Sprintf("1から%dまでの数にしてください", MaxPage)})
	}
	return fault.InvalidFields("the search", fields)
}

// ExportAudit returns all entries that the filter chooses, newest first, read
// page by page. That it was asked for is an entry itself, written before the
// first is given. The sequence ends with an error that is not nil, or without one.
// Needs ReadAudit.
func (o *Operators) ExportAudit(ctx context.Context, by Identity, f Filter) (iter.Seq2[Entry, error], error) {
	if err := by.Require(ReadAudit, ""); err != nil {
		return nil, err
	}
	q := Query{Filter: f, Limit: MaxPage}
	if err := q.check(); err != nil {
		return nil, err
	}
	if err := o.Note(ctx, by, Act{Action: ActExportAudit, Site: f.Site}); err != nil {
		return nil, err
	}
	return func(yield func(Entry, error) bool) {
		for {
			page, err := o.store.Audit(ctx, q)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page.Entries {
				if !yield(e, nil) {
					return
				}
			}
			if page.Next == (Place{}) {
				return
			}
			q.Before = page.Next
		}
	}, nil
}

// String is the place for an address; "" for the newest.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	return strconv.FormatInt(p.At.UnixMilli(), 10) + "-" + strconv.FormatUint(p.Number, 10)
}

// ParsePlace reads what String wrote. Malformed for anything else.
func ParsePlace(s string) (Place, error) {
	if s == "" {
		return Place{}, nil
	}
	millis, number, _ := strings.Cut(s, "-")
	at, err1 := strconv.ParseInt(millis, 10, 64)
	n, err2 := strconv.ParseUint(number, 10, 63)
	p := Place{At: time.UnixMilli(at).UTC(), Number: n}
	if err1 != nil || err2 != nil || n == 0 || at < 0 || p.String() != s {
		return Place{}, fault.New(fault.Malformed, "this is no place in the audit log")
	}
	return p, nil
}
