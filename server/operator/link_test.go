package operator_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestSetUp(t *testing.T) {
	e := newEnv(t)
	if needs := must(e.NeedsSetUp(t.Context()))(t); !needs {
		t.Error("an empty store needs no set-up")
	}
	first, second := must(e.SetUpLink(t.Context(), command))(t), must(e.SetUpLink(t.Context(), command))(t)
	for _, link := range []operator.Issued{first, second} { // two instances, or two starts
		offer := must(e.Offer(t.Context(), link.Token))(t)
		if offer.Kind != operator.SetUp || offer.Role != operator.Owner || offer.Email != "" || !offer.ExpiresAt.Equal(e.now.Add(24*time.Hour)) {
			t.Errorf("%+v", offer)
		}
	}
	_, err := e.Accept(t.Context(), first.Token, operator.Acceptance{Email: "nobody", Language: "fr", Name: "a\nb", Password: "short"})
	wantField(t, "a form full of mistakes", err, "/email", "/name", "/language", "/password")
	a := must(e.Accept(t.Context(), first.Token, operator.Acceptance{Email: "Hanako@Example.jp", Name: "花子", Language: "ja", Password: password, From: here}))(t)
	if o := a.Identity.Operator; o.Email != "hanako@example.jp" || o.Role != operator.Owner || o.State != operator.Active || o.Name != "花子" || !o.CreatedAt.Equal(e.now) {
		t.Errorf("%+v", o)
	}
	must(e.identify(a.Token))(t)
	for _, link := range []operator.Issued{first, second} {
		_, err := e.Accept(t.Context(), link.Token, operator.Acceptance{Email: "b@example.jp", Language: "ja", Password: password})
		wantErr(t, "after the first owner", err, operator.ErrLink, fault.NotFound)
	}
	if needs := must(e.NeedsSetUp(t.Context()))(t); needs {
		t.Error("set up, and still needs it")
	}
	_, err = e.SetUpLink(t.Context(), command)
	wantKind(t, "a set-up link beside an owner", err, fault.Conflict)
	_, err = e.SetUpLink(t.Context(), a.Identity)
	wantErr(t, "a set-up link from the console", err, operator.ErrNotAllowed, fault.Forbidden)
}

// TestSetUpBesideAnInvitation: an owner who came another way ends it as well.
func TestSetUpBesideAnInvitation(t *testing.T) {
	e := newEnv(t)
	link := must(e.SetUpLink(t.Context(), command))(t)
	e.join("owner@example.jp", operator.Owner)
	_, err := e.Accept(t.Context(), link.Token, operator.Acceptance{Email: "b@example.jp", Language: "ja", Password: password})
	wantErr(t, "a set-up link beside an owner", err, operator.ErrLink, fault.NotFound)
}

// TestSetUpAtOnce: of many who open set-up links one becomes the owner.
func TestSetUpAtOnce(t *testing.T) {
	e := newEnv(t)
	tokens := []string{must(e.SetUpLink(t.Context(), command))(t).Token, must(e.SetUpLink(t.Context(), command))(t).Token}
	var won atomic.Int64
	together(6, func(i int) {
		_, err := e.Accept(t.Context(), tokens[i%2], operator.Acceptance{Email: "a" + string(rune('a'+i)) + "@example.jp", Language: "ja", Password: password})
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, operator.ErrLink):
			t.Errorf("%v", err)
		}
	})
	if list := must(e.List(t.Context(), command))(t); won.Load() != 1 || len(list) != 1 {
		t.Errorf("%d became owners, %d operators", won.Load(), len(list))
	}
}

func TestInvite(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	for _, c := range []struct {
		email    string
		role     operator.Role
		language string
		paths    []string
	}{
		{"b@example.jp", "god", "ja", []string{"/role"}}, {"b", operator.Viewer, "ja", []string{"/email"}}, {"b@example.jp", operator.Viewer, "fr", []string{"/language"}},
		{"B <b@example.jp>", operator.Viewer, "ja", []string{"/email"}}, {"b@例え.jp", operator.Viewer, "ja", []string{"/email"}}, {"b@c@example.jp", operator.Viewer, "ja", []string{"/email"}},
		{"b@example.jp\r\nBcc: c@example.jp", operator.Viewer, "ja", []string{"/email"}}, {strings.Repeat("b", 250) + "@example.jp", "", "", []string{"/role", "/email", "/language"}},
	} {
		_, err := e.Invite(t.Context(), a.Identity, c.email, c.role, c.language)
		wantField(t, c.email, err, c.paths...)
	}
	_, err := e.Invite(t.Context(), a.Identity, "OWNER@example.jp", operator.Viewer, "ja")
	wantErr(t, "who is there already", err, operator.ErrTaken, fault.Conflict)
	link := must(e.Invite(t.Context(), a.Identity, "B@example.jp", operator.Editor, "en"))(t)
	if offer := must(e.Offer(t.Context(), link.Token))(t); offer.Email != "b@example.jp" || offer.Role != operator.Editor || offer.Language != "en" {
		t.Errorf("%+v", offer)
	}
	// The email and the role are the link's, whatever is sent.
	b := must(e.Accept(t.Context(), link.Token, operator.Acceptance{Email: "owner2@example.jp", Password: password, From: here}))(t)
	if o := b.Identity.Operator; o.Email != "b@example.jp" || o.Role != operator.Editor || o.Language != "en" {
		t.Errorf("%+v", o)
	}
	_, err = e.Accept(t.Context(), link.Token, operator.Acceptance{Password: password})
	wantErr(t, "used again", err, operator.ErrLink, fault.NotFound)
	for _, by := range []operator.Identity{b.Identity, {}} {
		if _, err := e.Invite(t.Context(), by, "c@example.jp", operator.Viewer, "ja"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("invited by %q: %v", by.Operator.Role, err)
		}
	}
}

func TestLinksEnd(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	old := must(e.Invite(t.Context(), a.Identity, "b@example.jp", operator.Owner, "ja"))(t)
	link := must(e.Invite(t.Context(), a.Identity, "b@example.jp", operator.Viewer, "ja"))(t)
	_, err := e.Offer(t.Context(), old.Token)
	wantErr(t, "an earlier invitation", err, operator.ErrLink, fault.NotFound)
	list := must(e.Links(t.Context(), a.Identity))(t)
	if len(list) != 1 || list[0].Email != "b@example.jp" || list[0].Role != operator.Viewer || list[0].By.Name != "関守" || strings.Contains(link.Token, list[0].Ref) {
		t.Errorf("%+v", list)
	}
	e.ok(e.WithdrawLink(t.Context(), a.Identity, list[0].Ref))
	_, err = e.Accept(t.Context(), link.Token, operator.Acceptance{Password: password})
	wantErr(t, "withdrawn", err, operator.ErrLink, fault.NotFound)
	wantKind(t, "withdrawn twice", e.WithdrawLink(t.Context(), a.Identity, list[0].Ref), fault.NotFound)
	late := must(e.Invite(t.Context(), a.Identity, "c@example.jp", operator.Viewer, "ja"))(t)
	e.pass(operator.InviteFor - time.Second)
	must(e.Offer(t.Context(), late.Token))(t)
	e.pass(time.Second)
	_, err = e.Accept(t.Context(), late.Token, operator.Acceptance{Password: password})
	wantErr(t, "expired", err, operator.ErrLink, fault.NotFound)
	if list := must(e.Links(t.Context(), command))(t); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	// What has expired goes with the next change.
	must(e.Invite(t.Context(), command, "d@example.jp", operator.Viewer, "ja"))(t)
	if r := must(e.store.Roster(t.Context()))(t); len(r.Links) != 1 {
		t.Errorf("%d links are kept", len(r.Links))
	}
	for _, token := range []string{"", "x", late.Token + "=", strings.Repeat("A", 43)} {
		_, err := e.Offer(t.Context(), token)
		wantErr(t, token, err, operator.ErrLink, fault.NotFound)
	}
}

func TestReset(t *testing.T) {
	e := newEnv(t)
	e.owner()
	b := e.join("b@example.jp", operator.Editor)
	secret, _, b := e.enrol(b)
	id := b.Identity.Operator.ID
	old := must(e.ResetLink(t.Context(), command, id))(t)
	link := must(e.ResetLink(t.Context(), command, id))(t)
	_, err := e.Offer(t.Context(), old.Token)
	wantErr(t, "an earlier reset", err, operator.ErrLink, fault.NotFound)
	must(e.identify(b.Token))(t) // asking for it changes nothing yet
	_, err = e.Accept(t.Context(), link.Token, operator.Acceptance{Password: "b@example.jp!"})
	wantField(t, "one's own email", err, "/password")
	a := must(e.Accept(t.Context(), link.Token, operator.Acceptance{Name: "somebody else", Password: another, From: here}))(t)
	e.signedOut("sessions from before", b.Token)
	if !a.Pending {
		t.Fatal("a reset goes around the second factor")
	}
	e.signedOut("before the second factor", a.Token)
	e.pass(time.Minute)
	c := must(e.Answer(t.Context(), a.Token, e.code(secret), here))(t)
	if o := c.Identity.Operator; o.Label() != "b@example.jp" || o.Role != operator.Editor {
		t.Errorf("%+v", o)
	}
	_, err = e.signIn("b@example.jp", password)
	wantErr(t, "the old password", err, operator.ErrCredentials, fault.Forbidden)
	_, err = e.Accept(t.Context(), link.Token, operator.Acceptance{Password: another})
	wantErr(t, "used again", err, operator.ErrLink, fault.NotFound)
	_, err = e.ResetLink(t.Context(), command, "nobody")
	wantKind(t, "nobody", err, fault.NotFound)
	last := must(e.ResetLink(t.Context(), command, id))(t)
	e.ok(e.Suspend(t.Context(), command, id))
	_, err = e.Accept(t.Context(), last.Token, operator.Acceptance{Password: another})
	wantErr(t, "suspended meanwhile", err, operator.ErrLink, fault.NotFound)
	_, err = e.ResetLink(t.Context(), command, id)
	wantKind(t, "suspended", err, fault.Conflict)
}

func TestPasswords(t *testing.T) {
	e := newEnv(t)
	link := must(e.SetUpLink(t.Context(), command))(t)
	refused := []string{
		"", "           ", "elevenchars", "aaaaaaaaaaaaa", "ababababababab", "abcabcabcabcd", "password1234", "P4ssw0rd!2024", "qwertyuiop12", "1qaz2wsx3edc",
		"123456789012", "iloveyou2024!", "welcome123welcome", "sakurasakura1", "sekisho-sekisho", "hanako.yamada@example.jp", "yamada-hanako-1", "zxcvbnm,./123",
		"Sunshine2026!!", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4", strings.Repeat("abcdefgh-", 15), "administrator1", "qwertyqwerty1", "nihon2020nihon", "example.jp!!!",
	}
	for _, p := range refused {
		_, err := e.Accept(t.Context(), link.Token, operator.Acceptance{Email: "hanako.yamada@example.jp", Language: "ja", Password: p})
		wantField(t, p, err, "/password")
	}
	taken := []string{
		"correct horse battery staple", "春の海ひねもすのたりのたりかな", "xK9#mQ2$vL7!", "sunshine dragon monkey butterfly", "        spaces are fine", strings.Repeat("long passphrase ", 8),
		"kappa-river-1854", "\u00a0\u200dunicode stays", "tr0ub4dor&3x9",
	}
	for i, p := range taken {
		link := must(e.Invite(t.Context(), command, "a"+string(rune('a'+i))+"@example.jp", operator.Viewer, "ja"))(t)
		if _, err := e.Accept(t.Context(), link.Token, operator.Acceptance{Password: p}); err != nil {
			t.Errorf("%q: %v", p, err)
			continue
		}
		if _, err := e.signIn("a"+string(rune('a'+i))+"@example.jp", p); err != nil {
			t.Errorf("%q: kept otherwise than typed: %v", p, err)
		}
	}
}

// TestLinksOfWhoeverIsOut: links that an owner has made are no way back in for them.
func TestLinksOfWhoeverIsOut(t *testing.T) {
	for name, out := range map[string]func(*env, operator.Identity, string) error{
		"removed":   func(e *env, by operator.Identity, id string) error { return e.Remove(t.Context(), by, id) },
		"suspended": func(e *env, by operator.Identity, id string) error { return e.Suspend(t.Context(), by, id) },
		"demoted": func(e *env, by operator.Identity, id string) error {
			return e.SetRole(t.Context(), by, id, operator.Viewer)
		},
	} {
		e := newEnv(t)
		bad, good := e.join("bad@example.jp", operator.Owner), e.join("good@example.jp", operator.Owner)
		invited := must(e.Invite(t.Context(), bad.Identity, "second@example.jp", operator.Owner, "ja"))(t)
		reset := must(e.ResetLink(t.Context(), bad.Identity, good.Identity.Operator.ID))(t)
		theirs := must(e.Invite(t.Context(), good.Identity, "third@example.jp", operator.Viewer, "ja"))(t)
		if err := out(e, good.Identity, bad.Identity.Operator.ID); err != nil {
			t.Fatal(name, err)
		}
		for _, link := range []operator.Issued{invited, reset} {
			_, err := e.Offer(t.Context(), link.Token)
			wantErr(t, name, err, operator.ErrLink, fault.NotFound)
		}
		must(e.Offer(t.Context(), theirs.Token))(t)
	}
}
