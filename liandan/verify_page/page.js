// The page: what people do, and what is kept between two visits. Nothing is fetched and nothing is sent.

const FILES_MAX = 500;
const PIN_FILE_MAX = 8192;
const $ = (id) => document.getElementById(id);

/** localStorage where there is one; a browser may refuse it for files. */
const store = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`liandan.${name}`)) ?? otherwise;
    } catch (error) {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`liandan.${name}`, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  },
};

const state = { pins: NO_PINS, keys: [], atHand: null, answers: [], camera: null };

// -- words

function speak() {
  document.documentElement.lang = language ? "en" : "zh-CN";
  document.title = say(W.title);
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = say(W[place.dataset.word]);
  $("language").lang = language ? "zh-CN" : "en";
  showPins();
  showAnswers();
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
  announce([report.file, say(VERDICTS[report.verdict])].filter(Boolean).join(language ? ": " : "："));
}

/** Keys for claims that a verified bundle tells. Only those of a pinned log are kept for later visits. */
function learn(report) {
  if (!report.bundle || !["good", "unchecked", "unpinned"].includes(report.verdict)) return;
  state.atHand = report.bundle;
  const isOlder = state.keys.some((key) => key.found === report.found && key.isPinned >= report.isPinned && key.size > report.size);
  if (isOlder) return; // a newer checkpoint has spoken: what it retired stays retired
  state.keys = [...state.keys.filter((key) => key.found !== report.found), ...claimKeysOf(report)];
  store.write("keys", state.keys.filter((key) => key.isPinned));
}

function keysFor(pins) {
  return isPinned(pins) ? state.keys.filter((key) => key.isPinned) : state.keys;
}

async function checkClaim(text) {
  add(await verifyClaim(text, state.pins, keysFor(state.pins)));
}

async function checkFile(file) {
  if (file.type.startsWith("image/")) {
    const text = await codeInPicture(file);
    if (text === null) announce(say(W.noCode));
    else await checkClaim(text);
    return;
  }
  if (file.size > FILE_MAX) {
    add(finished({ file: file.name, form: "unknown", findings: [reason("FILE_FORM", "", file.size, `at most ${FILE_MAX} bytes`)] }));
    return;
  }
  const raw = new Uint8Array(await file.arrayBuffer());
  if (await offerPins(raw)) return;
  const progress = $("progress");
  const tell = (done, of) => {
    progress.max = of;
    progress.value = done;
  };
  const report = await verifyBytes(raw, file.name, state.pins, state.atHand, tell);
  learn(report);
  add(report);
}

/** On a phone the answer lies below the buttons. */
function bringIntoView() {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if ($("status").getBoundingClientRect().bottom > innerHeight * 0.7) $("status").scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
}

let queue = Promise.resolve();
/** One thing after the other; whatever breaks is said and does not stop the next. */
function enqueue(work) {
  queue = queue.then(async () => {
    document.body.classList.add("busy");
    announce(say(W.working));
    try {
      await work();
    } catch (error) {
      console.error(error);
      announce(say(W.crashed));
    }
    document.body.classList.remove("busy");
    bringIntoView();
  });
  return queue;
}

function take(files) {
  const given = [...files];
  for (const file of given.slice(0, FILES_MAX)) enqueue(() => checkFile(file));
  if (given.length > FILES_MAX) enqueue(async () => announce(say(W.tooMany, FILES_MAX)));
}

// -- pins

function showPins() {
  const { found, vkeys } = state.pins;
  const held = [found ? `${found.slice(0, 8)}…` : "", ...vkeys.map((vkey) => vkey.split("+").slice(0, 2).join("+"))].filter(Boolean);
  $("pin-state").textContent = held.length ? `${say(W.pinsHeld)} ${held.join(", ")}` : say(W.pinsNone);
}

function usePins(pins) {
  state.pins = pins;
  $("pin-text").value = [pins.found, ...pins.vkeys].filter(Boolean).join("\n");
  showPins();
}

/** A file of pins fills the form and is not believed by itself: it may lie beside a forged certificate. */
async function offerPins(raw) {
  if (raw.length > PIN_FILE_MAX || formOf(raw) !== "unknown") return false;
  const text = asCharacters(raw);
  const pins = await parsePins(text).catch(() => null);
  if (!pins || !isPinned(pins)) return false;
  $("pins").open = true;
  $("pin-text").value = text.trim();
  $("pin-text").focus();
  $("pin-answer").textContent = say(W.pinsFile);
  announce(say(W.pinsFile));
  return true;
}

async function keepPins() {
  const pins = await parsePins($("pin-text").value).catch(() => null);
  if (!pins) {
    $("pin-answer").textContent = say(W.pinsBad);
    return;
  }
  usePins(pins);
  $("pin-answer").textContent = store.write("pins", pins) ? say(W.pinsKept) : say(W.pinsLost);
}

function dropPins() {
  Object.assign(state, { keys: [], atHand: null });
  usePins(NO_PINS);
  store.write("pins", NO_PINS);
  store.write("keys", []);
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

/** Lets a browser install the page; the address is known only here, and nothing is fetched. */
function offerInstallation() {
  if (location.protocol !== "https:") return;
  const address = location.origin + location.pathname;
  const icon = document.querySelector('link[rel="icon"]').href;
  const about = { name: "联单核验", short_name: "联单核验", start_url: address, scope: address, display: "standalone", background_color: "#f7f9f8", theme_color: "#1f5a4c", icons: [{ src: icon, sizes: "any", type: "image/svg+xml" }] };
  document.head.append(make("link", { rel: "manifest", href: `data:application/manifest+json,${encodeURIComponent(JSON.stringify(about))}` }));
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
      if (kind === "drop") take(event.dataTransfer.files);
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

function begin() {
  language = store.read("language", 0) === 1 ? 1 : 0;
  const pins = store.read("pins", NO_PINS);
  state.keys = store.read("keys", []);
  usePins({ found: String(pins.found || ""), vkeys: Array.isArray(pins.vkeys) ? pins.vkeys : [] });
  $("scan").hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  listen();
  offerInstallation();
  speak();
  if (!window.crypto || !crypto.subtle) {
    $("no-crypto").hidden = false;
    return;
  }
  checkFragment();
}

/** For tests, and for whoever opens the console. */
window.liandan = {
  verifyBytes, verifyClaim, parsePins, claimKeysOf, inflate,
  parts: { parseJson, envelopeOf, readStatement, readEntry, checkBody: (kind, body) => checkBody(SCHEMAS[kind], body, "body", SCHEMAS[kind].$defs) },
  signed: { verifySignature, parseVkey, openCheckpoint, parseCheckpoint, checkInclusion, parsePolicy },
};
begin();
