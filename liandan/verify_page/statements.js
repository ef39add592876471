// Envelope, statement and entry (formats §1, §3, §4): what can be said of one entry before any other is known.

const STATEMENT = "application/vnd.liandan.statement.v1+json";
const REFUSAL = "application/vnd.liandan.refusal.v1+json";
const HEX64 = /^[0-9a-f]{64}$/;
const CODE = /^[A-Z0-9_]+$/;
const FIELDS = ["kind", "chain", "seq", "prev", "by", "for", "at", "seen", "body"];
const OPTIONAL = ["for", "seen"];
const ENTRY_MAX = 60000;
const BODY_MAX = 24 * 1024;

/** The value's fields in published order, every one of its type; Refusal with the code otherwise. `?` marks what may be absent. */
function shape(value, spec, code, path) {
  if (!isObject(value)) throw refuse(code, path, typeof value, "an object");
  const [names, found] = [keysOf(spec).map((name) => name.replace("?", "")), {}];
  for (const name of keysOf(value)) if (!names.includes(name)) throw refuse(code, `${path}.${name}`, "unknown", names.join(", "));
  for (const [marked, type] of Object.entries(spec)) {
    const name = marked.replace("?", "");
    if (!(name in value)) {
      if (marked === name) throw refuse(code, `${path}.${name}`, "missing", type);
    } else if (!TYPES[type](value[name])) throw refuse(code, `${path}.${name}`, typeof value[name], type);
    else found[name] = value[name];
  }
  return found;
}

/** {type, body, signatures: [{keyid, sig}], frozen, message} of a strictly parsed DSSE envelope. */
function envelopeOf(value) {
  const frozen = shape(value, { payloadType: "string", payload: "string", signatures: "array" }, "ENVELOPE_FIELD", "statement");
  frozen.signatures = frozen.signatures.map((item) => shape(item, { keyid: "string", sig: "string" }, "ENVELOPE_FIELD", "signatures"));
  const keyids = frozen.signatures.map((item) => item.keyid);
  if (keyids.length < 1 || keyids.length > 8) throw refuse("ENVELOPE_FIELD", "signatures", keyids.length, "1 to 8 signatures");
  if (!keyids.every((keyid) => HEX64.test(keyid))) throw refuse("KEYID_FORM", "signatures", keyids, "64 lower-case hex digits");
  if (new Set(keyids).size !== keyids.length) throw refuse("KEYID_TWICE", "signatures", keyids, "distinct keys");
  const signatures = frozen.signatures.map((item, at) => ({ keyid: item.keyid, sig: b64(item.sig, `signatures.${at}.sig`) }));
  const body = b64(frozen.payload, "payload");
  return { type: frozen.payloadType, body, signatures, frozen, message: pae(frozen.payloadType, body) };
}

function checkUscc(value, field) {
  if (!isUscc(value)) throw refuse("USCC", field, value, "18 characters, GB 32100 check character");
}

const isChainName = (chain) =>
  typeof chain === "string" && /^[a-z]+(?:\/[0-9A-Za-z._-]{1,64}){1,3}$/.test(chain) && !chain.split("/").some((part) => part === "." || part === "..");

/** The grammar of a chain's type, and the parties that it is named after. */
function checkChain(chain, name, kind) {
  if (!isChainName(chain)) throw refuse("CHAIN_FORM", "chain", chain, "type/name…");
  const type = chain.split("/")[0];
  if (!kind.types.includes(type) || (kind.chain && chain !== kind.chain)) {
    throw refuse("CHAIN_KIND", "chain", chain, `${kind.chain || kind.types.join(" or ")} for ${name}`);
  }
  const found = new RegExp(`^(?:${CHAINS[type]})$`).exec(chain);
  if (!found) throw refuse("CHAIN_FORM", "chain", chain, CHAINS[type]);
  for (const [group, party] of Object.entries(found.groups || {})) if (group.startsWith("party")) checkUscc(party, "chain");
}

function checkBy(by, chain) {
  if (!Array.isArray(by)) throw refuse("FIELD_TYPE", "by", typeof by, "a list of USCCs");
  const limit = chain === "log/main" || chain.startsWith("party/") ? 8 : 4;
  if (by.length < 1 || by.length > limit) throw refuse("BY_COUNT", "by", by.length, `1 to ${limit}`);
  by.forEach((uscc, at) => checkUscc(uscc, `by.${at}`));
  if (new Set(by).size !== by.length) throw refuse("BY_TWICE", "by", by, "each signer once");
}

function checkSeen(seen) {
  if (seen === undefined) return;
  const { size, root } = shape(seen, { size: "integer", root: "string" }, "SEEN_FORM", "seen");
  const hash = fromBase64(root);
  if (size <= 0 || !hash || hash.length !== 32) throw refuse("SEEN_FORM", "seen", size, "size > 0 and a 32-byte root");
}

/** The act that an envelope carries, form and body judged, signatures not; not even counted, where some have still to be given. */
async function readStatement(envelope, isWhole = true) {
  const fields = parseJson(envelope.body, BODY_MAX, 8);
  const unknown = keysOf(fields).filter((name) => !FIELDS.includes(name));
  if (unknown.length) throw refuse("FIELD_UNKNOWN", unknown[0], "", FIELDS.join(", "));
  const missing = FIELDS.filter((name) => !(name in fields) && !OPTIONAL.includes(name));
  if (missing.length) throw new Refusal(missing.map((name) => reason("FIELD_MISSING", name)));
  const kind = typeof fields.kind === "string" && Object.hasOwn(KINDS, fields.kind) ? KINDS[fields.kind] : null;
  if (!kind) throw refuse("KIND_UNKNOWN", "kind", fields.kind, "a kind of docs/formats");
  checkChain(fields.chain, fields.kind, kind);
  if (typeof fields.seq !== "number") throw refuse("FIELD_TYPE", "seq", typeof fields.seq, "an integer");
  if (fields.seq < 0) throw refuse("SEQ_FORM", "seq", fields.seq, "0, 1, 2, …");
  if (typeof fields.prev !== "string" || !HEX64.test(fields.prev)) throw refuse("PREV_FORM", "prev", fields.prev, "64 hex digits, lower case");
  checkBy(fields.by, fields.chain);
  if (fields.for !== undefined) checkUscc(fields.for, "for");
  if (isWhole && envelope.signatures.length !== fields.by.length) {
    throw refuse("SIGNATURE_COUNT", "signatures", envelope.signatures.length, fields.by.length);
  }
  const at = instant(fields.at);
  if (at === null) throw refuse("AT_FORM", "at", fields.at, "YYYY-MM-DDThh:mm:ss±hh:mm");
  checkSeen(fields.seen);
  checkBody(SCHEMAS[fields.kind], fields.body, "body", SCHEMAS[fields.kind].$defs);
  const hash = toHex(await sha256(utf8("liandan/statement/v1\n"), envelope.message));
  return { ...fields, at_s: at, principal: fields.for, hash, opens: kind.opens, owner: fields.chain.split("/")[1] };
}

const bad = (field, found, expected) => refuse("ENTRY_FORM", `admission.${field}`, found, expected);

function checkAdmission(admission) {
  const at = instant(admission.at);
  if (at === null || !admission.at.endsWith("+08:00")) throw bad("at", admission.at, "YYYY-MM-DDThh:mm:ss+08:00");
  if (!isWhole(admission.index)) throw bad("index", admission.index, "0, 1, 2, …");
  for (const fact of admission.facts) {
    if (!Array.isArray(fact) || fact.length !== 2 || !isWhole(fact[1])) throw bad("facts", fact, "[chain, index]");
    if (!isChainName(fact[0])) throw refuse("CHAIN_FORM", "chain", fact[0], "a chain");
  }
  const { route, tags, alerts, accounts } = admission.decision;
  if (route !== undefined && !CODE.test(route)) throw bad("decision.route", route, "a code");
  const isCode = (value) => typeof value === "string" && CODE.test(value);
  const isTag = (tag) => Array.isArray(tag) && (tag.length === 1 || (tag.length === 2 && typeof tag[1] === "number")) && isCode(tag[0]);
  const isAlert = (alert) => Array.isArray(alert) && alert.length === 2 && ["L", "M", "H"].includes(alert[0]) && isCode(alert[1]);
  if (!tags.every(isTag)) throw bad("decision.tags", tags, "[code] or [code,integer]");
  if (!alerts.every(isAlert)) throw bad("decision.alerts", alerts, '["L"|"M"|"H",code]');
  for (const row of accounts) {
    const isNamed = /^(?:Q1 list\/\S+ (?:0|[1-9][0-9]*)|Q2 approval\/\S+ (?:0|[1-9][0-9]*)|Q3 permit\/\S+)$/.test(row.account);
    const isLinked = row.prev_index === undefined ? row.before_g === 0 : isWhole(row.prev_index);
    if (!isNamed || !isLinked || row.before_g === row.after_g) throw bad("decision.accounts", row.account, "an account, and a changed amount");
  }
  const rows = { facts: admission.facts.map((fact) => fact[0]), tags: tags.map((tag) => tag[0]), alerts: alerts.map((alert) => alert[1]) };
  for (const [field, names] of Object.entries({ ...rows, accounts: accounts.map((row) => row.account) })) {
    if (!isSorted(names)) throw bad(field, names, "sorted by bytes, no duplicates");
  }
  return at;
}

/** {index, raw, envelope, statement, admission, admitted_s} of one entry; it must encode to the same bytes. */
async function readEntry(raw) {
  if (raw.length > ENTRY_MAX) throw refuse("ENTRY_TOO_LARGE", "", raw.length, ENTRY_MAX);
  let fields;
  try {
    fields = parseJson(raw, ENTRY_MAX, 8);
  } catch (error) {
    throw error instanceof Refusal ? refuse("ENTRY_FORM", "entry", error.message, "strict JSON of formats §1") : error;
  }
  const whole = shape(fields, { v: "integer", statement: "object", admission: "object" }, "ENTRY_FORM", "entry");
  if (whole.v !== 1) throw refuse("ENTRY_FORM", "v", whole.v, 1);
  const envelope = envelopeOf(whole.statement);
  if (envelope.type !== STATEMENT) throw refuse("PAYLOAD_TYPE", "statement.payloadType", envelope.type, STATEMENT);
  const form = { index: "integer", at: "string", ruleset: "string", facts: "array", decision: "object" };
  const admission = shape(whole.admission, form, "ENTRY_FORM", "admission");
  const ofDecision = { "route?": "string", tags: "array", alerts: "array", accounts: "array" };
  admission.decision = shape(admission.decision, ofDecision, "ENTRY_FORM", "admission.decision");
  const ofRow = { account: "string", "prev_index?": "integer", before_g: "integer", after_g: "integer" };
  admission.decision.accounts = admission.decision.accounts.map((row) => shape(row, ofRow, "ENTRY_FORM", "admission.decision.accounts"));
  const admitted = checkAdmission(admission);
  // JSON.stringify writes what formats §4 asks for, as control characters and lone surrogates were refused.
  const encoded = utf8(JSON.stringify({ v: whole.v, statement: envelope.frozen, admission }));
  if (!isEqual(encoded, raw)) throw refuse("ENTRY_NOT_CANONICAL", "", "", "formats §4 encoding");
  return { index: admission.index, raw, envelope, statement: await readStatement(envelope), admission, admitted_s: admitted };
}
