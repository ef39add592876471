"""/province/intake: what an office's spreadsheet says, and what may be signed of it: a new list, permits, openings, or a change of a list in force.

The file is read by the intake's own service and kept nowhere. A change is worked out from the two versions row by row: a row with another quota
alone keeps its number; one with other wastes, methods or conditions is ended and added anew, since a row's number stands for what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.reading import Page, snapshot
from ledger.times import day_of, days_after
from liandan.desk.province.acts import amendment
from liandan.desk.province.offering import DeskAct, OfferedAct, Office, offer
from liandan.intake.answers import InFile, IntakeAnswer, ReadStatement, ToldFinding
from liandan.intake.bounded import BoundedReader
from liandan.intake.difference import ListDifference, rows_of_draft
from liandan.intake.service import IntakeAsked, KnownList, fetch_list, take_posted
from whitelist.acts.list_rows import Row
from whitelist.listing import ListRow
from whitelist.registries import Wanted
from whitelist.service import list_lists

SHOWN_MAX = 200
"""Findings, repairs and notes that a page shows of each."""
TERMS = ("letter_no", "letter_date", "effective_from", "effective_to")
"""Terms of a list that may be given beside the file."""


class SheetFindings(Struct, frozen=True, kw_only=True):
    """What is wrong on one sheet, by row."""

    file: str
    sheet: str
    rows: tuple[tuple[int, tuple[ToldFinding, ...]], ...]


class IntakeResult(Struct, frozen=True, kw_only=True):
    """What came of a file."""

    answer: IntakeAnswer
    sheets: tuple[SheetFindings, ...]
    taken: int
    refused: int
    left_out: int
    statements: tuple[OfferedAct, ...]
    """To be signed in this order; where ``waits`` is not 0 those behind the first are judged when they come."""
    amend: OfferedAct | None
    """The difference as a change of the list that it was compared with."""
    against: str


async def against_lists(log: Log, year: int) -> tuple[str, ...]:
    """Lists with which a file may be compared: of last year, this one and the next."""
    found: list[str] = []
    for one in (year + 1, year, year - 1):
        found += [listed.list for listed in (await list_lists(log, Wanted(year=one), Page(None, 100))).lists]
    return tuple(found)


async def take_file(
    log: Log, reader: BoundedReader, caller: Caller, asked: IntakeAsked, language: Language, claimed_s: int | None = None
) -> IntakeResult:
    """What a file says and what may be signed of it; ``caller`` has a place at the reader. Refusal NOT_FOUND for a list that there is not."""
    answer = await take_posted(log, reader, caller, asked, claimed_s)
    now_s = await log.now(claimed_s)
    day = day_of(now_s)
    known = await fetch_list(log, asked.against, claimed_s) if asked.against else None
    acts = [_act(number, one) for number, one in enumerate(answer.statements) if one.chain]
    async with snapshot(log) as now:
        office = Office(caller.uscc, max(now_s, now.at_s))
        first = await offer(now, log.kinds, office, [act for act in acts if act.kind != "list.rows/1"], language)
        is_of_it = asked.against in {one.chain for one in answer.statements} or not any(one.chain for one in answer.statements)
        change = change_of(known, answer, answer.difference, day) if known is not None and is_of_it and not answer.findings else None
        amends = (
            [] if change is None or known is None else await offer(now, log.kinds, office, [amendment(known.chain, change, day)], language)
        )
    judged = {one.key: one for one in first}
    pages = [act for act in acts if act.kind == "list.rows/1" and "s0" in judged]
    later = [OfferedAct(act=act, kind=log.kinds.by_name[act.kind], roles=judged["s0"].roles, blockers=()) for act in pages]
    return IntakeResult(
        answer=answer,
        sheets=tuple(by_sheet(tuple(_told(one, language) for one in answer.findings[:SHOWN_MAX]))),
        taken=_count(answer, "taken"),
        refused=_count(answer, "refused"),
        left_out=_count(answer, "left_out"),
        statements=(*first, *later),
        amend=amends[0] if amends else None,
        against=asked.against,
    )


def _act(number: int, one: ReadStatement) -> DeskAct:
    return DeskAct(key=f"s{number}", kind=one.kind, chain=one.chain, known=one.body, hidden=frozenset(one.body))


def _count(answer: IntakeAnswer, outcome: str) -> int:
    return sum(row.outcome == outcome for row in answer.rows)


def _told(one: ToldFinding, language: Language) -> ToldFinding:
    return msgspec.structs.replace(one, expected=in_one_tongue(one.expected, language))


def in_one_tongue(text: str, language: Language) -> str:
    """What a reader says in both languages (``某一位有误 / one is wrong``) in the one that is asked for."""
    zh, slash, en = text.partition(" / ")
    if not slash or not en.isascii() or zh.isascii():
        return text
    return zh if language == "zh" else en


def by_sheet(findings: tuple[ToldFinding, ...]) -> Iterator[SheetFindings]:
    """Findings by file and sheet, then by row, in the order of the file."""
    sheets: dict[tuple[str, str], dict[int, list[ToldFinding]]] = {}
    for one in findings:
        sheets.setdefault((one.file, one.sheet), {}).setdefault(one.row, []).append(one)
    for (file, sheet), rows in sheets.items():
        yield SheetFindings(file=file, sheet=sheet, rows=tuple((row, tuple(found)) for row, found in sorted(rows.items())))


def spot(one: InFile) -> str:
    """Where something stands: ``白名单!C7“废物代码”``."""
    return (one.cell or one.sheet or one.file) + (f"“{one.column}”" if one.column else "")


def change_of(known: KnownList, answer: IntakeAnswer, difference: ListDifference | None, day: str) -> dict[str, Any] | None:
    """The body of ``list.amend`` that makes the list what the file says; ``None`` where they are the same or the list is not in force.

    In force from tomorrow unless somebody says otherwise; what it ends, it ends on the day before.
    """
    if difference is None or difference.is_same or known.state.status != "ACTIVE":
        return None
    bodies = [row for one in answer.statements if one.kind == "list.rows/1" for row in one.body["rows"]]
    drafted = {one.number: one.row for one in rows_of_draft([msgspec.convert(row, Row) for row in bodies], {})}
    before = {one.number: one.row for one in known.rows}
    begins = min(max(days_after(day, 1), known.state.effective_from), known.state.effective_to)
    add, end, quota = list[Mapping[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for row in difference.rows:
        old, new = _of(before, row.row_before), _of(drafted, row.row_after)
        if old is not None and new is not None and _says_the_same(old, new):
            quota.append({"row": row.row_before, "quota_t": format_mass(new.quota_g)})
            continue
        if old is not None:
            end.append({"row": row.row_before, "on": days_after(begins, -1)})
        if new is not None and row.row_after is not None:
            add.append(bodies[row.row_after])
    return {
        "effective_from": begins,
        **({"add": add} if add else {}),
        **({"end": end} if end else {}),
        **({"quota": quota} if quota else {}),
    }


def _of(rows: Mapping[int, ListRow], number: int | None) -> ListRow | None:
    return None if number is None else rows.get(number)


def _says_the_same(old: ListRow, new: ListRow) -> bool:
    """But for the quota."""
    return (old.waste.scope, set(old.waste.codes), set(old.methods), old.conditions) == (
        new.waste.scope, set(new.waste.codes), set(new.methods), new.conditions,
    )  # fmt: skip
