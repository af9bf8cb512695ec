package api

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
)

// Receipts makes receipts. Both methods return Unavailable while the
// installation's key cannot be read.
type Receipts interface {
	// Receipt returns the receipt of an entry, the same each time.
	Receipt(ctx context.Context, e consent.Entry) (consent.Receipt, error)
	// PublicKey returns the key that verifies receipts, and its id in them.
	PublicKey(ctx context.Context) (ed25519.PublicKey, error)
}

// History is the answer with a visitor's own decisions.
type History struct {
	Site      string            `json:"site"`
	Visitor   uuid.UUID         `json:"visitor"`
	Decisions []HistoryDecision `json:"decisions"` // oldest first
}

// HistoryDecision is a decision as it was recorded, with its receipt.
type HistoryDecision struct {
	consent.Entry
	Receipt consent.Receipt `json:"receipt"`
}

// Decisions serves GET /v1/sites/:site/visitors/:visitor/decisions.
func (a *API) Decisions(c echo.Context) error {
	rev, ctx := liveRevision(c), c.Request().Context()
	visitor, err := parseID(c, "visitor")
	if err != nil {
		return err
	}
	entries, err := a.Recorder.History(ctx, rev.Site, visitor)
	if err != nil {
		return err
	}
	answer := History{Site: rev.Site, Visitor: visitor, Decisions: make([]HistoryDecision, len(entries))}
	for i, e := range entries {
		receipt, err := a.Receipts.Receipt(ctx, e)
		if err != nil {
			return err
		}
		answer.Decisions[i] = HistoryDecision{e, receipt}
	}
	return c.JSON(http.StatusOK, answer)
}

// JWK is a public key for signatures (RFC 7517, RFC 8037).
type JWK struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	ID    string `json:"kid"`
	Use   string `json:"use"`
	Alg   string `json:"alg"`
}

// ReceiptKey serves GET /v1/receipt-key: what anybody needs to verify receipts.
func (a *API) ReceiptKey(c echo.Context) error {
	key, err := a.Receipts.PublicKey(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=3600")
	x := base64.RawURLEncoding.EncodeToString(key)
	thumbprint := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`)) // RFC 7638
	return c.JSON(http.StatusOK, JWK{
		Type: "OKP", Curve: "Ed25519", X: x, ID: base64.RawURLEncoding.EncodeToString(thumbprint[:]), Use: "sig", Alg: "EdDSA",
	})
}
