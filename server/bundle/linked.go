package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/site"
)

// firstLayer are the messages that ask about vendors, or inform of them.
var firstLayer = []string{"banner.ask", "banner.running", "banner.inform", "banner.new"}

// linkedTo names the vendors whose data is linked with personal data (APPI art.
// 31): accepting all of them is an act about each only where each was named.
// They are no messages of the widget's: a site can't leave them out, and others
// don't pay.
var linkedTo = map[string]string{
	"ja":      "なお、次の事業者に送信される情報は、氏名やメールアドレスなどの個人データとひも付けて利用されることがあります：%s。",
	"en":      " What is sent to these vendors may be linked with personal data such as a name or an email address: %s.",
	"de":      " Was an diese Drittanbieter übermittelt wird, kann mit personenbezogenen Daten wie Name oder E-Mail-Adresse verknüpft werden: %s.",
	"es":      " Lo que se envía a estas empresas puede vincularse a datos personales como el nombre o la dirección de correo electrónico: %s.",
	"fr":      " Ce qui est transmis à ces tiers peut être relié à des données personnelles telles que le nom ou l’adresse e-mail : %s.",
	"ko":      " 다음 업체에 전송되는 정보는 이름이나 이메일 주소 등의 개인정보와 연결되어 이용될 수 있습니다: %s.",
	"pt-BR":   " O que é enviado a estes terceiros pode ser vinculado a dados pessoais, como nome ou e-mail: %s.",
	"vi":      " Thông tin gửi đến các bên sau có thể được liên kết với dữ liệu cá nhân như họ tên hoặc địa chỉ email: %s.",
	"zh-Hans": "发送给以下公司的信息可能会与姓名、电子邮件地址等个人数据关联使用：%s。",
	"zh-Hant": "傳送給以下業者的資訊可能會與姓名、電子郵件地址等個人資料連結使用：%s。",
}

// asksApart reports whether the vendor is asked about on its own.
func asksApart(v *site.RevisionVendor) bool { return v.LinkedWithPersonalData && !v.Necessary() }

// linkedSentence returns what has to stand behind a message of the first layer
// on a site with such vendors; "" otherwise.
func linkedSentence(r *site.Revision, lang, key string) string {
	names := namesOf(r, lang, asksApart)
	if names == "" || !slices.Contains(firstLayer, key) {
		return ""
	}
	return fmt.Sprintf(linkedTo[lang], names)
}

// namesOf joins the names of the vendors of which something holds.
func namesOf(r *site.Revision, lang string, holds func(*site.RevisionVendor) bool) string {
	var names []string
	for i := range r.Vendors {
		if v := &r.Vendors[i]; holds(v) {
			names = append(names, v.Name.In(lang))
		}
	}
	comma := ", "
	if lang == "ja" || strings.HasPrefix(lang, "zh") {
		comma = "、"
	}
	return strings.Join(names, comma)
}
