package mark

import (
	"slices"
	"testing"
)

// TestResolve: what Chromium makes of the same (new URL(ref, base)).
func TestResolve(t *testing.T) {
	own := place{path: "/shop/cart?x=1"}
	cdn := place{"cdn.example", "/a/b?c"}
	for _, c := range []struct {
		base place
		ref  string
		want place
	}{
		{own, "https://A.Example/x?y=1#z", place{"a.example", "/x?y=1"}},
		{own, "HTTP://a.example", place{"a.example", "/"}},
		{own, "//a.example?x", place{"a.example", "/?x"}},
		{own, " \t\r\n//a.exa\nmple/x y ", place{"a.example", "/x y"}},
		{own, "\x00//a.example/\x1f", place{"a.example", "/"}},
		{own, `\\a.example\x?\y`, place{"a.example", `/x?\y`}},
		{own, "https:///////a.example/", place{"a.example", "/"}},
		{own, `https:/\a.example/`, place{"a.example", "/"}},
		{own, "///a.example/", place{"a.example", "/"}},
		{own, "https://user:p@ss@a.example:8443/x", place{"a.example", "/x"}},
		{own, "https://a.example:/x", place{"a.example", "/x"}},
		{own, "wss://a.example/x", place{"a.example", "/x"}},
		{own, "https://関所.example/", place{"xn--8ous75i.example", "/"}},
		{own, "https://%61.example/", place{"a.example", "/"}},
		{own, "https://ａ．example/", place{"a.example", "/"}},
		{own, "https://a.example/a/./b/../c/%2e%2E/d", place{"a.example", "/a/d"}},
		{own, "https://a.example/../../x/..", place{"a.example", "/"}},
		{own, "https://a.example/x/.", place{"a.example", "/x/"}},
		{own, "/x", place{"", "/x"}},
		{own, "x", place{"", "/shop/x"}},
		{own, "", place{"", "/shop/cart"}},
		{own, "?y", place{"", "/shop/cart?y"}},
		{place{}, "x", place{"", "x"}},
		{cdn, "x?y", place{"cdn.example", "/a/x?y"}},
		{cdn, "../x", place{"cdn.example", "/x"}},
		{cdn, "/x", place{"cdn.example", "/x"}},
		{cdn, "?x", place{"cdn.example", "/a/b?x"}},
		{cdn, "#x", place{"cdn.example", "/a/b"}},
		{cdn, "//a.example/", place{"a.example", "/"}},
		{cdn, "a:b", place{}}, {own, "data:text/html,//a.example", place{}}, {own, "javascript:x", place{}}, {own, "about:blank", place{}},
		{own, "blob:https://a.example/1", place{}}, {own, "https://", place{}}, {own, "https://%zz/", place{}}, {own, "https://%00/", place{}},
		{cdn, "1:b", place{"cdn.example", "/a/1:b"}},
	} {
		got, ok := c.base.resolve(c.ref)
		if got != c.want || ok != (c.want != place{}) {
			t.Errorf("%q on %v: %v, %v; want %v", c.ref, c.base, got, ok, c.want)
		}
	}
}

func TestCandidates(t *testing.T) {
	for srcset, want := range map[string][]string{
		"":                             nil,
		" , ,":                         nil,
		"a":                            {"a"},
		"a, b 2x":                      {"a", "b"},
		"a,b 2x":                       {"a,b"},
		",a,,\n b 100w , c":            {"a", "b", "c"},
		"a (x, y) 1x, b":               {"a", "b"},
		"data:x,y 1x, //a.example 2x,": {"data:x,y", "//a.example"},
	} {
		if got := candidates(srcset); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", srcset, got, want)
		}
	}
}
