package mark

import (
	"bytes"
	"mime"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
)

// Labels (Encoding Standard, 4.2) of encodings in which bytes of other
// characters look like markup. The first ones mean UTF-8 where a <meta> has
// them, and are what they say in a header.
var (
	utf16    = set("utf-16 utf-16le utf-16be csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff unicodefffe")
	escaping = set("iso-2022-jp csiso2022jp iso-2022-kr csiso2022kr iso-2022-cn iso-2022-cn-ext hz-gb-2312 replacement")
)

func refusal(encoding string) error {
	return fault.New(fault.Unsupported, "the page is in %s: pages have to be in UTF-8, or an encoding like Shift_JIS or EUC-JP in which < is always <", encoding)
}

// wide reports whether a page that begins so is in UTF-16.
func wide(start []byte) bool {
	for _, mark := range []string{"\xfe\xff", "\xff\xfe", "<\x00", "\x00<"} {
		if bytes.HasPrefix(start, []byte(mark)) {
			return true
		}
	}
	return false
}

// escapes reports whether text switches to the characters of ISO-2022-JP.
func escapes(text []byte) bool { return bytes.Contains(text, []byte("\x1b$")) }

// charsetOf returns the charset that a <meta> names, "" for none.
func charsetOf(attrs attributes) string {
	if label, ok := attrs.get("charset"); ok {
		return strings.ToLower(strings.TrimSpace(label))
	}
	if equiv, _ := attrs.get("http-equiv"); !strings.EqualFold(equiv, "content-type") {
		return ""
	}
	content, _ := attrs.get("content")
	_, params, err := mime.ParseMediaType(content)
	if err != nil {
		return ""
	}
	return strings.ToLower(params["charset"])
}
