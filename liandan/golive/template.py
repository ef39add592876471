"""The template: its sheets and columns, and the empty workbook with lists to choose from."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from liandan.golive.model import NOTES, TemplateColumn, TemplateSheet

USCC, NAME, NO = "统一社会信用代码", "单位名称", "许可证编号"
MATERIAL, MATERIAL_2 = "登记材料", "第二份登记材料"
CLASSES = {"综合经营许可证": "permit", "收集经营许可证": "collection", "利用处置环节豁免管理单位": "exempt_use"}
SCOPES = {"全部代码": "ALL", "仅含所列代码": "INCLUDE", "除所列代码外": "EXCEPT"}
PLANS = {"重点": "key", "简化": "simple", "登记": "registered"}
EDITIONS = {"2021": 2021, "2025": 2025}
_CODE = TemplateColumn(head=USCC, note="18 位，大写，末位为校验码", wide=22)
DIVISION = "行政区划代码"
_DIVISION = TemplateColumn(head=DIVISION, field="division", note="6 位（GB/T 2260），如 510104", wide=14)
_LISTED = "几个的，用顿号或逗号隔开"

PARTIES = TemplateSheet("单位", "party.register/1", (
    _CODE,
    TemplateColumn(head=NAME, field="name", note="与营业执照完全一致", wide=36),
    TemplateColumn(head=DIVISION, note="所在地，6 位（GB/T 2260）", wide=14),
    TemplateColumn(head=MATERIAL, field="keys.0", note="企业交来的登记材料（liandan key registration 的全部输出）", sort="json", wide=40),
    TemplateColumn(head=MATERIAL_2, field="keys.1", needed=False, note="第二把密钥的登记材料，可不填", sort="json", wide=40),
))  # fmt: skip
SITES = TemplateSheet("场所", "party.site/1", (
    _CODE,
    TemplateColumn(head="场所编号", field="site", note="1 至 32 个字母、数字或 . _ -", wide=14),
    TemplateColumn(head="场所名称", field="name", wide=30),
    _DIVISION,
    TemplateColumn(head="地址", field="address", wide=40),
    TemplateColumn(head="管理计划类别", field="plan_class", needed=False, words=PLANS, wide=14),
))  # fmt: skip
PERMITS = TemplateSheet("许可证", "permit.grant/1", (
    _CODE,
    TemplateColumn(head=NO, field="no", wide=24),
    TemplateColumn(head="类型", field="class", words=CLASSES, wide=26),
    TemplateColumn(head="有效期自", field="valid_from", sort="day", note="如 2026-01-01", wide=14),
    TemplateColumn(head="有效期至", field="valid_to", sort="day", note="如 2030-12-31", wide=14),
    _DIVISION,
    TemplateColumn(head="设施地址", field="address", wide=40),
    TemplateColumn(head="场所编号", field="site", needed=False, note="已登记的场所；可不填", wide=14),
    TemplateColumn(head="年经营规模（吨）", field="scale_t", sort="mass", note="豁免的为方案年吨数", wide=18),
    TemplateColumn(head="豁免清单年版", field="basis.edition", needed=False, words=EDITIONS, wide=14),
    TemplateColumn(head="豁免清单序号", field="basis.item", needed=False, sort="whole", wide=14),
    TemplateColumn(head="方案文号", field="basis.plan_no", needed=False, wide=24),
    TemplateColumn(head="点对点移出人", field="basis.generator", needed=False, note="点对点定向利用的移出人代码", wide=22),
))  # fmt: skip
ITEMS = TemplateSheet("许可项目", "", (
    _CODE,
    TemplateColumn(head=NO, note="与“许可证”表中的一行相同", wide=24),
    TemplateColumn(head="废物类别", field="category", note="HW01 至 HW50", wide=12),
    TemplateColumn(head="范围", field="scope", words=SCOPES, wide=16),
    TemplateColumn(head="废物代码", field="codes", needed=False, sort="list", note=f"八位代码，{_LISTED}；全部代码的不填", wide=40),
    TemplateColumn(head="利用处置方式", field="methods", sort="list", note=f"如 R4、R5，{_LISTED}", wide=20),
))  # fmt: skip
SHEETS = (PARTIES, SITES, PERMITS, ITEMS)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
ROWS = 5_000
"""Rows that lists and lengths are prepared for."""

_TOLD = (
    "批量登记模板 / Template of go-live",
    "每张表第一行是列名，不要改；从第二行起一行一项。深色列必填。不写公式，代码、日期都是文本。",
    "单位：由主管部门登记。登记材料由企业自己用密钥生成，私钥不交任何人。",
    "许可证、许可项目：一份许可证一行，它的每个类别在“许可项目”里一行，以代码和许可证编号对应。",
    "场所：由单位自己的密钥登记；主管部门办理时跳过。",
    "先核对：liandan golive check 本文件 ；再办理：liandan golive run 本文件 --key 主管部门.pem 。中断以后再执行一次，只办还没有办的。",
)


def write_template(path: Path) -> None:
    """Write the empty workbook; FileExistsError where there is something already."""
    with path.open("xb") as out:
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        head = {"bold": True, "font_color": "#FFFFFF", "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
        heads = {True: book.add_format({**head, "bg_color": "#1F5A4C"}), False: book.add_format({**head, "bg_color": "#76808B"})}
        text = book.add_format({"num_format": "@"})
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 110)
        for row, line in enumerate(_TOLD):
            notes.write_string(row, 0, line)
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for number, column in enumerate(sheet.columns):
                page.set_column(number, number, column.wide, text)
                page.write_string(0, number, column.head, heads[column.needed])
                if (rule := _rule(column)) is not None:
                    page.data_validation(1, number, ROWS, number, rule)
        book.close()


def _rule(column: TemplateColumn) -> dict[str, object] | None:
    """What a cell of a column is compared with while it is typed, and the hint beside it."""
    told: dict[str, object] = {"input_title": column.head[:32], "input_message": column.note[:255]} if column.note else {}
    if column.words:
        return {"validate": "list", "source": list(column.words), "error_message": "请从列表中选择", **told}
    if column.head == USCC:
        return {"validate": "length", "criteria": "==", "value": 18, "error_message": "应为 18 位", **told}
    if column.head == DIVISION:
        return {"validate": "length", "criteria": "==", "value": 6, "error_message": "应为 6 位", **told}
    return {"validate": "any", **told} if told else None
