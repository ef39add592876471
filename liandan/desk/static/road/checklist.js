// What an inspector writes beside the points: kept in this browser alone, by firm or manifest, until it is cleared; nothing of it is sent.

const points = document.querySelector("[data-checks]");
const place = points && `liandan-checks:${points.dataset.checks}`;
const fields = () => [...points.querySelectorAll("[data-check]")];

function kept() {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "{}");
  } catch {
    return {};
  }
}

function grown(field) {
  if (field.localName === "textarea") field.rows = Math.max(1, field.value.split("\n").length, Math.ceil(field.value.length / 10));
}

function shown() {
  const said = kept();
  for (const field of fields()) {
    field.value = said[field.dataset.check] ?? "";
    grown(field);
  }
}

if (points) {
  points.addEventListener("input", (event) => {
    grown(event.target);
    const said = Object.fromEntries(fields().filter((one) => one.value).map((one) => [one.dataset.check, one.value]));
    try {
      localStorage.setItem(place, JSON.stringify(said));
    } catch {
      // A full or closed store: what is written still stands on the page and prints.
    }
  });
  document.querySelector("[data-checks-clear]").addEventListener("click", () => {
    localStorage.removeItem(place);
    shown();
  });
  // The points come in a part of their own.
  new MutationObserver(shown).observe(points, { childList: true });
  shown();
}
