"""The statement as an Excel workbook: one sheet per question, Chinese heads, masses as numbers with six decimals, never a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from ledger.times import parse_at
from reports.reconciliation.model import EQUATION, LineRow, MonthlyStatement
from reports.reconciliation.text import tolerance_text
from reports.words import COLUMNS, LEVELS, OPINIONS, STAGES, province, when

Value = str | int | Decimal | None
MASS = "#,##0.000000"
_MIRROR = (
    ("废物代码", 14), ("期初在途", 16), ("本月移出", 16), ("本月接受", 16), ("本月拒收", 16), ("磅差（移出−接受−拒收）", 20),
    ("期末在途", 16), ("等式差额（应为 0）", 16), ("期末已开具未起运", 18), ("本月作废", 16), ("谢绝接受", 16),
)  # fmt: skip
_WHO = (
    ("国家联单编号", 18), ("存证标识", 30), ("行", 5), ("废物名称", 24), ("废物代码", 13), ("移出人", 32), ("接受人", 32),
)  # fmt: skip
_LINES = (
    *_WHO, ("末程承运人", 32), ("状态", 12), ("移出量（申报）", 16), ("装载称重", 16), ("接受量", 16), ("拒收量", 16),
    ("磅差", 14), ("处理意见", 10), ("开具时间", 20), ("起运时间", 20), ("接受确认时间", 20), ("作废时间", 20), ("谢绝时间", 20),
)  # fmt: skip
_DIFFERENCES = (
    *_WHO, ("移出量（申报）", 16), ("移出量（称重，未称为申报）", 18), ("到场量（接受+拒收）", 18), ("磅差", 14), ("超差级别", 10),
)  # fmt: skip
_IN_FLIGHT = (*_WHO, ("承运人", 32), ("移出量（申报）", 16), ("起运时间", 20), ("在途天数", 10))
_WAITING = (*_WHO, ("移出量（申报）", 16), ("开具时间", 20), ("天数", 10))
_DUPLICATES = (("国家联单编号", 20), ("持有该编号的联单", 70))
_CUT_OFF = (*_WHO, ("移出量（申报）", 16), ("起运时间", 20), ("接受确认时间", 20))
_ACCOUNTS = (
    ("层次", 8), ("账户", 60), ("期初累计", 16), *((zh, 16) for zh, _ in COLUMNS.values()), ("期末累计", 16), ("其中本年（许可规模）", 16),
    ("其中预占未结", 16), ("其中已用", 16), ("上限", 16), ("余额", 16),
)  # fmt: skip


def to_xlsx(statement: MonthlyStatement) -> bytes:
    """The bytes of the workbook; texts are texts even when they begin with ``=``."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = _Book(xlsxwriter.Workbook(out, options))
    drawn = datetime.fromtimestamp(parse_at(statement.drawn_at), UTC).replace(tzinfo=None)
    book.workbook.set_properties({"title": _title(statement), "author": "liandan", "created": drawn})
    end_s, name = statement.period.end_s, statement.name

    def of(row: LineRow, names: str, *more: Value) -> tuple[Value, ...]:
        who = (row.number, row.manifest, row.line, row.name, row.code, name(row.generator), name(row.receiver))
        return (*who, *_values(row, names), *more)

    book.sheet("说明", (("项目", 16), ("内容", 96)), _cover(statement))
    totalled = (*statement.mirror, statement.total)
    book.sheet("镜像等式", _MIRROR, ((mirror.code or "合计", *_values(mirror, EQUATION)) for mirror in totalled))
    book.sheet("联单行", _LINES, ((*of(row, ""), *_line(row, statement)) for row in statement.rows))
    weights = "declared_g sent_g came_g difference_g"
    book.sheet("重量差异 M4", _DIFFERENCES, (of(row, weights, LEVELS.get(row.level, "允差内")) for row in statement.differing))
    flying = ((*of(row, ""), name(row.carrier), *_values(row, "declared_g departed_s"), row.age_days(end_s)) for row in statement.in_flight)
    book.sheet("在途 M5", _IN_FLIGHT, flying)
    book.sheet("未起运 M5", _WAITING, (of(row, "declared_g issued_s", row.age_days(end_s)) for row in statement.waiting))
    book.sheet("编号重复 M6", _DUPLICATES, ((found.number, trunk) for found in statement.duplicates for trunk in found.manifests))
    cut = "declared_g departed_s received_s"
    book.sheet("跨期 M7", _CUT_OFF, (of(row, cut) for row in statement.cut_off))
    book.sheet("无起运记录 M12", _CUT_OFF, (of(row, cut) for row in statement.without_departure))
    book.sheet("额度 M9", _ACCOUNTS, _accounts(statement))
    book.workbook.close()
    return out.getvalue()


class _Book:
    """A workbook with the three formats that every sheet uses."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        font = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        self._head = workbook.add_format(
            {**font, "bold": True, "bg_color": "#1F5A4C", "font_color": "#FFFFFF", "text_wrap": True, "border": 1, "align": "center"}
        )
        self._text, self._mass, self._whole = (
            workbook.add_format({**font, "border": 1, "num_format": number}) for number in ("@", MASS, "0")
        )

    def sheet(self, name: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]) -> None:
        """A sheet with a frozen head and a filter; ``heads`` are (text, width in characters)."""
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 32)
        for column, (text, wide) in enumerate(heads):
            sheet.set_column(column, column, wide)
            sheet.write_string(0, column, text, self._head)
        last = 0
        for last, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                self._write(sheet, last, column, value)
        sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)

    def _write(self, sheet: Any, row: int, column: int, value: Value) -> None:
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, self._mass)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._whole)
        else:
            sheet.write_string(row, column, value or "", self._text)


def _tonnes(grams: int | None) -> Decimal | None:
    return None if grams is None else Decimal(grams).scaleb(-6)


def _values(of: object, names: str) -> tuple[Value, ...]:
    """Fields by name: grams ``…_g`` in tonnes, moments ``…_s`` to the second."""
    return tuple((_tonnes if name.endswith("_g") else when)(getattr(of, name)) for name in names.split())


def _title(statement: MonthlyStatement) -> str:
    return f"{statement.direction.replace(' ', '')} 危险废物跨省转移月度对账单 {statement.period.month}"


def _cover(statement: MonthlyStatement) -> list[tuple[str, str]]:
    period, source, target = statement.period, statement.from_province, statement.to_province
    return [
        ("对账单", _title(statement)),
        ("性质", "演示 / DEMO：时间为模拟时间，不具证据效力" if statement.is_demo else "由账本计算得出，双方可各自复算"),
        ("对账月", f"{when(period.start_s)} 至 {when(period.end_s)}（不含），北京时间"),
        ("方向", f"{source} {province(source)} → {target} {province(target)}"),
        ("账本", statement.origin),
        ("创始声明哈希", statement.found),
        ("检查点规模", str(statement.size)),
        ("检查点根哈希", statement.root),
        ("末条入账时间", statement.drawn_at),
        ("镜像等式", "平" if statement.is_balanced else "不平，见“镜像等式”页（提示 H MIRROR_UNEQUAL）"),
        ("归月规则", "起运、接受按行为时间归月；额度变动按入账时间归月。晚入账的行为会改变往月对账单，请在同一检查点规模下比对。"),
        ("超差标准", "；".join(map(tolerance_text, statement.tolerances)) or "未采用"),
        ("单位", "吨，六位小数"),
    ]


def _line(row: LineRow, statement: MonthlyStatement) -> Iterable[Value]:
    """What the sheet of all lines says beyond who and what."""
    yield from (statement.name(row.carrier), STAGES.get(row.stage, row.stage))
    yield from _values(row, "declared_g loaded_g accepted_g refused_g difference_g")
    yield OPINIONS.get(row.opinion, row.opinion)
    yield from _values(row, "issued_s departed_s received_s voided_s declined_s")


def _accounts(statement: MonthlyStatement) -> Iterable[tuple[Value, ...]]:
    for found in statement.accounts:
        moved = map(_tonnes, found.moved_g.values())
        rest = _values(found, "closing_g year_g held_g used_g limit_g left_g")
        yield (found.layer, found.label, _tonnes(found.opening_g), *moved, *rest)
