package site

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
	"golang.org/x/net/idna"
)

// AllowsOrigin reports whether a page of that origin belongs to the site.
// Origins are compared as browsers send them (RFC 6454, ASCII serialisation),
// byte by byte: no wildcard, no suffix, never "null".
func (r *Revision) AllowsOrigin(origin string) bool {
	return origin != "" && slices.Contains(r.Document.Origins, origin)
}

// origin brings what a file says into the form that browsers send, or gives
// the reason why it is no origin. Names in other scripts become punycode.
func origin(s string) (string, fault.Words) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		if near, reason := origin("https://" + s); reason == fine {
			return "", fault.Say(`has no scheme; write "%s"`, "先頭に https:// を付けて「%s」と入力してください", near)
		}
		return "", fault.Say(`must be an origin such as "https://www.example.jp"`, "オリジンを入力してください（例：https://www.example.jp）")
	}
	if strings.Contains(rest, "*") {
		return "", fault.Say("contains a wildcard; list each origin by itself", "「*」は使えません。オリジンを一つずつ入力してください")
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", fault.Say(`must be an origin such as "https://www.example.jp"`, "オリジンを入力してください（例：https://www.example.jp）")
	}
	if u.User != nil {
		return "", fault.Say("must not contain a user name or password", "ユーザー名やパスワードは含められません。取り除いてください")
	}
	if u.Path != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(rest, "/?#") {
		return "", fault.Say("must end after the host or port: no path, query or final slash", "ホスト名かポート番号までを入力してください。パスや末尾の「/」は不要です")
	}
	if scheme != "https" && scheme != "http" {
		return "", fault.Say("must begin with https:// in lower case", "小文字の https:// で始めてください")
	}
	host, reason := originHost(u.Hostname())
	if reason != fine {
		return "", reason
	}
	if scheme == "http" && !loopback(host) {
		return "", fault.Say("must be https; http is allowed for localhost, 127.0.0.1 and [::1] alone", "https:// で始めてください。http:// が使えるのは、localhost、127.0.0.1、[::1] だけです")
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port, reason := originPort(u, scheme)
	if reason != fine {
		return "", reason
	}
	return scheme + "://" + host + port, fine
}

// hostNames is how browsers look a host up (UTS #46), held to the lengths of DNS.
var hostNames = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// originHost returns the host in lower case and ASCII.
func originHost(host string) (string, fault.Words) {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return "", fault.Say("must not name a network zone", "IPアドレスのゾーン（%% 以降）は含められません。取り除いてください")
		}
		return addr.String(), fine
	}
	ascii, err := hostNames.ToASCII(host)
	if err != nil {
		return "", fault.Say("has a host that is no domain name", "ドメイン名として正しくありません。つづりを確かめてください")
	}
	if last := ascii[strings.LastIndexByte(ascii, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		return "", fault.Say("has a host that is no domain name and no IP address", "ドメイン名としてもIPアドレスとしても正しくありません。つづりを確かめてください")
	}
	if ascii != "localhost" && !strings.Contains(ascii, ".") {
		return "", fault.Say("must name a full domain such as www.example.jp", "ドメイン名を省略せずに入力してください（例：www.example.jp）")
	}
	return ascii, fine
}

func originPort(u *url.URL, scheme string) (string, fault.Words) {
	p := u.Port()
	if p == "" {
		if strings.HasSuffix(u.Host, ":") {
			return "", fault.Say("ends in a colon without a port", "末尾の「:」のあとにポート番号がありません。「:」を取り除くか、番号を入力してください")
		}
		return "", fine
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil || n == 0 || p[0] == '0' {
		return "", fault.Say("has a port that is not between 1 and 65535", "ポート番号は1から65535までにしてください")
	}
	if scheme == "https" && n == 443 || scheme == "http" && n == 80 {
		return "", fault.Say("names the default port, which browsers leave out; leave it out as well", "標準のポート番号は、ブラウザーでは省かれます。ここでも省いてください")
	}
	return ":" + p, fine
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
