package console

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// localTime is how a field of type datetime-local writes a time (HTML, "local date and time").
const localTime = "2006-01-02T15:04"

// inAMonth is the midnight after a month from now, as the field of a time shows
// it: a change that visitors are told of a month ahead.
func (lang speaker) inAMonth(now time.Time) string {
	t := now.In(lang.zone()).AddDate(0, 1, 1)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, lang.zone()).Format(localTime)
}

// Announce serves POST /console/sites/:site/announce: the draft becomes a revision
// that goes live by itself at a time, of which visitors are told until then.
func (k *Console) Announce(c echo.Context) error {
	f, d, head, err := k.draftForm(c)
	if err != nil {
		return err
	}
	if err = k.announce(c, f, d); err == nil {
		return done(c, "/console/sites/"+head.Key+"/publish", "announced")
	}
	problem, ok := mendable(err)
	if !ok {
		return err
	}
	if d, head, err = k.draft(c); err != nil {
		return err
	}
	view, err := k.review(c, d)
	if err != nil {
		return err
	}
	view.Why, view.LiveAt, view.Announcing = f.text("why"), f.text("liveAt"), true
	return k.again(c, page{Name: "publish", Area: "publish", Site: head, Data: view}, problem, web.StatusOf(problem.Kind))
}

func (k *Console) announce(c echo.Context, f form, d site.Draft) error {
	ctx, key, who, why := c.Request().Context(), d.Document.Key, callerOf(c).DisplayName(), f.text("why")
	liveAt, err := time.ParseInLocation(localTime, f.text("liveAt"), speakerOf(c).zone())
	if err != nil {
		return fault.InvalidFields("the time is none", []fault.Field{{Path: "/liveAt", Reason: "must be a day and a time", ReasonJa: "日付と時刻を入力してください"}})
	}
	if d.Tag != f.text("on") {
		return fault.New(fault.Conflict, "the draft has changed since you looked at it")
	}
	r, err := k.Sites.Apply(ctx, d.Document, site.ApplyOptions{By: who})
	if err != nil {
		return err
	}
	if err := k.Sites.Announce(ctx, key, r.Revision, liveAt, who, why); err != nil {
		return err
	}
	return k.note(c, operator.Act{Action: operator.ActAnnounce, Site: key, Subject: strconv.Itoa(r.Revision), Detail: why})
}

// WithdrawAnnouncement serves POST /console/sites/:site/announce/withdraw.
func (k *Console) WithdrawAnnouncement(c echo.Context) error {
	if _, err := readForm(c); err != nil {
		return err
	}
	ctx, key := c.Request().Context(), c.Param("site")
	if err := k.Sites.Withdraw(ctx, key); err != nil {
		return err
	}
	if err := k.note(c, operator.Act{Action: operator.ActUnannounce, Site: key}); err != nil {
		return err
	}
	return done(c, "/console/sites/"+key+"/publish", "announcement-withdrawn")
}
