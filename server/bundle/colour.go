package bundle

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour, 0xrrggbb.
type rgb uint32

// The grounds of the widget's panels in light and in dark (--p in
// widget/src/ui/style.ts): an accent is made to stand out from them.
const (
	lightGround rgb = 0xffffff
	darkGround  rgb = 0x1c2026
)

// defaultAccent is 紺, the indigo of shop curtains, where a site chooses none.
const defaultAccent rgb = 0x223f6b

// palette is what a site's accent becomes on one ground, as "#rrggbb": the fill
// of a button, the text on it, and a mark or link on the ground itself. Text and
// mark have a contrast of 4.5 or more (WCAG 2.2, 1.4.3), whatever the accent.
// Computed at publication, since a visitor should not pay for the sums.
type palette [3]string

// palettes returns those for light and for dark. The accent is "#rrggbb", as
// checked when the site was saved, or "".
func palettes(accent string) (light, dark palette) {
	c := defaultAccent
	if len(accent) == 7 {
		if n, err := strconv.ParseUint(accent[1:], 16, 24); err == nil {
			c = rgb(n)
		}
	}
	shown := c.readableOn(darkGround)
	return palette{c.String(), c.text().String(), c.readableOn(lightGround).String()},
		palette{shown.String(), shown.text().String(), shown.String()}
}

func (c rgb) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

// luminance is WCAG's relative luminance, 0 to 1.
func (c rgb) luminance() float64 {
	sum := 0.0
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		part := float64(c>>(16-8*i)&255) / 255
		if part > 0.04045 {
			part = math.Pow((part+0.055)/1.055, 2.4)
		} else {
			part /= 12.92
		}
		sum += weight * part
	}
	return sum
}

// contrast is WCAG's contrast ratio, 1 to 21.
func (c rgb) contrast(d rgb) float64 {
	a, b := c.luminance(), d.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// text returns black or white, whichever reads better on the colour: 4.5 or more always.
func (c rgb) text() rgb {
	if c.contrast(0) > c.contrast(0xffffff) {
		return 0
	}
	return 0xffffff
}

// readableOn returns the colour made darker or lighter, in its own hue, until it
// stands out from the ground by 4.5.
func (c rgb) readableOn(ground rgb) rgb {
	lighter := ground.text() != 0
	for c.contrast(ground) < 4.5 {
		var mixed rgb
		for shift := 0; shift <= 16; shift += 8 {
			part := float64(c >> shift & 255)
			if lighter {
				part = min(255, part*1.06+4) // the 4 moves black as well
			} else {
				part *= 0.94
			}
			mixed |= rgb(part) << shift
		}
		c = mixed
	}
	return c
}
