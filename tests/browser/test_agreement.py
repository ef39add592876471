"""The page and ``liandan verify`` give one answer to every file: good, forged, with a byte changed, with pins and without."""

from base64 import b64decode, b64encode
from functools import cache
from random import Random
from typing import Any

import pytest

from ledger.tree.checkpoint import log_vkeys
from ledger.tree.policy import parse_policy
from ledger.witnessing.server import make_cosigner
from reports.attachment import bundle_in
from reports.remark import VerifyReport
from reports.verify import verify_bytes
from signing.refusal import Refusal
from tests.browser.conftest import Desk, codes
from tests.ledger.test_bundle import witnessed
from tests.reports.forged.forge import FORGERIES
from tests.reports.test_forged import originals
from tests.sample import sample, sampled
from tests.workbench import ORIGIN, key_of

pytestmark = pytest.mark.usefixtures("printed_once")
SAID = ("form", "document", "subject", "stage", "number", "origin", "size", "root", "found", "entries", "signatures")


def _codes(report: VerifyReport) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one.code for one in report.findings), tuple(one.code for one in report.notes)


def agree(desk: Desk, raw: bytes, pin: str = "", policy: str = "") -> dict[str, Any]:
    """Compare both answers; the one difference allowed is a paper that only a reprint can prove."""
    ours = verify_bytes(raw, "c.pdf", pin or None, policy=policy.encode() or None)
    theirs = desk.verify(raw, pin, policy=policy)
    if ours.paper == "reprint" and theirs["paper"] == "unchecked":
        assert theirs["verdict"] == ("unchecked" if ours.is_pinned else "unpinned")
        assert ("NOTE_UNSIGNED", *codes(theirs, "notes")[1:]) == tuple(code for code in _codes(ours)[1] if code != "NOTE_ISSUER_LATER")
    else:
        assert theirs["verdict"] == ours.verdict
        assert codes(theirs, "notes") == tuple(code for code in _codes(ours)[1] if code != "NOTE_NOT_REPRINTED")
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


@cache
def policies() -> dict[str, str]:
    """Witness policies as a reader pins them: met without witnesses, of another log, and asking for a cosignature that no file has."""
    witness = make_cosigner("witness.example/a", key_of("witness a")).vkeys[0]
    [other] = log_vkeys(ORIGIN, [key_of("another log")])
    return {
        "met": f"# 本账本\nlog {_vkey()}\nquorum none\n",
        "another log": f"log {other}\nquorum none\n",
        "short": f"log {_vkey()} https://log.example/\nwitness a {witness}\ngroup both any a\nquorum both\n",
        "no log": f"witness a {witness}\nquorum none\n",
    }


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries(shared_desk: Desk, name: str) -> None:
    """With its pin, and in the suite in one of three other ways."""
    own, pins = originals()
    raw, place = FORGERIES[name].make(own), list(FORGERIES).index(name)
    pin = pins["unsigned" if name.endswith("(unsigned)") else "signed"]
    assert agree(shared_desk, raw, pin)["verdict"] in ("bad", "unchecked")
    asked = policies()
    ways = (
        ("", "", ("bad", "unpinned")),
        ("", asked["short"], ("bad",)),  # no file has the cosignature that is asked for
        (pin, list(asked.values())[place % len(asked)], ("bad", "unchecked")),
    )
    for way in sampled([(place + turn) % 3 for turn in range(3)]):
        pinned, policy, expected = ways[way]
        assert agree(shared_desk, raw, pinned, policy)["verdict"] in expected, way


@pytest.mark.parametrize("asked", ["met", "another log", "short", "no log"])
def test_a_policy_is_a_pin(shared_desk: Desk, asked: str) -> None:
    own, pins = originals()
    wanted = {"met": "good", "another log": "bad", "short": "bad", "no log": "unpinned"}[asked]
    for raw in (own.signed, bundle_in(own.signed)):
        assert agree(shared_desk, raw, policy=policies()[asked])["verdict"] == wanted
    assert agree(shared_desk, own.signed, pins["signed"], policies()[asked])["verdict"] == (wanted if wanted == "bad" else "good")


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("quorum", ["a", "b", "two", "one", "none"])
def test_cosignatures_are_counted_by_the_readers_policy(shared_desk: Desk, count: int, quorum: str) -> None:
    """Whatever the log itself asks for."""
    lines = [f"witness {name} {make_cosigner(f'witness.example/{name}', key_of(f'witness {name}')).vkeys[0]}" for name in "ab"]
    groups = ["group two all a b"] if quorum == "two" else ["group one any a b"] if quorum == "one" else []
    policy = "".join(f"{line}\n" for line in (f"log {_vkey()}", *lines, *groups, f"quorum {quorum}"))
    met = {"a": count > 0, "b": count > 1, "two": count > 1, "one": count > 0, "none": True}[quorum]
    assert agree(shared_desk, witnessed(count), policy=policy)["verdict"] == ("good" if met else "bad")
    assert agree(shared_desk, witnessed(2, forged=True), policy=policy)["verdict"] == "bad"


@pytest.mark.parametrize(
    "policy",
    [
        "quorum none", "", "quorum a\n", "quorum none\nquorum none\n", "witness a b\nquorum a\n", "group g 1 a\nquorum g\n", "\ufeffquorum none\n",
        "quorum none\r\n", "log x\nquorum none\n", "quorum __proto__\n", "quorum constructor\n", "Quorum none\n", "quorum none https://x.example\n",
    ],
)  # fmt: skip
def test_policies_out_of_form(shared_desk: Desk, policy: str) -> None:
    def refused_here() -> bool:
        try:
            parse_policy(policy.encode())
        except Refusal:
            return True
        return False

    read = (
        "text => window.liandan.signed.parsePolicy(text).then(() => false, error => /^(?:POLICY|VKEY)_FORM$/.test(error.reasons[0].code))"
    )
    assert refused_here() is shared_desk.do(lambda page: page.evaluate(read, policy)) is True


@pytest.mark.parametrize("base", ["signed", "unsigned"])
def test_a_changed_byte(shared_desk: Desk, base: str) -> None:
    """In the file, and in the evidence beside it; a sample of what ``bench`` does a thousand times."""
    own, pins = originals()
    chance = Random(f"page {base}")
    for raw in (getattr(own, base), bundle_in(getattr(own, base))):
        for _ in range(sample(40)):
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
    for _ in range(sample(60)):
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
        b"%PDF-1.7\n" + b'stream\n{"liandan_bundle"}\nendstream\n' * 10,
    ],
    ids=["empty", "head", "brace", "short", "deep", "no text", "locked", "zeros", "again"],
)
def test_what_is_no_file_of_ours(shared_desk: Desk, raw: bytes) -> None:
    assert agree(shared_desk, raw)["verdict"] == "bad"


def test_the_log_key_is_a_pin(shared_desk: Desk) -> None:
    own, _ = originals()
    vkey = _vkey()
    assert shared_desk.verify(own.signed, vkeys=(vkey,))["verdict"] == "good"
    stranger = "log.example/liandan-test+5af5cf4b+" + vkey.rpartition("+")[2]
    assert shared_desk.verify(own.signed, vkeys=(stranger,))["verdict"] == "bad"


@cache
def _vkey() -> str:
    from ledger.bundle import open_bundle
    from reports.kinds import all_kinds

    return open_bundle(bundle_in(originals()[0].signed), all_kinds()).log.log_keys[0]
