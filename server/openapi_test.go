package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
)

// document returns the OpenAPI document as the service serves it.
func document(t *testing.T, s *Server) *openapi3.T {
	t.Helper()
	w := do(s, "GET", "/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

const report = `{"findings":[{"what":"unknown","kind":"img","host":"pixel.tracker.example"},{"what":"ahead","kind":"script","host":"static.criteo.net","vendor":"criteo"}]}`

var param = regexp.MustCompile(`:(\w+)`)

// TestOpenAPINamesEveryRoute holds the document and the table together, both ways.
func TestOpenAPINamesEveryRoute(t *testing.T) {
	s := start(t, nil)
	doc := document(t, s)
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for _, g := range s.table() {
		if g.who == "" {
			t.Error("a group does not say who may call")
		}
		for _, r := range g.routes {
			if strings.HasPrefix(r.path, "/console/") || strings.HasPrefix(r.path, "/preview/") { // pages for people, which change as people need
				continue
			}
			key := r.method + " " + param.ReplaceAllString(r.path, "{$1}")
			if !described[key] {
				t.Errorf("openapi.json lacks %s", key)
			}
			delete(described, key)
		}
	}
	for key := range described {
		t.Errorf("openapi.json describes %s, which is no route", key)
	}
	for _, r := range s.echo.Routes() {
		if !slices.ContainsFunc(s.table(), func(g group) bool {
			return slices.ContainsFunc(g.routes, func(have route) bool {
				return have.path == r.Path && (have.method == r.Method || r.Method == http.MethodHead)
			})
		}) {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
	}
}

// TestProblemsAreExplained follows the type of every kind of error.
func TestProblemsAreExplained(t *testing.T) {
	s := start(t, nil)
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		if w := do(s, "GET", web.TypeURI(kind), ""); w.Code != 200 {
			t.Errorf("%s: %d", web.TypeURI(kind), w.Code)
		}
	}
}

// TestAnswersFitOpenAPI sends real requests through the whole service and holds
// status, headers and body of each answer against the document.
func TestAnswersFitOpenAPI(t *testing.T) {
	s := start(t, nil)
	doc := document(t, s)
	v1, one := "/v1/sites/{site}", "/v1/sites/shop"
	bearer := []string{"Authorization", "Bearer " + token}
	noSuch := "/visitors/11111111-1111-4111-8111-111111111111"
	for _, tc := range []struct {
		method, template, path, body string
		headers                      []string
		status                       int
	}{
		{"GET", "/sites/{site}/notice", "/sites/shop/notice", "", nil, 404},
		{"PUT", v1, one, shop, nil, 403},
		{"PUT", v1, one, "{", bearer, 400},
		{"PUT", v1, one, `{"key":"shop"}`, bearer, 422},
		{"PUT", v1, one, shop, []string{"Content-Type", "text/plain", "Authorization", "Bearer " + token}, 415},
		{"PUT", v1, one + "?publish=true", shop, bearer, 200},
		{"GET", v1, one, "", nil, 403},
		{"GET", v1, one, "", bearer, 200},
		{"GET", v1, "/v1/sites/other", "", bearer, 404},
		{"GET", "/s/{site}.js", "/s/shop.js", "", nil, 200},
		{"GET", "/s/{site}.js", "/s/other.js", "", nil, 404},
		{"GET", "/a/{hash}/{name}", "/a/0/x.js", "", nil, 404},
		{"POST", v1 + "/decisions", one + "/decisions", decision(decisionID), []string{"Origin", origin}, 201},
		{"POST", v1 + "/decisions", one + "/decisions", decision(decisionID), []string{"Origin", origin, "Content-Type", "text/plain"}, 200},
		{"POST", v1 + "/decisions", one + "/decisions", "{", nil, 400},
		{"POST", v1 + "/decisions", one + "/decisions", decision(decisionID), []string{"Origin", "https://evil.example"}, 403},
		{"POST", v1 + "/decisions", "/v1/sites/other/decisions", decision(decisionID), nil, 404},
		{"POST", v1 + "/decisions", one + "/decisions", strings.Replace(decision(decisionID), `"revision":1`, `"revision":7`, 1), nil, 409},
		{"POST", v1 + "/decisions", one + "/decisions", strings.Repeat(" ", 17<<10), nil, 413},
		{"POST", v1 + "/decisions", one + "/decisions", "x=1", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"POST", v1 + "/decisions", one + "/decisions", decision(visitor), nil, 422},
		{"OPTIONS", v1 + "/decisions", one + "/decisions", "", []string{"Origin", origin}, 204},
		{"OPTIONS", v1 + "/decisions", one + "/decisions", "", []string{"Origin", "https://evil.example"}, 403},
		{"POST", v1 + "/reports", one + "/reports", report, []string{"Origin", origin, "Content-Type", "text/plain"}, 204},
		{"POST", v1 + "/reports", one + "/reports", "{", nil, 400},
		{"POST", v1 + "/reports", one + "/reports", report, []string{"Origin", "https://evil.example"}, 403},
		{"POST", v1 + "/reports", "/v1/sites/other/reports", report, nil, 404},
		{"POST", v1 + "/reports", one + "/reports", strings.Repeat(" ", 5<<10), nil, 413},
		{"POST", v1 + "/reports", one + "/reports", "x=1", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"POST", v1 + "/reports", one + "/reports", `{"findings":[]}`, nil, 422},
		{"OPTIONS", v1 + "/reports", one + "/reports", "", []string{"Origin", origin}, 204},
		{"GET", v1 + "/reports", one + "/reports", "", nil, 403},
		{"GET", v1 + "/reports", one + "/reports", "", bearer, 200},
		{"GET", v1 + "/reports", one + "/reports?days=0", "", bearer, 400},
		{"GET", v1 + "/reports", "/v1/sites/other/reports", "", bearer, 404},
		{"GET", v1 + "/visitors/{visitor}", one + "/visitors/" + visitor, "", nil, 200},
		{"GET", v1 + "/visitors/{visitor}", one + noSuch, "", nil, 404},
		{"GET", v1 + "/visitors/{visitor}", one + "/visitors/me", "", nil, 400},
		{"GET", v1 + "/visitors/{visitor}/decisions", one + "/visitors/" + visitor + "/decisions", "", nil, 200},
		{"GET", v1 + "/visitors/{visitor}/vendors/{vendor}", one + "/visitors/" + visitor + "/vendors/criteo", "", nil, 200},
		{"GET", v1 + "/visitors/{visitor}/vendors/{vendor}", one + noSuch + "/vendors/criteo", "", nil, 200},
		{"GET", v1 + "/visitors/{visitor}/vendors/{vendor}", one + noSuch + "/vendors/nobody", "", nil, 404},
		{"DELETE", v1 + "/visitors/{visitor}", one + "/visitors/" + visitor, "", nil, 204},
		{"GET", "/v1/receipt-key", "/v1/receipt-key", "", nil, 200},
		{"GET", "/sites/{site}/notice", "/sites/shop/notice?lang=en", "", nil, 200},
		{"GET", "/sites/{site}/notice.json", "/sites/shop/notice.json", "", nil, 200},
		{"GET", "/notice.css", "/notice.css", "", nil, 200},
		{"GET", "/problems/{name}", "/problems/invalid", "", nil, 200},
		{"GET", "/problems/{name}", "/problems/none", "", nil, 404},
		{"GET", "/openapi.json", "/openapi.json", "", nil, 200},
		{"GET", "/healthz", "/healthz", "", nil, 200},
		{"GET", "/metrics", "/metrics", "", nil, 200},
	} {
		name := fmt.Sprintf("%s %s %d", tc.method, tc.path, tc.status)
		w := do(s, tc.method, tc.path, tc.body, tc.headers...)
		if w.Code != tc.status {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
			continue
		}
		if err := fits(t.Context(), doc, tc.method, tc.template, w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	untilReady(t, s, func(w *httptest.ResponseRecorder) {
		if err := fits(t.Context(), doc, "GET", "/readyz", w); err != nil {
			t.Error(err)
		}
	})
}

func init() {
	for _, media := range []string{"text/html", "text/css", "text/javascript"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.RegisteredBodyDecoder("text/plain"))
	}
}

// fits holds an answer against what the document says of the operation.
func fits(ctx context.Context, doc *openapi3.T, method, template string, w *httptest.ResponseRecorder) error {
	item := doc.Paths.Value(template)
	if item == nil || item.GetOperation(method) == nil {
		return fmt.Errorf("%s %s is not described", method, template)
	}
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: httptest.NewRequest(method, "/", nil),
			Route:   &routers.Route{Spec: doc, Path: template, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		},
		Status: w.Code, Header: w.Header(), Body: io.NopCloser(w.Body),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}
