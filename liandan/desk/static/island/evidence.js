// The page of evidence, where it concerns this browser: receipts kept here, fetched, checked again, taken away; what was never taken is told.

import { fromBase64, fromUtf8, parseProof, readEntry, shanghai, toBase64, utf8 } from "./core.js";
import { download, zip } from "./files.js";
import { persist, trouble } from "./keys.js";
import { follow } from "./heads.js";
import { ask, formatAt, forked, pinned, theLog } from "./log.js";
import { bringDisclosures } from "./post.js";
import { believe, filesOf, markTaken, receipts, recheck, refusalFile, refusals } from "./receipts.js";
import { Stopped, make, say } from "./words.js";

const W = {
  none: ["这台浏览器里还没有回执", "No receipts in this browser yet"],
  noneText: ["在本机签署的事入账后，回执自动存在这里；以前的可以在下面“取回”。", "Receipts of what is signed here are kept by themselves; earlier ones can be fetched below."],
  untaken: ["{0} 份回执只在这台浏览器里，还没有下载。", "{0} receipts lie in this browser alone and were never downloaded."],
  mayGo: ["浏览器没有答应长期保存，可能在存储不足或长期不用时清掉它们。", "The browser has not promised to keep them: it may clear them when short of room or long unused."],
  all: ["全部下载（ZIP）", "Download all (ZIP)"],
  again: ["重新核对", "Check again"],
  holds: ["相符", "Holds"],
  fails: ["不符：{0}", "Does not hold: {0}"],
  one: ["下载", "Download"],
  of: ["第 {0} 条", "Entry {0}"],
  taken: ["已下载", "Downloaded"],
  here: ["本机已存", "Kept here"],
  forked: ["账本分叉了：它给过本机两份互相矛盾的检查点，都有账本的签名，不可能出自同一本账。在本机不再签署；回执都还在。", "The log has forked: it gave this device two checkpoints that contradict each other, both signed by it. One log cannot have both. Nothing more is signed on this device; the receipts are kept."],
  forkedDo: ["把两份检查点和全部回执下载下来，交给主管部门。", "Download both checkpoints and all receipts, and hand them to the authority."],
  first: ["先见到的检查点", "The checkpoint met first"],
  second: ["与它矛盾的检查点", "The one that contradicts it"],
  unproved: ["账本还没有证明：本机见过的检查点都是它现在这本账的开头。过一会儿再打开本页；一直如此，请告诉主管部门。", "The log has not proved yet that the checkpoints met by this device are the beginning of what it shows now. Open this page again later; if it stays so, tell the authority."],
  wait: ["{0} 项个人信息等相关的事入账后补送。", "{0} acts wait for their entry before their personal data are sent."],
};

async function takeAll(found, refused) {
  const files = Object.assign({}, ...found.map(filesOf), ...refused.map(refusalFile));
  download(`receipts-${formatAt(Math.floor(Date.now() / 1000)).replace(/T.*/, "")}.zip`, zip(files), "application/zip");
  for (const one of found) await markTaken("receipts", one.statement);
  for (const one of refused) await markTaken("refusals", one.id);
}

function receiptRow(receipt, redraw) {
  const told = make("span", { role: "status", class: "small" });
  const check = async () => {
    try {
      await recheck(receipt, await pinned());
      told.textContent = `✓ ${say(W.holds)}`;
    } catch (error) {
      told.textContent = `⛔ ${say(W.fails, error.message)}`;
    }
  };
  const take = async () => {
    for (const [name, bytes] of Object.entries(filesOf(receipt))) download(name, bytes);
    await markTaken("receipts", receipt.statement);
    await redraw();
  };
  return make(
    "li", { class: "row", "data-receipt": receipt.index },
    make("div", { class: "grow" }, make("strong", {}, receipt.headline), make("span", { class: "sub" }, `${say(W.of, receipt.index)} · ${shanghai(receipt.admitted)}${receipt.isTaken ? ` · ${say(W.taken)}` : ""}`), make("span", { class: "sub mono" }, receipt.chain), told),
    make("div", { class: "buttons" }, make("button", { type: "button", "data-check": true, onclick: check }, say(W.again)), make("button", { type: "button", onclick: take }, say(W.one))),
  );
}

async function draw(place) {
  const [found, refused, kept] = [await receipts(), await refusals(), await persist()];
  const untaken = [...found, ...refused].filter((one) => !one.isTaken).length;
  const redraw = () => draw(place);
  document.querySelectorAll("[data-fetch]").forEach((button) => {
    if (found.some((one) => String(one.index) === button.dataset.fetch)) button.replaceWith(make("span", { class: "small" }, `✓ ${say(W.here)}`));
  });
  if (!found.length && !refused.length) {
    place.replaceChildren(make("div", { class: "empty" }, make("h3", {}, say(W.none)), make("p", {}, say(W.noneText))));
    return;
  }
  place.replaceChildren(
    untaken ? make("p", { class: "note warn", "data-untaken": untaken }, say(W.untaken, untaken), kept === "kept" ? "" : ` ${say(W.mayGo)}`) : "",
    make("div", { class: "buttons" }, make("button", { type: "button", class: "primary", "data-all": true, onclick: () => takeAll(found, refused).then(redraw) }, say(W.all))),
    make("ul", { class: "rows" }, found.map((one) => receiptRow(one, redraw))),
  );
}

/** Whether the log is still the one that this browser has met, in words where it is not. */
async function drawLog(place) {
  const state = await follow();
  const notes = forked(await pinned());
  if (state === "forked" && notes) {
    const take = (note, place) => make("button", { type: "button", onclick: () => download(`checkpoint-${place}`, utf8(note)) }, say(place === 1 ? W.first : W.second));
    place.before(make("div", { class: "problem", role: "alert", "data-forked": true }, make("p", {}, make("strong", {}, `⛔ ${say(W.forked)}`)), make("p", {}, say(W.forkedDo)), make("div", { class: "buttons" }, take(notes[0], 1), take(notes[1], 2))));
  } else if (state === "unproved") place.before(make("p", { class: "note warn", "data-unproved": true }, say(W.unproved)));
}

/** Takes an entry and its proof from the log, and keeps them as a receipt once they hold. */
export async function fetchReceipt(index) {
  const { pins } = await theLog();
  const { status, value } = await ask("GET", `/v1/feed?after=${index - 1}&limit=1`);
  const proof = await ask("GET", `/v1/proofs/${index}`, { headers: { Accept: "*/*" } });
  const [entry] = status === 200 ? value.entries : [];
  if (!entry || entry.index !== index || proof.status !== 200) {
    throw new Stopped("RECEIPT_NONE", ["没有取到这一条。", "This entry could not be fetched."], ["稍后再试。", "Try again later."]);
  }
  const { hashes, checkpoint } = parseProof(proof.raw);
  const answer = { index, entry: entry.entry, inclusion: hashes.map(toBase64), checkpoint: fromUtf8(checkpoint) };
  return believe(answer, (await readEntry(fromBase64(entry.entry))).envelope.body, pins);
}

async function begin(place) {
  if (trouble()) {
    place.textContent = `${trouble().message} ${trouble().todo}`;
    return;
  }
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-fetch], [data-refusal]");
    if (!button) return;
    if (button.dataset.refusal) {
      download(button.dataset.name, fromBase64(button.dataset.refusal));
      return;
    }
    button.disabled = true;
    try {
      await fetchReceipt(Number(button.dataset.fetch));
      await draw(place);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      button.disabled = false;
      button.after(make("span", { role: "status", class: "small" }, ` ${error.message}`));
    }
  });
  await draw(place);
  await drawLog(place);
  const waiting = await bringDisclosures().catch(() => 0);
  if (waiting) place.append(make("p", { class: "small" }, say(W.wait, waiting)));
}

const place = typeof document.querySelector === "function" && document.querySelector("[data-receipts]");
if (place) begin(place);
