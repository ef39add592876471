// Says acts by the lines of docs/formats/acts.md: node say_acts.mjs <client.mjs> <acts.json>. Prints, for each, its index or the codes of its refusal.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { Client } = await import(pathToFileURL(process.argv[2]));
const { pins, acts } = JSON.parse(readFileSync(process.argv[3], "utf8")), clients = new Map(), told = [];
const Line = Object.getPrototypeOf(async () => {}).constructor;
for (let { kind, by, at, body, pems, line } of acts) {
  const [key, ...keys] = pems.map((pem) => createPrivateKey(pem)), name = by[0] + pems[0];
  if (!clients.has(name)) {
    const client = new Client({ ...pins, uscc: by[0], key });
    await client.login();
    clients.set(name, client);
  }
  const me = clients.get(name);
  me.now = me.headers["Liandan-Now"] = at;
  me.heads.clear(); // others write on these chains too: ask the log
  if (kind === "period.close/1") {
    // It names a root, and this is another life of the log: the newest checkpoint's.
    const [, size, root] = (await (await fetch(`${pins.url}/checkpoint`)).text()).split("\n");
    body = { ...body, size: Number(size), root };
  }
  try {
    const receipt = await new Line("me", "body", "key", "keys", `${line}\nreturn receipt;`)(me, body, key, keys);
    told.push([kind, receipt.index]);
  } catch (error) {
    if (!error.problem) throw error;
    told.push([kind, error.problem.errors.map((one) => one.code)]);
  }
}
console.log(JSON.stringify(told));
