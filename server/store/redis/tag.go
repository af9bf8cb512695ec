package redis

import (
	"encoding/base64"
	"hash/fnv"

	"github.com/google/uuid"
)

// tagCount is the number of hash tags. It never changes, nor do the tags:
// they are part of every key of a visitor.
const tagCount = 256

// tags are the hash tags in the order of their slots. Redis Cluster deals out
// its 16,384 slots in ranges, so tag i is chosen out of all pairs of letters
// and digits as the one whose slot lies nearest to the middle of the i-th 256th
// part of them (the first in ASCII order among equals). However many masters
// share the slots evenly, each gets its even share of tags: the fullest of 3, 6
// or 12 has 1.01, 1.01, 1.03 times the mean.
var tags = chooseTags()

const (
	slots        = 16384
	slotsPerTag  = slots / tagCount
	tagAlphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	siteKeyspace = prefix + "{sekisho-sites}:" // sites and keys share one slot: they change rarely, and together
)

func chooseTags() (chosen [tagCount]string) {
	var distance [tagCount]int
	for _, a := range tagAlphabet {
		for _, b := range tagAlphabet {
			tag := string([]rune{a, b})
			slot := slotOf(tag)
			part, d := slot/slotsPerTag, slot%slotsPerTag-slotsPerTag/2
			if d = max(d, -d); chosen[part] == "" || d < distance[part] {
				chosen[part], distance[part] = tag, d
			}
		}
	}
	return chosen
}

// slotOf returns the slot of a hash tag: CRC16 (XMODEM) modulo 16,384, as the
// Redis Cluster specification has it.
func slotOf(tag string) int {
	var crc uint16
	for _, b := range []byte(tag) {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return int(crc) % slots
}

// tagOf returns the number of a visitor's tag: FNV-1a of the id, folded to a byte.
func tagOf(visitor uuid.UUID) int { return tagOfBytes(visitor[:]) }

// tagOfSite returns the number of the tag of what is kept by site.
func tagOfSite(key string) int { return tagOfBytes([]byte(key)) }

func tagOfBytes(name []byte) int {
	h := fnv.New32a()
	_, _ = h.Write(name) // a hash never fails
	sum := h.Sum32()
	sum ^= sum >> 16
	sum ^= sum >> 8
	return int(sum % tagCount)
}

// Keys of a visitor and of the counters that its decisions raise lie in one
// slot, so that one script writes them all. A visitor's id takes 22 characters
// instead of 36.
func stateKey(tag int, site string, visitor uuid.UUID) string {
	return visitorKey(tag, "s", site, visitor)
}

func historyKey(tag int, site string, visitor uuid.UUID) string {
	return visitorKey(tag, "h", site, visitor)
}

func visitorKey(tag int, kind, site string, visitor uuid.UUID) string {
	return prefix + "{" + tags[tag] + "}:" + kind + ":" + site + ":" + base64.RawURLEncoding.EncodeToString(visitor[:])
}

func countKey(tag int, site, day string) string {
	return prefix + "{" + tags[tag] + "}:c:" + site + ":" + day
}

// discoveryKey is that of what a site's pages reported on a day. Nothing else
// has to share its slot, so a site has one tag for all days.
func discoveryKey(site, day string) string {
	return prefix + "{" + tags[tagOfSite(site)] + "}:d:" + site + ":" + day
}
