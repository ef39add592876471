// The gate: a hand scanner types a code and Enter into the scan field, a camera reads the same codes, and the focus goes where the next figure is
// typed. Nothing is judged here.

import { scanning } from "../shell/camera.js";

const form = document.querySelector("[data-scanner]");
const field = document.getElementById("scan");

// A code is taken as if it had been typed.
scanning(form, (text) => {
  field.value = text;
  form.requestSubmit();
});

// When a truck was found, the field is empty for the next one and the weights have the focus; when not, the next try overwrites this one.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail && event.detail.ctx ? event.detail.ctx.target : event.target;
  if (!(target instanceof Element) || target.id !== "load") return;
  const gross = document.getElementById("gross");
  if (gross) field.value = "";
  (gross || field).focus();
  (gross || field).select();
});

// What a hand scanner writes into a weight is a code: no weight has letters, or that many digits.
const isCode = (text) => /[^\d.,，。．０-９\s-]/.test(text) || /^\d{10,}$/.test(text);

// Enter in the gross goes to the tare, as on every weighing terminal.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !["gross", "tare"].includes(event.target.id)) return;
  const text = event.target.value.trim();
  if (isCode(text)) {
    event.preventDefault();
    event.target.value = "";
    field.value = text;
    form.requestSubmit();
    return;
  }
  if (event.target.id !== "gross") return;
  event.preventDefault();
  document.getElementById("tare").focus();
});
