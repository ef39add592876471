// Commitments to personal data (formats §7): what is signed is a hash; salt and value travel beside it and are never logged or kept in the clear log.

import { concat, sha256, toBase64, toHex, utf8 } from "./core.js";
import { Stopped } from "./words.js";

const SALT_BYTES = 32;
const FIELD = /^[a-z_]+(\.[a-z0-9_]+)*$/;

/** Hex SHA-256 that commits `value` for `field` of the statement (chain, seq) in the log `found`; the same bytes as signing/commitment.py. */
export async function commit(found, chain, seq, field, salt, value) {
  if (!FIELD.test(field) || salt.length !== SALT_BYTES || new Set(salt).size === 1 || value !== value.normalize("NFC")) {
    throw new Stopped("COMMIT_FIELD", ["个人信息不合要求。", "The personal data are out of form."], ["请重新填写。", "Enter them again."]);
  }
  return toHex(await sha256(concat(utf8(`liandan/pd/v1\n${found}\n${chain}\n${seq}\n${field}\n`), salt, utf8(value))));
}

/** {commit: {field: hash}, disclosures: [{field, salt, value}]} of {field: value}; empty values are left out. */
export async function commitAll(found, chain, seq, values) {
  const [committed, disclosures] = [{}, []];
  for (const [field, given] of Object.entries(values)) {
    const value = given.normalize("NFC").trim();
    if (!value) continue;
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    committed[field] = await commit(found, chain, seq, field, salt, value);
    disclosures.push({ field, salt: toBase64(salt), value });
  }
  return { commit: committed, disclosures };
}
