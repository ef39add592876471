"""Evidence of a log whose operator lies: what he admits, what he signs. An answer in words, and the page that the evidence prints."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace
from reportlab.pdfgen.canvas import Canvas

from ledger.admission.entry import Entry, encode_entry
from ledger.model import AccountRow
from reports.attachment import NAME
from reports.certificate.fields import LAYOUT
from reports.issuing import issue
from reports.verify import VerifyReport, verify_bytes, verify_file
from signing.refusal import Refusal
from tests.reports.papers import opened, paper
from tests.reports.story import APPROVAL, Story, ordinary, trunk


def told(raw: bytes, story: Story) -> VerifyReport:
    return verify_bytes(raw, "c.pdf", story.bench.found)


def carrying(bundle: bytes) -> bytes:
    """A PDF with this evidence."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments[NAME] = bundle
        pdf.save(out)
    return out.getvalue()


def readmitted(entry: Entry, *accounts: AccountRow) -> Entry:
    """As an operator may admit it who signs what he likes."""
    admission = replace(entry.admission, decision=replace(entry.admission.decision, accounts=accounts))
    return replace(entry, admission=admission, raw=encode_entry(entry.envelope, admission))


def test_what_no_page_can_say_is_a_finding_and_no_crash() -> None:
    story = Story()
    story.ordinary(123)
    at, decided = next((at, one) for at, one in enumerate(story.bench.entries) if one.statement.kind == "approval.decide/1")
    [row, *_] = decided.admission.decision.accounts
    endless = AccountRow(account=f"Q2 {APPROVAL} {'1' * 5000}", before_g=0, after_g=1, prev_index=row.prev_index)
    story.bench.entries[at] = readmitted(decided, endless)
    report = told(carrying(asyncio.run(story.bundle(123))), story)
    assert ([finding.code for finding in report.findings], report.verdict) == (["BUNDLE_MEANING"], "bad")


def test_pages_that_the_issuer_drew_otherwise_are_his_and_are_said_not_to_be_what_the_evidence_prints(tmp_path: Path) -> None:
    """The signature proves whose file it is. What the evidence prints is written out beside it, without that signature."""
    story = Story()
    keys = [story.issuer(), story.issuer("claim")]
    story.ordinary(123)
    signers = {key.keyid: key.sign for key in keys}
    raw = asyncio.run(story.bundle(123))
    canvas = Canvas(out := io.BytesIO())
    canvas.drawString(72, 700, "accepted: 9.999999 t")
    canvas.save()
    drawn = issue(out.getvalue(), opened(raw), raw, signers, layout=f"certificate {LAYOUT} zh", dated="2026-10-13T10:00:00+08:00")
    kept: dict[str, bytes] = {}

    def keep(name: str, page: bytes) -> str:
        kept[name] = page
        return "beside"

    (path := tmp_path / "c.pdf").write_bytes(drawn)
    report = verify_file(path, story.bench.found, keep=keep)
    assert (report.verdict, report.paper, report.notes[0].code, report.canonical) == ("good", "signature", "NOTE_NOT_REPRINTED", "beside")
    assert b"/ByteRange" not in kept["c.pdf"], "a signature of other pages would be wrong on these"
    assert told(kept["c.pdf"], story).verdict == "unchecked"
    whole = told(paper("certificate", raw, signers), story)
    assert (whole.paper, "NOTE_NOT_REPRINTED" in {note.code for note in whole.notes}) == ("reprint", False)


async def test_evidence_that_fits_into_no_paper_is_said_with_the_chain_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.bundle.BUNDLE_MAX", 10_000)
    with pytest.raises(Refusal) as caught:
        await ordinary().bundle(123)
    [reason] = caught.value.reasons
    assert (reason.code, reason.field) == ("BUNDLE_TOO_LARGE", trunk(123))
