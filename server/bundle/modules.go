package bundle

import (
	"encoding/json"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// The types of the generated modules, as widget/src/types.ts has them.

// ordered is an object whose keys keep their order, which the widget reads:
// the first language is the fallback, purposes and vendors are shown in turn.
type ordered[V any] []member[V]

type member[V any] struct {
	key   string
	value V
}

func (o ordered[V]) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// gateSite is Site of types.ts.
type gateSite struct {
	Key      string `json:"key"`
	Server   string `json:"server"`
	Revision int    `json:"revision"`
	Mode     int    `json:"mode"`
	Strict   bool   `json:"strict,omitempty"`
	Paused   bool   `json:"paused,omitempty"`
	Expiry   int    `json:"expiry"`
	Domain   string `json:"domain"`
	// Hosts that are never held, nor is any below them: the service's, then the site's own.
	Hosts     []string `json:"hosts"`
	Vendors   [][4]any `json:"vendors"`
	Rules     string   `json:"rules"`
	Parts     string   `json:"parts"` // their folder
	Languages []string `json:"languages"`
}

// Flags of a vendor in the gate's file: Flag of types.ts.
const (
	flagNecessary = 1
	flagSignal    = 2
	flagEarly     = 4
	// firstPurpose is the bit of the first of the purposes in use.
	firstPurpose = 3
)

// banner is BannerTexts of types.ts.
type banner struct {
	Language string          `json:"language"`
	Dir      string          `json:"dir"`
	Messages site.Messages   `json:"messages"`
	SiteName string          `json:"siteName"`
	Purposes ordered[string] `json:"purposes"`
	CSS      string          `json:"css"`
	Notice   string          `json:"noticeUrl"`
	Reports  float64         `json:"reports,omitempty"`
}

// Messages returns the widget's own messages by language: the texts that a
// site may replace. They lie in src/i18n/<language>.json.
func Messages(widget fs.FS) (map[string]site.Messages, error) { return readMessages(widget) }

func readMessages(widget fs.FS) (map[string]site.Messages, error) {
	files, err := fs.Glob(widget, "src/i18n/*.json")
	if err != nil || len(files) == 0 {
		return nil, fault.Wrap(fault.Internal, err, "the widget has no messages")
	}
	all := map[string]site.Messages{}
	for _, name := range files {
		data, err := fs.ReadFile(widget, name)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "cannot read %s", name)
		}
		var messages site.Messages
		if err := json.Unmarshal(data, &messages); err != nil {
			return nil, fault.Wrap(fault.Internal, err, "cannot read %s", name)
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = messages
	}
	return all, nil
}

// siteModule makes the data of "sekisho:site".
func siteModule(in Input, server, hash string) gateSite {
	r, purposes := in.Revision, usedPurposes(in)
	s := gateSite{Key: r.Site, Server: server, Revision: r.Number, Strict: r.Document.Strict, Paused: r.Document.Paused,
		Expiry: r.Document.ExpiryMonths, Domain: Domain(server, r.Document.Origins...), Vendors: [][4]any{}}
	s.Mode = slices.Index([]site.Default{site.OptIn, site.OptOut, site.NoticeOnly}, r.Document.Default)
	var rules []catalogue.Rule
	for i := range r.Vendors {
		v := &r.Vendors[i]
		bits := flags(v) | purposeBits(v, purposes)
		if v.Early() && !r.Document.Paused {
			bits |= flagEarly
		}
		s.Vendors = append(s.Vendors, [4]any{v.ID, v.Index, v.Since, bits})
		rules = append(rules, v.Rules(i)...)
	}
	s.Rules = catalogue.Compact(rules)
	s.Hosts = append([]string{Host(server)}, r.Document.Hosts...)
	s.Parts, s.Languages = "/a/"+hash+"/", r.Document.Languages
	return s
}

// flags says how a vendor is treated before a choice. Global Privacy Control
// speaks of selling and sharing data: advertising, personalization, social.
func flags(v *site.RevisionVendor) int {
	if v.Necessary() {
		return flagNecessary
	}
	for _, p := range v.Purposes {
		if p == catalogue.Advertising || p == catalogue.Personalization || p == catalogue.Social {
			return flagSignal
		}
	}
	return 0
}

// purposeBits says which of the purposes in use are the vendor's.
func purposeBits(v *site.RevisionVendor, used []catalogue.Purpose) int {
	bits := 0
	for i, p := range used {
		if slices.Contains(v.Purposes, p.ID) {
			bits |= 1 << (firstPurpose + i)
		}
	}
	return bits
}

// ownMessages returns the messages whose key begins with one of the prefixes
// and which the site can come to show, with its words in place of the widget's.
func ownMessages(r *site.Revision, lang string, widget site.Messages, prefixes ...string) site.Messages {
	messages := site.Messages{}
	never := neverShown(r)
	for key, text := range widget {
		if !never[key] && slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			if own, ok := r.Document.Texts[lang][key]; ok {
				text = own
			}
			messages[key] = text + exception(r, lang, key) + linkedSentence(r, lang, key)
		}
	}
	return messages
}

// neverShown are the messages for other defaults than the site's, and those about
// what concerns none of its vendors.
func neverShown(r *site.Revision) map[string]bool {
	never := map[string]bool{"banner.ask": true, "banner.running": true, "banner.inform": true}
	delete(never, map[site.Default]string{site.OptIn: "banner.ask", site.OptOut: "banner.running", site.NoticeOnly: "banner.inform"}[r.Document.Default])
	for key, shown := range map[string]func(*site.RevisionVendor) bool{
		"common.signal":       func(v *site.RevisionVendor) bool { return flags(v)&flagSignal != 0 },
		"preferences.gpcOff":  func(v *site.RevisionVendor) bool { return flags(v)&flagSignal != 0 },
		"preferences.gpcOver": func(v *site.RevisionVendor) bool { return flags(v)&flagSignal != 0 },
		"preferences.linked": func(v *site.RevisionVendor) bool {
			return v.LinkedWithPersonalData || changed(v, "linkedWithPersonalData")
		},
		"preferences.linkedText":  asksApart,
		"preferences.linkedAsk":   asksApart,
		"preferences.new":         func(v *site.RevisionVendor) bool { return changed(v, site.CameIn) },
		"preferences.changed":     func(v *site.RevisionVendor) bool { return changed(v, "") },
		"preferences.changes":     func(v *site.RevisionVendor) bool { return changed(v, "") },
		"preferences.changesOnly": func(v *site.RevisionVendor) bool { return changed(v, "") },
		"preferences.early":       func(v *site.RevisionVendor) bool { return changed(v, "mode") },
	} {
		never[key] = !slices.ContainsFunc(r.Vendors, func(v site.RevisionVendor) bool { return shown(&v) })
	}
	return never
}

// bannerTexts makes the data of "sekisho:banner".
func bannerTexts(in Input, server, lang string, widget site.Messages) banner {
	r := in.Revision
	b := banner{Language: lang, Dir: direction(lang), SiteName: r.Document.Name.In(lang), CSS: theme(r.Document.Theme).CSS,
		Messages: ownMessages(r, lang, widget, "common.", "banner."),
		Notice:   server + "/sites/" + r.Site + "/notice?lang=" + url.QueryEscape(lang),
		Reports:  bannerSample(in)}
	for _, p := range usedPurposes(in) {
		b.Purposes = append(b.Purposes, member[string]{string(p.ID), p.Label.In(lang)})
	}
	return b
}

// direction returns the value of the attribute dir.
func direction(lang string) string {
	if slices.Contains([]string{"ar", "fa", "he", "ur"}, lang) {
		return "rtl"
	}
	return "ltr"
}

// usedPurposes returns the purposes that a vendor of the revision has, in order.
func usedPurposes(in Input) []catalogue.Purpose {
	var used []catalogue.Purpose
	for _, p := range in.Purposes {
		if slices.ContainsFunc(in.Revision.Vendors, func(v site.RevisionVendor) bool { return slices.Contains(v.Purposes, p.ID) }) {
			used = append(used, p)
		}
	}
	return used
}
