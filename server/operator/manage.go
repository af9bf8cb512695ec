package operator

import (
	"context"
	"slices"

	"github.com/sekisho/sekisho/server/fault"
)

// Profile is what operators say of themselves.
type Profile struct {
	Name     string
	Language string
}

// SetProfile changes one's own profile.
//
// Faults: Forbidden with ErrSignedOut, Invalid for "/name" and "/language".
func (o *Operators) SetProfile(ctx context.Context, by Identity, p Profile) error {
	fields := nameFault("/name", p.Name, false)
	if !slices.Contains(Languages(), p.Language) {
		fields = append(fields, languageField("/language"))
	}
	if err := fault.InvalidFields("the profile", fields); err != nil {
		return err
	}
	return o.change(ctx, func(w *work) error {
		rec, err := w.self(by)
		if err != nil {
			return err
		}
		rec.Name, rec.Language = p.Name, p.Language
		w.put(rec)
		w.note(by, Act{Action: ActChangeProfile, Subject: rec.ID})
		return nil
	})
}

// SetRole gives an operator another role. Their sessions end, and the links that
// they have made: both are of the old role. Needs ManageOperators.
//
// Faults: NotFound, Invalid for "/role", Conflict with ErrLastOwner.
func (o *Operators) SetRole(ctx context.Context, by Identity, id string, role Role) error {
	if err := fault.InvalidFields("the role", roleFault(role)); err != nil {
		return err
	}
	return o.edit(ctx, by, id, never, Act{Action: ActChangeRole}, func(w *work, rec *Record, act *Act) error {
		w.removeLinks(func(l Link) bool { return l.by(id) })
		act.Detail = string(rec.Role) + " → " + string(role)
		rec.Role = role
		return nil
	})
}

func roleFault(role Role) []fault.Field {
	if slices.Contains(Roles(), role) {
		return nil
	}
	return []fault.Field{{Path: "/role", Reason: "must be owner, editor or viewer", ReasonJa: "owner・editor・viewer のどれかを選んでください"}}
}

// Suspend keeps an operator from signing in, and ends their sessions and the links
// that they have made. Their tokens are worth nothing meanwhile. Needs ManageOperators.
//
// Faults: NotFound, Conflict with ErrLastOwner.
func (o *Operators) Suspend(ctx context.Context, by Identity, id string) error {
	return o.edit(ctx, by, id, never, Act{Action: ActSuspend}, func(w *work, rec *Record, _ *Act) error {
		rec.State = Suspended
		w.removeLinks(func(l Link) bool { return l.Operator == id || l.by(id) })
		return nil
	})
}

// Resume lets a suspended operator sign in again. Needs ManageOperators.
//
// Faults: NotFound.
func (o *Operators) Resume(ctx context.Context, by Identity, id string) error {
	return o.edit(ctx, by, id, never, Act{Action: ActResume}, func(_ *work, rec *Record, _ *Act) error {
		rec.State = Active
		return nil
	})
}

// Remove forgets an operator, with their sessions, their tokens, and the links that
// are for them or by them: a way back in must not be left. The audit
// log keeps what they did under the name that they had. Needs ManageOperators.
//
// Faults: NotFound, Conflict with ErrLastOwner.
func (o *Operators) Remove(ctx context.Context, by Identity, id string) error {
	return o.change(ctx, func(w *work) error {
		if err := w.allowed(by, ManageOperators); err != nil {
			return err
		}
		rec, err := w.byID(id)
		if err != nil {
			return err
		}
		w.change.Remove = append(w.change.Remove, id)
		w.removeLinks(func(l Link) bool { return l.Operator == id || l.by(id) })
		for _, t := range w.roster.Tokens {
			if t.Operator == id {
				w.change.RemoveTokens = append(w.change.RemoveTokens, t.Hash)
			}
		}
		w.note(by, Act{Action: ActRemove, Subject: id, Detail: rec.Email})
		return nil
	})
}

// toOneself says whether operators may do something to themselves, whatever
// their role.
type toOneself uint8

const (
	never     toOneself = iota
	withFresh           // with a password given lately
	always
)

// edit changes an operator and ends all their sessions.
func (o *Operators) edit(ctx context.Context, by Identity, id string, own toOneself, act Act, change func(*work, *Record, *Act) error) error {
	return o.change(ctx, func(w *work) error {
		act := act
		if own != never && by.Actor.Kind == ByOperator && by.Operator.ID == id {
			if _, err := w.self(by); err != nil {
				return err
			}
			if err := by.fresh(); own == withFresh && err != nil {
				return err
			}
		} else if err := w.allowed(by, ManageOperators); err != nil {
			return err
		}
		rec, err := w.byID(id)
		if err != nil {
			return err
		}
		act.Subject = id
		if err := change(w, &rec, &act); err != nil {
			return err
		}
		rec.Epoch++
		w.put(rec)
		w.note(by, act)
		return nil
	})
}
