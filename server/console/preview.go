package console

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"html/template"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

const (
	// previewFor is how long the link of a preview works.
	previewFor = 7 * 24 * time.Hour
	// previewsKept bounds the bundles of drafts in memory; each is some 100 kB.
	previewsKept = 16
)

// Build compiles a revision whose files browsers find below an address.
type Build func(ctx context.Context, r *site.Revision, publicURL string) (*bundle.Bundle, error)

// previews shows drafts, and revisions, to whoever holds a link: the real widget on a
// sample page. The link names the site, the revision and the time until which it
// works, under a signature, so that every instance can check it. Revision 0 is the
// draft as it is then.
type previews struct {
	secret []byte
	now    func() time.Time
	built  *lru.Cache[previewKey, *bundle.Bundle]
	// building lets one build at a time: it takes a second of all processors, and
	// whoever holds a link can ask for one.
	building sync.Mutex
}

type previewKey struct{ token, tag string }

func newPreviews(secret []byte, now func() time.Time) *previews {
	built, err := lru.New[previewKey, *bundle.Bundle](previewsKept)
	if err != nil { // only for a size below one
		panic(err)
	}
	return &previews{secret: secret, now: now, built: built}
}

// sign returns the token of a link to the preview of a site's revision. It is the same for a
// day, so that a page that is drawn again loads nothing again.
func (p *previews) sign(key string, revision int) string {
	until := p.now().Add(previewFor).Truncate(24 * time.Hour)
	body := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
	body = binary.BigEndian.AppendUint32(body, uint32(revision))
	body = append(body, key...)
	return base64.RawURLEncoding.EncodeToString(append(p.mac(body), body...))
}

func (p *previews) mac(body []byte) []byte {
	m := hmac.New(sha256.New, p.secret)
	m.Write([]byte("preview\x00"))
	m.Write(body)
	return m.Sum(nil)[:16]
}

// read returns the site and the revision that a token's link shows; NotFound for a
// token that is not ours or whose time is over.
func (p *previews) read(token string) (key string, revision int, err error) {
	wrong := fault.New(fault.NotFound, "this preview is over, or was never there; ask for a new link")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) <= 28 || len(raw) > 28+64 || !hmac.Equal(raw[:16], p.mac(raw[16:])) {
		return "", 0, wrong
	}
	if until := time.Unix(int64(binary.BigEndian.Uint64(raw[16:24])), 0); !p.now().Before(until) {
		return "", 0, wrong
	}
	return string(raw[28:]), int(binary.BigEndian.Uint32(raw[24:28])), nil
}

// previewed returns the files of the draft, or the revision, that the token in the
// address shows.
func (k *Console) previewed(ctx context.Context, token string) (*bundle.Bundle, error) {
	r, tag, err := k.previewedRevision(ctx, token)
	if err != nil {
		return nil, err
	}
	// Nothing of what the preview meets is a report, and it shows what a pause would hide.
	r.Document.ReportSample, r.Document.Paused = new(float64), false
	at := previewKey{token, tag}
	k.previews.building.Lock()
	defer k.previews.building.Unlock()
	if b, ok := k.previews.built.Get(at); ok {
		return b, nil
	}
	b, err := k.Build(ctx, r, k.URL+"/preview/"+token)
	if err == nil {
		k.previews.built.Add(at, b)
	}
	return b, err
}

// previewedRevision returns the revision that a token's link shows, a copy of its
// own, and what tells it from others under the same token.
func (k *Console) previewedRevision(ctx context.Context, token string) (r *site.Revision, tag string, err error) {
	key, number, err := k.previews.read(token)
	if err != nil {
		return nil, "", err
	}
	if number > 0 {
		kept, err := k.Sites.Revision(ctx, key, number)
		if err != nil {
			return nil, "", err
		}
		r := *kept
		return &r, kept.Hash, nil
	}
	d, err := k.Sites.Draft(ctx, key)
	if err != nil {
		return nil, "", err
	}
	r, _, err = k.Sites.Compose(ctx, d.Document)
	return r, d.Tag, err
}

// samplePage is the page on which a draft is shown; the sample's own texts are of no site.
var samplePage = template.Must(template.ParseFS(htmlFiles, "html/sample/sample.html"))

// sampleTexts are a page's words in the languages that most of its readers have.
var sampleTexts = map[string][2]string{
	"ja": {"川沿いを歩く", "川は古い水車小屋のわきを流れ、三つの橋をくぐって海へ出ます。春は土手の草が高く、水辺の道は通れないので、歩く人は果樹園の上の道をとります。晴れた日には、岬の灯台まで見わたせます。"},
	"en": {"A walk along the river", "The river runs past the old mill and under three bridges before it meets the sea. In spring the grass is high and the path along the water is closed, so walkers take the upper road through the orchards, from where one sees as far as the lighthouse on a clear day."},
}

// Sample serves GET /preview/:token/: a page with the draft's tag on it.
func (k *Console) Sample(c echo.Context) error {
	r, _, err := k.previewedRevision(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	lang := r.Document.Languages[0]
	if asked := c.QueryParam("lang"); slices.Contains(r.Document.Languages, asked) {
		lang = asked
	}
	texts, ok := sampleTexts[lang]
	if !ok {
		texts = sampleTexts["en"]
	}
	var b bytes.Buffer
	if err := samplePage.Execute(&b, map[string]any{"Lang": lang, "Title": texts[0], "Text": texts[1], "Key": r.Site, "Script": "s/" + r.Site + ".js"}); err != nil {
		return fault.Wrap(fault.Internal, err, "cannot draw the sample")
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}

// PreviewFile serves GET /preview/:token/s/:name and /preview/:token/a/:hash/:name.
func (k *Console) PreviewFile(c echo.Context) error {
	b, err := k.previewed(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	path := "s/" + c.Param("name")
	if hash := c.Param("hash"); hash != "" {
		path = "a/" + hash + "/" + c.Param("name")
	}
	f, ok := b.Paths()[path]
	if !ok {
		return fault.New(fault.NotFound, "the draft has no such file")
	}
	return web.Asset{ContentType: f.ContentType, CacheControl: "no-store", Tag: f.Tag, Identity: f.Identity, Gzip: f.Gzip, Brotli: f.Brotli}.Serve(c)
}

// PreviewDecision serves POST /preview/:token/v1/sites/:site/decisions: it takes
// what somebody tries in a preview, and keeps nothing.
func (k *Console) PreviewDecision(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderAccessControlAllowOrigin, "*")
	return c.JSON(http.StatusOK, map[string]string{})
}

// PreviewNotice serves GET /preview/:token/sites/:site/notice: the notice of what is live.
func (k *Console) PreviewNotice(c echo.Context) error {
	key, _, err := k.previews.read(c.Param("token"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sites/"+key+"/notice")
}
