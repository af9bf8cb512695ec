// A Host as the gate's file makes one, without a gate: it keeps consents in
// memory and notes every decision, so that tests see what the interface asked for.

export async function start({ site, language, consents, signalled, decided, at, answered, early }) {
  const listeners = {};
  const state = { decisions: [], events: [], ui: null };
  const loads = {};
  const load = (part) => (loads[part] ||= import(`/${part}.js${location.search}`));
  const host = {
    site,
    language,
    load,
    consents: () => ({ ...consents }),
    unasked: () => site.vendors.filter(([id, , , flags]) => !(flags & 1) && consents[id] === 'unasked').map(([id]) => id),
    signalled: () => signalled,
    decided: () => (decided ? { at: at / 1e3, revision: answered } : undefined),
    visitor: () => (decided ? '7f9c2d41-5a0e-4d3b-9c86-2f1e8b7a6d50' : ''),
    decide(action, choices, layer) {
      state.decisions.push({ action, choices, layer });
      for (const [id, granted] of Object.entries(choices)) consents[id] = granted ? 'granted' : 'denied';
      decided = true;
      host.emit('consent', { consents: host.consents() });
    },
    async preferences(from) {
      (await load('preferences')).default(host, state.ui, from);
    },
    names: async () => (await load('preferences')).names(site),
    on(event, listener) {
      (listeners[event] ||= new Set()).add(listener);
      return () => listeners[event].delete(listener);
    },
    emit(event, detail) {
      state.events.push([event, detail]);
      for (const listener of listeners[event] || []) listener(detail);
    },
  };
  window.stub = Object.assign(state, { host });
  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-sekisho="open"]');
    if (opener) host.preferences(opener);
  });
  const { default: mount } = await load('banner');
  state.bodyAtStart = !!document.body;
  const ui = mount(host);
  // The names of new vendors are loaded first, where there are any.
  await ui.update();
  state.ui = ui;
  if (early) await fetch('/drawn');
}
