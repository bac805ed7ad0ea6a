// role="tablist" of buttons with aria-controls: arrows move, the chosen tab is kept in the address (#id).
function choose(tab, focus) {
  for (const other of tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
  }
  if (focus) tab.focus();
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (!tab) return;
  choose(tab);
  history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const here = tabs.indexOf(tab);
  const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: tabs.length - 1 }[event.key];
  choose(tabs[(next + tabs.length) % tabs.length], true);
});

export function ready(root) {
  const wanted = location.hash.slice(1);
  const tab = wanted && root.querySelector(`[role="tab"][aria-controls="${CSS.escape(wanted)}"]`);
  if (tab) choose(tab);
}
