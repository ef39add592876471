// The key of a road link stands in the fragment of its address, which no browser sends to a server: this page hands it in itself.

const form = document.getElementById("road-link");

function hand() {
  if (!form.hasAttribute("data-htmx-powered")) {
    setTimeout(hand, 20); // htmx takes hold of the page a moment after this module
    return;
  }
  form.elements.capability.value = location.hash.slice(1, 65);
  form.requestSubmit();
}

addEventListener("hashchange", hand);
hand();
