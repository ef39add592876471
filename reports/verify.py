"""Verify a file offline: a certificate by what is attached to it, a bundle, or a refusal receipt. No network, no database.

Findings are what does not hold; one is enough to reject the file. Notes are what the file cannot prove by itself.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.bundle import Bundle, open_bundle
from ledger.directory import KeyRecord
from manifests.model import ManifestState
from reports.certificate.facts import LAYOUT
from reports.certificate.render import ATTACHMENT, render_certificate
from reports.document import Document
from reports.kinds import all_kinds
from reports.rulebook import RULES
from reports.texts import TEXTS
from signing.envelope import PAYLOAD_REFUSAL, parse_envelope
from signing.payload import parse
from signing.refusal import Reason, Refusal, Rule, refuse
from signing.suite import verify

FILE_MAX = 32 * 1024 * 1024
Form = Literal["certificate", "bundle", "receipt", "unknown"]


class Remark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding or note, in both languages."""

    code: str
    zh: str
    en: str
    do_zh: str
    do_en: str
    field: str = ""
    found: str = ""
    expected: str = ""


class VerifyReport(Struct, frozen=True, kw_only=True):
    """What verification of one file gave. The file is good iff there are no findings."""

    file: str
    form: Form
    subject: str = ""
    """The chain it is about, or the statement a receipt is for."""
    stage: str = ""
    number: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    found: str = ""
    """Statement hash of ``log.found``: compare it with the one you pinned."""
    entries: int = 0
    signatures: int = 0
    pages: int = 0
    """Pages compared with what the evidence prints."""
    codes: tuple[str, ...] = ()
    """Codes that a refusal receipt states."""
    findings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def is_good(self) -> bool:
        """Nothing was found."""
        return not self.findings


def verify_file(path: Path, pinned_found: str | None = None, *, bundle: Path | None = None) -> VerifyReport:
    """Verify a file; ``bundle`` names one of the same log, whose keys then check a receipt. OSError where a file cannot be read."""
    beside = None if bundle is None else bundle.read_bytes()
    if path.stat().st_size > FILE_MAX:
        too_large = refuse("FILE_FORM", found=path.stat().st_size, expected=f"at most {FILE_MAX} bytes")
        return VerifyReport(file=path.name, form="unknown", findings=_remarks(too_large.reasons))
    return verify_bytes(path.read_bytes(), path.name, pinned_found, bundle=beside)


def verify_bytes(raw: bytes, name: str, pinned_found: str | None = None, *, bundle: bytes | None = None) -> VerifyReport:
    """The same for bytes; never raises for what the bytes are."""
    form = _form(raw)
    try:
        if form == "certificate":
            return _certificate(raw, name, pinned_found)
        if form == "bundle":
            return _bundle(open_bundle(raw, all_kinds(), pinned_found), name, "bundle")
        if form == "receipt":
            return _receipt(raw, name, pinned_found, bundle)
        raise refuse("FILE_FORM", found=ascii(raw[:24]), expected="certificate.pdf, bundle, refusal receipt")
    except Refusal as refusal:
        return VerifyReport(file=name, form=form, findings=_remarks(refusal.reasons))


def _form(raw: bytes) -> Form:
    if b"%PDF-" in raw[:1024]:
        return "certificate"
    if raw.lstrip()[:20].startswith(b'{"liandan_bundle"'):
        return "bundle"
    return "receipt" if raw.lstrip()[:1] == b"{" and PAYLOAD_REFUSAL.encode() in raw[:4096] else "unknown"


def _bundle(bundle: Bundle, name: str, form: Form, *, pages: int = 0, findings: tuple[Remark, ...] = ()) -> VerifyReport:
    state = bundle.facts.state(bundle.subject)
    checkpoint = bundle.opened.checkpoint
    return VerifyReport(
        file=name,
        form=form,
        subject=bundle.subject,
        stage=str(state.stage) if isinstance(state, ManifestState) else "",
        number=(state.number or "") if isinstance(state, ManifestState) else "",
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=b64encode(checkpoint.root).decode(),
        found=bundle.found,
        entries=len(bundle.entries),
        signatures=sum(len(entry.statement.by) for entry in bundle.entries),
        pages=pages,
        findings=findings,
        notes=_notes(bundle),
    )


def _notes(bundle: Bundle) -> tuple[Remark, ...]:
    """What even a good bundle leaves open."""
    reasons = [Reason("NOTE_HEAD", bundle.subject)]
    if not bundle.is_pinned:
        reasons.insert(0, Reason("NOTE_NOT_PINNED", "", bundle.found))
    if not bundle.opened.cosignatures:
        reasons.append(Reason("NOTE_NO_WITNESS"))
    if not bundle.is_quorum:
        named = ", ".join(line.vkey.partition("+")[0] for line in bundle.opened.cosignatures)
        reasons.append(Reason("NOTE_QUORUM", "", named or "-", ", ".join(bundle.log.witness_policy)))
    if bundle.log.clock != "real":
        reasons.append(Reason("NOTE_DEMO"))
    return _remarks(reasons)


def _certificate(raw: bytes, name: str, pinned_found: str | None) -> VerifyReport:
    document = Document(raw)
    attached = document.attachment(ATTACHMENT)
    if attached is None:
        raise refuse("CERT_NO_BUNDLE", found=name, expected=ATTACHMENT)
    bundle = open_bundle(attached, all_kinds(), pinned_found)
    printed = render_certificate(bundle, attached)
    reasons: list[Reason] = [] if printed == raw else _differences(document, Document(printed))
    return _bundle(bundle, name, "certificate", pages=document.page_count, findings=_remarks(reasons))


def _differences(given: Document, printed: Document) -> list[Reason]:
    """Where the given document is not what its own evidence prints."""
    layout = given.info("/LiandanLayout")
    if layout != str(LAYOUT):
        return [Reason("CERT_LAYOUT", "", layout or "-", str(LAYOUT))]
    reasons = []
    if given.page_count != printed.page_count:
        reasons.append(Reason("CERT_PAGES", "", str(given.page_count), str(printed.page_count)))
    pairs = zip(given.page_digests(), printed.page_digests(), strict=False)
    reasons += [Reason("CERT_PAGE_DIFFERS", f"page {number}") for number, (a, b) in enumerate(pairs, 1) if a != b]
    if given.frame_digest() != printed.frame_digest():
        reasons.append(Reason("CERT_FRAME_DIFFERS"))
    return reasons


class _Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a refusal receipt (formats §8)."""

    statement: str
    codes: tuple[str, ...]
    size: int
    at: str


def _receipt(raw: bytes, name: str, pinned_found: str | None, beside: bytes | None) -> VerifyReport:
    """A refusal receipt: its form always; its signature when a bundle of the log tells the operator's keys."""
    envelope = parse_envelope(raw, payload_type=PAYLOAD_REFUSAL)
    try:
        body = msgspec.convert(parse(envelope.body), _Receipt, strict=True)
    except msgspec.ValidationError as error:
        raise refuse("RECEIPT_FORM", found=error, expected="statement, codes, size, at") from None
    report = VerifyReport(file=name, form="receipt", subject=body.statement, size=body.size, codes=body.codes)
    if beside is None:
        return msgspec.structs.replace(report, findings=_remarks([Reason("RECEIPT_UNCHECKED")]))
    bundle = open_bundle(beside, all_kinds(), pinned_found)
    (signature,) = envelope.signatures if len(envelope.signatures) == 1 else (None,)
    record: KeyRecord | None = None if signature is None else bundle.facts.get(f"key:{signature.keyid}")
    if signature is None or record is None or record.uscc != bundle.log.operator:
        raise refuse("RECEIPT_SIGNER", found="" if signature is None else signature.keyid, expected=f"a key of {bundle.log.operator}")
    verify(record.suite, record.spki, envelope.message, signature.sig)
    return msgspec.structs.replace(report, origin=bundle.log.origin, found=bundle.found, signatures=1)


def _remarks(reasons: tuple[Reason, ...] | list[Reason]) -> tuple[Remark, ...]:
    return tuple(_remark(reason) for reason in reasons)


def _remark(reason: Reason) -> Remark:
    rule = RULES.get(reason.code) or TEXTS.get(reason.code) or _UNNAMED
    return Remark(
        code=reason.code,
        zh=rule.zh,
        en=rule.en,
        do_zh=rule.do_zh,
        do_en=rule.do_en,
        field=reason.field,
        found=reason.found,
        expected=reason.expected,
    )


_UNNAMED = Rule(
    code="",
    zh="核验未通过。",
    en="Verification failed.",
    do_zh="向提供方索取原始文件。",
    do_en="Ask whoever gave it for the original file.",
)
