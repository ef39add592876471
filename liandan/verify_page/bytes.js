// Bytes: how they become text, numbers and hashes. Everything that is refused is refused by one class, with the codes of `liandan verify`.

class Refusal extends Error {
  /** Reasons [{code, field, found, expected}], in order of report. */
  constructor(reasons) {
    super(reasons.map((reason) => reason.code).join(" "));
    this.reasons = reasons;
  }
}

/** What a name of a file may show: nothing invisible, nothing that turns the order of what stands beside it. */
const printable = (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (found) => [...found].map((one) => `\\u${one.codePointAt(0).toString(16).padStart(4, "0")}`).join(""));
/** The beginning of a value of a file, as text: parsed objects have no prototype and so no text of their own. */
const shown = (value, limit) => printable([...(typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, 2 * limit)].slice(0, limit).join(""));
/** A table's own row; a name out of a file may be that of a prototype's property. */
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);
const reason = (code, field = "", found = "", expected = "") => ({ code, field, found: shown(found, 120), expected: shown(expected, 200) });
const refuse = (...said) => new Refusal([reason(...said)]);

const utf8 = (text) => new TextEncoder().encode(text);
/** Every byte as one character, so that places in the text are places in the file; which character stands for 0x80 to 0x9f is no matter. */
const asCharacters = (raw) => new TextDecoder("latin1").decode(raw);
const fromUtf8 = (raw) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);

function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const isEqual = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const toHex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

function toBase64(raw) {
  let text = "";
  for (let at = 0; at < raw.length; at += 0x8000) text += String.fromCharCode(...raw.subarray(at, at + 0x8000));
  return btoa(text);
}

/** The bytes of canonical base64 (RFC 4648 §4, padded), or null: `atob` alone takes several texts for the same bytes. */
function fromBase64(text) {
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  let binary;
  try {
    binary = atob(text);
  } catch (error) {
    return null;
  }
  const raw = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) raw[at] = binary.charCodeAt(at);
  return toBase64(raw) === text ? raw : null;
}

/** Base64url without padding (RFC 4648 §5), canonical, or null. */
function fromBase64Url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  return fromBase64(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
}

function b64(text, field) {
  const raw = fromBase64(text);
  if (raw === null) throw refuse("BASE64", field, `${String(text).length} characters`, "RFC 4648 §4 with padding, canonical");
  return raw;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", parts.length === 1 ? parts[0] : concat(...parts)));

/** DSSE's pre-authentication encoding. */
const pae = (type, body) => concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${body.length} `), body);

const bigEndian = (raw) => (raw.length ? BigInt("0x" + toHex(raw)) : 0n);
const littleEndian = (raw) => bigEndian(Uint8Array.from(raw).reverse());

/** Order of formats §4: by bytes of UTF-8, which UTF-16 is not above U+FFFF. */
function isBefore(a, b) {
  const [left, right] = [utf8(a), utf8(b)];
  const at = left.findIndex((byte, place) => byte !== right[place]);
  return at < 0 ? left.length < right.length : at < right.length && left[at] < right[at];
}

const isSorted = (names) => names.every((name, at) => at === 0 || isBefore(names[at - 1], name));

/** Lets the page draw and answer between two steps of long work. */
let lastBreath = 0;
async function breathe() {
  if (performance.now() - lastBreath < 12) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  lastBreath = performance.now();
}
