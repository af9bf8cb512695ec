package site

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// Bounds of what a site may say of its tags.
const (
	maxHosts         = 100
	maxRegions       = 100
	maxWaitForUpdate = 5000 // ms; tags of a visitor who never answers wait as long
)

var (
	hostPattern   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$`)
	regionPattern = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)
	eventPattern  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,39}$`)
)

// tags checks the settings that say how tags are held and what they are told.
func (c *check) tags(doc Document) {
	c.hosts(doc)
	for i, choice := range doc.Vendors {
		c.mode(fmt.Sprintf("/vendors/%d/mode", i), choice)
	}
	google := doc.Signals.Google
	if len(google.Regions) > maxRegions {
		c.tooMany("/signals/google/regions", len(google.Regions), maxRegions)
	} else {
		for i, region := range google.Regions {
			if !regionPattern.MatchString(region) {
				c.fault(fmt.Sprintf("/signals/google/regions/%d", i), `must be an ISO 3166-2 code such as "JP" or "US-CA"`,
					"ISO 3166-2の地域コードを入力してください（例：JP、US-CA）")
			}
		}
	}
	toldByGoogle := func(choice VendorChoice) bool {
		v := c.entry(choice)
		return (choice.Mode == Signal || choice.Mode == Both) && v != nil && v.Signal == "google"
	}
	if text(google) != "{}" && !slices.ContainsFunc(doc.Vendors, toldByGoogle) {
		c.warn("/signals/google", `has no effect: no vendor of Google's has the mode "both" or "signal"`,
			"効果がありません。同意の状態を通知する設定のGoogleのサービスが、一つもないためです")
	} else if len(google.Regions) > 0 && doc.Default == OptIn {
		c.warn("/signals/google/regions", "outside these regions Google's tags that have loaded take consent as given until the visitor chooses; without regions it is denied everywhere",
			"これらの地域の外では、読み込まれたGoogleのタグは、訪問者が選ぶまで許可されたものとして動きます。地域を空にすると、どこでも拒否として扱います")
	}
	if w := google.WaitForUpdate; w < 0 || w > maxWaitForUpdate {
		c.fault("/signals/google/waitForUpdate", "must be from 0 to %d milliseconds", "0から%dまでのミリ秒にしてください", maxWaitForUpdate)
	}
	if e := doc.Signals.DataLayer; e != "" && !eventPattern.MatchString(e) {
		c.fault("/signals/dataLayer", `must be the name of an event: a letter, then up to 39 letters, digits, "_", "." and "-"`,
			"イベント名は、半角の英字で始め、英数字と「_」「.」「-」の40文字以内で入力してください")
	}
	if s := doc.ReportSample; s != nil && (*s < 0 || *s > 1) {
		c.fault("/reportSample", "must be from 0 (never) to 1 (every page view)", "0（報告しない）から1（すべてのページ表示）までにしてください")
	}
	if doc.ReportOnly && doc.Policy {
		c.fault("/reportOnly", `cannot go with "policy": a policy holds tags back, and report-only promises that nothing is held`,
			"CSPによる制限と同時には使えません。CSPはタグを止めますが、「記録のみ」では何も止めないためです")
	}
}

func (c *check) hosts(doc Document) {
	hosts := doc.Hosts
	if len(hosts) > maxHosts {
		c.tooMany("/hosts", len(hosts), maxHosts)
		return
	}
	for i, host := range hosts {
		path := fmt.Sprintf("/hosts/%d", i)
		if !hostPattern.MatchString(host) {
			c.fault(path, `must be a host's name in lower case, such as "cdn.example.jp", without scheme, port, path or star`,
				"ホスト名だけを英小文字で入力してください（例：cdn.example.jp）。https://、ポート番号、パス、「*」は付けません")
		} else if slices.Contains(hosts[:i], host) {
			c.twice(path, host)
		} else if ids := c.vendorsAt(host, doc.Vendors); ids != nil {
			c.warn(path, "has hosts of %s: a policy lets them through as the site's own, so that their tags are held by the script alone",
				"%sのホストを含みます。CSPではサイト自身のものとして通すため、そのタグを止めるのはスクリプトだけになります", listed(ids))
		}
	}
}

// vendorsAt returns the vendors that can be denied and have hosts at or below that one.
func (c *check) vendorsAt(host string, choices []VendorChoice) []string {
	var ids []string
	for _, choice := range choices {
		v := c.entry(choice)
		if v == nil || v.Necessary() {
			continue
		}
		if slices.ContainsFunc(v.Hosts, func(h catalogue.Host) bool {
			_, above, star := strings.Cut(h.Host, "*")
			return h.Host == host || strings.HasSuffix(h.Host, "."+host) || star && strings.HasSuffix(host, above) && strings.HasPrefix(h.Host, "*.")
		}) {
			ids = append(ids, choice.ID)
		}
	}
	return ids
}

// entry returns the vendor that is chosen, nil where nobody knows it.
func (c *check) entry(choice VendorChoice) *catalogue.Vendor {
	if choice.Custom != nil {
		return choice.Custom
	}
	v, _ := c.Catalogue.Vendor(choice.ID)
	return v
}

// mode checks that a vendor which is to be told something has ears for it.
func (c *check) mode(path string, choice VendorChoice) {
	switch choice.Mode {
	case "", Hold:
		return
	case Signal, Both:
	default:
		c.fault(path, `must be "hold", "signal" or "both"%s`, "「hold」「signal」「both」のどれかにしてください%s",
			didYouMean(string(choice.Mode), []string{string(Hold), string(Signal), string(Both)}, fault.Words{}))
		return
	}
	v := c.entry(choice)
	switch {
	case v == nil: // said elsewhere
	case v.Signal == "":
		c.fault(path, `%s takes no consent signal that is known here, so its tags can only be held; vendors that do name it in their entry (known: %s)`,
			"%sは、同意の状態を受け取る仕組みが確認されていないため、タグを止めることしかできません。「止める」を選んでください（対応する仕組み：%s）", fault.Quote(choice.ID), listed(catalogue.Signals))
	case v.Necessary():
		c.fault(path, "%s is necessary: it is neither held nor told anything", "%sは必要な機能のため、止めることも通知することもありません。設定を外してください", fault.Quote(choice.ID))
	case choice.Mode == Signal:
		c.warn(path, "the tags of %s will load before visitors choose, and send what the vendor sends without consent; the notice says so",
			"%sのタグは訪問者が選ぶ前に読み込まれ、許可がないときの情報を送信します。公表ページにもそう表示されます", fault.Quote(choice.ID))
	}
}
