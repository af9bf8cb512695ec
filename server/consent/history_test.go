package consent

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// appendAll packs a history.
func appendAll(t *testing.T, ids []uuid.UUID, entries [][]byte) []byte {
	t.Helper()
	var history []byte
	for i, id := range ids {
		var err error
		if history, err = AppendHistory(history, id, entries[i]); err != nil {
			t.Fatal(err)
		}
	}
	return history
}

// TestHistoryFormat pins the bytes: scripts in stores and values on disk rely on them.
func TestHistoryFormat(t *testing.T) {
	history := appendAll(t, []uuid.UUID{idFrom(1), idFrom(2)}, [][]byte{{0xaa, 0xbb}, {}})
	const want = "0002" + "01930000000170008000000000000001" + "aabb" + "0000" + "01930000000270008000000000000002"
	if got := hex.EncodeToString(history); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := AppendHistory(nil, idFrom(1), make([]byte, math.MaxUint16+1)); err == nil {
		t.Error("a decision was kept whose length cannot be written")
	}
}

// TestFindHistory: an id counts where an id stands, and nowhere else.
func TestFindHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.SliceOfNDistinct(rapid.ByteRange(1, 20), 1, 6, rapid.ID[byte]).Draw(rt, "ids")
		var ids []uuid.UUID
		var entries [][]byte
		for _, n := range numbers {
			hidden := idFrom(rapid.ByteRange(1, 20).Draw(rt, "hidden"))
			around := rapid.SliceOfN(rapid.Byte(), 0, 5)
			ids = append(ids, idFrom(n))
			entries = append(entries, append(append(around.Draw(rt, "before"), hidden[:]...), around.Draw(rt, "after")...))
		}
		history := appendAll(t, ids, entries)
		for n := byte(1); n <= 20; n++ {
			got, err := FindHistory(history, idFrom(n))
			var want []byte
			for i, have := range numbers {
				if have == n {
					want = entries[i]
				}
			}
			if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				rt.Fatalf("id %d: %x, not %x, %v", n, got, want, err)
			}
		}
	})
}

func TestUnpackHistory(t *testing.T) {
	names := vendorNames(12)
	indices := map[string]int{}
	for i, name := range names {
		if name != "" {
			indices[name] = i
		}
	}
	known := NewNames(&indexedSites{indices: indices})
	var history []byte
	for i, n := range []byte{5, 9, 1} {
		e, l := entryWith(names, setOf(0, 11), setOf(11))
		e.Sequence = []uint32{7, 2, 2}[i]
		packed, err := PackEntry(e, l)
		if err != nil {
			t.Fatal(err)
		}
		if history, err = AppendHistory(history, idFrom(n), packed); err != nil {
			t.Fatal(err)
		}
	}
	all, err := known.UnpackHistory(t.Context(), history, "shop", aVisitor)
	if err != nil || len(all) != 3 || all[0].ID != idFrom(1) || all[1].ID != idFrom(9) || all[2].ID != idFrom(5) {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := known.UnpackHistory(t.Context(), history, "other", aVisitor); err == nil {
		t.Error("unpacked without names")
	}
	for n := 1; n < len(history); n++ {
		if all, err := known.UnpackHistory(t.Context(), history[:n], "shop", aVisitor); err == nil && len(all) == 3 {
			t.Errorf("%d of %d bytes were read as the whole", n, len(history))
		}
	}
}
