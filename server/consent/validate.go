package consent

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

const (
	// maxPage is how much of a page's path a decision may bring, in bytes.
	maxPage = 2048
	// maxFields bounds the answer to a body that is wrong throughout.
	maxFields = 50
	// The browser's clock is a claim and may be wrong, but no real one shows
	// years outside of these.
	minYear, maxYear = 2020, 2100
)

// form is a revision laid out for checking decisions: built once, used often.
type form struct {
	rev      *site.Revision
	position map[string]int // in rev.Vendors, by id
	askable  Bits           // indices of all vendors that are not necessary
}

func newForm(rev *site.Revision) *form {
	f := &form{rev: rev, position: make(map[string]int, len(rev.Vendors))}
	for at := range rev.Vendors {
		v := &rev.Vendors[at]
		f.position[v.ID] = at
		if !v.Necessary() {
			f.askable = f.askable.Set(v.Index)
		}
	}
	return f
}

// Validate reports every rule that the decision breaks under rev, the revision
// that it names: an Invalid fault whose fields have paths into the decision's
// JSON, or nil. Whether rev exists and was ever live is for the caller to know.
func (d *Decision) Validate(rev *site.Revision) error {
	return d.validate(newForm(rev))
}

func (d *Decision) validate(f *form) error {
	c := check{form: f, seen: make(map[string]string, len(d.Granted)+len(d.Denied))}
	c.rule(d.ID.Version() == 7 && d.ID.Variant() == uuid.RFC4122, "/id", "must be a UUID of version 7")
	c.rule(d.Visitor.Version() == 4 && d.Visitor.Variant() == uuid.RFC4122, "/visitor", "must be a UUID of version 4")
	c.rule(d.Sequence >= 1, "/sequence", "must be 1 or more")
	c.rule(slices.Contains(actions, d.Action), "/action", "must be accept-all, reject-all, save, withdraw or signal")
	c.vendors("/granted", d.Granted)
	c.vendors("/denied", d.Denied)
	c.rule(len(d.Granted)+len(d.Denied) > 0, "/granted", "a decision names at least one vendor, here or in denied")
	c.rule(slices.Contains(f.rev.Document.Languages, d.Language), "/language", "must be one of the site's languages")
	c.rule(d.Layer >= 0 && d.Layer <= 2, "/layer", "must be 1 (banner), 2 (preferences) or 0 (by script)")
	year := d.At.UTC().Year()
	c.rule(year >= minYear && year <= maxYear, "/at", fmt.Sprintf("must lie in the years %d to %d", minYear, maxYear))
	c.page(d.Page)
	return fault.InvalidFields("the decision breaks a rule", c.fields)
}

// check collects the fields that break a rule.
type check struct {
	form   *form
	seen   map[string]string // vendor id → where it was named first
	fields []fault.Field
}

func (c *check) rule(ok bool, path, reason string) {
	if !ok && len(c.fields) < maxFields {
		c.fields = append(c.fields, fault.Field{Path: path, Reason: reason})
	}
}

func (c *check) vendors(list string, ids []string) {
	for i, id := range ids {
		path := fmt.Sprintf("%s/%d", list, i)
		at, known := c.form.position[id]
		c.rule(known, path, fmt.Sprintf("revision %d has no such vendor", c.form.rev.Number))
		if !known {
			continue
		}
		c.rule(!c.form.rev.Vendors[at].Necessary(), path, "nobody is asked about a necessary vendor")
		first, twice := c.seen[id]
		c.rule(!twice, path, "is named already at "+first)
		if !twice {
			c.seen[id] = path
		}
	}
}

func (c *check) page(page string) {
	const path = "/page"
	c.rule(len(page) <= maxPage, path, fmt.Sprintf("must not be longer than %d bytes", maxPage))
	c.rule(page == "" || strings.HasPrefix(page, "/"), path, `must start with "/"`)
	c.rule(!strings.ContainsAny(page, "?#"), path, "must be the path alone, without query and fragment")
	c.rule(utf8.ValidString(page) && !strings.ContainsFunc(page, unicode.IsControl), path, "must be plain UTF-8 text")
}
