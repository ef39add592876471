// The claim of a square code (docs/formats/claim.md): eleven values that the holder of a key has said, signed.

const CLAIM_TYPE = "application/vnd.liandan.claim.v1";
const CLAIM_FIELDS = ["document", "number", "stage", "as_of", "codes", "mass_t", "parties", "plate", "way", "place", "key"];
const CLAIM_MAX = 300;

/** {values, text, signature, words}: a claim as it travels, with or without the address in front; Refusal CLAIM_FORM. */
async function parseClaim(given) {
  const travelling = given.slice(given.lastIndexOf("#") + 1);
  const [text, signature, ...more] = travelling.split(".").map(fromBase64Url);
  const bad = () => refuse("CLAIM_FORM", "", shown(given, 60), "https://…/v#…");
  if (!text || !signature || more.length || signature.length !== 64 || text.length > CLAIM_MAX - 64) throw bad();
  let lines;
  try {
    lines = fromUtf8(text).split("\n");
  } catch (error) {
    throw bad();
  }
  if (lines[0] !== "liandan1" || lines.length !== CLAIM_FIELDS.length + 1) throw bad();
  const values = Object.fromEntries(CLAIM_FIELDS.map((name, at) => [name, lines[at + 1]]));
  const words = toHex((await sha256(text)).subarray(0, 6)).replace(/(....)(?=.)/g, "$1 ");
  return { values, text, signature, words };
}

/** The known key that signed it, or null where no known key has its name; Refusal SIGNATURE_WRONG, SIGNATURE_FORM. */
async function signerOfClaim(claim, keys) {
  const named = keys.filter((key) => key.keyid.startsWith(claim.values.key));
  let refused = null;
  for (const key of named) {
    try {
      await verifySignature("ecdsa-p256-sha256", fromBase64(key.spki), pae(CLAIM_TYPE, claim.text), claim.signature);
      return key;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error;
    }
  }
  if (refused) throw refused;
  return null;
}
