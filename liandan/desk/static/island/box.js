// The box through which a computer of a firm and a new device speak: named by the hash of a secret that only the two share (it travels in the
// fragment of a square code, which no browser sends), every message signed under it. The server carries, and can change nothing unseen.

import { concat, fromBase64, fromBase64Url, sha256, toBase64, toHex, utf8 } from "./core.js";
import { ask } from "./log.js";
import { Stopped } from "./words.js";

const SECRET_BYTES = 16;
const EVERY_MS = 1500;
const JSON_TYPE = { "Content-Type": "application/json" };

export const newSecret = () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
export const secretText = (secret) => toBase64(secret).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The secret in a fragment, or null. */
export function readSecret(text) {
  const raw = fromBase64Url(text);
  return raw && raw.length === SECRET_BYTES ? raw : null;
}

export const boxName = async (secret) => toHex(await sha256(utf8("liandan/box/v1\n"), secret));

const keyOf = (secret, use) => crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [use]);
const said = (part, text) => concat(utf8(`liandan/box/v1\n${part}\n`), utf8(text));

/** {text, mac}: a message of one of the parts "offer", "answer", "done". */
export async function signed(secret, part, value) {
  const text = JSON.stringify(value);
  const mac = await crypto.subtle.sign("HMAC", await keyOf(secret, "sign"), said(part, text));
  return { text, mac: toBase64(new Uint8Array(mac)) };
}

/** What a message says; Stopped BOX_FORGED where it was not written by whoever has the secret. */
export async function opened(secret, part, message) {
  const mac = message && typeof message.text === "string" ? fromBase64(message.mac) : null;
  const holds = mac && (await crypto.subtle.verify("HMAC", await keyOf(secret, "verify"), mac, said(part, message.text)));
  if (!holds) {
    throw new Stopped(
      "BOX_FORGED",
      ["收到的内容不是对方设备写的，可能在途中被换过；没有继续。", "What came was not written by the other device; it may have been exchanged on the way. Nothing was done."],
      ["请联系运营单位；重新显示二维码再试。", "Tell the operator; show a new code and try again."],
    );
  }
  return JSON.parse(message.text);
}

function answered({ status, value }) {
  if (status < 300) return value;
  throw new Stopped((value && value.code) || `HTTP_${status}`, [(value && value.title) || "没有成功。", (value && value.title) || "It did not work."], [(value && value.detail) || "请重试。", (value && value.detail) || "Try again."]);
}

export const open = async (name, offer) => answered(await ask("PUT", `/desk/boxes/${name}`, { body: JSON.stringify(offer), headers: JSON_TYPE }));
export const read = async (name) => answered(await ask("GET", `/join/${name}`));
export const answer = async (name, message) => answered(await ask("POST", `/join/${name}`, { body: JSON.stringify(message), headers: JSON_TYPE }));
export const finish = async (name, message) => answered(await ask("POST", `/desk/boxes/${name}/done`, { body: JSON.stringify(message), headers: JSON_TYPE }));

/** Looks into the box until `part` is there; null when `stop()` says so. Stopped BOX_UNKNOWN when its time is over. */
export async function waitFor(name, part, stop = () => false) {
  while (!stop()) {
    try {
      const found = await read(name);
      if (found[part]) return found[part];
    } catch (error) {
      if (!(error instanceof Stopped) || error.code !== "AWAY") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return null;
}
