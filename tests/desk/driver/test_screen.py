"""The strip of what is not sent: its colour by the age of the oldest act, by the log's time, whatever the clock of the phone says. Forms: labels
go on behind those of the load before, who takes over is chosen by name, and what lacks is pointed out."""

from __future__ import annotations

from tests.desk.driver.conftest import Phone
from tests.desk.driver.modules import needs_chromium

pytestmark = needs_chromium
_STRIPS = """async ([ages, clock]) => {
  document.body.innerHTML = '<div id="strip"><strong id="strip-said"></strong><span id="strip-old"></span></div>';
  const real = Date.now;
  Date.now = () => real() + clock * 3600000;
  const { strip } = await import("/driver/screen.js");
  const words = { kept: "{n}", kept_lacking: "{n} {m}", oldest: "{at}", oldest_late: "{at} {hours}" };
  const begun = Date.UTC(2026, 9, 20, 1) / 1000;
  const act = (at, kept_at) => ({ at, kept_at, by: ["A"], signatures: [{ place: 0 }] });
  const acts = [act("2026-10-20T09:30:00+08:00", 1), act("2026-10-20T09:00:00+08:00", 2)];
  const found = ages.map((age) => {
    strip(acts, words, age === null ? null : begun + age);
    return [document.getElementById("strip").className.trim(), document.getElementById("strip-old").textContent];
  });
  strip([], words, begun);
  Date.now = real;
  return [found, document.getElementById("strip").hidden];
}"""
PLAIN, DAY = ["strip", "09:00"], 86_400


def test_amber_after_two_hours_and_red_after_a_day_whatever_the_phone_says(phone: Phone) -> None:
    ages = [-3600, 0, 2 * 3600 - 1, 2 * 3600, DAY - 1, DAY, 3 * DAY, None]
    amber, red = "strip amber", "strip red"
    wanted = [
        PLAIN, PLAIN, PLAIN, [amber, "09:00 2"], [amber, "09:00 23"], [red, "10-20 09:00 24"], [red, "10-20 09:00 72"], PLAIN,
    ]  # fmt: skip
    for moved in (0, 30, -30):
        assert phone.run(_STRIPS, ages, moved) == [wanted, True]


_FORM = """async ([labels]) => {
  document.body.innerHTML = `<form id="f"><input data-path="vehicle.plate" data-vehicle value=" 川a·b00001 ">
    <fieldset data-labels><p data-labels-said>none</p><button type="button" data-labels-first="91X20261102001" data-labels-count="3">row</button>
    <button type="button" data-labels-scan></button><button type="button" data-labels-clear></button><textarea data-path="gate.labels"></textarea></fieldset>
    <fieldset data-checks><button type="button" data-checks-all></button><input type="checkbox" value="crew" data-path="gate.checks" data-list></fieldset>
    <select data-signer="carrier" data-other="code"><option value="A">A</option><option value="other">other</option></select>
    <div hidden><input id="code" data-signer-code="carrier" minlength="3" required disabled></div></form>`;
  const { isFull, prepare, signerIn } = await import("/driver/forms.js");
  const notes = {};
  const queue = { note: async (name, value) => (value === undefined ? notes[name] : (notes[name] = value)), labels: async () => labels };
  const words = { labels: "{n}", row: "{first}-{last} {n}", full: "full" };
  const form = document.getElementById("f");
  await prepare(form, "chain", queue, words);
  const row = form.querySelector("[data-labels-first]");
  const asked = [isFull(form, words), document.activeElement.dataset.path];
  row.click();
  asked.push(isFull(form, words), document.activeElement.dataset.path);
  form.querySelector("[data-checks-all]").click();
  asked.push(isFull(form, words));
  const select = form.querySelector("select");
  const taken = [signerIn(form, "carrier"), document.getElementById("code").parentElement.hidden];
  select.value = "other";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  taken.push(document.getElementById("code").parentElement.hidden, isFull(form, words));
  document.getElementById("code").value = " b-x ";
  taken.push(isFull(form, words), signerIn(form, "carrier"));
  return [row.textContent, form.querySelector("textarea").value.split("\\n"), asked, form.querySelector("[data-vehicle]").value, taken];
}"""


def test_a_second_load_goes_on_with_its_labels_and_what_lacks_has_the_focus(phone: Phone) -> None:
    asked = [False, "gate.labels", False, "gate.checks", True]
    by_name_then_by_code = ["A", True, False, False, True, "B-X"]
    first = phone.run(_FORM, ["91Y20261102007"])
    assert first == ["row", [f"91X2026110200{number}" for number in (1, 2, 3)], asked, "川A·B00001", by_name_then_by_code]
    second = phone.run(_FORM, ["91X20261102001", "91X20261102009"])
    assert second == ["010-012 3", [f"91X202611020{number}" for number in (10, 11, 12)], asked, "川A·B00001", by_name_then_by_code]


_SCAN = """async ([texts]) => {
  document.body.innerHTML = `<textarea></textarea><dialog id="scanner"><h2 id="scanner-title" tabindex="-1" data-statement="s" data-label="labels">s</h2><video id="scanner-video" playsinline muted></video>
    <p id="scanner-said"></p><details id="scanner-text"></details><button id="scanner-read"></button><textarea id="scanner-paste"></textarea><button data-close>close</button></dialog>
    <fieldset data-labels><p data-labels-said>none</p><button type="button" data-labels-scan></button><button type="button" data-labels-clear></button><textarea></textarea></fieldset>`;
  const { correction, generate } = await import("/vendor/lean-qr.mjs");
  const paper = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = paper.getContext("2d");
  pen.imageSmoothingEnabled = false;
  let shown = texts[0];
  const draw = () => {
    const code = document.createElement("canvas");
    generate(shown, { minCorrectionLevel: correction.M }).toCanvas(code, { pad: 4, on: [0, 0, 0, 255], off: [255, 255, 255, 255] });
    pen.fillStyle = "#b8b0a4";
    pen.fillRect(0, 0, 640, 480);
    pen.drawImage(code, 120, 40, 400, 400);
  };
  draw();
  const timer = setInterval(draw, 50);
  let stream = null;
  navigator.mediaDevices.getUserMedia = async () => (stream = paper.captureStream(20));
  const { prepare } = await import("/driver/forms.js");
  const form = document.createElement("form");
  form.append(document.querySelector("[data-labels]"));
  document.body.append(form);
  const queue = { note: async () => undefined, labels: async () => [] };
  await prepare(form, "chain", queue, { labels: "{n}", label_added: "{n} noted", no_camera: "none" });
  form.querySelector("[data-labels-scan]").click();
  const [said, told] = [document.getElementById("scanner-said"), []];
  const until = async (is) => { while (!is()) await new Promise((next) => setTimeout(next, 20)); };
  for (const [at, text] of texts.entries()) {
    shown = text;
    await until(() => said.textContent === `${at + 1} noted`);
    told.push(said.textContent);
  }
  document.querySelector("[data-close]").click();
  await until(() => !document.getElementById("scanner").open && stream.getTracks().every((track) => track.readyState === "ended"));
  clearInterval(timer);
  return [told, form.querySelector("textarea").value.split("\\n"), document.getElementById("scanner-title").textContent];
}"""


def test_labels_are_read_by_the_camera_whatever_else_their_code_says(phone: Phone) -> None:
    first, second = (f"915101120000FX029E9000523120261102{number:03}" for number in (1, 2))
    told = phone.run(_SCAN, [first, f"https://label.example/?c={second.lower()}&x=1"])
    assert told == [["1 noted", "2 noted"], [first, second], "labels"]
