// The side bar: a drawer on narrow screens; groups remember on this device whether they are open.
const key = "dougong.nav.closed";

function closedGroups() {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) || "[]"));
  } catch {
    return new Set();
  }
}

function remember(group) {
  const closed = closedGroups();
  if (group.open) closed.delete(group.dataset.navGroup);
  else closed.add(group.dataset.navGroup);
  try {
    localStorage.setItem(key, JSON.stringify([...closed]));
  } catch {
    // A browser that keeps nothing still shows the menu.
  }
}

function show(open) {
  const opener = document.querySelector("[data-drawer-open]");
  if (!opener) return;
  document.documentElement.classList.toggle("drawer-shown", open);
  opener.setAttribute("aria-expanded", String(open));
  document.querySelector(".scrim").hidden = !open;
  document.querySelector(".page").inert = open;
  if (open) document.querySelector("#side a")?.focus();
  else opener.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-drawer-open]")) show(true);
  else if (event.target.closest("[data-drawer-close]")) show(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.documentElement.classList.contains("drawer-shown")) show(false);
});
matchMedia("(min-width: 1024px)").addEventListener("change", (wide) => {
  if (wide.matches && document.documentElement.classList.contains("drawer-shown")) show(false);
});

const closed = closedGroups();
for (const group of document.querySelectorAll("[data-nav-group]")) {
  const here = group.querySelector('[aria-current="page"]');
  group.open = Boolean(here) || !closed.has(group.dataset.navGroup);
  group.addEventListener("toggle", () => remember(group));
}
document.querySelector('#side [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
