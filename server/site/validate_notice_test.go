package site

import (
	"errors"
	"slices"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

func TestNoticeRules(t *testing.T) {
	rules := testRules(testShelf())
	for name, c := range map[string]struct {
		edit func(*Notice)
		want []string
	}{
		"nothing": {func(*Notice) {}, nil},
		"all of it": {func(n *Notice) {
			n.Complaints, n.Enacted = Body{catalogue.Text{"ja": "協会"}, "https://body.example/", "03-1234-5678"}, "2018-04-01"
		}, nil},
		"a name alone":             {func(n *Notice) { n.Complaints.Name = catalogue.Text{"ja": "協会"} }, nil},
		"a number of nobody":       {func(n *Notice) { n.Complaints.Phone = "03-1234-5678" }, []string{"/notice/complaints/name"}},
		"an address that is none":  {func(n *Notice) { n.Complaints = Body{Name: catalogue.Text{"ja": "協会"}, URL: "javascript:alert(1)"} }, []string{"/notice/complaints/url"}},
		"a number that is none":    {func(n *Notice) { n.Complaints = Body{Name: catalogue.Text{"ja": "協会"}, Phone: "call us"} }, []string{"/notice/complaints/phone"}},
		"a day that there is not":  {func(n *Notice) { n.Enacted = "2018-02-30" }, []string{"/notice/enacted"}},
		"a day in another writing": {func(n *Notice) { n.Enacted = "2018/4/1" }, []string{"/notice/enacted"}},
	} {
		doc := document("criteo")
		c.edit(&doc.Notice)
		_, _, err := rules.Validate(doc)
		var paths []string
		if f, ok := errors.AsType[*fault.Error](err); ok {
			for _, field := range f.Fields {
				paths = append(paths, field.Path)
			}
		}
		if !slices.Equal(paths, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
