// Package site knows the sites: what marketers edit (draft), what visitors were
// shown (revision) and when it went live (publication).
package site

import (
	"context"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
)

// Default is what a vendor's tag may do before the visitor has chosen.
type Default string

const (
	OptIn      Default = "opt-in"      // tags wait
	OptOut     Default = "opt-out"     // tags run until denied
	NoticeOnly Default = "notice-only" // tags run; the banner only informs
)

// Document is a site as its file says it: site.json. See contract in README.
type Document struct {
	Key          string         `json:"key"`
	Name         catalogue.Text `json:"name"`
	Origins      []string       `json:"origins"`
	Languages    []string       `json:"languages"`
	Vendors      []VendorChoice `json:"vendors"`
	Default      Default        `json:"default"`
	ExpiryMonths int            `json:"expiryMonths"`
	Strict       bool           `json:"strict,omitempty"`
	// Hosts are third parties' hosts that are no vendor's, such as a CDN of the
	// site's own, with all below them: let through where unknown hosts are held.
	Hosts []string `json:"hosts,omitempty"`
	// Policy: the pages carry the content security policy that "sekisho snippet"
	// prints. A choice then reloads the page, since a policy is never lifted.
	Policy bool `json:"policy,omitempty"`
	// ReportOnly: nothing is asked and nothing is held; what would have been held is counted.
	ReportOnly bool `json:"reportOnly,omitempty"`
	// ReloadOnWithdrawal: the page is loaded anew when a tag that has run loses its consent.
	ReloadOnWithdrawal bool    `json:"reloadOnWithdrawal,omitempty"`
	Signals            Signals `json:"signals,omitzero"`
	// ReportSample is the share of page views, from 0 to 1, that report unknown
	// hosts and tags fetched ahead of the gate; nil for the default.
	ReportSample *float64            `json:"reportSample,omitempty"`
	Paused       bool                `json:"paused,omitempty"` // kill switch: shows nothing, keeps tags held
	Notice       Notice              `json:"notice"`
	Texts        map[string]Messages `json:"texts,omitempty"` // by language
	Theme        Theme               `json:"theme"`
}

// Messages are a site's own words in place of the widget's, by message key.
type Messages map[string]string

// VendorChoice is a vendor as a site uses it.
type VendorChoice struct {
	ID string `json:"id"`
	// Mode says what keeps the vendor to the visitor's choice; "" means Hold.
	Mode Mode `json:"mode,omitempty"`
	// LinkedWithPersonalData: the site or the vendor joins what is sent with
	// personal data (APPI art. 31), which visitors are told.
	LinkedWithPersonalData bool              `json:"linkedWithPersonalData,omitempty"`
	Custom                 *catalogue.Vendor `json:"custom,omitempty"` // an entry of the site's own
}

// Mode says what keeps a vendor to the visitor's choice.
type Mode string

const (
	Hold   Mode = "hold"   // its tags wait for a grant
	Signal Mode = "signal" // its tags load before a choice, and are told what they may do
	Both   Mode = "both"   // its tags wait, and are told as well: a later withdrawal, a partial grant
)

// Signals are settings of what tags are told; see widget/src/signals.
type Signals struct {
	Google GoogleSignal `json:"google,omitzero"`
	// DataLayer is the name of the event that is pushed to window.dataLayer after
	// each choice, for tag managers; "" for none.
	DataLayer string `json:"dataLayer,omitempty"`
}

// GoogleSignal are the settings of Google Consent Mode v2, under Google's names.
type GoogleSignal struct {
	// Regions in which the default is "denied", as ISO 3166-2 codes; none means everywhere.
	Regions []string `json:"regions,omitempty"`
	// WaitForUpdate is how long tags wait for a choice of this page, in milliseconds.
	WaitForUpdate    int  `json:"waitForUpdate,omitempty"`
	URLPassthrough   bool `json:"urlPassthrough,omitempty"`
	AdsDataRedaction bool `json:"adsDataRedaction,omitempty"`
}

// Notice is what the notice page says of the site itself.
type Notice struct {
	Controller catalogue.Text `json:"controller,omitempty"`
	Contact    Contact        `json:"contact,omitzero"`
	// Complaints is the body that hears complaints which the site itself does not
	// settle, such as an accredited personal information protection organisation
	// (認定個人情報保護団体, APPI art. 32 and 47).
	Complaints Body `json:"complaints,omitzero"`
	// Enacted is the day on which the site first had such a notice, "2018-04-01";
	// "" for the day of the first publication.
	Enacted string `json:"enacted,omitempty"`
}

// Body is an organisation, and how to reach it.
type Body struct {
	Name  catalogue.Text `json:"name,omitempty"`
	URL   string         `json:"url,omitempty"`
	Phone string         `json:"phone,omitempty"`
}

// Contact is where questions and complaints go.
type Contact struct {
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Revision is an immutable snapshot: what visitors are shown while it is live.
type Revision struct {
	Site      string    `json:"site"`
	Number    int       `json:"number"` // from 1, per site
	Hash      string    `json:"hash"`   // hex SHA-256 of the content; number, time and Since are left out
	CreatedAt time.Time `json:"createdAt"`
	Document  Document  `json:"document"`
	// Vendors carry the catalogue's facts as they were, in the document's order.
	Vendors []RevisionVendor `json:"vendors"`
}

// RevisionVendor is a vendor as a revision shows it.
type RevisionVendor struct {
	catalogue.Vendor
	// Index is the vendor's bit on this site; it is never given to another vendor.
	Index int `json:"index"`
	// Since is the revision in which the vendor came in or last changed in
	// substance; a decision under revision R answers for it exactly when Since ≤ R.
	Since int `json:"since"`
	// Changed is what those have not seen who answered earlier, newest first. It
	// is empty where nobody can have answered earlier, and in revisions that are
	// older than it.
	Changed                []Step `json:"changed,omitempty"`
	LinkedWithPersonalData bool   `json:"linkedWithPersonalData,omitempty"`
	Mode                   Mode   `json:"mode,omitempty"`
}

// Step is what changed of a vendor at once: whoever decided under a revision
// before Since has not seen it.
type Step struct {
	Since int `json:"since"`
	// What is CameIn, or keys as in Aspect.
	What []string `json:"what"`
}

// CameIn is the step of a vendor that came in.
const CameIn = "new"

// Early reports whether the vendor's tags load before a choice.
func (v *RevisionVendor) Early() bool { return v.Mode == Signal }

// Publication is the act that made a revision live.
type Publication struct {
	Site     string    `json:"site"`
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`            // an operator, or the command that did it
	Why      string    `json:"why,omitempty"` // free words
}

// Record is what a store keeps of a site besides its revisions and publications.
type Record struct {
	Key   string   `json:"key"`
	Draft Document `json:"draft"`
	// Edits of the draft that can be taken back, oldest first.
	Edits  []Edit `json:"edits,omitempty"`
	Latest int    `json:"latest"` // highest revision number, 0 for none
	Live   int    `json:"live"`   // published revision, 0 for none
	// Announced is the publication that is to come, nil for none.
	Announced *Announcement  `json:"announced,omitempty"`
	Indices   map[string]int `json:"indices"` // every vendor id that ever had an index
	CreatedAt time.Time      `json:"createdAt"`
	UpdatedAt time.Time      `json:"updatedAt"`
}

// Change is one atomic write to a site.
type Change struct {
	Record      Record
	Expect      uint64       // the version that was read; 0 to create
	Revision    *Revision    // appended when not nil; its number must be new
	Publication *Publication // appended when not nil
}

// Store keeps sites. All methods return a fault of kind NotFound for a site or
// revision that is not there, and Unavailable when the store cannot be reached.
type Store interface {
	// Site returns the record and its version, which grows with each change.
	Site(ctx context.Context, key string) (Record, uint64, error)
	// Versions returns the version of every site: cheap, for watchers.
	Versions(ctx context.Context) (map[string]uint64, error)
	// Apply writes all of a change or nothing, durably, provided that the
	// site's version is still c.Expect; a fault of kind Conflict otherwise.
	Apply(ctx context.Context, c Change) error
	// Revision returns one revision; it never changes once written.
	Revision(ctx context.Context, key string, number int) (Revision, error)
	// Publications returns the site's publications, oldest first.
	Publications(ctx context.Context, key string) ([]Publication, error)
}
