package vendors_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestFirstHits holds that the loaders of the official snippets and what they
// send first are owned by the vendor whose tag they are, and that what merely
// looks like it is nobody's.
func TestFirstHits(t *testing.T) {
	c := load(t)
	m, all := c.Matcher(), c.All()
	for want, addresses := range map[string]string{
		"google-tag-manager": `https://www.googletagmanager.com/gtm.js?id=GTM-TEST000 https://www.googletagmanager.com/gtm.js?id=GTM-TEST000&l=layer
			https://www.googletagmanager.com/ns.html?id=GTM-TEST000 https://www.googletagmanager.com/a?id=GTM-TEST000&v=3
			https://www.googletagmanager.com/gtag/js?id=GTM-TEST000`,
		"google-analytics-4": `https://www.googletagmanager.com/gtag/js?id=G-TEST000000 https://www.googletagmanager.com/gtag/js?id=GT-TEST000
			https://www.google-analytics.com/g/collect?v=2&tid=G-TEST000000 https://region1.google-analytics.com/g/collect?v=2
			https://analytics.google.com/g/collect?v=2 https://region1.analytics.google.com/g/collect?v=2
			https://stats.g.doubleclick.net/g/collect?v=2 https://www.google.co.jp/ads/ga-audiences?v=1`,
		"google-analytics-ua": `https://www.google-analytics.com/analytics.js https://www.google-analytics.com/j/collect?v=1
			https://www.google-analytics.com/collect?v=1&t=pageview https://ssl.google-analytics.com/ga.js
			https://stats.g.doubleclick.net/j/collect?t=dc https://www.googletagmanager.com/gtag/js?id=UA-00000000-1`,
		"google-ads": `https://www.googletagmanager.com/gtag/js?id=AW-000000000 https://www.googletagmanager.com/gtag/js?l=dataLayer&id=AW-000000000
			https://googleads.g.doubleclick.net/pagead/viewthroughconversion/000000000/?guid=ON https://www.googleadservices.com/pagead/conversion_async.js
			https://www.googleadservices.com/pagead/conversion/000000000/?label=x https://www.google.com/pagead/1p-user-list/000000000/
			https://www.google.co.jp/pagead/1p-conversion/000000000/ https://td.doubleclick.net/td/rul/000000000 https://www.google.com/ccm/collect?en=page_view`,
		"google-campaign-manager-floodlight": `https://www.googletagmanager.com/gtag/js?id=DC-0000000 https://0000000.fls.doubleclick.net/activityi;src=0000000
			https://ad.doubleclick.net/activity;src=0000000`,
		"google-adsense":          `https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js https://googleads.g.doubleclick.net/pagead/ads?client=x`,
		"google-ad-manager":       `https://securepubads.g.doubleclick.net/tag/js/gpt.js https://securepubads.g.doubleclick.net/gampad/ads?x`,
		"google-maps":             `https://maps.googleapis.com/maps/api/js?key=x https://www.google.com/maps/embed?pb=x`,
		"google-recaptcha":        `https://www.google.com/recaptcha/api.js https://www.gstatic.com/recaptcha/releases/x/recaptcha__ja.js`,
		"youtube-embed":           `https://www.youtube.com/embed/AAAAAAAAAAA https://www.youtube-nocookie.com/embed/AAAAAAAAAAA https://www.youtube.com/iframe_api`,
		"meta-pixel":              `https://connect.facebook.net/en_US/fbevents.js https://connect.facebook.net/signals/config/0 https://www.facebook.com/tr?id=0&ev=PageView&noscript=1 https://www.facebook.com/tr/?id=0&ev=PageView`,
		"facebook-social-plugins": `https://connect.facebook.net/ja_JP/sdk.js#xfbml=1 https://www.facebook.com/plugins/like.php?href=x https://www.facebook.com/v18.0/plugins/page.php`,
		"x-pixel":                 `https://static.ads-twitter.com/uwt.js https://t.co/1/i/adsct?p_id=Twitter https://analytics.twitter.com/1/i/adsct?p_id=Twitter https://platform.twitter.com/oct.js`,
		"x-embed":                 `https://platform.twitter.com/widgets.js https://syndication.twitter.com/settings`,
		"line-tag":                `https://d.line-scdn.net/n/line_tag/public/release/v1/lt.js https://d.line-cdn.net/n/line_tag/public/release/v1/lt.js https://tr.line.me/tag.gif?c_t=lap`,
		"line-social-plugins":     `https://d.line-scdn.net/r/web/social-plugin/js/thirdparty/loader.min.js https://social-plugins.line.me/lineit/share`,
		"yahoo-japan-ads": `https://s.yimg.jp/images/listing/tool/cv/ytag.js https://b99.yahoo.co.jp/pagead/conversion/0/ https://b97.yahoo.co.jp/pagead/conversion/0/
			https://b90.yahoo.co.jp/c?x https://b92.yahoo.co.jp/js/s_retargeting.js https://apm.yahoo.co.jp/rt/?p=x`,
		"yahoo-japan-display": `https://yads.c.yimg.jp/js/yads.js https://s.yimg.jp/images/listing/tool/yads/yads-timeline-ex.js`,
		"criteo":              `https://dynamic.criteo.com/js/ld/ld.js?a=0 https://static.criteo.net/js/ld/ld.js https://sslwidget.criteo.com/event?a=0 https://gum.criteo.com/syncframe`,
		"taboola":             `https://cdn.taboola.com/libtrc/unip/0/tfa.js https://trc.taboola.com/0/log/3/unip?en=page_view`,
		"microsoft-uet":       `https://bat.bing.com/bat.js https://bat.bing.com/action/0?ti=0`,
		"microsoft-clarity":   `https://www.clarity.ms/tag/test https://c.clarity.ms/c.gif https://k.clarity.ms/collect https://c.bing.com/c.gif?x`,
		"tiktok-pixel":        `https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C https://analytics.tiktok.com/api/v2/pixel`,
		"karte":               `https://cdn-edge.karte.io/0/edge.js https://static.karte.io/libs/tracker.js https://t.karte.io/track`,
		"user-heat":           `https://uh.nakanohito.jp/uhj2/uh.js`,
		"user-insight":        `https://bs.nakanohito.jp/b3/bi.js`,
		"satori":              `https://satori.segs.jp/s.js?c=0`,
		"marketo":             `https://munchkin.marketo.net/munchkin.js https://000-aaa-000.mktoresp.com/webevents/visitWebPage`,
		"rtoaster":            `https://js.rtoaster.jp/Rtoaster.js https://rt.rtoaster.jp/x`,
		"ferret-one":          `https://ferret-one.akamaized.net/x.js`,
		"ad-ebis":             `https://ac.ebis.ne.jp/ct_tag.php?argument=0`,
		"scigineer":           `https://js.deqwas.net/x.js`,
		"clicktale":           `https://cdnssl.clicktale.net/x.js`,
		"instapage":           `https://cdn.instapagemetrics.com/t/js/3/it.js`,
		"a8":                  `https://statics.a8.net/a8sales/a8sales.js https://www12.a8.net/0.gif?a8mat=x`,
		"": `https://www.google.com/ https://www.google.com/search?q=x https://t.co/abc https://www.facebook.com/example https://www.facebook.com/travel
			https://s.yimg.jp/images/top/x.png https://www.yahoo.co.jp/ https://www.youtube.com/watch?v=x https://evil-criteo.net/js/ld/ld.js
			https://criteo.net.evil.example/ https://www.googletagmanager.com/multiplegtag/js?id=G-0 https://www.example.co.jp/gtag/js?id=G-0
			https://line.me/R/ https://d.line-scdn.net/stf/x.js https://www.gstatic.com/x.js https://ajax.googleapis.com/ajax/libs/jquery/3/jquery.min.js`,
	} {
		for address := range strings.FieldsSeq(addresses) {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if i, ok := m.Match(u.Hostname(), u.RequestURI()); ok {
				got = all[i].ID
			}
			if got != want {
				t.Errorf("%s belongs to %q, should to %q", address, got, want)
			}
		}
	}
}
