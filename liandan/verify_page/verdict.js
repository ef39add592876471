// Files and claims to answers: what `liandan verify` says of the same bytes, in its words. A paper that only a reprint could prove is
// "unchecked" here, as this page prints nothing.

const FILE_MAX = 32 * 1024 * 1024;
const NO_PINS = { found: "", vkeys: [] };
const isPinned = (pins) => Boolean(pins.found || pins.vkeys.length);
const isOfPins = (found, logKeys, pins) => (!pins.found || found === pins.found) && pins.vkeys.every((vkey) => logKeys.includes(vkey));

/** {found, vkeys} of lines of text: a hash of ``log.found``, lines of ``log.vkey``; Refusal VKEY_FORM for anything else. */
async function parsePins(text) {
  const pins = { found: "", vkeys: [] };
  for (const line of text.split(/\r?\n/).map((part) => part.trim())) {
    if (!line) continue;
    if (/^[0-9a-fA-F]{64}$/.test(line) && !pins.found) pins.found = line.toLowerCase();
    else pins.vkeys.push((await parseVkey(line)).text);
  }
  return pins;
}

function formOf(raw) {
  if (isPdf(raw)) return "certificate";
  const begins = asCharacters(raw.subarray(0, 4096)).replace(/^[ \t\n\r\v\f]+/, "");
  if (begins.startsWith(BUNDLE_BEGINS)) return "bundle";
  return begins.startsWith("{") && begins.includes(REFUSAL) ? "receipt" : "unknown";
}

/** The gravest first: what does not hold; what was not computed; of no known log; paper not checked; good. */
function verdictOf(report) {
  if (report.findings.length) return "bad";
  if (report.uncomputed.length || report.isUnknown) return "other";
  if (!report.isPinned) return "unpinned";
  return report.paper === "unchecked" ? "unchecked" : "good";
}

function finished(report) {
  const whole = { subject: "", stage: "", number: "", origin: "", size: 0, root: "", found: "", entries: 0, signatures: 0, paper: "", isPinned: true, ...report };
  const filled = { findings: [], notes: [], codes: [], uncomputed: [], ...whole };
  return { ...filled, verdict: verdictOf(filled) };
}

/** What even a good bundle leaves open. */
function notesOf(bundle, pins, paper) {
  const { checkpoint, facts } = bundle;
  const names = checkpoint.cosigned.map((line) => line.name).join(", ");
  return [
    ...(paper === "unchecked" ? [reason("NOTE_PAPER")] : []),
    ...(isPinned(pins) ? [] : [reason("NOTE_NOT_PINNED", "", facts.log.found)]),
    ...bundle.uncomputed.map((suite) => reason("NOTE_SUITE", "", suite)),
    reason("NOTE_HEAD", bundle.subject, checkpoint.size),
    ...(checkpoint.cosigned.length ? [] : [reason("NOTE_NO_WITNESS")]),
    ...(bundle.isQuorum ? [] : [reason("NOTE_QUORUM", "", names || "-", facts.log.policy.join(", "))]),
    ...(facts.log.clock === "real" ? [] : [reason("NOTE_DEMO")]),
  ];
}

function reportOf(bundle, name, form, pins, paper) {
  const { checkpoint, facts } = bundle;
  const trip = facts.manifests.trips.get(bundle.subject);
  return finished({
    file: name,
    form,
    subject: bundle.subject,
    stage: trip ? trip.stage : "",
    number: trip ? trip.number : "",
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: toBase64(checkpoint.root),
    found: facts.log.found,
    entries: bundle.entries.length,
    signatures: sum(bundle.entries.map((entry) => entry.statement.by.length)),
    paper,
    isPinned: isPinned(pins),
    uncomputed: bundle.uncomputed,
    notes: notesOf(bundle, pins, paper),
    trip,
    names: facts.names,
    cosigned: checkpoint.cosigned,
    witnesses: bundle.policy.witnesses,
    bundle,
  });
}

const LAYOUT = /\/LiandanLayout \(([a-z]{1,16}) [0-9]{1,4} (?:zh|en)\)/;

/** Whether a paper that says it is such a document can be one of this bundle (docs/documents.md). */
function checkDocument(said, bundle) {
  const trip = bundle.facts.manifests.trips.get(bundle.subject);
  if (said === "attestation" || /^(approval|list)\//.test(bundle.subject)) return;
  if (!trip) throw refuse("CERT_SUBJECT", "subject", bundle.subject, "manifest/…, approval/…, list/…");
  if (said === "transit") {
    if (trip.stage === "voided") throw refuse("TRANSIT_VOID", "", trip.stage, "issued … closed");
  } else if (!trip.isReceived) throw refuse("CERT_STATE", "", trip.stage, "manifest.receive");
}

async function certificateReport(raw, name, pins, progress) {
  const characters = asCharacters(raw);
  const bundle = await openBundle(await bundleIn(raw, characters), pins, progress);
  const said = LAYOUT.exec(characters)?.[1] ?? "";
  checkDocument(said, bundle);
  const spki = await signerOf(raw, characters);
  const keyid = spki && toHex(await sha256(spki));
  const isSigned = issuersOf(bundle, "pdf").some(([known]) => known === keyid);
  const report = reportOf(bundle, name, "certificate", pins, isSigned ? "signature" : "unchecked");
  const word = isSigned ? reason("NOTE_ATTESTATION") : reason("ATTESTATION_UNSIGNED");
  return said === "attestation" ? { ...report, notes: [...report.notes, word] } : report;
}

/** A refusal receipt (formats §8): its form always, its signature where a bundle of the log tells the operator's keys. */
async function receiptReport(raw, name, pins, atHand) {
  if (raw.length > 64 * 1024) throw refuse("ENVELOPE_TOO_LARGE", "", `${raw.length} bytes`, "at most 65536 bytes");
  const envelope = envelopeOf(parseJson(raw, 64 * 1024, 8));
  if (envelope.type !== REFUSAL) throw refuse("PAYLOAD_TYPE", "payloadType", envelope.type, REFUSAL);
  const form = { statement: "string", codes: "array", size: "integer", at: "string" };
  const body = shape(parseJson(envelope.body, BODY_MAX, 8), form, "RECEIPT_FORM", "");
  if (!body.codes.every((code) => typeof code === "string")) throw refuse("RECEIPT_FORM", "codes", "", "texts");
  const said = { file: name, form: "receipt", subject: body.statement, size: body.size, codes: body.codes };
  // A bundle that was opened under other pins may be of another log: it tells nothing.
  if (!atHand || !isOfPins(atHand.facts.log.found, atHand.facts.log.keys, pins)) return finished({ ...said, findings: [reason("RECEIPT_UNCHECKED")] });
  const { facts } = atHand;
  const [signature, ...more] = envelope.signatures;
  const key = facts.keys.get(signature.keyid);
  if (more.length || !key || key.uscc !== facts.log.operator) throw refuse("RECEIPT_SIGNER", "", signature.keyid, `a key of ${facts.log.operator}`);
  if (key.added >= body.size || (key.revoked !== null && body.size > key.revoked)) {
    throw refuse("KEY_NOT_VALID", "keyid", signature.keyid, `valid at ${body.size}`);
  }
  const uncomputed = (await verifySignature(key.suite, key.spki, envelope.message, signature.sig)) ? [] : [key.suite];
  const notes = isPinned(pins) ? [] : [reason("NOTE_NOT_PINNED", "", facts.log.found)];
  return finished({ ...said, origin: facts.log.origin, found: facts.log.found, signatures: 1, isPinned: isPinned(pins), notes, uncomputed });
}

/** The answer to a file; it never throws for what the bytes are. `atHand` is an opened bundle of the same log, for receipts. */
async function verifyBytes(raw, name, pins = NO_PINS, atHand = null, progress = () => {}) {
  const form = raw.length > FILE_MAX ? "unknown" : formOf(raw);
  try {
    if (raw.length > FILE_MAX) throw refuse("FILE_FORM", "", raw.length, `at most ${FILE_MAX} bytes`);
    if (form === "certificate") return await certificateReport(raw, name, pins, progress);
    if (form === "bundle") return reportOf(await openBundle(raw, pins, progress), name, form, pins, "");
    if (form === "receipt") return await receiptReport(raw, name, pins, atHand);
    throw refuse("FILE_FORM", "", shown(asCharacters(raw.subarray(0, 24)), 24), "certificate.pdf, bundle, receipt");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finished({ file: name, form, findings: error.reasons });
  }
}

/** Keys for claims of a verified bundle, as they are kept: [{keyid, spki, found, logKeys, clock, size, origin, isPinned}]. */
function claimKeysOf(report) {
  const { found, keys, clock } = report.bundle.facts.log;
  const { origin, size } = report;
  return issuersOf(report.bundle, "claim").map(([keyid, issuer]) => (
    { keyid, spki: toBase64(issuer.spki), found, logKeys: keys, clock, size, origin, isPinned: report.isPinned }
  ));
}

/** The answer to a claim, by the keys at hand. A key counts as pinned only if its bundle agreed with the pins that are asked for now. */
async function verifyClaim(text, pins, keys) {
  const said = { file: "", form: "claim", isPinned: isPinned(pins) };
  try {
    const claim = await parseClaim(text.trim());
    const signer = await signerOfClaim(claim, keys.filter((key) => isOfPins(key.found, key.logKeys, pins)));
    const about = { claim, number: claim.values.number, stage: claim.values.stage };
    if (!signer) return finished({ ...said, ...about, isUnknown: true, notes: [reason("NOTE_CLAIM_KEY", "", claim.values.key)] });
    const notes = [
      reason("NOTE_CLAIM"),
      ...(isPinned(pins) ? [] : [reason("NOTE_NOT_PINNED", "", signer.found)]),
      ...(signer.clock === "real" ? [] : [reason("NOTE_DEMO")]),
    ];
    return finished({ ...said, ...about, origin: signer.origin, found: signer.found, signatures: 1, notes });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finished({ ...said, findings: error.reasons });
  }
}
