"""Ugly files of other formats: what WPS calls ET, CSV of all kinds, and what is no spreadsheet at all."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import xlwt

from tests.liandan.intake.workbooks import QUOTA, ROWS, SHEET1, Made, Ugly, lines, old_workbook, patched, several, uscc_of, workbook


def csv(text: str, encoding: str, name: str = "名单.csv") -> Made:
    """A CSV file."""
    return name, text.encode(encoding)


def _encrypted() -> bytes:
    """The beginning of a workbook with a password: an OLE container with a stream EncryptedPackage ([MS-OFFCRYPTO])."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 34)
    return head + entry.ljust(512, b"\0")


def _locked_xls() -> Made:
    """An XLS with a FILEPASS record behind the first BOF ([MS-XLS] 2.4.117)."""
    name, raw = old_workbook()
    at = raw.index(b"\x09\x08\x10\x00") + 4 + 16
    length = struct.unpack_from("<H", raw, at + 2)[0]
    return name, raw[:at] + struct.pack("<HH", 0x2F, length) + raw[at + 4 :]


def _bomb() -> Made:
    name, raw = workbook()
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/media/image1.png", bytes(100 * 1024 * 1024))
    return name, out.getvalue()


def _old_cell(number: int, column: int, value: Any, style: Any = None) -> Any:
    return lambda book, page: page.write(number, column, value, style or xlwt.Style.default_style)


def _old_struck() -> Any:
    font = xlwt.Font()
    font.struck_out = True
    style = xlwt.XFStyle()
    style.font = font
    return several(*(_old_cell(1, column, value, style) for column, value in enumerate(ROWS[0])))


def _old_form(value: Any, form: str) -> Any:
    style = xlwt.XFStyle()
    style.num_format_str = form
    return _old_cell(1, QUOTA, value, style)


def _old_hidden(book: Any, page: Any) -> None:
    page.row(1).hidden = True


def _old_merged(book: Any, page: Any) -> None:
    page.write_merge(1, 2, 3, 3, "HW31")


_QUOTED = [[f'"{value}"' if isinstance(value, str) else value for value in line] for line in ROWS]
_THOUSANDS = lines([[*ROWS[0][:6], "1,200"], ROWS[1]])
_HTML = "<html><meta charset=utf-8><table><tr><td>接受单位</td></tr></table></html>"
_ODS = io.BytesIO()
with zipfile.ZipFile(_ODS, "w") as _archive:
    _archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

FILES: dict[str, Ugly] = {
    # ------------------------------------------------------------------ XLS, which WPS calls ET
    "an XLS": Ugly(old_workbook()),
    "an ET": Ugly(old_workbook(name="名单.et")),
    "an XLS called XLSX": Ugly(old_workbook(name="名单.xlsx")),
    "an XLSX called XLS": Ugly(workbook(name="名单.xls")),
    "an XLS with a formula": Ugly(old_workbook(_old_cell(1, QUOTA, xlwt.Formula("600*2"))), findings={"G2": "INTAKE_FORMULA"}),
    "an XLS with a struck row": Ugly(old_workbook(_old_struck()), findings={"2": "INTAKE_STRUCK:ROW"}),
    "an XLS with a hidden row": Ugly(old_workbook(_old_hidden), findings={"2": "INTAKE_HIDDEN:ROW"}),
    "an XLS with merged cells": Ugly(old_workbook(_old_merged), {"D3": "HW31"}),
    "an XLS with the unit in the format": Ugly(old_workbook(_old_form(1.2, '0.0"万吨"')), {"G2": "12000"}, rows=({"quota_t": "12000"}, {})),
    "an XLS with a number for a code": Ugly(old_workbook(_old_cell(1, 4, 90005231)), {"E2": "900-052-31"}),
    # ------------------------------------------------------------------ CSV
    "CSV as UTF-8": Ugly(csv(lines(), "utf-8")),
    "CSV as UTF-8 with a BOM": Ugly(csv(lines(), "utf-8-sig")),
    "CSV as GBK": Ugly(csv(lines(), "gbk")),
    "CSV as UTF-16": Ugly(csv(lines(by="\t"), "utf-16")),
    "CSV as UTF-16 without a BOM": Ugly(csv(lines(by="\t"), "utf-16-le")),
    "CSV with sep=": Ugly(csv("sep=;\r\n" + lines(by=";"), "gbk")),
    "CSV with semicolons": Ugly(csv(lines(by=";"), "utf-8-sig")),
    "CSV with quotes": Ugly(csv(lines(_QUOTED), "utf-8")),
    "CSV with an extra column": Ugly(csv(_THOUSANDS, "utf-8"), findings={"H2": "INTAKE_COLUMN:NONE"}),
    "CSV with .0 and an exponent": Ugly(csv(lines([[*ROWS[0][:1], "9.15E+17", *ROWS[0][2:]], ROWS[1]]), "utf-8"), findings={"B2": "INTAKE_CELL:USCC"}),
    "CSV that keeps its digits as texts": Ugly(
        csv(lines([[ROWS[0][0], f'="{uscc_of(1)}"', *ROWS[0][2:4], "'900-052-31", *ROWS[0][5:]], ROWS[1]]).replace('="', '"=""').replace(f'{uscc_of(1)}"', f'{uscc_of(1)}"""'), "utf-8"),
        {"B2": uscc_of(1), "E2": "900-052-31"},
    ),
    "CSV called XLS": Ugly(csv(lines(), "gbk", "名单.xls")),
    "CSV with an open quote": Ugly(csv(lines() + '"x', "utf-8"), findings={"": "INTAKE_FILE:CSV"}),
    "CSV cut in a character": Ugly(("名单.csv", lines().encode("utf-8") + b"\xe5\xff\xff"), findings={"": "INTAKE_FILE:ENCODING"}),
    # ------------------------------------------------------------------ what is none
    "HTML called XLS": Ugly(csv(_HTML, "utf-8", "名单.xls"), findings={"": "INTAKE_FILE:HTML"}),
    "HTML as UTF-16": Ugly(csv(_HTML, "utf-16", "名单.xls"), findings={"": "INTAKE_FILE:HTML"}),
    "XML of 2003": Ugly(csv('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "utf-8", "名单.xls"), findings={"": "INTAKE_FILE:XML"}),
    "a password": Ugly(("名单.xlsx", _encrypted()), findings={"": "INTAKE_FILE:PASSWORD"}),
    "an XLS with a password": Ugly(_locked_xls(), findings={"": "INTAKE_FILE:PASSWORD"}),
    "a PDF": Ugly(("名单.xlsx", b"%PDF-1.7 ..."), findings={"": "INTAKE_FILE:OTHER"}),
    "an ODS": Ugly(("名单.ods", _ODS.getvalue()), findings={"": "INTAKE_FILE:OLD"}),
    "nothing at all": Ugly(("名单.xlsx", b""), findings={"": "INTAKE_FILE:EMPTY"}),
    "a bomb": Ugly(_bomb(), findings={"": "INTAKE_FILE:BOMB"}),
    "entities": Ugly(patched(workbook(), SHEET1, "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), findings={"": "INTAKE_FILE:DAMAGED"}),
    "no table": Ugly(("x.csv", "你好\r\n".encode()), findings={"CSV!": "INTAKE_SHEET"}),
}  # fmt: skip
