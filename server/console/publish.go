package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// finding is something about a draft that keeps it from being published, or is
// doubtful, with the page where it can be mended.
type finding struct {
	Field fault.Field
	Area  string // of siteAreas, "" where no page has it
}

// publishView is what publish.html draws.
type publishView struct {
	Blockers, Warnings []finding
	Changes            []string
	// Same: the draft is what is live.
	Same bool
	// Announced is the publication that is to come, nil for none.
	Announced *site.Announcement
	// Notice is where visitors are told of it, whatever address the console has.
	Notice string
	Why    string
	// LiveAt is as it was typed; Announcing: the form for that was sent.
	LiveAt     string
	Announcing bool
}

// PublishPage serves GET /console/sites/:site/publish: what a publication would
// change, and what stands in its way.
func (k *Console) PublishPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	view, err := k.review(c, d)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "publish", Area: "publish", Site: head, Data: view})
}

func (k *Console) review(c echo.Context, d site.Draft) (publishView, error) {
	view := publishView{Announced: d.Announced, Notice: k.PublicURL + "/sites/" + d.Document.Key + "/notice", LiveAt: speakerOf(c).inAMonth(k.now())}
	_, blockers, warnings := k.Sites.Check(d.Document)
	for _, f := range blockers {
		view.Blockers = append(view.Blockers, finding{f, areaOf(f.Path)})
	}
	for _, f := range warnings {
		// What is wrong with words and look is told once: it blocks a publication.
		if !slices.ContainsFunc(blockers, func(b fault.Field) bool { return b.Path == f.Path && b.Reason == f.Reason }) {
			view.Warnings = append(view.Warnings, finding{f, areaOf(f.Path)})
		}
	}
	_, diff, err := k.Sites.Compose(c.Request().Context(), d.Document)
	if fault.KindOf(err) == fault.Invalid {
		return view, nil // the blockers say why
	}
	if err != nil {
		return view, err
	}
	view.Changes, view.Same = diff.Words(string(speakerOf(c))), diff.Empty()
	return view, nil
}

// Publish serves POST /console/sites/:site/publish.
func (k *Console) Publish(c echo.Context) error {
	f, d, head, err := k.draftForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if d.Tag != f.text("on") {
		err = fault.New(fault.Conflict, "the draft has changed since you looked at it")
	} else {
		var r site.Result
		if r, err = k.Sites.Apply(ctx, d.Document, site.ApplyOptions{Publish: true, On: d.Tag, By: callerOf(c).DisplayName(), Why: f.text("why")}); err == nil {
			act := operator.Act{Action: operator.ActPublish, Site: head.Key, Subject: strconv.Itoa(r.Live), Detail: f.text("why")}
			if err := k.note(c, act); err != nil {
				return err
			}
			return done(c, "/console/sites/"+head.Key+"/history", "published")
		}
	}
	problem, ok := mendable(err)
	if !ok {
		return err
	}
	view, err := k.review(c, d)
	if err != nil {
		return err
	}
	view.Why = f.text("why")
	return k.again(c, page{Name: "publish", Area: "publish", Site: head, Data: view}, &fault.Error{Kind: problem.Kind, Detail: problem.Detail}, web.StatusOf(problem.Kind))
}

// publicationRow is a publication in the history.
type publicationRow struct {
	site.Publication
	// Live: it is what visitors are shown now.
	Live bool
	// Changes against the publication before, in sentences.
	Changes []string
}

// historyLength is how many publications the page tells.
const historyLength = 50

// HistoryPage serves GET /console/sites/:site/history.
func (k *Console) HistoryPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	publications, err := k.Sites.Publications(ctx, head.Key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	var rows []publicationRow
	for i := len(publications) - 1; i >= 0 && len(rows) < historyLength; i-- {
		row := publicationRow{Publication: publications[i], Live: i == len(publications)-1 && publications[i].Revision == d.Live}
		to, err := k.Sites.Revision(ctx, head.Key, publications[i].Revision)
		if err != nil {
			return err
		}
		var from *site.Revision
		if i > 0 {
			if from, err = k.Sites.Revision(ctx, head.Key, publications[i-1].Revision); err != nil {
				return err
			}
		}
		row.Changes = site.Compare(from, to).Words(string(speakerOf(c)))
		rows = append(rows, row)
	}
	return k.render(c, http.StatusOK, page{Name: "history", Area: "history", Site: head, Data: rows})
}

// RollBack serves POST /console/sites/:site/history: an older revision goes live
// again. The draft stays as it is.
func (k *Console) RollBack(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(f.text("revision"))
	if err != nil || number < 1 {
		return fault.New(fault.NotFound, "there is no such revision")
	}
	ctx, key := c.Request().Context(), c.Param("site")
	r, err := k.Sites.Publish(ctx, key, number, callerOf(c).DisplayName(), f.text("why"))
	if err != nil {
		return err
	}
	act := operator.Act{Action: operator.ActRollBack, Site: key, Subject: strconv.Itoa(r.Live), Detail: f.text("why")}
	if err := k.note(c, act); err != nil {
		return err
	}
	return done(c, "/console/sites/"+key+"/history", "rolled-back")
}

// areas says which page mends the field at a path of the document.
var areas = []struct{ prefix, area string }{
	{"/vendors", "vendors"}, {"/texts", "texts"}, {"/theme", "look"}, {"/", "settings"},
}

// areaOf returns the page that mends the field at a path, "" for none.
func areaOf(path string) string {
	for _, a := range areas {
		if strings.HasPrefix(path, a.prefix) {
			return a.area
		}
	}
	return ""
}
