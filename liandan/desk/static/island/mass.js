// Tonnes as texts, added as whole grams: no float ever holds a mass.

const FORM = /^(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,6}))?$/;

/** Grams of a mass, or null. */
export function gramsOf(text) {
  const found = FORM.exec(text);
  return found ? BigInt(found[1]) * 1000000n + BigInt((found[2] || "").padEnd(6, "0")) : null;
}

/** Tonnes with six decimals. */
export const tonnesOf = (grams) => `${grams / 1000000n}.${String(grams % 1000000n).padStart(6, "0")}`;

/** A mass as people type it, as the log takes it: full-width digits, a comma for the point, blanks and zeros in front are put right; null for
 * anything else, and for more than 6 decimals: nothing is rounded. */
export function typedMass(text) {
  const plain = text.normalize("NFKC").replace(/[\s吨]|t$/gi, "").replace(/^(\d+),(\d{1,6})$/, (whole, a, b) => (b.length === 3 ? whole : `${a}.${b}`)).replace(/,(?=\d{3}(\D|$))/g, "").replace(/^\./, "0.").replace(/^0+(?=\d)/, "").replace(/\.$/, "");
  return FORM.test(plain) ? plain : null;
}
