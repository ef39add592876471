// The client of docs/examples on the golden bytes of tests/vectors/liandan-v1: node golden_client.mjs <client.mjs> <vectors>
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , program, vectors] = process.argv;
const { keyid, openCheckpoint, registration, rootOf, seal, STATEMENT } = await import(pathToFileURL(program));
const read = (name) => JSON.parse(readFileSync(`${vectors}/${name}`, "utf8"));
const b64 = (hex) => Buffer.from(hex, "hex").toString("base64");
const told = { good: 0, refused: 0, wrong: [] };
const holds = (name, check) => { let is; try { is = check(); } catch (error) { is = String(error); } if (is === true) told.good += 1; else told.wrong.push([name, is]); };
const falls = (name, check) => { try { if (check() === false) told.refused += 1; else told.wrong.push([name, "believed"]); } catch { told.refused += 1; } };

const entries = read("log.json").entries.map((one) => Buffer.from(one.entry, "base64"));
for (const { index, size, root, hashes } of read("proofs.json").inclusion) {
  const proof = hashes.map(b64), is = (at, of, by, entry = entries[index]) => rootOf(entry, at, of, by) === b64(root);
  holds(["inclusion", index, size], () => is(index, size, proof));
  falls(["another entry", index, size], () => is(index, size, proof, Buffer.concat([entries[index], Buffer.from(" ")])));
  falls(["a hash more", index, size], () => is(index, size, [...proof, proof[0] ?? b64("00")]));
  if (proof.length) falls(["a hash less", index, size], () => is(index, size, proof.slice(1)));
  falls(["another index", index, size], () => size > 1 && is((index + 1) % size, size, proof));
}
for (const { note, vkeys, size, root } of read("checkpoints.json")) {
  holds(["checkpoint", size], () => { const opened = openCheckpoint(note, vkeys[0]); return opened.size === size && opened.root === b64(root); });
  falls(["another key", size], () => openCheckpoint(note, vkeys[0].replace(/.$/, vkeys[0].endsWith("A") ? "B" : "A")));
  falls(["another root", size], () => openCheckpoint(note.replace(/\n(.)(?=.{43}\n\n)/, (_, first) => "\n" + (first === "A" ? "B" : "A")), vkeys[0]));
}
const keys = Object.fromEntries(read("keys.json").party.filter((one) => one.suite === "ed25519").map((one) => {
  const der = Buffer.from("302e020100300506032b657004220420" + one.seed, "hex"), key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  holds(["keyid", one.name], () => keyid(key) === one.keyid);
  return [one.name, key];
}));
for (const one of read("possession.json").filter(({ key }) => keys[key])) {
  holds(["possession", one.key], () => registration(keys[one.key], one.x, one.uscc).pop === one.registration.pop);
}
const generator = keys.generator;
for (const one of read("acts.json").entries) {
  const { payload, signatures } = JSON.parse(Buffer.from(one.envelope, "base64")), statement = JSON.parse(Buffer.from(payload, "base64"));
  if (signatures.length > 1 || signatures[0].keyid !== keyid(generator)) continue;
  holds(["statement", statement.kind], () => JSON.stringify(seal(STATEMENT, statement, generator)) === JSON.stringify({ payloadType: STATEMENT, payload, signatures }));
}
console.log(JSON.stringify(told));
