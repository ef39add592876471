// 核对并签署: a button that fetches a pending statement, shows it from its bytes and signs it; what came of it stands beside the button.

import { outcomeCard } from "../island/outcome.js";

async function show(button, found) {
  if (button.dataset.next && ["entered", "pending", "waiting"].includes(found.state)) {
    try {
      const { state, statement, receipt, pending } = found;
      sessionStorage.setItem("liandan.outcome", JSON.stringify({ state, statement, receipt: receipt && { index: receipt.index }, pending }));
    } catch (error) {
      // the next page says nothing then; the receipt is kept all the same
    }
    location.assign(button.dataset.next);
    return;
  }
  const place = button.closest("article, section, form").querySelector("[data-outcome]");
  place.replaceChildren(outcomeCard(found, { onAgain: (other) => show(button, other), onResend: (other) => show(button, other) }));
  place.querySelector("h3")?.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-cosign]");
  if (!button) return;
  button.disabled = true;
  try {
    const { cosign } = await import("../island/cosign.js");
    await show(button, await cosign(button.dataset.cosign));
  } finally {
    button.disabled = false;
  }
});
