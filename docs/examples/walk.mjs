// From a new key to a verified certificate, in plain HTTP. node walk.mjs sandbox.json
// sandbox.json: {"url","origin","found","vkey","uscc","name","receiver","permit","list","row","now"}; `now` only for a simulated log.
import { readFileSync, writeFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { Client, newKey, openCheckpoint, registration, rootOf } from "./client.mjs";

const given = JSON.parse(readFileSync(process.argv[2], "utf8")), { uscc, receiver, permit, found, vkey } = given;
const until = async (what) => { for (;;) { const met = await what(); if (met) return met; await new Promise((later) => setTimeout(later, 200)); } };
const ulid = () => "01KB" + Array.from({ length: 22 }, () => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Math.floor(Math.random() * 32)]).join("");

// 1. A key, and what the authority of your region needs to register it.
const key = newKey(), me = new Client({ ...given, key });
writeFileSync("登记材料.json", JSON.stringify({ uscc, name: given.name, key: registration(key, found, uscc) }));
console.error("等待登记 waiting: 登记材料.json → 主管部门 your authority (the sandbox takes it from its own folder)");
await until(() => me.login().then(() => true, ({ problem }) => problem?.code === "KEY_UNKNOWN" ? false : Promise.reject(problem)));

// 2. An application on the authorities' list, and their decision.
const origin = { division: "510112", address: "成都市龙泉驿区示范大道12号（虚构）" }, destination = { division: "500116", address: "重庆市江津区德感工业园12号（虚构）" };
const waste = { name: "废铅蓄电池", code: "900-052-31", category: "HW31", hazards: ["T", "C"], method: "R4" };
const approval = `approval/${uscc}/${ulid()}`, listing = { list: given.list, row: given.row };
const applied = { receiver, permit, origin, applied_to: "2026-12-31", lines: [{ ...waste, mass_t: "20.000000", listing }] };
const receipts = [await me.post(await me.draft("approval.apply/1", approval, applied))];
await until(async () => (await me.get(`/v1/approvals?generator=${uscc}&stage=approved`)).approvals.some((one) => one.approval === approval));

// 3. Ask first; then issue, load, depart. One firm sends and carries here; where two sign: post(draft, keyOfFirst, keyOfSecond).
const line = { ...waste, components: "铅、硫酸", form: "S", packing: "box", packs: 2, mass_t: "5.600000", decision_line: 0, dg: { un_no: "2794", dg_class: "8" } };
const issue = {
  receiver, permit, approval, origin, destination, consignor: "generator", mode: "road", carriers: [uscc], planned_at: me.now, lines: [line],
  plan: { filing_no: "GL-510112-2026-001" }, contract: { no: "HT-2026-001", valid_to: "2027-12-31" }, emergency_measures: "电解液泄漏时先围堵、后中和，并报告当地生态环境主管部门。",
};
const asked = await (await me.fetch("POST", "/v1/checks", JSON.stringify({ transfers: [{ generator: uscc, ...issue }] }))).json();
if (!asked.answers[0].admissible) throw new Error(JSON.stringify(asked.answers[0].reasons));
const manifest = `manifest/${uscc}/${ulid()}`;
receipts.push(await me.post(await me.draft("manifest.issue/1", manifest, issue)));
const labels = ["001", "002"].map((serial) => uscc + "90005231" + me.today().replaceAll("-", "") + serial); // 18 + 8 + 8 + 3 characters
const gate = { labels, checks: ["carrier", "vehicle", "crew", "labels", "intact"] }, vehicle = { kind: "truck", plate: "川A·F1234", licence_no: "510100012345" };
receipts.push(await me.post(await me.draft("manifest.depart/1", manifest, { vehicle, waybill_no: "510100202611050001", gate, loaded: [{ line: 0, mass_t: "5.600000" }], place: origin })));
receipts.push(await me.post(await me.draft("manifest.arrive/1", manifest, { place: destination })));
for (const { hash, entry, proof } of receipts) writeFileSync(`${hash}.entry`, entry), writeFileSync(`${hash}.tlog-proof`, proof);

// 4. The receiver confirms; the certificate with its evidence inside.
await until(async () => (await me.get(`/v1/manifests/${manifest.slice(9)}`)).manifest.stage === "accepted");
const pdf = Buffer.from(await (await me.fetch("GET", `/v1/manifests/${manifest.slice(9)}/certificate.pdf`)).arrayBuffer());
writeFileSync("转移证明.pdf", pdf);

// 5. Its evidence: found as a stream of the file, every entry proved to lie under a checkpoint that the pinned key has signed.
const streams = [...pdf.toString("latin1").matchAll(/stream\r?\n/g)].map(({ index, 0: word }) => pdf.subarray(index + word.length));
const texts = streams.map((stream) => { try { return inflateSync(stream).toString(); } catch { return stream.toString("utf8", 0, 20); } });
const bundle = JSON.parse(texts.find((text) => text.startsWith('{"liandan_bundle"')));
const checkpoint = openCheckpoint(Buffer.from(bundle.checkpoint, "base64").toString(), vkey);
const acts = bundle.entries.map(({ index, entry, proof }) => {
  const raw = Buffer.from(entry, "base64");
  if (rootOf(raw, index, checkpoint.size, proof) !== checkpoint.root) throw new Error(`entry ${index} is not in the log`);
  return JSON.parse(Buffer.from(JSON.parse(raw).statement.payload, "base64"));
});
const own = acts.filter((act) => act.chain === manifest), last = own[own.length - 1];
if (last.kind !== "manifest.receive/1" || last.by[0] !== receiver || bundle.subject !== manifest) throw new Error("not this certificate");
console.log(JSON.stringify({ manifest, acts: own.map((act) => act.kind), accepted_t: last.body.lines[0].accepted_t, proved: acts.length, size: checkpoint.size }));
