"""The newest alerts of an office's regions, a page at a time: each looks a stretch of the log back from where the one before ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.log import Log
from ledger.problem import Language, Mark, mark
from liandan.desk.names import ShownCodes
from whitelist.service import with_names

ALERTS_MAX, LOOKED_MAX = 8, 400
"""Entries with alerts on a page, and entries of the log among which one page looks."""


class AlertRow(Struct, frozen=True, kw_only=True):
    """An entry that raised alerts."""

    index: int
    at: str
    text: str
    address: str
    by: tuple[str, ...]
    """Codes of who signed it."""
    alerts: tuple[Mark, ...]


class AlertPage(Struct, frozen=True, kw_only=True):
    """Alerts, newest first."""

    rows: tuple[AlertRow, ...]
    before: int
    """From where the next page looks back, exclusive; 0 where the log begins."""
    looked: int
    """Entries among which these were looked for."""
    said: Mapping[str, str]
    """Names of who signed."""


async def read_alerts(log: Log, regions: Sequence[str], language: Language, before: int | None = None) -> AlertPage:
    """Alerts of middle and high level that touch a region, among the entries before one, or among the newest."""
    head = await log.head()
    size = 0 if head is None else head.size
    end = size if before is None else min(before, size)
    begin = max(0, end - LOOKED_MAX)
    rows = alerts_among(await log.entries_at(range(begin, end)), regions, log.kinds, language)
    if len(rows) == ALERTS_MAX:
        begin = rows[-1].index
    named = await with_names(log, ShownCodes(parties=tuple({code for one in rows for code in one.by})), language)
    return AlertPage(rows=rows, before=begin, looked=end - begin, said=named.names)


def alerts_among(entries: Sequence[Entry], regions: Sequence[str], kinds: Kinds, language: Language) -> tuple[AlertRow, ...]:
    """The newest of a stretch of the log, newest first; pure."""
    found = list[AlertRow]()
    for entry in reversed(entries):
        raised = [(level, code) for level, code in entry.admission.decision.alerts if level in ("H", "M")]
        statement = entry.statement
        owner = statement.owner
        if not raised or not any(owner[2:].startswith(region) or f"-{region}-" in owner for region in regions):
            continue
        kind = kinds.by_name[statement.kind]
        found.append(
            AlertRow(
                index=entry.index,
                at=entry.admission.at,
                text=kind.zh if language == "zh" else kind.en,
                address=page_of(statement.chain),
                by=statement.by,
                alerts=tuple(mark(code, kinds.rules, language, level) for level, code in raised),
            )
        )
        if len(found) == ALERTS_MAX:
            break
    return tuple(found)


def page_of(chain: str) -> str:
    """The page of a chain; empty where there is none."""
    sort, _, name = chain.partition("/")
    if sort == "case":
        return f"/m/{name.rpartition('/')[0]}"
    pages = {
        "manifest": "/m",
        "list": "/province/lists",
        "approval": "/province/approvals",
        "incident": "/province/incidents",
        "emergency": "/province/emergencies",
    }
    return f"{pages[sort]}/{name}" if sort in pages else ""
