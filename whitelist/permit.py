"""A permit (危险废物经营许可证): what a receiver may take, how, how much a year, until when. State of ``permit/<receiver>/<ULID>``.

Source: 危险废物经营许可证管理办法 Art. 10 [READ S3]; Code Art. 534.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ledger.admission.facts import Facts
from whitelist.chains import PERMIT
from whitelist.scope import PermitItem


class PermitState(Struct, frozen=True, kw_only=True):
    """A permit as its chain left it. Days ``YYYY-MM-DD``, both included; ``scale_g`` is 年经营规模 in grams a year."""

    no: str
    authority: str
    """USCC of the authority that granted it."""
    status: Literal["ACTIVE", "SUSPENDED", "REVOKED"]
    valid_from: str
    valid_to: str
    division: str
    """Division of the facility."""
    items: tuple[PermitItem, ...]
    scale_g: int

    def is_valid_on(self, day: str) -> bool:
        """Whether a day lies in its term."""
        return self.valid_from <= day <= self.valid_to

    def items_for(self, code: str) -> tuple[PermitItem, ...]:
        """The items that cover a code."""
        return tuple(item for item in self.items if item.covers(code))


def permit_at(facts: Facts, chain: str) -> PermitState | None:
    """The state of a permit, or ``None`` where the name is no permit's or the log has none."""
    state = facts.state(chain) if PERMIT.fullmatch(chain) else None
    return state if isinstance(state, PermitState) else None
