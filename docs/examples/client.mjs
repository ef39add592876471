// A client in plain HTTP: Node's own crypto and fetch (Node >= 20), no packages. Bytes as docs/formats/format.md says; § are its sections.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";

export const STATEMENT = "application/vnd.liandan.statement.v1+json";
const LOGIN = "application/vnd.liandan.login.v1+json", POSSESSION = "application/vnd.liandan.possession.v1";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const spki = (key) => createPublicKey(key).export({ type: "spki", format: "der" });
export const newKey = () => generateKeyPairSync("ed25519").privateKey;
export const keyid = (key) => sha256(spki(key)).toString("hex");
export const pae = (type, body) => Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]); // §2
export const beijing = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 19) + "+08:00";

/** An Ed25519 signature, or one of P-256 as r ‖ s with the small s (§5). */
function signature(key, message) {
  if (key.asymmetricKeyType === "ed25519") return sign(null, message, key);
  const raw = sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, s = BigInt("0x" + raw.toString("hex", 32));
  return s <= n >> 1n ? raw : Buffer.concat([raw.subarray(0, 32), Buffer.from((n - s).toString(16).padStart(64, "0"), "hex")]);
}

/** A DSSE envelope (§2) around exactly these bytes, signed by each key in the order of `by`. */
export function seal(payloadType, value, ...keys) {
  const body = Buffer.from(JSON.stringify(value));
  const signatures = keys.map((key) => ({ keyid: keyid(key), sig: signature(key, pae(payloadType, body)).toString("base64") }));
  return { payloadType, payload: body.toString("base64"), signatures };
}

/** What an authority needs to register a key (§5): the key, and the proof that it is in your hands. */
export function registration(key, found, uscc) {
  const suite = key.asymmetricKeyType === "ed25519" ? "ed25519" : "ecdsa-p256-sha256", der = spki(key).toString("base64");
  return { suite, spki: der, pop: signature(key, pae(POSSESSION, Buffer.from([found, uscc, suite, der].join("\n")))).toString("base64") };
}

/** The root that a leaf and its inclusion proof lead to (§8), or an error. */
export function rootOf(entry, index, size, proof) {
  let [fn, sn, root] = [BigInt(index), BigInt(size) - 1n, sha256([0], entry)];
  if (fn > sn) throw new Error("index beyond the tree");
  for (const hash of proof.map((text) => Buffer.from(text, "base64"))) {
    if (sn === 0n) throw new Error("proof too long");
    if (fn & 1n || fn === sn) {
      root = sha256([1], hash, root);
      while (!(fn & 1n) && fn) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else root = sha256([1], root, hash);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n) throw new Error("proof too short");
  return root.toString("base64");
}

/** The size and root of a checkpoint that the pinned key has signed (§9), or an error. */
export function openCheckpoint(note, vkey) {
  const [name, id, packed] = vkey.trim().match(/^(.+?)\+([0-9a-f]{8})\+(.+)$/).slice(1), end = note.lastIndexOf("\n\n") + 1;
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(packed, "base64").subarray(1)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const lines = note.slice(end + 1).split("\n").filter((line) => line.startsWith(`— ${name} `)).map((line) => Buffer.from(line.split(" ")[2], "base64"));
  const ours = lines.filter((line) => line.toString("hex", 0, 4) === id);
  if (ours.length !== 1 || !verify(null, Buffer.from(note.slice(0, end)), key, ours[0].subarray(4))) throw new Error("not signed by the pinned key");
  const [origin, size, root, ...more] = note.slice(0, end).split("\n");
  if (origin !== name || more.join("")) throw new Error("another log");
  return { size: Number(size), root };
}

/** A party's way to one log. `pins` = {url, origin, found, vkey}, from the founding agreement, not from the server; `now` for a simulated log only. */
export class Client {
  constructor({ uscc, key, now, ...pins }) {
    Object.assign(this, { uscc, key, now, pins, heads: new Map(), headers: now ? { "Liandan-Now": now } : {} });
  }

  async fetch(method, path, body, headers = {}, again = [202, 429, 503]) {
    for (;;) {
      const answer = await fetch(this.pins.url + path, { method, body, headers: { ...this.headers, ...headers } });
      if (!again.includes(answer.status)) {
        if (answer.ok) return answer;
        const problem = await answer.json();
        throw Object.assign(new Error(`${problem.code}: ${problem.detail} (${problem.title})`), { problem });
      }
      await new Promise((later) => setTimeout(later, 1000 * Number(answer.headers.get("retry-after") ?? 1))); // the same again is safe
    }
  }

  today = () => beijing(this.now ? Date.parse(this.now) : Date.now()).slice(0, 10);
  get = async (path) => (await this.fetch("GET", path)).json();

  /** §14: a signed challenge becomes a token. */
  async login() {
    const nonce = randomBytes(32).toString("base64"), not_after = beijing((this.now ? Date.parse(this.now) : Date.now()) + 3600e3);
    const challenge = { origin: this.pins.origin, audience: this.pins.url, nonce, keyid: keyid(this.key), not_after, scope: ["read", "post"] };
    const { token } = await (await this.fetch("POST", "/v1/tokens", JSON.stringify(seal(LOGIN, challenge, this.key)))).json();
    this.headers.Authorization = `Bearer ${token}`;
  }

  /** The next statement of a chain (§3, §4), from its head here, else from the log's, else its first. */
  async draft(kind, chain, body, by = [this.uscc]) {
    if (!this.heads.has(chain)) this.heads.set(chain, await this.get(`/v1/chains/${chain}`).catch(({ problem }) => problem?.code === "NOT_FOUND" ? null : Promise.reject(problem)));
    const head = this.heads.get(chain), first = sha256(`liandan/chain/v1\n${this.pins.found}\n${chain}`).toString("hex");
    return { kind, chain, seq: head ? head.seq + 1 : 0, prev: head ? head.hash : first, by, at: this.now ?? beijing(Date.now()), body };
  }

  /** Sign a statement first, or the bytes that others have signed: look at `payload` before. */
  cosign({ payloadType, payload, signatures }) {
    const sig = signature(this.key, pae(payloadType, Buffer.from(payload, "base64"))).toString("base64");
    return { payloadType, payload, signatures: [...signatures, { keyid: keyid(this.key), sig }] };
  }

  /** Bring an envelope that lacks signatures to those named in `by`; it is an entry (`state` is "entered") once the last has signed. */
  offer = async (envelope) => (await this.fetch("POST", "/v1/pending", JSON.stringify(envelope), { Prefer: "wait=30" }, [429, 503])).json();

  /** Sign and post a statement; the receipt, checked (§11). Keep `entry` and `proof`: they are the evidence. */
  async post(statement, ...keys) {
    const envelope = seal(STATEMENT, statement, ...(keys.length ? keys : [this.key]));
    const answer = await (await this.fetch("POST", "/v1/statements", JSON.stringify(envelope), { Prefer: "wait=30" })).json();
    const entry = Buffer.from(answer.entry, "base64"), { statement: held, admission } = JSON.parse(entry), checkpoint = openCheckpoint(answer.checkpoint, this.pins.vkey);
    if (held.payload !== envelope.payload || admission.index !== answer.index) throw new Error("another entry");
    if (rootOf(entry, answer.index, checkpoint.size, answer.inclusion) !== checkpoint.root) throw new Error("not in the log");
    const hash = sha256("liandan/statement/v1\n", pae(STATEMENT, Buffer.from(envelope.payload, "base64"))).toString("hex");
    this.heads.set(statement.chain, { seq: statement.seq, hash });
    return { hash, index: answer.index, entry, proof: ["c2sp.org/tlog-proof@v1", `index ${answer.index}`, ...answer.inclusion, "", answer.checkpoint].join("\n") };
  }
}
