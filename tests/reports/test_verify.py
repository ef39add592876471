"""Offline verification: a good file is good, and no change of what people see or of what proves it goes unnoticed."""

from __future__ import annotations

import io
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.admission.statement import ClaimedAct
from ledger.bundle import BUNDLE_MAX, open_bundle
from ledger.refusal_receipts import make_receipt
from ledger.tree.checkpoint import attach_cosignatures, cosign_checkpoint, log_vkeys, parse_checkpoint
from ledger.tree.note import parse_note
from ledger.witnessing.server import make_cosigner
from reports.anchor import Anchor, make_anchor
from reports.attachment import NAME as ATTACHMENT
from reports.attachment import bundles_in
from reports.certificate.fields import LAYOUT
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.verify import VerifyReport, verify_bytes, verify_file, verify_folder
from reports.words import when
from tests.reports.story import Story, ordinary, trunk
from tests.reports.test_certificate import text_of
from tests.sample import sample
from tests.workbench import OPERATOR, ORIGIN, key_of

FOUND = ordinary().bench.found


@pytest.fixture
async def bundle() -> bytes:
    return await ordinary().bundle(123)


@pytest.fixture
async def certificate(bundle: bytes) -> bytes:
    return render_certificate(open_bundle(bundle, all_kinds()), bundle)


def codes(report: VerifyReport) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in report.findings]


def edited(raw: bytes, edit: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The document after an edit, saved again."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        edit(pdf)
        pdf.save(out)
    return out.getvalue()


async def test_a_certificate_proves_itself(certificate: bytes, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate)
    report = verify_file(path, FOUND)
    assert report.verdict == "good"
    assert (report.form, report.subject, report.stage, report.number) == ("certificate", trunk(123), "closed", "20265101000123")
    assert (report.entries, report.paper, report.found) == (16, "reprint", FOUND)
    assert [note.code for note in report.notes] == ["NOTE_UNSIGNED", "NOTE_HEAD", "NOTE_NO_WITNESS", "NOTE_DEMO"]


async def test_without_a_pin_a_file_is_only_consistent_in_itself(certificate: bytes, bundle: bytes) -> None:
    for raw in (certificate, bundle):
        report = verify_bytes(raw, "c.pdf")
        assert (report.verdict, "NOTE_NOT_PINNED" in {note.code for note in report.notes}) == ("unpinned", True)


async def test_another_log_than_the_pinned_one_is_a_finding(certificate: bytes) -> None:
    report = verify_bytes(certificate, "c.pdf", "0" * 64)
    assert codes(report) == ["FOUND_DIFFERS"]
    assert report.findings[0].zh.startswith("证据来自另一个账本")


def vkey_file(*keys: str) -> bytes:
    return "".join(f"{line}\n" for line in keys).encode()


OWN = log_vkeys(ORIGIN, [key_of("log")])
LOOK_ALIKE = log_vkeys(ORIGIN, [key_of("a log of the same name")])


@pytest.mark.parametrize("form", ["certificate", "bundle"])
async def test_every_pin_is_honoured_for_paper_and_bundles(form: str, certificate: bytes, bundle: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("c.pdf" if form == "certificate" else "b.json")
    path.write_bytes(certificate if form == "certificate" else bundle)

    def told(anchor: Anchor) -> tuple[str, list[str]]:
        report = verify_file(path, anchor=anchor)
        return report.verdict, codes(report)

    assert told(make_anchor(vkeys=vkey_file(*OWN))) == ("good", [])
    assert told(make_anchor(vkeys=vkey_file(*LOOK_ALIKE))) == ("bad", ["FOUND_DIFFERS"])
    witness = make_cosigner("witness.example/a", key_of("witness a")).vkeys[0]
    asked = f"witness a {witness}\nquorum a\n"
    assert told(make_anchor(policy=asked.encode())) == ("bad", ["NOTE_SIGNATURE"])
    assert told(make_anchor(policy=f"log {OWN[0]}\nquorum none\n".encode())) == ("good", [])
    assert told(make_anchor(policy=f"log {LOOK_ALIKE[0]}\nquorum none\n".encode())) == ("bad", ["NOTE_SIGNATURE"])


def _script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _figure(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[1]
    content = page.Contents.read_bytes()
    at = content.index(b"Tj") - 3
    page.Contents = pdf.make_stream(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def _glyph(pdf: pikepdf.Pdf) -> None:
    fonts = pdf.pages[0].Resources.Font
    program = next(fonts[name] for name in fonts if "/FontDescriptor" in fonts[name]).FontDescriptor.FontFile2
    content = bytearray(program.read_bytes())
    content[-40] ^= 1
    program.write(bytes(content))


def _text_over(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[50, 50, 200, 80], Contents="9.9 t")
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))


def _attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["other.txt"] = b"x"


def _opened(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = _script()


def _named(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array(["x", _script()]))


def _on_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=_script())


def _cropped(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.CropBox = pikepdf.Array([0, 0, 300, 300])


def _inherited(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages["/CropBox"] = pikepdf.Array([0, 0, 300, 300])


def _shorter(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[2]


def _renamed(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "危险废物转移证明 20265101000999"


def _layout(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/LiandanLayout"] = str(LAYOUT + 1)
    pdf.pages[0].Contents = pdf.make_stream(b"")


EDITS: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "saved again": lambda pdf: None,
    "a figure": _figure,
    "a glyph": _glyph,
    "text over a page": _text_over,
    "another attachment": _attached,
    "a script at opening": _opened,
    "a script by name": _named,
    "a script on a page": _on_page,
    "a page turned": lambda pdf: pdf.pages[1].rotate(180, relative=False),
    "a page cropped": _cropped,
    "a frame inherited": _inherited,
    "pages in another order": lambda pdf: pdf.pages.reverse(),
    "a page less": _shorter,
    "another title": _renamed,
    "another layout": _layout,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
async def test_whatever_is_not_the_issuers_bytes_is_read_from_the_evidence(
    edit: Callable[[pikepdf.Pdf], None], certificate: bytes, tmp_path: Path
) -> None:
    """What one reader of PDF shows another may not: only the page that is written beside the file is to be read."""
    kept: dict[str, bytes] = {}

    def keep(name: str, page: bytes) -> str:
        kept[name] = page
        return "beside"

    (path := tmp_path / "c.pdf").write_bytes(edited(certificate, edit))
    report = verify_file(path, FOUND, keep=keep)
    assert (report.verdict, report.paper, report.canonical) == ("unchecked", "unchecked", "beside")
    assert report.notes[0].code == "NOTE_PAPER"
    assert kept == {"c.pdf": certificate}


async def test_a_paper_of_an_older_layout_is_never_worse_than_not_checked() -> None:
    """Printed unsigned before papers were signed, kept for ever: its evidence holds, and the page to read is printed from it."""
    raw = (Path(__file__).parent / "certificate-layout-5.pdf").read_bytes()
    pinned = "c8d6ca7b22c570f9040e6218c6d3f41a12a2fdc6023687700989cdc37bcee2df"
    report = verify_bytes(raw, "old.pdf", pinned)
    assert (report.verdict, report.number, report.stage) == ("unchecked", "20265101000123", "closed")
    (attached,) = bundles_in(raw)
    assert verify_bytes(attached, "bundle.json", pinned).verdict == "good"


async def test_a_signed_paper_of_an_older_layout_stays_good() -> None:
    """No reprint is equal to it any more; the signature over the whole file is, for ever."""
    raw = (Path(__file__).parent / "certificate-layout-6.pdf").read_bytes()
    pinned = "c8d6ca7b22c570f9040e6218c6d3f41a12a2fdc6023687700989cdc37bcee2df"
    report = verify_bytes(raw, "old.pdf", pinned)
    assert (report.verdict, report.number, report.stage, report.paper) == ("good", "20265101000005", "disposed", "signature")
    assert verify_bytes(raw[:-1], "old.pdf", pinned).verdict == "unchecked"


@pytest.mark.parametrize("end", [b"\n", b"%%EOF\n", b"\0"])
async def test_a_byte_behind_the_end_is_not_the_issuers(certificate: bytes, end: bytes) -> None:
    assert verify_bytes(certificate + end, "c.pdf", FOUND).verdict == "unchecked"
    assert verify_bytes(end + certificate, "c.pdf", FOUND).verdict == "unchecked"


@pytest.mark.parametrize("user", ["", "u"])
async def test_an_encrypted_file_is_refused_in_words(certificate: bytes, user: str) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(certificate)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
    assert codes(verify_bytes(out.getvalue(), "c.pdf", FOUND)) == ["CERT_LOCKED"]


async def test_two_pieces_of_evidence_in_one_file_are_refused(certificate: bytes) -> None:
    second = await other().bundle(123)
    appended = render_certificate(open_bundle(second, all_kinds()), second)
    assert codes(verify_bytes(certificate + appended, "c.pdf", FOUND)) == ["CERT_TWO_BUNDLES"]
    assert verify_bytes(certificate + certificate, "c.pdf", FOUND).verdict == "unchecked"


class _Counting:
    """An inflater that counts what it makes."""

    made = 0

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()

    def decompress(self, raw: bytes, limit: int) -> bytes:
        made = self._inner.decompress(raw, limit)
        _Counting.made += len(made)
        return made

    @property
    def eof(self) -> bool:
        return self._inner.eof


async def test_a_small_file_of_large_streams_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """9 GB in 9 MB took 43 s when streams were unpacked to be compared."""
    monkeypatch.setattr("reports.attachment.zlib", SimpleNamespace(decompressobj=_Counting, error=zlib.error))
    bomb = zlib.compress(bytes(15_000_000), 9)
    beginning = zlib.compress(b'{"liandan_bundle"' + bytes(40_000_000), 9)

    def stream(content: bytes, number: int) -> bytes:
        return b"%d 0 obj<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream endobj\n" % (number, len(content), content)

    many = b"%PDF-1.7\n" + b"".join(stream(bomb, 900 + number) for number in range(600))
    assert codes(verify_bytes(many, "c.pdf", FOUND)) == ["CERT_NO_BUNDLE"]
    assert codes(verify_bytes(b"%PDF-1.7\n" + stream(beginning, 9), "c.pdf", FOUND)) == ["PDF_FORM"]
    assert codes(verify_bytes(b"%PDF-1.7\n" + b"stream\n" * 30_000, "c.pdf", FOUND)) == ["PDF_FORM"]
    again = stream(zlib.compress(b'{"liandan_bundle"' + bytes(1_000_000), 9), 9)
    assert codes(verify_bytes(b"%PDF-1.7\n" + again * 200, "c.pdf", FOUND)) == ["PDF_FORM"]
    assert _Counting.made < 2 * BUNDLE_MAX


async def test_without_its_attachment_a_certificate_proves_nothing(certificate: bytes) -> None:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]

    assert codes(verify_bytes(edited(certificate, remove), "c.pdf")) == ["CERT_NO_BUNDLE"]


@cache
def other() -> Story:
    """A second story with another weight."""
    story = Story()
    story.ordinary(123, "5.550000")
    return story


async def test_a_swapped_attachment_is_evidence_of_another_paper(certificate: bytes) -> None:
    swapped = await other().bundle(123)

    def swap(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]
        pdf.attachments[ATTACHMENT] = swapped

    assert verify_bytes(edited(certificate, swap), "c.pdf", other().bench.found).verdict == "unchecked"


async def test_a_changed_attachment_is_refused(certificate: bytes, bundle: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]
        pdf.attachments[ATTACHMENT] = bundle.replace(b'"index":16', b'"index":17')

    assert codes(verify_bytes(edited(certificate, change), "c.pdf")) == ["BUNDLE_FORM"]


@settings(max_examples=sample(60), deadline=None)
@given(st.data())
async def test_a_flipped_bit_changes_nothing_that_is_still_called_good(data: st.DataObject) -> None:
    bundle = await ordinary().bundle(123)
    good = render_certificate(open_bundle(bundle, all_kinds()), bundle)
    raw = bytearray(good)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert verify_bytes(bytes(raw), "c.pdf", FOUND).verdict in ("bad", "unchecked")


async def test_a_bundle_alone_is_verified_too(bundle: bytes) -> None:
    report = verify_bytes(bundle, "bundle.json", FOUND)
    assert report.is_good
    assert report.form == "bundle"


async def test_a_receipt_is_checked_with_the_keys_of_a_bundle(bundle: bytes) -> None:
    refused = ClaimedAct((OPERATOR,), "manifest.issue/1", "ab" * 32)
    _, receipt = make_receipt(refused, ["APPROVAL_QUOTA"], 19, ordinary().bench.at_s, key_of(OPERATOR))
    report = verify_bytes(receipt, "receipt.json", FOUND, bundle=bundle)
    assert report.is_good
    assert (report.subject, report.codes, report.size) == ("ab" * 32, ("APPROVAL_QUOTA",), 19)
    assert codes(verify_bytes(receipt, "receipt.json")) == ["RECEIPT_UNCHECKED"]
    certificate = render_certificate(open_bundle(bundle, all_kinds()), bundle)
    assert verify_bytes(receipt, "receipt.json", bundle=certificate).is_good
    _, forged = make_receipt(refused, ["APPROVAL_QUOTA"], 19, ordinary().bench.at_s, key_of("somebody"))
    assert codes(verify_bytes(forged, "receipt.json", bundle=bundle)) == ["RECEIPT_SIGNER"]
    changed = json.loads(receipt)
    changed["signatures"][0]["sig"] = json.loads(forged)["signatures"][0]["sig"]
    raw = json.dumps(changed, separators=(",", ":")).encode()
    assert codes(verify_bytes(raw, "receipt.json", bundle=bundle)) == ["SIGNATURE_WRONG"]


async def test_a_refusal_is_proved_by_a_certificate_that_lies_beside_it(bundle: bytes, tmp_path: Path) -> None:
    """What a user holds: receipts, and certificates of the same log. One that is not of the pinned log tells no keys."""
    refused = ClaimedAct((OPERATOR,), "manifest.issue/1", "ab" * 32)
    _, receipt = make_receipt(refused, ["APPROVAL_QUOTA"], 19, ordinary().bench.at_s, key_of(OPERATOR))
    (tmp_path / f"{refused.statement}.APPROVAL_QUOTA.refusal").write_bytes(receipt)

    def told(anchor: Anchor) -> dict[str, list[str]]:
        reports = verify_folder(tmp_path, anchor)
        [refusal] = [report for report in reports if report.form == "receipt"]
        return {"findings": [one.code for one in refusal.findings], "notes": [one.code for one in refusal.notes]}

    assert told(make_anchor(FOUND)) == {"findings": ["RECEIPT_UNCHECKED"], "notes": []}
    (tmp_path / "a.pdf").write_bytes(render_certificate(open_bundle(bundle, all_kinds()), bundle))
    assert told(make_anchor(FOUND)) == {"findings": [], "notes": []}
    assert told(make_anchor()) == {"findings": [], "notes": ["NOTE_NOT_PINNED"]}
    assert told(make_anchor("0" * 64))["findings"] == ["RECEIPT_UNCHECKED"]
    other = "".join(f"{vkey}\n" for vkey in log_vkeys(ORIGIN, [key_of("another log")])).encode()
    assert told(make_anchor(vkeys=other))["findings"] == ["RECEIPT_UNCHECKED"]


@pytest.mark.parametrize("raw", [b"", b"hello", b"%PDF-1.7\n%%EOF", b"{", b'{"liandan_bundle":1}'])
def test_whatever_is_none_of_these_is_a_finding(raw: bytes) -> None:
    assert codes(verify_bytes(raw, "x")) in (["FILE_FORM"], ["CERT_NO_BUNDLE"], ["BUNDLE_FORM"])


@pytest.mark.parametrize(("count", "notes"), [(0, ["NOTE_NO_WITNESS", "NOTE_QUORUM"]), (1, ["NOTE_QUORUM"]), (2, [])])
async def test_witnesses_stand_on_the_paper_with_their_times(count: int, notes: list[str]) -> None:
    cosigners = [make_cosigner(f"witness.example/{name}", key_of(f"witness {name}")) for name in ("a", "b")]
    lines = [f"witness {one.name[-1]} {one.vkeys[0]}" for one in cosigners]
    story = Story(witness_policy=(*lines, "group both all a b", "quorum both"))
    story.ordinary(123)
    fields = json.loads(await story.bundle(123))
    note = b64decode(fields["checkpoint"])
    checkpoint = parse_checkpoint(parse_note(note)[0])
    attached = [(one.vkeys[0], cosign_checkpoint(checkpoint, one.name, one.keys[0], 1_790_000_000)) for one in cosigners[:count]]
    fields["checkpoint"] = b64encode(attach_cosignatures(note, attached)).decode()
    raw = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    certificate = render_certificate(open_bundle(raw, all_kinds()), raw)
    report = verify_bytes(certificate, "c.pdf")
    assert report.is_good
    assert [note.code for note in report.notes] == ["NOTE_UNSIGNED", "NOTE_NOT_PINNED", "NOTE_HEAD", *notes, "NOTE_DEMO"]
    text = text_of(certificate)
    assert [f"{one.name}　{when(1_790_000_000)}" in text for one in cosigners] == [at < count for at in range(2)]
