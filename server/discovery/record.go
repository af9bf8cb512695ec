package discovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Sites says what is live.
type Sites interface {
	// Live returns the revision that visitors are shown now, from memory;
	// NotFound when there is no such site or nothing of it is published.
	Live(ctx context.Context, key string) (*site.Revision, error)
}

// Recorder takes reports in. All fields are needed.
type Recorder struct {
	Reader
	Sites Sites
	// Own is the service's host, which is no third party.
	Own string
}

// Sample is the share of page views of a site that report, from 0 to 1.
func Sample(doc *site.Document) float64 {
	switch {
	case doc.Paused:
		return 0
	case doc.ReportSample == nil:
		return DefaultSample
	}
	return *doc.ReportSample
}

// Record counts what one page view met. Left out in silence is what is no
// third party that browsers can reach by a name of its own (an IP address, a
// public suffix, a host of the site or the service), and vendors that the live
// revision does not have: pages know no better, or are of an older revision.
// Of a site that is paused, or reports nothing, nothing is counted.
//
// Errors: NotFound (no such site), Invalid with fields, Unavailable (the store
// is away: the report is lost, or counted all the same).
func (r *Recorder) Record(ctx context.Context, key string, findings []Finding) error {
	rev, err := r.Sites.Live(ctx, key)
	if err != nil {
		return err
	}
	if err := validate(findings); err != nil {
		return err
	}
	sample := Sample(&rev.Document)
	if sample == 0 {
		return nil
	}
	own := ownHosts(&rev.Document, r.Own)
	var names []string
	for _, f := range findings {
		_, known := rev.Vendor(f.Vendor)
		f.Kind = kindOf(f.Kind)
		if (known || f.Vendor == "") && thirdParty(f.Host, own) {
			names = append(names, f.name(sample))
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return r.Store.Discover(ctx, Write{
		Site: key, Day: r.Now().UTC().Format(time.DateOnly), Names: slices.Compact(names),
		Most: MaxFigures, Rest: Finding{What: Other}.name(sample), TTL: Retention * 24 * time.Hour,
	})
}

// validate checks what a page that runs our script can be held to.
func validate(findings []Finding) error {
	if len(findings) == 0 || len(findings) > MaxFindings {
		return fault.InvalidFields("the report breaks a rule", []fault.Field{{Path: "/findings", Reason: fmt.Sprintf("must name from 1 to %d findings", MaxFindings)}})
	}
	var fields []fault.Field
	refuse := func(i int, key, reason string) {
		fields = append(fields, fault.Field{Path: fmt.Sprintf("/findings/%d/%s", i, key), Reason: reason})
	}
	for i, f := range findings {
		if f.What != Unknown && f.What != Ahead && f.What != Held {
			refuse(i, "what", `must be "unknown", "ahead" or "held"`)
		}
		if !isName(f.Host) {
			refuse(i, "host", "must be a host's name in lower case, without scheme, port, path and final dot")
		}
		if (f.What == Unknown) != (f.Vendor == "") {
			refuse(i, "vendor", "must be named for all but unknown hosts, and for these not")
		}
	}
	return fault.InvalidFields("the report breaks a rule", fields)
}
