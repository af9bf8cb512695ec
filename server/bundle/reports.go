package bundle

import "github.com/sekisho/sekisho/server/discovery"

// reportsName is the name of the file that reports.
const reportsName = "reports.js"

// reports is ReportSettings of widget/src/reports/types.ts.
type reports struct {
	URL     string   `json:"url"`
	Vendors []string `json:"vendors"`
}

// reportParts is the file that reports unknown hosts, and tags that the browser
// fetched ahead of the gate; not there where nothing is to be reported.
func reportParts(in Input, server string) []part {
	r := in.Revision
	if discovery.Sample(&r.Document) == 0 {
		return nil
	}
	data := reports{URL: server + "/v1/sites/" + r.Site + "/reports", Vendors: []string{}}
	for i := range r.Vendors {
		data.Vendors = append(data.Vendors, r.Vendors[i].ID)
	}
	return []part{{name: reportsName, entry: "src/reports/main.ts", module: "sekisho:reports", data: data}}
}

// bannerSample is the share of page views in which the banner's file loads the
// one that reports: none on a report-only site, where no banner is loaded.
func bannerSample(in Input) float64 {
	if reportOnly(in) {
		return 0
	}
	return discovery.Sample(&in.Revision.Document)
}

// reportExtras loads it on report-only sites; on strict ones it remembers the
// hosts that come before.
func reportExtras(in Input) []extra {
	sample := discovery.Sample(&in.Revision.Document)
	switch {
	case sample == 0:
		return nil
	case reportOnly(in):
		return []extra{{"reports/load", sample}}
	case in.Revision.Document.Strict:
		return []extra{{module: "reports/early"}}
	}
	return nil
}

// reportOnly reports whether nothing is held: a paused site holds all the same.
func reportOnly(in Input) bool {
	return in.Revision.Document.ReportOnly && !in.Revision.Document.Paused
}
