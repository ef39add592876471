// What a client of another firm has to do by itself: sign. Bytes as in docs/formats/format.md.
import { createHash, createPrivateKey, createPublicKey, KeyObject, sign } from "node:crypto";

export const STATEMENT = "application/vnd.liandan.statement.v1+json" as const;
export const LOGIN = "application/vnd.liandan.login.v1+json" as const;

/** An Ed25519 private key from its 32 bytes of seed (RFC 8410). */
export function keyFromSeed(seed: string): KeyObject {
  return createPrivateKey({ key: Buffer.from("302e020100300506032b657004220420" + seed, "hex"), format: "der", type: "pkcs8" });
}

export function keyid(key: KeyObject): string {
  return createHash("sha256").update(createPublicKey(key).export({ format: "der", type: "spki" })).digest("hex");
}

/** DSSE: what is signed is the type and the exact bytes of the body. */
export function pae(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

export function seal<T extends string>(payloadType: T, value: unknown, key: KeyObject) {
  const body = Buffer.from(JSON.stringify(value));
  const sig = sign(null, pae(payloadType, body), key).toString("base64");
  return { payloadType, payload: body.toString("base64"), signatures: [{ keyid: keyid(key), sig }] };
}

/** The hash by which the next statement of the chain names this one. */
export function statementHash(payload: string): string {
  const bytes = Buffer.concat([Buffer.from("liandan/statement/v1\n"), pae(STATEMENT, Buffer.from(payload, "base64"))]);
  return createHash("sha256").update(bytes).digest("hex");
}
