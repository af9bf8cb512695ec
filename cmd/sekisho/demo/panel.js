// The demo's panel: what the gate holds, what went through, what the stand-ins saw, what is stored.
// It knows the gate only through window.sekisho, the service only through its HTTP interface.
(function () {
  const data = JSON.parse(document.getElementById('demo-data').textContent);
  const words = data.words;
  const part = (name) => document.querySelector(`[data-demo="${name}"]`);
  const write = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
  const count = (name, number) => write(document.querySelector(`[data-count="${name}"]`), String(number));
  const say = (text) => write(part('said'), text);

  /** Events of one kind, by vendor. */
  const tally = (name) => {
    const byVendor = {};
    for (const entry of gateLog) if (entry.name === name) byVendor[entry.detail.vendor] = (byVendor[entry.detail.vendor] || 0) + 1;
    return byVendor;
  };
  const sum = (byVendor) => Object.values(byVendor).reduce((a, b) => a + b, 0);

  function draw() {
    const ran = tally('ran');
    const held = tally('held');
    const released = tally('released');
    for (const vendor in released) held[vendor] = Math.max(0, (held[vendor] || 0) - released[vendor]);
    // What is granted from the start is never held: the gate has nothing to say, the stand-in has.
    for (const vendor in ran) released[vendor] = Math.max(released[vendor] || 0, ran[vendor]);
    const consents = window.sekisho ? sekisho.consents() : {};
    for (const row of document.querySelectorAll('[data-row]')) {
      const vendor = row.dataset.row;
      const consent = consents[vendor] || 'unasked';
      const cell = row.querySelector('[data-cell="consent"]');
      cell.dataset.state = consent;
      write(cell, words[consent]);
      const tags = [];
      if (held[vendor]) tags.push(`${words.tagHeld} ${held[vendor]}`);
      if (released[vendor]) tags.push(`${words.tagReleased} ${released[vendor]}`);
      write(row.querySelector('[data-cell="tags"]'), tags.join(' · ') || words.tagNone);
    }
    count('held', sum(held));
    count('released', sum(released));
    count('ran', sum(ran));
  }

  /** What reached the stand-ins since this page was made, seen from the server's side. */
  async function requests() {
    if (data.real) return;
    const answer = await fetch(`/demo/requests?after=${data.after}`);
    const byVendor = await answer.json();
    count('requests', sum(byVendor));
    for (const row of document.querySelectorAll('[data-row]')) {
      write(row.querySelector('[data-cell="requests"]'), String(byVendor[row.dataset.row] || 0));
    }
  }

  /** The visitor's random id stands in bytes 1 to 16 of the cookie, behind the format's number. */
  function visitor() {
    const value = /(?:^|; )sekisho=([\w-]+)/.exec(document.cookie)?.[1];
    if (!value) return '';
    const bytes = atob(value.replace(/-/g, '+').replace(/_/g, '/'));
    const hex = Array.from(bytes.slice(1, 17), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  const path = (id) => `${data.server}/v1/sites/${data.site}/visitors/${id}`;

  async function stored() {
    const id = visitor();
    if (!id) return write(part('record'), words.recordNone);
    const answer = await fetch(path(id));
    write(part('record'), answer.ok ? JSON.stringify(await answer.json(), null, 2) : words.recordWaiting);
  }

  async function forget() {
    const id = visitor();
    if (id && !(await fetch(path(id), { method: 'DELETE' })).ok) throw new Error('not erased');
    // Ports share cookies: whatever else runs on this host keeps its own.
    for (const name of data.cookies) document.cookie = `${name}=; path=/; max-age=0`;
    localStorage.clear();
    sessionStorage.setItem('demo', 'forgotten');
    location.reload();
  }

  const act = {
    withdraw: () => window.sekisho?.withdraw(),
    reload: () => location.reload(),
    forget: () => forget().catch(() => say(words.forgetFailed)),
  };
  for (const name in act) part(name).addEventListener('click', act[name]);

  document.addEventListener('demo:log', () => {
    draw();
    const last = gateLog[gateLog.length - 1];
    if (last.name === 'recorded') {
      write(part('receipt'), JSON.stringify(last.detail.receipt || last.detail, null, 2));
      stored().catch(() => {});
    }
    if (last.name === 'consent') stored().catch(() => {});
  });
  // Each answer of a stand-in is a reason to ask the server what it saw.
  new PerformanceObserver((list) => {
    if (list.getEntries().some((entry) => new URL(entry.name).hostname.endsWith('.localhost'))) requests().catch(() => {});
  }).observe({ type: 'resource', buffered: true });

  if (sessionStorage.getItem('demo') === 'forgotten') say(words.forgotten);
  sessionStorage.removeItem('demo');
  draw();
  requests().catch(() => {});
  stored().catch(() => {});
})();
