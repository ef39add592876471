// Signed notes, checkpoints, witness policies and the tree under them (C2SP signed-note, tlog-checkpoint, tlog-policy; RFC 6962).

const ED25519 = 1;
const COSIGNATURE = 4;
const SUBTREE = 6;
const OF_TYPE = { [ED25519]: "ed25519", [COSIGNATURE]: "ed25519", [SUBTREE]: "ml-dsa-44" };
/** Spaces of Unicode as Python counts them: without U+FEFF. */
const isKeyName = (name) => name !== "" && !/[+\u0000-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]/.test(name);

/** {text, name, type, id, key, suite, spki} of ``name+hex8+base64``; Refusal VKEY_FORM. */
async function parseVkey(text) {
  const bad = (found) => refuse("VKEY_FORM", "", found, "name+hex8+base64");
  const [, name, id, blob] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) || [];
  const raw = fromBase64(blob);
  if (!isKeyName(name || "") || !raw || !raw.length) throw bad(text);
  const [type, key] = [raw[0], raw.subarray(1)];
  const suite = OF_TYPE[type];
  if (!suite || key.length !== SUITES[suite].keyBytes) throw bad(`type ${type}, ${key.length} bytes`);
  if (toHex((await sha256(utf8(name), Uint8Array.of(10), raw)).subarray(0, 4)) !== id) throw bad(id);
  const spki = concat(SUITES[suite].prefix, key);
  await loadKey(suite, spki).catch(() => {
    throw refuse("VKEY_FORM", "key", toHex(key.subarray(0, 32)), "a canonical point of large order");
  });
  return { text, name, type, id, key, suite, spki };
}

/** One signature line {name, id, signature}. Bits that a lax decoder drops are a tampered signature, not another form. */
function parseNoteLine(line, bad) {
  const [, name, blob] = /^\u2014 ([^ ]*) (.*)$/s.exec(line) || [];
  const isBase64 = blob !== undefined && blob.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(blob) && blob.replace(/=/g, "").length > 6;
  if (!isKeyName(name || "") || !isBase64) throw bad(line);
  const signature = fromBase64(blob);
  if (!signature) throw refuse("NOTE_SIGNATURE", name, "base64 that is not canonical", "canonical base64");
  return { name, id: toHex(signature.subarray(0, 4)), signature: signature.subarray(4) };
}

/** {text, lines: [{name, id, signature}]} of a note, nothing verified. */
function parseNote(raw) {
  const bad = (found) => refuse("NOTE_FORM", "", found, "text, empty line, signature lines");
  let whole;
  try {
    whole = fromUtf8(raw);
  } catch (error) {
    throw bad("not UTF-8");
  }
  if (raw.length > 65536 || /[\u0000-\u0009\u000B-\u001F]/.test(whole)) throw bad("too long, or a control character");
  const split = whole.lastIndexOf("\n\n");
  const tail = whole.slice(split + 2);
  const listed = tail.slice(0, -1).split("\n");
  if (split < 0 || !tail.endsWith("\n") || listed.length > 64) throw bad("no signature lines after an empty line");
  return { text: whole.slice(0, split + 1), lines: listed.map((line) => parseNoteLine(line, bad)) };
}

/** {origin, size, root}: exactly three lines, for ours has no extensions (formats §4). */
function parseCheckpoint(text) {
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n$/.exec(text) || [];
  const hash = fromBase64(root);
  if (!hash || hash.length !== 32 || utf8(origin).length > 255 || BigInt(size) >= 2n ** 63n) {
    throw refuse("CHECKPOINT_FORM", "", text, "origin, size, base64 of the root");
  }
  // No log has so many entries as a number of JavaScript cannot hold, but somebody may sign that it has.
  return { origin, size: Number.isSafeInteger(Number(size)) ? Number(size) : BigInt(size), root: hash };
}

/** Seconds that a line states, as a number; above 2^53 there is no time. */
const timeOf = (signature) => Number(bigEndian(signature.subarray(0, 8)));

/** Whether one line of a known key holds: true, false, or null for a suite that is not computed here. */
async function holdsLine(vkey, text, signature, isLog) {
  // A log's line of this suite states no time, a witness's states one.
  if (vkey.type === SUBTREE) return signature.length === 8 + 2420 && isLog === (bigEndian(signature.subarray(0, 8)) === 0n) ? null : false;
  let [message, value] = [utf8(text), signature];
  if (vkey.type === COSIGNATURE) {
    const time = bigEndian(signature.subarray(0, 8));
    if (time <= 0n || time >= 2n ** 63n) return false;
    [message, value] = [utf8(`cosignature/v1\ntime ${time}\n${text}`), signature.subarray(8)];
  }
  return verifySignature(vkey.suite, vkey.spki, message, value).catch((error) => {
    if (error instanceof Refusal) return false;
    throw error;
  });
}

/**
 * A checkpoint whose lines of known keys all hold: {origin, size, root, cosigned: [{vkey, name, time}], uncomputed: [vkey], strangers:
 * [name]}. One of the log's Ed25519 keys must have signed; `uncomputed` are known keys whose lines this page cannot compute.
 */
async function openCheckpoint(raw, logKeys, witnessKeys) {
  const logs = await Promise.all(logKeys.map(parseVkey));
  const witnesses = await Promise.all(witnessKeys.map(parseVkey));
  const known = new Map([...logs, ...witnesses].map((vkey) => [`${vkey.name} ${vkey.id}`, vkey]));
  const { text, lines } = parseNote(raw);
  const checkpoint = parseCheckpoint(text);
  const [signed, uncomputed, strangers] = [new Map(), [], []];
  for (const line of lines) {
    const vkey = known.get(`${line.name} ${line.id}`);
    if (!vkey) {
      strangers.push(line.name);
      continue;
    }
    if (signed.has(vkey.text)) throw refuse("NOTE_SIGNATURE", line.name, "a second line of one key", "one line per key");
    const holds = await holdsLine(vkey, text, line.signature, logs.includes(vkey));
    if (holds === false) throw refuse("NOTE_SIGNATURE", line.name, line.id, "a valid signature of the known key");
    if (holds === null) uncomputed.push(vkey.text);
    signed.set(vkey.text, line);
  }
  const own = logs.filter((vkey) => vkey.name === checkpoint.origin);
  const needed = own.some((vkey) => vkey.type === ED25519) ? ED25519 : SUBTREE;
  if (!own.some((vkey) => vkey.type === needed && signed.has(vkey.text))) {
    throw refuse("NOTE_SIGNATURE", checkpoint.origin, "no line of the log", `a line of type 0${needed} by a known key of it`);
  }
  const byWitness = witnesses.filter((vkey) => vkey.type === COSIGNATURE && signed.has(vkey.text));
  const cosigned = byWitness.map((vkey) => ({ vkey: vkey.text, name: vkey.name, time: timeOf(signed.get(vkey.text).signature) }));
  return { ...checkpoint, uncomputed, strangers, cosigned };
}

/** RFC 9162 §2.1.3.2: the entry is leaf `index` of the tree with this size and root. */
async function checkInclusion(index, size, leaf, proof, root, field) {
  let [fn, sn, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  let isRight = index < size;
  for (const step of proof) {
    if (sn <= 0n) isRight = false;
    if (!isRight) break;
    hash = fn & 1n || fn === sn ? await sha256(Uint8Array.of(1), step, hash) : await sha256(Uint8Array.of(1), hash, step);
    while (fn === sn && fn && !(fn & 1n)) [fn, sn] = [fn >> 1n, sn >> 1n];
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (!isRight || sn || !isEqual(hash, root)) throw refuse("PROOF_WRONG", field, toHex(hash), toHex(root));
}
