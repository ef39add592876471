"""The rows of the form (危险废物转移联单), shared by its parts: a label, a value, a field under its own label."""

from collections.abc import Sequence

from reports.certificate.fields import Printed
from reports.paper.grid import Cell, label, row, value
from reports.paper.sheet import Sheet
from whitelist.fields import Place

KEY, VAL = 1.05, 2.6


def pair(zh: str, en: str, text: str, *, share: float = VAL, face: str = "NotoSansSC") -> tuple[Cell, Cell]:
    """A label and its value."""
    return label(zh, en, KEY), value(text, share, face=face)


def wide(sheet: Sheet, zh: str, en: str, text: str) -> None:
    """One label and a value across the page."""
    row(sheet, pair(zh, en, text, share=KEY + 2 * VAL))


def wide_field(sheet: Sheet, field: Printed) -> None:
    """A field across the page, under its own label."""
    wide(sheet, field.zh, field.en, field.text)


def fields_in_pairs(sheet: Sheet, fields: Sequence[Printed]) -> None:
    """Short fields two a row; the last one alone across the page where their number is odd."""
    for left, right in zip(fields[::2], fields[1::2], strict=False):
        row(sheet, (*pair(left.zh, left.en, left.text), *pair(right.zh, right.en, right.text)))
    if len(fields) % 2:
        wide_field(sheet, fields[-1])


def place_text(place: Place) -> str:
    """Address, division and, where the party has several, the site."""
    site = f"，场所 {place.site}" if place.site else ""
    return f"{place.address}（{place.division}{site}）"


def by_line(texts: Sequence[tuple[int, str]]) -> str:
    """One text per line by its number, those of the same text together: 第 1、2、4 行：…; lines of which there is nothing to say are left out."""
    numbers: dict[str, list[str]] = {}
    for number, text in texts:
        numbers.setdefault(text, []).append(str(number))
    if len(numbers) == 1 < len(texts):
        return f"各行：{texts[0][1]}" if texts[0][1] else ""
    return "\n".join(f"第 {'、'.join(found)} 行：{text}" for text, found in numbers.items() if text)
