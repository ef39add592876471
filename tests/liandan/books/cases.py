"""The ugly books by their names."""

from __future__ import annotations

from typing import Any

from liandan.books.mapping import BookMapping
from tests.liandan.books.ugly import (
    EXPORT,
    HOLDER,
    MAPPING,
    NAME,
    UglyBook,
    book,
    cell,
    changed,
    declared,
    empty_rows,
    export,
    exported,
    load,
    monthly,
    old,
    row,
    text,
    titled,
    truncated,
    with_dimension,
)
from tests.liandan.intake.workbooks import moment, uscc_of


def platform(*rows: tuple[Any, ...], **given: Any) -> dict[str, Any]:
    """An export of manifests."""
    return {"file": exported(*rows, **given), "mapping": MAPPING, "kinds": ("platform",)}


TICKETS = BookMapping(
    sender="示例地磅", kind="tickets",
    columns={"磅单号": "number", "日期": "day", "过磅时间": "time", "车号": "plate", "毛重": "gross", "皮重": "tare", "净重": "mass"}, unit="千克",
)  # fmt: skip
SYSTEM = BookMapping(
    sender="示例系统", kind="enterprise", side="in", columns={"日期": "day", "代码": "code", "重量(kg)": "mass", "来源单位": "partner_name"},
)  # fmt: skip


def tickets(*rows: tuple[Any, ...]) -> dict[str, Any]:
    """A weighbridge's list; its unit stands nowhere in it."""
    made = export(*rows, heads=("磅单号", "日期", "过磅时间", "车号", "毛重", "皮重", "净重"))
    return {"file": text(made), "mapping": TICKETS, "kinds": ("tickets",)}


UGLY: dict[str, UglyBook] = {
    # heads and titles
    "two rows of heads, merged groups": UglyBook(file=book()),
    "two rows of heads, groups not merged": UglyBook(file=book(merged=False)),
    "titles, month and firm above": UglyBook(file=titled(f"危险废物委外利用/处置环节记录表 2026年11月 单位名称：{NAME}", "HJ 1259-2022 表 B.5")),
    "numbers of the columns below the heads": UglyBook(file=book(rows=([*range(1, 21)], row(1), row(2)))),
    "slashes mean nothing": UglyBook(file=changed(permit="/", own="／", method="—")),
    "another month in the title": UglyBook(file=titled("危险废物台账 2026年10月"), findings={"委外!1": "BOOK_MONTH"}),
    "a day of making in the title is no month": UglyBook(file=titled("制表日期 2026年12月1日")),
    "another firm in the title": UglyBook(file=titled("单位名称：另一家化工有限公司"), findings={"委外!1": "BOOK_HOLDER"}),
    "another code in the title": UglyBook(file=titled(f"统一社会信用代码 {uscc_of(9)}"), findings={"委外!1": "BOOK_HOLDER"}),
    "its own code in the title": UglyBook(file=titled(f"统一社会信用代码：{HOLDER}")),
    "a cover sheet beside it": UglyBook(file=book(lambda made, page: made.add_worksheet("封面").write_string(0, 0, "台账"))),
    "its day column is lacking, and it is no monthly report": UglyBook(
        file=book(lambda made, page: page.write_string(0, 2, "出厂地点")), findings={"委外!2": "INTAKE_COLUMN"}
    ),
    "a bare table of codes and quantities": UglyBook(
        file=text("危险废物代码,产生量（吨）\r\n900-052-31,5\r\n"), findings={"CSV!1": "INTAKE_COLUMN"}
    ),
    # days
    "a row of another month": UglyBook(file=changed(day="2026-10-31"), findings={"委外!C4": "BOOK_MONTH"}),
    "days with a time, dots, Chinese": UglyBook(
        file=book(rows=(row(1, day="2026.11.3 8:05"), row(2, day="2026年11月4日14时25分"))), days=("2026-11-03", "2026-11-04"),
        repairs={"C3": "2026-11-03 08:05:00", "C4": "2026-11-04 14:25:00"},
    ),
    "a moment of another zone": UglyBook(file=changed(day="2026-10-31T16:30:00Z"), days=("2026-11-03", "2026-11-01")),
    "a moment as a number of Excel": UglyBook(file=cell(3, 2, moment(2026, 11, 4, 14, 25), num_format="yyyy-mm-dd hh:mm"), days=("2026-11-03", "2026-11-04")),
    "day or month first": UglyBook(file=changed(day="11/04/2026"), findings={"委外!C4": "INTAKE_DAY"}),
    "no day": UglyBook(file=changed(day="/"), findings={"委外!C4": "INTAKE_EMPTY"}),
    # quantities and units
    "kilograms by the row": UglyBook(file=changed(mass=8000, unit="千克"), repairs={"K4": "8"}),
    "万吨 by the row": UglyBook(file=changed(mass=0.0008, unit="万吨")),
    "a unit in the cell": UglyBook(file=changed(mass="8,000 kg", unit="吨")),
    "pieces alone": UglyBook(file=changed(mass=120, unit="只"), findings={"委外!L4": "INTAKE_UNIT"}),
    "pieces with their tonnes in the cell": UglyBook(file=changed(mass="8吨", unit="个")),
    "pieces with their tonnes beside": UglyBook(
        file=book(lambda made, page: page.write_column(0, 20, ["折合重量（吨）", "", "", 8]), rows=(row(1), row(2, mass=120, unit="只")))
    ),
    "no unit anywhere": UglyBook(file=changed(unit=""), findings={"委外!K2": "INTAKE_UNIT"}),
    "binary fractions": UglyBook(file=changed(mass=0.1 + 0.2), grams=(12_500_000, 300_000)),
    "less than nothing": UglyBook(file=changed(mass="-8"), findings={"委外!K4": "INTAKE_NUMBER"}),
    "a seventh decimal": UglyBook(file=changed(mass="8.0000001"), findings={"委外!K4": "INTAKE_NUMBER"}),
    "a quantity shared by two rows": UglyBook(
        file=book(lambda made, page: page.merge_range(2, 10, 3, 10, 20)), findings={"委外!K3": "INTAKE_MERGED"}
    ),
    "a total that is none": UglyBook(file=book(rows=(row(1), row(2), ["合计", "", "", "", "", "", "", "", "", "", 21, "吨"])), findings={"委外!K5": "INTAKE_TOTAL"}),
    "a total in kilograms": UglyBook(file=book(rows=(row(1), row(2), ["合计", "", "", "", "", "", "", "", "", "", 20500, "千克"]))),
    # codes, numbers, cells
    "codes in full width and kanji look-alikes": UglyBook(file=changed(code="９００－０５２－３１"), repairs={"J4": "900-052-31"}),
    "the category beside the code": UglyBook(file=changed(code="HW31 900-052-31"), repairs={"J4": "900-052-31"}),
    "another category beside the code": UglyBook(file=changed(code="HW49 900-052-31"), findings={"委外!J4": "INTAKE_CODE"}),
    "an hour that ends like midnight": UglyBook(file=changed(day="2026/11/04 8:20:00"), days=("2026-11-03", "2026-11-04")),
    "midnight": UglyBook(file=changed(day="2026年11月4日0:00"), days=("2026-11-03", "2026-11-04"), repairs={"C4": "2026-11-04"}),
    "two codes in one cell": UglyBook(file=changed(code="900-052-31、900-053-31"), findings={"委外!J4": "INTAKE_CODE"}),
    "a batch whose digits are gone": UglyBook(file=cell(3, 1, 20261104000001234567), findings={"委外!B4": "INTAKE_CELL"}),
    "a formula without a result": UglyBook(
        file=book(lambda made, page: page.write_formula(3, 10, "=K3*2", None, "")), findings={"委外!K4": "INTAKE_FORMULA"}
    ),
    "an error in a cell": UglyBook(file=book(lambda made, page: page.write_formula(3, 9, "=NA()", None, "#N/A")), findings={"委外!J4": "INTAKE_CELL"}),
    "struck through": UglyBook(file=cell(3, 10, 8, font_strikeout=True), findings={"委外!K4": "INTAKE_STRUCK"}),
    "a hidden row": UglyBook(file=book(lambda made, page: page.set_row(3, None, None, {"hidden": True})), findings={"委外!4": "INTAKE_HIDDEN"}),
    "a hidden column of a person is nothing": UglyBook(file=book(lambda made, page: page.set_column(3, 3, None, None, {"hidden": True}))),
    "one batch twice": UglyBook(file=book(rows=(row(1), row(1))), findings={"委外!4": "INTAKE_TWICE"}),
    "a telephone in a name": UglyBook(file=changed(holder="示例再生资源厂 联系13800000000"), findings={"委外!O4": "BOOK_PERSON"}),
    # a month by C.1
    "C.1 with takers of one waste": UglyBook(
        file=monthly([declared("示例甲厂", 12.5, first=True), [*declared("示例乙厂", 8000, first=False)[:15], "千克", "", "", "", ""]]),
        grams=(20_000_000, 12_500_000, 3_000_000, 250_000, 8_000_000), kinds=("c1",), repairs=None,
    ),
    # exports
    "an export, persons dropped": UglyBook(**platform(load(1), load(2, "8000", "kg"))),
    "an export in GBK with tabs": UglyBook(**platform() | {"file": text(export(load(1), load(2, "8"), by="\t"), "gbk")}),
    "an export in UTF-16 with semicolons": UglyBook(**platform() | {"file": text(export(load(1), load(2, "8"), by=";"), "utf-16")}),
    "sep= and a BOM": UglyBook(**platform() | {"file": text("sep=,\r\n" + export(load(1), load(2, "8")), "utf-8-sig")}),
    "the rows counted below": UglyBook(**platform() | {"file": text(export(load(1), load(2, "8"), ("共2条记录",)))}),
    "rows lack below the count": UglyBook(**platform() | {"file": text(export(load(1), ("共120条记录",)))}, findings={"CSV!3": "INTAKE_TOTAL"}),
    "cut off in a row": UglyBook(**platform() | {"file": text(export(load(1), load(2, "8"))[:-40])}, findings={"": "INTAKE_FILE"}),
    "cut off in a character": UglyBook(**platform() | {"file": ("导出.csv", export(load(1), load(2, "8"), ("共二条记",), end="").encode()[:-1])}, findings={"": "INTAKE_FILE"}),
    "manifests of others": UglyBook(**platform(load(1), load(2, generator=uscc_of(7))), findings={"CSV!B3": "BOOK_HOLDER"}),
    "a manifest twice": UglyBook(**platform(load(1), load(1)), findings={"CSV!3": "INTAKE_TWICE"}),
    "a code of a firm with a wrong digit": UglyBook(**platform(load(1), load(2, receiver=uscc_of(2)[:-1] + "0")), findings={"CSV!C3": "USCC"}),
    "other heads than the mapping's": UglyBook(
        **platform(load(1), load(2, "8"), heads=(*EXPORT[:5], "单位", *EXPORT[6:])), findings={"CSV!E1": "INTAKE_UNIT"}
    ),
    "a column that is not there": UglyBook(**platform(load(1)[1:], heads=EXPORT[1:]), findings={"CSV!1": "INTAKE_COLUMN"}),
    # weighbridge and systems of firms
    "tickets in kilograms": UglyBook(
        **tickets(("0001", "2026-11-03", "8:05", "川A12345", 21500, 9000, 12500), ("0002", "2026/11/4", "14:25:30", "川A12345", 17000, 9000, 8000))
    ),
    "a ticket that does not add up": UglyBook(**tickets(("0001", "2026-11-03", "8:05", "川A12345", 21500, 9000, 12000)), findings={"CSV!E2": "BOOK_WEIGHTS"}),
    "a ticket below its tare": UglyBook(**tickets(("0001", "2026-11-03", "8:05", "川A12345", 9000, 21500, 12500)), findings={"CSV!E2": "BOOK_WEIGHTS"}),
    "what is no time": UglyBook(**tickets(("0001", "2026-11-03", "25:61", "川A12345", 21500, 9000, 12500)), findings={"CSV!C2": "INTAKE_DAY"}),
    "a firm's own system, unit in the head": UglyBook(
        file=text(export(("2026-11-03", "900-052-31", "12,500", "甲厂"), ("2026-11-04", "90005231", 8000, "乙厂"), heads=tuple(SYSTEM.columns), by="\t")),
        mapping=SYSTEM, kinds=("enterprise",),
    ),
    # files
    "an old workbook": UglyBook(file=old()),
    "an old workbook of the 1904 days": UglyBook(file=old(dates_1904=True), days=("2026-11-03", "2026-11-04")),
    "an old workbook called .xlsx": UglyBook(file=("台账.xlsx", old()[1])),
    "a workbook cut off": UglyBook(file=truncated(book(), 0.7), findings={"": "INTAKE_FILE"}),
    "a range of a billion cells": UglyBook(file=with_dimension(book(), "A1:XFD1048576")),
    "many empty rows": UglyBook(file=empty_rows(book(), 20_000)),
    "no table of ours": UglyBook(file=text("甲,乙\r\n1,2\r\n"), findings={"CSV": "INTAKE_SHEET"}),
    "heads and nothing below": UglyBook(file=book(rows=()), findings={"": "BOOK_EMPTY"}),
    "HTML called .xls": UglyBook(file=("台账.xls", b"<html><table></table></html>"), findings={"": "INTAKE_FILE"}),
}  # fmt: skip
