package operator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// MaxTokenDays is the longest life of a token.
const MaxTokenDays = 366

// maxSiteKey is the length of the longest key of a site.
const maxSiteKey = 32

// Token is what a store keeps of an API token. It can do what its permissions
// say, on its sites, for as long as whoever made it is active and could do so.
type Token struct {
	ID          string       `json:"id"`
	Hash        string       `json:"hash"` // SHA-256
	Hint        string       `json:"hint"` // its first characters, to know it again
	Name        string       `json:"name"`
	Operator    string       `json:"operator"` // who made it
	Permissions []Permission `json:"permissions"`
	Sites       []string     `json:"sites,omitempty"` // keys; none means all
	CreatedAt   time.Time    `json:"createdAt"`
	ExpiresAt   time.Time    `json:"expiresAt"`
	LastUsed    string       `json:"lastUsed,omitempty"` // a day, YYYY-MM-DD in UTC
}

// TokenRequest is what a new token shall be.
type TokenRequest struct {
	Name        string
	Permissions []Permission // each one that a token may hold and its maker has
	Sites       []string     // keys; none means all
	Days        int          // of life, 1 to MaxTokenDays
}

// CreateToken makes a token of whoever asks, which returns it once. Needs ManageTokens.
//
// Faults: Invalid for "/name", "/permissions/N", "/sites/N" and "/days"; TooLarge.
func (o *Operators) CreateToken(ctx context.Context, by Identity, r TokenRequest) (string, Token, error) {
	if by.Actor.Kind != ByOperator {
		return "", Token{}, signedOut() // a token belongs to an operator
	}
	if err := by.Require(ManageTokens, ""); err != nil {
		return "", Token{}, err
	}
	if err := r.check(by); err != nil {
		return "", Token{}, err
	}
	text, err := newToken(o.random)
	if err != nil {
		return "", Token{}, err
	}
	id, err := newID(o.random)
	if err != nil {
		return "", Token{}, err
	}
	var t Token
	err = o.change(ctx, func(w *work) error {
		if err := w.allowed(by, ManageTokens); err != nil {
			return err
		}
		t = Token{ID: id, Hash: hashOf(text), Hint: text[:tokenHint], Name: r.Name, Operator: by.Operator.ID,
			Permissions: r.Permissions, Sites: r.Sites, CreatedAt: w.now, ExpiresAt: w.now.AddDate(0, 0, r.Days)}
		w.change.PutTokens = append(w.change.PutTokens, t)
		w.note(by, Act{Action: ActCreateToken, Subject: id, Detail: r.Name})
		return nil
	})
	if err != nil {
		return "", Token{}, err
	}
	return text, t, nil
}

func (r *TokenRequest) check(by Identity) error {
	fields := nameFault("/name", r.Name, true)
	if len(r.Permissions) == 0 {
		fields = append(fields, fault.Field{Path: "/permissions", Reason: "must name at least one", ReasonJa: "一つ以上選んでください"})
	}
	for i, p := range r.Permissions {
		if known, ok := ruleOf(p); !ok || !known.token || !slices.Contains(known.roles, by.Operator.Role) {
			fields = append(fields, fault.Field{Path: fmt.Sprintf("/permissions/%d", i), Reason: "is nothing that a token can be given by you", ReasonJa: "トークンに与えられない権限です"})
		}
	}
	for i, key := range r.Sites {
		if key == "" || len(key) > maxSiteKey || key != line(key) {
			fields = append(fields, fault.Field{Path: fmt.Sprintf("/sites/%d", i), Reason: "is no site's key", ReasonJa: "サイトのキーではありません"})
		}
	}
	if r.Days < 1 || r.Days > MaxTokenDays {
		fields = append(fields, fault.Field{Path: "/days", Reason: fmt.Sprintf("must be from 1 to %d", MaxTokenDays), ReasonJa: fmt.Sprintf("1から%dまでの日数にしてください", MaxTokenDays)})
	}
	return fault.InvalidFields("the token", fields)
}

// Tokens returns all tokens, also those that have expired, the latest first.
// Their hashes are left out. Needs SeeOperators.
func (o *Operators) Tokens(ctx context.Context, by Identity) ([]Token, error) {
	if err := by.Require(SeeOperators, ""); err != nil {
		return nil, err
	}
	r, err := o.store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	for i := range r.Tokens {
		r.Tokens[i].Hash = ""
	}
	slices.SortStableFunc(r.Tokens, func(a, b Token) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return r.Tokens, nil
}

// RevokeToken ends a token. Needs ManageTokens.
//
// Faults: NotFound.
func (o *Operators) RevokeToken(ctx context.Context, by Identity, id string) error {
	return o.change(ctx, func(w *work) error {
		if err := w.allowed(by, ManageTokens); err != nil {
			return err
		}
		i := slices.IndexFunc(w.roster.Tokens, func(t Token) bool { return t.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such token")
		}
		w.change.RemoveTokens = append(w.change.RemoveTokens, w.roster.Tokens[i].Hash)
		w.note(by, Act{Action: ActRevokeToken, Subject: id, Detail: w.roster.Tokens[i].Name})
		return nil
	})
}

// Bearer returns who has an API token, and notes the day of its use.
//
// Faults: Forbidden with ErrToken.
func (o *Operators) Bearer(ctx context.Context, text, from string) (Identity, error) {
	if !isToken(text) {
		return Identity{}, deadToken()
	}
	t, err := o.store.Token(ctx, hashOf(text))
	if err != nil {
		return Identity{}, absent(err, deadToken())
	}
	now := o.now().UTC()
	if !now.Before(t.ExpiresAt) {
		return Identity{}, deadToken()
	}
	rec, err := o.store.Operator(ctx, t.Operator)
	if err != nil {
		return Identity{}, absent(err, deadToken())
	}
	if rec.State != Active {
		return Identity{}, deadToken()
	}
	if today := now.Format(time.DateOnly); t.LastUsed != today {
		if err := o.store.UseToken(ctx, t.Hash, today); err != nil {
			return Identity{}, absent(err, deadToken())
		}
	}
	return Identity{Actor: Actor{Kind: ByToken, ID: t.ID, Name: t.Name, For: rec.ID}, Operator: rec.Operator, From: from,
		permissions: t.Permissions, sites: t.Sites}, nil
}

func deadToken() error { return forbidden(ErrToken, "the token is unknown, revoked or expired") }
