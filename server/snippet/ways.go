package snippet

import "fmt"

// Measured is in how many of all ways no tag sends a request before consent: the
// row "no request" of the table that the suite writes into widget/README.md.
var Measured = struct{ All, Tag, Sealed, SealedPolicy, Marked, Strict, Header int }{186, 131, 139, 180, 171, 180, 182}

// Ways is the table of ways to paste, by language.
var Ways = map[string]string{
	"en": fmt.Sprintf(`Ways to paste, from the cheapest to the most complete. Of the %d ways of arriving that widget/README.md
lists, no request leaves before consent in: %d with one tag, %d sealed (%d where the site has a policy), %d marked,
%d strict, %d with the header (measured in Chromium). Most of the rest is not executed; the list says which.

  (no flag)        One tag. Whatever scripts insert sends no request before consent, and no static tag
                   is executed; the browser may fetch static tags ahead. Costs nothing else.
  --sealed         One line more. In Chromium static scripts are not fetched either; static images,
                   styles and frames still can be. The browser stops looking ahead in the rest of the
                   page: put preload hints for what must come early before the line.
                   On a site with "policy": true in its site.json the script brings the policy of --strict
                   along, in time for those as well: no hosts to paste, never out of date. A choice reloads
                   the page; where the script does not arrive, nothing is held. One tag alone brings it
                   too, too late for what is fetched ahead.
  sekisho mark     Marks static tags in your HTML as inert: none of those is requested. You change the
                   HTML, or let server/mark do it to responses.
  --strict         A content security policy in the page with the hosts that the site allows: the
                   browser itself holds everything else, of known vendors or not. A choice reloads the
                   page; the browser does not look ahead; paste again when the vendors, hosts or the default
                   change. Holds even where the script does not arrive.
  --header SERVER  The same policy as a response header (nginx, apache, cloudflare, json for Go). The
                   browser goes on looking ahead. Needs a hand on the server, and pages that no cache
                   shares between visitors.
  --gpc            Not a way to hold tags: the file that says you honour Global Privacy Control.

Out of reach of all of them: preconnect and dns-prefetch hints, what stands before the snippet, and
what a server sends by itself.`, Measured.All, Measured.Tag, Measured.Sealed, Measured.SealedPolicy, Measured.Marked, Measured.Strict, Measured.Header),
	"ja": fmt.Sprintf(`貼り付け方です。手間の少ないものから順に並んでいます。widget/README.md に挙げたタグの入り方%d通りのうち、
同意前に一切通信しないものは、タグ1行で%d、--sealed で%d(ポリシーのあるサイトでは%d)、書き換えで%d、
--strict で%d、--header で%dです(Chromiumで実測)。残りのほとんども実行はされません。内訳は同じ表にあります。

  (指定なし)       タグ1行。スクリプトが挿入するタグは、同意前に一切通信しません。HTMLに直接書かれたタグは
                   実行されませんが、ブラウザーが先読みで取得することがあります。ほかに負担はありません。
  --sealed         1行追加します。Chromiumでは、直接書かれたスクリプトも取得されなくなります。画像、
                   スタイル、フレームは取得されることがあります。以降のHTMLの先読みが止まるため、早く
                   必要なもののpreloadはこの行より前に置いてください。
                   site.json に "policy": true があるサイトでは、--strict と同じポリシーをスクリプトが適用する
                   ため、これらの取得も止まります。ホストの一覧を貼る必要はなく、古くなることもありません。
                   選択するとページを読み込み直します。スクリプトが届かないときは何も止まりません。
                   タグ1行でも適用されますが、先読みには間に合いません。
  sekisho mark     HTMLに直接書かれたタグを動かない形に書き換えます。書き換えたタグは一切通信しません。
                   HTMLを変更するか、server/mark でレスポンスを書き換えます。
  --strict         サイトが許可するホストだけを載せたコンテンツセキュリティポリシーを、ページに書きます。
                   登録の有無を問わず、それ以外の通信はブラウザー自身が止めます。選択するとページを
                   読み込み直します。先読みは止まります。ベンダー、ホスト、既定値が変わったら
                   貼り直しが必要です。スクリプトが届かないときも有効です。
  --header SERVER  同じポリシーをレスポンスヘッダーで送ります(nginx、apache、cloudflare、Go用のjson)。
                   先読みは止まりません。サーバーの設定が必要で、ページを訪問者間で共有するキャッシュは
                   使えません。
  --gpc            タグを止める方法ではありません。Global Privacy Controlへの対応を示すファイルです。

どの方法でも止められないもの: preconnect と dns-prefetch の指定、スニペットより前に書かれたもの、
サーバー自身が行う送信。`, Measured.All, Measured.Tag, Measured.Sealed, Measured.SealedPolicy, Measured.Marked, Measured.Strict, Measured.Header),
}
