// What changes appears: one stream of events for all open pages of this browser; a part of a page that is marked `data-live` is asked for anew
// by htmx when something that it is about has changed. Nothing is shown from the event itself: it says what to ask for, and how large the log is.
//
//   <section data-live="manifest case" hx-get="/road/now" hx-trigger="live" hx-swap="outerHTML">
//
// An empty `data-live` is about everything; words in it are types of chains, or whole chains. A part in which somebody types, or that belongs to
// a page nobody looks at, waits until he is done; one that has just been asked for rests a moment. `data-live-size` shows the size of the log.

const ADDRESS = "/desk/live";
const WAIT_MS = 15000;
const REST_MS = 5000;
const waiting = new Set();
const refreshed = new WeakMap();
const channel = "BroadcastChannel" in self ? new BroadcastChannel("liandan-live") : null;
let size = 0;

function marked() {
  return [...document.querySelectorAll("[data-live]")];
}

function isAbout(element, news) {
  const words = element.dataset.live.split(" ").filter(Boolean);
  if (!words.length || news.many) return true;
  return words.some((word) => news.topics.includes(word) || news.chains.includes(word));
}

function isBusy(element) {
  const active = document.activeElement;
  return document.hidden || (element.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) || element.querySelector("dialog[open]") !== null;
}

function refresh(element) {
  if (isBusy(element)) {
    waiting.add(element);
    return;
  }
  const rest = (refreshed.get(element) ?? 0) + REST_MS - Date.now();
  if (rest > 0) {
    if (!waiting.has(element)) setTimeout(refreshWaiting, rest);
    waiting.add(element);
    return;
  }
  waiting.delete(element);
  refreshed.set(element, Date.now());
  element.dispatchEvent(new CustomEvent("live", { bubbles: false }));
}

function refreshWaiting() {
  for (const element of [...waiting]) {
    if (!element.isConnected) waiting.delete(element);
    else refresh(element);
  }
}

function tell(news) {
  size = news.size;
  document.querySelectorAll("[data-live-size]").forEach((one) => {
    one.textContent = size.toLocaleString("en-US");
  });
  if (!news.topics.length && !news.many) return;
  marked().filter((element) => isAbout(element, news)).forEach(refresh);
}

function ended() {
  document.documentElement.dataset.session = "ended";
  document.querySelectorAll("[data-live-ended]").forEach((one) => {
    one.hidden = false;
  });
}

// The leader's: reconnects by itself with the place that it has come to; where the server refuses, later again.
function listen() {
  return new Promise((resolve) => {
    const source = new EventSource(ADDRESS);
    source.addEventListener("news", (event) => {
      const news = JSON.parse(event.data);
      tell(news);
      channel?.postMessage({ news });
    });
    source.addEventListener("end", () => {
      source.close();
      ended();
      channel?.postMessage({ ended: true });
      resolve(false);
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(resolve, WAIT_MS, true);
    });
    addEventListener("pagehide", () => source.close(), { once: true });
  });
}

async function lead() {
  while (await listen());
}

if (channel) {
  channel.addEventListener("message", (event) => {
    if (event.data.news) tell(event.data.news);
    if (event.data.ended) ended();
  });
}
document.addEventListener("visibilitychange", refreshWaiting);
document.addEventListener("focusout", () => setTimeout(refreshWaiting, 200));
if (marked().length || document.querySelector("[data-live-size]")) {
  if (navigator.locks) navigator.locks.request("liandan-live", lead);
  else lead();
}
