"""Registers as files: the name, the bytes, and the workbook of what a firm sent, carried or received."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ledger.times import parse_at, to_datetime
from reports.paper.tongue import say, speaking, spoken
from reports.reconciliation.gathered.gathering import Gathering
from reports.registers.columns import KEYS, LINES, SHEETS, STOCK, SUMS, Columns
from reports.registers.gathered import draw_register
from reports.registers.model import FirmRegister, FirmSum, RegisterAsked, check_asked
from reports.registers.monthly import draw_report
from reports.registers.paper import to_pdf
from reports.registers.report_workbook import report_xlsx
from reports.registers.text import line_of, notes, stock_of, sum_of, title_of, to_json
from reports.tables.columns import Value
from reports.tables.workbook import Workbook
from reports.tables.writing import heads_of
from reports.words import OPINIONS, stage_name, word

File = tuple[str, bytes]


def draw_file(gathering: Gathering, asked: RegisterAsked, root: str) -> File:
    """Name and bytes of a register; the same log and question give the same. Refusals of :func:`check_asked`, REGISTER_TOO_LARGE."""
    check_asked(asked)
    found = draw_report(gathering, asked, root) if asked.register == "c1" else draw_register(gathering, asked, root)
    stem = asked.stem if found.log.is_over else f"{asked.stem}-provisional"
    if asked.suffix == "json":
        return f"{stem}.json", to_json(found)
    name = f"{stem}.{asked.suffix}" if asked.tongue == "zh" else f"{stem}.{asked.tongue}.{asked.suffix}"
    with speaking(asked.tongue):
        if not isinstance(found, FirmRegister):
            return name, report_xlsx(found)
        return name, to_pdf(found) if asked.suffix == "pdf" else to_xlsx(found)


def to_xlsx(found: FirmRegister) -> bytes:
    """The workbook, in the language that is being spoken: sums, then every line, then notes."""
    out, register, names = io.BytesIO(), found.asked.register, dict(found.names)
    title = f"{title_of(found.asked)}　{found.name}　{found.period.month}"
    marks = (say("演示", "DEMO") if found.log.is_demo else "", "" if found.log.is_over else say("未完结", "provisional"))
    book = Workbook(out, title, created=to_datetime(parse_at(found.log.at)), mark=say("、", ", ").join(filter(None, marks)))
    sums = {"total": (found.total,), "by_code": found.by_code, "by_partner": found.by_partner, "by_month": found.by_month}
    for part, rows in sums.items():
        columns = KEYS[part] + SUMS[register]
        book.sheet(say(*SHEETS[part]), _heads(columns), _sums(found, part, rows, columns))
    if register == "receiver":
        book.sheet(say("贮存", "Stock"), _heads(STOCK), ([column.value(row, names) for column in STOCK] for row in _stock(found)))
    columns = LINES[register]
    book.sheet(say("明细", "Lines"), _heads(columns), ([column.value(row, names) for column in columns] for row in _lines(found)))
    book.sheet(say("说明", "Notes"), [(say("说明", "Notes"), 120)], [[note] for note in notes(found)], wrapped=True)
    book.close()
    return out.getvalue()


def _heads(columns: Columns) -> list[tuple[str, int]]:
    english = spoken() == "en"
    return [(head, column.width) for head, column in zip(heads_of(columns, english=english), columns, strict=True)]


def _lines(found: FirmRegister) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(found.lines, 1):
        words = {"stage_text": stage_name(line.row.stage), "opinion_text": word(line.row.opinion, OPINIONS) if line.row.opinion else ""}
        yield line_of(line) | words | {"position": position}


def _sums(found: FirmRegister, part: str, rows: Iterable[FirmSum], columns: Columns) -> Iterator[list[Value]]:
    for one in rows:
        word_of = {"total": found.period.month, "by_code": found.codes.get(one.key, ""), "by_partner": found.names.get(one.key, one.key)}
        row = sum_of(one) | {"key_text": word_of.get(part, one.key)}
        yield [column.value(row, {}) for column in columns]


def _stock(found: FirmRegister) -> Iterator[dict[str, Any]]:
    """A row a code, more where several methods treated it: the later ones hold these alone."""
    for one in found.stock:
        told, treated = stock_of(one), stock_of(one)["treated_t"]
        first, *more = list(treated.items()) or [("", None)]
        yield told | {"name": found.codes.get(one.code, ""), "method": first[0], "treated_t": first[1]}
        yield from ({"code": one.code, "method": method, "treated_t": mass_t} for method, mass_t in more)
