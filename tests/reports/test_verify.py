"""Offline verification: a good file is good, and no change of what people see or of what proves it goes unnoticed."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.admission.statement import ClaimedAct
from ledger.bundle import open_bundle
from ledger.log import make_receipt
from ledger.tree.checkpoint import attach_cosignatures, cosign_checkpoint, log_vkeys, parse_checkpoint
from ledger.tree.note import parse_note
from ledger.witnessing.server import make_cosigner
from reports.anchor import Anchor, make_anchor
from reports.certificate.fields import LAYOUT
from reports.certificate.render import ATTACHMENT, render_certificate
from reports.kinds import all_kinds
from reports.verify import VerifyReport, verify_bytes, verify_file, verify_folder
from reports.words import when
from tests.reports.story import Story, ordinary, trunk
from tests.reports.test_certificate import text_of
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
    assert report.is_good
    assert (report.form, report.subject, report.stage, report.number) == ("certificate", trunk(123), "closed", "20265101000123")
    assert (report.entries, report.pages, report.found) == (16, 3, FOUND)
    assert [note.code for note in report.notes] == ["NOTE_HEAD", "NOTE_NO_WITNESS", "NOTE_DEMO"]


async def test_an_unpinned_log_is_noted(certificate: bytes) -> None:
    assert verify_bytes(certificate, "c.pdf").notes[0].code == "NOTE_NOT_PINNED"


async def test_another_log_than_the_pinned_one_is_a_finding(certificate: bytes) -> None:
    report = verify_bytes(certificate, "c.pdf", "0" * 64)
    assert codes(report) == ["FOUND_DIFFERS"]
    assert report.findings[0].zh.startswith("证据来自另一个账本")


async def test_a_certificate_that_was_merely_saved_again_is_still_good(certificate: bytes) -> None:
    again = edited(certificate, lambda pdf: None)
    assert again != certificate
    assert verify_bytes(again, "c.pdf").is_good


async def test_a_changed_figure_is_found_on_its_page(certificate: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[1]
        content = page.Contents.read_bytes()
        at = content.index(b"Tj") - 3
        page.Contents = pdf.make_stream(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])

    report = verify_bytes(edited(certificate, change), "c.pdf")
    assert [(finding.code, finding.field) for finding in report.findings] == [("CERT_PAGE_DIFFERS", "page 2")]


async def test_a_changed_glyph_is_found_on_every_page_that_uses_the_font(certificate: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        fonts = pdf.pages[0].Resources.Font
        ours = next(fonts[name] for name in fonts if "/FontDescriptor" in fonts[name])
        program = ours.FontDescriptor.FontFile2
        content = bytearray(program.read_bytes())
        content[-40] ^= 1
        program.write(bytes(content))

    assert set(codes(verify_bytes(edited(certificate, change), "c.pdf"))) == {"CERT_PAGE_DIFFERS"}


async def test_text_laid_over_a_page_is_found(certificate: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[50, 50, 200, 80], Contents="9.9 t")
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))

    assert codes(verify_bytes(edited(certificate, change), "c.pdf")) == ["CERT_PAGE_DIFFERS"]


async def test_a_script_or_a_further_attachment_is_found(certificate: bytes) -> None:
    def script(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["other.txt"] = b"x"

    for edit in (script, attach):
        assert codes(verify_bytes(edited(certificate, edit), "c.pdf")) == ["CERT_FRAME_DIFFERS"]


async def test_a_script_by_name_or_on_a_page_is_found(certificate: bytes) -> None:
    def script() -> pikepdf.Dictionary:
        return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    def named(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array(["x", script()]))

    def opened(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script())

    assert codes(verify_bytes(edited(certificate, named), "c.pdf")) == ["CERT_FRAME_DIFFERS"]
    assert codes(verify_bytes(edited(certificate, opened), "c.pdf")) == ["CERT_PAGE_DIFFERS"]


async def test_a_page_turned_cropped_or_moved_is_found(certificate: bytes) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].rotate(180, relative=False)

    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].obj.CropBox = pikepdf.Array([0, 0, 300, 300])

    for edit in (turn, crop):
        found = verify_bytes(edited(certificate, edit), "c.pdf").findings
        assert [(finding.code, finding.field) for finding in found] == [("CERT_PAGE_DIFFERS", "page 2")]
    moved = verify_bytes(edited(certificate, lambda pdf: pdf.pages.reverse()), "c.pdf")
    assert {finding.field for finding in moved.findings} == {"page 1", "page 3"}


@pytest.mark.parametrize("revision", [3, 4, 6])
async def test_an_owner_password_is_named_and_changes_nothing(certificate: bytes, revision: int) -> None:
    def locked(user: str, edit: Callable[[pikepdf.Pdf], None] = lambda pdf: None) -> VerifyReport:
        out = io.BytesIO()
        aes = revision > 3
        with pikepdf.open(io.BytesIO(certificate)) as pdf:
            edit(pdf)
            pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=user, R=revision, aes=aes, metadata=aes))
        return verify_bytes(out.getvalue(), "c.pdf", FOUND)

    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].rotate(90, relative=False)

    good = locked("")
    assert good.is_good
    assert [note.code for note in good.notes][-1] == "NOTE_LOCKED"
    assert codes(locked("", turn)) == ["CERT_PAGE_DIFFERS"]
    assert codes(locked("u")) == ["PDF_FORM"], "nobody can read it without the password"


async def test_another_title_is_found(certificate: bytes) -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = "危险废物转移存证证明 20265101000999"

    assert codes(verify_bytes(edited(certificate, rename), "c.pdf")) == ["CERT_FRAME_DIFFERS"]


async def test_a_frame_inherited_by_the_pages_is_found(certificate: bytes) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages["/CropBox"] = pikepdf.Array([0, 0, 300, 300])

    assert set(codes(verify_bytes(edited(certificate, crop), "c.pdf"))) == {"CERT_PAGE_DIFFERS"}


async def test_a_document_under_a_password_is_refused_in_words(certificate: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(certificate)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    report = verify_bytes(out.getvalue(), "c.pdf")
    assert codes(report) == ["PDF_FORM"]
    assert report.findings[0].found == "invalid password"


async def test_a_page_less_is_found(certificate: bytes) -> None:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[2]

    assert "CERT_PAGES" in codes(verify_bytes(edited(certificate, remove), "c.pdf"))


async def test_without_its_attachment_a_certificate_proves_nothing(certificate: bytes) -> None:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]

    assert codes(verify_bytes(edited(certificate, remove), "c.pdf")) == ["CERT_NO_BUNDLE"]


async def test_another_layout_version_is_never_called_good(certificate: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/LiandanLayout"] = str(LAYOUT + 1)
        pdf.pages[0].Contents = pdf.make_stream(b"")

    assert codes(verify_bytes(edited(certificate, change), "c.pdf")) == ["CERT_LAYOUT"]


@cache
def other() -> Story:
    """A second story with another weight."""
    story = Story()
    story.ordinary(123, "5.550000")
    return story


async def test_a_swapped_attachment_does_not_fit_the_pages(certificate: bytes) -> None:
    swapped = await other().bundle(123)

    def swap(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]
        pdf.attachments[ATTACHMENT] = swapped

    found = codes(verify_bytes(edited(certificate, swap), "c.pdf"))
    assert "CERT_PAGE_DIFFERS" in found


async def test_a_changed_attachment_is_refused(certificate: bytes, bundle: bytes) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        del pdf.attachments[ATTACHMENT]
        pdf.attachments[ATTACHMENT] = bundle.replace(b'"index":16', b'"index":17')

    assert codes(verify_bytes(edited(certificate, change), "c.pdf")) == ["BUNDLE_FORM"]


@settings(max_examples=60, deadline=None)
@given(st.data())
async def test_a_flipped_bit_changes_nothing_that_is_still_called_good(data: st.DataObject) -> None:
    bundle = await ordinary().bundle(123)
    good = render_certificate(open_bundle(bundle, all_kinds()), bundle)
    raw = bytearray(good)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    report = verify_bytes(bytes(raw), "c.pdf", FOUND)
    if report.is_good:
        # The bit lay where no reader looks: then both documents must show and carry the same.
        for a, b in zip(pikepdf.open(io.BytesIO(good)).pages, pikepdf.open(io.BytesIO(bytes(raw))).pages, strict=True):
            assert a.Contents.read_bytes() == b.Contents.read_bytes()


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
    assert codes(verify_bytes(raw, "x")) in (["FILE_FORM"], ["PDF_FORM"], ["BUNDLE_FORM"])


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
    assert [note.code for note in report.notes] == ["NOTE_NOT_PINNED", "NOTE_HEAD", *notes, "NOTE_DEMO"]
    text = text_of(certificate)
    assert [f"{one.name}　{when(1_790_000_000)}" in text for one in cosigners] == [at < count for at in range(2)]
