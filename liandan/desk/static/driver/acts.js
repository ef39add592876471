// Acts of the driver's page: signed behind what lies in the queue, kept before anything else happens, sent when there is a network.

import { STATEMENT, fromBase64, pae } from "../island/core.js";
import { signAct } from "../island/act.js";
import { keyFor, sign } from "../island/keys.js";
import { ask, pinned, theLog } from "../island/log.js";
import { verifiedNames } from "../island/names.js";
import { believe } from "../island/receipts.js";
import { showSheet } from "../island/sheet.js";
import { QueueError, lackingOf } from "./queue.js";
import { sender } from "./send.js";

const HEAD_PATIENCE_MS = 1500;

/** `8 hex digits` of a statement, in two groups, by which two people see that they look at the same. */
export const codeOf = (statement) => `${statement.slice(0, 4)} ${statement.slice(4, 8)}`.toUpperCase();

export class Acts {
  constructor(queue, uscc) {
    Object.assign(this, { queue, uscc });
    this.ways = sender({
      believe: async (act, posted) => believe(posted, act.body, await pinned()),
      told: async (act, pending) => queue.noteRelay(act.statement, { state: pending.state, reason: pending.reason || "", missing: pending.missing || [] }),
    });
  }

  /** What is pinned and what time it is, while there is a network: for when there is none. */
  async meetLog() {
    await theLog().catch(() => undefined);
  }

  /** Whether the log has something newer of a chain than this page and its queue know. Without a network nobody can say. */
  async isOvertaken(chain) {
    if (!navigator.onLine) return false;
    const asked = ask("GET", `/v1/chains/${chain}`).catch(() => null);
    const found = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, HEAD_PATIENCE_MS, null))]);
    if (!found || found.status !== 200 || found.value?.chain !== chain) return false;
    const next = await this.queue.next(chain).catch(() => null);
    await this.queue.learn(chain, found.value.seq, found.value.hash);
    return next !== null && found.value.seq >= next.seq;
  }

  /** Signs a proposal behind the queue's own head and keeps it; `title` is what the queue calls it, `about` what the sheet says of the trip. Answers as signAct does. */
  async sign(proposal, title, about = "") {
    const queued = async (chain) => {
      const { seq, prev } = await this.queue.next(chain);
      return { seq: seq - 1, hash: prev };
    };
    let kept = null;
    const store = async (signed) => {
      const signatures = signed.signatures.map(({ keyid, sig }) => ({ place: signed.place, keyid, sig: fromBase64(sig), isOwn: true }));
      kept = await this.queue.take({ statement: signed.hash, body: signed.bytes, signatures }, { title, isOwn: true });
      return { act: kept };
    };
    return signAct(proposal, { queued, store, offline: true, sheet: { about } });
  }

  /** What another phone shows: looked at, signed where this phone's party is named, and kept. null when nobody agreed; QueueError stranger. */
  async takeIn(brought) {
    const acts = await this.queue.queued();
    const known = acts.find((act) => act.statement === brought.statement);
    const body = brought.body || known?.body;
    if (!body) throw new QueueError("unknown");
    const { by, chain, kind } = JSON.parse(new TextDecoder().decode(body));
    const place = by.indexOf(this.uscc);
    if (place < 0 && !known && !acts.some((act) => act.chain === chain)) throw new QueueError("stranger");
    const signed = [...brought.signatures, ...(known ? known.signatures : [])];
    if (place < 0 || signed.some((one) => one.place === place)) return this.queue.take({ ...brought, body });
    const key = await keyFor([this.uscc], kind);
    if (!key) throw new QueueError("key");
    const isAgreed = await showSheet(body, { signed: signed.map((one) => by[one.place]), names: await verifiedNames(), disclosures: [], warnings: [] });
    if (!isAgreed) return null;
    const made = await sign(key, pae(STATEMENT, body));
    const own = { place, keyid: made.keyid, sig: fromBase64(made.sig), isOwn: true };
    return this.queue.take({ ...brought, body, signatures: [...brought.signatures, own] });
  }

  /** An act that waits for this phone's party at the log's relay; QueueError gone. */
  async fetchPending(statement) {
    const { status, value } = await ask("GET", `/v1/pending/${statement}`);
    if (status !== 200 || !value?.envelope) throw new QueueError("gone");
    const places = value.by.map((one) => one.keyid || "");
    const signatures = value.envelope.signatures.map(({ keyid, sig }) => ({ place: places.indexOf(keyid), keyid, sig: fromBase64(sig) }));
    return { statement, body: fromBase64(value.envelope.payload), signatures };
  }

  /** Takes this phone's signature back where the log holds it for others; without a network nobody can. */
  async withdraw(act) {
    if (act.relay && lackingOf(act).length) await ask("DELETE", `/v1/pending/${act.statement}/signature`).catch(() => null);
  }

  /** Signs the same once more, at its own time, behind the present head; the refused one is put aside once the new one is kept. */
  async redo(act) {
    const found = await this.sign({ kind: act.kind, chain: act.chain, by: act.by, for: act.principal, at: act.at, body: act.said }, act.title);
    if (found.state === "queued") await this.queue.putAside(act.statement);
    return found;
  }

  async drain() {
    return this.queue.drain(this.ways.post, this.ways.offer);
  }

  /** Parties that have still to sign, without this phone's own. */
  others(act) {
    return lackingOf(act).filter((uscc) => uscc !== this.uscc);
  }
}
