// Keeps the page for days without a network: this one page, whose hash stands here, and nothing else. Another page is another worker.

const SHA256 = "{{sha256}}";
const CACHE = `liandan-verify-${SHA256}`;
const PAGES = ["/v", "/verify.html"];

/** Fetched past every cache, and kept only if it is the page that this worker was made for. */
async function keep() {
  const answer = await fetch(PAGES[0], { cache: "reload", credentials: "omit" });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!answer.ok || answer.redirected || found !== SHA256) throw new Error(`another page: ${found}`);
  await (await caches.open(CACHE)).put(PAGES[0], answer);
}

async function forgetOthers() {
  for (const name of await caches.keys()) if (name.startsWith("liandan-verify-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("fetch", (event) => {
  const isPage = event.request.mode === "navigate" && PAGES.includes(new URL(event.request.url).pathname);
  if (!isPage) return; // whatever else the server has is no business of this page
  event.respondWith(caches.open(CACHE).then((kept) => kept.match(PAGES[0])).then((answer) => answer || fetch(event.request)));
});
