// Receipts: admitted statements (`.entry` beside `.tlog-proof`), checkpoints, refusals; each, and all of them against each other.
// The checks are those of reports/receipts.py and reports/verify.py, in their order.

const PROOF_MAX = 192 * 1024;
const REFUSAL_MAX = 64 * 1024;
const CODES_SHOWN = 80;

/** The last part of a name from its dot on, as Python's paths tell it. */
function suffixOf(name) {
  const at = name.lastIndexOf(".");
  return at > 0 && at < name.length - 1 ? name.slice(at) : "";
}
const isReceipt = (name) => [".entry", ".tlog-proof"].includes(suffixOf(name)) || name === "checkpoint";

/** {index, hashes, checkpoint} of a ``.tlog-proof`` (C2SP tlog-proof v1); Refusal PROOF_FORM. */
function parseProof(raw) {
  const bad = (field, found, expected) => refuse("PROOF_FORM", field, found, expected);
  const characters = asCharacters(raw);
  const split = characters.indexOf("\n\n");
  const lines = characters.slice(0, Math.max(split, 0)).split("\n");
  if (split < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1" || raw.length < split + 3) {
    throw bad("header", characters.slice(0, 40), "c2sp.org/tlog-proof@v1, index, hashes, empty line, checkpoint");
  }
  const base64 = (text, field) => {
    const bytes = fromBase64(text);
    if (!bytes || !bytes.length) throw bad(field, text.slice(0, 40), "canonical base64, not empty");
    return bytes;
  };
  if (lines.length && lines[0].startsWith("extra ")) base64(lines.shift().slice(6), "extra");
  const [, index] = /^index (0|[1-9][0-9]{0,18})$/.exec(lines[0] || "") || [];
  if (index === undefined || BigInt(index) >= 2n ** 63n - 1n) throw bad("index", lines[0] || "missing", "index <decimal number>");
  if (lines.length - 1 > 63) throw bad("hashes", lines.length - 1, "at most 63");
  const hashes = lines.slice(1).map((line, at) => base64(line, `hash ${at}`));
  const odd = hashes.findIndex((hash) => hash.length !== 32);
  if (odd >= 0) throw bad(`hash ${odd}`, `${hashes[odd].length} bytes`, "32 bytes");
  return { index: BigInt(index), hashes, checkpoint: raw.subarray(split + 2) };
}

/** Runs `work`; what it refuses becomes findings, each with the file it is about in front of its field. */
async function noting(exhibit, where, work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    exhibit.findings.push(...error.reasons.map((one) => ({ ...one, field: [where, one.field].filter(Boolean).join(".") })));
  }
}

const exhibitOf = (name, form) => ({ name, form, entry: null, opened: null, isProved: false, isAnchored: false, signatures: 0, findings: [], notes: [], uncomputed: [] });

/** The bytes of one half; a finding where it is missing or larger than any of its form. */
function partOf(raw, limit, where, name, exhibit) {
  if (raw === undefined) exhibit.findings.push(reason("RECEIPT_INCOMPLETE", where, "", name));
  else if (raw.length > limit) exhibit.findings.push(reason("FILE_FORM", where, `more than ${limit} bytes`, `at most ${limit} bytes`));
  else return raw;
  return null;
}

async function pairOf(stem, files, anchor) {
  const exhibit = exhibitOf(`${printable(stem)}.entry`, "entry");
  const raw = partOf(files.get(`${stem}.entry`), ENTRY_MAX, "entry", `${stem}.entry`, exhibit);
  const text = partOf(files.get(`${stem}.tlog-proof`), PROOF_MAX, "tlog-proof", `${stem}.tlog-proof`, exhibit);
  let proof = null;
  if (raw) await noting(exhibit, "entry", async () => (exhibit.entry = await readEntry(raw)));
  if (text) {
    await noting(exhibit, "tlog-proof", async () => {
      proof = parseProof(text);
      exhibit.opened = await openPinned(proof.checkpoint, anchor);
    });
  }
  const { entry, opened } = exhibit;
  if (entry && HEX64.test(stem) && entry.statement.hash !== stem) exhibit.findings.push(reason("RECEIPT_NAME", "entry", entry.statement.hash, stem));
  if (entry && proof && BigInt(entry.index) !== proof.index) exhibit.findings.push(reason("PROOF_WRONG", "tlog-proof.index", proof.index, entry.index));
  if (raw && proof && opened) {
    await noting(exhibit, "tlog-proof", async () => {
      await checkInclusion(proof.index, opened.size, await sha256(Uint8Array.of(0), raw), proof.hashes, opened.root, "");
      exhibit.isProved = !exhibit.findings.length;
    });
  }
  return exhibit;
}

async function headOf(raw, anchor) {
  const exhibit = exhibitOf("checkpoint", "checkpoint");
  const note = partOf(raw, 65536, "", "checkpoint", exhibit);
  if (note) await noting(exhibit, "", async () => Object.assign(exhibit, { opened: await openPinned(note, anchor), isProved: true }));
  return exhibit;
}

/** Keys that an admitted statement registers, by keyid. */
async function keysBrought({ kind, chain, body, owner }) {
  const facts = new Facts();
  try {
    if (kind === "log.found/1") await facts.founding({ body });
    else if (kind === "authority.admit/1") await facts.register(body.keys, body.uscc, 0);
    else if (chain.startsWith("party/") && (body.keys || body.key)) await facts.register(body.keys || [body.key], owner, 0);
  } catch (error) {
    if (!(error instanceof Contradiction)) throw error;
    return new Map();
  }
  return facts.keys;
}

/** What the receipts prove against each other: forks, and the links of chains. */
async function compare(exhibits, anchor) {
  const [roots, leaves, places] = [new Map(), new Map(), new Map()];
  const once = (map, key, value) => map.get(key) || map.set(key, value).get(key);
  for (const exhibit of exhibits) {
    const { opened, entry } = exhibit;
    if (opened) {
      const root = toBase64(opened.root);
      const first = once(roots, `${opened.origin} ${opened.size}`, { root, name: exhibit.name });
      if (first.root !== root) exhibit.findings.push(reason("HISTORY_FORK", "root", `${root} (${opened.size})`, `${first.root} (${first.name})`));
    }
    if (!entry || !exhibit.isProved) continue;
    const leaf = toHex(await sha256(Uint8Array.of(0), entry.raw));
    const first = once(leaves, entry.index, { leaf, name: exhibit.name });
    if (first.leaf !== leaf) exhibit.findings.push(reason("HISTORY_FORK", `index ${entry.index}`, entry.statement.hash, first.name));
    once(places, `${entry.statement.chain} ${entry.statement.seq}`, exhibit);
  }
  for (const exhibit of [...places.values()].sort((a, b) => a.entry.statement.seq - b.entry.statement.seq)) await link(exhibit, places, anchor);
}

/** ``prev`` of a statement whose predecessor, or whose log, is known. */
async function link(exhibit, places, anchor) {
  const { statement } = exhibit.entry;
  const found = anchor.found || (anchor.bundle ? anchor.bundle.facts.log.found : "");
  const before = places.get(`${statement.chain} ${statement.seq - 1}`);
  let [code, wanted] = ["PREV_MISMATCH", ""];
  if (statement.kind === "log.found/1") {
    wanted = toHex(await sha256(utf8(`liandan/found/v1\n${statement.body.origin}`)));
    if (found && statement.hash !== found) exhibit.findings.push(reason("FOUND_DIFFERS", "entry", statement.hash, found));
  } else if (statement.seq === 0 && found) {
    [code, wanted] = ["FOUND_DIFFERS", toHex(await sha256(utf8(`liandan/chain/v1\n${found}\n${statement.chain}`)))];
  } else if (before) wanted = before.entry.statement.hash;
  if (wanted && statement.prev !== wanted) exhibit.findings.push(reason(code, "entry.prev", statement.prev, wanted));
  else if (found) exhibit.isAnchored = statement.seq === 0 || Boolean(before && before.isAnchored);
}

/** The parties' own signatures, as far as their public keys are at hand. */
async function checkParties(exhibit, anchor, brought) {
  const { entry } = exhibit;
  for (const [at, { keyid, sig }] of (entry ? entry.envelope.signatures : []).entries()) {
    const uscc = entry.statement.by[at];
    await noting(exhibit, `entry.signatures.${at}`, async () => {
      const told = anchor.bundle ? anchor.bundle.facts.keys.get(keyid) : undefined;
      if (told && !isValidAt(told, entry.index)) throw refuse("KEY_NOT_VALID", "keyid", keyid, `valid at ${entry.index}`);
      const key = told || brought.get(keyid);
      if (!key) {
        exhibit.notes.push(reason("NOTE_SIGNER", `entry.signatures.${at}`, keyid, uscc));
        return;
      }
      if (key.uscc !== uscc) throw refuse("KEY_OTHER_PARTY", "keyid", key.uscc, uscc);
      if (await verifySignature(key.suite, key.spki, entry.envelope.message, sig)) exhibit.signatures += 1;
      else exhibit.uncomputed.push(key.suite);
    });
  }
}

/** What even a good receipt leaves open. */
async function receiptNotes({ notes, entry, isAnchored, opened, uncomputed }, anchor) {
  const [{ bundle }, { isMetBy, quorum }] = [anchor, await witnessesOf(anchor)];
  const cosigners = opened.cosigned.map((line) => line.vkey).sort();
  const knows = Boolean(anchor.policy || bundle);
  const first = [];
  if (!anchor.isPinned) first.push(reason("NOTE_NOT_PINNED", "", bundle ? bundle.facts.log.found : ""));
  else if (anchor.found && !bundle && entry && !isAnchored) first.push(reason("NOTE_FOUND", "", entry.statement.chain));
  return [
    ...first,
    ...notes,
    ...[...new Set(uncomputed)].map((suite) => reason("NOTE_SUITE", "", suite)),
    ...(!knows && opened.strangers.length ? [reason("NOTE_WITNESS_UNKNOWN", "", opened.strangers.join(", "))] : cosigners.length ? [] : [reason("NOTE_NO_WITNESS")]),
    ...(knows && !isMetBy(cosigners) ? [reason("NOTE_QUORUM", "", cosigners.join(", ") || "-", quorum)] : []),
    ...(bundle && bundle.facts.log.clock !== "real" ? [reason("NOTE_DEMO")] : []),
  ];
}

async function exhibitReport(exhibit, anchor) {
  const { name: file, form, entry, opened, findings, signatures } = exhibit;
  exhibit.uncomputed.push(...(opened ? opened.uncomputed.map(() => "ml-dsa-44") : []));
  const { uncomputed } = exhibit;
  const found = anchor.found || (anchor.bundle ? anchor.bundle.facts.log.found : "");
  const about = entry ? { subject: entry.statement.chain, kind: entry.statement.kind, index: entry.index, statement: entry.statement, admitted: entry.admission.at } : {};
  const head = opened ? { origin: opened.origin, size: opened.size, root: toBase64(opened.root), cosigned: opened.cosigned, witnesses: opened.cosigned.map((line) => line.vkey) } : {};
  const notes = opened ? await receiptNotes(exhibit, anchor) : [];
  const entries = exhibit.isProved && entry ? 1 : 0;
  return finished({ file, form, found, entries, signatures, isPinned: anchor.isPinned, findings, notes, uncomputed, ...about, ...head });
}

/** Answers to pairs and checkpoints ({name, raw}), all as receipts of one log; either half names a pair. */
async function verifyReceipts(files, anchor) {
  const byName = new Map(files.map((file) => [file.name, file.raw]));
  const stems = [...new Set(files.filter((file) => file.name !== "checkpoint").map((file) => file.name.slice(0, -suffixOf(file.name).length)))].sort();
  const exhibits = [];
  for (const stem of stems) {
    await breathe();
    exhibits.push(await pairOf(stem, byName, anchor));
  }
  if (byName.has("checkpoint")) exhibits.push(await headOf(byName.get("checkpoint"), anchor));
  const brought = new Map();
  for (const { isProved, entry } of exhibits) if (isProved && entry) for (const [keyid, key] of await keysBrought(entry.statement)) brought.set(keyid, key);
  await compare(exhibits, anchor);
  for (const exhibit of exhibits) await checkParties(exhibit, anchor, brought);
  return Promise.all(exhibits.map((exhibit) => exhibitReport(exhibit, anchor)));
}

/** A refusal receipt (formats §8): its form always, its signature where a bundle of the log tells the operator's keys. */
async function refusalReport(raw, name, anchor) {
  if (raw.length > REFUSAL_MAX) throw refuse("ENVELOPE_TOO_LARGE", "", `${raw.length} bytes`, `at most ${REFUSAL_MAX} bytes`);
  const envelope = envelopeOf(parseJson(raw, REFUSAL_MAX, 8));
  if (envelope.type !== REFUSAL) throw refuse("PAYLOAD_TYPE", "payloadType", envelope.type, REFUSAL);
  const form = { statement: "string", codes: "array", size: "integer", at: "string" };
  const body = shape(parseJson(envelope.body, BODY_MAX, 8), form, "RECEIPT_FORM", "");
  if (!body.codes.every((code) => typeof code === "string")) throw refuse("RECEIPT_FORM", "codes", "", "texts");
  const said = { file: printable(name), form: "receipt", subject: body.statement, size: body.size, codes: body.codes };
  return named(await signedRefusal(said, envelope, anchor), name);
}

async function signedRefusal(said, envelope, anchor) {
  if (!anchor.bundle) return finished({ ...said, findings: [reason("RECEIPT_UNCHECKED")] });
  const { log, keys } = anchor.bundle.facts;
  const [signature, ...more] = envelope.signatures;
  const key = keys.get(signature.keyid);
  if (more.length || !key || key.uscc !== log.operator) throw refuse("RECEIPT_SIGNER", "", signature.keyid, `a key of ${log.operator}`);
  if (!isValidAt(key, said.size)) throw refuse("KEY_NOT_VALID", "keyid", signature.keyid, `valid at ${said.size}`);
  const uncomputed = (await verifySignature(key.suite, key.spki, envelope.message, signature.sig)) ? [] : [key.suite];
  const notes = [...(anchor.isPinned ? [] : [reason("NOTE_NOT_PINNED", "", log.found)]), ...uncomputed.map((suite) => reason("NOTE_SUITE", "", suite))];
  return finished({ ...said, origin: log.origin, found: log.found, signatures: 1 - uncomputed.length, isPinned: anchor.isPinned, notes, uncomputed });
}

/** A refusal of a folder is named by the statement and the codes that it states. */
function named(report, name) {
  const stem = name.replace(/\.refusal$/, "");
  if (suffixOf(name).toLowerCase() !== ".refusal" || !report.subject || !/^[0-9a-f]{64}\.[A-Z0-9_+]+$/.test(stem)) return report;
  const wanted = `${report.subject}.${[...report.codes.join("+")].slice(0, CODES_SHOWN).join("")}`;
  return stem === wanted ? report : finished({ ...report, findings: [...report.findings, reason("RECEIPT_NAME", "", wanted, stem)] });
}

/** Names that must be what they say. */
const STRICT = [".refusal", ".pdf"];

/**
 * Answers to files that lie together, as `liandan verify FOLDER` gives them: receipts against each other, then the others; keys from the
 * first bundle or paper among them that agrees with every pin, unless `bundle` was at hand. `told(report)` is called for each.
 */
async function verifyTogether(files, pins, bundle, retired, told, progress) {
  const listed = files.filter((file) => !file.name.startsWith("."));
  const [receipts, others] = [listed.filter((file) => isReceipt(file.name)), listed.filter((file) => !isReceipt(file.name))];
  const anchor = await anchorOf(pins, bundle, retired);
  const isAsked = receipts.length || others.some((file) => ["receipt", "unlogged"].includes(formOf(file.raw, file.name)));
  for (const { raw, name } of isAsked && !bundle ? others : []) {
    if (anchor.bundle || raw.length > FILE_MAX || !["certificate", "bundle"].includes(formOf(raw, name))) continue;
    await noting({ findings: [] }, "", async () => (anchor.bundle = await openByPins(isPdf(raw) ? await bundleIn(raw, asCharacters(raw)) : raw, anchor, () => {})));
  }
  let isAny = false;
  for (const report of await verifyReceipts(receipts, anchor)) {
    isAny = true;
    told(report);
  }
  for (const { raw, name } of others) {
    const report = await verifyBytes(raw, name, pins, anchor.bundle, progress, retired);
    const isOther = report.form === "unknown" && !STRICT.includes(suffixOf(name).toLowerCase());
    isAny = isAny || report.form !== "unknown";
    told(isOther ? finished({ ...report, findings: [], notes: [reason("NOTE_OTHER_FILE", "", printable(name))] }) : report);
  }
  if (!isAny) told(finished({ file: "", form: "unknown", findings: [reason("FILE_FORM", "", "", ".pdf, .entry, .tlog-proof, .refusal, checkpoint")] }));
}
