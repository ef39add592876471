// The worker that keeps this page, and what it has kept.

const WORKER = "/drive/sw.js";
const KEEP = { headers: { "X-Drive": "keep" }, credentials: "same-origin" };

/** Only the one address is a script's, whatever anybody writes into the page (Trusted Types). */
function scriptUrl() {
  if (!globalThis.trustedTypes) return WORKER;
  return trustedTypes
    .createPolicy("liandan", {
      createScriptURL: (url) => {
        if (url !== WORKER) throw new TypeError(url);
        return url;
      },
    })
    .createScriptURL(WORKER);
}

/** Registers the worker; a new one takes over only while `isIdle()`, for the page and its files belong together. */
export async function work(isIdle) {
  if (!("serviceWorker" in navigator)) return;
  const hadNone = !navigator.serviceWorker.controller;
  if (hadNone) navigator.serviceWorker.addEventListener("controllerchange", () => keepPages(), { once: true });
  const registration = await navigator.serviceWorker.register(scriptUrl(), { scope: "/drive/" }).catch(() => null);
  const takeOver = () => registration.waiting && isIdle() && registration.waiting.postMessage("take over");
  if (!registration) return;
  takeOver();
  // A page that came while the worker was starting is nobody's until the worker looks again.
  navigator.serviceWorker.ready.then(({ active }) => navigator.serviceWorker.controller || active.postMessage("claim"));
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", takeOver);
  });
}

/** Fetches this page and those of the other trips once more, through the worker, which keeps them: it was not there when this page came. */
export async function keepPages() {
  if (!navigator.onLine || !navigator.serviceWorker?.controller) return;
  const trips = [...document.querySelectorAll("a[data-trip]")].map((link) => link.pathname);
  for (const path of new Set([location.pathname, "/drive/", ...trips])) await fetch(path, KEEP).catch(() => undefined);
}
