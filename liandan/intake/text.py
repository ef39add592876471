"""Reading CSV as programs and offices write it: UTF-8, UTF-16 or GBK, any of the usual separators, perhaps a line ``sep=``.

An encoding is taken only where the bytes can be nothing else of the three: a BOM says it, UTF-8 proves itself, and what is left must be GB 18030
without one character that nobody writes.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata

from liandan.intake.model import Grid, SheetCell
from liandan.intake.sniffing import unreadable
from liandan.intake.xlsx import COLUMNS_MAX, ROWS_MAX, too_many
from signing.phrase import Phrase

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = {",": Phrase("逗号", "comma"), "\t": Phrase("制表符", "tab"), ";": Phrase("分号", "semicolon"), "|": Phrase("竖线", "bar")}
_TOLD = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_LOOKED_AT = 20
"""Lines by which a separator is found."""


def read_csv(raw: bytes, name: str) -> tuple[Grid, list[Phrase]]:
    """The one sheet of a CSV file, and how it was opened where that was to be found out; Refusal INTAKE_FILE."""
    text, encoding = _decoded(raw)
    said = [] if encoding in ("utf-8", "utf-8-sig") else [Phrase(f"按 {encoding.upper()} 编码读取", f"read as {encoding.upper()}")]
    first, _, rest = text.partition("\n")
    told, skipped = _TOLD.fullmatch(first.strip().strip('"')), 0
    if told is not None:
        separator, text, skipped = told[1], rest, 1
    else:
        separator = _separator(text)
    if separator != ",":
        word = _SEPARATORS.get(separator, Phrase(repr(separator), repr(separator)))
        said.append(Phrase(f"以{word.zh}分列", f"columns parted by {word.en}"))
    usual = last = 0
    line: list[str] = []
    grid = Grid(name=name, lines={}, merges=[], hidden_rows=set(), hidden_columns=set())
    try:
        for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1 + skipped):
            cells = {at: SheetCell(value) for at, value in enumerate(line, 1) if value.strip()}
            if cells and max(cells) > COLUMNS_MAX:
                grid.is_cut, cells = True, {at: cell for at, cell in cells.items() if at <= COLUMNS_MAX}
            if line:
                usual, last = max(usual, last), len(line)
            if cells:
                grid.lines[number] = cells
            if len(grid.lines) > ROWS_MAX:
                raise too_many()
        if 1 < last < usual and not text.endswith(("\n", "\r")):
            raise unreadable("CUT", separator.join(line)[-60:])
    except (csv.Error, TypeError) as error:
        raise unreadable("CSV", str(error)[:60]) from None
    return grid, said


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding).removeprefix("\ufeff"), encoding
            except UnicodeDecodeError:
                raise unreadable("ENCODING", encoding.upper()) from None
    if b"\x00" in raw:
        return _without_mark(raw)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(raw) - 3 and not raw[: error.start].isascii() and "invalid" not in error.reason:
                raise unreadable("CUT", Phrase("最后一个字只有一半", "half a character at the end")) from None
            continue
        if encoding == "utf-8" or _is_written(text):
            return text, "gbk" if encoding == "gb18030" else encoding
    raise unreadable("ENCODING", Phrase("不是 UTF-8、GBK 或 UTF-16", "neither UTF-8, GBK nor UTF-16"))


def _without_mark(raw: bytes) -> tuple[str, str]:
    """UTF-16 without a BOM: of the two orders of bytes the one that has ASCII in it, for no table is without commas and line ends."""
    found: list[tuple[int, str, str]] = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_written(text) and (plain := sum(one in "\r\n,;\t" for one in text)):
            found.append((plain, text, encoding))
    if not found:
        raise unreadable("OTHER", Phrase("二进制文件", "a binary file"))
    return max(found)[1:]


def _is_written(text: str) -> bool:
    """Whether all characters are such as people write: none unassigned or private, no control but line ends and tabs."""
    return all(unicodedata.category(one) not in ("Cn", "Co", "Cs", "Cc") or one in "\r\n\t" for one in set(text))


def _separator(text: str) -> str:
    """The one that most of the first lines have equally often; a comma where none shows."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    best, most = ",", (0, 0)
    for separator in _SEPARATORS:
        counts = [_outside_quotes(line, separator) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        score = (sum(count == usual for count in counts) if usual else 0, usual)
        if score > most:
            best, most = separator, score
    return best


def _outside_quotes(line: str, separator: str) -> int:
    return sum(part.count(separator) for part in line.split('"')[::2])
