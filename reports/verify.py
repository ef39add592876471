"""Verify files offline: a certificate by what is attached to it, a bundle, receipts of entries and of refusals. No network, no database.

Findings are what does not hold; one is enough to reject the file. Notes are what the file cannot prove by itself.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.bundle import Bundle
from ledger.directory import KeyRecord
from ledger.kinds.issuer import USES
from manifests.model import ManifestState
from reports.anchor import Anchor, make_anchor
from reports.attachment import bundle_in, claims_in, is_pdf
from reports.certificate.render import render_certificate
from reports.claim import parse_claim
from reports.issuing import issuers
from reports.paper.pades import signature_of
from reports.receipts import is_receipt, verify_receipts
from reports.remark import Form, Paper, VerifyReport, remarks
from signing import keys
from signing.envelope import PAYLOAD_REFUSAL, parse_envelope
from signing.payload import parse
from signing.refusal import Reason, Refusal, refuse
from signing.suite import verify

FILE_MAX = 32 * 1024 * 1024
REFUSAL = ".refusal"
STRICT = frozenset({REFUSAL, ".pdf"})
"""Files of a folder that must be what their names say; whatever else is not known is left alone."""
CODES_SHOWN = 80
"""How much of a refusal's codes stands in its file's name (``liandan.client.receipt``)."""
_FOLDER_NAME = re.compile(r"[0-9a-f]{64}\.[A-Z0-9_+]+")


Keep = Callable[[str, bytes], str]
"""Takes the name of a file whose paper was not checked and the page that its evidence prints, keeps it, and says where."""


def verify_file(path: Path, pinned_found: str | None = None, *, anchor: Anchor | None = None, keep: Keep | None = None) -> VerifyReport:
    """Verify a file; receipts need an ``anchor`` that tells the keys of their log. OSError where a file cannot be read."""
    known = anchor or Anchor(found=pinned_found or "")
    if is_receipt(path):
        return verify_receipts([path], known)[0]
    if path.stat().st_size > FILE_MAX:
        too_large = refuse("FILE_FORM", found=path.stat().st_size, expected=f"at most {FILE_MAX} bytes")
        return VerifyReport(file=path.name, form="unknown", findings=remarks(too_large.reasons))
    raw = path.read_bytes()
    return _named(_verify(raw, path.name, _form_of(path, raw), known, keep), path)


def verify_folder(
    folder: Path, anchor: Anchor, progress: Callable[[int, int], None] | None = None, keep: Keep | None = None
) -> list[VerifyReport]:
    """Verify a receipt folder (回执文件夹) of ``liandan.client``: each receipt, and all of them against each other.

    Files of other software that lie in it are named in a note; damage cannot make a receipt one of them, for its name tells what it is.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    anchor = with_bundle_at_hand(anchor, files)
    reports = verify_receipts(filter(is_receipt, files), anchor, progress)
    for path in files:
        if not is_receipt(path):
            report = verify_file(path, anchor=anchor, keep=keep)
            if report.form == "unknown" and path.suffix not in STRICT:
                report = msgspec.structs.replace(report, findings=(), notes=remarks([Reason("NOTE_OTHER_FILE", "", path.name)]))
            reports.append(report)
    if not any(report.form != "unknown" for report in reports):
        nothing = Reason("FILE_FORM", "", folder.name, ".entry, .tlog-proof, .refusal, checkpoint")
        reports.append(VerifyReport(file=folder.name, form="unknown", findings=remarks([nothing])))
    return reports


def with_bundle_at_hand(anchor: Anchor, files: Iterable[Path]) -> Anchor:
    """For refusals among the files: the operator's keys from the first certificate or bundle among them that is of the anchor's log."""
    others = [path for path in files if path.is_file() and not is_receipt(path) and path.stat().st_size <= FILE_MAX]
    if anchor.bundle is not None or anchor.at_hand is not None or not any(_form_of(path) == "receipt" for path in others):
        return anchor
    for path in others:
        if _form_of(path) in ("certificate", "bundle"):
            with suppress(Refusal):
                return anchor.with_at_hand(path.read_bytes())
    return anchor


def verify_bytes(raw: bytes, name: str, pinned_found: str | None = None, *, bundle: bytes | None = None) -> VerifyReport:
    """A certificate, bundle or refusal receipt as bytes, a receipt with a bundle of its log; never raises for what the bytes are."""
    form = _form(raw)
    try:
        anchor = make_anchor(pinned_found, bundle=bundle if form == "receipt" else None)
    except Refusal as refusal:
        return VerifyReport(file=name, form=form, findings=remarks(refusal.reasons))
    return _verify(raw, name, form, anchor)


def _verify(raw: bytes, name: str, form: Form, anchor: Anchor, keep: Keep | None = None) -> VerifyReport:
    try:
        if form == "certificate":
            return _certificate(raw, name, anchor, keep)
        if form == "bundle":
            return _bundle(anchor.open_bundle(raw), name, "bundle", anchor)
        if form == "receipt":
            return _receipt(raw, name, anchor)
        raise refuse("FILE_FORM", found=ascii(raw[:24]), expected="certificate.pdf, bundle, receipt")
    except Refusal as refusal:
        return VerifyReport(file=name, form=form, findings=remarks(refusal.reasons))


def _named(report: VerifyReport, path: Path) -> VerifyReport:
    """A refusal receipt of a folder is named by the statement and the codes that it states."""
    stem = path.name.removesuffix(REFUSAL)
    if report.form != "receipt" or path.suffix != REFUSAL or not report.subject or not _FOLDER_NAME.fullmatch(stem):
        return report
    wanted = f"{report.subject}.{'+'.join(report.codes)[:CODES_SHOWN]}"
    if stem == wanted:
        return report
    return msgspec.structs.replace(report, findings=(*report.findings, *remarks([Reason("RECEIPT_NAME", "", wanted, stem)])))


def _form_of(path: Path, raw: bytes | None = None) -> Form:
    return "receipt" if path.suffix == REFUSAL else _form(path.read_bytes() if raw is None else raw)


def _form(raw: bytes) -> Form:
    if is_pdf(raw):
        return "certificate"
    if raw.lstrip()[:20].startswith(b'{"liandan_bundle"'):
        return "bundle"
    return "receipt" if raw.lstrip()[:1] == b"{" and PAYLOAD_REFUSAL.encode() in raw[:4096] else "unknown"


def _bundle(bundle: Bundle, name: str, form: Form, anchor: Anchor, *, paper: Paper = "", canonical: str = "") -> VerifyReport:
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
        paper=paper,
        canonical=canonical,
        is_pinned=anchor.is_pinned,
        notes=remarks(_notes(bundle, anchor, paper)),
    )


def _notes(bundle: Bundle, anchor: Anchor, paper: Paper) -> list[Reason]:
    """What even a good bundle leaves open."""
    reasons = [Reason("NOTE_PAPER")] if paper == "unchecked" else []
    reasons += [] if anchor.is_pinned else [Reason("NOTE_NOT_PINNED", "", bundle.found)]
    reasons.append(Reason("NOTE_HEAD", bundle.subject, str(bundle.opened.checkpoint.size)))
    if not bundle.opened.cosignatures:
        reasons.append(Reason("NOTE_NO_WITNESS"))
    if not bundle.is_quorum:
        named = ", ".join(line.vkey.partition("+")[0] for line in bundle.opened.cosignatures)
        reasons.append(Reason("NOTE_QUORUM", "", named or "-", ", ".join(bundle.log.witness_policy)))
    if bundle.log.clock != "real":
        reasons.append(Reason("NOTE_DEMO"))
    return reasons


def _made_before(value: bytes) -> Callable[[bytes], bytes]:
    """Signs nothing: gives the signature that the file brings, which was verified over what the file says."""
    return lambda _: value


def _claimed(raw: bytes, bundle: Bundle) -> dict[str, Callable[[bytes], bytes]]:
    """The signature of the file's claim, if a key signed it that the log tells for claims."""
    found = {}
    for one in claims_in(raw):
        with suppress(Refusal, ValueError):
            signed = parse_claim(one.decode())
            for name, issuer in issuers(bundle, "claim").items():
                if name.startswith(signed.claim.key):
                    signed.check(issuer.spki)
                    found[name] = _made_before(signed.signature)
    return found


def _certificate(raw: bytes, name: str, anchor: Anchor, keep: Keep | None) -> VerifyReport:
    """The evidence always; the paper only if its bytes are the issuer's, for what one reader of PDF shows another may not."""
    attached = bundle_in(raw)
    bundle = anchor.open_bundle(attached)
    signature, signers = signature_of(raw), _claimed(raw, bundle)
    if signature is not None and keys.keyid(signature.spki) in issuers(bundle, "pdf"):
        signers[keys.keyid(signature.spki)] = _made_before(signature.value)
    else:
        signature = None
    printed = render_certificate(bundle, attached, signers)
    # A log that has keys for it signs its papers: one that is not signed may be printed by whoever left out the last acts.
    is_whole = all(signers.keys() & known for use in USES if (known := issuers(bundle, use).keys()))
    paper: Paper = "reprint" if printed == raw and is_whole else "unchecked" if signature is None else "signature"
    canonical = keep(name, printed) if keep is not None and paper == "unchecked" else ""
    return _bundle(bundle, name, "certificate", anchor, paper=paper, canonical=canonical)


class _Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a refusal receipt (formats §8)."""

    statement: str
    codes: tuple[str, ...]
    size: int
    at: str


def _receipt(raw: bytes, name: str, anchor: Anchor) -> VerifyReport:
    """A refusal receipt: its form always; its signature when a bundle of the log tells the operator's keys."""
    envelope = parse_envelope(raw, payload_type=PAYLOAD_REFUSAL)
    try:
        body = msgspec.convert(parse(envelope.body), _Receipt, strict=True)
    except msgspec.ValidationError as error:
        raise refuse("RECEIPT_FORM", found=error, expected="statement, codes, size, at") from None
    report = VerifyReport(file=name, form="receipt", subject=body.statement, size=body.size, codes=body.codes)
    bundle = anchor.bundle or anchor.at_hand
    if bundle is None:
        return msgspec.structs.replace(report, findings=remarks([Reason("RECEIPT_UNCHECKED", "", "", "--bundle")]))
    log = bundle.log
    (signature,) = envelope.signatures if len(envelope.signatures) == 1 else (None,)
    record: KeyRecord | None = None if signature is None else bundle.facts.get(f"key:{signature.keyid}")
    if signature is None or record is None or record.uscc != log.operator:
        raise refuse("RECEIPT_SIGNER", found="" if signature is None else signature.keyid, expected=f"a key of {log.operator}")
    if not record.is_valid_at(body.size):
        raise refuse("KEY_NOT_VALID", field="keyid", found=signature.keyid, expected=f"valid at {body.size}")
    verify(record.suite, record.spki, envelope.message, signature.sig)
    notes = remarks([] if anchor.is_pinned else [Reason("NOTE_NOT_PINNED", "", bundle.found)])
    return msgspec.structs.replace(report, origin=log.origin, found=bundle.found, signatures=1, notes=notes, is_pinned=anchor.is_pinned)
