"""未符项说明: the state of ``item/<YYYY-MM>/<ULID>``, as the work list finds it; its kinds stand in ``reports.items`` (kinds §9)."""

from __future__ import annotations

from msgspec import Struct


class ItemSettlement(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How a thread was settled (了结)."""

    outcome: str
    by: tuple[str, ...]
    at_s: int
    """Moment of its admission."""
    amount_g: int | None = None
    """The difference that was settled, as the signers say it."""


class ItemState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A thread about one line of a month that does not match."""

    key: str
    """``<check> <chain> [line]``."""
    firms: tuple[str, ...] = ()
    """Whom it waits for: generator and receiver of the key's manifest, or the firm that its chain is named after."""
    settled: ItemSettlement | None = None
