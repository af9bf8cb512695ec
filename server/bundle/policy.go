package bundle

import (
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/policy"
)

// policyExtras is what pages need that carry a content security policy: a choice
// is told to it, and applied by loading the page anew. The policy comes along for
// pages into which none was pasted.
func policyExtras(in Input) []extra {
	if !in.Revision.Document.Policy {
		return nil
	}
	p, err := policy.New(in.Revision, in.PublicURL)
	if err != nil { // Build has looked at the address
		panic(fault.Wrap(fault.Internal, err, "cannot compose the policy of %s", in.Revision.Site))
	}
	return []extra{{"policy/policy", []any{p.Undecided(false).String(), p.Undecided(true).String(), p.Hash,
		p.Header(policy.Allowed{}), p.Table()}}}
}
