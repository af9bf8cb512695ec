package site

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// named returns an edit that gives the site a name.
func named(name string) func(*Document) error {
	return func(d *Document) error {
		d.Name = catalogue.Text{"ja": name}
		return nil
	}
}

func edit(t *testing.T, s *Sites, on, by, what, name string) Draft {
	t.Helper()
	d, err := s.EditDraft(t.Context(), "shop", on, by, what, named(name))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraftIsEditedAndTakenBack(t *testing.T) {
	s, _, _ := newSites(t)
	first, err := s.CreateDraft(t.Context(), Document{Key: "shop", Name: catalogue.Text{"ja": "店"}})
	if err != nil {
		t.Fatal(err)
	}
	second := edit(t, s, first.Tag, "hanako", "texts", "二")
	third := edit(t, s, second.Tag, "taro", "texts", "三")
	if second.Tag == first.Tag || len(third.Edits) != 2 || third.Edits[1].By != "taro" || third.Edits[1].Before.Name["ja"] != "二" {
		t.Errorf("edits %+v", third.Edits)
	}
	if same := edit(t, s, third.Tag, "taro", "look", "三"); same.Tag != third.Tag || len(same.Edits) != 2 {
		t.Errorf("an edit that changes nothing is remembered: %+v", same.Edits)
	}
	back, err := s.UndoEdit(t.Context(), "shop", third.Tag)
	if err != nil || back.Tag != second.Tag {
		t.Errorf("taken back: %+v, %v", back.Document.Name, err)
	}
	back, err = s.UndoEdit(t.Context(), "shop", "")
	if err != nil || back.Tag != first.Tag || len(back.Edits) != 0 {
		t.Errorf("taken back twice: %+v, %v", back, err)
	}
	if _, err := s.UndoEdit(t.Context(), "shop", ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nothing left: %v", err)
	}
	if back.Latest != 0 || back.Live != 0 {
		t.Errorf("a draft made a revision: %+v", back)
	}
}

func TestNobodyOverwritesWhatTheyHaveNotSeen(t *testing.T) {
	s, m, _ := newSites(t)
	first, err := s.CreateDraft(t.Context(), Document{Key: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	edit(t, s, first.Tag, "hanako", "texts", "花子")
	version := m.versions["shop"]
	for what, change := range map[string]func() error{
		"edit": func() error {
			_, err := s.EditDraft(t.Context(), "shop", first.Tag, "taro", "texts", named("太郎"))
			return err
		},
		"undo": func() error { _, err := s.UndoEdit(t.Context(), "shop", first.Tag); return err },
	} {
		if err := change(); fault.KindOf(err) != fault.Conflict || m.versions["shop"] != version {
			t.Errorf("%s on what is no longer there: %v, version %d after %d", what, err, m.versions["shop"], version)
		}
	}
	if d, _ := s.Draft(t.Context(), "shop"); d.Document.Name["ja"] != "花子" {
		t.Errorf("the draft is %v", d.Document.Name)
	}
}

// TestEditOverAPublication: what else happens to the site does not stand in the way of an edit.
func TestEditOverAPublication(t *testing.T) {
	s, m, _ := newSites(t)
	apply(t, s, document("criteo"), false)
	d, err := s.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	interfered := false
	m.before = func(Change) error {
		if !interfered {
			interfered = true
			apply(t, s, document("criteo"), true)
		}
		return nil
	}
	after := edit(t, s, d.Tag, "hanako", "texts", "店")
	if !interfered || after.Live != 1 || after.Document.Name["ja"] != "店" {
		t.Errorf("interfered %v: %+v", interfered, after)
	}
}

func TestTypingIsOneEdit(t *testing.T) {
	s, _, _ := newSites(t)
	d, err := s.CreateDraft(t.Context(), Document{Key: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"こ", "こん", "こんに"} {
		d = edit(t, s, d.Tag, "hanako", "texts", name)
	}
	d = edit(t, s, d.Tag, "hanako", "look", "別")
	if len(d.Edits) != 2 || d.Edits[0].Before.Name["ja"] != "" || d.Edits[1].Before.Name["ja"] != "こんに" {
		t.Errorf("edits %+v", d.Edits)
	}
	for i := range 3 * maxEdits {
		d = edit(t, s, d.Tag, fmt.Sprint(i), "texts", fmt.Sprint(i))
	}
	if len(d.Edits) != maxEdits || d.Edits[maxEdits-1].Before.Name["ja"] != fmt.Sprint(3*maxEdits-2) {
		t.Errorf("%d edits, the last on %v", len(d.Edits), d.Edits[len(d.Edits)-1].Before.Name)
	}
}

func TestLargeEditsLetTheOldestGo(t *testing.T) {
	s, _, _ := newSites(t)
	d, err := s.CreateDraft(t.Context(), Document{Key: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		d = edit(t, s, d.Tag, fmt.Sprint(i), "texts", strings.Repeat("x", maxEditBytes/2-1000+i))
	}
	if len(d.Edits) < 1 || len(text(d.Edits)) > maxEditBytes {
		t.Errorf("%d edits of %d bytes", len(d.Edits), len(text(d.Edits)))
	}
	if _, err := s.EditDraft(t.Context(), "shop", "", "taro", "texts", named(strings.Repeat("x", MaxBytes))); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a draft beyond all bounds: %v", err)
	}
}

func TestCreateDraft(t *testing.T) {
	s, m, _ := newSites(t)
	if _, err := s.CreateDraft(t.Context(), Document{Key: "Shop"}); fault.KindOf(err) != fault.Invalid || len(m.sites) != 0 {
		t.Errorf("a key that is none: %v", err)
	}
	apply(t, s, document("criteo"), true)
	_, err := s.CreateDraft(t.Context(), Document{Key: "shop"})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || f.Fields[0].ReasonJa == "" {
		t.Errorf("a key that is taken: %v", err)
	}
	if d, err := s.Draft(t.Context(), "shop"); err != nil || len(d.Document.Vendors) != 1 {
		t.Errorf("the site is gone: %+v, %v", d, err)
	}
	for _, err := range []error{
		func() error { _, err := s.Draft(t.Context(), "none"); return err }(),
		func() error { _, err := s.EditDraft(t.Context(), "none", "", "x", "y", named("z")); return err }(),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a site that is not there: %v", err)
		}
	}
}

// TestApplyKeepsWhatWasBeingEdited: a file that replaces a draft can be taken back.
func TestApplyKeepsWhatWasBeingEdited(t *testing.T) {
	s, _, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	mine := edit(t, s, "", "hanako", "texts", "書きかけ")
	apply(t, s, document("criteo", "auth0"), false)
	back, err := s.UndoEdit(t.Context(), "shop", "")
	if err != nil || back.Tag != mine.Tag {
		t.Errorf("%+v, %v", back.Document.Name, err)
	}
}

func TestComposeKeepsNothing(t *testing.T) {
	s, m, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	version := m.versions["shop"]
	r, diff, err := s.Compose(t.Context(), document("criteo", "auth0", "meta-pixel"))
	if err != nil || r.Number != 2 || ids(diff.Added) != "auth0 meta-pixel" || m.versions["shop"] != version {
		t.Fatalf("%+v, %+v, %v", r, diff, err)
	}
	if again, _, err := s.Compose(t.Context(), document("meta-pixel")); err != nil || again.Vendors[0].Index != 1 {
		t.Errorf("an index of a draft was kept: %+v, %v", again, err)
	}
	if _, _, err := s.Compose(t.Context(), Document{Key: "shop"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a draft against the rules: %v", err)
	}
}

func TestCheckNamesWhatStandsInTheWay(t *testing.T) {
	s, _, _ := newSites(t)
	doc := document("criteo")
	doc.Notice = Notice{}
	doc.Origins = []string{"nonsense"}
	_, blockers, _ := s.Check(doc)
	var paths []string
	for _, f := range blockers {
		paths = append(paths, f.Path)
	}
	if got := strings.Join(paths, " "); got != "/origins/0 /notice/controller /notice/contact" {
		t.Errorf("blockers %q", got)
	}
	if _, blockers, _ := s.Check(document("criteo")); len(blockers) != 0 {
		t.Errorf("blockers of a good one: %v", blockers)
	}
}

// TestPauseHoldsToNoRule: the kill switch works on a site that could not be
// published today, and leaves what is being edited alone.
func TestPauseHoldsToNoRule(t *testing.T) {
	s, _, catalogue := newSites(t)
	apply(t, s, document("criteo", "auth0"), true)
	edit(t, s, "", "hanako", "texts", "書きかけ")
	delete(catalogue, "criteo")
	for _, paused := range []bool{true, false, false} {
		if _, err := s.Pause(t.Context(), "shop", paused, "taro", "test"); err != nil {
			t.Fatal(err)
		}
		live, err := s.Live(t.Context(), "shop")
		if err != nil || live.Document.Paused != paused || len(live.Vendors) != 2 || live.Vendors[0].Since != 1 {
			t.Errorf("paused %v: %+v, %v", paused, live, err)
		}
		if d, _ := s.Draft(t.Context(), "shop"); d.Document.Paused != paused || d.Document.Name["ja"] != "書きかけ" {
			t.Errorf("the draft: %+v", d.Document)
		}
	}
	if live, _ := s.Live(t.Context(), "shop"); live.Number != 3 {
		t.Errorf("revision %d: turning what is turned makes a revision", live.Number)
	}
}

// TestGoingBackKeepsThePause: an older revision, of before the pause, does not end it.
func TestGoingBackKeepsThePause(t *testing.T) {
	s, _, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	apply(t, s, document("criteo", "meta-pixel"), true)
	if _, err := s.Pause(t.Context(), "shop", true, "taro", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "shop", 1, "taro", ""); err != nil {
		t.Fatal(err)
	}
	if live, _ := s.Live(t.Context(), "shop"); !live.Document.Paused || len(live.Vendors) != 1 {
		t.Errorf("live: %+v", live)
	}
}

func TestApplyOnADraftThatIsGone(t *testing.T) {
	s, m, _ := newSites(t)
	apply(t, s, document("criteo"), false)
	d, err := s.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	edit(t, s, d.Tag, "hanako", "texts", "花子")
	version := m.versions["shop"]
	_, err = s.Apply(t.Context(), d.Document, ApplyOptions{Publish: true, On: d.Tag, By: "taro"})
	if fault.KindOf(err) != fault.Conflict || m.versions["shop"] != version {
		t.Errorf("%v, version %d after %d", err, m.versions["shop"], version)
	}
}
