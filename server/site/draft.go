package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

const (
	// maxEdits is how many edits of a draft can be taken back.
	maxEdits = 20
	// maxEditBytes bounds them together as JSON, since they travel with the record.
	maxEditBytes = 512 << 10
	// sameEdit is how long the edits that one operator makes in one place count as
	// one: a draft is saved while somebody types.
	sameEdit = 5 * time.Minute
)

// Draft is what marketers edit: it may be incomplete, and break rules that a
// revision keeps.
type Draft struct {
	Document Document
	// Tag is of the content. An edit names the tag that it was made on, so that
	// nobody overwrites what they have not seen.
	Tag string
	// Edits that can be taken back, oldest first.
	Edits []Edit
	// Latest and Live are numbers of revisions, 0 for none.
	Latest, Live int
	// Announced is the publication that is to come, nil for none.
	Announced *Announcement
	UpdatedAt time.Time
}

// Edit is one change of a draft, and what was there before.
type Edit struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`   // an operator
	What   string    `json:"what"` // the place where it was made, such as "texts"
	Before Document  `json:"before"`
}

// Draft returns a site's draft. NotFound when there is no such site.
func (s *Sites) Draft(ctx context.Context, key string) (Draft, error) {
	w, err := s.existing(ctx, key)
	if err != nil {
		return Draft{}, err
	}
	return draftOf(w.record), nil
}

// CreateDraft makes a site that has a draft and nothing else.
//
// Faults: Invalid for a key that is none, Conflict when there is a site of that
// key, TooLarge, Unavailable.
func (s *Sites) CreateDraft(ctx context.Context, doc Document) (Draft, error) {
	if !keyPattern.MatchString(doc.Key) {
		return Draft{}, keyFault()
	}
	if len(text(doc)) > MaxBytes {
		return Draft{}, tooLarge()
	}
	now := s.now().UTC()
	record := Record{Key: doc.Key, Draft: doc, Indices: map[string]int{}, CreatedAt: now, UpdatedAt: now}
	if err := s.store.Apply(ctx, Change{Record: record}); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return Draft{}, fault.InvalidFields("there is a site of this key", []fault.Field{{Path: "/key", Reason: "is taken by another site", ReasonJa: "このキーは、ほかのサイトで使われています"}})
		}
		return Draft{}, err
	}
	s.note(ctx, doc.Key)
	return draftOf(record), nil
}

// EditDraft replaces a draft by what edit makes of it. `on` is the tag of the draft that the
// editor saw; "" edits whatever is there, for an edit that cannot undo another's
// (edit is then called with what is there now, perhaps more than once).
//
// Faults: NotFound, Conflict when the draft is not that any more, TooLarge,
// Unavailable, and what edit returns; nothing has changed then.
func (s *Sites) EditDraft(ctx context.Context, key, on, by, what string, edit func(*Document) error) (Draft, error) {
	return s.redraft(ctx, key, on, func(r *Record) error {
		before := r.Draft
		// A copy through JSON: edit may write into its lists.
		after, err := copyOf(before)
		if err != nil {
			return err
		}
		if err := edit(&after); err != nil {
			return err
		}
		after.Key = key
		if len(text(after)) > MaxBytes {
			return tooLarge()
		}
		if text(after) != text(before) {
			r.Draft = after
			r.Edits = remember(r.Edits, Edit{s.now().UTC(), by, what, before})
		}
		return nil
	})
}

// UndoEdit takes the last edit of a draft back. Conflict when the draft is not
// the one with that tag any more, NotFound when there is nothing to take back.
func (s *Sites) UndoEdit(ctx context.Context, key, on string) (Draft, error) {
	return s.redraft(ctx, key, on, func(r *Record) error {
		if len(r.Edits) == 0 {
			return fault.New(fault.NotFound, "there is no edit to take back")
		}
		last := len(r.Edits) - 1
		r.Draft, r.Edits = r.Edits[last].Before, r.Edits[:last]
		return nil
	})
}

// redraft changes a record's draft as `change` says, again from the start when another writer
// touched the site meanwhile.
func (s *Sites) redraft(ctx context.Context, key, on string, change func(*Record) error) (Draft, error) {
	var err error
	for range attempts {
		var w *work
		if w, err = s.existing(ctx, key); err != nil {
			return Draft{}, err
		}
		if on != "" && on != tagOf(w.record.Draft) {
			return Draft{}, fault.New(fault.Conflict, "somebody else has changed the draft of %q", strictjson.Pointer(key))
		}
		before := text(w.record)
		if err = change(&w.record); err != nil {
			return Draft{}, err
		}
		if text(w.record) == before {
			return draftOf(w.record), nil
		}
		w.record.UpdatedAt = s.now().UTC()
		if err = s.store.Apply(ctx, Change{Record: w.record, Expect: w.expect}); err == nil {
			s.note(ctx, key)
			return draftOf(w.record), nil
		}
		if fault.KindOf(err) != fault.Conflict {
			return Draft{}, err
		}
	}
	return Draft{}, err
}

// Check says what keeps a draft from being published, by field, and what is
// merely doubtful. The document is returned in its settled form.
func (s *Sites) Check(doc Document) (settled Document, blockers, warnings []fault.Field) {
	settled, warnings, err := s.rules.Validate(doc)
	blockers = append(blockers, fieldsOf(err)...)
	blockers = append(blockers, fieldsOf(s.rules.publishable(doc))...)
	return settled, blockers, warnings
}

// Compose returns the revision that a site's draft would be now, without keeping it, and what
// it changes against what is live. Invalid for a draft against the rules.
func (s *Sites) Compose(ctx context.Context, doc Document) (*Revision, Diff, error) {
	settled, _, err := s.rules.Validate(doc)
	if err != nil {
		return nil, Diff{}, err
	}
	w, err := s.read(ctx, doc.Key)
	if err != nil {
		return nil, Diff{}, err
	}
	r, err := compose(settled, s.rules.Catalogue, w.record.Latest+1, w.live, maps.Clone(w.record.Indices))
	if err != nil {
		return nil, Diff{}, err
	}
	r.CreatedAt = s.now().UTC()
	return r, Compare(w.live, r), nil
}

// existing is read for a site that must be there.
func (s *Sites) existing(ctx context.Context, key string) (*work, error) {
	w, err := s.read(ctx, key)
	if err == nil && w.expect == 0 {
		return nil, fault.New(fault.NotFound, "there is no site %q", strictjson.Pointer(key))
	}
	return w, err
}

func draftOf(r Record) Draft {
	return Draft{Document: r.Draft, Tag: tagOf(r.Draft), Edits: r.Edits, Latest: r.Latest, Live: r.Live, Announced: r.Announced, UpdatedAt: r.UpdatedAt}
}

func keyFault() error {
	return fault.InvalidFields("a site needs a key", []fault.Field{badKey.Field("/key")})
}

func tooLarge() error { return fault.New(fault.TooLarge, "the site has more than %d bytes", MaxBytes) }

func fieldsOf(err error) []fault.Field {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

func copyOf(doc Document) (Document, error) {
	var out Document
	if err := json.Unmarshal([]byte(text(doc)), &out); err != nil {
		return out, fault.Wrap(fault.Internal, err, "cannot copy the draft of %s", doc.Key)
	}
	return out, nil
}

func tagOf(doc Document) string {
	sum := sha256.Sum256([]byte(text(doc)))
	return hex.EncodeToString(sum[:8])
}

// remember adds an edit, unless it goes on with the last one, and lets the oldest go.
func remember(edits []Edit, e Edit) []Edit {
	if n := len(edits); n > 0 && edits[n-1].By == e.By && edits[n-1].What == e.What && e.At.Sub(edits[n-1].At) < sameEdit {
		return edits
	}
	edits = append(edits, e)
	if len(edits) > maxEdits {
		edits = edits[len(edits)-maxEdits:]
	}
	for len(edits) > 1 && len(text(edits)) > maxEditBytes {
		edits = edits[1:]
	}
	return edits
}
