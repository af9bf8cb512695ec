package site

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// memory is a store as the contract of Store has it, through JSON as real ones do.
type memory struct {
	mu           sync.Mutex
	sites        map[string][]byte
	versions     map[string]uint64
	revisions    map[string][]byte
	publications map[string][]Publication
	// before, when set, is called ahead of each Apply, without the lock.
	before func(Change) error
	away   bool
}

func newMemory() *memory {
	return &memory{sites: map[string][]byte{}, versions: map[string]uint64{}, revisions: map[string][]byte{}, publications: map[string][]Publication{}}
}

// copy returns all that the store holds; restore puts it back, as a failover to a
// replica that had lagged behind does.
func (m *memory) copy() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &memory{sites: maps.Clone(m.sites), versions: maps.Clone(m.versions), revisions: maps.Clone(m.revisions), publications: maps.Clone(m.publications)}
}

func (m *memory) restore(old *memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sites, m.versions, m.revisions, m.publications = old.sites, old.versions, old.revisions, old.publications
}

func (m *memory) err() error {
	if m.away {
		return fault.New(fault.Unavailable, "the store is away")
	}
	return nil
}

func (m *memory) Site(_ context.Context, key string) (Record, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var r Record
	if err := m.err(); err != nil {
		return r, 0, err
	}
	data, ok := m.sites[key]
	if !ok {
		return r, 0, fault.New(fault.NotFound, "no site %s", key)
	}
	return r, m.versions[key], json.Unmarshal(data, &r)
}

func (m *memory) Versions(context.Context) (map[string]uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.versions), m.err()
}

func (m *memory) Apply(_ context.Context, c Change) error {
	if m.before != nil {
		if err := m.before(c); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.err(); err != nil {
		return err
	}
	key := c.Record.Key
	if m.versions[key] != c.Expect {
		return fault.New(fault.Conflict, "site %s has changed", key)
	}
	if c.Revision != nil {
		at := fmt.Sprint(key, "/", c.Revision.Number)
		if m.revisions[at] != nil {
			return fault.New(fault.Conflict, "revision %s is there", at)
		}
		m.revisions[at] = marshal(c.Revision)
	}
	if c.Publication != nil {
		m.publications[key] = append(m.publications[key], *c.Publication)
	}
	m.sites[key] = marshal(c.Record)
	m.versions[key]++
	return nil
}

func (m *memory) Revision(_ context.Context, key string, number int) (Revision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var r Revision
	if err := m.err(); err != nil {
		return r, err
	}
	data, ok := m.revisions[fmt.Sprint(key, "/", number)]
	if !ok {
		return r, fault.New(fault.NotFound, "no revision %d of %s", number, key)
	}
	return r, json.Unmarshal(data, &r)
}

func (m *memory) Publications(_ context.Context, key string) ([]Publication, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.publications[key]), m.err()
}

func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// shelf is a catalogue whose facts a test may change.
type shelf map[string]*catalogue.Vendor

func (s shelf) Vendor(id string) (*catalogue.Vendor, bool) { v, ok := s[id]; return v, ok }
func (s shelf) IDs() []string                              { return slices.Sorted(maps.Keys(s)) }

// CheckCustom knows one rule, so that tests see where its fields end up.
func (s shelf) CheckCustom(entries []*catalogue.Vendor) [][]fault.Field {
	all := make([][]fault.Field, len(entries))
	for i, v := range entries {
		if _, taken := s[v.ID]; taken {
			all[i] = append(all[i], fault.Field{Path: "/id", Reason: "belongs to the catalogue", ReasonJa: "カタログにあります"})
		}
	}
	return all
}

func vendor(id string, purposes ...catalogue.PurposeID) *catalogue.Vendor {
	return &catalogue.Vendor{ID: id, Name: catalogue.Text{"ja": "名" + id, "en": "Name " + id},
		Entity:  catalogue.Entity{Name: catalogue.Text{"ja": id + "株式会社", "en": id + " Inc."}},
		Country: "JP", Status: "active", Purposes: purposes, Data: []string{"page-url", "cookie-id"},
		Receives: catalogue.Text{"ja": "閲覧したページ", "en": "pages viewed"}, UsedFor: catalogue.Text{"ja": "広告", "en": "ads"},
		Hosts: []catalogue.Host{{Host: "static." + id + ".example"}}}
}

func testShelf() shelf {
	old := vendor("old-tag", catalogue.Analytics)
	old.Status, old.Successor = "discontinued", "criteo"
	s := shelf{"old-tag": old}
	for _, v := range []*catalogue.Vendor{vendor("criteo", catalogue.Advertising), vendor("meta-pixel", catalogue.Advertising, catalogue.Social),
		vendor("microsoft-clarity", catalogue.Analytics), vendor("google-analytics-4", catalogue.Analytics), vendor("auth0", catalogue.Necessary)} {
		s[v.ID] = v
	}
	return s
}

func testRules(s shelf) Rules {
	return Rules{Catalogue: s, Texts: map[string]Messages{
		"ja": {"banner.title": "外部への情報送信について", "banner.ask": "外部事業者のタグを{n}件利用します（目的：{purposes}）。", "common.acceptAll": "すべて許可",
			"common.rejectAll": "すべて拒否", "common.preferences": "個別に設定", "common.close": "閉じる"},
		"en": {"banner.title": "Information sent to outside vendors", "banner.ask": "{n} outside {n|one:vendor|other:vendors}. Purposes: {purposes}.", "common.acceptAll": "Accept all",
			"common.rejectAll": "Reject all", "common.preferences": "Preferences", "common.close": "Close"},
	}}
}

// document is a good one, with these vendors of the catalogue.
func document(vendors ...string) Document {
	d := Document{Key: "shop", Name: catalogue.Text{"ja": "例の店", "en": "Example shop"},
		Origins: []string{"https://www.example.jp"}, Languages: []string{"ja", "en"}, Default: OptIn, ExpiryMonths: 6,
		Notice: Notice{Controller: catalogue.Text{"ja": "例株式会社"}, Contact: Contact{Email: "privacy@example.jp"}}}
	for _, id := range vendors {
		d.Vendors = append(d.Vendors, VendorChoice{ID: id})
	}
	return d
}

// clock ticks a second at each look, so that times can be told apart.
func clock() func() time.Time {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
}

func newSites(t testing.TB) (*Sites, *memory, shelf) {
	t.Helper()
	m, s := newMemory(), testShelf()
	return New(m, testRules(s), clock()), m, s
}
