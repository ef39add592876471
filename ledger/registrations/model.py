"""The nouns: an application to be registered as it is kept, and how many may wait."""

from typing import Literal

from msgspec import Struct

RegistrationState = Literal["waiting", "confirmed", "refused", "withdrawn", "lapsed"]
"""``waiting`` for the authority; ``confirmed``: its key is registered in the log; ``refused`` by the authority; ``withdrawn`` by the firm;
``lapsed``: nobody has decided in time."""
DAY_S = 24 * 3600
WAITS_S = 30 * DAY_S
"""How long an application waits."""
TOLD_S = 30 * DAY_S
"""How long its end can be read; longer than a signed application may be brought, so none is brought again after it is forgotten."""
PER_FIRM_MAX, PER_FIRM_AND_ADDRESS_MAX = 20, 2
"""Applications that wait for one USCC, and of one address among them: a stranger with one address shuts nobody out."""


class RegistrationLimits(Struct, frozen=True, kw_only=True):
    """What may wait together, and what one address may bring in a day (real time)."""

    waiting: int = 2_000
    address_day: int = 20


class RegistrationRow(Struct, frozen=True, kw_only=True):
    """One application; ``id`` is the hash of what was signed, hex."""

    id: str
    uscc: str
    name: str
    keyids: tuple[str, ...]
    code: bytes  # SHA-256 of what the firm asks with.
    envelope: bytes  # As it came; empty once the matter has ended.
    state: RegistrationState
    reason: str  # Why it was refused, in the words of the authority.
    decided_by: str
    idx: int | None  # Entry that registered its key.
    taken_s: int
    changed_s: int
    ends_s: int  # Unix seconds of the log's present: the end of waiting, then of being told.
    payer: str | None


class ContactRow(Struct, frozen=True):
    """One sealed part of a contact."""

    field: str
    nonce: bytes
    ciphertext: bytes
