// How each consent manager is set up for `rivals`: the same twenty vendors under the same purposes, in English, banner
// with accept, reject and preferences; minified, and loaded as its own documentation says. Where that gives a choice,
// the quicker one is taken.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { vendors } from './shop.mjs';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const json = (path) => JSON.parse(read(path));
const released = (name) => json(`node_modules/${name}/package.json`).version;

const purposes = json('vendors/purposes.json');
/** A vendor with the purpose that stands first: rivals put each under one. */
const listed = vendors.map(({ vendor, url }) => {
  const { name, usedFor, purposes: [purpose] } = json(`vendors/data/${vendor}.json`);
  return { id: vendor, url, name: name.en, usedFor: usedFor.en, purpose };
});
const used = purposes.filter(({ id }) => listed.some(({ purpose }) => purpose === id)).map(({ id, label, explanation }) => ({ id, label: label.en, explanation: explanation.en }));
const under = (purpose) => listed.filter((one) => one.purpose === purpose.id);

/** The first layer's words, the same for all. */
const words = {
  title: 'Information sent to outside vendors',
  text: `This site would like to use tags from ${listed.length} outside vendors. Purposes: ${used.map(({ label }) => label).join(', ')}. If you accept, they receive information such as the pages you view. Until then, their tags stay off. You can change your choice at any time.`,
  accept: 'Accept all', reject: 'Reject all', preferences: 'Preferences', save: 'Save', close: 'Close', privacy: 'Who receives what',
};

async function bundled(contents) {
  const { outputFiles: [file] } = await build({
    stdin: { contents, resolveDir: fileURLToPath(root), loader: 'js' },
    bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', legalComments: 'none', define: { 'process.env.NODE_ENV': '"production"' },
  });
  return file.text;
}

const escaped = (url) => url.replaceAll('&', '&amp;');
const script = (attributes, url) => `<script ${attributes} src="${escaped(url)}"></script>`;
const inline = (code) => `<script>${code.replaceAll('</', '<\\/')}</script>`;

/**
 * Each returns { version, head, foot, told, files, accept, preferences, choices }: what stands in the page's head and at its end,
 * the twenty tags as the manager's documentation has them marked up, its files by path, and selectors of the two buttons and
 * of what shows that the preferences are there. `inside`: the element in whose shadow root these lie, or that holds them all.
 */
const setups = {
  /** "Getting started", by npm: one bundle with the configuration, as a module at the end, and its style sheet in the head. */
  async 'vanilla-cookieconsent'() {
    const config = {
      // It says nothing to automated browsers otherwise.
      hideFromBots: false,
      guiOptions: { consentModal: { layout: 'bar', position: 'bottom', equalWeightButtons: true } },
      categories: Object.fromEntries(used.map((one) => [one.id, { services: Object.fromEntries(under(one).map(({ id, name }) => [id, { label: name }])) }])),
      language: { default: 'en', translations: { en: {
        consentModal: {
          title: words.title, description: words.text, acceptAllBtn: words.accept, acceptNecessaryBtn: words.reject, showPreferencesBtn: words.preferences,
          footer: `<a href="/privacy">${words.privacy}</a>`,
        },
        preferencesModal: {
          title: words.preferences, acceptAllBtn: words.accept, acceptNecessaryBtn: words.reject, savePreferencesBtn: words.save, closeIconLabel: words.close,
          sections: used.map((one) => ({ title: one.label, description: one.explanation, linkedCategory: one.id })),
        },
      } } },
    };
    const code = await bundled(`import { run } from 'vanilla-cookieconsent'; run(${JSON.stringify(config)});`);
    return {
      version: released('vanilla-cookieconsent'),
      head: '<link rel="stylesheet" href="/cookieconsent.css">',
      foot: '<script type="module" src="/cookieconsent.js"></script>',
      told: listed.map(({ id, url, purpose }) => script(`type="text/plain" data-category="${purpose}" data-service="${id}"`, url)).join('\n'),
      files: { '/cookieconsent.css': read('node_modules/vanilla-cookieconsent/dist/cookieconsent.css'), '/cookieconsent.js': code },
      inside: '#cc-main', accept: '.cm [data-role="all"]', preferences: '.cm [data-role="show"]', choices: '.pm__section-title',
    };
  },

  /** README: script, style sheet, and window.orejimeConfig in the page. Deferred: it waits for the document anyway. */
  async orejime() {
    const config = {
      privacyPolicyUrl: '/privacy',
      purposes: used.map((one) => ({
        id: one.id, title: one.label, description: one.explanation, cookies: [],
        purposes: under(one).map(({ id, name, usedFor }) => ({ id, title: name, description: usedFor, cookies: [] })),
      })),
      translations: { banner: { title: words.title, description: words.text } },
    };
    return {
      version: released('orejime'),
      head: `${inline(`window.orejimeConfig=${JSON.stringify(config)}`)}<script defer src="/orejime.js"></script><link rel="stylesheet" href="/orejime.css">`,
      foot: '',
      told: listed.map(({ id, url }) => `<template data-purpose="${id}">${script('', url)}</template>`).join('\n'),
      files: { '/orejime.js': read('node_modules/orejime/dist/orejime-standard-en.js'), '/orejime.css': read('node_modules/orejime/dist/orejime-standard.css') },
      inside: '.orejime-Env', accept: '.orejime-Banner-saveButton', preferences: '.orejime-Banner-learnMoreButton', choices: '.orejime-Modal .orejime-Purpose-label',
    };
  },

  /** README: the configuration, then klaro.js with its styles, both deferred. */
  async klaro() {
    const config = {
      version: 1, lang: 'en', groupByPurpose: true, acceptAll: true, showNoticeTitle: true, privacyPolicy: '/privacy',
      styling: { theme: ['light', 'bottom', 'wide'] },
      translations: { en: {
        consentNotice: { title: words.title, description: words.text, learnMore: words.preferences },
        ok: words.accept, acceptAll: words.accept, decline: words.reject,
        purposes: Object.fromEntries(used.map(({ id, label, explanation }) => [id, { title: label, description: explanation }])),
      } },
      services: listed.map(({ id, name, usedFor, purpose }) => ({ name: id, title: name, description: usedFor, purposes: [purpose] })),
    };
    return {
      version: released('klaro'),
      head: '<script defer src="/config.js"></script><script defer src="/klaro.js"></script>',
      foot: '',
      told: listed.map(({ id, url }) => `<script type="text/plain" data-type="text/javascript" data-name="${id}" data-src="${escaped(url)}"></script>`).join('\n'),
      files: { '/config.js': `var klaroConfig=${JSON.stringify(config)}`, '/klaro.js': read('node_modules/klaro/dist/klaro.js') },
      inside: '#klaro', accept: '.cookie-notice .cm-btn-success', preferences: '.cookie-notice .cn-learn-more', choices: '.cookie-modal .cm-list-label',
    };
  },

  /**
   * The headless core of its JavaScript guide, offline, with the banner and dialog that "Building UI" has one write: as small as
   * these can be, so that what is measured is the core's. Its purposes are fixed names, and vendors have no switches.
   */
  async c15t() {
    const names = { functionality: 'functionality', analytics: 'measurement', advertising: 'marketing', personalization: 'experience', social: 'marketing' };
    const code = await bundled(`
      import { getOrCreateConsentRuntime } from 'c15t';
      const words = ${JSON.stringify(words)};
      const { consentStore } = getOrCreateConsentRuntime({
        mode: 'offline',
        consentCategories: ['necessary', 'functionality', 'measurement', 'marketing', 'experience'],
        scripts: ${JSON.stringify(listed.map(({ id, url, purpose }) => ({ id, src: url, category: names[purpose] })))}.filter(() => window.told),
        networkBlocker: { rules: ${JSON.stringify(listed.map(({ id, url, purpose }) => ({ id, domain: new URL(url).hostname, category: names[purpose] })))} },
      });
      const style = document.createElement('style');
      style.textContent = '#c15t>*{position:fixed;inset:auto 0 0;padding:1em;background:#fff;color:#222;border-top:1px solid #ccc;font:15px/1.5 sans-serif}#c15t button{padding:.6em 1em;margin-right:.6em}';
      document.head.append(style);
      const part = (name, attributes, ...children) => {
        const element = Object.assign(document.createElement(name), attributes);
        element.append(...children);
        return element;
      };
      const button = (id, text, onclick) => part('button', { id, type: 'button', onclick }, text);
      const root = part('div', { id: 'c15t' });
      document.body.append(root);
      const state = () => consentStore.getState();
      const save = (what) => () => state().saveConsents(what);
      let shown = 'none';
      const draw = () => {
        const { activeUI } = state();
        if (activeUI == shown) return;
        shown = activeUI;
        if (shown == 'none') return root.replaceChildren();
        const choices = [button('accept', words.accept, save('all')), button('reject', words.reject, save('necessary'))];
        root.replaceChildren(shown == 'banner'
          ? part('section', { ariaLabel: words.title }, part('h2', {}, words.title), part('p', {}, words.text, ' ', part('a', { href: '/privacy' }, words.privacy)),
              ...choices, button('preferences', words.preferences, () => state().setActiveUI('dialog')))
          : part('section', { role: 'dialog', ariaLabel: words.preferences }, ...state().getDisplayedConsents().map(({ name, description, disabled }) =>
              part('p', {}, part('label', {}, part('input', { type: 'checkbox', disabled: !!disabled, checked: state().selectedConsents[name], onchange: (event) => state().setSelectedConsent(name, event.target.checked) }), ' ' + name), part('br'), description)),
              ...choices, button('save', words.save, save('custom'))));
      };
      consentStore.subscribe(draw);
      draw();
    `);
    return {
      version: released('c15t'),
      head: '<script type="module" src="/c15t.js"></script>',
      foot: '',
      // It is told of tags by its configuration.
      told: inline('window.told=true'),
      files: { '/c15t.js': code },
      inside: '#c15t', accept: '#accept', preferences: '#preferences', choices: 'input',
    };
  },
};

/** All setups by name, Sekisho's first. service: where that one is served, with the site "shop". */
export async function managers(service) {
  const made = {
    Sekisho: {
      version: '', head: `<script src="${service.url}/s/shop.js"></script>`, foot: '', files: {},
      told: listed.map(({ id, url }) => `<script type="text/plain" data-vendor="${id}" data-src="${escaped(url)}"></script>`).join('\n'),
      inside: '#sekisho', accept: '[data-action="accept-all"]', preferences: '[data-action="preferences"]', choices: '[role="switch"]',
    },
  };
  for (const [name, make] of Object.entries(setups)) made[name] = await make();
  return made;
}
