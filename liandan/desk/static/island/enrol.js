// On a computer of the firm: a new device is let in. A square code carries the secret; the device answers with its key; both screens show the same
// 8 digits; then the computer signs `key.add`, on the sheet like any other act. Without the box: the device shows its registration, which is pasted.
//
// <form data-enrol data-uscc="…" data-name="…"> fields device, label, scope (kinds by commas, empty: all), until (a day) <button> <div data-outcome> </form>
// <form data-enrol-text …> the same with a textarea `text`

import { Refusal, fromBase64, fromBase64Url, fromUtf8, pae, sha256, toHex, utf8, verifySignature } from "./core.js";
import { signAct, stopped } from "./act.js";
import { boxName, finish, newSecret, open, opened, secretText, signed, waitFor } from "./box.js";
import { remember } from "./form.js";
import { digitsOf } from "./keys.js";
import { theLog } from "./log.js";
import { outcomeCard } from "./outcome.js";
import { withStyle } from "./sheet.js";
import { Stopped, make, say } from "./words.js";

const POSSESSION = "application/vnd.liandan.possession.v1";
export const TEXT = "liandan-key:";
const W = {
  scan: ["用新设备扫这个码", "Scan this code with the new device"],
  how: ["用手机自带相机扫。微信、钉钉里请选“在浏览器打开”。十分钟内有效，只能用一次。", "Use the phone's own camera. In WeChat or DingTalk choose “open in browser”. Good for ten minutes, once."],
  link: ["或在新设备上打开这个地址", "Or open this address on the new device"],
  waiting: ["等新设备扫码…", "Waiting for the device…"],
  digits: ["核对 8 位数字", "Compare the 8 digits"],
  compare: ["请核对：新设备上显示的是这 8 位数字吗？", "Compare: does the new device show these 8 digits?"],
  same: ["一致，去签署", "They agree: go on to sign"],
  differ: ["不一致", "They differ"],
  cancel: ["取消", "Cancel"],
  differed: ["数字不一致，没有登记。", "The digits differ: nothing was enrolled."],
  again: ["请重新显示二维码；若再次不一致，停止登记并联系运营单位。", "Show a new code; if they differ again, stop and tell the operator."],
};

/** What the form asks for, as `key.add` says it. */
function wanted(form) {
  const { device, label, scope, until } = form.elements;
  const kinds = (scope.value || "").split(",").map((kind) => kind.trim()).filter(Boolean);
  return {
    ...(kinds.length ? { kinds } : {}),
    ...(until.value ? { until: `${until.value}T23:59:59+08:00` } : {}),
    device: device.value,
    ...(label.value.trim() ? { label: label.value.normalize("NFC").trim() } : {}),
  };
}

/** The keyid of a registration whose proof of possession holds for this party and log. Stopped KEY_UNPROVED. */
export async function proved({ suite, spki, pop }, uscc, found) {
  try {
    const raw = fromBase64(spki);
    if (!(await verifySignature(suite, raw, pae(POSSESSION, utf8(`${found}\n${uscc}\n${suite}\n${spki}`)), fromBase64(pop)))) throw new Refusal([]);
    return toHex(await sha256(raw));
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
    throw new Stopped("KEY_UNPROVED", ["新设备的密钥没有通过持有证明，没有登记。", "The device has not proved that it holds the key: nothing was enrolled."], ["在新设备上重新生成登记内容。", "Let the device make its registration anew."]);
  }
}

const addition = (uscc, key, asked) => ({ kind: "key.add/1", chain: `party/${uscc}`, by: [uscc], body: { key: { suite: key.suite, spki: key.spki, pop: key.pop }, ...asked } });

/** A dialog with the code; resolves when it is closed. */
async function codeDialog(address) {
  const { correction, generate } = await import("../vendor/lean-qr.mjs");
  const canvas = make("canvas", { class: "qr", role: "img", "aria-label": say(W.scan) });
  generate(address, { minCorrectionLevel: correction.M }).toCanvas(canvas, { pad: 4 });
  const told = make("p", { role: "status", "data-told": true }, say(W.waiting));
  const digits = make("p", { class: "digits", "data-digits": true, hidden: true });
  const cancel = make("button", { type: "button", class: "button" }, say(W.cancel));
  const buttons = make("div", { class: "buttons" }, cancel);
  const title = make("h2", { id: "enrol-title", tabindex: "-1" }, say(W.scan));
  const dialog = make(
    "dialog", { class: "sheet enrol", "aria-labelledby": "enrol-title" }, make("header", {}, title),
    make("div", { class: "sheet-in" }, make("div", { "data-code-box": true }, canvas, make("p", {}, say(W.how)), make("p", { class: "small" }, `${say(W.link)} `, make("span", { class: "mono", "data-link": true }, address))), told, digits),
    make("footer", {}, buttons),
  );
  withStyle();
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
  const shown = { dialog, told, digits, buttons, isClosed: false, close: () => dialog.close() };
  dialog.addEventListener("close", () => {
    shown.isClosed = true;
    dialog.remove();
  });
  cancel.addEventListener("click", shown.close);
  return shown;
}

/** Asks whether the digits agree: true, false, or null when the dialog was closed. */
function compared(shown, keyid) {
  shown.dialog.querySelector("[data-code-box]").hidden = true;
  shown.dialog.querySelector("h2").textContent = say(W.digits);
  shown.told.textContent = say(W.compare);
  Object.assign(shown.digits, { textContent: digitsOf(keyid), hidden: false });
  return new Promise((resolve) => {
    const same = make("button", { type: "button", class: "button primary", "data-same": true, onclick: () => resolve(true) }, say(W.same));
    const differ = make("button", { type: "button", class: "button", "data-differ": true, onclick: () => resolve(false) }, say(W.differ));
    shown.buttons.replaceChildren(differ, same);
    shown.dialog.addEventListener("close", () => resolve(null));
    same.focus();
  });
}

/** Enrols a device by a code; answers as signAct does. */
export async function enrol(uscc, name, asked, next = "") {
  const { pins } = await theLog();
  const secret = newSecret();
  const box = await boxName(secret);
  const offer = { v: 1, uscc, name, origin: pins.origin, found: pins.found, log_keys: pins.log_keys, next, ...asked };
  await open(box, await signed(secret, "offer", offer));
  const shown = await codeDialog(`${location.origin}/join#${secretText(secret)}`);
  try {
    const message = await waitFor(box, "answer", () => shown.isClosed);
    if (!message) return { state: "cancelled" };
    const key = await opened(secret, "answer", message);
    const keyid = await proved(key, uscc, pins.found);
    const isSame = await compared(shown, keyid);
    shown.close();
    if (isSame === null) return { state: "cancelled" };
    if (!isSame) {
      await finish(box, await signed(secret, "done", { state: "refused", keyid }));
      throw new Stopped("DIGITS_DIFFER", W.differed, W.again);
    }
    const found = await signAct(addition(uscc, key, asked));
    await finish(box, await signed(secret, "done", { state: ["entered", "waiting"].includes(found.state) ? "entered" : "refused", keyid }));
    return found;
  } finally {
    if (!shown.isClosed) shown.close();
  }
}

/** Enrols the device whose registration was carried here as a text. */
export async function enrolText(uscc, text, asked) {
  const { pins } = await theLog();
  const raw = text.trim().startsWith(TEXT) ? fromBase64Url(text.trim().slice(TEXT.length)) : null;
  let key = null;
  try {
    key = raw && JSON.parse(fromUtf8(raw));
  } catch (error) {
    key = null;
  }
  if (!key || key.uscc !== uscc || key.found !== pins.found) {
    throw new Stopped("KEY_TEXT", ["这不是给本单位、本账本的登记内容。", "This is no registration for this firm and this log."], ["在新设备上打开“登记本机”，填本单位代码后重新复制。", "Open “enrol this device” there, enter this firm's code, and copy it anew."]);
  }
  await proved(key, uscc, pins.found);
  return signAct(addition(uscc, key, asked));
}

async function submitted(form, work) {
  const target = form.querySelector("[data-outcome]");
  const button = form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    const found = await work().catch((error) => stopped(error));
    if (form.dataset.after && ["entered", "waiting"].includes(found.state)) {
      remember(found); // the page is drawn anew, with the new device on it
      location.assign(form.dataset.after);
      return;
    }
    const anew = (other) => target.replaceChildren(outcomeCard(other, { onAgain: anew, onResend: anew }));
    withStyle();
    anew(found);
    target.querySelector("h3").focus();
    form.dispatchEvent(new CustomEvent(`liandan:${found.state}`, { bubbles: true, detail: found }));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const { uscc, name, enrol: asks, enrolText: pasted } = form.dataset;
  if (asks === undefined && pasted === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  submitted(form, async () => (asks !== undefined ? enrol(uscc, name, wanted(form), form.dataset.next) : enrolText(uscc, form.elements.text.value, wanted(form))));
}, true);
