// A self-verifying bundle: entries about one manifest, each with its inclusion proof, under one signed checkpoint.
// What an opened one proves, and what it does not, is said in ledger/bundle.py; the checks here are the same in the same order.

const BUNDLE_MAX = 16 * 1024 * 1024;
const BUNDLE_FIELDS = ["liandan_bundle", "origin", "subject", "checkpoint", "entries"];

function bytesOf(text, field) {
  const raw = fromBase64(text);
  if (raw === null) throw refuse("BUNDLE_FORM", field, shown(text, 40), "canonical base64");
  return raw;
}

/** Runs a check of one entry; what it refuses is told with the entry's place. */
async function at(place, check) {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.reasons.map((one) => ({ ...one, field: `${place}.${one.field}`.replace(/\.$/, "") })));
  }
}

async function readItem(item, position) {
  const place = `entries.${position}`;
  const isItem = isObject(item) && keysOf(item).join() === "index,entry,proof" && typeof item.index === "number" && Array.isArray(item.proof);
  if (!isItem) throw refuse("BUNDLE_FORM", place, "", "index, entry, proof");
  const proof = item.proof.map((hash, step) => bytesOf(hash, `${place}.proof.${step}`));
  if (proof.some((hash) => hash.length !== 32)) throw refuse("BUNDLE_FORM", `${place}.proof`, "", "hashes of 32 bytes");
  const raw = bytesOf(item.entry, `${place}.entry`);
  const entry = await at(place, () => readEntry(raw));
  if (entry.index !== item.index) throw refuse("BUNDLE_FORM", `${place}.index`, item.index, entry.index);
  return { ...entry, proof };
}

/** What the entries so far say: heads of chains, keys, issuers, the log, names. Nothing is judged here but what could not be. */
class Facts {
  constructor() {
    Object.assign(this, { heads: new Map(), keys: new Map(), issuers: new Map(), names: new Map(), then: new Map(), log: null, manifests: new Manifests() });
  }

  /** Keys of ``log.found`` also sign entry 0. */
  async founding(statement) {
    const { operator, authorities } = statement.body;
    for (const party of [operator, ...authorities]) await this.register(party.keys, party.uscc, 0);
  }

  /** `narrow` is what a key may not do: other kinds than its own, anything after its time. */
  async register(registrations, uscc, index, narrow = {}) {
    const until = narrow.until === undefined ? null : instant(narrow.until);
    for (const { suite, spki } of registrations) {
      const raw = fromBase64(spki);
      if (raw === null) throw new Contradiction("a key that is no base64");
      this.keys.set(toHex(await sha256(raw)), { uscc, suite, spki: raw, added: index, revoked: null, kinds: narrow.kinds || [], until });
    }
  }

  end(keyid, index) {
    const key = this.keys.get(keyid);
    if (!key) throw new Contradiction(`no key ${keyid}`);
    key.revoked = index;
  }

  /** The state after an entry whose signatures hold. */
  async take(entry) {
    const { statement, index } = entry;
    const { kind, chain, body, owner } = statement;
    const act = kind.split("/")[0];
    if (act === "log.found") {
      this.log = { found: statement.hash, origin: body.origin, operator: body.operator.uscc, keys: body.log_keys, policy: body.witness_policy, clock: body.clock };
      for (const party of [body.operator, ...body.authorities]) this.names.set(party.uscc, party.name);
    } else if (act === "authority.admit") {
      this.names.set(body.uscc, body.name);
      await this.register(body.keys, body.uscc, index);
    } else if (act === "witness.set") this.log.policy = body.witness_policy;
    else if (act === "party.register") {
      this.names.set(owner, body.name);
      await this.register(body.keys, owner, index);
    } else if (act === "party.amend") this.names.set(owner, body.name || this.names.get(owner));
    else if (act === "key.add") await this.register([body.key], owner, index, body);
    else if (act === "key.rotate") {
      await this.register([body.key], owner, index);
      this.end(body.old, index);
    } else if (act === "key.revoke") this.end(body.keyid, index);
    else if (act === "issuer.key") await this.addIssuer(body, index);
    else if (act === "issuer.retire") {
      if (!this.issuers.has(body.keyid)) throw new Contradiction(`no issuer ${body.keyid}`);
      Object.assign(this.issuers.get(body.keyid), { retired: index, since: body.since_at === undefined ? null : instant(body.since_at) });
    } else {
      if (act === "manifest.issue") this.then.set(chain, new Map(this.names));
      this.manifests.take(entry);
    }
    this.heads.set(chain, { seq: statement.seq, hash: statement.hash });
  }

  async addIssuer(body, index) {
    const [spki, cert] = [b64(body.spki, "spki"), body.cert === undefined ? null : b64(body.cert, "cert")];
    const { use, valid_from: from, valid_to: to } = body;
    this.issuers.set(toHex(await sha256(spki)), { use, spki, hasCertificate: cert !== null && cert.length > 0, from, to, added: index, retired: null, since: null });
  }
}

/** A log that admitted nonsense can only be somebody's forgery; it must not become a crash. */
class Contradiction extends Error {}

async function checkLink(statement, facts, position) {
  const place = `entries.${position}`;
  if (facts.log && statement.kind === "log.found/1") throw refuse("CHAIN_NOT_OPEN", place, statement.kind, "a log is founded once");
  const head = facts.heads.get(statement.chain);
  const wanted = head ? head.seq + 1 : 0;
  if (statement.seq !== wanted || (!head && !statement.opens)) throw refuse("PREDECESSOR_MISSING", place, `${statement.chain} ${statement.seq}`, wanted);
  const first = facts.log ? `liandan/chain/v1\n${facts.log.found}\n${statement.chain}` : `liandan/found/v1\n${statement.body.origin}`;
  const prev = head ? head.hash : toHex(await sha256(utf8(first)));
  if (statement.prev !== prev) throw refuse("PREV_MISMATCH", place, statement.prev, prev);
}

/** Whether a key is valid at an index: add < i ≤ revoke; a key of ``log.found`` also signs entry 0. */
const isValidAt = (key, index) => (key.added < index || (index === 0 && key.added === 0)) && (key.revoked === null || index <= key.revoked);

/** Each signature by a key of that party, valid at its index. Says which signatures were not computed. */
async function checkSignatures(entry, facts, position) {
  const [reasons, uncomputed] = [[], []];
  for (const [number, { keyid, sig }] of entry.envelope.signatures.entries()) {
    const [uscc, key] = [entry.statement.by[number], facts.keys.get(keyid)];
    const place = `entries.${position}.signatures.${number}`;
    if (!key) {
      reasons.push(reason("KEY_UNKNOWN", `${place}.keyid`, keyid, `a key registered for ${uscc}`));
      continue;
    }
    try {
      if (!(await verifySignature(key.suite, key.spki, entry.envelope.message, sig))) uncomputed.push(key.suite);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reasons.push(...error.reasons.map((one) => ({ ...one, field: `${place}.sig` })));
    }
    if (key.uscc !== uscc) reasons.push(reason("KEY_OTHER_PARTY", keyid, key.uscc, uscc));
    else if (!isValidAt(key, entry.index)) {
      reasons.push(reason("KEY_NOT_VALID", keyid, `revoked at ${key.revoked}`, `valid at ${entry.index}`));
    }
  }
  if (reasons.length) throw new Refusal(reasons);
  return uncomputed;
}

async function replay(entries) {
  const [facts, uncomputed] = [new Facts(), []];
  for (const [position, entry] of entries.entries()) {
    await breathe();
    const table = own(RULESETS, entry.admission.ruleset);
    if (!table) throw refuse("RULESET_UNKNOWN", "ruleset", entry.admission.ruleset, keysOf(RULESETS).join(", "));
    if (table.includes(entry.statement.kind)) throw refuse("KIND_UNKNOWN", "kind", entry.statement.kind, `a kind of ${entry.admission.ruleset}`);
    await checkLink(entry.statement, facts, position);
    try {
      if (position === 0) await facts.founding(entry.statement);
      uncomputed.push(...(await checkSignatures(entry, facts, position)));
      await facts.take(entry);
    } catch (error) {
      if (!(error instanceof Contradiction)) throw error;
      throw refuse("BUNDLE_MEANING", `entries.${position}`, `${entry.statement.kind}: ${error.message}`);
    }
  }
  return { facts, uncomputed };
}

/** Read and verify a bundle, with the pinned `found` or ""; Refusal with the first thing that does not hold. `progress(done, of)` is told. */
async function openBundle(raw, found, progress) {
  const fields = parseJson(raw, BUNDLE_MAX, 4);
  const isBundle = keysOf(fields).join() === BUNDLE_FIELDS.join() && fields.liandan_bundle === 1 && Array.isArray(fields.entries);
  if (!isBundle) throw refuse("BUNDLE_FORM", "", shown(keysOf(fields).join(", "), 120), BUNDLE_FIELDS.join(", "));
  const note = bytesOf(fields.checkpoint, "checkpoint");
  const entries = [];
  for (const [position, item] of fields.entries.entries()) {
    await breathe();
    entries.push(await readItem(item, position));
    progress(position, 2 * fields.entries.length);
  }
  const first = entries.length ? entries[0].statement : null;
  if (!first || first.kind !== "log.found/1" || entries[0].index !== 0 || first.chain !== "log/main") {
    throw refuse("BUNDLE_FORM", "entries.0", "", "log.found at index 0");
  }
  if (found && first.hash !== found) throw refuse("FOUND_DIFFERS", "entries.0", first.hash, found);
  const early = await openCheckpoint(note, first.body.log_keys, []);
  if (fields.origin !== first.body.origin || early.origin !== first.body.origin) {
    throw refuse("BUNDLE_FORM", "origin", fields.origin, first.body.origin);
  }
  let last = -1;
  for (const [position, entry] of entries.entries()) {
    if (entry.index <= last) throw refuse("BUNDLE_FORM", `entries.${position}.index`, entry.index, `above ${last}`);
    last = entry.index;
    await breathe();
    await checkInclusion(entry.index, early.size, await sha256(Uint8Array.of(0), entry.raw), entry.proof, early.root, `entries.${position}.proof`);
    progress(entries.length + position, 2 * entries.length);
  }
  const { facts, uncomputed } = await replay(entries);
  // Again, now with the witnesses that the included log/main knows: a failing line of theirs is refused too.
  const policy = await parsePolicyLines(facts.log.policy);
  const checkpoint = await openCheckpoint(note, facts.log.keys, policy.witnesses.map((witness) => witness.vkey));
  if (typeof fields.subject !== "string" || !facts.heads.has(fields.subject)) {
    throw refuse("BUNDLE_FORM", "subject", fields.subject, "a chain of the bundle");
  }
  const isQuorum = policy.isMetBy(checkpoint.cosigned.map((line) => line.vkey));
  return { subject: fields.subject, note, entries, facts, checkpoint, policy, isQuorum, uncomputed: [...uncomputed, ...checkpoint.uncomputed.map(() => "ml-dsa-44")] };
}

/** Keys of this use that count at the checkpoint, by keyid: not retired, in their days on the day of the newest entry. */
function issuersOf(bundle, use) {
  const today = dayAt(bundle.entries[bundle.entries.length - 1].admission.at);
  return [...bundle.facts.issuers].filter(
    ([, issuer]) =>
      issuer.use === use && issuer.retired === null && issuer.from <= today && today <= issuer.to && (use !== "pdf" || issuer.hasCertificate),
  );
}
