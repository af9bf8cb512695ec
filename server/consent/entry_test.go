package consent

import (
	"context"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"pgregory.net/rapid"
)

var (
	aVisitor = uuid.MustParse("9f4c8a52-13c1-4f6e-8b2a-0d6d5b1c7e11")
	anID     = uuid.MustParse("01930a4e-5b6c-7d8e-9f00-112233445566")
	aTime    = time.Date(2026, 11, 21, 9, 0, 0, 123e6, time.UTC)
)

// vendorNames returns n names; index 2 was never given to anybody.
func vendorNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		if i != 2 {
			names[i] = "vendor-" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "-" + hex.EncodeToString([]byte{byte(i)})
		}
	}
	return names
}

// of answers with the same names whatever is asked.
func of(names []string) func(Bits) ([]string, error) {
	return func(Bits) ([]string, error) { return names, nil }
}

// entryWith returns an entry and its layer as the recorder would prepare them.
func entryWith(names []string, asked, granted Bits) (Entry, Layer) {
	e := Entry{
		Decision: Decision{ID: anID, Visitor: aVisitor, Sequence: 4, Revision: 3, Action: Save, Granted: []string{}, Denied: []string{},
			Language: "ja", Layer: 2, At: aTime.Add(-1500 * time.Millisecond), Page: "/cart/レジ"},
		Site: "shop", RecordedAt: aTime, RevisionHash: strings.Repeat("0123456789abcdef", 4), Origin: "https://www.example.jp",
	}
	for i := range asked.Indices {
		if granted.Has(i) {
			e.Granted = append(e.Granted, names[i])
		} else {
			e.Denied = append(e.Denied, names[i])
		}
	}
	return e, Layer{ID: anID, Sequence: 4, Revision: 3, RecordedAt: aTime, Asked: asked, Granted: granted}
}

func TestEntryPack(t *testing.T) {
	names := vendorNames(40)
	rapid.Check(t, func(t *rapid.T) {
		var asked, granted Bits
		for _, i := range rapid.SliceOfN(rapid.IntRange(3, 39), 1, 30).Draw(t, "asked") {
			asked = asked.Set(i)
			if rapid.Bool().Draw(t, "granted") {
				granted = granted.Set(i)
			}
		}
		e, l := entryWith(names, asked, granted)
		e.Sequence = rapid.Uint32().Draw(t, "sequence")
		e.Revision = rapid.IntRange(0, 1<<31).Draw(t, "revision")
		e.Action = rapid.SampledFrom(actions).Draw(t, "action")
		e.At = time.UnixMilli(rapid.Int64Range(1577836800000, 4133980799999).Draw(t, "at")).UTC()
		e.Page = rapid.String().Draw(t, "page")
		e.Origin = rapid.SampledFrom([]string{"", "http://127.0.0.1:9100"}).Draw(t, "origin")
		e.RevisionHash = rapid.SampledFrom([]string{"", "ff00", "FF00", "abc", "not a hash"}).Draw(t, "hash")
		b, err := PackEntry(e, l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := UnpackEntry(b, "shop", aVisitor, anID, of(names))
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, e)
		}
	})
}

// TestEntrySize holds the reason for indices instead of names.
func TestEntrySize(t *testing.T) {
	names := vendorNames(23)
	var asked, granted Bits
	for i := 3; i < 23; i++ {
		asked = asked.Set(i)
		if i%2 == 0 {
			granted = granted.Set(i)
		}
	}
	e, l := entryWith(names, asked, granted)
	b, err := PackEntry(e, l)
	if err != nil {
		t.Fatal(err)
	}
	const recordHead = 18 // what a store adds: the id and a length
	if n := len(b) + recordHead; n > 120 {
		t.Errorf("a decision on 20 vendors takes %d bytes in the history, more than 120", n)
	}
}

// TestEntryFormat pins the bytes, which lie in stores for months.
func TestEntryFormat(t *testing.T) {
	e, l := entryWith(vendorNames(12), setOf(0, 11), setOf(11))
	e.RevisionHash, e.Page = "00ff", "/"
	b, err := PackEntry(e, l)
	if err != nil {
		t.Fatal(err)
	}
	const want = "01" + "04" + "03" + "01a1fd557afb" + "b717" + "03" + "02" + "026a61" + "012f" +
		"1668747470733a2f2f7777772e6578616d706c652e6a70" + "0301" + "00ff" + "0108" + "0008"
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPackEntryRefuses(t *testing.T) {
	e, l := entryWith(vendorNames(4), setOf(0), nil)
	e.Action = "shrug"
	if _, err := PackEntry(e, l); err == nil {
		t.Error("an unknown action was packed")
	}
}

func TestUnpackEntryRefuses(t *testing.T) {
	names := vendorNames(12)
	e, l := entryWith(names, setOf(0, 11), setOf(11))
	good, err := PackEntry(e, l)
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if got, err := UnpackEntry(good[:n], "shop", aVisitor, anID, of(names)); err == nil && reflect.DeepEqual(got, e) {
			t.Errorf("%d of %d bytes were read as the whole", n, len(good))
		}
	}
	if _, err := UnpackEntry(append([]byte{9}, good[1:]...), "shop", aVisitor, anID, of(names)); err == nil {
		t.Error("a newer format was read")
	}
	unknown := errors.New("no such vendor")
	_, err = UnpackEntry(good, "shop", aVisitor, anID, func(Bits) ([]string, error) { return nil, unknown })
	if !errors.Is(err, unknown) {
		t.Errorf("without names: %v", err)
	}
}

func FuzzUnpackEntry(f *testing.F) {
	names := vendorNames(40)
	e, l := entryWith(names, setOf(0, 11), setOf(11))
	if b, err := PackEntry(e, l); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = UnpackEntry(b, "shop", aVisitor, anID, func(asked Bits) ([]string, error) {
			if i := missing(names, asked); i >= 0 {
				return nil, errors.New("no such vendor")
			}
			return names, nil
		})
	})
}

// indexedSites is a site.Store of which only Site is ever called.
type indexedSites struct {
	site.Store
	indices map[string]int
	reads   int
}

func (s *indexedSites) Site(_ context.Context, key string) (site.Record, uint64, error) {
	s.reads++
	if key != "shop" {
		return site.Record{}, 0, fault.New(fault.NotFound, "no such site")
	}
	return site.Record{Key: key, Indices: s.indices}, 1, nil
}

func TestNames(t *testing.T) {
	sites := &indexedSites{indices: map[string]int{"a": 0, "b": 2}}
	names := NewNames(sites)
	namesOf := func(key string, asked Bits) ([]string, error) { return names.Of(t.Context(), key, asked) }

	for range 3 {
		if got, err := namesOf("shop", setOf(0, 2)); err != nil || !reflect.DeepEqual(got, []string{"a", "", "b"}) {
			t.Fatalf("%v, %v", got, err)
		}
	}
	if sites.reads != 1 {
		t.Errorf("the site was read %d times for the same vendors", sites.reads)
	}
	if _, err := namesOf("shop", setOf(1)); fault.KindOf(err) != fault.Internal {
		t.Errorf("an index that nobody has: %v", err)
	}
	sites.indices["c"] = 3
	if got, err := namesOf("shop", setOf(3)); err != nil || got[3] != "c" {
		t.Errorf("a vendor that came in later: %v, %v", got, err)
	}
	if _, err := namesOf("other", setOf(0)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a site that is not there: %v", err)
	}
}
