package embedded

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/store/storetest"
)

const (
	crashFolder = "SEKISHO_TEST_CRASH_FOLDER"
	crashSeed   = "SEKISHO_TEST_CRASH_SEED"
)

// crashChild, in a process started by TestKill, writes until it is killed.
func crashChild() {
	folder, there := os.LookupEnv(crashFolder)
	if !there {
		return
	}
	seed, err := strconv.ParseUint(os.Getenv(crashSeed), 10, 64)
	if err == nil {
		var s *Store
		if s, err = Open(context.Background(), scheme+folder, time.Now); err == nil {
			storetest.CrashWrites(context.Background(), s, seed, func(a storetest.Ack) { a.Print(os.Stdout) })
		}
	}
	fmt.Fprintln(os.Stderr, "the writers stopped by themselves:", err)
	os.Exit(1)
}

// TestKill: what was acknowledged before kill -9 is there afterwards, once.
func TestKill(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), scheme+folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	storetest.CreateCrashSite(t, s)
	var counted int64
	for round := range 6 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		seed := rand.Uint64()
		acks := killDuringWrites(t, folder, seed, 1+int(seed%700))
		if s, err = Open(t.Context(), scheme+folder, time.Now); err != nil {
			t.Fatalf("seed %d: the store does not open any more: %v", seed, err)
		}
		held := storetest.CheckCrash(t, s, seed, acks, counted)
		counted += held
		t.Logf("round %d, seed %d: %d acknowledged, %d held", round, seed, len(acks), held)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// killDuringWrites has a process write to the folder, kills it once it has
// acknowledged so many decisions, and returns all that it has acknowledged.
func killDuringWrites(t *testing.T, folder string, seed uint64, after int) (acks []storetest.Ack) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFolder+"="+folder, crashSeed+"="+strconv.FormatUint(seed, 10))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	storetest.ReadAcks(out, func(a storetest.Ack) {
		if acks = append(acks, a); len(acks) == after {
			_ = child.Process.Kill() // SIGKILL; a failure shows below
		}
	})
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait() // it was killed, which Wait calls an error
	if len(acks) < after {
		t.Fatalf("seed %d: the writers ended after %d acknowledgements", seed, len(acks))
	}
	return acks
}
