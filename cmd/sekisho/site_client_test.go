package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/widget"
)

const token = "0123456789abcdef0123456789abcdef"

// newService answers as `sekisho serve --token` does, on an embedded store that
// nobody else can open.
func newService(t *testing.T) (address, store string) {
	t.Helper()
	cat, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	store = "embedded:" + t.TempDir()
	s, err := openStore(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	service, err := server.New(t.Context(), server.Config{Store: s, Catalogue: cat, Widget: widget.Sources,
		PublicURL: "http://127.0.0.1:8080", Limits: server.DefaultLimits, Token: token, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(service.Handler())
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return h.URL, store
}

// sekisho runs a command and returns exit code, stdout and stderr.
func sekisho(args ...string) (int, string, string) {
	var out, words bytes.Buffer
	code := run(args, &streams{strings.NewReader(""), &out, &words})
	return code, out.String(), words.String()
}

func TestApplyThroughServer(t *testing.T) {
	address, store := newService(t)
	file := filepath.Join(t.TempDir(), "shop.json")
	write := func(vendor string) {
		doc := fmt.Sprintf(`{"key":"shop","name":{"ja":"例の店"},"origins":["https://www.example.jp"],"languages":["ja"],"vendors":[{"id":%q}],
			"notice":{"controller":{"ja":"例株式会社"},"contact":{"email":"privacy@example.jp"}}}`, vendor)
		if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	through := []string{"site", "apply", "-f", file, "--publish", "--server", address + "/", "--token"}
	write("criteo")
	if code, out, words := sekisho("site", "apply", "-f", file, "--store", store); code != exitInput || out != "" || !strings.Contains(words, "another process") {
		t.Errorf("beside the service: %d %q %q", code, out, words)
	}
	if code, out, words := sekisho(append(through, token)...); code != 0 || out != "1\n" || !strings.Contains(words, "revision 1, new, published") {
		t.Errorf("through it: %d %q %q", code, out, words)
	}
	if code, out, _ := sekisho(append(through, token)...); code != 0 || out != "1\n" {
		t.Errorf("again: %d %q", code, out)
	}
	response, err := http.Get(address + "/s/shop.js")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the script: %s", response.Status)
	}
	write("crteo")
	if code, out, words := sekisho(append(through, token)...); code != exitInput || out != "" || !strings.Contains(words, file+`: /vendors/0/id: "crteo" is no vendor of the catalogue; did you mean "criteo"?`) {
		t.Errorf("a bad file: %d %q %q", code, out, words)
	}
	write("meta-pixel")
	if code, out, words := sekisho(append(through, strings.ToUpper(token))...); code != exitInput || out != "" || !strings.Contains(words, "token") {
		t.Errorf("a wrong token: %d %q %q", code, out, words)
	}
	if code, _, words := sekisho(append(through, token, "--why", "x")...); code != exitInput || !strings.Contains(words, "--why") {
		t.Errorf("words for the record: %d %q", code, words)
	}
}

// A theme that cannot be read is refused by a service as by a store, in both languages.
func TestThemeThroughServer(t *testing.T) {
	address, _ := newService(t)
	file := filepath.Join(t.TempDir(), "shop.json")
	doc := `{"key":"shop","name":{"ja":"例の店"},"origins":["https://www.example.jp"],"languages":["ja"],"vendors":[],"theme":{"light":{"outline":"#959595"}}}`
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, words := sekisho("site", "apply", "-f", file, "--server", address, "--token", token)
	if code != exitInput || out != "" {
		t.Errorf("%d %q", code, out)
	}
	for _, said := range []string{file + ": /theme/light/outline: #959595 has a contrast of 2.99 to the panel", "コントラスト比は2.99です", "#949494"} {
		if !strings.Contains(words, said) {
			t.Errorf("%q does not say %q", words, said)
		}
	}
}

func TestApplyThroughSomethingElse(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
		want   string
	}{
		"a page":              {200, "<html>", fault.Unavailable, "not as Sekisho does"},
		"an empty object":     {200, "{}", fault.Unavailable, "not as Sekisho does"},
		"a page for an error": {502, "<html>", fault.Unavailable, "502"},
		"a conflict":          {409, `{"title":"Conflict","detail":"changed meanwhile"}`, fault.Conflict, "Conflict: changed meanwhile"},
		"fields":              {422, `{"title":"Invalid fields","errors":[{"path":"/key","reason":"is bad"}]}`, fault.Invalid, "/key: is bad"},
	} {
		t.Run(name, func(t *testing.T) {
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPut || r.URL.Path != "/v1/sites/shop" || r.Header.Get("Authorization") != "Bearer "+token {
					t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			defer h.Close()
			_, err := siteClient{h.URL, token, h.Client()}.apply(t.Context(), "shop", []byte(`{}`), false)
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What to paste can be asked of a service that holds the store, whose address is
// then the public one.
func TestSnippetThroughServer(t *testing.T) {
	address, _ := newService(t)
	file := filepath.Join(t.TempDir(), "shop.json")
	doc := `{"key":"shop","name":{"ja":"例の店"},"origins":["https://www.example.jp"],"languages":["ja"],"vendors":[{"id":"criteo"}],"policy":true,
		"notice":{"controller":{"ja":"例株式会社"},"contact":{"email":"privacy@example.jp"}}}`
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, words := sekisho("site", "apply", "-f", file, "--publish", "--server", address, "--token", token); code != 0 {
		t.Fatal(words)
	}
	report := `{"findings":[{"what":"unknown","kind":"script","host":"cdn.unknown.example.com"},{"what":"unknown","kind":"img","host":"sub.www.example.jp"}]}`
	response, err := http.Post(address+"/v1/sites/shop/reports", "application/json", strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode != http.StatusNoContent {
		t.Fatal(response.Status)
	}
	code, out, words := sekisho("snippet", "--site", "shop", "--strict", "--server", address, "--token", token)
	if code != 0 || !strings.Contains(out, address+"/s/shop.js") || !strings.Contains(out, `["0","*.criteo.`) {
		t.Errorf("exit %d\n%s%s", code, out, words)
	}
	if want := "cdn.unknown.example.com belongs to no vendor of the site, was met by about 10 page views in 30 days"; !strings.Contains(words, want) || strings.Count(words, "belongs to no vendor") != 1 {
		t.Errorf("want %q in %s", want, words)
	}
	if code, _, words := sekisho("snippet", "--site", "shop", "--server", address, "--token", "wrong"); code != exitInput || !strings.Contains(words, "token") {
		t.Errorf("a wrong token: exit %d, %s", code, words)
	}
	if code, _, words := sekisho("snippet", "--site", "none", "--server", address, "--token", token); code != exitInput || !strings.Contains(words, "no site") {
		t.Errorf("no such site: exit %d, %s", code, words)
	}
}
