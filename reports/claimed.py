"""Verify what a square code says: the signature of its claim, by a key that evidence at hand tells, and what can be known of that key.

A claim alone proves nothing: whose key it is, and whether it was retired, is told by a bundle or certificate of the log. Nobody can date a
signature, so a claim by a key that is known to be retired is never good; it is bad where its own words put it outside the key's days.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from ledger.bundle import Bundle
from ledger.kinds.issuer import Issuer
from ledger.times import format_at
from reports.anchor import Anchor
from reports.claim import TRAVELLING_MAX, Claim, parse_claim
from reports.issuing import told_issuers
from reports.remark import VerifyReport, remarks
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse


def verify_claim(text: str, anchor: Anchor) -> VerifyReport:
    """The answer to a claim or its address; keys are told by the ``anchor``'s bundle. Never raises for what the text is."""
    given = text.strip(" \t\r\n")
    report = VerifyReport(file=given[:60], form="claim", is_pinned=anchor.is_pinned)
    try:
        return _verified(given, report, anchor)
    except Refusal as refusal:
        return replace(report, findings=remarks(refusal.reasons))


def _verified(given: str, report: VerifyReport, anchor: Anchor) -> VerifyReport:
    if len(given) > TRAVELLING_MAX:
        raise refuse("CLAIM_FORM", found=Phrase(f"{len(given)} 个字符", f"{len(given)} characters"), expected="https://…/v#…")
    signed = parse_claim(given)
    claim, bundle = signed.claim, anchor.bundle
    report = replace(report, number=claim.number, stage=claim.stage)
    known = {} if bundle is None else {name: one for name, one in told_issuers(bundle).items() if one.use == "claim"}
    named = {name: one for name, one in known.items() if name.startswith(claim.key)}
    if bundle is None or not named:
        return replace(report, notes=remarks([Reason("NOTE_CLAIM_KEY", "", claim.key)]))
    name, issuer = _signer(signed.check, named)
    address = given.rpartition("#")[0]
    if address and f"{address}#{signed.raw.decode()}" != signed.address(bundle.log.origin):
        raise refuse("CLAIM_ADDRESS", found=address, expected=signed.address(bundle.log.origin).partition("#")[0])
    _check_days(claim, issuer)
    report = replace(report, origin=bundle.log.origin, found=bundle.found, size=bundle.opened.checkpoint.size)
    if issuer.retired is not None:
        return replace(report, notes=remarks([Reason("NOTE_ISSUER_RETIRED", "", name[:16], str(issuer.retired)), *_notes(bundle, anchor)]))
    later = Reason("NOTE_ISSUER_LATER", "", str(report.size))
    return replace(report, signatures=1, signers=(name,), notes=remarks([later, *_notes(bundle, anchor)]))


def _signer(check: Callable[[bytes], None], named: Mapping[str, Issuer]) -> tuple[str, Issuer]:
    """The key that signed; keys are few that begin alike. Refusal SIGNATURE_WRONG, SIGNATURE_FORM of the last one where none did."""
    refusals = []
    for name, issuer in named.items():
        try:
            check(issuer.spki)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            return name, issuer
    raise refusals[-1]


def _check_days(claim: Claim, issuer: Issuer) -> None:
    """Refusal CLAIM_ISSUER where the claim's own words put it before the key's registration, after its retirement or past its days."""
    size = int(claim.place.partition(" ")[0])
    late = issuer.since_s is not None and claim.as_of >= format_at(issuer.since_s)[:16]
    is_retired = issuer.retired is not None and (size > issuer.retired or late)
    if size <= issuer.added or is_retired or claim.day > issuer.valid_to:
        used = f"{issuer.added} … {'' if issuer.retired is None else issuer.retired}, {issuer.valid_from} … {issuer.valid_to}"
        raise refuse("CLAIM_ISSUER", found=f"{size}, {claim.as_of}", expected=used)


def _notes(bundle: Bundle, anchor: Anchor) -> list[Reason]:
    """What even a good claim leaves open."""
    pin = [] if anchor.is_pinned else [Reason("NOTE_NOT_PINNED", "", bundle.found)]
    demo = [] if bundle.log.clock == "real" else [Reason("NOTE_DEMO")]
    return [Reason("NOTE_CLAIM"), *pin, *demo]
