package bundle

import (
	"slices"

	"github.com/sekisho/sekisho/server/site"
)

// embedKinds are the kinds of vendors whose content shows in pages.
var embedKinds = []string{"video-embed", "map-embed", "audio-embed", "social-widget", "comments"}

// postMarkup is, by vendor, the selector of what its script turns into posts: as
// the vendor has it pasted, and not as the script leaves it behind.
var postMarkup = map[string]string{
	"disqus":                  "#disqus_thread",
	"facebook-social-plugins": ".fb-post,.fb-video,.fb-page,.fb-comments",
	"instagram-embed":         "blockquote.instagram-media",
	"pinterest-widgets":       "a[data-pin-do^=embed]",
	"tiktok-embed":            "blockquote.tiktok-embed",
	"x-embed":                 "blockquote.twitter-tweet,blockquote.twitter-video,a.twitter-timeline",
}

// embeds is EmbedTexts of widget/src/embeds/types.ts.
type embeds struct {
	Language string              `json:"language"`
	Dir      string              `json:"dir"`
	Messages site.Messages       `json:"messages"`
	CSS      string              `json:"css"`
	Once     bool                `json:"once"`
	Vendors  map[int]embedVendor `json:"vendors"`
}

type embedVendor struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Entity   string `json:"entity"`
	Country  string `json:"country"`
	Receives string `json:"receives"`
	Privacy  string `json:"privacy,omitempty"`
	Posts    string `json:"posts,omitempty"`
}

// embedParts are the placeholders of held videos, maps and posts.
func embedParts(in Input, texts map[string]site.Messages) []part {
	if embedVendors(in.Revision) == nil {
		return nil
	}
	var parts []part
	for _, lang := range in.Revision.Document.Languages {
		parts = append(parts, part{name: partName("embeds", lang), entry: "src/embeds/main.ts", module: "sekisho:embeds", data: embedTexts(in, lang, texts[lang])})
	}
	return parts
}

// embedExtras loads them when there is something to stand in for.
func embedExtras(in Input) []extra {
	positions := embedVendors(in.Revision)
	if positions == nil {
		return nil
	}
	var ids []string
	posts := map[string]string{}
	for _, i := range positions {
		id := in.Revision.Vendors[i].ID
		ids = append(ids, id)
		if markup := postMarkup[id]; markup != "" {
			posts[id] = markup
		}
	}
	extras := []extra{{"embeds/watch", ids}}
	if len(posts) > 0 {
		extras = append(extras, extra{"embeds/posts", posts})
	}
	return extras
}

// embedVendors returns the positions of the vendors that can need a placeholder;
// none where nothing is held, or where nothing may be shown.
func embedVendors(r *site.Revision) []int {
	if r.Document.Paused || r.Document.ReportOnly {
		return nil
	}
	var positions []int
	for i := range r.Vendors {
		if v := &r.Vendors[i]; slices.Contains(embedKinds, v.Kind) && !v.Necessary() && !v.Early() {
			positions = append(positions, i)
		}
	}
	return positions
}

// embedTexts makes the data of "sekisho:embeds". Where pages carry a policy, the
// browser itself would refuse an embed that was let through without a decision.
func embedTexts(in Input, lang string, widget site.Messages) embeds {
	r := in.Revision
	e := embeds{Language: lang, Dir: direction(lang), Messages: ownMessages(r, lang, widget, "embeds."), CSS: theme(r.Document.Theme).CSS,
		Once: !r.Document.Policy, Vendors: map[int]embedVendor{}}
	for _, i := range embedVendors(r) {
		v := &r.Vendors[i]
		e.Vendors[i] = embedVendor{ID: v.ID, Name: v.Name.In(lang), Kind: v.Kind, Entity: v.Entity.Name.In(lang), Country: v.Country,
			Receives: v.Receives.In(lang), Privacy: v.Links.Privacy.In(lang), Posts: postMarkup[v.ID]}
	}
	return e
}
