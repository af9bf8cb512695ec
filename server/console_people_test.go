package server

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sekisho/sekisho/server/operator"
)

// cookieName is that of the console's session.
const cookieName = "__Host-sekisho-console"

// signIn signs in whoever has the password of the tests, and returns the cookie.
func signIn(t *testing.T, s *Server, email string) *http.Cookie {
	t.Helper()
	a, err := s.Operators.SignIn(t.Context(), operator.Credentials{Email: email, Password: password, From: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: cookieName, Value: a.Token}
}

// given returns the session that an answer gave the browser, nil for none.
func given(w *httptest.ResponseRecorder) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		if c.Name == cookieName && c.MaxAge > 0 {
			return c
		}
	}
	return nil
}

// says fails unless a page was answered with this status and holds these texts.
func says(t *testing.T, what string, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: %d to %q", what, w.Code, w.Header().Get("Location"))
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s: nothing of %q in %s", what, text, w.Body)
		}
	}
}

// goesTo fails unless an answer sends the browser there.
func goesTo(t *testing.T, what string, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Errorf("%s: %d to %q, want %q\n%s", what, w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

// one returns what a pattern's group matched in a page.
func one(t *testing.T, w *httptest.ResponseRecorder, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("no %s in %s", pattern, w.Body)
	}
	return m[1]
}

// idOf returns the id of the operator of a role that session made.
func idOf(t *testing.T, s *Server, role operator.Role) string {
	t.Helper()
	all, err := s.Operators.List(t.Context(), operator.Command("test"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.Email == string(role)+"@example.jp" {
			return o.ID
		}
	}
	t.Fatalf("no %s among %v", role, all)
	return ""
}

func TestOwnSettings(t *testing.T) {
	s := start(t, nil)
	cookie := session(t, s, operator.Viewer)
	says(t, "the page", visit(s, "GET", "/console/me", cookie, nil), 200, `value="Test viewer"`, "viewer@example.jp", "Viewer", "This one", `href="/console/me/factor"`)
	goesTo(t, "a profile", visit(s, "POST", "/console/me", cookie, url.Values{"name": {"関所 太郎"}, "language": {"ja"}}), "/console/me?done=saved")
	says(t, "in the language that was chosen", visit(s, "GET", "/console/me?done=saved", cookie, nil), 200, `lang="ja"`, `value="関所 太郎"`, "保存しました", "この端末")
	w := visit(s, "POST", "/console/me?lang=ja", cookie, url.Values{"name": {"太\u202e郎"}, "language": {"ja"}})
	says(t, "a name that turns text around", w, 422, "名前：改行や目に見えない文字は使えません", `aria-invalid="true" aria-describedby="reason-name"`, "太\u202e郎")
	says(t, "a language that there is not", visit(s, "POST", "/console/me?lang=en", cookie, url.Values{"language": {"fr"}}), 422, "Language: must be ja or en")
}

func TestChangeOfPassword(t *testing.T) {
	s := start(t, nil)
	cookie := session(t, s, operator.Viewer)
	elsewhere := signIn(t, s, "viewer@example.jp")
	const next = "nine carts pass at dawn"
	post := func(current, password string) *httptest.ResponseRecorder {
		return visit(s, "POST", "/console/me/password", cookie, url.Values{"current": {current}, "password": {password}})
	}
	says(t, "the wrong one", post("not this one, surely", next), 403, "The current password is wrong. Your password was not changed.")
	w := post(password, "short")
	says(t, "too short", w, 422, "New password: must have at least 12 characters", `id="reason-password"`)
	if strings.Contains(w.Body.String(), `value="short"`) {
		t.Error("the page repeats a password")
	}
	w = post(password, next)
	goesTo(t, "changed", w, "/console/me?done=password-changed")
	renewed := given(w)
	if renewed == nil || renewed.Value == cookie.Value {
		t.Fatalf("the session goes on under %v", renewed)
	}
	for what, old := range map[string]*http.Cookie{"the old token": cookie, "elsewhere": elsewhere} {
		if w := visit(s, "GET", "/console/me", old, nil); w.Code != 303 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	says(t, "under the new token", visit(s, "GET", "/console/me", renewed, nil), 200)
}

func TestSessionsOfOneself(t *testing.T) {
	s := start(t, nil)
	cookie := session(t, s, operator.Viewer)
	elsewhere := signIn(t, s, "viewer@example.jp")
	other := visit(s, "GET", "/console/me", elsewhere, nil)
	var refs []string
	for _, m := range regexp.MustCompile(`/console/me/sessions/([^/]+)/end`).FindAllStringSubmatch(other.Body.String(), -1) {
		refs = append(refs, m[1])
	}
	if len(refs) != 2 || refs[0] == refs[1] {
		t.Fatalf("sessions %v in %s", refs, other.Body)
	}
	if strings.Contains(other.Body.String(), cookie.Value) {
		t.Error("a page holds a session's token")
	}
	says(t, "another's", visit(s, "POST", "/console/me/sessions/0123456789abcdef/end", cookie, url.Values{}), 404)
	mine := 0
	for _, ref := range refs {
		w := visit(s, "POST", "/console/me/sessions/"+ref+"/end", cookie, url.Values{})
		if w.Header().Get("Location") == "/console/sign-in?done=signed-out" {
			mine++
			break
		}
		goesTo(t, "one elsewhere", w, "/console/me?done=session-ended")
	}
	if mine != 1 {
		t.Error("ending one's own is no sign-out")
	}
	says(t, "ended", visit(s, "GET", "/console/me", cookie, nil), 303)

	a, b := signIn(t, s, "viewer@example.jp"), signIn(t, s, "viewer@example.jp")
	goesTo(t, "everywhere", visit(s, "POST", "/console/me/sign-out", a, url.Values{}), "/console/sign-in?done=signed-out")
	for _, c := range []*http.Cookie{a, b} {
		says(t, "signed out everywhere", visit(s, "GET", "/console/me", c, nil), 303)
	}
}

// code returns a code of a second factor, so many steps from now.
func code(t *testing.T, secret string, steps int) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSecondFactorOfOneself(t *testing.T) {
	s := start(t, nil)
	cookie := session(t, s, operator.Viewer)
	says(t, "without one", visit(s, "GET", "/console/me/factor", cookie, nil), 200, "Set it up")
	says(t, "nothing offered", visit(s, "GET", "/console/me/factor/confirm", cookie, nil), 404)
	goesTo(t, "nothing to confirm", visit(s, "POST", "/console/me/factor/confirm", cookie, url.Values{"code": {"123456"}}), "/console/me/factor")
	goesTo(t, "begun", visit(s, "POST", "/console/me/factor", cookie, url.Values{}), "/console/me/factor/confirm")
	w := visit(s, "GET", "/console/me/factor/confirm", cookie, nil)
	secret := one(t, w, `<code id="secret">([A-Z2-7]{32})</code>`)
	says(t, "the code to scan", w, 200, `<svg class="qr"`, `role="img" aria-label="The QR code for your authenticator app"`, `d="M4 4h1v1h-1z`)
	w = visit(s, "POST", "/console/me/factor/confirm", cookie, url.Values{"code": {"000000"}})
	says(t, "a wrong code", w, 403, "The code is wrong", secret)
	w = visit(s, "POST", "/console/me/factor/confirm", cookie, url.Values{"code": {code(t, secret, 0)}})
	says(t, "confirmed", w, 200, "shown on this page alone", "Your second factor is on")
	codes := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){3}`).FindAllString(w.Body.String(), -1)
	if len(codes) != 10 {
		t.Errorf("recovery codes %v", codes)
	}
	old := cookie
	if cookie = given(w); cookie == nil {
		t.Fatal("no new session")
	}
	says(t, "under the old token", visit(s, "GET", "/console/me", old, nil), 303)
	says(t, "with one", visit(s, "GET", "/console/me", cookie, nil), 200, "Recovery codes left: 10.")
	w = visit(s, "POST", "/console/me/factor/codes", cookie, url.Values{})
	says(t, "new codes", w, 200, "shown on this page alone")
	if strings.Contains(w.Body.String(), codes[0]) {
		t.Error("an old recovery code among the new ones")
	}
	goesTo(t, "removed", visit(s, "POST", "/console/me/factor/remove", cookie, url.Values{}), "/console/sign-in?done=factor-removed")
	says(t, "its session", visit(s, "GET", "/console/me", cookie, nil), 303)
	signIn(t, s, "viewer@example.jp") // and the password alone does again
}

func TestOperatorsList(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	session(t, s, operator.Editor)
	editor := idOf(t, s, operator.Editor)
	w := visit(s, "GET", "/console/operators", owner, nil)
	says(t, "the list", w, 200, "Test editor", "editor@example.jp", "Editor", "There are no links that could still be used.", `href="/console/operators/`+editor+`"`)
	says(t, "in Japanese", visit(s, "GET", "/console/operators?lang=ja", owner, nil), 200, "担当者", "編集者", "担当者を招待", "未使用のリンクはありません。")
	says(t, "one of them", visit(s, "GET", "/console/operators/"+editor, owner, nil), 200, "<h1>Test editor</h1>", "/console/audit?actor="+editor)
	says(t, "nobody", visit(s, "GET", "/console/operators/nobody", owner, nil), 404)

	post := func(what string, fields url.Values) *httptest.ResponseRecorder {
		return visit(s, "POST", "/console/operators/"+editor+"/"+what, owner, fields)
	}
	page := "/console/operators/" + editor
	goesTo(t, "another role", post("role", url.Values{"role": {"viewer"}}), page+"?done=role-changed")
	says(t, "the role", visit(s, "GET", page+"?done=role-changed", owner, nil), 200, "The role is changed", `value="viewer" checked`)
	says(t, "no role", post("role", url.Values{"role": {"god"}}), 422, "Role: must be owner, editor or viewer")
	goesTo(t, "signed out", post("sign-out", url.Values{}), page+"?done=operator-signed-out")
	goesTo(t, "no second factor", post("factor/remove", url.Values{}), page+"?done=operator-factor-removed")
	goesTo(t, "suspended", post("suspend", url.Values{}), page+"?done=suspended")
	w = visit(s, "GET", page, owner, nil)
	says(t, "suspended", w, 200, "This operator is suspended and cannot sign in.")
	if strings.Contains(w.Body.String(), page+"/reset") {
		t.Error("a suspended operator is offered a reset")
	}
	goesTo(t, "resumed", post("resume", url.Values{}), page+"?done=resumed")
	says(t, "removed without the box", post("remove", url.Values{}), 422, "Remove: tick the box", `aria-describedby="reason-sure"`)
	goesTo(t, "removed", post("remove", url.Values{"sure": {"yes"}}), "/console/operators?done=operator-removed")
	if w := visit(s, "GET", "/console/operators", owner, nil); strings.Contains(w.Body.String(), "editor@example.jp") {
		t.Error("the removed operator is in the list")
	}
}

// TestLastOwner: refused in words, in both languages, with nothing changed.
func TestLastOwner(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	page := "/console/operators/" + idOf(t, s, operator.Owner)
	for what, fields := range map[string]url.Values{"role": {"role": {"viewer"}}, "suspend": {}, "remove": {"sure": {"yes"}}} {
		says(t, what, visit(s, "POST", page+"/"+what, owner, fields), 409, "there must be an owner who can sign in")
		says(t, what+" in Japanese", visit(s, "POST", page+"/"+what+"?lang=ja", owner, fields), 409, "先に、ほかの担当者をオーナーにしてください。")
	}
	says(t, "what is there", visit(s, "GET", page, owner, nil), 200, `value="owner" checked`, "This is you.")
	invitation, err := s.Operators.Invite(t.Context(), operator.Command("test"), "second@example.jp", operator.Owner, "ja")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Operators.Accept(t.Context(), invitation.Token, operator.Acceptance{Password: password}); err != nil {
		t.Fatal(err)
	}
	goesTo(t, "with a second owner", visit(s, "POST", page+"/role", owner, url.Values{"role": {"viewer"}}), "/console/sign-in?done=signed-out")
}

func TestInvitation(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	invite := func(email, role, lang string) *httptest.ResponseRecorder {
		return visit(s, "POST", "/console/operators/invite", owner, url.Values{"email": {email}, "role": {role}, "language": {lang}})
	}
	says(t, "the form", visit(s, "GET", "/console/operators/invite", owner, nil), 200, `value="viewer" checked`, "which you pass on", `value="en" lang="en" selected`)
	w := invite("nobody", "editor", "ja")
	says(t, "no email", w, 422, "Email: must be an email address", `value="nobody"`, `value="editor" checked`)
	says(t, "somebody who is there", invite("owner@example.jp", "viewer", "ja"), 409, "There is an operator of this email already.")
	w = invite("hanako@example.jp", "editor", "ja")
	says(t, "invited", w, 200, "It is shown on this page alone")
	link := one(t, w, `<pre id="address" tabindex="0">https://consent.example.jp(/console/link/[^<]+)</pre>`)
	list := visit(s, "GET", "/console/operators", owner, nil)
	says(t, "the open link", list, 200, "hanako@example.jp", "Invitation", "Test owner")
	if strings.Contains(list.Body.String(), strings.TrimPrefix(link, "/console/link/")) {
		t.Error("the list holds a link's token")
	}
	ref := one(t, list, `href="(/console/operators/links/[^"]+)"`)
	says(t, "what it opens", visit(s, "GET", link, nil, nil), 200, "hanako@example.jp")
	says(t, "before it is withdrawn", visit(s, "GET", ref, owner, nil), 200, "hanako@example.jp")
	goesTo(t, "withdrawn", visit(s, "POST", ref, owner, url.Values{}), "/console/operators?done=link-withdrawn")
	says(t, "withdrawn", visit(s, "GET", link, nil, nil), 404)
	says(t, "withdrawn twice", visit(s, "POST", ref, owner, url.Values{}), 404)
	says(t, "its page", visit(s, "GET", ref, owner, nil), 404)
}

func TestResetLink(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	session(t, s, operator.Viewer)
	w := visit(s, "POST", "/console/operators/"+idOf(t, s, operator.Viewer)+"/reset", owner, url.Values{})
	says(t, "a link", w, 200, "Pass this link on to viewer@example.jp")
	link := one(t, w, `(/console/link/[^<]+)</pre>`)
	w = visit(s, "POST", link, nil, url.Values{"password": {"nine carts pass at dawn"}})
	goesTo(t, "used", w, "/console/")
	says(t, "nobody's", visit(s, "POST", "/console/operators/nobody/reset", owner, url.Values{}), 404)
}

// postbox is a mailer that keeps what it is given.
type postbox struct {
	to, subject, text string
	err               error
}

func (p *postbox) Send(_ context.Context, to, subject, text string) error {
	p.to, p.subject, p.text = to, subject, text
	return p.err
}

// TestLinksByMail: in the language of whoever they are for, and then not on the
// page; on the page after all where the mail server takes nothing.
func TestLinksByMail(t *testing.T) {
	var box postbox
	s := start(t, func(c *Config) { c.Mail = &box })
	owner := session(t, s, operator.Owner)
	fields := url.Values{"email": {"hanako@example.jp"}, "role": {"viewer"}, "language": {"ja"}}
	says(t, "the form", visit(s, "GET", "/console/operators/invite", owner, nil), 200, "The invitation goes by mail.")
	w := visit(s, "POST", "/console/operators/invite", owner, fields)
	says(t, "mailed", w, 200, "A mail is on its way to hanako@example.jp.")
	link := regexp.MustCompile(`https://consent\.example\.jp(/console/link/\S+)`).FindStringSubmatch(box.text)
	if box.to != "hanako@example.jp" || box.subject != "Sekishoの担当者として招待されました" || link == nil || !strings.Contains(box.text, "転送しないでください") {
		t.Fatalf("%+v", box)
	}
	if strings.Contains(w.Body.String(), link[1]) {
		t.Error("the page shows the link, too")
	}
	says(t, "the link", visit(s, "GET", link[1], nil, nil), 200)
	box.err = errors.New("no")
	says(t, "not mailed", visit(s, "POST", "/console/operators/invite", owner, fields), 200, "The mail could not be sent.", "https://consent.example.jp/console/link/")
	box.err = nil
	w = visit(s, "POST", "/console/operators/"+idOf(t, s, operator.Owner)+"/reset", owner, url.Values{})
	says(t, "a reset", w, 200, "owner@example.jp")
	if box.subject != "A new password for Sekisho" {
		t.Errorf("%+v", box)
	}
}

func TestTokensOfTheConsole(t *testing.T) {
	s := start(t, nil)
	publish(t, s)
	owner := session(t, s, operator.Owner)
	says(t, "none", visit(s, "GET", "/console/operators/tokens", owner, nil), 200, "There are no API tokens yet.")
	form := visit(s, "GET", "/console/operators/tokens/new", owner, nil)
	says(t, "the form", form, 200, `name="site" value="shop"`, `value="edit-drafts"`, `value="90"`)
	if strings.Contains(form.Body.String(), "manage-operators") {
		t.Error("a token is offered what no token may")
	}
	create := func(fields url.Values) *httptest.ResponseRecorder {
		return visit(s, "POST", "/console/operators/tokens/new", owner, fields)
	}
	w := create(url.Values{"name": {"CI"}, "site": {"shop"}, "days": {"x"}})
	says(t, "nothing chosen", w, 422, "May: must name at least one", "Days that it is good for: must be from 1 to 366", `value="CI"`, `value="shop" checked`)
	says(t, "too much", create(url.Values{"name": {"CI"}, "permission": {"manage-operators"}, "days": {"1"}}), 422, "nothing that a token can be given")
	w = create(url.Values{"name": {"CI <b>"}, "permission": {"see-sites", "edit-drafts"}, "site": {"shop"}, "days": {"30"}})
	says(t, "made", w, 200, "this once", "CI &lt;b&gt;", "--server https://consent.example.jp")
	text := one(t, w, `<pre id="token" tabindex="0">(sk_[a-z2-7]+)</pre>`)
	list := visit(s, "GET", "/console/operators/tokens", owner, nil)
	says(t, "the list", list, 200, "CI &lt;b&gt;", "Edit sites", "shop", "made by Test owner", "Never")
	if strings.Contains(list.Body.String(), text) {
		t.Error("the list holds the token")
	}
	ref := one(t, list, `href="(/console/operators/tokens/[a-z2-7]{16})"`)
	if w := do(s, "GET", "/v1/sites/shop", "", "Authorization", "Bearer "+text); w.Code != 200 {
		t.Errorf("with the token: %d %s", w.Code, w.Body)
	}
	says(t, "before it is revoked", visit(s, "GET", ref, owner, nil), 200, "This cannot be undone.")
	goesTo(t, "revoked", visit(s, "POST", ref, owner, url.Values{}), "/console/operators/tokens?done=token-revoked")
	if w := do(s, "GET", "/v1/sites/shop", "", "Authorization", "Bearer "+text); w.Code != 403 {
		t.Errorf("with a revoked token: %d", w.Code)
	}
	says(t, "revoked twice", visit(s, "POST", ref, owner, url.Values{}), 404)
	says(t, "its page", visit(s, "GET", ref, owner, nil), 404)
}

// TestStepUpComesBeforeAForm: with a password given long ago, the page of a form
// asks for it, and lists do not.
func TestStepUpComesBeforeAForm(t *testing.T) {
	var clock movable
	s := start(t, func(c *Config) { c.Now = clock.now })
	owner := session(t, s, operator.Owner)
	clock.pass(operator.FreshFor + time.Minute)
	for _, path := range []string{"/console/operators", "/console/operators/tokens", "/console/audit", "/console/me"} {
		says(t, path, visit(s, "GET", path, owner, nil), 200)
	}
	for _, path := range []string{"/console/operators/invite", "/console/operators/tokens/new", "/console/operators/" + idOf(t, s, operator.Owner), "/console/me/factor", "/console/me/factor/confirm"} {
		goesTo(t, path, visit(s, "GET", path, owner, nil), "/console/step-up?next="+url.QueryEscape(path))
	}
	w := visit(s, "POST", "/console/operators/invite", owner, url.Values{"email": {"hanako@example.jp"}})
	goesTo(t, "a form that was left open", w, "/console/step-up?next=%2Fconsole%2F")
}

func TestAuditPage(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	session(t, s, operator.Viewer)
	viewer, me := idOf(t, s, operator.Viewer), idOf(t, s, operator.Owner)
	visit(s, "POST", "/console/operators/"+viewer+"/role", owner, url.Values{"role": {"editor"}})
	note(t, s, operator.Act{Action: operator.ActPublish, Site: "shop", Subject: "3", Detail: "=1+1 <b>"})
	for lang, want := range map[string][]string{
		"en": {"Role changed", "Test viewer", "Viewer → Editor", "Published", "=1&#43;1 &lt;b&gt;", "Operator invited", "Command on the server (test)", "Test owner"},
		"ja": {"役割の変更", "Test viewer", "閲覧者 → 編集者", "公開", "サーバーでのコマンド（test）", "監査ログ"},
	} {
		says(t, lang, visit(s, "GET", "/console/audit?lang="+lang, owner, nil), 200, want...)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	for query, want := range map[string]string{
		"actor=" + me: "Role changed", "site=shop": "Published", "action=publish": "Published", "actor=test": "Operator invited",
		"from=" + today: "Published", "to=" + today: "Published",
	} {
		says(t, query, visit(s, "GET", "/console/audit?"+query, owner, nil), 200, "<td>"+want)
	}
	for query, not := range map[string]string{
		"actor=" + me: "<td>Published", "site=shop": "<td>Role changed", "action=publish": "<td>Role changed", "site=other": "<td>", "from=2100-01-01": "<td>", "to=2000-01-01": "<td>",
	} {
		if w := visit(s, "GET", "/console/audit?"+query, owner, nil); w.Code != 200 || strings.Contains(w.Body.String(), not) {
			t.Errorf("%s: %d with %s", query, w.Code, not)
		}
	}
	for query, want := range map[string]string{"from=yesterday": "must be a day", "action=dance": "is no action of the log", "from=2026-11-22&to=2026-11-20": "must not be before"} {
		says(t, query, visit(s, "GET", "/console/audit?"+query, owner, nil), 422, want)
	}
	says(t, "no place", visit(s, "GET", "/console/audit?before=x", owner, nil), 400)
}

// note writes an entry of the audit log.
func note(t *testing.T, s *Server, a operator.Act) {
	t.Helper()
	if err := s.Operators.Note(t.Context(), operator.Command("test"), a); err != nil {
		t.Fatal(err)
	}
}

// TestAuditPaging follows the links from page to page and meets every entry once.
func TestAuditPaging(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	const n = 120
	for i := range n {
		note(t, s, operator.Act{Action: operator.ActPublish, Site: "shop", Subject: fmt.Sprint("revision-", i)})
	}
	seen, path := map[string]int{}, "/console/audit?site=shop"
	for pages := 0; ; pages++ {
		w := visit(s, "GET", path, owner, nil)
		if w.Code != 200 || pages > 10 {
			t.Fatalf("%s: %d", path, w.Code)
		}
		for _, m := range regexp.MustCompile(`<small>(revision-\d+)</small>`).FindAllStringSubmatch(w.Body.String(), -1) {
			seen[m[1]]++
		}
		older := regexp.MustCompile(`href="(/console/audit\?[^"]*before[^"]*)"`).FindStringSubmatch(w.Body.String())
		if older == nil {
			break
		}
		path = strings.ReplaceAll(older[1], "&amp;", "&")
	}
	for i := range n {
		if k := fmt.Sprint("revision-", i); seen[k] != 1 {
			t.Errorf("%s %d times", k, seen[k])
		}
	}
}

func TestAuditExport(t *testing.T) {
	s := start(t, nil)
	owner := session(t, s, operator.Owner)
	for i := range 1200 {
		note(t, s, operator.Act{Action: operator.ActPublish, Site: "shop", Subject: fmt.Sprint(i), Detail: "=HYPERLINK(\"https://evil.example\")"})
	}
	w := visit(s, "GET", "/console/audit/export.csv?lang=ja&action=publish", owner, nil)
	body, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	if w.Code != 200 || !ok || w.Header().Get("Content-Disposition") != `attachment; filename="sekisho-audit.csv"` || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %.80q", w.Code, w.Header(), w.Body)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) != 1201 || len(rows[0]) != len(rows[1]) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if rows[0][0] != "番号" || rows[1][6] != "publish" || rows[1][7] != "公開" || rows[1][9] != "1199" || rows[1][10] != `'=HYPERLINK("https://evil.example")` || rows[1][12] != "完了" {
		t.Errorf("%q\n%q", rows[0], rows[1])
	}
	w = visit(s, "GET", "/console/audit/export.jsonl?site=shop", owner, nil)
	lines := strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
	var e operator.Entry // after that of the export itself
	if err := json.Unmarshal([]byte(lines[1]), &e); err != nil || len(lines) != 1201 || e.Subject != "1199" || w.Header().Get("Content-Type") != "application/jsonl" {
		t.Errorf("%d lines, %+v, %v", len(lines), e, err)
	}
	says(t, "the exports themselves", visit(s, "GET", "/console/audit?action=export-audit", owner, nil), 200, "<td>Audit log exported")
	says(t, "a day that is none", visit(s, "GET", "/console/audit/export.csv?from=x", owner, nil), 422, "must be a day")
}
