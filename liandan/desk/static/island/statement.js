// From a proposal to the bytes that are signed, and back from those bytes to what they say (formats §1, §2).

import { CHAINS, KINDS, Refusal, STATEMENT, envelopeOf, fromBase64, isChainName, pae, parseJson, readStatement, sha256, toBase64, toHex, utf8 } from "./core.js";
import { commitAll } from "./commit.js";
import { ask, formatAt, pinned, present, theLog, unforked } from "./log.js";
import { Stopped } from "./words.js";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NEW = "<ULID>";

/** A fresh ULID of a moment, Unix milliseconds: 48 bits of time, 80 of chance, in Crockford's base32. */
export function ulid(at_ms) {
  const chance = crypto.getRandomValues(new Uint8Array(10));
  const number = (BigInt(at_ms) << 80n) | BigInt(`0x${toHex(chance)}`);
  return Array.from({ length: 26 }, (_, place) => CROCKFORD[Number((number >> BigInt(125 - 5 * place)) & 31n)]).join("");
}

/** Statement hash of bytes: of the act, not of its signatures. */
export const hashOf = async (bytes) => toHex(await sha256(utf8("liandan/statement/v1\n"), pae(STATEMENT, bytes)));

/** `prev` of the first statement of a chain. */
export const genesis = async (found, chain) => toHex(await sha256(utf8(`liandan/chain/v1\n${found}\n${chain}`)));

/** Where the next statement of a chain goes: {seq, prev}. A device that keeps acts of its own asks `queued(chain)` → {seq, hash} | null first. */
export async function place(chain, found, queued = null) {
  const own = queued && (await queued(chain));
  if (own) return { seq: own.seq + 1, prev: own.hash };
  const { status, value } = await ask("GET", `/v1/chains/${chain}`);
  if (status === 200 && value && value.chain === chain && Number.isSafeInteger(value.seq) && /^[0-9a-f]{64}$/.test(value.hash)) return { seq: value.seq + 1, prev: value.hash };
  // Any other answer than "there is none" says nothing of the chain: to begin it would be to sign what cannot be.
  if (status === 404 && value && value.code === "NOT_FOUND") return { seq: 0, prev: await genesis(found, chain) };
  if (status === 401) {
    throw new Stopped("SIGNED_OUT", ["登录已过期，没有签署。", "You are no longer signed in, and nothing was signed."], ["重新进入后再按一次，填好的内容还在。", "Enter again and press once more; what you filled in is still here."]);
  }
  throw new Stopped(
    "HEAD_UNKNOWN",
    ["没有查到这条链的链头（{0}），不能签署。", "The head of this chain could not be read ({0}), so nothing was signed."],
    ["过一会儿再按一次。", "Press again in a moment."],
    (value && value.title) || status,
  );
}

/** The bytes of a statement, as the Python client writes them: fields in published order, what is null left out. */
export function bytesOf({ kind, chain, seq, prev, by, principal, at, seen, body }) {
  const fields = { kind, chain, seq, prev, by, ...(principal ? { for: principal } : {}), at, ...(seen ? { seen } : {}), body };
  return utf8(JSON.stringify(fields, (key, value) => (value === null ? undefined : value)));
}

/** What a statement's bytes say, form and body judged by the kind's own schema; Refusal with codes. `hash` is the act's. */
export async function readBytes(bytes) {
  const frozen = { payloadType: STATEMENT, payload: toBase64(bytes), signatures: [{ keyid: "0".repeat(64), sig: "" }] };
  const envelope = envelopeOf(frozen);
  const statement = await readStatement(envelope, false);
  const hash = await hashOf(bytes);
  if (hash !== statement.hash) throw new Error("two hashes of the same bytes");
  // In the order of the bytes, so that whoever shows it shows nothing that is not in them.
  return { ...statement, bytes, said: parseJson(bytes, 24 * 1024, 8) };
}

function chainOf(chain, kind, now_s) {
  const named = chain.replaceAll(NEW, () => ulid(now_s * 1000));
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : null;
  if (!known) {
    throw new Stopped("KIND_UNKNOWN", ["本页不认识这种行为（{0}），不能签署。", "This page does not know this act ({0}), so it cannot be signed."], ["刷新页面后再试。", "Reload the page and try again."], kind);
  }
  if (!isChainName(named) || !new RegExp(`^(?:${CHAINS[named.split("/")[0]]})$`).test(named)) {
    throw new Stopped("CHAIN_FORM", ["要签署的链名不合格式：{0}。", "The chain to be signed on is out of form: {0}."], ["刷新页面后再试。", "Reload the page and try again."], named);
  }
  return named;
}

/**
 * The statement of a proposal {kind, chain, by, for?, body, personal?, at?}: {bytes, statement, disclosures}. `queued` as in place(). Nothing of
 * the proposal is believed: what the bytes say is read back from them. Stopped, or Refusal with what is out of form.
 */
export async function compose(proposal, { queued = null, offline = false, seen = true } = {}) {
  const { pins } = offline ? await pinsAlone() : await theLog();
  // What was met since the last proof is proved before more is signed; where the log gives no proof now, the page of evidence says so.
  if (!offline && pins.met && pins.met.length > 1) await (await import("./heads.js")).follow();
  unforked(await pinned());
  const now_s = await present();
  const chain = chainOf(proposal.chain, proposal.kind, now_s);
  // A chain under a name that was made just now, or that a draft of this party has kept for itself, is nobody's; were it there, the log would refuse.
  const begins = chain !== proposal.chain || proposal.begins === true;
  const { seq, prev } = begins ? { seq: 0, prev: await genesis(pins.found, chain) } : await place(chain, pins.found, queued);
  const personal = await commitAll(pins.found, chain, seq, proposal.personal || {});
  const body = { ...proposal.body };
  if (personal.disclosures.length) body.commit = { ...(body.commit || {}), ...personal.commit };
  const fields = { kind: proposal.kind, chain, seq, prev, by: proposal.by, principal: proposal.for, at: proposal.at || formatAt(now_s), seen: seen ? pins.seen : null, body };
  const bytes = bytesOf(fields);
  return { bytes, statement: await readBytes(bytes), disclosures: personal.disclosures };
}

async function pinsAlone() {
  const pins = await pinned();
  if (!pins) throw new Stopped("NOT_PINNED", ["本机还没有登记过账本。", "This device knows no log yet."], ["连上网络打开一次本页。", "Open this page once with a network."]);
  return { pins };
}

/** An envelope of bytes and the signatures so far, in the order of `by` (formats §2). */
export const envelopeFor = (bytes, signatures) => ({ payloadType: STATEMENT, payload: toBase64(bytes), signatures });

/** Bytes of an envelope that somebody else brought. */
export function payloadOf(envelope) {
  const raw = envelope && envelope.payloadType === STATEMENT ? fromBase64(envelope.payload) : null;
  if (!raw) throw new Refusal([{ code: "ENVELOPE_FIELD", field: "payload", found: "", expected: "" }]);
  return raw;
}
