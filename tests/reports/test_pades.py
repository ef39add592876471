"""The issuing signature: what stock software says of it, and that the same evidence gives the same bytes."""

import asyncio
import io
import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from ledger.bundle import open_bundle
from ledger.kinds.issuer import LOG_ISSUERS
from reports.anchor import make_anchor
from reports.certificate.render import render_certificate
from reports.issuing import issuers
from reports.kinds import all_kinds
from reports.paper import pades
from reports.paper.pades import signature_of
from reports.verify import verify_bytes, verify_file
from signing.keys import PrivateKey
from tests.reports.story import Story


@cache
def signed_story() -> tuple[Story, PrivateKey]:
    story = Story()
    key = story.issuer()
    story.ordinary(123)
    return story, key


def on_paper() -> bytes:
    """The same where no loop runs: the validator brings its own."""
    return asyncio.run(signed())


async def signed() -> bytes:
    story, key = signed_story()
    raw = await story.bundle(123)
    return render_certificate(open_bundle(raw, all_kinds()), raw, {key.keyid: key.sign})


async def test_the_same_evidence_gives_the_same_bytes_and_verifies_as_a_reprint() -> None:
    story, key = signed_story()
    one, two = await signed(), await signed()
    assert one == two
    signature = signature_of(one)
    assert signature is not None
    assert signature.spki == key.spki
    report = verify_bytes(one, "c.pdf", story.bench.found)
    assert (report.verdict, report.paper) == ("good", "reprint")


def test_stock_software_calls_it_good() -> None:
    # Here, not above: each worker imports each file to collect it, and these take half a second.
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    raw = on_paper()
    signature = signature_of(raw)
    assert signature is not None
    [found] = PdfFileReader(io.BytesIO(raw)).embedded_signatures
    root = x509.Certificate.load(signature.certificate)
    context = ValidationContext(trust_roots=[root], moment=datetime(2027, 1, 1, tzinfo=UTC))
    status = validate_pdf_signature(found, context)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_poppler_calls_it_good(tmp_path: Path) -> None:
    (path := tmp_path / "c.pdf").write_bytes(on_paper())
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_an_outside_authority_may_have_a_long_name_and_number() -> None:
    """Both stand in the signature once more; what is reserved grows with them."""
    key, authority = (PrivateKey.from_seed("ecdsa-p256-sha256", bytes([number]) * 32) for number in (1, 2))
    oids = NameOID.STATE_OR_PROVINCE_NAME, NameOID.LOCALITY_NAME, NameOID.ORGANIZATION_NAME, *[NameOID.ORGANIZATIONAL_UNIT_NAME] * 4
    issuer = Name([NameAttribute(oid, "数字证书认证中心（虚构）") for oid in (*oids, NameOID.COMMON_NAME)])
    days = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 12, 31, tzinfo=UTC)
    subject = Name([NameAttribute(NameOID.COMMON_NAME, "x")])
    made = CertificateBuilder(issuer, subject, key.private.public_key(), 2**158, *days).sign(authority.private, SHA256())
    certificate = made.public_bytes(Encoding.DER)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pades.reserve(pdf, certificate, "D:20261009100000+08'00'", "log.example")
        pdf.save(out := io.BytesIO())
    signature = signature_of(pades.fill(out.getvalue(), certificate, key.sign))
    assert signature is not None
    assert (signature.spki, signature.certificate) == (key.spki, certificate)


async def test_an_unsigned_copy_of_a_log_that_signs_is_not_its_paper() -> None:
    """Whoever leaves out what was signed last, and prints that, cannot sign it."""
    story, _ = signed_story()
    raw = await story.bundle(123)
    bundle = open_bundle(raw, all_kinds())
    assert issuers(bundle, "pdf")
    assert verify_bytes(render_certificate(bundle, raw), "c.pdf", story.bench.found).verdict == "unchecked"


async def test_a_key_that_the_log_does_not_tell_signs_nothing() -> None:
    story, key = signed_story()
    other = Story()
    stranger = other.issuer(name="另一个")
    other.ordinary(123)
    raw = await other.bundle(123)
    foreign = render_certificate(open_bundle(raw, all_kinds()), raw, {stranger.keyid: stranger.sign})
    assert verify_bytes(foreign, "c.pdf", other.bench.found).verdict == "good"
    assert stranger.keyid not in issuers(open_bundle(await story.bundle(123), all_kinds()), "pdf")
    assert key.keyid not in issuers(open_bundle(raw, all_kinds()), "pdf")


async def test_a_retired_key_signs_nothing_more() -> None:
    story = Story()
    key = story.issuer()
    story.retire(key)
    story.ordinary(123)
    raw = await story.bundle(123)
    bundle = open_bundle(raw, all_kinds())
    assert not issuers(bundle, "pdf")
    printed = render_certificate(bundle, raw, {key.keyid: key.sign})
    assert signature_of(printed) is None


async def test_who_leaves_out_the_keys_too_prints_what_says_that_it_is_unsigned(tmp_path: Path) -> None:
    """A bundle cannot prove that nothing was left out: the answer says so; verify.html, and ``--signed``, call such a paper not checked."""
    story, _ = signed_story()
    fields = json.loads(await story.bundle(123))
    keys = {entry.index for entry in story.bench.entries if entry.statement.chain == LOG_ISSUERS}
    last = fields["entries"][-1]["index"]
    fields["entries"] = [item for item in fields["entries"] if item["index"] not in keys | {last}]
    raw = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    printed = render_certificate(open_bundle(raw, all_kinds()), raw)
    report = verify_bytes(printed, "c.pdf", story.bench.found)
    assert (report.verdict, [note.code for note in report.notes][:2]) == ("good", ["NOTE_UNSIGNED", "NOTE_HEAD"])
    for content, verdict in ((printed, "unchecked"), (await signed(), "good")):
        (path := tmp_path / "c.pdf").write_bytes(content)
        assert verify_file(path, anchor=make_anchor(story.bench.found, is_signed_only=True)).verdict == verdict
