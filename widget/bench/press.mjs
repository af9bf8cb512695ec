// From a press to what is painted next: what a visitor feels who accepts.

/** Put into a page ahead of its own code: keeps what the browser tells of presses. */
export const watchPresses = () => {
  window.presses = [];
  const keep = (list) => window.presses.push(...list.getEntries());
  // Of the click that changes what is seen it tells from 16 ms on; quicker there is none at a fourth of the speed.
  new PerformanceObserver(keep).observe({ type: 'event', durationThreshold: 16, buffered: true });
};

/** The page's main thread gets a processor so many times slower, from now on. */
export async function slowDown(tab, times) {
  const protocol = await tab.context().newCDPSession(tab);
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: times });
}

/** Presses what `button` locates, with the mouse or a finger, once the page has nothing left to do. */
async function push(tab, button, touch) {
  const { x, y, width, height } = await button.boundingBox();
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done))));
  await (touch ? tab.touchscreen.tap(x + width / 2, y + height / 2) : tab.mouse.click(x + width / 2, y + height / 2));
}

/**
 * { duration, processing }: milliseconds by the clock from the press to the next paint, to the browser's 8 ms, and of them
 * those of the page's code.
 */
export async function press(tab, button, { touch } = {}) {
  await push(tab, button, touch);
  const entries = await tab.waitForFunction(() => {
    const id = window.presses.find((one) => one.name == 'click')?.interactionId;
    return id && window.presses.filter((one) => one.interactionId == id).map(({ duration, processingStart, processingEnd }) => ({ duration, took: processingEnd - processingStart }));
  }).then((handle) => handle.jsonValue());
  return { duration: Math.max(...entries.map((one) => one.duration)), processing: entries.reduce((sum, { took }) => sum + took, 0) };
}

/**
 * Milliseconds that the main thread has on the processor from the press until the frame that shows its effect is handed
 * over. What else runs on the machine hardly shows in it; four times as much is what a processor takes that is four times slower.
 */
export async function pressWork(tab, button, { touch } = {}) {
  const protocol = await tab.context().browser().newBrowserCDPSession();
  const events = [];
  protocol.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await protocol.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'blink', 'cc'] } });
  await push(tab, button, touch);
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const complete = new Promise((done) => protocol.once('Tracing.tracingComplete', done));
  await protocol.send('Tracing.end');
  await complete;
  await protocol.detach();
  const dispatched = (type) => events.find((one) => one.name === 'EventDispatch' && one.args.data.type === type);
  const [down, click] = [dispatched('pointerdown'), dispatched('click')];
  const main = events.filter((one) => one.ph === 'X' && one.pid === click.pid && one.tid === click.tid).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const end = (one) => one.ts + one.dur;
  const frame = main.find((one) => one.name === 'ProxyMain::BeginMainFrame' && end(one) >= end(click) && one.dur);
  let [sum, past] = [0, 0];
  for (const one of main) {
    // Of what is nested the outermost counts.
    if (one.ts < past || end(one) < down.ts || one.ts > end(frame) || !/^EventDispatch$|^EventHandler::|BeginMainFrame$/.test(one.name)) continue;
    past = end(one);
    sum += one.tdur;
  }
  return sum / 1000;
}
