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


def _waiting(one: PendingAnswer, ground: SigningGround) -> WaitingSignature:
    signed = {signer.uscc for signer in one.by if signer.keyid}
    parts = one.chain.split("/")
    about = f"/m/{parts[1]}/{parts[2]}" if parts[0] in ("manifest", "case") and len(parts) > 2 else ""
    return WaitingSignature(
        statement=one.statement,
        title=one.title,
        state=one.state,
        about=about if one.seq or parts[0] == "case" else "",
        subject=one.chain,
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
