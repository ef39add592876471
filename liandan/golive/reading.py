"""Reading workbooks and CSV files that anybody may have made: bounded, no formula is computed, no value is guessed.

A cell is text. Days and numbers that a workbook holds as such are taken where they can be written in one way alone.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from liandan.golive.model import NOTES, SheetFinding, Spot, TemplateColumn, TemplateRow, TemplateSheet
from liandan.golive.template import BY_NAME, SHEETS
from signing.files import read_whole
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal, refuse

FILE_MAX = 16 * 1024 * 1024
UNPACKED_MAX = 256 * 1024 * 1024
"""Bytes of a workbook unpacked: 20,000 rows with the longest keys have a third of it."""
MEMBERS_MAX, ROWS_MAX, COLUMNS_MAX = 200, 20_000, 64
FINDINGS_MAX = 1_000
_FORMULA = ("=", "+", "-", "@")

Tables = dict[str, list[TemplateRow]]
"""Rows by the name of their sheet, in the order of the files."""


def read_files(paths: Sequence[Path]) -> tuple[Tables, list[SheetFinding]]:
    """All rows of the files, and everything that is wrong with how they are written."""
    tables: Tables = {sheet.name: [] for sheet in SHEETS}
    findings: list[SheetFinding] = []
    for path in paths:
        try:
            before, names = len(findings), set[str]()
            for sheet, lines in _sheets_of(path, findings):
                names.add(sheet.name)
                tables[sheet.name] += _rows(path.name, sheet, lines, findings)
            if not names and len(findings) == before:
                findings.append(
                    SheetFinding(Spot(path.name), Reason("GOLIVE_FILE", "", Phrase("没有模板中的表", "no sheet of the template")))
                )
        except Refusal as refusal:
            findings += [SheetFinding(Spot(path.name), reason) for reason in refusal.reasons]
    return tables, findings[:FINDINGS_MAX]


def _sheets_of(path: Path, findings: list[SheetFinding]) -> Iterator[tuple[TemplateSheet, Iterable[Sequence[Any]]]]:
    """Sheets of one file with their lines of raw cells; Refusal GOLIVE_FILE."""
    try:
        raw = read_whole(path, FILE_MAX)
    except OSError as error:
        raise _unreadable(error.strerror or type(error).__name__) from None
    match path.suffix.lower():
        case ".csv":
            yield _csv_sheet(path, raw, findings)
        case ".xlsx":
            yield from _workbook(path, raw, findings)
        case _:
            raise refuse("GOLIVE_FILE", found=path.suffix[:20], expected=Phrase("工作簿或 CSV 文件", "a workbook (.xlsx) or a .csv"))


# ---------------------------------------------------------------------- CSV


def _csv_sheet(path: Path, raw: bytes, findings: list[SheetFinding]) -> tuple[TemplateSheet, Iterable[Sequence[Any]]]:
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(type(error).__name__, Phrase("UTF-8 的 CSV", "CSV in UTF-8")) from None
    if sum(any(line) for line in lines) > ROWS_MAX:
        raise _too_many()
    heads = {text.strip() for text in lines[0]} if lines else set()
    fitting = [sheet for sheet in SHEETS if {column.head for column in sheet.columns if column.needed} <= heads]
    named = [sheet for sheet in fitting if heads <= sheet.by_head.keys()] or fitting
    if len(named) != 1:
        told = "；".join(f"{sheet.name}：{'、'.join(column.head for column in sheet.columns if column.needed)}" for sheet in SHEETS)
        reason = Reason("GOLIVE_COLUMN", "", "、".join(sorted(heads))[:120], told[:200])
        findings.append(SheetFinding(Spot(path.name, row=1), reason))
        return SHEETS[0], []
    return named[0], lines


# ---------------------------------------------------------------------- XLSX


def _workbook(path: Path, raw: bytes, findings: list[SheetFinding]) -> Iterator[tuple[TemplateSheet, Iterable[Sequence[Any]]]]:
    _check_archive(raw)
    from openpyxl import load_workbook  # noqa: PLC0415  # a fifth of a second that no other command needs

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        pages = [(page.title, [list(line) for line in _lines(page)]) for page in book.worksheets if page.title != NOTES]
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  # what a hostile workbook makes of the reader is not counted one by one
        raise _unreadable(type(error).__name__) from None
    for title, lines in pages:
        if title in BY_NAME:
            yield BY_NAME[title], lines
        elif lines:
            findings.append(SheetFinding(Spot(path.name, title[:31]), Reason("GOLIVE_SHEET", "", title[:60], "、".join(BY_NAME))))


def _check_archive(raw: bytes) -> None:
    """GOLIVE_FILE for what is no workbook, or one that unpacks to more than anybody fills in, or that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_MAX:
                raise _unreadable(Phrase("解压后过大", "too large unpacked"))
            left = UNPACKED_MAX
            for member in members:
                with archive.open(member) as opened:
                    content = opened.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _unreadable(Phrase("解压后过大", "too large unpacked"))
                if member.filename.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in content or b"\x00" in content[:64]):
                    raise _unreadable(Phrase("含有实体声明，或者不是 UTF-8", "entities, or not UTF-8"))
    # What zipfile says of hostile archives.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _unreadable(type(error).__name__) from None


def _lines(page: Any) -> Iterator[Iterator[Any]]:
    """Lines of cells of a sheet; of formulas the cell itself, of anything else its value. What the sheet says of its size is not believed."""
    page.reset_dimensions()
    filled = 0
    for line in page.iter_rows(max_col=COLUMNS_MAX + 1):
        filled += any(cell.value is not None for cell in line)
        if filled > ROWS_MAX:
            raise _too_many()
        yield (Formula() if cell.data_type == "f" else Broken() if cell.data_type == "e" else cell.value for cell in line)


class Formula:
    """Stands for a formula."""


class Broken:
    """Stands for an error value (#N/A)."""


# ---------------------------------------------------------------------- both


def _rows(file: str, sheet: TemplateSheet, lines: Iterable[Sequence[Any]], findings: list[SheetFinding]) -> list[TemplateRow]:
    """Rows of a sheet; every cell that cannot be read is a finding."""
    found: list[TemplateRow] = []
    columns: list[TemplateColumn | None] = []
    for number, line in enumerate(lines, 1):
        if number == 1:
            columns, reasons = _heads(sheet, line)
            findings += [SheetFinding(Spot(file, sheet.name, 1), reason) for reason in reasons]
            if reasons:
                return []
            continue
        if all(value is None or (isinstance(value, str) and not value.strip()) for value in line):
            continue
        spot, cells = Spot(file, sheet.name, number), dict[str, str]()
        for position, value in enumerate(line):
            column = columns[position] if position < len(columns) else None
            if value is None or value == "":
                continue
            if column is None:
                reason = Reason("GOLIVE_COLUMN", "", str(value)[:60], Phrase("空格：这一列没有列名", "nothing: the column has no head"))
                findings.append(SheetFinding(spot, reason))
            elif isinstance(text := _text(value, column), Reason):
                findings.append(SheetFinding(Spot(file, sheet.name, number, column.head), text))
            else:
                cells[column.head] = text
        row = TemplateRow(spot, cells)
        findings += [
            SheetFinding(row.at(column.head), Reason("GOLIVE_EMPTY", "", "", column.note))
            for column in sheet.columns
            if column.needed and not cells.get(column.head, "").strip() and not _is_told(findings, row.at(column.head))
        ]
        found.append(row)
    return found


def _is_told(findings: Sequence[SheetFinding], spot: Spot) -> bool:
    """Whether something is said of a cell of the row that is being read."""
    return any(finding.spot == spot for finding in findings[-COLUMNS_MAX:])


def _heads(sheet: TemplateSheet, line: Sequence[Any]) -> tuple[list[TemplateColumn | None], list[Reason]]:
    texts = [value.strip() if isinstance(value, str) else "" if value is None else str(value) for value in line]
    reasons = [
        Reason("GOLIVE_COLUMN", "", text[:60], "、".join(sheet.by_head)[:200]) for text in texts if text and text not in sheet.by_head
    ]
    missing = [column.head for column in sheet.columns if column.needed and column.head not in texts]
    reasons += [Reason("GOLIVE_COLUMN", "", Phrase("没有这一列", "absent"), head) for head in missing]
    twice = sorted({text for text in texts if text and texts.count(text) > 1})
    reasons += [Reason("GOLIVE_COLUMN", "", text, Phrase("每列一次", "each column once")) for text in twice]
    return [sheet.by_head.get(text) for text in texts], reasons


def _text(value: Any, column: TemplateColumn) -> str | Reason:
    """A cell as text, where there is one way alone to write it."""
    match value:
        case Formula():
            return Reason("GOLIVE_FORMULA", "", Phrase("公式", "a formula"), column.note)
        case str() if value.startswith(_FORMULA):
            return Reason("GOLIVE_FORMULA", "", value[:60], column.note)
        case str():
            return value
        case datetime() if column.sort == "day" and value.time() == time(0):
            return value.date().isoformat()
        case datetime() | date() | time():
            return Reason("GOLIVE_CELL", "", str(value), column.note or Phrase("文本", "text"))
        case bool():
            pass
        case int() | float() if column.sort in ("mass", "whole") or _is_year(value, column):
            return _plain(value)
    expected = column.note or Phrase("文本", "text")
    return Reason("GOLIVE_CELL", "", Phrase("错误值", "an error value") if isinstance(value, Broken) else f"{value!r}"[:60], expected)


def _is_year(value: float, column: TemplateColumn) -> bool:
    return bool(column.words) and _plain(value) in column.words


def _plain(value: float) -> str:
    """A number in the shortest digits that mean it, without an exponent."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _too_many() -> Refusal:
    return _unreadable(Phrase(f"超过 {ROWS_MAX} 行", f"more than {ROWS_MAX} rows"))


def _unreadable(found: Word, expected: Word = "") -> Refusal:
    return refuse("GOLIVE_FILE", found=found, expected=expected)
