// DER (X.690), as little as a certificate and a signature object of ours need.

/** The element at a place: {tag, head, end}, contents from `head` to `end`; null where there is none. */
function element(raw, at) {
  if (at + 2 > raw.length || (raw[at] & 31) === 31) return null;
  let head = at + 2;
  let length = raw[at + 1];
  if (length > 0x84 || length === 0x80) return null;
  if (length > 0x80) {
    const count = length - 0x80;
    if (head + count > raw.length) return null;
    length = Number(bigEndian(raw.subarray(head, head + count)));
    head += count;
  }
  return head + length > raw.length ? null : { tag: raw[at], start: at, head, end: head + length };
}

/** The elements inside another, each as {tag, whole, inside}; null where the bytes are no row of elements. */
function elements(raw) {
  const found = [];
  for (let at = 0; at < raw.length; ) {
    const part = element(raw, at);
    if (part === null) return null;
    found.push({ tag: part.tag, whole: raw.subarray(at, part.end), inside: raw.subarray(part.head, part.end) });
    at = part.end;
  }
  return found;
}

function der(tag, ...parts) {
  const inside = concat(...parts);
  const length = inside.length;
  if (length < 0x80) return concat([tag, length], inside);
  const digits = length < 0x100 ? [length] : length < 0x10000 ? [length >> 8, length & 255] : [length >> 16, (length >> 8) & 255, length & 255];
  return concat([tag, 0x80 + digits.length, ...digits], inside);
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OCTETS = 0x04;

/** An unsigned number in the fewest bytes. */
function derInteger(raw) {
  const first = raw.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : raw.subarray(first);
  return der(0x02, digits[0] & 0x80 ? concat([0], digits) : digits);
}

/** 32 bytes of an INTEGER that is not negative and fits, or null. */
function integer32(part) {
  if (!part || part.tag !== 0x02 || !part.inside.length || part.inside[0] & 0x80) return null;
  const first = part.inside.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array(0) : part.inside.subarray(first);
  return digits.length > 32 ? null : concat(new Uint8Array(32 - digits.length), digits);
}

/** {issuer, serial, spki} of an X.509 certificate (RFC 5280 §4.1), each as the element it is; null for anything else. */
function certificateParts(raw) {
  const whole = elements(raw);
  const outer = whole && whole.length === 1 && whole[0].tag === SEQUENCE ? elements(whole[0].inside) : null;
  const tbs = outer && outer.length === 3 && outer[0].tag === SEQUENCE ? elements(outer[0].inside) : null;
  if (!tbs) return null;
  const fields = tbs.filter((part, at) => at > 0 || part.tag !== 0xa0);
  if (fields.length < 6) return null;
  const [serial, , issuer, , , spki] = fields;
  return { issuer: issuer.whole, serial: serial.whole, spki: spki.whole };
}
