// IndexedDB as promises: one database per log, so that acts of another log on the same host are never mixed in. What a transaction has written
// is on the disk before anybody is told (durability "strict"): a phone may die between any two steps.

const VERSION = 1;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened(name) {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    const made = request.result;
    made.createObjectStore("acts", { keyPath: "number", autoIncrement: true }).createIndex("statement", "statement", { unique: true });
    made.createObjectStore("heads", { keyPath: "chain" });
    made.createObjectStore("receipts", { keyPath: "statement" });
    made.createObjectStore("aside", { keyPath: "number", autoIncrement: true });
    made.createObjectStore("notes", { keyPath: "name" });
  };
  return asked(request);
}

export class Store {
  static async open(name) {
    const store = new Store();
    store.db = await opened(name);
    store.db.onversionchange = () => store.db.close();
    return store;
  }

  /** Everything of a kind, in the order of its keys. */
  async all(kind) {
    return asked(this.db.transaction(kind).objectStore(kind).getAll());
  }

  async one(kind, key) {
    return asked(this.db.transaction(kind).objectStore(kind).get(key));
  }

  /**
   * One change of several kinds, all of it or nothing. `work` gets (get, put, remove, all), which may be awaited; whatever it throws undoes it.
   */
  async change(kinds, work) {
    const transaction = this.db.transaction(kinds, "readwrite", { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error || new DOMException("undone", "AbortError"));
    });
    const at = (kind) => transaction.objectStore(kind);
    const tools = {
      all: (kind) => asked(at(kind).getAll()),
      get: (kind, key) => asked(at(kind).get(key)),
      put: (kind, value) => asked(at(kind).put(value)),
      remove: (kind, key) => asked(at(kind).delete(key)),
    };
    let answer;
    try {
      answer = await work(tools);
    } catch (error) {
      try {
        transaction.abort();
      } catch (ended) {
        // It has ended by itself, of the same error.
      }
      await done.catch(() => undefined);
      throw error;
    }
    await done;
    return answer;
  }
}
