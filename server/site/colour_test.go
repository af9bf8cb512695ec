package site

import (
	"math"
	"testing"
)

// every returns 216 colours on a grid through the cube of red, green and blue.
func every(yield func(rgb) bool) {
	for r := rgb(0); r < 256; r += 51 {
		for g := rgb(0); g < 256; g += 51 {
			for b := rgb(0); b < 256; b += 51 {
				if !yield(r<<16 | g<<8 | b) {
					return
				}
			}
		}
	}
}

func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b rgb
		want string
	}{
		{0, 0xffffff, "21.00"}, {0x777777, 0x777777, "1.00"}, {0xffffff, 0x767676, "4.54"}, {0xff0000, 0xffffff, "3.99"},
		{0x767676, 0xffffff, "4.54"}, {0x777777, 0xffffff, "4.47"}, {0x949494, 0xffffff, "3.03"}, {0x959595, 0xffffff, "2.99"},
		{0x0000ff, 0xffffff, "8.59"}, {0x757575, 0, "4.55"},
	} {
		if got := twoDecimals(c.a.contrast(c.b)); got != c.want {
			t.Errorf("%v on %v: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestRatiosAreRoundedDown(t *testing.T) {
	for ratio, want := range map[float64]string{4.4999: "4.49", 4.5: "4.50", 4.478: "4.47", 2.9999999: "2.99", 3: "3.00", 21: "21.00", 4.54: "4.54"} {
		if got := twoDecimals(ratio); got != want {
			t.Errorf("%v: %s, want %s", ratio, got, want)
		}
	}
}

func TestColour(t *testing.T) {
	for _, none := range []string{"", "red", "#fff", "#12345g", "#1234567", "112233", "#112233 "} {
		if c, ok := colour(none); ok {
			t.Errorf("%q is read as %v", none, c)
		}
	}
	for c := range every {
		if read, ok := colour(c.String()); !ok || read != c {
			t.Errorf("%v is read as %v", c, read)
		}
		if back := fromOklab(c.oklab()); back != c {
			t.Errorf("%v by way of Oklab is %v", c, back)
		}
		if c.text().contrast(c) < 4.58 {
			t.Errorf("neither black nor white reads on %v", c)
		}
	}
}

func TestNearestColour(t *testing.T) {
	grounds := []rgb{0xffffff, 0, 0x1c2026, 0x777777, 0xf6f1e7, 0xff0000, 0x0000ff, 0xffd400}
	for c := range every {
		for _, ground := range grounds {
			for _, need := range []float64{aaShape, aaText} {
				got := c.nearest(ground, need)
				if got.contrast(ground) < need {
					t.Fatalf("%v on %v: %v has %.2f", c, ground, got, got.contrast(ground))
				}
				if c.contrast(ground) >= need && got != c {
					t.Fatalf("%v passes on %v, and became %v", c, ground, got)
				}
				if turn := hueTurned(c, got); turn > 5 {
					t.Fatalf("%v on %v: %v has another hue, by %.0f degrees", c, ground, got, turn)
				}
			}
		}
	}
	// By hand: greys stay greys, and one step less would not do.
	for _, c := range []struct {
		c, ground rgb
		need      float64
		want      rgb
	}{{0x777777, 0xffffff, 4.5, 0x767676}, {0xffffff, 0xffffff, 4.5, 0x767676}, {0xffffff, 0xffffff, 3, 0x949494}, {0x767676, 0xffffff, 4.5, 0x767676}} {
		if got := c.c.nearest(c.ground, c.need); got != c.want {
			t.Errorf("%v on %v, %v: %v, want %v", c.c, c.ground, c.need, got, c.want)
		}
	}
}

// hueTurned is by how many degrees the hue differs; 0 where either has hardly any,
// or is so dark that 256 steps tell few hues apart.
func hueTurned(c, d rgb) float64 {
	l, a, b := c.oklab()
	k, e, f := d.oklab()
	if math.Hypot(a, b) < 0.04 || math.Hypot(e, f) < 0.04 || l < 0.25 || k < 0.25 {
		return 0
	}
	return math.Abs(math.Remainder(math.Atan2(b, a)-math.Atan2(f, e), 2*math.Pi)) * 180 / math.Pi
}
