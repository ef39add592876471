"""Categories, codes and methods as offices write them: HW31含铅废物, ９００-０５２-３１, several codes in one cell."""

from __future__ import annotations

import re
from typing import Literal

from liandan.intake.faults import Hows, unfit
from liandan.intake.model import CodesRead, SheetCell, TemplateColumn
from liandan.intake.spelling import dashed, folded, shown
from signing.phrase import Phrase
from whitelist.adopted import shipped_codes

FORM = Phrase("三段八位代码，如 900-052-31", "8 digits in three groups, e.g. 900-052-31")
_PARTS = re.compile(r"[、，,；;。\s]+|/|\band\b|和|及")
_ALL = re.compile(r"(全部|所有|整个?类别|全类|各)(危险)?(废物)?(类别|代码|小类)?(全部|所有)?代码?|ALL|全部", re.IGNORECASE)
_EXCEPT = ("除", "不含", "不包括", "EXCEPT", "except")
_EXCEPTED = re.compile("(.*?[0-9])\\s*(?:以外|之外|外)?(?:的?(?:全部|其他|其余).*)?")
_GROUPS = re.compile(r"([0-9]{1,3})\s*-\s*([0-9]{1,3})\s*-\s*([0-9]{1,2})")
_LIMITS = re.compile("[除不仅限只非]")
"""Words beside a code by which not all of it may be meant."""
_METHOD = re.compile("(?<![A-Z0-9])(?:[RDCYG][0-9]{1,2}|S)(?![A-Z0-9])")


def read_category(text: str, found: str, hows: Hows) -> str:
    """``HW31`` of ``HW31含铅废物``."""
    numbers = re.findall(r"HW\s*-?\s*([0-9]{1,2})(?![0-9])", text, re.IGNORECASE)
    if len(set(numbers)) != 1 or not text.upper().startswith("HW"):
        near = f"HW{int(text):02d}" if re.fullmatch("[0-9]{1,2}", text) else ""
        raise unfit("INTAKE_CODE", "CATEGORIES" if len(set(numbers)) > 1 else "CATEGORY", found, "HW31", near)
    taken = f"HW{int(numbers[0]):02d}"
    if taken != found:
        hows.append(Phrase("只取类别号", "the category alone"))
    return taken


def read_codes(cell: SheetCell, column: TemplateColumn, hows: Hows) -> CodesRead:
    """The codes of a cell; each repair must lead to a code of the catalogue unless the digits stand there whole."""
    if isinstance(cell.value, float | int):
        return CodesRead(codes=(_of_number(cell, hows),))
    if not isinstance(cell.value, str):
        raise unfit("INTAKE_CODE", "", shown(cell), FORM)
    text = re.sub(r"[ \t]+", " ", dashed(folded(cell.value)))
    if _ALL.fullmatch(text):
        hows.append(Phrase("即整个类别的全部代码", "all codes of the category"))
        return CodesRead("ALL")
    scope: Literal["", "EXCEPT"] = ""
    word = next((one for one in _EXCEPT if text.startswith(one)), "")
    if word and (without := _EXCEPTED.fullmatch(text.removeprefix(word).lstrip(" :"))) is not None:
        scope, text = "EXCEPT", without[1]
        hows.append(Phrase("即除所列代码外", "all but those listed"))
    parts = _named(re.sub(r"\s*-\s*", "-", text), cell.value, hows)
    codes = tuple(_code(part, cell.value, hows) for part in parts)
    if not codes:
        raise unfit("INTAKE_CODE", "", cell.value, FORM)
    if len(set(codes)) < len(codes):
        codes = tuple(dict.fromkeys(codes))
        hows.append(Phrase("同一代码只列一次", "each code once"))
    if len(codes) > 1 and not scope:
        hows.append(Phrase(f"一格中有 {len(codes)} 个代码", f"{len(codes)} codes in one cell"))
    elif codes[0] != cell.value and not hows:
        hows.append(Phrase("全角、横线、空白改为规范写法", "full-width, dashes and blanks put right"))
    return CodesRead(scope, codes)


def _named(text: str, found: str, hows: Hows) -> list[str]:
    """The parts of a cell that are codes; names beside them are left out where they limit nothing."""
    parts = [part for part in _PARTS.split(text) if part]
    ends = {part[-2:] for part in parts if _GROUPS.fullmatch(part)}
    own = re.compile(f"HW({'|'.join(ends)})[^0-9]*", re.IGNORECASE) if len(ends) == 1 else None  # HW31 beside codes of that category
    names = [part for part in parts if not re.search("[0-9]", part) or (own is not None and own.fullmatch(part))]
    if _LIMITS.search(text):
        raise unfit("INTAKE_CODE", "LIMITED", found, FORM)
    if names and len(names) < len(parts):
        hows.append(Phrase("只取代码", "the code alone"))
    return [part for part in parts if part not in names] or parts


def _code(part: str, found: str, hows: Hows) -> str:
    if re.fullmatch(r"[0-9]{3}-[0-9]{3}-[0-9]{2}", part):
        return part
    if match := _GROUPS.fullmatch(part):
        taken = f"{match[1]:0>3}-{match[2]:0>3}-{match[3]:0>2}"
        return _in_catalogue(taken, found, hows, Phrase("补上丢失的零", "with the zeros that were lost"))
    if re.fullmatch("[0-9]{8}", part):
        taken = f"{part[:3]}-{part[3:6]}-{part[6:]}"
        return _in_catalogue(taken, found, hows, Phrase("补上横线", "with hyphens"))
    if match := re.fullmatch(r"(?:HW[0-9]{2}[^0-9]*)?([0-9]{3}-[0-9]{3}-[0-9]{2})[^0-9-]*", part, re.IGNORECASE):
        if (how := Phrase("只取代码", "the code alone")) not in hows:
            hows.append(how)
        return match[1]
    raise unfit("INTAKE_CODE", "", found, FORM)


def _of_number(cell: SheetCell, hows: Hows) -> str:
    value = cell.value
    assert isinstance(value, float | int)
    if value != int(value) or not 0 < value < 10**8:
        raise unfit("INTAKE_CODE", "NUMBER", shown(cell), FORM)
    text = str(int(value)).zfill(8)
    taken = f"{text[:3]}-{text[3:6]}-{text[6:]}"
    lost = len(str(int(value))) < 8
    how = (
        Phrase("数字补上丢失的零和横线", "a number, with its zeros and hyphens")
        if lost
        else Phrase("数字补上横线", "a number, with hyphens")
    )
    return _in_catalogue(taken, shown(cell), hows, how)


def _in_catalogue(taken: str, found: str, hows: Hows, how: Phrase) -> str:
    if taken not in shipped_codes():
        raise unfit("INTAKE_CODE", "LOST", found, FORM, taken)
    if how not in hows:
        hows.append(how)
    return taken


def read_methods(value: str, hows: Hows) -> list[str]:
    """``R4、R5`` of ``R4 再循环/再利用金属、R5``; a code that is no method the log's form refuses."""
    text = dashed(folded(value)).upper()
    found = _METHOD.findall(text)
    rest = _METHOD.sub("", text)
    if not found or re.search("[A-Z0-9]", rest) or re.search(r"[至到~]", rest) or re.search(r"[RD][0-9]+\s*-\s*[RD]?[0-9]", text):
        raise unfit("INTAKE_METHOD", "", value, "R4、R5")
    taken = list(dict.fromkeys(found))
    if taken != re.split(r"[、，,；;/\s]+", value.strip()):
        hows.append(Phrase("只取方式代码", "the codes of the methods alone"))
    return taken
