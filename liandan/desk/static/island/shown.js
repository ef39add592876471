// What a statement says, field by field, as nodes: from the parsed bytes alone, with the labels of the acts. Nothing is left out.

import { KINDS, LABELS, SUITE_NAMES, isObject, isUscc, keysOf, shanghai } from "./core.js";
import { gramsOf, tonnesOf } from "./mass.js";
import { isEnglish, make, pick, say } from "./words.js";

const W = {
  act: ["行为", "Act"],
  by: ["签署单位", "Signed by"],
  principal: ["代其签署", "On behalf of"],
  at: ["时间", "Time"],
  chain: ["链", "Chain"],
  seq: ["链上序号", "Place in the chain"],
  prev: ["前一条的哈希", "Hash of the one before"],
  seen: ["本机核验过的账本", "Log verified here"],
  size: ["条数", "Entries"],
  root: ["树根", "Root"],
  body: ["内容", "What it says"],
  item: ["第 {0} 项", "Item {0}"],
  line: ["第 {0} 行", "No. {0}"],
  none: ["（无）", "(none)"],
  yes: ["是", "yes"],
  no: ["否", "no"],
  run: ["{0} 枚，连号：{1} 至 {2}", "{0}, in a row: {1} to {2}"],
  all: ["全部列出", "List all"],
  committed: ["个人信息只以承诺值入账；原文随信封另送，加密存放，只给有权查阅的人看：", "Personal data go into the log as commitments alone; the values travel beside, are kept encrypted and shown to those entitled:"],
  tonnes: ["吨", "t"],
  pieces: ["件", "pieces"],
};
/** Fields that count the rows of another act from 0; people count from 1. */
const LINES = ["line", "row", "leg"];
const PERSONAL = {
  "handler.name": ["经办人", "person in charge"],
  "handler.phone": ["经办人电话", "phone of the person in charge"],
  "emergency.phone": ["应急联系电话", "emergency phone"],
  "driver.name": ["驾驶员", "driver"],
  "driver.phone": ["驾驶员电话", "phone of the driver"],
  "escort.name": ["押运员", "escort"],
};

export const kindName = (kind) => (Object.hasOwn(KINDS, kind) ? KINDS[kind][isEnglish() ? "en" : "zh"] : kind);
/** What a personal field is called, its own name where it has none. */
export const personalName = (field) => (Object.hasOwn(PERSONAL, field) ? pick(PERSONAL[field]) : field);
const raw = (text) => make("span", { class: "raw" }, text);
const labelOf = (kind, path, name) => {
  const known = (Object.hasOwn(LABELS, kind) && LABELS[kind][path]) || null;
  return known ? (isEnglish() ? known[1] : known[0]) || name : name;
};
const wordOf = (kind, path, value) => {
  const words = Object.hasOwn(LABELS, kind) && LABELS[kind][path] && LABELS[kind][path][2];
  return words && Object.hasOwn(words, value) && !isEnglish() ? words[value] : null;
};

/** A party: its name where it was verified, its code always. */
export function party(uscc, names) {
  const name = names.get(uscc);
  return make("span", { class: "party" }, name ? make("span", { class: "name" }, name) : null, name ? " " : null, make("span", { class: "mono" }, uscc));
}

function leaf(value, { kind, path, name, names }) {
  if (typeof value === "boolean") return [say(value ? W.yes : W.no), " ", raw(String(value))];
  if (typeof value === "number" && LINES.includes(name)) return [say(W.line, value + 1), " ", raw(String(value))];
  if (typeof value === "number") return [make("span", { class: "number" }, String(value))];
  if (name.endsWith("_t") && gramsOf(value) !== null) return [make("strong", { class: "number" }, tonnesOf(gramsOf(value))), ` ${say(W.tonnes)}`];
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return [make("strong", {}, shanghai(value)), " ", raw(value)];
  const word = wordOf(kind, path, value) || (name === "suite" && Object.hasOwn(SUITE_NAMES, value) ? SUITE_NAMES[value] : null);
  if (word) return [word, " ", raw(value)];
  if (isUscc(value)) return [party(value, names)];
  return [make("span", { class: value.length > 40 ? "long" : "text" }, value)];
}

/** First and last of texts that count up by one behind the same beginning, in the same width; null where they do not. */
export function runOf(items) {
  if (items.length < 3 || !items.every((item) => typeof item === "string")) return null;
  const [, stem, first] = /^(.*?)([0-9]{1,15})$/.exec(items[0]) || [];
  if (first === undefined) return null;
  const isRun = items.every((item, at) => item === stem + String(Number(first) + at).padStart(first.length, "0"));
  return isRun ? [items[0], items[items.length - 1]] : null;
}

const row = (depth, label, ...content) => make("div", { class: "said-row", "data-depth": String(depth) }, make("dt", {}, label), make("dd", {}, ...content));
const head = (depth, label) => make("div", { class: "said-head", "data-depth": String(depth) }, make("dt", {}, label), make("dd", {}));

function list(items, context) {
  if (!items.length) return [say(W.none)];
  const each = make("ul", { class: "items" }, items.map((item) => make("li", {}, ...leaf(item, context))));
  const run = runOf(items);
  return run ? [say(W.run, items.length, run[0], run[1]), make("details", {}, make("summary", {}, say(W.all)), each)] : [each];
}

/** Rows of a value. `path` is that of the labels: `*` for any place in a list. */
function* rowsOf(value, label, depth, context) {
  if (Array.isArray(value)) {
    if (!value.some((item) => isObject(item) || Array.isArray(item))) {
      yield row(depth, label, ...list(value, context));
      return;
    }
    for (const [at, item] of value.entries()) yield* rowsOf(item, `${label} · ${say(W.item, at + 1)}`, depth, context);
  } else if (isObject(value)) {
    yield head(depth, label);
    const before = `${context.path}${context.inList ? ".*" : ""}`;
    for (const name of keysOf(value)) {
      const path = before ? `${before}.${name}` : name;
      const isCommitment = context.path === "commit";
      const own = { ...context, path, name, inList: Array.isArray(value[name]) };
      yield* rowsOf(value[name], isCommitment ? personalName(name) : labelOf(context.kind, path, name), depth + 1, own);
    }
  } else yield row(depth, label, ...leaf(value, context));
}

/** All rows of a statement's parsed bytes, as a list of definitions. `names`: verified names by USCC; `disclosures`: what travels beside it. */
export function fieldsOf(said, { names = new Map(), disclosures = [] } = {}) {
  const rows = [
    row(0, say(W.act), make("strong", {}, kindName(said.kind)), " ", raw(said.kind)),
    row(0, say(W.by), ...said.by.map((uscc) => make("div", {}, party(uscc, names)))),
    said.for === undefined ? null : row(0, say(W.principal), party(said.for, names)),
    row(0, say(W.at), ...leaf(said.at, { name: "at", names })),
  ];
  for (const name of keysOf(said.body)) {
    const context = { kind: said.kind, path: name, name, names, inList: Array.isArray(said.body[name]) };
    rows.push(...rowsOf(said.body[name], labelOf(said.kind, name, name), 0, context));
  }
  if (disclosures.length) {
    rows.push(head(0, say(W.committed)), ...disclosures.map(({ field, value }) => row(1, personalName(field), value)));
  }
  rows.push(
    row(0, say(W.chain), make("span", { class: "mono" }, said.chain)),
    row(0, say(W.seq), make("span", { class: "number" }, String(said.seq))),
    row(0, say(W.prev), make("span", { class: "mono" }, said.prev)),
    ...(said.seen ? rowsOf({ [say(W.size)]: said.seen.size, [say(W.root)]: said.seen.root }, say(W.seen), 0, { kind: said.kind, path: "seen", name: "seen", names }) : []),
  );
  const known = ["kind", "chain", "seq", "prev", "by", "for", "at", "seen", "body"];
  if (keysOf(said).some((name) => !known.includes(name))) throw new Error("a field that is not shown");
  return make("dl", { class: "said" }, rows);
}

const MASSES = ["loaded.*.mass_t", "lines.*.mass_t", "lines.*.accepted_t", "fates.*.mass_t"];

/** What is refused: the opinion, and the masses of it. Null where anything is accepted. */
function refusedIn({ kind, body }) {
  const lines = Array.isArray(body.lines) ? body.lines : [];
  if (!lines.length || !lines.every((line) => isObject(line) && line.opinion === "reject")) return null;
  return { word: wordOf(kind, "lines.*.opinion", "reject") || "reject", paths: ["lines.*.refused_t"] };
}

/** One line that says what is signed: 起运　川E·FX930　5.600000 吨　14 件; 接受确认　拒收　5.548000 吨. From the parsed bytes alone. */
export function headlineOf(said) {
  const { body } = said;
  const parts = [kindName(said.kind)];
  if (isObject(body.vehicle) && body.vehicle.plate) parts.push(body.vehicle.plate);
  const refused = refusedIn(said);
  if (refused) parts.push(refused.word);
  for (const path of refused ? refused.paths : MASSES) {
    const [name, , field] = path.split(".");
    const masses = Array.isArray(body[name]) ? body[name].map((item) => (isObject(item) && typeof item[field] === "string" ? gramsOf(item[field]) : null)) : [];
    if (masses.length && masses.every((mass) => mass !== null)) {
      parts.push(`${tonnesOf(masses.reduce((sum, mass) => sum + mass, 0n))} ${say(W.tonnes)}`);
      break;
    }
  }
  const labels = isObject(body.gate) && Array.isArray(body.gate.labels) ? body.gate.labels.length : 0;
  if (labels) parts.push(`${labels} ${say(W.pieces)}`);
  return parts.join("\u3000");
}
