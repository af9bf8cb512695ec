package consent

import "strconv"

// countersOf returns the names of the counters that one decision raises:
//
//	REVISION|ACTION|LAYER|LANGUAGE     the act, always
//	REVISION|all|granted or denied     when every askable vendor got the same answer
//	REVISION|vendor|ID|granted or denied   one per vendor named, otherwise
//
// so that the usual decision raises two counters however many vendors a site
// has. How often a vendor was granted under a revision is the sum of its own
// counter and of that revision's "all". The names are bounded by what the site
// published; nothing in them comes from a visitor but choices among those.
func countersOf(e *Entry, l Layer, f *form) []string {
	revision := strconv.Itoa(e.Revision) + "|"
	names := []string{revision + string(e.Action) + "|" + strconv.Itoa(e.Layer) + "|" + e.Language}
	if f.askable.Subset(l.Asked) {
		switch {
		case len(e.Denied) == 0:
			return append(names, revision+"all|granted")
		case len(e.Granted) == 0:
			return append(names, revision+"all|denied")
		}
	}
	for _, id := range e.Granted {
		names = append(names, revision+"vendor|"+id+"|granted")
	}
	for _, id := range e.Denied {
		names = append(names, revision+"vendor|"+id+"|denied")
	}
	return names
}
