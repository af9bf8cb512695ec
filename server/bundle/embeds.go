package bundle

import "github.com/sekisho/sekisho/server/site"

// embedParts are the placeholders of held videos, maps and posts.
func embedParts(in Input, server string, texts map[string]site.Messages) []part { return nil }

// embedExtras loads them when there is something to stand in for.
func embedExtras(in Input, server, hash string) []extra { return nil }
