package redis

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

// TestLostAnswer: the server has written, and nobody hears of it. The error is
// not "not done", and the same write again finds itself.
func TestLostAnswer(t *testing.T) {
	server := redistest.Start(t)
	direct := openAt(t, server.URL())
	proxy := redistest.StartProxy(t, server.Addr())
	s := openAt(t, proxy.URL())
	storetest.CreateSite(t, direct, "shop", 3)
	warm := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, _, err := s.Record(t.Context(), warm); err != nil { // connected, and the script is known
		t.Fatal(err)
	}
	for range 5 {
		w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0, 1), storetest.Indices(1))
		proxy.LoseNextAnswer()
		if _, _, err := s.Record(t.Context(), w); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("the answer was lost, and Record says %v", err)
		}
		history, err := direct.History(t.Context(), "shop", w.Entry.Visitor)
		if err != nil || len(history) != 1 {
			t.Fatalf("after a lost answer %d decisions are held, %v", len(history), err)
		}
		stored, fresh, err := s.Record(t.Context(), w)
		if err != nil || fresh || stored.ID != w.Entry.ID {
			t.Fatalf("the same write again: fresh %v, %v", fresh, err)
		}
	}
	counts, err := direct.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || counts["1|save|2|ja"] != 6 || proxy.Lost() != 5 {
		t.Errorf("%v counted for 6 decisions, %d answers lost, %v", counts, proxy.Lost(), err)
	}
}

// TestLostAnswerOfAChange: changes to sites and new keys are repeated by the store itself.
func TestLostAnswerOfAChange(t *testing.T) {
	server := redistest.Start(t)
	proxy := redistest.StartProxy(t, server.Addr())
	s := openAt(t, proxy.URL())
	storetest.CreateSite(t, s, "shop", 1)
	record, version, err := s.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	record.Latest = 1
	proxy.LoseNextAnswer()
	change := site.Change{Record: record, Expect: version, Publication: &site.Publication{Site: "shop", Revision: 1}}
	if err := s.Apply(t.Context(), change); err != nil {
		t.Errorf("Apply: %v", err)
	}
	if list, err := s.Publications(t.Context(), "shop"); err != nil || len(list) != 1 {
		t.Errorf("%d publications, %v", len(list), err)
	}
	proxy.LoseNextAnswer()
	if key, err := s.Key(t.Context(), "a", []byte("x")); err != nil || string(key) != "x" {
		t.Errorf("Key: %q, %v", key, err)
	}
	proxy.Cut() // idle connections that the server has closed
	if _, _, err := s.Site(t.Context(), "shop"); err != nil {
		t.Errorf("Site: %v", err)
	}
	if proxy.Lost() != 2 {
		t.Errorf("%d answers were lost, not 2", proxy.Lost())
	}
}

// TestScriptsForgotten: a server that was restarted or flushed knows no script.
func TestScriptsForgotten(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 3)
	for round := range 3 {
		server.Do("SCRIPT", "FLUSH")
		for range 4 {
			w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
			if _, fresh, err := s.Record(t.Context(), w); err != nil || !fresh {
				t.Errorf("round %d: fresh %v, %v", round, fresh, err)
			}
		}
	}
	counts, err := s.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || counts["1|save|2|ja"] != 12 {
		t.Errorf("%v, %v", counts, err)
	}
}

// TestForeignState: what a newer Sekisho wrote is left alone, and so is the history.
func TestForeignState(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 3)
	visitor := uuid.New()
	key := stateKey(tagOf(visitor), "shop", visitor)
	server.Do("SET", key, "\x02whatever")
	_, _, err := s.Record(t.Context(), storetest.NewWrite("shop", visitor, storetest.NewID(), 1, storetest.Indices(0), nil))
	if err == nil || fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "unknown format") {
		t.Errorf("Record: %v", err)
	}
	if _, err := s.State(t.Context(), "shop", visitor); err == nil {
		t.Error("a state of an unknown format was read")
	}
	if got := server.Do("GET", key); got != "\x02whatever" {
		t.Errorf("the state was overwritten: %q", got)
	}
	if _, err := s.History(t.Context(), "shop", visitor); fault.KindOf(err) != fault.NotFound {
		t.Errorf("half of the step was done: %v", err)
	}
}

// TestAway: errors are Unavailable and come soon; service resumes by itself.
func TestAway(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 3)
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, _, err := s.Record(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, _, recordErr := s.Record(ctx, storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil))
	_, stateErr := s.State(ctx, "shop", w.Entry.Visitor)
	_, countsErr := s.Counts(ctx, "shop", "2026-11-21")
	_, durabilityErr := s.Durability(ctx)
	_, _, limitErr := s.Limiter(1, 1).Allow(ctx, "x")
	for what, err := range map[string]error{
		"Record": recordErr, "State": stateErr, "Counts": countsErr, "Durability": durabilityErr, "Allow": limitErr, "Ping": s.Ping(ctx),
	} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the answers took more than 10 s")
	}
	if _, err := Open(ctx, server.URL()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Open: %v", err)
	}
	server.Restart()
	if stored, fresh, err := s.Record(t.Context(), w); err != nil || fresh || stored.ID != w.Entry.ID {
		t.Errorf("after its return: fresh %v, %v", fresh, err)
	}
}

// TestStuck: a server that takes commands and does not answer is away, too.
func TestStuck(t *testing.T) {
	server := redistest.Start(t)
	patient := openAt(t, server.URL())
	storetest.CreateSite(t, patient, "shop", 3)
	s, err := Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, err := s.names.Of(t.Context(), "shop", w.Layer.Asked); err != nil {
		t.Fatal(err)
	}
	server.Do("CLIENT", "PAUSE", 60_000, "ALL")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, _, err := s.Record(ctx, w); fault.KindOf(err) != fault.Unavailable || ctx.Err() != nil {
		t.Errorf("Record: %v", err)
	}
	server.Restart()
	var fresh bool
	for range 2 {
		if _, fresh, err = patient.Record(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := patient.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || fresh || counts["1|save|2|ja"] != 1 {
		t.Errorf("fresh %v, %v, %v", fresh, counts, err)
	}
}

// TestMemoryFull: with noeviction Redis refuses instead of forgetting.
func TestMemoryFull(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 3)
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, _, err := s.Record(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	server.Do("CONFIG", "SET", "maxmemory", "1mb")
	_, _, err := s.Record(t.Context(), storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil))
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("%v", err)
	}
	if _, err := s.State(t.Context(), "shop", w.Entry.Visitor); err != nil {
		t.Errorf("reading: %v", err)
	}
	counts, err := s.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || counts["1|save|2|ja"] != 1 {
		t.Errorf("%v, %v", counts, err)
	}
}

// TestClose: what waits is sent, what comes later is refused.
func TestClose(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 3)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	_, _, recordErr := s.Record(t.Context(), w)
	_, stateErr := s.State(t.Context(), "shop", uuid.New())
	if fault.KindOf(recordErr) != fault.Unavailable || fault.KindOf(stateErr) != fault.Unavailable {
		t.Errorf("%v, %v", recordErr, stateErr)
	}
}

// TestOneMasterAway: the visitors of the others notice nothing.
func TestOneMasterAway(t *testing.T) {
	c := redistest.StartCluster(t, 3)
	s := openAt(t, c.URL())
	storetest.CreateSite(t, s, "shop", 3)
	if _, err := s.names.Of(t.Context(), "shop", consent.Bits{1}); err != nil {
		t.Fatal(err)
	}
	ofMaster := func(master int) uuid.UUID {
		for {
			if v := uuid.New(); slotOf(tags[tagOf(v)])*3/slots == master {
				return v
			}
		}
	}
	siteMaster := slotOf("sekisho-sites") * 3 / slots
	gone := (siteMaster + 1) % 3
	c.Servers[gone].Kill()
	var away error
	for range 40 {
		for master := range 3 {
			w := storetest.NewWrite("shop", ofMaster(master), storetest.NewID(), 1, storetest.Indices(0), nil)
			if master == gone {
				if away != nil {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				_, _, away = s.Record(ctx, w)
				cancel()
				continue
			}
			if _, fresh, err := s.Record(t.Context(), w); err != nil || !fresh {
				t.Fatalf("master %d is there: fresh %v, %v", master, fresh, err)
			}
		}
	}
	if fault.KindOf(away) != fault.Unavailable {
		t.Errorf("a visitor of the master that is away: %v", away)
	}
	if err := s.Ping(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Ping with one master away: %v", err)
	}
}

// TestOnlyOurKeys: every key has the prefix, and whatever belongs to visitors expires.
func TestOnlyOurKeys(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 20)
	if _, _, err := s.Limiter(1, 1).Allow(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	visitor := uuid.New()
	for i := range 60 { // past the size at which the history is appended to
		w := storetest.NewWrite("shop", visitor, storetest.NewID(), uint32(i+1), storetest.Indices(i%20), nil)
		if _, _, err := s.Record(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	keys, _ := server.Do("KEYS", "*").([]any)
	var stay []string
	for _, k := range keys {
		key := k.(string)
		if !strings.HasPrefix(key, prefix) && !strings.HasPrefix(key, "rate:"+prefix) {
			t.Errorf("a key without the prefix: %q", key)
		}
		if server.Do("PTTL", key) == int64(-1) {
			stay = append(stay, key)
		}
	}
	slices.Sort(stay)
	want := []string{siteKeyspace + "site:shop", siteKeyspace + "versions"}
	if !slices.Equal(stay, want) || len(keys) != len(want)+4 {
		t.Errorf("%d keys, of which stay for ever: %v", len(keys), stay)
	}
}

func TestFail(t *testing.T) {
	s := &Store{}
	if err := s.fail(nil); err != nil {
		t.Error(err)
	}
	own := fault.New(fault.NotFound, "x")
	if err := s.fail(own); !errors.Is(err, own) {
		t.Error(err)
	}
}
