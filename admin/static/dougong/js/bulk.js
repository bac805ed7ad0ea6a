// "With selected": the list's bulk actions, without the stock inline handlers.
import { ask, tell } from "./confirm.js";

function boxes() {
  return [...document.querySelectorAll("input.action-checkbox")].filter((box) => !box.closest("#action_form"));
}

async function run(button) {
  const form = document.getElementById("action_form");
  const chosen = boxes().filter((box) => box.checked);
  if (!chosen.length) return void tell(form.dataset.emptyText);
  if (button.dataset.ask && !(await ask(button.dataset.ask, button.textContent))) return;
  form.querySelector("#action").value = button.dataset.bulkAction;
  form.querySelectorAll(".action-checkbox").forEach((box) => box.remove());
  form.append(...chosen.map((box) => box.cloneNode()));
  form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-bulk-action]");
  if (button) run(button);
});

document.addEventListener("change", (event) => {
  const all = document.querySelector(".action-rowtoggle");
  if (!all) return;
  if (event.target === all) for (const box of boxes()) box.checked = all.checked;
  const marked = boxes().filter((box) => box.checked).length;
  all.checked = marked > 0 && marked === boxes().length;
  all.indeterminate = marked > 0 && marked < boxes().length;
});
