package embedded

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/store/storetest"
)

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, kind := range map[string]fault.Kind{
		"": fault.Malformed, "embedded:": fault.Malformed, "redis://127.0.0.1": fault.Malformed, "embedded:" + file: fault.Unavailable,
	} {
		if s, err := Open(t.Context(), address, time.Now); fault.KindOf(err) != kind {
			t.Errorf("%q: %v, %v", address, s, err)
		}
	}
}

func TestOneProcessAlone(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), scheme+folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), scheme+folder, time.Now)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), folder) {
		t.Errorf("a second one: %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	openAt(t, folder, time.Now)
}

// TestFolder: any name will do, and nobody else on the machine can read it.
func TestFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b?c%41#ü 関所&_pragma=x", "deeper")
	visitor := uuid.New()
	for round := range 2 {
		s, err := Open(t.Context(), scheme+folder, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			storetest.CreateSite(t, s, "shop", 1)
		}
		w := storetest.NewWrite("shop", visitor, storetest.NewID(), uint32(round+1), storetest.Indices(0), nil)
		if _, _, err := s.Record(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if history, err := s.History(t.Context(), "shop", visitor); err != nil || len(history) != round+1 {
			t.Errorf("%v, %v", history, err)
		}
		files, err := os.ReadDir(folder)
		if err != nil || len(files) < 3 {
			t.Errorf("%v, %v", files, err)
		}
		for _, f := range files {
			if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s has the rights %v, %v", f.Name(), info.Mode(), err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewerFile(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), scheme+folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	err = s.do(t.Context(), func(w *writer) error {
		_, err := w.conn.ExecContext(t.Context(), "COMMIT; PRAGMA user_version = 99; BEGIN")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the lock must have been given back
		if _, err := Open(t.Context(), scheme+folder, time.Now); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "newer") {
			t.Errorf("%v", err)
		}
	}
}

func TestNoDatabase(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, fileName), bytes.Repeat([]byte("not a database "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), scheme+folder, time.Now); err == nil {
		t.Error("opened")
	}
}

// TestErasedBytesAreGone looks into the files themselves.
func TestErasedBytesAreGone(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), scheme+folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	storetest.CreateSite(t, s, "shop", 1)
	const marker = "/a-page-that-only-one-visitor-saw"
	visitors := make([]uuid.UUID, 60)
	for i := range visitors {
		visitors[i] = uuid.New()
		w := storetest.NewWrite("shop", visitors[i], storetest.NewID(), 1, storetest.Indices(0), nil)
		w.Entry.Page = fmt.Sprintf("%s/%d", marker, i)
		if _, _, err := s.Record(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range visitors {
		if err := s.Erase(t.Context(), "shop", v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if content, err := os.ReadFile(f); err != nil || bytes.Contains(content, []byte(marker)) {
			t.Errorf("%s still holds what was erased, %v", f, err)
		}
	}
}

// TestDiskFull: nothing is acknowledged that was not written, and service
// resumes by itself once there is room.
func TestDiskFull(t *testing.T) {
	s := openAt(t, t.TempDir(), time.Now)
	storetest.CreateSite(t, s, "shop", 1)
	pages := func(n string) {
		t.Helper()
		if err := s.do(t.Context(), func(w *writer) error {
			_, err := w.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+n)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	write := func() (uuid.UUID, error) {
		visitor := uuid.New()
		_, _, err := s.Record(t.Context(), storetest.NewWrite("shop", visitor, storetest.NewID(), 1, storetest.Indices(0), nil))
		return visitor, err
	}
	pages("16")
	var held []uuid.UUID
	var full error
	for range 1000 {
		var visitor uuid.UUID
		if visitor, full = write(); full != nil {
			break
		}
		held = append(held, visitor)
	}
	if fault.KindOf(full) != fault.Unavailable || !strings.Contains(full.Error(), "full") {
		t.Fatalf("after %d decisions: %v", len(held), full)
	}
	for _, v := range held {
		if _, err := s.State(t.Context(), "shop", v); err != nil {
			t.Fatalf("an acknowledged decision is lost: %v", err)
		}
	}
	counts, err := s.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || counts["1|save|2|ja"] != int64(len(held)) {
		t.Errorf("%v for %d decisions, %v", counts, len(held), err)
	}
	pages("1073741823")
	if _, err := write(); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestCloseDrains: whoever was told yes is on disk; the others are told no.
func TestCloseDrains(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), scheme+folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	storetest.CreateSite(t, s, "shop", 1)
	var mu sync.Mutex
	var acked []uuid.UUID
	enough := make(chan struct{})
	var writers sync.WaitGroup
	for range 20 {
		writers.Go(func() {
			for {
				visitor := uuid.New()
				_, _, err := s.Record(t.Context(), storetest.NewWrite("shop", visitor, storetest.NewID(), 1, storetest.Indices(0), nil))
				if err != nil {
					if fault.KindOf(err) != fault.Unavailable {
						t.Errorf("%v", err)
					}
					return
				}
				mu.Lock()
				if acked = append(acked, visitor); len(acked) == 100 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.stopped:
	default:
		t.Error("Close did not wait for what was under way")
	}
	writers.Wait()
	for what, err := range map[string]error{"Ping": s.Ping(t.Context()), "Erase": s.Erase(t.Context(), "shop", uuid.New())} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
	s = openAt(t, folder, time.Now)
	for _, v := range acked {
		if _, err := s.State(t.Context(), "shop", v); err != nil {
			t.Fatalf("an acknowledged decision is lost: %v", err)
		}
	}
}
