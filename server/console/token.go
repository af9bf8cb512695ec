package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// tokenDays is the life that the form of a new token proposes.
const tokenDays = 90

// tokensView is what the list of the API's tokens draws.
type tokensView struct {
	Tokens []operator.Token
	makers map[string]operator.Operator
}

// Maker names who made a token.
func (v tokensView) Maker(t operator.Token) string { return v.makers[t.Operator].Label() }

// Idle reports whether a token opens nothing because its maker is suspended.
func (v tokensView) Idle(t operator.Token) bool {
	return v.makers[t.Operator].State != operator.Active
}

// Expired reports whether a token's time is over.
func (tokensView) Expired(t operator.Token, now time.Time) bool { return !now.Before(t.ExpiresAt) }

// ListTokens serves GET /console/operators/tokens.
func (k *Console) ListTokens(c echo.Context) error {
	ctx := c.Request().Context()
	tokens, err := k.Operators.Tokens(ctx, by(c))
	if err != nil {
		return err
	}
	all, err := k.Operators.List(ctx, by(c))
	if err != nil {
		return err
	}
	v := tokensView{tokens, map[string]operator.Operator{}}
	for _, o := range all {
		v.makers[o.ID] = o
	}
	return k.render(c, http.StatusOK, page{Name: "tokens", Area: "operators", Data: v})
}

// tokenView is what the form of a new token draws.
type tokenView struct {
	operator.TokenRequest
	May     []operator.Permission // what can be chosen
	Known   []string              // keys of all sites
	MaxDays int
}

// Has and On report what was chosen.
func (v tokenView) Has(p operator.Permission) bool { return slices.Contains(v.Permissions, p) }
func (v tokenView) On(site string) bool            { return slices.Contains(v.Sites, site) }

// TokenPage serves GET /console/operators/tokens/new.
func (k *Console) TokenPage(c echo.Context) error {
	return k.tokenForm(c, operator.TokenRequest{Days: tokenDays}, nil)
}

func (k *Console) tokenForm(c echo.Context, r operator.TokenRequest, refused error) error {
	keys, err := k.Sites.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	v := tokenView{TokenRequest: r, Known: keys, MaxDays: operator.MaxTokenDays}
	for _, p := range operator.TokenPermissions() {
		if callerOf(c).May(p) {
			v.May = append(v.May, p)
		}
	}
	p := page{Name: "token", Area: "operators", Data: v}
	if refused != nil {
		return k.amend(c, p, refused, nil)
	}
	return k.render(c, http.StatusOK, p)
}

// madeView is what the page of a token that was just made draws.
type madeView struct {
	operator.Token
	Text   string
	Server string // the service's address, for an example
}

// CreateToken serves POST /console/operators/tokens/new, and shows the token this once.
func (k *Console) CreateToken(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	r := operator.TokenRequest{Name: f.text("name"), Sites: f.all("site")}
	for _, p := range f.all("permission") {
		r.Permissions = append(r.Permissions, operator.Permission(p))
	}
	if r.Days, err = strconv.Atoi(f.text("days")); err != nil {
		r.Days = 0 // no number is a number out of range
	}
	text, t, err := k.Operators.CreateToken(c.Request().Context(), by(c), r)
	if err != nil {
		return k.tokenForm(c, r, err)
	}
	return k.render(c, http.StatusOK, page{Name: "token-made", Area: "operators", Data: madeView{t, text, k.PublicURL}})
}

// RevokePage serves GET /console/operators/tokens/:token.
func (k *Console) RevokePage(c echo.Context) error {
	tokens, err := k.Operators.Tokens(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tokens, func(t operator.Token) bool { return t.ID == c.Param("token") })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no such token")
	}
	return k.render(c, http.StatusOK, page{Name: "token-revoke", Area: "operators", Data: tokens[i]})
}

// RevokeToken serves POST /console/operators/tokens/:token.
func (k *Console) RevokeToken(c echo.Context) error {
	if err := k.Operators.RevokeToken(c.Request().Context(), by(c), c.Param("token")); err != nil {
		return err
	}
	return done(c, "/console/operators/tokens", "token-revoked")
}
