// The first layer as a dialog in the middle of the page.
//
// It is modal. What lies in the middle covers whatever has the focus, and no
// room that could be kept above or below it would help (WCAG 2.2, 2.4.11): so
// the page behind it is inert while it is open. It is no wall either: Escape, a
// way back on a phone and a press beside it put it away, which decides nothing.
// What was unasked stays unasked, and the page goes on.

/** Shows the layer; `putAway` is called when its visitor closes it without an answer. */
export function openModal(layer: HTMLDialogElement, putAway: () => void): void {
  const [title, words] = layer.querySelectorAll<HTMLElement>('h2,p');
  // The heading takes the first focus, so that no choice is one stray key away.
  title.tabIndex = -1;
  title.autofocus = true;
  words.id = 'words';
  layer.setAttribute('aria-describedby', 'words');
  layer.setAttribute('closedby', 'any');
  // The event comes later: a layer that has gone by then was answered.
  layer.onclose = () => layer.isConnected && putAway();
  layer.showModal();
}
