// The outbox of a phone (待发箱): signed acts in the order of signing, kept until the log has them or has said why not. The same rules as
// liandan/client/outbox.py. Each act is a frozen envelope: finished evidence, which may be sent twice, later, or from another phone.

import { mergedSignatures } from "./frames.js";
import { Store } from "./store.js";

/** Codes that say nothing of the statement: it is sent again another time. */
const LATER = new Set(["BUSY", "LOG_FROZEN", "PARTY_BUDGET", "REQUESTS_TOO_MANY", "FAILURES_TOO_MANY", "TOKEN_UNKNOWN", "INTERNAL"]);
const FACTS = new Set(["depart", "hand_over", "transship", "stop", "arrive"].map((act) => `manifest.${act}/1`));
const PREFIX = "liandan-driver-";
const STOPPED = "PREDECESSOR_MISSING";
const PLACES_LOST = new Set(["CHAIN_CONFLICT", "PREV_MISMATCH", "PENDING_STALE", STOPPED]);

/** Why the queue does not take something: `taken` (its place is taken here), `unknown` (signatures of nothing that is here), `head`. */
export class QueueError extends Error {
  constructor(code, about = null) {
    super(code);
    Object.assign(this, { code, about });
  }
}

export const lackingOf = (act) => act.by.filter((_, place) => !act.signatures.some((one) => one.place === place));
export const isReady = (act) => act.problem === null && lackingOf(act).length === 0;

/** Whether the same act may be signed anew behind the present head: another was first. */
export const mayRedo = (act) => act.problem !== null && PLACES_LOST.has(act.problem.code);

/** The fields of a statement that the queue goes by, from its own bytes. */
function toldBy(body) {
  const { kind, chain, seq, prev, by, at, for: principal, body: said } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  if (typeof kind !== "string" || typeof chain !== "string" || !Number.isSafeInteger(seq) || !Array.isArray(by)) throw new QueueError("form");
  return { kind, chain, seq, prev, by, at, principal: principal ?? null, said };
}

export class Queue {
  /** `found`: the log's fingerprint. `step` is told before and after whatever must not be torn apart: drills die there. */
  static async open(found, step = async () => undefined) {
    const queue = new Queue();
    Object.assign(queue, { found, step, name: `${PREFIX}${found.slice(0, 16)}`, isSending: false });
    queue.store = await Store.open(queue.name);
    queue.said = new BroadcastChannel(queue.name);
    return queue;
  }

  /** Tell the other tabs, and this one's `listen`ers. */
  tell() {
    this.said.postMessage("changed");
    if (this.heard) this.heard();
  }

  listen(heard) {
    this.heard = heard;
    this.said.onmessage = heard;
  }

  /** Everything that the log does not have yet, in the order of signing. */
  async queued() {
    return this.store.all("acts");
  }

  async find(statement) {
    const found = (await this.queued()).find((act) => act.statement === statement);
    if (!found) throw new QueueError("unknown");
    return found;
  }

  /** {seq, prev} of the next act: behind what was signed here, else behind what the log said; QueueError head where nothing is known. */
  async next(chain) {
    const [acts, head] = [await this.queued(), await this.store.one("heads", chain)];
    const least = head ? head.seq + 1 : 0;
    const own = acts.filter((act) => act.chain === chain && act.problem === null && act.seq >= least).sort((a, b) => b.seq - a.seq);
    if (own.length) return { seq: own[0].seq + 1, prev: own[0].statement };
    if (!head) throw new QueueError("head");
    return { seq: head.seq + 1, prev: head.hash };
  }

  /** What the log has said of a chain, unless more is known already. */
  async learn(chain, seq, hash) {
    await this.store.change(["heads"], async ({ get, put }) => {
      const known = await get("heads", chain);
      if (!known || seq > known.seq) await put("heads", { chain, seq, hash });
    });
  }

  /**
   * Keep a statement with its signatures, signed here or brought; the same again adds its signatures. QueueError taken, where another act has
   * its place. Nothing is signed until this has come back.
   */
  async take({ statement, body, signatures }, more = {}) {
    await this.step("take.before");
    const act = await this.store.change(["acts"], async ({ all, put }) => {
      const acts = await all("acts");
      const known = acts.find((one) => one.statement === statement);
      if (known) {
        const together = { ...known, signatures: mergedSignatures(known.signatures, signatures), ...more };
        await put("acts", together);
        return together;
      }
      if (!body) throw new QueueError("unknown");
      const told = toldBy(body);
      const other = acts.find((one) => one.problem === null && one.chain === told.chain && one.seq === told.seq);
      if (other) throw new QueueError("taken", other);
      const made = { statement, body, signatures, ...told, problem: null, kept_at: Date.now(), ...more };
      made.number = await put("acts", made);
      return made;
    });
    await this.step("take.after");
    this.tell();
    return act;
  }

  /** Put a refused one aside, reasons and all. Nothing is ever deleted that the log does not have. */
  async putAside(statement) {
    const act = await this.find(statement);
    await this.store.change(["acts", "aside"], async ({ put, remove }) => {
      const { number, ...kept } = act;
      await put("aside", kept);
      await remove("acts", number);
    });
    this.tell();
  }

  /**
   * Send everything that is ready, each chain in its order, no chain waiting for another. `post(act)` answers {entered: receipt}, {waiting:
   * seconds}, {later: seconds} or {refused: problem}; `offer(act)` the same for what lacks signatures, or {open: true}. Only one page of the
   * phone sends at a time. Answers {entered, refused, later}: how many, and in how many seconds to come again (null: nothing waits).
   */
  async drain(post, offer = async () => ({ open: true })) {
    if (this.isSending) return { entered: 0, refused: 0, later: null };
    this.isSending = true;
    try {
      const lock = { ifAvailable: true };
      return await navigator.locks.request(`${this.name}-sending`, lock, (held) => (held ? this.drained(post, offer) : { entered: 0, refused: 0, later: 5 }));
    } finally {
      this.isSending = false;
    }
  }

  async drained(post, offer) {
    const acts = await this.queued();
    const chains = [...new Set(acts.map((act) => act.chain))];
    const sent = await Promise.all(chains.map((chain) => this.chainSent(chain, post, offer)));
    const later = sent.map((one) => one.later).filter((seconds) => seconds !== null);
    return {
      entered: sent.reduce((sum, one) => sum + one.entered, 0),
      refused: sent.reduce((sum, one) => sum + one.refused, 0),
      later: later.length ? Math.min(...later) : null,
    };
  }

  async chainSent(chain, post, offer) {
    const acts = (await this.queued()).filter((act) => act.chain === chain).sort((a, b) => a.seq - b.seq || a.number - b.number);
    const done = { entered: 0, refused: 0, later: null };
    const held = new Set(); // what is refused or lacks a signature; nothing that builds on it is sent
    for (const act of acts) {
      if (act.problem !== null || held.has(act.prev)) {
        held.add(act.statement);
        continue;
      }
      await this.step("send.before");
      const answer = await (lackingOf(act).length ? offer(act) : post(act));
      await this.step("send.after");
      if (answer.entered) {
        await this.settle(act, answer.entered);
        done.entered += 1;
      } else if (answer.refused && !this.comesLater(act, answer.refused, acts)) {
        await this.refuse(act, answer.refused);
        done.refused += 1;
        held.add(act.statement);
      } else {
        held.add(act.statement);
        const seconds = answer.later ?? answer.waiting ?? (answer.refused ? 30 : null);
        done.later = [done.later, seconds].filter((one) => one !== null).reduce((a, b) => Math.min(a, b), Infinity);
        if (done.later === Infinity) done.later = null;
      }
    }
    return done;
  }

  /** The receipt, the chain's new head and the end of waiting, in one step. */
  async settle(act, receipt) {
    await this.store.change(["acts", "heads", "receipts"], async ({ get, put, remove }) => {
      const known = await get("heads", act.chain);
      const { statement, kind, chain, seq, by, at, said, title } = act;
      await put("receipts", { statement, kind, chain, seq, by, at, said, title, receipt, signatures: act.signatures, problem: null, kept_at: Date.now() });
      if (!known || act.seq > known.seq) await put("heads", { chain: act.chain, seq: act.seq, hash: act.statement });
      await remove("acts", act.number);
    });
    await this.step("settle.after");
    this.tell();
  }

  async refuse(act, problem) {
    await this.store.change(["acts", "heads"], async ({ get, put }) => {
      const kept = await get("acts", act.number);
      if (!kept) return;
      await put("acts", { ...kept, problem });
      const known = problem.head ? await get("heads", act.chain) : null;
      if (problem.head && (!known || problem.head.seq > known.seq)) await put("heads", { chain: act.chain, seq: problem.head.seq, hash: problem.head.hash });
    });
    this.tell();
  }

  /** Send a refused one again, as it is, and what was refused for want of it alone. */
  async again(statement) {
    await this.store.change(["acts"], async ({ all, put }) => {
      const again = new Set([statement]);
      for (const act of (await all("acts")).sort((a, b) => a.seq - b.seq)) {
        const follows = again.has(act.prev) && act.problem?.code === STOPPED;
        if (act.statement !== statement && !follows) continue;
        again.add(act.statement);
        await put("acts", { ...act, problem: null });
      }
    });
    this.tell();
  }

  /** Whether the same may be admitted another time: the log is busy, the phone's clock is fast, or what it builds on is on another phone. */
  comesLater(act, problem, acts) {
    if (problem.code === "STATEMENT_STALE") return FACTS.has(act.kind);
    if (problem.code !== STOPPED || problem.remedy) return LATER.has(problem.code);
    return !acts.some((other) => other.statement === act.prev && other.problem !== null);
  }

  /** Acts of a chain that the log has taken from this phone, as far as the page may not show them yet. */
  async entered(chain) {
    return (await this.store.all("receipts")).filter((act) => act.chain === chain);
  }

  /** The chain of what was kept here last, sent or not; null where nothing was. */
  async newest() {
    const kept = [...(await this.queued()).filter((act) => act.problem === null), ...(await this.store.all("receipts"))];
    return kept.reduce((a, b) => (a && a.kept_at > b.kept_at ? a : b), null)?.chain || null;
  }

  /** Labels that were signed for on this phone, of whatever trip. */
  async labels() {
    const kept = [...(await this.queued()), ...(await this.store.all("receipts"))];
    return kept.flatMap((act) => act.said?.gate?.labels || []);
  }

  /** What the log's relay says of an act that lacks a signature. */
  async noteRelay(statement, relay) {
    await this.store.change(["acts"], async ({ all, put }) => {
      const act = (await all("acts")).find((one) => one.statement === statement);
      if (act) await put("acts", { ...act, relay });
    });
  }

  /** A small value that outlives the page: the plate, the offset of the clock, a form half filled in. */
  async note(name, value) {
    if (value === undefined) return (await this.store.one("notes", name))?.value;
    await this.store.change(["notes"], ({ put }) => put("notes", { name, value }));
    return value;
  }
}
