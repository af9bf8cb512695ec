package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
	"golang.org/x/net/publicsuffix"
)

// roles are what a request of a host may be for.
var roles = []string{
	"any", "api", "beacon", "cdn", "font", "iframe", "image", "media", "pixel", "redirect", "script", "stylesheet", "sync",
}

var (
	// Names as they stand in the DNS: ASCII, underscores included.
	labelForm = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)
	starForm  = regexp.MustCompile(`^[a-z0-9]*\*[a-z0-9]*$`)
	pathForm  = regexp.MustCompile(`^/[!-~]*$`)
)

func hostsPresent(l *lint) {
	if len(l.Hosts) == 0 {
		l.fault("/hosts", "must name at least one host: an entry without hosts holds nothing", "ホストを一つ以上入力してください。ホストがないと、タグを見分けられません")
	}
}

func hostShape(l *lint) {
	for i, h := range l.Hosts {
		path := fmt.Sprintf("/hosts/%d/host", i)
		switch {
		case strings.Contains(h.Host, "://"):
			l.fault(path, "must be a name without a scheme, not %s", "https:// などを付けずに、ホスト名だけを入力してください。%sは使えません", fault.Quote(h.Host))
		case strings.ContainsAny(h.Host, "/?#"):
			l.fault(path, `must be a name alone; a path goes into "path"`, "ホスト名だけを入力してください。パスは「パス」に入力します")
		case strings.Contains(h.Host, ":"):
			l.fault(path, "must be a name without a port", "ポート番号は付けずに入力してください")
		case h.Host != strings.ToLower(h.Host):
			l.fault(path, "must be in lower case", "小文字で入力してください")
		case !wellFormed(h.Host):
			l.fault(path, "%s is not a host name (internationalised names go as punycode)", "%sは、ホスト名として正しくありません。日本語のドメイン名は、Punycode（xn-- で始まる形）で入力してください", fault.Quote(h.Host))
		}
	}
}

// wellFormed leaves stars to hostWildcard.
func wellFormed(host string) bool {
	labels := strings.Split(strings.ReplaceAll(host, "*", "x"), ".")
	return len(host) <= 253 && len(labels) >= 2 && !slices.ContainsFunc(labels, func(s string) bool { return !labelForm.MatchString(s) })
}

func hostWildcard(l *lint) {
	for i, h := range l.Hosts {
		label, rest, _ := strings.Cut(h.Host, ".")
		if !strings.Contains(h.Host, "*") || starForm.MatchString(label) && !strings.Contains(rest, "*") {
			continue
		}
		l.fault(fmt.Sprintf("/hosts/%d/host", i),
			`may have one '*': as "*." in front, or in the first label among letters and digits`,
			"「*」は一つだけ、先頭の「*.」か、最初の「.」より前の英数字の中で使えます")
	}
}

// hostNotPublicSuffix keeps a rule from claiming what belongs to everybody:
// "*.com", "*.co.jp", "*.github.io". The names come from publicsuffix.org.
func hostNotPublicSuffix(l *lint) {
	for i, h := range l.Hosts {
		name := h.Host
		if label, rest, _ := strings.Cut(h.Host, "."); strings.Contains(label, "*") {
			name = rest
		}
		if public, _ := publicsuffix.PublicSuffix(name); public == name && wellFormed(h.Host) {
			l.fault(fmt.Sprintf("/hosts/%d/host", i), "%s is a public suffix, below which anybody may have names", "%sの下には、だれでもドメインを持てます。事業者のドメインまで入力してください", fault.Quote(name))
		}
	}
}

func pathShape(l *lint) {
	for i, h := range l.Hosts {
		path := fmt.Sprintf("/hosts/%d/path", i)
		switch {
		case h.Path == "":
		case !pathForm.MatchString(h.Path) || strings.ContainsAny(h.Path, "#\\"):
			l.fault(path, `must begin with "/" and be of printable ASCII without spaces, '#' and '\'`,
				"「/」で始め、半角の英数字と記号で入力してください。空白、「#」、「\\」は使えません")
		case strings.Contains(h.Path, "**"):
			l.fault(path, "must not have two stars in a row", "「*」を続けて使うことはできません")
		case h.Path == "/*":
			l.fault(path, `"/*" is all of the host; leave the path out`, "「/*」はホスト全体を表します。パスを空にしてください")
		}
	}
}

func rolesKnown(l *lint) {
	for i, h := range l.Hosts {
		for j, role := range h.Roles {
			if !slices.Contains(roles, role) || slices.Contains(h.Roles[:j], role) {
				l.fault(fmt.Sprintf("/hosts/%d/roles/%d", i, j), "%s is not a role, or stands here twice; known: %s",
					"%sという用途はないか、重複しています。使えるもの：%s", fault.Quote(role), strings.Join(roles, ", "))
			}
		}
	}
}

// hostOwnedOnce holds that no request can be claimed twice. The same host and
// path never occur in two entries. One company may carve an entry's requests
// out of another of its entries; nobody may do so with another company's, nor
// claim a host of which another company's entry has a part.
func hostOwnedOnce(l *lint) {
	own := l.Rules(0)
	for i, r := range own {
		if slices.ContainsFunc(own[:i], func(other Rule) bool { return other.Host == r.Host && other.Path == r.Path }) {
			l.twice(fmt.Sprintf("/hosts/%d", i), r.String())
		}
	}
	for i, r := range own {
		var clashes []fault.Words
		for _, v := range l.others {
			carves := !l.custom && sameEntity(l.Vendor, v)
			for _, theirs := range v.Rules(0) {
				if r.Host == theirs.Host && r.Path == theirs.Path || !carves && (theirs.covers(r) || r.covers(theirs)) {
					clashes = append(clashes, fault.Say("%s, which has %s", "%s（%s）", v.ID, theirs))
					break
				}
			}
		}
		switch len(clashes) {
		case 0:
		case 1:
			l.fault(fmt.Sprintf("/hosts/%d", i), "%s belongs to %s", "%sは、ほかの外部事業者のホストです：%s。同じ事業者でなければ、範囲を狭めてください", r, clashes[0])
		default:
			l.fault(fmt.Sprintf("/hosts/%d", i), "%s belongs to %s, and to %d more", "%sは、ほかの外部事業者のホストです：%s、ほか%d件。同じ事業者でなければ、範囲を狭めてください", r, clashes[0], len(clashes)-1)
		}
	}
}

func sameEntity(a, b *Vendor) bool {
	for lang, name := range a.Entity.Name {
		if name != "" && b.Entity.Name[lang] == name {
			return true
		}
	}
	return false
}

func (r Rule) String() string { return r.Host + r.Path }
