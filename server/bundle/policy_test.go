package bundle

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/policy"
	"github.com/sekisho/sekisho/server/site"
)

// TestPolicyBudget: what pages under a policy carry besides, in bytes of brotli;
// pages of other sites carry nothing of it.
func TestPolicyBudget(t *testing.T) {
	data, err := os.ReadFile("../../widget/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	var budget struct{ Policy int }
	if err := json.Unmarshal(data, &budget); err != nil || budget.Policy == 0 {
		t.Fatal(err, budget)
	}
	in := realInput(t, twenty)
	without := scriptOf(t, in)
	if strings.Contains(string(without.Identity), policy.CookieName) {
		t.Error("a site without a policy pays for one")
	}
	r := *in.Revision
	r.Document.Policy, r.Document.Default = true, site.OptOut
	in.Revision = &r
	with := scriptOf(t, in)
	if size := len(with.Brotli) - len(without.Brotli); size > budget.Policy {
		t.Errorf("%d bytes of brotli, the budget is %d", size, budget.Policy)
	} else {
		t.Logf("policy %4d of %d", size, budget.Policy)
	}
	p, err := policy.New(&r, in.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	// What the page takes a missing cookie for is what servers take it for.
	for _, want := range []string{policy.CookieName, p.Undecided(false).String(), p.Undecided(true).String(), p.Hash} {
		if !strings.Contains(string(with.Identity), `"`+want) {
			t.Errorf("the script lacks %q", want)
		}
	}
}
