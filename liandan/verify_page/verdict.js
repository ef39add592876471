// Files and claims to answers: what `liandan verify` says of the same bytes, in its words. A paper that only a reprint could prove is
// "unchecked" here, as this page prints nothing.

const FILE_MAX = 32 * 1024 * 1024;

/** Python's white space of bytes. */
const withoutBlanks = (characters) => characters.replace(/^[ \t\n\r\v\f]+/, "");

function formOf(raw, name = "") {
  if (suffixOf(name).toLowerCase() === ".refusal") return "receipt";
  if (isPdf(raw)) return "certificate";
  const blank = raw.findIndex((byte) => byte !== 32 && (byte < 9 || byte > 13));
  if (blank < 0) return "unknown";
  const begins = asCharacters(raw.subarray(blank, blank + 20));
  if (begins.startsWith(BUNDLE_BEGINS)) return "bundle";
  if (begins.startsWith(UNLOGGED_BEGINS)) return "unlogged";
  return begins.startsWith("{") && asCharacters(raw.subarray(0, 4096)).includes(REFUSAL) ? "receipt" : "unknown";
}

/** The gravest first: what does not hold; what was not computed; of no known log; not in the log; paper not checked; good. */
function verdictOf(report) {
  if (report.findings.length) return "bad";
  const isClaimOfNobody = report.form === "claim" && !report.signatures;
  if (report.uncomputed.length || report.form === "unknown" || isClaimOfNobody) return "other";
  if (!report.isPinned) return "unpinned";
  if (report.form === "unlogged") return "unlogged";
  return report.paper === "unchecked" ? "unchecked" : "good";
}

function finished(report) {
  const empty = { document: "", subject: "", kind: "", index: null, stage: "", number: "", origin: "", size: 0, root: "", found: "", entries: 0, signatures: 0, paper: "" };
  const lists = { witnesses: [], signers: [], retired: [], findings: [], notes: [], codes: [], uncomputed: [] };
  const filled = { ...empty, isPinned: true, ...lists, ...report };
  return { ...filled, verdict: verdictOf(filled) };
}

/** What even a good bundle leaves open, but for its paper. */
function notesOf(bundle, anchor) {
  const { checkpoint, facts } = bundle;
  const names = checkpoint.cosigned.map((line) => line.name).join(", ");
  return [
    ...(anchor.isPinned ? [] : [reason("NOTE_NOT_PINNED", "", facts.log.found)]),
    ...[...new Set(bundle.uncomputed)].map((suite) => reason("NOTE_SUITE", "", suite)),
    reason("NOTE_HEAD", bundle.subject, checkpoint.size),
    ...(checkpoint.cosigned.length ? [] : [reason("NOTE_NO_WITNESS")]),
    ...(bundle.isQuorum ? [] : [reason("NOTE_QUORUM", "", names || "-", facts.log.policy.join(", "))]),
    ...(facts.log.clock === "real" ? [] : [reason("NOTE_DEMO")]),
  ];
}

function reportOf(bundle, name, form, anchor) {
  const { checkpoint, facts } = bundle;
  const trip = facts.manifests.trips.get(bundle.subject);
  const { found } = facts.log;
  return finished({
    file: printable(name),
    form,
    subject: bundle.subject,
    stage: trip ? trip.stage : "",
    number: trip ? trip.number : "",
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: toBase64(checkpoint.root),
    found,
    entries: bundle.entries.length,
    signatures: sum(bundle.entries.map((entry) => entry.statement.by.length)),
    isPinned: anchor.isPinned,
    uncomputed: bundle.uncomputed,
    retired: [...facts.issuers].filter(([, issuer]) => issuer.retired !== null).map(([keyid, issuer]) => ({ found, keyid, index: issuer.retired, since: issuer.since })),
    notes: notesOf(bundle, anchor),
    trip,
    acts: /^(?:approval|list)\//.test(bundle.subject) ? bundle.entries.map((entry) => entry.statement).filter((one) => one.chain === bundle.subject) : null,
    names: facts.names,
    then: facts.then.get(bundle.subject) || new Map(),
    cosigned: checkpoint.cosigned,
    policy: bundle.policy.witnesses,
    bundle,
  });
}

const LAYOUT = /\/LiandanLayout \(([a-z]{1,16}) [0-9]{1,4} (?:zh|en)(?: [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{4}-[0-9]{2}-[0-9]{2})?\)/;
const OF_CHAIN = { manifest: ["certificate", "transit"], approval: ["approval"], list: ["list"], party: ["dossier"] };

/** Which document the bundle is printed as: the one that is said if it is about such a chain (docs/documents.md); Refusal. */
function documentOf(said, bundle) {
  if (said === "attestation") return said;
  const fitting = own(OF_CHAIN, bundle.subject.split("/")[0]);
  if (!fitting) throw refuse("CERT_SUBJECT", "subject", bundle.subject, "manifest/…, approval/…, list/…, party/…");
  const document = fitting.includes(said) ? said : fitting[0];
  const trip = bundle.facts.manifests.trips.get(bundle.subject);
  if (document === "transit" && trip.stage === "voided") throw refuse("TRANSIT_VOID", "", trip.stage, "issued … closed");
  if (document === "certificate" && !trip.isReceived) throw refuse("CERT_STATE", "", trip.stage, "manifest.receive");
  const isDecided = bundle.entries.some((entry) => entry.statement.chain === bundle.subject && entry.statement.kind === "approval.decide/1");
  if (document === "approval" && !isDecided) throw refuse("EXCERPT_STATE", "", "", "approval.decide");
  return document;
}

/** Keyids of the log's keys for codes whose claims in the paper hold. */
async function claimantsIn(raw, characters, bundle, heads) {
  const found = new Set();
  for (const stream of await streamsIn(raw, characters, CLAIM_BEGINS, heads)) {
    try {
      const claim = await parseClaim(fromUtf8(stream.subarray(CLAIM_BEGINS.length)));
      for (const [keyid, issuer] of issuersOf(bundle, "claim")) {
        if (!keyid.startsWith(claim.values.key)) continue;
        await verifySignature("ecdsa-p256-sha256", issuer.spki, pae(CLAIM_TYPE, claim.text), claim.signature);
        found.add(keyid);
      }
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof TypeError)) throw error; // TypeError: no UTF-8
    }
  }
  return [...found];
}

async function certificateReport(raw, name, anchor, progress) {
  const characters = asCharacters(raw);
  const heads = new Map();
  const bundle = await openByPins(await bundleIn(raw, characters, heads), anchor, progress);
  const spki = await signerOf(raw, characters);
  const keyid = spki && toHex(await sha256(spki));
  const signer = issuersOf(bundle, "pdf").some(([known]) => known === keyid) ? keyid : "";
  const claimants = await claimantsIn(raw, characters, bundle, heads);
  const document = documentOf(LAYOUT.exec(characters)?.[1] ?? "", bundle);
  const report = reportOf(bundle, name, "certificate", anchor);
  return knowing({ ...report, document, signer, signers: [...new Set([...claimants, ...(signer ? [signer] : [])])].sort(), open: report.notes }, anchor.retired);
}

/** A paper's report by what is known of retired keys: nobody can date a signature, so what is known to be retired has signed nothing. */
function knowing(report, retired) {
  if (report.form !== "certificate" || !report.open) return report;
  const known = new Map(retired.filter((one) => one.found === report.found).map((one) => [one.keyid, one]));
  const late = report.signers.filter((keyid) => known.has(keyid)).map((keyid) => known.get(keyid));
  const isSigned = report.signer !== "" && !known.has(report.signer);
  const notes = [
    ...late.map((one) => reason("NOTE_ISSUER_RETIRED", "", one.keyid.slice(0, 16), one.index)),
    ...(isSigned ? [] : [reason("NOTE_PAPER")]),
    ...report.open,
    ...(report.document === "attestation" ? [reason(isSigned ? "NOTE_ATTESTATION" : "ATTESTATION_UNSIGNED")] : []),
    ...(isSigned && !late.length ? [reason("NOTE_ISSUER_LATER", "", report.size)] : []),
  ];
  return finished({ ...report, paper: isSigned ? "signature" : "unchecked", notes });
}

/** The answer to a file; it never throws for what the bytes are. `bundle` tells keys for refusals, `retired` keys known to be retired. */
async function verifyBytes(raw, name, pins = NO_PINS, bundle = null, progress = () => {}, retired = []) {
  let form = "unknown";
  try {
    if (raw.length > FILE_MAX) throw refuse("FILE_FORM", "", `more than ${FILE_MAX} bytes`, `at most ${FILE_MAX} bytes`);
    form = formOf(raw, name);
    const anchor = await anchorOf(pins, bundle, retired);
    if (form === "certificate") return await certificateReport(raw, name, anchor, progress);
    if (form === "bundle") return reportOf(await openByPins(raw, anchor, progress), name, form, anchor);
    if (form === "receipt") return await refusalReport(raw, name, anchor);
    if (form === "unlogged") return await unloggedReport(raw, name, anchor, progress);
    throw refuse("FILE_FORM", "", shown(asCharacters(raw.subarray(0, 24)), 24), "certificate.pdf, bundle, receipt");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finished({ file: printable(name), form, findings: error.reasons });
  }
}

/** Keys of papers and codes that a verified bundle tells, as they are kept. */
function issuersTold(report) {
  const { found, keys, clock } = report.bundle.facts.log;
  const { origin, size } = report;
  return [...report.bundle.facts.issuers].map(([keyid, { use, spki, from, to, added, retired, since }]) => (
    { keyid, use, spki: toBase64(spki), from, to, added, retired, since, found, logKeys: keys, clock, size: Number(size), origin }
  ));
}

/** The answer to a claim, by the keys at hand. */
async function verifyClaim(text, pins, kept) {
  const given = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const anchor = await anchorOf(pins);
  try {
    return finished(await claimReport(given, anchor, kept.map((key) => ({ ...key, spki: fromBase64(key.spki) }))));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finished({ file: shown(given, 60), form: "claim", isPinned: anchor.isPinned, findings: error.reasons });
  }
}
