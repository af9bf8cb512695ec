// Package fault gives every error that may reach a person a kind and words.
//
// Domain packages return faults; the edges (web, cmd) turn a kind into an HTTP
// status or an exit code in one place each. An error that is not a fault is
// Internal: it is logged, and the person sees no more than that.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of thing went wrong, in the domain's terms.
type Kind uint8

const (
	Internal    Kind = iota // our own mistake; details are for the log alone
	Malformed               // cannot be read at all
	Invalid                 // was read, but fields break a rule; see Error.Fields
	NotFound                // no such thing
	Forbidden               // the caller may not
	Conflict                // what the caller built on has changed or been retired
	TooLarge                // beyond a documented limit
	Unsupported             // a media type or encoding that is not accepted
	Throttled               // too many; see Error.RetryAfter
	Unavailable             // a part that is needed is away; see Error.RetryAfter
)

// Field names one value that breaks a rule. Path is the way to it in the
// document that was given, in the style of JSON Pointer ("/vendors/3/id");
// Reason is a sentence for whoever wrote the document.
type Field struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	// ReasonJa is the same sentence in Japanese, where there is one.
	ReasonJa string `json:"reasonJa,omitempty"`
}

// String is the field on one line, in both languages where there are two.
func (f Field) String() string {
	if f.ReasonJa != "" {
		return f.Path + ": " + f.Reason + " / " + f.ReasonJa
	}
	return f.Path + ": " + f.Reason
}

// Error is an error with a kind. Detail is written for the person who caused
// it and carries no secret and nothing of another visitor.
type Error struct {
	Kind       Kind
	Detail     string
	Fields     []Field
	RetryAfter time.Duration // for Throttled and Unavailable; 0: not known
	Err        error         // the cause, for the log
}

// New returns an error of the given kind.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

// Wrap returns an error of the given kind whose cause goes to the log only.
func Wrap(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...), Err: cause}
}

// InvalidFields returns an Invalid error, or nil when there are no fields.
func InvalidFields(detail string, fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Detail: detail, Fields: fields}
}

func (e *Error) Error() string {
	s := e.Detail
	for _, f := range e.Fields {
		s += "\n  " + f.String()
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first fault in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
