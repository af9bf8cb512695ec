package notice

import (
	"fmt"

	"github.com/sekisho/sekisho/server/catalogue"
)

// Lifetime words how long a cookie stays.
func (n Notice) Lifetime(c catalogue.Cookie) string {
	if c.LifetimeSeconds == nil {
		return n.T("noLifetime")
	}
	s := *c.LifetimeSeconds
	if s <= 0 {
		return n.T("session")
	}
	if years := (s + year/2) / year; years > 0 && max(s-years*year, years*year-s) <= 2*years*day {
		return whole.say(n.Language, years)
	}
	for _, u := range units {
		if s >= u.from {
			return u.say(n.Language, (s+u.seconds/2)/u.seconds)
		}
	}
	return n.T("session")
}

// whole is told in years, when a lifetime is whole years within two days each.
var whole = unit{year, year, "%d年", "%d year", "%d years"}

// unit is a unit of time, used for times from a length on.
type unit struct {
	from, seconds int64
	ja, one, many string
}

const (
	day  = 24 * 60 * 60
	year = 365 * day
)

// units from long to short.
var units = []unit{
	{60 * day, 30 * day, "%dか月", "%d month", "%d months"},
	{day, day, "%d日", "%d day", "%d days"},
	{3600, 3600, "%d時間", "%d hour", "%d hours"},
	{60, 60, "%d分", "%d minute", "%d minutes"},
	{1, 1, "%d秒", "%d second", "%d seconds"},
}

func (u unit) say(lang string, n int64) string {
	switch {
	case lang == "ja":
		return fmt.Sprintf(u.ja, n)
	case n == 1:
		return fmt.Sprintf(u.one, n)
	}
	return fmt.Sprintf(u.many, n)
}
