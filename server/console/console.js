// What script adds to pages that work without it. Each part looks for its own
// attribute and leaves alone what has none.

// data-confirm on a form: the question that is asked before it is sent.
document.addEventListener('submit', (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// data-copy on a button: the id of the element whose text goes to the clipboard.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const { textContent, value } = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(value ?? textContent);
    button.textContent = button.dataset.copied;
  } catch {
    // Refused by the browser: what is to be copied stands there to be selected.
  }
});

// On a narrow screen the site's menu scrolls: the page that one is on is brought into view.
const here = document.querySelector('nav.site ul [aria-current]');
if (here) {
  const list = here.closest('ul');
  list.scrollLeft += here.getBoundingClientRect().left - list.getBoundingClientRect().left - (list.clientWidth - here.offsetWidth) / 2;
}
