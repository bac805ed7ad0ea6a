// <time data-countdown=ISO data-warn=ISO>: what is left until a deadline, by the server's clock.
const stamp = document.querySelector('meta[name="server-time"]')?.content;
const offset = stamp ? Date.parse(stamp) - Date.now() : 0;
const { textDue = "{span}", textLate = "-{span}", textUnits = "d|h|min|s" } = document.body.dataset;
const [days, hours, minutes, seconds] = textUnits.split("|");

function span(total) {
  const s = Math.floor(total / 1000);
  const d = Math.floor(s / 86400);
  const h = Math.floor((s % 86400) / 3600);
  const m = Math.floor((s % 3600) / 60);
  if (d) return `${d} ${days} ${h} ${hours}`;
  if (h) return `${h} ${hours} ${m} ${minutes}`;
  if (m >= 10) return `${m} ${minutes}`;
  return `${m} ${minutes} ${s % 60} ${seconds}`;
}

function show(element, now) {
  const left = Date.parse(element.dataset.countdown) - now;
  if (Number.isNaN(left)) return;
  const text = left >= 0 ? textDue : textLate;
  element.textContent = text.replace("{span}", span(Math.abs(left)));
  const warned = element.dataset.warn && now >= Date.parse(element.dataset.warn);
  element.dataset.state = left < 0 ? "breached" : warned ? "warning" : "running";
}

export function ready(root) {
  const now = Date.now() + offset;
  for (const element of root.querySelectorAll("[data-countdown]")) show(element, now);
}

setInterval(() => {
  if (!document.hidden) ready(document);
}, 1000);
