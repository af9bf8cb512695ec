package snippet

// words are the comments of what is printed. Those of HTML end before a
// comment's end could stand in them.
type words struct {
	tag, sealed, strict string
	// For a site with a policy, which the script brings along.
	tagPolicy, sealedPolicy string
	header                  map[string]string // by server
	where                   string            // before what nginx has in the server block
	// These stand beside what is printed: JSON has no comments, and the rest is nobody's to paste.
	gpc                                          string
	shared, wide, ours, missing, unknown, unread string
}

// say has the words by language.
var say = map[string]*words{"en": &english, "ja": &japanese}

var english = words{
	tag: `<!-- Sekisho: first in <head>, right behind <meta charset>, and neither async nor defer.
     Holds whatever scripts insert; static tags are not executed, but may be fetched ahead. -->
`,
	sealed: `<!-- Sekisho: first in <head>, right behind <meta charset>. The first line is for the browser's preload scanner:
     Chromium does not fetch static scripts ahead, nor anything else in the rest of the page. What must come
     early goes here, before it: <link rel="preload" as="image" href="YOUR-HERO-IMAGE"> -->
`,
	tagPolicy: `<!-- Sekisho: first in <head>, right behind <meta charset>, and neither async nor defer.
     It brings the site's content security policy along: no hosts to paste, never out of date; a choice reloads the
     page. Static tags are not executed, but may be fetched ahead. -->
`,
	sealedPolicy: `<!-- Sekisho: first in <head>, right behind <meta charset>. The first line is for the browser's preload scanner:
     Chromium fetches nothing ahead in the rest of the page. The script brings the site's content security policy along:
     no hosts to paste, never out of date; a choice reloads the page. What must come early goes here, before it:
     <link rel="preload" as="image" href="YOUR-HERO-IMAGE"> -->
`,
	strict: `<!-- Sekisho, revision %d: first in <head>, right behind <meta charset>. The browser reaches only the hosts below; a
     choice reloads the page. What must come early goes here, before the script:
     <link rel="preload" as="image" href="YOUR-HERO-IMAGE">
     Where your pages have a policy of their own, give the script its nonce. Paste anew when the vendors, hosts
     or the default change. -->
`,
	header: map[string]string{
		"nginx": `Sekisho, site %s, revision %d: the content security policy for each visitor. Print it anew when the
vendors, hosts or the default change.
As far as the next comment: in http { }, for instance as a file in /etc/nginx/conf.d.`,
		"apache": `Sekisho, site %s, revision %d: the content security policy for each visitor. Print it anew when the
vendors, hosts or the default change.
In the site's <VirtualHost>, with mod_headers and mod_setenvif (a2enmod headers setenvif). Apache 2.4.10 or later.
Pages depend on the visitor's cookie: no cache between may hand one visitor's page to another.`,
		"cloudflare": `Sekisho, site %s, revision %d: the content security policy for each visitor. Print it anew when the
vendors, hosts or the default change.
A Cloudflare Worker (module syntax) on the route of the site's pages.`,
	},
	where: `In the server { } of the site, and in each location { } that has an add_header of its own: nginx takes over none from
outside then. Pages depend on the visitor's cookie: no cache between may hand one visitor's page to another.`,
	shared:  `%s belongs to %s, which a policy cannot tell apart: let through when all of them are allowed`,
	wide:    `%s is let through for %s, and with it what %s have there: their tags are held by the script alone`,
	ours:    `%s is let through as the site's own host, and with it what %s have there: their tags are held by the script alone`,
	missing: `%s of %s cannot be said in a policy: never let through`,
	unknown: `%s belongs to no vendor of the site, was met by about %d page views in %d days, and is not let through: add it to "hosts" in site.json if pages need it`,
	unread:  "what pages reported could not be read, so hosts that are missing cannot be named: %v",
	gpc:     "Serve this as https://YOUR-SITE/.well-known/gpc.json with Content-Type: application/json, on every host of %q.\n",
}

var japanese = words{
	tag: `<!-- Sekisho: <head> の先頭、<meta charset> の直後に置いてください。async と defer は付けません。
     スクリプトが挿入するタグを止めます。HTMLに直接書かれたタグは実行されませんが、先読みされることがあります。 -->
`,
	sealed: `<!-- Sekisho: <head> の先頭、<meta charset> の直後に置いてください。最初の行はブラウザーの先読みに向けたもので、
     Chromiumは以降のHTMLのスクリプトなどを先読みしなくなります。早く必要なものは、この行より前のここに書きます。
     <link rel="preload" as="image" href="YOUR-HERO-IMAGE"> -->
`,
	tagPolicy: `<!-- Sekisho: <head> の先頭、<meta charset> の直後に置いてください。async と defer は付けません。
     サイトのコンテンツセキュリティポリシーはスクリプトが適用します。ホストの一覧を貼る必要はなく、古くなることも
     ありません。選択するとページを読み込み直します。HTMLに直接書かれたタグは実行されませんが、先読みされることが
     あります。 -->
`,
	sealedPolicy: `<!-- Sekisho: <head> の先頭、<meta charset> の直後に置いてください。最初の行はブラウザーの先読みに向けたもので、
     Chromiumは以降のHTMLのスクリプトなどを先読みしなくなります。サイトのコンテンツセキュリティポリシーはスクリプトが
     適用するため、ホストの一覧を貼る必要はなく、古くなることもありません。選択するとページを読み込み直します。
     早く必要なものは、この行より前のここに書きます。
     <link rel="preload" as="image" href="YOUR-HERO-IMAGE"> -->
`,
	strict: `<!-- Sekisho リビジョン%d: <head> の先頭、<meta charset> の直後に置いてください。ブラウザーは下に挙げたホストとだけ
     通信します。選択するとページを読み込み直します。早く必要なものは、スクリプトより前のここに書きます。
     <link rel="preload" as="image" href="YOUR-HERO-IMAGE">
     サイト独自のポリシーがある場合は、スクリプトにそのnonceを付けてください。ベンダー、ホスト、既定値が変わったら貼り直してください。 -->
`,
	header: map[string]string{
		"nginx": `Sekisho サイト%s リビジョン%d: 訪問者ごとのコンテンツセキュリティポリシーです。ベンダー、ホスト、既定値が変わったら出力し直してください。
次のコメントまでは http { } に置きます。たとえば /etc/nginx/conf.d の中のファイルにします。`,
		"apache": `Sekisho サイト%s リビジョン%d: 訪問者ごとのコンテンツセキュリティポリシーです。ベンダー、ホスト、既定値が変わったら出力し直してください。
サイトの <VirtualHost> に置きます。mod_headers と mod_setenvif が必要です(a2enmod headers setenvif)。Apache 2.4.10以降。
ページの内容は訪問者のCookieによって変わります。途中のキャッシュがほかの訪問者に使い回さないようにしてください。`,
		"cloudflare": `Sekisho サイト%s リビジョン%d: 訪問者ごとのコンテンツセキュリティポリシーです。ベンダー、ホスト、既定値が変わったら出力し直してください。
Cloudflare Workers(モジュール形式)として、サイトのページのルートに割り当てます。`,
	},
	where: `ここからはサイトの server { } に置きます。独自の add_header がある location { } にも置いてください。その場合、nginxは外側の
設定を引き継ぎません。ページは訪問者のCookieによって変わるため、途中のキャッシュで使い回さないでください。`,
	shared:  `%s は %s が共用しており、ポリシーでは区別できません。すべてが許可されたときだけ通します`,
	wide:    `%s は %s のために通します。そこにある %s のタグは、スクリプトだけが止めます`,
	ours:    `%s はサイト自身のホストとして通します。そこにある %s のタグは、スクリプトだけが止めます`,
	missing: `%s (%s) はポリシーでは表せません。常に通しません`,
	unknown: `%s はサイトのどのベンダーのものでもありません。閲覧およそ%d回で見つかりました(過去%d日間)。通さないため、ページに必要なら site.json の "hosts" に加えてください`,
	unread:  "ページからの報告を読み込めないため、足りないホストを示せません: %v",
	gpc:     "https://YOUR-SITE/.well-known/gpc.json として、Content-Type: application/json で、%q のすべてのホストから配信してください。\n",
}
