// The way in: a challenge that this page builds and a key of this device signs (formats §8). Its audience is the address that the browser shows,
// so a site that stands between cannot use it.
//
// <form data-enter data-origin="<name of the log>" data-next="/desk"> <div data-keys></div> <div data-said role="status"></div> <button>…</button> </form>

import { instant, pae, toBase64, utf8 } from "./core.js";
import { choose, chosenKeyid, digitsOf, importKey, keys, reminder, rename, sign, trouble } from "./keys.js";
import { ask, formatAt, pinned, theLog } from "./log.js";
import { isEncrypted } from "./pkcs8.js";
import { Stopped, make, say } from "./words.js";

const LOGIN = "application/vnd.liandan.login.v1+json";
const LIFE_S = 6 * 3600;
const KEPT = "liandan-drive-pages"; // pages of a driver's trips, for when there is no network (driver/worker.js)
const W = {
  which: ["用哪把密钥进入", "Which key to enter with"],
  none: ["这台设备还没有密钥。", "This device has no key yet."],
  how: ["用本单位的密钥文件登记本机，或让本单位已登记的电脑显示二维码，用本机扫码（约 1 分钟）。", "Enrol it with a key file of your firm, or let an enrolled computer of the firm show a code and scan it with this device (about a minute)."],
  file: ["从密钥文件登记本机", "Enrol this device from a key file"],
  pem: ["密钥文件（.pem）", "Key file (.pem)"],
  passphrase: ["口令", "Passphrase"],
  uscc: ["单位的统一社会信用代码", "USCC of the firm"],
  take: ["登记", "Enrol"],
  taken: ["已登记。请妥善收好原文件或删除它：本机以后用不到。", "Enrolled. Put the file away safely or delete it: this device no longer needs it."],
  failed: ["没有进入：{0} {1}", "Not entered: {0} {1}"],
  pinnedAs: ["本机认定的账本：{0}，创立声明 {1}", "The log that this device pinned: {0}, founded by {1}"],
  token: ["硬件密钥（USB Key）、国密 SM2 密钥：浏览器不能直接使用。请用命令行程序 liandan 签署；本机没有密钥时，页面可以把要签的内容“存成文件”，在“密钥”页取回签好的文件。", "Hardware tokens and SM2 keys cannot be used by the browser itself. Sign by the program liandan: without a key here pages save what is to be signed as a file, and the page of keys takes the signed file back."],
};

/** A signed challenge for this very address: the envelope of POST /v1/tokens. */
export async function challenge(record, origin, now_s, scope = ["read", "post"]) {
  const nonce = toBase64(crypto.getRandomValues(new Uint8Array(32)));
  const body = utf8(JSON.stringify({ origin, audience: location.origin, nonce, keyid: record.keyid, not_after: formatAt(now_s + LIFE_S), scope }));
  return { payloadType: LOGIN, payload: toBase64(body), signatures: [await sign(record, pae(LOGIN, body))] };
}

/** Enters with a key: where to go then. Stopped where the server says no. */
export async function enter(record, next = "") {
  const log = await theLog();
  const envelope = await challenge(record, log.pins.origin, instant(log.now));
  const { status, value } = await ask("POST", `/enter${next ? `?next=${encodeURIComponent(next)}` : ""}`, { body: JSON.stringify(envelope), headers: { "Content-Type": "application/json" } });
  if (status !== 200) throw new Stopped((value && value.code) || "LOGIN", W.failed, [(value && value.detail) || "", (value && value.detail) || ""], (value && value.title) || status, "");
  if (chosenKeyid() !== record.keyid) await forgetPages();
  choose(record.keyid);
  await learnKey(record).catch((error) => {
    if (!(error instanceof Stopped)) throw error; // what the key may do is told again another time
  });
  return value.next;
}

/** Pages of trips that whoever was here before left for when there is no network: they are not for whoever comes next. */
async function forgetPages() {
  if ("caches" in globalThis) await caches.delete(KEPT).catch(() => false);
}

/** What the log says of a key of this device: what it may sign, until when, what it is called. */
async function learnKey(record) {
  const { status, value } = await ask("GET", `/v1/parties/${record.uscc}`);
  const known = status === 200 ? value.keys.find((one) => one.keyid === record.keyid) : null;
  if (known) await rename(record.keyid, { kinds: known.kinds || [], until: known.until || "", label: record.label || known.label || "", name: value.name });
}

function keyRow(record, isFirst) {
  const called = record.label || record.name || record.uscc;
  return make(
    "label", { class: "key-choice" },
    make("input", { type: "radio", name: "keyid", value: record.keyid, checked: isFirst }),
    make("span", {}, make("strong", {}, called), " ", make("span", { class: "code" }, record.uscc), " ", make("small", {}, `${record.suite} · ${digitsOf(record.keyid)}`)),
  );
}

function fileForm(said, redraw) {
  const pem = make("input", { type: "file", id: "key-file", accept: ".pem" });
  const passphrase = make("input", { type: "password", id: "key-passphrase", autocomplete: "off" });
  const uscc = make("input", { type: "text", id: "key-uscc", autocomplete: "off", maxlength: "18" });
  const take = async () => {
    try {
      const text = pem.files.length ? await pem.files[0].text() : "";
      if (isEncrypted(text) && !passphrase.value) return passphrase.focus();
      const record = await importKey(text, passphrase.value, uscc.value.normalize("NFKC").trim().toUpperCase());
      passphrase.value = "";
      choose(record.keyid);
      said.textContent = say(W.taken);
      return redraw();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      said.textContent = `${error.message} ${error.todo}`;
      return null;
    }
  };
  const field = (label, input) => make("p", { class: "field" }, make("label", { for: input.id }, say(label)), input);
  return make("details", { class: "key-file" }, make("summary", {}, say(W.file)), field(W.pem, pem), field(W.passphrase, passphrase), field(W.uscc, uscc), make("button", { type: "button", class: "button", "data-take": true, onclick: take }, say(W.take)), make("p", { class: "small" }, say(W.token)));
}

async function begin(form) {
  const [place, said] = [form.querySelector("[data-keys]"), form.querySelector("[data-said]")];
  const button = form.querySelector("button:not([type=button])");
  const bad = trouble();
  if (bad) {
    said.textContent = `${bad.message} ${bad.todo}`;
    return;
  }
  const draw = async () => {
    const found = await keys();
    const pins = await pinned();
    place.replaceChildren(
      found.length ? make("fieldset", {}, make("legend", {}, say(W.which)), found.map((record, at) => keyRow(record, at === 0))) : make("div", { class: "empty" }, make("p", {}, make("strong", {}, say(W.none))), make("p", {}, say(W.how))),
      fileForm(said, draw),
      ...(pins ? [make("p", { class: "small" }, say(W.pinnedAs, pins.origin, pins.found.slice(0, 16)))] : []),
    );
    button.disabled = !found.length;
    const kept = await reminder();
    if (kept && !said.textContent) said.textContent = kept;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const chosen = new FormData(form).get("keyid");
      location.assign(await enter((await keys()).find((record) => record.keyid === chosen), form.dataset.next));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      said.textContent = `${error.message} ${error.todo}`;
      button.disabled = false;
    }
  });
  await draw();
}

const form = typeof document.querySelector === "function" && document.querySelector("form[data-enter]");
if (form) begin(form);
if (form && form.dataset.forget !== undefined) forgetPages();
