// Strict JSON (formats §1): one text, one reading, or a refusal.

const INTEGER_MAX = Number.MAX_SAFE_INTEGER;
const NONCHARACTERS = Array.from({ length: 17 }, (_, plane) => `\\u{${(plane * 65536 + 0xfffe).toString(16)}}\\u{${(plane * 65536 + 0xffff).toString(16)}}`);
/** Exactly the list of formats §1; it follows no version of Unicode. */
const FORBIDDEN = new RegExp(
  "[\\u0000-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFB" +
    "\\u{E0000}-\\u{E007F}\\uD800-\\uDFFF\\uFDD0-\\uFDEF" + NONCHARACTERS.join("") + "]",
  "u",
);
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** Also what other readers of JSON take for numbers, to refuse it by its name. */
const NUMBER = /-?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|Infinity)/y;
const PLAIN = /[^"\\\u0000-\u001F]*/y;
const BLANKS = /[ \t\n\r]*/y;

class Reader {
  constructor(text, depth) {
    Object.assign(this, { text, depth, at: 0 });
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found ? found[0] : null;
  }

  bad(expected) {
    return refuse("NOT_JSON", "", `position ${this.at}`, expected);
  }

  take(character) {
    this.match(BLANKS);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  string() {
    let text = this.match(PLAIN);
    while (this.text[this.at] === "\\") {
      const escape = this.text[this.at + 1];
      if (escape === "u") {
        const digits = this.text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.bad("\\u and 4 hex digits");
        text += String.fromCharCode(parseInt(digits, 16));
        this.at += 6;
      } else {
        if (!(escape in ESCAPES)) throw this.bad("an escape");
        text += ESCAPES[escape];
        this.at += 2;
      }
      text += this.match(PLAIN);
    }
    if (this.text[this.at] !== '"') throw this.bad('"');
    this.at += 1;
    const forbidden = FORBIDDEN.exec(text);
    if (forbidden) throw refuse("FORBIDDEN_CHARACTER", "", `U+${forbidden[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`, "text without it");
    return text;
  }

  number() {
    const text = this.match(NUMBER);
    if (text === null) throw this.bad("a value");
    if (!/^(?:0|-?[1-9][0-9]*)$/.test(text)) throw refuse("NOT_INTEGER", "", text, "an integer without fraction or exponent");
    const value = Number(text);
    if (text.length > 17 || Math.abs(value) > INTEGER_MAX) throw refuse("INTEGER_RANGE", "", text, `within ±${INTEGER_MAX}`);
    return value;
  }

  object(level) {
    const members = Object.create(null); // no prototype: a key may be called __proto__
    if (this.take("}")) return members;
    do {
      if (!this.take('"')) throw this.bad("a key");
      const key = this.string();
      if (key in members) throw refuse("DUPLICATE_KEY", key, key, "each key once");
      if (!this.take(":")) throw this.bad(":");
      members[key] = this.value(level + 1);
    } while (this.take(","));
    if (!this.take("}")) throw this.bad("}");
    return members;
  }

  array(level) {
    const items = [];
    if (this.take("]")) return items;
    do items.push(this.value(level + 1));
    while (this.take(","));
    if (!this.take("]")) throw this.bad("]");
    return items;
  }

  value(level) {
    const isNested = this.take("{") ? "object" : this.take("[") ? "array" : "";
    if (isNested && level > this.depth) throw refuse("TOO_DEEP", "", `more than ${this.depth} levels`, `at most ${this.depth} levels`);
    if (isNested) return this[isNested](level);
    if (this.take('"')) return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (!this.text.startsWith(word, this.at)) continue;
      if (value === null) throw refuse("NULL_VALUE", "", "null", "leave the field out");
      this.at += word.length;
      return value;
    }
    return this.number();
  }
}

/** The object that the bytes hold: objects without prototype, arrays, strings, safe integers, booleans. Throws nothing but Refusal. */
function parseJson(raw, limit, depth) {
  if (raw.length > limit) throw refuse("BODY_TOO_LARGE", "", `${raw.length} bytes`, `at most ${limit} bytes`);
  let text;
  try {
    text = fromUtf8(raw);
  } catch (error) {
    throw refuse("NOT_UTF8", "", "", "UTF-8");
  }
  if (text[0] === "\uFEFF") throw refuse("BYTE_ORDER_MARK", "", "EF BB BF", "UTF-8 without BOM");
  const reader = new Reader(text, depth);
  const value = reader.value(1);
  reader.match(BLANKS);
  if (reader.at !== text.length) throw reader.bad("the end");
  if (!isObject(value)) throw refuse("NOT_OBJECT", "", typeof value, "object");
  return value;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole = (value) => Number.isSafeInteger(value) && value >= 0;
const keysOf = (value) => Object.keys(value);

/** Whether two parsed values are equal; the order of an object's fields says nothing. */
function isSame(a, b) {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (!isObject(a) || !isObject(b)) return a === b;
  return keysOf(a).length === keysOf(b).length && keysOf(a).every((key) => key in b && isSame(a[key], b[key]));
}
