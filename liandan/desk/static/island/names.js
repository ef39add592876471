// Names of parties that this browser has verified itself: out of bundles and receipts under the pinned keys, never out of a page.

import { all, put } from "./db.js";

/** Verified names by USCC. */
export async function verifiedNames() {
  return new Map((await all("names")).map(({ uscc, name }) => [uscc, name]));
}

/** Keeps names that a verified bundle tells. */
export async function learnNames(names, index) {
  for (const [uscc, name] of names) await put("names", { uscc, name, index });
}
