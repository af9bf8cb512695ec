package policy

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Load reads a policy file, which `sekisho snippet --header json` prints. A fault
// of kind Malformed for what is none.
func Load(r io.Reader) (*Policy, error) {
	p := new(Policy)
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(p); err != nil {
		return nil, fault.New(fault.Malformed, "this is no policy file of sekisho snippet --header json: %v", err)
	}
	sources := slices.Clone(p.Base)
	for _, g := range p.Grants {
		sources = append(sources, g.Sources...)
		if len(g.Vendors) == 0 {
			return nil, fault.New(fault.Malformed, "the policy file has sources %q that belong to no vendor", g.Sources)
		}
	}
	if p.Revision == 0 || len(p.Base) < len(keywords) || p.fileHash() != p.Hash {
		return nil, fault.New(fault.Malformed, "the policy file of the site %q is cut off or has been changed by hand; print it anew", p.Site)
	}
	for _, s := range sources {
		if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == ';' || c == ',' }) {
			return nil, fault.New(fault.Malformed, "the policy file has a source that is none: %q", s)
		}
	}
	p.Hash = p.hash()
	return p, nil
}

// Handler returns next with the policy on its pages and workers, for each visitor
// as the decision cookie and Sec-GPC say. now is time.Now. What next sets itself
// stays: browsers keep to both policies.
//
// A response without a Content-Type counts as a page. Vary: Cookie keeps shared
// caches from handing one visitor's policy to another.
func (p *Policy) Handler(next http.Handler, now func() time.Time) http.Handler {
	r := p.revision()
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		answer := &response{ResponseWriter: w, policy: p.Header(p.allowed(r, request, now())),
			worker: strings.HasSuffix(request.Header.Get("Sec-Fetch-Dest"), "worker")}
		next.ServeHTTP(answer, request)
		answer.stamp(http.StatusOK)
	})
}

// revision returns as much of the site's revision as the fold looks at.
func (p *Policy) revision() *site.Revision {
	r := &site.Revision{Number: p.Revision, Document: site.Document{Default: p.Default, ExpiryMonths: p.ExpiryMonths, Paused: p.Paused}}
	for _, v := range p.Vendors {
		r.Vendors = append(r.Vendors, site.RevisionVendor{Vendor: catalogue.Vendor{ID: v.ID, Purposes: v.Purposes}, Index: v.Index, Since: v.Since})
	}
	return r
}

// allowed says who may run. A cookie that is there and cannot be read may be a
// denial: then nobody does.
func (p *Policy) allowed(r *site.Revision, request *http.Request, now time.Time) Allowed {
	cookies := request.CookiesNamed(consent.CookieName)
	var newest consent.Cookie
	found := false
	for _, c := range cookies {
		// One of the host, one of the domain: the widget's order, see widget/src/store/read.ts.
		if kept, ok := consent.DecodeCookie(c.Value); ok && (!found || later(kept, newest)) {
			newest, found = kept, true
		}
	}
	allowed := Allowed{}
	if len(cookies) > 0 && !found {
		return allowed
	}
	for i, verdict := range consent.FoldCookie(r, newest, consent.Signals{GPC: request.Header.Get("Sec-GPC") == "1"}, now) {
		if verdict.Allowed {
			allowed[r.Vendors[i].Index] = true
		}
	}
	return allowed
}

// later reports whether a counts before b: the higher sequence of one visitor,
// the later time of two.
func later(a, b consent.Cookie) bool {
	if a.Visitor == b.Visitor && a.Sequence != b.Sequence {
		return a.Sequence > b.Sequence
	}
	return !a.At.Before(b.At)
}

// response sets the header at the last moment, when the type is known.
type response struct {
	http.ResponseWriter
	policy  string
	worker  bool
	stamped bool
}

func (r *response) stamp(status int) {
	if r.stamped || status < 200 { // 1xx come ahead of the answer
		return
	}
	r.stamped = true
	h := r.Header()
	kind, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	if kind = strings.TrimSpace(kind); kind == "" || kind == "text/html" || kind == "application/xhtml+xml" || r.worker {
		h.Add("Content-Security-Policy", r.policy)
		h.Add("Vary", "Cookie")
		h.Add("Vary", "Sec-GPC")
	}
}

func (r *response) WriteHeader(status int) {
	r.stamp(status)
	r.ResponseWriter.WriteHeader(status)
}

func (r *response) Write(b []byte) (int, error) {
	r.stamp(http.StatusOK)
	return r.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController and Flush call.
func (r *response) FlushError() error {
	r.stamp(http.StatusOK)
	return http.NewResponseController(r.ResponseWriter).Flush()
}

// Flush is for handlers that look for an http.Flusher.
func (r *response) Flush() { _ = r.FlushError() }

// Unwrap is for http.ResponseController.
func (r *response) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Hijack is for handlers that look for an http.Hijacker: whoever speaks another
// protocol from here on has no page to put a policy on.
func (r *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(r.ResponseWriter).Hijack()
}
