// Package statistics knows what visitors chose, as figures that single out nobody.
//
// Its only source is the counters that decisions raise (package consent), which
// name no visitor. A decision is one act: who decides twice is counted twice, and
// who never decides is not counted.
package statistics

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

const (
	// MaxDays is the longest period of a report.
	MaxDays = 366
	// MinDays is the shortest: the difference of two periods must not be a glance
	// at one day of a small site.
	MinDays = 7
	// atOnce is how many days are read at a time, so that a year of a store far
	// away is no year of round trips.
	atOnce = 8
)

// Outcome is what became of a decision, by the act.
type Outcome string

// Outcomes, in the order of every table.
const (
	Accepted  Outcome = "accepted"  // all at once
	Rejected  Outcome = "rejected"  // all at once
	Partly    Outcome = "partly"    // one by one, and saved
	Withdrawn Outcome = "withdrawn" // what had been granted before
	Signalled Outcome = "signalled" // by the browser, such as GPC
)

// Outcomes are all of them.
var Outcomes = []Outcome{Accepted, Rejected, Partly, Withdrawn, Signalled}

var outcomeOf = map[consent.Action]int{consent.AcceptAll: 0, consent.RejectAll: 1, consent.Save: 2, consent.Withdraw: 3, consent.Signal: 4}

// Row is one line of a table: the decisions of a day, a language, a layer, a revision.
type Row struct {
	Name string `json:"name"`
	// Counts are in the order of Outcomes.
	Counts []Count `json:"counts"`
	Total  Count   `json:"total"`
}

// Vendor is how often visitors were asked about a vendor, and what they said.
type Vendor struct {
	ID      string `json:"vendor"`
	Asked   Count  `json:"asked"`
	Granted Count  `json:"granted"`
	Denied  Count  `json:"denied"`
}

// Report is what a site's visitors chose in a period.
type Report struct {
	Site string `json:"site"`
	// From and To are the first and the last day, YYYY-MM-DD in UTC.
	From     string    `json:"from"`
	To       string    `json:"to"`
	Outcomes []Outcome `json:"outcomes"`
	All      Row       `json:"all"`
	// Days are all of the period, also those without a decision.
	Days      []Row    `json:"days"`
	Languages []Row    `json:"languages"`
	Layers    []Row    `json:"layers"`
	Revisions []Row    `json:"revisions"`
	Vendors   []Vendor `json:"vendors"`
}

// Counts returns a site's counters of a day, as consent.Store does.
type Counts interface {
	Counts(ctx context.Context, site, day string) (map[string]int64, error)
}

// Revisions knows what was asked: site.Sites.
type Revisions interface {
	Revision(ctx context.Context, site string, number int) (*site.Revision, error)
}

// Reader makes reports.
type Reader struct {
	Counts    Counts
	Revisions Revisions
}

// Read returns the report of the days from the first to the last.
//
// Faults: Invalid for "/to" when the period is shorter than MinDays or longer than
// MaxDays, Unavailable when the store is away.
func (r Reader) Read(ctx context.Context, key string, from, to time.Time) (*Report, error) {
	days, err := period(from, to)
	if err != nil {
		return nil, err
	}
	counts, err := r.read(ctx, key, days)
	if err != nil {
		return nil, err
	}
	t := newTally()
	for i, day := range days {
		t.day(day, counts[i])
	}
	vendors, err := r.vendors(ctx, key, t)
	if err != nil {
		return nil, err
	}
	report := t.report()
	report.Site, report.From, report.To, report.Vendors = key, days[0], days[len(days)-1], vendors
	return report, nil
}

// period returns the days from the first to the last.
func period(from, to time.Time) ([]string, error) {
	var days []string
	for day := from; !day.After(to) && len(days) <= MaxDays; day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	if len(days) >= MinDays && len(days) <= MaxDays {
		return days, nil
	}
	return nil, fault.InvalidFields("the period", []fault.Field{{
		Path:   "/to",
		Reason: "the period must be from " + strconv.Itoa(MinDays) + " to " + strconv.Itoa(MaxDays) + " days long", ReasonJa: "期間は" + strconv.Itoa(MinDays) + "日から" + strconv.Itoa(MaxDays) + "日までの長さで指定してください。",
	}})
}

// read reads the counters of days, several at a time.
func (r Reader) read(ctx context.Context, key string, days []string) ([]map[string]int64, error) {
	counts, errs := make([]map[string]int64, len(days)), make([]error, len(days))
	next := make(chan int)
	var readers sync.WaitGroup
	for range min(atOnce, len(days)) {
		readers.Go(func() {
			for i := range next {
				counts[i], errs[i] = r.Counts.Counts(ctx, key, days[i])
			}
		})
	}
	for i := range days {
		next <- i
	}
	close(next)
	readers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// vendors returns the table of vendors, by id. A decision that gave all vendors the
// same answer is counted once for all of them: which they were, its revision says.
func (r Reader) vendors(ctx context.Context, key string, t *tally) ([]Vendor, error) {
	for number, same := range t.same {
		rev, err := r.Revisions.Revision(ctx, key, number)
		if err != nil {
			return nil, err
		}
		for i := range rev.Vendors {
			if v := &rev.Vendors[i]; !v.Necessary() {
				t.answer(v.ID, same)
			}
		}
	}
	table := make([]Vendor, 0, len(t.vendors))
	for id, a := range t.vendors {
		table = append(table, hideVendor(id, *a))
	}
	slices.SortFunc(table, func(a, b Vendor) int { return compareVendors(a, b, t) })
	return table, nil
}
