// Search as you type: what has been typed is asked for after a pause, the newest question alone counts; / goes to the field, arrows walk the
// suggestions. Without this module the form works by itself.

const PAUSE_MS = 250;
const box = document.querySelector("[data-suggest]");
const field = box && document.getElementById(box.dataset.for);
let timer = 0;
let asked = "";

function ask() {
  const text = field.value.trim();
  if (text === asked) return;
  asked = text;
  if (!text) {
    box.replaceChildren();
    return;
  }
  const address = new URL(box.dataset.suggest, location.href);
  address.searchParams.set("q", text.slice(0, 200));
  htmx.ajax("GET", address.pathname + address.search, { target: box, swap: "innerHTML" });
}

function choices() {
  return [...document.querySelectorAll("[data-choice]")];
}

function step(by) {
  const all = choices();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const to = at + by;
  if (to < 0) field.focus();
  else all[Math.min(to, all.length - 1)].focus();
}

if (field) {
  asked = field.value.trim();
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(input|textarea|select)$/i.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "ArrowDown" && (document.activeElement === field || choices().includes(document.activeElement))) {
      event.preventDefault();
      step(1);
    } else if (event.key === "ArrowUp" && choices().includes(document.activeElement)) {
      event.preventDefault();
      step(-1);
    } else if (event.key === "Escape" && box.childElementCount) {
      box.replaceChildren();
      asked = "";
      field.focus();
    }
  });
  // What narrows a search is asked for at once: the address is the saved view.
  field.form.querySelectorAll("select, input[type=date]").forEach((one) => one.addEventListener("change", () => field.form.requestSubmit()));
}
