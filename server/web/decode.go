package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

const (
	// maxDepth is how deep a document may nest; the outermost object is depth 1.
	maxDepth = 8
	// maxFields bounds the answer to a body that is wrong throughout.
	maxFields = 50
)

// Decode reads a request's body of at most limit bytes into v, a pointer to a
// struct. It is the only way a body gets in.
//
// Faults: Unsupported for a media type other than application/json and
// text/plain (a closing page sends the latter, since it needs no preflight) or
// for a compressed body; TooLarge, without reading further; Malformed and
// Invalid as Parse says.
func Decode(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	if err := acceptable(r.Header); err != nil {
		return err
	}
	tooLarge := fault.New(fault.TooLarge, "the body is larger than %d bytes", limit)
	if r.ContentLength > limit {
		return tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge
		}
		return fault.Wrap(fault.Malformed, err, "the body did not arrive whole and in time")
	}
	return Parse(body, v)
}

func acceptable(h http.Header) error {
	for _, e := range h.Values("Content-Encoding") {
		if !strings.EqualFold(e, "identity") {
			return fault.New(fault.Unsupported, "bodies are not compressed here")
		}
	}
	wrong := fault.New(fault.Unsupported, "send application/json, or text/plain with the same JSON, in UTF-8")
	types := h.Values("Content-Type")
	if len(types) != 1 {
		return wrong
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || (media != "application/json" && media != "text/plain") {
		return wrong
	}
	if cs, ok := params["charset"]; ok && !strings.EqualFold(cs, "utf-8") {
		return wrong
	}
	return nil
}

// Parse reads one JSON document into v, a pointer to a struct.
//
// Malformed: not UTF-8, not exactly one JSON object, an unpaired surrogate, a
// key that is unknown, written in another case or there twice, deeper than 8.
// Invalid: a value of another type than v's field has, null included; all of
// them are named at once.
func Parse(body []byte, v any) error {
	var fields []fault.Field
	err := strictjson.Unmarshal(body, v, maxDepth, func(p strictjson.Problem) error {
		switch {
		case p.What == strictjson.Twice:
			return fault.New(fault.Malformed, "%s stands there twice", clip(p.Path))
		case p.What == strictjson.Unknown:
			return fault.New(fault.Malformed, "%s is not a key that is known here", clip(p.Path))
		case p.Path == "":
			return fault.New(fault.Malformed, "the body is not a JSON object")
		case len(fields) < maxFields:
			fields = append(fields, fault.Field{Path: p.Path, Reason: "must be " + p.Want})
		}
		return nil
	})
	if _, ok := errors.AsType[*strictjson.Error](err); ok {
		return fault.New(fault.Malformed, "the body cannot be read: %v", err)
	}
	if err != nil {
		return err
	}
	return fault.InvalidFields("fields are of another type than expected", fields)
}

// clip keeps what a caller wrote short enough to be quoted back.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
