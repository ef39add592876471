"""Empty workbooks to fill in: each sheet with its heads, lists to choose from, what a cell must hold, hints beside it, and a page of instructions."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import xlsxwriter

from liandan.intake.model import NOTES, TemplateColumn, TemplateSheet
from liandan.intake.tables import GOLIVE, LISTS, OPENINGS

ROWS = 5_000
"""Rows that lists and lengths are prepared for."""
_ALIKE = (
    "第一行是列名，不要改；从第二行起一行一项。深色列必填，灰色列可不填。代码、编号、日期都是文本；数量一律以吨为单位。",
    "不写公式，不合并单元格，不留隐藏的行列和划去的内容：这些都会指出来，由您改定，不会猜。",
)
TOLD = {
    "golive": (
        "批量登记模板 / Template of go-live",
        *_ALIKE,
        "单位：由主管部门登记。登记材料由企业自己用密钥生成，私钥不交任何人。",
        "许可证、许可项目：一份许可证一行，它的每个类别在“许可项目”里一行，以代码和许可证编号对应；也可以都写在“许可证”表里，一个类别一行。",
        "场所：由单位自己的密钥登记；主管部门办理时跳过。",
        "先核对：liandan golive check 本文件 ；再办理：liandan golive run 本文件 --key 主管部门.pem 。中断以后再执行一次，只办还没有办的。",
    ),
    "list": (
        "白名单模板 / Template of a list",
        *_ALIKE,
        "名单：第一列是项目，第二列填内容：年度、两省、名单种类、生效日和失效日、函号。",
        "白名单：一行一个接受单位、一个类别、一个额度。几个代码合用一个额度的写在一格，用顿号隔开；各有额度的分行。整个类别写“全部代码”。",
        "接受单位名称只供核对，不进入声明。许可证以编号对应账本中的许可证；同号不止一份时填“许可证标识”。",
        "核对：liandan intake 本文件 。读出的内容、每一处修正和每一处不符都会逐格列出。",
    ),
    "openings": (
        "期初用量模板 / Template of opening balances",
        *_ALIKE,
        "期初：账本启用以前已经用掉、这里没有声明的数量，一个额度一行。许可证填编号和接受单位代码；批准决定填文号、移出人代码和第几项；名单填标识和第几行。",
        "许可证的期初计入截至日期所在的年度。核对：liandan intake --as openings 本文件 。",
    ),
}  # fmt: skip
TEMPLATES: dict[str, tuple[TemplateSheet, ...]] = {"golive": GOLIVE, "list": LISTS, "openings": (OPENINGS,), "permits": GOLIVE[2:]}
TOLD["permits"] = (TOLD["golive"][0], *_ALIKE, TOLD["golive"][4])


def write_template(path: Path, sort: str = "golive") -> None:
    """Write an empty workbook of a sort; FileExistsError where there is something already."""
    with path.open("xb") as out:
        out.write(template_bytes(sort))


def template_bytes(sort: str) -> bytes:
    """The same, as a file that nobody has yet."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill_template(book, TEMPLATES[sort], TOLD[sort])
    book.close()
    return out.getvalue()


def fill_template(
    book: xlsxwriter.Workbook, sheets: Sequence[TemplateSheet], told: Sequence[str]
) -> dict[str, xlsxwriter.worksheet.Worksheet]:
    """The sheets of a template in a workbook, by name."""
    head = {"bold": True, "font_color": "#FFFFFF", "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
    heads = {True: book.add_format({**head, "bg_color": "#1F5A4C"}), False: book.add_format({**head, "bg_color": "#76808B"})}
    text = book.add_format({"num_format": "@"})
    notes = book.add_worksheet(NOTES)
    notes.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for row, line in enumerate(told):
        notes.write_string(row, 0, line, book.add_format({"bold": True, "font_size": 14}) if row == 0 else None)
    found = {}
    for sheet in sheets:
        page = found[sheet.name] = book.add_worksheet(sheet.name)
        if sheet.is_form:
            _fill_form(page, sheet, heads, text, book.add_format({"font_color": "#5A6470", "text_wrap": True}))
            continue
        page.freeze_panes(1, 1)
        page.set_row(0, 32)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for number, column in enumerate(column for column in sheet.columns if column.in_template):
            page.set_column(number, number, column.wide, text)
            page.write_string(0, number, column.head, heads[column.needed])
            if (rule := _rule(column)) is not None:
                page.data_validation(1, number, ROWS, number, rule)
    return found


def _fill_form(page: xlsxwriter.worksheet.Worksheet, sheet: TemplateSheet, heads: dict[bool, object], text: object, hint: object) -> None:
    """Heads below each other, what is filled in beside them, and the hint beside that."""
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 32, text)
    page.set_column(2, 2, 60)
    for number, column in enumerate(sheet.columns):
        page.write_string(number, 0, column.head, heads[column.needed])
        page.write_string(number, 2, column.note or " / ".join(column.words), hint)
        if (rule := _rule(column)) is not None:
            page.data_validation(number, 1, number, 1, rule)


def _rule(column: TemplateColumn) -> dict[str, object] | None:
    """What a cell of a column is compared with while it is typed, and the hint beside it."""
    told: dict[str, object] = {"input_title": column.head[:32], "input_message": column.note[:255]} if column.note else {}
    if column.words:
        return {"validate": "list", "source": list(column.words), "error_message": "请从列表中选择", **told}
    if column.sort == "yes":
        return {"validate": "list", "source": ["是"], "error_message": "填“是”，或者不填", **told}
    if column.sort == "uscc":
        return {"validate": "length", "criteria": "==", "value": 18, "error_message": "应为 18 位", **told}
    if column.sort == "division":
        return {"validate": "length", "criteria": "==", "value": 6, "error_message": "应为 6 位", **told}
    if column.sort == "mass":
        # Cells are texts: what is typed there is compared as the number that it says.
        return {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 16, "error_message": "只写数字，以吨为单位", **told}
    return {"validate": "any", **told} if told else None
