// The forms of the driver's page: labels in a row, checks by one tap, what is filled in before it is needed, the truck of this phone.

import { fill, scanLabels } from "./codes.js";

const SERIAL = 3;

const linesOf = (area) => [...new Set(area.value.toUpperCase().split("\n").map((line) => line.trim()).filter(Boolean))];

function labels(group, words, changed) {
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

function checks(group, changed) {
  group.querySelector("[data-checks-all]").onclick = () => {
    group.querySelectorAll("input").forEach((box) => (box.checked = true));
    changed();
  };
}

const inputsOf = (form) => [...form.querySelectorAll("[data-path], [data-signer]")];
const nameOf = (input) => `${input.dataset.path || input.dataset.signer} ${input.type === "checkbox" ? input.value : ""}`;

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

/** What is filled in outlives the page: a form is filled in while the truck is loaded. `queue.note` keeps it, by trip. */
export async function prepare(form, chain, queue, words) {
  const name = `draft ${chain} ${form.id}`;
  const [kept, truck] = [await queue.note(name), await queue.note("vehicle")];
  if (truck) {
    for (const input of form.querySelectorAll("[data-vehicle]")) {
      const known = truck[input.dataset.path];
      if (known && !input.value && form.dataset.drive === "manifest.depart/1") input.value = known;
    }
  }
  if (kept) restore(form, kept);
  const changed = () => queue.note(name, valuesOf(form));
  form.addEventListener("input", changed);
  form.querySelectorAll("[data-labels]").forEach((group) => labels(group, words, changed));
  form.querySelectorAll("[data-checks]").forEach((group) => checks(group, changed));
}

/** After a signature: the draft has done its work, and the truck is this phone's. */
export async function signedFrom(form, chain, queue) {
  await queue.note(`draft ${chain} ${form.id}`, {});
  const worn = Object.fromEntries([...form.querySelectorAll("[data-vehicle]")].map((input) => [input.dataset.path, input.value.trim()]));
  if (worn["vehicle.plate"]) await queue.note("vehicle", worn);
}

/** Whether everything that is needed is filled in; what lacks is pointed out. */
export function isFull(form) {
  const lacking = [...form.querySelectorAll("[data-labels], [data-checks]")].find((group) => {
    const area = group.querySelector("textarea");
    return area ? !linesOf(area).length && group.querySelector("[data-labels-first]") : [...group.querySelectorAll("input")].some((box) => !box.checked);
  });
  if (!form.reportValidity()) return false;
  if (lacking) {
    lacking.scrollIntoView({ block: "center" });
    lacking.querySelector("button, input").focus();
  }
  return !lacking;
}
