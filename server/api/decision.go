package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/web"
)

// maxDecision is the largest body of a decision, in bytes: 500 vendors' ids fit.
const maxDecision = 16 << 10

// decisionBody is a decision as it comes. Ids and time are text here, so that
// what is wrong with them is told field by field together with the rest.
type decisionBody struct {
	ID       string   `json:"id"`
	Visitor  string   `json:"visitor"`
	Sequence uint32   `json:"sequence"`
	Revision int      `json:"revision"`
	Action   string   `json:"action"`
	Granted  []string `json:"granted"`
	Denied   []string `json:"denied"`
	Language string   `json:"language"`
	Layer    int      `json:"layer"`
	At       string   `json:"at"`
	Page     string   `json:"page"`
}

// decision leaves zero what cannot be read; no rule of a decision allows zero
// in these places.
func (b decisionBody) decision() consent.Decision {
	id, err := usualUUID(b.ID)
	if err != nil {
		id = uuid.Nil
	}
	visitor, err := usualUUID(b.Visitor)
	if err != nil {
		visitor = uuid.Nil
	}
	at, err := time.Parse(time.RFC3339, b.At)
	if err != nil {
		at = time.Time{}
	}
	return consent.Decision{
		ID: id, Visitor: visitor, Sequence: b.Sequence, Revision: b.Revision, Action: consent.Action(b.Action),
		Granted: b.Granted, Denied: b.Denied, Language: b.Language, Layer: b.Layer, At: at, Page: b.Page,
	}
}

// Recorded is the answer to a decision.
type Recorded struct {
	ID         uuid.UUID       `json:"id"`
	Site       string          `json:"site"`
	Revision   int             `json:"revision"`
	RecordedAt consent.Instant `json:"recordedAt"`
	Receipt    consent.Receipt `json:"receipt"`
}

// RecordDecision serves POST /v1/sites/:site/decisions.
func (a *API) RecordDecision(c echo.Context) error {
	var body decisionBody
	if err := web.Decode(c.Response(), c.Request(), maxDecision, &body); err != nil {
		return err
	}
	rev, d := liveRevision(c), body.decision()
	origin := c.Request().Header.Get(echo.HeaderOrigin)
	receipt, fresh, err := a.Recorder.Record(c.Request().Context(), rev.Site, origin, d)
	if err != nil {
		return err
	}
	if origin != "" {
		a.setCookie(c, rev, d)
	}
	status := http.StatusOK
	if fresh {
		status = http.StatusCreated
	}
	return c.JSON(status, Recorded{
		ID: receipt.ID, Site: receipt.Site, Revision: receipt.Revision, RecordedAt: receipt.RecordedAt, Receipt: receipt,
	})
}
