package discovery

import (
	"slices"
	"strings"
)

// kinds of tags and requests under the gate's names: those of elements, and of
// what scripts call.
var kinds = []string{
	"script", "img", "iframe", "link", "style", "source", "video", "audio", "track", "embed", "object", "input", "frame", "image",
	"use", "feImage", "form", "fetch", "fetchLater", "xhr", "beacon", "EventSource", "WebSocket", "Audio",
}

// aliases are what browsers call them: the initiator of a resource (Resource
// Timing §4.3), and the directive of a policy (Content Security Policy 3) up to "-src".
var aliases = map[string]string{
	"xmlhttprequest": "xhr", "css": "style", "early-hints": "link",
	"font": "style", "style": "link", "connect": "fetch", "frame": "iframe", "child": "iframe", "media": "video", "form-action": "form",
}

// kindOf returns the gate's name for what a page calls a kind; "other" for
// whatever has none, so that no word of a page's own is ever kept.
func kindOf(word string) string {
	name, _, directive := strings.Cut(word, "-src")
	if alias, ok := aliases[name]; ok && (directive || !slices.Contains(kinds, word)) {
		return alias
	}
	if slices.Contains(kinds, name) {
		return name
	}
	return "other"
}
