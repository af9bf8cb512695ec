package consent

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// entryFormat is the first byte of a packed entry.
const entryFormat = 1

// actions in the order of their packed numbers, from 1. Only ever append.
var actions = []Action{AcceptAll, RejectAll, Save, Withdraw, Signal}

// PackEntry returns an entry as it is stored, without site, visitor and id,
// which are part of where it is stored. Vendors are kept as the two sets of
// indices of l and get their names back from the site's own list: an index is
// never given to another vendor. With 20 vendors, a page and an origin that is
// about 85 bytes; the names alone would be 250, and history lives in memory
// where the store is Redis. The revision's hash is kept whole, so that an entry
// proves by itself what the visitor was shown.
//
//	format 1 | uvarint sequence | uvarint revision | recordedAt 6 | varint at−recordedAt in ms |
//	action | layer | language, page, origin, revisionHash each as uvarint length and bytes | asked n | granted n
func PackEntry(e Entry, l Layer) ([]byte, error) {
	action := slices.Index(actions, e.Action) + 1
	if action == 0 || e.Layer < 0 || e.Layer > 255 || e.Revision < 0 {
		return nil, fmt.Errorf("cannot pack a decision with action %q, layer %d, revision %d", e.Action, e.Layer, e.Revision)
	}
	b := append(make([]byte, 0, 128), entryFormat)
	b = binary.AppendUvarint(b, uint64(e.Sequence))
	b = binary.AppendUvarint(b, uint64(e.Revision))
	b = appendMillis(b, e.RecordedAt)
	b = binary.AppendVarint(b, e.At.UnixMilli()-e.RecordedAt.UnixMilli())
	b = append(b, byte(action), byte(e.Layer))
	for _, s := range []string{e.Language, e.Page, e.Origin, packHash(e.RevisionHash)} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = append(b, l.Asked...)
	b = append(b, l.Granted...)
	return append(b, make([]byte, len(l.Asked)-len(l.Granted))...), nil
}

// UnpackEntry reads a packed entry; namesOf returns the site's vendors by
// index, at least those asked about. It never panics, whatever the bytes.
func UnpackEntry(b []byte, key string, visitor, id uuid.UUID, namesOf func(asked Bits) ([]string, error)) (Entry, error) {
	r := reader{b: b}
	if format := r.byte(); format != entryFormat {
		return Entry{}, fmt.Errorf("a recorded decision has an unknown format (%d)", format)
	}
	e := Entry{Site: key}
	e.ID, e.Visitor = id, visitor
	e.Sequence = uint32(r.uvarint())
	e.Revision = int(r.uvarint())
	e.RecordedAt = millis(r.take(6))
	e.At = e.RecordedAt.Add(time.Duration(r.varint()) * time.Millisecond)
	action := int(r.byte())
	e.Layer = int(r.byte())
	e.Language, e.Page, e.Origin = r.text(), r.text(), r.text()
	e.RevisionHash = unpackHash(r.text())
	if r.short || action < 1 || action > len(actions) || len(r.b)%2 != 0 {
		return Entry{}, errors.New("a recorded decision is damaged")
	}
	e.Action = actions[action-1]
	asked, granted := Bits(r.b[:len(r.b)/2]), Bits(r.b[len(r.b)/2:])
	names, err := namesOf(asked)
	if err != nil {
		return Entry{}, err
	}
	e.Granted, e.Denied = []string{}, []string{}
	for i := range asked.Indices {
		if granted.Has(i) {
			e.Granted = append(e.Granted, names[i])
		} else {
			e.Denied = append(e.Denied, names[i])
		}
	}
	return e, nil
}

// packHash halves a lower-case hexadecimal hash; anything else keeps its text
// behind a zero byte, which no shorter spelling needs.
func packHash(s string) string {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) == 0 || hex.EncodeToString(raw) != s {
		return "\x00" + s
	}
	return "\x01" + string(raw)
}

func unpackHash(s string) string {
	if s == "" {
		return ""
	}
	if s[0] == 1 {
		return hex.EncodeToString([]byte(s[1:]))
	}
	return s[1:]
}

// reader takes values off a packed entry; short is set once bytes were missing.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, min(max(n, 0), 8))
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) byte() byte   { return r.take(1)[0] }
func (r *reader) text() string { return string(r.take(int(min(r.uvarint(), 1<<20)))) }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.skip(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.short, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}

// Names gives vendor indices their ids back, for stores: what a site's record
// says, read again only when an index is met that was not there before.
type Names struct {
	sites site.Store
	mu    sync.RWMutex
	known map[string][]string
}

// NewNames returns the names of the sites that a store keeps.
func NewNames(sites site.Store) *Names {
	return &Names{sites: sites, known: map[string][]string{}}
}

// Of returns the site's vendors by index, at least as many as asked names.
// Errors are the store's own; an index that the site never gave is Internal.
func (n *Names) Of(ctx context.Context, key string, asked Bits) ([]string, error) {
	n.mu.RLock()
	names := n.known[key]
	n.mu.RUnlock()
	if missing(names, asked) < 0 {
		return names, nil
	}
	record, _, err := n.sites.Site(ctx, key)
	if err != nil {
		return nil, err
	}
	names = nil
	for id, i := range record.Indices {
		for len(names) <= i {
			names = append(names, "")
		}
		names[i] = id
	}
	if i := missing(names, asked); i >= 0 {
		return nil, fault.New(fault.Internal, "site %s has no vendor with index %d", key, i)
	}
	n.mu.Lock()
	n.known[key] = names
	n.mu.Unlock()
	return names, nil
}

// Unpack reads a packed entry of a site. Errors are those of Of, and for bytes
// that cannot be read.
func (n *Names) Unpack(ctx context.Context, b []byte, key string, visitor, id uuid.UUID) (Entry, error) {
	return UnpackEntry(b, key, visitor, id, func(asked Bits) ([]string, error) { return n.Of(ctx, key, asked) })
}

// missing returns the first index of asked that has no name, -1 for none.
func missing(names []string, asked Bits) int {
	for i := range asked.Indices {
		if i >= len(names) || names[i] == "" {
			return i
		}
	}
	return -1
}
