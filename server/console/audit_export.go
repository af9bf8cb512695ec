package console

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/operator"
)

// ExportAudit serves GET /console/audit/export.jsonl and export.csv: all entries that
// the address chooses, as they are read. The export is an entry of the log itself,
// written first.
func (k *Console) ExportAudit(c echo.Context) error {
	filter, err := readAsk(c).filter(speakerOf(c).zone())
	if err != nil {
		return err
	}
	entries, err := k.Operators.ExportAudit(c.Request().Context(), by(c), filter)
	if err != nil {
		return err
	}
	if c.Path() == "/console/audit/export.csv" {
		return k.stream(c, "audit.csv", "text/csv; charset=utf-8", func() error { return writeAuditCSV(c.Response(), speakerOf(c), entries) })
	}
	return k.stream(c, "audit.jsonl", "application/jsonl", func() error { return writeAuditLines(c.Response(), entries) })
}

// stream answers with a file that write writes piece by piece. Where that ends
// with an error, the connection is cut, so that nobody takes a part for the whole.
func (k *Console) stream(c echo.Context, name, media string, write func() error) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, media)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="sekisho-`+name+`"`)
	c.Response().WriteHeader(http.StatusOK)
	if err := write(); err != nil {
		k.Log.LogAttrs(c.Request().Context(), slog.LevelWarn, "an export was cut off",
			slog.String("request", h.Get(echo.HeaderXRequestID)), slog.String("route", c.Path()), slog.String("error", err.Error()))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// piece is how many lines of an export go out together, and pieceTime how long
// the browser has for them.
const (
	piece     = 500
	pieceTime = 30 * time.Second
)

// goOn sends what was written so far, and gives the connection time for more: an
// answer without known end must not end with the time of an ordinary one.
func goOn(w http.ResponseWriter) error {
	controller := http.NewResponseController(w)
	err := errors.Join(controller.SetWriteDeadline(time.Now().Add(pieceTime)), controller.Flush())
	if errors.Is(err, http.ErrNotSupported) { // a writer without a connection has no time to run out
		return nil
	}
	return err
}

func writeAuditLines(w http.ResponseWriter, entries iter.Seq2[operator.Entry, error]) error {
	out, n := json.NewEncoder(w), 0
	out.SetEscapeHTML(false)
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := out.Encode(e); err != nil {
			return err
		}
		if n++; n%piece == 0 {
			if err := goOn(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// auditColumns are the keys of the words at the head of the CSV.
var auditColumns = []string{"number", "at", "kind", "actor", "actorID", "for", "action", "what", "site", "subject", "detail", "from", "outcome"}

func writeAuditCSV(w http.ResponseWriter, lang speaker, entries iter.Seq2[operator.Entry, error]) error {
	if _, err := w.Write([]byte(csvStart)); err != nil {
		return err
	}
	out, n := csv.NewWriter(w), 0
	head := make([]string, len(auditColumns))
	for i, key := range auditColumns {
		head[i] = lang.T("audit.column-" + key)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		cells := []string{strconv.FormatUint(e.Number, 10), e.At.UTC().Format(time.RFC3339), string(e.By.Kind), e.By.Name, e.By.ID, e.By.For,
			string(e.Action), lang.T("audit.do-" + string(e.Action)), e.Site, e.Subject, e.Detail, e.From, lang.T("audit.went-" + string(e.Outcome))}
		for i := range cells {
			cells[i] = csvCell(cells[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
		if n++; n%piece == 0 {
			if out.Flush(); out.Error() != nil {
				return out.Error()
			}
			if err := goOn(w); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
