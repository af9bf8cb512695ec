package site

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// Bounds of what a site may say.
const (
	DefaultExpiryMonths = 6
	maxExpiryMonths     = 24
	maxOrigins          = 100
	maxVendors          = 500
	// Entries of a site's own are compared with each other and with the whole
	// catalogue, and all their hosts travel with every page.
	maxCustom      = 50
	maxCustomHosts = 200 // of all of them together
	// maxIndices bounds the bits that a site ever hands out, so that the cookie
	// of a site that changes vendors for years stays far below 4 kB.
	maxIndices = 4096
	maxName    = 80
	maxText    = 1000
)

// Catalogue is what a site asks of the vendor catalogue.
type Catalogue interface {
	// Vendor returns the entry of that id.
	Vendor(id string) (*catalogue.Vendor, bool)
	// IDs returns the ids of all entries.
	IDs() []string
	// CheckCustom says what is wrong with entries of a site's own, by position:
	// each by itself, against the catalogue (its ids and hosts are taken), and
	// against each other.
	CheckCustom(entries []*catalogue.Vendor) [][]fault.Field
}

// Rules are what a site is held against.
type Rules struct {
	Catalogue Catalogue
	// Texts are the widget's own messages by language: a site may speak these
	// languages and no others, and replace these messages and no others.
	Texts map[string]Messages
}

var (
	keyPattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	vendorPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	phonePattern  = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{3,28}[0-9]$`)
	// placeholder is {name} or {name|one:word|other:words}, see widget/src/i18n.
	placeholder = regexp.MustCompile(`\{(\w+)(?:\|[^}]*)?\}`)
)

// badKey is why a key is none.
var badKey = fault.Say("must be 1 to 32 lower-case letters, digits and hyphens, and not begin with a hyphen",
	"英小文字、数字、ハイフンの1〜32文字で入力してください。先頭にハイフンは使えません")

// check collects what is wrong with a document, and what is merely doubtful.
type check struct {
	Rules
	fields, warnings []fault.Field
}

// fault notes what is wrong with the field at a path, in both languages; see fault.Say.
func (c *check) fault(path, en, ja string, args ...any) {
	c.fields = append(c.fields, fault.Say(en, ja, args...).Field(path))
}

// warn notes what is doubtful there.
func (c *check) warn(path, en, ja string, args ...any) {
	c.warnings = append(c.warnings, fault.Say(en, ja, args...).Field(path))
}

// Validate holds a document against the rules. It returns the document in its
// settled form (origins as browsers send them, colours in lower case, empty
// parts left out), warnings that keep nobody from going on, and an Invalid
// fault that names every field in error.
func (r Rules) Validate(doc Document) (Document, []fault.Field, error) {
	c := check{Rules: r}
	if !keyPattern.MatchString(doc.Key) {
		c.fields = append(c.fields, badKey.Field("/key"))
	}
	c.languages(doc.Languages)
	c.name(doc)
	doc.Origins = c.origins(doc.Origins)
	c.vendors(doc.Vendors)
	doc.Vendors = settledVendors(doc.Vendors)
	switch doc.Default {
	case OptIn, OptOut, NoticeOnly:
	default:
		known := []string{string(OptIn), string(OptOut), string(NoticeOnly)}
		c.fault("/default", `must be "opt-in", "opt-out" or "notice-only"%s`,
			"「opt-in」「opt-out」「notice-only」のどれかにしてください%s", didYouMean(string(doc.Default), known, fault.Words{}))
	}
	if doc.ExpiryMonths < 1 || doc.ExpiryMonths > maxExpiryMonths {
		c.fault("/expiryMonths", "must be from 1 to %d", "1から%dまでの月数にしてください", maxExpiryMonths)
	}
	c.tags(doc)
	c.notice(doc.Notice)
	doc.Texts = c.texts(doc.Texts, doc.Languages)
	c.theme(doc)
	doc.Theme = settledTheme(doc.Theme)
	c.warnings = append(c.warnings, r.equalWords(doc)...)
	return doc, c.warnings, fault.InvalidFields("the site breaks a rule", c.fields)
}

// publishable says what a document lacks before visitors may see it: who is
// responsible and where questions and complaints go (APPI art. 32), and words and
// a theme that leave accepting and rejecting an equal choice.
func (r Rules) publishable(doc Document) error {
	var fields []fault.Field
	for i, lang := range doc.Languages {
		if doc.Notice.Controller.In(lang) == "" {
			fields = append(fields, fault.Say("must name who runs the site before it is published; there is nothing for %s (/languages/%d)",
				"公開するには、サイトの運営者の名称が必要です。%[1]sで表示する名称を入力してください", quoteLanguage(lang), i).Field("/notice/controller"))
			break
		}
	}
	if doc.Notice.Contact.Email == "" && doc.Notice.Contact.URL == "" {
		fields = append(fields, fault.Say(`must have an "email" or a "url" where questions and complaints go before the site is published`,
			"公開するには、質問や苦情を受け付ける窓口が必要です。メールアドレスかURLを入力してください").Field("/notice/contact"))
	}
	if !doc.Paused { // a paused site asks nothing, and nothing may stand in the way of pausing
		fields = append(fields, r.equal(doc)...)
	}
	return fault.InvalidFields("the site cannot be published yet", fields)
}

// tooMany notes a list that is longer than it may be.
func (c *check) tooMany(path string, n, limit int) {
	c.fault(path, "has %d entries; at most %d are allowed", "%d件あります。%d件までにしてください", n, limit)
}

// twice notes an entry that the list has already.
func (c *check) twice(path, entry string) {
	c.fault(path, "%s is listed twice", "%sが重複しています。一つだけ残してください", fault.Quote(entry))
}

func (c *check) languages(languages []string) {
	if len(languages) == 0 {
		c.fault("/languages", "must name at least one language; the first is the fallback",
			"言語を一つ以上選んでください。最初の言語は、ほかの言語がないときに使われます")
	}
	known := slices.Sorted(maps.Keys(c.Texts))
	for i, lang := range languages {
		path := fmt.Sprintf("/languages/%d", i)
		if c.Texts[lang] == nil {
			c.fault(path, "is not a language of the widget; known: %s", "バナーで使えない言語です。使える言語：%s", listed(known))
		} else if slices.Contains(languages[:i], lang) {
			c.twice(path, lang)
		}
	}
}

func (c *check) name(doc Document) {
	c.perLanguage("/name", doc.Name, maxName)
	for _, lang := range doc.Languages {
		if doc.Name.In(lang) == "" {
			c.fault("/name", "must have a name in %s, a language of the site", "%sのサイト名を入力してください", quoteLanguage(lang))
			return
		}
		if doc.Name[lang] == "" {
			c.warn("/name", "has nothing in %s; visitors will read %s", "%sのサイト名がないため、訪問者には%sと表示されます", quoteLanguage(lang), fault.Quote(doc.Name.In(lang)))
		}
	}
}

// perLanguage checks texts that are keyed by language.
func (c *check) perLanguage(path string, texts catalogue.Text, limit int) {
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		at := path + "/" + strictjson.Pointer(lang)
		if c.Texts[lang] == nil {
			c.fault(at, "is not a language of the widget%s", "バナーで使えない言語です%s", didYouMean(lang, slices.Collect(maps.Keys(c.Texts)), knownAre))
		}
		if reason := textFault(texts[lang], limit); reason != fine {
			c.fields = append(c.fields, reason.Field(at))
		}
	}
}

func (c *check) origins(origins []string) []string {
	if len(origins) == 0 {
		c.fault("/origins", `must list at least one origin such as "https://www.example.jp"`,
			"オリジンを一つ以上入力してください（例：https://www.example.jp）")
	}
	if len(origins) > maxOrigins {
		c.tooMany("/origins", len(origins), maxOrigins)
		return origins
	}
	settled := make([]string, 0, len(origins))
	for i, o := range origins {
		path := fmt.Sprintf("/origins/%d", i)
		s, reason := origin(o)
		switch {
		case reason != fine:
			c.fields = append(c.fields, reason.Field(path))
		case slices.Contains(settled, s):
			c.twice(path, s)
		}
		settled = append(settled, s)
	}
	return settled
}

func (c *check) vendors(choices []VendorChoice) {
	if len(choices) > maxVendors {
		c.tooMany("/vendors", len(choices), maxVendors)
		return
	}
	first := map[string]int{}
	var custom []*catalogue.Vendor
	var at []int
	hosts := 0
	for i, choice := range choices {
		path := fmt.Sprintf("/vendors/%d", i)
		if j, twice := first[choice.ID]; twice {
			c.fault(path+"/id", "%[1]s is listed twice (also at /vendors/%[2]d)", "%[1]sは、%[3]d件目にもあります。どちらかを外してください", fault.Quote(choice.ID), j, j+1)
			continue
		}
		first[choice.ID] = i
		if choice.Custom == nil {
			c.known(path, choice.ID)
			continue
		}
		if choice.Custom.ID != choice.ID {
			c.fault(path+"/custom/id", "must be %s, the same as the vendor's id", "外部事業者のIDと同じ%sにしてください", fault.Quote(choice.ID))
		}
		custom, at = append(custom, choice.Custom), append(at, i)
		hosts += len(choice.Custom.Hosts)
	}
	if len(custom) > maxCustom || hosts > maxCustomHosts {
		c.fault("/vendors", "has %d custom entries with %d hosts; at most %d with %d hosts in all are allowed",
			"独自の外部事業者が%d件（ホスト%d件）あります。合わせて%d件（ホスト%d件）までにしてください", len(custom), hosts, maxCustom, maxCustomHosts)
		return
	}
	for k, fields := range c.Catalogue.CheckCustom(custom) {
		for _, f := range fields {
			f.Path = fmt.Sprintf("/vendors/%d/custom%s", at[k], f.Path)
			c.fields = append(c.fields, f)
		}
	}
}

// settledVendors returns the choices without nil lists and maps, which JSON
// would show as null.
func settledVendors(choices []VendorChoice) []VendorChoice {
	settled := append([]VendorChoice{}, choices...)
	for i := range settled {
		if settled[i].Custom == nil {
			continue
		}
		v := *settled[i].Custom
		v.Name, v.Entity.Name, v.Receives, v.UsedFor = some(v.Name), some(v.Entity.Name), some(v.Receives), some(v.UsedFor)
		v.Purposes, v.Data = append([]catalogue.PurposeID{}, v.Purposes...), append([]string{}, v.Data...)
		v.Hosts, v.Sources = append([]catalogue.Host{}, v.Hosts...), append([]catalogue.Source{}, v.Sources...)
		settled[i].Custom = &v
	}
	return settled
}

func some(t catalogue.Text) catalogue.Text {
	if t == nil {
		return catalogue.Text{}
	}
	return t
}

// known checks a vendor that the catalogue should have.
func (c *check) known(path, id string) {
	v, ok := c.Catalogue.Vendor(id)
	if !ok {
		hint := didYouMean(id, c.Catalogue.IDs(), fault.Words{})
		if !vendorPattern.MatchString(id) {
			c.fault(path+"/id", "must be 1 to 64 lower-case letters, digits and hyphens%s", "英小文字、数字、ハイフンの1〜64文字にしてください%s", hint)
			return
		}
		c.fault(path+"/id", `%s is no vendor of the catalogue%s ("sekisho vendors list" shows all; "custom" adds one of your own)`,
			"%sは、カタログにない外部事業者です%s。カタログから選ぶか、独自の外部事業者として追加してください", fault.Quote(id), hint)
		return
	}
	if v.Status != "discontinued" {
		return
	}
	if v.Successor != "" {
		c.warn(path+"/id", "%s has been discontinued; its successor is %s", "%sは終了したサービスです。後継の%sに替えることを検討してください", fault.Quote(id), fault.Quote(v.Successor))
	} else {
		c.warn(path+"/id", "%s has been discontinued and has no successor", "%sは終了したサービスで、後継はありません。タグが残っていなければ、外してください", fault.Quote(id))
	}
}

// texts checks the site's own words and drops languages that say nothing.
func (c *check) texts(texts map[string]Messages, languages []string) map[string]Messages {
	var settled map[string]Messages
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		path := "/texts/" + strictjson.Pointer(lang)
		own := c.Texts[lang]
		if own == nil || !slices.Contains(languages, lang) {
			c.fault(path, "is not a language of this site%s", "このサイトの言語ではありません%s", didYouMean(lang, languages, fault.Words{En: "; its languages: ", Ja: "。このサイトの言語："}))
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(texts[lang])) {
			c.text(path+"/"+strictjson.Pointer(key), key, texts[lang][key], own)
		}
		if len(texts[lang]) > 0 {
			if settled == nil {
				settled = map[string]Messages{}
			}
			settled[lang] = texts[lang]
		}
	}
	return settled
}

// text checks one message against the widget's own: as long as the place where
// it stands bears, and with no placeholder that nobody fills in.
func (c *check) text(path, key, text string, own Messages) {
	master, ok := own[key]
	if !ok {
		c.fault(path, "is no text of the widget%s", "バナーにない文言です%s", didYouMean(key, slices.Collect(maps.Keys(own)), knownAre))
		return
	}
	limit := min(maxText, max(60, 5*utf8.RuneCountInString(master)))
	if reason := textFault(text, limit); reason != fine {
		c.fields = append(c.fields, reason.Field(path))
	}
	filled := placeholders(master)
	for _, p := range placeholders(text) {
		if !slices.Contains(filled, p) {
			c.fault(path, "contains {%s}, which nothing fills in here%s", "{%s} は、ここでは使えない差し込みです%s", p,
				didYouMean(p, filled, fault.Words{En: "; this text knows: ", Ja: "。この文言で使えるもの："}))
		}
	}
}

func placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}
