package console

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

// maxForm is the largest body of a form in bytes: a draft with all its texts fits
// several times.
const maxForm = 1 << 20

// form is what a page's form sent.
type form struct{ values url.Values }

// readForm reads the body of a form; the address's query is no part of it.
//
// Faults: Unsupported for another media type, TooLarge, Malformed for what is not
// in UTF-8 or does not arrive whole.
func readForm(c echo.Context) (form, error) {
	r := c.Request()
	media, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationForm {
		return form{}, fault.New(fault.Unsupported, "this address takes what its own form sends")
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return form{}, fault.New(fault.TooLarge, "the form is larger than %d bytes", maxForm)
		}
		return form{}, fault.Wrap(fault.Malformed, err, "the form did not arrive whole")
	}
	for key, values := range r.PostForm {
		for _, v := range values {
			if !utf8.ValidString(key) || !utf8.ValidString(v) {
				return form{}, fault.New(fault.Malformed, "the form is not in UTF-8")
			}
		}
	}
	return form{r.PostForm}, nil
}

// text returns a field without the white space around it, its lines ended by \n;
// "" where it is missing.
func (f form) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.values.Get(name), "\r\n", "\n"))
}

// secret returns a field as it was typed.
func (f form) secret(name string) string { return f.values.Get(name) }

// ticked reports whether a checkbox was.
func (f form) ticked(name string) bool { return f.values.Get(name) != "" }

// all returns every value of a field.
func (f form) all(name string) []string { return f.values[name] }

// lines returns a field's lines that are not empty.
func (f form) lines(name string) []string {
	var out []string
	for line := range strings.SplitSeq(f.text(name), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
