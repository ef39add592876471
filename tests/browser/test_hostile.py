"""What an attacker would make so that the page and the program part, or so that the page shows what nobody said."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from reports.anchor import make_anchor
from reports.attachment import bundle_in
from reports.claimed import verify_claim
from reports.verify import _verify, verify_bytes
from signing.keys import PrivateKey
from tests.browser.conftest import BYTES_OF, Desk, codes
from tests.browser.hostile import CASES
from tests.reports.claims import Told, told
from tests.reports.test_forged import originals
from tests.workbench import ORIGIN

pytestmark = pytest.mark.usefixtures("printed_once")


@pytest.mark.parametrize("name", CASES)
def test_files(shared_desk: Desk, name: str) -> None:
    raw, pin = CASES[name](), originals()[1]["signed"]
    for asked in (pin, ""):
        ours, theirs = verify_bytes(raw, "c.pdf", asked or None), shared_desk.verify(raw, asked)
        assert theirs["verdict"] == ours.verdict, (ours.findings, theirs["findings"])
        assert {*codes(theirs, "findings")[:1]} <= {one.code for one in ours.findings}, (
            "of several reasons the page tells the first it meets"
        )


def _address(raw: str) -> str:
    return f"https://{ORIGIN.partition('/')[0]}/v#{raw}"


CLAIMS: dict[str, tuple[Callable[[Told], str], str]] = {
    "as printed": (lambda own: own.signed.address(ORIGIN), "good"),
    "without its address": (lambda own: own.signed.raw.decode(), "good"),
    "as a fragment": (lambda own: "#" + own.signed.raw.decode(), "good"),
    "with blanks around": (lambda own: f" \t{own.signed.address(ORIGIN)}\r\n", "good"),
    "with a byte order mark": (lambda own: "\ufeff" + own.signed.address(ORIGIN), "bad"),
    "with a no-break space": (lambda own: own.signed.address(ORIGIN) + "\u00a0", "bad"),
    "of another host": (lambda own: f"https://log.example.evil.example/v#{own.signed.raw.decode()}", "bad"),
    "of a host that looks alike": (lambda own: f"https://lоg.example/v#{own.signed.raw.decode()}", "bad"),
    "with a user": (lambda own: f"https://log.example@evil.example/v#{own.signed.raw.decode()}", "bad"),
    "without TLS": (lambda own: f"http://log.example/v#{own.signed.raw.decode()}", "bad"),
    "of another path": (lambda own: f"https://log.example/vv#{own.signed.raw.decode()}", "bad"),
    "of another port": (lambda own: f"https://log.example:8443/v#{own.signed.raw.decode()}", "bad"),
    "with a query": (lambda own: f"https://log.example/v?next=x#{own.signed.raw.decode()}", "bad"),
    "as a script": (lambda own: f"javascript:alert(1)//#{own.signed.raw.decode()}", "bad"),
    "with two fragments": (lambda own: _address(f"x#{own.signed.raw.decode()}"), "bad"),
    "percent-encoded": (lambda own: _address(own.signed.raw.decode().replace(".", "%2E")), "bad"),
    "padded": (lambda own: _address(own.signed.raw.decode() + "=="), "bad"),
    "in the other alphabet": (lambda own: _address(own.signed.raw.decode().replace("_", "/").replace("-", "+") + "+"), "bad"),
    "with a third part": (lambda own: own.signed.raw.decode() + ".AAAA", "bad"),
    "with an empty signature": (lambda own: own.signed.raw.decode().partition(".")[0] + ".", "bad"),
    "with s for n - s": (Told.malleable, "bad"),
    "of another number": (lambda own: own.signed.raw.decode().replace(own.signed.raw.decode()[40:44], "AAAA", 1), "bad"),
    "of a million characters": (lambda own: "A" * 1_000_000, "bad"),
    "of nothing": (lambda own: "#", "bad"),
    "by an unknown key": (lambda own: own.said(PrivateKey.from_seed("ecdsa-p256-sha256", bytes(32)), key="00000000"), "other"),
    "by the key of papers": (lambda own: own.said(own.pdf_key, key=own.pdf_key.keyid[:8]), "other"),
    "by another key under this name": (lambda own: own.said(own.pdf_key), "bad"),
    "with no name of a key": (lambda own: own.with_line(11, ""), "bad"),
    "with a short name of a key": (lambda own: own.with_line(11, "a"), "bad"),
    "of another document": (lambda own: own.with_line(1, "constructor"), "bad"),
    "of a stage that is none": (lambda own: own.with_line(3, "__proto__"), "good"),
    "of a stage in capitals": (lambda own: own.with_line(3, "CLOSED"), "bad"),
    "with markup for a plate": (lambda own: own.with_line(8, "<b>x</b>"), "good"),
    "with a plate turned around": (lambda own: own.with_line(8, "川A\u202e12"), "bad"),
    "with an invisible plate": (lambda own: own.with_line(8, "\u200b"), "bad"),
    "with a null": (lambda own: own.with_line(8, "\0"), "bad"),
    "with a line more": (lambda own: own.of_text(own.signed.claim.text + b"\nx"), "bad"),
    "with a line feed at the end": (lambda own: own.of_text(own.signed.claim.text + b"\n"), "bad"),
    "of another version": (lambda own: own.with_line(0, "liandan2"), "bad"),
    "not in UTF-8": (lambda own: own.of_text(own.signed.claim.text[:-9] + b"\xff"), "bad"),
    "of before the key": (lambda own: own.with_line(10, "1 3dbc68f504d2"), "bad"),
    "of after the key's days": (lambda own: own.with_line(4, "2037-01-01T00:00"), "bad"),
}


def _agree(desk: Desk, text: str, bundle: bytes | None, found: str) -> dict[str, Any]:
    """Both answer alike to a claim, with and without the pin."""
    anchor = make_anchor(found or None, bundle=bundle)
    ours, theirs = verify_claim(text, anchor), desk.claim(text, {"found": found}, bundle)
    assert (theirs["verdict"], codes(theirs, "findings"), codes(theirs, "notes")) == (
        ours.verdict,
        tuple(one.code for one in ours.findings),
        tuple(one.code for one in ours.notes),
    )
    if not ours.findings:
        assert (theirs["number"], theirs["stage"], theirs["signatures"]) == (ours.number, ours.stage, ours.signatures)
    return theirs


@pytest.mark.parametrize("name", CLAIMS)
def test_claims(shared_desk: Desk, name: str) -> None:
    own, (make, verdict) = told(), CLAIMS[name]
    text = make(own)
    assert _agree(shared_desk, text, own.before, own.found)["verdict"] == verdict
    assert _agree(shared_desk, text, own.before, "")["verdict"] == ("unpinned" if verdict == "good" else verdict)
    assert _agree(shared_desk, text, None, own.found)["verdict"] in ("bad", "other"), "a claim alone is never good"


def test_a_claim_by_a_key_that_was_retired(shared_desk: Desk) -> None:
    """Said to be of before: nobody can know. Said to be of after: it says itself that it does not count."""
    own = told()
    assert "NOTE_ISSUER_LATER" in codes(_agree(shared_desk, own.signed.raw.decode(), own.before, own.found), "notes")
    early = _agree(shared_desk, own.signed.raw.decode(), own.after_claim, own.found)
    assert (early["verdict"], codes(early, "notes")[0]) == ("other", "NOTE_ISSUER_RETIRED")
    late = _agree(shared_desk, own.with_line(10, f"{own.retired_at + 1} 3dbc68f504d2"), own.after_claim, own.found)
    assert (late["verdict"], codes(late, "findings")) == ("bad", ("CLAIM_ISSUER",))


def test_a_paper_by_a_key_that_was_retired(desk: Desk) -> None:
    """The page says so as soon as newer evidence is at hand, of answers that it gave before too, and never forgets it."""
    own = told()

    def verdicts() -> list[str]:
        return list(desk.do(lambda page: page.locator("article").evaluate_all("cards => cards.map(card => card.dataset.verdict)")))

    desk.pin(own.found)
    assert desk.show(own.pdf) == "good"
    assert "NOTE_ISSUER_LATER" in str(desk.do(lambda page: page.locator("article").first.text_content()))
    assert desk.show(own.after, "newer.json", "application/json") == "good"
    assert verdicts() == ["good", "unchecked"]
    assert "签署的密钥已停用" in str(desk.do(lambda page: page.locator("article").nth(1).inner_text()))
    assert desk.show(own.pdf) == "unchecked"
    assert desk.show(own.before, "older.json", "application/json") == "good"
    desk.do(lambda page: page.reload())
    assert desk.show(own.pdf) == "unchecked", "older evidence, and a new visit, change nothing"
    desk.do(lambda page: page.evaluate("text => { location.hash = text; }", "#" + own.signed.raw.decode()))
    desk.do(lambda page: page.wait_for_selector("article:nth-of-type(2)"))
    assert verdicts()[0] == "other"
    assert desk.complaints == []


def test_a_folder_with_newer_evidence(shared_desk: Desk) -> None:
    own = told()
    anchor = replace(make_anchor(own.found), retired=make_anchor(own.found, bundle=own.after).retired)
    ask = (
        f"async ([raw, found, retired]) => {{{BYTES_OF}"
        """
      const { bundle, names, then, trip, ...report } = await window.liandan.verifyBytes(bytesOf(raw), "c.pdf", { found }, null, () => {}, retired);
      return report;
    }"""
    )
    for retired in ((), anchor.retired):
        ours = _verify(own.pdf, "c.pdf", "certificate", replace(anchor, retired=retired))
        given = [{"found": one.found, "keyid": one.keyid, "index": one.index, "since": one.since_s} for one in retired]
        theirs = shared_desk.do(lambda page, given=given: page.evaluate(ask, [b64encode(own.pdf).decode(), own.found, given]))
        assert (theirs["verdict"], codes(theirs, "notes")) == (ours.verdict, tuple(one.code for one in ours.notes))
        assert tuple(theirs["signers"]) == ours.signers
    assert ours.verdict == "unchecked"


NAMES = [
    "<img src=x onerror=document.title=1>.pdf",
    "有效\u202efdp.exe",
    "a\u200bb\u0007.pdf",
    "x" * 5000 + ".pdf",
    "__proto__",
    "../../x.pdf",
    "${0}.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_shown_and_obeyed_by_nobody(desk: Desk, name: str) -> None:
    own, pins = originals()
    desk.pin(pins["signed"])
    assert desk.show(own.signed, name) == "good"
    shown = str(desk.do(lambda page: page.locator("article").first.inner_text()))
    assert not set("\u202e\u200b\u0007") & set(shown + str(desk.do(lambda page: page.inner_text("#status"))))
    assert desk.do(lambda page: page.locator("article img").count()) == 0
    assert desk.do(lambda page: page.title()) == "联单核验"
    assert desk.do(lambda page: page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_claim_that_nobody_vouches_for_is_not_read_aloud(desk: Desk) -> None:
    """Whoever sends an address decides what is behind ``#``: its values stay shut, behind the words that nothing was verified."""
    own = told()
    text = own.said(PrivateKey.from_seed("ecdsa-p256-sha256", bytes(32)), key="00000000", number="20265101999999", stage="constructor")
    desk.do(lambda page: page.evaluate("text => { location.hash = text; }", "#" + text))
    desk.do(lambda page: page.wait_for_selector("article"))
    shown = str(desk.do(lambda page: page.locator("article").inner_text()))
    assert "未核验" in shown
    assert "20265101999999" not in shown
    desk.do(lambda page: page.locator("article details summary").first.click())
    assert "20265101999999" in str(desk.do(lambda page: page.locator("article").inner_text()))
    assert desk.complaints == []


def test_a_file_called_a_picture_is_still_what_its_bytes_are(desk: Desk) -> None:
    own, pins = originals()
    desk.pin(pins["signed"])
    assert desk.show(own.signed, "c.png", "image/png") == "good"
    assert desk.show(bundle_in(own.signed), "b.svg", "image/svg+xml") == "good"


def test_what_was_kept_by_somebody_else_does_no_harm(desk: Desk) -> None:
    """Other files of this machine may write into the storage of pages that are opened from disk."""
    own, _ = originals()
    for name, value in (
        ("pins", '{"found":{},"vkeys":[1]}'),
        ("issuers", '[null,{"keyid":1}]'),
        ("issuers", '{"__proto__":1}'),
        ("language", '"x"'),
    ):
        desk.do(
            lambda page, name=name, value=value: page.evaluate(
                "([name, value]) => localStorage.setItem(`liandan.${name}`, value)", [name, value]
            )
        )
        desk.do(lambda page: page.reload())
        assert desk.show(own.signed) == "unpinned"
    assert desk.complaints == []


def test_the_cases_differ() -> None:
    made = [CASES[name]() for name in CASES]
    assert len(set(made)) == len(made) >= 90
