package storetest

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// The roster is one for the whole store: these tests look for what they wrote
// themselves, and begin at the version that they find.
var operatorTests = []test{
	{"nothing there", rosterMissing},
	{"what was changed comes back", rosterRoundTrip},
	{"a stale change is refused whole", rosterConflict},
	{"the same change twice is one", rosterSameChange},
	{"of all changes at once one is made", rosterRace},
	{"one of two uses of an invitation wins", rosterInvitation},
	{"an owner stays", rosterLastOwner},
	{"a token's day", tokenDay},
	{"a token that was revoked stays away", tokenRace},
	{"a context that ended", rosterContext},
}

func newRecord(id string) operator.Record {
	return operator.Record{
		Operator: operator.Operator{ID: id, Email: id + "@example.jp", Name: "山田 花子 🏯 <b>", Language: "ja", Role: operator.Owner,
			State: operator.Active, Factor: true, RecoveryCodes: 2, CreatedAt: start, LastSignIn: start.Add(time.Hour)},
		Password: "$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$a2V5", Secret: "JBSWY3DPEHPK3PXP", Step: 58_000_000, Recovery: []string{"a", "b"}, Epoch: 1<<53 + 1,
	}
}

func newLink(hash string) operator.Link {
	return operator.Link{Hash: hash, Kind: operator.Invitation, Email: hash + "@example.jp", Role: operator.Editor, Language: "en",
		By: operator.Actor{Kind: operator.ByOperator, ID: "o", Name: "花子"}, CreatedAt: start, ExpiresAt: start.Add(72 * time.Hour)}
}

func newToken(hash string) operator.Token {
	return operator.Token{ID: "t-" + hash, Hash: hash, Hint: "sk_abc", Name: "CI の鍵", Operator: "o", Permissions: []operator.Permission{operator.SeeSites, operator.Publish},
		Sites: []string{"shop"}, CreatedAt: start, ExpiresAt: start.Add(24 * time.Hour)}
}

func roster(t testing.TB, s operator.Store) operator.Roster {
	t.Helper()
	r, err := s.Roster(t.Context())
	if err != nil {
		t.Fatalf("Roster: %v", err)
	}
	return r
}

// changeRoster applies a change to what is there now.
func changeRoster(t testing.TB, s operator.Store, c operator.Change) {
	t.Helper()
	if err := tryChange(t.Context(), s, c); err != nil {
		t.Fatalf("ApplyRoster: %v", err)
	}
}

// tryChange is changeRoster for tests in which several act at once.
func tryChange(ctx context.Context, s operator.Store, c operator.Change) error {
	r, err := s.Roster(ctx)
	if err != nil {
		return err
	}
	c.ID, c.Expect = newKey(), r.Version
	return s.ApplyRoster(ctx, c)
}

func rosterMissing(t *testing.T, s Stores) {
	_, err := s.Operator(t.Context(), newKey())
	wantKind(t, "Operator", err, fault.NotFound)
	_, err = s.Token(t.Context(), newKey())
	wantKind(t, "Token", err, fault.NotFound)
	wantKind(t, "UseToken", s.UseToken(t.Context(), newKey(), today), fault.NotFound)
}

func rosterRoundTrip(t *testing.T, s Stores) {
	a, b := newKey(), newKey()
	one, other, link, token := newRecord(a), newRecord(b), newLink(a), newToken(a)
	other.Secret, other.Recovery, other.LastSignIn = "", nil, time.Time{}
	before := roster(t, s)
	changeRoster(t, s, operator.Change{Put: []operator.Record{one, other}, PutLinks: []operator.Link{link, newLink(b)}, PutTokens: []operator.Token{token}})
	after := roster(t, s)
	if after.Version != before.Version+1 || len(after.Operators) != len(before.Operators)+2 || len(after.Links) != len(before.Links)+2 {
		t.Errorf("version %d then %d, %d then %d operators, %d then %d links", before.Version, after.Version,
			len(before.Operators), len(after.Operators), len(before.Links), len(after.Links))
	}
	for i := 1; i < len(after.Operators); i++ {
		if after.Operators[i-1].ID >= after.Operators[i].ID {
			t.Errorf("operators are not in the order of their ids: %q, %q", after.Operators[i-1].ID, after.Operators[i].ID)
		}
	}
	for _, want := range []operator.Record{one, other} {
		if got, err := s.Operator(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
		}
	}
	if got, err := s.Token(t.Context(), a); err != nil || !reflect.DeepEqual(got, token) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, token)
	}
	if got, there := findLink(after, a); !there || !reflect.DeepEqual(got, link) {
		t.Errorf(" got %+v\nwant %+v", got, link)
	}
	one.Role, one.Epoch = operator.Viewer, one.Epoch+1
	changeRoster(t, s, operator.Change{Put: []operator.Record{one}, Remove: []string{b}, RemoveLinks: []string{a, b, "none"}, RemoveTokens: []string{a}})
	if got, err := s.Operator(t.Context(), a); err != nil || !reflect.DeepEqual(got, one) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, one)
	}
	_, err := s.Operator(t.Context(), b)
	wantKind(t, "an operator who was removed", err, fault.NotFound)
	_, err = s.Token(t.Context(), a)
	wantKind(t, "a token that was removed", err, fault.NotFound)
	if _, there := findLink(roster(t, s), a); there {
		t.Error("a link that was removed is there")
	}
}

func findLink(r operator.Roster, hash string) (operator.Link, bool) {
	for _, l := range r.Links {
		if l.Hash == hash {
			return l, true
		}
	}
	return operator.Link{}, false
}

func rosterConflict(t *testing.T, s Stores) {
	id := newKey()
	changeRoster(t, s, operator.Change{Put: []operator.Record{newRecord(id)}})
	before := roster(t, s)
	for _, expect := range []uint64{0, before.Version - 1, before.Version + 1, before.Version + 1<<40, 1 << 63} {
		changed := newRecord(id)
		changed.Name = "nobody"
		c := operator.Change{ID: newKey(), Expect: expect, Put: []operator.Record{changed}, PutLinks: []operator.Link{newLink(newKey())},
			PutTokens: []operator.Token{newToken(newKey())}, Entries: []operator.Entry{newEntry(id)}}
		wantKind(t, fmt.Sprintf("a change that expects version %d of %d", expect, before.Version), s.ApplyRoster(t.Context(), c), fault.Conflict)
	}
	if after := roster(t, s); !reflect.DeepEqual(after, before) {
		t.Errorf("a refused change left traces:\n got %+v\nwant %+v", after, before)
	}
	if page := audit(t, s, operator.Query{Filter: operator.Filter{Actor: id}, Limit: 10}); len(page.Entries) != 0 {
		t.Errorf("a refused change is in the audit log: %+v", page.Entries)
	}
}

// rosterSameChange: an answer that got lost makes its caller apply the same
// change again, which has been made and is no conflict.
func rosterSameChange(t *testing.T, s Stores) {
	id := newKey()
	c := operator.Change{ID: newKey(), Expect: roster(t, s).Version, Put: []operator.Record{newRecord(id)}, Entries: []operator.Entry{newEntry(id)}}
	for range 3 {
		if err := s.ApplyRoster(t.Context(), c); err != nil {
			t.Fatalf("ApplyRoster: %v", err)
		}
	}
	if r := roster(t, s); r.Version != c.Expect+1 {
		t.Errorf("version %d, not %d", r.Version, c.Expect+1)
	}
	if page := audit(t, s, operator.Query{Filter: operator.Filter{Actor: id}, Limit: 10}); len(page.Entries) != 1 {
		t.Errorf("%d entries, not one", len(page.Entries))
	}
}

func rosterRace(t *testing.T, s Stores) {
	const people = 8
	id, version := newKey(), roster(t, s).Version
	var made, refused atomic.Int64
	together(people, func(i int) {
		r := newRecord(id)
		r.Name = fmt.Sprint(i)
		switch err := s.ApplyRoster(t.Context(), operator.Change{ID: newKey(), Expect: version, Put: []operator.Record{r}, Entries: []operator.Entry{newEntry(id)}}); {
		case err == nil:
			made.Add(1)
		case fault.KindOf(err) == fault.Conflict:
			refused.Add(1)
		default:
			t.Errorf("ApplyRoster: %v", err)
		}
	})
	page := audit(t, s, operator.Query{Filter: operator.Filter{Actor: id}, Limit: people})
	if made.Load() != 1 || refused.Load() != people-1 || roster(t, s).Version != version+1 || len(page.Entries) != 1 {
		t.Errorf("%d made, %d refused, version %d then %d, %d entries", made.Load(), refused.Load(), version, roster(t, s).Version, len(page.Entries))
	}
}

func tokenDay(t *testing.T, s Stores) {
	hash := newKey()
	token := newToken(hash)
	changeRoster(t, s, operator.Change{PutTokens: []operator.Token{token}})
	version := roster(t, s).Version
	for _, day := range []string{today, today, "2026-11-22"} {
		if err := s.UseToken(t.Context(), hash, day); err != nil {
			t.Fatalf("UseToken: %v", err)
		}
		token.LastUsed = day
		if got, err := s.Token(t.Context(), hash); err != nil || !reflect.DeepEqual(got, token) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, token)
		}
	}
	if now := roster(t, s).Version; now != version {
		t.Errorf("the use of a token changed the version from %d to %d", version, now)
	}
}

// tokenRace: noting a use never brings a revoked token back.
func tokenRace(t *testing.T, s Stores) {
	for range 5 {
		hash := newKey()
		changeRoster(t, s, operator.Change{PutTokens: []operator.Token{newToken(hash)}})
		together(8, func(i int) {
			if i == 0 {
				if err := tryChange(t.Context(), s, operator.Change{RemoveTokens: []string{hash}}); err != nil {
					t.Errorf("ApplyRoster: %v", err)
				}
				return
			}
			if err := s.UseToken(t.Context(), hash, fmt.Sprintf("2026-11-%02d", i)); err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("UseToken: %v", err)
			}
		})
		_, err := s.Token(t.Context(), hash)
		wantKind(t, "a token that was revoked while it was used", err, fault.NotFound)
	}
}

func rosterContext(t *testing.T, s Stores) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, rosterErr := s.Roster(ended)
	_, operatorErr := s.Operator(ended, "a")
	_, tokenErr := s.Token(ended, "a")
	for what, err := range map[string]error{
		"Roster": rosterErr, "Operator": operatorErr, "Token": tokenErr, "UseToken": s.UseToken(ended, "a", today),
		"ApplyRoster": s.ApplyRoster(ended, operator.Change{ID: newKey()}),
	} {
		wantKind(t, what, err, fault.Unavailable)
	}
}
