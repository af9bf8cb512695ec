package catalogue

import (
	"slices"
	"strconv"
	"strings"
)

// Compact writes rules as the text that widget/src/gate/match.ts reads: as
// short as brotli can make it, for every page load pays for it.
//
// Tokens stand between single spaces. An empty token makes the next vendor the
// current one (the first is 0), a number names it. Any other token is a rule
// of the current vendor: host and path run together, with "*.criteo.net"
// written as ".criteo.net", and without the host when it is that of the token
// before. Of rules that may fit the same request the more specific stands
// first, so that the page need not sort.
//
// Rules that others of the same vendor make superfluous are left out.
func Compact(rules []Rule) string {
	needed := prune(ordered(rules))
	// Rules that the page looks up together and that belong to several vendors
	// must stay in order; all others are grouped by vendor, which needs no numbers.
	owner := map[string]int{}
	const several = -1
	for _, r := range needed {
		if v, seen := owner[r.bucket()]; seen && v != r.Vendor {
			owner[r.bucket()] = several
		} else if !seen {
			owner[r.bucket()] = r.Vendor
		}
	}
	slices.SortStableFunc(needed, func(a, b Rule) int {
		sharedA, sharedB := owner[a.bucket()] == several, owner[b.bucket()] == several
		switch {
		case sharedA && sharedB:
			return 0
		case sharedA:
			return 1
		case sharedB:
			return -1
		default:
			return a.Vendor - b.Vendor
		}
	})
	return write(needed)
}

// bucket is the same for rules that are looked up together.
func (r Rule) bucket() string {
	if class, key := r.key(); class == glob {
		return "*" + key
	} else {
		return key
	}
}

func write(rules []Rule) string {
	var tokens []string
	vendor, host := 0, ""
	for _, r := range rules {
		switch ahead := r.Vendor - vendor; {
		case ahead < 0 || ahead > 2:
			tokens = append(tokens, strconv.Itoa(r.Vendor))
		default:
			tokens = append(tokens, make([]string, ahead)...)
		}
		vendor = r.Vendor
		token := r.Path
		if r.Host != host || token == "" {
			token = strings.TrimPrefix(r.Host, "*") + r.Path
			if class, _ := r.key(); class == glob {
				token = r.Host + r.Path
			}
		}
		host = r.Host
		tokens = append(tokens, token)
	}
	return strings.Join(tokens, " ")
}

// prune drops each rule whose requests would go to the same vendor without it:
// the next rule that covers it is of that vendor, and none of another vendor
// that may fit one of its requests comes before. rules must be in order.
func prune(rules []Rule) []Rule {
	for i := len(rules) - 1; i >= 0; i-- {
		for _, next := range rules[i+1:] {
			if !next.meets(rules[i]) {
				continue
			}
			if next.Vendor != rules[i].Vendor {
				break
			}
			if next.covers(rules[i]) {
				rules = slices.Delete(rules, i, i+1)
				break
			}
		}
	}
	return rules
}

// covers reports whether every request that fits other fits r, or false when
// that cannot be told from the patterns.
func (r Rule) covers(other Rule) bool {
	return coversHost(r.Host, other.Host) && coversPath(r.Path, other.Path)
}

func coversHost(host, other string) bool {
	if host == other {
		return true
	}
	switch class, key := (Rule{Host: host}).key(); class {
	case suffix:
		return strings.HasSuffix(other, key)
	case glob:
		otherLabel, _, _ := strings.Cut(other, ".")
		label, _, _ := strings.Cut(host, ".")
		return other[len(otherLabel):] == key && plain(strings.ReplaceAll(otherLabel, "*", "")) &&
			otherLabel != "*" && fits(strings.Split(label, "*"), otherLabel)
	default:
		return false
	}
}

// coversPath treats other's stars as plain characters: a pattern that fits
// that text fits whatever the stars stand for.
func coversPath(path, other string) bool {
	return path == "" || other != "" && fits(strings.Split(path, "*"), other)
}

// meets reports whether a request may fit both r and other; true when that
// cannot be told from the patterns.
func (r Rule) meets(other Rule) bool {
	return meetsHost(r.Host, other.Host) && meetsPath(r.Path, other.Path)
}

func meetsHost(a, b string) bool {
	classA, keyA := (Rule{Host: a}).key()
	classB, keyB := (Rule{Host: b}).key()
	switch {
	case classA == suffix && classB == suffix:
		return strings.HasSuffix(keyA, keyB) || strings.HasSuffix(keyB, keyA)
	case classA == suffix:
		return strings.HasSuffix(b, keyA)
	case classB == suffix:
		return strings.HasSuffix(a, keyB)
	case classA == glob && classB == glob:
		return keyA == keyB
	case classA == glob:
		return coversHost(a, b)
	default:
		return coversHost(b, a)
	}
}

// meetsPath compares only what stands before the first star.
func meetsPath(a, b string) bool {
	a, _, starA := strings.Cut(a, "*")
	b, _, starB := strings.Cut(b, "*")
	if a == "" || b == "" {
		return true
	}
	// A path without a query fits whatever the query.
	a, _, queryA := strings.Cut(a, "?")
	b, _, queryB := strings.Cut(b, "?")
	openA, openB := starA && !queryA, starB && !queryB
	switch {
	case openA && openB:
		return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
	case openA:
		return strings.HasPrefix(b, a)
	case openB:
		return strings.HasPrefix(a, b)
	default:
		return a == b
	}
}
