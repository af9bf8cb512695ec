package statistics

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNothingHiddenCanBeWorkedOut: whatever the counts, the sums that are shown leave
// each hidden cell open, and the sums that all tables share are hidden in none alone.
func TestNothingHiddenCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Int64Range(0, 12), rapid.Just(int64(0)), rapid.Int64Range(1, 4), rapid.Int64Range(5, 500))
		table := make([]named, rapid.IntRange(1, 7).Draw(t, "rows"))
		total := fresh()
		for i := range table {
			table[i].counts = fresh()
			for j := range Outcomes {
				table[i].counts[j] = number.Draw(t, "count")
				total[j] += table[i].counts[j]
			}
		}
		all := hideTotals(total)
		cells := [][]Count{}
		for i, r := range append(hide(table, all), all) {
			line := append(append([]Count{}, r.Counts...), r.Total)
			cells = append(cells, line)
			counts := total
			if i < len(table) {
				counts = table[i].counts
			}
			for j, n := range append(append([]int64{}, counts...), sum(counts)) {
				if c := line[j]; c.Hidden == Shown && c.N != n || n > 0 && n < Few != (c.Hidden == Small) {
					t.Fatalf("%d is shown as %v", n, c)
				}
			}
		}
		if at := solved(cells); at >= 0 {
			t.Fatalf("hidden cell %d follows from what is shown: %v", at, cells)
		}
	})
}

// solved returns the first hidden cell that the equations of the rows and columns
// determine, counted row by row; -1 for none. It solves them, rather than to look for bridges.
func solved(cells [][]Count) int {
	width := len(cells[0])
	unknown := map[int]int{}
	for i, line := range cells {
		for j, c := range line {
			if c.Hidden != Shown {
				unknown[i*width+j] = len(unknown)
			}
		}
	}
	equations := make([][]int64, len(cells)+width)
	for i := range equations {
		equations[i] = make([]int64, len(unknown))
	}
	for at, u := range unknown {
		i, j := at/width, at%width
		equations[i][u], equations[len(cells)+j][u] = 1, 1
		if j == width-1 {
			equations[i][u] = -1
		}
		if i == len(cells)-1 {
			equations[len(cells)+j][u] = -1
		}
	}
	have := rank(equations)
	for at, u := range unknown {
		alone := make([]int64, len(unknown))
		alone[u] = 1
		if rank(append(append([][]int64{}, equations...), alone)) == have {
			return at
		}
	}
	return -1
}

// rank is that of a matrix whose every minor is -1, 0 or 1, so that any prime does.
func rank(rows [][]int64) int {
	const prime = 1_000_003
	m := make([][]int64, len(rows))
	for i := range rows {
		m[i] = append([]int64{}, rows[i]...)
	}
	found := 0
	for col := 0; len(m) > 0 && col < len(m[0]); col++ {
		pivot := found
		for pivot < len(m) && m[pivot][col]%prime == 0 {
			pivot++
		}
		if pivot == len(m) {
			continue
		}
		m[found], m[pivot] = m[pivot], m[found]
		for i := found + 1; i < len(m); i++ {
			a, b := m[i][col], m[found][col]
			for j := range m[i] {
				m[i][j] = (m[i][j]*b - m[found][j]*a) % prime
			}
		}
		found++
	}
	return found
}

func TestHideVendor(t *testing.T) {
	for name, c := range map[string]struct {
		a    answers
		want string
	}{
		"plain":           {answers{20, 30}, "20 30 50"},
		"a few denied":    {answers{20, 3}, "* <5 23"},
		"nobody denied":   {answers{20, 0}, "20 0 20"},
		"hardly anybody":  {answers{2, 0}, "<5 0 <5"},
		"few of both":     {answers{4, 3}, "<5 <5 7"},
		"nobody at all":   {answers{}, "0 0 0"},
		"the least shown": {answers{5, 5}, "5 5 10"},
	} {
		v := hideVendor("x", c.a)
		if got := v.Granted.String() + " " + v.Denied.String() + " " + v.Asked.String(); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
