"""Empty books of HJ 1259 to fill in: two rows of heads as the standard has them, our two columns behind, a page of instructions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from liandan.books.tables import STANDARD, UNIT_HEADS, WEIGHED
from liandan.intake.model import NOTES, TemplateColumn, TemplateSheet

ROWS = 5_000
UNITS = ["吨", "千克", "万吨"]
TOLD = (
    "危险废物台账模板（HJ 1259-2022 附录 B、C）/ Books of HJ 1259-2022, appendices B and C",
    "前两行是列名，不要改；从第三行起一行一笔。空着的写“/”或不填。日期写 2026-11-03，可带时间。",
    "数量的单位写在右边的“计量单位”一列：吨、千克或万吨。以个、只等计的，另填“折合重量（吨）”。",
    "最后两列（联单编号、折合重量）是本系统附加的，标准表中没有：填了联单编号的，与账本按编号核对；没填的，按单位、日期、代码、数量核对。",
    "序号、容器各列、经办人各列可以不填：不读取，也不保存。",
    "交存：liandan book put 本文件 --month 2026-11 。读出的内容、每一处修正和每一处不符逐格列出；有一处不符，整本都不存。",
)


def write_book_template(path: Path, kinds: Sequence[str]) -> None:
    """Write an empty workbook with a sheet for each kind; FileExistsError where there is something already."""
    with path.open("xb") as out:
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        for row, line in enumerate(TOLD):
            notes.write_string(row, 0, line, book.add_format({"bold": True, "font_size": 14}) if row == 0 else None)
        head = {"bold": True, "font_color": "#FFFFFF", "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
        formats = {name: book.add_format({**head, "bg_color": color}) for name, color in _COLORS.items()}
        for sheet in (sheet for kind, sheet in STANDARD.items() if kind in kinds):
            _fill(book, sheet, formats)
        book.close()


_COLORS = {"needed": "#1F5A4C", "other": "#76808B", "ours": "#2F5C8A"}


def _fill(book: Any, sheet: TemplateSheet, formats: dict[str, Any]) -> None:
    page, columns = book.add_worksheet(sheet.name), _columns(sheet)
    page.freeze_panes(2, 2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    text = book.add_format({"num_format": "@"})
    groups: dict[str, list[int]] = {}
    for number, column in enumerate(columns):
        is_ours = column.head in (WEIGHED, "联单编号")
        form = formats["ours" if is_ours else "needed" if column.needed else "other"]
        page.set_column(number, number, column.wide, None if column.sort == "mass" else text)
        if column.group:
            groups.setdefault(column.group, []).append(number)
            page.write_string(1, number, column.head.removeprefix(column.group), form)
        else:
            page.merge_range(0, number, 1, number, column.head, form)
        if column.sort == "unit":
            page.data_validation(2, number, ROWS, number, {"validate": "list", "source": UNITS, "error_type": "warning"})
        elif column.note:
            told = {"validate": "any", "input_title": column.head[:32], "input_message": column.note[:255]}
            page.data_validation(2, number, ROWS, number, told)
    for group, numbers in groups.items():
        if len(numbers) > 1:
            page.merge_range(0, numbers[0], 0, numbers[-1], group, formats["other"])
        else:
            page.write_string(0, numbers[0], group, formats["other"])


def _columns(sheet: TemplateSheet) -> list[TemplateColumn]:
    """The columns, with one of units behind every quantity that has none in its head."""
    found: list[TemplateColumn] = []
    for column in sheet.columns:
        if column.sort == "unit":
            continue
        found.append(column)
        if column.sort == "mass" and column.head != WEIGHED:
            found.append(TemplateColumn(head=column.group + UNIT_HEADS[0], group=column.group, sort="unit", needed=column.needed, wide=10))
    return found
