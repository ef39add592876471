"""A mass as offices write it: thousands parted, a unit in the cell, in the head or in the cell's format alone. Outside it is tonnes.

Numbers are taken at the 15 digits that a spreadsheet shows, so 0.1 + 0.2 is 0.3; what a format hides or scales is told, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal

from liandan.intake.faults import Hows, unfit
from liandan.intake.model import SheetCell
from liandan.intake.spelling import folded, plain_number, shown
from signing.phrase import Phrase

FORM = Phrase("以吨为单位、至多 6 位小数，如 5.6", "tonnes, at most 6 decimals, e.g. 5.6")
UNITS = {
    "吨": Decimal(1), "t": Decimal(1), "公吨": Decimal(1), "万吨": Decimal(10_000), "千吨": Decimal(1_000), "千克": Decimal("0.001"), "公斤": Decimal("0.001"),
    "kg": Decimal("0.001"), "克": Decimal("0.000001"), "g": Decimal("0.000001"), "斤": Decimal("0.0005"),
}  # fmt: skip
_UNIT = re.compile(r"(万吨|千吨|公吨|吨|千克|公斤|斤|克|kg|t|g)(?:/年|/a|/y|每年|·a-1)?", re.IGNORECASE)
_WITH_UNIT = re.compile(rf"(.*?[0-9.])\s*({_UNIT.pattern})", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}([, ][0-9]{3})+(\.[0-9]+)?")
_DECIMALS = 6


def unit_in(text: str) -> str:
    """The unit that a text is, ``吨/年`` among them; empty where it is none."""
    found = _UNIT.fullmatch(re.sub(r"\s+", "", folded(text)))
    return found[1].lower() if found else ""


def read_mass_cell(cell: SheetCell, unit: str, hows: Hows) -> str:
    """Tonnes as a plain text."""
    if isinstance(cell.value, str):
        return _of_text(cell.value, unit, hows)
    if not isinstance(cell.value, float | int):
        raise unfit("INTAKE_NUMBER", "DAY", shown(cell), FORM)
    found = Decimal(plain_digits(cell.value, hows))
    own = _unit_of_format(cell)
    if own and own != "吨":
        hows.append(Phrase(f"单位“{own}”只在单元格格式中", f"the unit {own} stands in the cell's format alone"))
    _tell_hidden_digits(cell, found, hows)
    return _tonnes(found, own or unit, shown(cell), hows, told=not own)


def _of_text(value: str, unit: str, hows: Hows) -> str:
    text = folded(value)
    own = ""
    if found := _WITH_UNIT.fullmatch(text):
        text, own = found[1], unit_in(found[2])
    if _GROUPED.fullmatch(text):
        text = re.sub("[, ]", "", text)
        hows.append(Phrase("去掉千位分隔", "without marks of thousands"))
    elif not _PLAIN.fullmatch(text):
        raise unfit("INTAKE_NUMBER", "", value, FORM)
    if len(text.partition(".")[2]) > _DECIMALS and (short := f"{float(text):.15g}") != text and _PLAIN.fullmatch(short):
        text = short
        hows.append(Phrase("去掉浮点误差", "without the error of binary fractions"))
    if own and own != "吨":
        hows.append(Phrase(f"格中写明单位“{own}”", f"the cell says {own}"))
    elif own:
        hows.append(Phrase("去掉单位“吨”", "without the unit"))
    if not hows and value != text:
        hows.append(Phrase("全角和空白改为规范写法", "full-width and blanks put right"))
    return _tonnes(Decimal(text), own or unit, value, hows, told=not own, text=text)


def _tonnes(found: Decimal, unit: str, was: str, hows: Hows, *, told: bool, text: str = "") -> str:
    factor = UNITS.get(unit or "吨", Decimal(1))
    if factor == 1:
        result = text or format(found, "f")
    else:
        if told:
            hows.append(Phrase(f"单位是“{unit}”，折合成吨", f"in {unit}, now in tonnes"))
        result = format((found * factor).normalize(), "f")
    if len(result.partition(".")[2]) > _DECIMALS:
        raise unfit("INTAKE_NUMBER", "DECIMALS", was, FORM)
    whole, dot, fraction = result.partition(".")
    return (whole.lstrip("0") or "0") + dot + fraction


def plain_digits(value: float, hows: Hows) -> str:
    """The digits of a number as a spreadsheet shows them."""
    text, short = plain_number(value), f"{value:.15g}"
    if "E" in text or "e" in short:
        return format(Decimal(short), "f") if abs(value) < 10**15 else _too_large(value)
    if short != text:
        hows.append(Phrase("去掉浮点误差", "without the error of binary fractions"))
    return short


def _too_large(value: float) -> str:
    raise unfit("INTAKE_NUMBER", "", f"{value:.5E}", FORM)


def _literals(form: str) -> tuple[str, str]:
    """What a number format adds as text, and what is left of its first section."""
    section, literals, at = "", "", 0
    while at < len(form):
        one = form[at]
        if one == '"':
            end = form.find('"', at + 1)
            end = len(form) if end < 0 else end
            literals += form[at + 1 : end]
            at = end + 1
        elif one in "\\!" and at + 1 < len(form):
            literals, at = literals + form[at + 1], at + 2
        elif one in "_*" and at + 1 < len(form):  # as wide as the next, filled with the next
            at += 2
        elif one == ";":
            break
        else:
            section, at = section + one, at + 1
    return literals, section


def _unit_of_format(cell: SheetCell) -> str:
    """The unit that only the format shows; INTAKE_UNIT for formats that show another number than the cell holds."""
    if not cell.form or cell.form == "@":
        return ""
    literals, section = _literals(cell.form)
    bare = re.sub(
        r"\[\$[^\]]*\]|\[(Red|Blue|Black|Green|White|Color ?[0-9]+|红色|蓝色|黑色|DBNum[0-9])\]", "", section, flags=re.IGNORECASE
    )
    if "[" in bare or "%" in bare or re.search(r"[0#?],+(?![0#?,])", bare) or "." in literals or re.search("[0-9]", literals):
        raise unfit("INTAKE_UNIT", "FORMAT", f"{shown(cell)}（{cell.form}）"[:100], FORM)
    letters = "".join(one for one in bare if one.isalpha() and one not in "eE").replace("General", "").replace("GnrlaG", "")
    text = re.sub(r"\s+", "", literals + ("" if "General" in bare or "通用" in bare else letters)).strip("()（）¥￥$")
    if not text:
        return ""
    if not (unit := unit_in(text)):
        raise unfit("INTAKE_UNIT", "FORMAT", f"{shown(cell)}（{cell.form}）"[:100], FORM)
    return unit


def _tell_hidden_digits(cell: SheetCell, found: Decimal, hows: Hows) -> None:
    """What a format rounds away on paper stays in the cell: both are shown."""
    if not cell.form or not re.search("[0#]", cell.form):
        return
    _, section = _literals(cell.form)
    places = len(re.sub("[^0#?]", "", section.partition(".")[2])) if "E" not in section.upper() else _DECIMALS
    if -found.normalize().as_tuple().exponent > places:  # type: ignore[operator]  # finite: it was made of digits
        seen = f"{found:.{places}f}"
        hows.append(Phrase(f"格式只显示 {seen}，取单元格的值", f"the format shows {seen}; the cell's value is taken"))


def read_whole_cell(cell: SheetCell, hows: Hows) -> int:
    """A whole number from 0; perhaps with 天 or 日 behind it."""
    value = cell.value
    if isinstance(value, float | int) and value == int(value) and 0 <= value < 10**9:
        return int(value)
    if isinstance(value, str) and (found := re.fullmatch(r"([0-9]{1,9})(?:\.0)?\s*(天|日|个?工作日|号|第?行)?", folded(value))):
        if value != found[1]:
            hows.append(Phrase("取其中的整数", "the whole number of it"))
        if found[2] in ("工作日", "个工作日"):
            raise unfit("INTAKE_NUMBER", "WORKDAYS", value, Phrase("自然日天数", "calendar days"))
        return int(found[1])
    raise unfit("INTAKE_NUMBER", "WHOLE", shown(cell), Phrase("整数", "a whole number"))


def unit_beside(cell: SheetCell) -> bool:
    """Whether a cell names its unit, in its text or its format."""
    if isinstance(cell.value, str):
        return _WITH_UNIT.fullmatch(folded(cell.value)) is not None
    return bool(_unit_of_format(cell))
