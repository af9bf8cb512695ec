package operator

// Role says what an operator may do; see table.
type Role string

const (
	Owner  Role = "owner"  // everything, the operators too
	Editor Role = "editor" // sites, from draft to publication
	Viewer Role = "viewer" // looks at sites and figures
)

// Roles are all roles, the mightiest first.
func Roles() []Role { return []Role{Owner, Editor, Viewer} }

// Permission is one thing that an operator or a token may be allowed to do.
type Permission string

const (
	SeeSites        Permission = "see-sites"        // sites, drafts, revisions
	CreateSites     Permission = "create-sites"     // new sites
	EditDrafts      Permission = "edit-drafts"      // drafts of sites, imports
	Publish         Permission = "publish"          // publish, announce, roll back, pause
	SeeStatistics   Permission = "see-statistics"   // what visitors chose and pages reported, as figures
	ReadRecords     Permission = "read-records"     // one visitor's decisions; each look is in the audit log
	ExportRecords   Permission = "export-records"   // decisions of a period
	SeeOperators    Permission = "see-operators"    // operators, links and tokens that are out
	ManageOperators Permission = "manage-operators" // invitations, roles, resets, removals
	ManageTokens    Permission = "manage-tokens"    // the API's tokens
	ReadAudit       Permission = "read-audit"       // the audit log, and its export
	ChangeSettings  Permission = "change-settings"  // of the installation
)

// rule is one row of the table.
type rule struct {
	permission Permission
	roles      []Role
	// stepUp: an operator must have given the password lately (ASVS 5.0, 7.5.3).
	stepUp bool
	// token: a token may hold it. What could make new operators or tokens it may
	// not, so that a token that leaked ends with its own end.
	token bool
}

// table is the one place that says who may do what.
var table = []rule{
	{SeeSites, []Role{Owner, Editor, Viewer}, false, true},
	{CreateSites, []Role{Owner, Editor}, false, true},
	{EditDrafts, []Role{Owner, Editor}, false, true},
	{Publish, []Role{Owner, Editor}, false, true},
	{SeeStatistics, []Role{Owner, Editor, Viewer}, false, true},
	{ReadRecords, []Role{Owner, Editor}, false, true},
	{ExportRecords, []Role{Owner}, true, true},
	{SeeOperators, []Role{Owner}, false, false},
	{ManageOperators, []Role{Owner}, true, false},
	{ManageTokens, []Role{Owner}, true, false},
	{ReadAudit, []Role{Owner}, false, true},
	{ChangeSettings, []Role{Owner}, true, false},
}
