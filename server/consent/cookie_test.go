package consent

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// cookieVector is one value and what it says; Cookie is nil for a value that is
// none of ours. Encoded is how Encode writes it.
type cookieVector struct {
	Name    string        `json:"name"`
	Value   string        `json:"value"`
	Cookie  *cookieFields `json:"cookie"`
	Encoded string        `json:"encoded,omitempty"`
}

type cookieFields struct {
	Visitor    uuid.UUID `json:"visitor"`
	Sequence   uint32    `json:"sequence"`
	Revision   uint32    `json:"revision"`
	At         int64     `json:"at"`
	Granted    []int     `json:"granted"`
	Unanswered []int     `json:"unanswered"`
}

func fieldsOf(c Cookie) *cookieFields {
	return &cookieFields{c.Visitor, c.Sequence, c.Revision, c.At.Unix(),
		append([]int{}, slices.Collect(c.Granted.Indices)...), append([]int{}, c.Unanswered...)}
}

var vectorVisitor = uuid.MustParse("7d9c1f0a-3b52-4e8d-9a61-0c2f5e7b8d34")

// a is a cookie of the third decision, under revision 5.
func a(change func(*Cookie)) Cookie {
	c := Cookie{Visitor: vectorVisitor, Sequence: 3, Revision: 5, At: time.Unix(1763715600, 0).UTC()}
	change(&c)
	return c
}

// every returns the multiples of step below n.
func every(step, n int) []int {
	var all []int
	for i := 0; i < n; i += step {
		all = append(all, i)
	}
	return all
}

// readable are cookies and what is peculiar about them.
var readable = []struct {
	name   string
	cookie Cookie
}{
	{"nothing granted", a(func(c *Cookie) {})},
	{"the first decision", a(func(c *Cookie) { c.Sequence, c.Revision = 1, 1 })},
	{"one vendor", a(func(c *Cookie) { c.Granted = setOf(0) })},
	{"index 7, the last of a byte", a(func(c *Cookie) { c.Granted = setOf(7) })},
	{"index 8, the first of a byte", a(func(c *Cookie) { c.Granted = setOf(8) })},
	{"indices on both sides of a byte", a(func(c *Cookie) { c.Granted = setOf(15, 16) })},
	{"a gap of whole bytes", a(func(c *Cookie) { c.Granted = setOf(0, 100) })},
	{"20 vendors", a(func(c *Cookie) { c.Granted = setOf(every(1, 20)...) })},
	{"500 vendors", a(func(c *Cookie) { c.Granted = setOf(every(1, 500)...) })},
	{"500 vendors, each second granted", a(func(c *Cookie) { c.Granted = setOf(every(2, 500)...) })},
	{"500 vendors, 20 of them unanswered", a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(every(1, 480)...), every(1, 500)[480:] })},
	{"index 4095", a(func(c *Cookie) { c.Granted = setOf(4095) })},
	{"one unanswered", a(func(c *Cookie) { c.Unanswered = []int{4} })},
	{"index 0 unanswered", a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(1), []int{0} })},
	{"neighbours unanswered", a(func(c *Cookie) { c.Unanswered = []int{0, 1, 2, 3} })},
	{"unanswered far apart", a(func(c *Cookie) { c.Unanswered = []int{0, 127, 255, 4095} })},
	{"unanswered 127 and 128", a(func(c *Cookie) { c.Unanswered = []int{127, 128} })},
	{"130 unanswered", a(func(c *Cookie) { c.Unanswered = every(2, 260) })},
	{"granted and unanswered at once", a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(3), []int{3} })},
	{"sequence 127", a(func(c *Cookie) { c.Sequence = 127 })},
	{"sequence 128", a(func(c *Cookie) { c.Sequence = 128 })},
	{"the highest sequence", a(func(c *Cookie) { c.Sequence = 1<<32 - 1 })},
	{"revision 16384", a(func(c *Cookie) { c.Revision = 16384 })},
	{"the highest revision", a(func(c *Cookie) { c.Revision = 1<<32 - 1 })},
	{"revision 0 answers for nobody", a(func(c *Cookie) { c.Revision = 0 })},
	{"1970", a(func(c *Cookie) { c.At = time.Unix(0, 0).UTC() })},
	{"after 2038", a(func(c *Cookie) { c.At = time.Unix(1<<31+1, 0).UTC() })},
	{"the last second of 32 bits", a(func(c *Cookie) { c.At = time.Unix(1<<32-1, 0).UTC() })},
	{"the lowest visitor", a(func(c *Cookie) { c.Visitor = uuid.MustParse("00000000-0000-4000-8000-000000000000") })},
	{"the highest visitor", a(func(c *Cookie) { c.Visitor = uuid.MustParse("ffffffff-ffff-4fff-bfff-ffffffffffff") })},
	{"bytes that base64 spells with + and /", a(func(c *Cookie) {
		c.Visitor = uuid.MustParse("fbefbefb-efbe-4bef-bfff-fffffbefbefb")
	})},
	{"exactly 3,000 characters", a(func(c *Cookie) { c.Granted = setOf(8*2224 - 1) })},
}

// named returns the readable cookie of that name.
func named(name string) Cookie {
	for _, r := range readable {
		if r.name == name {
			return r.cookie
		}
	}
	panic("no cookie " + name)
}

// wordy are values that say in more bytes what the cookie says in fewer.
func wordy() map[string]Cookie {
	plain := a(func(c *Cookie) {})
	one := a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(0), []int{4} })
	value := named("one vendor").Encode()
	return map[string]Cookie{
		value[:len(value)-1] + next(value[len(value)-1]):    named("one vendor"), // loose bits at the end
		tail("8300 05 90d480c906 00"):                       plain,
		tail("03 858000 90d480c906 00"):                     plain,
		tail("83808080808080808080808000 05 90d480c906 00"): plain,
		tail("03 05 90d480c906 02 0000"):                    plain,
		tail("03 05 90d480c906 8100 01 01 04"):              one,
		tail("03 05 90d480c906 02 0100 01 04"):              one,
		tail("03 05 90d480c906 01 01 01 8400"):              one,
		tail("03 05 90d480c906 01 01 02 04 00"):             one,
		tail("03 05 90d480c906 00 00"):                      plain,
		tail("03 05 90d480c906 00 8000"):                    plain,
	}
}

// tail returns the value of the vectors' visitor, followed by bytes in hex.
func tail(hexadecimal string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(hexadecimal, " ", ""))
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(slices.Concat([]byte{cookieFormat}, vectorVisitor[:], b))
}

// unreadable are values that count as no decision.
func unreadable() map[string]string {
	good := a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(0, 9), []int{4, 300} }).Encode()
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	edit := func(change func(b []byte) []byte) string {
		return base64.RawURLEncoding.EncodeToString(change(slices.Clone(raw)))
	}
	set := func(at int, b ...byte) string {
		return edit(func(r []byte) []byte { copy(r[at:], b); return r })
	}
	values := map[string]string{
		"empty":                         "",
		"a word":                        "garbage",
		"our own name":                  "sekisho",
		"JSON":                          `{"granted":["criteo"]}`,
		"JSON, escaped":                 "%7B%22granted%22%3A%5B%22criteo%22%5D%7D",
		"true":                          "true",
		"another product's":             "eyJ2IjoxLCJwIjpbImFkcyJdfQ",
		"not ASCII":                     "同意" + good,
		"a zero byte":                   good + "\x00",
		"a space before":                " " + good,
		"a newline inside":              good[:20] + "\n" + good[20:],
		"quoted":                        `"` + good + `"`,
		"base64 with padding":           good + "=",
		"one character too many":        good + "A",
		"the other base64 alphabet":     strings.NewReplacer("-", "+", "_", "/").Replace(named("bytes that base64 spells with + and /").Encode()),
		"format 0":                      set(0, 0),
		"format 2, of the future":       set(0, 2),
		"format 255":                    set(0, 255),
		"format 2 and nothing we know":  base64.RawURLEncoding.EncodeToString([]byte{2, 0, 0}),
		"a visitor of version 7":        set(7, 0x7e),
		"a visitor of another variant":  set(9, 0x1a),
		"no visitor":                    tail("")[:4],
		"the nil visitor":               set(1, make([]byte, 16)...),
		"nothing after the visitor":     tail(""),
		"nothing after the sequence":    tail("03"),
		"a sequence that does not end":  tail("83"),
		"nothing after the revision":    tail("03 05"),
		"nothing after the time":        tail("03 05 90d480c906"),
		"sequence 0":                    tail("00 05 90d480c906 00"),
		"a sequence of 33 bits":         tail("8080808010 05 90d480c906 00"),
		"a sequence of 64 bits":         tail("ffffffffffffffffff01 05 90d480c906 00"),
		"a sequence of 80 bits":         tail("ffffffffffffffffffffff01 05 90d480c906 00"),
		"a time of 33 bits":             tail("03 05 8080808010 00"),
		"fewer bytes of grants than n":  tail("03 05 90d480c906 03 0102"),
		"n of four billion":             tail("03 05 90d480c906 ffffffff0f 01"),
		"n beyond all numbers":          tail("03 05 90d480c906 ffffffffffffffffffffffffff7f 01"),
		"more unanswered than counted":  tail("03 05 90d480c906 01 01 01 04 01"),
		"a zero after the unanswered":   edit(func(b []byte) []byte { return append(b, 0) }),
		"an empty list, and more":       tail("03 05 90d480c906 00 00 01"),
		"a number without an end":       tail("03 05 90d480c906 00 80808080808080808080808080"),
		"fewer unanswered than counted": tail("03 05 90d480c906 01 01 02 04"),
		"four billion unanswered":       tail("03 05 90d480c906 01 01 ffffffff0f 04"),
		"an index of 33 bits":           tail("03 05 90d480c906 01 01 01 8080808010"),
		"a byte after the grants' end":  tail("03 05 90d480c906 00 01"),
		"a byte after the unanswered":   edit(func(b []byte) []byte { return append(b, 1) }),
		"twice in one value":            good + good,
		"3,001 characters":              a(func(c *Cookie) { c.Granted = setOf(8*2225 - 1) }).Encode(),
		"8 kB of one letter":            strings.Repeat("A", 8192),
		"8 kB that would be well made":  a(func(c *Cookie) { c.Granted = setOf(49000) }).Encode(),
		"8 kB after a good beginning":   good + strings.Repeat("_", 8192-len(good)),
	}
	// Where only the list of the unanswered is lost, the rest is a cookie of its
	// own, in which they count as denied: a cut never grants.
	whole := a(func(c *Cookie) { c.Granted = setOf(0, 9) }).Encode()
	for cut := 1; cut < len(good); cut += 5 {
		if good[:cut] != whole {
			values[fmt.Sprintf("cut off after %d characters", cut)] = good[:cut]
		}
	}
	return values
}

// next returns the character that stands for the next higher six bits.
func next(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)+1])
}

func TestCookieVectors(t *testing.T) {
	var vectors []cookieVector
	for _, r := range readable {
		value := r.cookie.Encode()
		got, ok := DecodeCookie(value)
		if !ok || !reflect.DeepEqual(fieldsOf(got), fieldsOf(r.cookie)) {
			t.Errorf("%s: %v, %v", r.name, got, ok)
		}
		vectors = append(vectors, cookieVector{r.name, value, fieldsOf(r.cookie), value})
	}
	more := wordy()
	for _, value := range slices.Sorted(maps.Keys(more)) {
		want := more[value]
		got, ok := DecodeCookie(value)
		if !ok || !reflect.DeepEqual(fieldsOf(got), fieldsOf(want)) || got.Encode() != want.Encode() {
			t.Errorf("%s: %+v, %v, want %+v", value, got, ok, want)
		}
		vectors = append(vectors, cookieVector{"in more bytes", value, fieldsOf(want), want.Encode()})
	}
	bad := unreadable()
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		if c, ok := DecodeCookie(bad[name]); ok {
			t.Errorf("%s: read as %+v", name, c)
		}
		vectors = append(vectors, cookieVector{name, bad[name], nil, ""})
	}
	golden(t, "testdata/cookie.json", vectors)
}

// TestCookieSize: a visitor's cookie stays small however many vendors a site has.
func TestCookieSize(t *testing.T) {
	for name, most := range map[string]int{"20 vendors": 60, "500 vendors": 200, "500 vendors, 20 of them unanswered": 200} {
		if n := len(named(name).Encode()); n >= most {
			t.Errorf("%s: %d characters, want less than %d", name, n, most)
		}
	}
}

// TestEncodeSettles: Encode writes the one true form whatever order it is given.
func TestEncodeSettles(t *testing.T) {
	given := a(func(c *Cookie) { c.Granted, c.Unanswered = append(setOf(1), 0, 0), []int{9, 4, 9} })
	want := a(func(c *Cookie) { c.Granted, c.Unanswered = setOf(1), []int{4, 9} })
	if given.Encode() != want.Encode() {
		t.Errorf("%s, want %s", given.Encode(), want.Encode())
	}
	if !slices.Equal(given.Unanswered, []int{9, 4, 9}) || len(given.Granted) != 3 {
		t.Error("Encode changed its receiver")
	}
	for at, want := range map[time.Time]int64{time.Unix(-5, 0): 0, time.Unix(1<<40, 0): 1<<32 - 1} {
		if c, ok := DecodeCookie(a(func(c *Cookie) { c.At = at }).Encode()); !ok || c.At.Unix() != want {
			t.Errorf("%v became %v, %v", at, c.At, ok)
		}
	}
}

func drawCookie(t *rapid.T) Cookie {
	visitor := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "visitor"))
	visitor[6], visitor[8] = visitor[6]&0x0f|0x40, visitor[8]&0x3f|0x80
	unanswered := rapid.SliceOfNDistinct(rapid.IntRange(0, 4095), 0, 40, rapid.ID[int]).Draw(t, "unanswered")
	slices.Sort(unanswered)
	return Cookie{
		Visitor:    visitor,
		Sequence:   rapid.Uint32Min(1).Draw(t, "sequence"),
		Revision:   rapid.Uint32().Draw(t, "revision"),
		At:         time.Unix(int64(rapid.Uint32().Draw(t, "at")), 0).UTC(),
		Granted:    setOf(rapid.SliceOfN(rapid.IntRange(0, 4095), 0, 500).Draw(t, "granted")...),
		Unanswered: unanswered,
	}
}

func TestCookieRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCookie(t)
		got, ok := DecodeCookie(c.Encode())
		if !ok || !reflect.DeepEqual(fieldsOf(got), fieldsOf(c)) {
			t.Fatalf("%+v became %+v, %v", c, got, ok)
		}
	})
}

// TestCookieDamage: whatever a changed cookie is read as, it reads the same once
// it is written.
func TestCookieDamage(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=% "
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(drawCookie(t).Encode())
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "to")]
		}
		if c, ok := DecodeCookie(string(b)); ok {
			if again, ok := DecodeCookie(c.Encode()); !ok || !reflect.DeepEqual(fieldsOf(again), fieldsOf(c)) {
				t.Fatalf("%s was read as %+v, and then as %+v", b, c, again)
			}
		}
	})
}

func FuzzDecodeCookie(f *testing.F) {
	for _, r := range readable {
		f.Add(r.cookie.Encode())
	}
	for _, value := range unreadable() {
		f.Add(value)
	}
	rev := &site.Revision{Number: 5, Document: site.Document{Default: site.OptIn, ExpiryMonths: 6}}
	for i := range 12 {
		rev.Vendors = append(rev.Vendors, foldVendor(string(rune('a'+i)), i, 1+i%6, catalogue.Analytics))
	}
	f.Fuzz(func(t *testing.T, value string) {
		c, ok := DecodeCookie(value)
		if !ok {
			if !reflect.DeepEqual(c, Cookie{}) {
				t.Fatalf("%q was refused with %+v", value, c)
			}
			return
		}
		written := c.Encode()
		if len(written) > len(value) {
			t.Fatalf("%q was read, and is written %q", value, written)
		}
		if again, ok := DecodeCookie(written); !ok || !reflect.DeepEqual(fieldsOf(again), fieldsOf(c)) {
			t.Fatalf("%q was read as %+v, and then as %+v", value, c, again)
		}
		if got := FoldCookie(rev, c, Signals{}, c.At); len(got) != len(rev.Vendors) {
			t.Fatalf("%d verdicts", len(got))
		}
	})
}
