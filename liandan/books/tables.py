"""The tables of HJ 1259-2022, appendices B and C (资料性), column by column, each kept, or known and dropped because it names persons.

B.1–B.5 have no column for the manifest's number and count some wastes in pieces; two columns of ours, 联单编号 and 折合重量（吨）, may stand behind.
Source: HJ 1259-2022 pages 12–16 [READ]; the national platform's own heads are not known, see :mod:`liandan.books.mapping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandan.intake.model import TemplateColumn, TemplateSheet
from reports.books.model import BookKind

OURS = "本系统附加，标准表中没有"
UNIT_HEADS = ("计量单位",)
WEIGHED, NUMBER = "折合重量（吨）", "联单编号"
Column = TemplateColumn


def _at(head: str, **also: Any) -> Column:
    return Column(head=head, field="day", sort="moment", note="年-月-日，可带时间", wide=18, **also)


def _mass(head: str, **given: Any) -> Column:
    return Column(head=head, field="mass", sort="mass", note="数量；单位写在计量单位一列", wide=14, spreads=False, **given)


def _opaque(head: str, field: str = "", **given: Any) -> Column:
    """A code or text that is kept as it stands there."""
    return Column(
        head=head, field=field, sort="number" if field in ("batch", "permit_no", "manifest_no") else "text", needed=False, **given
    )


def _dropped(head: str, **given: Any) -> Column:
    return Column(head=head, sort="dropped", needed=False, note="可不填：不读取，也不保存", wide=14, **given)


_NAME = "危险废物名称"
_WASTE = (
    Column(
        head=f"{_NAME}行业俗称/单位内部名称", field="internal_name", group=_NAME, needed=False, sort="text", wide=22,
        also=("行业俗称/单位内部名称", "行业俗称", "单位内部名称", "俗称"),
    ),
    Column(
        head=f"{_NAME}国家危险废物名录名称", field="waste", group=_NAME, needed=False, sort="text", wide=26,
        also=("国家危险废物名录名称", "名录名称", "危险废物名称", "废物名称"),
    ),
    Column(head="危险废物类别", field="category", needed=False, sort="category", wide=12, also=("废物类别", "类别", "危废类别")),
    Column(head="危险废物代码", field="code", sort="code", wide=14, note="八位代码，如 900-052-31", also=("废物代码", "危废代码", "代码")),
)  # fmt: skip
_UNIT = Column(head="计量单位", field="unit", sort="unit", needed=False, note="吨、千克或万吨；个、只等件数须填折合重量", wide=10)
_NO = Column(head="序号", sort="dropped", needed=False, wide=6)
_PACKS = tuple(_dropped(f"容器/包装{what}", also=(f"容器包装{what}", f"包装{what}")) for what in ("编码", "类型", "数量"))
_OURS = (
    Column(
        head=NUMBER, field="manifest_no", needed=False, sort="number", note=OURS, wide=18,
        also=("转移联单编号", "危险废物转移联单编号", "电子联单编号", "联单号"),
    ),
    Column(head=WEIGHED, field="weighed", needed=False, sort="mass", note=OURS, wide=14, spreads=False, also=("折合重量", "折合吨数", "重量（吨）")),
)  # fmt: skip


def _sheet(name: str, kind: BookKind, *columns: Column) -> TemplateSheet:
    return TemplateSheet(name, kind, (_NO, *columns, *_OURS), unit_heads=UNIT_HEADS, weighed=WEIGHED, keeps=True)


B1 = _sheet(
    "产生", "b1", _opaque("产生批次编码", "batch"), _at("产生时间", also=("产生日期",)), *_WASTE, _mass("产生量", also=("产生数量",)), _UNIT, *_PACKS,
    _opaque("产生危险废物设施编码"), _dropped("产生部门经办人"), _opaque("去向"),
)  # fmt: skip
B2 = _sheet(
    "入库", "b2", _opaque("入库批次编码", "batch"), _at("入库时间", also=("入库日期",)), *_PACKS, *_WASTE, _mass("入库量", also=("入库数量",)), _UNIT,
    _opaque("贮存设施编码"), _opaque("贮存设施类型"), _dropped("运送部门经办人"), _dropped("贮存部门经办人"), _opaque("产生批次编码"),
)  # fmt: skip
B3 = _sheet(
    "出库", "b3", _opaque("出库批次编码", "batch"), _at("出库时间", also=("出库日期",)), *_PACKS, *_WASTE, _mass("出库量", also=("出库数量",)), _UNIT,
    _opaque("贮存设施编码"), _opaque("贮存设施类型"), _dropped("出库部门经办人"), _dropped("运送部门经办人"), _opaque("入库批次编码"), _opaque("去向"),
)  # fmt: skip
B4 = _sheet(
    "自行利用处置", "b4", _opaque("自行利用/处置批次编码", "batch", also=("批次编码",)), _at("自行利用/处置时间", also=("时间", "利用/处置时间")), *_PACKS,
    *_WASTE, _mass("自行利用/处置量", also=("利用/处置量",)), _UNIT, _opaque("自行利用/处置设施编码", also=("设施编码",)),
    _opaque("自行利用/处置方式", "method", also=("利用/处置方式", "方式")), _opaque("自行利用/处置完毕时间", also=("完毕时间",)),
    _dropped("自行利用/处置部门经办人", also=("部门经办人",)), _opaque("产生批次编码/出库批次编码", also=("产生批次编码", "出库批次编码")),
)  # fmt: skip
_HOLDER, _FREE, _ABROAD = "许可证持有单位", "豁免管理单位", "境外单位"
B5 = _sheet(
    "委外", "b5", _opaque("委外利用/处置批次编码", "batch", also=("委外批次编码",)), _at("出厂时间", also=("出厂日期",)), *_PACKS, *_WASTE,
    _mass("委外利用/处置量", also=("委外量", "委托利用/处置量")), _UNIT, _opaque("利用/处置方式", "method", also=("利用处置方式", "处置方式")),
    _opaque("接收单位类型"),
    Column(head=f"{_HOLDER}单位名称", field="partner_name", group=_HOLDER, needed=False, sort="name", wide=28, also=("名称",)),
    _opaque(f"{_HOLDER}许可证编码", "permit_no", group=_HOLDER, also=("许可证编号",)),
    Column(head=f"{_FREE}单位名称", field="partner_name", group=_FREE, needed=False, sort="name", wide=24, also=("名称",)),
    Column(head=f"{_ABROAD}单位名称", field="partner_name", group=_ABROAD, needed=False, sort="name", wide=24, also=("名称",)),
    _opaque(f"{_ABROAD}出口核准通知单编号", "permit_no", group=_ABROAD, also=("核准通知单编号",)),
    _opaque("产生批次编码/出库批次编码", also=("产生批次编码", "出库批次编码")),
)  # fmt: skip
_SELF, _GIVEN, _STORED = "自行利用/处置", "委托外单位利用/处置", "贮存"
_GIVEN_ALSO = ("委托外单位", "委外利用/处置", "委托利用/处置", "委托外单位利用/处置情况")


def _given(head: str, **given: Any) -> Column:
    return Column(
        head=_GIVEN + head, group=_GIVEN, needed=False, also=tuple(group + head for group in _GIVEN_ALSO) + given.pop("also", ()), **given
    )


C1 = _sheet(
    "申报月报", "c1", *(column for column in _WASTE), _opaque("有害成分名称"), _opaque("形态"), _opaque("危险特性"),
    Column(head="产生量", field="made", sort="mass", needed=False, spreads=False, counts_once=True, wide=12), _UNIT,
    Column(head=f"{_SELF}方式", field="used_method", group=_SELF, needed=False, sort="text", wide=12, also=("利用/处置方式",)),
    Column(
        head=f"{_SELF}量", field="used", group=_SELF, needed=False, sort="mass", spreads=False, counts_once=True, wide=12,
        also=("数量", "利用/处置量", "自行利用/处置量"),
    ),
    _given("省（区、市）", field="", sort="text", also=()),
    _given("单位名称", field="partner_name", sort="name", wide=28, also=()),
    _given(
        "许可证编号/豁免管理单位编号/出口核准通知单编号", field="permit_no", sort="number", wide=20,
        also=(f"{_GIVEN}许可证编号", "许可证编号", "经营许可证编号", "许可证编码"),
    ),
    _given("方式", field="method", sort="text", also=(f"{_GIVEN}利用/处置方式",)),
    _given("量", field="mass", sort="mass", spreads=False, wide=12, also=(f"{_GIVEN}数量", f"{_GIVEN}利用/处置量", "委托外单位数量")),
    Column(
        head="上月底剩余贮存量", field="opening", sort="mass", needed=False, spreads=False, counts_once=True, wide=14,
        also=("上月末贮存量", f"{_STORED}上月底剩余贮存量", "上月底贮存量"),
    ),
    Column(
        head="本月底剩余贮存量", field="closing", sort="mass", needed=False, spreads=False, counts_once=True, wide=14,
        also=("本月末贮存量", f"{_STORED}本月底剩余贮存量", "本月底贮存量"),
    ),
)  # fmt: skip
STANDARD: Mapping[BookKind, TemplateSheet] = {"b1": B1, "b2": B2, "b3": B3, "b4": B4, "b5": B5, "c1": C1}
SHEETS = tuple(STANDARD.values())
