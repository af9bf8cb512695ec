package notice

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
)

// words are the page's own texts by language and key. Japanese is the master:
// a key that is missing elsewhere is read there, and a test keeps both complete.
// What vendors receive is told in these two languages alone, so the page is as
// well: readers of another that a site speaks get English.
var words = map[string]map[string]string{
	"ja": {
		"title":               "外部への情報送信について",
		"lead":                "%sでは、次の外部事業者のタグを利用しています。タグが動くと、ご覧になっている端末から各事業者へ情報が送信されます。送信先、送信される情報、利用目的は次のとおりです。",
		"none":                "%sでは、外部事業者のタグを利用していません。",
		"revision":            "版",
		"number":              "第%d版",
		"published":           "公開日",
		"recipients":          "送信先",
		"count":               "%d件",
		"choice":              "選び方と止め方",
		"opt-in":              "許可するまで、タグは動きません。",
		"opt-out":             "タグは、拒否されるまで動きます。",
		"notice-only":         "タグは、ページを開くと動きます。送信先は、いつでも個別に止められます。",
		"paused":              "ただいま、外部事業者のタグはすべて止めています。",
		"reopen":              "プライバシー設定",
		"change":              "選択は、サイトの各ページにある「%s」から、目的ごとまたは事業者ごとに、いつでも変更できます。拒否した事業者のタグは動かず、情報は送信されません。",
		"early":               "ただし、次の送信先のタグは、許可の有無にかかわらず読み込まれ、情報が送信されます：%s。許可されていない場合は、その旨をタグに伝え、Cookieの保存などを控えさせます。",
		"expiry":              "選択は%dか月のあいだ有効です。期間が過ぎるか、新しい送信先が加わると、あらためて確認します。",
		"gpc":                 "ブラウザーのプライバシー設定（Global Privacy Control）が有効な場合は、ご自身で選択されるまで、次の目的のタグを止めます：%s。",
		"necessaryTag":        "「%s」の送信先はサイトの動作に欠かせないため、止められません。",
		"contents":            "目的",
		"entity":              "送信先の名称",
		"also":                "別の表記：%s",
		"formerly":            "旧称：%s",
		"country":             "国・地域",
		"unknown":             "確認できていません",
		"receives":            "送信される情報",
		"usedFor":             "送信先での利用目的",
		"purposes":            "当サイトでの利用目的",
		"linked":              "個人データとのひも付け",
		"linkedText":          "送信された情報は、氏名やメールアドレスなどの個人データとひも付けて利用されることがあります。",
		"before":              "選択前の読み込み",
		"beforeText":          "タグは、選択の前も、拒否した後も読み込まれます。",
		"cookies":             "保存されるCookie",
		"links":               "送信先の案内",
		"privacy":             "プライバシーポリシー",
		"optOut":              "オプトアウト（送信先による停止の手続き）",
		"unverified":          "（未確認）",
		"aboutMarks":          "「（未確認）」は、公表資料などでまだ確認できていない項目です。",
		"countries":           "外国の個人情報保護制度",
		"countriesLead":       "情報は、日本国外の事業者にも送信されます。送信先の国・地域と、その個人情報保護制度は次のとおりです（%sに公表資料で確認した内容です）。",
		"regime":              "個人情報保護制度",
		"equal":               "個人情報保護委員会が、日本と同等の水準にあると認められる個人情報保護制度がある国・地域として指定しています。",
		"adequate-all":        "欧州委員会から、個人データの保護が十分であるとの認定（十分性認定）を受けています。",
		"adequate-commercial": "民間の事業者について、欧州委員会から、個人データの保護が十分であるとの認定（十分性認定）を受けています。",
		"adequate-framework":  "EU・米国データプライバシーフレームワークに参加する事業者について、欧州委員会から、個人データの保護が十分であるとの認定（十分性認定）を受けています。",
		"cbpr":                "グローバルCBPR（越境プライバシールール）フォーラムの加盟国・地域です。",
		"survey":              "個人情報保護委員会による制度の調査",
		"surveyList":          "個人情報保護委員会「諸外国・地域の法制度」",
		"unsure":              "：確認できていません",
		"noRegime":            "制度を確認できていません。",
		"noCountry":           "国・地域を確認できていないため、制度もお知らせできません。確認でき次第、このページに掲載します。",
		"notes":               "このページの見方",
		"contact":             "お問い合わせ",
		"controller":          "サイトの運営者",
		"email":               "メール",
		"url":                 "お問い合わせページ",
		"phone":               "電話",
		"complaints":          "苦情の申出先",
		"complaintsText":      "お問い合わせ先のほか、次の窓口でも苦情を受け付けています。",
		"body":                "窓口",
		"bodyURL":             "ウェブサイト",
		"enacted":             "制定日",
		"announced":           "変更の予告",
		"announcedText":       "%sから、内容が変わります。それまでは、このページに掲載している内容のとおりです。",
		"announcedAt":         "予告日：%s",
		"details":             "変更の内容を見る",
		"compare":             "前の版との違い",
		"changesTitle":        "公表内容の変更",
		"changesLead":         "第%d版（%s）から第%d版（%s）への変更です。",
		"changesSame":         "公表している内容に変更はありません。",
		"changesSite":         "サイト全体",
		"back":                "公表ページに戻る",
		"newRecipients":       "追加される送信先",
		"goneRecipients":      "なくなる送信先",
		"wasBefore":           "変更前",
		"isNow":               "変更後",
		"item":                "項目",
		"nothing":             "なし",
		"name":                "名称",
		"default":             "選択前の扱い",
		"stopped":             "一時停止",
		"validity":            "選択の有効期間",
		"months":              "%dか月",
		"yes":                 "あり",
		"no":                  "なし",
		"history":             "公開の履歴",
		"changes":             "送信先の変更",
		"first":               "はじめての公開",
		"added":               "追加：%s",
		"removed":             "終了：%s",
		"changed":             "内容の変更：%s",
		"same":                "送信先の変更なし",
		"session":             "ブラウザーを閉じるまで",
		"noLifetime":          "期間は未確認",
		"first-party":         "サイト自身のドメイン",
		"languages":           "言語",
		"comma":               "、",
		"json":                "このページの内容（JSON）",
	},
	"en": {
		"title":               "Information sent to third parties",
		"lead":                "%s uses tags of the third parties below. When a tag runs, your device sends information to that third party. This page says who receives it, what is sent, and what it is used for.",
		"none":                "%s uses no tags of third parties.",
		"revision":            "Revision",
		"number":              "%d",
		"published":           "Published",
		"recipients":          "Recipients",
		"count":               "%d",
		"choice":              "How to choose and how to stop it",
		"opt-in":              "No tag runs until you allow it.",
		"opt-out":             "Tags run until you refuse them.",
		"notice-only":         "Tags run when you open a page. You can stop each recipient at any time.",
		"paused":              "All third-party tags are stopped at the moment.",
		"reopen":              "Privacy preferences",
		"change":              "You can change your choice at any time, by purpose or by recipient, with “%s” on every page of the site. A tag that you refuse does not run and sends nothing.",
		"early":               "The tags of these recipients are an exception: they load, and information is sent, whether you allow them or not: %s. Where you have not allowed them, they are told so and asked not to store cookies.",
		"expiry":              "Your choice holds for %d months. You are asked again after that, or when a new recipient is added.",
		"gpc":                 "If your browser's Global Privacy Control is on, tags for these purposes stay stopped until you choose otherwise: %s.",
		"necessaryTag":        "Recipients under “%s” are needed for the site to work and cannot be stopped.",
		"contents":            "Purposes",
		"entity":              "Recipient",
		"also":                "also called %s",
		"formerly":            "formerly %s",
		"country":             "Country or region",
		"unknown":             "not known",
		"receives":            "Information sent",
		"usedFor":             "What the recipient uses it for",
		"purposes":            "What this site uses it for",
		"linked":              "Linked with personal data",
		"linkedText":          "What is sent may be combined with personal data such as your name or e-mail address.",
		"before":              "Loads before a choice",
		"beforeText":          "The tag loads before you choose, and after you refuse.",
		"cookies":             "Cookies stored",
		"links":               "The recipient's own pages",
		"privacy":             "Privacy policy",
		"optOut":              "Opt-out offered by the recipient",
		"unverified":          "(unverified)",
		"aboutMarks":          "“(unverified)” marks facts that no published source has confirmed yet.",
		"countries":           "Data protection outside Japan",
		"countriesLead":       "Information is sent to recipients outside Japan, too. This is where they are, and how personal data is protected there, as gathered from public sources in %s.",
		"regime":              "Protection of personal data",
		"equal":               "Japan's Personal Information Protection Commission has designated it as protecting personal data at the same level as Japan.",
		"adequate-all":        "The European Commission has found its protection of personal data adequate.",
		"adequate-commercial": "The European Commission has found its protection of personal data adequate, for commercial organisations.",
		"adequate-framework":  "The European Commission has found its protection of personal data adequate, for organisations in the EU-US Data Privacy Framework.",
		"cbpr":                "It is a member of the Global Cross-Border Privacy Rules (CBPR) Forum.",
		"survey":              "Survey by Japan's Personal Information Protection Commission (in Japanese)",
		"surveyList":          "Laws of other countries, by Japan's Personal Information Protection Commission (in Japanese)",
		"unsure":              ": not known",
		"noRegime":            "Not known.",
		"noCountry":           "The country is not known, so neither is its law. It will be told here once it is.",
		"notes":               "How to read this page",
		"contact":             "Contact",
		"controller":          "Operator of the site",
		"email":               "E-mail",
		"url":                 "Contact page",
		"phone":               "Phone",
		"complaints":          "Complaints",
		"complaintsText":      "Besides the contact above, this body hears complaints.",
		"body":                "Body",
		"bodyURL":             "Website",
		"enacted":             "First enacted",
		"announced":           "A change to come",
		"announcedText":       "This page will change on %s. Until then it holds as it stands.",
		"announcedAt":         "Announced on %s",
		"details":             "See what will change",
		"compare":             "What changed",
		"changesTitle":        "Changes of this notice",
		"changesLead":         "From revision %d (%s) to revision %d (%s).",
		"changesSame":         "The notice says the same in both.",
		"changesSite":         "The whole site",
		"back":                "Back to the notice",
		"newRecipients":       "Recipients added",
		"goneRecipients":      "Recipients removed",
		"wasBefore":           "Before",
		"isNow":               "After",
		"item":                "Item",
		"nothing":             "none",
		"name":                "Name",
		"default":             "Before a choice",
		"stopped":             "Stopped for now",
		"validity":            "A choice holds for",
		"months":              "%d months",
		"yes":                 "yes",
		"no":                  "no",
		"history":             "History of publications",
		"changes":             "Changes of recipients",
		"first":               "First publication",
		"added":               "Added: %s",
		"removed":             "Removed: %s",
		"changed":             "Changed: %s",
		"same":                "No change of recipients",
		"session":             "until the browser is closed",
		"noLifetime":          "lifetime not verified",
		"first-party":         "the site's own domain",
		"languages":           "Languages",
		"comma":               ", ",
		"json":                "This page as JSON",
	},
}

// languageNames are written in the language itself.
var languageNames = map[string]string{"ja": "日本語", "en": "English"}

// T returns a text of the page, with its gaps filled.
func (n Notice) T(key string, args ...any) string {
	text, ok := words[n.Language][key]
	if !ok {
		text = words["ja"][key]
	}
	if len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return text
}

// Date returns a time as people of the language read it: in Japan's time for Japanese.
func (n Notice) Date(t time.Time) string {
	if n.Language == "ja" {
		return t.In(japan).Format("2006年1月2日")
	}
	return t.UTC().Format("2 January 2006")
}

// japan is the time that Japanese pages tell.
var japan = time.FixedZone("JST", 9*60*60)

// Moment returns a time with its hour.
func (n Notice) Moment(t time.Time) string {
	if n.Language == "ja" {
		return t.In(japan).Format("2006年1月2日15時04分")
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// Day returns a day as people of the language read it, from "2018-04-01".
func (n Notice) Day(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, japan)
	if err != nil {
		return day
	}
	if n.Language == "ja" {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 January 2006")
}

// AsOf returns the month in which what is known of other countries' law was checked.
func (n Notice) AsOf() string {
	t, err := time.Parse("2006-01", n.RegimesAsOf)
	if err != nil {
		return n.RegimesAsOf
	}
	if n.Language == "ja" {
		return t.Format("2006年1月")
	}
	return t.Format("January 2006")
}

// Out are the attributes of links to elsewhere: out of a frame, most pages refuse to be framed.
func (n Notice) Out() template.HTMLAttr {
	if n.Framed {
		return `rel="noopener noreferrer" target="_blank"`
	}
	return `rel="noopener noreferrer"`
}

// Survey is where the law of a country is described: of its own, or the list of all.
func (Notice) Survey(r Regime) string {
	if r.Survey != "" {
		return r.Survey
	}
	return surveys
}

// LanguageName returns a language's own name for itself.
func (Notice) LanguageName(lang string) string {
	if name := languageNames[lang]; name != "" {
		return name
	}
	return lang
}

// Join lists words as the language does.
func (n Notice) Join(list []string) string { return strings.Join(list, n.T("comma")) }

// Under returns the vendors whose main purpose is the given one.
func (n Notice) Under(id catalogue.PurposeID) []Vendor {
	var out []Vendor
	for _, v := range n.Vendors {
		if len(v.Purposes) > 0 && v.Purposes[0].ID == id {
			out = append(out, v)
		}
	}
	return out
}

// Labels returns the labels of purposes.
func (Notice) Labels(purposes []Purpose) []string {
	out := make([]string, len(purposes))
	for i, p := range purposes {
		out[i] = p.Label
	}
	return out
}

// Signalled returns the labels of the purposes in use that Global Privacy Control denies.
func (n Notice) Signalled() []string {
	var out []string
	for _, id := range []catalogue.PurposeID{catalogue.Advertising, catalogue.Personalization, catalogue.Social} {
		if label := n.Label(id); label != "" {
			out = append(out, label)
		}
	}
	return out
}

// Early returns the names of the vendors whose tags load before a choice.
func (n Notice) Early() []string {
	var names []string
	for _, v := range n.Vendors {
		if v.LoadsBeforeChoice {
			names = append(names, v.Name)
		}
	}
	return names
}

// Marked reports whether some fact on the page is unverified.
func (n Notice) Marked() bool {
	shown := []string{"entity", "country", "receives", "data", "purposes", "usedFor", "cookies", "links.privacy", "links.optOut"}
	return slices.ContainsFunc(n.Vendors, func(v Vendor) bool { return slices.ContainsFunc(shown, v.Unsure) }) ||
		slices.ContainsFunc(n.Countries, func(c Country) bool { return c.Code != "" && !c.Regime.Known() })
}

// Label returns the label of a purpose in use, "" for another.
func (n Notice) Label(id catalogue.PurposeID) string {
	for _, p := range n.Purposes {
		if p.ID == id {
			return p.Label
		}
	}
	return ""
}

// Unsure reports whether a fact is marked as unverified, as a whole ("links") or in part ("links.optOut").
func (v Vendor) Unsure(fact string) bool {
	return slices.ContainsFunc(v.Unverified, func(s string) bool {
		return s == fact || strings.HasPrefix(fact, s+".") || strings.HasPrefix(s, fact+".") && !strings.Contains(fact, ".")
	})
}
