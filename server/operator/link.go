package operator

import (
	"context"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// How long links last.
const (
	SetUpFor  = 24 * time.Hour
	InviteFor = 72 * time.Hour // a weekend
	ResetFor  = 24 * time.Hour
)

// LinkKind says what a link is for.
type LinkKind string

const (
	SetUp      LinkKind = "set-up"     // makes the first owner
	Invitation LinkKind = "invitation" // makes an operator of one email and role
	Reset      LinkKind = "reset"      // sets one operator's password; the second factor stays
)

// Link is what a store keeps of a link that works once.
type Link struct {
	Hash      string    `json:"hash"` // SHA-256 of the token in its address
	Kind      LinkKind  `json:"kind"`
	Operator  string    `json:"operator,omitempty"` // of a reset
	Email     string    `json:"email,omitempty"`
	Role      Role      `json:"role"`
	Language  string    `json:"language,omitempty"`
	By        Actor     `json:"by"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// by reports whether an operator has made the link.
func (l Link) by(id string) bool { return l.By.Kind == ByOperator && l.By.ID == id }

// Issued is a link that has just been made. The token is shown once.
type Issued struct {
	Token     string // 43 characters of A–Z a–z 0–9 _ -, for the end of an address
	Kind      LinkKind
	Email     string
	ExpiresAt time.Time
}

// Offer is what a link offers to whoever opens it.
type Offer struct {
	Kind      LinkKind
	Email     string // "" for set-up, where it is chosen
	Role      Role
	Language  string
	ExpiresAt time.Time
}

// Acceptance is what whoever opened a link chose.
type Acceptance struct {
	Email    string // for set-up alone
	Name     string // not for a reset
	Language string // not for a reset; "" for that of the link
	Password string
	From     string // keyed pseudonym of the address
}

// OpenLink is a link as owners see it in a list.
type OpenLink struct {
	Ref       string // names it for WithdrawLink; opens nothing
	Kind      LinkKind
	Email     string
	Role      Role
	By        Actor
	CreatedAt time.Time
	ExpiresAt time.Time
}

// NeedsSetUp reports whether there is nobody yet who could run the installation.
func (o *Operators) NeedsSetUp(ctx context.Context) (bool, error) {
	r, err := o.store.Roster(ctx)
	return owners(r.Operators) == 0, err
}

// SetUpLink makes a link that makes the first owner, for the log of the start
// or the command line. Links of earlier starts, and of other instances, stay
// good for their time; the first that is used ends them all.
//
// Faults: Forbidden for anybody but a command; Conflict when there is an owner
// who can sign in.
func (o *Operators) SetUpLink(ctx context.Context, by Identity) (Issued, error) {
	if by.Actor.Kind != ByCommand {
		return Issued{}, forbidden(ErrNotAllowed, "a set-up link comes from the machine's command line alone")
	}
	return o.issue(ctx, SetUpFor, func(w *work) (Link, Act, error) {
		if owners(w.roster.Operators) > 0 {
			return Link{}, Act{}, fault.New(fault.Conflict, "there is an owner already: owners invite others, and reset what they have forgotten")
		}
		return Link{Kind: SetUp, Role: Owner}, Act{Action: ActSetUpLink}, nil
	}, by)
}

// Invite makes a link by which somebody becomes an operator. An earlier
// invitation of the same email ends. Needs ManageOperators.
//
// Faults: Invalid for "/email", "/role" and "/language"; Conflict with ErrTaken; TooLarge.
func (o *Operators) Invite(ctx context.Context, by Identity, email string, role Role, language string) (Issued, error) {
	address, ok := parseEmail(email)
	fields := roleFault(role)
	if !ok {
		fields = append(fields, emailField("/email"))
	}
	if !slices.Contains(Languages(), language) {
		fields = append(fields, languageField("/language"))
	}
	if err := fault.InvalidFields("the invitation", fields); err != nil {
		return Issued{}, err
	}
	return o.issue(ctx, InviteFor, func(w *work) (Link, Act, error) {
		if err := w.allowed(by, ManageOperators); err != nil {
			return Link{}, Act{}, err
		}
		if _, taken := w.byEmail(address); taken {
			return Link{}, Act{}, emailTaken(address)
		}
		w.removeLinks(func(l Link) bool { return l.Kind == Invitation && l.Email == address })
		return Link{Kind: Invitation, Email: address, Role: role, Language: language}, Act{Action: ActInvite, Subject: address, Detail: string(role)}, nil
	}, by)
}

func emailTaken(email string) error {
	return fault.Wrap(fault.Conflict, ErrTaken, "%s is an operator already", email)
}

// ResetLink makes a link by which an operator sets a new password. An earlier
// one ends; the password goes on being good until the link is used. Needs
// ManageOperators.
//
// Faults: NotFound, Conflict for an operator who is suspended.
func (o *Operators) ResetLink(ctx context.Context, by Identity, id string) (Issued, error) {
	return o.issue(ctx, ResetFor, func(w *work) (Link, Act, error) {
		if err := w.allowed(by, ManageOperators); err != nil {
			return Link{}, Act{}, err
		}
		rec, err := w.byID(id)
		if err != nil {
			return Link{}, Act{}, err
		}
		if rec.State != Active {
			return Link{}, Act{}, fault.New(fault.Conflict, "%s is suspended: resume first", rec.Email)
		}
		w.removeLinks(func(l Link) bool { return l.Operator == id })
		return Link{Kind: Reset, Operator: id, Email: rec.Email, Role: rec.Role, Language: rec.Language}, Act{Action: ActResetLink, Subject: id}, nil
	}, by)
}

func (o *Operators) issue(ctx context.Context, lasts time.Duration, make func(*work) (Link, Act, error), by Identity) (Issued, error) {
	token, err := newSecret(o.random)
	if err != nil {
		return Issued{}, err
	}
	var l Link
	err = o.change(ctx, func(w *work) error {
		var act Act
		if l, act, err = make(w); err != nil {
			return err
		}
		l.Hash, l.By, l.CreatedAt, l.ExpiresAt = hashOf(token), by.Actor, w.now, w.now.Add(lasts)
		w.change.PutLinks = append(w.change.PutLinks, l)
		w.note(by, act)
		return nil
	})
	if err != nil {
		return Issued{}, err
	}
	return Issued{Token: token, Kind: l.Kind, Email: l.Email, ExpiresAt: l.ExpiresAt}, nil
}

// Links returns the links that are out, the latest first. Needs SeeOperators.
func (o *Operators) Links(ctx context.Context, by Identity) ([]OpenLink, error) {
	if err := by.Require(SeeOperators, ""); err != nil {
		return nil, err
	}
	r, err := o.store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	var open []OpenLink
	for _, l := range r.Links {
		if l.ExpiresAt.After(o.now()) {
			open = append(open, OpenLink{Ref: refOf(l.Hash), Kind: l.Kind, Email: l.Email, Role: l.Role, By: l.By, CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt})
		}
	}
	slices.SortStableFunc(open, func(a, b OpenLink) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return open, nil
}

// WithdrawLink ends a link. Needs ManageOperators.
//
// Faults: NotFound.
func (o *Operators) WithdrawLink(ctx context.Context, by Identity, ref string) error {
	return o.change(ctx, func(w *work) error {
		if err := w.allowed(by, ManageOperators); err != nil {
			return err
		}
		i := slices.IndexFunc(w.roster.Links, func(l Link) bool { return refOf(l.Hash) == ref && l.ExpiresAt.After(w.now) })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such link; it may have been used")
		}
		l := w.roster.Links[i]
		w.change.RemoveLinks = append(w.change.RemoveLinks, l.Hash)
		w.note(by, Act{Action: ActWithdrawLink, Subject: l.Email, Detail: string(l.Kind)})
		return nil
	})
}

// Offer returns what a link offers, without using it.
//
// Faults: NotFound with ErrLink.
func (o *Operators) Offer(ctx context.Context, token string) (Offer, error) {
	l, err := o.link(ctx, token)
	return Offer{Kind: l.Kind, Email: l.Email, Role: l.Role, Language: l.Language, ExpiresAt: l.ExpiresAt}, err
}

func (o *Operators) link(ctx context.Context, token string) (Link, error) {
	if !isSecret(token) {
		return Link{}, deadLink()
	}
	r, err := o.store.Roster(ctx)
	if err != nil {
		return Link{}, err
	}
	return (&work{roster: r, now: o.now()}).link(hashOf(token))
}

// link returns a link that can still be used.
func (w *work) link(hash string) (Link, error) {
	i := slices.IndexFunc(w.roster.Links, func(l Link) bool { return l.Hash == hash && l.ExpiresAt.After(w.now) })
	if i < 0 {
		return Link{}, deadLink()
	}
	l := w.roster.Links[i]
	rec, there := w.find(func(r Record) bool { return r.ID == l.Operator })
	switch {
	case l.Kind == SetUp && owners(w.roster.Operators) > 0:
		return Link{}, deadLink()
	case l.Kind == Reset && (!there || rec.State != Active):
		return Link{}, deadLink()
	}
	return l, nil
}

func deadLink() error {
	return fault.Wrap(fault.NotFound, ErrLink, "this link was used or has expired; ask for a new one")
}

// Accept uses a link: it makes the operator, or sets the new password, and signs
// in. After a reset all sessions of the operator end, and a second factor is
// asked for as at any sign-in (ASVS 5.0, 6.4.3).
//
// Faults: NotFound with ErrLink, Invalid for "/email", "/name", "/language" and
// "/password", Conflict with ErrTaken.
func (o *Operators) Accept(ctx context.Context, token string, a Acceptance) (Admission, error) {
	l, err := o.link(ctx, token)
	if err != nil {
		return Admission{}, err
	}
	if err := a.complete(l); err != nil {
		return Admission{}, err
	}
	password, err := o.hasher.hash(ctx, a.Password)
	if err != nil {
		return Admission{}, err
	}
	id, err := newID(o.random)
	if err != nil {
		return Admission{}, err
	}
	var rec Record
	err = o.change(ctx, func(w *work) error {
		if l, err = w.link(l.Hash); err != nil {
			return err
		}
		act := Act{Action: map[LinkKind]Action{SetUp: ActSetUp, Invitation: ActJoin, Reset: ActReset}[l.Kind]}
		if l.Kind == Reset {
			if rec, err = w.byID(l.Operator); err != nil {
				return deadLink()
			}
			rec.Epoch++
		} else {
			if _, taken := w.byEmail(a.Email); taken {
				return emailTaken(a.Email)
			}
			rec = Record{Operator: Operator{ID: id, Email: a.Email, Name: a.Name, Language: a.Language, Role: l.Role, State: Active, CreatedAt: w.now}}
		}
		rec.Password, act.Subject = password, rec.ID
		w.put(rec)
		w.change.RemoveLinks = append(w.change.RemoveLinks, l.Hash)
		w.removeLinks(func(other Link) bool {
			return other.Hash != l.Hash && (l.Kind == SetUp && other.Kind == SetUp || other.Operator == rec.ID || other.Email == rec.Email)
		})
		w.note(o.identity(rec, Session{From: a.From}), act)
		return nil
	})
	if err != nil {
		return Admission{}, err
	}
	return o.admit(ctx, rec, a.From)
}

// complete holds what was chosen to the rules, and fills it up from the link.
func (a *Acceptance) complete(l Link) error {
	var fields []fault.Field
	if l.Kind != SetUp {
		a.Email = l.Email
	} else if email, ok := parseEmail(a.Email); ok {
		a.Email = email
	} else {
		fields = append(fields, emailField("/email"))
	}
	if a.Language == "" {
		a.Language = l.Language
	}
	if l.Kind != Reset {
		fields = append(fields, nameFault("/name", a.Name, false)...)
		if !slices.Contains(Languages(), a.Language) {
			fields = append(fields, languageField("/language"))
		}
	}
	fields = append(fields, passwordFault("/password", a.Password, a.Email, a.Name)...)
	return fault.InvalidFields("the form", fields)
}
