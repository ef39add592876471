"""The nouns of the log: statement, admission, entry head, account, moment.

Source: formats §1 (statement), §4 (entry). Nothing here does I/O or reads a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from msgspec import Struct

StateT = TypeVar("StateT")

Level = Literal["L", "M", "H"]
Alert = tuple[Level, str]
if TYPE_CHECKING:
    Tag = tuple[str] | tuple[str, int]
else:  # a decoder cannot tell two tuples apart; ledger.admission.entry checks the length
    Tag = tuple[str | int, ...]


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """A checkpoint that the signer has verified."""

    size: int
    root: str


class Statement(Struct, frozen=True, kw_only=True):
    """A parsed statement. ``body`` is the Struct that its kind names; ``hash`` is the statement hash, 64 hex digits."""

    kind: str
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    principal: str | None = None  # The wire field ``for``: the USCC for whom the signer of the first role acts.
    at: str
    at_s: int  # ``at`` in Unix seconds.
    seen: Seen | None = None
    body: Any
    hash: str
    keyids: tuple[str, ...] = ()
    """Keys that signed, in the order of ``by``; not part of the act, read only where a kind asks for one key (``key.rotate``)."""

    @property
    def chain_type(self) -> str:
        """First segment of the chain name, e.g. ``manifest``."""
        return self.chain.partition("/")[0]

    @property
    def owner(self) -> str:
        """Second segment of the chain name, e.g. the generator's USCC."""
        return self.chain.split("/", 2)[1]


class Moment(Struct, frozen=True):
    """Where and when a statement is judged: the only clock a rule may read."""

    index: int
    at_s: int  # Unix seconds of ``admission.at``.
    ruleset: str


class Head(Struct, Generic[StateT], frozen=True):
    """Newest entry of a chain and the personality's state after it."""

    seq: int
    hash: str
    idx: int
    state: StateT | None = None


class Account(Struct, frozen=True):
    """A quota account: grams used so far and the index of the entry that last touched it."""

    idx: int
    used_g: int


class AccountRow(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """How one entry changed one account (formats §4). Field order is the published order."""

    account: str
    prev_index: int | None = None
    before_g: int
    after_g: int


class Decision(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What the log decided about an admitted statement; tags and alerts sorted by code, accounts by name. Only ``route`` may be absent.

    Field order is the published order.
    """

    route: str | None = None
    tags: tuple[Tag, ...]
    alerts: tuple[Alert, ...]
    accounts: tuple[AccountRow, ...]


class Admission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The second half of an entry. Field order is the published order."""

    index: int
    at: str
    ruleset: str
    facts: tuple[tuple[str, int], ...]
    decision: Decision
