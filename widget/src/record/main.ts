// The visitor's own record: what the service holds, to read, to take along, and to erase.

import texts from 'sekisho:record';
import { attempt } from '../attempt';
import type { Say } from '../i18n/text';
import type { Host, UI } from '../types';
import { button, h, list, speaker, style, use } from '../ui/kit';
import { erase } from './erase';
import { asker, type Entry } from './service';
import { css } from './style';

const styled = new WeakSet<ShadowRoot>();

/** The word for each action. */
const WORDS = {
  'accept-all': 'common.acceptAll',
  'reject-all': 'common.rejectAll',
  save: 'record.saved',
  withdraw: 'withdraw',
  signal: 'record.signal',
};

/** Opens over the preferences; closing leads back to them. */
export default function openRecord(host: Host, { root, texts: shared, kit }: UI, messages: Record<string, string>, names: Record<string, string>): void {
  use(kit);
  const { language } = shared;
  const say = speaker(language, { ...shared.messages, ...messages, ...texts });
  const ask = asker(host, say);
  /** Of one that is no longer the site's, its id. */
  const name = (vendor: string) => names[vendor] || vendor;
  const id = host.visitor();
  if (!styled.has(root)) {
    style(root, css);
    styled.add(root);
  }

  const status = h('p', { role: 'status', class: 'soft' });
  const retry = button('retry', say('record.retry'), () => load(), 'quiet');
  const history = h('ul');
  let all: unknown;
  const file = button(
    'download',
    say('record.download'),
    () =>
      h('a', {
        href: URL.createObjectURL(new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' })),
        download: `${host.site.key}-${new Date().toISOString().slice(0, 10)}.json`,
      }).click(),
    'quiet',
  );
  let busy = false;

  const load = async () => {
    if (busy) return;
    status.textContent = say('record.loading');
    let said = '';
    let answer: { decisions: Entry[] } | undefined;
    try {
      answer = await ask('/decisions', 'GET');
    } catch (reason) {
      said = reason as string;
    }
    if (busy || !dialog.isConnected) return;
    retry.hidden = !said;
    const recorded = answer?.decisions || [];
    const waiting = unsent(id).filter((entry) => recorded.every((other) => other.id != entry.id));
    status.textContent = said || (waiting[0] ? say('record.waiting', { n: waiting.length }) : '');
    if (history.contains(root.activeElement)) heading.focus();
    history.replaceChildren(...[...recorded, ...waiting].reverse().map((entry) => row(entry, language, say, name)));
    file.hidden = !!said;
    all = { site: host.site.key, visitor: id, receiptKey: host.site.server + '/v1/receipt-key', decisions: recorded, waiting };
  };

  const copy = button(
    'copy',
    say('record.copy'),
    () =>
      navigator.clipboard.writeText(id).then(() => (status.textContent = say('record.copied'))),
    'quiet',
  );
  // There on https alone; a tap on the number selects all of it.
  copy.hidden = !navigator.clipboard;

  const wanted = button('erase', say('record.erase'), () => asked(true), 'quiet');
  const sure = button('erase-confirm', say('record.confirm'), async () => {
    if (busy) return;
    busy = true;
    status.textContent = say('record.erasing');
    status.textContent = (await erase(host, () => ask('', 'DELETE'))) + ' ' + say('record.kept');
    sure.textContent = say('record.retry');
    busy = false;
  });
  const question = h(
    'div',
    { class: 'own sure', role: 'group', tabIndex: -1, 'aria-labelledby': 'erase', hidden: true },
    h('p', { id: 'erase' }, say(host.site.mode ? 'record.run' : 'record.stop')),
    sure,
    button('erase-cancel', say('record.cancel'), () => asked(false), 'quiet'),
  );
  /** Asks whether it is meant, or no longer. */
  const asked = (open: boolean) => {
    question.hidden = !open;
    wanted.hidden = open;
    sure.textContent = say('record.confirm');
    (open ? question : wanted).focus();
  };

  const heading = h('h2', { id: 'record', tabIndex: -1, autofocus: true }, say('record'));
  // As that of the preferences, in front of which this stands.
  const close = root.querySelector('[data-action=close]')!.cloneNode(true) as HTMLElement;
  close.onclick = () => dialog.close();
  const dialog = h(
    'dialog',
    {
      part: 'record',
      'aria-labelledby': 'record',
      // Escape takes the question back first.
      oncancel(event: Event) {
        if (question.hidden) return;
        event.preventDefault();
        asked(false);
      },
    },
    h('div', { class: 'head' }, heading, close),
    h(
      'div',
      { class: 'body' },
      h('p', null, say(id ? 'record.intro' : 'record.none')),
      ...(id
        ? [h('div', { class: 'own' }, h('code', null, id), copy), status, history, h('div', { class: 'own' }, retry, file, wanted), question]
        : []),
    ),
  );
  const stops = ['consent', 'recorded'].map((event) => host.on(event, load));
  dialog.addEventListener('close', () => {
    for (const stop of stops) stop();
    dialog.remove();
  });
  root.firstElementChild!.append(dialog);
  dialog.showModal();
  if (id) load();
}

/** Decisions of this visitor that the service has not confirmed yet, oldest first. */
const unsent = (visitor: string): Entry[] =>
  (attempt(() => JSON.parse(localStorage.getItem('sekisho.queue')!) as Entry[]) || []).filter((entry) => entry.visitor == visitor);

/** One decision: when and what, and to unfold, about whom. */
function row(entry: Entry, language: string, say: Say, name: (id: string) => string): HTMLElement {
  const { granted, denied, receipt } = entry;
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  const fact = (key: string, content: Node | string | false | undefined) =>
    content ? [h('dt', null, say('record.' + key)), h('dd', null, content)] : [];
  const names = (ids: string[]) => ids.length > 0 && list(language, ids.map(name));
  return h(
    'li',
    { class: 'vendor' },
    h(
      'details',
      null,
      h(
        'summary',
        null,
        date.format(new Date(entry.recordedAt || entry.at)),
        h('strong', null, say(WORDS[entry.action])),
        receipt
          ? h('small', { class: 'soft' }, say('count', { n: granted.length + denied.length, on: granted.length }))
          : h('small', { class: 'tag' }, say('record.unsent')),
      ),
      h(
        'dl',
        null,
        ...fact('granted', names(granted)),
        ...fact('denied', names(denied)),
        ...fact('language', new Intl.DisplayNames(language, { type: 'language' }).of(entry.language)),
        ...fact('receipt', receipt && h('code', null, receipt.id)),
      ),
    ),
  );
}
