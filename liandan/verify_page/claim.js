// The claim of a square code (docs/formats/claim.md): eleven values that the holder of a key has said, signed.

const CLAIM_TYPE = "application/vnd.liandan.claim.v1";
const CLAIM_FIELDS = ["document", "number", "stage", "as_of", "codes", "mass_t", "parties", "plate", "way", "place", "key"];
const CLAIM_MAX = 300;
const TRAVELLING_MAX = 1024;
/** The values, so that nobody is shown what no issuer writes (reports/claim.py). */
const CLAIM_FORM = new RegExp(
  "^[ct]\\n[0-9A-Za-z]{1,32}\\n[a-z_]{1,32}\\n[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\\n[^\\n]{1,80}\\n[0-9]{1,16}(?:\\.[0-9]{1,6})?\\n" +
    "(?:[0-9A-Z]{18}|-)(?: (?:[0-9A-Z]{18}|-)){2}\\n[^\\n]{1,9}\\n[0-9]{6} [0-9]{6}\\n(?:0|[1-9][0-9]{0,15}) [0-9a-f]{12}\\n[0-9a-f]{8}$", "u",
);

/** {values, text, signature, words, travelling}: a claim as it travels, with or without the address in front; Refusal CLAIM_FORM. */
async function parseClaim(given) {
  const bad = () => refuse("CLAIM_FORM", "", shown(given, 60), "https://…/v#…");
  if (given.length > TRAVELLING_MAX) throw bad();
  const travelling = given.slice(given.lastIndexOf("#") + 1);
  const [text, signature, ...more] = travelling.split(".").map(fromBase64Url);
  if (!text || !signature || more.length || signature.length !== 64 || text.length > CLAIM_MAX - 64) throw bad();
  let said;
  try {
    said = fromUtf8(text);
  } catch (error) {
    throw bad();
  }
  if (!said.startsWith("liandan1\n") || !CLAIM_FORM.test(said.slice(9)) || FORBIDDEN.test(said.replace(/\n/g, ""))) throw bad();
  const lines = said.split("\n").slice(1);
  const values = Object.fromEntries(CLAIM_FIELDS.map((name, at) => [name, lines[at]]));
  const words = toHex((await sha256(text)).subarray(0, 6)).replace(/(....)(?=.)/g, "$1 ");
  return { values, text, signature, words, travelling };
}

/** The key that signed it among those that are named so; Refusal SIGNATURE_WRONG, SIGNATURE_FORM. */
async function signerOfClaim(claim, named) {
  let refused = null;
  for (const key of named) {
    try {
      await verifySignature("ecdsa-p256-sha256", key.spki, pae(CLAIM_TYPE, claim.text), claim.signature);
      return key;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error;
    }
  }
  throw refused;
}

/** Refusal CLAIM_ISSUER where the claim's own words put it before the key's registration, after its retirement or past its days. */
function checkDays(claim, key) {
  const [size, asOf] = [Number(claim.values.place.split(" ")[0]), claim.values.as_of];
  const since = key.since === null ? "" : new Date((key.since + 8 * 3600) * 1000).toISOString().slice(0, 16);
  const isRetired = key.retired !== null && (size > key.retired || (since !== "" && asOf >= since));
  if (size > key.added && !isRetired && asOf.split("T")[0] <= key.to) return;
  throw refuse("CLAIM_ISSUER", "", `${size}, ${asOf}`, `${key.added} … ${key.retired ?? ""}, ${key.from} … ${key.to}`);
}

/** What an answer says of a claim by the keys at hand ({keyid, spki, found, origin, clock, size, from, to, added, retired, since}). */
async function claimReport(given, anchor, keys) {
  const said = { file: shown(given, 60), form: "claim", isPinned: anchor.isPinned };
  const claim = await parseClaim(given);
  const about = { ...said, claim, number: claim.values.number, stage: claim.values.stage };
  const named = keys.filter((key) => key.use === "claim" && key.keyid.startsWith(claim.values.key));
  if (!named.length) return { ...about, notes: [reason("NOTE_CLAIM_KEY", "", claim.values.key)] };
  const key = await signerOfClaim(claim, named);
  const address = given.slice(0, -claim.travelling.length).replace(/#$/, "");
  const host = `https://${key.origin.split("/")[0]}/v`;
  if (address && address !== host) throw refuse("CLAIM_ADDRESS", "", address, host);
  checkDays(claim, key);
  const notes = [
    reason("NOTE_CLAIM"),
    ...(anchor.isPinned ? [] : [reason("NOTE_NOT_PINNED", "", key.found)]),
    ...(key.clock === "real" ? [] : [reason("NOTE_DEMO")]),
  ];
  const known = { ...about, origin: key.origin, found: key.found, size: key.size };
  if (key.retired !== null) return { ...known, notes: [reason("NOTE_ISSUER_RETIRED", "", key.keyid.slice(0, 16), key.retired), ...notes] };
  return { ...known, signatures: 1, signers: [key.keyid], notes: [reason("NOTE_ISSUER_LATER", "", key.size), ...notes] };
}
