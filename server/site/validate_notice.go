package site

import (
	"net/mail"
	"net/url"
	"time"
)

func (c *check) notice(n Notice) {
	c.perLanguage("/notice/controller", n.Controller, 200)
	if e := n.Contact.Email; e != "" {
		addr, err := mail.ParseAddress(e)
		if err != nil || addr.Address != e || addr.Name != "" || len(e) > 254 {
			c.fault("/notice/contact/email", "must be a plain e-mail address such as privacy@example.jp", "メールアドレスだけを入力してください（例：privacy@example.jp）")
		}
	}
	c.reach("/notice/contact", n.Contact.URL, n.Contact.Phone)
	c.perLanguage("/notice/complaints/name", n.Complaints.Name, 200)
	c.reach("/notice/complaints", n.Complaints.URL, n.Complaints.Phone)
	if len(n.Complaints.Name) == 0 && n.Complaints.URL+n.Complaints.Phone != "" {
		c.fault("/notice/complaints/name", "must name the body whose address or number this is", "窓口の名称を入力してください")
	}
	if n.Enacted != "" {
		if _, err := time.Parse(time.DateOnly, n.Enacted); err != nil {
			c.fault("/notice/enacted", `must be a day such as "2018-04-01"`, "日付を入力してください（例：2018-04-01）")
		}
	}
}

// reach checks how to reach somebody: an address and a telephone number, "" for none.
func (c *check) reach(path, address, phone string) {
	if address != "" {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(address) > 500 || textFault(address, 500) != fine {
			c.fault(path+"/url", "must be an https address without user name or password",
				"https:// で始まるURLを入力してください。ユーザー名やパスワードは含められません")
		}
	}
	if phone != "" && !phonePattern.MatchString(phone) {
		c.fault(path+"/phone", "must be a telephone number: digits, spaces, hyphens, brackets, and a leading + at most",
			"電話番号を半角で入力してください。使えるのは、数字、空白、ハイフン、かっこと、先頭の + です")
	}
}
