package policy

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// patterns of cookies stand for exactly the cookies with which a grant is given.
func TestPatternsOfCookies(t *testing.T) {
	p := compose(t, revision(vendor(0, catalogue.Analytics, "g.example/gtag/*id=G*"), vendor(10, catalogue.Analytics, "g.example/gtag/*id=AW-*", "b.example")))
	for _, c := range (serverData{Policy: p}).Choices() {
		if strings.Contains(strings.ReplaceAll(c.Pattern, `(?:\d+\.)*+`, ""), ")*") {
			t.Errorf("%s takes time by more than the cookie's length: %s", c.Name, c.Pattern)
		}
		for cookie, want := range map[string]map[string]bool{
			"":         {},
			".":        {},
			".0.":      {},
			".10.":     {"10": true},
			".0.10.":   {"10": true, "shared0": true},
			".0.5.10.": {"10": true, "shared0": true},
			".10.0.":   {"10": true, "shared0": true}, // never written so
			".0.10":    {},
			"0.10.":    {},
			".0.10.x":  {},
			".010.":    {},
			"..10.":    {},
			".1.0.":    {},
			".110.":    {},
		} {
			if matches(c.Pattern, cookie) != want[c.Name] {
				t.Errorf("%s with %q: %v", c.Name, cookie, !want[c.Name])
			}
		}
	}
}

// matches takes the pattern apart, since Go's regular expressions do not look ahead.
func matches(pattern, cookie string) bool {
	ahead := regexp.MustCompile(`\(\?=(.*?\.)\)`)
	for _, found := range ahead.FindAllStringSubmatch(pattern, -1) {
		if !regexp.MustCompile("^" + found[1]).MatchString(cookie) {
			return false
		}
	}
	return regexp.MustCompile("^" + strings.ReplaceAll(ahead.ReplaceAllString(pattern, ""), "*+", "*") + "$").MatchString(cookie)
}

// nginx reads no word of more than 4,096 bytes, however large a site is.
func TestWordsOfNginx(t *testing.T) {
	r := everybody(t)
	for i := range 100 {
		r.Document.Hosts = append(r.Document.Hosts, fmt.Sprintf("a-rather-long-name-of-a-host-%d.example.net", i))
	}
	r.Document.Default = site.OptOut
	for range 3 { // as many vendors as one site may have
		for _, v := range r.Vendors[:len(r.Vendors):len(r.Vendors)] {
			v.Index = len(r.Vendors)
			r.Vendors = append(r.Vendors, v)
		}
		if len(r.Vendors) > 500 {
			break
		}
	}
	text, err := compose(t, r).Server("nginx", Comments{What: []string{"what"}, Where: []string{"where"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range regexp.MustCompile(`"[^"]*"`).FindAllString(text, -1) {
		if len(word) > 4000 {
			t.Errorf("a word of %d bytes: %.60s…", len(word), word)
		}
	}
	for _, name := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(text, " $"+name[1]+" {") {
			t.Errorf("$%s is used and never set", name[1])
		}
	}
}

func TestNamesInNginx(t *testing.T) {
	r := revision(vendor(0, catalogue.Analytics, "a.example"))
	r.Site = "my-shop"
	text, err := compose(t, r).Server("nginx", Comments{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "my-shop") || !strings.Contains(text, "$sekisho_my_shop_policy") {
		t.Errorf("variables know no hyphens:\n%s", text)
	}
}
