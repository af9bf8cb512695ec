package operator

import (
	"slices"

	"github.com/sekisho/sekisho/server/fault"
)

// Identity is who acts: an operator with a session, a token, or a command. It
// is asked once per act, by Require, and holds for the request that it was made for.
type Identity struct {
	Actor Actor
	// Operator is who signed in, or whose token it is; zero for a command.
	Operator Operator
	// Session names the session among Sessions; "" without one.
	Session string
	// Fresh: the password was given within FreshFor.
	Fresh bool
	// FactorFirst: the installation asks every operator for a second factor, and
	// this one has none yet; nothing else is allowed before.
	FactorFirst bool
	From        string // keyed pseudonym of the address

	epoch       uint64
	permissions []Permission // of a token
	sites       []string     // of a token; none means all
}

// Command is the identity of somebody at the machine's command line, who holds
// the store anyhow. words are the command, such as "sekisho operator invite".
func Command(words string) Identity {
	return Identity{Actor: Actor{Kind: ByCommand, ID: words, Name: words}, Fresh: true}
}

// Require is the one check before an act: nil, or a fault of kind Forbidden
// caused by ErrSignedOut, ErrFactorFirst, ErrNotAllowed or ErrStepUp. site is
// the key of the site that the act is about, "" for none: a token of some sites
// alone may do nothing that is about none, except SeeSites, whose list the
// caller shortens by MaySee.
func (i Identity) Require(p Permission, site string) error {
	r, known := ruleOf(p)
	switch {
	case !known:
		return fault.New(fault.Internal, "%q is no permission", p)
	case i.Actor.Kind == ByCommand:
		return nil
	case i.Actor.Kind == ByOperator && i.FactorFirst:
		return forbidden(ErrFactorFirst, "set up a second factor first: this installation asks every operator for one")
	case i.Actor.Kind == ByOperator && slices.Contains(r.roles, i.Operator.Role):
		if r.stepUp && !i.Fresh {
			return forbidden(ErrStepUp, "enter your password again: this needs one given within the last %d minutes", int(FreshFor.Minutes()))
		}
		return nil
	case i.Actor.Kind == ByToken && i.tokenMay(r, site):
		return nil
	case i.Actor.Kind != ByOperator && i.Actor.Kind != ByToken:
		return signedOut()
	}
	if i.Actor.Kind == ByToken {
		return forbidden(ErrNotAllowed, "this token does not allow this (%s), or not on this site", p)
	}
	return forbidden(ErrNotAllowed, "your role does not allow this (%s)", p)
}

func (i Identity) tokenMay(r rule, site string) bool {
	if !r.token || !slices.Contains(r.roles, i.Operator.Role) || !slices.Contains(i.permissions, r.permission) {
		return false
	}
	if len(i.sites) == 0 || site == "" && r.permission == SeeSites {
		return true
	}
	return slices.Contains(i.sites, site)
}

// MaySee reports whether a site may be shown in lists.
func (i Identity) MaySee(site string) bool {
	return len(i.sites) == 0 || slices.Contains(i.sites, site)
}

// Can reports whether a role has a permission.
func Can(role Role, p Permission) bool {
	r, known := ruleOf(p)
	return known && slices.Contains(r.roles, role)
}

// Permissions are all permissions, in the order of the table.
func Permissions() []Permission { return choose(func(rule) bool { return true }) }

// TokenPermissions are those that a token may hold.
func TokenPermissions() []Permission { return choose(func(r rule) bool { return r.token }) }

func choose(want func(rule) bool) []Permission {
	var all []Permission
	for _, r := range table {
		if want(r) {
			all = append(all, r.permission)
		}
	}
	return all
}

func ruleOf(p Permission) (rule, bool) {
	for _, r := range table {
		if r.permission == p {
			return r, true
		}
	}
	return rule{}, false
}

func forbidden(cause error, format string, args ...any) error {
	return fault.Wrap(fault.Forbidden, cause, format, args...)
}

func signedOut() error { return forbidden(ErrSignedOut, "sign in first") }
