// As much of a browser as the widget's unit tests need: cookies, storage, events, frames. Real ones are in e2e.

/** A cookie jar of one host that obeys Max-Age and Domain, and drops in silence what browsers drop. */
export class Jar {
  cookies = new Map<string, { value: string; until: number; attributes: string }>();
  /** Names of Domain attributes that are accepted. */
  domains = ['example.jp', 'www.example.jp'];
  /** "" or what the accessors do instead of working. */
  fault: '' | 'throws' | 'ignores' = '';
  writes: string[] = [];

  get(): string {
    if (this.fault == 'throws') throw new DOMException('refused', 'SecurityError');
    return [...this.cookies]
      .filter(([, cookie]) => cookie.until > Date.now())
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  set(text: string) {
    if (this.fault == 'throws') throw new DOMException('refused', 'SecurityError');
    this.writes.push(text);
    const [pair, ...attributes] = text.split('; ') as [string, ...string[]];
    const domain = attributes.find((each) => each.startsWith('Domain='))?.slice(7);
    const age = +(attributes.find((each) => each.startsWith('Max-Age='))?.slice(8) ?? Infinity);
    if (this.fault || pair.length > 4096 || (domain && !this.domains.includes(domain))) return;
    const at = pair.indexOf('=');
    // A cookie of the domain and one of the host live side by side.
    const key = pair.slice(0, at) + (domain ? ' ' + domain : '');
    this.cookies.set(key, { value: pair.slice(at + 1), until: Date.now() + age * 1e3, attributes: attributes.join('; ') });
  }
}

export class FakeStorage {
  items = new Map<string, string>();
  quota = Infinity;
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => {
    if (value.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  };
  removeItem = (key: string) => void this.items.delete(key);
}

const timeout = setTimeout;

export interface Sent {
  url: string;
  body: any;
  init: RequestInit;
}

/** Puts a fresh browser into the globals, or a new page of one that was there. */
export const browser = (
  host = 'www.example.jp',
  { jar, storage }: { jar: Jar; storage: FakeStorage } = { jar: new Jar(), storage: new FakeStorage() },
) => {
  const frames: (() => void)[] = [];
  const idle: (() => void)[] = [];
  const sent: Sent[] = [];
  const warnings: unknown[][] = [];
  const win = new EventTarget();
  class Document extends EventTarget {
    get cookie() {
      return jar.get();
    }
    set cookie(text: string) {
      jar.set(text);
    }
  }
  const document = Object.assign(new Document(), { hidden: false, readyState: 'loading' });
  class Root extends EventTarget {
    lang = '';
    own: unknown = null;
    querySelector = () => this.own;
    override dispatchEvent(event: Event) {
      super.dispatchEvent(event);
      if (event.bubbles) {
        document.dispatchEvent(event);
        win.dispatchEvent(event);
      }
      return true;
    }
  }
  const root = new Root();
  const world = {
    jar,
    storage,
    win,
    document,
    root,
    sent,
    warnings,
    storageFault: false,
    /** What the service does with a request. */
    answer: (async ({ body }: Sent) => Response.json({ id: body.id, receipt: { id: body.id } }, { status: 201 })) as (
      request: Sent,
    ) => Promise<Response>,
    location: { hostname: host, protocol: 'https:', pathname: '/cart' },
    navigator: { languages: ['fr-FR', 'en-GB'] as readonly string[], globalPrivacyControl: undefined as unknown, locks: undefined as unknown, sendBeacon: (_url: string, _body: string) => true },
    /** Runs what waits for the next paint, and what that leaves for after it. */
    async paint() {
      for (const fn of frames.splice(0)) fn();
      await settle();
    },
    async rest() {
      for (const fn of idle.splice(0)) fn();
      await settle();
    },
    /** A click on something; as in a browser, the target has to be set from within. */
    async click(target: object) {
      const event = new Event('click', { cancelable: true });
      Object.defineProperty(event, 'target', { value: target });
      win.dispatchEvent(event);
      await settle();
      return event.defaultPrevented;
    },
    async event(name: string, properties: object = {}) {
      win.dispatchEvent(Object.assign(new Event(name), properties));
      await settle();
    },
  };
  const globals: Record<string, PropertyDescriptor> = {
    window: { value: globalThis },
    document: { value: document },
    Document: { value: Document },
    location: { value: world.location },
    navigator: { value: world.navigator },
    localStorage: {
      get() {
        if (world.storageFault) throw new DOMException('refused', 'SecurityError');
        return storage;
      },
    },
    addEventListener: { value: win.addEventListener.bind(win) },
    removeEventListener: { value: win.removeEventListener.bind(win) },
    requestAnimationFrame: { value: (fn: () => void) => frames.push(fn) },
    requestIdleCallback: { value: (fn: () => void) => idle.push(fn) },
    // A retry in an hour keeps no test running.
    setTimeout: { writable: true, value: (fn: () => void, ms?: number) => timeout(fn, ms).unref() },
    console: { value: { ...console, warn: (...words: unknown[]) => warnings.push(words) } },
    fetch: {
      async value(url: string, init: RequestInit) {
        const request = { url, init, body: JSON.parse(init.body as string) };
        sent.push(request);
        return world.answer(request);
      },
    },
  };
  for (const [name, descriptor] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });
  }
  Object.defineProperty(document, 'documentElement', { value: root });
  return world;
};

/** Waits for a condition. */
export const until = async (what: string, condition: () => unknown) => {
  for (let i = 0; !condition(); i++) {
    if (i > 10000) throw new Error(`in vain waited for ${what}`);
    await new Promise((done) => setImmediate(done));
  }
};

/** Lets promises and timers of no delay run; with mocked timers, only promises. */
export const settle = async () => {
  for (let i = 0; i < 30; i++) await new Promise((done) => setImmediate(done));
};
