package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
)

// own returns a cookie as a browser would hold it.
func own(sequence uint32, who string, at time.Time) string {
	return consent.Cookie{Visitor: uuid.MustParse(who), Sequence: sequence, Revision: 2, At: at, Granted: consent.Bits{1}}.Encode()
}

func TestSetCookie(t *testing.T) {
	now := newEnv(t).now
	stored := consent.Cookie{Visitor: uuid.MustParse(visitor), Sequence: 5, Revision: 2, At: now.Truncate(time.Second), Granted: consent.Bits{1}}.Encode()
	age := fmt.Sprint(int(consent.Expires(now.Truncate(time.Second), 6).Sub(now) / time.Second)) // whole seconds that are left
	other := "11111111-1111-4111-8111-111111111111"
	for name, tc := range map[string]struct {
		domain string
		https  bool
		origin string
		sent   []string // values of cookies named sekisho
		want   string   // "" for no cookie
		attrs  string
	}{
		"not first party":           {"", true, origin, nil, "", ""},
		"made from what is held":    {"example.jp", true, origin, nil, stored, "; Path=/; Domain=example.jp; Max-Age=AGE; Secure; SameSite=Lax"},
		"not by a server":           {"example.jp", true, "", nil, "", ""},
		"the browser's own":         {"example.jp", true, origin, []string{own(5, visitor, now)}, own(5, visitor, now), "; Path=/; Domain=example.jp; Max-Age=AGE; Secure; SameSite=Lax"},
		"the browser's is newer":    {"example.jp", true, origin, []string{own(9, visitor, now)}, own(9, visitor, now), "Domain=example.jp"},
		"the browser's is older":    {"example.jp", true, origin, []string{own(4, visitor, now)}, stored, ""},
		"another visitor's":         {"example.jp", true, origin, []string{own(9, other, now)}, stored, ""},
		"garbage":                   {"example.jp", true, origin, []string{"garbage", "AQ", strings.Repeat("A", 8000)}, stored, ""},
		"several":                   {"example.jp", true, origin, []string{own(5, visitor, now), own(8, visitor, now), own(7, visitor, now)}, own(8, visitor, now), ""},
		"several of one number":     {"example.jp", true, origin, []string{own(8, visitor, now), own(8, visitor, now.Add(time.Hour)), own(8, visitor, now.Add(time.Minute))}, own(8, visitor, now.Add(time.Hour)), ""},
		"plain http":                {"example.jp", false, origin, nil, stored, "; Path=/; Domain=example.jp; Max-Age=AGE; SameSite=Lax"},
		"localhost":                 {"localhost", false, origin, nil, stored, "; Path=/; Max-Age=AGE; SameSite=Lax"},
		"IPv4":                      {"127.0.0.1", false, origin, nil, stored, "; Path=/; Max-Age=AGE; SameSite=Lax"},
		"IPv6":                      {"::1", false, origin, nil, stored, "; Path=/; Max-Age=AGE; SameSite=Lax"},
		"answers that have run out": {"example.jp", true, origin, []string{own(9, visitor, now.AddDate(-1, 0, 0))}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			attrs := strings.ReplaceAll(tc.attrs, "AGE", age)
			v := newEnv(t)
			v.api.Domain, v.api.HTTPS = func(string) string { return tc.domain }, tc.https
			headers := []string{"Origin", tc.origin}
			for _, value := range tc.sent {
				headers = append(headers, "Cookie", "sekisho="+value)
			}
			w := v.do("POST", post, decision(set("sequence", 5)), headers...)
			got := w.Header().Get("Set-Cookie")
			if w.Code != 201 || (got != "") != (tc.want != "") {
				t.Fatalf("%d, Set-Cookie %q", w.Code, got)
			}
			value, _, _ := strings.Cut(got, ";")
			if tc.want != "" && value != "sekisho="+tc.want || !strings.Contains(got, attrs) || strings.Contains(got, "HttpOnly") {
				t.Errorf("Set-Cookie %q, want %s%s", got, tc.want, attrs)
			}
			if strings.HasPrefix(attrs, ";") && got != "sekisho="+tc.want+attrs {
				t.Errorf("Set-Cookie %q, want exactly sekisho=%s%s", got, tc.want, attrs)
			}
		})
	}
}

func TestCookieOfALateRetryDoesNotGoBack(t *testing.T) {
	v := newEnv(t)
	v.api.Domain = func(string) string { return "example.jp" }
	v.do("POST", post, decision(func(d map[string]any) { d["sequence"], d["id"] = 7, "01935000-0000-7000-8000-000000000007" }), "Origin", origin)
	w := v.do("POST", post, decision(set("sequence", 3)), "Origin", origin)
	sent, err := http.ParseSetCookie(w.Header().Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := consent.DecodeCookie(sent.Value); !ok || c.Sequence != 7 {
		t.Errorf("sequence %d, %v", c.Sequence, ok)
	}
}

func TestNoCookieOnErrors(t *testing.T) {
	v := newEnv(t)
	v.api.Domain = func(string) string { return "example.jp" }
	for _, body := range []string{"{", decision(set("sequence", 0)), decision(set("revision", 9))} {
		if w := v.do("POST", post, body, "Origin", origin, "Cookie", "sekisho="+own(9, visitor, v.now)); w.Code < 400 || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	}
}
