package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Allowed are the indices of vendors that may run, of those that can be denied.
type Allowed map[int]bool

// String returns the value of the cookie: ".0.2.5.".
func (a Allowed) String() string {
	var indices []int
	for index, in := range a {
		if in {
			indices = append(indices, index)
		}
	}
	slices.Sort(indices)
	var b strings.Builder
	b.WriteByte('.')
	for _, index := range indices {
		b.WriteString(strconv.Itoa(index) + ".")
	}
	return b.String()
}
