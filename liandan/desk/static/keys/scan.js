// The page of keys: what a new device shows is read by the camera of this one.

import { scanning } from "../shell/camera.js";

const form = document.querySelector("form[data-enrol-text]");
if (form) {
  scanning(form, (text) => {
    const field = form.elements.text;
    field.value = text;
    field.focus();
  });
}
