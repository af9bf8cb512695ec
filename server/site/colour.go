package site

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour, 0xrrggbb.
type rgb uint32

// colour reads "#rrggbb"; ok is false for anything else.
func colour(s string) (c rgb, ok bool) {
	if !colourPattern.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 24)
	return rgb(n), err == nil
}

func (c rgb) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

// linear returns red, green and blue as shares of light, 0 to 1.
func (c rgb) linear() (parts [3]float64) {
	for i := range parts {
		part := float64(c>>(16-8*i)&255) / 255
		if part > 0.04045 {
			parts[i] = math.Pow((part+0.055)/1.055, 2.4)
		} else {
			parts[i] = part / 12.92
		}
	}
	return parts
}

// luminance is WCAG's relative luminance, 0 to 1.
func (c rgb) luminance() float64 {
	p := c.linear()
	return 0.2126*p[0] + 0.7152*p[1] + 0.0722*p[2]
}

// contrast is WCAG's contrast ratio, 1 to 21.
func (c rgb) contrast(d rgb) float64 {
	a, b := c.luminance(), d.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// text returns black or white, whichever reads better on the colour: 4.58 or more always.
func (c rgb) text() rgb {
	if c.contrast(0) > c.contrast(0xffffff) {
		return 0
	}
	return 0xffffff
}

// mix returns the colour with a share of another in it.
func (c rgb) mix(other rgb, share float64) (mixed rgb) {
	for shift := 0; shift <= 16; shift += 8 {
		a, b := float64(c>>shift&255), float64(other>>shift&255)
		mixed |= rgb(math.Round(a+(b-a)*share)) << shift
	}
	return mixed
}

// nearest returns the colour itself if its contrast to the ground is as needed
// (4.58 at most), else the one of its hue whose lightness is nearest to its own.
func (c rgb) nearest(ground rgb, need float64) rgb {
	lightness, a, b := c.oklab()
	away := 1.0 / 256
	if c.luminance() < ground.luminance() {
		away = -away // of two that are equally near, the one on its own side of the ground
	}
	for step := 0.0; step <= 256; step++ {
		for _, l := range [2]float64{lightness + step*away, lightness - step*away} {
			shade := c
			if step > 0 {
				shade = fromOklab(l, a, b)
			}
			if shade.contrast(ground) >= need {
				return shade
			}
		}
	}
	return ground.text()
}

// oklab returns lightness, 0 to 1, and the two axes of hue in Björn Ottosson's
// Oklab (CSS Color 4, 9.2), where equal steps look equal.
func (c rgb) oklab() (l, a, b float64) {
	p := c.linear()
	x := math.Cbrt(0.4122214708*p[0] + 0.5363325363*p[1] + 0.0514459929*p[2])
	y := math.Cbrt(0.2119034982*p[0] + 0.6806995451*p[1] + 0.1073969566*p[2])
	z := math.Cbrt(0.0883024619*p[0] + 0.2817188376*p[1] + 0.6299787005*p[2])
	return 0.2104542553*x + 0.7936177850*y - 0.0040720468*z,
		1.9779984951*x - 2.4285922050*y + 0.4505937099*z,
		0.0259040371*x + 0.7827717662*y - 0.8086757660*z
}

// fromOklab returns the colour of that lightness and hue, paler where no screen
// shows it as vivid as that.
func fromOklab(l, a, b float64) rgb {
	l = min(1, max(0, l))
	for vivid := 1.0; vivid > 0; vivid -= 1.0 / 64 {
		if c, ok := screen(l, a*vivid, b*vivid); ok {
			return c
		}
	}
	c, _ := screen(l, 0, 0)
	return c
}

// screen returns a colour of Oklab in sRGB; ok is false where it has none.
func screen(l, a, b float64) (c rgb, ok bool) {
	x, y, z := l+0.3963377774*a+0.2158037573*b, l-0.1055613458*a-0.0638541728*b, l-0.0894841775*a-1.2914855480*b
	x, y, z = x*x*x, y*y*y, z*z*z
	ok = true
	for _, part := range [3]float64{
		4.0767416621*x - 3.3077115913*y + 0.2309699292*z,
		-1.2684380046*x + 2.6097574011*y - 0.3413193965*z,
		-0.0041960863*x - 0.7034186147*y + 1.7076147010*z,
	} {
		const rounding = 0.0005 // black, white and the purest colours miss by less
		ok = ok && part > -rounding && part < 1+rounding
		part = min(1, max(0, part))
		if part > 0.0031308 {
			part = 1.055*math.Pow(part, 1/2.4) - 0.055
		} else {
			part *= 12.92
		}
		c = c<<8 | rgb(math.Round(part*255))
	}
	return c, ok
}
