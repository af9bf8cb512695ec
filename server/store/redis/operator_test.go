package redis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
)

// actAll does one of each with what is kept of operators.
func actAll(t *testing.T, s *Store) {
	t.Helper()
	now := time.Now().UTC()
	entry := operator.Entry{ID: "e1", At: now, Action: operator.ActSetUp, Outcome: operator.Done}
	session := operator.Session{Hash: "s1", Operator: "o1", SeenAt: now, Until: now.Add(time.Hour)}
	_, _, attemptErr := s.Attempt(t.Context(), "a", time.Hour)
	errs := map[string]error{
		"ApplyRoster": s.ApplyRoster(t.Context(), operator.Change{ID: "c1", Put: []operator.Record{{Operator: operator.Operator{ID: "o1"}}},
			PutLinks: []operator.Link{{Hash: "l1"}}, PutTokens: []operator.Token{{Hash: "t1"}}, Entries: []operator.Entry{entry}}),
		"PutSession": s.PutSession(t.Context(), session), "Attempt": attemptErr,
	}
	entry.ID = "e2"
	errs["AppendAudit"] = s.AppendAudit(t.Context(), entry)
	_, errs["Roster"] = s.Roster(t.Context())
	_, errs["Operator"] = s.Operator(t.Context(), "o1")
	_, errs["Token"] = s.Token(t.Context(), "t1")
	errs["UseToken"] = s.UseToken(t.Context(), "t1", "2026-11-22")
	_, errs["Session"] = s.Session(t.Context(), "s1")
	_, errs["Sessions"] = s.Sessions(t.Context(), "o1")
	errs["TouchSession"] = s.TouchSession(t.Context(), "s1", now)
	_, errs["Audit"] = s.Audit(t.Context(), operator.Query{Limit: 10})
	errs["RemoveSessions"] = s.RemoveSessions(t.Context(), "none")
	errs["ForgetAttempts"] = s.ForgetAttempts(t.Context(), "none")
	for what, err := range errs {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestOperatorKeys: they lie in one slot, and what ends expires by itself.
func TestOperatorKeys(t *testing.T) {
	server := redistest.Start(t)
	actAll(t, openAt(t, server.URL()))
	keys, _ := server.Do("KEYS", "*").([]any)
	var stay, end []string
	for _, k := range keys {
		name, ours := strings.CutPrefix(k.(string), operatorKeyspace)
		if !ours {
			t.Errorf("key %q is not in the slot of operators", k)
		}
		if server.Do("PTTL", k.(string)) == int64(-1) {
			stay = append(stay, name)
		} else {
			end = append(end, name)
		}
	}
	slices.Sort(stay)
	slices.Sort(end)
	if want := []string{"audit", "links", "operators", "roster", "tokens"}; !slices.Equal(stay, want) {
		t.Errorf("what stays for ever: %v, not %v", stay, want)
	}
	if want := []string{"attempts:a", "noted:e1", "noted:e2", "session:s1", "sessions:o1"}; !slices.Equal(end, want) {
		t.Errorf("what ends: %v, not %v", end, want)
	}
}

// TestOperatorRights: the rights that the manual recommends are enough.
func TestOperatorRights(t *testing.T) {
	server := redistest.Start(t)
	server.Do("ACL", "SETUSER", "sekisho", "on", ">secret", "~sekisho:*", "~rate:sekisho:*", "-@all", "+@read", "+@write", "+@scripting", "+@transaction",
		"-@dangerous", "+info", "+ping", "+time", "+hello", "+select", "+cluster|slots", "+cluster|shards", "+config|get")
	actAll(t, openAt(t, "redis://sekisho:secret@"+server.Addr()))
}

// TestLostAnswerOfAnAct: changes of the roster and entries of the audit log are
// repeated by the store itself, and made once.
func TestLostAnswerOfAnAct(t *testing.T) {
	server := redistest.Start(t)
	proxy := redistest.StartProxy(t, server.Addr())
	s := openAt(t, proxy.URL())
	actAll(t, s) // connected, and the scripts are known
	roster, err := s.Roster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proxy.LoseNextAnswer()
	change := operator.Change{ID: "c2", Expect: roster.Version, Entries: []operator.Entry{{ID: "e3", At: time.Now()}}}
	if err := s.ApplyRoster(t.Context(), change); err != nil {
		t.Errorf("ApplyRoster: %v", err)
	}
	proxy.LoseNextAnswer()
	if err := s.AppendAudit(t.Context(), operator.Entry{ID: "e4", At: time.Now()}); err != nil {
		t.Errorf("AppendAudit: %v", err)
	}
	after, err := s.Roster(t.Context())
	if err != nil || after.Version != roster.Version+1 {
		t.Errorf("version %d then %d, %v", roster.Version, after.Version, err)
	}
	if page, err := s.Audit(t.Context(), operator.Query{Limit: 10}); err != nil || len(page.Entries) != 4 || proxy.Lost() != 2 {
		t.Errorf("%d entries, %d answers lost, %v", len(page.Entries), proxy.Lost(), err)
	}
}
