package consent

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
)

// A visitor's history is stored as one value, in which the packed entries stand
// one after the other in the order of their arrival:
//
//	0   2  length of the entry, big endian
//	2  16  id
//	18  …  entry
//
// One value costs a store half of what a value per decision does, and most
// visitors decide once or twice. The head has a fixed width, so that the script
// of a store can look an id up.
const historyHead = 18

// MaxHistory is how large a packed history may grow, in bytes: some two thousand
// decisions, more than a person takes in the years of an expiry. Beyond it a
// store takes no further decision of the visitor, since every write and every
// reading would cost the more for whoever floods one id.
const MaxHistory = 256 << 10

// HistoryFull is the fault for a decision beyond MaxHistory.
func HistoryFull() error {
	return &fault.Error{Kind: fault.Throttled, Detail: "this visitor has decided too often; nothing more is recorded until older decisions have expired", RetryAfter: 24 * time.Hour}
}

// AppendHistory adds a packed entry to a packed history; HistoryFull when that
// would grow beyond MaxHistory.
func AppendHistory(history []byte, id uuid.UUID, entry []byte) ([]byte, error) {
	if len(entry) > math.MaxUint16 {
		return nil, fmt.Errorf("a decision of %d bytes is too large to be kept", len(entry))
	}
	if len(history)+historyHead+len(entry) > MaxHistory {
		return nil, HistoryFull()
	}
	history = binary.BigEndian.AppendUint16(history, uint16(len(entry)))
	history = append(history, id[:]...)
	return append(history, entry...), nil
}

// FindHistory returns the packed entry of that id, nil when there is none.
func FindHistory(history []byte, id uuid.UUID) (entry []byte, err error) {
	// Nearly always there is none, which takes one pass without looking at records.
	if !bytes.Contains(history, id[:]) {
		return nil, nil
	}
	err = eachRecord(history, func(have uuid.UUID, packed []byte) error {
		if have == id && entry == nil {
			entry = packed
		}
		return nil
	})
	return entry, err
}

// UnpackHistory returns the entries of a packed history of a visitor, oldest
// first. Errors are those of Of, and for bytes that cannot be read.
func (n *Names) UnpackHistory(ctx context.Context, history []byte, key string, visitor uuid.UUID) ([]Entry, error) {
	var all []Entry
	err := eachRecord(history, func(id uuid.UUID, packed []byte) error {
		e, err := n.Unpack(ctx, packed, key, visitor, id)
		all = append(all, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Entry) int { return -newer(a.Sequence, a.ID, b.Sequence, b.ID) })
	return all, nil
}

func eachRecord(history []byte, fn func(id uuid.UUID, entry []byte) error) error {
	for len(history) > 0 {
		if len(history) < historyHead {
			return errors.New("a visitor's history ends inside the head of a decision")
		}
		n := int(binary.BigEndian.Uint16(history))
		if len(history) < historyHead+n {
			return errors.New("a visitor's history ends inside a decision")
		}
		if err := fn(uuid.UUID(history[2:historyHead]), history[historyHead:historyHead+n]); err != nil {
			return err
		}
		history = history[historyHead+n:]
	}
	return nil
}
