// A certificate (PDF): the evidence that it carries, found in its bytes without a reader of PDF, and the issuer's signature over all of it.
// Two readers of PDF may see two files; a stream is a stream. See reports/attachment.py and reports/paper/pades.py.

const BUNDLE_BEGINS = '{"liandan_bundle"';
const CLAIM_BEGINS = "liandan-claim:";
const STREAMS_MAX = 20000;
const FOUND_MAX = 8;
const HEAD = 1024;
const GAP_MAX = 64 * 1024;

const isPdf = (raw) => asCharacters(raw.subarray(0, 1024)).includes("%PDF-");

/** The stream that begins here and so, plain or deflated; null for another. */
function streamAt(raw, characters, start, beginning, heads) {
  if (characters.startsWith(beginning, start)) {
    const end = characters.indexOf("\nendstream", start);
    return withoutReturn(raw, start, end < 0 ? raw.length - 1 : end);
  }
  if (!heads.has(start)) {
    const head = inflate(raw, start, Math.min(start + HEAD, raw.length), BUNDLE_BEGINS.length);
    heads.set(start, head.state === "broken" ? "" : asCharacters(head.content));
  }
  if (!heads.get(start).startsWith(beginning)) return null;
  const { state, content } = inflate(raw, start, raw.length, BUNDLE_MAX);
  if (state === "broken") return null;
  if (state === "more") throw refuse("PDF_FORM", "stream", "cut, or too long", `at most ${BUNDLE_MAX} bytes`);
  return content;
}

function withoutReturn(raw, start, end) {
  let last = end;
  while (last > start && raw[last - 1] === 13) last -= 1;
  return raw.subarray(start, last);
}

/** The distinct streams of a PDF that begin so (`heads` keeps how each stream begins); Refusal PDF_FORM for one that is built to be unpacked without end. */
async function streamsIn(raw, characters, beginning, heads = new Map()) {
  const found = [];
  const streams = /stream\r?\n/g;
  let unpacked = 0;
  for (let count = 0; streams.exec(characters); count += 1) {
    await breathe();
    const content = streamAt(raw, characters, streams.lastIndex, beginning, heads);
    if (content) unpacked += 1;
    if (content && content.length && !found.some((other) => isEqual(other, content))) found.push(content);
    if (count === STREAMS_MAX || unpacked > FOUND_MAX) {
      throw refuse("PDF_FORM", "", `${count} streams, ${unpacked} of them evidence`, "a certificate");
    }
  }
  return found;
}

/** The one bundle in a PDF that is not encrypted. */
async function bundleIn(raw, characters, heads) {
  const found = await streamsIn(raw, characters, BUNDLE_BEGINS, heads);
  if (found.length === 1) return found[0];
  if (found.length) throw refuse("CERT_TWO_BUNDLES", "", found.length, "1 liandan-bundle.json");
  throw refuse(characters.includes("/Encrypt") ? "CERT_LOCKED" : "CERT_NO_BUNDLE", "", "", "liandan-bundle.json");
}

const OID = {
  signedData: fromHex("06092a864886f70d010702"),
  data: fromHex("06092a864886f70d010701"),
  contentType: fromHex("06092a864886f70d010903"),
  messageDigest: fromHex("06092a864886f70d010904"),
  certificate: fromHex("060b2a864886f70d010910022f"),
};
const SHA256_ALGORITHM = fromHex("300d06096086480165030402010500");
const ECDSA_ALGORITHM = fromHex("300a06082a8648ce3d040302");
const VERSION_1 = fromHex("020101");

/** What is signed, without its outer tag: the digest of the file and the certificate's (RFC 5652 §5.3, RFC 5035). */
async function signedAttributes(digest, certificate) {
  const named = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, await sha256(certificate)))));
  return concat(
    der(SEQUENCE, OID.contentType, der(SET, OID.data)),
    der(SEQUENCE, OID.messageDigest, der(SET, der(OCTETS, digest))),
    der(SEQUENCE, OID.certificate, der(SET, named)),
  );
}

function signatureObject(attributes, certificate, names, value) {
  const signer = der(
    SEQUENCE, VERSION_1, der(SEQUENCE, names.issuer, names.serial), SHA256_ALGORITHM, der(0xa0, attributes), ECDSA_ALGORITHM,
    der(OCTETS, der(SEQUENCE, derInteger(value.subarray(0, 32)), derInteger(value.subarray(32)))),
  );
  const signed = der(SEQUENCE, VERSION_1, der(SET, SHA256_ALGORITHM), der(SEQUENCE, OID.data), der(0xa0, certificate), der(SET, signer));
  return der(SEQUENCE, OID.signedData, der(0xa0, signed));
}

/** Certificate and r‖s of a CMS object, as far as the places are where ours has them; null otherwise. */
function partsOfSignature(given) {
  const inside = (part, tag) => (part && part.tag === tag ? elements(part.inside) : null) || [];
  const outer = element(given, 0);
  const [, content] = outer && outer.tag === SEQUENCE ? elements(given.subarray(outer.head, outer.end)) || [] : [];
  const signed = inside(inside(content, 0xa0)[0], SEQUENCE);
  const [certificate] = inside(signed[3], 0xa0);
  const signer = inside(inside(signed[4], SET)[0], SEQUENCE);
  const value = signer[5] && signer[5].tag === OCTETS ? elements(signer[5].inside) : null;
  const numbers = inside(value && value[0], SEQUENCE).map(integer32);
  if (!certificate || numbers.length !== 2 || numbers.includes(null)) return null;
  return { certificate: certificate.whole, value: concat(...numbers) };
}

/**
 * DER of the key whose signature covers the whole file but its own digits, verified; null where there is none such. The object is not
 * interpreted: it is made again from certificate and value, and must be the same to the byte.
 */
async function signerOf(raw, characters) {
  const gap = /\/ByteRange \[ 0 ([0-9]{1,10}) ([0-9]{1,10}) ([0-9]{1,10}) *\]/.exec(characters);
  const [start, end, rest] = gap ? gap.slice(1).map(Number) : [0, 0, 0];
  if (!(start < end && end <= start + GAP_MAX && end + rest === raw.length)) return null;
  const digits = /^<((?:[0-9a-f]{2})*)>$/.exec(characters.slice(start, end));
  const given = digits && fromHex(digits[1]);
  const parts = given && partsOfSignature(given);
  const names = parts && certificateParts(parts.certificate);
  if (!names) return null;
  const attributes = await signedAttributes(await sha256(raw.subarray(0, start), raw.subarray(end)), parts.certificate);
  try {
    await verifySignature("ecdsa-p256-sha256", names.spki, der(SET, attributes), parts.value);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
  const whole = signatureObject(attributes, parts.certificate, names, parts.value);
  const isSameToTheByte = whole.length <= given.length && isEqual(concat(whole, new Uint8Array(given.length - whole.length)), given);
  return isSameToTheByte ? names.spki : null;
}
