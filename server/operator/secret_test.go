package operator

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

func TestSecrets(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		secret, err1 := newSecret(rand.Reader)
		token, err2 := newToken(rand.Reader)
		id, err3 := newID(rand.Reader)
		if err := errors.Join(err1, err2, err3); err != nil || !isSecret(secret) || !isToken(token) || isSecret(token) || isToken(secret) {
			t.Fatalf("%q, %q, %v", secret, token, err)
		}
		for _, s := range []string{secret, token, id, hashOf(secret)} {
			if seen[s] {
				t.Fatalf("%q twice", s)
			}
			seen[s] = true
		}
		// A slip of one character is no token.
		i := len(tokenPrefix) + int(token[len(token)-1])%50
		other := "a"
		if token[i] == 'a' {
			other = "b"
		}
		if isToken(token[:i] + other + token[i+1:]) {
			t.Errorf("%q passes for a token", token)
		}
	}
	codes, hashes, err := newRecovery(rand.Reader)
	if err != nil || len(codes) != recoveryCount || len(hashes) != recoveryCount {
		t.Fatalf("%v, %v, %v", codes, hashes, err)
	}
	for i, code := range codes {
		if len(code) != 19 || hashOf(plainCode(code)) != hashes[i] {
			t.Errorf("%q", code)
		}
	}
	// Without randomness nothing is made.
	broken := iotest.ErrReader(errors.New("no luck"))
	_, err1 := newSecret(broken)
	_, err2 := newToken(broken)
	_, err3 := newID(broken)
	_, _, err4 := newRecovery(broken)
	_, err5 := newHasher(DefaultHash, broken).hash(t.Context(), "x")
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err == nil {
			t.Error("made of nothing")
		}
	}
}

// TestSameWork: an account that is not there costs a turn at hashing as well.
func TestSameWork(t *testing.T) {
	h := newHasher(HashParams{Memory: 8, Time: 1, Threads: 1}, rand.Reader)
	kept, err := h.hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for range hashedAtOnce {
		h.slots <- struct{}{}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, k := range []string{kept, ""} {
		if _, _, err := h.verify(ended, k, "x"); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("%q: did not wait for its turn: %v", k, err)
		}
	}
	<-h.slots
	if ok, _, err := h.verify(t.Context(), kept, "x"); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	if ok, _, err := h.verify(t.Context(), "", ""); err != nil || ok {
		t.Errorf("nobody has a password: %v, %v", ok, err)
	}
	if h.nobody.HashParams != h.params {
		t.Error("nobody's password costs another price")
	}
}

// TestForeignHash: a store that somebody wrote to does not make us hash for ever.
func TestForeignHash(t *testing.T) {
	h := newHasher(HashParams{Memory: 8, Time: 1, Threads: 1}, rand.Reader)
	kept, err := h.hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{
		"x", strings.Replace(kept, "m=8", "m=4194304", 1), strings.Replace(kept, "t=1", "t=1000", 1), strings.Replace(kept, "p=1", "p=200", 1), strings.Replace(kept, "m=8", "m=0", 1),
		strings.Replace(kept, "argon2id", "argon2i", 1), strings.Replace(kept, "v=19", "v=16", 1), kept + "$", kept[:len(kept)-2], strings.Replace(kept, "m=8", "m=08", 1),
	} {
		if ok, _, err := h.verify(t.Context(), wrong, "x"); ok || err == nil {
			t.Errorf("%q: %v, %v", wrong, ok, err)
		}
	}
}

// TestConflictsEnd: a change that is always too late is given up.
func TestConflictsEnd(t *testing.T) {
	o := New(Config{Store: busy{}, Now: time.Now, Random: rand.Reader})
	if _, err := o.SetUpLink(t.Context(), Command("test")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
}

// busy is a store in which somebody else is always faster.
type busy struct{ Stores }

func (busy) Roster(context.Context) (Roster, error) { return Roster{}, nil }

func (busy) ApplyRoster(context.Context, Change) error {
	return fault.New(fault.Conflict, "changed meanwhile")
}

func FuzzTokens(f *testing.F) {
	secret, _ := newSecret(rand.Reader)
	token, _ := newToken(rand.Reader)
	for _, s := range []string{"", secret, token, "sk_", strings.Repeat("A", 43), "sk_" + strings.Repeat("a", 58), "１２３ ４５６", "abcd-efgh-ijkl-mnop", "1763715600123-17", "-1-1", "0-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if isSecret(s) && len(s) != 43 || isToken(s) && len(s) != 61 {
			t.Errorf("%q", s)
		}
		if isSecret(s) && isToken(s) {
			t.Errorf("%q is both", s)
		}
		if plain := plainCode(s); strings.ContainsAny(plain, " -ー") {
			t.Errorf("%q: %q", s, plain)
		}
		if p, err := ParsePlace(s); err == nil && p.String() != s {
			t.Errorf("%q: %q", s, p)
		} else if err != nil && fault.KindOf(err) != fault.Malformed {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := parsePHC(s); err == nil && p.String() != s {
			t.Errorf("%q: %q", s, p)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "hanako@example.jp", "A@B.C", "a b@c.d", "a@b\r\nc@d", "\u202e", "パスワード1234", "qwertyuiop12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if email, ok := parseEmail(s); ok {
			if again, ok := parseEmail(email); !ok || again != email || strings.ContainsAny(email, " \r\n<>\"") {
				t.Errorf("%q: %q, %q", s, email, again)
			}
		}
		if l := line(s); line(l) != l || strings.ContainsAny(l, "\r\n\u2028") {
			t.Errorf("%q: %q", s, l)
		}
		if password := s; passwordFault("/password", password) == nil && len([]rune(password)) < MinPassword {
			t.Errorf("%q is long enough", s)
		}
	})
}
