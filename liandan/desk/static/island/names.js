// Names of parties that this browser has verified itself: out of bundles and receipts under the pinned keys, never out of a page.

import { Refusal, openBundle } from "./core.js";
import { all, put } from "./db.js";
import { ask } from "./log.js";
import { Stopped } from "./words.js";

const PATIENCE_MS = 2500;

/** Verified names by USCC. */
export async function verifiedNames() {
  return new Map((await all("names")).map(({ uscc, name }) => [uscc, name]));
}

/** Keeps names that a verified bundle tells. */
export async function learnNames(names, index) {
  for (const [uscc, name] of names) await put("names", { uscc, name, index });
}

async function learnFrom(path, found) {
  try {
    const { status, raw } = await ask("GET", path);
    if (status !== 200) return;
    const { facts, checkpoint } = await openBundle(raw, found, () => {});
    await learnNames(facts.names, checkpoint.size);
  } catch (error) {
    if (!(error instanceof Stopped || error instanceof Refusal)) throw error; // its parties are shown by their codes then
  }
}

/** Verified names for a statement about to be shown: those kept, and where some are missing those of its manifest's bundle, if it comes in time. */
export async function namesFor(statement, pins) {
  const known = await verifiedNames();
  const [, manifest] = /^(?:manifest|case)\/([^/]+\/[^/]+)/.exec(statement.chain) || [];
  const isNew = statement.chain.startsWith("manifest/") && statement.seq === 0;
  if (!manifest || isNew || statement.by.every((uscc) => known.has(uscc))) return known;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([learnFrom(`/v1/manifests/${manifest}/bundle`, pins.found), late]);
  return verifiedNames();
}
