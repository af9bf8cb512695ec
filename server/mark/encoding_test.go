package mark

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/sekisho/sekisho/server/fault"
)

// TestEncodings: in encodings where < is always <, characters survive byte for
// byte, whatever their second bytes look like.
func TestEncodings(t *testing.T) {
	// Second bytes of Shift_JIS go from 0x40: @ A…Z [ \ ] ^ _ ` a…z { | } ~.
	text := "表示ソ能予貼構　ァィゥ亜腕ー弌熙ミゼタ十杤欺圭ポ暴｢ｱｲ｣①∵愧儡"
	page := `<meta charset=x><p title="` + text + `">` + text + `<img alt="` + text + `" src="https://a.example/` + text + `">` + text + `<script>` + text + `</script></p>`
	for name, e := range map[string]encoding.Encoding{
		"Shift_JIS": japanese.ShiftJIS, "EUC-JP": japanese.EUCJP, "GB18030": simplifiedchinese.GB18030, "Big5": traditionalchinese.Big5,
	} {
		bytes, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(page)
		if err != nil {
			t.Fatal(err)
		}
		got, report := rewrite(t, bytes)
		want := strings.Replace(strings.Replace(bytes, "<img", `<img data-vendor="a"`, 1), " src=", " data-src=", 1)
		if got != want || report.Tags["a"] != 1 {
			t.Errorf("%s: %q", name, got)
		}
	}
	// Every pair of bytes that Shift_JIS allows, as text and in quotes.
	var all strings.Builder
	for lead := 0x81; lead <= 0xfc; lead++ {
		if lead > 0x9f && lead < 0xe0 {
			continue
		}
		for trail := 0x40; trail <= 0xfc; trail++ {
			if trail != 0x7f {
				all.Write([]byte{byte(lead), byte(trail)})
			}
		}
	}
	bytes := all.String() + `<a title="` + all.String() + `">` + all.String() + `</a><img src=//a.example>`
	if got, report := rewrite(t, bytes); got != strings.Replace(bytes, "<img src", `<img data-vendor="a" data-src`, 1) || report.Total() != 1 {
		t.Error("not all of Shift_JIS passes")
	}
}

func TestRefusesEncodings(t *testing.T) {
	tag := `<img src=//a.example>`
	encode := func(e encoding.Encoding, s string) string {
		s, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, page := range map[string]string{
		"UTF-16 with a mark":        encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), tag),
		"UTF-16BE with a mark":      encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), tag),
		"UTF-16 without":            encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), tag),
		"UTF-16BE without":          encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), tag),
		"ISO-2022-JP that says so":  `<meta charset="ISO-2022-JP">` + encode(japanese.ISO2022JP, "表") + tag,
		"ISO-2022-JP by http-equiv": `<meta http-equiv="Content-Type" content="text/html; charset=csISO2022JP">` + tag,
		"ISO-2022-JP that does not": `<title>` + encode(japanese.ISO2022JP, "関所") + `</title>` + tag,
	} {
		var out strings.Builder
		report, err := testMarker().Rewrite(&out, strings.NewReader(page))
		if fault.KindOf(err) != fault.Unsupported || out.String() != page || report.Total() != 0 {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
	for name, page := range map[string]string{
		"a meta that cannot be true": `<meta charset=utf-16>`,
		"an escape in UTF-8":         "<meta charset=utf-8>\x1b$B",
		"the second of two":          `<meta charset=utf-8><meta charset=iso-2022-jp>`,
		"nothing of the kind":        `<meta name=charset content=iso-2022-jp><meta http-equiv=refresh content="1;charset=iso-2022-jp">`,
	} {
		if _, report := rewrite(t, page+tag); report.Total() != 1 {
			t.Errorf("%s: not marked", name)
		}
	}
}
