// What a signature of an office stands for, rebuilt on this device: the act that a confirmation names by its hash, from that entry's own bytes; the
// rows that a countersignature names by their digest, worked out again. Where they are others than what would be signed, nothing is signed here.
// The page's own words beside it are the server's, and only help to find the place.

import { make, say } from "../island/words.js";

const W = {
  original: ["本机从账本原文还原，哈希与将签署的一致", "Rebuilt on this device from the entry; its hash is the one to be signed"],
  other: ["账本给出的原文不是将要确认的那一份：不要签署，请告知运营单位。", "The entry that was shown is not what would be confirmed: do not sign, and tell the operator."],
  unread: ["现在读不到原文，暂不能签署；过一会儿刷新。", "The original cannot be read now, so nothing can be signed; reload in a moment."],
  rows: ["本机按 {0} 行重算的摘要与将签署的一致", "The digest of {0} rows, worked out on this device, is the one to be signed"],
  rowsOther: ["各行的摘要与将签署的不一致：不要签署，请告知运营单位。", "The digest of the rows is another than the one to be signed: do not sign, and tell the operator."],
  list: ["摘要按这些字计算（名称、吨数见下面“各行”）", "The digest is of these texts (names and quotas stand below)"],
};

const proposalOf = (form) => JSON.parse(form.querySelector("script[data-proposal]").textContent);

function stop(target, form, text) {
  target.replaceChildren(make("p", { class: "note warn", role: "alert" }, say(text)));
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
  return false;
}

async function showOriginal(place, form) {
  const target = place.querySelector("[data-original]");
  const [{ fromBase64, readEntry }, { ask }, { fieldsOf }, { verifiedNames }, { readBytes }] = await Promise.all([
    import("../island/core.js"), import("../island/log.js"), import("../island/shown.js"), import("../island/names.js"), import("../island/statement.js"),
  ]);
  const wanted = proposalOf(form);
  const index = Number(place.dataset.index);
  const { status, value } = await ask("GET", `/v1/feed?after=${index - 1}&limit=1`);
  const found = status === 200 && value.entries.find((entry) => entry.index === index);
  if (!found) return stop(target, form, W.unread);
  const entry = await readEntry(fromBase64(found.entry));
  const { said, hash } = await readBytes(entry.envelope.body);
  if (hash !== wanted.body.act || said.chain !== wanted.chain) return stop(target, form, W.other);
  const fields = fieldsOf(said, { names: await verifiedNames() });
  return target.replaceChildren(make("details", { class: "original" }, make("summary", {}, say(W.original)), fields));
}

async function rowsOf(list, ask) {
  const rows = [];
  for (let cursor = ""; cursor !== null; ) {
    const { status, value } = await ask("GET", `/v1/listings?list=${list}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    if (status !== 200) return null;
    rows.push(...value.listings);
    cursor = value.next;
  }
  return rows.sort((one, other) => one.row - other.row);
}

/** A row as its digest counts it (whitelist.listing.rows_hash): twelve cells, parted by tabs. */
function lineOf({ receiver, permit, waste, methods, quota_t, conditions }) {
  const terms = conditions || {};
  const cells = [
    receiver, permit, waste.category, waste.scope, (waste.codes || []).join(","), methods.join(","), quota_t, terms.pre_notice_days ?? "", terms.complete_within_days ?? "",
    terms.use_only ? "1" : "", (terms.transit || []).join(","), terms.note || "",
  ];
  return `${cells.join("\t")}\n`;
}

async function showRows(place, form) {
  const [{ sha256, toHex, utf8 }, { ask }] = await Promise.all([import("../island/core.js"), import("../island/log.js")]);
  const rows = await rowsOf(place.dataset.list, ask);
  if (!rows) return stop(place, form, W.unread);
  const lines = rows.map(lineOf);
  const digest = toHex(await sha256(utf8("liandan/list-rows/v1\n"), utf8(lines.join(""))));
  if (digest !== proposalOf(form).body.rows_hash) return stop(place, form, W.rowsOther);
  const each = lines.map((line) => make("li", { class: "code" }, line.trim().replaceAll("\t", "  ")));
  return place.replaceChildren(
    make("p", { class: "note done" }, say(W.rows, rows.length)),
    make("details", { class: "original" }, make("summary", {}, say(W.list)), make("ol", {}, each)),
  );
}

/** Until it is shown nothing is signed. */
async function guarded(show, place, form, target) {
  const buttons = [...form.querySelectorAll("button[type=submit]")];
  buttons.forEach((button) => (button.disabled = true));
  try {
    if ((await show(place, form)) !== false) buttons.forEach((button) => (button.disabled = false));
  } catch (error) {
    stop(target, form, W.unread);
    throw error;
  }
}

for (const place of document.querySelectorAll("[data-confirms]")) {
  const form = place.querySelector("form[data-act]");
  if (form) guarded(showOriginal, place, form, place.querySelector("[data-original]"));
}
for (const place of document.querySelectorAll("[data-rows-digest]")) {
  const form = place.parentElement.querySelector("form[data-act]");
  if (form) guarded(showRows, place, form, place);
}
