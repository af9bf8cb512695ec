package catalogue

import (
	"errors"
	"fmt"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// maxDepth is how deep a catalogue's file may nest; an entry needs four.
const maxDepth = 8

// decode reads one JSON document into the value that into points at, with the
// strictness of strictjson. Malformed faults name line and column, Invalid ones
// the fields.
func decode(data []byte, into any) error {
	var fields []fault.Field
	err := strictjson.Unmarshal(data, into, maxDepth, func(p strictjson.Problem) error {
		reason := fmt.Sprintf("must be %s, not %s", p.Want, p.Got)
		switch {
		case p.What == strictjson.Twice:
			reason = "is written twice"
		case p.What == strictjson.Unknown:
			reason = "is not a key of this object"
		case p.Got == "null":
			reason = "must not be null; leave the key out"
		}
		fields = append(fields, fault.Field{Path: p.Path, Reason: reason})
		return nil
	})
	if e, ok := errors.AsType[*strictjson.Error](err); ok {
		switch e.Kind {
		case strictjson.Empty:
			e.Reason = "unexpected EOF"
		case strictjson.More:
			e.Reason = "there is more after the end of the document"
		case strictjson.Deep:
			e.Reason = fmt.Sprintf("nested more than %d deep", maxDepth)
		}
	}
	if err != nil {
		return fault.New(fault.Malformed, "%v", err)
	}
	return fault.InvalidFields("the file does not have the shape of schema.json", fields)
}
