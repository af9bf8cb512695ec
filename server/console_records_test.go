package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/operator"
)

func TestRecordIsFoundAndNoted(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	visitor, receipt := decide(t, s, "ja", consent.AcceptAll)
	text, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	for find, wants := range map[string][]string{
		visitor.String(): {visitor.String(), "すべて許可", "Criteo", "https://shop.example/items", "第1版を見る", "訪問者の選択"},
		string(text):     {visitor.String(), "署名は正しく", "この控えの選択"},
		`{"id": "x", "receipt": ` + string(text) + `}`:                                  {"署名は正しく", "この控えの選択"},
		`{"site": "shop", "decisions": [{"id": "x", "receipt": ` + string(text) + `}]}`: {"署名は正しく", "この控えの選択"},
	} {
		w := visit(s, "POST", "/console/sites/shop/records?lang=ja", cookie, url.Values{"find": {find}})
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%.20s: %d, lacks %q", find, w.Code, want)
			}
		}
	}
	acts := actions(t, s)
	if len(acts) != 4 || acts[0].Action != operator.ActReadRecord || acts[0].Subject != visitor.String() {
		t.Errorf("the audit log: %+v", acts)
	}
	none := uuid.NewString()
	w := visit(s, "POST", "/console/sites/shop/records?lang=en", cookie, url.Values{"find": {none}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Nothing is kept of this visitor") || actions(t, s)[0].Subject != none {
		t.Errorf("nobody: %d %s", w.Code, w.Body)
	}
}

// TestRecordsRefuse: what names nobody, or is forged, opens no record, and nothing was looked at.
func TestRecordsRefuse(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	_, receipt := decide(t, s, "ja", consent.AcceptAll)
	forged, elsewhere := receipt, receipt
	forged.Action, elsewhere.Site = consent.RejectAll, "other"
	for name, c := range map[string]struct {
		find any
		says string
	}{
		"nothing":                   {"", "whole receipt"},
		"a name":                    {"山田花子", "whole receipt"},
		"an id in another spelling": {"urn:uuid:" + uuid.NewString(), "whole receipt"},
		"half a receipt":            {`{"version":1`, "cannot be read"},
		"another JSON":              {`{"a":1}`, "cannot be read"},
		"a file without receipts":   {`{"decisions":[{"id":"x"}]}`, "cannot be read"},
		"another site's":            {elsewhere, "another site"},
		"a forged one":              {forged, "signature is wrong"},
	} {
		find, ok := c.find.(string)
		if !ok {
			text, err := json.Marshal(c.find)
			if err != nil {
				t.Fatal(err)
			}
			find = string(text)
		}
		w := visit(s, "POST", "/console/sites/shop/records?lang=en", cookie, url.Values{"find": {find}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "shop.example/items") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if acts := actions(t, s); len(acts) != 0 {
		t.Errorf("the audit log: %+v", acts)
	}
	if w := visit(s, "POST", "/console/sites/none/records", cookie, url.Values{"find": {uuid.NewString()}}); w.Code != http.StatusNotFound {
		t.Errorf("no such site: %d", w.Code)
	}
}

func TestRecordIsErased(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	visitor, _ := decide(t, s, "ja", consent.AcceptAll)
	at := "/console/sites/shop/records/erase"
	if w := visit(s, "POST", at, cookie, url.Values{"visitor": {visitor.String()}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without the tick: %d", w.Code)
	}
	if _, err := s.api.Recorder.History(t.Context(), "shop", visitor); err != nil {
		t.Fatalf("erased without the tick: %v", err)
	}
	w := visit(s, "POST", at, cookie, url.Values{"visitor": {visitor.String()}, "sure": {"true"}})
	if w.Code != http.StatusSeeOther || strings.Contains(w.Header().Get("Location"), visitor.String()) {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if _, err := s.api.Recorder.History(t.Context(), "shop", visitor); err == nil {
		t.Error("still there")
	}
	if acts := actions(t, s); len(acts) != 1 || acts[0].Action != operator.ActEraseRecord || acts[0].Subject != visitor.String() {
		t.Errorf("the audit log: %+v", acts)
	}
}

var shownAddress = regexp.MustCompile(`src="(/preview/[^/"]+/)\?`)

// TestRevisionIsShownAsItWas: an old revision keeps its texts, whatever is live or drafted since.
func TestRevisionIsShownAsItWas(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	rename(t, s, "新しい名前")
	body := visit(s, "GET", "/console/sites/shop/records/revisions/1?lang=ja&in=ja", cookie, nil).Body.String()
	m := shownAddress.FindStringSubmatch(body)
	if m == nil || !strings.Contains(body, "Criteo") || !strings.Contains(body, "第1版の表示内容") {
		t.Fatal(body)
	}
	script := visit(s, "GET", m[1]+"s/shop.js", nil, nil)
	parts := regexp.MustCompile(`/a/[0-9a-f]+/`).FindString(script.Body.String())
	if script.Code != http.StatusOK || parts == "" {
		t.Fatalf("the script: %d", script.Code)
	}
	banner := visit(s, "GET", m[1]+parts[1:]+"banner.ja.js", nil, nil).Body.String()
	if !strings.Contains(banner, "例の店") || strings.Contains(banner, "新しい名前") {
		t.Error("the banner is another's")
	}
	for _, number := range []string{"0", "2", "x", "-1"} {
		if w := visit(s, "GET", "/console/sites/shop/records/revisions/"+number, cookie, nil); w.Code != http.StatusNotFound {
			t.Errorf("revision %s: %d", number, w.Code)
		}
	}
}
