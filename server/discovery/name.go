package discovery

import (
	"strconv"
	"strings"
)

// none stands in the name of a counter where there is nothing to name.
const none = "-"

// name is what a counter of a finding is called: its parts and the sample that
// was in force, so that an estimate can be made of every count.
func (f Finding) name(sample float64) string {
	part := func(s string) string {
		if s == "" {
			return none
		}
		return s
	}
	return strings.Join([]string{string(f.What), part(f.Kind), part(f.Host), part(f.Vendor), strconv.FormatFloat(sample, 'g', -1, 64)}, " ")
}

// parseName is the inverse of name; ok is false for what it did not write.
func parseName(name string) (f Finding, sample float64, ok bool) {
	parts := strings.Split(name, " ")
	if len(parts) != 5 {
		return f, 0, false
	}
	for i := range parts {
		if parts[i] == none {
			parts[i] = ""
		}
	}
	sample, err := strconv.ParseFloat(parts[4], 64)
	return Finding{What(parts[0]), parts[1], parts[2], parts[3]}, sample, err == nil && sample > 0 && sample <= 1
}
