package bundle

import "testing"

// TestReportsBudget: the file that reports, and what report-only and strict
// sites carry in their script besides the gate, in bytes of brotli.
func TestReportsBudget(t *testing.T) {
	in := realInput(t, twenty)
	plain := build(t, in)
	hold(t, "reports", weight(t, plain, reportsName), "reports")
	without := len(scriptOf(t, in).Brotli)
	in.Revision.Document.Strict = true
	hold(t, "reports, strict", len(scriptOf(t, in).Brotli)-without, "reportsEarly")
	in.Revision.Document.ReportOnly = true
	hold(t, "report-only", len(scriptOf(t, in).Brotli)-without, "reportOnly")
}
