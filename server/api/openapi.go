package api

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/web"
)

//go:embed openapi.json
var openapi []byte

var openapiAsset = func() web.Asset {
	sum := sha256.Sum256(openapi)
	return web.Asset{ContentType: "application/json", CacheControl: "public, max-age=300", Tag: hex.EncodeToString(sum[:16]), Identity: openapi}
}()

// OpenAPI serves GET /openapi.json.
func OpenAPI(c echo.Context) error { return openapiAsset.Serve(c) }
