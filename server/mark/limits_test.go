package mark

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sekisho/sekisho/server/fault"
)

// TestLongTokens: text of any length passes in pieces; a tag that is longer
// than a token may be ends the marking, and loses nothing.
func TestLongTokens(t *testing.T) {
	tag, marked := `<img src=//a.example>`, `<img data-vendor="a" data-src=//a.example>`
	m := testMarker()
	m.maxToken = 128 << 10
	long := strings.Repeat("x", m.maxToken)
	for name, c := range map[string]struct{ before, after string }{
		"text":              {long + long, long + long},
		"a script":          {"<script>" + long + "<img src=//a.example>" + long + "</script>", same},
		"the end of one":    {"<script>" + long[:m.maxToken-len("</scr")] + "</script>", same},
		"a style":           {"<style>" + long[:m.maxToken-1] + "</style>", same},
		"a text of <":       {strings.Repeat("<", m.maxToken+9), same},
		"noscript":          {"<noscript>" + tag + long + tag + "</noscript>", "<noscript>" + marked + long + marked + "</noscript>"},
		"text, then a tag ": {long[:m.maxToken-2] + tag, long[:m.maxToken-2] + marked},
	} {
		if c.after == same {
			c.after = c.before
		}
		var out strings.Builder
		if _, err := m.Rewrite(&out, strings.NewReader(c.before+tag)); err != nil || out.String() != c.after+marked {
			t.Errorf("%s: %v, another page of %d bytes, want %d", name, err, out.Len(), len(c.after+marked))
		}
	}
	for name, page := range map[string]string{
		"a tag": `<img src="data:` + long + `">`, "a comment": "<!--" + long + "-->", "in an object": `<object data=//a.example><a title="` + long + `">`,
	} {
		var out strings.Builder
		_, err := m.Rewrite(&out, strings.NewReader(tag+page+tag))
		want := marked + strings.Replace(page, "data=//", prefix+"data=//", 1) + tag
		if fault.KindOf(err) != fault.Unsupported || !strings.Contains(err.Error(), "128 KiB") || out.String() != want {
			t.Errorf("%s: %v, %d bytes, want %d", name, err, out.Len(), len(want))
		}
	}
}

// TestManyThatNobodyCloses: a page of nothing but open elements is read about
// twice, and not once for each of them.
func TestManyThatNobodyCloses(t *testing.T) {
	page := strings.Repeat("<object data=//a.example>", 20_000)
	allocations := testing.AllocsPerRun(1, func() {
		if got, report := rewrite(t, page); len(got) != len(page)+20_000*len(prefix) || report.Tags["a"] != 20_000 {
			t.Errorf("%d bytes, %v", len(got), report.Tags)
		}
	})
	if allocations > 1e6 {
		t.Errorf("%.0f allocations", allocations)
	}
}

func TestReportsCodeBehind(t *testing.T) {
	_, report := rewrite(t, "<p>\n<script src=//a.example></script>\n <!-- x -->\n<script>\nuse()</script>\n<script>more()</script>\n"+
		"<script async src=//a.example></script><script>1</script><script defer src=//b.example></script><script>1</script><script type=module src=//b.example></script><script>1</script>\n"+
		"<script src=//a.example></script><p><script>1</script><script src=//a.example></script><script src=/own></script>"+
		"<script src=//a.example></script><script type=application/json>1</script>")
	if len(report.Behind) != 1 || report.Behind[0] != (Place{4, "a"}) {
		t.Errorf("%v, want line 4", report.Behind)
	}
	_, report = rewrite(t, strings.Repeat("<script src=//a.example></script><script>1</script>", 500))
	if len(report.Behind) != maxBehind {
		t.Errorf("%d places", len(report.Behind))
	}
}

func TestErrorsOfSourceAndDestination(t *testing.T) {
	broken := errors.New("broken")
	page := "<p>text<img src=//a.example><video src=//a.example>"
	var out strings.Builder
	_, err := testMarker().Rewrite(&out, io.MultiReader(strings.NewReader(page), iotest.ErrReader(broken)))
	want := `<p>text<img data-vendor="a" data-src=//a.example><video data-sekisho-src=//a.example>`
	if !errors.Is(err, broken) || out.String() != want {
		t.Errorf("%v, %q", err, out.String())
	}
	endless := readerFunc(func(p []byte) (int, error) { return copy(p, "<p>text</p>"), nil })
	if _, err := testMarker().Rewrite(writerFunc(func([]byte) (int, error) { return 0, broken }), endless); !errors.Is(err, broken) {
		t.Errorf("a page for nobody: %v", err)
	}
	wide := io.MultiReader(strings.NewReader("\xff\xfe<\x00"), endless)
	if _, err := testMarker().Rewrite(writerFunc(func([]byte) (int, error) { return 0, broken }), wide); !errors.Is(err, broken) {
		t.Errorf("a page for nobody, as it is: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
