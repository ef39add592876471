// Signed statements before the log has them (docs/formats/unlogged.md): who signed what, and that nothing proves it to be in the log.
// The checks of ledger/unlogged.py in the same order.

const UNLOGGED_BEGINS = '{"liandan_unlogged"';
const UNLOGGED_FIELDS = ["liandan_unlogged", "origin", "found", "statements"];
const UNLOGGED_MAX = 256;

function unloggedBytes(text, field) {
  const raw = typeof text === "string" ? fromBase64(text) : null;
  if (raw === null) throw refuse("UNLOGGED_FORM", field, shown(text, 40), "canonical base64");
  return raw;
}

function unloggedEnvelope(text, field) {
  const raw = unloggedBytes(text, field);
  let envelope;
  try {
    envelope = envelopeOf(parseJson(raw, 64 * 1024, 8));
    if (envelope.type !== STATEMENT) throw refuse("PAYLOAD_TYPE", "payloadType", envelope.type, STATEMENT);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.reasons.map((one) => ({ ...one, field: `${field}.${one.field}`.replace(/\.$/, "") })));
  }
  if (!isEqual(utf8(JSON.stringify(envelope.frozen)), raw)) throw refuse("UNLOGGED_FORM", field, "", "an envelope in compact form");
  return envelope;
}

function readUnlogged(raw) {
  const fields = parseJson(raw, FILE_MAX, 2);
  const [names, texts] = [keysOf(fields).join(), fields.statements];
  const isNamed = names === UNLOGGED_FIELDS.join() || names === [...UNLOGGED_FIELDS, "bundle"].join();
  if (!isNamed || fields.liandan_unlogged !== 1) throw refuse("UNLOGGED_FORM", "", shown(names, 120), [...UNLOGGED_FIELDS, "bundle"].join(", "));
  if (!Array.isArray(texts) || texts.length < 1 || texts.length > UNLOGGED_MAX || !HEX64.test(fields.found)) {
    throw refuse("UNLOGGED_FORM", "statements", "", `1 … ${UNLOGGED_MAX}`);
  }
  const envelopes = texts.map((text, place) => unloggedEnvelope(text, `statements.${place}`));
  return { origin: fields.origin, found: fields.found, envelopes, bundle: unloggedBytes(fields.bundle === undefined ? "" : fields.bundle, "bundle") };
}

/** Each signature by a key of that party, valid at `size` of the evidence, for this kind and at the time claimed; the suites that were not computed. */
async function unloggedSignatures(envelope, statement, field, bundle, size, reasons) {
  const [name, uncomputed] = [statement.kind.split("/")[0], []];
  for (const [place, { keyid, sig }] of envelope.signatures.entries()) {
    const [uscc, where, told] = [statement.by[place], `${field}.signatures.${place}`, keyid.slice(0, 16)];
    const key = bundle ? bundle.facts.keys.get(keyid) : undefined;
    if (!key) reasons.push(reason("UNLOGGED_KEY", where, told, `a key of ${uscc}`));
    else if (key.uscc !== uscc) reasons.push(reason("KEY_OTHER_PARTY", where, key.uscc, uscc));
    else if (!isValidAt(key, size) || (key.until !== null && statement.at_s > key.until)) {
      reasons.push(reason("KEY_NOT_VALID", where, told, `valid at ${statement.at}`));
    } else if (key.kinds.length && !key.kinds.includes(name)) reasons.push(reason("KEY_SCOPE", where, name, key.kinds.join(", ")));
    else {
      try {
        if (!(await verifySignature(key.suite, key.spki, envelope.message, sig))) uncomputed.push(key.suite);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        reasons.push(...error.reasons.map((one) => ({ ...one, field: where })));
      }
    }
  }
  return uncomputed;
}

/** The only right [seq, prev], where anything tells it; null otherwise. */
async function unloggedPlace(statement, heads, found, bundle) {
  const head = heads.get(statement.chain) || (bundle && bundle.facts.heads.get(statement.chain));
  if (head) return [head.seq + 1, head.hash];
  return statement.seq === 0 ? [0, toHex(await sha256(utf8(`liandan/chain/v1\n${found}\n${statement.chain}`)))] : null;
}

/** What evidence at hand knows better than that enclosed: a key that has ended, another statement in this place. */
function unloggedOvertaken(envelope, statement, field, beside) {
  const reasons = [];
  for (const [place, { keyid }] of envelope.signatures.entries()) {
    const key = beside.facts.keys.get(keyid);
    if (key && key.revoked !== null) reasons.push(reason("KEY_NOT_VALID", `${field}.signatures.${place}`, keyid.slice(0, 16), `valid at ${statement.at}`));
  }
  const head = beside.facts.heads.get(statement.chain);
  if (head && statement.seq <= head.seq) {
    reasons.push(reason("CHAIN_CONFLICT", field, `${statement.chain} ${statement.seq} ${statement.prev.slice(0, 16)}`, `${head.seq + 1} ${head.hash.slice(0, 16)}`));
  }
  return reasons;
}

async function checkUnlogged(file, bundle, other) {
  const beside = other && other.facts.log.found === file.found ? other : null;
  const [heads, said, reasons, uncomputed] = [new Map(), [], [], []];
  const logged = new Map([bundle, beside].flatMap((one) => (one ? one.entries.map((entry) => [entry.statement.hash, entry.index]) : [])));
  for (const [place, envelope] of file.envelopes.entries()) {
    const field = `statements.${place}`;
    let statement;
    try {
      statement = await readStatement(envelope);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reasons.push(...error.reasons.map((one) => ({ ...one, field: `${field}.${one.field}`.replace(/\.$/, "") })));
      continue;
    }
    const isLogged = logged.has(statement.hash);
    const size = isLogged ? logged.get(statement.hash) : bundle ? bundle.checkpoint.size : 0;
    uncomputed.push(...(await unloggedSignatures(envelope, statement, field, bundle, size, reasons)));
    if (beside && !isLogged) reasons.push(...unloggedOvertaken(envelope, statement, field, beside));
    const wanted = await unloggedPlace(statement, heads, file.found, isLogged ? null : bundle);
    if (wanted && !isLogged && (wanted[0] !== statement.seq || wanted[1] !== statement.prev)) {
      const code = wanted[0] === statement.seq ? "PREV_MISMATCH" : statement.seq > wanted[0] ? "PREDECESSOR_MISSING" : "CHAIN_CONFLICT";
      reasons.push(reason(code, field, `${statement.chain} ${statement.seq} ${statement.prev.slice(0, 16)}`, `${wanted[0]} ${wanted[1].slice(0, 16)}`));
    }
    if (!isLogged) heads.set(statement.chain, { seq: statement.seq, hash: statement.hash });
    said.push({ statement, isLogged, isLinked: Boolean(wanted) || isLogged });
  }
  if (reasons.length) throw new Refusal(reasons);
  return { said, uncomputed };
}

async function unloggedReport(raw, name, anchor, progress) {
  const file = readUnlogged(raw);
  if (anchor.found && file.found !== anchor.found) throw refuse("FOUND_DIFFERS", "found", file.found, anchor.found);
  const bundle = file.bundle.length ? await openByPins(file.bundle, anchor, progress) : anchor.bundle;
  if (bundle && (bundle.facts.log.found !== file.found || bundle.facts.log.origin !== file.origin)) {
    throw refuse("FOUND_DIFFERS", "bundle", bundle.facts.log.found, file.found);
  }
  const { said, uncomputed } = await checkUnlogged(file, bundle, file.bundle.length ? anchor.bundle : null);
  const isPinned = anchor.isPinned && (Boolean(bundle) || Boolean(anchor.found));
  const [first, last] = [said[0].statement, said[said.length - 1].statement];
  const trip = bundle ? bundle.facts.manifests.trips.get(first.chain) : undefined;
  const told = said.map(({ statement, isLogged, isLinked }) => {
    const principal = statement.principal === undefined ? "" : ` for ${statement.principal}`;
    const code = isLogged ? "NOTE_LOGGED" : isLinked ? "NOTE_SIGNED" : "NOTE_SIGNED_ALONE";
    return reason(code, `${statement.chain} ${statement.seq}`, `${statement.kind} ${statement.at} ${statement.by.join(", ")}${principal}`);
  });
  return finished({
    file: printable(name), form: "unlogged", subject: first.chain, kind: last.kind, stage: trip ? trip.stage : "", origin: file.origin,
    size: bundle ? bundle.checkpoint.size : 0, found: file.found, entries: bundle ? bundle.entries.length : 0,
    signed: said, names: bundle ? bundle.facts.names : new Map(), signatures: sum(said.map((one) => one.statement.by.length)), isPinned, uncomputed: bundle ? [...bundle.uncomputed, ...uncomputed] : uncomputed,
    notes: [
      reason("NOTE_UNLOGGED", "", said.filter((one) => !one.isLogged).length), ...told, ...(bundle ? [] : [reason("NOTE_UNLOGGED_KEYS")]),
      ...(isPinned ? [] : [reason("NOTE_NOT_PINNED", "", file.found)]),
    ],
  });
}
