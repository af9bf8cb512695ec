package consent

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// newer orders layers and entries: the higher sequence is newer, then the
// larger id. Clocks have no say. The result is negative when a is the newer.
func newer(aSequence uint32, aID uuid.UUID, bSequence uint32, bID uuid.UUID) int {
	if c := cmp.Compare(bSequence, aSequence); c != 0 {
		return c
	}
	return bytes.Compare(bID[:], aID[:])
}

// Merge returns the state with one more layer, and leaves s as it was.
//
// The result depends on the set of layers that were merged and never on their
// order: a layer stays exactly while it names a vendor that no newer one
// names, and dropping it takes nothing from what the newer ones name together.
// So a retry that comes late changes nothing, and merging twice is merging once.
func (s State) Merge(l Layer) State {
	all := make([]Layer, 0, len(s.Layers)+1)
	for _, have := range s.Layers {
		if have.ID == l.ID {
			return s
		}
		all = append(all, have)
	}
	at, _ := slices.BinarySearchFunc(all, l, func(a, b Layer) int {
		return newer(a.Sequence, a.ID, b.Sequence, b.ID)
	})
	all = slices.Insert(all, at, l)

	var named Bits
	kept := all[:0]
	for _, layer := range all {
		if layer.Asked.Subset(named) {
			continue
		}
		named = named.Or(layer.Asked)
		kept = append(kept, layer)
	}
	return State{Layers: kept}
}

// stateFormat is the first byte of a packed state. A store that meets another
// one answers with an error and leaves the value alone: it was written by a
// newer Sekisho, which knows better.
const stateFormat = 1

// layerHead is the fixed part of a packed layer:
//
//	 0  16  id
//	16   4  sequence      big endian
//	20   4  revision      big endian
//	24   6  recordedAt    milliseconds since 1970, big endian
//	30   2  n             length of each set, big endian
//	32   n  asked
//	 …   n  granted       padded with zero bytes to n
//
// The widths are fixed so that the script of a store can merge what it holds
// without decoding it. Two vendors or twenty, a visitor with one decision costs
// 35 or 39 bytes.
const layerHead = 32

// maxMillis is the last instant that six bytes can hold (the year 10889).
const maxMillis = 1<<48 - 1

// Pack returns the state as it is stored.
func (s State) Pack() []byte {
	size := 1
	for _, l := range s.Layers {
		size += layerHead + 2*len(l.Asked)
	}
	b := append(make([]byte, 0, size), stateFormat)
	for _, l := range s.Layers {
		b = l.appendPacked(b)
	}
	return b
}

// Pack returns the layer as it stands inside a packed state.
func (l Layer) Pack() []byte {
	return l.appendPacked(make([]byte, 0, layerHead+2*len(l.Asked)))
}

func (l Layer) appendPacked(b []byte) []byte {
	b = append(b, l.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, l.Sequence)
	b = binary.BigEndian.AppendUint32(b, l.Revision)
	b = appendMillis(b, l.RecordedAt)
	b = binary.BigEndian.AppendUint16(b, uint16(len(l.Asked)))
	b = append(b, l.Asked...)
	b = append(b, l.Granted...)
	for range len(l.Asked) - len(l.Granted) {
		b = append(b, 0)
	}
	return b
}

// UnpackState reads a packed state. It never panics, whatever the bytes.
func UnpackState(b []byte) (State, error) {
	if len(b) == 0 || b[0] != stateFormat {
		return State{}, fmt.Errorf("a visitor's state has an unknown format (%d bytes)", len(b))
	}
	var s State
	for b = b[1:]; len(b) > 0; {
		l, rest, err := unpackLayer(b)
		if err != nil {
			return State{}, err
		}
		s.Layers, b = append(s.Layers, l), rest
	}
	return s, nil
}

func unpackLayer(b []byte) (Layer, []byte, error) {
	if len(b) < layerHead {
		return Layer{}, nil, fmt.Errorf("a visitor's state ends inside a layer")
	}
	n := int(binary.BigEndian.Uint16(b[30:]))
	if len(b) < layerHead+2*n {
		return Layer{}, nil, fmt.Errorf("a visitor's state ends inside a layer's vendors")
	}
	l := Layer{
		ID:         uuid.UUID(b[:16]),
		Sequence:   binary.BigEndian.Uint32(b[16:]),
		Revision:   binary.BigEndian.Uint32(b[20:]),
		RecordedAt: millis(b[24:]),
		Asked:      Bits(slices.Clone(b[layerHead : layerHead+n])).Trim(),
		Granted:    Bits(slices.Clone(b[layerHead+n : layerHead+2*n])).Trim(),
	}
	if !l.Granted.Subset(l.Asked) {
		return Layer{}, nil, fmt.Errorf("a visitor's state grants what was not asked")
	}
	return l, b[layerHead+2*n:], nil
}

func appendMillis(b []byte, t time.Time) []byte {
	ms := uint64(min(max(t.UnixMilli(), 0), maxMillis))
	return append(b, byte(ms>>40), byte(ms>>32), byte(ms>>24), byte(ms>>16), byte(ms>>8), byte(ms))
}

func millis(b []byte) time.Time {
	ms := int64(b[0])<<40 | int64(b[1])<<32 | int64(b[2])<<24 | int64(b[3])<<16 | int64(b[4])<<8 | int64(b[5])
	return time.UnixMilli(ms).UTC()
}
