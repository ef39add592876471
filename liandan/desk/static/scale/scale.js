// The gate: a hand scanner types a code and Enter into the scan field, a camera reads the same codes, and the focus goes where the next figure is
// typed. Nothing is judged here.

const form = document.querySelector("[data-scanner]");
const field = document.getElementById("scan");
const button = form.querySelector("[data-scan]");
const view = form.querySelector("[data-camera]");
const video = view.querySelector("video");
const none = form.querySelector("[data-camera-none]");
const EVERY_MS = 150;
let stream = null;
let timer = 0;

/** Takes a code as if it had been typed, and asks for its truck. */
function take(text) {
  field.value = text;
  form.requestSubmit();
}

function stop() {
  clearTimeout(timer);
  if (stream) stream.getTracks().forEach((track) => track.stop());
  stream = null;
  view.hidden = true;
}

function look(read, canvas) {
  if (!stream) return;
  if (video.readyState >= 2) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(video, 0, 0);
    const found = read(pen.getImageData(0, 0, canvas.width, canvas.height));
    if (found) {
      stop();
      take(found);
      return;
    }
  }
  timer = setTimeout(look, EVERY_MS, read, canvas);
}

async function start() {
  none.hidden = true;
  try {
    const { readCode } = await import("./codes.js");
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    view.hidden = false;
    video.srcObject = stream;
    await video.play();
    look(readCode, document.createElement("canvas"));
  } catch (error) {
    stop();
    none.hidden = false;
  }
}

if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : start()));
}
form.querySelector("[data-camera-stop]").addEventListener("click", stop);

// When a truck was found, the field is empty for the next one and the weights have the focus; when not, the next try overwrites this one.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail && event.detail.ctx ? event.detail.ctx.target : event.target;
  if (!(target instanceof Element) || target.id !== "load") return;
  const gross = document.getElementById("gross");
  if (gross) field.value = "";
  (gross || field).focus();
  (gross || field).select();
});

// Enter in the gross goes to the tare, as on every weighing terminal.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "gross") return;
  event.preventDefault();
  document.getElementById("tare").focus();
});
