package mark

import (
	"bufio"
	"mime"
	"net"
	"net/http"
	"strings"
)

// SkippedHeader is set on pages that Handler had to leave as they are, and says
// why: "content-encoding" or "charset".
const SkippedHeader = "Sekisho-Mark-Skipped"

// Handler returns a handler that answers as next does, with the tags of vendors
// made inert in pages: answers of type text/html. They pass as a stream, and a
// Flush of next's sends what is complete.
//
// Compressed pages cannot be read here. next is asked for none (it sees no
// Accept-Encoding), so compress outside: gzip(marker.Handler(site)). A page
// that comes compressed all the same, or in an encoding that Rewrite refuses,
// passes as it is with SkippedHeader.
//
// Left alone as well: requests that browsers make for something other than a
// page (Sec-Fetch-Dest), answers to ranges, and whatever has no body. Pages lose
// Content-Length, Accept-Ranges and digests, their ETag becomes a weak one, and
// Link headers (103 Early Hints included) lose what would have the browser ask
// a vendor ahead of time.
func (m *Marker) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if noPage[r.Header.Get("Sec-Fetch-Dest")] {
			next.ServeHTTP(w, r)
			return
		}
		asked := new(http.Request)
		*asked = *r
		asked.Header = r.Header.Clone()
		asked.Header.Del("Accept-Encoding")
		answer := &response{ResponseWriter: w, marker: m, head: r.Method == http.MethodHead}
		defer answer.stop()
		next.ServeHTTP(answer, asked)
		answer.finish()
	})
}

// noPage are the destinations (Fetch Standard, 2.2.7) that take no page.
var noPage = set("audio audioworklet font image json manifest paintworklet report script serviceworker sharedworker style track video worker xslt")

// response is the answer to one request. What to do about it is decided when
// its type is known: with the first bytes at the latest.
type response struct {
	http.ResponseWriter
	marker  *Marker
	head    bool
	status  int
	decided bool
	page    *push // where the body goes, nil for straight on
	nowhere bool  // the body goes nowhere
}

// Unwrap is for http.ResponseController.
func (a *response) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *response) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		a.marker.unlink(a.Header())
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status != 0 {
		return
	}
	a.status = status
	if _, typed := a.Header()["Content-Type"]; typed || !hasBody(status) {
		a.decide(nil)
	}
}

func (a *response) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if !a.decided {
		a.decide(b)
	}
	switch {
	case a.nowhere:
		return len(b), nil
	case a.page != nil:
		return a.page.Write(b)
	}
	return a.ResponseWriter.Write(b)
}

// FlushError sends what there is.
func (a *response) FlushError() error {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if !a.decided {
		a.decide(nil)
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Flush is for those who ask for an http.Flusher.
func (a *response) Flush() { _ = a.FlushError() }

// Hijack is for those who ask for an http.Hijacker.
func (a *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// decide sends the header and settles what happens to the body, of which first
// is the beginning.
func (a *response) decide(first []byte) {
	a.decided = true
	h := a.Header()
	if _, typed := h["Content-Type"]; !typed && len(first) > 0 && h.Get("Content-Encoding") == "" {
		h.Set("Content-Type", http.DetectContentType(first)) // as net/http would
	}
	_, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	media, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	media = strings.TrimSpace(media)
	switch {
	case a.status == http.StatusNotModified && (media == "text/html" || media == ""):
		weaken(h)
	case media != "text/html" || !hasBody(a.status) || a.status == http.StatusPartialContent:
	case !plain(h):
		h.Set(SkippedHeader, "content-encoding")
	default:
		charset := strings.ToLower(params["charset"])
		if utf16[charset] || escaping[charset] {
			h.Set(SkippedHeader, "charset")
			break
		}
		weaken(h)
		a.marker.unlink(h)
		for _, name := range []string{"Content-Length", "Accept-Ranges", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest"} {
			h.Del(name)
		}
		// The length that net/http would give to the answer to a HEAD is another page's.
		if a.nowhere = a.head; !a.head {
			a.page = a.marker.push(a.ResponseWriter, charset)
		}
	}
	a.ResponseWriter.WriteHeader(a.status)
}

// finish is for an answer that next has given whole.
func (a *response) finish() {
	if a.status != 0 && !a.decided {
		a.decide(nil)
	}
	if a.page != nil {
		_ = a.page.Close() // whoever was to read it is gone
	}
}

// stop is for the end, however it came.
func (a *response) stop() {
	if a.page != nil {
		a.page.stop()
	}
}

func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// plain reports whether the body is not encoded.
func plain(h http.Header) bool {
	for _, e := range h.Values("Content-Encoding") {
		if e != "" && !strings.EqualFold(e, "identity") {
			return false
		}
	}
	return true
}

// weaken makes a strong ETag a weak one: the page means the same, and its bytes
// are others.
func weaken(h http.Header) {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) {
		h.Set("Etag", "W/"+tag)
	}
}
