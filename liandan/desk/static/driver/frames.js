// The text for co-signing without a network (docs/formats/cosign.md): what one phone shows as square codes and another reads. The same text
// goes through chats and files, and `liandan statement outbox take` reads it: there is one form for all ways, and it knows no blanks.

import { concat, fromHex, sha256, toHex } from "../island/core.js";
import { hashOf } from "../island/statement.js";

const HEAD = "LIANDAN:COSIGN1";
const LINE = /^LIANDAN:COSIGN1:([1-9][0-9]?)\/([1-9][0-9]?):([0-9A-F]{8}):([A-Z2-7]+)$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const FRAME_CHARACTERS = 640;
const FRAMES_MAX = 99;
const BODY_MAX = 24 * 1024;
const SIGNATURES_MAX = 8;
const SIGNATURE_BYTES_MAX = 4096;
const UNPACKED_MAX = BODY_MAX + SIGNATURES_MAX * (SIGNATURE_BYTES_MAX + 64) + 64;
const [WHOLE, ANSWER] = [1, 2];
/** What is wrong with a text, in words that the page has (`code`), and which parts are missing. */
export class FrameError extends Error {
  constructor(code, lacking = []) {
    super(code);
    Object.assign(this, { code, lacking });
  }
}

/** Base32 (RFC 4648 §6) without padding. */
export function toBase32(raw) {
  let [text, bits, held] = ["", 0, 0];
  for (const byte of raw) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
    held &= 255;
  }
  return bits ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/** The inverse; FrameError for what is not canonical. */
export function fromBase32(text) {
  const raw = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [at, bits, held] = [0, 0, 0];
  for (const letter of text) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) raw[at++] = (held >> (bits -= 8)) & 255;
  }
  if (toBase32(raw) !== text) throw new FrameError("damaged");
  return raw;
}

async function piped(raw, stream, most = Infinity) {
  const reader = new Blob([raw]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return concat(...parts);
    size += value.length;
    if (size > most) throw new FrameError("damaged");
    parts.push(value);
  }
}

/**
 * Lines of a statement on its way, each for one picture. `act`: {statement (hash), body (bytes, or null in an answer), signatures: [{place,
 * keyid, sig}]}; an answer is for whoever has the statement.
 */
export async function writeFrames(act, { answer = false, frame = FRAME_CHARACTERS } = {}) {
  const sorted = [...act.signatures].sort((a, b) => a.place - b.place);
  const signed = sorted.map(({ place, keyid, sig }) => concat(Uint8Array.of(place), fromHex(keyid), Uint8Array.of(sig.length >> 8, sig.length & 255), sig));
  const rest = answer ? fromHex(act.statement) : act.body;
  const raw = concat(Uint8Array.of(answer ? ANSWER : WHOLE, sorted.length), ...signed, rest);
  const packed = await piped(raw, new CompressionStream("deflate-raw"));
  const width = Math.max(Math.floor(frame / 8) * 5, Math.ceil(packed.length / FRAMES_MAX));
  const check = toHex((await sha256(packed)).subarray(0, 4)).toUpperCase();
  const count = Math.ceil(packed.length / width);
  return Array.from({ length: count }, (_, at) => `${HEAD}:${at + 1}/${count}:${check}:${toBase32(packed.subarray(at * width, (at + 1) * width))}`);
}

/** Collects lines as a camera sees them, in any order and again and again. */
export class FrameReader {
  constructor() {
    this.parts = new Map();
    this.of = 0;
    this.check = "";
  }

  /** Whether a text is a line at all; one of another text begins anew, for somebody shows something else now. */
  add(text) {
    const found = LINE.exec(text.trim().toUpperCase());
    if (!found) return false;
    const [place, of] = [Number(found[1]), Number(found[2])];
    if (place > of) throw new FrameError("damaged");
    if (of !== this.of || found[3] !== this.check) [this.parts, this.of, this.check] = [new Map(), of, found[3]];
    this.parts.set(place, found[4]);
    return true;
  }

  /** Numbers of the parts that are still to be seen. */
  get lacking() {
    return Array.from({ length: this.of }, (_, at) => at + 1).filter((place) => !this.parts.has(place));
  }

  get isWhole() {
    return this.of > 0 && this.lacking.length === 0;
  }

  /** {statement, body (null in an answer), signatures}; FrameError. Nothing in it is believed: whoever signs looks at the bytes. */
  async read() {
    if (!this.isWhole) throw new FrameError("incomplete", this.lacking);
    const packed = concat(...Array.from({ length: this.of }, (_, at) => fromBase32(this.parts.get(at + 1))));
    if (toHex((await sha256(packed)).subarray(0, 4)).toUpperCase() !== this.check) throw new FrameError("damaged");
    let raw;
    try {
      raw = await piped(packed, new DecompressionStream("deflate-raw"), UNPACKED_MAX);
    } catch (error) {
      throw new FrameError("damaged");
    }
    return unpacked(raw);
  }
}

async function unpacked(raw) {
  const [sort, count] = raw;
  const signatures = [];
  let at = 2;
  for (let number = 0; number < count; number += 1) {
    if (at + 35 > raw.length) throw new FrameError("damaged");
    const [place, length] = [raw[at], (raw[at + 33] << 8) | raw[at + 34]];
    const sig = raw.slice(at + 35, at + 35 + length);
    const isTwice = signatures.some((one) => one.place === place);
    if (isTwice || place >= SIGNATURES_MAX || length > SIGNATURE_BYTES_MAX || sig.length !== length) throw new FrameError("damaged");
    signatures.push({ place, keyid: toHex(raw.subarray(at + 1, at + 33)), sig });
    at += 35 + length;
  }
  const rest = raw.slice(at);
  if (sort === WHOLE && rest.length > 0 && rest.length <= BODY_MAX) return { statement: await hashOf(rest), body: rest, signatures };
  if (sort === ANSWER && rest.length === 32) return { statement: toHex(rest), body: null, signatures };
  throw new FrameError("damaged");
}

/** Everything that a text holds, one statement after the other, as a file or a chat brings it; FrameError with what is missing. */
export async function readText(text) {
  const readers = new Map();
  for (const line of text.split(/\r?\n/).filter((one) => one.trim())) {
    const found = LINE.exec(line.trim().toUpperCase());
    if (!found) throw new FrameError("damaged");
    const name = `${found[2]}:${found[3]}`;
    if (!readers.has(name)) readers.set(name, new FrameReader());
    readers.get(name).add(line);
  }
  if (!readers.size) throw new FrameError("none");
  return Promise.all(Array.from(readers.values(), (reader) => reader.read()));
}

/** Signatures of two that know the same statement: of two for one place the smaller by (keyid, bytes), so that order says nothing. */
export function mergedSignatures(one, other) {
  const found = new Map(one.map((signature) => [signature.place, signature]));
  const order = (signature) => signature.keyid + toHex(signature.sig);
  for (const signature of other) {
    const known = found.get(signature.place);
    if (known?.isOwn) continue; // made here, so it is right
    if (!known || signature.isOwn || order(signature) < order(known)) found.set(signature.place, signature);
  }
  return [...found.values()].sort((a, b) => a.place - b.place);
}
