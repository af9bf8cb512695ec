package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// listening is the shelf with vendors that take a signal.
func listening() shelf {
	s := testShelf()
	for id, signal := range map[string]string{"google-analytics-4": "google", "meta-pixel": "meta", "auth0": "google"} {
		s[id].Signal = signal
	}
	return s
}

func share(f float64) *float64 { return &f }

func TestTagSettings(t *testing.T) {
	rules := testRules(listening())
	custom := vendor("our-crm", catalogue.Analytics)
	custom.Signal = "matomo"
	mute := vendor("our-crm", catalogue.Analytics)
	setMode := func(id string, mode Mode, custom *catalogue.Vendor) func(*Document) {
		return func(d *Document) { d.Vendors = append(d.Vendors, VendorChoice{ID: id, Mode: mode, Custom: custom}) }
	}
	regions := func(r ...string) func(*Document) { return func(d *Document) { d.Signals.Google.Regions = r } }
	hosts := func(h ...string) func(*Document) { return func(d *Document) { d.Hosts = h } }
	wait := func(ms int) func(*Document) { return func(d *Document) { d.Signals.Google.WaitForUpdate = ms } }
	event := func(name string) func(*Document) { return func(d *Document) { d.Signals.DataLayer = name } }
	sample := func(f float64) func(*Document) { return func(d *Document) { d.ReportSample = share(f) } }
	many := slices.Repeat([]string{"JP"}, maxRegions)
	var numbered []string
	for i := range maxHosts + 1 {
		numbered = append(numbered, fmt.Sprintf("cdn%d.example.jp", i))
	}
	for _, c := range []struct {
		name   string
		change func(*Document)
		path   string // "" for nothing wrong
		reason string
	}{
		{"no mode", setMode("meta-pixel", "", nil), "", ""},
		{"hold needs no ears", setMode("microsoft-clarity", Hold, nil), "", ""},
		{"both", setMode("meta-pixel", Both, nil), "", ""},
		{"signal", setMode("google-analytics-4", Signal, nil), "", ""},
		{"a custom entry that listens", setMode("our-crm", Both, custom), "", ""},
		{"an unknown mode", setMode("meta-pixel", "signals", nil), "/vendors/1/mode", `must be "hold", "signal" or "both"; did you mean "signal"?`},
		{"a mode like none", setMode("meta-pixel", "x", nil), "/vendors/1/mode", `must be "hold", "signal" or "both"`},
		{"a vendor that does not listen", setMode("microsoft-clarity", Both, nil), "/vendors/1/mode", `"microsoft-clarity" takes no consent signal that is known here`},
		{"a custom entry that does not listen", setMode("our-crm", Signal, mute), "/vendors/1/mode", "(known: google, clarity, uet, meta, tiktok, matomo)"},
		{"a necessary vendor", setMode("auth0", Signal, nil), "/vendors/1/mode", `"auth0" is necessary`},
		{"a vendor that nobody knows is said once", setMode("nobody", Signal, nil), "/vendors/1/id", "no vendor of the catalogue"},

		{"regions", regions("JP", "US-CA", "FR-75C", "GB-1"), "", ""},
		{"as many regions as may be", regions(many...), "", ""},
		{"too many regions", regions(append(many, "JP")...), "/signals/google/regions", "has 101 entries; at most 100"},
		{"a region in small letters", regions("JP", "us-ca"), "/signals/google/regions/1", "ISO 3166-2"},
		{"a name for a region", regions("Japan"), "/signals/google/regions/0", "ISO 3166-2"},
		{"an empty region", regions(""), "/signals/google/regions/0", "ISO 3166-2"},
		{"wait", wait(maxWaitForUpdate), "", ""},
		{"wait backwards", wait(-1), "/signals/google/waitForUpdate", "from 0 to 5000"},
		{"wait too long", wait(maxWaitForUpdate + 1), "/signals/google/waitForUpdate", "from 0 to 5000"},
		{"event", event("sekisho.consent-changed_2"), "", ""},
		{"event that begins with a digit", event("2nd"), "/signals/dataLayer", "name of an event"},
		{"event with a space", event("a b"), "/signals/dataLayer", "name of an event"},
		{"event too long", event(strings.Repeat("a", 41)), "/signals/dataLayer", "up to 39"},

		{"hosts", hosts("cdn.example.jp", "xn--wgv71a119e.example", "a-1.b.example"), "", ""},
		{"as many hosts as may be", hosts(numbered[:maxHosts]...), "", ""},
		{"too many hosts", hosts(numbered...), "/hosts", "has 101 entries; at most 100"},
		{"host twice", hosts("cdn.example.jp", "cdn.example.jp"), "/hosts/1", "listed twice"},
		{"host with a scheme", hosts("https://cdn.example.jp"), "/hosts/0", "without scheme"},
		{"host with a port", hosts("cdn.example.jp:8443"), "/hosts/0", "without scheme, port"},
		{"host with a star", hosts("*.example.jp"), "/hosts/0", "star"},
		{"host in capitals", hosts("CDN.example.jp"), "/hosts/0", "lower case"},
		{"host of one label", hosts("localhost"), "/hosts/0", "host's name"},
		{"host with a directive behind it", hosts("cdn.example.jp; script-src *"), "/hosts/0", "host's name"},
		{"host with a line end", hosts("cdn.example.jp\n"), "/hosts/0", "host's name"},

		{"every view reports", sample(1), "", ""},
		{"no view reports", sample(0), "", ""},
		{"less than none", sample(-0.1), "/reportSample", "from 0 (never) to 1"},
		{"more than all", sample(1.1), "/reportSample", "from 0 (never) to 1"},
		{"report-only", func(d *Document) { d.ReportOnly = true }, "", ""},
		{"policy", func(d *Document) { d.Policy = true }, "", ""},
		{"report-only with a policy", func(d *Document) { d.ReportOnly, d.Policy = true, true }, "/reportOnly", `cannot go with "policy"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := document("criteo")
			c.change(&doc)
			_, _, err := rules.Validate(doc)
			if c.path == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			inBothLanguages(t, fieldsOf(err))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || len(f.Fields) != 1 || f.Fields[0].Path != c.path || !strings.Contains(f.Fields[0].Reason, c.reason) {
				t.Errorf("got %v, want %s alone: …%s…", err, c.path, c.reason)
			}
		})
	}
}

// TestLoadingEarlyIsSaid: an owner who lets tags load before a choice is told
// what that means, and one who only has them told besides is not bothered.
func TestLoadingEarlyIsSaid(t *testing.T) {
	rules := testRules(listening())
	for mode, want := range map[Mode]string{"": "", Hold: "", Both: "", Signal: `will load before visitors choose`} {
		doc := document("meta-pixel")
		doc.Vendors[0].Mode = mode
		_, warnings, err := rules.Validate(doc)
		if err != nil {
			t.Fatal(err)
		}
		inBothLanguages(t, warnings)
		switch {
		case want == "" && len(warnings) > 0:
			t.Errorf("%q: %v", mode, warnings)
		case want != "" && (len(warnings) != 1 || warnings[0].Path != "/vendors/0/mode" || !strings.Contains(warnings[0].Reason, want)):
			t.Errorf("%q: %v, want …%s…", mode, warnings, want)
		}
	}
}

// TestVendorsAmongOwnHosts: a site that calls a vendor's hosts its own hears of it.
func TestVendorsAmongOwnHosts(t *testing.T) {
	rules := testRules(listening())
	crm, login := vendor("our-crm", catalogue.Analytics), vendor("our-login", catalogue.Necessary)
	crm.Hosts = []catalogue.Host{{Host: "metrics.example.jp", Path: "/m.js"}, {Host: "*.crm.example"}}
	login.Hosts = []catalogue.Host{{Host: "login.example.jp"}}
	for host, told := range map[string]bool{"metrics.example.jp": true, "example.jp": true, "crm.example": true, "eu.crm.example": true,
		"x.metrics.example.jp": false, "ics.example.jp": false, "xcrm.example": false, "login.example.jp": false, "cdn.example.jp": false} {
		doc := document("criteo")
		doc.Vendors = append(doc.Vendors, VendorChoice{ID: crm.ID, Custom: crm}, VendorChoice{ID: login.ID, Custom: login})
		doc.Hosts = []string{host}
		_, warnings, err := rules.Validate(doc)
		inBothLanguages(t, warnings)
		if err != nil || told != (len(warnings) > 0) || told && (warnings[0].Path != "/hosts/0" || !strings.Contains(warnings[0].Reason, "has hosts of our-crm:")) {
			t.Errorf("%s: %v, %v", host, warnings, err)
		}
	}
}

// TestGoogleSettingsAreWeighed: on a site that asks first, regions leave the
// rest of the world to Google's own default, which grants; and settings that
// nobody hears of are a mistake.
func TestGoogleSettingsAreWeighed(t *testing.T) {
	rules := testRules(listening())
	for _, c := range []struct {
		def    Default
		mode   Mode
		google GoogleSignal
		want   string // "" for no warning
	}{
		{OptIn, Both, GoogleSignal{Regions: []string{"JP"}}, "/signals/google/regions outside these regions"},
		{OptOut, Both, GoogleSignal{Regions: []string{"JP"}}, ""},
		{NoticeOnly, Both, GoogleSignal{Regions: []string{"JP"}}, ""},
		{OptIn, Both, GoogleSignal{WaitForUpdate: 500}, ""},
		{OptIn, Hold, GoogleSignal{WaitForUpdate: 500}, "/signals/google has no effect"},
		{OptIn, "", GoogleSignal{Regions: []string{"JP"}}, "/signals/google has no effect"},
		{OptIn, "", GoogleSignal{}, ""},
	} {
		doc := document("meta-pixel", "google-analytics-4")
		doc.Vendors[0].Mode, doc.Vendors[1].Mode = Both, c.mode
		doc.Default, doc.Signals.Google = c.def, c.google
		_, warnings, err := rules.Validate(doc)
		if err != nil || (c.want == "") != (len(warnings) == 0) || c.want != "" && !strings.HasPrefix(warnings[0].Path+" "+warnings[0].Reason, c.want) {
			t.Errorf("%+v: %v, %v", c, warnings, err)
		}
	}
}

// TestModeIsSubstance: whoever answered about a tag that waits has not answered
// about one that loads before any answer. Being told besides changes nothing.
func TestModeIsSubstance(t *testing.T) {
	modes := []Mode{"", Hold, Both, Signal}
	for _, from := range modes {
		for _, to := range modes {
			t.Run(fmt.Sprintf("%q to %q", from, to), func(t *testing.T) {
				m := newMemory()
				sites := New(m, testRules(listening()), clock())
				doc := document("meta-pixel", "criteo")
				doc.Vendors[0].Mode = from
				apply(t, sites, doc, true)
				doc.Vendors[0].Mode = to
				d := apply(t, sites, doc, true).Diff
				want := ""
				if (from == Signal) != (to == Signal) {
					want = "meta-pixel"
				}
				if ids(d.Reasks) != want {
					t.Errorf("asks again about %q, want %q", ids(d.Reasks), want)
				}
				if want != "" && (len(d.Changed) != 1 || d.Changed[0].Aspects[0].What != "mode" || (d.Changed[0].Aspects[0].To == string(Signal)) != (to == Signal)) {
					t.Errorf("changed: %+v", d.Changed)
				}
				live, err := m.Revision(context.Background(), "shop", max(d.To, 1))
				if err != nil {
					t.Fatal(err)
				}
				if v, _ := live.Vendor("meta-pixel"); v.Early() != (to == Signal) {
					t.Errorf("Early is %t under mode %q", v.Early(), v.Mode)
				}
			})
		}
	}
}

// TestModeInWords: the change is told in both languages.
func TestModeInWords(t *testing.T) {
	sites := New(newMemory(), testRules(listening()), clock())
	doc := document("meta-pixel")
	apply(t, sites, doc, true)
	doc.Vendors[0].Mode = Signal
	doc.Signals.DataLayer = "sekisho"
	d := apply(t, sites, doc, false).Diff
	for lang, want := range map[string][]string{
		"ja": {"内容が変わる外部事業者：名meta-pixel（同意前の扱い：許可されるまで止める → 止めずに、許可の有無だけを伝える）", `タグへの同意通知（タグマネージャーに知らせるイベント名）：なし → sekisho`},
		"en": {"Vendor changed in substance: Name meta-pixel (before consent: wait for consent → load at once, and are told the choice)", `what tags are told (event for tag managers): none → sekisho`},
	} {
		for _, line := range want {
			if !slices.Contains(d.Words(lang), line) {
				t.Errorf("%s: %q lacks %q", lang, d.Words(lang), line)
			}
		}
	}
}
