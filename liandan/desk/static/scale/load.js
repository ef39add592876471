// The truck on the scale: what was typed stays when another truck is looked at in between, for between gross and tare lies an hour; the address
// follows what is shown, so that a page that is loaded anew or gone back to shows it again; and a line that is accepted in part is added up.

import { gramsOf, tonnesOf, typedMass } from "../island/mass.js";

const KEPT = "liandan.scale.weights";
const KEPT_MS = 3 * 86_400_000;
const FIELDS = ["gross", "tare", "no"];

function kept() {
  try {
    const all = JSON.parse(localStorage.getItem(KEPT) || "{}");
    return Object.fromEntries(Object.entries(all).filter(([, one]) => Date.now() - one.at < KEPT_MS));
  } catch (error) {
    return {}; // a browser without storage keeps nothing
  }
}

function keep(all) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(all));
  } catch (error) {
    // then a typed weight is lost when another truck is chosen, as it would be on paper
  }
}

const weights = () => document.getElementById("weights");

function note() {
  const form = weights();
  if (!form) return;
  const said = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
  if (["gross", "tare"].some((name) => said[name] && !/^[\d.,，。．０-９ ]{1,12}$/.test(said[name]))) return; // no weight: a code, or not yet one
  const all = kept();
  if (said.gross || said.tare) all[form.dataset.key] = { ...said, at: Date.now() };
  else delete all[form.dataset.key];
  keep(all);
  mark();
}

/** What was typed of this truck before, where the page brings nothing. */
function recall() {
  const form = weights();
  const known = form && kept()[form.dataset.key];
  if (!known || form.elements.gross.value || form.elements.tare.value) return;
  for (const name of FIELDS) if (known[name] && !form.elements[name].value) form.elements[name].value = known[name];
  const next = form.elements.gross.value ? form.elements.tare : form.elements.gross;
  next.focus();
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Which trucks of the list have their gross, and since when. */
function mark() {
  const all = kept();
  for (const link of document.querySelectorAll(".truck-to[data-key]")) {
    const place = link.querySelector("[data-held]");
    const known = all[link.dataset.key];
    place.hidden = !known || !known.gross || Boolean(known.tare);
    if (place.hidden) continue;
    const at = new Date(known.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    place.textContent = link.closest("[data-held-text]").dataset.heldText.replace("{gross}", known.gross).replace("{at}", at);
  }
}

/** The chosen truck, and the address of what is shown. */
function follow(target) {
  const shown = target.querySelector("[data-address]");
  if (!shown) return;
  const key = weights() ? weights().dataset.key : "";
  for (const link of document.querySelectorAll("#expected-head ~ * .truck-to, .truck-to")) {
    const isChosen = link.dataset.key === key && !link.closest("#load");
    link.closest(".truck").classList.toggle("chosen", isChosen);
    if (isChosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const address = shown.dataset.address;
  const before = `${location.pathname}${location.search}`;
  if (address === before) return;
  const [old, now] = [before, address].map((text) => new URLSearchParams(text.split("?")[1]));
  const isStep = old.get("truck") !== now.get("truck") || old.get("way") !== now.get("way");
  history[isStep ? "pushState" : "replaceState"]({ scale: true }, "", address);
}

document.addEventListener("input", (event) => {
  if (event.target.form && event.target.form === weights() && event.isTrusted) note();
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail && event.detail.ctx ? event.detail.ctx.target : event.target;
  if (!(target instanceof Element) || !["load", "verdict"].includes(target.id)) return;
  follow(target);
  if (target.id !== "load") return;
  if (weights()) document.querySelector("[data-over]")?.replaceChildren(); // the truck before is done with
  recall();
});
window.addEventListener("popstate", () => location.reload());
document.addEventListener("liandan:entered", (event) => {
  const all = kept();
  if (event.target.matches("#verdict form.solo, #verdict form.part:only-of-type") && weights()) delete all[weights().dataset.key];
  keep(all);
});

// A line that is accepted in part: what is left over is refused, and what does not add up is said.
function added(line, typed) {
  const field = (name) => line.querySelector(`[data-path$=".${name}"]`);
  const [accepted, refused, opinion] = ["accepted_t", "refused_t", "opinion"].map(field);
  if (!accepted || !refused) return;
  const came = gramsOf(line.dataset.came.replaceAll(",", ""));
  const isPart = opinion.value === "partly";
  if (typed === opinion && came !== null) {
    accepted.value = short(opinion.value === "reject" ? 0n : came);
    refused.value = opinion.value === "reject" ? short(came) : "";
  }
  accepted.readOnly = opinion.value === "reject";
  refused.disabled = opinion.value === "accept";
  for (const name of ["reason_code", "reason"]) field(name).disabled = opinion.value === "accept";
  const grams = (input) => gramsOf(typedMass(input.value.trim() || "0") ?? "");
  if (isPart && came !== null && typed === accepted && !refused.dataset.typed && grams(accepted) !== null && grams(accepted) < came) {
    refused.value = short(came - grams(accepted));
  }
  if (typed === refused) refused.dataset.typed = "true";
  const [a, r] = [grams(accepted), grams(refused)];
  const told = line.querySelector("[data-sum]");
  told.hidden = !(isPart && came !== null && a !== null && r !== null && refused.value.trim() && a + r !== came);
  const parts = { accepted: a, refused: r, sum: a !== null && r !== null ? a + r : null, came };
  if (!told.hidden) told.textContent = told.dataset.sum.replace(/\{(\w+)\}/g, (whole, name) => short(parts[name]));
}

const short = (grams) => tonnesOf(grams).replace(/000$/, "");
for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const line = event.target.closest("[data-came]");
    if (line) added(line, event.target);
    const change = event.target.closest("[data-change]"); // a correction names a field only where something else shall stand there
    if (change) change.querySelectorAll("input[type=hidden]").forEach((input) => (input.disabled = !event.target.value.trim()));
  });
}

mark();
recall();
