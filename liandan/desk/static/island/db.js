// What this browser keeps for signing (IndexedDB): keys, what is pinned, receipts, refusals, personal data that waits for its entry.

const NAME = "liandan-island";
const STORES = { keys: "keyid", pins: "name", receipts: "statement", refusals: "id", disclosures: "statement", names: "uscc" };

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  }).catch((error) => {
    opening = null; // a browser that is short of room may have some later
    throw error;
  });
  return opening;
}

/** Runs `work(store)`, a request, in one transaction; its result once that is on the disk. */
async function within(store, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : {});
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error || request.error);
  });
}

export const get = (store, key) => within(store, "readonly", (of) => of.get(key));
export const all = (store) => within(store, "readonly", (of) => of.getAll());
export const put = (store, value) => within(store, "readwrite", (of) => of.put(value));
export const remove = (store, key) => within(store, "readwrite", (of) => of.delete(key));
