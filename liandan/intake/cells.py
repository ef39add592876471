"""One cell as its column asks for it: every repair is shown with what it was made of, and what cannot be repaired safely is refused.

A repair is safe where the text can have meant one thing alone: full-width digits, a dash of another kind, a unit that stands beside the number. A
code whose last digits a spreadsheet has rounded away is not brought back by anybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.lookalikes import tidied
from liandan.intake.days import read_clock_cell, read_day_cell, read_moment_cell
from liandan.intake.faults import Hows, UnfitCell, unfit
from liandan.intake.masses import read_mass_cell, read_whole_cell
from liandan.intake.model import SheetCell, TemplateColumn
from liandan.intake.spelling import dashed, folded, is_empty_mark, shown, tidy_text
from liandan.intake.wastes import read_category, read_codes, read_methods
from signing.phrase import Phrase
from signing.refusal import Reason
from whitelist.divisions import PROVINCES

_RUNS = ("=", "+", "-", "@")
"""With what a spreadsheet begins a formula: no such text is passed on."""
_KEPT_AS_TEXT = re.compile('="([^"]*)"|\'([^\'=+@-].*)')
"""How CSV files keep digits from becoming numbers: ``="915…"``, ``'915…``."""
_UNSTEADY = re.compile(
    r"\b(TODAY|NOW|RAND|RANDBETWEEN|OFFSET|INDIRECT|HYPERLINK|WEBSERVICE|CALL|DDE)\s*\(|\[[^\]]*\]|'[^']*\[|\|", re.IGNORECASE
)
"""Formulas whose stored result is of a day, of chance, of another file or another program."""
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,3}")
EXACT_DIGITS = 15
"""Digits that a number of a spreadsheet holds."""
VALUE_MAX = 300
"""Characters of a cell that is a value; nobody writes a longer day or mass."""
_LONGEST = {"text": 32_767, "json": 32_767, "name": 2_000, "codes": 16_000}
_PARTS = re.compile(r"[、，,；;/\s]+")


class ReadCell(Struct, frozen=True):
    """What a cell says: its value (None where it is empty), how it was repaired, or why it is refused."""

    value: Any = None
    hows: tuple[Phrase, ...] = ()
    reason: Reason | None = None


def read_cell(cell: SheetCell, column: TemplateColumn, unit: str = "", epoch: datetime | None = None) -> ReadCell:
    """A cell of a column; ``unit`` is that of its head, ``epoch`` day 0 of the file."""
    hows: Hows = []
    given = cell
    try:
        cell = _believed(cell, column, hows)
        if isinstance(cell.value, str) and is_empty_mark(cell.value):
            return ReadCell(None, (Phrase("表示空着", "means nothing"),))
        match column.sort:
            case "mass":
                value: Any = read_mass_cell(cell, unit, hows)
            case "whole":
                value = read_whole_cell(cell, hows)
            case "day":
                value = read_day_cell(cell, epoch, hows)
            case "moment":
                value = read_moment_cell(cell, epoch, hows)
            case "clock":
                value = read_clock_cell(cell, hows)
            case _:
                value = _READERS.get(column.sort, _text)(cell, column, hows)
        if isinstance(given.value, str) and not given.formula and told_of(value) == given.value:
            hows.clear()  # it stands there as it is meant
        return ReadCell(value, tuple(hows))
    except UnfitCell as found:
        return ReadCell(None, (), found.reason)


def _believed(cell: SheetCell, column: TemplateColumn, hows: Hows) -> SheetCell:
    """The cell where its value is what somebody sees there."""
    if cell.struck:
        raise unfit("INTAKE_STRUCK", "CELL" if cell.struck == "whole" else "PART", shown(cell))
    if cell.is_white or _shows_nothing(cell):
        raise unfit("INTAKE_HIDDEN", "CELL", shown(cell)[:60])
    if isinstance(cell.value, str) and not cell.formula and (kept := _KEPT_AS_TEXT.fullmatch(cell.value.strip())):
        hows.append(Phrase("去掉为保留文本加的符号", "without the marks that kept it a text"))
        return replace(cell, value=kept[1] or kept[2])
    if cell.formula:
        if cell.value is None or cell.value == "" or cell.formula == "=" or _UNSTEADY.search(cell.formula):
            told = cell.formula[:60] if len(cell.formula) > 1 else Phrase("公式", "a formula")
            is_empty = cell.value in (None, "")
            raise unfit("INTAKE_FORMULA", "EMPTY" if is_empty else "UNSTEADY" if cell.formula != "=" else "", told, column.note)
        hows.append(Phrase(f"公式 {cell.formula[:40]}，取存盘时的结果", f"formula {cell.formula[:40]}: its result as it was saved"))
    if isinstance(cell.value, str) and len(cell.value) > _LONGEST.get(column.sort, VALUE_MAX):
        raise unfit("INTAKE_CELL", "LONG", f"{cell.value[:40]}…", column.note, most=f"{_LONGEST.get(column.sort, VALUE_MAX)}")
    if cell.sort == "error":
        raise unfit("INTAKE_CELL", "ERROR", str(cell.value)[:20], column.note)
    if cell.sort == "truth":
        raise unfit("INTAKE_CELL", "", str(cell.value).upper(), column.note or Phrase("文本", "text"))
    return cell


def _shows_nothing(cell: SheetCell) -> bool:
    """Whether a format like ``;;;`` hides what the cell holds."""
    sections = cell.form.split(";")
    if isinstance(cell.value, str):
        return len(sections) == 4 and not sections[3].strip()
    return len(sections) > 1 and not sections[0].strip()


# ---------------------------------------------------------------------- texts


def _text(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    """A text that is passed on as it is, but for blanks at its ends and characters that nobody types."""
    value = _as_text(cell, column)
    if value.strip().startswith(_RUNS):
        raise unfit("INTAKE_FORMULA", "LIKE", value[:60], column.note)
    return _said(value, tidy_text(value), hows)


def _name(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    """A name as registers of firms write it."""
    value = _as_text(cell, column)
    if value.strip().startswith(_RUNS):
        raise unfit("INTAKE_FORMULA", "LIKE", value[:60], column.note)
    return _said(value, tidied(re.sub(r"[\r\n\t]+", "", value)), hows)


def _said(value: str, taken: str, hows: Hows) -> str | None:
    if taken != value:
        hows.append(Phrase("去掉多余空白、换行和形近字符", "without blanks, line breaks and look-alikes"))
    return taken or None


def _as_text(cell: SheetCell, column: TemplateColumn) -> str:
    if isinstance(cell.value, str):
        return cell.value
    raise unfit("INTAKE_CELL", "TEXT", shown(cell), column.note or Phrase("文本", "text"))


def _number(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    """A number of a document (许可证编号): a text, also where it is of digits alone and a spreadsheet has made a number of it."""
    if isinstance(cell.value, float | int):
        return _digits(cell, hows)
    if isinstance(cell.value, str) and re.fullmatch(r"[0-9]{1,20}\.0", cell.value.strip()):
        hows.append(Phrase("去掉数字留下的“.0”", "without the .0 of a number"))
        return cell.value.strip()[:-2]
    value = _as_text(cell, column)
    if _SCIENTIFIC.fullmatch(value.strip().upper()) and "." in value:
        raise unfit("INTAKE_CELL", "ROUNDED", value, column.note)
    return _said(value, re.sub(r"\s+", " ", tidy_text(value)).strip(), hows)


def _digits(cell: SheetCell, hows: Hows) -> str:
    """The digits of a number that stands for a text; those behind the fifteenth are gone."""
    value = cell.value
    assert isinstance(value, float | int)
    if value != int(value) or value < 0 or value >= 10**EXACT_DIGITS:
        raise unfit("INTAKE_CELL", "ROUNDED", shown(cell))
    text = str(int(value))
    if cell.form and set(cell.form) == {"0"} and len(cell.form) > len(text):
        hows.append(Phrase(f"按单元格格式 {cell.form} 补零", f"zeros by the cell's format {cell.form}"))
        return text.zfill(len(cell.form))
    hows.append(Phrase("数字单元格改为文本；前面若有零已丢失，请核对", "a number made text; zeros in front are lost: compare"))
    return text


def _uscc(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    """A code of a firm. Whether it is a right one the log's own form says."""
    if isinstance(cell.value, float | int):
        raise unfit("INTAKE_CELL", "USCC", shown(cell), column.note)
    value = _as_text(cell, column)
    taken = re.sub(r"\s+", "", folded(value)).upper()
    if _SCIENTIFIC.fullmatch(taken) and len(taken) != 18:
        raise unfit("INTAKE_CELL", "USCC", value, column.note)
    if re.fullmatch(r"[0-9A-Z]{18}\.0", taken):
        raise unfit("INTAKE_CELL", "USCC", value, column.note)
    if taken != value:
        hows.append(Phrase("全角、小写、空白改为规范写法", "full-width, lower case and blanks put right"))
    return taken or None


def _ref(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    value = _as_text(cell, column)
    taken = re.sub(r"\s+", "", folded(value))
    return _said(value, taken, hows)


def _json(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str:
    return _as_text(cell, column)


# ---------------------------------------------------------------------- values of a few


def _word(cell: SheetCell, column: TemplateColumn, hows: Hows) -> Any:
    value = _digits(cell, []) if isinstance(cell.value, float | int) else _as_text(cell, column)
    known = {_plain(word): (word, meant) for word, meant in column.words.items()}
    found = known.get(_plain(value))
    if found is None:
        raise unfit("INTAKE_WORD", "", value[:60], " / ".join(column.words))
    if isinstance(cell.value, str) and found[0] != value:
        hows.append(Phrase(f"即“{found[0]}”", f"that is {found[0]}"))
    return found[1]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", folded(text)).casefold()


_YES, _NO = (
    frozenset({"是", "√", "✓", "✔", "y", "yes", "有", "true", "1", "对"}),
    frozenset({"否", "×", "✗", "n", "no", "没有", "false", "0", "x"}),
)


def _yes(cell: SheetCell, column: TemplateColumn, hows: Hows) -> bool | None:
    value = _plain(shown(cell))
    if value in _YES or value in _NO:
        return True if value in _YES else None
    raise unfit("INTAKE_WORD", "", shown(cell)[:60], Phrase("是 / 否", "是 (yes) / 否 (no)"))


_PROVINCE_OF = {name.zh: code for code, name in ((code, Phrase(*names)) for code, names in PROVINCES.items())}
_ENDS = re.compile("(.+?)(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)")
_SHORT = {found[1]: code for name, code in _PROVINCE_OF.items() if (found := _ENDS.fullmatch(name))}
_EVERYWHERE = frozenset({"00", "全国", "其他各省", "各省"})


def _province_of(text: str) -> str:
    found = text if text in PROVINCES else _PROVINCE_OF.get(text) or _SHORT.get(text)
    if found is None:
        raise unfit("INTAKE_WORD", "PROVINCE", text[:60], "四川省 / 51")
    return found


def _provinces(cell: SheetCell, column: TemplateColumn, hows: Hows) -> list[str] | None:
    value = _digits(cell, []) if isinstance(cell.value, float | int) else folded(_as_text(cell, column))
    parts = [part for part in _PARTS.split(value) if part]
    found = [_province_of(part) for part in parts]
    if not all(part in PROVINCES or part in _PROVINCE_OF for part in parts):
        hows.append(Phrase(f"即 {'、'.join(f'{code} {PROVINCES[code][0]}' for code in found)}", f"that is {', '.join(found)}"))
    return found or None


def _province(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    value = _digits(cell, []) if isinstance(cell.value, float | int) else folded(_as_text(cell, column))
    if value in _EVERYWHERE or value == "0":
        hows += [] if value == "00" else [Phrase("即 00，其他各省", "that is 00, every other province")]
        return "00"
    found = _provinces(cell, column, hows) or []
    if len(found) > 1:
        raise unfit("INTAKE_WORD", "PROVINCE", shown(cell)[:60], "四川省 / 51")
    return found[0] if found else None


def _division(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    if isinstance(cell.value, float | int):
        text = str(int(cell.value)) if cell.value == int(cell.value) else ""
        if len(text) != 6:
            raise unfit("INTAKE_CELL", "TEXT", shown(cell), column.note)
        hows.append(Phrase("数字单元格改为文本", "a number made text"))
        return text
    value = _as_text(cell, column)
    return _said(value, re.sub(r"\s+", "", folded(value)).removesuffix(".0"), hows)


def _list_name(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str | None:
    value = _digits(cell, hows) if isinstance(cell.value, float | int) else _as_text(cell, column)
    return _said(value, re.sub(r"\s+", "", folded(value)).lower(), hows)


def _category(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str:
    return read_category(dashed(folded(_as_text(cell, column))), shown(cell), hows)


def _codes(cell: SheetCell, column: TemplateColumn, hows: Hows) -> Any:
    return read_codes(cell, column, hows)


def _one_code(cell: SheetCell, column: TemplateColumn, hows: Hows) -> str:
    """The one code of a row of a book."""
    found = read_codes(cell, column, hows)
    if found.scope or len(found.codes) != 1:
        raise unfit("INTAKE_CODE", "ONE", shown(cell), column.note)
    return found.codes[0]


def _methods(cell: SheetCell, column: TemplateColumn, hows: Hows) -> list[str]:
    return read_methods(_as_text(cell, column), hows)


_READERS: dict[str, Callable[[SheetCell, TemplateColumn, Hows], Any]] = {
    "text": _text, "name": _name, "number": _number, "uscc": _uscc, "ref": _ref, "json": _json, "word": _word, "yes": _yes, "provinces": _provinces,
    "province": _province, "division": _division, "category": _category, "codes": _codes, "code": _one_code, "methods": _methods, "list_name": _list_name,
}  # fmt: skip


def told_of(value: Any) -> str:
    """A value as a repair shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(map(told_of, value))
    return value if isinstance(value, str) else str(value) if not isinstance(value, dict) else json.dumps(value, ensure_ascii=False)


def together(hows: tuple[Phrase, ...]) -> Phrase:
    """Several repairs of one cell."""
    return Phrase("；".join(how.zh for how in hows), "; ".join(how.en for how in hows))
