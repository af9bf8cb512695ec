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
	Vendors  []vendorRow        `json:"vendors"`
	Contact  preferencesContact `json:"contact"`
}

// vendorRow is VendorFacts of types.ts. It goes without names of fields, which
// twenty vendors would each carry, and without what is empty at its end.
type vendorRow []any

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
	p := preferences{Messages: ownMessages(r, lang, widget, "preferences."), Vendors: []vendorRow{},
		Contact: preferencesContact{notice.Controller.In(lang), notice.Contact.Email, notice.Contact.URL, notice.Contact.Phone}}
	used := usedPurposes(in)
	for _, purpose := range used {
		p.Purposes = append(p.Purposes, purpose.Explanation.In(lang))
	}
	for i := range r.Vendors {
		p.Vendors = append(p.Vendors, rowOf(&r.Vendors[i], lang, used))
	}
	return p
}

func rowOf(v *site.RevisionVendor, lang string, used []catalogue.Purpose) vendorRow {
	language := v.Receives.Shown(lang)
	if language == lang {
		language = ""
	}
	row := vendorRow{
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
	}
	for reflect.ValueOf(row[len(row)-1]).IsZero() {
		row = row[:len(row)-1]
	}
	return row
}

func linked(v *site.RevisionVendor) int {
	if v.LinkedWithPersonalData {
		return 1
	}
	return 0
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

// shownFacts are the facts beside which the preferences can say "not confirmed",
// in the order of Fact in types.ts.
var shownFacts = []string{"entity", "country", "purposes", "receives", "usedFor", "cookies", "links.privacy", "links.optOut"}

// unverified returns the positions of those that no named source confirms, as
// digits. A key of an entry covers those that begin with it ("links"), and a part
// of a fact counts where it is what is shown: "entity.name.ja" where lang, that of
// the name, is Japanese.
func unverified(facts []string, lang string) string {
	marked := ""
	for i, shown := range shownFacts {
		if slices.ContainsFunc(facts, func(f string) bool {
			return f == shown || strings.HasPrefix(shown, f+".") || f == shown+".name."+lang
		}) {
			marked += strconv.Itoa(i)
		}
	}
	return marked
}
