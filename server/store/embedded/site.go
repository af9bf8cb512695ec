package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

func noSite(key string) error { return fault.New(fault.NotFound, "there is no site %q", key) }

// Site implements site.Store.
func (s *Store) Site(ctx context.Context, key string) (site.Record, uint64, error) {
	var version int64
	var packed []byte
	err := s.read.site.QueryRowContext(ctx, key).Scan(&version, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return site.Record{}, 0, noSite(key)
	}
	if err != nil {
		return site.Record{}, 0, s.fail(err)
	}
	var r site.Record
	if err := json.Unmarshal(packed, &r); err != nil {
		return site.Record{}, 0, fmt.Errorf("site %s: %w", key, err)
	}
	return r, uint64(version), nil
}

// Versions implements site.Store.
func (s *Store) Versions(ctx context.Context) (map[string]uint64, error) {
	rows, err := s.read.versions.QueryContext(ctx)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	versions := map[string]uint64{}
	for rows.Next() {
		var key string
		var version int64
		if err := rows.Scan(&key, &version); err != nil {
			return nil, s.fail(err)
		}
		versions[key] = uint64(version)
	}
	return versions, s.fail(rows.Err())
}

// packed is a change as it is written.
type packed struct {
	key                           string
	expect                        uint64
	number                        int
	record, revision, publication []byte // nil where the change has none
}

func pack(c site.Change) (p packed, err error) {
	p = packed{key: c.Record.Key, expect: c.Expect}
	if p.record, err = json.Marshal(c.Record); err != nil {
		return p, fmt.Errorf("site %s: %w", p.key, err)
	}
	if c.Revision != nil {
		p.number = c.Revision.Number
		if p.revision, err = json.Marshal(c.Revision); err != nil {
			return p, fmt.Errorf("site %s: %w", p.key, err)
		}
	}
	if c.Publication != nil {
		if p.publication, err = json.Marshal(c.Publication); err != nil {
			return p, fmt.Errorf("site %s: %w", p.key, err)
		}
	}
	return p, nil
}

// Apply implements site.Store. A change that has just been made is no conflict
// when it comes again: its first answer may have got lost.
func (s *Store) Apply(ctx context.Context, c site.Change) error {
	p, err := pack(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(w *writer) error { return w.apply(p) })
}

func (w *writer) apply(p packed) error {
	var version int64
	var record []byte
	err := w.siteRecord.QueryRow(p.key).Scan(&version, &record)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if version > 0 && uint64(version) == p.expect+1 && bytes.Equal(record, p.record) {
		return nil
	}
	if p.expect > math.MaxInt64 || int64(p.expect) != version {
		return fault.New(fault.Conflict, "site %s has changed meanwhile", p.key)
	}
	if p.revision != nil {
		var taken int
		if err := w.hasRevision.QueryRow(p.key, p.number).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fault.New(fault.Conflict, "site %s has a revision %d already", p.key, p.number)
		}
	}
	if _, err := w.putSite.Exec(p.key, version+1, p.record); err != nil {
		return err
	}
	if p.revision != nil {
		if _, err := w.putRevision.Exec(p.key, p.number, p.revision); err != nil {
			return err
		}
	}
	if p.publication != nil {
		_, err = w.putPublication.Exec(p.key, p.publication)
		return err
	}
	return nil
}

// Revision implements site.Store.
func (s *Store) Revision(ctx context.Context, key string, number int) (site.Revision, error) {
	var packed []byte
	err := s.read.revision.QueryRowContext(ctx, key, number).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return site.Revision{}, fault.New(fault.NotFound, "site %q has no revision %d", key, number)
	}
	if err != nil {
		return site.Revision{}, s.fail(err)
	}
	var r site.Revision
	if err := json.Unmarshal(packed, &r); err != nil {
		return site.Revision{}, fmt.Errorf("site %s, revision %d: %w", key, number, err)
	}
	return r, nil
}

// Publications implements site.Store.
func (s *Store) Publications(ctx context.Context, key string) ([]site.Publication, error) {
	if _, _, err := s.Site(ctx, key); err != nil {
		return nil, err
	}
	rows, err := s.read.publications.QueryContext(ctx, key)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	var all []site.Publication
	for rows.Next() {
		var packed []byte
		var p site.Publication
		if err := rows.Scan(&packed); err != nil {
			return nil, s.fail(err)
		}
		if err := json.Unmarshal(packed, &p); err != nil {
			return nil, fmt.Errorf("site %s: a publication: %w", key, err)
		}
		all = append(all, p)
	}
	return all, s.fail(rows.Err())
}
