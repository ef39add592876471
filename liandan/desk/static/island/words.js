// The language of the page, and what the signing modules say in both. A text is [Chinese, English]; {0}, {1} are filled in.

export const isEnglish = () => document.documentElement.lang.startsWith("en");
export const pick = ([zh, en]) => (isEnglish() ? en : zh);

export function say(text, ...filling) {
  return pick(text).replace(/\{(\d)\}/g, (_, place) => filling[Number(place)]);
}

/** What stops an act before anything is signed or sent, told to people. */
export class Stopped extends Error {
  /** `code` names it to programs, `text` [zh, en] tells what happened, `todo` [zh, en] what to do. */
  constructor(code, text, todo, ...filling) {
    super(say(text, ...filling));
    Object.assign(this, { code, todo: say(todo, ...filling) });
  }
}

/** An element: properties are attributes, `on…` listeners, children nodes or text. Never HTML. */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
