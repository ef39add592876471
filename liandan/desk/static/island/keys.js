// Keys of this device: made or imported so that nobody, this page included, can read them out again; used to sign, and to log in.
//
// P-256 everywhere, Ed25519 where the browser has it. SM2 and ML-DSA keys, and keys in hardware tokens, sign by the program `liandan`: this page
// hands over the bytes as a file and takes the signed envelope back (`exchange.js`). It verifies SM2 signatures, it makes none.

import { P256_ORDER, SUITES, bigEndian, concat, fromBase64Url, fromHex, pae, sha256, toBase64, toHex, utf8 } from "./core.js";
import { all, get, put, remove } from "./db.js";
import { Stopped, say } from "./words.js";

export const P256 = "ecdsa-p256-sha256";
export const ED25519 = "ed25519";
const ALGORITHMS = { [P256]: { name: "ECDSA", namedCurve: "P-256" }, [ED25519]: { name: "Ed25519" } };
const SIGNING = { [P256]: { name: "ECDSA", hash: "SHA-256" }, [ED25519]: { name: "Ed25519" } };
const POSSESSION = "application/vnd.liandan.possession.v1";

/** Why this browser cannot sign at this address, as Stopped; null where it can. */
export function trouble() {
  if (!globalThis.isSecureContext || !globalThis.crypto || !crypto.subtle) {
    return new Stopped(
      "NOT_SECURE",
      ["这个地址（{0}）没有加密连接，浏览器不让网页使用密钥，因此不能签署。", "This address ({0}) has no encrypted connection: the browser lets no page use keys here, so nothing can be signed."],
      ["请运营单位启用 https，用 https 开头的地址打开；在服务器本机上可以用 http://127.0.0.1。", "Ask the operator for https and open that address; on the server itself http://127.0.0.1 will do."],
      location.origin,
    );
  }
  if (!globalThis.indexedDB) {
    return new Stopped(
      "NO_STORAGE",
      ["这个浏览器不让网页保存数据，密钥和回执无处可放。", "This browser lets no page keep anything: there is no place for keys and receipts."],
      ["退出无痕模式，或换一个浏览器。", "Leave the private window, or take another browser."],
    );
  }
  return null;
}

export async function canEd25519() {
  return crypto.subtle.generateKey(ALGORITHMS[ED25519], false, ["sign", "verify"]).then(() => true, () => false);
}

// ---------------------------------------------------------------- making and taking in

/** DER of the SubjectPublicKeyInfo that registration asks for, of a public JWK. */
function spkiOf(suite, jwk) {
  const raw = suite === P256 ? concat(fromBase64Url(jwk.x), fromBase64Url(jwk.y)) : fromBase64Url(jwk.x);
  return concat(SUITES[suite].prefix, raw);
}

async function keep(suite, privateKey, spki, { uscc, label = "", name = "" }) {
  const keyid = toHex(await sha256(spki));
  const record = { keyid, suite, spki, privateKey, uscc, label, name, made: new Date().toISOString(), kinds: [], until: "" };
  await put("keys", record);
  persist(); // not awaited: the browser may ask its user
  return record;
}

/** A new key of this device for a party; kept, and never to be read out. */
export async function makeKey(uscc, { suite = P256, label = "", name = "" } = {}) {
  const pair = await crypto.subtle.generateKey(ALGORITHMS[suite], false, ["sign", "verify"]);
  const spki = spkiOf(suite, await crypto.subtle.exportKey("jwk", pair.publicKey));
  return keep(suite, pair.privateKey, spki, { uscc, label, name });
}

/** The key of a PEM file (PKCS#8, encrypted as `liandan key` writes it or plain), kept as one that cannot be read out. Stopped KEY_FILE…. */
export async function importKey(text, passphrase, uscc, { label = "", name = "" } = {}) {
  const { readPkcs8 } = await import("./pkcs8.js"); // few pages take key files
  const { suite, der } = await readPkcs8(text, passphrase);
  const readable = await crypto.subtle.importKey("pkcs8", der, ALGORITHMS[suite], true, ["sign"]).catch(() => {
    throw new Stopped("KEY_FILE", ["这个浏览器读不了这把密钥。", "This browser cannot read this key."], ["换一个新版浏览器，或用命令行 liandan 签署。", "Take a newer browser, or sign by the program liandan."]);
  });
  const spki = spkiOf(suite, await crypto.subtle.exportKey("jwk", readable));
  const closed = await crypto.subtle.importKey("pkcs8", der, ALGORITHMS[suite], false, ["sign"]);
  der.fill(0);
  return keep(suite, closed, spki, { uscc, label, name });
}

export const rename = async (keyid, changes) => put("keys", { ...(await get("keys", keyid)), ...changes });
export const forget = (keyid) => remove("keys", keyid);

// ---------------------------------------------------------------- choosing

/** All keys of this device, the one in use first. */
export async function keys() {
  const found = await all("keys");
  const chosen = chosenKeyid();
  return found.sort((a, b) => (b.keyid === chosen) - (a.keyid === chosen) || (a.made < b.made ? -1 : 1));
}

export function chosenKeyid() {
  try {
    return localStorage.getItem("liandan.key") || "";
  } catch (error) {
    return "";
  }
}

export function choose(keyid) {
  try {
    localStorage.setItem("liandan.key", keyid);
  } catch (error) {
    // the page goes on with the first key
  }
}

/** The key that signs for one of `parties`: the one in use where it is theirs, else any; kinds that a key is bound to are minded. */
export async function keyFor(parties, kind) {
  const may = (record) => !record.kinds.length || record.kinds.includes(kind.split("/")[0]);
  const found = (await keys()).filter((record) => parties.includes(record.uscc));
  return found.find(may) || found[0] || null;
}

// ---------------------------------------------------------------- signing

const HALF = (P256_ORDER - 1n) / 2n;

/** r‖s with the lower s (formats §1): half of all signatures of WebCrypto come with the upper one, which the log refuses. */
export function folded(signature) {
  const s = bigEndian(signature.subarray(32));
  return s <= HALF ? signature : concat(signature.subarray(0, 32), fromHex((P256_ORDER - s).toString(16).padStart(64, "0")));
}

/** {keyid, sig} over bytes, as envelopes carry it. */
export async function sign(record, message) {
  const raw = new Uint8Array(await crypto.subtle.sign(SIGNING[record.suite], record.privateKey, message));
  return { keyid: record.keyid, sig: toBase64(record.suite === P256 ? folded(raw) : raw) };
}

/** {suite, spki, pop}: what `key.add` and `party.register` carry; shows that this device has the key (formats §5). */
export async function registration(record, found) {
  const spki = toBase64(record.spki);
  const message = pae(POSSESSION, utf8(`${found}\n${record.uscc}\n${record.suite}\n${spki}`));
  return { suite: record.suite, spki, pop: (await sign(record, message)).sig };
}

/** 8 digits by which two screens compare a key: of its keyid. 27 bits, so that a mistake is seen; what keeps a liar out is the code that was scanned. */
export function digitsOf(keyid) {
  const number = String(BigInt(`0x${keyid.slice(0, 16)}`) % 100000000n).padStart(8, "0");
  return `${number.slice(0, 4)} ${number.slice(4)}`;
}

// ---------------------------------------------------------------- keeping

/** Whether the browser has promised not to throw this page's keys and receipts away: "kept", "may-go" or "unknown". */
export async function persist() {
  const storage = navigator.storage;
  if (!storage || !storage.persist) return "unknown";
  const isKept = (await storage.persisted()) || (await storage.persist().catch(() => false));
  return isKept ? "kept" : "may-go";
}

/** What to say of a key that is only here; null where nothing is to be said. */
export async function reminder() {
  if ((await all("keys")).length === 0 || (await persist()) === "kept") return null;
  return say([
    "浏览器可能在存储不足或长期不用时清理本机的密钥和回执：请在第二台设备上再登记一把密钥，并下载回执。",
    "The browser may clear this device's keys and receipts when it is short of room or long unused: enrol a key on a second device, and download the receipts.",
  ]);
}
