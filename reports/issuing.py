"""Issuing a document (文书签发): which keys of the log sign it, the claim in its code, and the file with its evidence inside.

All that decides is evidence: the keys that ``issuer.key`` tells (kinds §2), the checkpoint, the newest entry. The same evidence and keys
give the same bytes, so nothing here reads a clock or a setting.
"""

import io
from collections.abc import Callable, Mapping

import pikepdf
from msgspec import Struct

from ledger.bundle import Bundle
from ledger.kinds.issuer import USES, Issuer, issuer_key
from ledger.times import day_of, format_at, parse_at
from manifests.model import ManifestState
from reports.attachment import CLAIM, LAYOUT_KEY, NAME
from reports.claim import PAYLOAD, SignedClaim, claim_of
from reports.paper import pades
from signing.envelope import pae
from signing.refusal import refuse

Signers = Mapping[str, Callable[[bytes], bytes]]
"""Signing functions at hand, by keyid."""
NO_SIGNERS: Signers = {}
UNSIGNED = ("ISSUER_KEY", "ISSUER_LAPSED")
"""Why nothing is printed at all."""


class Retirement(Struct, frozen=True):
    """A key of papers or codes that the evidence of one log knows to be retired (``issuer.retire``)."""

    found: str
    """Statement hash of the log's ``log.found``: keyids of other logs are other keys."""
    keyid: str
    index: int
    """The entry that retired it."""
    since_s: int | None = None
    """Unix seconds since when it is not trusted, where that was before the entry."""


def told_issuers(bundle: Bundle) -> dict[str, Issuer]:
    """Every key of papers and codes that the bundle tells, by keyid: whatever its use and days, retired or not."""
    prefix = issuer_key("")
    return {
        name.removeprefix(prefix): value for name, value in bundle.facts.values.items() if name.startswith(prefix) and value is not None
    }


def retirements(bundle: Bundle) -> tuple[Retirement, ...]:
    """The retired ones."""
    told = told_issuers(bundle).items()
    return tuple(Retirement(bundle.found, name, one.retired, one.since_s) for name, one in told if one.retired is not None)


def issuers(bundle: Bundle, use: str) -> dict[str, Issuer]:
    """Keys of this use that count at the bundle's checkpoint, by keyid, newest registration first.

    One for documents has a certificate, without which no reader of PDF takes its signature. One that was retired counts no more: what it
    signed before is told by a bundle of before. Its days are those of the newest entry.
    """
    today = _today(bundle)
    return {name: issuer for name, issuer in _in_use(bundle, use).items() if issuer.valid_from <= today <= issuer.valid_to}


def lapsed(bundle: Bundle, use: str) -> dict[str, Issuer]:
    """Keys of this use whose last day is over, where none followed: the log signs, but nothing does. Whoever stops signing retires them."""
    today = _today(bundle)
    return {} if issuers(bundle, use) else {name: issuer for name, issuer in _in_use(bundle, use).items() if issuer.valid_to < today}


def _in_use(bundle: Bundle, use: str) -> dict[str, Issuer]:
    """Keys of this use that were not retired, whatever their days, newest registration first."""
    told = told_issuers(bundle).items()
    good = {name: issuer for name, issuer in told if issuer.use == use and issuer.retired is None and (issuer.cert or use != "pdf")}
    return dict(sorted(good.items(), key=lambda item: -item[1].added))


def _today(bundle: Bundle) -> str:
    """The day of the newest entry: nothing here reads a clock."""
    return day_of(parse_at(bundle.entries[-1].admission.at))


def require_signers(bundle: Bundle, signers: Signers) -> None:
    """Refusal where the log signs its papers or codes, for unsigned they are not its papers: ISSUER_KEY when none of those keys is at hand,
    ISSUER_LAPSED when the last day of all of them is over.
    """
    for use, zh in USES.items():
        known = issuers(bundle, use)
        if known and not known.keys() & signers:
            raise refuse(
                "ISSUER_KEY", field=f"{use} {zh}", found=", ".join(name[:16] for name in signers) or "-", expected=next(iter(known))
            )
        for name, issuer in lapsed(bundle, use).items():
            raise refuse("ISSUER_LAPSED", field=f"{use} {zh}", found=f"{name[:16]}: {issuer.valid_to}", expected=f"≥ {_today(bundle)}")


def is_behind(bundle: Bundle, signers: Signers) -> bool:
    """Whether the log tells a newer key than is at hand, or no key of it is: somebody may have put it there meanwhile."""
    return any(next(iter(known)) not in signers for use in USES if (known := issuers(bundle, use)))


def signer_of(bundle: Bundle, signers: Signers) -> tuple[str, Issuer, Callable[[bytes], bytes]] | None:
    """(keyid, key, signing function) of the newest key of the log for documents that is at hand; ``None`` without one."""
    return next(((name, issuer, signers[name]) for name, issuer in issuers(bundle, "pdf").items() if name in signers), None)


def sign_claim(bundle: Bundle, signers: Signers, document: str, number: str, as_of: str) -> SignedClaim | None:
    """The claim of a document about the bundle's manifest, by the newest key for it that is at hand; ``None`` without one."""
    state, head = bundle.facts.state(bundle.subject), bundle.opened.checkpoint
    keyid = next((name for name in issuers(bundle, "claim") if name in signers), None)
    if keyid is None or not isinstance(state, ManifestState):
        return None
    said = claim_of(state, document=document, number=number, as_of_s=parse_at(as_of), size=head.size, root=head.root, keyid=keyid)
    return SignedClaim(said, signers[keyid](pae(PAYLOAD, said.text)))


def issue(
    pages: bytes, bundle: Bundle, raw: bytes, signers: Signers, *, layout: str, dated: str, claim: SignedClaim | None = None
) -> bytes:
    """The pages with their evidence (``raw``, the bundle's file) and claim inside, dated by ``dated`` (``admission.at``), signed.

    ``layout`` says which document it is, of which layout, in which language; it stands in clear in the evidence's stream, where a verifier
    finds it without a reader of PDF (``attachment.layout_in``).

    Signed by the newest key of the log for documents that is among ``signers``; unsigned, and without a word of a signature, otherwise.
    """
    date = f"D:{''.join(filter(str.isdecimal, format_at(parse_at(dated)).removesuffix('+08:00')))}+08'00'"
    _, issuer, sign = signer_of(bundle, signers) or (None, None, None)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        _attach(pdf, NAME, raw, "application/json", "离线核验所需的全部证据 / everything needed to verify this document offline", date)
        if claim is not None:
            content = CLAIM + claim.raw
            _attach(pdf, "liandan-claim.txt", content, "text/plain", "二维码中的声明 / the claim that the square code holds", date)
        pdf.docinfo["/CreationDate"] = date
        pdf.docinfo["/ModDate"] = date
        pdf.attachments[NAME].get_file().obj[LAYOUT_KEY] = pikepdf.String(layout)
        if issuer is not None:
            pades.reserve(pdf, issuer.cert, date, bundle.log.origin)
        for stream in pdf.objects:
            # qpdf knows its own compression by a name only: an array of one it would undo and do again, which takes most of the saving.
            if isinstance(stream, pikepdf.Stream) and stream.get("/Filter") == pikepdf.Array([pikepdf.Name.FlateDecode]):
                stream.Filter = pikepdf.Name.FlateDecode
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue() if issuer is None or sign is None else pades.fill(out.getvalue(), issuer.cert, sign)


def _attach(pdf: pikepdf.Pdf, name: str, content: bytes, kind: str, description: str, date: str) -> None:
    pdf.attachments[name] = pikepdf.AttachedFileSpec(  # type: ignore[call-arg]  # its stub does not know ``relationship``
        pdf,
        content,
        filename=name,
        description=description,
        mime_type=kind,
        relationship=pikepdf.Name.Data,
        creation_date=date,
        mod_date=date,
    )
