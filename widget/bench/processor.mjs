// A page's own time on the processor, as Chromium counts it task by task. What else runs on the machine hardly shows in it,
// where a clock on the wall would show little else.

/** Returns a function that says how many milliseconds the page's main thread has had so far. */
export async function processor(tab) {
  const protocol = await tab.context().newCDPSession(tab);
  await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => (await protocol.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
}
