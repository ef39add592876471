// The driver's page: the trip as the log has it, and on top of it what lies in this phone's queue. Every place of the trip with its acts is on
// the page already; this module shows the one that is true now, signs, and sends.

import { proposalOf } from "../island/form.js";
import { present } from "../island/log.js";
import { FrameError, readText, writeFrames } from "./frames.js";
import { Acts, codeOf } from "./acts.js";
import { fill, scanStatement, show } from "./codes.js";
import { isFull, prepare, signedFrom, signerIn } from "./forms.js";
import { keepPages, work } from "./install.js";
import { Queue, QueueError, lackingOf } from "./queue.js";
import { keptRow, message, sentNote, strip } from "./screen.js";

const $ = (id) => document.getElementById(id);
const { trip, words, uscc, found: log } = JSON.parse($("drive-data").textContent);
const OFTEN_MS = 5 * 60 * 1000; // the strip grows old while nobody touches the page
const [PAGES, SENT] = ["liandan-drive-pages", "liandan-drive-sent"];
let [queue, acts, timer, isBusy, wantsFresh] = [null, null, null, false, false];
let shown = { acts: [], here: null, waiting: null };

const nameOf = (party) => trip?.names[party] || party;

/** Where the trip stands by the log's page and by what was signed here since: {stage, plate, waiting (an act that lacks a signature)}. */
function whereabouts(known) {
  let [stage, plate, waiting] = [trip.stages[0].key, trip.plate, null];
  for (const act of known.filter((one) => one.chain === trip.chain && one.seq > trip.head.seq).sort((a, b) => a.seq - b.seq)) {
    if (act.problem) break;
    if (lackingOf(act).length) {
      waiting = act;
      break;
    }
    const from = trip.stages.find((one) => one.key === stage);
    stage = from?.leads[act.kind] || stage;
    plate = act.said?.vehicle?.plate || plate;
  }
  return { stage, plate, waiting };
}

async function render() {
  const known = await queue.queued();
  shown.acts = known;
  strip(known, words, await present().catch(() => null));
  const entered = trip ? (await queue.entered(trip.chain)).sort((a, b) => b.seq - a.seq) : [];
  $("kept-card").hidden = !known.length && !entered.length;
  const does = { show: (act) => showAct(act), redo: (act) => redo(act), again: (act) => queue.again(act.statement).then(flush), aside: (act) => aside(act) };
  $("kept").replaceChildren(...[...known, ...entered].map((act) => keptRow(act, known, words, { nameOf, does, card: refusedCard, here: trip?.chain })));
  if (!trip) return;
  const here = whereabouts([...known, ...entered]);
  Object.assign(shown, here);
  document.querySelectorAll("[data-stage]").forEach((part) => (part.hidden = part.dataset.stage !== here.stage || (here.waiting !== null && part.closest("#next") !== null)));
  document.querySelectorAll(".stage").forEach((part) => part.classList.toggle("waits", here.waiting !== null));
  document.querySelectorAll("[data-pending]").forEach((button) => (button.closest(".card").hidden = known.some((act) => act.statement === button.dataset.pending && !lackingOf(act).includes(uscc))));
  $("plate").hidden = !here.plate;
  if (here.plate) $("plate").querySelector(".plate").textContent = here.plate;
  const said = here.waiting ? fill(words.wait_state, { who: lackingOf(here.waiting).map(nameOf).join("、") }) : "";
  $("wait-state").hidden = $("next-wait").hidden = !here.waiting;
  $("wait-state").textContent = $("next-wait-said").textContent = said;
}

/** A place for the card of an outcome, which comes as soon as its module has: few trips need one. */
function cardOf(found, more) {
  const place = document.createElement("div");
  place.className = "outcome";
  import("../island/outcome.js").then(({ outcomeCard }) => place.replaceWith(outcomeCard(found, more)));
  return place;
}

const refusedCard = (act) => cardOf({ state: "refused", problem: { errors: [], ...act.problem }, statement: act.statement });

// ---------------------------------------------------------------- signing

/** Who signs, in order: this phone's party, whoever alone may, or who was chosen. */
function signersOf(form, spec) {
  const chosen = spec.signers.map((one) => (one.you ? uscc : one.parties.length === 1 ? one.parties[0] : signerIn(form, one.role)));
  return [...new Set(chosen)];
}

async function submitted(form, isAlone) {
  if (isBusy || !isFull(form, words)) return;
  await busy(async () => {
    const spec = trip.stages.find((one) => one.key === shown.stage)?.acts[form.dataset.drive];
    const proposal = await proposalOf(form).catch(() => null);
    if (!spec || !proposal) return spec ? undefined : message(words.full); // the form has pointed out what is out of form
    if (await acts.isOvertaken(trip.chain)) return renew();
    proposal.by = isAlone ? [uscc] : signersOf(form, spec);
    const plate = proposal.body.vehicle?.plate || shown.plate || "";
    const found = await acts.sign(proposal, `${spec.text}　${plate}`.trim(), fill(words.trip, { number: trip.number }));
    if (found.state !== "queued") return tell(found);
    await signedFrom(form, trip.chain, queue);
    form.closest("details")?.removeAttribute("open");
    return after(found.act);
  });
}

/** What follows a signature: the code for the others, where others have to sign; sending, where there is a network. */
async function after(act) {
  await render();
  flush();
  if (acts.others(act).length) await showAct(act);
}

async function redo(act) {
  await busy(async () => {
    const found = await acts.redo(act);
    return found.state === "queued" ? after(found.act) : tell(found);
  });
}

async function aside(act) {
  if (!confirm(words.aside_sure)) return;
  await acts.withdraw(act);
  await queue.putAside(act.statement);
}

/** A result that is no act in the queue: a card, or nothing where somebody has changed his mind. */
function tell(found) {
  if (found.state === "cancelled") return undefined;
  return message(cardOf(found, { onAgain: (other) => (other.state === "queued" ? after(other.act) : tell(other)) }));
}

const REASONS = ["unknown", "stranger", "taken", "head", "key", "gone", "damaged", "incomplete", "none"];

function failed(error) {
  if (!(error instanceof QueueError || error instanceof FrameError)) throw error;
  message(fill(words[REASONS.includes(error.code) ? error.code : "damaged"] || words.damaged, { lacking: (error.lacking || []).join(", ") }));
}

async function busy(work) {
  if (isBusy) return;
  isBusy = true;
  $("message").hidden = $("sent").hidden = true;
  document.body.classList.add("busy");
  try {
    await work();
  } catch (error) {
    failed(error);
  } finally {
    isBusy = false;
    document.body.classList.remove("busy");
    await render();
    freshen();
  }
}

// ---------------------------------------------------------------- two phones

async function showAct(act) {
  const isAnswer = !act.isOwn;
  const end = await show(act, words, {
    answer: isAnswer,
    title: $("shower-title").dataset[isAnswer ? "answer" : "whole"],
    check: fill(words.code, { code: codeOf(act.statement) }),
    then: !isAnswer && lackingOf(act).length > 0,
  });
  if (end === "scan") await scan();
}

async function scan() {
  const brought = await scanStatement(words);
  if (brought) await taken(brought);
}

async function taken(brought) {
  const act = await acts.takeIn(brought);
  if (!act) return;
  await render();
  flush();
  if (brought.body && !act.isOwn && act.by.includes(uscc)) await showAct(act);
  if (!lackingOf(act).length) message(words.both);
}

async function imported(file) {
  let count = 0;
  for (const brought of await readText(await file.text())) {
    await queue.take(brought);
    count += 1;
  }
  message(fill(words.imported, { n: count }));
}

/** Every act of the queue as texts, in a file that `liandan statement outbox take` reads. */
async function exported() {
  const known = await queue.queued();
  if (!known.length) return message(words.nothing);
  const texts = await Promise.all(known.map(async (act) => (await writeFrames(act)).join("\n")));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${texts.join("\n\n")}\n`], { type: "text/plain" }));
  link.download = `liandan-outbox-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  await queue.note("exported", known.map((act) => act.statement));
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return undefined;
}

// ---------------------------------------------------------------- sending

/** Sends what is ready, and comes again when the log said so; whatever is entered makes this page old. */
export async function flush() {
  clearTimeout(timer);
  if (!(await queue.queued()).length) return;
  $("send").disabled = true;
  const done = await acts.drain();
  $("send").disabled = false;
  if (done.entered) {
    wantsFresh = true;
    sessionStorage.setItem(SENT, done.entered);
    sentNote(done.entered, words);
  }
  await render();
  if (done.later !== null) timer = setTimeout(flush, done.later * 1000);
  freshen();
}

/** What the button sends, and what became of it: nobody presses it for nothing. */
async function sendNow() {
  await flush();
  const left = await queue.queued();
  if (!left.length) return;
  if (!navigator.onLine) message(words.away);
  else if (left.every(isRelayed)) message(fill(words.relayed, { who: [...new Set(left.flatMap(lackingOf))].map(nameOf).join("、") }));
  else if (left.every((act) => act.problem === null)) message(words.busy);
}

/** Whether whoever has still to sign finds it at the log: nothing of it is on this phone alone. */
const isRelayed = (act) => act.problem === null && lackingOf(act).length > 0 && act.relay?.state === "waiting";

/** The page anew from the log, once nothing is under way on it. */
function freshen() {
  const isOpen = isBusy || document.querySelector("dialog[open]") || !$("message").hidden;
  if (!wantsFresh || isOpen || !navigator.onLine || shown.acts.length) return;
  renew();
}

function renew() {
  wantsFresh = false;
  location.reload();
}

async function leave(event) {
  const form = event.target;
  if (!form.matches("form[data-leave]") || form.dataset.sure) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const exported = new Set(await queue.note("exported"));
  const left = (await queue.queued()).filter((act) => !isRelayed(act) && !exported.has(act.statement));
  if (left.length) return message(fill(words.leave, { n: left.length }));
  await caches.delete(PAGES);
  form.dataset.sure = "yes";
  return form.requestSubmit(event.submitter);
}

function listen() {
  document.addEventListener("submit", leave, true);
  document.querySelectorAll("form[data-drive]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submitted(form, false);
    });
  });
  document.querySelectorAll("[data-alone]").forEach((button) => (button.onclick = () => submitted($(button.dataset.alone), true)));
  document.querySelectorAll("[data-pending]").forEach((button) => (button.onclick = () => busy(async () => taken(await acts.fetchPending(button.dataset.pending)))));
  if ($("scan")) $("scan").onclick = () => busy(scan);
  if ($("next-show")) $("next-show").onclick = () => busy(() => showAct(shown.waiting));
  if ($("police")) $("police").onclick = async () => (await import("./road.js")).open(trip.id, queue, words);
  $("send").onclick = () => busy(sendNow);
  $("export").onclick = () => busy(exported);
  $("import").onchange = ({ target }) => busy(async () => imported(target.files[0])).then(() => (target.value = ""));
  addEventListener("online", () => acts.meetLog().then(flush));
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  addEventListener("pageshow", (event) => event.persisted && render());
  queue.listen(render);
  setInterval(render, OFTEN_MS);
}

/** Of a firm's trips the one of this phone: what was signed here last. Answers whether the page goes there. */
async function isElsewhere() {
  const mine = location.pathname === "/drive/" && trip ? await queue.newest() : null;
  if (!mine || mine === trip.chain) return false;
  const link = [...document.querySelectorAll("a[data-trip]")].find((one) => one.pathname.endsWith(mine.replace("manifest", "/m")));
  if (link) location.replace(link.href);
  return Boolean(link);
}

async function begin() {
  queue = await Queue.open(trip ? trip.found : log);
  if (await isElsewhere()) return;
  sentNote(sessionStorage.getItem(SENT), words);
  sessionStorage.removeItem(SENT);
  acts = new Acts(queue, uscc);
  if (trip) await queue.learn(trip.chain, trip.head.seq, trip.head.hash);
  listen();
  if (trip) for (const form of document.querySelectorAll("form[data-drive]")) await prepare(form, trip.chain, queue, words);
  await render();
  document.documentElement.dataset.ready = "yes";
  await work(() => shown.acts.length === 0);
  if (navigator.onLine) await acts.meetLog();
  await flush();
  await keepPages();
}

begin();
