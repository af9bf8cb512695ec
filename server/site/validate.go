package site

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
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

// check collects what is wrong with a document, and what is merely doubtful.
type check struct {
	Rules
	fields, warnings []fault.Field
}

func (c *check) fault(path, format string, args ...any) {
	c.fields = append(c.fields, fault.Field{Path: path, Reason: fmt.Sprintf(format, args...)})
}

func (c *check) warn(path, format string, args ...any) {
	c.warnings = append(c.warnings, fault.Field{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// Validate holds a document against the rules. It returns the document in its
// settled form (origins as browsers send them, colours in lower case, empty
// parts left out), warnings that keep nobody from going on, and an Invalid
// fault that names every field in error.
func (r Rules) Validate(doc Document) (Document, []fault.Field, error) {
	c := check{Rules: r}
	if !keyPattern.MatchString(doc.Key) {
		c.fault("/key", "must be 1 to 32 lower-case letters, digits and hyphens, and not begin with a hyphen")
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
		c.fault("/default", `must be "opt-in", "opt-out" or "notice-only"%s`, didYouMean(string(doc.Default), known, ""))
	}
	if doc.ExpiryMonths < 1 || doc.ExpiryMonths > maxExpiryMonths {
		c.fault("/expiryMonths", "must be from 1 to %d", maxExpiryMonths)
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
			fields = append(fields, fault.Field{Path: "/notice/controller",
				Reason: fmt.Sprintf("must name who runs the site before it is published; there is nothing for %q (/languages/%d)", lang, i)})
			break
		}
	}
	if doc.Notice.Contact.Email == "" && doc.Notice.Contact.URL == "" {
		fields = append(fields, fault.Field{Path: "/notice/contact",
			Reason: `must have an "email" or a "url" where questions and complaints go before the site is published`})
	}
	if !doc.Paused { // a paused site asks nothing, and nothing may stand in the way of pausing
		fields = append(fields, r.equal(doc)...)
	}
	return fault.InvalidFields("the site cannot be published yet", fields)
}

func (c *check) languages(languages []string) {
	if len(languages) == 0 {
		c.fault("/languages", "must name at least one language; the first is the fallback")
	}
	known := slices.Sorted(maps.Keys(c.Texts))
	for i, lang := range languages {
		path := fmt.Sprintf("/languages/%d", i)
		if c.Texts[lang] == nil {
			c.fault(path, "is not a language of the widget; known: %s", strings.Join(known, ", "))
		} else if slices.Contains(languages[:i], lang) {
			c.fault(path, "%q is listed twice", lang)
		}
	}
}

func (c *check) name(doc Document) {
	c.perLanguage("/name", doc.Name, maxName)
	for _, lang := range doc.Languages {
		if doc.Name.In(lang) == "" {
			c.fault("/name", "must have a name in %q, a language of the site", lang)
			return
		}
		if doc.Name[lang] == "" {
			c.warn("/name", "has nothing in %q; visitors will read %q", lang, doc.Name.In(lang))
		}
	}
}

// perLanguage checks texts that are keyed by language.
func (c *check) perLanguage(path string, texts catalogue.Text, limit int) {
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		at := path + "/" + strictjson.Pointer(lang)
		if c.Texts[lang] == nil {
			c.fault(at, "is not a language of the widget%s", didYouMean(lang, slices.Collect(maps.Keys(c.Texts)), "; known: "))
		}
		if reason := textFault(texts[lang], limit); reason != "" {
			c.fault(at, "%s", reason)
		}
	}
}

func (c *check) origins(origins []string) []string {
	if len(origins) == 0 {
		c.fault("/origins", `must list at least one origin such as "https://www.example.jp"`)
	}
	if len(origins) > maxOrigins {
		c.fault("/origins", "has %d entries; at most %d are allowed", len(origins), maxOrigins)
		return origins
	}
	settled := make([]string, 0, len(origins))
	for i, o := range origins {
		path := fmt.Sprintf("/origins/%d", i)
		s, reason := origin(o)
		switch {
		case reason != "":
			c.fault(path, "%s", reason)
		case slices.Contains(settled, s):
			c.fault(path, "%q is listed twice", s)
		}
		settled = append(settled, s)
	}
	return settled
}

func (c *check) vendors(choices []VendorChoice) {
	if len(choices) > maxVendors {
		c.fault("/vendors", "has %d entries; at most %d are allowed", len(choices), maxVendors)
		return
	}
	first := map[string]int{}
	var custom []*catalogue.Vendor
	var at []int
	hosts := 0
	for i, choice := range choices {
		path := fmt.Sprintf("/vendors/%d", i)
		if j, twice := first[choice.ID]; twice {
			c.fault(path+"/id", "%q is listed twice (also at /vendors/%d)", choice.ID, j)
			continue
		}
		first[choice.ID] = i
		if choice.Custom == nil {
			c.known(path, choice.ID)
			continue
		}
		if choice.Custom.ID != choice.ID {
			c.fault(path+"/custom/id", "must be %q, the same as the vendor's id", choice.ID)
		}
		custom, at = append(custom, choice.Custom), append(at, i)
		hosts += len(choice.Custom.Hosts)
	}
	if len(custom) > maxCustom || hosts > maxCustomHosts {
		c.fault("/vendors", "has %d custom entries with %d hosts; at most %d with %d hosts in all are allowed", len(custom), hosts, maxCustom, maxCustomHosts)
		return
	}
	for k, fields := range c.Catalogue.CheckCustom(custom) {
		for _, f := range fields {
			c.fault(fmt.Sprintf("/vendors/%d/custom%s", at[k], f.Path), "%s", f.Reason)
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
		hint := didYouMean(id, c.Catalogue.IDs(), "")
		if !vendorPattern.MatchString(id) {
			c.fault(path+"/id", "must be 1 to 64 lower-case letters, digits and hyphens%s", hint)
			return
		}
		c.fault(path+"/id", `%q is no vendor of the catalogue%s ("sekisho vendors list" shows all; "custom" adds one of your own)`, id, hint)
		return
	}
	if v.Status != "discontinued" {
		return
	}
	if v.Successor != "" {
		c.warn(path+"/id", "%q has been discontinued; its successor is %q", id, v.Successor)
	} else {
		c.warn(path+"/id", "%q has been discontinued and has no successor", id)
	}
}

func (c *check) notice(n Notice) {
	c.perLanguage("/notice/controller", n.Controller, 200)
	if e := n.Contact.Email; e != "" {
		addr, err := mail.ParseAddress(e)
		if err != nil || addr.Address != e || addr.Name != "" || len(e) > 254 {
			c.fault("/notice/contact/email", "must be a plain e-mail address such as privacy@example.jp")
		}
	}
	if s := n.Contact.URL; s != "" {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 500 || textFault(s, 500) != "" {
			c.fault("/notice/contact/url", "must be an https address without user name or password")
		}
	}
	if p := n.Contact.Phone; p != "" && !phonePattern.MatchString(p) {
		c.fault("/notice/contact/phone", "must be a telephone number: digits, spaces, hyphens, brackets, and a leading + at most")
	}
}

// texts checks the site's own words and drops languages that say nothing.
func (c *check) texts(texts map[string]Messages, languages []string) map[string]Messages {
	var settled map[string]Messages
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		path := "/texts/" + strictjson.Pointer(lang)
		own := c.Texts[lang]
		if own == nil || !slices.Contains(languages, lang) {
			c.fault(path, "is not a language of this site%s", didYouMean(lang, languages, "; its languages: "))
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
		c.fault(path, "is no text of the widget%s", didYouMean(key, slices.Collect(maps.Keys(own)), "; known: "))
		return
	}
	limit := min(maxText, max(60, 5*utf8.RuneCountInString(master)))
	if reason := textFault(text, limit); reason != "" {
		c.fault(path, "%s", reason)
	}
	filled := placeholders(master)
	for _, p := range placeholders(text) {
		if !slices.Contains(filled, p) {
			c.fault(path, "contains {%s}, which nothing fills in here%s", p, didYouMean(p, filled, "; this text knows: "))
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
