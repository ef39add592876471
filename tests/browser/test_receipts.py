"""Receipts and folders: the page answers as ``liandan verify FOLDER`` does, file by file, whatever was done to them."""

from pathlib import Path
from typing import Any

import pytest

from reports.anchor import Anchor, make_anchor
from reports.verify import verify_folder
from tests.browser.conftest import Desk, codes
from tests.browser.receipts import CHANGES, POLICY, VKEYS, Files, bench, bundle, changed, folder, of

PINS: dict[str, dict[str, Any]] = {
    "key and found": {"found": bench().found, "vkeys": list(VKEYS)},
    "found": {"found": bench().found},
    "policy": {"vkeys": list(VKEYS), "policy": POLICY},
    "policy of a log": {"policy": f"log {VKEYS[0]}\nquorum none\n"},
    "nothing": {},
}
SAID = ("file", "form", "subject", "kind", "index", "origin", "size", "root", "found", "entries", "signatures")


def _anchor(pins: dict[str, Any]) -> Anchor:
    vkeys = "".join(f"{line}\n" for line in pins.get("vkeys", ())).encode()
    return make_anchor(pins.get("found"), vkeys=vkeys, policy=pins["policy"].encode() if "policy" in pins else None)


def together(desk: Desk, files: Files, pins: dict[str, Any], root: Path) -> list[str]:
    """Both answer alike to every file; the verdicts."""
    root.mkdir()
    for name, raw in files.items():
        (root / name).write_bytes(raw)
    ours, theirs = verify_folder(root, _anchor(pins)), desk.verify_together(dict(sorted(files.items())), pins)
    told = [(one.verdict, {remark.code for remark in one.findings}, tuple(remark.code for remark in one.notes)) for one in ours]
    assert [(one["verdict"], {*codes(one, "findings")}, codes(one, "notes")) for one in theirs] == told
    for one, other in zip(ours, theirs, strict=True):
        if one.is_good and one.form != "unknown":
            assert {name: other[name] for name in SAID} == {name: getattr(one, name) for name in SAID}
            assert tuple(other["witnesses"]) == one.witnesses or one.form == "bundle"
    return [one.verdict for one in ours]


@pytest.mark.parametrize("name", CHANGES)
def test_folders(shared_desk: Desk, name: str, tmp_path: Path) -> None:
    files = folder()
    CHANGES[name](files)
    for at, pins in enumerate(PINS.values()):
        together(shared_desk, files, pins, tmp_path / str(at))


def test_a_good_folder_is_good(shared_desk: Desk, tmp_path: Path) -> None:
    assert together(shared_desk, folder(), PINS["key and found"], tmp_path / "a") == ["good"] * 4
    assert together(shared_desk, folder(), PINS["found"], tmp_path / "b") == ["bad"] * 4, "no key of the log is at hand"
    assert together(shared_desk, folder() | {"b.json": bundle()}, PINS["found"], tmp_path / "c") == ["good"] * 5
    assert together(shared_desk, folder() | {"b.json": bundle()}, {}, tmp_path / "d") == ["unpinned"] * 5
    assert together(shared_desk, folder(), PINS["policy"], tmp_path / "e") == ["bad"] * 4, "nobody cosigned"
    files = folder()
    CHANGES["cosigned"](files)
    assert together(shared_desk, files, PINS["policy"], tmp_path / "f") == ["good"] * 4


def test_a_bundle_of_another_log_tells_nothing(shared_desk: Desk, tmp_path: Path) -> None:
    pins = {"found": "0" * 64}
    assert together(shared_desk, folder() | {"b.json": bundle()}, pins, tmp_path / "a") == ["bad"] * 5


def _choose(desk: Desk, files: Files) -> dict[str, str]:
    """Choose files as people do; verdict by what the card calls the file."""

    def choose(page: Any) -> dict[str, str]:
        page.click("#clear") if page.locator("#clear").is_visible() else None
        given = [{"name": name, "mimeType": "application/octet-stream", "buffer": raw} for name, raw in files.items()]
        page.set_input_files("#files", given)
        page.wait_for_function("() => document.querySelector('article') && !document.body.matches('.busy')")
        told = "cards => cards.map(card => [card.querySelector('bdi')?.textContent ?? '', card.dataset.verdict])"
        return dict(page.locator("article").evaluate_all(told))

    found: dict[str, str] = desk.do(choose)
    return found


def test_people_drop_a_folder(desk: Desk) -> None:
    """Kept pins count; a pair is one answer, named by its entry."""
    files = folder()
    assert set(_choose(desk, files).values()) == {"bad"}
    assert "已留存" in desk.pin("\n".join([bench().found, *VKEYS]))
    names = {name for name in files if name.endswith(".entry")} | {"checkpoint"}
    assert _choose(desk, files) == dict.fromkeys(names, "good")
    assert "入账回执" in str(desk.do(lambda page: page.locator("#cards").inner_text()))
    changed(".entry", lambda raw: raw.replace(b'"v":1', b'"v":2'))(files)
    spoilt = of(files, ".entry")
    assert _choose(desk, files) == {**dict.fromkeys(names, "good"), spoilt: "bad"}
    assert _choose(desk, {spoilt: files[spoilt]}) == {spoilt: "bad"}
    assert "RECEIPT_INCOMPLETE" in str(desk.do(lambda page: page.locator("#cards").inner_text()))
    assert desk.complaints == []


def test_a_policy_is_kept_with_the_other_pins(desk: Desk) -> None:
    files = {name: raw for name, raw in folder().items() if name == "checkpoint"}
    desk.pin("\n".join([*VKEYS, POLICY]))
    assert _choose(desk, files) == {"checkpoint": "bad"}
    desk.do(lambda page: page.reload())
    assert _choose(desk, files) == {"checkpoint": "bad"}
    assert "quorum a" in str(desk.do(lambda page: page.locator("#pin-state").text_content()))
    CHANGES["cosigned"](files)
    assert _choose(desk, files) == {"checkpoint": "good"}
    assert "quorum" in desk.pin("quorum nobody"), "what is wrong with a policy is said"
    desk.do(lambda page: page.set_input_files("#files", {"name": "policy", "mimeType": "text/plain", "buffer": POLICY.encode()}))
    desk.do(lambda page: page.wait_for_function("() => document.getElementById('pin-text').value.includes('witness a')"))
    assert _choose(desk, files) == {"checkpoint": "good"}, "a dropped policy fills the form and is not believed by itself"
