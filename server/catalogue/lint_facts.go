package catalogue

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// dataCategories are the categories of data, as structured facts.
var dataCategories = []string{
	"access-time", "audience-segments", "chat-messages", "click-id", "comment-text", "conversion-events", "cookie-id",
	"device-signals", "dom-snapshot", "error-reports", "events", "form-submissions", "hashed-identifiers",
	"impressions-clicks", "interaction-signals", "ip-address", "logged-in-account-cookie", "map-interactions",
	"mouse-scroll-clicks", "page-url", "page-views", "payment-form-fields", "performance-timings", "playback-events",
	"referrer", "user-agent", "variation-shown", "viewed-items",
}

// DataCategories returns the categories of data that a vendor may receive.
func DataCategories() []string { return slices.Clone(dataCategories) }

// factKeys are what sources and "unverified" may name. A key covers those that
// begin with it and a dot.
var factKeys = []string{
	"name", "formerNames", "entity", "entity.name.ja", "entity.name.en", "country", "kind", "status", "purposes", "data",
	"receives", "usedFor", "hosts", "cookies", "storage", "links", "links.privacy", "links.cookies", "links.optOut",
	"signal", "tcf", "atp",
}

// Signals are the protocols in which tags take consent: one module each in
// widget/src/signals.
var Signals = []string{"google", "clarity", "uet", "meta", "tiktok", "matomo"}

// countries are the officially assigned codes of ISO 3166-1 alpha-2.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW " +
	"BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO " +
	"FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO " +
	"JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS " +
	"MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU " +
	"RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA " +
	"UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

// Countries returns the codes of all countries (ISO 3166-1 alpha-2).
func Countries() []string { return strings.Fields(countries) }

func successorExists(l *lint) {
	if l.Successor == "" {
		return
	}
	if !slices.ContainsFunc(l.others, func(v *Vendor) bool { return v.ID == l.Successor }) {
		l.fault("/successor", "%s is not an entry of the catalogue", "%sはカタログにありません。カタログのIDを入力してください", fault.Quote(l.Successor))
	}
	if l.Status != "discontinued" {
		l.fault("/successor", "only a discontinued vendor has one", "後継を指定できるのは、終了したサービスだけです")
	}
}

func countryISO(l *lint) {
	if len(l.Country) != 2 || !slices.Contains(strings.Fields(countries), l.Country) {
		l.fault("/country", `%s is not a country by ISO 3166-1 alpha-2, such as "JP"`, "国は、ISO 3166-1の2文字のコードで入力してください（例：JP）。%sは、それに当たりません", fault.Quote(l.Country))
	}
}

func purposesKnown(l *lint) {
	if len(l.Purposes) == 0 {
		l.fault("/purposes", "must name at least one purpose, the main one first", "目的を一つ以上選んでください。主な目的を先頭にします")
	}
	for i, id := range l.Purposes {
		path := fmt.Sprintf("/purposes/%d", i)
		if !slices.ContainsFunc(l.purposes, func(p Purpose) bool { return p.ID == id }) {
			l.fault(path, "%s is not a purpose", "%sという目的はありません。一覧から選んでください", fault.Quote(string(id)))
		} else if slices.Contains(l.Purposes[:i], id) {
			l.twice(path, string(id))
		}
	}
}

// necessaryAlone: nobody is asked about what is necessary, so a vendor that
// does anything else besides must not pass as necessary.
func necessaryAlone(l *lint) {
	if i := slices.Index(l.Purposes, Necessary); i >= 0 && len(l.Purposes) > 1 {
		l.fault(fmt.Sprintf("/purposes/%d", i), `"necessary" goes with no other purpose`, "「必要な機能」は、ほかの目的と一緒には選べません")
	}
}

func dataKnown(l *lint) {
	if len(l.Data) == 0 {
		l.fault("/data", "must name at least one category of data", "送信される情報の種類を一つ以上選んでください")
	}
	for i, id := range l.Data {
		path := fmt.Sprintf("/data/%d", i)
		if !slices.Contains(dataCategories, id) {
			l.fault(path, "%s is not a category of data", "%sという情報の種類はありません。一覧から選んでください", fault.Quote(id))
		} else if slices.Contains(l.Data[:i], id) {
			l.twice(path, id)
		}
	}
}

func cookiesComplete(l *lint) {
	for i, c := range l.Cookies {
		path := fmt.Sprintf("/cookies/%d", i)
		if c.Name == "" || strings.ContainsAny(c.Name, " ;=,") {
			l.fault(path+"/name", "%s is not the name of a cookie", "%sはCookieの名前として使えません。空白と「;」「=」「,」を除いて入力してください", fault.Quote(c.Name))
		}
		switch c.Party {
		case "first":
			if c.Domain != "" {
				l.fault(path+"/domain", "must be left out: a first-party cookie lies on the site's own domain", "空にしてください。ファーストパーティーCookieは、サイト自身のドメインに保存されます")
			}
		case "third":
			if !wellFormed(c.Domain) || strings.Contains(c.Domain, "*") {
				l.fault(path+"/domain", "must be the domain on which a third-party cookie lies, without a leading dot", "サードパーティーCookieが保存されるドメインを、先頭の「.」なしで入力してください")
			}
		default:
			l.fault(path+"/party", `must be "first" or "third"`, "「first」か「third」にしてください")
		}
		if slices.ContainsFunc(l.Cookies[:i], func(o Cookie) bool { return o.Name == c.Name && o.Domain == c.Domain }) {
			l.twice(path, c.Name)
		}
	}
}

func lifetimesPositive(l *lint) {
	for i, c := range l.Cookies {
		if c.LifetimeSeconds != nil && *c.LifetimeSeconds < 0 {
			l.fault(fmt.Sprintf("/cookies/%d/lifetimeSeconds", i), "must be 0 for a session cookie, or more", "0以上の秒数にしてください。0は、ブラウザーを閉じるまでを表します")
		}
	}
}

func storageComplete(l *lint) {
	for i, s := range l.Storage {
		path := fmt.Sprintf("/storage/%d", i)
		if !slices.Contains([]string{"localStorage", "sessionStorage", "indexedDB"}, s.Area) {
			l.fault(path+"/area", `must be "localStorage", "sessionStorage" or "indexedDB"`, "「localStorage」「sessionStorage」「indexedDB」のどれかにしてください")
		}
		if s.Key == "" {
			l.fault(path+"/key", "is missing", "入力してください")
		}
		if slices.Contains(l.Storage[:i], s) {
			l.twice(path, s.Key)
		}
	}
}

func linksHTTPS(l *lint) {
	links := map[string]string{"/links/cookies": l.Links.Cookies, "/links/optOut": l.Links.OptOut}
	for lang, link := range l.Links.Privacy {
		path := "/links/privacy/" + strictjson.Pointer(lang)
		links[path] = link
		if !languageForm.MatchString(lang) {
			l.fault(path, `is not under a language tag such as "ja"`, "言語は「ja」のような言語タグで指定してください")
		}
	}
	for path, link := range links {
		u, err := url.Parse(link)
		if link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
			l.fault(path, "must be an https address, not %s", "https:// で始まるURLを入力してください。%sは使えません", fault.Quote(link))
		}
	}
}

func listIDsPositive(l *lint) {
	if l.TCF < 0 {
		l.fault("/tcf", "must be an id of the IAB TCF Global Vendor List", "IAB TCFのGlobal Vendor ListのIDを入力してください")
	}
	if l.ATP < 0 {
		l.fault("/atp", "must be an id of Google's list of Ad Technology Providers", "Googleの広告技術プロバイダーのIDを入力してください")
	}
}

// signalKnown: the widget has one module for each protocol, and none for others.
func signalKnown(l *lint) {
	if l.Signal != "" && !slices.Contains(Signals, l.Signal) {
		l.fault("/signal", "%s is not a protocol that the widget speaks; known: %s", "%sは、対応していない仕組みです。使えるもの：%s", fault.Quote(l.Signal), strings.Join(Signals, ", "))
	}
}

func unverifiedKnown(l *lint) {
	for i, key := range l.Unverified {
		path := fmt.Sprintf("/unverified/%d", i)
		if !slices.Contains(factKeys, key) {
			l.unknownFact(path, key)
		} else if slices.Contains(l.Unverified[:i], key) {
			l.twice(path, key)
		}
	}
}

// unknownFact notes a name that no fact of an entry has.
func (l *lint) unknownFact(path, key string) {
	l.fault(path, "%s is not a fact; known: %s", "%sという項目はありません。使えるもの：%s", fault.Quote(key), strings.Join(factKeys, ", "))
}

func sourcesDated(l *lint) {
	for i, s := range l.Sources {
		path := fmt.Sprintf("/sources/%d", i)
		if at, err := time.Parse(time.DateOnly, s.Date); err != nil {
			l.fault(path+"/date", "must be a day as YYYY-MM-DD, not %s", "日付をYYYY-MM-DDの形で入力してください（例：2026-11-22）。%sは日付ではありません", fault.Quote(s.Date))
		} else if !l.custom && at.After(l.now) {
			l.fault(path+"/date", "%s is in the future", "%sは未来の日付です。確認した日を入力してください", s.Date)
		}
		if len(s.Facts) == 0 {
			l.fault(path+"/facts", "must name the facts that the source backs", "この出典で確認した項目を一つ以上選んでください")
		}
		for j, key := range s.Facts {
			if !slices.Contains(factKeys, key) {
				l.unknownFact(fmt.Sprintf("%s/facts/%d", path, j), key)
			}
		}
	}
}

// factsSourced holds that each fact has a source or is marked as unverified.
func factsSourced(l *lint) {
	if l.custom {
		return
	}
	known := slices.Clone(l.Unverified)
	for _, s := range l.Sources {
		known = append(known, s.Facts...)
	}
	for _, f := range []struct {
		key     string
		present bool
	}{
		{"name", true}, {"entity", true}, {"country", true}, {"purposes", true}, {"data", true},
		{"receives", true}, {"usedFor", true}, {"hosts", true},
		{"formerNames", len(l.FormerNames)+len(l.Entity.FormerNames) > 0},
		{"cookies", len(l.Cookies) > 0}, {"storage", len(l.Storage) > 0},
		{"links.privacy", len(l.Links.Privacy) > 0}, {"links.cookies", l.Links.Cookies != ""}, {"links.optOut", l.Links.OptOut != ""},
		{"signal", l.Signal != ""}, {"tcf", l.TCF != 0}, {"atp", l.ATP != 0},
	} {
		group, _, _ := strings.Cut(f.key, ".")
		covered := slices.Contains(known, f.key) || slices.Contains(known, group)
		if f.present && !covered {
			l.fault("/sources", "no source names %s, and it is not marked as unverified", "%sの出典がありません。出典を加えるか、未確認としてください", fault.Quote(f.key))
		}
	}
}
