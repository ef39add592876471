// Square codes from the camera or from a picture. The decoder (jsQR) lies in the page as text and runs only when a code is asked for.

const SIDE_MAX = 1600;
const LOOKS_PER_SECOND = 6;

function codeOf(source, width, height) {
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const found = runKept("jsqr", "jsQR")(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
  return found ? found.data : null;
}

/** The text of the code in a picture, or null. */
async function codeInPicture(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  return picture ? codeOf(picture, picture.width, picture.height) : null;
}

/** Shows the camera in `video` until a code was read or `stop` is called; resolves to its text, or null when it was stopped. */
async function startCamera(video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = stream;
  await video.play();
  let isRunning = true;
  const stop = () => {
    isRunning = false;
  };
  const read = (async () => {
    let text = null;
    while (isRunning && text === null) {
      await new Promise((resolve) => setTimeout(resolve, 1000 / LOOKS_PER_SECOND));
      if (video.videoWidth) text = codeOf(video, video.videoWidth, video.videoHeight);
    }
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    return text;
  })();
  return { read, stop };
}
