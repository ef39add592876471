// Forms that are acts: `<form data-act>` with a proposal as JSON and inputs that say where in the body they belong. The first thing that a page
// loads, and small: what signs is fetched when somebody presses the button.
//
// <form data-act data-next="/desk">
//   <script type="application/json" data-proposal>{"kind": …, "chain": …, "by": […], "body": {…}}</script>
//   <input data-path="lines.0.accepted_t" data-type="mass"> …  <button>签署</button>  <div data-outcome></div>
// </form>
// <form data-bring> with a file `file`: what the program has signed comes back.
// <form data-cosign="<hash>">, <form data-decline="<hash>"> with a field `reason`, <form data-withdraw="<hash>">: answers to a pending statement.
//
// data-judged: where the server says while somebody types whether it can go; what cannot is not signed.
// data-path: place in the body (numbers are places in lists, a last `+` appends). data-on="by.1": place in the proposal itself.
// data-personal="handler.name": becomes a commitment. data-type: text, mass (tonnes; data-unit="kg": kilograms; mass-text: as a correction names it), time (of a datetime-local, Beijing),
// day, choice, number, flag (a box; data-unchecked="false" says false, otherwise it is left out; of a select true/false), party, division,
// lines (one item a line), numbers (with blanks or commas between), file, json (of a correction: data-json is the value itself, otherwise data-as is
// the type that is typed). data-list: a list even of one. What is empty is left out.

import { gramsOf, tonnesOf, typedMass } from "./mass.js";
import { say } from "./words.js";

const W = {
  mass: ["写吨数，至多 6 位小数，如 5.6", "Tonnes, at most 6 decimals, e.g. 5.6"],
  number: ["写一个整数", "A whole number"],
  time: ["选择日期和时间", "A date and a time"],
  sending: ["正在发送…", "Sending…"],
};
const LAST = "liandan.outcome";

class Unfit extends Error {}

const VALUES = {
  mass(text, input) {
    const mass = typedMass(text);
    if (mass === null) throw new Unfit(say(W.mass));
    if (input.dataset.unit !== "kg") return mass;
    const grams = gramsOf(mass);
    if (grams % 1000n) throw new Unfit(say(W.mass));
    return tonnesOf(grams / 1000n);
  },
  "mass-text": (text, input) => JSON.stringify(tonnesOf(gramsOf(VALUES.mass(text, input)))),
  number(text) {
    if (!/^-?\d{1,15}$/.test(text.normalize("NFKC"))) throw new Unfit(say(W.number));
    return Number(text.normalize("NFKC"));
  },
  time(text) {
    const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/.exec(text);
    if (!found && !/[+-]\d\d:\d\d$/.test(text)) throw new Unfit(say(W.time));
    return found ? `${found[1]}${found[2] || ":00"}+08:00` : text;
  },
  flag: (text) => text === "true" || text === "on",
  party: (text) => text.normalize("NFKC").toUpperCase().replace(/\s/g, ""),
  numbers: (text) => text.split(/[\s,，、;；]+/).filter(Boolean).map((one) => VALUES.number(one)),
  lines: (text) => text.split("\n").map((line) => line.trim()).filter(Boolean),
};

/** Sets `value` at a dotted path; `+` appends. */
export function place(target, path, value) {
  const steps = path.split(".");
  const last = steps.pop();
  let at = target;
  steps.forEach((step, number) => {
    const next = steps[number + 1] ?? last;
    const key = step === "+" ? at.length : /^\d+$/.test(step) ? Number(step) : step;
    if (at[key] === undefined) at[key] = /^(\d+|\+)$/.test(next) ? [] : {};
    at = at[key];
  });
  if (last === "+") at.push(value);
  else at[/^\d+$/.test(last) ? Number(last) : last] = value;
}

/** Lists without the places that nobody filled in. */
function dense(value) {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(dense);
  if (typeof value !== "object" || value === null || value instanceof Blob) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, dense(part)]));
}

async function digestOf(file) {
  const raw = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return { hex: Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join(""), base64: btoa(String.fromCharCode(...raw)) };
}

const mediaType = (file) => (/^[a-z]+\/[a-z0-9.+-]{1,64}$/.test(file.type) ? file.type : "application/octet-stream");

async function filesOf(input, proposal) {
  const named = [];
  for (const file of input.files) {
    const { hex, base64 } = await digestOf(file);
    named.push({ sha256: hex, size: file.size, media_type: mediaType(file), name: file.name.normalize("NFC") });
    proposal.files.push({ file, digest: base64 });
  }
  return named;
}

/** A value of a correction: a text of JSON, empty for nothing. */
function jsonOf(input) {
  const { json, as } = input.dataset;
  if (json !== undefined) return json;
  if (input.multiple && input.options) return JSON.stringify([...input.selectedOptions].map((option) => option.value));
  const text = input.value.normalize("NFC").trim();
  return text && JSON.stringify(VALUES[as] ? VALUES[as](text, input) : text);
}

function valueOf(input) {
  const type = input.dataset.type || "text";
  if (type === "json") return jsonOf(input);
  if (input.type === "checkbox" && type === "flag") return input.checked ? true : input.dataset.unchecked === "false" ? false : undefined;
  if ((input.type === "checkbox" || input.type === "radio") && !input.checked) return undefined;
  if (input.multiple && input.options) return [...input.selectedOptions].map((option) => option.value);
  const text = input.value.normalize("NFC").trim();
  if (!text) return undefined;
  return VALUES[type] ? VALUES[type](text, input) : text;
}

/** The proposal of a form with what was filled in; Unfit at the first input that is out of form, which is pointed out. */
export async function proposalOf(form) {
  const proposal = JSON.parse(form.querySelector("script[data-proposal]").textContent);
  proposal.body ??= {};
  proposal.personal ??= {};
  proposal.files = [];
  for (const input of form.querySelectorAll("[data-path], [data-on], [data-personal]")) {
    if (input.disabled || input.closest("[hidden], fieldset:disabled")) continue;
    input.setCustomValidity("");
    try {
      await take(input, proposal);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      input.setCustomValidity(error.message);
      input.reportValidity();
      input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
      throw error;
    }
  }
  proposal.body = dense(proposal.body);
  return proposal;
}

async function take(input, proposal) {
  const { path, on, personal } = input.dataset;
  const isList = input.dataset.list !== undefined;
  if (input.type === "file") {
    const files = await filesOf(input, proposal);
    if (files.length) place(proposal.body, path, isList || input.multiple ? files : files[0]);
    return;
  }
  const value = valueOf(input);
  if (value === undefined || (Array.isArray(value) && !value.length)) return;
  if (personal) proposal.personal[personal] = value;
  else if (on) place(proposal, on, value);
  else if (isList && !Array.isArray(value)) place(proposal.body, `${path}.+`, value);
  else place(proposal.body, path, value);
}

function outcomePlace(form) {
  const found = form.querySelector("[data-outcome]");
  if (found) return found;
  const made = document.createElement("div");
  made.setAttribute("data-outcome", "");
  form.append(made);
  return made;
}

async function show(form, found) {
  const next = form.dataset.next;
  form.dispatchEvent(new CustomEvent(`liandan:${found.state}`, { bubbles: true, detail: found }));
  if (next !== undefined && ["entered", "pending", "waiting", "declined", "withdrawn"].includes(found.state)) {
    remember(found);
    location.assign(next.replace("{statement}", found.statement).replace("{ulid}", () => (found.receipt ? found.receipt.chain.split("/").pop() : "")));
    return;
  }
  const { outcomeCard } = await import("./outcome.js");
  const target = outcomePlace(form);
  target.setAttribute("aria-live", "polite");
  const anew = (other) => show(form, other);
  target.replaceChildren(outcomeCard(found, { onAgain: anew, onResend: anew }));
  target.querySelector("h3").focus();
}

/** What the next page shows of what this one has done. */
export function remember(found) {
  try {
    const { state, statement, receipt, pending } = found;
    sessionStorage.setItem(LAST, JSON.stringify({ state, statement, receipt: receipt && { index: receipt.index }, pending }));
  } catch (error) {
    // the next page says nothing then; the receipt is kept all the same
  }
}

/** The card of what the page before has done, where this page has a place for it. */
async function showLast() {
  const target = document.querySelector("[data-last-outcome]");
  const kept = target && sessionStorage.getItem(LAST);
  if (!kept) return;
  sessionStorage.removeItem(LAST);
  const { outcomeCard } = await import("./outcome.js");
  target.replaceChildren(outcomeCard(JSON.parse(kept)));
}

/** Runs `work` and shows what comes of it; meanwhile no button can be pressed again. */
async function waiting(form, work) {
  const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
  const texts = buttons.map((button) => button.textContent);
  try {
    const found = work(() => {
      buttons.forEach((button) => (button.disabled = true));
      buttons.filter((button) => button.type === "submit").forEach((button) => (button.textContent = say(W.sending)));
    });
    await show(form, await found);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
  } finally {
    buttons.forEach((button, at) => Object.assign(button, { disabled: false, textContent: texts[at] }));
  }
}

const JUDGED_MS = 4000;

/** Whether the place that judges a form while it is typed says that it cannot go: asked anew, for the log goes on; its reasons come into view. */
async function isBlocked(form) {
  const judged = form.dataset.judged && document.querySelector(form.dataset.judged);
  if (!judged?.querySelector(".blocked")) return false;
  await new Promise((resolve) => {
    const watch = new MutationObserver(resolve);
    watch.observe(judged, { childList: true });
    setTimeout(resolve, JUDGED_MS);
    form.dispatchEvent(new Event("change"));
  });
  const reasons = judged.querySelector(".blocked");
  if (!reasons) return false;
  reasons.tabIndex = -1;
  reasons.focus({ preventScroll: true });
  reasons.scrollIntoView({ block: "nearest" });
  return true;
}

/** What a form does: an act, or an answer to what somebody else has begun. */
const DOING = {
  act: async (form, begin) => {
    const proposal = await proposalOf(form);
    if (await isBlocked(form)) throw new Unfit();
    begin();
    const { signAct } = await import("./act.js");
    return signAct(proposal, { store: form.liandanStore, queued: form.liandanQueued });
  },
  cosign: async (form, begin) => {
    begin();
    return (await import("./cosign.js")).cosign(form.dataset.cosign);
  },
  decline: async (form, begin) => {
    begin();
    return (await import("./cosign.js")).decline(form.dataset.decline, form.elements.reason.value.normalize("NFC").trim());
  },
  bring: async (form, begin) => {
    begin();
    const [{ bringBack }, { stopped }] = [await import("./exchange.js"), await import("./act.js")];
    return bringBack(form.elements.file.files[0]).catch(stopped);
  },
  withdraw: async (form, begin) => {
    begin();
    return (await import("./cosign.js")).withdraw(form.dataset.withdraw);
  },
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const doing = Object.keys(DOING).find((name) => form.dataset[name] !== undefined);
  if (!doing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting(form, (begin) => DOING[doing](form, begin));
}, true);
document.addEventListener("input", (event) => {
  const card = event.target.form?.querySelector("[data-outcome] .outcome.bad, [data-outcome] .outcome.plain");
  if (card && !event.target.closest("[data-outcome]")) card.remove(); // it speaks of what stood there before
});
try {
  showLast();
} catch (error) {
  // a browser without storage remembers nothing
}
