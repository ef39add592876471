// On a new device: opened by a square code (the secret in the fragment) or by hand. Makes a key here, shows it to the firm's computer, waits until
// that has signed, then enters. What the log is comes with the code, from the computer, not from whoever serves this page.

import { toBase64, utf8 } from "./core.js";
import { answer, boxName, opened, read, readSecret, signed, waitFor } from "./box.js";
import { get, put, remove } from "./db.js";
import { enter } from "./enter.js";
import { choose, digitsOf, forget, makeKey, persist, registration, rename, trouble } from "./keys.js";
import { pin, pinned, theLog } from "./log.js";
import { kindName } from "./shown.js";
import { Stopped, make, say } from "./words.js";

const TEXT = "liandan-key:";
const W = {
  outside: ["请在浏览器中打开：点右上角“…”，选“在浏览器打开”。在微信、钉钉里登记的密钥留不住。", "Open this in a browser: press “…” at the top right and choose “open in browser”. Keys made inside WeChat or DingTalk do not last."],
  ended: ["二维码已过期或已用过。", "The code is out of time, or was used."],
  firm: ["单位", "Firm"],
  may: ["可以签署", "May sign"],
  everything: ["本单位能签的一切", "Whatever the firm may sign"],
  until: ["有效期至", "Until"],
  open: ["不限", "No end"],
  label: ["这台设备叫", "This device is called"],
  make: ["登记这台设备", "Enrol this device"],
  compare: ["电脑上应显示同样的 8 位数字。一致时请在电脑上点“一致，去签署”。", "The computer should show the same 8 digits. If it does, press “they agree” there."],
  waiting: ["等电脑签署…", "Waiting for the computer to sign…"],
  refused: ["电脑上没有批准，本机的密钥已删除。", "The computer did not approve; the key of this device is deleted."],
  done: ["登记好了，正在进入…", "Enrolled; entering…"],
  uscc: ["单位的统一社会信用代码", "USCC of the firm"],
  text: ["把下面的内容带到单位已登记的电脑上（复制，或扫码读出文本），贴进“密钥”页的“粘贴登记内容”：", "Bring this to an enrolled computer of the firm (copied, or read from the code as text) and paste it into “paste a registration” on its page of keys:"],
  copy: ["复制", "Copy"],
  may_go: ["浏览器可能清理本机密钥：请把本页添加到主屏幕，并在第二台设备上也登记一把。", "The browser may clear this key: add this page to the home screen, and enrol a second device too."],
};
const main = () => document.querySelector("[data-join]");
const show = (...nodes) => main().replaceChildren(...nodes.flat().filter(Boolean));
const status = (text) => make("p", { role: "status", "data-told": true }, text);
const row = (label, text) => [make("dt", {}, say(label)), make("dd", {}, text)];
const day = (until) => until.slice(0, 10);

const isInside = () => /MicroMessenger|DingTalk/i.test(navigator.userAgent);

async function guard(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    show(make("div", { class: "outcome bad", "data-code": error.code }, make("h2", { tabindex: "-1" }, error.message), make("p", {}, error.todo)));
  }
}

/** Everything that the computer offers, and one button. */
function offerPart(offer, onMake) {
  return [
    make(
      "dl", { class: "facts large" },
      row(W.firm, `${offer.name} ${offer.uscc}`), row(W.label, offer.label || offer.device),
      row(W.may, offer.kinds ? offer.kinds.map((kind) => kindName(`${kind}/1`)).join("、") : say(W.everything)), row(W.until, offer.until ? day(offer.until) : say(W.open)),
    ),
    make("button", { type: "button", class: "primary", "data-make": true, onclick: (event) => ((event.target.disabled = true), guard(onMake)) }, say(W.make)),
  ];
}

async function pinOffered(offer) {
  const pins = await pin(offer, "enrolment");
  if (pins.found !== offer.found || pins.origin !== offer.origin) {
    throw new Stopped("OTHER_LOG", ["本机以前登记过另一本账本，不能混用。", "This device has pinned another log before; the two must not be mixed."], ["换一台设备或换一个浏览器登记。", "Take another device or another browser."]);
  }
  return pins;
}

async function follow(secret, box, offer, keyid) {
  show(make("p", { class: "digits", "data-digits": true }, digitsOf(keyid)), make("p", {}, say(W.compare)), status(say(W.waiting)));
  const message = await waitFor(box, "done");
  const done = await opened(secret, "done", message);
  await remove("pins", `join ${box}`);
  if (done.state !== "entered" || done.keyid !== keyid) {
    await forget(keyid);
    throw new Stopped("JOIN_REFUSED", W.refused, ["请向本单位经办人询问。", "Ask the clerk of your firm."]);
  }
  show(status(say(W.done)), (await persist()) === "kept" ? null : make("p", {}, say(W.may_go)));
  choose(keyid);
  const next = await enter(await get("keys", keyid), offer.next || "");
  location.assign(next);
}

async function joinByCode(secret) {
  const box = await boxName(secret);
  const found = await read(box);
  const offer = await opened(secret, "offer", found.offer);
  const kept = await get("pins", `join ${box}`); // the page was loaded anew in the middle
  if (kept) return follow(secret, box, offer, kept.keyid);
  show(offerPart(offer, async () => {
    const pins = await pinOffered(offer);
    const record = await makeKey(offer.uscc, { label: offer.label || "", name: offer.name });
    await rename(record.keyid, { kinds: offer.kinds || [], until: offer.until || "" });
    await put("pins", { name: `join ${box}`, keyid: record.keyid });
    try {
      await answer(box, await signed(secret, "answer", await registration(record, pins.found)));
    } catch (error) {
      await forget(record.keyid);
      throw error;
    }
    await follow(secret, box, offer, record.keyid);
  }));
  return null;
}

async function joinByHand() {
  const uscc = make("input", { type: "text", id: "join-uscc", maxlength: "18", autocomplete: "off" });
  const go = async () => {
    await theLog();
    const pins = await pinned();
    const record = await makeKey(uscc.value.normalize("NFKC").trim().toUpperCase());
    const said = { uscc: record.uscc, found: pins.found, ...(await registration(record, pins.found)) };
    const text = TEXT + toBase64(utf8(JSON.stringify(said))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const { correction, generate } = await import("../vendor/lean-qr.mjs");
    const canvas = make("canvas", { class: "qr", role: "img", "aria-label": digitsOf(record.keyid) });
    generate(text, { minCorrectionLevel: correction.L }).toCanvas(canvas, { pad: 4 });
    const copy = make("button", { type: "button", class: "button", onclick: () => navigator.clipboard?.writeText(text) }, say(W.copy));
    show(make("p", {}, say(W.text)), canvas, make("textarea", { readonly: true, rows: "6", "data-text": true, "aria-label": say(W.copy) }, text), copy, make("p", { class: "digits", "data-digits": true }, digitsOf(record.keyid)), make("p", {}, make("a", { href: "/enter" }, "/enter")));
  };
  show(make("p", { class: "field" }, make("label", { for: "join-uscc" }, say(W.uscc)), uscc), make("button", { type: "button", class: "primary", "data-make": true, onclick: () => guard(go) }, say(W.make)));
}

async function begin() {
  if (isInside()) return show(status(say(W.outside)));
  const bad = trouble();
  if (bad) throw bad;
  const secret = readSecret(location.hash.slice(1));
  if (location.hash && !secret) throw new Stopped("BOX_UNKNOWN", W.ended, ["在电脑上重新显示二维码。", "Show a new code on the computer."]);
  return secret ? joinByCode(secret) : joinByHand();
}

if (main()) guard(begin);
