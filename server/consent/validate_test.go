package consent

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
)

func TestValidate(t *testing.T) {
	long := strings.Repeat("x", maxPage)
	for _, c := range []struct {
		name   string
		change func(*Decision)
		want   []string // paths
	}{
		{"as it should be", func(*Decision) {}, nil},
		{"one vendor", func(d *Decision) { d.Granted, d.Denied = []string{"c"}, nil }, nil},
		{"no page", func(d *Decision) { d.Page = "" }, nil},
		{"by script", func(d *Decision) { d.Layer = 0 }, nil},
		{"first and last year", func(d *Decision) { d.At = time.Date(2100, 12, 31, 23, 59, 59, 0, time.UTC) }, nil},
		{"no id", func(d *Decision) { d.ID = uuid.UUID{} }, []string{"/id"}},
		{"id of version 4", func(d *Decision) { d.ID = aVisitor }, []string{"/id"}},
		{"id of another variant", func(d *Decision) { d.ID[8] = 0xc0 }, []string{"/id"}},
		{"visitor of version 7", func(d *Decision) { d.Visitor = anID }, []string{"/visitor"}},
		{"visitor of another variant", func(d *Decision) { d.Visitor[8] = 0x10 }, []string{"/visitor"}},
		{"sequence 0", func(d *Decision) { d.Sequence = 0 }, []string{"/sequence"}},
		{"unknown action", func(d *Decision) { d.Action = "accept" }, []string{"/action"}},
		{"names nobody", func(d *Decision) { d.Granted, d.Denied = nil, nil }, []string{"/granted"}},
		{"unknown vendors", func(d *Decision) { d.Granted, d.Denied = []string{"a", "A", ""}, []string{"multiplea"} }, []string{"/granted/1", "/granted/2", "/denied/0"}},
		{"a necessary vendor", func(d *Decision) { d.Denied = []string{"b", "login"} }, []string{"/denied/1"}},
		{"named twice", func(d *Decision) { d.Granted = []string{"a", "a", "c"} }, []string{"/granted/1"}},
		{"granted and denied", func(d *Decision) { d.Denied = []string{"b", "c"} }, []string{"/denied/1"}},
		{"a language of no revision", func(d *Decision) { d.Language = "de" }, []string{"/language"}},
		{"no language", func(d *Decision) { d.Language = "" }, []string{"/language"}},
		{"layer 3", func(d *Decision) { d.Layer = 3 }, []string{"/layer"}},
		{"layer -1", func(d *Decision) { d.Layer = -1 }, []string{"/layer"}},
		{"a clock before its time", func(d *Decision) { d.At = time.Date(2019, 12, 31, 23, 59, 59, 0, time.UTC) }, []string{"/at"}},
		{"a clock in the next century", func(d *Decision) { d.At = time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC) }, []string{"/at"}},
		{"no time", func(d *Decision) { d.At = time.Time{} }, []string{"/at"}},
		{"longest page", func(d *Decision) { d.Page = "/" + long[1:] }, nil},
		{"page too long", func(d *Decision) { d.Page = "/" + long }, []string{"/page"}},
		{"page with a query", func(d *Decision) { d.Page = "/cart?mail=a@example.jp" }, []string{"/page"}},
		{"page with a fragment", func(d *Decision) { d.Page = "/cart#top" }, []string{"/page"}},
		{"page with a host", func(d *Decision) { d.Page = "https://www.example.jp/" }, []string{"/page"}},
		{"page with a line break", func(d *Decision) { d.Page = "/a\nb" }, []string{"/page"}},
		{"page of no encoding", func(d *Decision) { d.Page = "/\xff" }, []string{"/page"}},
	} {
		d := aDecision()
		c.change(&d)
		err := d.Validate(shop())
		var paths []string
		if f, ok := errors.AsType[*fault.Error](err); ok {
			if f.Kind != fault.Invalid {
				t.Errorf("%s: kind %d", c.name, f.Kind)
			}
			for _, field := range f.Fields {
				paths = append(paths, field.Path)
			}
		}
		if !slices.Equal(paths, c.want) {
			t.Errorf("%s: %v, not %v", c.name, paths, c.want)
		}
	}
}

func TestValidateBoundsItsAnswer(t *testing.T) {
	d := aDecision()
	d.Granted = make([]string, 1000)
	err, _ := errors.AsType[*fault.Error](d.Validate(shop()))
	if err == nil || len(err.Fields) != maxFields {
		t.Errorf("%v", err)
	}
}
