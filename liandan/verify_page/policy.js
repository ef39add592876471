// Which witnesses a reader asks for (C2SP tlog-policy): a file of his own, or the lines that the log has in force.

const POLICY_LINES = 512;
const POLICY_MAX = 256 * 1024;

/** The items of a file's lines: comments and empty lines are left out; Refusal POLICY_FORM. */
async function parsePolicy(text) {
  if (utf8(text).length > POLICY_MAX || text.split("\n").length > POLICY_LINES + 1) throw refuse("POLICY_FORM", "", `${text.length} characters`, `at most ${POLICY_LINES} lines`);
  if (text && !text.endsWith("\n")) throw refuse("POLICY_FORM", "", "no line feed at the end", "every line ended by LF");
  return readPolicy(text.split("\n").slice(0, -1), true);
}

/** ``witness_policy`` of the log: the same lines, with neither comments nor addresses (formats §5). */
const parsePolicyLines = (lines) => readPolicy(lines, false);

/** {logs: [vkey], witnesses: [{name, vkey}], quorum, isMetBy(vkeys)}; Refusal POLICY_FORM, VKEY_FORM. */
async function readPolicy(lines, isFile) {
  const bad = (line, expected) => refuse("POLICY_FORM", "", line, expected);
  const [logs, witnesses, groups, names, used, keys] = [[], [], [], new Set(), new Set(), new Set()];
  let quorum = null;
  const define = (line, name) => {
    if (name === "none" || names.has(name)) throw bad(line, "a name that is not taken");
    names.add(name);
  };
  const take = async (line, role, text, isFit) => {
    const vkey = await parseVkey(text);
    const key = `${role} ${toHex(vkey.key)}`;
    if (!isFit(vkey.type) || keys.has(key)) throw bad(line, `a ${role} key of its type, once`);
    keys.add(key);
    return vkey.text;
  };
  if (lines.length > POLICY_LINES) throw bad(lines.length, `at most ${POLICY_LINES} lines`);
  const most = isFile ? 1 : 0; // addresses
  for (const line of lines) {
    if (/[\u0000-\u0008\u000A-\u001F\u007F]/.test(line)) throw bad(line, "no control character but tab");
    const [word, ...items] = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (isFile && (word === "" || word.startsWith("#"))) continue;
    if (word === "witness" && items.length >= 2 && items.length <= 2 + most) {
      define(line, items[0]);
      witnesses.push({ name: items[0], vkey: await take(line, "witness", items[1], (type) => type !== ED25519) });
    } else if (word === "log" && items.length >= 1 && items.length <= 1 + most) {
      logs.push(await take(line, "log", items[0], (type) => type !== COSIGNATURE));
    } else if (word === "group" && items.length > 2) {
      const [name, rule, ...members] = items;
      for (const member of members) {
        if (!names.has(member) || used.has(member)) throw bad(line, "members defined on earlier lines, each a member only once");
        used.add(member);
      }
      const threshold = rule === "all" ? members.length : rule === "any" ? 1 : /^[1-9][0-9]{0,2}$/.test(rule) ? Number(rule) : 0;
      if (threshold < 1 || threshold > members.length) throw bad(line, "all, any or a number");
      define(line, name);
      groups.push({ name, threshold, members });
    } else if (word === "quorum" && items.length === 1 && quorum === null && (items[0] === "none" || names.has(items[0]))) {
      [quorum] = items;
    } else throw bad(line, "log, witness, group or quorum");
  }
  if (quorum === null) throw bad("", "exactly one quorum line");
  const isMetBy = (vkeys) => {
    const met = new Set(witnesses.filter((witness) => vkeys.includes(witness.vkey)).map((witness) => witness.name));
    for (const group of groups) if (group.members.filter((member) => met.has(member)).length >= group.threshold) met.add(group.name);
    return quorum === "none" || met.has(quorum);
  };
  return { logs, witnesses, quorum, isMetBy };
}
