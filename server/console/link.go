package console

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// linkView is what the page of a link draws.
type linkView struct {
	operator.Offer
	Token string
	Name  string
	// Typed is the email of a set-up, which is chosen.
	Typed string
}

// LinkPage serves GET /console/link/:token: what a link offers. Opening it uses
// nothing, since mail programs open links, too.
func (k *Console) LinkPage(c echo.Context) error {
	offer, err := k.Operators.Offer(c.Request().Context(), c.Param("token"))
	if err != nil {
		return k.spent(c, err)
	}
	return k.render(c, http.StatusOK, page{Name: "link", Own: k.linkTitle(c, offer), Data: linkView{Offer: offer, Token: c.Param("token")}})
}

// AcceptLink serves POST /console/link/:token.
func (k *Console) AcceptLink(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, token := c.Request().Context(), c.Param("token")
	offer, err := k.Operators.Offer(ctx, token)
	if err != nil {
		return k.spent(c, err)
	}
	a, err := k.Operators.Accept(ctx, token, operator.Acceptance{
		Email: f.text("email"), Name: f.text("name"), Language: string(speakerOf(c)), Password: f.secret("password"), From: k.Address(c.RealIP()),
	})
	switch {
	case errors.Is(err, operator.ErrLink):
		return k.spent(c, err)
	case err != nil:
		p := page{Name: "link", Own: k.linkTitle(c, offer), Data: linkView{offer, token, f.text("name"), f.text("email")}}
		return k.amend(c, p, err, map[error]string{operator.ErrTaken: "link.taken"})
	}
	// Somebody else's session in this browser ends: its cookie is about to go.
	if err := k.Operators.SignOut(ctx, k.token(c)); err != nil {
		return err
	}
	return k.admit(c, a, "/console/")
}

// spent answers for a link that opens nothing any more, or never did.
func (k *Console) spent(c echo.Context, err error) error {
	problem, ok := errors.AsType[*fault.Error](err)
	if !ok || !errors.Is(err, operator.ErrLink) {
		return err
	}
	return k.again(c, page{Name: "problem", Own: speakerOf(c).T("problem.title"), Message: speakerOf(c).T("link.spent")}, problem, http.StatusNotFound)
}

func (*Console) linkTitle(c echo.Context, o operator.Offer) string {
	return speakerOf(c).T("link." + string(o.Kind))
}
