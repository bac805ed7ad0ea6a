// Asks before a form is sent: forms that delete and forms with data-confirm. Listens in the capture phase, so that
// nothing is sent before the answer. Buttons marked data-needs-script work only while this module does.
const answered = new WeakSet();

export function tell(text) {
  const dialog = document.getElementById("confirm-dialog");
  dialog.classList.add("is-notice");
  return ask(text).finally(() => dialog.classList.remove("is-notice"));
}

export function ask(text, yes) {
  const dialog = document.getElementById("confirm-dialog");
  const button = dialog.querySelector("[data-confirm-yes]");
  button.dataset.usual ??= button.textContent;
  button.textContent = yes || button.dataset.usual;
  dialog.querySelector("[data-confirm-text]").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function question(form, submitter) {
  const own = submitter?.dataset.confirm || form.dataset.confirm;
  if (own) return own;
  const action = new URL(submitter?.formAction || form.action, location.href);
  const deletes = form.method === "post" && action.pathname.endsWith("/delete/");
  return deletes ? document.getElementById("confirm-title").textContent : "";
}

async function hold(event) {
  const { target: form, submitter } = event;
  if (answered.delete(form)) return;
  const text = question(form, submitter);
  if (!text) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const agreed = await ask(text, submitter?.dataset.confirmYes || form.dataset.confirmYes);
  if (!agreed) return;
  answered.add(form);
  form.requestSubmit(submitter);
}

document.addEventListener("submit", hold, true);

export function ready(root) {
  for (const button of root.querySelectorAll("[data-needs-script]")) button.disabled = false;
}
