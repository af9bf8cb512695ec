// Package catalogue knows the vendors: who they are, what they receive and
// why, and which requests of a page are theirs.
//
// An entry is data, never code. The entries that ship with Sekisho lie in
// vendors/data, one file a vendor; a site may add its own of the same shape.
package catalogue

// Text is a text by language, keyed by BCP 47 tag. "ja" is the master.
type Text map[string]string

// In returns the text in lang; where there is none, in the language of Shown.
func (t Text) In(lang string) string { return t[t.Shown(lang)] }

// Shown returns the language in which somebody who wants lang reads the text:
// that one, else English, which more of those who are not Japanese can read,
// else Japanese; "" when there is none of them.
func (t Text) Shown(lang string) string {
	for _, l := range []string{lang, "en", "ja"} {
		if t[l] != "" {
			return l
		}
	}
	return ""
}

// PurposeID names what a vendor's tag is for.
type PurposeID string

// The purposes, in the order in which they are shown. Texts and the mapping to
// Google's consent types stand in vendors/purposes.json.
const (
	Necessary       PurposeID = "necessary"
	Functionality   PurposeID = "functionality"
	Analytics       PurposeID = "analytics"
	Advertising     PurposeID = "advertising"
	Personalization PurposeID = "personalization"
	Social          PurposeID = "social"
)

// Purpose is a purpose as a visitor reads it.
type Purpose struct {
	ID    PurposeID `json:"id"`
	Label Text      `json:"label"`
	// Explanation is one plain sentence, for people who never heard the term.
	Explanation Text `json:"explanation"`
	// GoogleConsentTypes are the types of Google Consent Mode v2 that a grant
	// for this purpose sets to "granted".
	GoogleConsentTypes []string `json:"googleConsentTypes"`
}

// Vendor is a third party that receives data: one entry of the catalogue.
type Vendor struct {
	ID          string      `json:"id"` // [a-z0-9][a-z0-9-]{0,63}; the file's name
	Name        Text        `json:"name"`
	FormerNames []string    `json:"formerNames,omitempty"` // names that policies still print
	Entity      Entity      `json:"entity"`
	Country     string      `json:"country"` // of the recipient, ISO 3166-1 alpha-2
	Kind        string      `json:"kind"`    // finer than a purpose: "retargeting", "heatmap", …
	Status      string      `json:"status"`  // "active" or "discontinued"
	Successor   string      `json:"successor,omitempty"`
	Purposes    []PurposeID `json:"purposes"` // the main one first
	// Data are the categories of data that the vendor receives, as structured
	// facts; with entity, country and purposes they are a vendor's substance.
	Data []string `json:"data"`
	// Receives and UsedFor are the words of the legal notice
	// (Telecommunications Business Act art. 27-12): what is sent, and what the
	// recipient uses it for.
	Receives Text      `json:"receives"`
	UsedFor  Text      `json:"usedFor"`
	Hosts    []Host    `json:"hosts"`
	Cookies  []Cookie  `json:"cookies,omitempty"`
	Storage  []Storage `json:"storage,omitempty"`
	Links    Links     `json:"links"`
	// Signal names the protocol by which a running tag of this vendor takes
	// consent and withdrawal (widget/src/signals): "google", "clarity", …; empty
	// where none is known.
	Signal string `json:"signal,omitempty"`
	TCF    int    `json:"tcf,omitempty"` // id in the IAB TCF Global Vendor List
	ATP    int    `json:"atp,omitempty"` // id in Google's list of Ad Technology Providers
	// Unverified names the facts above that no named source confirms yet, by
	// key ("country", "entity", "entity.name.en", "links.optOut"); a notice
	// marks them.
	Unverified []string `json:"unverified,omitempty"`
	Sources    []Source `json:"sources"`
	Notes      string   `json:"notes,omitempty"` // for whoever maintains the entry; never shown
}

// Entity is the legal entity that receives the data, under today's name.
type Entity struct {
	Name        Text     `json:"name"`
	FormerNames []string `json:"formerNames,omitempty"`
}

// Host is a rule that says which requests are the vendor's.
//
// Host is an exact name ("static.criteo.net"), all names below a domain
// ("*.criteo.net", which does not cover criteo.net itself), or a name with '*'
// inside its first label ("www*.a8.net", digits and letters of that label only).
//
// Path is empty for the whole host, or a pattern that starts with "/", where
// '*' stands for any text. It fits when it fits the path by itself, or path and
// query run together: "/ytag.js" is that path whatever the query,
// "/gtm.js?id=GTM-*" a path with a query that begins so.
type Host struct {
	Host  string   `json:"host"`
	Path  string   `json:"path,omitempty"`
	Roles []string `json:"roles,omitempty"` // script, pixel, beacon, iframe, api, …
}

// Cookie is a cookie that the vendor's tag sets. '*' in Name stands for any text.
type Cookie struct {
	Name   string `json:"name"`
	Party  string `json:"party"`            // "first" (on the site's own domain) or "third"
	Domain string `json:"domain,omitempty"` // for third
	// LifetimeSeconds is the nominal lifetime: 0 for a session cookie, absent where unknown.
	LifetimeSeconds *int64 `json:"lifetimeSeconds,omitempty"`
}

// Storage is a key that the vendor's tag keeps in the page's own storage.
type Storage struct {
	Area string `json:"area"` // "localStorage", "sessionStorage" or "indexedDB"
	Key  string `json:"key"`  // '*' stands for any text
}

// Links are https pages of the vendor.
type Links struct {
	Privacy Text   `json:"privacy,omitempty"` // privacy policy, by language
	Cookies string `json:"cookies,omitempty"` // cookie policy
	OptOut  string `json:"optOut,omitempty"`  // where the vendor itself lets people refuse
}

// Source says where facts come from and when that was last looked at.
type Source struct {
	Facts  []string `json:"facts"`  // keys of Vendor: "hosts", "entity", …
	Source string   `json:"source"` // a list, a package, a page
	Date   string   `json:"date"`   // YYYY-MM-DD
}

// Necessary reports whether the site cannot work without the vendor, so that
// nobody is asked about it. Only a vendor with no other purpose qualifies.
func (v *Vendor) Necessary() bool {
	return len(v.Purposes) == 1 && v.Purposes[0] == Necessary
}
