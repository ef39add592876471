"""Figures as JSON, CSV and XLSX, for authorities and for anybody; texts are written as texts, so that no spreadsheet runs them."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ledger.times import parse_at, to_datetime
from reports.figures import words
from reports.figures.columns import PUBLIC, WITH_FIRMS
from reports.figures.hiding import FIRMS_MIN
from reports.figures.model import TABLES, Figures, FiguresAsked, TableName
from reports.figures.public import PublicFigures
from reports.paper.tongue import say, speaking, spoken
from reports.tables.columns import TableColumn
from reports.tables.workbook import Workbook
from reports.tables.writing import MARK, csv_text, heads_of

_TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "way_text": lambda row: words.way(row["way"]),
    "province_text": lambda row: words.place(row["province"]),
    "wastes_text": lambda row: say(*row["wastes"]),
    "category_text": lambda row: words.one_of({}, row["category"]),
    "route_text": lambda row: words.route(row["route"]),
    "class_text": lambda row: words.permit_class(row["permit_class"]),
    "what_text": lambda row: words.one_of(words.WHATS, row["what"]),
    "level_text": lambda row: words.one_of(words.WHATS, row["level"]),
    "reason_text": lambda row: words.reason(row.get("what", "alert") if "level" not in row else "alert", row.get("reason") or row["code"]),
    "alert_text": lambda row: words.alert(row["alert"]),
    "free_text": lambda row: words.one_of(words.FREE, row["free"]),
}
"""Words that stand beside codes, by the field that they make."""


def write_figures(found: Figures | PublicFigures, asked: FiguresAsked) -> tuple[str, bytes]:
    """Name and bytes of what was asked for; the same figures give the same bytes."""
    stem = f"figures-{asked.period}-{asked.pair[0]}-{asked.pair[1]}"
    standing = "public" if isinstance(found, PublicFigures) else "" if found.is_over else "provisional"
    stem = "-".join(part for part in (stem, asked.table, standing) if part)
    with speaking(asked.tongue):
        if asked.suffix == "json":
            return f"{stem}.json", _json(found)
        columns = PUBLIC if asked.is_public else WITH_FIRMS
        if asked.suffix == "csv":
            assert asked.table is not None, "a file of CSV is one table"
            heads = heads_of(columns[asked.table], english=spoken() == "en")
            return f"{stem}.csv", MARK.encode() + csv_text([heads]) + csv_text(_rows(found, asked.table, columns))
        return f"{stem}.xlsx", _xlsx(found, columns)


def _names(found: Figures | PublicFigures) -> dict[str, str]:
    return found.names if isinstance(found, Figures) else {}


def _told(found: Figures | PublicFigures, table: TableName, fields: set[str]) -> list[dict[str, Any]]:
    """Rows of a table with the words that are wanted beside their codes."""
    rows: list[dict[str, Any]] = msgspec.to_builtins(getattr(found, table))
    return [row | {name: make(row) for name, make in _TEXTS.items() if name in fields} for row in rows]


def _rows(found: Figures | PublicFigures, table: TableName, columns: Mapping[TableName, Sequence[TableColumn]]) -> list[list[Any]]:
    names, own = _names(found), columns[table]
    rows = _told(found, table, {column.path for column in own})
    return [[column.value(row, names) for column in own] for row in rows]


def _json(found: Figures | PublicFigures) -> bytes:
    columns = WITH_FIRMS if isinstance(found, Figures) else PUBLIC
    answer: dict[str, Any] = msgspec.to_builtins(found)
    for table in TABLES:
        rows = _told(found, table, {column.path for column in columns[table]})
        answer[table] = [{name: value for name, value in row.items() if name != "wastes"} for row in rows]
    answer["ways"] = {code: words.way(code) for code in (f"{found.pair[0]}-{found.pair[1]}", f"{found.pair[1]}-{found.pair[0]}")}
    answer["notes"] = list(_notes(found))
    return msgspec.json.encode(answer)


def _notes(found: Figures | PublicFigures) -> list[str]:
    """What the reader has to know: the log's size, what is not over, what is not told."""
    notes = [say(f"账本 {found.origin}，第 {found.size} 条为止。", f"Log {found.origin}, up to {found.size} entries.")]
    if found.is_demo:
        notes.append(say("演示数据，单位均为虚构。", "Demonstration: all firms are fictitious."))
    if isinstance(found, Figures):
        if not found.is_over:
            notes.append(say("所问期间在账本中尚未完结，数字为暂计。", "The period is not over in the log: figures are provisional."))
        return notes
    notes.append(
        say(
            f"不足 {FIRMS_MIN} 家单位、或者可由此推算一家单位的数字，并入“其他”；并入后仍可推算的，不公布。各表不设合计。只公布账本中已完结的月份。",
            f"Figures of fewer than {FIRMS_MIN} firms, or from which one firm's could be worked out, are put together under others, or not told. "
            "There are no totals. Only months that are over in the log are told.",
        )
    )
    if found.held_back:
        titles = say("、", ", ").join(say(*words.TITLES[table]) for table in found.held_back)
        notes.append(say(f"有不公布的内容：{titles}。", f"Something is not told of: {titles}."))
    return notes


def _xlsx(found: Figures | PublicFigures, columns: Mapping[TableName, Sequence[TableColumn]]) -> bytes:
    out, english = io.BytesIO(), spoken() == "en"
    title = say(f"白名单统计 {found.period}", f"Figures of the whitelist, {found.period}")
    book = Workbook(out, title, created=to_datetime(parse_at(found.at)), mark=say("演示", "DEMO") if found.is_demo else "")
    for table in TABLES:
        heads = [(head, column.width) for head, column in zip(heads_of(columns[table], english=english), columns[table], strict=True)]
        book.sheet(say(*words.TITLES[table]), heads, _rows(found, table, columns), wrapped=True)
    book.sheet(say("说明", "Notes"), [(say("说明", "Notes"), 100)], [[note] for note in _notes(found)], wrapped=True)
    book.close()
    return out.getvalue()
