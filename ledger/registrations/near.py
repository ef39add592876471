"""Parties whose names are like the one that is asked for: what an authority looks at before it signs. For its eyes alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from ledger.parties.model import PartyRow
from ledger.parties.names import folded

SHOWN_MAX = 8
ALIKE = 0.8
"""Of difflib's ratio of two names in normal form: one character of ten differs, or one name has a few more."""


def nearest(name: str, parties: Iterable[PartyRow]) -> list[PartyRow]:
    """Of some parties those that have, or had, the same or nearly the same name, the nearest first."""
    wanted = folded(name)
    scored = [(max(_likeness(wanted, folded(one)) for one in party.names or (party.name,)), party) for party in parties]
    alike = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].uscc))
    return [party for _, party in alike[:SHOWN_MAX]]


def _likeness(one: str, other: str) -> float:
    """1 for equal names; a name within the other counts as near, whatever its length."""
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return max(ALIKE, ratio) if one and (one in other or other in one) else ratio
