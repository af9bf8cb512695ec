// Package discovery counts what a site's pages meet and its settings do not
// say: hosts that are no vendor's, tags that the browser fetched ahead of the
// gate and, on a report-only site, what the gate would have held.
//
// What is counted names a host, never an address below it, a page or a visitor.
// It is no evidence: pages report a sample, and losing a report does no harm.
package discovery

import (
	"context"
	"time"
)

// What says in which way something was met.
type What string

const (
	Unknown What = "unknown" // a third party's host that no vendor of the site has
	Ahead   What = "ahead"   // a vendor's static tag that the browser fetched before the gate could hold it
	Held    What = "held"    // a vendor's tag that would have been held if the site were not report-only
	Other   What = "other"   // all that came after MaxFigures on one day
)

const (
	// MaxFindings is how much one report may name.
	MaxFindings = 30
	// MaxFigures is how many different findings are kept of a site's day; more
	// are counted together as Other, so that made-up hosts cannot fill a store.
	MaxFigures = 500
	// Retention in days, today included.
	Retention = 90
	// DefaultSample is the share of page views that report where a site says nothing.
	DefaultSample = 0.1
)

// Finding is one thing that a page met.
type Finding struct {
	What What   `json:"what"`
	Kind string `json:"kind"` // of tag or request, under the gate's names or "other"
	Host string `json:"host"` // in lower case, without port
	// Vendor of the site that the host belongs to; "" for an Unknown host.
	Vendor string `json:"vendor,omitempty"`
}

// Figure is a finding as it was counted over some days.
type Figure struct {
	Finding
	Count int64 `json:"count"` // page views that reported it
	// Estimate of all page views that met it: each report counts for as many as
	// the sample left out.
	Estimate int64 `json:"estimate"`
	Days     int   `json:"days"` // on which it was reported
	// The first and the last of these days, YYYY-MM-DD in UTC.
	FirstSeen string `json:"firstSeen"`
	LastSeen  string `json:"lastSeen"`
}

// Write is one report as a store takes it.
type Write struct {
	Site string
	Day  string // YYYY-MM-DD in UTC
	// Names of the counters to raise by one, each once.
	Names []string
	// Most is how many counters a day may have besides Rest, which is raised in
	// place of each name that would be one more.
	Most int
	Rest string
	TTL  time.Duration // how long the day is kept from its first report on
}

// Store keeps counters by site and day. Errors are Unavailable when the store
// cannot be reached.
type Store interface {
	// Discover raises the counters of one report in one atomic step. A write that
	// is repeated counts again.
	Discover(ctx context.Context, w Write) error
	// Discovered returns the counters by day and name of days that follow one
	// another, oldest first. Days without any are left out.
	Discovered(ctx context.Context, site string, days []string) (map[string]map[string]int64, error)
}
