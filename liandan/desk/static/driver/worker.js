// The driver's page without a network: its files by their hashes, and each page of a trip as it was last read. It knows no keys and no acts.

const SHELL = /*{{shell}}*/ { version: "", files: [] };
const FILES = `liandan-drive-files-${SHELL.version}`;
const PAGES = "liandan-drive-pages";
const PATIENCE_MS = 8000;

async function keepFiles() {
  const cache = await caches.open(FILES);
  await cache.addAll(SHELL.files.map((path) => new Request(path, { credentials: "omit" })));
}

/** The files of the version before stay: a page of another trip may still be one of them. */
async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("liandan-drive-files-") && name !== FILES);
  for (const name of others.slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

/** Whether a path is a page of the driver's; not the worker itself, nor what the page installs by. */
const isPage = (path) => path === "/drive/" || /^\/drive\/m\/[0-9A-Z]{18}\/[0-9A-Z]{26}$/.test(path);

const ended = (milliseconds) => new Promise((resolve, reject) => setTimeout(() => reject(new Error("slow")), milliseconds));

/** The network first; the page as it was last read where there is none, where it is slow, or where the server is ill. */
async function pageOf(request) {
  const cache = await caches.open(PAGES);
  const key = new URL(request.url).pathname;
  const kept = await cache.match(key);
  const reading = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected && (answer.headers.get("content-type") || "").startsWith("text/html")) await cache.put(key, answer.clone());
    return answer;
  });
  try {
    const answer = await (kept ? Promise.race([reading, ended(PATIENCE_MS)]) : reading);
    return answer.status >= 500 && kept ? kept : answer;
  } catch (error) {
    reading.catch(() => undefined);
    if (kept) return kept;
    const home = await cache.match("/drive/");
    if (home) return home;
    throw error;
  }
}

/** A file of the shell, which its hash names; one of an older page as long as that page is kept. */
async function fileOf(request) {
  const kept = await caches.match(request.url);
  return kept || fetch(request);
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles()); // no skipWaiting: the page takes the new one when its queue is empty
});
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (isPage(pathname) && (event.request.mode === "navigate" || event.request.headers.get("x-drive") === "keep")) event.respondWith(pageOf(event.request));
  else if (SHELL.files.includes(pathname) || pathname.startsWith("/desk/static/")) event.respondWith(fileOf(event.request));
});
