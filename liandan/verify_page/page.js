// The page: what people do, and what is kept between two visits. Nothing is fetched and nothing is sent.

const FILES_MAX = 500;
const $ = (id) => document.getElementById(id);

/** `bundle`: the newest that was verified under `pins`; it tells the keys of refusals and receipts. */
const state = { pins: NO_PINS, memory: null, bundle: null, answers: [], camera: null };

// -- words

function speak() {
  document.documentElement.lang = language ? "en" : "zh-CN";
  document.title = say(W.title);
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = say(W[place.dataset.word]);
  $("language").lang = language ? "zh-CN" : "en";
  showAnswers();
  return showPins();
}

function announce(text) {
  $("status").textContent = text;
}

// -- answers

/** All answers again, newest first: at the beginning and when the language changes. */
function showAnswers() {
  $("cards").replaceChildren(...state.answers.map(answerCard));
  countAnswers();
}

function countAnswers() {
  $("answers").hidden = !state.answers.length;
  const count = (test) => state.answers.filter(test).length;
  const numbers = [state.answers.length, count((one) => ["bad", "unpinned"].includes(one.verdict)), count((one) => one.paper === "unchecked")];
  $("total").textContent = state.answers.length > 1 ? say(W.total, ...numbers) : "";
}

function add({ bundle, ...report }) {
  state.answers.unshift(report); // without the evidence: hundreds of answers must fit a phone
  $("cards").prepend(answerCard(report));
  countAnswers();
  announce([fileOf(report) || formWord(report), say(VERDICTS[report.verdict])].join(language ? ": " : "："));
}

/** The gravest first; files of others, which nobody asked about, last. */
const gravity = (report) => (report.form === "unknown" && report.verdict === "other" ? 6 : ["bad", "unpinned", "unlogged", "unchecked", "other", "good"].indexOf(report.verdict));

/** Answers to files that were given together: what is wrong with one must not lie below twenty good ones. */
function arrange(count) {
  const newest = state.answers.splice(0, count).sort((a, b) => gravity(a) - gravity(b));
  state.answers.unshift(...newest);
  showAnswers();
  announce(say(W.worst, count, say(VERDICTS[newest[0].verdict])));
}

/** What verified evidence tells of keys; answers that stand already are given anew by it. */
function learn(report) {
  if (!report.bundle || report.findings.length) return;
  const before = state.memory.retired.length;
  state.memory.learn(report, state.pins);
  if (!state.bundle || state.bundle.checkpoint.size <= report.size) state.bundle = report.bundle;
  if (state.memory.retired.length === before) return;
  state.answers = state.answers.map((answer) => knowing(answer, state.memory.retired));
  showAnswers();
}

async function checkClaim(text) {
  add(await verifyClaim(text, state.pins, state.memory.under(state.pins)));
}

/** What a file of a browser is: a code in a picture, pins for the form, or something to verify ({name, raw}); null where it was done with. */
async function opened(file) {
  if (file.size > FILE_MAX) {
    add(finished({ file: printable(file.name), form: "unknown", findings: [reason("FILE_FORM", "", file.size, `at most ${FILE_MAX} bytes`)] }));
    return null;
  }
  const raw = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
  if (raw === null) {
    add(finished({ file: printable(file.name), form: "unknown", findings: [reason("FILE_FORM", "", "", "a file that can be read")] }));
    return null;
  }
  const isUnknown = formOf(raw, file.name) === "unknown" && !isReceipt(file.name);
  if (isUnknown && file.type.startsWith("image/")) {
    const text = await codeInPicture(file);
    if (text === null) announce(say(W.noCode));
    else await checkClaim(text);
    return null;
  }
  return isUnknown && (await offerPins(raw)) ? null : { name: file.name, raw };
}

async function checkFiles(files) {
  const before = state.answers.length;
  const [given, names] = [[], new Set()];
  for (const file of files) {
    const one = await opened(file);
    if (!one) continue;
    if (isReceipt(one.name) && names.has(one.name)) {
      add(finished({ file: printable(one.name), form: "unknown", findings: [reason("FILE_FORM", "", say(W.twice, printable(one.name)), "")] }));
      continue;
    }
    names.add(one.name);
    given.push(one);
  }
  const progress = $("progress");
  const tell = (done, of) => {
    progress.max = of;
    progress.value = done;
  };
  const told = (report) => {
    learn(report);
    add(report);
  };
  // A bundle is at hand only as long as the pins are those under which it was verified.
  const isAlone = files.length === 1 && given.length === 1 && !isReceipt(given[0].name);
  try {
    if (isAlone) told(await verifyBytes(given[0].raw, given[0].name, state.pins, state.bundle, tell, state.memory.retired));
    else if (given.length) await verifyTogether(given, state.pins, state.bundle, state.memory.retired, told, tell);
  } catch (error) {
    console.error(error);
    add(finished({ file: given.map((one) => printable(one.name)).join(", ").slice(0, 200), form: "unknown", notes: [reason("NOTE_CRASHED")] }));
  }
  if (state.answers.length - before > 1) arrange(state.answers.length - before);
}

/** On a phone the answer lies below the buttons: its verdict is brought to the top, at once, or what was said where there is no answer. */
function bringIntoView(isAnswered) {
  const card = isAnswered ? $("cards").firstElementChild : null;
  const place = card && state.answers.length > 1 ? $("total") : card || $("status");
  if (place.getBoundingClientRect().top > innerHeight * 0.4 || place.getBoundingClientRect().top < 0) place.scrollIntoView({ block: "start" });
}

let queue = Promise.resolve();
/** One thing after the other; whatever breaks is said and does not stop the next. */
function enqueue(work) {
  queue = queue.then(async () => {
    document.body.classList.add("busy");
    announce(say(W.working));
    const before = state.answers.length;
    try {
      await work();
    } catch (error) {
      console.error(error);
      announce(say(W.crashed));
    }
    document.body.classList.remove("busy");
    bringIntoView(state.answers.length > before);
  });
  return queue;
}

function take(files) {
  const given = [...files];
  if (given.length) enqueue(() => checkFiles(given.slice(0, FILES_MAX)));
  if (given.length > FILES_MAX) enqueue(async () => announce(say(W.tooMany, FILES_MAX)));
}

/** Files that were dropped, and those that lie directly in a folder that was. */
async function dropped(transfer) {
  const [items, files] = [[...transfer.items], [...transfer.files]];
  const folders = items.map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter((entry) => entry && entry.isDirectory);
  if (!folders.length) return files;
  const found = files.filter((file) => !folders.some((folder) => folder.name === file.name));
  for (const folder of folders) {
    const reader = folder.createReader();
    for (let some; found.length <= FILES_MAX && (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; ) {
      for (const entry of some) if (entry.isFile && !entry.name.startsWith(".")) found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    }
  }
  return found;
}

// -- pins

async function showPins() {
  const anchor = await anchorOf(state.pins);
  const { found, vkeys, policy } = anchor;
  const held = [found ? `${found.slice(0, 8)}…` : "", ...vkeys.map((vkey) => vkey.split("+").slice(0, 2).join("+")), policy ? say(W.policyHeld, policy.quorum) : ""].filter(Boolean);
  const alone = held.length && !anchor.isPinned ? say(W.policyAlone) : "";
  $("pin-state").textContent = held.length ? `${say(W.pinsHeld)} ${held.join(", ")}${alone}` : say(W.pinsNone);
}

function usePins(pins) {
  if (textOfPins(pins) !== textOfPins(state.pins)) state.bundle = null; // it was opened under other pins: it tells nothing
  state.pins = pins;
  $("pin-text").value = textOfPins(pins);
  return showPins();
}

/** A file of pins fills the form and is not believed by itself: it may lie beside a forged certificate. */
async function offerPins(raw) {
  if (raw.length > POLICY_MAX) return false;
  const text = new TextDecoder("utf-8").decode(raw);
  const pins = await parsePins(text).catch(() => null);
  if (!pins || !textOfPins(pins)) return false;
  const held = $("pin-text").value.trim();
  $("pins").open = true;
  $("pin-text").value = [...new Set([held, text.trim()])].filter(Boolean).join("\n");
  $("pin-text").focus();
  $("pin-answer").textContent = say(W.pinsFile);
  announce(say(W.pinsFile));
  return true;
}

async function keepPins() {
  try {
    await usePins(await parsePins($("pin-text").value));
    $("pin-answer").textContent = store.write("pins", state.pins) ? say(W.pinsKept) : say(W.pinsLost);
  } catch (error) {
    const [one] = error instanceof Refusal ? error.reasons : [reason("POLICY_FORM")];
    $("pin-answer").textContent = [say(W.pinsBad), one.found, one.expected && `${say(W.expected)} ${one.expected}`].filter(Boolean).join(" ");
  }
}

function dropPins() {
  state.memory.forget();
  state.bundle = null;
  usePins(NO_PINS);
  store.write("pins", NO_PINS);
  $("pin-answer").textContent = say(W.pinsDropped);
}

// -- camera

async function scan() {
  if (state.camera) {
    state.camera.stop();
    return;
  }
  try {
    $("viewfinder").hidden = false;
    state.camera = await startCamera($("video"));
    $("scan").firstElementChild.dataset.word = "stop";
    speak();
    announce(say(W.scanning));
    const text = await state.camera.read;
    if (text !== null) enqueue(() => checkClaim(text));
  } catch (error) {
    announce(say(W.noCamera));
  }
  state.camera = null;
  $("viewfinder").hidden = true;
  $("scan").firstElementChild.dataset.word = "scan";
  speak();
}

// -- beginning

function checkFragment() {
  if (location.hash.length > 1) enqueue(() => checkClaim(location.hash));
}

const SERVED = ["/v", "/verify.html"];
/** Where liandan serves the page, a browser can install it, and opens it without a network from then on (routes.py). */
async function offerInstallation() {
  if (!location.protocol.startsWith("http") || !SERVED.includes(location.pathname) || !navigator.serviceWorker) return;
  document.head.append(make("link", { rel: "manifest", href: "/v/manifest.webmanifest" }));
  await navigator.serviceWorker.register("/v/worker.js", { scope: "/v" }).catch(() => null);
}

function listen() {
  $("files").addEventListener("change", (event) => {
    take(event.target.files);
    event.target.value = "";
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      document.body.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") dropped(event.dataTransfer).then(take, () => announce(say(W.crashed)));
    });
  }
  $("language").addEventListener("click", () => {
    language = 1 - language;
    store.write("language", language);
    speak();
  });
  $("scan").addEventListener("click", scan);
  $("claim-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("claim-text").value;
    if (text.trim()) enqueue(() => checkClaim(text));
  });
  $("pin-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keepPins();
  });
  $("pin-drop").addEventListener("click", dropPins);
  $("clear").addEventListener("click", () => {
    state.answers = [];
    showAnswers();
    announce("");
  });
  window.addEventListener("hashchange", checkFragment);
}

async function begin() {
  language = store.read("language", 0) === 1 ? 1 : 0;
  state.memory = new Memory();
  $("scan").hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  $("home").hidden = !location.protocol.startsWith("http"); // a page kept as a file has no site behind it
  listen();
  offerInstallation();
  speak();
  if (!window.crypto || !crypto.subtle) {
    $("no-crypto").hidden = false;
    return;
  }
  queue = keptPins().then(usePins); // before anything is verified
  checkFragment();
}

/** For tests, and for whoever opens the console. */
window.liandan = {
  verifyBytes, verifyClaim, verifyTogether, parsePins, issuersTold, inflate,
  parts: { parseJson, envelopeOf, readStatement, readEntry, parseProof, parseClaim, checkBody: (kind, body) => checkBody(SCHEMAS[kind], body, "body", SCHEMAS[kind].$defs) },
  signed: { verifySignature, parseVkey, openCheckpoint, parseCheckpoint, checkInclusion, parsePolicy },
};
begin();
