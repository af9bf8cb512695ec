package console

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// importView is what import.html draws.
type importView struct {
	// Text of the file, "" before there is one.
	Text string
	// Read: the file is a site, and Changes are what it makes of the draft.
	Read    bool
	Changes []string
	// Other is the key of the site that the file names, where it is another one.
	Other string
	// OfLive: Changes are against what is live, since the draft cannot be compared.
	OfLive bool
}

// Export serves GET /console/sites/:site/export: the draft as a file.
func (k *Console) Export(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(d.Document, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "cannot write the site's file")
	}
	// A key is of letters, digits and hyphens.
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+head.Key+`.site.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, append(text, '\n'))
}

// ImportPage serves GET /console/sites/:site/import.
func (k *Console) ImportPage(c echo.Context) error {
	_, head, err := k.draft(c)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "import", Area: "vendors", Site: head, Data: importView{}})
}

// Import serves POST /console/sites/:site/import: it tells what a file would
// change and, when that has been confirmed on this very draft, makes it the
// draft. A file against the rules changes nothing.
func (k *Console) Import(c echo.Context) error {
	f, text, err := readUpload(c)
	if err != nil {
		return err
	}
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	view := importView{Text: text}
	doc, err := site.Parse(strings.NewReader(text))
	if err == nil {
		if doc.Key != head.Key {
			view.Other = doc.Key
		}
		doc.Key = head.Key
		view.Changes, view.OfLive, err = k.changes(c, d.Document, doc)
	}
	if err == nil && f.ticked("replace") {
		err = k.replace(c, f.text("on"), doc)
		if err == nil {
			return done(c, "/console/sites/"+head.Key+"/vendors", "imported")
		}
	}
	if err == nil {
		view.Read = true
		return k.render(c, http.StatusOK, page{Name: "import", Area: "vendors", Site: head, Data: view})
	}
	problem, ok := errors.AsType[*fault.Error](err)
	if !ok || problem.Kind == fault.Internal || problem.Kind == fault.Unavailable {
		return err
	}
	p := page{Name: "import", Area: "vendors", Site: head, Data: view, Message: conflictWords(speakerOf(c), problem, d)}
	if problem.Kind == fault.Malformed {
		p.Message = speakerOf(c).T("import.malformed", problem.Detail)
	}
	return k.again(c, p, problem, web.StatusOf(problem.Kind))
}

// changes tells what a document makes of a draft, in words; against what is live
// where the draft breaks a rule.
func (k *Console) changes(c echo.Context, draft, doc site.Document) (words []string, ofLive bool, err error) {
	ctx, lang := c.Request().Context(), string(speakerOf(c))
	after, diff, err := k.Sites.Compose(ctx, doc)
	if err != nil {
		return nil, false, err
	}
	before, _, err := k.Sites.Compose(ctx, draft)
	if fault.KindOf(err) == fault.Invalid {
		return diff.Words(lang), true, nil
	}
	if err != nil {
		return nil, false, err
	}
	return site.Compare(before, after).Words(lang), false, nil
}

// replace makes a document the draft, provided that the draft is still the one with that tag.
func (k *Console) replace(c echo.Context, on string, doc site.Document) error {
	ctx := c.Request().Context()
	settled, _, _ := k.Sites.Check(doc)
	if on == "" {
		return fault.New(fault.Malformed, "the form does not say which draft it replaces")
	}
	if _, err := k.Sites.EditDraft(ctx, doc.Key, on, callerOf(c).DisplayName(), "import", func(d *site.Document) error {
		*d = settled
		return nil
	}); err != nil {
		return err
	}
	return k.note(c, operator.Act{Action: operator.ActEditDraft, Site: doc.Key, Detail: "import"})
}

// readUpload reads a form with a file, and the text of that, or of the field
// "document" where there is none.
func readUpload(c echo.Context) (form, string, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm+site.MaxBytes)
	if err := r.ParseMultipartForm(maxForm + site.MaxBytes); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return form{}, "", fault.New(fault.TooLarge, "the file is larger than %d bytes", site.MaxBytes)
		}
		return form{}, "", fault.Wrap(fault.Unsupported, err, "this address takes what its own form sends")
	}
	f := form{r.MultipartForm.Value}
	files := r.MultipartForm.File["file"]
	if len(files) == 0 || files[0].Size == 0 {
		return f, f.text("document"), nil
	}
	file, err := files[0].Open()
	if err != nil {
		return form{}, "", fault.Wrap(fault.Malformed, err, "the file did not arrive whole")
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return form{}, "", fault.Wrap(fault.Malformed, err, "the file did not arrive whole")
	}
	// Windows' editors put a byte order mark first, which JSON does not have.
	return f, strings.TrimPrefix(string(text), csvStart), nil
}
