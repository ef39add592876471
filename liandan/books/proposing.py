"""A mapping proposed from the heads of a file: guesses that somebody is asked about, one by one; nothing is read by a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from liandan.books.mapping import SORTS, WORDS
from liandan.intake.heads import key_of
from liandan.intake.masses import unit_in
from liandan.intake.model import Grid, SheetBook
from liandan.intake.spelling import shown

_PERSONS = re.compile("司机|驾驶|押运|经办|联系|电话|手机|身份证|姓名|签字|签名|操作员|司磅|过磅员|负责人|填报人|制表|审核人")
"""Heads that name persons: never kept, whatever else they say."""
_HINTS: dict[str, tuple[str, ...]] = {
    "manifest_no": ("联单编号", "联单号", "转移联单"), "number": ("磅单号", "磅单编号", "流水号", "单据号"), "batch": ("批次",), "day": ("日期", "过磅日期"),
    "time": ("过磅时间", "时间"), "departed_at": ("起运时间", "转移时间", "移出时间", "出厂时间", "转移日期", "运出", "发运日期", "起运日期", "发货日期"), "received_at": ("接收时间", "接受时间", "签收", "签收日期", "接收日期", "入厂时间", "办结"),
    "waste": ("废物名称", "危废名称", "货名", "物料"), "internal_name": ("俗称", "内部名称"), "code": ("废物代码", "危废代码", "八位码"), "category": ("废物类别", "危废类别"),
    "hazards": ("危险特性",), "form": ("形态", "物理性状"), "packing": ("包装方式", "包装形式", "包装类型"), "packs": ("包装数量", "件数"), "components": ("有害成分", "主要成分"),
    "mass": ("转移量", "移出量", "净重", "数量", "重量"), "accepted": ("接收量", "接受量", "签收量", "确认量"), "gross": ("毛重",), "tare": ("皮重", "空车"),
    "unit": ("计量单位",), "weighed": ("折合",), "generator": ("产废单位代码", "移出人代码", "移出单位代码", "产生单位统一社会信用代码"),
    "generator_name": ("产废单位", "移出单位", "移出人", "产生单位", "产废企业"), "receiver": ("接收单位代码", "接受人代码", "处置单位代码", "经营单位统一社会信用代码"),
    "receiver_name": ("接收单位", "接受单位", "接受人", "处置单位", "经营单位", "处置企业"), "carrier": ("运输单位代码", "承运人代码"),
    "carrier_name": ("运输单位", "承运人", "承运单位", "运输公司", "运输企业"), "partner_name": ("往来单位", "客户", "对方单位", "供应商"), "permit_no": ("许可证",), "decision_no": ("批准文号", "批复文号", "决定文号"),
    "plate": ("车牌", "车号", "号牌"), "method": ("利用处置方式", "处置方式", "利用方式"), "side": ("移出接受", "收发类型", "出入"),
}  # fmt: skip
_CODE = re.compile(r"(统一)?(社会)?信用代码\Z|组织机构代码\Z")
"""Behind the word of a firm: its code, whatever the firm is called."""
_ENOUGH = 0.55


class ProposedColumn(Struct, frozen=True):
    """A head of a file, something that stands below it, and the field that it may be."""

    head: str
    sample: str
    field: str


def heads_in(book: SheetBook) -> tuple[str, list[tuple[str, str]]]:
    """Sheet, and heads with samples, of the row that looks most like heads: texts without digits, over rows that are as long."""
    places = [(grid, row) for grid in book.grids for row in sorted(grid.lines)[:40]]
    if not places:
        return "", []
    grid, row = max(places, key=lambda place: _headlike(*place))
    below = [line for at, line in sorted(grid.lines.items()) if at > row][:20]
    samples = {column: next((shown(line[column]) for line in below if column in line), "") for column in grid.lines[row]}
    return grid.name, [(shown(cell).strip(), samples[column]) for column, cell in sorted(grid.lines[row].items())]


def _headlike(grid: Grid, row: int) -> int:
    texts = [shown(cell) for cell in grid.lines[row].values()]
    return sum(bool(text.strip()) and not re.search("[0-9]{3}", text) and len(text) <= 40 for text in texts)


def propose(heads: Sequence[tuple[str, str]]) -> list[ProposedColumn]:
    """A field for each head, each field once, the likeliest first; what resembles none, or names persons, is not kept."""
    scored = sorted(
        ((_likeness(head, field), number, field) for number, (head, _) in enumerate(heads) for field in _HINTS),
        key=lambda one: (-one[0], one[1]),
    )
    found: dict[int, str] = {number: "drop" for number, (head, _) in enumerate(heads) if _PERSONS.search(head)}
    used: set[str] = set()
    for score, number, field in scored:
        if score < _ENOUGH or number in found or field in used:
            continue
        found[number] = field
        used.add(field)
    return [
        ProposedColumn(head, sample[:40], _by_sample(found.get(number, "drop"), sample, used))
        for number, (head, sample) in enumerate(heads)
    ]


def _likeness(head: str, field: str) -> float:
    bare = key_of(head)[1] or key_of(head)[0]
    if not bare:
        return 0.0
    firm = _CODE.sub("", bare)
    if firm and firm != bare:  # 产废企业统一社会信用代码 is no name
        if SORTS[field] == "name":
            return 0.0
        if f"{field}_name" in _HINTS:
            return max(_alike(firm, hint) for hint in (*_HINTS[f"{field}_name"], WORDS[f"{field}_name"].zh))
    return max(_alike(bare, hint) for hint in (*_HINTS[field], WORDS[field].zh))


def _alike(bare: str, hint: str) -> float:
    if bare == hint:
        return 1.0
    if hint in bare:
        return 0.7 + 0.25 * len(hint) / len(bare)
    return SequenceMatcher(None, bare, hint).ratio() * 0.8


def _by_sample(field: str, sample: str, used: set[str]) -> str:
    """A column of firms whose cells are codes is that of their codes; one of units by its cells."""
    text = sample.strip()
    if field.endswith("_name") and re.fullmatch("[0-9A-HJ-NPQRTUWXY]{18}", text) and field[:-5] not in used and field[:-5] in SORTS:
        return field[:-5]
    return "unit" if field == "drop" and unit_in(text) and "unit" not in used else field
