package bundle

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// listener is a vendor of the catalogue that speaks each protocol.
var listener = map[string]string{"google": "google-analytics-4", "clarity": "microsoft-clarity", "uet": "microsoft-uet",
	"meta": "meta-pixel", "tiktok": "tiktok-pixel", "matomo": "matomo"}

// modes sets the mode of vendors, "id=mode".
func modes(in Input, settings ...string) Input {
	r := *in.Revision
	r.Vendors = slices.Clone(r.Vendors)
	for _, s := range settings {
		id, mode, _ := strings.Cut(s, "=")
		v, ok := r.Vendor(id)
		if !ok {
			panic("no vendor " + id)
		}
		v.Mode = site.Mode(mode)
	}
	in.Revision = &r
	return in
}

// scriptOf compiles the site's script alone.
func scriptOf(t *testing.T, in Input) *File {
	t.Helper()
	const hash = "0123456789abcdef"
	f := new(File)
	if err := f.compile(t.Context(), in.Widget, job{entry: "sekisho:entry", source: entryOf(in), module: "sekisho:site", data: siteModule(in, in.PublicURL, hash)}); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSignalBudget: a protocol costs a site that uses it so many bytes of
// brotli at most, and a site that does not use it none.
func TestSignalBudget(t *testing.T) {
	ids := append(slices.Clone(twenty), "matomo")
	plain := realInput(t, ids)
	without := len(scriptOf(t, plain).Brotli)
	more := func(in Input) int { return len(scriptOf(t, in).Brotli) - without }
	for _, signal := range catalogue.Signals {
		in := modes(plain, listener[signal]+"=both")
		if signal == "google" {
			in = modes(in, "google-tag-manager=signal", "google-ads=both")
			in.Revision.Document.Signals.Google = site.GoogleSignal{Regions: []string{"JP", "US-CA"}, WaitForUpdate: 500, URLPassthrough: true, AdsDataRedaction: true}
		}
		hold(t, signal, more(in), "signal")
	}
	in := modes(plain)
	in.Revision.Document.Signals.DataLayer = "sekisho"
	hold(t, "dataLayer", more(in), "signal")
}

// TestNoSignalNoCode: where every tag is held, nothing of any protocol is in the
// script, whatever the site's settings for Google say.
func TestNoSignalNoCode(t *testing.T) {
	in := realInput(t, append(slices.Clone(twenty), "matomo"))
	plain := string(scriptOf(t, in).Identity)
	for _, word := range []string{"dataLayer", "fbq", "clarity(", "uetq", "ttq", "_paq", "ad_storage"} {
		if strings.Contains(plain, word) {
			t.Errorf("the script of a site that holds all says %q", word)
		}
	}
	in = modes(in, "google-analytics-4=hold", "meta-pixel=hold")
	in.Revision.Document.Signals.Google = site.GoogleSignal{WaitForUpdate: 500, URLPassthrough: true}
	if string(scriptOf(t, in).Identity) != plain {
		t.Error("holding, said aloud, makes another script")
	}
}

// TestSignalConfigs: what the modules are told of a site.
func TestSignalConfigs(t *testing.T) {
	in := realInput(t, append(slices.Clone(twenty), "matomo"))
	google := []string{"google-tag-manager=signal", "google-analytics-4=both", "google-ads=both"}
	for _, c := range []struct {
		name   string
		modes  []string
		change func(*site.Document)
		want   string
	}{
		{"nothing listens", nil, nil, `[]`},
		{"held vendors do not", []string{"meta-pixel=hold"}, nil, `[]`},
		{"every Google type; one that nobody stands for has no vendor", google, nil, `[["signals/google",{"vendors":["google-tag-manager","google-analytics-4","google-ads"],` +
			`"types":{"ad_personalization":["google-ads"],"ad_storage":["google-ads"],"ad_user_data":["google-ads"],"analytics_storage":["google-analytics-4"],` +
			`"functionality_storage":["google-tag-manager"],"personalization_storage":[]}}]]`},
		{"a held vendor of Google's stands for no type", []string{"google-analytics-4=both", "google-ads=hold"}, nil, `[["signals/google",{"vendors":["google-analytics-4"],` +
			`"types":{"ad_personalization":[],"ad_storage":[],"ad_user_data":[],"analytics_storage":["google-analytics-4"],"functionality_storage":[],"personalization_storage":[]}}]]`},
		{"Google's settings", []string{"google-ads=signal"}, func(d *site.Document) {
			d.Default = site.OptOut
			d.Signals.Google = site.GoogleSignal{Regions: []string{"JP"}, WaitForUpdate: 500, URLPassthrough: true, AdsDataRedaction: true}
		}, `[["signals/google",{"runs":true,"vendors":["google-ads"],` +
			`"types":{"ad_personalization":["google-ads"],"ad_storage":["google-ads"],"ad_user_data":["google-ads"],"analytics_storage":[],"functionality_storage":[],"personalization_storage":[]},` +
			`"regions":["JP"],"wait":500,"passthrough":true,"redaction":true}]]`},
		{"Clarity's ads hang on Microsoft's advertising, which may be held", []string{"microsoft-clarity=both"}, nil,
			`[["signals/clarity",{"vendors":["microsoft-clarity"],"ads":["microsoft-clarity","microsoft-uet"]}]]`},
		{"notice-only runs", []string{"matomo=both", "tiktok-pixel=signal"}, func(d *site.Document) { d.Default = site.NoticeOnly },
			`[["signals/tiktok",{"runs":true,"vendors":["tiktok-pixel"]}],["signals/matomo",{"runs":true,"vendors":["matomo"]}]]`},
		{"paused grants nobody anything", []string{"google-analytics-4=both", "microsoft-clarity=both", "meta-pixel=both"}, func(d *site.Document) {
			d.Paused, d.Default = true, site.OptOut
			d.Signals = site.Signals{Google: site.GoogleSignal{Regions: []string{"JP"}}, DataLayer: "e"}
		}, `[["signals/google",{"vendors":[],"types":{"ad_personalization":[],"ad_storage":[],"ad_user_data":[],"analytics_storage":[],"functionality_storage":[],"personalization_storage":[]}}],` +
			`["signals/clarity",{"vendors":[]}],["signals/meta",{"vendors":[]}],["signals/datalayer",{"vendors":[],"event":"e","purposes":{}}]]`},
		{"report-only tells nobody anything", []string{"google-analytics-4=both"}, func(d *site.Document) { d.ReportOnly, d.Signals.DataLayer = true, "e" }, `[]`},
	} {
		in := modes(in, c.modes...)
		if c.change != nil {
			c.change(&in.Revision.Document)
		}
		got := [][2]any{}
		for _, e := range signalExtras(in) {
			got = append(got, [2]any{e.module, e.config})
		}
		if b, err := json.Marshal(got); err != nil || string(b) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, b, c.want)
		}
	}
}

// TestClarityWithoutMicrosoftAdvertising: nobody was asked about ads.
func TestClarityWithoutMicrosoftAdvertising(t *testing.T) {
	in := modes(realInput(t, []string{"microsoft-clarity", "google-ads"}), "microsoft-clarity=signal")
	if c, ok := signalExtras(in)[0].config.(clarityTold); !ok || c.Ads != nil || !slices.Equal(c.Vendors, []string{"microsoft-clarity"}) {
		t.Errorf("%+v", c)
	}
}

// TestDataLayerConfig: every vendor that can be asked about, by its main purpose.
func TestDataLayerConfig(t *testing.T) {
	in := input(revision(1))
	in.Revision.Document.Signals.DataLayer = "consent.changed"
	extras := signalExtras(in)
	b, err := json.Marshal(extras[len(extras)-1].config)
	if want := `{"runs":true,"vendors":["zeta","mid"],"event":"consent.changed","purposes":{"analytics":["mid"],"social":["zeta"]}}`; err != nil || string(b) != want {
		t.Errorf("%s %v, want %s", b, err, want)
	}
}

// TestEveryProtocolHasAVendor: the catalogue knows at least one vendor for each,
// and purposes.json maps to each of Google's types but security_storage.
func TestEveryProtocolHasAVendor(t *testing.T) {
	in := realInput(t, append(slices.Clone(twenty), "matomo"))
	for _, signal := range catalogue.Signals {
		if v, ok := in.Revision.Vendor(listener[signal]); !ok || v.Signal != signal {
			t.Errorf("%s: %+v", signal, v)
		}
	}
	c := googleConfig(in, func(*site.RevisionVendor) bool { return true })
	for _, want := range []string{"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage", "personalization_storage"} {
		if _, ok := c.Types[want]; !ok {
			t.Errorf("no purpose maps to %s", want)
		}
	}
	if len(c.Types) != 6 {
		t.Errorf("%v", c.Types)
	}
}

// TestPromisesHaveExceptions: where tags load before a choice, no layer says
// without more ado that none runs, in any language; elsewhere nothing is added.
func TestPromisesHaveExceptions(t *testing.T) {
	all, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	in := realInput(t, []string{"google-analytics-4", "microsoft-clarity", "criteo"})
	early := modes(in, "google-analytics-4=signal", "microsoft-clarity=both")
	paused := modes(early)
	paused.Revision.Document.Paused = true
	for lang, messages := range all {
		plain := ownMessages(in.Revision, lang, messages, "common.", "banner.", "preferences.")
		told := ownMessages(early.Revision, lang, messages, "common.", "banner.", "preferences.")
		for key, text := range told {
			switch {
			case key == "banner.ask" || key == "preferences.intro":
				if !strings.HasPrefix(text, plain[key]) || strings.Count(text, "GA4")+strings.Count(text, "Google Analytics 4") != 1 || strings.Contains(text, "Clarity") {
					t.Errorf("%s, %s: %q", lang, key, text)
				}
			case text != plain[key]:
				t.Errorf("%s, %s: %q, was %q", lang, key, text, plain[key])
			}
		}
		if !maps.Equal(ownMessages(paused.Revision, lang, messages, "banner."), ownMessages(in.Revision, lang, messages, "banner.")) {
			t.Errorf("%s: a paused site holds every tag", lang)
		}
	}
	for _, key := range promises {
		if all["ja"][key] == "" {
			t.Errorf("there is no %s", key)
		}
	}
}
