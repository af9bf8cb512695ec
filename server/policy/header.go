package policy

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

// Servers are the names of what Server can write the policy for.
var Servers = []string{"nginx", "apache", "cloudflare", "json"}

//go:embed nginx.conf.tmpl
var nginxText string

//go:embed apache.conf.tmpl
var apacheText string

//go:embed worker.js.tmpl
var workerText string

var templates = map[string]*template.Template{
	"nginx":      template.Must(template.New("nginx").Parse(nginxText)),
	"apache":     template.Must(template.New("apache").Parse(apacheText)),
	"cloudflare": template.Must(template.New("cloudflare").Parse(workerText)),
}

// Server returns what makes a server send the policy as a response header,
// chosen by the cookie for each visitor: one of Servers, with comments of the
// caller's. A cookie that is missing gives the policy of undecided visitors, one
// that cannot be read that of those who denied everything.
func (p *Policy) Server(name string, comments Comments) (string, error) {
	if name == "json" {
		file := *p
		file.Hash = p.fileHash()
		text, err := json.MarshalIndent(&file, "", "  ")
		return string(text) + "\n", err
	}
	var b bytes.Buffer
	err := templates[name].Execute(&b, serverData{p, comments})
	return b.String(), err
}

// fileHash covers whatever stands in a policy file: the middleware folds decisions by all of it.
func (p *Policy) fileHash() string {
	file := *p
	file.Hash = ""
	text, err := json.Marshal(&file)
	if err != nil { // strings, numbers and lists of them
		panic(err)
	}
	return digest(text)
}

// Comments stand in a server's configuration, without what marks a comment.
type Comments struct {
	What  []string // at the top
	Where []string // nginx: ahead of what goes into the server block
}

// serverData is what the templates are filled in with.
type serverData struct {
	*Policy
	Comments
}

// Name is the site's key in names of variables, which know no hyphens.
func (d serverData) Name() string { return strings.ReplaceAll(d.Site, "-", "_") }

// Cookie is the name of the cookie.
func (d serverData) Cookie() string { return CookieName }

// most is how long a word of a configuration gets in bytes: nginx reads none of
// more than 4,096.
const most = 3000

// Chunks returns the sources that every policy has, in pieces that servers take.
func (d serverData) Chunks() []string {
	return pieces("default-src", d.Base)
}

// pieces joins words with a space before each, beginning with first.
func pieces(first string, words []string) []string {
	all := []string{first}
	for _, word := range words {
		last := len(all) - 1
		if len(all[last])+len(word) >= most {
			all = append(all, "")
			last++
		}
		all[last] += " " + word
	}
	return all
}

// choice is a grant as a server chooses it.
type choice struct {
	Name    string // a vendor's index, or "shared0"
	Sources string // with a space before each
	Pattern string // of cookies with which it is given, as PCRE reads it
	// Undecided and GPC: also given without a cookie, and with GPC at that.
	Undecided, GPC bool
}

// Choices are the grants; one of many sources is several.
func (d serverData) Choices() []choice {
	undecided, gpc := d.Undecided(false), d.Undecided(true)
	var choices []choice
	shared := 0
	for _, g := range d.Grants {
		name, pattern := g.key(), ""
		if len(g.Vendors) > 1 {
			name = fmt.Sprint("shared", shared)
			shared++
		}
		// One look ahead per vendor takes time in the cookie's length alone.
		for _, v := range g.Vendors {
			pattern += fmt.Sprintf(`(?=[\d.]*\.%d\.)`, v)
		}
		pattern += `\.(?:\d+\.)*+`
		for i, sources := range pieces("", g.Sources) {
			c := choice{Name: name, Sources: sources, Pattern: pattern, Undecided: g.given(undecided), GPC: g.given(gpc)}
			if i > 0 {
				c.Name += fmt.Sprint("more", i)
			}
			choices = append(choices, c)
		}
	}
	return choices
}

// Groups returns the choices in groups that nginx can name in one word.
func (d serverData) Groups() [][]choice {
	return slices.Collect(slices.Chunk(d.Choices(), 40))
}

// OptOut reports whether a visitor without a cookie allows anybody.
func (d serverData) OptOut() bool { return len(d.Undecided(false)) > 0 }

// Arguments are the values of the Worker's script.
func (d serverData) Arguments() (map[string]string, error) {
	values := map[string]string{}
	for name, v := range map[string]any{
		"policy": d.Header(Allowed{}), "grants": d.Table(), "undecided": d.Undecided(false).String(), "gpc": d.Undecided(true).String(),
	} {
		text, err := js(v)
		if err != nil {
			return nil, err
		}
		values[name] = text
	}
	return values, nil
}
