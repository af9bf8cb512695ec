package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Keys of sites. The version stands apart from the record, so that watchers
// read the versions of all sites at once.
const versionsKey = siteKeyspace + "versions"

func recordKey(key string) string       { return siteKeyspace + "site:" + key }
func revisionsKey(key string) string    { return siteKeyspace + "revisions:" + key }
func publicationsKey(key string) string { return siteKeyspace + "publications:" + key }

func noSite(key string) error { return fault.New(fault.NotFound, "there is no site %q", key) }

// Site implements site.Store.
func (s *Store) Site(ctx context.Context, key string) (site.Record, uint64, error) {
	var version uint64
	var packed []byte
	err := s.twice(ctx, func() error {
		// One transaction, so that record and version belong together.
		var versionText *redis.StringCmd
		var record *redis.StringCmd
		_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			versionText = p.HGet(ctx, versionsKey, key)
			record = p.Get(ctx, recordKey(key))
			return nil
		})
		if errors.Is(err, redis.Nil) {
			return noSite(key)
		}
		if err != nil {
			return err
		}
		if packed, err = record.Bytes(); err != nil {
			return err
		}
		version, err = parseVersion(versionText.Val())
		return err
	})
	if err != nil {
		return site.Record{}, 0, err
	}
	var r site.Record
	if err := json.Unmarshal(packed, &r); err != nil {
		return site.Record{}, 0, fmt.Errorf("site %s: %w", key, err)
	}
	return r, version, nil
}

func parseVersion(text string) (uint64, error) {
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fault.Wrap(fault.Internal, err, "the version of a site is not a number")
	}
	return version, nil
}

// Versions implements site.Store.
func (s *Store) Versions(ctx context.Context) (map[string]uint64, error) {
	var versions map[string]uint64
	err := s.twice(ctx, func() error {
		all, err := s.client.HGetAll(ctx, versionsKey).Result()
		if err != nil {
			return err
		}
		versions = make(map[string]uint64, len(all))
		for key, text := range all {
			if versions[key], err = parseVersion(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return versions, nil
}

// Apply implements site.Store. A change that has just been made is no conflict
// when it comes again: its first answer may have got lost.
func (s *Store) Apply(ctx context.Context, c site.Change) error {
	key := c.Record.Key
	record, err := json.Marshal(c.Record)
	if err != nil {
		return fmt.Errorf("site %s: %w", key, err)
	}
	var number string
	var revision, publication []byte
	if c.Revision != nil {
		number = strconv.Itoa(c.Revision.Number)
		if revision, err = json.Marshal(c.Revision); err != nil {
			return fmt.Errorf("site %s: %w", key, err)
		}
	}
	if c.Publication != nil {
		if publication, err = json.Marshal(c.Publication); err != nil {
			return fmt.Errorf("site %s: %w", key, err)
		}
	}
	keys := []string{versionsKey, recordKey(key), revisionsKey(key), publicationsKey(key)}
	expect, next := strconv.FormatUint(c.Expect, 10), strconv.FormatUint(c.Expect+1, 10)
	var said string
	err = s.twice(ctx, func() error {
		said, err = applyScript.Run(ctx, s.client, keys, key, expect, next, record, number, revision, publication).Text()
		return err
	})
	switch {
	case err != nil:
		return err
	case said == "changed":
		return fault.New(fault.Conflict, "site %s has changed meanwhile", key)
	case said == "taken":
		return fault.New(fault.Conflict, "site %s has a revision %s already", key, number)
	}
	return nil
}

// Revision implements site.Store.
func (s *Store) Revision(ctx context.Context, key string, number int) (site.Revision, error) {
	var packed []byte
	err := s.twice(ctx, func() (err error) {
		packed, err = s.client.HGet(ctx, revisionsKey(key), strconv.Itoa(number)).Bytes()
		if errors.Is(err, redis.Nil) {
			return fault.New(fault.NotFound, "site %q has no revision %d", key, number)
		}
		return err
	})
	if err != nil {
		return site.Revision{}, err
	}
	var r site.Revision
	if err := json.Unmarshal(packed, &r); err != nil {
		return site.Revision{}, fmt.Errorf("site %s, revision %d: %w", key, number, err)
	}
	return r, nil
}

// Publications implements site.Store.
func (s *Store) Publications(ctx context.Context, key string) ([]site.Publication, error) {
	var there bool
	var packed []string
	err := s.twice(ctx, func() error {
		p := s.client.Pipeline()
		exists, list := p.HExists(ctx, versionsKey, key), p.LRange(ctx, publicationsKey(key), 0, -1)
		_, err := p.Exec(ctx)
		there, packed = exists.Val(), list.Val()
		return err
	})
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, noSite(key)
	}
	all := make([]site.Publication, len(packed))
	for i, text := range packed {
		if err := json.Unmarshal([]byte(text), &all[i]); err != nil {
			return nil, fmt.Errorf("site %s: a publication: %w", key, err)
		}
	}
	return all, nil
}
