// Starts every small module of the admin. `ready(root)` runs for the page and again for each refreshed fragment.
import * as bulk from "./bulk.js";
import * as confirm from "./confirm.js";
import * as countdown from "./countdown.js";
import * as drawer from "./drawer.js";
import * as files from "./files.js";
import * as guard from "./guard.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as menus from "./menus.js";
import * as refresh from "./refresh.js";
import * as stock from "./stock.js";
import * as tabs from "./tabs.js";
import * as toasts from "./toasts.js";

const modules = [confirm, guard, bulk, countdown, drawer, files, keys, list, menus, refresh, stock, tabs, toasts];

export function ready(root) {
  for (const module of modules) module.ready?.(root);
}

ready(document);
document.addEventListener("fragment:replaced", (event) => ready(event.target));
