package discovery

import "testing"

func TestKinds(t *testing.T) {
	for word, want := range map[string]string{
		"script": "script", "EventSource": "EventSource", "feImage": "feImage", "style": "style", "frame": "frame", // the gate's
		"xmlhttprequest": "xhr", "css": "style", "early-hints": "link", "beacon": "beacon", "ping": "other", // Resource Timing's
		"script-src": "script", "script-src-elem": "script", "script-src-attr": "script", "img-src": "img", "connect-src": "fetch",
		"style-src": "link", "font-src": "style", "frame-src": "iframe", "media-src": "video", "worker-src": "other", "form-action": "form",
		"": "other", "eventsource": "other", "-src": "other", "img /u/42": "other", "日本": "other",
	} {
		if got := kindOf(word); got != want {
			t.Errorf("%q: %q, not %q", word, got, want)
		}
	}
}
