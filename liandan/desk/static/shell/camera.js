// A camera in a form: a button `[data-scan]` that shows itself where there is a camera, its picture in `[data-camera]`, and what is said where it cannot
// be opened, `[data-camera-none]`. What a square code says is given to `take`.

const EVERY_MS = 150;

/** Lets a form read codes; the reader is fetched when somebody scans. */
export function scanning(form, take) {
  const [button, view, none] = ["[data-scan]", "[data-camera]", "[data-camera-none]"].map((one) => form.querySelector(one));
  const video = view.querySelector("video");
  let stream = null;
  let timer = 0;

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
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
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
}
