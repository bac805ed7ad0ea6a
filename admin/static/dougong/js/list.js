// Lists by keyboard: j/k or arrows move over rows, Enter opens, x selects, n/p turn the page, ? tells. "/" is keys.js's.
function rows() {
  return [...document.querySelectorAll(".model-list tbody tr")].filter((row) => row.querySelector("td:not([colspan])"));
}

function current() {
  return document.querySelector(".model-list tbody tr.is-current");
}

function mark(row) {
  current()?.classList.remove("is-current");
  if (!row) return;
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function open() {
  current()?.querySelector("td:not(.list-checkbox-column) a[href]")?.click();
}

function select() {
  const box = current()?.querySelector(".action-checkbox");
  if (box) box.click();
}

function turn(rel) {
  document.querySelector(`.pagination a[rel=${rel}]`)?.click();
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: open,
  x: select,
  n: () => turn("next"),
  p: () => turn("prev"),
  "?": () => document.getElementById("list-keys")?.showModal(),
};

function busy(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (event.target.closest("input, textarea, select, button, summary, [contenteditable], dialog, details[open]")) return true;
  return event.key === "Enter" && event.target.closest("a") !== null;
}

document.addEventListener("keydown", (event) => {
  if (!document.querySelector(".model-list") || busy(event) || !Object.hasOwn(acts, event.key)) return;
  if (event.key.startsWith("Arrow") && !current()) return; // arrows scroll until a row is chosen
  if (event.key === "Enter" && !current()) return;
  event.preventDefault();
  acts[event.key]();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-list-keys]")) document.getElementById("list-keys")?.showModal();
});
