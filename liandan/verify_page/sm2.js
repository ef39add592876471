// SM2 over SM3 (GB/T 32918.2, GB/T 32905; formats §1): verifying alone, of public data, so its time may depend on them. WebCrypto has neither.

const SM2_FIELD = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SM2_B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const SM2_BASE = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];
/** Bits of the user ID, which is part of the suite, and the ID 1234567812345678. */
const SM2_USER = "008031323334353637383132333435363738";

const inField = (value) => ((value % SM2_FIELD) + SM2_FIELD) % SM2_FIELD;
const rotated = (word, by) => (word << (by % 32)) | (word >>> (32 - (by % 32)));

/** The 32 bytes of a message's digest. */
function sm3(message) {
  const length = Math.ceil((message.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(length - 8, BigInt(message.length) * 8n);
  const state = Int32Array.of(0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e);
  const w = new Int32Array(68);
  for (let at = 0; at < length; at += 64) {
    for (let j = 0; j < 16; j++) w[j] = view.getInt32(at + 4 * j);
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16] ^ w[j - 9] ^ rotated(w[j - 3], 15);
      w[j] = x ^ rotated(x, 15) ^ rotated(x, 23) ^ rotated(w[j - 13], 7) ^ w[j - 6];
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let j = 0; j < 64; j++) {
      const one = rotated((rotated(a, 12) + e + rotated(j < 16 ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const first = (ff + d + (one ^ rotated(a, 12)) + (w[j] ^ w[j + 4])) | 0;
      const second = (gg + h + one + w[j]) | 0;
      [a, b, c, d] = [first, a, rotated(b, 9), c];
      [e, f, g, h] = [second ^ rotated(second, 9) ^ rotated(second, 17), e, rotated(f, 19), g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] ^= word));
  }
  const digest = new Uint8Array(32);
  state.forEach((word, place) => new DataView(digest.buffer).setInt32(4 * place, word));
  return digest;
}

/** The sum of two points (X, Y, Z) of the curve, where x = X/Z² and y = Y/Z³; Z = 0 is the point at infinity. */
function sumOf([x1, y1, z1], [x2, y2, z2]) {
  if (!z1) return [x2, y2, z2];
  if (!z2) return [x1, y1, z1];
  const [zz1, zz2] = [inField(z1 * z1), inField(z2 * z2)];
  const [u, v] = [inField(x1 * zz2), inField(y1 * z2 * zz2)];
  const [h, r] = [inField(x2 * zz1 - u), inField(y2 * z1 * zz1 - v)];
  if (!h) return r ? [1n, 1n, 0n] : doubleOf([x1, y1, z1]);
  const hh = inField(h * h);
  const [hhh, uhh] = [inField(h * hh), inField(u * hh)];
  const x = inField(r * r - hhh - 2n * uhh);
  return [x, inField(r * (uhh - x) - v * hhh), inField(z1 * z2 * h)];
}

function doubleOf([x, y, z]) {
  if (!z) return [x, y, z];
  const [yy, zz] = [inField(y * y), inField(z * z)];
  const [s, m] = [inField(4n * x * yy), inField(3n * (x - zz) * (x + zz))]; // a = -3
  const sum = inField(m * m - 2n * s);
  return [sum, inField(m * (s - sum) - 8n * yy * yy), inField(2n * y * z)];
}

/** u·G + v·P. */
function sm2Sum(u, v, point) {
  const [base, key] = [[...SM2_BASE, 1n], [...point, 1n]];
  const both = sumOf(base, key);
  let sum = [1n, 1n, 0n];
  for (let bit = 255n; bit >= 0n; bit--) {
    sum = doubleOf(sum);
    const [one, other] = [(u >> bit) & 1n, (v >> bit) & 1n];
    if (one || other) sum = sumOf(sum, one && other ? both : one ? base : key);
  }
  return sum;
}

/** Why 64 bytes x‖y can be no honest key; "" where they can. Under -G, the key of n-1, every s of an r would verify. */
function flawOfSm2Key(raw) {
  const [x, y] = [bigEndian(raw.subarray(0, 32)), bigEndian(raw.subarray(32))];
  if (x >= SM2_FIELD || y >= SM2_FIELD || inField(y * y - (x * x - 3n) * x - SM2_B)) return "not on the curve";
  return x === SM2_BASE[0] && y === SM2_FIELD - SM2_BASE[1] ? "the key of n-1" : "";
}

const sm2Halves = (signature) => [bigEndian(signature.subarray(0, 32)), bigEndian(signature.subarray(32))];

/** `holds(message, signature)` of a key without a flaw, for signatures whose form was checked. */
function sm2Verifier(raw) {
  const hex = (value) => fromHex(value.toString(16).padStart(64, "0"));
  const z = sm3(concat(fromHex(SM2_USER), hex(SM2_FIELD - 3n), hex(SM2_B), hex(SM2_BASE[0]), hex(SM2_BASE[1]), raw));
  const point = [bigEndian(raw.subarray(0, 32)), bigEndian(raw.subarray(32))];
  return (message, signature) => {
    const [r, s] = sm2Halves(signature);
    const [x, , zz] = sm2Sum(s, (r + s) % SM2_ORDER, point);
    if (!zz) return false;
    const affine = inField(x * power(zz, SM2_FIELD - 3n, SM2_FIELD)); // x / z²
    return (bigEndian(sm3(concat(z, message))) + affine - r) % SM2_ORDER === 0n;
  };
}
