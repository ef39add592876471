"""待我签署: what others have signed and I have not, what I have signed and others have not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.pending.answers import PendingAnswer
from liandan.desk.enterprise.blocked import Blocked, blocked


class SignerShown(Struct, frozen=True, kw_only=True):
    """One of ``by``."""

    name: str
    has_signed: bool
    is_you: bool


class WaitingSignature(Struct, frozen=True, kw_only=True):
    """A statement that lacks signatures."""

    statement: str
    title: str
    state: str
    about: str
    """Address of the page that it is about, empty where there is none."""
    subject: str
    """Number of the manifest that it is about, else its generator and the end of its ULID; empty where it is about none."""
    signers: tuple[SignerShown, ...]
    opener: str
    taken_at: str
    ends_at: str
    code: str
    """核对码: the beginning of its hash, as the island shows it."""
    reason: str
    declined_by: str
    blocked: tuple[Blocked, ...]
    overtaken_by: tuple[str, ...]
    may_sign: bool
    may_withdraw: bool


class SigningGround(Struct, frozen=True, kw_only=True):
    """What the services say."""

    own: str
    pending: Sequence[PendingAnswer]
    names: Mapping[str, str]
    numbers: Mapping[str, str] = {}
    """Of manifests, by chain."""
    kinds: Kinds


class SigningView(Struct, frozen=True, kw_only=True):
    """The page."""

    mine: tuple[WaitingSignature, ...]
    others: tuple[WaitingSignature, ...]


def signing_view(ground: SigningGround) -> SigningView:
    """What waits for me first, what ends soonest first."""
    found = sorted(ground.pending, key=lambda one: one.ends_at)
    rows = [(ground.own in one.missing and one.state == "waiting", _waiting(one, ground)) for one in found if one.state not in ("entered",)]
    return SigningView(mine=tuple(row for is_mine, row in rows if is_mine), others=tuple(row for is_mine, row in rows if not is_mine))


def trunk_of(one: PendingAnswer) -> str:
    """The manifest that a statement is about, or is a case of; empty for one that begins it, and for other chains."""
    sort, *rest = one.chain.split("/")
    return f"manifest/{rest[0]}/{rest[1]}" if len(rest) > 1 and (sort == "case" or (sort == "manifest" and one.seq)) else ""


def _subject(trunk: str, ground: SigningGround) -> str:
    if not trunk:
        return ""
    _, generator, ulid = trunk.split("/")
    return ground.numbers.get(trunk) or f"{ground.names.get(generator, generator)} …{ulid[-8:]}"


def _waiting(one: PendingAnswer, ground: SigningGround) -> WaitingSignature:
    signed = {signer.uscc for signer in one.by if signer.keyid}
    trunk = trunk_of(one)
    return WaitingSignature(
        statement=one.statement,
        title=one.title,
        state=one.state,
        about=f"/m/{trunk.partition('/')[2]}" if trunk else "",
        subject=_subject(trunk, ground),
        signers=tuple(
            SignerShown(
                name=signer.name or ground.names.get(signer.uscc, signer.uscc),
                has_signed=signer.uscc in signed,
                is_you=signer.uscc == ground.own,
            )
            for signer in one.by
        ),
        opener=ground.names.get(one.opener, one.opener),
        taken_at=one.taken_at,
        ends_at=one.ends_at,
        code=f"{one.statement[:4]} {one.statement[4:8]}".upper(),
        reason=one.reason,
        declined_by=ground.names.get(one.declined_by, one.declined_by),
        blocked=blocked(one.blockers, ground.kinds.rules, None, ground.own) if one.state in ("waiting", "refused") else (),
        overtaken_by=tuple(entry.title for entry in one.overtaken_by),
        may_sign=one.state == "waiting" and ground.own in one.missing,
        may_withdraw=ground.own in signed and one.state in ("waiting", "stale", "refused"),
    )
