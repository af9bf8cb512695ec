package discovery

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"
)

// Reader says what was counted. Both fields are needed.
type Reader struct {
	Store Store
	Now   func() time.Time
}

// Figures returns what was counted of a site from the day of since (in UTC) to
// today, the most frequent first; at most Retention days. A site of which
// nothing is known has none. Unavailable: the store is away.
func (r Reader) Figures(ctx context.Context, site string, since time.Time) ([]Figure, error) {
	days := daysBetween(since.UTC(), r.Now().UTC())
	if len(days) == 0 {
		return []Figure{}, nil
	}
	counters, err := r.Store.Discovered(ctx, site, days)
	if err != nil {
		return nil, err
	}
	return figures(days, counters), nil
}

// daysBetween returns the days from one to the other, not more than are kept.
func daysBetween(from, to time.Time) []string {
	midnight := func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }
	from, to = midnight(from), midnight(to)
	if oldest := to.AddDate(0, 0, 1-Retention); from.Before(oldest) {
		from = oldest
	}
	var days []string
	for ; !from.After(to); from = from.AddDate(0, 0, 1) {
		days = append(days, from.Format(time.DateOnly))
	}
	return days
}

func figures(days []string, counters map[string]map[string]int64) []Figure {
	byFinding := map[Finding]*Figure{}
	estimates := map[Finding]float64{}
	for _, day := range days {
		for name, count := range counters[day] {
			finding, sample, ok := parseName(name)
			if !ok {
				continue
			}
			f := byFinding[finding]
			if f == nil {
				f = &Figure{Finding: finding, FirstSeen: day}
				byFinding[finding] = f
			}
			// Two samples on one day are one day.
			if f.LastSeen != day {
				f.Days++
			}
			f.LastSeen = day
			f.Count += count
			estimates[finding] += float64(count) / sample
		}
	}
	all := make([]Figure, 0, len(byFinding))
	for finding, f := range byFinding {
		f.Estimate = int64(math.Round(min(estimates[finding], math.MaxInt32)))
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Estimate, a.Estimate), cmp.Compare(b.Count, a.Count), cmp.Compare(a.What, b.What),
			cmp.Compare(a.Host, b.Host), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Vendor, b.Vendor))
	})
	return all
}
