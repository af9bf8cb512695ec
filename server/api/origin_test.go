package api

import (
	"testing"
)

const visitorPath = "/v1/sites/shop/visitors/" + visitor

func TestCORS(t *testing.T) {
	for name, tc := range map[string]struct {
		method, path, origin string
		firstParty           bool
		status               int
		allowed, credentials string
	}{
		"post":                      {"POST", post, origin, false, 201, origin, ""},
		"post, first party":         {"POST", post, origin, true, 201, origin, "true"},
		"post from elsewhere":       {"POST", post, "https://evil.example", true, 403, "", ""},
		"post from nowhere":         {"POST", post, "null", true, 403, "", ""},
		"read":                      {"GET", visitorPath, origin, false, 404, origin, ""},
		"read from elsewhere":       {"GET", visitorPath, "https://evil.example", true, 404, "", ""},
		"read by a server":          {"GET", visitorPath, "", true, 404, "", ""},
		"erase":                     {"DELETE", visitorPath, origin, false, 204, origin, ""},
		"erase from elsewhere":      {"DELETE", visitorPath, "https://evil.example", true, 403, "", ""},
		"erase by a server":         {"DELETE", visitorPath, "", false, 204, "", ""},
		"preflight":                 {"OPTIONS", post, origin, false, 204, origin, ""},
		"preflight, first party":    {"OPTIONS", visitorPath, origin, true, 204, origin, "true"},
		"preflight from elsewhere":  {"OPTIONS", post, "https://evil.example", true, 403, "", ""},
		"preflight of unknown site": {"OPTIONS", "/v1/sites/other/decisions", origin, true, 404, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := newEnv(t)
			if tc.firstParty {
				v.api.Domain = func(string) string { return "example.jp" }
			}
			body := ""
			if tc.method == "POST" {
				body = decision(nil)
			}
			w := v.do(tc.method, tc.path, body, "Origin", tc.origin, "Access-Control-Request-Method", "DELETE")
			h := w.Header()
			if w.Code != tc.status || h.Get("Access-Control-Allow-Origin") != tc.allowed || h.Get("Access-Control-Allow-Credentials") != tc.credentials {
				t.Errorf("%d, origin %q, credentials %q: %s", w.Code, h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Credentials"), w.Body)
			}
			if h.Get("Vary") != "Origin" {
				t.Errorf("Vary %q", h.Values("Vary"))
			}
			if preflight := tc.method == "OPTIONS" && tc.status == 204; (h.Get("Access-Control-Allow-Methods") != "") != preflight || (h.Get("Access-Control-Allow-Headers") != "") != preflight {
				t.Errorf("headers %v", h)
			}
		})
	}
}
