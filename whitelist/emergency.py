"""应急转移: an emergency as its chain left it, and what is counted against its ceiling. State of ``emergency/<authority>/<ULID>``.

A plan of a government of county level or above (应急处置方案) lets event wastes move first (先行转移处置): what the declaring authority names here
stands in the place of approval and list, never of manifest, signature or weighing. The ceiling counts grams that were issued, less what was
voided and less what receipts took less; what a manifest closed with a gap had stays counted. Source: R-39; Code Art. 125, 545 [READ]; 2018
agreement of the two provinces [READ S9]; kinds §9, §15.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.directory import LogState, authorities_of_division
from ledger.model import Facts
from whitelist.fields import Scope
from whitelist.permit import History

EMERGENCY = re.compile(rf"emergency/{USCC}/{ULID}")
EmergencyStatus = Literal["ACTIVE", "CLOSED"]


class EmergencyReceiver(Struct, frozen=True, gc=False):
    """Who may take event wastes, on which permit; ``root`` is the first of its line of renewals, ``division`` that of its facility."""

    receiver: str
    permit: str
    root: str
    division: str


class Joined(Struct, frozen=True, gc=False, kw_only=True):
    """An authority of receivers that has joined (加入应急机制), by which letter, since when (Unix seconds of its entry)."""

    authority: str
    at_s: int
    letter_no: str
    letter_date: str


class EmergencyState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An emergency. Days ``YYYY-MM-DD``, both included; ``hand`` and ``authority`` are who signed the declaration, and in whose name."""

    name: str
    hand: str
    authority: str
    plan_no: str
    plan_authority: str
    division: str
    happened_s: int
    declared_s: int
    """Unix seconds of its entry: from here the other province has ``join_d`` days."""
    generators: tuple[str, ...]
    wastes: tuple[Scope, ...]
    receivers: tuple[EmergencyReceiver, ...]
    """Those of the declaration, then those that came with each join."""
    ceiling_g: int
    valid_from: str
    valid_to: str
    joins: tuple[Joined, ...] = ()
    history: History[EmergencyStatus] = History()
    closed_on: str = ""
    """The day that its close states; empty while it is open."""

    @property
    def stage(self) -> str:
        """``open`` until it is closed."""
        return "closed" if self.closed_on else "open"

    def covers(self, code: str) -> bool:
        """Whether a waste code is among its wastes."""
        return any(scope.covers(code) for scope in self.wastes)

    def receiver_of(self, receiver: str, root: str) -> EmergencyReceiver | None:
        """The receiver with this permit or one that renews it (one root), if it is named."""
        return next((one for one in self.receivers if (one.receiver, one.root) == (receiver, root)), None)

    def joined_s(self, log: LogState, division: str) -> int | None:
        """Since when the side of a receiver in this division takes part, Unix seconds: 0 where the declaring authority covers it itself, whose
        own consent needs no letter (kinds §1.7); ``None`` while nobody of it has joined. A province without an authority is joined for by any
        other than the declaring one."""
        holders = authorities_of_division(log, division)
        if self.authority in holders:
            return 0
        return next((join.at_s for join in self.joins if not holders or join.authority in holders), None)

    def unjoined(self, log: LogState) -> tuple[str, ...]:
        """Divisions of receivers in other provinces than the place whose side has not joined, sorted."""
        away = {one.division for one in self.receivers if one.division[:2] != self.division[:2]}
        return tuple(sorted(division for division in away if self.joined_s(log, division) is None))


def emergency_at(facts: Facts, chain: str) -> EmergencyState | None:
    """The state of an emergency, or ``None`` where the log has none of the name."""
    found: EmergencyState | None = facts.state(chain)
    return found


def emergency_key(chain: str) -> str:
    """Key of the register beside an emergency: grams counted against its ceiling, by all manifests together."""
    return f"emergency:{chain}"


def ceiling_used_g(facts: Facts, chain: str) -> int:
    """Grams that count now; the register must be loaded."""
    found: int | None = facts.get(emergency_key(chain))
    return found or 0


def joiners(log: LogState, state: EmergencyState, more: Iterable[str] = ()) -> tuple[tuple[str, ...], bool]:
    """Who may join for receivers (``more``: divisions of permits that come with the join), and whether they only stand in for a province that
    has no authority on this log (tag FOREIGN): authorities that cover a facility, never the declaring one."""
    divisions = dict.fromkeys([*(one.division for one in state.receivers), *more])
    near = [uscc for division in divisions for uscc in authorities_of_division(log, division)]
    found = tuple(dict.fromkeys(uscc for uscc in near if uscc != state.authority))
    if found or all(authorities_of_division(log, division) for division in divisions):
        return found, False
    return tuple(known.uscc for known in log.authorities if known.uscc != state.authority), True
