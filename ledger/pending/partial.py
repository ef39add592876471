"""An envelope that lacks signatures: reading it, and whose each of its signatures is.

It has the form of formats §1 but for the number of its signatures; whose each is, the registration of its key says.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.content import check_content, withheld
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.admission.statement import read_statement
from ledger.directory import KeyRecord
from ledger.model import Statement
from signing.envelope import PAYLOAD_STATEMENT, Envelope, Signature, parse_envelope
from signing.payload import parse
from signing.phrase import Phrase, counted
from signing.refusal import Reason, Refusal
from signing.suite import verify


class Partial(Struct, frozen=True):
    """A statement whose form is right, with the signatures that there are. ``statement.keyids`` are those of these signatures."""

    envelope: Envelope
    statement: Statement
    kind: Kind


def read_partial(raw: bytes, kinds: Kinds) -> Partial:
    """An envelope with one signature or more, at most one for each of ``by``; Refusal with everything that is wrong with its form or, as at
    admission, with its texts. Personal data in clear is refused before anything is kept."""
    envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
    try:
        statement, kind = read_payload(envelope, kinds)
        if reasons := check_content(statement.body):
            raise Refusal(reasons)
    except Refusal as refusal:
        raise Refusal(withheld(refusal.reasons)) from None
    return Partial(envelope, statement, kind)


def read_payload(envelope: Envelope, kinds: Kinds) -> tuple[Statement, Kind]:
    """The statement in an envelope that lacks signatures, or has none; Refusal as :func:`ledger.admission.statement.read_statement`, which is
    shown an envelope with as many as ``by`` names."""
    by = _claimed_count(envelope)
    signatures = envelope.signatures or (Signature("0" * 64, b""),)
    padded = signatures + signatures[:1] * max(0, by - len(signatures))
    statement, kind = read_statement(replace(envelope, signatures=padded), kinds)
    return replace(statement, keyids=tuple(signature.keyid for signature in envelope.signatures)), kind


def _claimed_count(envelope: Envelope) -> int:
    """How many signers a payload names, as far as it can be read."""
    try:
        by = parse(envelope.body).get("by")
    except Refusal:
        return 0
    return len(by) if isinstance(by, list) else 0


def places(partial: Partial, records: Mapping[str, KeyRecord | None]) -> dict[int, Signature]:
    """Every signature by its place in ``by``, verified with the key that the log has registered; Refusal KEY_UNKNOWN, KEY_OTHER_PARTY,
    SIGNATURE_COUNT for two of one party, SIGNATURE_FORM, SIGNATURE_WRONG."""
    by, message, found, reasons = partial.statement.by, partial.envelope.message, dict[int, Signature](), list[Reason]()
    for number, signature in enumerate(partial.envelope.signatures):
        record, field = records.get(signature.keyid), f"signatures.{number}"
        if record is None:
            expected = Phrase(f"为 {'、'.join(by)} 之一登记的密钥", f"a key registered for one of {', '.join(by)}")
            reasons.append(Reason("KEY_UNKNOWN", f"{field}.keyid", signature.keyid, expected))
        elif record.uscc not in by:
            reasons.append(Reason("KEY_OTHER_PARTY", f"{field}.keyid", record.uscc, " / ".join(by)))
        elif by.index(record.uscc) in found:
            once = Phrase("每方一个签名", "one signature of each party")
            reasons.append(Reason("SIGNATURE_COUNT", field, counted(2, "个签名", "signatures"), once))
        else:
            try:
                verify(record.suite, record.spki, message, signature.sig)
                found[by.index(record.uscc)] = signature
            except Refusal as refusal:
                reasons += [Reason(r.code, f"{field}.sig", r.found, r.expected) for r in refusal.reasons]
    if reasons:
        raise Refusal(reasons)
    return found
