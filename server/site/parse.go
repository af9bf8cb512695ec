package site

import (
	"cmp"
	"io"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// Limits of a site's file.
const (
	MaxBytes  = 1 << 20
	maxDepth  = 32
	maxFields = 50 // faults told at once; more would hide the first ones
)

// Parse reads one site.json. It is stricter than encoding/json: unknown keys,
// keys written twice, null, trailing bytes and a wrong case ("Key") are faults,
// because each of them is a setting that somebody believes to be in force.
//
// Settings that are left out get their defaults here (default opt-in, six
// months), so that an explicit zero stays a mistake that Validate reports.
// Errors are TooLarge, Malformed (with line and column) or Invalid with fields.
func Parse(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Document{}, fault.Wrap(fault.Malformed, err, "the site's file cannot be read")
	}
	if len(data) > MaxBytes {
		return Document{}, fault.New(fault.TooLarge, "the site's file is larger than 1 MiB")
	}
	doc := Document{Default: OptIn, ExpiryMonths: DefaultExpiryMonths}
	var fields []fault.Field
	err = strictjson.Unmarshal(data, &doc, maxDepth, func(p strictjson.Problem) error {
		if len(fields) < maxFields {
			fields = append(fields, fault.Field{Path: cmp.Or(p.Path, "/"), Reason: reason(p)})
		}
		return nil
	})
	if err != nil {
		return Document{}, fault.New(fault.Malformed, "%v", err)
	}
	if err := fault.InvalidFields("the site's file breaks a rule", fields); err != nil {
		return Document{}, err
	}
	return doc, nil
}

// reason says to whoever wrote the file what to change.
func reason(p strictjson.Problem) string {
	switch {
	case p.What == strictjson.Twice:
		return "is written twice; keep one"
	case p.What == strictjson.Unknown:
		return "is not a known key" + didYouMean(p.Key, p.Known, "; known here: ")
	case p.Got == "null":
		return "must not be null; leave the key out instead"
	}
	switch p.Want {
	case "a string":
		return "must be a text in quotes"
	case "a list":
		return "must be a list in square brackets"
	case "an object":
		return "must be an object in braces"
	}
	return "must be " + p.Want
}
