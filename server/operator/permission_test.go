package operator_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// TestTable: who may do what, written out a second time, so that a change of
// the table is a change of this test.
func TestTable(t *testing.T) {
	const o, e, v = operator.Owner, operator.Editor, operator.Viewer
	want := map[operator.Permission][]operator.Role{
		operator.SeeSites: {o, e, v}, operator.SeeStatistics: {o, e, v},
		operator.CreateSites: {o, e}, operator.EditDrafts: {o, e}, operator.Publish: {o, e}, operator.ReadRecords: {o, e},
		operator.ExportRecords: {o}, operator.SeeOperators: {o}, operator.ManageOperators: {o}, operator.ManageTokens: {o},
		operator.ReadAudit: {o}, operator.ChangeSettings: {o},
	}
	stepUp := []operator.Permission{operator.ExportRecords, operator.ManageOperators, operator.ManageTokens, operator.ChangeSettings}
	never := []operator.Permission{operator.SeeOperators, operator.ManageOperators, operator.ManageTokens, operator.ChangeSettings}
	if got := operator.Permissions(); len(got) != len(want) {
		t.Errorf("%d permissions, not %d: %v", len(got), len(want), got)
	}
	for p, roles := range want {
		for _, role := range operator.Roles() {
			may := slices.Contains(roles, role)
			if operator.Can(role, p) != may {
				t.Errorf("%s %s: not %v", role, p, may)
			}
			by := operator.Identity{Actor: operator.Actor{Kind: operator.ByOperator}, Operator: operator.Operator{Role: role}, Fresh: true}
			if err := by.Require(p, "shop"); (err == nil) != may || err != nil && !errors.Is(err, operator.ErrNotAllowed) {
				t.Errorf("%s %s: %v", role, p, err)
			}
			by.Fresh = false
			if err := by.Require(p, "shop"); may && errors.Is(err, operator.ErrStepUp) != slices.Contains(stepUp, p) {
				t.Errorf("%s %s without a password given lately: %v", role, p, err)
			}
			by.FactorFirst = true
			if err := by.Require(p, "shop"); !errors.Is(err, operator.ErrFactorFirst) {
				t.Errorf("%s %s without the second factor that is asked for: %v", role, p, err)
			}
		}
		if slices.Contains(operator.TokenPermissions(), p) == slices.Contains(never, p) {
			t.Errorf("%s: wrong whether a token may hold it", p)
		}
	}
}

func TestRequire(t *testing.T) {
	if err := command.Require(operator.ManageOperators, ""); err != nil {
		t.Errorf("a command: %v", err)
	}
	for _, by := range []operator.Identity{{}, {Actor: operator.Actor{Kind: operator.ByNobody}, Operator: operator.Operator{Role: operator.Owner}, Fresh: true}} {
		for _, p := range operator.Permissions() {
			wantErr(t, "nobody", by.Require(p, ""), operator.ErrSignedOut, fault.Forbidden)
		}
	}
	wantKind(t, "no permission", command.Require("fly", ""), fault.Internal)
	unknown := operator.Identity{Actor: operator.Actor{Kind: operator.ByOperator}, Operator: operator.Operator{Role: "god"}, Fresh: true}
	wantErr(t, "a role that is none", unknown.Require(operator.SeeSites, ""), operator.ErrNotAllowed, fault.Forbidden)
}
