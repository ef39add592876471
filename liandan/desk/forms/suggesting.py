"""What a field most likely holds, laid in it for whoever signs to look at: times are now, a load that came is accepted as it is.

A suggestion is a value in an input and nothing else: it is signed as it stands there, and the sheet shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ledger.times import day_at
from manifests.possible.answers import PossibleActAnswer

ALL = frozenset({"gate.checks"})
"""Lists of checks of which usually every one was made."""
USUAL: Mapping[str, str] = {"lines.*.opinion": "accept", "weighing.method": "weighbridge", "about": "other", "gaps.*.cause": "unknown"}


REPORTS: Mapping[str, str] = {"regularise": "regularised", "discrepancy": "discrepancy"}
"""What a report is about that a term asks for."""


def suggested(act: PossibleActAnswer, at: str, owed: str = "") -> tuple[dict[str, Any], dict[str, frozenset[str]]]:
    """(the known body with what is likely beside it, values of choices that are likely); ``owed`` is the term that asks for the act."""
    known, chosen = deepcopy(act.known), dict[str, frozenset[str]]()
    for field in act.fields:
        if field.when:
            continue
        if field.path in ALL:
            chosen[field.path] = frozenset(one.value for one in field.values)
        elif field.path == "about" and owed in REPORTS:
            chosen[field.path] = frozenset({REPORTS[owed]})
        elif field.path in USUAL:
            chosen[field.path] = frozenset({USUAL[field.path]})
        elif field.type in ("time", "day") and "*" not in field.path:
            _lay(known, field.path.split("."), at if field.type == "time" else day_at(at))
    return known, chosen


def _lay(body: dict[str, Any], path: list[str], value: str) -> None:
    *above, name = path
    for step in above:
        body = body.setdefault(step, {})
    body.setdefault(name, value)
