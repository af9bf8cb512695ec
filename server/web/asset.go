package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Asset is a file that is served from memory. Gzip and Brotli are nil where
// compressing did not pay.
type Asset struct {
	ContentType  string
	CacheControl string
	// Tag is a hash of the content, in characters of a token. The strong ETags
	// of the encodings derive from it: they differ, since the bytes do (RFC 9110, 8.8.3.3).
	Tag                    string
	Identity, Gzip, Brotli []byte
}

// NewAsset returns content ready to be served, compressed once.
func NewAsset(contentType, cache string, content []byte) Asset {
	sum := sha256.Sum256(content)
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = z.Write(content)                               // a buffer takes all
	_ = z.Close()
	return Asset{ContentType: contentType, CacheControl: cache, Tag: hex.EncodeToString(sum[:16]), Identity: content, Gzip: b.Bytes()}
}

// Serve answers GET and HEAD, and 304 for If-None-Match. Nothing else of the
// request but Accept-Encoding has a say in the bytes.
func (a Asset) Serve(c echo.Context) error {
	body, encoding := a.Identity, ""
	br, gz := acceptedEncodings(c.Request().Header.Values("Accept-Encoding"))
	switch {
	case a.Brotli != nil && br > 0 && (br >= gz || a.Gzip == nil):
		body, encoding = a.Brotli, "br"
	case a.Gzip != nil && gz > 0:
		body, encoding = a.Gzip, "gzip"
	}
	etag := `"` + a.Tag + `"`
	h := c.Response().Header()
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	h.Set(echo.HeaderCacheControl, a.CacheControl)
	if encoding != "" {
		etag = `"` + a.Tag + "-" + encoding + `"`
	}
	h.Set("ETag", etag)
	if matchesETag(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	if encoding != "" {
		h.Set(echo.HeaderContentEncoding, encoding)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, a.ContentType, body)
}

// acceptedEncodings returns the weights of br and gzip, 0 for unacceptable
// (RFC 9110, 12.5.3). Identity is always served to whoever takes neither.
func acceptedEncodings(values []string) (br, gz float64) {
	any, hasBr, hasGz := 0.0, false, false
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		q := weight(params)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			br, hasBr = q, true
		case "gzip", "x-gzip":
			gz, hasGz = q, true
		case "*":
			any = q
		}
	}
	if !hasBr {
		br = any
	}
	if !hasGz {
		gz = any
	}
	return br, gz
}

// weight reads ";q=0.5"; 1 where there is none, 0 where it cannot be read.
func weight(params string) float64 {
	name, value, ok := strings.Cut(params, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}

// matchesETag compares weakly, as If-None-Match asks (RFC 9110, 13.1.2).
func matchesETag(values []string, etag string) bool {
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}
