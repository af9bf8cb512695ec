package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/operator"
)

// movable is a clock that runs ahead as far as a test says.
type movable struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (m *movable) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Add(m.ahead)
}

func (m *movable) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += d
}

// newToken makes a token of the owner.
func newToken(t *testing.T, s *Server, sites []string, may ...operator.Permission) string {
	t.Helper()
	all, err := s.Operators.List(t.Context(), operator.Command("test"))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		session(t, s, operator.Owner)
	}
	a, err := s.Operators.SignIn(t.Context(), operator.Credentials{Email: "owner@example.jp", Password: password, From: "test"})
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := s.Operators.CreateToken(t.Context(), a.Identity, operator.TokenRequest{Name: "CI", Permissions: may, Sites: sites, Days: 10})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTokensByPermission asks what each permission opens of the HTTP API, on the
// site of the token and on another.
func TestTokensByPermission(t *testing.T) {
	s := start(t, func(c *Config) { c.Limits.Writes.PerSecond, c.Limits.Writes.Burst = 1000, 1000 })
	publish(t, s)
	const put = "PUT /v1/sites/shop"
	requests := map[string][]operator.Permission{
		"GET /v1/sites/shop": {operator.SeeSites}, "GET /v1/sites/shop/reports": {operator.SeeStatistics},
		put: {operator.EditDrafts}, put + "?publish=true": {operator.EditDrafts, operator.Publish},
	}
	ask := func(request, token string) int {
		method, path, _ := strings.Cut(request, " ")
		body := ""
		if method == "PUT" {
			body = shop
		}
		return do(s, method, path, body, "Authorization", "Bearer "+token).Code
	}
	for request, needed := range requests {
		if code := ask(request, newToken(t, s, nil, needed...)); code != 200 {
			t.Errorf("%s with what it needs: %d", request, code)
		}
		if code := ask(request, newToken(t, s, []string{"shop"}, needed...)); code != 200 {
			t.Errorf("%s on its site: %d", request, code)
		}
		if code := ask(request, newToken(t, s, []string{"other"}, needed...)); code != 403 {
			t.Errorf("%s on another site: %d", request, code)
		}
		for _, missing := range needed {
			rest := slices.DeleteFunc(operator.TokenPermissions(), func(p operator.Permission) bool { return p == missing })
			if code := ask(request, newToken(t, s, nil, rest...)); code != 403 {
				t.Errorf("%s without %s: %d", request, missing, code)
			}
		}
	}
	for _, token := range []string{"sk_", "sk_" + strings.Repeat("a", 58), ""} {
		if code := ask("GET /v1/sites/shop", token); code != 403 {
			t.Errorf("%q: %d", token, code)
		}
	}
}

// TestTokenCreatesSites: with create-sites, and not with edit-drafts alone.
func TestTokenCreatesSites(t *testing.T) {
	s := start(t, nil)
	other := strings.Replace(shop, `"shop"`, `"other"`, 1)
	apply := func(token string) int {
		return do(s, "PUT", "/v1/sites/other", other, "Authorization", "Bearer "+token).Code
	}
	edits := newToken(t, s, nil, operator.EditDrafts)
	if code := apply(edits); code != 403 {
		t.Errorf("edit-drafts made a site: %d", code)
	}
	if code := apply(newToken(t, s, nil, operator.EditDrafts, operator.CreateSites)); code != 200 {
		t.Errorf("create-sites: %d", code)
	}
	if code := apply(edits); code != 200 {
		t.Errorf("a site that is there: %d", code)
	}
}

// TestConsoleApart: the console on an address of its own is on that alone, with its
// previews, and nothing else is there.
func TestConsoleApart(t *testing.T) {
	s := start(t, func(c *Config) { c.ConsoleURL = "http://console.internal:8081/" })
	publish(t, s)
	ask := func(h http.Handler, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		return w
	}
	for path, here := range map[string]int{"/console/sign-in": 200, "/console/console.css": 200, "/console/operators": 303} {
		if public, own := ask(s.Handler(), path).Code, ask(s.Console(), path).Code; public != 404 || own != here {
			t.Errorf("%s: %d in public, %d on the console's address", path, public, own)
		}
	}
	for _, path := range []string{"/healthz", "/openapi.json", "/sites/shop/notice", "/metrics"} {
		if public, own := ask(s.Handler(), path).Code, ask(s.Console(), path).Code; public != 200 || own != 404 {
			t.Errorf("%s: %d in public, %d on the console's address", path, public, own)
		}
	}
	link, err := s.Operators.SetUpLink(t.Context(), operator.Command("test"))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/console/link/"+link.Token, strings.NewReader(url.Values{"email": {"owner@example.jp"}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.Console().ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "sekisho-console" || cookies[0].Secure {
		t.Errorf("over plain http: %v", cookies)
	}
	if start(t, nil).Console() != nil {
		t.Error("a console apart that nobody asked for")
	}
}

// TestTokensEnd: by their time, and while their maker is suspended; without the
// service's own token they work all the same.
func TestTokensEnd(t *testing.T) {
	var clock movable
	s := start(t, func(c *Config) { c.Now, c.Token = clock.now, "" })
	text := newToken(t, s, nil, operator.EditDrafts, operator.CreateSites, operator.SeeSites)
	apply := func() int {
		return do(s, "PUT", "/v1/sites/shop", shop, "Authorization", "Bearer "+text).Code
	}
	if code := apply(); code != 200 {
		t.Fatalf("a good token: %d", code)
	}
	if code := do(s, "PUT", "/v1/sites/shop", shop, "Authorization", "Bearer ").Code; code != 403 {
		t.Errorf("no token: %d", code)
	}
	invitation, err := s.Operators.Invite(t.Context(), operator.Command("test"), "second@example.jp", operator.Owner, "en")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Operators.Accept(t.Context(), invitation.Token, operator.Acceptance{Password: password}); err != nil {
		t.Fatal(err)
	}
	id := idOf(t, s, operator.Owner)
	for _, step := range []struct {
		do   func() error
		want int
	}{
		{func() error { return s.Operators.Suspend(t.Context(), operator.Command("test"), id) }, 403},
		{func() error { return s.Operators.Resume(t.Context(), operator.Command("test"), id) }, 200},
		{func() error { clock.pass(10 * 24 * time.Hour); return nil }, 403},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if code := apply(); code != step.want {
			t.Errorf("answered %d, want %d", code, step.want)
		}
	}
}

// TestTokensAreInTheAuditLog: what a PUT did stands there, under the token's name
// and its maker's, and under the service's own.
func TestTokensAreInTheAuditLog(t *testing.T) {
	s := start(t, nil)
	text := newToken(t, s, []string{"shop"}, operator.EditDrafts, operator.CreateSites, operator.Publish)
	for _, bearer := range []string{text, token} {
		if w := do(s, "PUT", "/v1/sites/shop?publish=true", strings.Replace(shop, "例の店", "店"+bearer[:2], 1), "Authorization", "Bearer "+bearer); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	page, err := s.Operators.Audit(t.Context(), operator.Command("test"), operator.Query{Filter: operator.Filter{Site: "shop"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range slices.Backward(page.Entries) {
		got = append(got, string(e.By.Kind)+" "+e.By.Name+" "+string(e.Action)+" "+e.Subject)
		if (e.By.Kind == operator.ByToken) != (e.By.For == idOf(t, s, operator.Owner)) || e.From == "" {
			t.Errorf("%+v", e)
		}
	}
	want := []string{"token CI create-site ", "token CI publish 1", "command the service's token edit-draft ", "command the service's token publish 2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
