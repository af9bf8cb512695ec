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
	crashActs   = "acts" // in place of a seed: acts of operators
)

// crashChild, in a process started by TestKill, writes until it is killed.
func crashChild() {
	folder, there := os.LookupEnv(crashFolder)
	if !there {
		return
	}
	s, err := Open(context.Background(), scheme+folder, time.Now)
	if err == nil && os.Getenv(crashSeed) == crashActs {
		storetest.CrashActs(context.Background(), s, func(id string) { storetest.PrintAct(os.Stdout, id) })
	} else if err == nil {
		var seed uint64
		if seed, err = strconv.ParseUint(os.Getenv(crashSeed), 10, 64); err == nil {
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
	killDuring(t, folder, strconv.FormatUint(seed, 10), func(out io.Reader, kill func()) {
		storetest.ReadAcks(out, func(a storetest.Ack) {
			if acks = append(acks, a); len(acks) == after {
				kill()
			}
		})
	})
	if len(acks) < after {
		t.Fatalf("seed %d: the writers ended after %d acknowledgements", seed, len(acks))
	}
	return acks
}

// killDuring has a process write to the folder, and read read what it prints
// until it has called kill.
func killDuring(t *testing.T, folder, what string, read func(out io.Reader, kill func())) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFolder+"="+folder, crashSeed+"="+what)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	read(out, func() { _ = child.Process.Kill() }) // SIGKILL; a failure shows in what is read
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait() // it was killed, which Wait calls an error
}

// TestKillActs: the same for what operators did.
func TestKillActs(t *testing.T) {
	folder := t.TempDir()
	var acks []string
	for range 3 {
		after := len(acks) + 1 + rand.IntN(200)
		killDuring(t, folder, crashActs, func(out io.Reader, kill func()) {
			storetest.ReadActs(out, func(id string) {
				if acks = append(acks, id); len(acks) == after {
					kill()
				}
			})
		})
		if len(acks) < after {
			t.Fatalf("the writers ended after %d acknowledgements", len(acks))
		}
	}
	storetest.CheckActs(t, openAt(t, folder, time.Now), acks)
}
