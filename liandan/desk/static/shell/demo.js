// Demonstration only: a button for each face. Its key is taken in as any other key, and entered with; the server offers none on a real log.

import { enter } from "../island/enter.js";
import { importKey, keys } from "../island/keys.js";
import { Stopped } from "../island/words.js";

const place = document.querySelector("[data-sign-ins]");
const said = document.querySelector("[data-enter] [data-said]");

async function go(face) {
  const answer = await fetch("/enter/demo", { headers: { Accept: "application/json" } });
  const offered = answer.ok ? await answer.json() : [];
  const one = offered.find((other) => other.face === face);
  if (!one) return;
  const label = `${document.documentElement.lang === "en" ? one.en : one.zh}`;
  const held = (await keys()).find((record) => record.uscc === one.uscc && record.label === label);
  const record = held ?? (await importKey(one.pem, one.passphrase, one.uscc, { label, name: one.name }));
  location.assign(await enter(record, one.next));
}

place?.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-sign-in]");
  if (!button) return;
  place.querySelectorAll("button").forEach((other) => { other.disabled = true; });
  try {
    await go(button.dataset.signIn);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    said.textContent = `${error.message} ${error.todo}`;
    place.querySelectorAll("button").forEach((other) => { other.disabled = false; });
  }
});
