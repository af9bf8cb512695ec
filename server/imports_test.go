package server

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is this repository's import path.
const module = "github.com/sekisho/sekisho/"

// domain packages know no echo, no Redis, no HTTP status and no environment.
var domain = []string{"server/fault", "server/strictjson", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator", "server/statistics"}

// allowed says which of our own packages a package may import ("*": any), so
// that arrows point one way. A package that stands in no row fails the test.
var allowed = map[string][]string{
	"cmd/sekisho":                  {"*"},
	"cmd/sekisho/demo":             {"server/catalogue"},
	"server":                       {"*"},
	"server/fault":                 {},
	"server/strictjson":            {},
	"server/catalogue":             {"server/fault", "server/strictjson"},
	"server/site":                  {"server/fault", "server/strictjson", "server/catalogue"},
	"server/consent":               {"server/fault", "server/catalogue", "server/site"},
	"server/discovery":             {"server/fault", "server/site"},
	"server/operator":              {"server/fault"},
	"server/statistics":            {"server/fault", "server/site", "server/consent"},
	"server/bundle":                {"server/fault", "server/catalogue", "server/site", "server/discovery", "server/policy", "widget", "vendors"},
	"server/web":                   {"server/fault", "server/strictjson"},
	"server/api":                   {"server/fault", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator", "server/bundle", "server/web"},
	"server/mail":                  {"server/fault"},
	"server/notice":                {"server/fault", "server/catalogue", "server/site", "server/web"},
	"server/console":               {"server/fault", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator", "server/statistics", "server/bundle", "server/policy", "server/snippet", "server/web"},
	"server/mark":                  {"server/fault", "server/catalogue"},
	"server/policy":                {"server/fault", "server/catalogue", "server/site", "server/consent"},
	"server/snippet":               {"server/discovery", "server/policy"},
	"server/store/redis":           {"server/fault", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator"},
	"server/store/redis/redistest": {},
	"server/store/embedded":        {"server/fault", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator"},
	"server/store/storetest":       {"server/fault", "server/catalogue", "server/site", "server/consent", "server/discovery", "server/operator"},
	"vendors":                      {},
	"widget":                       {},
}

// only says who may import a library that shapes whatever touches it.
var only = map[string][]string{
	"github.com/labstack/echo/v4":    {"server", "server/web", "server/api", "server/notice", "server/console"},
	"github.com/redis/go-redis/v9":   {"server/store/redis", "server/store/redis/redistest"},
	"github.com/evanw/esbuild":       {"server/bundle"},
	"modernc.org/sqlite":             {"server/store/embedded"},
	"github.com/pquerna/otp":         {"server/operator"},
	"golang.org/x/crypto":            {"server/operator"},
	"github.com/go-redis/redis_rate": {"server/store/redis"},
	"github.com/wneessen/go-mail":    {"server/mail"},
	"github.com/boombuler/barcode":   {"server/console"},
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports ","}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 3 {
		t.Fatalf("go list found only %d packages", len(lines))
	}
	for _, line := range lines {
		path, list, _ := strings.Cut(line, "|")
		pkg := strings.TrimPrefix(path, module)
		may, known := allowed[pkg]
		if !known {
			t.Errorf("%s: no row in imports_test.go; say what it may import", pkg)
			continue
		}
		for imported := range strings.SplitSeq(list, ",") {
			if own, ok := strings.CutPrefix(imported, module); ok {
				if !slices.Contains(may, "*") && !slices.Contains(may, own) {
					t.Errorf("%s imports %s", pkg, own)
				}
				continue
			}
			for lib, users := range only {
				if (imported == lib || strings.HasPrefix(imported, lib+"/")) && !slices.Contains(users, pkg) {
					t.Errorf("%s imports %s; only %v may", pkg, imported, users)
				}
			}
			if slices.Contains(domain, pkg) && (imported == "net/http" || imported == "os") {
				t.Errorf("%s imports %s; domain packages know neither HTTP nor the environment", pkg, imported)
			}
		}
	}
}
