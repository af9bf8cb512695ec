package server

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/api"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/web"
)

// group is the routes that one sort of caller may use.
type group struct {
	who     string
	surface web.Surface
	with    []echo.MiddlewareFunc // of all its routes, outermost first
	routes  []route
	console bool // served where the console is
}

// route is one line of the table. Each GET answers HEAD as well.
type route struct {
	method, path string
	handler      echo.HandlerFunc
	with         []echo.MiddlewareFunc // of this route besides the group's
}

// table is every route of the service. openapi.json describes the same ones,
// which a test holds together. What stands in a group without a limit is served
// from memory.
func (s *Server) table() []group {
	a, n := s.api, s.notice
	address := func(c echo.Context) string { return s.keyer.Address(c.RealIP()) }
	// Only the limit that somebody would want to get around is worth a round
	// trip to the store; the other two bound what one instance has to do.
	writes := s.sharedLimit(s.config.Limits.Writes, address)
	reads := s.limit(s.config.Limits.Reads, address)
	siteWrites := s.limit(s.config.Limits.SiteWrites, func(c echo.Context) string { return s.keyer.Site(c.Param("site")) })
	// Reports have limits of their own: however many come, decisions pass.
	reports := s.limit(s.config.Limits.Writes, address)
	siteReports := s.limit(s.config.Limits.SiteReports, func(c echo.Context) string { return s.keyer.Site(c.Param("site")) })
	with := func(m ...echo.MiddlewareFunc) []echo.MiddlewareFunc { return m }

	table := []group{
		{who: "any page that carries the tag", surface: web.Embedded, routes: []route{
			{http.MethodGet, "/s/:site.js", a.Script, with(s.console.SeeTag)},
			{http.MethodGet, "/a/:hash/:name", a.Part, nil},
		}},
		// The origin first, since a page must be able to read that it was refused: sites are
		// looked up in memory. The limit is generous, since a site's own server asks for many
		// visitors from one address.
		{who: "the site's own pages, and servers", surface: web.API, with: with(a.CheckOrigin, reads), routes: []route{
			// The address first, so that one caller cannot use up the site's share.
			{http.MethodPost, "/v1/sites/:site/decisions", a.RecordDecision, with(writes, siteWrites)},
			{http.MethodPost, "/v1/sites/:site/reports", a.RecordReport, with(reports, siteReports)},
			{http.MethodGet, "/v1/sites/:site/visitors/:visitor", a.Consents, nil},
			{http.MethodGet, "/v1/sites/:site/visitors/:visitor/decisions", a.Decisions, nil},
			{http.MethodGet, "/v1/sites/:site/visitors/:visitor/vendors/:vendor", a.VendorConsent, nil},
			{http.MethodDelete, "/v1/sites/:site/visitors/:visitor", a.Erase, with(writes)},
			{http.MethodOptions, "/v1/sites/:site/decisions", a.Preflight, nil},
			{http.MethodOptions, "/v1/sites/:site/reports", a.Preflight, nil},
			{http.MethodOptions, "/v1/sites/:site/visitors/:visitor", a.Preflight, nil},
			{http.MethodOptions, "/v1/sites/:site/visitors/:visitor/decisions", a.Preflight, nil},
			{http.MethodOptions, "/v1/sites/:site/visitors/:visitor/vendors/:vendor", a.Preflight, nil},
		}},
		{who: "anybody: pages", surface: web.Page, routes: []route{
			{http.MethodGet, "/sites/:site/notice", n.Page, nil},
			{http.MethodGet, "/sites/:site/notice.css", n.Theme, nil},
			{http.MethodGet, "/sites/:site/notice/embed", n.Embed, nil},
			{http.MethodGet, "/sites/:site/notice/changes", n.Changes, with(reads)}, // asks the store
			{http.MethodGet, "/notice.css", n.Style, nil},
		}},
		{who: "anybody: documents", surface: web.Document, routes: []route{
			{http.MethodGet, "/sites/:site/notice.json", n.JSON, nil},
			{http.MethodGet, "/v1/receipt-key", a.ReceiptKey, nil},
			{http.MethodGet, "/problems/:name", web.ExplainProblem, nil},
			{http.MethodGet, "/openapi.json", api.OpenAPI, nil},
		}},
		{who: "operators' machines", surface: web.API, routes: []route{
			{http.MethodGet, "/healthz", s.health.Alive, nil},
			{http.MethodGet, "/readyz", s.health.Ready, nil},
		}},
	}
	for _, g := range s.consoleTable(reads) {
		g.console = true
		table = append(table, g)
	}
	if !s.config.MetricsApart {
		table = append(table, group{who: "whoever collects metrics; --metrics-addr moves it to an address of its own", surface: web.API, routes: []route{
			{http.MethodGet, "/metrics", echo.WrapHandler(s.Metrics()), nil},
		}})
	}
	// Writes limit the guessing of tokens, and stand before the token for that.
	may := func(p operator.Permission) []echo.MiddlewareFunc { return with(writes, a.Require(p)) }
	return append(table, group{who: "whoever holds a token", surface: web.API, routes: []route{
		{http.MethodGet, "/v1/sites/:site", a.ShowSite, may(operator.SeeSites)},
		{http.MethodPut, "/v1/sites/:site", a.ApplySite, may(operator.EditDrafts)},
		{http.MethodGet, "/v1/sites/:site/reports", a.Reports, may(operator.SeeStatistics)},
	}})
}

// consoleTable is every route of the console, each with the permission that it
// asks for. A test holds it against the roles.
func (s *Server) consoleTable(reads echo.MiddlewareFunc) []group {
	k := s.console
	may := func(p operator.Permission) []echo.MiddlewareFunc { return []echo.MiddlewareFunc{k.Require(p)} }
	return []group{
		{who: "anybody: what the console's pages load", surface: web.Document, routes: []route{
			{http.MethodGet, "/console/console.css", k.Style, nil},
			{http.MethodGet, "/console/console.js", k.Script, nil},
			{http.MethodGet, "/console/icon.svg", k.Icon, nil},
			{http.MethodGet, "/console/sample.css", k.SampleStyle, nil},
		}},
		{who: "whoever holds a preview's link", surface: web.Preview, with: []echo.MiddlewareFunc{reads}, routes: []route{
			{http.MethodGet, "/preview/:token/", k.Sample, nil},
			{http.MethodGet, "/preview/:token/sites/:site/notice", k.PreviewNotice, nil},
		}},
		{who: "whoever holds a preview's link: what it loads", surface: web.Embedded, with: []echo.MiddlewareFunc{reads}, routes: []route{
			{http.MethodGet, "/preview/:token/s/:name", k.PreviewFile, nil},
			{http.MethodGet, "/preview/:token/a/:hash/:name", k.PreviewFile, nil},
			{http.MethodPost, "/preview/:token/v1/sites/:site/decisions", k.PreviewDecision, nil},
		}},
		{who: "anybody: the manual, and the console's doors", surface: web.Console, with: []echo.MiddlewareFunc{reads, k.Frame}, routes: []route{
			{http.MethodGet, "/console/help", k.Help, nil},
			{http.MethodGet, "/console/help/:page", k.Help, nil},
			{http.MethodGet, "/console/sign-in", k.SignInPage, nil},
			{http.MethodPost, "/console/sign-in", k.SignIn, nil},
			{http.MethodGet, "/console/sign-in/code", k.CodePage, nil},
			{http.MethodPost, "/console/sign-in/code", k.Code, nil},
			{http.MethodGet, "/console/link/:token", k.LinkPage, nil},
			{http.MethodPost, "/console/link/:token", k.AcceptLink, nil},
			{http.MethodPost, "/console/sign-out", k.SignOut, nil},
		}},
		{who: "every operator who is signed in", surface: web.Console, with: []echo.MiddlewareFunc{reads, k.Frame, k.SignedIn}, routes: []route{
			{http.MethodGet, "/console/step-up", k.StepUpPage, nil},
			{http.MethodPost, "/console/step-up", k.StepUp, nil},
			{http.MethodGet, "/console/me", k.Me, nil},
			{http.MethodPost, "/console/me", k.SetProfile, nil},
			{http.MethodPost, "/console/me/password", k.ChangePassword, nil},
			{http.MethodPost, "/console/me/sessions/:session/end", k.EndSession, nil},
			{http.MethodPost, "/console/me/sign-out", k.EndAllSessions, nil},
			{http.MethodGet, "/console/me/factor", k.Factor, nil},
			{http.MethodPost, "/console/me/factor", k.BeginFactor, nil},
			{http.MethodGet, "/console/me/factor/confirm", k.OfferedFactor, nil},
			{http.MethodPost, "/console/me/factor/confirm", k.ConfirmFactor, nil},
			{http.MethodPost, "/console/me/factor/codes", k.NewRecoveryCodes, nil},
			{http.MethodPost, "/console/me/factor/remove", k.RemoveFactor, nil},
		}},
		{who: "operators, by role", surface: web.Console, with: []echo.MiddlewareFunc{reads, k.Frame}, routes: []route{
			{http.MethodGet, "/console/", k.Start, may(operator.SeeSites)},
			{http.MethodGet, "/console/sites", k.ListSites, may(operator.SeeSites)},
			{http.MethodGet, "/console/sites/new", k.NewSitePage, may(operator.CreateSites)},
			{http.MethodPost, "/console/sites/new", k.CreateSite, may(operator.CreateSites)},
			{http.MethodGet, "/console/sites/:site", k.Overview, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/pause", k.Pause, may(operator.Publish)},
			{http.MethodGet, "/console/sites/:site/settings", k.SettingsPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/settings", k.SaveSettings, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/look", k.LookPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/look", k.SaveLook, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/texts", k.TextsPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/texts", k.SaveTexts, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/vendors", k.VendorsPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/vendors", k.ArrangeVendors, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/vendors/:vendor", k.VendorPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/vendors/:vendor", k.SaveVendor, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/catalogue", k.CataloguePage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/catalogue", k.AddVendors, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/paste", k.PastePage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/paste", k.Paste, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/own-vendor", k.OwnVendorPage, may(operator.EditDrafts)},
			{http.MethodPost, "/console/sites/:site/own-vendor", k.SaveOwnVendor, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/discovered", k.DiscoveredPage, may(operator.SeeStatistics)},
			{http.MethodPost, "/console/sites/:site/discovered", k.SettleHost, may(operator.EditDrafts)},
			{http.MethodGet, "/console/sites/:site/tag", k.TagPage, may(operator.SeeSites)},
			{http.MethodGet, "/console/sites/:site/export", k.Export, may(operator.SeeSites)},
			{http.MethodGet, "/console/sites/:site/import", k.ImportPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/import", k.Import, may(operator.EditDrafts)},
			{http.MethodPost, "/console/sites/:site/undo", k.Undo, may(operator.EditDrafts)},
			// Lists ask for no password; pages with a form ask before it is filled in.
			{http.MethodGet, "/console/operators", k.ListOperators, may(operator.SeeOperators)},
			{http.MethodGet, "/console/operators/invite", k.InvitePage, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/invite", k.Invite, may(operator.ManageOperators)},
			{http.MethodGet, "/console/operators/links/:link", k.WithdrawPage, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/links/:link", k.Withdraw, may(operator.ManageOperators)},
			{http.MethodGet, "/console/operators/tokens", k.ListTokens, may(operator.SeeOperators)},
			{http.MethodGet, "/console/operators/tokens/new", k.TokenPage, may(operator.ManageTokens)},
			{http.MethodPost, "/console/operators/tokens/new", k.CreateToken, may(operator.ManageTokens)},
			{http.MethodGet, "/console/operators/tokens/:token", k.RevokePage, may(operator.ManageTokens)},
			{http.MethodPost, "/console/operators/tokens/:token", k.RevokeToken, may(operator.ManageTokens)},
			{http.MethodGet, "/console/operators/:operator", k.ShowOperator, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/role", k.SetRole, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/reset", k.ResetOperator, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/sign-out", k.SignOutOperator, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/factor/remove", k.RemoveOperatorFactor, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/suspend", k.Suspend, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/resume", k.Resume, may(operator.ManageOperators)},
			{http.MethodPost, "/console/operators/:operator/remove", k.RemoveOperator, may(operator.ManageOperators)},
			{http.MethodGet, "/console/audit", k.Audit, may(operator.ReadAudit)},
			{http.MethodGet, "/console/audit/export.csv", k.ExportAudit, may(operator.ReadAudit)},
			{http.MethodGet, "/console/audit/export.jsonl", k.ExportAudit, may(operator.ReadAudit)},
			{http.MethodGet, "/console/sites/:site/publish", k.PublishPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/publish", k.Publish, may(operator.Publish)},
			{http.MethodPost, "/console/sites/:site/announce", k.Announce, may(operator.Publish)},
			{http.MethodPost, "/console/sites/:site/announce/withdraw", k.WithdrawAnnouncement, may(operator.Publish)},
			{http.MethodGet, "/console/sites/:site/history", k.HistoryPage, may(operator.SeeSites)},
			{http.MethodPost, "/console/sites/:site/history", k.RollBack, may(operator.Publish)},
			{http.MethodGet, "/console/sites/:site/choices", k.Choices, may(operator.SeeStatistics)},
			{http.MethodGet, "/console/sites/:site/choices/export.csv", k.ExportChoices, may(operator.SeeStatistics)},
			{http.MethodGet, "/console/sites/:site/choices/export.json", k.ExportChoices, may(operator.SeeStatistics)},
			{http.MethodGet, "/console/sites/:site/records", k.RecordsPage, may(operator.ReadRecords)},
			{http.MethodPost, "/console/sites/:site/records", k.FindRecord, may(operator.ReadRecords)},
			{http.MethodPost, "/console/sites/:site/records/erase", k.EraseRecord, may(operator.ReadRecords)},
			{http.MethodGet, "/console/sites/:site/records/revisions/:revision", k.Shown, may(operator.ReadRecords)},
		}},
	}
}

// route registers the table.
func (s *Server) route() {
	for _, g := range s.table() {
		e := s.echo
		if g.console {
			e = s.apart
		}
		for _, r := range g.routes {
			with := append(append([]echo.MiddlewareFunc{g.surface.Headers}, g.with...), r.with...)
			e.Add(r.method, r.path, r.handler, with...)
			if r.method == http.MethodGet {
				e.Add(http.MethodHead, r.path, r.handler, with...)
			}
		}
	}
}
