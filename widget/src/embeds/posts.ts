// What the site's script carries where a vendor's script turns markup of the page into posts. While that script is held,
// what it would replace stays readable, with room below it for the placeholder from the first paint on.
import { attempt } from '../attempt';
import { load } from './watch';

/** `posts`: by vendor id, the selector of such markup. */
export default (posts: Record<string, string>): void => {
  for (const id of Object.keys(posts))
    // Browsers without constructed style sheets have no room, and so no placeholder.
    attempt(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(posts[id] + '{padding-bottom:152px!important}');
      sheet.disabled = true;
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      for (const event of ['held', 'released'])
        window.sekisho.on(event, ({ vendor, kind }: { vendor: string; kind: string }) => {
          if (vendor == id && /^(sc|te)/.test(kind) && !(sheet.disabled = event != 'held'))
            // No room for what does not come.
            load().then((failed) => failed && (sheet.disabled = true));
        });
    });
};
