// For keys that the browser cannot use (hardware tokens, SM2, key files that stay on another machine): the bytes leave as a text that the program
// `liandan statement cosign sign` reads, shows and signs (docs/formats/cosign.md), and come back to be sent from here.

import { toBase64, utf8 } from "./core.js";
import { readText, writeFrames } from "../driver/frames.js";
import { get, put, remove } from "./db.js";
import { download } from "./files.js";
import { theLog } from "./log.js";
import { offer, post } from "./post.js";
import { envelopeFor, readBytes } from "./statement.js";
import { Stopped } from "./words.js";

/** Gives the bytes of a statement away as a file; personal values beside them wait here for its coming back. */
export async function handOver(bytes, hash, disclosures = []) {
  if (disclosures.length) await put("disclosures", { statement: hash, disclosures, isHanded: true });
  const lines = await writeFrames({ statement: hash, body: bytes, signatures: [] });
  download(`${hash.slice(0, 12)}.cosign`, utf8(`${lines.join("\n")}\n`), "text/plain");
  return { state: "handed", statement: hash };
}

/** Sends what the program has signed: to the log when all have, else to those who have still to. Answers as signAct does. */
export async function bringBack(file) {
  const { pins } = await theLog();
  const [brought] = await readText(await file.text()).catch(() => [null]);
  if (!brought || !brought.body || !brought.signatures.length) {
    throw new Stopped("COSIGN_TEXT", ["这不是签好的会签文本。", "This is no signed text for co-signing."], ["选择 liandan statement cosign sign 写出的 .cosign 文件。", "Choose the .cosign file that liandan statement cosign sign has written."]);
  }
  const { by } = await readBytes(brought.body);
  const sorted = [...brought.signatures].sort((a, b) => a.place - b.place);
  const envelope = envelopeFor(brought.body, sorted.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })));
  const kept = (await get("disclosures", brought.statement)) || { disclosures: [] };
  const isWhole = sorted.length === by.length;
  const found = await (isWhole ? post : offer)(envelope, brought.body, brought.statement, pins, kept.disclosures);
  if (isWhole && found.state === "entered") await remove("disclosures", brought.statement);
  return { ...found, envelope };
}
