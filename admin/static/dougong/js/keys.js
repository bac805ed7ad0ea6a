// "/" puts the cursor into the search box, as long as nobody is typing elsewhere.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = [...document.querySelectorAll(`[data-search-key="${CSS.escape(event.key)}"]`)].at(-1); // the list's own
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
