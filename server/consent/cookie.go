package consent

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sekisho/sekisho/server/site"
)

// CookieName names the cookie, and the key of its mirror in localStorage.
const CookieName = "sekisho"

const (
	// cookieFormat is the first byte of the value. A value of another format is
	// not ours to read, nor to delete: a newer Sekisho may have written it.
	cookieFormat = 1
	// maxCookie is the most characters that are looked at: browsers drop
	// cookies of more than 4,096 bytes, name and attributes included.
	maxCookie = 3000
)

// cookieEncoding is base64url without padding: a cookie's value needs no quoting.
var cookieEncoding = base64.RawURLEncoding

// Cookie is what a visitor's own browser remembers: all of its decisions, merged.
//
// The value is base64url of: format 0x01, the visitor's 16 bytes, then unsigned
// varints: sequence, revision, time (Unix seconds), n, followed by n bytes of
// Granted, and, only when something is unanswered, their count and their
// indices, the first as it is and each later one as the distance from its
// predecessor. The same in widget/src/consent/cookie.ts; testdata/cookie.json
// holds both together.
type Cookie struct {
	Visitor  uuid.UUID // UUIDv4
	Sequence uint32    // of the newest decision, from 1
	Revision uint32    // under which everything not in Unanswered is answered
	At       time.Time // of the newest decision, in seconds, by the browser's clock
	Granted  Bits
	// Unanswered are indices of the revision's vendors that no decision
	// answers for, ascending. They are few: vendors that came in later.
	Unanswered []int
}

// Encode returns the cookie's value.
func (c Cookie) Encode() string {
	granted := c.Granted.Trim()
	b := make([]byte, 0, 40+len(granted)+2*len(c.Unanswered))
	b = append(b, cookieFormat)
	b = append(b, c.Visitor[:]...)
	b = binary.AppendUvarint(b, uint64(c.Sequence))
	b = binary.AppendUvarint(b, uint64(c.Revision))
	b = binary.AppendUvarint(b, uint64(min(max(c.At.Unix(), 0), math.MaxUint32)))
	b = binary.AppendUvarint(b, uint64(len(granted)))
	b = append(b, granted...)
	if len(c.Unanswered) > 0 {
		indices := slices.Compact(slices.Sorted(slices.Values(c.Unanswered)))
		b = binary.AppendUvarint(b, uint64(len(indices)))
		before := 0
		for _, index := range indices {
			b = binary.AppendUvarint(b, uint64(index-before))
			before = index
		}
	}
	return cookieEncoding.EncodeToString(b)
}

// DecodeCookie reads a cookie's value. It never panics, and what it cannot read
// counts as no decision at all: another format or alphabet, a visitor that is
// no UUIDv4, a value cut off or with bytes to spare. It lets pass what says the
// same in more bytes, since the script in the page has none to refuse it with.
func DecodeCookie(value string) (c Cookie, ok bool) {
	if len(value) > maxCookie || strings.ContainsAny(value, "\r\n") { // which base64 skips
		return Cookie{}, false
	}
	b, err := cookieEncoding.DecodeString(value)
	if err != nil || len(b) < 17 || b[0] != cookieFormat {
		return Cookie{}, false
	}
	c.Visitor = uuid.UUID(b[1:17])
	if c.Visitor.Version() != 4 || c.Visitor.Variant() != uuid.RFC4122 {
		return Cookie{}, false
	}
	r := cookieReader{b[17:], true}
	c.Sequence = r.number()
	c.Revision = r.number()
	c.At = time.Unix(int64(r.number()), 0).UTC()
	c.Granted = Bits(r.bytes(r.number())).Trim()
	if len(r.rest) > 0 {
		index := 0
		for left := r.number(); left > 0 && r.ok; left-- {
			index += int(r.number())
			c.Unanswered = append(c.Unanswered, index)
		}
		c.Unanswered = slices.Compact(c.Unanswered)
	}
	if !r.ok || len(r.rest) > 0 || c.Sequence == 0 {
		return Cookie{}, false
	}
	return c, true
}

// cookieReader reads numbers until something is wrong, and then nothing more.
type cookieReader struct {
	rest []byte
	ok   bool
}

// number reads an unsigned varint of at most 32 bits, with or without zeros above them.
func (r *cookieReader) number() uint32 {
	var n uint64
	for i, b := range r.rest {
		if b&127 != 0 {
			n |= uint64(b&127) << min(7*i, 35)
		}
		if n > math.MaxUint32 {
			break
		}
		if b < 128 {
			r.rest = r.rest[i+1:]
			return uint32(n)
		}
	}
	*r = cookieReader{}
	return 0
}

func (r *cookieReader) bytes(n uint32) []byte {
	if uint64(n) > uint64(len(r.rest)) {
		*r = cookieReader{}
		return nil
	}
	b := slices.Clone(r.rest[:n])
	r.rest = r.rest[n:]
	return b
}

// CookieFrom returns the cookie of a visitor whose state the service holds,
// as the visitor's browser would have written it under the revision.
func CookieFrom(rev *site.Revision, visitor uuid.UUID, s State) Cookie {
	c := Cookie{Visitor: visitor, Revision: uint32(rev.Number)}
	if len(s.Layers) > 0 {
		newest := s.Layers[0]
		c.Sequence, c.At = newest.Sequence, newest.RecordedAt.Truncate(time.Second)
	}
	answers := s.answers(rev.Document.ExpiryMonths)
	for i := range rev.Vendors {
		v := &rev.Vendors[i]
		answer, answered := answers(v.Index)
		switch {
		case v.Necessary():
		case !answered || v.Since > answer.revision:
			c.Unanswered = append(c.Unanswered, v.Index)
		case answer.granted:
			c.Granted = c.Granted.Set(v.Index)
		}
	}
	slices.Sort(c.Unanswered)
	return c
}
