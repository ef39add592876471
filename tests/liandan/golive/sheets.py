"""Files as offices fill them in, from the template itself; all firms fictitious."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import openpyxl

from liandan.intake.tables import GOLIVE
from liandan.intake.template import write_template
from signing.keys import PrivateKey
from signing.possession import register
from signing.uscc import check_character

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def uscc_of(number: int, division: str = "510112") -> str:
    """A valid code that nobody has, of a number."""
    body = f"91{division}1{number:08d}"
    return body + check_character(body)


def key_of(code: str) -> PrivateKey:
    """The key of a firm."""
    return PrivateKey.from_seed("ed25519", sha256(f"golive {code}".encode()).digest())


def material(found: str, code: str) -> str:
    """What a firm hands in, as ``liandan key registration`` prints it."""
    return json.dumps(msgspec.to_builtins(register(key_of(code), found, code)), indent=1)


def party(found: str, number: int, **changes: Any) -> dict[str, Any]:
    """A row of 单位."""
    code = changes.pop("code", uscc_of(number))
    row = {
        "统一社会信用代码": code,
        "单位名称": f"示例再生资源第{number}厂（虚构）",
        "行政区划代码": "510112",
        "登记材料": material(found, code),
    }
    return row | changes


def permit(number: int, **changes: Any) -> dict[str, Any]:
    """A row of 许可证."""
    row = {
        "统一社会信用代码": uscc_of(number), "许可证编号": f"川环危第5101120{number:04d}号", "类型": "综合经营许可证", "有效期自": "2026-01-01",
        "有效期至": "2030-12-31", "行政区划代码": "510112", "设施地址": "龙泉驿区示例路 1 号", "年经营规模（吨）": "12000.5",
    }  # fmt: skip
    return row | changes


def item(number: int, **changes: Any) -> dict[str, Any]:
    """A row of 许可项目."""
    row = {
        "统一社会信用代码": uscc_of(number), "许可证编号": f"川环危第5101120{number:04d}号", "废物类别": "HW31", "范围": "仅含所列代码",
        "废物代码": "900-052-31", "利用处置方式": "R4",
    }  # fmt: skip
    return row | changes


def rows(found: str, numbers: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """Firms, each with a permit of two items."""
    known = list(numbers)
    items = [
        one
        for number in known
        for one in (item(number), item(number, 废物类别="HW08", 范围="全部代码", 废物代码=None, 利用处置方式="R9、D10"))
    ]
    return {"单位": [party(found, number) for number in known], "许可证": [permit(number) for number in known], "许可项目": items}


def workbook(path: Path, tables: Rows) -> Path:
    """The template, filled in."""
    path.unlink(missing_ok=True)
    write_template(path)
    book = openpyxl.load_workbook(path)
    for name, found in tables.items():
        page = book[name]
        heads = [cell.value for cell in page[1]]
        for number, row in enumerate(found, 2):
            for head, value in row.items():
                page.cell(number, heads.index(head) + 1).value = value
    book.save(path)
    return path


def csv_file(path: Path, sheet: str, found: Sequence[Mapping[str, Any]], encoding: str = "utf-8-sig") -> Path:
    """One sheet as CSV."""
    heads = [column.head for one in GOLIVE if one.name == sheet for column in one.columns if column.in_template]
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, heads)
        writer.writeheader()
        writer.writerows(found)
    return path
