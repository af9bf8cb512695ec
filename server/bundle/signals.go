package bundle

import (
	"fmt"
	"slices"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// told is Told of widget/src/signals/vendor.ts.
type told struct {
	Runs    bool     `json:"runs,omitempty"`
	Vendors []string `json:"vendors"`
}

// googleTold is what signals/google.ts takes, under the names of its Config.
type googleTold struct {
	told
	Types       map[string][]string `json:"types"`
	Regions     []string            `json:"regions,omitempty"`
	Wait        int                 `json:"wait,omitempty"`
	Passthrough bool                `json:"passthrough,omitempty"`
	Redaction   bool                `json:"redaction,omitempty"`
}

// clarityTold is what signals/clarity.ts takes.
type clarityTold struct {
	told
	Ads []string `json:"ads,omitempty"`
}

// dataLayerTold is what signals/datalayer.ts takes.
type dataLayerTold struct {
	told
	Event    string              `json:"event"`
	Purposes map[string][]string `json:"purposes"`
}

// security is the type of Google Consent Mode that is no matter of consent.
const security = "security_storage"

// signalExtras are the modules that tell running tags what they may do, of those
// protocols that vendors of the site are told by; the event for tag managers
// comes last, so that Google's own commands stand before it. A report-only site
// asks nobody, so there is nothing to tell. On a paused site nobody is granted
// anything: the defaults, which deny, are all that is said.
func signalExtras(in Input) []extra {
	r := in.Revision
	if r.Document.ReportOnly {
		return nil
	}
	var extras []extra
	for _, signal := range catalogue.Signals {
		listens := func(v *site.RevisionVendor) bool {
			return v.Signal == signal && (v.Mode == site.Signal || v.Mode == site.Both)
		}
		if !slices.ContainsFunc(r.Vendors, func(v site.RevisionVendor) bool { return listens(&v) }) {
			continue
		}
		var config any = toldOf(r, listens)
		switch signal {
		case "google":
			config = googleConfig(in, listens)
		case "clarity":
			config = clarityConfig(r, listens)
		}
		extras = append(extras, extra{"signals/" + signal, config})
	}
	if r.Document.Signals.DataLayer != "" {
		extras = append(extras, extra{"signals/datalayer", dataLayerConfig(in)})
	}
	return extras
}

// askable returns the ids of the vendors that somebody can grant and of which
// something holds; on a paused site none, so that no grant follows.
func askable(r *site.Revision, holds func(*site.RevisionVendor) bool) []string {
	ids := []string{}
	for i := range r.Vendors {
		if v := &r.Vendors[i]; !r.Document.Paused && !v.Necessary() && holds(v) {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

func toldOf(r *site.Revision, holds func(*site.RevisionVendor) bool) told {
	return told{Runs: r.Document.Default != site.OptIn && !r.Document.Paused, Vendors: askable(r, holds)}
}

// googleConfig maps consent types to vendors: a type is granted when every vendor
// that listens and whose main purpose stands for the type is, and there is one.
func googleConfig(in Input, listens func(*site.RevisionVendor) bool) googleTold {
	g := in.Revision.Document.Signals.Google
	c := googleTold{told: toldOf(in.Revision, listens), Types: map[string][]string{}, Regions: g.Regions,
		Wait: g.WaitForUpdate, Passthrough: g.URLPassthrough, Redaction: g.AdsDataRedaction}
	if in.Revision.Document.Paused {
		c.Regions = nil
	}
	for _, p := range in.Purposes {
		ids := askable(in.Revision, func(v *site.RevisionVendor) bool { return listens(v) && v.Purposes[0] == p.ID })
		for _, t := range p.GoogleConsentTypes {
			if t != security {
				c.Types[t] = append(slices.Clip(ids), c.Types[t]...)
			}
		}
	}
	return c
}

// clarityConfig lets ad_Storage depend on Clarity and on Microsoft's advertising,
// whatever its mode. Where the site has no such vendor nobody was asked, and it
// stays denied.
func clarityConfig(r *site.Revision, listens func(*site.RevisionVendor) bool) clarityTold {
	c := clarityTold{told: toldOf(r, listens)}
	if ads := askable(r, func(v *site.RevisionVendor) bool { return v.Signal == "uet" }); len(ads) > 0 {
		c.Ads = slices.Concat(c.Vendors, ads)
	}
	return c
}

func dataLayerConfig(in Input) dataLayerTold {
	r := in.Revision
	c := dataLayerTold{told: toldOf(r, func(*site.RevisionVendor) bool { return true }), Event: r.Document.Signals.DataLayer, Purposes: map[string][]string{}}
	for _, p := range in.Purposes {
		if ids := askable(r, func(v *site.RevisionVendor) bool { return v.Purposes[0] == p.ID }); len(ids) > 0 {
			c.Purposes[string(p.ID)] = ids
		}
	}
	return c
}

// promises are the messages that say that no tag runs without a grant.
var promises = []string{"banner.ask", "banner.running", "banner.inform", "preferences.intro"}

// exceptions take that back for tags that load before a choice. They are no
// messages of the widget's: a site can't leave them out, and others don't pay.
var exceptions = map[string]string{
	"ja":      "ただし、次の事業者のタグは、許可の有無にかかわらず読み込まれます：%s。",
	"en":      " Tags of these vendors are an exception: they load whether you allow them or not: %s.",
	"de":      " Ausnahme: Tags dieser Drittanbieter werden unabhängig von Ihrer Auswahl geladen: %s.",
	"es":      " Excepción: las etiquetas de estas empresas se cargan sea cual sea su elección: %s.",
	"fr":      " Exception : les balises de ces tiers se chargent quel que soit votre choix : %s.",
	"ko":      " 단, 다음 업체의 태그는 허용 여부와 관계없이 로드됩니다: %s.",
	"pt-BR":   " Exceção: as tags destes terceiros são carregadas seja qual for a sua escolha: %s.",
	"vi":      " Ngoại lệ: thẻ của các bên sau được tải dù bạn có cho phép hay không: %s.",
	"zh-Hans": "但以下公司的标签无论您是否允许都会加载：%s。",
	"zh-Hant": "但以下業者的標籤無論您是否允許都會載入：%s。",
}

// exception returns what has to stand behind a message that promises that tags
// wait, where not all of them do; "" otherwise.
func exception(r *site.Revision, lang, key string) string {
	names := namesOf(r, lang, func(v *site.RevisionVendor) bool { return v.Early() && !r.Document.Paused })
	if names == "" || !slices.Contains(promises, key) {
		return ""
	}
	return fmt.Sprintf(exceptions[lang], names)
}
