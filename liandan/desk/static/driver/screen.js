// What the driver's page says of its queue: the strip on top, a row for each act, and messages.

import { instant } from "../island/core.js";
import { fill } from "./codes.js";
import { lackingOf, mayRedo } from "./queue.js";

const [AMBER_H, RED_H] = [2, 24];
const $ = (id) => document.getElementById(id);
const clock = (at) => at.slice(11, 16);
const day = (at) => at.slice(5, 16).replace("T", " ");

function made(name, text, properties = {}) {
  const element = Object.assign(document.createElement(name), properties);
  element.textContent = text;
  return element;
}

/**
 * The strip: how many acts are not sent, how old the oldest is; amber from two hours, red from a day. `now_s`: the log's time, by which acts are
 * signed, for the clock of a phone may be wrong or be set; null where nobody knows it, and then nothing is said of an age.
 */
export function strip(acts, words, now_s) {
  const [element, lacking] = [$("strip"), acts.filter((act) => lackingOf(act).length).length];
  element.hidden = !acts.length;
  if (!acts.length) return;
  const oldest = acts.reduce((a, b) => (instant(a.at) <= instant(b.at) ? a : b));
  const hours = now_s === null ? 0 : Math.max(0, Math.floor((now_s - instant(oldest.at)) / 3600));
  element.className = `strip ${hours >= RED_H ? "red" : hours >= AMBER_H ? "amber" : ""}`;
  $("strip-said").textContent = fill(lacking ? words.kept_lacking : words.kept, { n: acts.length, m: lacking });
  $("strip-old").textContent = fill(hours >= AMBER_H ? words.oldest_late : words.oldest, { at: hours >= RED_H ? day(oldest.at) : clock(oldest.at), hours });
}

/** Says how many were entered just now; nothing where there are none. */
export function sentNote(count, words) {
  $("sent").hidden = !count;
  if (count) $("sent").textContent = fill(words.entered_now, { n: count });
}

function stateOf(act, acts, words, nameOf) {
  if (act.receipt) return ["done", fill(words.entered, { index: act.receipt.index })];
  if (act.problem) return ["stop", words.refused];
  if (lackingOf(act).length) return ["wait", fill(words.lacking, { who: lackingOf(act).map(nameOf).join("、") })];
  const before = acts.find((one) => one.statement === act.prev);
  return before && (before.problem || lackingOf(before).length) ? ["wait", words.waits] : ["mine", words.unsent];
}

/** One act of the queue: what, when, in which state; what can be done where it was refused or lacks a signature. */
export function keptRow(act, acts, words, { nameOf, does, card, here }) {
  const [icon, said] = stateOf(act, acts, words, nameOf);
  const row = document.createElement("li");
  row.dataset.statement = act.statement;
  row.dataset.state = act.receipt ? "entered" : act.problem ? "refused" : lackingOf(act).length ? "lacking" : "ready";
  const text = document.createElement("span");
  const title = made("strong", act.title || act.kind);
  if (act.chain !== here && act.chain.startsWith("manifest/")) title.replaceChildren(made("a", title.textContent, { href: act.chain.replace("manifest", "/drive/m") }));
  text.append(title, made("span", said, { className: "sub" }));
  row.append($(`icon-${icon}`).content.cloneNode(true), text, made("span", clock(act.at), { className: "clock tab" }));
  const button = (label, work) => made("button", label, { type: "button", onclick: () => work(act) });
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  if (act.receipt) return row;
  if (act.problem) {
    if (mayRedo(act)) buttons.append(button(words.redo, does.redo));
    buttons.append(button(words.again, does.again), button(words.aside, does.aside));
    const follows = acts.some((one) => one.chain === act.chain && one.seq > act.seq);
    row.append(card(act), ...(follows ? [made("p", words.held, { className: "small" })] : []), buttons);
  } else if (lackingOf(act).length) {
    buttons.append(button(words.show, does.show), button(words.aside, does.aside));
    row.append(buttons);
  }
  return row;
}

/** Says something, a text or a card, where everybody sees it; until the next act begins. */
export function message(said) {
  const place = $("message");
  place.replaceChildren(typeof said === "string" ? made("p", said) : said);
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
  place.focus({ preventScroll: true });
}
