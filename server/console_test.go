package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/operator"
)

// password is long enough, and no part of an address.
const password = "correct horse battery staple"

// session signs an operator of a role in, and returns the cookie.
func session(t *testing.T, s *Server, role operator.Role) *http.Cookie {
	t.Helper()
	ctx, by := t.Context(), operator.Command("test")
	email := string(role) + "@example.jp"
	link, err := s.Operators.Invite(ctx, by, email, role, "en")
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Operators.Accept(ctx, link.Token, operator.Acceptance{Name: "Test " + string(role), Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: "__Host-sekisho-console", Value: a.Token}
}

// visit asks for a page of the console as a browser does that has the cookie, nil
// for none; fields are sent as a form where they are not nil.
func visit(s *Server, method, path string, cookie *http.Cookie, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// open is what whoever is not signed in may ask the console for.
var open = []string{
	"GET /console/console.css", "GET /console/console.js", "GET /console/icon.svg", "GET /console/sample.css",
	"GET /console/help", "GET /console/help/:page", "GET /console/sign-in", "POST /console/sign-in",
	"GET /console/sign-in/code", "POST /console/sign-in/code", "GET /console/link/:token", "POST /console/link/:token", "POST /console/sign-out",
}

// roles says which routes of the console the roles may use, each row the least
// role that may. A route that stands nowhere fails the test.
var roles = map[operator.Role][]string{
	operator.Viewer: {"GET /console/", "GET /console/sites/:site/choices", "GET /console/sites/:site/choices/export.csv", "GET /console/sites/:site/choices/export.json", "GET /console/sites", "GET /console/sites/:site/look", "GET /console/sites/:site/texts", "GET /console/sites/:site", "GET /console/sites/:site/settings", "GET /console/sites/:site/publish", "GET /console/sites/:site/history", "GET /console/step-up", "POST /console/step-up",
		"GET /console/sites/:site/vendors", "GET /console/sites/:site/vendors/:vendor", "GET /console/sites/:site/catalogue", "GET /console/sites/:site/paste", "GET /console/sites/:site/discovered", "GET /console/sites/:site/export", "GET /console/sites/:site/tag", "GET /console/sites/:site/import",
		"GET /console/me", "POST /console/me", "POST /console/me/password", "POST /console/me/sessions/:session/end", "POST /console/me/sign-out",
		"GET /console/me/factor", "POST /console/me/factor", "GET /console/me/factor/confirm", "POST /console/me/factor/confirm", "POST /console/me/factor/codes", "POST /console/me/factor/remove"},
	operator.Editor: {"GET /console/sites/:site/records", "POST /console/sites/:site/records", "POST /console/sites/:site/records/erase", "GET /console/sites/:site/records/revisions/:revision", "POST /console/sites/:site/vendors", "POST /console/sites/:site/vendors/:vendor", "POST /console/sites/:site/catalogue", "POST /console/sites/:site/paste", "GET /console/sites/:site/own-vendor", "POST /console/sites/:site/own-vendor", "POST /console/sites/:site/discovered", "POST /console/sites/:site/import",
		"POST /console/sites/:site/look", "POST /console/sites/:site/texts", "GET /console/sites/new", "POST /console/sites/new", "POST /console/sites/:site/pause", "POST /console/sites/:site/settings", "POST /console/sites/:site/undo", "POST /console/sites/:site/publish", "POST /console/sites/:site/announce", "POST /console/sites/:site/announce/withdraw", "POST /console/sites/:site/history"},
	operator.Owner: {"GET /console/operators", "GET /console/operators/invite", "POST /console/operators/invite", "GET /console/operators/links/:link", "POST /console/operators/links/:link",
		"GET /console/operators/tokens", "GET /console/operators/tokens/new", "POST /console/operators/tokens/new", "GET /console/operators/tokens/:token", "POST /console/operators/tokens/:token",
		"GET /console/operators/:operator", "POST /console/operators/:operator/role", "POST /console/operators/:operator/reset", "POST /console/operators/:operator/sign-out",
		"POST /console/operators/:operator/factor/remove", "POST /console/operators/:operator/suspend", "POST /console/operators/:operator/resume", "POST /console/operators/:operator/remove",
		"GET /console/audit", "GET /console/audit/export.csv", "GET /console/audit/export.jsonl"},
}

// ends is the routes after which one has to sign in again.
var ends = []string{"POST /console/me/sign-out", "POST /console/me/factor/remove"}

// notAllowed is what a page says to a role that may not.
const notAllowed = "your role does not allow this"

// TestConsoleRoutesByRole asks every route of the console without a session and
// as each role.
func TestConsoleRoutesByRole(t *testing.T) {
	s := start(t, nil)
	cookies := map[operator.Role]*http.Cookie{}
	for _, role := range operator.Roles() {
		cookies[role] = session(t, s, role)
	}
	seen := 0
	for _, r := range s.echo.Routes() {
		if !strings.HasPrefix(r.Path, "/console/") || r.Method == http.MethodHead {
			continue
		}
		seen++
		route := r.Method + " " + r.Path
		path := strings.NewReplacer(":site", "shop", ":page", "start").Replace(r.Path)
		var form url.Values
		if r.Method != http.MethodGet {
			form = url.Values{}
		}
		if slices.Contains(open, route) {
			if w := visit(s, r.Method, path, nil, form); w.Code >= http.StatusInternalServerError || strings.Contains(w.Body.String(), notAllowed) {
				t.Errorf("%s: %d to whoever is not signed in", route, w.Code)
			}
			continue
		}
		least, known := operator.Role(""), false
		for role, routes := range roles {
			if slices.Contains(routes, route) {
				least, known = role, true
			}
		}
		if !known {
			t.Errorf("%s: no row in roles; say who may use it", route)
			continue
		}
		if w := visit(s, r.Method, path, nil, form); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/console/sign-in") {
			t.Errorf("%s without a session: %d %s", route, w.Code, w.Header().Get("Location"))
		}
		order := operator.Roles() // the mightiest first
		for i, role := range order {
			w := visit(s, r.Method, path, cookies[role], form)
			refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), notAllowed)
			if may := i <= slices.Index(order, least); may == refused {
				t.Errorf("%s as %s: %d", route, role, w.Code)
			}
			if slices.Contains(ends, route) {
				cookies[role] = signIn(t, s, string(role)+"@example.jp")
			}
		}
	}
	if seen < len(open) {
		t.Fatalf("only %d routes", seen)
	}
}

// TestConsoleRefusesOtherOrigins: with the cookie, but from a page elsewhere.
func TestConsoleRefusesOtherOrigins(t *testing.T) {
	s := start(t, nil)
	cookie := session(t, s, operator.Owner)
	for name, headers := range map[string][2]string{
		"a page of another site":   {"Sec-Fetch-Site", "cross-site"},
		"a sibling's page":         {"Sec-Fetch-Site", "same-site"},
		"an old browser elsewhere": {"Origin", "https://evil.example"},
		"nothing said":             {"X-Nothing", "1"},
	} {
		seen := 0
		for _, route := range s.echo.Routes() {
			if route.Method != http.MethodPost || !strings.HasPrefix(route.Path, "/console/") {
				continue
			}
			seen++
			r := httptest.NewRequest(http.MethodPost, strings.ReplaceAll(route.Path, ":site", "shop"), strings.NewReader(""))
			r.Header.Set(headers[0], headers[1])
			r.AddCookie(cookie)
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d", name, route.Path, w.Code)
			}
		}
		if seen == 0 {
			t.Error("no route was tried")
		}
	}
}
