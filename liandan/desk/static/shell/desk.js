// What every page of the desk does by itself: say when there is no network, keep a second press of a button from sending twice, and let the
// focus follow what htmx has put in. Everything else is the server's, or the signing island's.

const strip = document.getElementById("offline");

function tell() {
  if (strip) strip.hidden = navigator.onLine;
}

addEventListener("online", tell);
addEventListener("offline", tell);
tell();

// A form that is under way is not sent again; the page that answers comes with buttons of its own. Coming back in history frees them.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.hasAttribute("data-act") || event.defaultPrevented) return;
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true")));
});
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button[aria-disabled=true]");
  if (button) event.preventDefault();
}, true);
addEventListener("pageshow", () => {
  document.querySelectorAll("form button[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
});

// A heading that asks for it gets the focus when a part of the page is exchanged: who reads by ear hears what is new.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target instanceof Element) target.querySelector("[data-focus]")?.focus({ preventScroll: false });
});
