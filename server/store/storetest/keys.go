package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
)

var keyTests = []test{
	{"the first candidate wins", keyFirst},
	{"one key for all who ask at once", keyRace},
	{"a context that ended", keyContext},
}

func keyFirst(t *testing.T, s Stores) {
	name := newKey()
	candidate := []byte{0, 0xff, '\r', '\n', 0, 1}
	for _, c := range [][]byte{candidate, []byte("another"), {}} {
		got, err := s.Key(t.Context(), name, c)
		if err != nil || !bytes.Equal(got, candidate) {
			t.Errorf("%x, %v", got, err)
		}
	}
	if got, err := s.Key(t.Context(), newKey(), []byte("of its own")); err != nil || string(got) != "of its own" {
		t.Errorf("keys of two names are mixed up: %q, %v", got, err)
	}
}

func keyRace(t *testing.T, s Stores) {
	name := newKey()
	var mu sync.Mutex
	seen := map[string]int{}
	together(50, func(i int) {
		got, err := s.Key(t.Context(), name, []byte(fmt.Sprint(i)))
		if err != nil {
			got = []byte(err.Error())
		}
		mu.Lock()
		defer mu.Unlock()
		seen[string(got)]++
	})
	if len(seen) != 1 {
		t.Errorf("not one key but %v", seen)
	}
}

func keyContext(t *testing.T, s Stores) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Key(ended, newKey(), []byte("x"))
	wantKind(t, "Key", err, fault.Unavailable)
}
