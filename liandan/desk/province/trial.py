"""/province/whatif: a draft of a list tried on the log's own past (docs/whatif.md), in a process of its own, one at a time on a server.

The same trial as ``liandan whatif``, on what this server has published. Nothing is kept: who wants the page or the workbook asks with the same file
again, and gets the same bytes for the same entries and rows.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.admission.sequencer import Busy
from ledger.problem import Language, ProblemError
from liandan.intake.answers import ToldFinding, ToldRepair
from liandan.intake.bounded import run_bounded
from reports.whatif.draft import DRAFT_MAX

__all__ = ["CPU_S", "DRAFT_MAX", "FORMS", "TrialAsked", "TrialTold", "try_draft"]

WITHIN_S, CPU_S, BUSY_S = 120.0, 100, 10
"""Of the clock, of the processor, and when to come again while another trial runs."""
FORMS = ("html", "xlsx")
"""What may be taken along."""
_RUNNING = asyncio.Semaphore(1)


class TrialAsked(Struct, frozen=True, kw_only=True):
    """A draft: its file, which list it stands for, the year."""

    name: str
    raw: bytes
    stands_for: str = ""
    year: int | None = None
    language: Language = "zh"


class TrialTold(Struct, frozen=True, kw_only=True):
    """What came of it; ``has_ended`` is false where it took more than it may."""

    findings: tuple[ToldFinding, ...] = ()
    errors: tuple[ProblemError, ...] = ()
    repairs: tuple[ToldRepair, ...] = ()
    sentences: tuple[str, ...] = ()
    difference: str = ""
    files: dict[str, bytes] = {}
    stem: str = ""
    list: str = ""
    year: int = 0
    size: int = 0
    at: str = ""
    has_ended: bool = True


async def try_draft(log_path: Path, entries_path: Path, asked: TrialAsked) -> TrialTold:
    """Try a draft on what is published; Busy while another one runs."""
    if _RUNNING.locked():
        raise Busy("another draft is being tried", BUSY_S)
    async with _RUNNING:
        year = "" if asked.year is None else str(asked.year)
        return await _run((str(log_path), str(entries_path), asked.language, asked.name, asked.stands_for, year), asked.raw)


async def _run(arguments: tuple[str, ...], raw: bytes) -> TrialTold:
    answer = await run_bounded("liandan.desk.province.trial_child", arguments, raw, WITHIN_S)
    if answer is not None:
        with suppress(msgspec.ValidationError, msgspec.DecodeError):
            return msgspec.msgpack.decode(answer, type=TrialTold)
    return TrialTold(has_ended=False)
