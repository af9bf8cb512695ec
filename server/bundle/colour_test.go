package bundle

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/widget"
)

// every returns colours on a grid through the cube of red, green and blue.
func every(yield func(rgb) bool) {
	for r := rgb(0); r < 256; r += 15 {
		for g := rgb(0); g < 256; g += 15 {
			for b := rgb(0); b < 256; b += 15 {
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
		want float64
	}{{0, 0xffffff, 21}, {0x777777, 0x777777, 1}, {0x767676, 0xffffff, 4.54}, {0xffffff, 0x767676, 4.54}, {0xff0000, 0xffffff, 4.00}} {
		if got := c.a.contrast(c.b); got < c.want-0.005 || got > c.want+0.005 {
			t.Errorf("%v on %v: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestAnyAccentIsReadable(t *testing.T) {
	parse := func(s string) rgb {
		var c rgb
		for _, digit := range s[1:] {
			c = c<<4 | rgb(strings.IndexRune("0123456789abcdef", digit))
		}
		return c
	}
	for accent := range every {
		light, dark := palettes(accent.String())
		for name, p := range map[string]struct {
			palette
			ground rgb
		}{"light": {light, lightGround}, "dark": {dark, darkGround}} {
			fill, text, mark := parse(p.palette[0]), parse(p.palette[1]), parse(p.palette[2])
			if text.contrast(fill) < 4.5 || mark.contrast(p.ground) < 4.5 {
				t.Errorf("%v, %s: text %v on fill %v %.2f, mark %v on %v %.2f", accent, name, text, fill, text.contrast(fill), mark, p.ground, mark.contrast(p.ground))
			}
		}
		if light[0] != accent.String() {
			t.Errorf("the accent %v became %v in light", accent, light[0])
		}
		if accent.contrast(lightGround) >= 4.5 && light[2] != accent.String() {
			t.Errorf("%v is readable, and became %v", accent, light[2])
		}
	}
}

func TestDefaultAccent(t *testing.T) {
	for _, none := range []string{"", "red", "#12345g"} {
		if light, _ := palettes(none); light[0] != defaultAccent.String() {
			t.Errorf("accent %q gives %v", none, light)
		}
	}
}

// The grounds stand in the widget's style sheet as well.
func TestGrounds(t *testing.T) {
	style, err := fs.ReadFile(widget.Sources, "src/ui/style.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--p:#fff;", "--p:" + darkGround.String() + ";"} {
		if !strings.Contains(string(style), want) {
			t.Errorf("style.ts has no %s", want)
		}
	}
}
