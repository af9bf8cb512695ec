package bundle

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// preferences is PreferencesTexts of types.ts.
type preferences struct {
	Messages site.Messages      `json:"messages"`
	Purposes []string           `json:"purposes"`
	Vendors  [][]any            `json:"vendors"`
	Contact  preferencesContact `json:"contact"`
}

type preferencesContact struct {
	Controller string `json:"controller"`
	Email      string `json:"email"`
	URL        string `json:"url"`
	Phone      string `json:"phone"`
}

// preferencesTexts makes the data of "sekisho:preferences".
func preferencesTexts(in Input, lang string, widget site.Messages) preferences {
	r := in.Revision
	notice := r.Document.Notice
	p := preferences{Messages: site.Messages{}, Vendors: [][]any{},
		Contact: preferencesContact{notice.Controller.In(lang), notice.Contact.Email, notice.Contact.URL, notice.Contact.Phone}}
	for key, text := range ownMessages(r, lang, widget, "preferences.") {
		p.Messages[strings.TrimPrefix(key, "preferences.")] = text
	}
	used := usedPurposes(in)
	for _, purpose := range used {
		p.Purposes = append(p.Purposes, purpose.Explanation.In(lang))
	}
	for i := range r.Vendors {
		facts := factsOf(&r.Vendors[i], lang, used)
		p.Vendors = slices.Grow(p.Vendors, len(facts))[:max(len(facts), len(p.Vendors))]
		for k, fact := range facts {
			p.Vendors[k] = append(p.Vendors[k], fact)
		}
	}
	for k, column := range p.Vendors {
		for len(column) > 0 && reflect.ValueOf(column[len(column)-1]).IsZero() {
			column = column[:len(column)-1]
		}
		p.Vendors[k] = column
	}
	return p
}

// factsOf are VendorFacts of types.ts. They go by what they are and not by
// vendor, without names: so they compress best.
func factsOf(v *site.RevisionVendor, lang string, used []catalogue.Purpose) []any {
	language := v.Receives.Shown(lang)
	if language == lang {
		language = ""
	}
	return []any{
		v.Name.In(lang),
		v.Entity.Name.In(lang),
		slices.IndexFunc(used, func(p catalogue.Purpose) bool { return p.ID == v.Purposes[0] }),
		v.Country,
		v.Receives.In(lang),
		v.UsedFor.In(lang),
		v.Links.Privacy.In(lang),
		v.Links.OptOut,
		cookies(v.Cookies),
		strings.Join(v.Entity.FormerNames, "\n"),
		unverified(v.Unverified, v.Entity.Name.Shown(lang)),
		language,
		linked(v),
		steps(v),
	}
}

func linked(v *site.RevisionVendor) int {
	if v.LinkedWithPersonalData {
		return 1
	}
	return 0
}

// aspects are the parts of the keys under which the preferences have a word for
// what has changed.
var aspects = map[string]string{site.CameIn: "new", "entity": "entity", "country": "country", "purposes": "purposes", "data": "receives",
	"linkedWithPersonalData": "linked", "mode": "early"}

// steps writes what has changed, newest first: "8 country receives,5 new". Nobody
// is asked about what is necessary.
func steps(v *site.RevisionVendor) string {
	if v.Necessary() {
		return ""
	}
	var all []string
	for _, step := range v.Changed {
		words := strconv.Itoa(step.Since)
		for _, what := range step.What {
			words += " " + aspects[what]
		}
		all = append(all, words)
	}
	return strings.Join(all, ",")
}

// changed reports whether that is among what the preferences can mark of the
// vendor; anything, if what is "".
func changed(v *site.RevisionVendor, what string) bool {
	return !v.Necessary() && slices.ContainsFunc(v.Changed, func(s site.Step) bool { return what == "" || slices.Contains(s.What, what) })
}

// units of lifetimes, under the names that Intl.NumberFormat knows; a month
// counts 30 days, a year 365.
var units = []struct {
	name    string
	seconds int64
}{{"year", 365 * 86400}, {"month", 30 * 86400}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}}

// cookies writes names with lifetimes, in the largest unit that divides each:
// "_ga 2 year,session 0,unknown". Names hold neither space nor comma.
func cookies(all []catalogue.Cookie) string {
	var words []string
	for _, c := range all {
		word := c.Name
		switch s := c.LifetimeSeconds; {
		case s == nil:
		case *s == 0:
			word += " 0"
		default:
			for _, u := range units {
				if *s%u.seconds == 0 {
					word += " " + strconv.FormatInt(*s/u.seconds, 10) + " " + u.name
					break
				}
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, ",")
}

// shownFacts are the facts beside which the preferences can say "not confirmed".
var shownFacts = []string{"entity", "country", "purposes", "receives", "usedFor", "cookies", "links.privacy", "links.optOut"}

// unverified returns which of those no named source confirms, each by its last
// part. A key of an entry covers those that begin with it ("links"), and a part
// of a fact counts where it is what is shown: "entity.name.ja" where lang, that of
// the name, is Japanese.
func unverified(facts []string, lang string) string {
	var marked []string
	for _, shown := range shownFacts {
		if slices.ContainsFunc(facts, func(f string) bool {
			return f == shown || strings.HasPrefix(shown, f+".") || f == shown+".name."+lang
		}) {
			marked = append(marked, strings.TrimPrefix(shown, "links."))
		}
	}
	return strings.Join(marked, " ")
}
