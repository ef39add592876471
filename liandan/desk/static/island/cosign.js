// Signing what somebody else has begun: fetched by its hash, shown from its bytes, signed or declined (POST /v1/pending).

import { STATEMENT, pae } from "./core.js";
import { stopped } from "./act.js";
import { keyFor, sign, trouble } from "./keys.js";
import { ask, theLog, unforked } from "./log.js";
import { namesFor } from "./names.js";
import { offer } from "./post.js";
import { showSheet } from "./sheet.js";
import { envelopeFor, hashOf, payloadOf, readBytes } from "./statement.js";
import { Stopped } from "./words.js";

const OVER = {
  stale: [["这件事之后，链上已有新的记录，旧的一份不能再签。", "The chain has moved on since this was begun: it can no longer be signed."], ["请发起方重新发起。", "Ask whoever began it to begin anew."]],
  declined: [["这件事已被拒签。", "This was declined."], ["请与对方联系。", "Talk to the other side."]],
  refused: [["账本没有收下这件事。", "The log refused this."], ["请发起方改正后重新发起。", "Ask whoever began it to correct it and begin anew."]],
  entered: [["这件事已经入账，无需再签。", "This is in the log already; nothing is left to sign."], ["在“存证”页可以看到。", "See the page of evidence."]],
  complete: [["各方已签齐，正在入账。", "All have signed; it is on its way into the log."], ["稍后刷新。", "Reload in a moment."]],
};

/** A pending statement by its hash: {answer, bytes, statement}, whose bytes have that hash. Stopped where there is none to sign, or others were sent. */
export async function fetchPending(hash) {
  const { status, value } = await ask("GET", `/v1/pending/${hash}`);
  if (status !== 200) {
    throw new Stopped("PENDING_UNKNOWN", ["没有这件待签的事，或您无权查看。", "There is no such statement to sign, or it is not yours to see."], ["刷新“待我签署”页。", "Reload the page of what waits for you."]);
  }
  if (value.state !== "waiting") throw new Stopped(`PENDING_${value.state.toUpperCase()}`, ...(OVER[value.state] || OVER.stale));
  const bytes = payloadOf(value.envelope);
  if ((await hashOf(bytes)) !== hash) {
    throw new Stopped("HASH_DIFFERS", ["服务器给出的内容与所要签的不是同一件，没有签署。", "The server showed another statement than the one to be signed; nothing was signed."], ["不要继续，请联系运营单位。", "Do not go on, and tell the operator."]);
  }
  return { answer: value, bytes, statement: await readBytes(bytes) };
}

/** Shows a pending statement and signs it; answers as signAct does. */
export async function cosign(hash, options = {}) {
  const again = () => cosign(hash, options);
  try {
    const bad = trouble();
    if (bad) throw bad;
    const { pins } = await theLog();
    unforked(pins);
    const { answer, bytes, statement } = await fetchPending(hash);
    const missing = statement.by.filter((uscc) => (answer.missing || []).includes(uscc));
    const key = await keyFor(missing, statement.kind);
    if (!key) throw new Stopped("NO_KEY", ["本机没有还须签署的单位的密钥。", "This device has no key of a party that has still to sign."], ["换一台登记过的设备。", "Take a device that is enrolled."]);
    const signed = statement.by.filter((uscc) => !missing.includes(uscc));
    const isAgreed = await showSheet(bytes, { names: await namesFor(statement, pins), signed, ...(options.sheet || {}) });
    if (!isAgreed) return { state: "cancelled", again };
    const envelope = envelopeFor(bytes, [await sign(key, pae(STATEMENT, bytes))]);
    return { ...(await offer(envelope, bytes, hash, pins)), envelope, again, resend: () => offer(envelope, bytes, hash, pins) };
  } catch (error) {
    return { ...(await stopped(error)), again };
  }
}

const said = ({ status, value }, state, hash) => (status < 300 ? { state, statement: hash, pending: value } : { state: "refused", statement: hash, problem: value || { code: `HTTP_${status}`, title: "", errors: [] } });

/** Says that this party will not sign, and why; the others read it. */
export async function decline(hash, reason) {
  try {
    return said(await ask("POST", `/v1/pending/${hash}/decline`, { body: JSON.stringify({ reason }), headers: { "Content-Type": "application/json" } }), "declined", hash);
  } catch (error) {
    return stopped(error);
  }
}

/** Takes this party's signature back, while others are missing. What they have fetched they may still hold. */
export async function withdraw(hash) {
  try {
    return said(await ask("DELETE", `/v1/pending/${hash}/signature`), "withdrawn", hash);
  } catch (error) {
    return stopped(error);
  }
}
