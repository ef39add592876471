// One log, and not two: every checkpoint that this browser has met is the beginning of the newest one, or the log is told to have forked.

import { Refusal, checkInclusion, fromUtf8, parseProof } from "./core.js";
import { ask, forked, openByKeys, pinned } from "./log.js";
import { put } from "./db.js";

const WIDTH = 256; // hashes of a tile (C2SP tlog-tiles)

/** Those hashes of an inclusion proof that stand left of its leaf. */
function leftOf(index, size, steps) {
  let [at, last] = [index, size - 1];
  return steps.filter(() => {
    const isLeft = at % 2 === 1 || at === last;
    while (at === last && at && at % 2 === 0) [at, last] = [at / 2, last / 2];
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    return isLeft;
  });
}

/**
 * Whether a tree {size, root} is the beginning of a newer one, by the older one's last leaf and its proof in the newer: what stands left of that
 * leaf is the same in both, and nothing else is in the older (RFC 9162 §2.1.4 by §2.1.3). Refusal where the proof itself does not hold.
 */
export async function isBeginning(older, newer, leaf, steps) {
  const index = older.size - 1;
  await checkInclusion(index, newer.size, leaf, steps, newer.root, "inclusion");
  return checkInclusion(index, older.size, leaf, leftOf(index, newer.size, steps), older.root, "consistency").then(
    () => true,
    (error) => {
      if (!(error instanceof Refusal)) throw error;
      return false;
    },
  );
}

/** Path of the tile of leaves that holds an index, of a log of this size. */
function tileOf(index, size) {
  const tile = Math.floor(index / WIDTH);
  const width = Math.min(WIDTH, size - tile * WIDTH);
  const digits = String(tile).padStart(Math.ceil(String(tile).length / 3) * 3, "0").match(/.../g);
  return `/tile/0/${digits.map((part, place) => (place < digits.length - 1 ? `x${part}` : part)).join("/")}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** The newest checkpoint of the log, with the proof of one leaf in it; null where the log does not give it. */
async function provedIn(index, pins) {
  const proof = await ask("GET", `/v1/proofs/${index}`, { headers: { Accept: "*/*" } });
  if (proof.status !== 200) return null;
  const { hashes, checkpoint } = parseProof(proof.raw);
  const note = fromUtf8(checkpoint);
  const opened = await openByKeys(note, pins);
  const tile = await ask("GET", tileOf(index, opened.size), { headers: { Accept: "*/*" } });
  const start = (index % WIDTH) * 32;
  return tile.status === 200 ? { note, opened, hashes, leaf: tile.raw.subarray(start, start + 32) } : null;
}

/**
 * Follows the log from what this browser has met: "follows", "unproved" where the log gave no proof that holds, or "forked", which is kept with
 * both checkpoints, for they are signed: whoever holds them can show it to anybody.
 */
export async function follow() {
  const pins = await pinned();
  if (!pins || forked(pins)) return pins ? "forked" : "follows";
  let newest = null;
  for (const note of pins.met || []) {
    try {
      const older = await openByKeys(note, pins);
      newest = await provedIn(older.size - 1, pins);
      if (!newest) return "unproved";
      if (!(await isBeginning(older, newest.opened, newest.leaf, newest.hashes))) {
        await put("pins", { ...(await pinned()), forked: [note, newest.note] });
        return "forked";
      }
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof TypeError || error.code === "AWAY")) throw error;
      return "unproved";
    }
  }
  if (newest) {
    const now = await pinned();
    await put("pins", { ...now, met: [newest.note, ...now.met.filter((note) => !pins.met.includes(note))] });
  }
  return "follows";
}
