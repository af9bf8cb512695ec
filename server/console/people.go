package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// peopleView is what the list of operators draws.
type peopleView struct {
	Operators []operator.Operator
	Links     []operator.OpenLink
}

// ListOperators serves GET /console/operators: who there is, and the links that
// are out.
func (k *Console) ListOperators(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := k.Operators.List(ctx, by(c))
	if err != nil {
		return err
	}
	links, err := k.Operators.Links(ctx, by(c))
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "people", Area: "operators", Data: peopleView{all, links}})
}

// operatorView is what the page of one operator draws.
type operatorView struct {
	operator.Operator
	Roles []operator.Role
}

// Suspended reports whether the operator may not sign in.
func (v operatorView) Suspended() bool { return v.State == operator.Suspended }

// ShowOperator serves GET /console/operators/:operator.
func (k *Console) ShowOperator(c echo.Context) error { return k.person(c, nil) }

// person draws the page of the operator in the address; refused is why something
// was not done, nil for nothing.
func (k *Console) person(c echo.Context, refused error) error {
	o, err := k.operator(c)
	if err != nil {
		return err
	}
	p := page{Name: "person", Own: o.Label(), Area: "operators", Data: operatorView{o, operator.Roles()}}
	if refused != nil {
		return k.amend(c, p, refused, map[error]string{operator.ErrLastOwner: "person.lastOwner"})
	}
	return k.render(c, http.StatusOK, p)
}

// operator returns the operator in the address.
func (k *Console) operator(c echo.Context) (operator.Operator, error) {
	all, err := k.Operators.List(c.Request().Context(), by(c))
	if err != nil {
		return operator.Operator{}, err
	}
	i := slices.IndexFunc(all, func(o operator.Operator) bool { return o.ID == c.Param("operator") })
	if i < 0 {
		return operator.Operator{}, fault.New(fault.NotFound, "there is no such operator")
	}
	return all[i], nil
}

// toPerson goes on after something was done to an operator: to their page, or,
// when that was oneself, whose session has ended by it, to sign in.
func (k *Console) toPerson(c echo.Context, err error, key string) error {
	id := c.Param("operator")
	switch {
	case err != nil:
		return k.person(c, err)
	case id == by(c).Operator.ID:
		return k.signedOut(c)
	}
	return done(c, "/console/operators/"+id, key)
}

// SetRole serves POST /console/operators/:operator/role.
func (k *Console) SetRole(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	return k.toPerson(c, k.Operators.SetRole(c.Request().Context(), by(c), c.Param("operator"), operator.Role(f.text("role"))), "role-changed")
}

// Suspend serves POST /console/operators/:operator/suspend.
func (k *Console) Suspend(c echo.Context) error {
	return k.toPerson(c, k.Operators.Suspend(c.Request().Context(), by(c), c.Param("operator")), "suspended")
}

// Resume serves POST /console/operators/:operator/resume.
func (k *Console) Resume(c echo.Context) error {
	return k.toPerson(c, k.Operators.Resume(c.Request().Context(), by(c), c.Param("operator")), "resumed")
}

// SignOutOperator serves POST /console/operators/:operator/sign-out: everywhere.
func (k *Console) SignOutOperator(c echo.Context) error {
	return k.toPerson(c, k.Operators.SignOutEverywhere(c.Request().Context(), by(c), c.Param("operator")), "operator-signed-out")
}

// RemoveOperatorFactor serves POST /console/operators/:operator/factor/remove, for
// somebody who has lost the app and the recovery codes.
func (k *Console) RemoveOperatorFactor(c echo.Context) error {
	return k.toPerson(c, k.Operators.RemoveFactor(c.Request().Context(), by(c), c.Param("operator")), "operator-factor-removed")
}

// RemoveOperator serves POST /console/operators/:operator/remove. It cannot be
// taken back, so the form has a box to tick, script or no script.
func (k *Console) RemoveOperator(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if !f.ticked("sure") {
		return k.person(c, fault.InvalidFields("the removal", []fault.Field{
			{Path: "/sure", Reason: "tick the box to remove the operator", ReasonJa: "削除するには、チェックを入れてください"},
		}))
	}
	if err := k.Operators.Remove(c.Request().Context(), by(c), c.Param("operator")); err != nil {
		return k.person(c, err)
	}
	if c.Param("operator") == by(c).Operator.ID {
		return k.signedOut(c)
	}
	return done(c, "/console/operators", "operator-removed")
}

// inviteView is what the form of an invitation draws.
type inviteView struct {
	Email     string
	Role      operator.Role
	Language  string
	Roles     []operator.Role
	Languages []string
	Mail      bool // the link goes by mail
}

// InvitePage serves GET /console/operators/invite. Whoever is invited speaks our
// language, if nobody says otherwise, and may do little.
func (k *Console) InvitePage(c echo.Context) error {
	return k.invitation(c, inviteView{Role: operator.Viewer, Language: string(speakerOf(c))}, nil)
}

func (k *Console) invitation(c echo.Context, v inviteView, refused error) error {
	v.Roles, v.Languages, v.Mail = operator.Roles(), operator.Languages(), k.Mail != nil
	p := page{Name: "invite", Area: "operators", Data: v}
	if refused != nil {
		return k.amend(c, p, refused, map[error]string{operator.ErrTaken: "link.taken"})
	}
	return k.render(c, http.StatusOK, p)
}

// Invite serves POST /console/operators/invite.
func (k *Console) Invite(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	v := inviteView{Email: f.text("email"), Role: operator.Role(f.text("role")), Language: f.text("language")}
	link, err := k.Operators.Invite(c.Request().Context(), by(c), v.Email, v.Role, v.Language)
	if err != nil {
		return k.invitation(c, v, err)
	}
	return k.issued(c, link, speaker(v.Language))
}

// ResetOperator serves POST /console/operators/:operator/reset: a link to set a
// new password.
func (k *Console) ResetOperator(c echo.Context) error {
	o, err := k.operator(c)
	if err != nil {
		return err
	}
	link, err := k.Operators.ResetLink(c.Request().Context(), by(c), o.ID)
	if err != nil {
		return err
	}
	return k.issued(c, link, speaker(o.Language))
}

// WithdrawPage serves GET /console/operators/links/:link.
func (k *Console) WithdrawPage(c echo.Context) error {
	links, err := k.Operators.Links(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(links, func(l operator.OpenLink) bool { return l.Ref == c.Param("link") })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no such link; it may have been used")
	}
	return k.render(c, http.StatusOK, page{Name: "withdraw", Area: "operators", Data: links[i]})
}

// Withdraw serves POST /console/operators/links/:link.
func (k *Console) Withdraw(c echo.Context) error {
	if err := k.Operators.WithdrawLink(c.Request().Context(), by(c), c.Param("link")); err != nil {
		return err
	}
	return done(c, "/console/operators", "link-withdrawn")
}
