package bundle

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/sekisho/sekisho/server/policy"
	"github.com/sekisho/sekisho/server/site"
)

// TestPolicyBudget: what pages under a policy carry besides, in bytes of brotli,
// without the lists of hosts, which are the site's; pages of other sites carry
// nothing of it.
func TestPolicyBudget(t *testing.T) {
	in := realInput(t, twenty)
	without := scriptOf(t, in)
	if strings.Contains(string(without.Identity), policy.CookieName) {
		t.Error("a site without a policy pays for one")
	}
	r := *in.Revision
	r.Document.Policy, r.Document.Default = true, site.OptOut
	in.Revision = &r
	with := scriptOf(t, in)
	p, err := policy.New(&r, in.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	code := string(with.Identity)
	var lists []string
	for _, list := range []any{p.Header(policy.Allowed{}), p.Table()} {
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(code, string(text)) != 1 {
			t.Errorf("the script has %d times what servers send: %s", strings.Count(code, string(text)), text)
		}
		code = strings.Replace(code, string(text), "0", 1)
		lists = append(lists, string(text))
	}
	bare := compress([]byte(code), func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) })
	hold(t, "policy", len(bare)-len(without.Brotli), "policy")
	t.Logf("with the lists (%d B plain) %d", len(strings.Join(lists, "")), len(with.Brotli)-len(without.Brotli))
	// What the page takes a missing cookie for is what servers take it for.
	for _, want := range []string{policy.CookieName, p.Undecided(false).String(), p.Undecided(true).String(), p.Hash} {
		if !strings.Contains(string(with.Identity), `"`+want) {
			t.Errorf("the script lacks %q", want)
		}
	}
}
