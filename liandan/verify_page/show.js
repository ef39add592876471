// Answers as elements. Text is only ever set as text: nothing of a file becomes markup.

function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

const SHAPES = {
  good: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm-1.6 16.2L5.6 12.4l2-2 2.8 2.8 6-6 2 2z",
  bad: "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4zM6 10.4v3.2h12v-3.2z",
  unchecked: "M12 1.5 23.5 22H.5zm-1.4 7v6.6h2.8V8.5zm0 8.2v2.6h2.8v-2.6z",
  unlogged: "M3 17.5V21h3.5L17.8 9.7l-3.5-3.5zM20.600 6.900c.4-.4.4-1 0-1.400L18.500 3.400c-.4-.4-1-.4-1.400 0l-1.700 1.700 3.500 3.500z",
  unpinned: "M12 .5 23.5 12 12 23.5.5 12zm-3.7 9h2.5c0-.8.5-1.2 1.2-1.2s1.2.4 1.2 1c0 .7-.4 1-1.1 1.600-.9.7-1.300 1.400-1.300 2.600v.5h2.400v-.4c0-.7.3-1 1.100-1.600 1-.8 1.500-1.600 1.500-2.800 0-1.900-1.500-3.200-3.700-3.200S8.300 7.400 8.300 9.500zM10.700 15.600v2.600h2.600v-2.600z",
  other: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm0 3a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm-1.2 3v6.2l4 2.6 1.2-1.9-2.8-1.8V7z",
};

/** A shape beside the word: colour is never alone. */
function icon(verdict) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) made.setAttribute(key, value);
  path.setAttribute("d", SHAPES[verdict]);
  made.append(path);
  return made;
}

/** Rows of a description list; a row without a value is left out. */
function rows(...pairs) {
  const list = make("dl");
  for (const [term, ...values] of pairs) {
    const shownValues = values.flat().filter((value) => value !== "" && value !== null && value !== undefined);
    if (!shownValues.length) continue;
    list.append(make("dt", {}, say(term)), make("dd", {}, ...shownValues.map((value) => (value instanceof Node ? value : make("div", {}, String(value))))));
  }
  return list;
}

const small = (text) => make("div", { class: "small" }, text);
const code = (text) => make("code", {}, text);
const section = (level, title, ...children) => make("section", {}, make(`h${level}`, {}, title), ...children);
const moment = shanghai;

/** At least three decimals, and the further ones where they say something. */
const massText = (mass) => `${tonnes(mass).replace(/0{1,3}$/, "")} ${say(W.tonnes)}`;

/** As a party was called when the manifest was issued, and as it is called now (reports/names.py). */
function nameOf(report, uscc) {
  const [now, then] = [report.names.get(uscc), report.then.get(uscc)];
  if (!then || then === now) return now;
  return language ? `${then} (${say(W.nameNow)}${now})` : `${then}（${say(W.nameNow)}${now}）`;
}

function partyText(report, uscc) {
  const name = nameOf(report, uscc);
  return [make("div", { class: "strong" }, name || uscc), name ? small(uscc) : null].filter(Boolean);
}

const placeText = (place) => small(`${place.address} · ${place.division}`);

function wasteRows(line) {
  const masses = [["declared", line.declared], ["loaded", line.loaded], ["accepted", line.accepted], ["refused", line.refused || null]];
  const told = masses.filter(([, mass]) => mass !== null).map(([word, mass]) => make("span", { class: "mass" }, `${say(W[word])} `, make("b", {}, massText(mass))));
  return make("div", { class: "waste" }, make("div", { class: "strong" }, line.name), small(`${line.code} · ${line.category}`), make("div", { class: "masses" }, ...told));
}

function manifestPart(report) {
  const { trip } = report;
  const leg = trip.legs.find((one) => one.isOpen) || trip.legs[trip.legs.length - 1];
  const newest = trip.acts[trip.acts.length - 1];
  const stage = make("div", { class: `stage ${/reject|void/.test(trip.stage) ? "alarm" : ""}` }, stageWord(trip.stage));
  return section(
    3, say(W.manifest),
    rows(
      [W.number, make("div", { class: "strong number" }, trip.number || say(W.noNumber))],
      [W.stage, stage],
      [W.asOf, moment(newest.admitted)],
      [W.wastes, trip.lines.map(wasteRows)],
      [W.from, partyText(report, trip.generator), placeText(trip.origin)],
      [W.to, partyText(report, trip.receiver), placeText(trip.destination)],
      [W.carrier, leg ? [...partyText(report, leg.carrier), leg.plate ? make("div", { class: "plate" }, leg.plate) : null] : null],
      [W.route, trip.route ? routeWord(trip.route) : null],
    ),
  );
}

const ACTS_SHOWN = 3;
/** When it was done; when it was admitted only where that is another minute. */
function timesOf(act) {
  const [done, admitted] = [moment(act.at), moment(act.admitted)];
  return done === admitted ? done : `${done} · ${say(W.entered)} ${admitted}`;
}

function actsPart(report) {
  const items = [...report.trip.acts].reverse().map((act) =>
    make(
      "li", {},
      make("div", { class: "strong" }, kindWord(act.kind)),
      make("div", {}, act.by.map((uscc) => nameOf(report, uscc) || uscc).join(language ? ", " : "、")),
      small(timesOf(act)),
    ),
  );
  const [newest, older] = [items.slice(0, ACTS_SHOWN), items.slice(ACTS_SHOWN)];
  const more = older.length ? make("details", {}, make("summary", {}, say(W.older, older.length)), make("ol", { class: "acts" }, ...older)) : null;
  return section(3, say(W.acts), make("ol", { class: "acts" }, ...newest), more);
}

/** Statements that are not in the log: who signed what, when he says it happened, of which chain. */
function signedPart(report) {
  const items = report.signed.map(({ statement, isLogged }) =>
    make(
      "li", {},
      make("div", { class: "strong" }, kindWord(statement.kind), " ", small(`${statement.kind} · ${say(isLogged ? W.isLogged : W.isUnlogged)}`)),
      make("div", {}, statement.by.map((uscc) => `${report.names.get(uscc) || ""} ${uscc}`.trim()).join(language ? ", " : "、")),
      small(`${statement.at.replace("T", " ")} · ${statement.chain} ${statement.seq}`),
    ),
  );
  return section(3, say(W.signed), make("ol", { class: "acts" }, ...items));
}

/** A finding or a note: what it says, what to do, and for whoever asks, code and values. */
function remark(one) {
  const isNote = one.code.startsWith("NOTE_") && one.code !== "NOTE_SIGNATURE" && one.code !== "NOTE_FORM";
  const values = [one.found ? `${say(W.found)} ${one.found}` : "", one.expected ? `${say(W.expected)} ${one.expected}` : ""];
  const said = isNote ? "" : values.filter(Boolean).join(language ? "; " : "；");
  const place = [one.code, isNote ? "" : one.field].filter(Boolean).join(" · ");
  return make(
    "li", {},
    make("div", { class: "strong" }, explained(one.code)),
    make("div", {}, make("span", { class: "todo" }, `${say(W.todo)}`), ` ${advice(one.code)}`),
    make("div", { class: "small machine" }, place, said ? make("div", {}, said) : null),
  );
}

function stepsPart(report) {
  const { cosigned, policy } = report;
  return make(
    "details", {},
    make("summary", {}, say(W.steps)),
    rows(
      [W.log, report.origin],
      [W.foundHash, code(report.found), small(say(report.isPinned ? W.isPin : W.isNoPin))],
      [W.checkpoint, report.entries ? say(W.entriesOf, report.size) : null],
      [W.root, report.root ? code(report.root) : null],
      [W.checked, report.entries ? say(W.counted, report.entries, report.signatures) : null],
      [W.witnesses, policy ? say(W.witnessCount, policy.length, cosigned.length) : null, (cosigned || []).map((line) => small(line.name))],
      [W.paper, own(PAPERS, report.paper) ? say(PAPERS[report.paper]) : null],
      [W.identity, report.subject ? code(report.subject) : null],
    ),
  );
}

function claimRows(report) {
  const { values, words } = report.claim;
  return rows(
    [W.document, say(TITLES[values.document === "t" ? "transit" : "certificate"])],
    [W.number, make("div", { class: "strong number" }, values.number)],
    [W.stage, make("div", { class: "stage" }, stageWord(values.stage))],
    [W.asOf, values.as_of.replace("T", " ")],
    [W.codes, values.codes],
    [W.mass, `${values.mass_t} ${say(W.tonnes)}`],
    ...values.parties.split(" ").map((uscc, at) => [W.parties[at], make("div", { class: "uscc" }, uscc)]),
    [W.plate, make("div", { class: "plate" }, values.plate)],
    [W.way, values.way.replace(" ", " → ")],
    [W.place, values.place],
    [W.compare, make("div", { class: "digits" }, words), small(say(W.compareHelp))],
  );
}

/** What a claim says; one that nobody vouches for says it only to whoever opens it. */
function claimPart(report) {
  if (report.verdict !== "other") return section(3, say(W.claimSays), claimRows(report));
  return make("details", {}, make("summary", {}, say(W.claimSaysUnchecked)), claimRows(report));
}

function receiptPart(report) {
  const told = report.codes.map((one) => make("div", {}, `${printable(one)} ${own(TEXTS, one) ? explained(one) : ""}`));
  return section(3, say(FORMS.receipt), rows([W.codesStated, told], [W.refusedAt, report.size], [W.statement, code(printable(report.subject))]));
}

function entryPart({ statement, index, admitted, signatures, cosigned }) {
  return section(
    3, say(FORMS.entry),
    rows(
      [W.act, make("div", { class: "strong" }, kindWord(statement.kind))],
      [W.entryAt, moment(admitted)],
      [W.placeInLog, index],
      [W.signedBy, statement.by.map((uscc) => make("div", { class: "uscc" }, uscc))],
      [W.signaturesOf, say(W.partySignatures, statement.by.length, signatures)],
      [W.witnesses, (cosigned || []).map((line) => small(line.name))],
      [W.identity, code(statement.chain)],
      [W.statement, code(statement.hash)],
    ),
  );
}

/** An excerpt's subject as its own chain tells it: the decision or the list. */
function excerptPart({ subject, acts }) {
  if (!acts) return null;
  const last = (kind) => (acts.filter((act) => act.kind === kind).pop() || {}).body;
  const [applied, decided, list] = [last("approval.apply/1"), last("approval.decide/1"), last("list.propose/1")];
  if (list) {
    return section(
      3, say(W.list),
      rows([W.identity, make("div", { class: "strong" }, subject.replace("list/", ""))], [W.inForce, `${list.effective_from} – ${list.effective_to}`], [W.rows, list.rows]),
    );
  }
  if (!applied) return null;
  const granted = decided && decided.lines ? decided.lines : [];
  const lines = applied.lines.map((line, at) => {
    const of = granted.find((one) => one.line === at);
    const masses = [of ? `${say(W.granted)} ${of.mass_t}` : say(W.notGranted)];
    return make("div", { class: "waste" }, make("div", { class: "strong" }, line.name), small(`${line.code} · ${line.category}`), make("div", { class: "masses" }, ...masses));
  });
  return section(
    3, say(W.decision),
    rows(
      [W.decision, decided ? make("div", { class: decided.approve ? "stage" : "stage alarm" }, say(decided.approve ? W.approved : W.notApproved)) : null],
      [W.decisionNo, decided ? decided.no : null],
      [W.decidedOn, decided ? decided.decided_on : null],
      [W.validTo, decided ? decided.valid_to : null],
      [W.parties[0], make("div", { class: "uscc" }, subject.split("/")[1])],
      [W.parties[2], make("div", { class: "uscc" }, applied.receiver)],
      [W.wastes, lines],
    ),
  );
}

/** What must be seen first, in words. */
function warnings(report) {
  const told = { NOTE_DEMO: W.isDemo, NOTE_QUORUM: W.isDegraded, NOTE_ISSUER_RETIRED: W.isRetired };
  const found = report.notes.map((note) => own(told, note.code)).filter(Boolean);
  return found.length ? make("ul", { class: "warnings" }, ...found.map((words) => make("li", {}, say(words)))) : null;
}

/** What the answer is about, for people: a claim has no name, only its text. */
const fileOf = (report) => (report.form === "claim" ? "" : report.file);

/** The card of one answer: the verdict, then what it is about. */
function answerCard(report) {
  const { verdict, findings, notes, form } = report;
  const meaning = (own(FORM_MEANINGS, form) || {})[verdict] || MEANINGS[verdict];
  const about = make("div", { class: "small" }, formWord(report), ...(fileOf(report) ? [" · ", make("bdi", {}, fileOf(report))] : []));
  const head = make("header", { class: "verdict" }, icon(verdict), make("div", {}, make("h2", {}, say(VERDICTS[verdict])), make("p", {}, say(meaning)), about));
  const isShown = verdict !== "bad";
  return make(
    "article", { class: `card ${verdict}`, "data-verdict": verdict },
    head,
    warnings(report),
    findings.length ? section(3, say(W.findings), make("ul", { class: "remarks" }, ...findings.map(remark))) : null,
    isShown && report.document === "attestation" ? section(3, say(TITLES.attestation), make("p", {}, say(W.noRecord))) : null,
    isShown && report.trip ? manifestPart(report) : null,
    isShown && report.acts ? excerptPart(report) : null,
    isShown && report.claim ? claimPart(report) : null,
    isShown && form === "receipt" ? receiptPart(report) : null,
    isShown && form === "entry" ? entryPart(report) : null,
    isShown && report.signed ? signedPart(report) : null,
    isShown && report.trip ? actsPart(report) : null,
    notes.length ? section(3, say(form === "unknown" ? W.remarks : W.notes), make("ul", { class: "remarks" }, ...notes.map(remark))) : null,
    isShown && report.found ? stepsPart(report) : null,
  );
}
