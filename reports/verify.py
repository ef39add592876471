"""Verify files offline: a certificate by what is attached to it, a bundle, receipts of entries and of refusals. No network, no database.

Findings are what does not hold; one is enough to reject the file. Notes are what the file cannot prove by itself.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.bundle import Bundle
from ledger.directory import KeyRecord
from ledger.unlogged import BEGINS
from manifests.model import ManifestState
from reports.anchor import Anchor, make_anchor
from reports.attachment import bundle_in, claims_in, days_in, is_pdf, layout_in
from reports.claim import parse_claim
from reports.crew import in_order
from reports.documents import ATTESTATION, DOCUMENTS, document_of, render
from reports.files import printable, read_beginning, read_file
from reports.issuing import Retirement, Signers, issuers, lapsed, retirements
from reports.paper.pades import Sign, signature_of
from reports.paper.tongue import Tongue
from reports.receipts import is_receipt, verify_receipts
from reports.remark import Form, Paper, Remark, VerifyReport, remarks
from reports.unlogged import verify_unlogged
from signing import keys
from signing.envelope import PAYLOAD_REFUSAL, parse_envelope
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse
from signing.suite import verify

FILE_MAX = 32 * 1024 * 1024
REFUSAL = ".refusal"
HEAD = 4096
"""Bytes by which the form of a file is told."""
PDF = ".pdf"
STRICT = frozenset({REFUSAL, PDF})
"""Files of a folder that must be what their names say; whatever else is not known is left alone."""
CODES_SHOWN = 80
"""How much of a refusal's codes stands in its file's name (``liandan.client.receipt``)."""
_FOLDER_NAME = re.compile(r"[0-9a-f]{64}\.[A-Z0-9_+]+")


Keep = Callable[[str, bytes], str]
"""Takes the name of a file whose paper was not checked and the page that its evidence prints, keeps it, and says where."""
Keeper = Callable[[Path], Keep]
"""Keeps such pages in a folder."""
Progress = Callable[[int, int], None]


def verify_file(path: Path, pinned_found: str | None = None, *, anchor: Anchor | None = None, keep: Keep | None = None) -> VerifyReport:
    """Verify a file; receipts need an ``anchor`` that tells the keys of their log. A file that cannot be read is a finding, in words."""
    known = anchor or Anchor(found=pinned_found or "")
    if is_receipt(path):
        return verify_receipts([path], known)[0]
    try:
        raw = read_file(path, FILE_MAX)
    except Refusal as refusal:
        return VerifyReport(file=printable(path.name), form="unknown", findings=remarks(refusal.reasons))
    return _named(_verify(raw, printable(path.name), _form_of(path, raw), known, keep), path)


_verifying: list[tuple[Anchor, Keeper | None]] = []
"""What this process verifies with."""


def _begin(anchor: Anchor, keeper: Keeper | None) -> None:
    _verifying[:] = [(anchor, keeper)]


def _verify_one(path: Path) -> VerifyReport:
    [(anchor, keeper)] = _verifying
    return verify_file(path, anchor=anchor, keep=None if keeper is None else keeper(path.parent))


def verify_files(
    paths: Sequence[Path], anchor: Anchor, keeper: Keeper | None = None, progress: Progress | None = None
) -> list[VerifyReport]:
    """Verify files that are no receipts, in the order given, certificates on all cores (``keeper``: a function of a module)."""
    papers = [path for path in paths if _suffix(path) == PDF]
    # Papers need the pins and retired keys alone; what tells the keys of refusals does not travel between processes.
    pins = msgspec.structs.replace(anchor, bundle=None, registrations=())
    printed = in_order(_verify_one, papers, len(papers), begin=_begin, given=(pins, keeper), preload=__name__)
    found: list[VerifyReport] = []
    for path in paths:
        keep = None if keeper is None else keeper(path.parent)
        found.append(next(printed) if _suffix(path) == PDF else verify_file(path, anchor=anchor, keep=keep))
        if progress is not None:
            progress(len(found), len(paths))
    return _again_with_retired(paths, found, anchor, keeper)


def _again_with_retired(
    paths: Sequence[Path], reports: Sequence[VerifyReport], anchor: Anchor, keeper: Keeper | None
) -> list[VerifyReport]:
    """The reports, those of papers once more that a key signed which another of the files knows to be retired."""
    told = {one for report in reports if report.is_good for one in report.retired}
    knowing = msgspec.structs.replace(anchor, retired=tuple({*anchor.retired, *told}))
    new = {(one.found, one.keyid) for one in told - set(anchor.retired)}
    return [
        verify_file(path, anchor=knowing, keep=None if keeper is None else keeper(path.parent))
        if report.is_good and new & {(report.found, keyid) for keyid in report.signers}
        else report
        for path, report in zip(paths, reports, strict=True)
    ]


def verify_folder(folder: Path, anchor: Anchor, progress: Progress | None = None, keeper: Keeper | None = None) -> list[VerifyReport]:
    """Verify a receipt folder (回执文件夹) of ``liandan.client``: each receipt, and all of them against each other.

    Files of other software that lie in it are named in a note; damage cannot make a receipt one of them, for its name tells what it is.
    """
    try:
        there = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        closed = Reason("FILE_FORM", "", str(error.strerror), Phrase("可以读取的目录", "a folder that can be read"))
        return [VerifyReport(file=printable(folder.name), form="unknown", findings=remarks([closed]))]
    files = [path for path in there if not path.is_dir()]
    anchor = with_bundle_at_hand(anchor, files)
    reports = verify_receipts(filter(is_receipt, files), anchor, progress)
    others = [path for path in files if not is_receipt(path)]
    for path, report in zip(others, verify_files(others, anchor, keeper, progress), strict=True):
        if report.form == "unknown" and _suffix(path) not in STRICT:
            other = remarks([Reason("NOTE_OTHER_FILE", "", printable(path.name))])
            reports.append(msgspec.structs.replace(report, findings=(), notes=other))
        else:
            reports.append(report)
    for inner in (path for path in there if path.is_dir()):
        unseen = remarks([Reason("NOTE_OTHER_FOLDER", "", printable(inner.name))])
        reports.append(VerifyReport(file=printable(inner.name), form="unknown", notes=unseen))
    if not any(report.form != "unknown" for report in reports):
        nothing = Reason("FILE_FORM", "", printable(folder.name), ".pdf, .entry, .tlog-proof, .refusal, checkpoint")
        reports.append(VerifyReport(file=printable(folder.name), form="unknown", findings=remarks([nothing])))
    return reports


def with_bundle_at_hand(anchor: Anchor, files: Iterable[Path], *, is_wanted: bool = False) -> Anchor:
    """For receipts among the files (or where it ``is_wanted``): keys from the first certificate or bundle that agrees with every pin."""
    if anchor.bundle is not None:
        return anchor
    paths = list(files)
    forms = [(path, _form_at(path)) for path in paths if not is_receipt(path)]
    if not is_wanted and len(forms) == len(paths) and not any(form in ("receipt", "unlogged") for _, form in forms):
        return anchor
    for path, form in forms:
        if form in ("certificate", "bundle"):
            with suppress(Refusal):
                return anchor.with_bundle(read_file(path, FILE_MAX))
    return anchor


def _suffix(path: Path) -> str:
    """Of a file's name, as this program writes it: other systems write ``.PDF``."""
    return path.suffix.lower()


def _form_at(path: Path) -> Form:
    """What a file seems to be by its first bytes."""
    if _suffix(path) == REFUSAL:
        return "receipt"
    try:
        return _form(read_beginning(path, HEAD))
    except Refusal:
        return "unknown"


def verify_bytes(
    raw: bytes, name: str, pinned_found: str | None = None, *, bundle: bytes | None = None, policy: bytes | None = None
) -> VerifyReport:
    """A certificate, bundle, file of unlogged statements or refusal receipt as bytes, the latter two with a bundle of their log; never raises for what the bytes are."""
    form = _form(raw)
    try:
        anchor = make_anchor(pinned_found, policy=policy, bundle=bundle if form in ("receipt", "unlogged") else None)
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
        if form == "unlogged":
            return verify_unlogged(raw, name, anchor)
        raise refuse("FILE_FORM", found=ascii(raw[:24]), expected="certificate.pdf, bundle, receipt")
    except Refusal as refusal:
        return VerifyReport(file=name, form=form, findings=remarks(refusal.reasons))


def _named(report: VerifyReport, path: Path) -> VerifyReport:
    """A refusal receipt of a folder is named by the statement and the codes that it states."""
    stem = path.name.removesuffix(REFUSAL)
    if report.form != "receipt" or _suffix(path) != REFUSAL or not report.subject or not _FOLDER_NAME.fullmatch(stem):
        return report
    wanted = f"{report.subject}.{'+'.join(report.codes)[:CODES_SHOWN]}"
    if stem == wanted:
        return report
    return msgspec.structs.replace(report, findings=(*report.findings, *remarks([Reason("RECEIPT_NAME", "", wanted, stem)])))


def _form_of(path: Path, raw: bytes) -> Form:
    return "receipt" if _suffix(path) == REFUSAL else _form(raw)


def _form(raw: bytes) -> Form:
    if is_pdf(raw):
        return "certificate"
    if raw.lstrip()[:20].startswith(b'{"liandan_bundle"'):
        return "bundle"
    if raw.lstrip()[:20].startswith(BEGINS):
        return "unlogged"
    return "receipt" if raw.lstrip()[:1] == b"{" and PAYLOAD_REFUSAL.encode() in raw[:HEAD] else "unknown"


def _bundle(
    bundle: Bundle, name: str, form: Form, anchor: Anchor, document: str = "", *, paper: Paper = "", canonical: str = ""
) -> VerifyReport:
    state = bundle.facts.state(bundle.subject)
    checkpoint = bundle.opened.checkpoint
    return VerifyReport(
        file=name,
        form=form,
        document=document,
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
        retired=retirements(bundle),
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


def _made_before(value: bytes) -> Sign:
    """Signs nothing: gives the signature that the file brings, which was verified over what the file says."""
    return lambda _: value


def _claimed(raw: bytes, bundle: Bundle) -> dict[str, Sign]:
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
    by = "" if signature is None else keys.keyid(signature.spki)
    if signature is not None and by in issuers(bundle, "pdf"):
        signers[by] = _made_before(signature.value)
    else:
        signature = None
    signed_by, retired = tuple(sorted(signers)), anchor.retired_in(bundle.found)
    late = [retired[name] for name in signed_by if name in retired]
    # Nobody can date a signature, so what is known to be retired has signed nothing.
    signers = {name: sign for name, sign in signers.items() if name not in retired}
    if by in retired:
        signature = None
    said, tongue = layout_in(raw) or ("", "zh")
    if said == ATTESTATION:
        return _dated(_attestation(bundle, name, anchor, is_signed=signature is not None), signed_by, late)
    document = document_of(bundle, said)
    printed = _printed(document, bundle, attached, signers, tongue, days_in(raw))
    # A log that has keys for it signs its papers: one that is not signed may be printed by whoever left out the last acts.
    is_whole = (signature is not None or not anchor.is_signed_only) and all(
        signers.keys() & known if (known := issuers(bundle, use).keys()) else not lapsed(bundle, use) for use in DOCUMENTS[document].uses
    )
    paper: Paper = "reprint" if printed == raw and is_whole else "unchecked" if signature is None else "signature"
    canonical = ""
    if keep is not None and paper != "reprint":
        signers.pop(by, None)  # the issuer's signature is of other pages than these: on them it would be wrong
        canonical = keep(name, printed if signature is None else _printed(document, bundle, attached, signers, tongue, days_in(raw)))
    report = _bundle(bundle, name, "certificate", anchor, document, paper=paper, canonical=canonical)
    first: tuple[Remark, ...] = ()
    if paper == "reprint" and signature is None:  # whoever leaves out the log's keys with the last acts can print this too
        first = remarks([Reason("NOTE_UNSIGNED")])
    elif paper == "signature":  # another layout, or pages that the issuer drew otherwise: only the reader can tell
        first = remarks([Reason("NOTE_NOT_REPRINTED")])
    return _dated(msgspec.structs.replace(report, notes=(*first, *report.notes)), signed_by, late)


def _printed(document: str, bundle: Bundle, attached: bytes, signers: Signers, tongue: Tongue, days: tuple[str, str]) -> bytes:
    """What the evidence prints. Whoever founds a log of his own admits what he likes: what cannot be printed must not become a crash."""
    try:
        return render(document, bundle, attached, signers, tongue, days)
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
        raise refuse("BUNDLE_MEANING", field=bundle.subject, found=f"{document}: {type(error).__name__}") from None


def _dated(report: VerifyReport, signers: tuple[str, ...], late: Sequence[Retirement]) -> VerifyReport:
    """With who signed, and what can be known of later days of those keys: that one was retired, or that the file alone cannot tell."""
    if late:
        said = [Reason("NOTE_ISSUER_RETIRED", "", one.keyid[:16], str(one.index)) for one in late]
        return msgspec.structs.replace(report, signers=signers, notes=(*remarks(said), *report.notes))
    later = remarks([Reason("NOTE_ISSUER_LATER", "", str(report.size))] if signers and report.paper != "unchecked" else [])
    return msgspec.structs.replace(report, signers=signers, notes=(*report.notes, *later))


def _attestation(bundle: Bundle, name: str, anchor: Anchor, *, is_signed: bool) -> VerifyReport:
    """A statement that no evidence proves (无记录证明): the issuer's signature over the whole file, or nothing. There is no page to write."""
    report = _bundle(bundle, name, "certificate", anchor, ATTESTATION, paper="signature" if is_signed else "unchecked")
    said = Reason("NOTE_ATTESTATION" if is_signed else "ATTESTATION_UNSIGNED")
    return msgspec.structs.replace(report, notes=(*report.notes, *remarks([said])))


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
    except msgspec.ValidationError:
        raise refuse("RECEIPT_FORM", found=Phrase("别的内容", "something else"), expected="statement, codes, size, at") from None
    report = VerifyReport(file=name, form="receipt", subject=body.statement, size=body.size, codes=body.codes)
    bundle = anchor.bundle
    if bundle is None:
        return msgspec.structs.replace(report, findings=remarks([Reason("RECEIPT_UNCHECKED", "", "", "--bundle")]))
    log = bundle.log
    (signature,) = envelope.signatures if len(envelope.signatures) == 1 else (None,)
    record: KeyRecord | None = None if signature is None else bundle.facts.get(f"key:{signature.keyid}")
    if signature is None or record is None or record.uscc != log.operator:
        raise refuse(
            "RECEIPT_SIGNER",
            found="" if signature is None else signature.keyid,
            expected=Phrase(f"{log.operator} 的密钥", f"a key of {log.operator}"),
        )
    if not record.is_valid_at(body.size):
        raise refuse(
            "KEY_NOT_VALID", field="keyid", found=signature.keyid, expected=Phrase(f"在 {body.size} 条时有效", f"valid at {body.size}")
        )
    verify(record.suite, record.spki, envelope.message, signature.sig)
    notes = remarks([] if anchor.is_pinned else [Reason("NOTE_NOT_PINNED", "", bundle.found)])
    return msgspec.structs.replace(report, origin=log.origin, found=bundle.found, signatures=1, notes=notes, is_pinned=anchor.is_pinned)
