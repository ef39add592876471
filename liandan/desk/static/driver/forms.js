// The forms of the driver's page: labels in a row, checks by one tap, what is filled in before it is needed, the truck of this phone.

import { fill, scanLabels } from "./codes.js";

const SERIAL = 3;

const linesOf = (area) => [...new Set(area.value.toUpperCase().split("\n").map((line) => line.trim()).filter(Boolean))];

function labels(group, words, changed, used) {
  const [area, said] = [group.querySelector("textarea"), group.querySelector("[data-labels-said]")];
  const none = said.textContent;
  const tell = () => {
    const count = linesOf(area).length;
    said.textContent = count ? fill(words.labels, { n: count }) : none;
  };
  const set = (lines) => {
    area.value = [...new Set(lines)].join("\n");
    tell();
    changed();
    return linesOf(area).length;
  };
  group.querySelectorAll("[data-labels-first]").forEach((button) => {
    goOn(button, used, words);
    button.onclick = () => {
      const { labelsFirst: first, labelsCount: count } = button.dataset;
      const [head, from] = [first.slice(0, -SERIAL), Number(first.slice(-SERIAL))];
      set([...linesOf(area), ...Array.from({ length: Number(count) }, (_, at) => head + String(from + at).padStart(SERIAL, "0"))]);
    };
  });
  group.querySelector("[data-labels-scan]").onclick = () => scanLabels(words, (label) => set([...linesOf(area), label]));
  group.querySelector("[data-labels-clear]").onclick = () => set([]);
  area.addEventListener("input", tell);
  tell();
}

/** A second load of the day goes on behind the labels that this phone has signed for: a label is of one pack. */
function goOn(button, used, words) {
  const { labelsFirst: first, labelsCount: count } = button.dataset;
  const [head, from] = [first.slice(0, -SERIAL), Number(first.slice(-SERIAL))];
  const next = Math.max(from, ...used.filter((one) => one.startsWith(head)).map((one) => Number(one.slice(-SERIAL)) + 1));
  const last = next + Number(count) - 1;
  if (next === from || last >= 10 ** SERIAL) return;
  const written = (number) => String(number).padStart(SERIAL, "0");
  button.dataset.labelsFirst = head + written(next);
  button.textContent = fill(words.row, { first: written(next), last: written(last), n: count });
}

function checks(group, changed) {
  group.querySelector("[data-checks-all]").onclick = () => {
    group.querySelectorAll("input").forEach((box) => (box.checked = true));
    changed();
  };
}

const OTHER = "other";

/** Whoever takes over is chosen by name; only of a stranger the code is asked for. */
function stranger(select) {
  const code = document.getElementById(select.dataset.other);
  const tell = () => {
    code.disabled = select.value !== OTHER;
    code.parentElement.hidden = code.disabled;
  };
  select.addEventListener("change", tell);
  tell();
}

/** The code of who signs in a role, as it was chosen or typed. */
export function signerIn(form, role) {
  const chosen = form.querySelector(`[data-signer="${role}"]`)?.value;
  return chosen === OTHER ? form.querySelector(`[data-signer-code="${role}"]`).value.normalize("NFKC").trim().toUpperCase() : chosen;
}

const inputsOf = (form) => [...form.querySelectorAll("[data-path], [data-signer], [data-signer-code]")];
const nameOf = (input) => `${input.dataset.path || input.dataset.signer || input.dataset.signerCode} ${input.type === "checkbox" ? input.value : ""}`;

/** Values by field, as a person left them. */
function valuesOf(form) {
  return Object.fromEntries(inputsOf(form).map((input) => [nameOf(input), input.type === "checkbox" ? input.checked : input.value]));
}

function restore(form, values) {
  for (const input of inputsOf(form)) {
    const value = values[nameOf(input)];
    if (value === undefined || value === "") continue;
    if (input.type === "checkbox") input.checked = value;
    else input.value = value;
  }
}

/** Where a truck may stand: the ends of its way, and every county by its city. Fetched when a form that asks is opened. */
async function fillPlaces(form, kept, words) {
  const { PLACES } = await import("./places.js");
  const option = ([value, text]) => Object.assign(document.createElement("option"), { value, textContent: text });
  for (const select of form.querySelectorAll("select[data-type=division]")) {
    const groups = PLACES.map(([city, counties]) => {
      const group = Object.assign(document.createElement("optgroup"), { label: city || words.elsewhere });
      group.append(...counties.map(option));
      return group;
    });
    select.append(document.getElementById("divisions").content.cloneNode(true), ...groups);
    select.value = kept[nameOf(select)] || "";
  }
}

/** What is filled in outlives the page: a form is filled in while the truck is loaded. `queue.note` keeps it, by trip. */
export async function prepare(form, chain, queue, words) {
  const name = `draft ${chain} ${form.id}`;
  form.closest("details")?.addEventListener("toggle", () => fillPlaces(form, kept || {}, words), { once: true });
  const [kept, truck] = [await queue.note(name), await queue.note("vehicle")];
  if (truck) {
    for (const input of form.querySelectorAll("[data-vehicle]")) {
      const known = truck[input.dataset.path];
      if (known && !input.value && form.dataset.drive === "manifest.depart/1") input.value = known;
    }
  }
  if (kept) restore(form, kept);
  form.querySelectorAll("select[data-other]").forEach(stranger);
  const changed = () => queue.note(name, valuesOf(form));
  form.addEventListener("input", changed);
  const used = form.querySelector("[data-labels]") ? await queue.labels() : [];
  form.querySelectorAll("[data-labels]").forEach((group) => labels(group, words, changed, used));
  form.querySelectorAll("[data-checks]").forEach((group) => checks(group, changed));
}

/** After a signature: the draft has done its work, and the truck is this phone's. */
export async function signedFrom(form, chain, queue) {
  await queue.note(`draft ${chain} ${form.id}`, {});
  const worn = Object.fromEntries([...form.querySelectorAll("[data-vehicle]")].map((input) => [input.dataset.path, input.value.trim()]));
  if (worn["vehicle.plate"]) await queue.note("vehicle", worn);
}

/** Whether everything that is needed is filled in; what lacks is pointed out where it lacks. */
export function isFull(form, words) {
  form.querySelectorAll("input[data-vehicle]").forEach((input) => (input.value = input.value.normalize("NFKC").trim().toUpperCase()));
  form.querySelectorAll("textarea, [data-checks] input").forEach((input) => input.setCustomValidity(""));
  if (!form.reportValidity()) return false;
  const lacking = [...form.querySelectorAll("[data-labels], [data-checks]")]
    .map((group) => {
      const area = group.querySelector("textarea");
      if (area) return !linesOf(area).length && group.querySelector("[data-labels-first]") ? area : null;
      return [...group.querySelectorAll("input")].find((box) => !box.checked);
    })
    .find(Boolean);
  if (!lacking) return true;
  lacking.setCustomValidity(words.full);
  lacking.reportValidity();
  return false;
}
