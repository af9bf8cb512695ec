package console

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/statistics"
)

// choicesView is what choices.html draws.
type choicesView struct {
	// From and To are as they were typed, or as one of Lengths makes them.
	From, To string
	Length   string // of Lengths, "" for a period of one's own
	Query    string // of this period, for the files
	Report   *statistics.Report
	// Shown are the positions of the outcomes that there were.
	Shown  []int
	Tables []choicesTable
	Names  map[string]string // of vendors, by id
	Chart  chart
}

// choicesTable is one table of decisions: "days", "languages", "layers" or "revisions".
type choicesTable struct {
	Name string
	Rows []statistics.Row
}

// Lengths are the periods that can be chosen at once, in days up to today.
func (choicesView) Lengths() []string { return []string{"7", "28", "90"} }

// Few is the least count that is shown.
func (choicesView) Few() int { return statistics.Few }

// Outcome returns the name of an outcome by its position.
func (choicesView) Outcome(at int) string { return string(statistics.Outcomes[at]) }

// Series returns the class in which an outcome is drawn.
func (choicesView) Series(at int) string { return "s" + strconv.Itoa(at+1) }

// Figure returns a count as it stands in a table.
func (p page) Figure(c statistics.Count) string {
	switch c.Hidden {
	case statistics.Small:
		return p.T("choices.few", statistics.Few)
	case statistics.Complement:
		return p.T("choices.hidden")
	}
	return p.Number(c.N)
}

// Percent returns a part of a whole; a dash where it cannot be told.
func (p page) Percent(part, whole statistics.Count) string {
	percent, ok := statistics.Share(part, whole)
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(percent, 'f', 1, 64) + "%"
}

// RowName names a line of a table of decisions.
func (p page) RowName(table, name string) string {
	switch table {
	case "days":
		if day, err := time.Parse(time.DateOnly, name); err == nil {
			return p.day(day)
		}
	case "layers":
		return p.T("choices.layer-" + name)
	case "languages":
		return p.LanguageName(name)
	case "revisions":
		return p.T("choices.revision", name)
	}
	return name
}

// day returns a day that is one wherever it is read, without a time of its own.
func (lang speaker) day(t time.Time) string {
	if lang == "ja" {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 January 2006")
}

// period reads the address: a length in days up to today, or a first and a last
// day. It returns what was typed, too. Invalid for "/from" and "/to".
func (k *Console) period(c echo.Context) (v choicesView, from, to time.Time, err error) {
	v.From, v.To, v.Length = strings.TrimSpace(c.QueryParam("from")), strings.TrimSpace(c.QueryParam("to")), c.QueryParam("days")
	if !slices.Contains(v.Lengths(), v.Length) {
		v.Length = ""
	}
	if v.Length == "" && v.From == "" && v.To == "" {
		v.Length = "28"
	}
	if v.Length != "" {
		days, _ := strconv.Atoi(v.Length) // it is one of Lengths
		to = k.now().UTC().Truncate(24 * time.Hour)
		from = to.AddDate(0, 0, 1-days)
		v.From, v.To = from.Format(time.DateOnly), to.Format(time.DateOnly)
	} else {
		var refused []fault.Field
		day := func(path, typed string) time.Time {
			t, err := time.Parse(time.DateOnly, typed)
			if err != nil {
				refused = append(refused, fault.Field{Path: path, Reason: "must be a day, such as 2026-11-22", ReasonJa: "日付を入力してください（例: 2026-11-22）。"})
			}
			return t
		}
		from, to = day("/from", v.From), day("/to", v.To)
		err = fault.InvalidFields("the period", refused)
	}
	v.Query = url.Values{"from": {v.From}, "to": {v.To}}.Encode()
	return v, from, to, err
}

// report returns what the site's visitors chose in the period of the address.
func (k *Console) report(c echo.Context) (choicesView, error) {
	v, from, to, err := k.period(c)
	if err == nil {
		v.Report, err = statistics.Reader{Counts: k.Decisions, Revisions: k.Sites}.Read(c.Request().Context(), c.Param("site"), from, to)
	}
	return v, err
}

// Choices serves GET /console/sites/:site/choices: what visitors chose in a period.
func (k *Console) Choices(c echo.Context) error {
	_, head, err := k.draft(c)
	if err != nil {
		return err
	}
	p := page{Name: "choices", Area: "choices", Site: head}
	v, err := k.report(c)
	if err != nil {
		p.Data = v
		return k.amend(c, p, err, nil)
	}
	for i := range statistics.Outcomes {
		// The first three always: that nobody chose one of them is a figure, too.
		if i < 3 || v.Report.All.Counts[i] != (statistics.Count{}) {
			v.Shown = append(v.Shown, i)
		}
	}
	newest := slices.Clone(v.Report.Days)
	slices.Reverse(newest)
	v.Tables = []choicesTable{{"languages", v.Report.Languages}, {"layers", v.Report.Layers}, {"revisions", v.Report.Revisions}, {"days", newest}}
	if v.Names, err = k.vendorNames(c, v.Report); err != nil {
		return err
	}
	v.Chart = drawDays(speakerOf(c), v.Report.Days)
	p.Data = v
	return k.render(c, http.StatusOK, p)
}

// vendorNames returns the names of a report's vendors by id: as the catalogue has
// them, else as the newest revision of the report had them.
func (k *Console) vendorNames(c echo.Context, r *statistics.Report) (map[string]string, error) {
	names, lang := map[string]string{}, string(speakerOf(c))
	if len(r.Revisions) > 0 {
		number, err := strconv.Atoi(r.Revisions[0].Name)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "the revision %q is no number", r.Revisions[0].Name)
		}
		rev, err := k.Sites.Revision(c.Request().Context(), r.Site, number)
		if err != nil {
			return nil, err
		}
		for i := range rev.Vendors {
			names[rev.Vendors[i].ID] = rev.Vendors[i].Name.In(lang)
		}
	}
	for _, v := range r.Vendors {
		if known, ok := k.Catalogue.Vendor(v.ID); ok {
			names[v.ID] = known.Name.In(lang)
		} else if names[v.ID] == "" {
			names[v.ID] = v.ID
		}
	}
	return names, nil
}

// ExportChoices serves GET /console/sites/:site/choices/export.csv and export.json.
// The export stands in the audit log, written first.
func (k *Console) ExportChoices(c echo.Context) error {
	key := c.Param("site")
	if _, _, err := k.draft(c); err != nil {
		return err
	}
	v, err := k.report(c)
	if err != nil {
		return err
	}
	names, err := k.vendorNames(c, v.Report)
	if err != nil {
		return err
	}
	if err := k.note(c, operator.Act{Action: operator.ActExportStatistic, Site: key, Detail: v.From + " – " + v.To}); err != nil {
		return err
	}
	name := key + "-choices-" + v.From + "-" + v.To
	if strings.HasSuffix(c.Path(), ".json") {
		return k.stream(c, name+".json", echo.MIMEApplicationJSON, func() error {
			out := json.NewEncoder(c.Response())
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(v.Report)
		})
	}
	return k.stream(c, name+".csv", "text/csv; charset=utf-8", func() error { return writeChoices(c, v.Report, names) })
}

// writeChoices writes all tables below each other, each line with the name of its table.
func writeChoices(c echo.Context, r *statistics.Report, names map[string]string) error {
	if _, err := c.Response().Write([]byte(csvStart)); err != nil {
		return err
	}
	p, out := page{speaker: speakerOf(c)}, csv.NewWriter(c.Response())
	head := []string{p.T("choices.table"), p.T("choices.item")}
	for _, o := range statistics.Outcomes {
		head = append(head, p.T("choices."+string(o)))
	}
	lines := [][]string{append(head, p.T("choices.total"), p.T("choices.granted"), p.T("choices.denied"), p.T("choices.asked"))}
	row := func(table, name string, r statistics.Row) {
		line := []string{p.T("choices." + table), name}
		for _, n := range append(slices.Clone(r.Counts), r.Total) {
			line = append(line, n.String())
		}
		lines = append(lines, append(line, "", "", ""))
	}
	row("all", "", r.All)
	for _, t := range []choicesTable{{"days", r.Days}, {"languages", r.Languages}, {"layers", r.Layers}, {"revisions", r.Revisions}} {
		for _, line := range t.Rows {
			name := line.Name
			if t.Name != "days" { // dates stay such that spreadsheets know them
				name = p.RowName(t.Name, name)
			}
			row(t.Name, name, line)
		}
	}
	for _, v := range r.Vendors {
		line := append([]string{p.T("choices.vendors"), names[v.ID]}, make([]string, len(statistics.Outcomes)+1)...)
		lines = append(lines, append(line, v.Granted.String(), v.Denied.String(), v.Asked.String()))
	}
	for _, line := range lines {
		for i := range line {
			line[i] = csvCell(line[i])
		}
	}
	return out.WriteAll(lines)
}
