package operator_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestToken(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	text, made, err := e.CreateToken(t.Context(), a.Identity, operator.TokenRequest{Name: "配備", Permissions: []operator.Permission{operator.SeeSites, operator.EditDrafts}, Sites: []string{"shop"}, Days: 30})
	e.ok(err)
	if !strings.HasPrefix(text, "sk_") || len(text) != 61 || !strings.HasPrefix(text, made.Hint) || len(made.Hint) != 9 || !made.ExpiresAt.Equal(e.now.AddDate(0, 0, 30)) {
		t.Errorf("%s, %+v", text, made)
	}
	by := must(e.Bearer(t.Context(), text, here))(t)
	if by.Actor != (operator.Actor{Kind: operator.ByToken, ID: made.ID, Name: "配備", For: a.Identity.Operator.ID}) || by.From != here {
		t.Errorf("%+v", by.Actor)
	}
	for _, c := range []struct {
		p    operator.Permission
		site string
		ok   bool
	}{
		{operator.SeeSites, "shop", true}, {operator.EditDrafts, "shop", true}, {operator.SeeSites, "", true},
		{operator.SeeSites, "shop2", false}, {operator.EditDrafts, "", false}, {operator.Publish, "shop", false}, {operator.ManageOperators, "", false}, {operator.ReadAudit, "", false},
	} {
		if err := by.Require(c.p, c.site); (err == nil) != c.ok || err != nil && !errors.Is(err, operator.ErrNotAllowed) {
			t.Errorf("%s %q: %v", c.p, c.site, err)
		}
	}
	if !by.MaySee("shop") || by.MaySee("shop2") || !a.Identity.MaySee("shop2") {
		t.Error("lists are not shortened to the token's sites")
	}
	list := must(e.Tokens(t.Context(), a.Identity))(t)
	if len(list) != 1 || list[0].LastUsed != "2026-11-22" || list[0].Hash != "" {
		t.Errorf("%+v", list)
	}
	if kept := must(e.store.Roster(t.Context()))(t).Tokens[0]; strings.Contains(kept.Hash, text[3:]) || len(kept.Hash) != 64 {
		t.Errorf("kept as %q", kept.Hash)
	}
	e.pass(29 * 24 * time.Hour)
	must(e.Bearer(t.Context(), text, here))(t)
	e.pass(24 * time.Hour)
	_, err = e.Bearer(t.Context(), text, here)
	wantErr(t, "expired", err, operator.ErrToken, fault.Forbidden)
	wantKind(t, "no such token", e.RevokeToken(t.Context(), command, "x"), fault.NotFound)
	e.ok(e.RevokeToken(t.Context(), command, made.ID))
	if list := must(e.Tokens(t.Context(), command))(t); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

func TestTokenIsNoMoreThanItsMaker(t *testing.T) {
	e := newEnv(t)
	e.owner()
	b := e.join("b@example.jp", operator.Owner)
	id := b.Identity.Operator.ID
	text, made, err := e.CreateToken(t.Context(), b.Identity, operator.TokenRequest{Name: "ci", Permissions: operator.TokenPermissions(), Days: 366})
	e.ok(err)
	if by := must(e.Bearer(t.Context(), text, here))(t); by.Require(operator.ReadAudit, "") != nil || by.Require(operator.Publish, "any") != nil {
		t.Error("less than it was given")
	}
	e.ok(e.SetRole(t.Context(), command, id, operator.Viewer))
	by := must(e.Bearer(t.Context(), text, here))(t)
	wantErr(t, "after its maker was demoted", by.Require(operator.Publish, "any"), operator.ErrNotAllowed, fault.Forbidden)
	e.ok(by.Require(operator.SeeSites, "any"))
	e.ok(e.Suspend(t.Context(), command, id))
	_, err = e.Bearer(t.Context(), text, here)
	wantErr(t, "while its maker is suspended", err, operator.ErrToken, fault.Forbidden)
	e.ok(e.Resume(t.Context(), command, id))
	must(e.Bearer(t.Context(), text, here))(t)
	e.ok(e.RevokeToken(t.Context(), command, made.ID))
	_, err = e.Bearer(t.Context(), text, here)
	wantErr(t, "revoked", err, operator.ErrToken, fault.Forbidden)
}

func TestTokenRequests(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	ok := operator.TokenRequest{Name: "ci", Permissions: []operator.Permission{operator.SeeSites}, Days: 1}
	for _, c := range []struct {
		path string
		set  func(*operator.TokenRequest)
	}{
		{"/name", func(r *operator.TokenRequest) { r.Name = " " }},
		{"/permissions", func(r *operator.TokenRequest) { r.Permissions = nil }},
		{"/permissions/1", func(r *operator.TokenRequest) { r.Permissions = append(r.Permissions, operator.ManageTokens) }},
		{"/permissions/1", func(r *operator.TokenRequest) { r.Permissions = append(r.Permissions, operator.ManageOperators) }},
		{"/permissions/1", func(r *operator.TokenRequest) { r.Permissions = append(r.Permissions, "fly") }},
		{"/sites/0", func(r *operator.TokenRequest) { r.Sites = []string{""} }},
		{"/sites/0", func(r *operator.TokenRequest) { r.Sites = []string{strings.Repeat("a", 33)} }},
		{"/days", func(r *operator.TokenRequest) { r.Days = 0 }},
		{"/days", func(r *operator.TokenRequest) { r.Days = 367 }},
	} {
		r := ok
		r.Permissions = slices.Clone(ok.Permissions)
		c.set(&r)
		_, _, err := e.CreateToken(t.Context(), a.Identity, r)
		wantField(t, c.path, err, c.path)
	}
	_, _, err := e.CreateToken(t.Context(), command, ok)
	wantErr(t, "a token that would be nobody's", err, operator.ErrSignedOut, fault.Forbidden)
	text, _, err := e.CreateToken(t.Context(), a.Identity, ok)
	e.ok(err)
	by := must(e.Bearer(t.Context(), text, here))(t)
	_, _, err = e.CreateToken(t.Context(), by, ok)
	wantErr(t, "a token made by a token", err, operator.ErrSignedOut, fault.Forbidden)
	for _, wrong := range []string{"", "sk_", text[:60], text + "a", strings.ToUpper(text), text[:60] + "a", "sk_" + strings.Repeat("a", 58), "xx_" + text[3:]} {
		if wrong != text {
			_, err := e.Bearer(t.Context(), wrong, here)
			wantErr(t, wrong, err, operator.ErrToken, fault.Forbidden)
		}
	}
}
