// The page of a manifest: a correction shows what stands in the field that is chosen and takes the new value as people write it; a plate that the
// carrier has come with before brings its licences.
//
// <script type="application/json" data-amend>{"contract.no": {"json": "\"HT-1\"", "shown": "HT-1", "typed": "text", "options": []}, …}</script>

import { make, say } from "../island/words.js";

const W = { empty: ["（未填）", "(empty)"], none: ["删去，不填", "take it out"] };
const CONTROLS = { time: "datetime-local", day: "date" };

/** The control of a new value, in the place of the one before. */
function controlFor(input, field) {
  const { id, name } = input;
  const path = input.dataset.path;
  const kept = { id, name, "data-path": path, "data-type": "json", "data-as": field.typed };
  if (field.typed === "choice") return make("select", kept, make("option", { value: "" }, say(W.none)), field.options.map(([value, text]) => make("option", { value }, text)));
  if (field.typed === "choices") return make("select", { ...kept, multiple: true, size: Math.min(6, field.options.length) }, field.options.map(([value, text]) => make("option", { value }, text)));
  if (field.typed === "lines" || field.shown.length > 40) return make("textarea", { ...kept, rows: 3 });
  return make("input", { ...kept, type: CONTROLS[field.typed] || "text", inputmode: { mass: "decimal", number: "numeric" }[field.typed], autocomplete: "off" });
}

document.addEventListener("change", (event) => {
  const chosen = event.target.closest("select[data-path^='changes.'][data-path$='.path']");
  const told = chosen && chosen.closest(".one-act")?.querySelector("script[data-amend]");
  const field = told && JSON.parse(told.textContent)[chosen.value];
  if (!field) return;
  const row = chosen.closest("[data-row]");
  const [was, now] = ["was", "now"].map((name) => row.querySelector(`[data-path="${chosen.dataset.path.replace(/path$/, name)}"]`));
  Object.assign(was.dataset, { type: "json", json: field.json });
  was.value = field.shown || say(W.empty);
  was.readOnly = true;
  const typed = controlFor(now, field);
  now.replaceWith(typed);
  row.querySelectorAll(".hint").forEach((hint) => hint.remove());
});

const plates = document.getElementById("desk-plates");
const plate = plates && document.querySelector("[data-kind='manifest.depart/1'] [data-path='vehicle.plate']");
if (plate) {
  plate.setAttribute("list", plates.id);
  plate.addEventListener("input", () => {
    const known = [...plates.options].find((option) => option.value === plate.value);
    if (!known) return;
    for (const [path, value] of [["licence_no", known.dataset.licence], ["trailer", known.dataset.trailer], ["trailer_licence_no", known.dataset.trailerLicence]]) {
      const input = plate.form.querySelector(`[data-path="vehicle.${path}"]`);
      if (input && !input.value) input.value = value;
    }
  });
}
