"""How the intake of spreadsheets speaks on the terminal: findings with what to do, repairs as ``found → taken``, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liandan.cli.output import say, warn

if TYPE_CHECKING:
    from liandan.intake.model import RowOutcome, SheetFinding, SheetNote, SheetRepair

SHOWN_MAX = 200


def tell_findings(findings: Sequence[SheetFinding]) -> None:
    """On stderr, at most so many."""
    from liandan.cli.reasons import tell
    from signing.refusal import Refusal

    for one in findings[:SHOWN_MAX]:
        warn(f"{one.spot}:")
        tell(Refusal([one.reason]))
    _tell_more(len(findings))


def tell_repairs(repairs: Sequence[SheetRepair]) -> None:
    """Every repair: it is read so, and whoever signs has seen it."""
    if repairs:
        say(f"修正 {len(repairs)} 处 / repairs: {len(repairs)}")
    for one in repairs[:SHOWN_MAX]:
        say(f"  {one.spot}：{_shown(one.found)} → {_shown(one.taken)}　{one.how.zh} / {one.how.en}")
    _tell_more(len(repairs))


def tell_notes(notes: Sequence[SheetNote], outcomes: Sequence[RowOutcome]) -> None:
    """What enters no statement."""
    for note in notes[:SHOWN_MAX]:
        say(f"  {note.spot}：{note.said}" if note.spot.file else f"  {note.said}")
    left = [one for one in outcomes if one.outcome == "left_out"]
    for one in left[:SHOWN_MAX]:
        say(f"  {one.spot}：{one.said}")
    _tell_more(len(left))


def _shown(text: str) -> str:
    return text.replace("\n", "⏎") if text else "（空）"


def _tell_more(count: int) -> None:
    if count > SHOWN_MAX:
        warn(f"…… 另有 {count - SHOWN_MAX} 处 / and {count - SHOWN_MAX} more")
