"""No forgery is called good, and each is called what it is."""

import asyncio
from functools import cache
from random import Random

import pytest

from ledger.bundle import open_bundle
from ledger.witnessing.server import make_cosigner
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.verify import verify_bytes
from signing.keys import PrivateKey
from tests.reports.forged.forge import FORGERIES, Originals
from tests.reports.story import Story, ordinary
from tests.workbench import key_of


def _printed(story: Story, serial: int, key: PrivateKey | None = None) -> bytes:
    raw = asyncio.run(story.bundle(serial))
    return render_certificate(open_bundle(raw, all_kinds()), raw, {} if key is None else {key.keyid: key.sign})


@cache
def originals() -> tuple[Originals, dict[str, str]]:
    """Certificates to forge, and the pin of each log."""
    witness = make_cosigner("witness.example/a", key_of("witness a")).vkeys[0]
    story, stranger = Story(), Story(witness_policy=(f"witness a {witness}", "quorum none"))
    key, theirs = story.issuer(), stranger.issuer(name="另一个")
    for one, serials in ((story, (123, 124)), (stranger, (123,))):
        for serial in serials:
            one.ordinary(serial)
    own = Originals(
        signed=_printed(story, 123, key),
        unsigned=_printed(ordinary(), 123),
        elsewhere=_printed(stranger, 123, theirs),
        other=_printed(story, 124, key),
    )
    return own, {"signed": story.bench.found, "unsigned": ordinary().bench.found}


def _pin(name: str) -> str:
    return originals()[1]["unsigned" if name.endswith("(unsigned)") else "signed"]


def test_the_originals_are_good() -> None:
    own, pins = originals()
    for raw, pin in ((own.signed, "signed"), (own.other, "signed"), (own.unsigned, "unsigned")):
        assert verify_bytes(raw, "c.pdf", pins[pin]).verdict == "good"


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_is_good(name: str) -> None:
    forgery = FORGERIES[name]
    made = forgery.make(originals()[0])
    assert made not in (originals()[0].signed, originals()[0].unsigned)
    report = verify_bytes(made, "c.pdf", _pin(name))
    assert tuple(finding.code for finding in report.findings) == forgery.codes
    assert report.verdict == ("bad" if forgery.codes else "unchecked")


@pytest.mark.parametrize("base", ["signed", "unsigned"])
def test_a_changed_byte_is_never_intact(base: str) -> None:
    """A sample; ``python -m bench.forged`` changes a thousand."""
    own, pins = originals()
    chance, raw = Random(base), getattr(own, base)
    for _ in range(20):
        at = chance.randrange(len(raw))
        changed = raw[:at] + bytes([raw[at] ^ chance.randrange(1, 256)]) + raw[at + 1 :]
        assert verify_bytes(changed, "c.pdf", pins[base]).verdict in ("bad", "unchecked")
