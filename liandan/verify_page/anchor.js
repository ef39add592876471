// What the reader pins, and the keys at hand (reports/anchor.py): nothing of it comes from the file that is verified.

/** Pins as they are kept: hash of ``log.found``, lines of ``log.vkey``, text of a witness policy. */
const NO_PINS = { found: "", vkeys: [], policy: "" };

/** Pins of lines of text, in any order; Refusal VKEY_FORM, POLICY_FORM for what is none. */
async function parsePins(text) {
  const [pins, policy] = [{ ...NO_PINS, vkeys: [] }, []];
  if (text.length > POLICY_MAX) throw refuse("POLICY_FORM", "", text.length, `at most ${POLICY_MAX}`);
  for (const line of text.split(/\r?\n/).map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""))) {
    if (!line || line.startsWith("#")) continue;
    if (/^[0-9a-fA-F]{64}$/.test(line) && !pins.found) pins.found = line.toLowerCase();
    else if (/^(?:log|witness|group|quorum)(?:[ \t]|$)/.test(line)) policy.push(`${line}\n`);
    else pins.vkeys.push((await parseVkey(line)).text);
  }
  pins.policy = policy.join("");
  if (pins.policy) await parsePolicy(pins.policy);
  return pins;
}

const textOfPins = (pins) => [pins.found, ...pins.vkeys, pins.policy.trim()].filter(Boolean).join("\n");

/** What is verified with: the pins; `bundle`, opened under these pins, tells keys; `retired` are keys known to be retired. */
async function anchorOf(given, bundle = null, retired = []) {
  const pins = { ...NO_PINS, ...given };
  const policy = pins.policy ? await parsePolicy(pins.policy) : null;
  return { ...pins, policy, bundle, retired, isPinned: Boolean(pins.found || pins.vkeys.length || (policy && policy.logs.length)) };
}

/** The witnesses that count: the reader's policy, else the one in force in the bundle. */
async function witnessesOf(anchor) {
  if (anchor.policy) return anchor.policy;
  return anchor.bundle ? parsePolicyLines(anchor.bundle.facts.log.policy) : { witnesses: [], quorum: "none", isMetBy: () => true };
}

/** The checkpoint, signed by the log, no known witness's line failing, with the quorum of the reader's own policy; Refusal. */
async function openPinned(note, anchor) {
  const { vkeys, bundle, policy } = anchor;
  const logKeys = vkeys.length ? vkeys : bundle ? bundle.facts.log.keys : policy ? policy.logs : [];
  if (!logKeys.length) throw refuse("RECEIPT_UNCHECKED", "checkpoint", "", "log.vkey");
  const { witnesses } = await witnessesOf(anchor);
  const opened = await openCheckpoint(note, logKeys, witnesses.map((witness) => witness.vkey));
  const named = opened.cosigned.map((line) => line.vkey);
  // A line that this page does not compute may make the quorum: it makes the answer 未核验, never good, and is not called bad.
  if (policy && !policy.isMetBy([...named, ...opened.uncomputed])) {
    throw refuse("NOTE_SIGNATURE", "quorum", opened.cosigned.map((line) => line.name).join(", ") || "-", `the quorum "${policy.quorum}" of the policy`);
  }
  return opened;
}

/** A bundle that agrees with every pin; Refusal otherwise. */
async function openByPins(raw, anchor, progress) {
  const bundle = await openBundle(raw, anchor.found, progress);
  const { keys } = bundle.facts.log;
  if (!anchor.vkeys.every((vkey) => keys.includes(vkey))) throw refuse("FOUND_DIFFERS", "log_keys", keys.join(", "), anchor.vkeys.join(", "));
  if (!anchor.vkeys.length && !anchor.policy) return bundle;
  const logKeys = anchor.vkeys.length ? anchor.vkeys : anchor.policy.logs.length ? anchor.policy.logs : keys;
  const opened = await openPinned(bundle.note, { ...anchor, vkeys: logKeys, bundle: null });
  return { ...bundle, uncomputed: [...bundle.uncomputed, ...opened.uncomputed.map(() => "ml-dsa-44")] };
}
