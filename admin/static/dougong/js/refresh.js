// Live fragments: data-refresh-url is fetched every data-refresh-seconds and takes the element's place inside.
// An answer with the header X-Refresh: stop, or a fragment without the attribute, ends it. Failures slow it down.
const running = new WeakMap();

async function load(element) {
  const answer = await fetch(element.dataset.refreshUrl, {
    headers: { "X-Requested-With": "fetch", Accept: "text/html" },
    credentials: "same-origin",
  });
  if (answer.redirected && new URL(answer.url).pathname !== new URL(element.dataset.refreshUrl, location.href).pathname) {
    throw new Error("logged out");
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return { html: await answer.text(), stop: answer.headers.get("X-Refresh") === "stop" };
}

function busy(element) {
  return document.hidden || (element.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
}

async function turn(element, wait, failures) {
  if (!element.isConnected) return;
  if (busy(element)) return plan(element, wait, failures);
  try {
    const { html, stop } = await load(element);
    if (html !== running.get(element)) {
      running.set(element, html);
      element.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      element.dispatchEvent(new Event("fragment:replaced", { bubbles: true }));
    }
    if (!stop) plan(element, wait, 0);
  } catch {
    if (failures < 6) plan(element, wait, failures + 1);
  }
}

function plan(element, wait, failures) {
  setTimeout(turn, wait * 2 ** failures, element, wait, failures);
}

export function ready(root) {
  for (const element of root.querySelectorAll("[data-refresh-url]")) {
    if (running.has(element)) continue;
    running.set(element, "");
    const seconds = Math.max(1, Number(element.dataset.refreshSeconds) || 5);
    plan(element, seconds * 1000, 0);
  }
}
