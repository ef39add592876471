"""Rows as CSV that a spreadsheet opens as what they are; :mod:`reports.tables.workbook` is the same as XLSX.

What somebody wrote may begin with ``=``, ``+``, ``-`` or ``@``, and a spreadsheet would run it: such a text gets an apostrophe in front (OWASP,
CSV injection). CSV begins with a byte order mark, without which Excel reads GBK.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from reports.tables.columns import TableColumn, Value

MARK = "\ufeff"
RUN = tuple("=+-@\t\r\n＝＋－＠")
"""Characters with which spreadsheets begin a formula, also in their full-width forms."""


def harmless(text: str) -> str:
    """A text that no spreadsheet runs, however it opens the file."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(RUN) or text.startswith(RUN) else text


def csv_text(rows: Iterable[Sequence[Value]]) -> bytes:
    """Lines of CSV (RFC 4180), UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_plain(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return harmless(value) if isinstance(value, str) else str(value)


def heads_of(columns: Sequence[TableColumn], *, english: bool) -> list[str]:
    """The first row."""
    return [column.en if english else column.zh for column in columns]
