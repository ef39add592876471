// The sheet: what is about to be signed, rebuilt from the bytes. It believes nothing of the page that opened it.

import { fieldsOf, headlineOf } from "./shown.js";
import { readBytes } from "./statement.js";
import { make, say } from "./words.js";

const W = {
  you: ["您将签署", "You are about to sign"],
  others: ["已签署：{0}", "Signed so far: {0}"],
  note: [
    "以上内容由本机从将要签署的字节逐项还原。签署后任何人不能改动，包括您自己；有误只能另行更正。",
    "All of this was rebuilt on this device from the very bytes to be signed. Once signed nobody can change it, you included; a mistake can only be corrected by another act.",
  ],
  raw: ["将要签署的字节（{0} 字节）", "The bytes to be signed ({0} bytes)"],
  hash: ["声明哈希", "Statement hash"],
  code: ["核对码", "Check code"],
  both: ["另一方应看到同一个码", "The other side should see the same code"],
  cancel: ["取消", "Cancel"],
  sign: ["签署", "Sign"],
};
const STYLE = new URL("../css/island.css", import.meta.url).href;

/** The sheet's own style, for pages that do not bring it. */
export function withStyle() {
  if (![...document.styleSheets].some((sheet) => sheet.href === STYLE) && !document.querySelector(`link[href="${STYLE}"]`)) {
    document.head.append(make("link", { rel: "stylesheet", href: STYLE }));
  }
}

/** First 8 digits of a statement hash, for two people to compare. */
export const checkCode = (hash) => `${hash.slice(0, 4)} ${hash.slice(4, 8)}`.toUpperCase();

/**
 * Shows the statement that the bytes hold and asks. `disclosures` are the personal values beside it, `names` verified names by USCC, `signed` who
 * has signed so far, `warnings` texts to be seen first, `about` what the page
 * says of the matter (no part of what is signed), `verb` what the button says. True when the button was pressed.
 */
export async function showSheet(bytes, { disclosures = [], names = new Map(), signed = [], warnings = [], about = "", verb = W.sign, parent = document.body } = {}) {
  withStyle();
  const { said, hash } = await readBytes(bytes);
  const title = make("h2", { id: "sheet-title", tabindex: "-1" }, headlineOf(said));
  const cancel = make("button", { type: "button", class: "button" }, say(W.cancel));
  const sign = make("button", { type: "button", class: "button primary", "data-sign": true }, say(verb));
  const sheet = make(
    "dialog", { class: "sheet", "aria-labelledby": "sheet-title" },
    make("header", {}, make("p", {}, say(W.you)), title, about ? make("p", {}, about) : null, signed.length ? make("p", {}, say(W.others, signed.map((uscc) => names.get(uscc) || uscc).join("、"))) : null),
    make(
      "div", { class: "sheet-in", tabindex: "0", role: "region", "aria-labelledby": "sheet-title" },
      warnings.map((text) => make("p", { class: "warning" }, text)),
      fieldsOf(said, { names, disclosures }),
      make("p", { class: "said-note" }, say(W.note)),
      make("details", { class: "bytes" }, make("summary", {}, say(W.raw, bytes.length)), make("pre", {}, new TextDecoder().decode(bytes)), make("p", {}, `${say(W.hash)} `, make("span", { class: "mono" }, hash))),
    ),
    make("footer", {}, make("p", { class: "check-code" }, `${say(W.code)} `, make("strong", { "data-code": true }, checkCode(hash)), said.by.length > 1 ? make("small", {}, say(W.both)) : null), make("div", { class: "buttons" }, cancel, sign)),
  );
  parent.append(sheet);
  sheet.showModal();
  title.focus();
  return new Promise((resolve) => {
    const end = (answer) => {
      sheet.close();
      sheet.remove();
      resolve(answer);
    };
    cancel.addEventListener("click", () => end(false), { once: true });
    sheet.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    sign.addEventListener("click", () => end(true), { once: true });
  });
}
