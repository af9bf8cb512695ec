package console

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/web"
)

// signInView is what the pages of the doors draw.
type signInView struct {
	Email string
	// Next is where to go on to.
	Next string
	// SetUp: there is nobody yet who could sign in.
	SetUp bool
}

// SignInPage serves GET /console/sign-in.
func (k *Console) SignInPage(c echo.Context) error {
	if callerOf(c).SignedIn() {
		return c.Redirect(http.StatusSeeOther, local(c.QueryParam("next")))
	}
	return k.signIn(c, "", c.QueryParam("next"), nil)
}

func (k *Console) signIn(c echo.Context, email, next string, refused error) error {
	setUp, err := k.Operators.NeedsSetUp(c.Request().Context())
	if err != nil {
		return err
	}
	p := page{Name: "sign-in", Data: signInView{email, local(next), setUp}}
	return k.door(c, p, refused)
}

// door draws a page again on which a secret was asked for and found wrong; nil
// draws it for the first time, and what is no matter of the secret is returned.
func (k *Console) door(c echo.Context, p page, refused error) error {
	if refused == nil {
		return k.render(c, http.StatusOK, p)
	}
	f, ok := errors.AsType[*fault.Error](refused)
	if !ok {
		return refused
	}
	switch {
	case errors.Is(refused, operator.ErrCredentials):
		p.Message = speakerOf(c).T("sign-in.wrong")
	case errors.Is(refused, operator.ErrCode):
		p.Message = speakerOf(c).T("sign-in.wrongCode")
	case f.Kind == fault.Throttled:
		p.Message = speakerOf(c).T("sign-in.throttled", int(f.RetryAfter.Minutes())+1)
	default:
		return refused
	}
	return k.again(c, p, f, web.StatusOf(f.Kind))
}

// SignIn serves POST /console/sign-in.
func (k *Console) SignIn(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	credentials := operator.Credentials{Email: f.text("email"), Password: f.secret("password"), From: k.Address(c.RealIP())}
	if old, err := c.Request().Cookie(k.cookieName()); err == nil {
		credentials.Previous = old.Value
	}
	a, err := k.Operators.SignIn(c.Request().Context(), credentials)
	if err != nil {
		return k.signIn(c, f.text("email"), f.text("next"), err)
	}
	return k.admit(c, a, f.text("next"))
}

// admit goes on with a session that has begun: to the second factor where one
// is waited for, else to where somebody wanted to go.
func (k *Console) admit(c echo.Context, a operator.Admission, to string) error {
	k.remember(c, a)
	if a.Pending {
		return c.Redirect(http.StatusSeeOther, "/console/sign-in/code?"+nextQuery(to))
	}
	return c.Redirect(http.StatusSeeOther, local(to))
}

// CodePage serves GET /console/sign-in/code.
func (k *Console) CodePage(c echo.Context) error {
	return k.render(c, http.StatusOK, page{Name: "code", Data: signInView{Next: local(c.QueryParam("next"))}})
}

// Code serves POST /console/sign-in/code: the second factor.
func (k *Console) Code(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	pending, err := c.Request().Cookie(k.pendingName())
	if err != nil {
		return fault.Wrap(fault.Forbidden, operator.ErrSignedOut, "nothing waits for a code")
	}
	a, err := k.Operators.Answer(c.Request().Context(), pending.Value, f.secret("code"), k.Address(c.RealIP()))
	if err != nil {
		return k.door(c, page{Name: "code", Data: signInView{Next: local(f.text("next"))}}, err)
	}
	c.SetCookie(k.cookie(k.pendingName(), "", -1))
	return k.admit(c, a, f.text("next"))
}

// StepUpPage serves GET /console/step-up: the password once more.
func (k *Console) StepUpPage(c echo.Context) error {
	return k.render(c, http.StatusOK, page{Name: "step-up", Data: signInView{Next: local(c.QueryParam("next"))}})
}

// StepUp serves POST /console/step-up.
func (k *Console) StepUp(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	a, err := k.Operators.StepUp(c.Request().Context(), k.token(c), f.secret("password"), k.Address(c.RealIP()))
	if err != nil {
		return k.door(c, page{Name: "step-up", Data: signInView{Next: local(f.text("next"))}}, err)
	}
	return k.admit(c, a, f.text("next"))
}

// SignOut serves POST /console/sign-out.
func (k *Console) SignOut(c echo.Context) error {
	if err := k.Operators.SignOut(c.Request().Context(), k.token(c)); err != nil {
		return err
	}
	k.forget(c)
	return done(c, "/console/sign-in", "signed-out")
}

// token returns the session's token that the browser sent, "" for none.
func (k *Console) token(c echo.Context) string {
	cookie, err := c.Request().Cookie(k.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}
