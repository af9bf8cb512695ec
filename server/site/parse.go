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
			fields = append(fields, reason(p).Field(cmp.Or(p.Path, "/")))
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
func reason(p strictjson.Problem) fault.Words {
	switch {
	case p.What == strictjson.Twice:
		return fault.Say("is written twice; keep one", "二度書かれています。一つだけ残してください")
	case p.What == strictjson.Unknown:
		return fault.Say("is not a known key%s", "このキーはありません%s",
			didYouMean(p.Key, p.Known, fault.Words{En: "; known here: ", Ja: "。ここで使えるもの："}))
	case p.Got == "null":
		return fault.Say("must not be null; leave the key out instead", "nullは使えません。キーごと取り除いてください")
	}
	switch p.Want {
	case "a string":
		return fault.Say("must be a text in quotes", "引用符で囲んだ文字列にしてください")
	case "a list":
		return fault.Say("must be a list in square brackets", "角かっこ [ ] で囲んだ配列にしてください")
	case "an object":
		return fault.Say("must be an object in braces", "波かっこ { } で囲んだオブジェクトにしてください")
	}
	return fault.Say("must be %s", "%s", wanted(p.Want))
}

// wanted is the kind of a value that stands alone.
func wanted(kind string) fault.Words {
	ja := "ほかの型の値にしてください"
	switch kind {
	case "true or false":
		ja = "trueかfalseにしてください"
	case "a whole number":
		ja = "整数にしてください"
	case "a number":
		ja = "数値にしてください"
	}
	return fault.Words{En: kind, Ja: ja}
}
