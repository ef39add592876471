"""The nouns: a pending statement as it is kept, and what those named in it are told."""

from typing import Literal

from msgspec import Struct

from signing.envelope import PAYLOAD_STATEMENT, Envelope, Signature
from signing.refusal import Reason

State = Literal["waiting", "complete", "declined", "refused", "entered"]
"""``waiting`` for signatures; ``complete``: on its way into the log; ``declined`` by one of them; ``refused`` by the log; ``entered``: in it."""
Shown = Literal["waiting", "stale", "complete", "declined", "refused", "entered"]
"""The same as it is shown: ``stale`` is one that waits for signatures and has been overtaken by the log."""
OPEN: tuple[State, ...] = ("waiting", "complete", "declined", "refused")
PER_PARTY_MAX = 500
"""Statements that one party has brought and that are still kept: one for each of its trucks of some days."""
EVENTS = ("waiting", "withdrawn", "declined", "completed", "refused")
TYPES = tuple(f"pending.{event}/1" for event in EVENTS)
"""Types of notices about pending statements, beside the kinds of entries."""


class PendingRow(Struct, frozen=True, kw_only=True):
    """One pending statement. Places of ``keyids`` and ``sigs`` are those of ``signers``; empty where nobody has signed."""

    statement: str
    kind: str
    chain: str
    seq: int
    signers: tuple[str, ...]  # ``by``.
    principal: str | None
    payload: bytes  # The very bytes that are signed; empty once it is an entry.
    keyids: tuple[str, ...]
    sigs: tuple[bytes, ...]
    withdrawn: tuple[str, ...]  # Who has taken his signature back: he alone brings it again.
    opener: str  # Who brought it first, and whose budget it is.
    foreseen: tuple[str, ...]  # Codes for which the log would have refused it when it came.
    size: int  # Of the log when it came: what overtakes it is newer.
    state: State
    told_by: str  # Who declined.
    reason: str
    codes: tuple[str, ...]  # Why the log has refused it.
    taken_s: int
    changed_s: int
    ends_s: int  # Unix seconds of the log's present.

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has still to sign, in the order of ``by``."""
        return tuple(uscc for uscc, keyid in zip(self.signers, self.keyids, strict=True) if not keyid)

    @property
    def envelope(self) -> Envelope:
        """The envelope with the signatures so far, in the order of ``by``."""
        pairs = zip(self.keyids, self.sigs, strict=True)
        return Envelope(PAYLOAD_STATEMENT, self.payload, tuple(Signature(keyid, sig) for keyid, sig in pairs if keyid))


class Told(Struct, frozen=True, kw_only=True):
    """What is to be told about a pending statement, and to whom. No body, no reason: these are read where it lies."""

    row: PendingRow
    event: str  # One of EVENTS.
    parties: tuple[str, ...]
    at_s: int


class Outlook(Struct, frozen=True, kw_only=True):
    """``entered``: its index, where it is an entry. ``reasons``: why the log would refuse it now. ``overtakers``: indices of the entries that
    have overtaken it, newest first."""

    entered: int | None = None
    reasons: tuple[Reason, ...] = ()
    overtakers: tuple[int, ...] = ()
    is_stale: bool = False

    @property
    def waits_for_another(self) -> bool:
        """Whether nothing but an earlier act of its chain is missing."""
        return bool(self.reasons) and all(reason.code == "PREDECESSOR_MISSING" for reason in self.reasons)
