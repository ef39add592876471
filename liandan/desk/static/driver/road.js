// What the driver shows to whoever stops the truck: the code of the in-transit extract, which is checked without a network and says as of when;
// or one of a road link, which shows what the log says now. A link that was made is kept on the phone and shown without a network too.

import { draw, fill, opened } from "./codes.js";

const $ = (id) => document.getElementById(id);
const day = (at_s) => new Date(at_s * 1000).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(5, 16);

/** A link to a trip, kept or made now; null where there is none to be had. */
async function linkTo(id, queue) {
  const kept = await queue.note(`road ${id}`);
  if (kept && (!kept.ends_s || kept.ends_s * 1000 > Date.now())) return kept;
  const answer = await fetch(`/m/${id}/road-link`, { method: "POST", headers: { Accept: "application/json" } }).catch(() => null);
  const { link } = answer?.ok ? await answer.json().catch(() => ({})) : {};
  if (link?.address) await queue.note(`road ${id}`, link);
  return link?.address ? link : null;
}

function turn(isLive) {
  $("road-live").hidden = !isLive;
  if ($("road-paper")) $("road-paper").hidden = isLive;
  const button = $("road-turn");
  button.textContent = button.dataset[isLive ? "paper" : "live"];
}

export async function open(id, queue, words) {
  turn(false);
  $("road-said").textContent = "";
  $("road-turn").onclick = async () => {
    if (!$("road-live").hidden) return turn(false);
    const link = await linkTo(id, queue);
    $("road-said").textContent = link ? "" : words.road_none;
    if (!link) return undefined;
    await draw($("road-canvas"), link.address);
    $("road-until").textContent = link.ends_s ? fill(words.road_until, { at: day(link.ends_s) }) : "";
    return turn(true);
  };
  opened($("police-code"), () => undefined);
}
