"""Where the table begins: titles above it, heads of one or two rows, and which column is which. Heads are compared without blanks, brackets of a
kind and what stands in them; a head that is nearly one is asked about, never taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache

from msgspec import Struct

from liandan.intake.masses import unit_in
from liandan.intake.model import Grid, TemplateColumn, TemplateSheet
from liandan.intake.spelling import folded, shown
from liandan.intake.xlsx import column_letters

_LOOKED_AT = 40
"""Filled rows among which the heads are looked for."""
_BRACKETS = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
_ENDS_IN_UNIT = re.compile(r"(.*?[\u4e00-\u9fff])[,，:：/]?(万吨|千吨|吨|千克|公斤|kg|t)(?:/年|/a)?")
NEAR = 0.75
HEAD_MAX = 40
"""Characters of a head that may be a misspelt one."""
_COMMON = frozenset(
    {
        "序号",
        "备注",
        "联系人",
        "联系电话",
        "电话",
        "编号",
        "no",
        "地区",
        "市州",
        "区县",
        "省份",
        "移出省",
        "接受省",
        "废物名称",
        "名称",
        "危险废物名称",
        "年度",
    }
)
"""Heads that many tables have, and that are nobody's misspelling."""


class HeadedColumn(Struct, frozen=True):
    """A column of a file that is one that is asked for. ``unit``: of its head or of a title above it."""

    number: int
    column: TemplateColumn
    text: str
    unit: str = ""
    other_unit: str = ""  # Of a title above it, where its head has another one.

    @property
    def letter(self) -> str:
        """``C``."""
        return column_letters(self.number)


class Headed(Struct, frozen=True):
    """A sheet whose heads were found in rows ``first`` to ``last``."""

    sheet: TemplateSheet
    first: int
    last: int
    columns: tuple[HeadedColumn, ...]
    twins: tuple[HeadedColumn, ...]  # Quantities that stand in a further column, in another unit.
    others: Mapping[int, str]  # Heads that are none of ours.
    texts: Mapping[int, str]  # All heads, as they stand there.
    units: Mapping[int, int] = {}  # Columns that say the unit of a quantity row by row, by the number of that quantity's column.

    @property
    def missing(self) -> list[TemplateColumn]:
        """Columns that are needed and not there."""
        there = {one.column.head for one in self.columns}
        return [column for column in self.sheet.columns if column.needed and column.head not in there]

    @property
    def fits(self) -> int:
        """How well it fits: columns found, needed ones twice."""
        return sum(2 if one.column.needed else 1 for one in self.columns)


@lru_cache(4096)
def key_of(text: str) -> tuple[str, str, str]:
    """A head for comparison: whole, without what stands in brackets and without a unit, and that unit."""
    plain = re.sub(r"\s+", "", folded(text)).strip("*＊:：").casefold()
    inner = list(_BRACKETS.findall(plain))
    unit = next((unit for one in inner for part in re.split("[,，:：/]", one) if (unit := unit_in(part) or unit_in(one))), "")
    bare = _BRACKETS.sub("", plain).strip("*:")
    for end in ("(", "（"):
        bare = bare.partition(end)[0]
    if not unit and (found := _ENDS_IN_UNIT.fullmatch(bare)) and (unit := unit_in(found[2])):
        bare = found[1]
    return plain, bare, unit


@cache
def _names(sheet: TemplateSheet) -> dict[str, TemplateColumn]:
    """Columns by all their names; the plain head wins over what else a head is called, earlier columns over later ones."""
    found: dict[str, TemplateColumn] = {}
    for column in sheet.columns:
        found.setdefault(key_of(column.head)[0], column)
        found.setdefault(key_of(column.head)[1], column)
    for column in sheet.columns:
        for other in (*column.also, *(column.group + one for one in column.also if column.group)):
            found.setdefault(key_of(other)[0], column)
            found.setdefault(key_of(other)[1], column)
    return found


def near_head(text: str, sheet: TemplateSheet, lacking: Sequence[str]) -> str:
    """The head that a strange one may have meant, of those that the table lacks; empty if it resembles none."""
    bare = key_of(text)[1]
    if bare in _COMMON or not 0 < len(bare) <= HEAD_MAX:
        return ""
    keys = {key_of(head)[1]: head for head in lacking if head in sheet.by_head}
    close = get_close_matches(bare, keys, n=1, cutoff=NEAR)
    return keys[close[0]] if close else ""


def find_heads(grid: Grid, sheet: TemplateSheet) -> Headed | None:
    """The heads of a sheet in a grid; None where nothing resembles them."""
    rows = sorted(grid.lines)[:_LOOKED_AT]
    best: Headed | None = None
    for at, row in enumerate(rows):
        options = [_headed(grid, sheet, row, row)]
        if at + 1 < len(rows) and rows[at + 1] == row + 1:
            options.append(_headed(grid, sheet, row, row + 1))
        for found in options:
            # A title above the heads adds nothing: of equals the one with fewer rows, and of those the first.
            if best is None or found.fits > best.fits or (found.fits == best.fits and best.first < best.last and found.first == found.last):
                best = found
    return best if best is not None and len(best.columns) >= min(2, len(sheet.columns)) else None


def _headed(grid: Grid, sheet: TemplateSheet, first: int, last: int) -> Headed:
    upper, lower = _texts(grid, first), _texts(grid, last) if last > first else {}
    if last > first:
        upper = _spread(grid, first, upper, lower)
    names = _names(sheet)
    taken: dict[str, list[tuple[tuple[int, bool], HeadedColumn]]] = {}
    others: dict[int, str] = {}
    texts: dict[int, str] = {}
    title_unit = _unit_above(grid, first)
    unit_keys, units = {key_of(head)[0] for head in sheet.unit_heads}, list[int]()
    for number in sorted({*upper, *lower}):
        above, below = upper.get(number, ""), lower.get(number, "")
        whole = above + below if above and below and above != below else above or below
        texts[number] = whole
        ranks = [(0, whole), *([(1, below)] if below and above else []), *([(2, above)] if above and not below else [])]
        found = next(((rank, names[key]) for rank, text in ranks for key in key_of(text)[:2] if key in names), None)
        if unit_keys & {key_of(text)[0] for _, text in ranks}:
            units.append(number)
            continue
        if found is None:
            others[number] = whole
            continue
        unit = key_of(above)[2] or key_of(below)[2] or key_of(whole)[2]
        column = HeadedColumn(number, found[1], whole, unit or title_unit, title_unit if unit and title_unit not in ("", unit) else "")
        # Of two quantities nobody knows which is meant; of two firms the one that is called by its whole name.
        is_other = found[1].sort != "mass" and key_of(found[1].head)[1] not in (key_of(whole)[1], key_of(below)[1])
        taken.setdefault(found[1].head, []).append(((found[0], is_other), column))
    columns, twins = [], []
    for rivals in taken.values():
        best = min(rank for rank, _ in rivals)
        same = [one for rank, one in rivals if rank == best]
        others |= {one.number: one.text for rank, one in rivals if rank > best}
        if len(same) > 1 and same[0].column.sort == "mass" and len({one.unit for one in same}) == len(same):
            same.sort(key=lambda one: one.unit not in ("吨", "t"))
            twins += same[1:]
            same = same[:1]
        columns += same
    return Headed(
        sheet, first, last, tuple(sorted(columns, key=lambda one: one.number)), tuple(twins), others, texts, _units_of(columns, units)
    )


def _units_of(columns: Sequence[HeadedColumn], units: Sequence[int]) -> dict[int, int]:
    """A column of units says that of all quantities between it and the one before it; where there is none, of the nearest to its right; the only one
    says it of all. What names its unit in its own head is left alone, unless there is nothing else."""
    bare = sorted(one.number for one in columns if one.column.sort == "mass" and not one.unit)
    masses = bare or sorted(one.number for one in columns if one.column.sort == "mass")
    if len(units) == 1:
        return dict.fromkeys(masses, units[0])
    found: dict[int, int] = {}
    before = 0
    for unit in sorted(units):
        left = [number for number in masses if before < number < unit]
        for number in left or [number for number in masses if number > unit][:1]:
            found.setdefault(number, unit)
        before = unit
    return found


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return {number: shown(cell).strip() for number, cell in grid.lines.get(row, {}).items() if not cell.is_blank}


def _spread(grid: Grid, row: int, upper: dict[int, str], lower: dict[int, str]) -> dict[int, str]:
    """Upper heads over all the columns that they stand over: by their merged cells, and to the right where nothing stands above a lower head."""
    found = dict(upper)
    for top, left, bottom, right in grid.merges:
        if top == row and bottom == row and left in upper:
            found.update(dict.fromkeys(range(left, min(right, left + 64) + 1), upper[left]))
    last = ""
    is_merged = any(top == row and right > left for top, left, _, right in grid.merges)
    for number in range(1, max((*found, *lower), default=0) + 1):
        if number in found:
            last = found[number] if number in lower else ""
        elif number in lower and last and not is_merged:
            found[number] = last
    return found


_UNIT_TITLE = re.compile(r"单位[:：]\s*([^\s,，;；)]+)")


def _unit_above(grid: Grid, row: int) -> str:
    """``单位：吨`` in a title above the heads."""
    for number in sorted(grid.lines):
        if number >= row:
            return ""
        for cell in grid.lines[number].values():
            if isinstance(cell.value, str) and (found := _UNIT_TITLE.search(folded(cell.value))) and (unit := unit_in(found[1])):
                return unit
    return ""
