// Where Flask-Admin's bundled scripts need help under a strict content security policy.
document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-inline-add]");
  if (adder) window.faForm?.addInlineField(adder, adder.dataset.inlineAdd);
  if (event.target.closest(".inline-remove-field, .remove-filter")) event.preventDefault();
});

// Forms that arrive in a modal window get their pickers here (the stock page does it by an inline script).
for (const content of document.querySelectorAll(".modal .modal-content")) {
  new MutationObserver(() => {
    if (content.querySelector("form")) window.faForm?.applyGlobalStyles([content]);
  }).observe(content, { childList: true });
}

// Select2 and the filter rows leave their inputs without a name and with a role that does not fit.
function nameOf(element) {
  const label = element.closest(".form-group")?.querySelector("label") ?? element.closest("tr")?.querySelector(".remove-filter");
  return label?.textContent.replace("×", "").trim();
}

function mend() {
  for (const input of document.querySelectorAll(".select2-focusser, .select2-input, .filter-val, .filter-op")) {
    const name = nameOf(input);
    if (name && !input.getAttribute("aria-label")) input.setAttribute("aria-label", name);
    if (input.matches(".select2-focusser[role=button]")) {
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-expanded", "false");
    }
  }
}

function follow(event) {
  const focusser = document.querySelector(`#s2id_${CSS.escape(event.target.id)} .select2-focusser`);
  focusser?.setAttribute("aria-expanded", String(event.type === "select2-open"));
}

window.jQuery?.(document).on("select2-open select2-close", follow);
for (const element of document.querySelectorAll("table.filters, .admin-form")) {
  new MutationObserver(mend).observe(element, { childList: true, subtree: true });
}

export function ready() {
  mend();
}
