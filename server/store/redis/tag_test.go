package redis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
)

// TestTagsLieEvenly: the fullest of 3, 6 or 12 masters has hardly more tags
// than the mean, and so does every other number up to 16.
func TestTagsLieEvenly(t *testing.T) {
	for masters, limit := range map[int]float64{1: 1, 2: 1.01, 3: 1.01, 4: 1.01, 5: 1.02, 6: 1.02, 8: 1.01, 9: 1.06, 12: 1.04, 16: 1.01} {
		load := make([]int, masters)
		for _, tag := range tags {
			load[slotOf(tag)*masters/slots]++
		}
		fullest := 0
		for _, n := range load {
			fullest = max(fullest, n)
		}
		if ratio := float64(fullest) * float64(masters) / tagCount; ratio > limit {
			t.Errorf("%d masters: the fullest has %.3f times the mean, more than %.2f: %v", masters, ratio, limit, load)
		}
	}
}

// TestTagsNeverChange: they are part of keys that live for months.
func TestTagsNeverChange(t *testing.T) {
	sum := sha256.Sum256([]byte(strings.Join(tags[:], ",")))
	if got := hex.EncodeToString(sum[:8]); got != "602fd30dbf491e44" {
		t.Errorf("the tags are %s: %v", got, tags)
	}
	for visitor, want := range map[string]int{
		"00000000-0000-4000-8000-000000000000": 156, "9f4c8a52-13c1-4f6e-8b2a-0d6d5b1c7e11": 88, "ffffffff-ffff-4fff-bfff-ffffffffffff": 149,
	} {
		if got := tagOf(uuid.MustParse(visitor)); got != want {
			t.Errorf("visitor %s has tag %d, not %d", visitor, got, want)
		}
	}
	visitor := uuid.MustParse("9f4c8a52-13c1-4f6e-8b2a-0d6d5b1c7e11")
	if got := stateKey(7, "shop", visitor); got != "sekisho:{z1}:s:shop:n0yKUhPBT26LKg1tWxx-EQ" {
		t.Error(got)
	}
	if got := countKey(7, "shop", "2026-11-21"); got != "sekisho:{z1}:c:shop:2026-11-21" {
		t.Error(got)
	}
	if got := discoveryKey("shop", "2026-11-21"); got != "sekisho:{Xq}:d:shop:2026-11-21" {
		t.Error(got)
	}
}

// TestVisitorsLieEvenly draws ids by a rule, so that it never fails by chance.
func TestVisitorsLieEvenly(t *testing.T) {
	const visitors = 256 * 400
	var load [tagCount]int
	for i := range visitors {
		sum := sha256.Sum256([]byte(fmt.Sprint(i)))
		id := uuid.UUID(sum[:16])
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
		load[tagOf(id)]++
	}
	for tag, n := range load {
		if n < 300 || n > 500 { // five standard deviations
			t.Errorf("tag %d has %d visitors, not about %d", tag, n, visitors/tagCount)
		}
	}
}

// TestSlots asks Redis itself.
func TestSlots(t *testing.T) {
	c := redistest.StartCluster(t, 1).Servers[0]
	for i := 0; i < tagCount; i += 5 {
		key := stateKey(i, "shop", uuid.New())
		if got := c.Do("CLUSTER", "KEYSLOT", key); got != int64(slotOf(tags[i])) {
			t.Errorf("%s lies in slot %v, not %d", key, got, slotOf(tags[i]))
		}
	}
}
