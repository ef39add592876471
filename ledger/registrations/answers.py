"""What the routes answer about registrations: to the firm its own matter, to the authority everything that it signs and looks at before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ledger.parties.model import PartyRow
from ledger.posted import Base64, PostedDisclosure, PostedSignature, Signatures
from ledger.registrations.form import fingerprint
from ledger.registrations.model import RegistrationRow, RegistrationState
from ledger.times import format_at
from ledger.vault.disclosure import Disclosure
from signing import b64
from signing.envelope import PAYLOAD_REGISTRATION, parse_envelope


class RegistrationEnvelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed application: a DSSE envelope of a payload type of its own, so that it can never be a statement. ``payload`` is the exact bytes."""

    payload_type: Literal["application/vnd.liandan.registration.v1+json"] = field(name="payloadType")
    payload: Base64
    signatures: Signatures


assert PAYLOAD_REGISTRATION == "application/vnd.liandan.registration.v1+json", "a type cannot be made from a constant"


class PostedRegistration(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed application, and beside it the contact that opens its commitments."""

    envelope: RegistrationEnvelope
    disclosures: Annotated[tuple[PostedDisclosure, ...], Meta(min_length=2, max_length=3)]


class RegistrationKey(Struct, frozen=True, kw_only=True):
    """A key that is asked for; the fingerprint is read out and compared by telephone before anything is signed."""

    keyid: str
    fingerprint: str


class RegistrationAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An application, as the firm sees it."""

    registration: str  # SHA-256 of what was signed, hex.
    state: RegistrationState
    uscc: str
    name: str
    keys: tuple[RegistrationKey, ...]
    taken_at: str
    ends_at: str  # The end of waiting, or of being told.
    changed_at: str = ""  # When its end came.
    decided_by: str = ""  # Name of the authority that refused.
    reason: str = ""
    index: int | None = None  # Entry that registered its first key.


class KnownParty(Struct, frozen=True, kw_only=True):
    """A registered party."""

    uscc: str
    name: str
    closed_on: str


class RivalRegistration(Struct, frozen=True, kw_only=True):
    """Another application for the same USCC: one of them at most is the firm's."""

    registration: str
    name: str
    keys: tuple[RegistrationKey, ...]
    taken_at: str


class RegistrationToDecide(RegistrationAnswer, frozen=True, kw_only=True, omit_defaults=True):
    """An application, as the authority that decides it sees it. The server composes nothing: the body of ``party.register`` stands in the payload
    of the envelope, and whoever signs makes the statement of it himself, once the signatures hold and the fingerprints are compared."""

    party: KnownParty | None = (
        None  # The party of this USCC, where it is registered already: then a key is added or nothing, never a party.
    )
    rivals: tuple[RivalRegistration, ...] = ()
    near: tuple[KnownParty, ...] = ()  # Parties with the same or a similar name; of one alone, not in lists.
    envelope: RegistrationEnvelope | None = None  # Of one alone.
    contact: tuple[PostedDisclosure, ...] = ()  # Salt and value: the reader compares them with the commitments. Of one alone.


class RegistrationPage(Struct, frozen=True, kw_only=True):
    """A page of what waits, in the order in which it came."""

    registrations: tuple[RegistrationToDecide, ...]
    next: str | None


def keys_of(row: RegistrationRow) -> tuple[RegistrationKey, ...]:
    """The keys asked for."""
    return tuple(RegistrationKey(keyid=keyid, fingerprint=fingerprint(keyid)) for keyid in row.keyids)


def own_answer(row: RegistrationRow, present_s: int, decided_by: str = "") -> RegistrationAnswer:
    """As the firm sees it. One that has waited too long has lapsed, also before anybody has noted it."""
    return RegistrationAnswer(**_told(row, present_s, decided_by))


def _told(row: RegistrationRow, present_s: int, decided_by: str = "") -> dict[str, Any]:
    has_lapsed = row.state == "waiting" and row.ends_s < present_s
    is_over = row.state != "waiting"
    return {
        "registration": row.id, "state": "lapsed" if has_lapsed else row.state, "uscc": row.uscc, "name": row.name, "keys": keys_of(row),
        "taken_at": format_at(row.taken_s), "ends_at": format_at(row.ends_s), "changed_at": format_at(row.changed_s) if is_over else "",
        "decided_by": decided_by, "reason": row.reason, "index": row.idx,
    }  # fmt: skip


def to_decide(
    row: RegistrationRow, present_s: int, party: PartyRow | None, rivals: Sequence[RegistrationRow], near: Sequence[PartyRow] = (),
    contact: Sequence[Disclosure] | None = None,
) -> RegistrationToDecide:  # fmt: skip
    """As the authority sees it; with a ``contact`` the whole of it, the envelope too."""
    others = tuple(
        RivalRegistration(registration=one.id, name=one.name, keys=keys_of(one), taken_at=format_at(one.taken_s))
        for one in rivals
        if one.id != row.id
    )
    return RegistrationToDecide(
        **_told(row, present_s), party=None if party is None else _known(party), rivals=others, near=tuple(map(_known, near)),
        envelope=None if contact is None or not row.envelope else _posted(row.envelope),
        contact=tuple(PostedDisclosure(one.field, b64.encode(one.salt), one.value) for one in contact or ()),
    )  # fmt: skip


def _known(row: PartyRow) -> KnownParty:
    return KnownParty(uscc=row.uscc, name=row.name, closed_on=row.closed_on)


def _posted(raw: bytes) -> RegistrationEnvelope:
    envelope = parse_envelope(raw, payload_type=PAYLOAD_REGISTRATION)
    signatures = tuple(PostedSignature(keyid=one.keyid, sig=b64.encode(one.sig)) for one in envelope.signatures)
    return RegistrationEnvelope(
        payload_type="application/vnd.liandan.registration.v1+json", payload=b64.encode(envelope.body), signatures=signatures
    )
