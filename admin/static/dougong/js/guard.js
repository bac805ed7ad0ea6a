// Two guards on forms: a second click does not send twice, and leaving with unsaved changes is asked about.
const changed = new Set();
let leaving = false;

function block(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  leaving = true;
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  // A download or a refused navigation leaves the page standing: give the form back after a while.
  setTimeout(() => release(form), 8000);
}

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  leaving = false;
}

function stay(event) {
  if (leaving || ![...changed].some((form) => form.isConnected)) return;
  event.preventDefault();
  event.returnValue = document.body.dataset.textLeave;
}

document.addEventListener("submit", block);
window.addEventListener("beforeunload", stay);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-guard-pass]")) leaving = true;
});

export function ready(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    const mark = (event) => event.isTrusted && changed.add(form);
    form.addEventListener("input", mark);
    form.addEventListener("change", mark);
  }
}
