package policy

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"
)

// Tag returns the one line that every page has: the site's script, from the
// service at server.
func Tag(server, site string) string {
	return `<script src="` + html.EscapeString(server+"/s/"+site+".js") + `"></script>`
}

// Sealed returns the line that keeps Chromium from fetching static scripts ahead,
// before the tag. The policy in it is commented out before it could apply; the
// browser's preload scanner, which runs no scripts, stops at it all the same.
func Sealed(server, site string) string {
	return `<script>document.write('<!--')</script><meta http-equiv="Content-Security-Policy" content="object-src *"><!-- -->` + "\n" + Tag(server, site)
}

// Strict returns the policy as it stands for undecided visitors, before the tag.
// For the others a script ahead of it reads the cookie, writes the policy that is
// theirs and comments the static one out. Without scripts, and whenever that
// script fails, the static one applies.
func (p *Policy) Strict(server string) string {
	words, err := js(p.Header(Allowed{}), p.Table(), p.Undecided(false).String(), p.Undecided(true).String())
	if err != nil { // they are strings and lists of strings
		panic(err)
	}
	return "<script>try{(function(policy,grants,undecided,gpc,found,allowed){\n" +
		"found=document.cookie.split('; ').filter(function(c){return!c.indexOf('" + CookieName + "=')}).map(function(c){return c.slice(" + cookieAt + ")});\n" +
		"allowed=found[0]==null?navigator.globalPrivacyControl?gpc:undecided:/^\\.(\\d+\\.)*$/.test(found[0])&&found.every(function(v){return v==found[0]})?found[0]:'.';\n" +
		"if(allowed==undecided)return;\n" +
		"grants.forEach(function(g){if(g[0].split('.').every(function(v){return~allowed.indexOf('.'+v+'.')}))policy+=' '+g[1]});\n" +
		"document.write('<meta http-equiv=\"Content-Security-Policy\" data-sekisho=\"" + p.Hash + "\" content=\"'+policy+'\"><!--')\n" +
		"})(" + words + ")}catch(e){}</script>" +
		`<meta http-equiv="Content-Security-Policy" data-sekisho="` + p.Hash + `" content="` + p.Header(p.Undecided(false)) + `"><!-- -->` + "\n" +
		Tag(server, p.Site)
}

// cookieAt is the length of CookieName and "=".
const cookieAt = "16"

// Table returns the grants as pages carry them: [["2", "*.criteo.com …"], …].
func (p *Policy) Table() [][2]string {
	table := [][2]string{}
	for _, g := range p.Grants {
		table = append(table, [2]string{g.key(), strings.Join(g.Sources, " ")})
	}
	return table
}

// js writes values as a script's arguments.
func js(values ...any) (string, error) {
	var b bytes.Buffer
	for i, v := range values {
		if i > 0 {
			b.WriteString(",\n")
		}
		text, err := json.Marshal(v)
		if err != nil {
			return "", err
		}
		// One grant a line, to be read.
		b.Write(bytes.ReplaceAll(text, []byte(`],["`), []byte("],\n[\"")))
	}
	return b.String(), nil
}
