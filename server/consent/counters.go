package consent

import (
	"strconv"
	"strings"
)

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

// Counter is what a counter counts: acts, or answers for one vendor or for all
// that a revision asks about.
type Counter struct {
	Revision int
	// Action, Layer and Language are of acts; Action is "" for answers.
	Action   Action
	Layer    int
	Language string
	// Vendor is whom answers are for, "" for all that the revision asks about.
	Vendor  string
	Granted bool // what was answered
}

// ParseCounter reads the name of a counter; ok is false for a name that is none.
func ParseCounter(name string) (c Counter, ok bool) {
	parts := strings.Split(name, "|")
	revision, err := strconv.Atoi(parts[0])
	if err != nil {
		return Counter{}, false
	}
	c.Revision = revision
	answer := parts[len(parts)-1]
	switch {
	case len(parts) == 3 && parts[1] == "all", len(parts) == 4 && parts[1] == "vendor":
		if len(parts) == 4 {
			c.Vendor = parts[2]
		}
		c.Granted = answer == string(Granted)
		return c, c.Granted || answer == string(Denied)
	case len(parts) == 4:
		c.Action, c.Language = Action(parts[1]), answer
		c.Layer, err = strconv.Atoi(parts[2])
		return c, err == nil
	}
	return Counter{}, false
}
