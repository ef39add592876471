// Sending an act: alone to the log, or to those who have still to sign; and what the answer means. An act is sent again as often as it takes: the
// same bytes are answered with the same entry (formats §2).

import { ENTRY_MAX, fromBase64, parseJson } from "./core.js";
import { all, put, remove } from "./db.js";
import { ask } from "./log.js";
import { believe, keepRefusal } from "./receipts.js";

const WAIT = { Prefer: "wait=5", "Content-Type": "application/json" };
const ROUNDS = 6;

const problemOf = (status, value, retryAfter) => (value && value.code ? value : { code: `HTTP_${status}`, title: "", detail: "", status, errors: [], retryAfter });

/** What an answer to a post says: {state, …}. `later` is what is asked again, `refused` is final for these bytes. */
async function outcome({ status, value, retryAfter }, bytes, hash, pins) {
  if (status === 200 || status === 201) return { state: "entered", statement: hash, receipt: await believe(value.receipt || value, bytes, pins), isNew: status === 201 };
  if (status === 202) return { state: value.state === undefined ? "waiting" : value.state === "entered" || value.state === "complete" ? "waiting" : "pending", statement: hash, pending: value };
  const problem = problemOf(status, value, retryAfter);
  if (status === 429 || status >= 500) return { state: "later", statement: hash, problem };
  if (status === 401) return { state: "signed-out", statement: hash, problem };
  await keepRefusal(problem);
  return { state: "refused", statement: hash, problem };
}

/** Posts a whole envelope: {state: "entered" | "waiting" | "later" | "signed-out" | "refused", receipt?, problem?}. */
export async function post(envelope, bytes, hash, pins, disclosures = []) {
  const body = JSON.stringify(disclosures.length ? { envelope, disclosures } : envelope);
  let found = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    found = await outcome(await ask("POST", "/v1/statements", { body, headers: WAIT }), bytes, hash, pins);
    if (found.state !== "waiting") return found;
  }
  return found;
}

/** Brings an envelope that lacks signatures, or the last of them: also {state: "pending", pending}. Values stay here until there is an entry. */
export async function offer(envelope, bytes, hash, pins, disclosures = []) {
  if (disclosures.length) await put("disclosures", { statement: hash, envelope, disclosures });
  const found = await outcome(await ask("POST", "/v1/pending", { body: JSON.stringify(envelope), headers: WAIT }), bytes, hash, pins);
  if (found.state === "entered") await bringDisclosures();
  return found;
}

/** Brings personal values whose acts have become entries meanwhile (a pending statement takes none). How many are still waiting. */
export async function bringDisclosures() {
  let waiting = 0;
  for (const kept of await all("disclosures")) {
    if (kept.isHanded) {
      waiting += 1; // until the program's file comes back
      continue;
    }
    const { status, value } = await ask("GET", `/v1/pending/${kept.statement}`).catch(() => ({ status: 0, value: null }));
    const isOver = status === 404 || (status === 200 && ["declined", "refused"].includes(value.state));
    const isIn = status === 200 && value.state === "entered";
    if (isIn && value.receipt) {
      const envelope = parseJson(fromBase64(value.receipt.entry), ENTRY_MAX, 8).statement;
      const sent = await ask("POST", "/v1/statements", { body: JSON.stringify({ envelope, disclosures: kept.disclosures }), headers: WAIT });
      if (sent.status < 300) await remove("disclosures", kept.statement);
      else waiting += 1;
    } else if (isOver) await remove("disclosures", kept.statement);
    else waiting += 1;
  }
  return waiting;
}

/** Uploads a file that a statement names: true when the store has it. */
export async function upload(file, sha256_b64) {
  const headers = { "Content-Type": file.type || "application/octet-stream", "Content-Digest": `sha-256=:${sha256_b64}:` };
  const answer = await ask("POST", "/v1/evidence", { body: file, headers });
  return answer.status < 300 ? null : problemOf(answer.status, answer.value, answer.retryAfter);
}
