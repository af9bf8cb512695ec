package consent

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// shop is revision 3 of a site with vendors a, b, c to ask about, whose
// indices run against their order, and one that is necessary.
func shop() *site.Revision {
	vendor := func(id string, index int, purpose catalogue.PurposeID) site.RevisionVendor {
		v := site.RevisionVendor{Index: index, Since: 1}
		v.ID, v.Purposes = id, []catalogue.PurposeID{purpose}
		return v
	}
	return &site.Revision{
		Site: "shop", Number: 3, Hash: strings.Repeat("ab", 32),
		Document: site.Document{Key: "shop", Languages: []string{"ja", "en"}, Default: site.OptIn, ExpiryMonths: 6},
		Vendors: []site.RevisionVendor{
			vendor("a", 4, catalogue.Analytics), vendor("b", 2, catalogue.Advertising),
			vendor("login", 1, catalogue.Necessary), vendor("c", 0, catalogue.Social),
		},
	}
}

// shopSites knows the shop alone, of which revision 2 was never live.
type shopSites struct{}

func (shopSites) Revision(ctx context.Context, key string, n int) (*site.Revision, error) {
	if key == "shop" && n == 3 {
		return shop(), nil
	}
	return nil, fault.New(fault.NotFound, "no such revision")
}

func (shopSites) Live(ctx context.Context, key string) (*site.Revision, error) {
	if key != "shop" {
		return nil, fault.New(fault.NotFound, "no such site")
	}
	return shop(), nil
}

// memory is a Store of one visitor. fail is asked before each write and says
// which error the caller gets, and whether the write takes place all the same.
type memory struct {
	writes  map[uuid.UUID]Write
	attempt int
	fail    func(attempt int) (err error, applied bool)
}

func (m *memory) Record(_ context.Context, w Write) (Entry, bool, error) {
	m.attempt++
	var err error
	applied := true
	if m.fail != nil {
		err, applied = m.fail(m.attempt)
	}
	stored, known := m.writes[w.Entry.ID]
	if !known && applied {
		m.writes[w.Entry.ID] = w
		stored = w
	}
	return stored.Entry, !known, err
}

func (m *memory) State(context.Context, string, uuid.UUID) (State, error) {
	var s State
	for _, w := range m.writes {
		s = s.Merge(w.Layer)
	}
	if len(s.Layers) == 0 {
		return s, fault.New(fault.NotFound, "nothing is held")
	}
	return s, nil
}

func (m *memory) History(context.Context, string, uuid.UUID) ([]Entry, error) {
	var all []Entry
	for _, w := range m.writes {
		all = append(all, w.Entry)
	}
	return all, nil
}

func (m *memory) Erase(context.Context, string, uuid.UUID) error { clear(m.writes); return nil }

func (m *memory) Counts(context.Context, string, string) (map[string]int64, error) { return nil, nil }

func newRecorder() (*Recorder, *memory) {
	m := &memory{writes: map[uuid.UUID]Write{}}
	return &Recorder{
		Store: m, Sites: shopSites{}, Signer: NewSigner(&oneKey{}, constantReader(7)),
		Now:   func() time.Time { return aTime.Add(456789 * time.Nanosecond).In(time.FixedZone("JST", 9*3600)) },
		Pause: func(ctx context.Context, _ int) error { return ctx.Err() },
	}, m
}

func aDecision() Decision {
	return Decision{ID: anID, Visitor: aVisitor, Sequence: 1, Revision: 3, Action: Save, Granted: []string{"a", "c"}, Denied: []string{"b"},
		Language: "ja", Layer: 2, At: aTime.Add(-time.Hour), Page: "/cart"}
}

func TestRecord(t *testing.T) {
	r, m := newRecorder()
	receipt, fresh, err := r.Record(t.Context(), "shop", "https://www.example.jp", aDecision())
	if err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	w := m.writes[anID]
	if !reflect.DeepEqual(w.Entry.Granted, []string{"c", "a"}) || !reflect.DeepEqual(w.Entry.Denied, []string{"b"}) {
		t.Errorf("vendors not in the order of their indices: %v %v", w.Entry.Granted, w.Entry.Denied)
	}
	if !w.Entry.RecordedAt.Equal(aTime) || w.Entry.RecordedAt.Location() != time.UTC {
		t.Errorf("recorded at %v, not in milliseconds of UTC", w.Entry.RecordedAt)
	}
	want := Layer{ID: anID, Sequence: 1, Revision: 3, RecordedAt: aTime, Asked: setOf(0, 2, 4), Granted: setOf(0, 4)}
	if !reflect.DeepEqual(w.Layer, want) {
		t.Errorf("layer %+v\nwant %+v", w.Layer, want)
	}
	if w.StateTTL != 6*31*24*time.Hour || w.HistoryTTL != w.StateTTL {
		t.Errorf("kept for %v and %v", w.StateTTL, w.HistoryTTL)
	}
	if w.Entry.Origin != "https://www.example.jp" || w.Entry.RevisionHash != shop().Hash || w.Entry.Site != "shop" {
		t.Errorf("entry %+v", w.Entry)
	}

	again, fresh, err := r.Record(t.Context(), "shop", "", aDecision())
	if err != nil || fresh || !reflect.DeepEqual(again, receipt) {
		t.Errorf("the same id again: fresh %v, %v\n%+v\n%+v", fresh, err, again, receipt)
	}
	verdicts, err := r.Consent(t.Context(), "shop", aVisitor)
	if err != nil || len(verdicts) != 4 || verdicts[0].Consent != Granted || verdicts[1].Consent != Denied {
		t.Errorf("consent %+v, %v", verdicts, err)
	}
	if c, err := r.Cookie(t.Context(), "shop", aVisitor, 3); err != nil || c.Visitor != aVisitor || !c.Granted.Has(4) || c.Granted.Has(2) {
		t.Errorf("cookie %+v, %v", c, err)
	}
	if err := r.Erase(t.Context(), "shop", aVisitor); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Consent(t.Context(), "shop", aVisitor); fault.KindOf(err) != fault.NotFound {
		t.Errorf("consent of an erased visitor: %v", err)
	}
}

func TestRecordRefuses(t *testing.T) {
	for _, c := range []struct {
		name, site string
		revision   int
		want       fault.Kind
	}{
		{"no such site", "nowhere", 3, fault.NotFound},
		{"never published", "shop", 2, fault.Conflict},
		{"above the latest", "shop", 4, fault.Conflict},
		{"below the first", "shop", 0, fault.Conflict},
	} {
		r, m := newRecorder()
		d := aDecision()
		d.Revision = c.revision
		if _, _, err := r.Record(t.Context(), c.site, "", d); fault.KindOf(err) != c.want || m.attempt != 0 {
			t.Errorf("%s: %v, %d writes", c.name, err, m.attempt)
		}
	}
	r, _ := newRecorder()
	for name, err := range map[string]error{
		"history": second(r.History(t.Context(), "nowhere", aVisitor)), "erase": r.Erase(t.Context(), "nowhere", aVisitor),
		"consent": second(r.Consent(t.Context(), "nowhere", aVisitor)), "cookie": second(r.Cookie(t.Context(), "nowhere", aVisitor, 1)),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s of a site that is not there: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestRecordRepeats is the table of the two failures: an error after which
// nothing was written, and one after which all was.
func TestRecordRepeats(t *testing.T) {
	away := fault.New(fault.Unavailable, "away")
	for _, c := range []struct {
		name     string
		fail     func(int) (error, bool)
		attempts int
		fresh    bool
		kind     fault.Kind // 0: no error
	}{
		{"away twice", func(n int) (error, bool) { return failUntil(3, n, away), n >= 3 }, 3, true, 0},
		{"reply lost", func(n int) (error, bool) { return failUntil(2, n, away), true }, 2, true, 0},
		{"away for good", func(int) (error, bool) { return away, false }, attempts, false, fault.Unavailable},
		{"our mistake", func(int) (error, bool) { return errors.New("bug"), false }, 1, false, fault.Internal},
	} {
		r, m := newRecorder()
		m.fail = c.fail
		_, fresh, err := r.Record(t.Context(), "shop", "", aDecision())
		if (err == nil) != (c.fresh) || (err != nil && fault.KindOf(err) != c.kind) || fresh != c.fresh || m.attempt != c.attempts {
			t.Errorf("%s: fresh %v, %v after %d attempts", c.name, fresh, err, m.attempt)
		}
	}
}

func failUntil(good, attempt int, err error) error {
	if attempt < good {
		return err
	}
	return nil
}

func TestRecordStopsWithItsContext(t *testing.T) {
	r, m := newRecorder()
	ctx, cancel := context.WithCancel(t.Context())
	m.fail = func(int) (error, bool) { cancel(); return fault.New(fault.Unavailable, "away"), false }
	if _, _, err := r.Record(ctx, "shop", "", aDecision()); fault.KindOf(err) != fault.Unavailable || m.attempt != 1 {
		t.Errorf("%v after %d attempts", err, m.attempt)
	}
	if err := Backoff(ctx, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("a pause outlived its context: %v", err)
	}
	if err := Backoff(t.Context(), 1); err != nil {
		t.Error(err)
	}
}

// TestFormsAreBounded: whatever numbers visitors name, memory does not grow.
func TestFormsAreBounded(t *testing.T) {
	r, _ := newRecorder()
	r.forms = map[formKey]*form{}
	for i := range maxForms {
		r.forms[formKey{"old", i}] = &form{}
	}
	if _, _, err := r.Record(t.Context(), "shop", "", aDecision()); err != nil || len(r.forms) != 1 {
		t.Errorf("%d forms, %v", len(r.forms), err)
	}
}

func TestCut(t *testing.T) {
	for in, want := range map[string]string{
		"/short": "/short", "/1234567": "/1234567", "/12345678": "/1234567", "/123456%E3%81": "/123456",
		"/12345%E3%81": "/12345", "/1234%E3%81": "/1234%E3", "/1234あ": "/1234あ", "/12345あ": "/12345", "/123456あ": "/123456",
	} {
		if got := cut(in, 8); got != want {
			t.Errorf("%s: %s, not %s", in, got, want)
		}
	}
}

func TestCounters(t *testing.T) {
	f := newForm(shop())
	for _, c := range []struct {
		granted, denied []string
		want            []string
	}{
		{[]string{"a", "b", "c"}, nil, []string{"3|save|2|ja", "3|all|granted"}},
		{nil, []string{"c", "b", "a"}, []string{"3|save|2|ja", "3|all|denied"}},
		{[]string{"a", "b"}, nil, []string{"3|save|2|ja", "3|vendor|b|granted", "3|vendor|a|granted"}},
		{[]string{"c"}, []string{"a", "b"}, []string{"3|save|2|ja", "3|vendor|c|granted", "3|vendor|b|denied", "3|vendor|a|denied"}},
	} {
		r, _ := newRecorder()
		d := aDecision()
		d.Granted, d.Denied = c.granted, c.denied
		if got := r.prepare(f, "", d).Counters; !slices.Equal(got, c.want) {
			t.Errorf("%v / %v: %v", c.granted, c.denied, got)
		}
	}
}

// TestEveryWriteCanBeRead: what the recorder prepares comes back from its packed form as it was.
func TestEveryWriteCanBeRead(t *testing.T) {
	r, _ := newRecorder()
	for i, action := range actions {
		d := aDecision()
		d.Action, d.Page = action, "/"+strings.Repeat("猫", 100+i)+strconv.Itoa(i)
		w := r.prepare(newForm(shop()), "", d)
		b, err := PackEntry(w.Entry, w.Layer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := UnpackEntry(b, "shop", aVisitor, anID, of([]string{"c", "login", "b", "", "a"}))
		if err != nil || !reflect.DeepEqual(got, w.Entry) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, w.Entry)
		}
	}
}
