// The log as this browser knows it: what is pinned, how it is asked, and what time it is there.

import { Refusal, instant, openCheckpoint, toBase64, utf8 } from "./core.js";
import { get, put } from "./db.js";
import { Stopped } from "./words.js";

const PATIENCE_MS = 30000;
const JUMP_S = 300; // formats §6: no act may lie further ahead
const MET_MAX = 16;
/** For pages that log in by other means than the cookie. */
export const settings = { headers: {}, base: "" };

const AWAY = [
  "AWAY",
  ["没有连上账本，什么也没有发出。", "The log was not reached, and nothing was sent."],
  ["检查网络后再按一次；没有网络时请用司机页面，签署会存在本机。", "Check the network and press again; without a network use the driver's page, which keeps what is signed."],
];

/** The answer to a request, its bytes as `raw`, its JSON as `value`; Stopped AWAY without a network. Later requests carry the time of a simulated log. */
export async function ask(method, path, { body, headers = {}, credentials = "same-origin" } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const now = clock && clock.isSimulated ? { "Liandan-Now": formatAt(nowOf(clock)) } : {};
  try {
    const options = { method, body, headers: { Accept: "application/json", ...now, ...settings.headers, ...headers }, signal: stop.signal, cache: "no-store", credentials };
    const answer = await fetch(settings.base + path, options);
    const raw = new Uint8Array(await answer.arrayBuffer());
    const isJson = /json/.test(answer.headers.get("content-type") || "") && raw.length > 0;
    return { status: answer.status, raw, value: isJson ? JSON.parse(new TextDecoder().decode(raw)) : null, retryAfter: answer.headers.get("retry-after") };
  } catch (error) {
    throw new Stopped(...AWAY);
  } finally {
    clearTimeout(timer);
  }
}

/** `at` of formats §1 in Asia/Shanghai. */
export function formatAt(seconds) {
  return new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 19) + "+08:00";
}

// ---------------------------------------------------------------- pins

/** What is pinned of the log: {origin, found, log_keys, seen: {size, root} | null, met?: [note], forked?: [note, note]}; null before the first time. */
export const pinned = async () => (await get("pins", "log")) || null;

/** Pins a log, once: another one under this address is never taken silently. `how` says who vouched: "first-use" or "enrolment". */
export async function pin(log, how) {
  const before = await pinned();
  if (before) return before;
  const pins = { name: "log", origin: log.origin, found: log.found, log_keys: [...log.log_keys], seen: null, how };
  await put("pins", pins);
  return pins;
}

/** A verified checkpoint becomes what the next act has seen; the newest one stays. Its note is kept until it is proved to be of the same log (heads.js). */
export async function remember(checkpoint, note) {
  const pins = await pinned();
  if (!pins) return;
  const isNewer = !pins.seen || pins.seen.size < checkpoint.size;
  const met = [...(pins.met || []).filter((one) => one !== note), note].slice(-MET_MAX);
  await put("pins", { ...pins, seen: isNewer ? { size: checkpoint.size, root: toBase64(checkpoint.root) } : pins.seen, met });
}

/** The two checkpoints that contradict each other, where this browser was given such; else null. */
export const forked = (pins) => (pins && pins.forked) || null;

/** The pins, if nothing contradicts them; Stopped FORKED. Nobody signs for a log that has told two stories. */
export function unforked(pins) {
  if (!forked(pins)) return pins;
  throw new Stopped(
    "FORKED",
    ["这本账本给过本机两份互相矛盾的检查点：它分叉了。没有签署；本机的回执都还在。", "The log has given this device two checkpoints that contradict each other: it has forked. Nothing was signed, and the receipts on this device are kept."],
    ["不要继续。到“存证”页下载两份检查点和全部回执，交给主管部门。", "Do not go on: download both checkpoints and all receipts on the page of evidence, and hand them to the authority."],
  );
}

/** Opens a checkpoint by the pinned keys; Refusal where it does not hold. */
export async function openByKeys(note, pins) {
  const opened = await openCheckpoint(utf8(note), pins.log_keys, []);
  if (opened.origin !== pins.origin) throw new Refusal([{ code: "NOTE_SIGNATURE", field: "origin", found: opened.origin, expected: pins.origin }]);
  return opened;
}

// ---------------------------------------------------------------- time

/** {server_s, device_ms, ticks, isSimulated} as of the newest answer of the log. */
let clock = null;

const nowOf = ({ server_s, ticks }) => Math.floor(server_s + Math.max(0, performance.now() - ticks) / 1000);

/** Learns from an answer of /v1/log, and keeps the offset for times without a network. */
async function learnTime(log) {
  const told = instant(log.now);
  if (told === null) throw new Stopped(...AWAY);
  const isSimulated = log.clock === "simulated";
  const before = clock && clock.isSimulated && isSimulated && nowOf(clock) > told ? nowOf(clock) : told; // acts of one page never go backwards
  clock = { server_s: before, device_ms: Date.now(), ticks: performance.now(), isSimulated };
  await put("pins", { name: "clock", offset_s: clock.server_s - clock.device_ms / 1000, server_s: clock.server_s, device_ms: clock.device_ms, isSimulated });
}

/** Seconds by which the device's clock is ahead of the log's (behind: negative); null on simulated logs and before the first answer. */
export const deviceAhead = () => (clock && !clock.isSimulated ? Math.round(clock.device_ms / 1000 - clock.server_s) : null);

/** The present, Unix seconds, without asking anybody: from this page's own answers, else by the offset kept. Stopped CLOCK_UNKNOWN, CLOCK_JUMPED. */
export async function present() {
  if (clock) return nowOf(clock);
  const kept = await get("pins", "clock");
  if (!kept) {
    throw new Stopped(
      "CLOCK_UNKNOWN",
      ["本机还没有对过账本的时间，不能签署。", "This device has never compared its clock with the log's, so it cannot sign."],
      ["连上网络打开一次本页即可。", "Open this page once with a network."],
    );
  }
  if (Date.now() < kept.device_ms - JUMP_S * 1000) {
    throw new Stopped(
      "CLOCK_JUMPED",
      ["本机时钟被往回调过，签署的时间会不可信，因此没有签署。", "The clock of this device was set back: the time of an act would be doubtful, so nothing was signed."],
      ["打开系统的自动对时，或连上网络后再签。", "Let the device set its clock by itself, or sign with a network."],
    );
  }
  // A simulated log stands still where it was left.
  return Math.floor(kept.isSimulated ? kept.server_s : Date.now() / 1000 + kept.offset_s);
}

// ---------------------------------------------------------------- what the log says it is

/** {origin, found, log_keys, clock, now, …} of the log, which must be the pinned one; pins it the first time. Stopped OTHER_LOG. */
export async function theLog() {
  const { status, value } = await ask("GET", "/v1/log");
  if (status !== 200 || !value || !value.found) throw new Stopped(...AWAY);
  const pins = await pin(value, "first-use");
  if (pins.found !== value.found || pins.origin !== value.origin || !pins.log_keys.every((key) => value.log_keys.includes(key))) {
    throw new Stopped(
      "OTHER_LOG",
      ["这个地址上的账本不是本机登记时的那一本（记下的是 {0}，现在是 {1}）。没有签署。", "The log at this address is not the one that this device pinned (kept {0}, told {1}). Nothing was signed."],
      ["不要继续。用公文或电话向账本运营单位核对 log.found。", "Do not go on: compare log.found with the operator by letter or telephone."],
      pins.found.slice(0, 16), String(value.found).slice(0, 16),
    );
  }
  await learnTime(value);
  return { ...value, pins };
}
