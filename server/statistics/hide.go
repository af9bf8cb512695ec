package statistics

import (
	"encoding/json"
	"strconv"
)

// Few is the least count that is shown: what is smaller, and not 0, might be
// somebody whom others know to have been there.
const Few = 5

// Hidden says why a count is not shown.
type Hidden byte

const (
	Shown      Hidden = iota
	Small             // it is from 1 to Few-1
	Complement        // with it, a small one could be worked out
)

// Count is a number of decisions, or that it is not shown. N is 0 when hidden.
type Count struct {
	N      int64
	Hidden Hidden
}

// String returns the count for a file: digits, "<5", or "*" for what is hidden to
// protect another.
func (c Count) String() string {
	switch c.Hidden {
	case Small:
		return "<" + strconv.Itoa(Few)
	case Complement:
		return "*"
	}
	return strconv.FormatInt(c.N, 10)
}

// MarshalJSON writes a number, or one of String's two other words.
func (c Count) MarshalJSON() ([]byte, error) {
	if c.Hidden == Shown {
		return json.Marshal(c.N)
	}
	return json.Marshal(c.String())
}

// Share returns a part of a whole in percent; ok is false when one of them is
// hidden or the whole is 0.
func Share(part, whole Count) (percent float64, ok bool) {
	if part.Hidden != Shown || whole.Hidden != Shown || whole.N == 0 {
		return 0, false
	}
	return 100 * float64(part.N) / float64(whole.N), true
}

// count hides n when it is small, or for another's sake.
func count(n int64, hidden bool) Count {
	switch {
	case n > 0 && n < Few:
		return Count{Hidden: Small}
	case hidden:
		return Count{Hidden: Complement}
	}
	return Count{N: n}
}

// grid is a table with its sums: the last column is the sum of the others, and
// the last row is. A hidden cell can be worked out from the rest exactly when it
// is a bridge of the graph whose vertices are the rows and columns and whose
// edges are the hidden cells: each row and column gives one equation, and a cell
// on a circle of hidden ones can be a little more or less while its neighbours
// make up for it.
type grid struct {
	n      [][]int64
	hidden [][]bool
}

// cost is what it takes to hide a cell: as little as possible shall be lost. The last
// row is shared with other tables, so nothing is hidden there that they show; a 0
// protects nobody where it is known that there can be nothing else.
func (g *grid) cost(row, col int) int64 {
	const never, seldom = 1 << 60, 1 << 40
	switch {
	case g.hidden[row][col]:
		return 0
	case row == len(g.n)-1:
		return never
	case g.n[row][col] == 0:
		return seldom
	}
	return g.n[row][col]
}

// protect hides further cells so that none that is hidden can be worked out. Once
// over the table is enough: what is hidden on the way lies on a circle itself.
func (g *grid) protect() {
	for row := range g.n {
		for col := range g.n[row] {
			if g.hidden[row][col] && !g.connected(row, col) {
				g.close(row, col)
			}
		}
	}
}

// close hides three more cells, those that cost least, of a circle with the one given.
func (g *grid) close(row, col int) {
	best, with, across := int64(-1), 0, 0
	for r := range g.n {
		for c := range g.n[r] {
			if r == row || c == col {
				continue
			}
			if cost := g.cost(r, c) + g.cost(row, c) + g.cost(r, col); best < 0 || cost < best {
				best, with, across = cost, r, c
			}
		}
	}
	g.hidden[row][across], g.hidden[with][across], g.hidden[with][col] = true, true, true
}

// connected reports whether a way over hidden cells leads from a row to a column
// without the cell where they cross.
func (g *grid) connected(row, col int) bool {
	rows, cols := make([]bool, len(g.n)), make([]bool, len(g.n[0]))
	rows[row] = true
	for queue := []int{row}; len(queue) > 0; queue = queue[1:] {
		r := queue[0]
		for c := range g.n[r] {
			if !g.hidden[r][c] || cols[c] || r == row && c == col {
				continue
			}
			if c == col {
				return true
			}
			cols[c] = true
			for next := range g.n {
				if g.hidden[next][c] && !rows[next] {
					rows[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return false
}

// hideTotals hides what is small of the sums that all tables share, and one more
// where a single one is.
func hideTotals(all []int64) Row {
	cells := append([]int64{}, all...)
	cells = append(cells, sum(all))
	hidden := hideLine(cells)
	row := Row{Counts: make([]Count, len(all)), Total: count(cells[len(all)], hidden[len(all)])}
	for i := range all {
		row.Counts[i] = count(all[i], hidden[i])
	}
	return row
}

// hideLine returns which numbers to hide of some whose last is the sum of the others.
func hideLine(cells []int64) []bool {
	hidden, n, least := make([]bool, len(cells)), 0, -1
	for i, v := range cells {
		if v > 0 && v < Few {
			hidden[i] = true
			n++
		} else if v > 0 && (least < 0 || v < cells[least]) {
			least = i
		}
	}
	// The sum of one number is that number: then both are small, or both shown.
	if n == 1 {
		hidden[least] = true
	}
	return hidden
}

func sum(counts []int64) int64 {
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	return total
}

// hide returns a table whose columns add up to the row of all.
func hide(table []named, all Row) []Row {
	if len(table) == 0 {
		return []Row{}
	}
	width := len(Outcomes) + 1
	g := &grid{}
	totals := make([]int64, width)
	for _, r := range table {
		line := append(append(make([]int64, 0, width), r.counts...), sum(r.counts))
		g.add(line)
		for i, n := range line {
			totals[i] += n
		}
	}
	g.add(totals)
	for i, c := range append(append([]Count{}, all.Counts...), all.Total) {
		g.hidden[len(table)][i] = c.Hidden != Shown
	}
	g.protect()
	out := make([]Row, len(table))
	for i, r := range table {
		out[i] = Row{Name: r.name, Counts: make([]Count, len(Outcomes)), Total: count(g.n[i][width-1], g.hidden[i][width-1])}
		for j := range Outcomes {
			out[i].Counts[j] = count(g.n[i][j], g.hidden[i][j])
		}
	}
	return out
}

// add adds a line with what is small hidden.
func (g *grid) add(line []int64) {
	hidden := make([]bool, len(line))
	for i, n := range line {
		hidden[i] = n > 0 && n < Few
	}
	g.n, g.hidden = append(g.n, line), append(g.hidden, hidden)
}

// hideVendor hides what is small of a vendor's answers, and what would tell it.
func hideVendor(id string, a answers) Vendor {
	cells := []int64{a.granted, a.denied, a.granted + a.denied}
	hidden := hideLine(cells)
	return Vendor{ID: id, Granted: count(cells[0], hidden[0]), Denied: count(cells[1], hidden[1]), Asked: count(cells[2], hidden[2])}
}
