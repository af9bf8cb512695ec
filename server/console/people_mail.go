package console

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/operator"
)

// Mailer sends mail.
type Mailer interface {
	// Send hands a text to the mail server; an error when that did not take it
	// before ctx ended. to is one address, subject one line.
	Send(ctx context.Context, to, subject, text string) error
}

// mailTime bounds how long a page waits for the mail server.
const mailTime = 10 * time.Second

// issuedView is what the page of a link that was just made draws.
type issuedView struct {
	operator.Issued
	Address string // "" where the link went by mail
	// Unsent: there is a mail server, which did not take the mail.
	Unsent bool
}

// issued hands a link to whom it is for: by mail in their language where there is
// a mail server, else on the page, this once, for the owner to pass on.
func (k *Console) issued(c echo.Context, link operator.Issued, to speaker) error {
	v := issuedView{Issued: link, Address: k.URL + "/console/link/" + link.Token}
	if k.Mail != nil {
		switch err := k.mailLink(c.Request().Context(), link, v.Address, to); err {
		case nil:
			v.Address = ""
		default:
			v.Unsent = true
			// What the mail server says may quote the address, which is no matter of the log.
			k.Log.LogAttrs(c.Request().Context(), slog.LevelWarn, "a link could not be mailed",
				slog.String("request", c.Response().Header().Get(echo.HeaderXRequestID)), slog.String("kind", string(link.Kind)))
		}
	}
	return k.render(c, http.StatusOK, page{Name: "issued", Area: "operators", Data: v})
}

func (k *Console) mailLink(ctx context.Context, link operator.Issued, address string, to speaker) error {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	key := "mail." + string(link.Kind)
	return k.Mail.Send(ctx, link.Email, to.T(key+"Subject"), to.T(key+"Text", address, to.Time(link.ExpiresAt)))
}
