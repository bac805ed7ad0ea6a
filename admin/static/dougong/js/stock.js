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

// Select2 leaves its own inputs without a name: take it from the field's label.
function nameSelects() {
  for (const container of document.querySelectorAll(".select2-container")) {
    const label = container.closest(".form-group")?.querySelector("label")?.textContent.trim();
    for (const input of container.querySelectorAll("input.select2-focusser, input.select2-input")) {
      if (label && !input.getAttribute("aria-label")) input.setAttribute("aria-label", label);
    }
  }
}

export function ready() {
  nameSelects();
}
