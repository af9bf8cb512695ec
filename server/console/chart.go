package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/statistics"
)

// chart is a picture of days side by side, in the units of its view box. It is
// drawn from the figures of the table behind it and from nothing else: what the
// table hides has no height here.
type chart struct {
	Width, Height int
	Days          []chartDay
	Lines         []chartLine
	Labels        []chartLabel
	// Empty: there is nothing to draw.
	Empty bool
}

// chartDay is a column, with words for a pointer that rests on it.
type chartDay struct {
	Title string
	Parts []chartPart
}

type chartPart struct{ Class, X, Y, Width, Height string }

// chartLine is a level of the scale; chartLabel a date below.
type (
	chartLine  struct{ Y, TextY, Text string }
	chartLabel struct{ X, Text string }
)

const (
	chartWidth, chartHeight       = 720, 220
	chartLeft, chartTop, chartEnd = 52, 12, 24 // margins: left, top, bottom
	chartSteps                    = 4          // of the scale
	chartDates                    = 7          // labels at most
)

// drawDays draws decisions by day.
func drawDays(lang speaker, days []statistics.Row) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Empty: true}
	most := int64(0)
	for _, d := range days {
		n := int64(0)
		for _, count := range d.Counts {
			n += count.N
		}
		most = max(most, n)
	}
	if most == 0 {
		return c
	}
	c.Empty = false
	step := niceStep(most)
	inner := float64(chartHeight - chartTop - chartEnd)
	scale := inner / float64(step*chartSteps)
	for i := int64(0); i <= chartSteps; i++ {
		y := chartTop + inner - float64(i*step)*scale
		c.Lines = append(c.Lines, chartLine{unit(y), unit(y + 4), lang.Number(i * step)})
	}
	pitch := float64(chartWidth-chartLeft) / float64(len(days))
	every := (len(days) + chartDates - 1) / chartDates
	for i, d := range days {
		x := chartLeft + float64(i)*pitch
		c.Days = append(c.Days, drawDay(lang, d, x+pitch*.12, pitch*.76, chartTop+inner, scale))
		if i%every == 0 {
			c.Labels = append(c.Labels, chartLabel{unit(x + pitch/2), lang.shortDay(d.Name)})
		}
	}
	return c
}

func drawDay(lang speaker, d statistics.Row, x, width, ground, scale float64) chartDay {
	p, words := page{speaker: lang}, []string(nil)
	var column chartDay
	y := ground
	for i, count := range d.Counts {
		if count == (statistics.Count{}) {
			continue
		}
		words = append(words, lang.T("choices.of", lang.T("choices."+string(statistics.Outcomes[i])), p.Figure(count)))
		if height := float64(count.N) * scale; count.N > 0 {
			y -= height
			column.Parts = append(column.Parts, chartPart{"s" + strconv.Itoa(i+1), unit(x), unit(y), unit(width), unit(height)})
		}
	}
	column.Title = lang.T("choices.of", p.RowName("days", d.Name), lang.List(words))
	if words == nil {
		column.Title = lang.T("choices.of", p.RowName("days", d.Name), "0")
	}
	return column
}

// niceStep returns the least of 1, 2, 5, 10, 20, … of which chartSteps reach up to n.
func niceStep(n int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, digit := range []int64{1, 2, 5} {
			if digit*power*chartSteps >= n {
				return digit * power
			}
		}
	}
}

// unit writes a length of the view box.
func unit(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// shortDay returns a day without its year.
func (lang speaker) shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		return day
	case lang == "ja":
		return t.Format("1/2")
	}
	return t.Format("2 Jan")
}
