// Square codes between two phones: one shows, the other reads with its camera. What is shown are lines of frames.js, one picture each; several
// follow each other until they are read. Where there is no camera the same text is copied and pasted.

import { FrameError, FrameReader, readText, writeFrames } from "./frames.js";

const EVERY_MS = 900;
const LOOKS_PER_SECOND = 8;
const SIDE_MAX = 1200;
const LABEL = /(?<![0-9A-Z])[0-9A-Z]{18}[0-9]{19}(?![0-9A-Z])/;

const $ = (id) => document.getElementById(id);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Shows a dialog until it is closed by its own buttons or Escape; `ended` runs once, however it ends. */
export function opened(dialog, ended) {
  dialog.querySelectorAll("[data-close]").forEach((button) => (button.onclick = () => dialog.close()));
  dialog.onclose = ended;
  dialog.showModal();
  dialog.querySelector("h2").focus();
}

/** Draws; the code's writer is fetched with the first one. */
export async function draw(canvas, text) {
  const { correction, generate, mode } = await import("../vendor/lean-qr.mjs");
  generate(text, { minCorrectionLevel: correction.L, modes: [mode.numeric, mode.alphaNumeric, mode.ascii, mode.utf8] }).toCanvas(canvas, { pad: 4, on: [0, 0, 0, 255], off: [255, 255, 255, 255] });
}

/**
 * Shows an act's text as codes: the whole of it, or in answer its signatures alone. Resolves to "scan" when somebody wants to read the answer,
 * else to "closed".
 */
export async function show(act, words, { answer = false, title, check, then }) {
  const frames = await writeFrames(act, { answer });
  const dialog = $("shower");
  $("shower-title").textContent = title;
  $("shower-check").textContent = check;
  $("shower-scan").hidden = !then;
  let at = 0;
  const turn = async () => {
    await draw($("shower-code"), frames[at]);
    $("shower-part").textContent = frames.length > 1 ? fill(words.part, { n: at + 1, of: frames.length }) : "";
    at = (at + 1) % frames.length;
  };
  await turn();
  const timer = frames.length > 1 ? setInterval(turn, EVERY_MS) : null;
  return new Promise((resolve) => {
    let end = "closed";
    $("shower-scan").onclick = () => {
      end = "scan";
      dialog.close();
    };
    $("shower-copy").onclick = async () => {
      await navigator.clipboard?.writeText(frames.join("\n")).catch(() => undefined);
      $("shower-part").textContent = words.copied;
    };
    opened(dialog, () => {
      clearInterval(timer);
      resolve(end);
    });
  });
}

let decoder = null;

/** jsQR, fetched when a code is looked for; it lays itself down in the global scope. */
async function decoded() {
  if (!decoder) {
    await import("../vendor/jsQR.js");
    decoder = globalThis.jsQR;
  }
  return decoder;
}

async function lookedAt(video, canvas) {
  const look = await decoded();
  const scale = Math.min(1, SIDE_MAX / Math.max(video.videoWidth, video.videoHeight));
  [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const found = look(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
  return found ? found.data : null;
}

/** Runs the camera and gives every text it sees to `seen`, until that answers true or the dialog is closed. */
async function watch(kind, words, seen, pasted) {
  const [dialog, video, said] = [$("scanner"), $("scanner-video"), $("scanner-said")];
  $("scanner-title").textContent = $("scanner-title").dataset[kind];
  $("scanner-text").hidden = kind !== "statement";
  said.textContent = "";
  let [isRunning, stream] = [true, null];
  const stop = () => {
    isRunning = false;
    for (const track of stream ? stream.getTracks() : []) track.stop();
    video.srcObject = null;
  };
  return new Promise((resolve) => {
    const end = () => {
      stop();
      resolve();
    };
    opened(dialog, end);
    $("scanner-read").onclick = async () => {
      if (await pasted($("scanner-paste").value)) dialog.close();
    };
    (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
        if (!isRunning) return stop();
        video.srcObject = stream;
        await video.play();
      } catch (error) {
        said.textContent = words.no_camera;
        $("scanner-text").open = true;
        return undefined;
      }
      const canvas = document.createElement("canvas");
      while (isRunning) {
        await new Promise((next) => setTimeout(next, 1000 / LOOKS_PER_SECOND));
        const text = isRunning && video.videoWidth ? await lookedAt(video, canvas) : null;
        if (text && isRunning && (await seen(text))) dialog.close();
      }
      return undefined;
    })();
  });
}

/** Reads a statement from another phone's screen, or from a text; null when it was closed before. */
export async function scanStatement(words) {
  const [reader, said] = [new FrameReader(), $("scanner-said")];
  let found = null;
  const told = (error) => {
    said.textContent = fill(words[error.code] || words.damaged, { lacking: (error.lacking || []).join(", ") });
  };
  const seen = async (text) => {
    try {
      if (!reader.add(text)) return false;
      if (reader.isWhole) found = await reader.read();
      else said.textContent = fill(words.seen, { n: reader.parts.size, of: reader.of, lacking: reader.lacking.join(", ") });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      told(error);
    }
    return found !== null;
  };
  const pasted = async (text) => {
    try {
      [found] = await readText(text);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      told(error);
    }
    return found !== null;
  };
  $("scanner-paste").value = "";
  await watch("statement", words, seen, pasted);
  return found;
}

/** Reads labels one after the other, until it is closed; `noted(label)` answers how many there are. */
export async function scanLabels(words, noted) {
  const seen = async (text) => {
    const found = LABEL.exec(text.toUpperCase());
    if (found) $("scanner-said").textContent = fill(words.label_added, { n: noted(found[0]) });
    return false;
  };
  await watch("label", words, seen, async () => true);
}
