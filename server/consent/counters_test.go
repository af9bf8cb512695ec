package consent

import (
	"testing"

	"github.com/google/uuid"
)

// TestCountersAreRead: what countersOf writes, ParseCounter reads; anything else is none.
func TestCountersAreRead(t *testing.T) {
	f := newForm(foldRevision())
	e := Entry{Decision: Decision{ID: uuid.New(), Revision: 7, Action: Save, Layer: 2, Language: "zh-Hans", Granted: []string{"count"}, Denied: []string{"ads"}}}
	want := []Counter{
		{Revision: 7, Action: Save, Layer: 2, Language: "zh-Hans"},
		{Revision: 7, Vendor: "count", Granted: true},
		{Revision: 7, Vendor: "ads"},
	}
	names := countersOf(&e, Layer{Asked: setOf(0, 2), Granted: setOf(0)}, f)
	if len(names) != len(want) {
		t.Fatalf("%q", names)
	}
	for i, name := range names {
		if c, ok := ParseCounter(name); !ok || c != want[i] {
			t.Errorf("%q is %+v, %v", name, c, ok)
		}
	}
	for name, want := range map[string]Counter{"3|all|granted": {Revision: 3, Granted: true}, "3|all|denied": {Revision: 3}} {
		if c, ok := ParseCounter(name); !ok || c != want {
			t.Errorf("%q is %+v, %v", name, c, ok)
		}
	}
	for _, name := range []string{"", "x|all|granted", "3|all|perhaps", "3|vendor|a|perhaps", "3|save|x|ja", "3|save|1", "3|save|1|ja|more"} {
		if c, ok := ParseCounter(name); ok {
			t.Errorf("%q is %+v", name, c)
		}
	}
}
