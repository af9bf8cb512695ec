package bundle

import (
	"encoding/json"
	"os"
	"testing"
)

// TestReportsBudget: the file that reports, and what report-only and strict
// sites carry in their script besides the gate, in bytes of brotli.
func TestReportsBudget(t *testing.T) {
	data, err := os.ReadFile("../../widget/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	var budget struct{ Reports, ReportOnly, ReportsEarly int }
	if err := json.Unmarshal(data, &budget); err != nil {
		t.Fatal(err)
	}
	hold := func(what string, size, limit int) {
		if t.Logf("%-20s %6d of %6d", what, size, limit); limit == 0 || size > limit {
			t.Errorf("%s: %d bytes of brotli, the budget is %d", what, size, limit)
		}
	}
	in := realInput(t, twenty)
	plain := build(t, in)
	hold("reports", len(plain.Parts[reportsName].Brotli), budget.Reports)
	in.Revision.Document.Strict = true
	hold("reports, strict", len(build(t, in).Script.Brotli)-len(plain.Script.Brotli), budget.ReportsEarly)
	in.Revision.Document.ReportOnly = true
	hold("report-only", len(build(t, in).Script.Brotli)-len(plain.Script.Brotli), budget.ReportOnly)
}
