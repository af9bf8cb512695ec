package main

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"

	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// demoEmail is the name of the demo's owner.
const demoEmail = "owner@demo.example"

// seedOperator makes the demo's owner at its first start, and returns the password
// that lies in the demo's folder; "" where somebody has taken the file away.
func seedOperator(ctx context.Context, srv *server.Server, data string) (string, error) {
	file := filepath.Join(data, "operator.txt")
	needed, err := srv.Operators.NeedsSetUp(ctx)
	if err != nil {
		return "", err
	}
	if !needed {
		kept, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			return "", fault.Wrap(fault.Invalid, err, "cannot read %s", file)
		}
		return strings.TrimSpace(string(kept)), nil
	}
	password := strings.ToLower(rand.Text())
	// The file first: a password that nobody knows is worse than one too many.
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		return "", fault.Wrap(fault.Invalid, err, "cannot write %s", file)
	}
	link, err := srv.Operators.SetUpLink(ctx, operator.Command("sekisho demo"))
	if err != nil {
		return "", err
	}
	lang := "en"
	if language() == "ja" {
		lang = "ja"
	}
	_, err = srv.Operators.Accept(ctx, link.Token, operator.Acceptance{Email: demoEmail, Language: lang, Password: password})
	return password, err
}
