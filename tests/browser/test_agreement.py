"""The page and ``liandan verify`` give one answer to every file: good, forged, with a byte changed, with pins and without."""

from base64 import b64decode, b64encode
from random import Random
from typing import Any

import pytest

from reports.attachment import bundle_in
from reports.remark import VerifyReport
from reports.verify import verify_bytes
from tests.browser.conftest import Desk, codes
from tests.reports.forged.forge import FORGERIES
from tests.reports.test_forged import originals

SAID = ("form", "subject", "stage", "number", "origin", "size", "root", "found", "entries", "signatures")


def _codes(report: VerifyReport) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one.code for one in report.findings), tuple(one.code for one in report.notes)


def agree(desk: Desk, raw: bytes, pin: str = "") -> dict[str, Any]:
    """Compare both answers; the one difference allowed is a paper that only a reprint can prove."""
    ours, theirs = verify_bytes(raw, "c.pdf", pin or None), desk.verify(raw, pin)
    if ours.paper == "reprint" and theirs["paper"] == "unchecked":
        assert theirs["verdict"] == ("unchecked" if pin else "unpinned")
        assert ("NOTE_UNSIGNED", *codes(theirs, "notes")[1:]) == _codes(ours)[1]
    else:
        assert theirs["verdict"] == ours.verdict
        assert codes(theirs, "notes") == _codes(ours)[1]
        assert theirs["paper"] == ("signature" if ours.paper == "reprint" else ours.paper)
    assert codes(theirs, "findings") == _codes(ours)[0]
    if not ours.findings:
        assert {name: theirs[name] for name in SAID} == {name: getattr(ours, name) for name in SAID}
    return theirs


@pytest.mark.parametrize("pinned", [True, False], ids=["pinned", "unpinned"])
@pytest.mark.parametrize("name", ["signed", "unsigned", "other", "elsewhere"])
def test_originals(shared_desk: Desk, name: str, pinned: bool) -> None:
    own, pins = originals()
    pin = pins["unsigned" if name == "unsigned" else "signed"] if pinned else ""
    paper = agree(shared_desk, getattr(own, name), pin)
    if name in ("signed", "other"):
        assert (paper["verdict"], paper["paper"]) == ("good" if pinned else "unpinned", "signature")
    agree(shared_desk, bundle_in(getattr(own, name)), pin)


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries(shared_desk: Desk, name: str) -> None:
    own, pins = originals()
    raw = FORGERIES[name].make(own)
    pin = pins["unsigned" if name.endswith("(unsigned)") else "signed"]
    assert agree(shared_desk, raw, pin)["verdict"] in ("bad", "unchecked")
    assert agree(shared_desk, raw)["verdict"] in ("bad", "unpinned")


@pytest.mark.parametrize("base", ["signed", "unsigned"])
def test_a_changed_byte(shared_desk: Desk, base: str) -> None:
    """In the file, and in the evidence beside it; a sample of what ``bench`` does a thousand times."""
    own, pins = originals()
    chance = Random(f"page {base}")
    for raw in (getattr(own, base), bundle_in(getattr(own, base))):
        for _ in range(40):
            at = chance.randrange(len(raw))
            changed = raw[:at] + bytes([raw[at] ^ chance.randrange(1, 256)]) + raw[at + 1 :]
            ours, theirs = verify_bytes(changed, "c.pdf", pins[base]), shared_desk.verify(changed, pins[base])
            assert theirs["verdict"] == ours.verdict, (at, ours.findings, theirs["findings"])
            assert theirs["verdict"] in ("bad", "unchecked")


def test_a_changed_value_in_the_evidence(shared_desk: Desk) -> None:
    """Behind the base64: notes, entries and proofs, each with a bit changed."""
    own, pins = originals()
    bundle, chance = bundle_in(own.signed), Random("values")
    parts = [part for part in bundle.split(b'"') if len(part) > 40 and len(part) % 4 == 0]
    for _ in range(60):
        part = chance.choice(parts)
        value = bytearray(b64decode(part))
        value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
        changed = bundle.replace(part, b64encode(bytes(value)))
        ours, theirs = verify_bytes(changed, "c.pdf", pins["signed"]), shared_desk.verify(changed, pins["signed"])
        assert theirs["verdict"] == ours.verdict == "bad", (ours.findings, theirs["findings"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"%PDF-1.7\n",
        b"{",
        b'{"liandan_bundle":1}',
        b'{"liandan_bundle":' + b"[" * 9000,
        b"\xff\xfe{}",
        b"%PDF-1.7 /Encrypt",
        bytes(70_000),
    ],
    ids=["empty", "head", "brace", "short", "deep", "no text", "locked", "zeros"],
)
def test_what_is_no_file_of_ours(shared_desk: Desk, raw: bytes) -> None:
    assert agree(shared_desk, raw)["verdict"] == "bad"


def test_the_log_key_is_a_pin(shared_desk: Desk) -> None:
    own, _ = originals()
    vkey = _vkey()
    assert shared_desk.verify(own.signed, vkeys=(vkey,))["verdict"] == "good"
    stranger = "log.example/liandan-test+5af5cf4b+" + vkey.rpartition("+")[2]
    assert shared_desk.verify(own.signed, vkeys=(stranger,))["verdict"] == "bad"


def _vkey() -> str:
    from ledger.bundle import open_bundle
    from reports.kinds import all_kinds

    return open_bundle(bundle_in(originals()[0].signed), all_kinds()).log.log_keys[0]
