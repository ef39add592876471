// Signature suites (formats §1): Ed25519 and ECDSA P-256 by WebCrypto; where it lacks Ed25519, by noble-ed25519, fetched on demand (`nobleEd25519`, of whoever stands around this); SM2 by sm2.js.
// A suite that this page does not compute is never taken for a good signature: `false`, and the file is 未核验.

const ED25519_PREFIX = fromHex("302a300506032b6570032100");
const P256_PREFIX = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const SM2_PREFIX = fromHex("3059301306072a8648ce3d020106082a811ccf5501822d03420004");
const ML_DSA_PREFIX = fromHex("30820532300b06096086480165030403110382052100");
const SUITES = {
  ed25519: { prefix: ED25519_PREFIX, keyBytes: 32, signatureBytes: 64 },
  "ecdsa-p256-sha256": { prefix: P256_PREFIX, keyBytes: 64, signatureBytes: 64 },
  "sm2-sm3": { prefix: SM2_PREFIX, keyBytes: 64, signatureBytes: 64 },
  "ml-dsa-44": { prefix: ML_DSA_PREFIX, keyBytes: 1312, signatureBytes: 2420 },
};
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const FIELD = 2n ** 255n - 19n;
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** y of the points of order 4, 1, 2, 8, 8. */
const SMALL_ORDER = [0n, 1n, FIELD - 1n, Y8, FIELD - Y8];

const yOf = (point) => littleEndian(point) & (2n ** 255n - 1n);
const mod = (value, m) => ((value % m) + m) % m;

function power(base, exponent, m) {
  let result = 1n;
  for (let [b, e] = [mod(base, m), exponent]; e; e >>= 1n, b = (b * b) % m) if (e & 1n) result = (result * b) % m;
  return result;
}
const D = mod(-121665n * power(121666n, FIELD - 2n, FIELD), FIELD);

/** Why 32 bytes can be no honest Ed25519 key; "" where they can. libsodium refuses these, other libraries do not. */
function flawOfPoint(raw) {
  const y = yOf(raw);
  if (y >= FIELD) return "y not reduced";
  if (SMALL_ORDER.includes(y)) return "a point of small order";
  const [numerator, denominator] = [y * y - 1n, D * y * y + 1n];
  return power(numerator * denominator, (FIELD - 1n) / 2n, FIELD) === 1n ? "" : "not on the curve";
}

/** Cofactorless, R compared by its encoding: noble's own `verify` multiplies by the cofactor and takes more. */
async function holdsByNoble(key, message, signature) {
  const { Point } = await nobleEd25519();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", concat(signature.subarray(0, 32), key, message)));
  const [k, s] = [mod(littleEndian(digest), GROUP_ORDER), littleEndian(signature.subarray(32))];
  const expected = Point.BASE.multiply(s, false).subtract(Point.fromBytes(key).multiply(k, false));
  return isEqual(expected.toBytes(), signature.subarray(0, 32));
}

let isNative = null;
async function hasEd25519() {
  if (isNative === null) {
    const base = Uint8Array.from({ length: 32 }, (_, at) => (at ? 0x66 : 0x58));
    isNative = await crypto.subtle.importKey("raw", base, "Ed25519", false, ["verify"]).then(() => true, () => false);
  }
  return isNative;
}

const LOADED = new Map();
/** A public key ready to verify, kept: `holds(message, signature)`, or null for a suite that is not computed here. */
function loadKey(suite, spki) {
  const name = `${suite} ${toHex(spki)}`;
  if (!LOADED.has(name)) LOADED.set(name, load(suite, spki));
  return LOADED.get(name);
}

async function load(suite, spki) {
  const form = Object.hasOwn(SUITES, suite) ? SUITES[suite] : null;
  if (!form) throw refuse("SUITE_UNKNOWN", "suite", suite, keysOf(SUITES).join(", "));
  const raw = spki.subarray(form.prefix.length);
  if (raw.length !== form.keyBytes || !isEqual(spki.subarray(0, form.prefix.length), form.prefix)) {
    throw refuse("KEY_INVALID", "", `${spki.length} bytes`, `DER SubjectPublicKeyInfo, ${form.prefix.length + form.keyBytes} bytes`);
  }
  if (suite === "ml-dsa-44") return null;
  if (suite === "sm2-sm3") {
    const flaw = flawOfSm2Key(raw);
    if (flaw) throw refuse("KEY_INVALID", "", flaw, "a point of the SM2 curve, of 1 to n-2");
    return sm2Verifier(raw);
  }
  if (suite === "ed25519") {
    const flaw = flawOfPoint(raw);
    if (flaw) throw refuse("KEY_INVALID", "", flaw, "a canonical point of large order");
    if (!(await hasEd25519())) return (message, signature) => holdsByNoble(raw, message, signature);
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return (message, signature) => crypto.subtle.verify("Ed25519", key, signature, message);
  }
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", spki, curve, false, ["verify"]).catch(() => null);
  if (!key) throw refuse("KEY_INVALID", "", "not on the curve", "a point of P-256");
  return (message, signature) => crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

/** What a signature must be before mathematics is asked. */
function checkForm(suite, signature) {
  if (signature.length !== SUITES[suite].signatureBytes) {
    throw refuse("SIGNATURE_FORM", "", `${signature.length} bytes`, `${SUITES[suite].signatureBytes} bytes`);
  }
  if (suite === "ed25519") {
    if (littleEndian(signature.subarray(32)) >= GROUP_ORDER) throw refuse("SIGNATURE_FORM", "", "S not below the group order", "S < L");
    const y = yOf(signature.subarray(0, 32));
    if (y >= FIELD || SMALL_ORDER.includes(y)) throw refuse("SIGNATURE_WRONG", "", "R", "a canonical point of large order");
  }
  if (suite === "ecdsa-p256-sha256") {
    const [r, s] = [bigEndian(signature.subarray(0, 32)), bigEndian(signature.subarray(32))];
    const isInRange = r > 0n && r < P256_ORDER && s > 0n && s <= (P256_ORDER - 1n) / 2n;
    if (!isInRange) throw refuse("SIGNATURE_FORM", "", "r or s out of range", "0 < r < n, 0 < s ≤ (n-1)/2");
  }
  if (suite === "sm2-sm3") {
    const [r, s] = sm2Halves(signature);
    const isInRange = r > 0n && r < SM2_ORDER && s > 0n && s < SM2_ORDER && r + s !== SM2_ORDER;
    if (!isInRange) throw refuse("SIGNATURE_FORM", "", "r or s out of range", "0 < r < n, 0 < s < n, r + s ≠ n");
  }
}

/** true: the signature holds. false: this page does not compute the suite. Refusal: it does not hold. */
async function verifySignature(suite, spki, message, signature) {
  const holds = await loadKey(suite, spki);
  checkForm(suite, signature);
  if (holds === null) return false;
  if (!(await holds(message, signature))) throw refuse("SIGNATURE_WRONG", "", "", "a signature by this key over these bytes");
  return true;
}
