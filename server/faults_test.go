package server

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReasonsAreWrittenInBothLanguages: what a person may read beside a field is
// written in Japanese as well, wherever a field is put together.
func TestReasonsAreWrittenInBothLanguages(t *testing.T) {
	// Entries of the catalogue itself are written by its maintainers, in English.
	maintainers := map[string]bool{"catalogue/catalogue.go": true, "catalogue/decode.go": true}
	seen := 0
	for _, dir := range []string{"catalogue", "console", "operator", "policy", "site"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || maintainers[filepath.ToSlash(file)] {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			set := gotoken.NewFileSet()
			tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				literal, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				keys := map[string]bool{}
				for _, element := range literal.Elts {
					if pair, ok := element.(*ast.KeyValueExpr); ok {
						if name, ok := pair.Key.(*ast.Ident); ok {
							keys[name.Name] = true
						}
					}
				}
				if !keys["Path"] || !keys["Reason"] {
					return true
				}
				seen++
				// The console's own picks one language of two.
				if !keys["ReasonJa"] && filepath.ToSlash(file) != "console/page.go" {
					t.Errorf("%s: a reason without Japanese", set.Position(literal.Pos()))
				}
				return true
			})
		}
	}
	if seen < 10 {
		t.Errorf("only %d reasons seen", seen)
	}
}
