package console

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// factorView is what the page of a second factor that waits for its first code draws.
type factorView struct {
	operator.Enrolment
	Code qrCode
}

// fresh lets nobody pass whose password was not given lately: what the pages of
// the second factor offer needs that, and asking later would lose a form.
func fresh(c echo.Context) error {
	if !by(c).Fresh {
		return fault.Wrap(fault.Forbidden, operator.ErrStepUp, "enter your password again")
	}
	return nil
}

// Factor serves GET /console/me/factor: whether there is a second factor, and
// what can be done about it.
func (k *Console) Factor(c echo.Context) error {
	if err := fresh(c); err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "factor", Area: "me"})
}

// BeginFactor serves POST /console/me/factor: it offers a new second factor.
func (k *Console) BeginFactor(c echo.Context) error {
	if _, err := k.Operators.BeginFactor(c.Request().Context(), by(c)); err != nil {
		return err
	}
	return done(c, "/console/me/factor/confirm", "")
}

// OfferedFactor serves GET /console/me/factor/confirm: the code to scan, and a
// field for the first code of the app.
func (k *Console) OfferedFactor(c echo.Context) error { return k.offered(c, nil) }

func (k *Console) offered(c echo.Context, refused error) error {
	offered, err := k.Operators.OfferedFactor(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	code, err := newQR(offered.URI)
	if err != nil {
		return err
	}
	return k.door(c, page{Name: "factor-confirm", Area: "me", Data: factorView{offered, code}}, refused)
}

// ConfirmFactor serves POST /console/me/factor/confirm, and shows the recovery
// codes this once.
func (k *Console) ConfirmFactor(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	a, codes, err := k.Operators.ConfirmFactor(c.Request().Context(), k.token(c), f.secret("code"), k.Address(c.RealIP()))
	switch {
	case fault.KindOf(err) == fault.Conflict: // confirmed already, or never begun
		return done(c, "/console/me/factor", "")
	case err != nil:
		return k.offered(c, err)
	}
	k.remember(c, a)
	return k.render(c, http.StatusOK, page{Name: "recovery", Area: "me", Done: "factor-set", Data: codes})
}

// NewRecoveryCodes serves POST /console/me/factor/codes.
func (k *Console) NewRecoveryCodes(c echo.Context) error {
	codes, err := k.Operators.NewRecoveryCodes(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "recovery", Area: "me", Data: codes})
}

// RemoveFactor serves POST /console/me/factor/remove, which ends all sessions.
func (k *Console) RemoveFactor(c echo.Context) error {
	if err := k.Operators.RemoveFactor(c.Request().Context(), by(c), by(c).Operator.ID); err != nil {
		return err
	}
	k.forget(c)
	return done(c, "/console/sign-in", "factor-removed")
}

// qrCode is a QR code as the path of an SVG.
type qrCode struct {
	Size int    // modules of a side, with the quiet zone
	Path string // of the dark modules, one unit each
}

// quietZone is how many modules around a code stay light (ISO/IEC 18004).
const quietZone = 4

// newQR draws a text. Level M still reads where 15 % of the picture is lost.
func newQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	var b strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if light, _, _, _ := code.At(x, y).RGBA(); light == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return qrCode{side + 2*quietZone, b.String()}, nil
}
