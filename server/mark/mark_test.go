package mark

import (
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
)

// testMarker knows vendor a (a.example and what is below), b (b.example) and
// tags (one path on shared.example).
func testMarker() *Marker {
	vendor := func(id string, hosts ...catalogue.Host) *catalogue.Vendor {
		return &catalogue.Vendor{ID: id, Hosts: hosts}
	}
	return New([]*catalogue.Vendor{
		vendor("a", catalogue.Host{Host: "a.example"}, catalogue.Host{Host: "*.a.example"}),
		vendor("b", catalogue.Host{Host: "b.example"}),
		vendor("tags", catalogue.Host{Host: "shared.example", Path: "/gtag/js?id=G-*"}),
	}, "own.a.example")
}

func rewrite(t testing.TB, page string) (string, Report) {
	t.Helper()
	var out strings.Builder
	report, err := testMarker().Rewrite(&out, strings.NewReader(page))
	if err != nil {
		t.Fatalf("%q: %v", page, err)
	}
	return out.String(), report
}

// same is for pages that stay as they are.
const same = ""

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		// Scripts.
		{"script", `<script src="https://a.example/1.js"></script>`, `<script type="text/plain" data-vendor="a" src="https://a.example/1.js"></script>`},
		{"odd spelling", "<SCRIPT\n ASYNC sRc = 'https://A.Example/1.js' x>/**/</ScRiPt >", "<SCRIPT type=\"text/plain\" data-vendor=\"a\"\n ASYNC sRc = 'https://A.Example/1.js' x>/**/</ScRiPt >"},
		{"no space, no quotes", `<script/src=//a.example/1.js></script>`, `<script type="text/plain" data-vendor="a"/src=//a.example/1.js></script>`},
		{"a type is kept", `<script type=module src="https://a.example/1.js" nonce=x></script>`, `<script type="text/plain" data-vendor="a" data-sekisho-type=module src="https://a.example/1.js" nonce=x></script>`},
		{"a type in capitals, twice", `<script TYPE="Text/JavaScript" type="x" src="https://a.example/1.js"></script>`, `<script type="text/plain" data-vendor="a" data-sekisho-TYPE="Text/JavaScript" data-sekisho-type="x" src="https://a.example/1.js"></script>`},
		{"a language", `<script language="JavaScript" src="https://a.example/1.js"></script>`, `<script type="text/plain" data-vendor="a" language="JavaScript" src="https://a.example/1.js"></script>`},
		{"a script with a data-vendor of the page's own", `<script data-vendor="nike" src="https://a.example/1.js"></script>`, `<script type="sekisho/held" data-vendor="nike" src="https://a.example/1.js"></script>`},
		{"type that no browser runs", `<script type="text/template" src="https://a.example/1.js"></script>`, same},
		{"type with parameters", `<script type="text/javascript; charset=utf-8" src="https://a.example/1.js"></script>`, same},
		{"language that no browser runs", `<script language="vbscript" src="https://a.example/1.js"></script>`, same},
		{"inline loader", `<script>(function(s){s.src='https://a.example/1.js'})(x)</script>`, same},
		{"markup in a script", `<script>document.write('<script src="https://a.example/1.js"><\/script>')</script>`, same},
		{"escaped script in a script", `<script><!--<script src="https://a.example/1.js"></script>--></script><img src=//a.example>`, `<script><!--<script src="https://a.example/1.js"></script>--></script><img data-vendor="a" data-src=//a.example>`},
		{"own scripts", `<script src="/a.js"></script><script src="https://own.example/a.example.js"></script>`, same},
		{"a host of the site's below a vendor's", `<script src="https://own.a.example/1.js"></script>`, same},
		{"a host like a vendor's", `<script src="https://evil-a.example/1.js"></script><script src="https://a.example.evil.test/1.js"></script>`, same},
		{"path and query", `<script src="https://shared.example/gtag/js?x=1&amp;id=G-1"></script><script src="https://shared.example/gtag/js?id=G-1&amp;l=x"></script>`,
			`<script src="https://shared.example/gtag/js?x=1&amp;id=G-1"></script><script type="text/plain" data-vendor="tags" src="https://shared.example/gtag/js?id=G-1&amp;l=x"></script>`},
		{"a reference without its semicolon", `<script src="https://a.example/1.js?a=1&copy=2"></script>`, `<script type="text/plain" data-vendor="a" src="https://a.example/1.js?a=1&copy=2"></script>`},

		// Elements with an inert form of their own.
		{"iframe", `<iframe width=1 src="https://a.example/1.html" loading=lazy></iframe>`, `<iframe data-vendor="a" width=1 data-src="https://a.example/1.html" loading=lazy></iframe>`},
		{"img", `<img alt="x"src=https://a.example/1.gif>`, `<img data-vendor="a" alt="x"data-src=https://a.example/1.gif>`},
		{"img, closed", `<img src="https://a.example/1.gif" />`, `<img data-vendor="a" data-src="https://a.example/1.gif" />`},
		{"image, which is an img", `<image src="https://a.example/1.gif">`, `<image data-vendor="a" data-src="https://a.example/1.gif">`},
		{"img with srcset", `<img srcset="/own.gif 1x, https://a.example/2.gif 2x" src="https://a.example/1.gif">`, `<img data-vendor="a" data-srcset="/own.gif 1x, https://a.example/2.gif 2x" data-src="https://a.example/1.gif">`},
		{"img with a srcset of its own", `<img srcset="/own.gif 1x" src="https://a.example/1.gif">`, `<img data-vendor="a" srcset="/own.gif 1x" data-src="https://a.example/1.gif">`},
		{"img, srcset alone", `<img src="/own.gif" srcset="https://a.example/2.gif 2x">`, `<img src="/own.gif" data-sekisho-srcset="https://a.example/2.gif 2x">`},
		{"img, src twice", `<img src="https://a.example/1.gif" SRC="https://b.example/2.gif">`, `<img data-vendor="a" data-src="https://a.example/1.gif" data-SRC="https://b.example/2.gif">`},
		{"img for a lazy loader", `<img src="https://a.example/0.gif" data-src="https://a.example/1.gif">`, `<img data-sekisho-src="https://a.example/0.gif" data-src="https://a.example/1.gif">`},
		{"img that nothing fetches yet", `<img data-src="https://a.example/1.gif">`, same},
		{"img with a data-vendor of the page's own", `<img data-vendor="nike" src="https://a.example/1.gif">`, `<img data-vendor="nike" data-sekisho-src="https://a.example/1.gif">`},
		{"stylesheet", `<link rel=stylesheet href=https://a.example/1.css>`, `<link data-vendor="a" rel=stylesheet data-href=https://a.example/1.css>`},
		{"hints", `<link rel="dns-prefetch" href="//a.example"><link rel="preconnect" href="https://a.example" crossorigin><link rel="PreLoad" as=script href="https://b.example/1.js">`,
			`<link data-vendor="a" rel="dns-prefetch" data-href="//a.example"><link data-vendor="a" rel="preconnect" data-href="https://a.example" crossorigin><link data-vendor="b" rel="PreLoad" as=script data-href="https://b.example/1.js">`},
		{"links that fetch nothing", `<link rel=canonical href=https://a.example/><link href=https://a.example/><link rel="me author" href=https://a.example/>`, same},
		{"preload with imagesrcset", `<link rel=preload as=image imagesrcset="https://a.example/1.gif 1x">`, `<link rel=preload as=image data-sekisho-imagesrcset="https://a.example/1.gif 1x">`},
		{"iframe with srcdoc", `<iframe srcdoc="&lt;script src=https://a.example/1.js>&lt;/script>"></iframe>`, `<iframe data-sekisho-srcdoc="&lt;script src=https://a.example/1.js>&lt;/script>"></iframe>`},
		{"iframe with a text for srcdoc", `<iframe srcdoc="https://a.example/1.js"></iframe>`, same},
		{"frame", `<frameset><frame src="https://a.example/"></frameset>`, `<frameset><frame data-sekisho-src="https://a.example/"></frameset>`},
		{"form, link and text", `<form action="https://a.example/"><a href="https://a.example/" ping="/own">https://a.example/</a></form>`, same},

		// Templates around the others.
		{"embed", `<body><embed src="https://a.example/1.svg">`, `<body><template data-vendor="a"><embed src="https://a.example/1.svg"></template>`},
		{"object with what stands in for it", `<body><object data="https://a.example/1"><p>text<img src=/own.gif></p><embed src="https://a.example/1"></object>.`, `<body><template data-vendor="a"><object data="https://a.example/1"><p>text<img src=/own.gif></p><embed src="https://a.example/1"></object></template>.`},
		{"object in an object", `<body><object data="https://a.example/1"><object data="https://a.example/2"></object>x</object><object data=/own></object>`, `<body><template data-vendor="a"><object data="https://a.example/1"><object data="https://a.example/2"></object>x</object></template><object data=/own></object>`},
		{"another vendor inside", `<body><object data="https://a.example/1"><script src="//b.example/1.js"></script><embed src="//b.example/2"><iframe src="//b.example"></iframe></object>`,
			`<body><template data-vendor="a"><object data="https://a.example/1"><script type="text/plain" data-vendor="b" src="//b.example/1.js"></script><embed data-sekisho-src="//b.example/2"><iframe data-vendor="b" data-src="//b.example"></iframe></object></template>`},
		{"sources and tracks", `<body><video><source src="https://a.example/1.mp4"><source src=/own><track src="https://a.example/1.vtt"></video>`,
			`<body><video><template data-vendor="a"><source src="https://a.example/1.mp4"></template><source src=/own><template data-vendor="a"><track src="https://a.example/1.vtt"></template></video>`},
		{"picture", `<body><picture><source srcset="https://a.example/1.webp, /own 2x"><img src=/own></picture>`, `<body><picture><template data-vendor="a"><source srcset="https://a.example/1.webp, /own 2x"></template><img src=/own></picture>`},
		{"input", `<body><input type=Image src=//a.example/1><input src=//a.example/1>`, `<body><template data-vendor="a"><input type=Image src=//a.example/1></template><input src=//a.example/1>`},
		{"nobody closes it", `<body><div><object data=//a.example/1></div><p>text</p>`, `<body><div><object data-sekisho-data=//a.example/1></div><p>text</p>`},
		{"closed over something open", `<body><object data=//a.example/1><div></object></div>`, `<body><object data-sekisho-data=//a.example/1><div></object></div>`},
		{"cut off", `<body><object data=//a.example/1><p>text`, `<body><object data-sekisho-data=//a.example/1><p>text`},
		{"closed too far away", `<body><object data=//a.example/1>` + strings.Repeat("<b></b>", 10_000) + `</object>`, `<body><object data-sekisho-data=//a.example/1>` + strings.Repeat("<b></b>", 10_000) + `</object>`},

		{"before there is a body", `<!doctype html><meta charset=utf-8><title>x</title> <embed src=//a.example/1><embed src=//a.example/2>`, `<!doctype html><meta charset=utf-8><title>x</title> <embed data-sekisho-src=//a.example/1><template data-vendor="a"><embed src=//a.example/2></template>`},

		// The gate's own form.
		{"video", `<body><video src="https://a.example/1.mp4" controls></video>`, `<body><video data-sekisho-src="https://a.example/1.mp4" controls></video>`},
		{"video of the site's with a vendor's poster", `<video poster="https://a.example/1.gif" src=/own.mp4></video>`, `<video data-sekisho-poster="https://a.example/1.gif" src=/own.mp4></video>`},
		{"audio", `<audio src=//a.example/1></audio>`, `<audio data-sekisho-src=//a.example/1></audio>`},

		// Where tags are none, or mean something else.
		{"comment", `<!-- <script src="https://a.example/1.js"></script> -->`, same},
		{"bogus comments", `<?php <img src=//a.example><img src=//a.example></>`, `<?php <img src=//a.example><img data-vendor="a" data-src=//a.example></>`},
		{"style, textarea, title", `<title><img src=//a.example></title><style><img src=//a.example></style><textarea><img src=//a.example></textarea><xmp><img src=//a.example></xmp>`, same},
		{"plaintext", `<plaintext><img src=//a.example>`, same},
		{"template", `<template><img src=//a.example><template></template><script src=//a.example></script></template><img src=//a.example>`,
			`<template><img src=//a.example><template></template><script src=//a.example></script></template><img data-vendor="a" data-src=//a.example>`},
		{"template that becomes a shadow root", `<div><template shadowrootmode=open><template><img src=//a.example></template><img src=//a.example></template></div>`,
			`<div><template shadowrootmode=open><template><img src=//a.example></template><img data-vendor="a" data-src=//a.example></template></div>`},
		{"end of a template that is none", `</template><img src=//a.example>`, `</template><img data-vendor="a" data-src=//a.example>`},
		{"noscript", `<noscript><img height=1 src="https://a.example/1.gif"/></noscript>`, `<noscript><img data-vendor="a" height=1 data-src="https://a.example/1.gif"/></noscript>`},
		{"noscript with other things", `<noscript><iframe src="//a.example"></iframe><embed src="//a.example"><link rel=stylesheet href="//a.example"></noscript>`,
			`<noscript><iframe data-vendor="a" data-src="//a.example"></iframe><embed data-sekisho-src="//a.example"><link data-vendor="a" rel=stylesheet data-href="//a.example"></noscript>`},
		{"noscript that leaves an iframe open", `<noscript><iframe src="//a.example"></noscript><img src="//a.example">`, `<noscript><iframe data-vendor="a" data-src="//a.example"></noscript><img data-vendor="a" data-src="//a.example">`},
		{"noscript in a template", `<template><noscript><img src="//a.example"></noscript></template>`, same},
		{"SVG", `<svg><image href="//a.example/1"/><use xlink:href="//a.example/1"/><script href="//a.example/1"/><feImage HREF="//a.example/1"/><image href="/own"/></svg>`,
			`<svg><image data-sekisho-href="//a.example/1"/><use data-sekisho-xlink:href="//a.example/1"/><script type="text/plain" data-vendor="a" data-sekisho-href="//a.example/1"/><feImage data-sekisho-HREF="//a.example/1"/><image href="/own"/></svg>`},
		{"SVG whose title and style close themselves", `<svg><title/><style/></svg><img src=//a.example>`, `<svg><title/><style/></svg><img data-vendor="a" data-src=//a.example>`},
		{"SVG with CDATA", `<svg><style><![CDATA[ a>b{} <img src=//a.example> ]]></style></svg><![CDATA[><img src=//a.example>]]>`, `<svg><style><![CDATA[ a>b{} <img src=//a.example> ]]></style></svg><![CDATA[><img data-vendor="a" data-src=//a.example>]]>`},
		{"HTML in SVG", `<svg><foreignObject><embed src=//a.example><style/><img src=//a.example></style></foreignObject><style/><image href="//a.example"/></svg>`,
			`<svg><foreignObject><template data-vendor="a"><embed src=//a.example></template><style/><img src=//a.example></style></foreignObject><style/><image data-sekisho-href="//a.example"/></svg>`},
		{"SVG that a tag of HTML ends", `<svg><p><embed src=//a.example>`, `<svg><p><template data-vendor="a"><embed src=//a.example></template>`},
		{"SVG that a tag of a vendor ends", `<svg><embed src=//a.example><embed src=//a.example>`, `<svg><embed data-sekisho-src=//a.example><template data-vendor="a"><embed src=//a.example></template>`},
		{"SVG script with a data-vendor of the page's own", `<svg><script data-vendor=x xlink:href="//a.example"></script></svg>`, `<svg><script type="sekisho/held" data-vendor=x data-sekisho-xlink:href="//a.example"></script></svg>`},
		{"SVG that nobody closes", `<div><svg><g></div><script>"<img src=//a.example>"</script>`, same},
		{"a template in SVG is none", `<svg><template><image href="//a.example"/></template></svg>`, `<svg><template><image data-sekisho-href="//a.example"/></template></svg>`},
		{"MathML", `<math><mi><embed src=//a.example></mi><annotation-xml encoding="text/html"><embed src=//a.example></annotation-xml><style/></math><img src=//a.example>`,
			`<math><mi><template data-vendor="a"><embed src=//a.example></template></mi><annotation-xml encoding="text/html"><template data-vendor="a"><embed src=//a.example></template></annotation-xml><style/></math><img data-vendor="a" data-src=//a.example>`},

		// Scripts by what they say.
		{"a module that imports", `<script type="module" nonce=x>import x from "https://a.example/1.js"; x()</script><img src=//a.example>`, `<template data-vendor="a"><script type="module" nonce=x>import x from "https://a.example/1.js"; x()</script></template><img data-vendor="a" data-src=//a.example>`},
		{"modules that import otherwise", `<script type=module>export * from '//b.example/1.js'; import '\x68ttps:\/\/a.example'</script><script type=" MODULE">import {y} from "//a.example"</script>`,
			`<template data-vendor="b"><template data-vendor="a"><script type=module>export * from '//b.example/1.js'; import '\x68ttps:\/\/a.example'</script></template></template><template data-vendor="a"><script type=" MODULE">import {y} from "//a.example"</script></template>`},
		{"modules that import nothing of a vendor's", `<script type=module>import "/own.js"; import "bare"; var s = 'import "//a.example"'; /* import "//a.example" */ import("//a.example")</script><script type=module></script><script type=module>`, same},
		{"a script that is no module", `<script>import "//a.example"</script><script type=text/x>import "//a.example"</script>`, same},
		{"a module with a data-vendor of the page's own", `<script type=module data-vendor=nike>import "//a.example"</script>`, `<template data-vendor="a"><script type=module data-vendor=nike>import "//a.example"</script></template>`},
		{"speculation rules", `<script type="speculationrules">{"prefetch":[{"source":"list","urls":["/own","https:\/\/a.example/1.html"]}]}</script>`, `<template data-vendor="a"><script type="speculationrules">{"prefetch":[{"source":"list","urls":["/own","https:\/\/a.example/1.html"]}]}</script></template>`},
		{"speculation rules by links", `<script type=speculationrules>{"prerender":[{"where":{"and":[{"href_matches":"https://b.example/*"}]}}]}</script>`, `<template data-vendor="b"><script type=speculationrules>{"prerender":[{"where":{"and":[{"href_matches":"https://b.example/*"}]}}]}</script></template>`},
		{"speculation rules of the page's own", `<script type="speculationrules">{"tag":"https://a.example","prefetch":[{"urls":["/own"]}]}</script><script type=speculationrules>{"urls":</script>`, same},
		{"refresh", `<meta http-equiv="Refresh" content="0; URL='https://a.example/1'"><meta http-equiv=refresh content="5,//b.example"><meta http-equiv=refresh content=5><meta http-equiv=refresh content="url=//a.example"><meta name=x content="0;url=//a.example">`,
			`<template data-vendor="a"><meta http-equiv="Refresh" content="0; URL='https://a.example/1'"></template><template data-vendor="b"><meta http-equiv=refresh content="5,//b.example"></template><meta http-equiv=refresh content=5><meta http-equiv=refresh content="url=//a.example"><meta name=x content="0;url=//a.example">`},
		{"refresh without scripts", `<noscript><meta http-equiv="refresh" content="0; url=https://a.example/"></noscript>`, `<noscript><meta data-sekisho-http-equiv="refresh" content="0; url=https://a.example/"></noscript>`},

		// Styles, backgrounds and pings.
		{"style with @import", `<style media=x>@charset "utf-8"; @import "https://a.example/1.css" print; @import url( '//b.example/1.css' ); p { color: red }</style>`,
			`<style media=x>@charset "utf-8"; @import "about:invalid#a/https://a.example/1.css" print; @import url( 'about:invalid#b///b.example/1.css' ); p { color: red }</style><template data-vendor="a"></template><template data-vendor="b"></template>`},
		{"style with url()", `<STYLE>p{background:URL(//a.example/1)}i{background:image-set("//a.example/2" 1x,url("//a.example/3") 2x);content:"//a.example"}</STYLE><p>`,
			`<STYLE>p{background:URL(about:invalid#a///a.example/1)}i{background:image-set("about:invalid#a///a.example/2" 1x,url("about:invalid#a///a.example/3") 2x);content:"//a.example"}</STYLE><p><template data-vendor="a"></template>`},
		{"style with escapes", `<style>@\69mport "\68 ttps://a.example"; p{background:u\rl(https\:\/\/a.example)}</style>`, `<style>@\69mport "about:invalid#a/\68 ttps://a.example"; p{background:u\rl(about:invalid#a/https\:\/\/a.example)}</style><template data-vendor="a"></template>`},
		{"style that asks no vendor", `<style>@namespace url(http://a.example);/* url(//a.example) */p{background:url(/own);content:"url(//a.example)"}a[href="//a.example"]{}</style>`, same},
		{"style cut off", `<style>p{background:url(//a.example`, `<style>p{background:url(about:invalid#a///a.example`},
		{"style in SVG", `<svg><style>@import "//a.example";</style><style>@import "//a.example?&amp;";</style></svg>`, `<svg><style>@import "about:invalid#a///a.example";</style><style>@import "//a.example?&amp;";</style></svg><template data-vendor="a"></template>`},
		{"style in noscript", `<noscript><style>@import "//a.example";</style><p style="background:url(//a.example)"></noscript>`, `<noscript><style>@import "about:invalid#a///a.example";</style><p style="background:url(about:invalid#a///a.example)"></noscript>`},
		{"style where its release does not look", `<template shadowrootmode=open><style>@import "//a.example"</style><p style="background:url(//a.example)"></template><template><style>@import "//a.example"</style></template>`, same},
		{"style attribute", `<p style="color:red; background: url(https://a.example/1.gif)" x>`, `<p style="color:red; background: url(about:invalid#a/https://a.example/1.gif)" x><template data-vendor="a"></template>`},
		{"style attribute, spelled oddly", `<p STYLE = background:url(//a.example)><p style='background:url(&quot;//a.example/?a&amp;b&quot;)' style="background:url(//b.example)"><p style=background:url(&#34;//a.example&#34;)>`,
			`<p STYLE = background:url(about:invalid#a///a.example)><p style='background:url(&#34;about:invalid#a///a.example/?a&amp;b&#34;)' style="background:url(//b.example)"><p style="background:url(&#34;about:invalid#a///a.example&#34;)"><template data-vendor="a"></template>`},
		{"style attribute of a vendor's tag", `<img style="background:url(//b.example)" src=//a.example>`, `<img data-vendor="a" style="background:url(about:invalid#b///b.example)" data-src=//a.example><template data-vendor="b"></template>`},
		{"background", `<body background="//a.example"><table><tr background=//b.example><td BACKGROUND='/own'></table><p background=//a.example>`, `<body background="about:invalid#a///a.example"><table><tr background=about:invalid#b///b.example><td BACKGROUND='/own'></table><p background=//a.example><template data-vendor="a"></template><template data-vendor="b"></template>`},
		{"ping", `<a href=x ping="/own https://a.example/1  //b.example"></a><area ping=//a.example><p ping=//a.example>`, `<a href=x ping="/own about:invalid#a/https://a.example/1  about:invalid#b///b.example"></a><area ping=about:invalid#a///a.example><p ping=//a.example><template data-vendor="a"></template><template data-vendor="b"></template>`},
		{"style under a base of a vendor", `<base href="//a.example/"><p style="background:url(1.gif)">`, `<base href="//a.example/"><p style="background:url(about:invalid#a/1.gif)"><template data-vendor="a"></template>`},
		{"an iframe with a style in its srcdoc", `<iframe srcdoc="<style>@import '//a.example'</style>"></iframe>`, `<iframe data-sekisho-srcdoc="<style>@import '//a.example'</style>"></iframe>`},

		// Marked already.
		{"inert markup", `<script type="text/plain" data-vendor="a" src="//a.example"></script><iframe data-vendor="a" data-src="//a.example"></iframe><img data-vendor=a data-src="//a.example"><link rel=stylesheet data-vendor=a data-href="//a.example"><template data-vendor="a"><img src="//a.example"><script src="//a.example"></script></template>`, same},
		{"held by the gate", `<script type="sekisho/held" data-sekisho-type="module" src="//a.example"></script><video data-sekisho-src="//a.example"></video>`, same},

		// Bases.
		{"base", `<img src=1.gif><base target=x><base href="//a.example/x/"><img src=1.gif><img src="https://own.example/1"><base href="/"><script src="/1"></script>`,
			`<img src=1.gif><base target=x><base href="//a.example/x/"><img data-vendor="a" data-src=1.gif><img src="https://own.example/1"><base href="/"><script type="text/plain" data-vendor="a" src="/1"></script>`},
		{"base in a template", `<template><base href="//a.example"></template><img src=1>`, same},
		{"base and paths", `<base href="https://shared.example/gtag/x?y#z"><script src="js?id=G-1"></script><script src="./../gtag/js?id=G-1"></script><script src="../js?id=G-1"></script>`,
			`<base href="https://shared.example/gtag/x?y#z"><script type="text/plain" data-vendor="tags" src="js?id=G-1"></script><script type="text/plain" data-vendor="tags" src="./../gtag/js?id=G-1"></script><script src="../js?id=G-1"></script>`},

		// HTML that is none.
		{"nothing", ``, same},
		{"cut in a tag", `<p>text<img src="//a.example`, same},
		{"cut in a name", `<p>text</`, same},
		{"cut in a comment", `text<!-- <img src=//a.example>`, same},
		{"cut in a script", `<script src="//a.example">x`, `<script type="text/plain" data-vendor="a" src="//a.example">x`},
		{"NUL, lone CR, bad UTF-8", "<p\x00 a\x00=\xff>\r\x00<img\rsrc=//a.example>\xc3", "<p\x00 a\x00=\xff>\r\x00<img data-vendor=\"a\"\rdata-src=//a.example>\xc3"},
		{"less-than signs", `a < b <3 <<img src=//a.example> <! x> <!DOCTYPE html><br/>`, `a < b <3 <<img data-vendor="a" data-src=//a.example> <! x> <!DOCTYPE html><br/>`},
		{"byte order mark", "\ufeff<img src=//a.example>", "\ufeff<img data-vendor=\"a\" data-src=//a.example>"},
	} {
		want := c.want
		if want == same {
			want = c.page
		}
		got, report := rewrite(t, c.page)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
		if (report.Total() > 0) != (want != c.page) {
			t.Errorf("%s: reported %v", c.name, report.Tags)
		}
		if again, report := rewrite(t, got); again != got || report.Total() != 0 {
			t.Errorf("%s, marked twice: %s, %v", c.name, again, report.Tags)
		}
	}
}
