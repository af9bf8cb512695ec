package demo

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
)

const server = "http://127.0.0.1:8080"

func newDemo(t *testing.T) *Demo {
	t.Helper()
	d, err := New("demo", server, func(vendor, _ string) string { return "<" + vendor + ">" })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func get(t *testing.T, h http.Handler, host, target string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func service(t *testing.T) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the service") })
}

func TestTextsAreCompleteInBothLanguages(t *testing.T) {
	d := newDemo(t)
	ja, en := slices.Sorted(maps.Keys(d.texts["ja"])), slices.Sorted(maps.Keys(d.texts["en"]))
	if !slices.Equal(ja, en) {
		t.Errorf("keys differ:\nja %v\nen %v", ja, en)
	}
	for lang, texts := range d.texts {
		for key, text := range texts {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
			if !strings.Contains(pageFile, ".T."+key+"}}") && !strings.Contains(panel(t), "words."+key) && !strings.HasPrefix(key, "paste") && !slices.Contains([]string{"granted", "denied", "unasked"}, key) {
				t.Errorf("%s: nothing shows %s", lang, key)
			}
		}
		if !strings.Contains(texts["panelLead"], "18") || len(d.tags) != 18 {
			t.Errorf("%s: the panel's text says how many vendors there are, the page has %d", lang, len(d.tags))
		}
	}
}

func panel(t *testing.T) string {
	t.Helper()
	script, err := assets.ReadFile("panel.js")
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

func TestPageCarriesTheOfficialSnippets(t *testing.T) {
	d := newDemo(t)
	h := d.Handler(service(t))
	res, page := get(t, h, "127.0.0.1:8080", "/?real=1")
	if res.StatusCode != 200 {
		t.Fatalf("status %d: %s", res.StatusCode, page)
	}
	for _, tag := range d.tags {
		if !strings.Contains(page, tag.html) {
			t.Errorf("%s: the snippet does not stand in the page letter by letter", tag.Vendor)
		}
		if !strings.Contains(page, `data-row="`+tag.Vendor+`"`) {
			t.Errorf("%s: no row in the panel", tag.Vendor)
		}
	}
	if strings.Contains(page, suffix+":8080") {
		t.Error("the page with real hosts names a stand-in")
	}
}

func TestPageWithStandinsNamesNoRealHost(t *testing.T) {
	d := newDemo(t)
	for _, target := range []string{"/", "/?lang=en", "/?paste=1", "/?paste=3"} {
		_, page := get(t, d.Handler(service(t)), "127.0.0.1:8080", target)
		for host := range d.vendorOf {
			if rest := strings.ReplaceAll(page, host+suffix, ""); strings.Contains(rest, "//"+host) {
				t.Errorf("%s: %s stands in the page", target, host)
			}
		}
		for _, tag := range d.tags {
			if html := d.rewrite(tag.html); html == tag.html {
				t.Errorf("%s: the snippet's host has no stand-in", tag.Vendor)
			}
		}
	}
}

func TestGateComesFirst(t *testing.T) {
	d := newDemo(t)
	gate := `<script src="http://127.0.0.1:8080/s/demo.js"></script>`
	for target, blind := range map[string]bool{"/": true, "/?paste=1": false, "/?paste=3": false} {
		_, page := get(t, d.Handler(service(t)), "127.0.0.1:8080", target)
		first := strings.Index(page, "<script")
		if strings.HasPrefix(page[first:], strings.TrimSpace(blindfold)) != blind {
			t.Errorf("%s: the line against fetching ahead: want %v", target, blind)
		}
		if blind {
			first += len(blindfold)
		}
		if !strings.HasPrefix(page[first:], gate) {
			t.Errorf("%s: before the gate stands %.80q", target, page[first:])
		}
	}
}

func TestTemplatesHoldStaticTags(t *testing.T) {
	d := newDemo(t)
	_, page := get(t, d.Handler(service(t)), "127.0.0.1:8080", "/?paste=3")
	for _, tag := range d.tags {
		wrapped := strings.Contains(page, `<template data-vendor="`+tag.Vendor+`">`)
		if want := tag.Form == "static" || tag.Form == "together"; wrapped != want {
			t.Errorf("%s (%s): in a template: %v", tag.Vendor, tag.Form, wrapped)
		}
	}
}

func TestVendorNamesAreEscaped(t *testing.T) {
	_, page := get(t, newDemo(t).Handler(service(t)), "127.0.0.1:8080", "/")
	if strings.Contains(page, "<criteo>") || !strings.Contains(page, "&lt;criteo&gt;") {
		t.Error("a vendor's name got into the page as markup")
	}
}

func TestStandins(t *testing.T) {
	d := newDemo(t)
	h := d.Handler(service(t))
	for _, s := range d.standins {
		before := d.seen.last()
		res, body := get(t, h, s.Host+suffix+":8080", s.Path+"TEST")
		if res.StatusCode != 200 {
			t.Fatalf("%s: status %d", s.Vendor, res.StatusCode)
		}
		kind := res.Header.Get("Content-Type")
		if s.Page != "" {
			if !strings.HasPrefix(kind, "text/html") {
				t.Errorf("%s: %s", s.Vendor, kind)
			}
		} else if !strings.HasPrefix(kind, "text/javascript") || !strings.Contains(body, `"vendor":"`+s.Vendor+`"`) || strings.Contains(body, "/*standin*/") {
			t.Errorf("%s: %s\n%s", s.Vendor, kind, body)
		}
		_, counts := get(t, h, "127.0.0.1:8080", "/demo/requests?after="+itoa(before))
		var byVendor map[string]int
		if err := json.Unmarshal([]byte(counts), &byVendor); err != nil || len(byVendor) != 1 || byVendor[s.Vendor] != 1 {
			t.Errorf("%s: counted %s (%v)", s.Vendor, counts, err)
		}
	}
	if res, body := get(t, h, "www.facebook.com"+suffix+":8080", "/tr/?id=0"); res.Header.Get("Content-Type") != "image/gif" || body != string(pixel) {
		t.Errorf("a pixel is answered with %s", res.Header.Get("Content-Type"))
	}
	if res, _ := get(t, h, "nobody.example"+suffix+":8080", "/"); res.StatusCode != 404 {
		t.Errorf("an unknown stand-in: %d", res.StatusCode)
	}
}

func itoa(n int64) string {
	data, _ := json.Marshal(n) // a number always encodes
	return string(data)
}

func TestLocalhostLeadsToTheAddress(t *testing.T) {
	res, _ := get(t, newDemo(t).Handler(service(t)), "localhost:8080", "/?lang=en")
	if got := res.Header.Get("Location"); res.StatusCode != 302 || got != server+"/?lang=en" {
		t.Errorf("%d to %q", res.StatusCode, got)
	}
}

func TestEverythingElseIsTheService(t *testing.T) {
	h := newDemo(t).Handler(service(t))
	for _, target := range []string{"/s/demo.js", "/v1/sites/demo/decisions", "/healthz", "/nothing"} {
		if _, body := get(t, h, "localhost:8080", target); body != "the service" {
			t.Errorf("%s: %q", target, body)
		}
	}
}

func TestSeenForgetsTheOldest(t *testing.T) {
	var s seen
	for range seenLimit + 10 {
		s.add("a")
	}
	before := s.last()
	s.add("b")
	if got := s.since(before); got["b"] != 1 || got["a"] != 0 {
		t.Errorf("since %d: %v", before, got)
	}
	if got := s.since(0); got["a"] > seenLimit {
		t.Errorf("kept %d", got["a"])
	}
	if got := s.since(before + 100); len(got) != 0 {
		t.Errorf("the future: %v", got)
	}
}

func TestSiteFileTakesOrigins(t *testing.T) {
	data, err := SiteFile([]string{"http://127.0.0.1:9000"})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Key     string
		Origins []string
		Vendors []struct{ ID string }
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	if document.Key != "demo" || !slices.Equal(document.Origins, []string{"http://127.0.0.1:9000"}) {
		t.Errorf("%+v", document)
	}
	for _, tag := range newDemo(t).tags {
		if !slices.ContainsFunc(document.Vendors, func(v struct{ ID string }) bool { return v.ID == tag.Vendor }) {
			t.Errorf("%s is on the page and not in site.json", tag.Vendor)
		}
	}
}

func TestCatalogueOwnsStandins(t *testing.T) {
	entry := &catalogue.Vendor{ID: "a", Hosts: []catalogue.Host{{Host: "*.a.example"}, {Host: "cdn.example", Path: "/a/*"}}}
	v, ok := Catalogue(catalogue.New(nil, []*catalogue.Vendor{entry})).Vendor("a")
	want := []catalogue.Host{{Host: "*.a.example"}, {Host: "*.a.example.localhost"},
		{Host: "cdn.example", Path: "/a/*"}, {Host: "cdn.example.localhost", Path: "/a/*"}}
	if !ok || !reflect.DeepEqual(v.Hosts, want) {
		t.Errorf("%+v", v.Hosts)
	}
	if len(entry.Hosts) != 2 {
		t.Error("the catalogue's own entry was changed")
	}
}
