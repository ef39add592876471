// Square codes in a picture of the camera. The reader (jsQR, vendored) is fetched when somebody scans; it lays itself down in the global scope.

import "../vendor/jsQR.js";

/** What the code in a picture says, or null. */
export function readCode(image) {
  const found = globalThis.jsQR(image.data, image.width, image.height, { inversionAttempts: "dontInvert" });
  return found ? found.data : null;
}
