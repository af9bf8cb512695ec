package bundle

import (
	"strings"
	"testing"
)

// TestReportsCostNothingUnused: what a site does not report with is in none of its files.
func TestReportsCostNothingUnused(t *testing.T) {
	const memory, loader = `"early"`, `"sample"`
	for name, tc := range map[string]struct {
		sample                     *float64
		reportOnly, strict, paused bool
		file                       bool   // that reports
		banner                     string // the share in the banner's file
		script                     string // what the script has besides the gate
		main                       bool   // whether its entry is main.ts
	}{
		"by default":            {file: true, banner: "reports:.1", main: true},
		"every page view":       {sample: new(1.0), file: true, banner: "reports:1", main: true},
		"never":                 {sample: new(0.0), main: true},
		"strict":                {strict: true, file: true, banner: "reports:.1", script: memory, main: true},
		"strict, never":         {sample: new(0.0), strict: true, main: true},
		"paused":                {strict: true, paused: true, main: true},
		"report-only":           {reportOnly: true, strict: true, file: true, script: loader},
		"report-only, never":    {sample: new(0.0), reportOnly: true},
		"report-only on paused": {reportOnly: true, paused: true, main: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := revision(1)
			r.Document.ReportSample, r.Document.ReportOnly, r.Document.Strict, r.Document.Paused = tc.sample, tc.reportOnly, tc.strict, tc.paused
			in := input(r)
			in.Widget = standIn(map[string]string{
				"src/main.ts":          "import site from 'sekisho:site';\nexport const first = 'the usual entry';\nconsole.log(first, site);\n",
				"src/reportonly.ts":    "export const first = 'the other entry';\nconsole.log(first);\n",
				"src/reports/early.ts": "export default () => console.log('early');\n",
				"src/reports/load.ts":  "export default (config: unknown) => console.log('sample', config);\n",
			})
			b := build(t, in)
			f, there := b.Parts[reportsName]
			if there != tc.file || there && !strings.Contains(string(f.Identity), `url:"https://consent.example.jp/v1/sites/shop/reports",vendors:["zeta","auth","mid"]`) {
				t.Errorf("the file: %v", f)
			}
			banner, script := string(b.Parts["banner.ja.js"].Identity), string(b.Script.Identity)
			if !strings.Contains(banner, tc.banner) || tc.banner == "" && strings.Contains(banner, "reports:") {
				t.Errorf("the banner: %s", banner)
			}
			for _, part := range []string{memory, loader} {
				if strings.Contains(script, part) != (part == tc.script) {
					t.Errorf("the script and %s: %s", part, script)
				}
			}
			if strings.Contains(script, "the usual entry") != tc.main {
				t.Errorf("the script has another entry: %s", script)
			}
		})
	}
}
