"""What a field most likely holds, laid in it for whoever signs to look at: times are now, a load that came is accepted as it is.

A suggestion is a value in an input and nothing else: it is signed as it stands there, and the sheet shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ledger.times import day_at
from manifests.possible.answers import PossibleActAnswer

# The checks of a loading (gate.checks, R-50) are laid in nowhere: whoever signs says of each that it was made, and ticks it, or all with one press.
USUAL: Mapping[str, str] = {"lines.*.opinion": "accept", "weighing.method": "weighbridge", "about": "other", "gaps.*.cause": "unknown"}


REPORTS: Mapping[str, str] = {"regularise": "regularised", "discrepancy": "discrepancy"}
"""What a report is about that a term asks for."""


def suggested(act: PossibleActAnswer, at: str, owed: str = "") -> tuple[dict[str, Any], dict[str, frozenset[str]]]:
    """(the known body with what is likely beside it, values of choices that are likely); ``owed`` is the term that asks for the act."""
    known, chosen = deepcopy(act.known), dict[str, frozenset[str]]()
    for field in act.fields:
        if field.when:
            continue
        if field.path == "about" and owed in REPORTS:
            chosen[field.path] = frozenset({REPORTS[owed]})
        elif field.path in USUAL:
            chosen[field.path] = frozenset({USUAL[field.path]})
        elif field.type in ("time", "day") and "*" not in field.path:
            _lay(known, field.path.split("."), at if field.type == "time" else day_at(at))
    return known, chosen


def examples(own: str, at: str) -> dict[str, tuple[str, str]]:
    """What is typed in a field whose form nobody knows by heart, in Chinese and English: a label of a firm's own of the day of ``at``."""
    label = f"{own}90005231{day_at(at).replace('-', '')}001"
    return {
        "gate.labels": (
            f"每枚标签 37 个字符，如 {label}：单位代码 18 位、废物代码 8 位（不写连字符）、日期 8 位、序号 3 位；可用扫码枪扫入。",
            f"37 characters a label, e.g. {label}: 18 of the unit, 8 of the waste code (no hyphens), 8 of the day, 3 of the serial; a hand scanner types them.",
        )
    }  # fmt: skip


def _lay(body: dict[str, Any], path: list[str], value: str) -> None:
    *above, name = path
    for step in above:
        body = body.setdefault(step, {})
    body.setdefault(name, value)
