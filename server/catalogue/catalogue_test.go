package catalogue

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sekisho/sekisho/server/fault"
)

const onePurpose = `[{"id": "analytics", "label": {"ja": "解析", "en": "Analytics"},
	"explanation": {"ja": "数えます。", "en": "Counts."}, "googleConsentTypes": ["analytics_storage"]}]`

func loadOne(entry string) error {
	_, err := Load(fstest.MapFS{
		"purposes.json": {Data: []byte(onePurpose)},
		"data/x.json":   {Data: []byte(entry)},
	})
	return err
}

func TestLoadIsStrict(t *testing.T) {
	if err := loadOne(`{"id": "x", "tcf": 1, "hosts": [{"host": "x.example"}]}`); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	for _, c := range []struct {
		name, entry string
		kind        fault.Kind
		want        string
	}{
		{"unknown key", `{"id": "x", "colour": "red"}`, fault.Invalid, "data/x.json: the file does not have the shape of schema.json\n  /colour: is not a key"},
		{"unknown key inside", `{"id": "x", "hosts": [{"host": "x.example"}, {"hots": "y.example"}]}`, fault.Invalid, "/hosts/1/hots: is not a key"},
		{"another case", `{"ID": "x"}`, fault.Invalid, "/ID: is not a key"},
		{"key written twice", `{"id": "x", "country": "JP", "country": "US"}`, fault.Invalid, "/country: is written twice"},
		{"language written twice", `{"id": "x", "name": {"ja": "あ", "ja": "い"}}`, fault.Invalid, "/name/ja: is written twice"},
		{"null", `{"id": "x", "tcf": null}`, fault.Invalid, "/tcf: must not be null"},
		{"string for a number", `{"id": "x", "tcf": "1"}`, fault.Invalid, "/tcf: must be a whole number, not a string"},
		{"fraction", `{"id": "x", "tcf": 1.5}`, fault.Invalid, "/tcf: must be a whole number, not 1.5"},
		{"number for a string", `{"id": "x", "country": 1}`, fault.Invalid, "/country: must be a string, not 1"},
		{"list for an object", `{"id": "x", "name": ["x"]}`, fault.Invalid, "/name: must be an object, not a list"},
		{"object for a list", `{"id": "x", "hosts": {"host": "x"}}`, fault.Invalid, "/hosts: must be a list, not an object"},
		{"truth for a string", `{"id": true}`, fault.Invalid, "/id: must be a string, not true or false"},
		{"slash in a key", `{"id": "x", "a/b~c": 1}`, fault.Invalid, "/a~1b~0c: is not a key"},
		{"trailing bytes", "{\"id\": \"x\"}\n{}", fault.Malformed, "data/x.json: line 2, column 1: there is more"},
		{"syntax", "{\"id\": \"x\",\n}", fault.Malformed, "line 2"},
		{"cut off", `{"id": "x", "hosts": [`, fault.Malformed, "unexpected"},
		{"empty", ``, fault.Malformed, "unexpected EOF"},
		{"not UTF-8", "{\"id\": \"\xff\"}", fault.Malformed, "not UTF-8"},
		{"too deep", strings.Repeat("[", 20) + strings.Repeat("]", 20), fault.Malformed, "nested more than"},
		{"another file's id", `{"id": "y"}`, fault.Invalid, `data/x.json: the file's name must be the vendor's id`},
	} {
		err := loadOne(c.entry)
		if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLoadTellsAllFilesInError(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"purposes.json": {Data: []byte(onePurpose)},
		"data/a.json":   {Data: []byte(`{"id": "a", "colour": 1}`)},
		"data/b.json":   {Data: []byte(`{"id": "b"}`)},
		"data/c.json":   {Data: []byte(`{"id": "c", "shape": 1}`)},
	})
	for _, part := range []string{"data/a.json", "/colour", "data/c.json", "/shape"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("nothing about %s: %v", part, err)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("no purposes, no error")
	}
	if _, err := Load(fstest.MapFS{"purposes.json": {Data: []byte(`[{"ID": "x"}]`)}}); err == nil || !strings.Contains(err.Error(), "purposes.json") {
		t.Errorf("bad purposes: %v", err)
	}
}

func TestPurposes(t *testing.T) {
	var ids []PurposeID
	var types []string
	for _, p := range load(t).Purposes() {
		ids = append(ids, p.ID)
		types = append(types, p.GoogleConsentTypes...)
		for _, lang := range []string{"ja", "en"} {
			if p.Label[lang] == "" || p.Explanation[lang] == "" {
				t.Errorf("%s: no %s", p.ID, lang)
			}
		}
	}
	if want := []PurposeID{Necessary, Functionality, Analytics, Advertising, Personalization, Social}; !slices.Equal(ids, want) {
		t.Errorf("purposes %v, want %v", ids, want)
	}
	// All seven types of Google Consent Mode v2, each under one purpose.
	slices.Sort(types)
	if want := []string{"ad_personalization", "ad_storage", "ad_user_data", "analytics_storage", "functionality_storage",
		"personalization_storage", "security_storage"}; !slices.Equal(types, want) {
		t.Errorf("types %v, want %v", types, want)
	}
}

// TestPolicyVendors holds the vendors that the five policies name to today's
// entity, and finds each by the name and the entity that they print.
func TestTextIn(t *testing.T) {
	both, ja, en := Text{"ja": "広告", "en": "Advertising"}, Text{"ja": "広告", "en": ""}, Text{"en": "Advertising"}
	for _, c := range []struct {
		text              Text
		lang, want, shown string
	}{
		{both, "ja", "広告", "ja"},
		{both, "en", "Advertising", "en"},
		{both, "pt-BR", "Advertising", "en"}, // and not Japanese, though that is the master
		{ja, "pt-BR", "広告", "ja"},
		{ja, "en", "広告", "ja"},
		{en, "ja", "Advertising", "en"},
		{Text{"fr": "Publicité", "en": "Advertising"}, "fr", "Publicité", "fr"},
		{Text{"fr": "Publicité"}, "ja", "", ""},
		{nil, "ja", "", ""},
	} {
		if got, shown := c.text.In(c.lang), c.text.Shown(c.lang); got != c.want || shown != c.shown {
			t.Errorf("%v in %s: %q, in %q", c.text, c.lang, got, shown)
		}
	}
}

func TestPolicyVendors(t *testing.T) {
	c := load(t)
	for _, w := range []struct{ id, entity, country, printed string }{
		{"criteo", "Criteo SA", "FR", "Criteo Criteo株式会社"},
		{"google-ads", "Google LLC", "US", "Google広告 Google Inc."},
		{"google-ads", "Google LLC", "US", "グーグル株式会社"},
		{"meta-pixel", "Meta Platforms, Inc.", "US", "Facebook広告 Facebook, Inc."},
		{"x-pixel", "X Corp.", "US", "Twitter広告 Twitter, Inc."},
		{"line-tag", "LINEヤフー株式会社", "JP", "LINE Ads Platform LINE株式会社"},
		{"yahoo-japan-ads", "LINEヤフー株式会社", "JP", "Yahoo!プロモーション ヤフー株式会社"},
		{"taboola", "Taboola, Inc.", "US", "Taboola Taboola, Inc."},
		{"google-analytics-ua", "Google LLC", "US", "Google Universal Analytics Google Inc."},
		{"google-analytics-4", "Google LLC", "US", "Google Analytics"},
		{"instapage", "Instapage, Inc.", "US", "Instapage Instapage Inc."},
		{"user-heat", "株式会社ユーザーローカル", "JP", "User Heat 株式会社ユーザーローカル"},
		{"satori", "SATORI株式会社", "JP", "SATORI SATORI株式会社"},
		{"marketo", "Adobe Inc.", "US", "Marketo Marketo, Inc."},
		{"rtoaster", "株式会社ブレインパッド", "JP", "Rtoaster 株式会社BrainPad"},
		{"karte", "株式会社プレイド", "JP", "KARTE 株式会社プレイド"},
		{"ferret-one", "株式会社ベーシック", "JP", "ferret One 株式会社ベーシック"},
		{"microsoft-clarity", "Microsoft Corporation", "US", "Clarity Microsoft Corporation"},
		{"scigineer", "ZETA株式会社", "JP", "サイジニア株式会社"},
		{"ad-ebis", "株式会社イルグルム", "JP", "株式会社ロックオン"},
		{"clicktale", "Content Square SAS", "FR", "ClickTale"},
		{"contentsquare", "Content Square SAS", "FR", "Contentsquare"},
	} {
		v, ok := c.Vendor(w.id)
		if !ok {
			t.Errorf("no vendor %s", w.id)
			continue
		}
		if v.Entity.Name["ja"] != w.entity || v.Country != w.country {
			t.Errorf("%s: %s in %s, want %s in %s", w.id, v.Entity.Name["ja"], v.Country, w.entity, w.country)
		}
		if len(v.Links.Privacy) == 0 {
			t.Errorf("%s: no privacy policy", w.id)
		}
		if !slices.Contains(c.Search(w.printed), v) {
			t.Errorf("%s is not found by %q", w.id, w.printed)
		}
	}
}

func TestSearch(t *testing.T) {
	c := load(t)
	for _, s := range []struct{ query, want string }{
		{"ＫＡＲＴＥ", "karte"}, {"static.CRITEO", "criteo"}, {"ﾛｯｸｵﾝ", "ad-ebis"}, {"ろっくおん", "ad-ebis"}, {"lineヤフー tag", "line-tag"},
	} {
		found := c.Search(s.query)
		if !slices.ContainsFunc(found, func(v *Vendor) bool { return v.ID == s.want }) || len(found) > 5 {
			t.Errorf("%q finds %d, %s among them? no", s.query, len(found), s.want)
		}
	}
	if n := len(c.Search("")); n != len(c.All()) {
		t.Errorf("nothing asked, %d found", n)
	}
	if len(c.Search("no such vendor")) != 0 {
		t.Error("found what is not there")
	}
}

func TestIDsAreThoseOfAll(t *testing.T) {
	c := load(t)
	for i, id := range c.IDs() {
		if c.All()[i].ID != id {
			t.Errorf("%d: %s, %s", i, id, c.All()[i].ID)
		}
		if v, ok := c.Vendor(id); !ok || v != c.All()[i] {
			t.Errorf("Vendor(%q) is another one", id)
		}
	}
	if _, ok := c.Vendor("nobody"); ok {
		t.Error("nobody is there")
	}
}
