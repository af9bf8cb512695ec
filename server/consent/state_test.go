package consent

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// setOf returns the set of the given indices.
func setOf(indices ...int) Bits {
	var b Bits
	for _, i := range indices {
		b = b.Set(i)
	}
	return b
}

// idFrom returns an id that orders by n.
func idFrom(n byte) uuid.UUID {
	return uuid.UUID{0x01, 0x93, 0, 0, 0, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

// drawLayers draws layers with distinct ids, few sequences and few vendors, so
// that ties and overlaps are the rule.
func drawLayers(t *rapid.T) []Layer {
	ids := rapid.SliceOfNDistinct(rapid.Byte(), 1, 8, rapid.ID[byte]).Draw(t, "ids")
	layers := make([]Layer, len(ids))
	for i, id := range ids {
		asked := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 6).Draw(t, "asked")
		l := Layer{
			ID:         idFrom(id),
			Sequence:   rapid.Uint32Range(1, 4).Draw(t, "sequence"),
			Revision:   rapid.Uint32().Draw(t, "revision"),
			RecordedAt: time.UnixMilli(rapid.Int64Range(0, maxMillis).Draw(t, "at")).UTC(),
			Asked:      setOf(asked...),
		}
		for _, v := range asked {
			if rapid.Bool().Draw(t, "granted") {
				l.Granted = l.Granted.Set(v)
			}
		}
		layers[i] = l
	}
	return layers
}

func mergeAll(layers []Layer) State {
	var s State
	for _, l := range layers {
		s = s.Merge(l)
	}
	return s
}

// TestMerge holds Merge to its definition, whatever the order, and however
// often a layer comes.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layers := drawLayers(t)
		want := State{}
		sorted := slices.Clone(layers)
		slices.SortFunc(sorted, func(a, b Layer) int { return newer(a.Sequence, a.ID, b.Sequence, b.ID) })
		for i, l := range sorted {
			named := map[int]bool{}
			for _, above := range sorted[:i] {
				for v := range above.Asked.Indices {
					named[v] = true
				}
			}
			stays := false
			for v := range l.Asked.Indices {
				stays = stays || !named[v]
			}
			if stays {
				want.Layers = append(want.Layers, l)
			}
		}
		order := rapid.Permutation(layers).Draw(t, "order")
		again := rapid.SliceOf(rapid.SampledFrom(layers)).Draw(t, "again")
		if got := mergeAll(append(order, again...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

// TestMergeAnswers: the newest decision that names a vendor answers for it.
func TestMergeAnswers(t *testing.T) {
	first := Layer{ID: idFrom(1), Sequence: 1, Revision: 1, Asked: setOf(0, 1, 2), Granted: setOf(0, 1)}
	one := Layer{ID: idFrom(2), Sequence: 2, Revision: 2, Asked: setOf(1)}
	all := Layer{ID: idFrom(3), Sequence: 3, Revision: 2, Asked: setOf(0, 1, 2, 3), Granted: setOf(3)}
	late := Layer{ID: idFrom(9), Sequence: 1, Revision: 1, Asked: setOf(0, 2), Granted: setOf(0, 2)}

	if got := mergeAll([]Layer{first, one}); len(got.Layers) != 2 || got.Layers[0].ID != one.ID {
		t.Errorf("the newer layer must stand first beside the older one: %+v", got)
	}
	if got := mergeAll([]Layer{one, all, first}); len(got.Layers) != 1 || got.Layers[0].ID != all.ID {
		t.Errorf("a decision on everything replaces all: %+v", got)
	}
	if got := mergeAll([]Layer{all, late}); len(got.Layers) != 1 {
		t.Errorf("a late retry changed the state: %+v", got)
	}
	tied := mergeAll([]Layer{late, first})
	if granted := tied.Layers[0].Granted; tied.Layers[0].ID != late.ID || !granted.Has(2) {
		t.Errorf("with equal sequences the larger id must win: %+v", tied)
	}
}

func TestMergeLeavesItsInputAlone(t *testing.T) {
	base := mergeAll([]Layer{{ID: idFrom(1), Sequence: 1, Asked: setOf(0)}, {ID: idFrom(2), Sequence: 3, Asked: setOf(1)}})
	before := base.Pack()
	base.Merge(Layer{ID: idFrom(3), Sequence: 2, Asked: setOf(0, 1, 2)})
	if !bytes.Equal(base.Pack(), before) {
		t.Error("Merge wrote into the state that it was called on")
	}
}

func TestStatePack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := mergeAll(drawLayers(t))
		got, err := UnpackState(s.Pack())
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, s)
		}
	})
}

// TestStateFormat pins the bytes: scripts in stores and values on disk rely on them.
func TestStateFormat(t *testing.T) {
	s := mergeAll([]Layer{
		{ID: idFrom(1), Sequence: 7, Revision: 3, RecordedAt: time.UnixMilli(0x0102030405), Asked: setOf(0, 9), Granted: setOf(0)},
	})
	const want = "01" + "01930000000170008000000000000001" + "00000007" + "00000003" + "000102030405" + "0002" + "0102" + "0100"
	if got := hex.EncodeToString(s.Pack()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	twenty := State{}.Merge(Layer{ID: idFrom(1), Sequence: 1, Asked: setOf(0, 19), Granted: setOf(19)})
	if n := len(twenty.Pack()); n != 39 {
		t.Errorf("a visitor of a site with 20 vendors takes %d bytes, not 39", n)
	}
}

func TestUnpackStateRefuses(t *testing.T) {
	good := State{}.Merge(Layer{ID: idFrom(1), Sequence: 1, Asked: setOf(3), Granted: setOf(3)}).Pack()
	granting := slices.Clone(good)
	granting[len(granting)-1] = 0xff
	for name, b := range map[string][]byte{
		"nothing": {}, "newer format": append([]byte{2}, good[1:]...), "cut in the head": good[:20],
		"cut in the sets": good[:len(good)-1], "trailing byte": append(slices.Clone(good), 0), "grants more than asked": granting,
	} {
		if s, err := UnpackState(b); err == nil {
			t.Errorf("%s: read as %+v", name, s)
		}
	}
}

func FuzzUnpackState(f *testing.F) {
	f.Add(State{}.Merge(Layer{ID: idFrom(1), Sequence: 1, Asked: setOf(3, 17), Granted: setOf(3)}).Pack())
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := UnpackState(b)
		if err != nil {
			return
		}
		again, err := UnpackState(s.Pack())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%x: %+v, %v", b, again, err)
		}
	})
}
