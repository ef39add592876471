// One act from proposal to receipt: look, sign, send, check.

import { Refusal, STATEMENT, pae } from "./core.js";
import { deviceAhead, pinned } from "./log.js";
import { keyFor, keys, sign, trouble } from "./keys.js";
import { namesFor, verifiedNames } from "./names.js";
import { offer, post, upload } from "./post.js";
import { showSheet } from "./sheet.js";
import { compose, envelopeFor } from "./statement.js";
import { Stopped, isEnglish, say } from "./words.js";

const JUMP_S = 300;
const W = {
  clock: ["本机时钟比账本{0} {1} 分钟；这件事按账本的时间签署。", "The clock of this device is {1} minutes {0} the log's; this act is signed by the log's time."],
  ahead: ["快", "ahead of"],
  behind: ["慢", "behind"],
  hand: ["存成文件", "Save as a file"],
  alone: ["另有 {0} 方要签：签署后送给他们，全部签齐才入账。", "{0} more must sign: they will be shown it, and it enters the log when all have."],
};

/** What stops before anything is sent, in the form of a refusal. */
export async function stopped(error) {
  if (error instanceof Stopped) return { state: "stopped", code: error.code, problem: { code: error.code, title: error.message, detail: error.todo, errors: [] } };
  if (!(error instanceof Refusal)) throw error;
  const { TEXTS } = await import("./texts.js");
  const errors = error.reasons.map(({ code, field, found, expected }) => {
    const told = Object.hasOwn(TEXTS, code) ? TEXTS[code] : [code, code, "", ""];
    return { code, field, found, expected, message: told[isEnglish() ? 1 : 0], what_to_do: told[isEnglish() ? 3 : 2] };
  });
  return { state: "stopped", code: errors[0].code, problem: { code: errors[0].code, title: errors[0].message, detail: errors[0].what_to_do, errors } };
}

async function keyOrStop(by, kind) {
  const key = await keyFor(by, kind);
  if (key) return key;
  throw new Stopped(
    "NO_KEY",
    ["本机没有这个单位的密钥，不能签署。", "This device has no key of this party, so it cannot sign."],
    ["在“密钥”页登记本机，或换一台登记过的设备。", "Enrol this device on the page of keys, or take one that is enrolled."],
  );
}

function warningsOf(by) {
  const ahead = deviceAhead();
  const clock = ahead !== null && Math.abs(ahead) > JUMP_S ? [say(W.clock, say(ahead > 0 ? W.ahead : W.behind), Math.round(Math.abs(ahead) / 60))] : [];
  return [...clock, ...(by.length > 1 ? [say(W.alone, by.length - 1)] : [])];
}

/**
 * Signs and sends an act. `proposal` = {kind, chain, by?, for?, body, personal?, files?}: a chain that ends in `<ULID>` gets a new one; `by`
 * defaults to the party of the key in use; `personal` {field: value} becomes commitments; `files` [{file, digest}] are brought before the act.
 * `options`: {keyid?, queued?, store?, names?}; a device that keeps acts gives `queued(chain)` (its own head) and `store(signed)` (keep instead of send).
 *
 * Answers {state, statement?, …}: `entered` {receipt}, `waiting` (in the log, no receipt yet), `pending` {pending} (others have to sign),
 * `refused` {problem}, `later` {problem} (the log is busy or away: {envelope} is signed and may be sent again), `queued`, `cancelled`, `stopped`
 * {problem} (nothing was signed), `signed-out`. `again()` composes, shows and signs anew.
 */
export async function signAct(proposal, options = {}) {
  const again = () => signAct(proposal, options);
  try {
    const bad = trouble();
    if (bad) throw bad;
    const { key, by } = await signerOf(proposal).catch((error) => {
      if (error.code === "NO_KEY" && proposal.by && proposal.by.length) error.hand = () => handed(proposal, options);
      throw error;
    });
    const { bytes, statement, disclosures } = await compose({ ...proposal, by }, options);
    const names = options.names || (options.offline ? await verifiedNames() : await namesFor(statement, await pinned()));
    const isAgreed = await showSheet(bytes, { disclosures, names, warnings: warningsOf(by), ...(options.sheet || {}) });
    if (!isAgreed) return { state: "cancelled", again };
    const signature = await sign(key, pae(STATEMENT, bytes));
    const signed = { bytes, hash: statement.hash, statement, disclosures, signatures: [signature], place: by.indexOf(key.uscc), envelope: envelopeFor(bytes, [signature]) };
    if (options.store) return { ...(await options.store(signed)), state: "queued", statement: statement.hash, again };
    return { ...(await send(signed, proposal.files || [])), again };
  } catch (error) {
    return { ...(await stopped(error)), again, ...(error.hand ? { hand: error.hand } : {}) };
  }
}

/** The act as a file, for whoever signs by the program: shown like any other before it leaves. */
async function handed(proposal, options) {
  try {
    const { bytes, statement, disclosures } = await compose(proposal, options);
    const isAgreed = await showSheet(bytes, { disclosures, names: await namesFor(statement, await pinned()), verb: W.hand });
    if (!isAgreed) return { state: "cancelled" };
    const { handOver } = await import("./exchange.js");
    return await handOver(bytes, statement.hash, disclosures);
  } catch (error) {
    return stopped(error);
  }
}

async function signerOf(proposal) {
  const isNamed = proposal.by && proposal.by.length;
  const parties = isNamed ? proposal.by : (await keys()).slice(0, 1).map((record) => record.uscc);
  const key = await keyOrStop(parties, proposal.kind);
  return { key, by: parties };
}

async function send(signed, files) {
  const pins = await pinned();
  for (const { file, digest } of files) {
    const problem = await upload(file, digest);
    if (problem) return { state: "refused", problem, statement: signed.hash };
  }
  const way = signed.statement.by.length > 1 ? offer : post;
  const found = await way(signed.envelope, signed.bytes, signed.hash, pins, signed.disclosures).catch((error) => {
    if (error instanceof Stopped && error.code === "AWAY") return { state: "later", statement: signed.hash, problem: { code: "AWAY", title: error.message, detail: error.todo, errors: [] } };
    throw error;
  });
  return { ...found, envelope: signed.envelope, resend: () => send(signed, files) };
}
