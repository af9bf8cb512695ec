// Package vendors embeds the vendor catalogue that ships with Sekisho: one file
// a vendor, purposes, and the schema. It holds data and no code; see
// server/catalogue for what is done with it, and README.md for how to add one.
package vendors

import "embed"

// FS holds purposes.json, schema.json and data/<id>.json.
//
//go:embed purposes.json schema.json data/*.json
var FS embed.FS
