package console

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/web"
)

// meView is what the page of one's own settings draws.
type meView struct {
	Profile   operator.Profile
	Languages []string
	Sessions  []operator.OpenSession
}

// Me serves GET /console/me: one's own settings.
func (k *Console) Me(c echo.Context) error {
	own := by(c).Operator
	return k.me(c, operator.Profile{Name: own.Name, Language: own.Language}, nil)
}

// me draws the page, with a profile as it was typed and why something was
// refused; nil for nothing.
func (k *Console) me(c echo.Context, typed operator.Profile, refused error) error {
	sessions, err := k.Operators.Sessions(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	p := page{Name: "me", Area: "me", Data: meView{typed, operator.Languages(), sessions}}
	if refused != nil {
		return k.amend(c, p, refused, map[error]string{operator.ErrCredentials: "me.wrongPassword"})
	}
	return k.render(c, http.StatusOK, p)
}

// amend draws a page again whose form was refused for something that its reader
// can mend: fields against the rules, or a cause that says has the key of a
// message for. Any other error is returned as it is.
func (k *Console) amend(c echo.Context, p page, refused error, says map[error]string) error {
	f, ok := errors.AsType[*fault.Error](refused)
	if !ok {
		return refused
	}
	for cause, key := range says {
		if errors.Is(refused, cause) {
			p.Message = speakerOf(c).T(key)
			return k.again(c, p, f, web.StatusOf(f.Kind))
		}
	}
	if f.Kind == fault.Invalid {
		return k.again(c, p, f, web.StatusOf(f.Kind))
	}
	return refused
}

// SetProfile serves POST /console/me.
func (k *Console) SetProfile(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	typed := operator.Profile{Name: f.text("name"), Language: f.text("language")}
	if err := k.Operators.SetProfile(c.Request().Context(), by(c), typed); err != nil {
		return k.me(c, typed, err)
	}
	// A language that a link once asked for would hide the one that was chosen here.
	c.SetCookie(k.cookie(languageCookie, "", -1))
	return done(c, "/console/me", "saved")
}

// ChangePassword serves POST /console/me/password.
func (k *Console) ChangePassword(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	a, err := k.Operators.ChangePassword(c.Request().Context(), k.token(c), f.secret("current"), f.secret("password"), k.Address(c.RealIP()))
	if err != nil {
		own := by(c).Operator
		return k.me(c, operator.Profile{Name: own.Name, Language: own.Language}, err)
	}
	k.remember(c, a)
	return done(c, "/console/me", "password-changed")
}

// EndSession serves POST /console/me/sessions/:session/end. Ending the one that
// asks is signing out.
func (k *Console) EndSession(c echo.Context) error {
	ref := c.Param("session")
	if err := k.Operators.EndSession(c.Request().Context(), by(c), ref); err != nil {
		return err
	}
	if ref == by(c).Session {
		return k.signedOut(c)
	}
	return done(c, "/console/me", "session-ended")
}

// EndAllSessions serves POST /console/me/sign-out: everywhere, here too.
func (k *Console) EndAllSessions(c echo.Context) error {
	if err := k.Operators.SignOutEverywhere(c.Request().Context(), by(c), by(c).Operator.ID); err != nil {
		return err
	}
	return k.signedOut(c)
}

// signedOut sends a browser on whose session has ended.
func (k *Console) signedOut(c echo.Context) error {
	k.forget(c)
	return done(c, "/console/sign-in", "signed-out")
}
