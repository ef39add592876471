"""How the intake of spreadsheets speaks on the terminal: findings with what to do, repairs as ``found → taken``, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liandan.cli.output import say, warn

if TYPE_CHECKING:
    from liandan.books.answers import BooksTaken
    from liandan.intake.answers import InFile, IntakeAnswer
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


def tell_answer(answer: IntakeAnswer | BooksTaken) -> None:
    """What the intake answered: repairs and what was left out, then what is wrong."""
    if answer.repairs:
        say(f"修正 {len(answer.repairs)} 处 / repairs: {len(answer.repairs)}")
    for one in answer.repairs[:SHOWN_MAX]:
        say(f"  {_spot(one)}：{_shown(one.found)} → {_shown(one.taken)}　{one.how}")
    _tell_more(len(answer.repairs))
    for note in answer.notes[:SHOWN_MAX]:
        say(f"  {_spot(note)}：{note.said}" if note.file else f"  {note.said}")
    for row in [row for row in getattr(answer, "rows", ()) if row.outcome == "left_out"][:SHOWN_MAX]:
        say(f"  {_spot(row)}：{row.said}")
    for finding in answer.findings[:SHOWN_MAX]:
        seen = f" 所见“{finding.found}”" if finding.found else ""
        wanted = f"（应为 {finding.expected}）" if finding.expected else ""
        near = f" 您是不是想写 {finding.near}？" if finding.near else ""
        warn(f"{_spot(finding)}：{finding.code} {finding.message}{seen}{wanted}{near}", f"  → {finding.what_to_do}")
    _tell_more(len(answer.findings))


def _spot(one: InFile) -> str:
    """``名单.xlsx 白名单!C7“废物代码”``."""
    return " ".join(filter(None, (one.file, one.cell))) + (f"“{one.column}”" if one.column else "")


def _shown(text: str) -> str:
    return text.replace("\n", "⏎") if text else "（空）"


def _tell_more(count: int) -> None:
    if count > SHOWN_MAX:
        warn(f"…… 另有 {count - SHOWN_MAX} 处 / and {count - SHOWN_MAX} more")
