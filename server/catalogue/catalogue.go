package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho/sekisho/server/fault"
)

// Catalogue is all vendors and purposes that an installation knows. It is not
// changed once made; what it returns is shared and must not be changed either.
type Catalogue struct {
	vendors  []*Vendor // by id
	byID     map[string]*Vendor
	words    map[string]string // by id: what Search looks at
	purposes []Purpose
}

// Load reads purposes.json and data/<id>.json from fsys. The error is a fault
// of kind Malformed or Invalid that names file, field and reason for all that
// cannot be read. Load does not lint: see Check.
func Load(fsys fs.FS) (*Catalogue, error) {
	var purposes []Purpose
	data, err := fs.ReadFile(fsys, "purposes.json")
	if err != nil {
		return nil, fmt.Errorf("vendor catalogue: %w", err)
	}
	if err := decode(data, &purposes); err != nil {
		return nil, inFile("purposes.json", err)
	}
	files, err := fs.Glob(fsys, "data/*.json")
	if err != nil {
		return nil, fmt.Errorf("vendor catalogue: %w", err)
	}
	var vendors []*Vendor
	var faults []error
	for _, name := range files {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("vendor catalogue: %w", err)
		}
		v, err := ParseVendor(name, data)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		vendors = append(vendors, v)
	}
	if len(faults) > 0 {
		return nil, &fault.Error{Kind: fault.KindOf(faults[0]), Detail: errors.Join(faults...).Error()}
	}
	return New(purposes, vendors), nil
}

// New returns a catalogue of the given purposes and vendors. Of vendors with
// the same id the last one counts.
func New(purposes []Purpose, vendors []*Vendor) *Catalogue {
	c := &Catalogue{purposes: purposes, byID: map[string]*Vendor{}, words: map[string]string{}}
	for _, v := range vendors {
		c.byID[v.ID] = v
	}
	for id, v := range c.byID {
		c.vendors = append(c.vendors, v)
		c.words[id] = fold(v.words())
	}
	slices.SortFunc(c.vendors, func(a, b *Vendor) int { return cmp.Compare(a.ID, b.ID) })
	return c
}

// ParseVendor reads a vendor's file, whose name must be its id and ".json".
// The fault (Malformed or Invalid) begins with the file's name.
func ParseVendor(name string, data []byte) (*Vendor, error) {
	v := new(Vendor)
	if err := decode(data, v); err != nil {
		return nil, inFile(name, err)
	}
	if want := v.ID + ".json"; path.Base(name) != want {
		return nil, inFile(name, fault.InvalidFields("the file's name must be the vendor's id",
			[]fault.Field{{Path: "/id", Reason: fmt.Sprintf("%q belongs in a file named %s", v.ID, want)}}))
	}
	return v, nil
}

// inFile puts the name of the file before what a fault says.
func inFile(name string, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	named := *e
	named.Detail = name + ": " + e.Detail
	return &named
}

// Vendor returns the entry of that id.
func (c *Catalogue) Vendor(id string) (*Vendor, bool) {
	v, ok := c.byID[id]
	return v, ok
}

// All returns the entries by id.
func (c *Catalogue) All() []*Vendor { return c.vendors }

// IDs returns the ids of all entries, sorted.
func (c *Catalogue) IDs() []string {
	ids := make([]string, len(c.vendors))
	for i, v := range c.vendors {
		ids[i] = v.ID
	}
	return ids
}

// Purposes returns the purposes in the order in which they are shown.
func (c *Catalogue) Purposes() []Purpose { return c.purposes }

// Search returns the entries that have all words of query in their id, names
// (those that policies still print included), entity or hosts, by id. Case, the
// width of letters and the kind of kana make no difference.
func (c *Catalogue) Search(query string) []*Vendor {
	words := strings.Fields(fold(query))
	var found []*Vendor
	for _, v := range c.vendors {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.words[v.ID], w) }) {
			found = append(found, v)
		}
	}
	return found
}

func (v *Vendor) words() string {
	words := []string{v.ID, v.Kind}
	for _, t := range []Text{v.Name, v.Entity.Name} {
		for _, s := range t {
			words = append(words, s)
		}
	}
	words = append(words, v.FormerNames...)
	words = append(words, v.Entity.FormerNames...)
	for _, h := range v.Hosts {
		words = append(words, h.Host)
	}
	return strings.Join(words, "\n")
}

// fold makes words alike that differ in case, in width or in the kana they are written with.
func fold(s string) string { return katakana.Replace(strings.ToLower(norm.NFKC.String(s))) }

// katakana turns hiragana into katakana, which lie in the same order 0x60 further on.
var katakana = func() *strings.Replacer {
	var pairs []string
	for r := 'ぁ'; r <= 'ゖ'; r++ {
		pairs = append(pairs, string(r), string(r+('ァ'-'ぁ')))
	}
	return strings.NewReplacer(pairs...)
}()

// Matcher returns a matcher for all entries; it answers with positions in All.
func (c *Catalogue) Matcher() *Matcher {
	var rules []Rule
	for i, v := range c.vendors {
		rules = append(rules, v.Rules(i)...)
	}
	return NewMatcher(rules)
}
