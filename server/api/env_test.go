package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	visitor = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	origin  = "https://www.example.jp"
	token   = "0123456789abcdef0123456789abcdef"
)

// fakeStore keeps entries in memory and counts what it was asked to write.
type fakeStore struct {
	entries map[uuid.UUID][]consent.Entry
	states  map[uuid.UUID]consent.State
	writes  int
	err     error
}

func newStore() *fakeStore {
	return &fakeStore{entries: map[uuid.UUID][]consent.Entry{}, states: map[uuid.UUID]consent.State{}}
}

func (f *fakeStore) Record(_ context.Context, w consent.Write) (consent.Entry, bool, error) {
	if f.err != nil {
		return consent.Entry{}, false, f.err
	}
	v := w.Entry.Visitor
	for _, e := range f.entries[v] {
		if e.ID == w.Entry.ID {
			return e, false, nil
		}
	}
	f.writes++
	f.entries[v] = append(f.entries[v], w.Entry)
	f.states[v] = f.states[v].Merge(w.Layer)
	return w.Entry, true, nil
}

func (f *fakeStore) State(_ context.Context, _ string, v uuid.UUID) (consent.State, error) {
	if f.err != nil {
		return consent.State{}, f.err
	}
	s, ok := f.states[v]
	if !ok {
		return s, fault.New(fault.NotFound, "nothing is held of this visitor")
	}
	return s, nil
}

func (f *fakeStore) History(_ context.Context, _ string, v uuid.UUID) ([]consent.Entry, error) {
	if f.err != nil {
		return nil, f.err
	}
	if len(f.entries[v]) == 0 {
		return nil, fault.New(fault.NotFound, "nothing is held of this visitor")
	}
	return slices.Clone(f.entries[v]), nil
}

func (f *fakeStore) Erase(_ context.Context, _ string, v uuid.UUID) error {
	if f.err != nil {
		return f.err
	}
	f.writes++
	delete(f.entries, v)
	delete(f.states, v)
	return nil
}

func (f *fakeStore) Counts(context.Context, string, string) (map[string]int64, error) {
	return nil, f.err
}

// fakeReports counts without bounds, and of one site alone.
type fakeReports struct {
	counters map[string]map[string]int64
	err      error
}

func (f *fakeReports) Discover(_ context.Context, w discovery.Write) error {
	if f.err != nil {
		return f.err
	}
	if f.counters[w.Day] == nil {
		f.counters[w.Day] = map[string]int64{}
	}
	for _, name := range w.Names {
		f.counters[w.Day][name]++
	}
	return nil
}

func (f *fakeReports) Discovered(_ context.Context, _ string, days []string) (map[string]map[string]int64, error) {
	found := map[string]map[string]int64{}
	for _, day := range days {
		if f.counters[day] != nil {
			found[day] = f.counters[day]
		}
	}
	return found, f.err
}

// fakeKeys is a KeyStore that takes each candidate, as an empty one does.
type fakeKeys struct{ err error }

func (k *fakeKeys) Key(_ context.Context, _ string, candidate []byte) ([]byte, error) {
	return candidate, k.err
}

// fakeSites has the site "shop" with revisions 1 and 2 published, 3 not.
type fakeSites struct {
	revisions map[int]*site.Revision
	live      int
	away      bool
}

func (f *fakeSites) Live(_ context.Context, key string) (*site.Revision, error) {
	if f.away {
		return nil, fault.New(fault.Unavailable, "the store is away")
	}
	if key != "shop" {
		return nil, fault.New(fault.NotFound, "there is no such site")
	}
	return f.revisions[f.live], nil
}

func (f *fakeSites) Revision(_ context.Context, _ string, number int) (*site.Revision, error) {
	if r := f.revisions[number]; r != nil && number <= f.live {
		return r, nil
	}
	return nil, fault.New(fault.Conflict, "never published")
}

// fakeEditor accepts documents with a name.
type fakeEditor struct {
	applied []site.Document
	options site.ApplyOptions
}

func (f *fakeEditor) Publications(context.Context, string) ([]site.Publication, error) {
	return []site.Publication{{Revision: 1, At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}, {Revision: 2, At: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}}, nil
}

func (f *fakeEditor) Record(context.Context, string) (site.Record, error) {
	if len(f.applied) == 0 {
		return site.Record{}, fault.New(fault.NotFound, "there is no such site")
	}
	return site.Record{}, nil
}

func (f *fakeEditor) Apply(_ context.Context, doc site.Document, o site.ApplyOptions) (site.Result, error) {
	if len(doc.Name) == 0 {
		return site.Result{}, fault.InvalidFields("the site breaks a rule", []fault.Field{{Path: "/name", Reason: "must have a name"}})
	}
	f.applied, f.options = append(f.applied, doc), o
	return site.Result{Revision: 1, Created: true, Published: o.Publish}, nil
}

// fakeOperators know no token, and keep what was done.
type fakeOperators struct{ acts []operator.Act }

func (*fakeOperators) Bearer(context.Context, string, string) (operator.Identity, error) {
	return operator.Identity{}, fault.New(fault.Forbidden, "the token is unknown, revoked or expired")
}

func (f *fakeOperators) Note(_ context.Context, _ operator.Identity, a operator.Act) error {
	f.acts = append(f.acts, a)
	return nil
}

type fakeScripts struct{}

var script = web.Asset{ContentType: "text/javascript; charset=utf-8", Tag: "0123", Identity: []byte("plain();"), Gzip: []byte("gz"), Brotli: []byte("b")}

func (fakeScripts) Script(_ context.Context, key string) (web.Asset, error) {
	switch key {
	case "shop":
		return script, nil
	case "building":
		return web.Asset{}, fault.New(fault.Unavailable, "not built yet")
	}
	return web.Asset{}, fault.New(fault.NotFound, "there is no such site")
}

func (fakeScripts) Part(hash, name string) (web.Asset, error) {
	if hash == "abcd" && name == "banner.ja.js" {
		return script, nil
	}
	return web.Asset{}, fault.New(fault.NotFound, "there is no such part")
}

func revisions() map[int]*site.Revision {
	vendor := func(id string, index, since int, purpose catalogue.PurposeID) site.RevisionVendor {
		return site.RevisionVendor{Index: index, Since: since, Vendor: catalogue.Vendor{ID: id, Purposes: []catalogue.PurposeID{purpose}}}
	}
	doc := site.Document{Key: "shop", Origins: []string{origin, "https://shop.example.jp"}, Languages: []string{"ja", "en"}, Default: site.OptIn, ExpiryMonths: 6}
	all := []site.RevisionVendor{
		vendor("criteo", 0, 1, catalogue.Advertising), vendor("meta-pixel", 1, 1, catalogue.Advertising),
		vendor("microsoft-clarity", 2, 2, catalogue.Analytics), vendor("our-cdn", 3, 1, catalogue.Necessary),
	}
	out := map[int]*site.Revision{}
	for n := 1; n <= 3; n++ {
		out[n] = &site.Revision{Site: "shop", Number: n, Hash: strings.Repeat(fmt.Sprint(n), 64), Document: doc, Vendors: all}
	}
	out[1].Vendors = slices.Concat(all[:2], all[3:])
	return out
}

// env is the API before fakes of everything behind it; the rules of decisions,
// the fold and the receipts are the real ones.
type env struct {
	t         *testing.T
	store     *fakeStore
	reports   *fakeReports
	keys      *fakeKeys
	sites     *fakeSites
	editor    *fakeEditor
	operators fakeOperators
	api       *API
	echo      *echo.Echo
	now       time.Time
}

func newEnv(t *testing.T) *env {
	v := &env{t: t, store: newStore(), reports: &fakeReports{counters: map[string]map[string]int64{}}, keys: &fakeKeys{}, sites: &fakeSites{revisions: revisions(), live: 2}, editor: &fakeEditor{},
		now: time.Date(2026, 11, 21, 9, 0, 0, 123e6, time.UTC)}
	now := func() time.Time { return v.now }
	signer := consent.NewSigner(v.keys, strings.NewReader(strings.Repeat("k", 64)))
	v.api = &API{
		Sites: v.sites, Scripts: fakeScripts{}, Receipts: signer, Editor: v.editor, Token: token, Operators: &v.operators, Address: func(string) string { return "here" }, Now: now, Log: slog.New(slog.DiscardHandler),
		Domain:    func(string) string { return "" },
		Discovery: &discovery.Recorder{Reader: discovery.Reader{Store: v.reports, Now: now}, Sites: v.sites, Own: "consent.example.jp"},
		Recorder: &consent.Recorder{Store: v.store, Sites: v.sites, Signer: signer, Now: now,
			Pause: func(context.Context, int) error { return nil }},
	}
	v.echo = web.New(web.Options{Log: slog.New(slog.DiscardHandler), Metrics: web.NewMetrics(), Now: now, ID: func() string { return "1" }})
	a := v.api
	v.echo.GET("/s/:site.js", a.Script, web.Embedded.Headers)
	v.echo.HEAD("/s/:site.js", a.Script, web.Embedded.Headers)
	v.echo.GET("/a/:hash/:name", a.Part, web.Embedded.Headers)
	g := v.echo.Group("/v1/sites/:site", web.API.Headers, a.CheckOrigin)
	g.POST("/decisions", a.RecordDecision)
	g.OPTIONS("/decisions", a.Preflight)
	g.POST("/reports", a.RecordReport)
	g.OPTIONS("/reports", a.Preflight)
	g.GET("/visitors/:visitor", a.Consents)
	g.DELETE("/visitors/:visitor", a.Erase)
	g.OPTIONS("/visitors/:visitor", a.Preflight)
	g.GET("/visitors/:visitor/decisions", a.Decisions)
	g.GET("/visitors/:visitor/vendors/:vendor", a.VendorConsent)
	v.echo.GET("/v1/sites/:site", a.ShowSite, web.API.Headers, a.Require(operator.SeeSites))
	v.echo.PUT("/v1/sites/:site", a.ApplySite, web.API.Headers, a.Require(operator.EditDrafts))
	v.echo.GET("/v1/sites/:site/reports", a.Reports, web.API.Headers, a.Require(operator.SeeStatistics))
	v.echo.GET("/v1/receipt-key", a.ReceiptKey, web.Document.Headers)
	v.echo.GET("/openapi.json", OpenAPI, web.Document.Headers)
	return v
}

// request makes a request; headers are name and value in turn. Content-Type is
// application/json unless it is among them.
func request(method, path, body string, headers ...string) *http.Request {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, path, r)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	return req
}

func (v *env) do(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := request(method, path, body, headers...)
	if len(headers) > 0 && headers[0] == "Content-Type" && headers[1] != "" {
		r.Header.Set("Content-Type", headers[1])
	}
	v.echo.ServeHTTP(w, r)
	return w
}

// decision returns a decision's body; change edits it before it is written.
func decision(change func(map[string]any)) string {
	d := map[string]any{
		"id": "01935000-0000-7000-8000-000000000001", "visitor": visitor, "sequence": 1, "revision": 2, "action": "save",
		"granted": []string{"criteo"}, "denied": []string{"meta-pixel", "microsoft-clarity"}, "language": "ja", "layer": 1,
		"at": "2026-11-21T09:00:00.000Z", "page": "/cart",
	}
	if change != nil {
		change(d)
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func set(key string, value any) func(map[string]any) {
	return func(d map[string]any) { d[key] = value }
}

func drop(key string) func(map[string]any) {
	return func(d map[string]any) { delete(d, key) }
}

// live is the document of what is live; revisions of one environment share theirs.
func (v *env) live() *site.Document { return &v.sites.revisions[v.sites.live].Document }
