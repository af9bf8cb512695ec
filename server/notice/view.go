package notice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Notice is all that a notice says, in one language: the body of the JSON form
// and what the page is drawn from.
type Notice struct {
	Site         string       `json:"site"`
	Name         string       `json:"name"`
	Language     string       `json:"language"`
	Languages    []string     `json:"languages"`
	Revision     int          `json:"revision"`
	RevisionHash string       `json:"revisionHash"`
	PublishedAt  time.Time    `json:"publishedAt,omitzero"` // absent while the store is away
	Default      site.Default `json:"default"`
	Paused       bool         `json:"paused"`
	ExpiryMonths int          `json:"expiryMonths"`
	Controller   string       `json:"controller"`
	Contact      site.Contact `json:"contact"`
	// Complaints is the body that hears complaints; its name is "" for none.
	Complaints Body `json:"complaints"`
	// Enacted is the day on which the notice came into being, "2018-04-01"; "" while the store is away.
	Enacted string `json:"enacted"`
	// Announced is the publication that is to come.
	Announced *Announced `json:"announced,omitempty"`
	Purposes  []Purpose  `json:"purposes"`
	Vendors   []Vendor   `json:"vendors"`
	// Countries are those outside Japan, and what is known of their law as of RegimesAsOf.
	Countries    []Country     `json:"countries"`
	RegimesAsOf  string        `json:"regimesAsOf"`
	Publications []Publication `json:"publications"` // newest first
	// Reopen is what the way back to the preferences is called on the site's pages.
	Reopen string `json:"-"`
	// Up is the way to the service's root from where the page is served.
	Up string `json:"-"`
	// Framed: the page is for a frame, out of which links have to lead.
	Framed bool `json:"-"`
}

// Body is an organisation, and how to reach it.
type Body struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Phone string `json:"phone"`
}

// Announced is a publication that is to come, with what it changes.
type Announced struct {
	Revision int       `json:"revision"`
	LiveAt   time.Time `json:"liveAt"`
	At       time.Time `json:"at"`    // since when it is announced
	Added    []string  `json:"added"` // names of vendors
	Removed  []string  `json:"removed"`
	Changed  []string  `json:"changed"` // in substance
}

// Purpose is a purpose that at least one vendor of the site has.
type Purpose struct {
	ID          catalogue.PurposeID `json:"id"`
	Label       string              `json:"label"`
	Explanation string              `json:"explanation"`
}

// Vendor is a recipient.
type Vendor struct {
	ID                     string    `json:"id"`
	Name                   string    `json:"name"`
	FormerNames            []string  `json:"formerNames"`
	Entity                 string    `json:"entity"`
	EntityFormerNames      []string  `json:"entityFormerNames"`
	Country                string    `json:"country"` // ISO 3166-1 alpha-2, "" where not known
	CountryName            string    `json:"countryName"`
	Purposes               []Purpose `json:"purposes"` // the main one first
	Receives               string    `json:"receives"`
	UsedFor                string    `json:"usedFor"`
	LinkedWithPersonalData bool      `json:"linkedWithPersonalData"`
	// LoadsBeforeChoice: the tag is not held back, but told whether it has consent.
	LoadsBeforeChoice bool               `json:"loadsBeforeChoice,omitempty"`
	Cookies           []catalogue.Cookie `json:"cookies"`
	Privacy           string             `json:"privacy"`
	OptOut            string             `json:"optOut"`
	// Unverified names the facts above that no named source confirms yet.
	Unverified []string `json:"unverified"`
}

// Publication is one step in the notice's history.
type Publication struct {
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	Added    []string  `json:"added"`   // names of vendors
	Removed  []string  `json:"removed"` //
	Changed  []string  `json:"changed"` // in substance
	Before   int       `json:"-"`       // the revision before, 0 for none
}

func (p *Pages) notice(rev *site.Revision, lang string, history []Publication) Notice {
	doc := rev.Document
	n := Notice{
		Site: rev.Site, Name: doc.Name.In(lang), Language: lang, Languages: languages(rev), Revision: rev.Number, RevisionHash: rev.Hash,
		Default: doc.Default, Paused: doc.Paused, ExpiryMonths: doc.ExpiryMonths,
		Controller: doc.Notice.Controller.In(lang), Contact: doc.Notice.Contact, Publications: history,
		Vendors: make([]Vendor, len(rev.Vendors)), RegimesAsOf: regimesAsOf, Enacted: doc.Notice.Enacted,
		Complaints: Body{doc.Notice.Complaints.Name.In(lang), doc.Notice.Complaints.URL, doc.Notice.Complaints.Phone},
	}
	if len(history) > 0 {
		n.PublishedAt = history[0].At
	}
	for i := range rev.Vendors {
		n.Vendors[i] = p.vendor(&rev.Vendors[i], lang)
		n.Vendors[i].LoadsBeforeChoice = rev.Vendors[i].Early() && !doc.Paused
	}
	n.Purposes, n.Countries = p.inUse(n.Vendors), abroad(n.Vendors)
	n.Reopen = doc.Texts[lang]["common.reopen"]
	if n.Reopen == "" {
		n.Reopen = n.T("reopen")
	}
	return n
}

func (p *Pages) vendor(v *site.RevisionVendor, lang string) Vendor {
	out := Vendor{
		ID: v.ID, Name: v.Name.In(lang), FormerNames: orEmpty(v.FormerNames),
		Entity: v.Entity.Name.In(lang), EntityFormerNames: orEmpty(v.Entity.FormerNames),
		Country: v.Country, CountryName: countryName(v.Country, lang),
		Receives: v.Receives.In(lang), UsedFor: v.UsedFor.In(lang), LinkedWithPersonalData: v.LinkedWithPersonalData,
		Cookies: orEmpty(v.Cookies), Privacy: v.Links.Privacy.In(lang), OptOut: v.Links.OptOut, Unverified: orEmpty(v.Unverified),
	}
	for _, id := range v.Purposes {
		out.Purposes = append(out.Purposes, p.purpose(id, lang))
	}
	return out
}

// purpose words a purpose. One that the catalogue has dropped since keeps its
// id: a recipient must not vanish from the page for want of a label.
func (p *Pages) purpose(id catalogue.PurposeID, lang string) Purpose {
	for _, have := range p.purposes {
		if have.ID == id {
			return Purpose{id, have.Label.In(lang), have.Explanation.In(lang)}
		}
	}
	return Purpose{ID: id, Label: string(id)}
}

// inUse returns the purposes of the vendors, in the order in which they are shown.
func (p *Pages) inUse(vendors []Vendor) []Purpose {
	order := map[catalogue.PurposeID]int{}
	for i, have := range p.purposes {
		order[have.ID] = i + 1
	}
	used := []Purpose{}
	for _, v := range vendors {
		for _, purpose := range v.Purposes {
			if !slices.ContainsFunc(used, func(p Purpose) bool { return p.ID == purpose.ID }) {
				used = append(used, purpose)
			}
		}
	}
	slices.SortStableFunc(used, func(a, b Purpose) int {
		return cmp.Compare(uint(order[a.ID]-1), uint(order[b.ID]-1)) // an unknown one comes last
	})
	return used
}

// history returns the latest of all publications, newest first, with what each changed.
func (p *Pages) history(ctx context.Context, rev *site.Revision, all []site.Publication, lang string) ([]Publication, error) {
	var err error
	from := max(0, len(all)-shown)
	var before *site.Revision
	if from > 0 {
		if before, err = p.sites.Revision(ctx, rev.Site, all[from-1].Revision); err != nil {
			return nil, err
		}
	}
	out := []Publication{}
	for _, pub := range all[from:] {
		now, err := p.sites.Revision(ctx, rev.Site, pub.Revision)
		if err != nil {
			return nil, err
		}
		step := Publication{Revision: pub.Revision, At: pub.At, Added: []string{}, Removed: []string{}, Changed: []string{}}
		if before != nil {
			step.Before = before.Number
			step.Added, step.Removed, step.Changed = moved(before, now, lang)
		}
		out, before = append(out, step), now
	}
	slices.Reverse(out)
	return out, nil
}

// moved returns the names of the vendors that come, go and change in substance.
func moved(from, to *site.Revision, lang string) (added, removed, changed []string) {
	d := site.Compare(from, to)
	changed = []string{}
	for _, c := range d.Changed {
		changed = append(changed, c.Name.In(lang))
	}
	return names(d.Added, lang), names(d.Removed, lang), changed
}

// announced returns what is to come, and what it changes of what is live.
func (p *Pages) announced(ctx context.Context, live *site.Revision, a *site.Announcement, lang string) (*Announced, error) {
	to, err := p.sites.Revision(ctx, live.Site, a.Revision)
	if err != nil {
		return nil, err
	}
	out := &Announced{Revision: a.Revision, LiveAt: a.LiveAt, At: a.At}
	out.Added, out.Removed, out.Changed = moved(live, to, lang)
	return out, nil
}

func names(vendors []site.VendorName, lang string) []string {
	out := []string{}
	for _, v := range vendors {
		out = append(out, v.Name.In(lang))
	}
	return out
}

// countryName returns a country's name (CLDR), "" for no or an unknown country.
func countryName(code, lang string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return ""
	}
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.Japanese
	}
	namer := display.Regions(tag)
	if namer == nil {
		namer = display.Regions(language.Japanese)
	}
	return namer.Name(region)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
