"""What people see and do: files, codes, pins, both languages, three widths; nothing leaves the page."""

import os
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from liandan.verify_page import PAGE, build
from reports.attachment import bundle_in
from reports.claim import PAYLOAD, SUITE, SignedClaim, parse_claim
from reports.kinds import all_kinds
from signing.envelope import pae
from signing.keys import PrivateKey
from tests.browser.conftest import Browser, Desk, codes
from tests.browser.papers import claimed, code_picture
from tests.reports.test_forged import originals

WIDTHS = {360: 740, 768: 1024, 1440: 900}
PICTURES = os.environ.get("LIANDAN_PICTURES")
"""A directory for pictures of the page, to be looked at."""
_AXE_NAME = "axe-core@4.14.1"
_AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


def _text(desk: Desk, selector: str) -> str:
    return str(desk.do(lambda page: page.locator(selector).first.inner_text()))


def test_the_committed_page_is_what_the_sources_build() -> None:
    assert PAGE.read_text(encoding="utf-8") == build.build(all_kinds())


def test_the_page_names_its_scripts_and_no_address() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "unsafe" not in page.partition("<style>")[0]
    for element in ("src=", '<link rel="stylesheet', "import(", "fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon"):
        assert element not in page.replace("img-src=", ""), element


def test_a_file_is_chosen_and_explained(desk: Desk) -> None:
    own, pins = originals()
    assert desk.show(own.signed) == "unpinned"
    assert "重新核验" in desk.pin(pins["signed"])
    assert desk.show(own.signed) == "good"
    shown = _text(desk, "article")
    for told in ("有效", "20265101000123", "已办结", "900-052-31", "5.548", "覆盖全文件", "截至"):
        assert told in desk.do(lambda page: page.locator("article").first.text_content()), told
    assert "有效" in shown
    assert "有效" in _text(desk, "#status")
    assert desk.show(own.signed + b"% more\n") == "unchecked"
    assert "纸上的字可能与证据不同" in _text(desk, "article")
    assert desk.show(own.elsewhere) == "bad"
    assert "FOUND_DIFFERS" in _text(desk, "article")
    assert "20265101000123" not in _text(desk, "article"), "what does not hold is not told as if it did"
    assert _text(desk, "#total") == "共 4 件，不合格 2 件，纸面未核对 1 件"
    assert (desk.complaints, [address for address in desk.asked if not address.startswith("file:")]) == ([], [])


def test_pins_are_kept_and_never_taken_from_a_file_alone(desk: Desk) -> None:
    own, pins = originals()
    desk.do(lambda page: page.set_input_files("#files", {"name": "log.vkey", "mimeType": "text/plain", "buffer": pins["signed"].encode()}))
    desk.do(lambda page: page.wait_for_function("() => document.getElementById('pin-text').value !== ''"))
    assert desk.show(own.signed) == "unpinned"
    desk.pin("no pin")
    assert desk.show(own.signed) == "unpinned"
    desk.pin(pins["signed"])
    desk.do(lambda page: page.reload())
    assert desk.show(own.signed) == "good"
    desk.do(lambda page: (page.evaluate("document.getElementById('pins').open = true"), page.click("#pin-drop")))
    assert desk.show(own.signed) == "unpinned"


def test_a_claim_by_its_address(desk: Desk) -> None:
    pdf, address, found = claimed()
    fragment = "#" + address.partition("#")[2]

    def open_claim(text: str) -> str:
        def opened(page: Any) -> str:
            before = page.locator("article").count()
            page.evaluate("text => { location.hash = ''; location.hash = text; }", text)
            page.wait_for_function("count => document.querySelectorAll('article').length > count", arg=before)
            return str(page.locator("article").first.get_attribute("data-verdict"))

        return str(desk.do(opened))

    assert open_claim(fragment) == "other", "nobody knows the key yet"
    assert "未核验" in _text(desk, "article")
    desk.pin(found)
    assert desk.show(pdf) == "good"
    assert open_claim(fragment) == "good"
    at = len(fragment) // 3
    forged = fragment[:at] + ("A" if fragment[at] != "A" else "B") + fragment[at + 1 :]
    assert open_claim(forged) == "bad"
    assert open_claim("#nothing") == "bad"
    assert "CLAIM_FORM" in _text(desk, "article")
    desk.do(lambda page: page.reload())
    assert open_claim(fragment) == "good", "the key was kept with the pin"
    assert parse_claim(address).claim.words in _text(desk, ".digits")
    assert desk.complaints == []


def test_a_photo_of_a_code(desk: Desk) -> None:
    pdf, address, found = claimed()
    desk.pin(found)
    desk.show(pdf)
    assert desk.show(code_picture(address), "photo.png", "image/png") == "good"
    assert desk.complaints == []


def test_the_camera_reads_a_code(desk: Desk) -> None:
    pdf, _, found = claimed()
    desk.pin(found)
    assert desk.show(pdf) == "good"

    def look(page: Any) -> str:
        page.click("#scan")
        page.wait_for_function("() => document.querySelectorAll('article').length === 2")
        page.wait_for_function("() => document.getElementById('viewfinder').hidden")
        return str(page.locator("article").first.get_attribute("data-verdict"))

    assert desk.do(look) == "good"
    assert desk.do(lambda page: page.evaluate("document.getElementById('video').srcObject === null")), "the camera is off again"
    assert desk.complaints == []


def test_a_claim_by_another_key_is_bad(desk: Desk) -> None:
    """It names the log's key and is signed by a stranger's."""
    pdf, address, found = claimed()
    claim = parse_claim(address).claim
    forged = SignedClaim(claim, PrivateKey.from_seed(SUITE, bytes(32)).sign(pae(PAYLOAD, claim.text)))
    desk.pin(found)
    desk.show(pdf)
    desk.do(lambda page: page.evaluate("text => { location.hash = text; }", "#" + forged.raw.decode()))
    desk.do(lambda page: page.wait_for_selector("article:nth-of-type(2)"))
    assert "SIGNATURE_WRONG" in _text(desk, "article")
    assert claim.number not in _text(desk, "article")


def test_noble_judges_as_the_browser_does(desk: Desk) -> None:
    """Where WebCrypto lacks Ed25519 (Chromium 109) the vendored program runs, on demand and under the same policy."""
    own, pins = originals()
    desk.refuse_ed25519()
    assert desk.verify(own.signed, pins["signed"])["verdict"] == "good"
    assert desk.do(lambda page: page.evaluate("typeof window.nobleEd25519")) == "object"
    bundle = bundle_in(own.signed)
    note = bundle.index(b'"checkpoint":"') + 14
    end = bundle.index(b'"', note)
    changed = bundle[: end - 20] + bytes([bundle[end - 20] ^ 1]) + bundle[end - 19 :]
    assert codes(desk.verify(changed, pins["signed"]), "findings")[0] in ("NOTE_SIGNATURE", "NOTE_FORM", "BUNDLE_FORM")
    assert desk.complaints == []


def test_a_camera_that_is_refused_is_said(desk: Desk) -> None:
    def refuse(page: Any) -> str:
        page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }")
        page.click("#scan")
        page.wait_for_function("() => document.getElementById('status').textContent.includes('未获允许')")
        return str(page.inner_text("#scan"))

    assert desk.do(refuse) == "扫二维码"
    assert not desk.do(lambda page: page.is_visible("#viewfinder"))


def test_of_many_files_the_gravest_answer_stands_first(desk: Desk) -> None:
    own, pins = originals()
    desk.pin(pins["signed"])

    def choose(page: Any) -> list[str]:
        names = {"1.pdf": own.signed, "2.pdf": own.elsewhere, "3.pdf": own.signed + b"%", "4.txt": b"hello"}
        page.set_input_files("#files", [{"name": name, "mimeType": "application/pdf", "buffer": raw} for name, raw in names.items()])
        page.wait_for_function("() => document.querySelectorAll('article').length === 4 && !document.body.matches('.busy')")
        return list(page.locator("article").evaluate_all("cards => cards.map(card => card.dataset.verdict)"))

    assert desk.do(choose) == ["bad", "unchecked", "good", "other"]
    assert _text(desk, "#status") == "4 件中最严重的：无效"


def test_large_files_are_refused_unread(desk: Desk, tmp_path: Path) -> None:
    own, _ = originals()
    (tmp_path / "large.pdf").write_bytes(own.signed + bytes(100 * 1024 * 1024))
    assert desk.show(tmp_path / "large.pdf") == "bad"
    assert "FILE_FORM" in _text(desk, "article")


def test_keyboard_alone(desk: Desk) -> None:
    """From the top: language, files, scan, paste, pins; each can be reached and shows that it is."""

    def walk(page: Any) -> list[str]:
        reached = []
        for _ in range(6):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.id || document.activeElement.parentElement.id || document.activeElement.tagName")
            )
        return reached

    reached = desk.do(walk)
    assert reached[:3] == ["language", "files", "scan"]
    desk.do(lambda page: page.focus("#language"))
    desk.do(lambda page: page.keyboard.press("Enter"))
    assert _text(desk, "h1") == "Verify a manifest"
    assert desk.do(lambda page: page.evaluate("document.documentElement.lang")) == "en"


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core (MPL-2.0), fetched by npm for this test alone and known by its hash; left out in words where it cannot be had."""
    folder = tmp_path_factory.mktemp("axe")
    fetch = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), _AXE_NAME]
    try:
        subprocess.run(fetch, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("axe-core is not at hand (no npm, or no registry): accessibility was not tested（缺 axe-core，未测试无障碍）")
    raw = (folder / "node_modules/axe-core/axe.min.js").read_bytes()
    assert sha256(raw).hexdigest() == _AXE_SHA256
    return raw.decode()


@pytest.fixture(params=WIDTHS)
def wide_desk(browser: Browser, request: Any) -> Iterator[tuple[int, Desk]]:
    width = request.param
    found = browser.open(PAGE.as_uri(), viewport={"width": width, "height": WIDTHS[width]}, bypass_csp=True)
    yield width, found
    browser.close(found)


def _fill(desk: Desk) -> None:
    pdf, address, found = claimed()
    own, _ = originals()
    desk.show(own.unsigned, "转移证明-0123.pdf")
    desk.pin(found)
    desk.show(own.elsewhere, "转移证明-伪造.pdf")
    desk.show(pdf + b"% more\n", "转移证明-改动.pdf")
    desk.show(pdf, "转移证明.pdf")
    desk.show(code_picture(address), "二维码.png", "image/png")
    desk.do(lambda page: page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_overflows_and_axe_finds_nothing(wide_desk: tuple[int, Desk], axe: str, language: str) -> None:
    width, desk = wide_desk
    if language == "en":
        desk.do(lambda page: page.click("#language"))
    if PICTURES:
        desk.do(lambda page: page.screenshot(path=f"{PICTURES}/{width}-{language}-empty.png"))
    _fill(desk)
    if PICTURES:
        desk.do(lambda page: page.screenshot(path=f"{PICTURES}/{width}-{language}.png", full_page=True))
    assert desk.do(lambda page: page.evaluate("document.documentElement.scrollWidth")) <= width
    desk.do(lambda page: page.evaluate(axe))
    found = desk.do(
        lambda page: page.evaluate("axe.run().then(result => result.violations.map(one => [one.id, one.nodes.map(node => node.target)]))")
    )
    assert found == []
