package notice

import "slices"

// Regime is what is known of a country's protection of personal data: what
// article 28 of the APPI has people told of a country before data goes there, as
// far as somebody with authority has said it in public.
type Regime struct {
	// Equal: Japan's Personal Information Protection Commission (PPC) has
	// designated the country as one that protects personal data as Japan does.
	Equal bool `json:"equal"`
	// Adequate: the European Commission has decided that the country protects
	// personal data adequately (GDPR art. 45): "" for no such decision, "all",
	// "commercial" for commercial organisations, "framework" for those that take
	// part in the EU-US Data Privacy Framework.
	Adequate string `json:"adequate"`
	// CBPR: the country is a member of the Global Cross-Border Privacy Rules Forum.
	CBPR bool `json:"cbpr"`
	// Surveyed: the PPC has published what it found out about the country's law.
	Surveyed bool `json:"surveyed"`
	// Survey is the page of that, "" for the list of all of them.
	Survey string `json:"survey"`
}

// Known reports whether anything is known.
func (r Regime) Known() bool { return r != Regime{} }

const (
	// regimesAsOf is the month in which the table was last held against its sources:
	// the PPC's designation of 2019 (Notifications 1 and 5), its "Laws of other
	// countries and regions" (infoprovision/laws/), the European Commission's list of
	// adequacy decisions and globalcbpr.org/about/membership.
	regimesAsOf = "2026-11"
	surveys     = "https://www.ppc.go.jp/enforcement/infoprovision/laws/"
)

// regimes are those of the countries of the catalogue's entries that are neither
// Japan nor designated as its equals. A country that is not here is one of
// which nothing is known, and the page says so.
var regimes = map[string]Regime{
	"CA": {Adequate: "commercial", CBPR: true, Surveyed: true},
	"CN": {Surveyed: true, Survey: surveys + "offshore_report_china/"},
	"IN": {Surveyed: true},
	"KR": {Adequate: "all", CBPR: true, Surveyed: true, Survey: surveys + "offshore_report_korea/"},
	"NZ": {Adequate: "all", Surveyed: true},
	"SG": {CBPR: true, Surveyed: true, Survey: surveys + "offshore_report_singapore/"},
	"US": {Adequate: "framework", CBPR: true, Surveyed: true, Survey: surveys + "offshore_report_america/"},
}

// equals are the countries that the PPC has designated: the EU's, the rest of the
// European Economic Area, and the United Kingdom.
var equals = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT",
	"LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
}

// regimeOf returns what is known of a country, by its ISO code.
func regimeOf(code string) Regime {
	if slices.Contains(equals, code) {
		return Regime{Equal: true}
	}
	return regimes[code]
}

// Country is a country to which something is sent, and its protection of personal data.
type Country struct {
	Code    string   `json:"country"` // "" for vendors whose country is not known
	Name    string   `json:"name"`
	Vendors []string `json:"vendors"` // names of the recipients there
	Regime  Regime   `json:"regime"`
}

// abroad returns the countries other than Japan to which something is sent, in
// the order in which they come first, the unknown one last.
func abroad(vendors []Vendor) []Country {
	countries := []Country{}
	for _, v := range vendors {
		if v.Country == "JP" {
			continue
		}
		i := slices.IndexFunc(countries, func(c Country) bool { return c.Code == v.Country })
		if i < 0 {
			i = len(countries)
			countries = append(countries, Country{Code: v.Country, Name: v.CountryName, Regime: regimeOf(v.Country)})
		}
		countries[i].Vendors = append(countries[i].Vendors, v.Name)
	}
	slices.SortStableFunc(countries, func(a, b Country) int {
		if a.Code == "" {
			return 1
		}
		if b.Code == "" {
			return -1
		}
		return 0
	})
	return countries
}
