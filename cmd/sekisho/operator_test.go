package main

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/operator"
)

// TestOperator: the links that are printed do what they say.
func TestOperator(t *testing.T) {
	address := "embedded:" + t.TempDir()
	flags := []string{"--store", address, "--public-url", "https://consent.example.jp"}
	link := regexp.MustCompile(`^https://consent\.example\.jp/console/link/(\S+)\n$`)
	printed := func(args ...string) string {
		t.Helper()
		code, out, words := sekisho(append(append([]string{"operator"}, args...), flags...)...)
		found := link.FindStringSubmatch(out)
		if code != 0 || found == nil {
			t.Fatalf("%v: %d, %s, %s", args, code, out, words)
		}
		return found[1]
	}
	// work opens the store between two commands.
	work := func(do func(*operator.Operators)) {
		t.Helper()
		store, err := openStore(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		do(operator.New(operator.Config{Store: store, Now: time.Now, Random: rand.Reader, Hash: operator.HashParams{Memory: 8, Time: 1, Threads: 1}}))
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	accept := func(token string, a operator.Acceptance) (admission operator.Admission) {
		t.Helper()
		work(func(operators *operator.Operators) {
			var err error
			if admission, err = operators.Accept(t.Context(), token, a); err != nil {
				t.Fatal(err)
			}
		})
		return admission
	}
	const first, second = "a gate on the old highway", "nine carts pass at dawn"

	owner := accept(printed("link"), operator.Acceptance{Email: "owner@example.jp", Name: "関守", Language: "ja", Password: first})
	if owner.Identity.Operator.Role != operator.Owner {
		t.Errorf("%+v", owner.Identity)
	}
	if code, _, words := sekisho(append([]string{"operator", "link"}, flags...)...); code != exitInput || !strings.Contains(words, "there is an owner already") {
		t.Errorf("a set-up link beside an owner: %d, %s", code, words)
	}
	if editor := accept(printed("invite", "b@example.jp", "--role", "editor"), operator.Acceptance{Password: first}); editor.Identity.Operator.Role != operator.Editor {
		t.Errorf("%+v", editor.Identity)
	}
	if code, _, words := sekisho(append([]string{"operator", "invite", "b@example.jp", "--role", "owner"}, flags...)...); code != exitInput || !strings.Contains(words, "operator already") {
		t.Errorf("an operator invited again: %d, %s", code, words)
	}
	accept(printed("reset", "OWNER@example.jp", "--factor"), operator.Acceptance{Password: second})
	work(func(operators *operator.Operators) {
		if _, err := operators.SignIn(t.Context(), operator.Credentials{Email: "owner@example.jp", Password: second}); err != nil {
			t.Errorf("after the reset: %v", err)
		}
		page, err := operators.Audit(t.Context(), operator.Command("test"), operator.Query{Filter: operator.Filter{Actor: "sekisho operator reset"}})
		if err != nil || len(page.Entries) != 2 || page.Entries[0].Action != operator.ActResetLink || page.Entries[1].Action != operator.ActRemoveFactor {
			t.Errorf("the audit log: %+v, %v", page.Entries, err)
		}
	})
	code, out, _ := sekisho("operator", "list", "--store", address)
	if code != 0 || !regexp.MustCompile(`(?m)^owner@example\.jp +owner +active +no +\d{4}-\d\d-\d\d +関守$`).MatchString(out) || !strings.Contains(out, "b@example.jp") {
		t.Errorf("%s", out)
	}
	_, out, _ = sekisho("operator", "list", "--json", "--store", address)
	if !strings.Contains(out, `"email": "owner@example.jp"`) || strings.Contains(out, "argon2") {
		t.Errorf("%s", out)
	}
}
