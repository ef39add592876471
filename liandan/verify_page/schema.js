// The bodies of statements against the published schemas (docs/formats/<kind>.json), as much of JSON Schema as those use. The builder of
// this page refuses a schema with a word that is not read here.

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/** GB 32100: 18 characters, the last one a weighted sum modulo 31. */
function isUscc(text) {
  const digits = typeof text === "string" ? [...text].map((character) => ALPHABET.indexOf(character)) : [];
  if (digits.length !== 18 || digits.includes(-1)) return false;
  const sum = digits.slice(0, 17).reduce(([total, weight], digit) => [total + digit * weight, (weight * 3) % 31], [0, 1])[0];
  return (sum + digits[17]) % 31 === 0;
}

/** Seconds since 1970 of a real Gregorian ``YYYY-MM-DDThh:mm:ss±hh:mm`` in the years 1 to 9999, or null. */
function instant(text) {
  const form = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])([+-])([01][0-9]|2[0-3]):([0-5][0-9])$/;
  const found = typeof text === "string" ? form.exec(text) : null;
  if (!found || !isDay(text.slice(0, 10))) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const seconds = date.getTime() / 1000 - (found[7] === "+" ? 1 : -1) * (Number(found[8]) * 3600 + Number(found[9]) * 60);
  return seconds >= -62135596800 && seconds <= 253402271999 ? seconds : null;
}

/** The day in Asia/Shanghai of a moment in whatever offset it is written: a day is never cut out of a text. */
const dayAt = (at) => shanghai(at).slice(0, 10);

/** A moment as Asia/Shanghai writes it, without seconds; what is no moment as it is. */
function shanghai(at) {
  const seconds = instant(at);
  return seconds === null ? at : new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function isDay(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const isOnce = (items) => items.every((item, at) => items.findIndex((other) => isSame(other, item)) === at);
const CHECKS = {
  uscc: isUscc,
  party: (chain) => isUscc(chain.split("/")[1]),
  at: (text) => instant(text) !== null,
  day: isDay,
  once: isOnce,
  files: (items) => isOnce(items.map((item) => item.sha256)),
  commitments: (found) =>
    keysOf(found).length <= 32 &&
    keysOf(found).every((name) => name.length <= 64 && /^[a-z_]+(\.[a-z0-9_]+)*$/.test(name) && /^[0-9a-f]{64}$/.test(found[name])),
};
const TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
};
const lengthOf = (text) => [...text].length;
const PATTERNS = new Map();
function pattern(text) {
  if (!PATTERNS.has(text)) PATTERNS.set(text, new RegExp(text, "u"));
  return PATTERNS.get(text);
}
const LIMITS = {
  enum: (value, words) => words.includes(value),
  const: (value, word) => value === word,
  pattern: (value, text) => pattern(text).test(value),
  minLength: (value, least) => lengthOf(value) >= least,
  maxLength: (value, most) => lengthOf(value) <= most,
  minItems: (value, least) => value.length >= least,
  maxItems: (value, most) => value.length <= most,
  minProperties: (value, least) => keysOf(value).length >= least,
  maxProperties: (value, most) => keysOf(value).length <= most,
  minimum: (value, least) => value >= least,
  maximum: (value, most) => value <= most,
  exclusiveMinimum: (value, least) => value > least,
  uniqueItems: isOnce,
};

/** Throws a Refusal at the first thing of `value` that is out of form. `defs` are the parts that the schema refers to. */
function checkBody(schema, value, path, defs) {
  const code = schema["x-code"] || (schema.type === "array" ? "LIST_LENGTH" : "FIELD_TYPE");
  const later = schema["x-later"];
  if (later !== undefined && (later === true || later.includes(value))) throw refuse("NOT_YET", path, value, "absent, until its rules are there");
  if (schema.$ref) checkBody(defs[schema.$ref.split("/").pop()], value, path, defs);
  if (schema.type && !TYPES[schema.type](value)) throw refuse("FIELD_TYPE", path, value, schema.type);
  if (schema.anyOf && !schema.anyOf.some((choice) => fits(choice, value, path, defs))) throw refuse(code, path, value, "one of several forms");
  for (const word of keysOf(LIMITS)) {
    if (!(word in schema) || LIMITS[word](value, schema[word])) continue;
    const named = word === "enum" && own(schema["x-codes"] || {}, value);
    throw refuse(named || (word === "maxLength" && schema["x-long"]) || code, path, value, schema[word]);
  }
  if (schema.type === "object" || schema.properties) checkObject(schema, value, path, defs);
  if (schema.items) value.forEach((item, at) => checkBody(schema.items, item, `${path}.${at}`, defs));
  if (schema["x-check"] && !CHECKS[schema["x-check"]](value)) throw refuse(schema["x-check-code"] || code, path, value, schema["x-check"]);
}

function checkObject(schema, value, path, defs) {
  const [fields, others] = [schema.properties || {}, schema.additionalProperties];
  for (const name of schema.required || []) if (!(name in value)) throw refuse("FIELD_MISSING", `${path}.${name}`);
  for (const name of keysOf(value)) {
    const place = `${path}.${name}`;
    if (schema.propertyNames) checkBody(schema.propertyNames, name, place, defs);
    if (Object.hasOwn(fields, name)) checkBody(fields[name], value[name], place, defs);
    else if (isObject(others)) checkBody(others, value[name], place, defs);
    else if (others === false) throw refuse("FIELD_UNKNOWN", place);
  }
}

function fits(schema, value, path, defs) {
  try {
    checkBody(schema, value, path, defs);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
