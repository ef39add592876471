// Receipts: what a 201 proves, checked here before it is believed, and kept in this browser until somebody takes it elsewhere.

import { Refusal, b64, checkInclusion, envelopeOf, fromBase64, parseJson, readEntry, sha256, toBase64, utf8 } from "./core.js";
import { all, get, put } from "./db.js";
import { openByKeys, remember } from "./log.js";
import { headlineOf } from "./shown.js";
import { Stopped } from "./words.js";

const dishonest = (detail) => new Stopped(
  "RECEIPT_WRONG",
  ["账本的答复经不起核对（{0}）。请保留本页并联系运营单位；不要当作已入账。", "The answer of the log does not stand up to checking ({0}). Keep this page and tell the operator; do not take the act as entered."],
  ["稍后用同一声明再问一次；仍不符时，把下载的回执交给主管部门。", "Ask once more for the same statement; if it still fails, hand what you downloaded to the authority."],
  detail,
);

/** The receipt in an answer, if the entry is this act, stands where it says, and the pinned keys signed the root; kept. Stopped RECEIPT_WRONG. */
export async function believe(answer, bytes, pins) {
  try {
    const raw = b64(answer.entry, "entry");
    const entry = await readEntry(raw);
    const opened = await openByKeys(answer.checkpoint, pins);
    const proof = answer.inclusion.map((hash) => b64(hash, "inclusion"));
    await checkInclusion(answer.index, opened.size, await sha256(Uint8Array.of(0), raw), proof, opened.root, "inclusion");
    if (entry.index !== answer.index) throw dishonest("index");
    if (toBase64(entry.envelope.body) !== toBase64(bytes)) throw dishonest("entry");
    await remember(opened, answer.checkpoint);
    const { statement, admission } = entry;
    const said = parseJson(entry.envelope.body, 24 * 1024, 8);
    const receipt = {
      statement: statement.hash, index: answer.index, entry: answer.entry, inclusion: answer.inclusion, checkpoint: answer.checkpoint, found: pins.found,
      kind: statement.kind, chain: statement.chain, seq: statement.seq, by: statement.by, at: statement.at, admitted: admission.at,
      headline: headlineOf(said), decision: admission.decision, isTaken: false,
    };
    const before = await get("receipts", receipt.statement);
    await put("receipts", before || receipt);
    return { ...receipt, decision: admission.decision };
  } catch (error) {
    if (error instanceof Refusal || error instanceof TypeError) throw dishonest(error.reasons ? error.reasons.map((one) => one.code).join(" ") : "form");
    throw error;
  }
}

/** Keeps the signed refusal of a problem, if there is one. */
export async function keepRefusal(problem) {
  if (!problem || !problem.receipt || !problem.statement) return;
  const codes = [...new Set(problem.errors.map((one) => one.code))].sort();
  await put("refusals", { id: `${problem.statement} ${codes.join("+")}`, statement: problem.statement, codes, receipt: problem.receipt, title: problem.title, kept: new Date().toISOString(), isTaken: false });
}

export const receipts = async () => (await all("receipts")).sort((a, b) => b.index - a.index);
export const refusals = async () => (await all("refusals")).sort((a, b) => (a.kept < b.kept ? 1 : -1));

/** How many receipts and refusals lie in this browser alone. */
export async function untaken() {
  return [...(await all("receipts")), ...(await all("refusals"))].filter((one) => !one.isTaken).length;
}

/** The pair of files of a receipt that every reader of tlog-proofs opens (C2SP tlog-proof v1), by their names. */
export function filesOf(receipt) {
  const lines = ["c2sp.org/tlog-proof@v1", `index ${receipt.index}`, ...receipt.inclusion, "", receipt.checkpoint];
  return { [`${receipt.statement}.entry`]: fromBase64(receipt.entry), [`${receipt.statement}.tlog-proof`]: utf8(lines.join("\n")) };
}

export const refusalFile = (refusal) => ({ [`${refusal.statement}.${refusal.codes.join("+").slice(0, 80)}.refusal`]: fromBase64(refusal.receipt) });

export async function markTaken(store, key) {
  const found = await get(store, key);
  if (found) await put(store, { ...found, isTaken: true });
}

/** Checks a kept receipt again, from its own bytes and the pins of now. */
export async function recheck(receipt, pins) {
  const envelope = envelopeOf(parseJson(fromBase64(receipt.entry), 60000, 8).statement);
  return believe(receipt, envelope.body, pins);
}
