// Holds the widget to its rules: who imports whom, and that no text of a marketer ever becomes markup.
// `npx eslint --max-warnings 0 .` as in `make lint`.
import noUnsanitized from 'eslint-plugin-no-unsanitized';
import tseslint from 'typescript-eslint';

/** What each folder of widget/src may import besides itself, ../types and ../attempt. */
const MAY_IMPORT = {
  consent: [],
  gate: [],
  i18n: [],
  ui: ['i18n'],
  signals: ['consent'],
  store: ['consent'],
  transport: ['consent'],
  banner: ['ui', 'i18n', 'consent'],
  preferences: ['ui', 'i18n', 'consent'],
  record: ['ui', 'i18n', 'store'],
  embeds: ['ui', 'i18n'],
};
/** Single files besides: what signals tell tags hangs on the same as what the gate lets through, which the page knows. */
const FILES = { signals: ['page'] };
/** These two know nothing of the rest, not even how to catch. */
const ALONE = ['consent', 'gate'];

const arrows = Object.entries(MAY_IMPORT).map(([folder, others]) => {
  const shared = ALONE.includes(folder) ? ['types'] : ['types', 'attempt', ...(FILES[folder] || [])];
  const allowed = [...shared.map((name) => `\\.\\./${name}$`), ...others.map((name) => `\\.\\./${name}/`)];
  // Files of the folder itself, and the module that is generated for it.
  const own = ['\\./', `sekisho:${folder}$`];
  return {
    files: [`widget/src/${folder}/**/*.ts`],
    // The entry of the second file puts the banner and what keeps decisions side by side; what watches for embeds is
    // part of the site's script.
    ignores: ['**/*.test.ts', 'widget/src/banner/main.ts', 'widget/src/embeds/watch.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(?!${[...own, ...allowed].join('|')})`,
              message: `${folder} may import ${['itself', ...shared, ...others].join(', ')} and nothing else.`,
            },
          ],
        },
      ],
    },
  };
});

const SINKS = [
  ...['innerHTML', 'outerHTML', 'srcdoc'].map((property) => ({ property })),
  ...['insertAdjacentHTML', 'setHTMLUnsafe', 'parseHTMLUnsafe', 'createContextualFragment', 'parseFromString'].map(
    (property) => ({ property }),
  ),
  ...['write', 'writeln'].map((property) => ({ object: 'document', property })),
].map((sink) => ({ ...sink, message: 'Texts are texts: build elements, and never parse HTML.' }));

export default tseslint.config(
  {
    ignores: ['bin/', '.data/', '.cache/', 'cmd/sekisho/e2e/results/', 'cmd/sekisho/demo/snippets/', 'server/**/*.js'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  noUnsanitized.configs.recommended,
  {
    files: ['**/*.{js,mjs,ts}'],
    // What no-implied-eval has to know to see setTimeout("code").
    languageOptions: { globals: { setTimeout: 'readonly', setInterval: 'readonly', window: 'readonly' } },
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // Details of events are whatever the event says; the gate wraps functions of every shape.
      '@typescript-eslint/no-explicit-any': 'off',
      // `a && b()` says "if" in fewer bytes.
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'after-used', argsIgnorePattern: '^_', caughtErrors: 'none' }],
    },
  },
  {
    // The gate wraps these very sinks, in order to look at what the page's own code gives them.
    files: ['widget/src/**/*.ts'],
    ignores: ['widget/src/gate/**', '**/*.test.ts'],
    rules: { 'no-restricted-properties': ['error', ...SINKS] },
  },
  {
    // Reads properties for what reading them does.
    files: ['widget/src/gate/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    // Looks into markup where nothing of it runs, and hands on what it has made harmless.
    files: ['widget/src/gate/{markup,release}.ts'],
    rules: { 'no-unsanitized/property': 'off', 'no-unsanitized/method': 'off' },
  },
  {
    // Tests say bad things on purpose.
    files: ['**/*.test.{ts,mjs}', 'cmd/sekisho/e2e/**'],
    rules: { 'no-unsanitized/property': 'off', 'no-unsanitized/method': 'off', 'no-script-url': 'off' },
  },
  ...arrows,
  {
    // The demo's panel and the stand-ins are classic scripts of pages.
    files: ['cmd/sekisho/demo/**/*.js', 'cmd/sekisho/e2e/**/*.js'],
    languageOptions: { sourceType: 'script' },
  },
);
