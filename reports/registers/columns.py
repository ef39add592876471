"""Columns of the workbooks of registers; paths lead into a line or sum as its JSON tells it."""

from collections.abc import Mapping

from reports.registers.model import RegisterName
from reports.tables.columns import TableColumn, party_columns, table_columns

Columns = tuple[TableColumn, ...]


def _party(zh: str, en: str, path: str) -> Columns:
    return table_columns(*party_columns(zh, en, path))


def _place(zh: str, en: str, path: str) -> Columns:
    return table_columns((f"{zh}区划代码", f"{en} (GB/T 2260)", path, "text", 10))


_WHO = table_columns(
    ("序号", "No.", "position", "whole", 6),
    ("国家联单编号", "National number", "number", "text", 18),
    ("存证标识", "ULID", "manifest", "text", 28),
    ("行", "Line", "line", "whole", 5),
    ("废物名称", "Waste", "name", "text", 24),
    ("废物代码", "Code", "code", "text", 13),
)
_MASSES = table_columns(
    ("移出量（申报，吨）", "Declared, t", "declared_t", "mass"),
    ("装载称重（吨）", "Weighed at loading, t", "loaded_t", "mass"),
    ("接受量（吨）", "Accepted, t", "accepted_t", "mass"),
    ("拒收量（吨）", "Refused, t", "refused_t", "mass"),
    ("磅差（吨）", "Difference, t", "difference_t", "mass"),
)
_TIMES = table_columns(
    ("开具（北京时间）", "Issued (Beijing time)", "issued_at", "moment", 20),
    ("起运", "Departed", "departed_at", "moment", 20),
    ("接受", "Received", "received_at", "moment", 20),
    ("作废", "Voided", "voided_at", "moment", 20),
    ("谢绝", "Declined", "declined_at", "moment", 20),
)
_LAW = table_columns(
    ("拟利用处置方式", "Method", "method", "text", 10),
    ("接受人许可证", "Permit", "permit_no", "text", 24),
    ("途径", "Route", "route", "route", 22),
    ("批准文号", "Decision", "decision", "text", 26),
    ("白名单行", "Listing", "listing", "text", 22),
)
_ENTRIES = table_columns(
    ("开具条目序位", "Entry of the issue", "issue", "whole", 12),
    ("接受确认条目序位（转移证明）", "Entry of the receipt (certificate)", "receipt", "whole", 14),
    ("提示（入账时）", "Alerts at admission", "alerts", "text", 30),
)
_ROAD = table_columns(("车牌", "Plates", "plates", "text", 20), ("危险货物运单号", "Waybills", "waybills", "text", 20))
LINES: Mapping[RegisterName, Columns] = {
    "generator": (
        *_WHO, *_party("接受人", "Receiver", "receiver"), *_party("末程承运人", "Last carrier", "carrier"), *_place("移出地", "Origin", "origin"),
        *_place("接受地", "Destination", "destination"), *table_columns(("状态", "Stage", "stage_text", "text", 12)), *_MASSES, *_TIMES, *_LAW, *_ROAD, *_ENTRIES,
    ),
    "receiver": (
        *_WHO, *_party("移出人", "Generator", "generator"), *_party("末程承运人", "Last carrier", "carrier"), *_place("移出地", "Origin", "origin"),
        *table_columns(("状态", "Stage", "stage_text", "text", 12), ("处理意见", "Opinion", "opinion_text", "text", 12)), *_MASSES,
        *table_columns(("已利用处置（吨）", "Treated, t", "treated_t", "mass"), ("尚存（吨）", "Left, t", "stock_t", "mass")), *_TIMES, *_LAW, *_ROAD, *_ENTRIES,
    ),
    "carrier": (
        *_WHO, *table_columns(("运输段", "Leg", "leg", "whole", 6)), *_party("移出人", "Generator", "generator"), *_party("接受人", "Receiver", "receiver"),
        *_place("移出地", "Origin", "origin"), *_place("接受地", "Destination", "destination"), *table_columns(("状态", "Stage", "stage_text", "text", 12)),
        *table_columns(
            ("运输量（吨）", "Carried, t", "carried_t", "mass"), ("起运（接运）", "Begun", "begun_at", "moment", 20), ("交出（运抵）", "Ended", "ended_at", "moment", 20),
        ), *_ROAD, *table_columns(("途径", "Route", "route", "route", 22)), *_ENTRIES,
    ),
}  # fmt: skip
_COUNTS = table_columns(("联单份数", "Manifests", "manifests", "whole", 10), ("行数", "Lines", "lines", "whole", 8))
_SUMMED = (
    *_COUNTS,
    *table_columns(
        ("期初在途（吨）", "In transit, opening, t", "opening_t", "mass"), ("移出（申报，吨）", "Departed, declared, t", "departed_t", "mass"),
        ("其装载称重（吨）", "The same as loaded, t", "loaded_t", "mass"), ("接受（吨）", "Accepted, t", "accepted_t", "mass"), ("拒收（吨）", "Refused, t", "refused_t", "mass"),
        ("磅差（吨）", "Difference, t", "difference_t", "mass"), ("期末在途（吨）", "In transit, closing, t", "closing_t", "mass"), ("作废（吨）", "Voided, t", "voided_t", "mass"),
        ("谢绝（吨）", "Declined, t", "declined_t", "mass"), ("另：退回（吨）", "Beside: returned, t", "returned_t", "mass"),
    ),
)  # fmt: skip
_RUNS = (
    *table_columns(("联单份数", "Manifests", "manifests", "whole", 10), ("运输段行数", "Rows of legs", "lines", "whole", 10)),
    *table_columns(
        ("期初在途（吨）", "On the road, opening, t", "opening_t", "mass"), ("运输量（吨）", "Carried, t", "carried_t", "mass"),
        ("期末在途（吨）", "On the road, closing, t", "closing_t", "mass"),
    ),
)  # fmt: skip
SUMS: Mapping[RegisterName, Columns] = {"generator": _SUMMED, "receiver": _SUMMED, "carrier": _RUNS}
KEYS: Mapping[str, Columns] = {
    "total": table_columns(("合计", "Total", "key_text", "text", 10)),
    "by_code": table_columns(("废物代码", "Code", "key", "text", 14), ("废物名称", "Waste", "key_text", "text", 26)),
    "by_partner": table_columns(("对方单位", "Partner", "key_text", "text", 34), ("对方单位代码", "Partner (USCC)", "key", "text", 22)),
    "by_month": table_columns(("月份", "Month", "key", "text", 10)),
}
SHEETS: Mapping[str, tuple[str, str]] = {
    "total": ("合计", "Total"), "by_code": ("按代码", "By code"), "by_partner": ("按对方单位", "By partner"), "by_month": ("按月", "By month"),
}  # fmt: skip
STOCK: Columns = table_columns(
    ("废物代码", "Code", "code", "text", 14), ("废物名称", "Waste", "name", "text", 26), ("期初贮存（吨）", "Stock, opening, t", "opening_t", "mass", 18),
    ("接受（吨）", "Accepted, t", "accepted_t", "mass"), ("利用处置方式", "Method", "method", "text", 12),
    ("利用处置量（吨）", "Treated, t", "treated_t", "mass"), ("转出（吨）", "Sent on, t", "sent_t", "mass"), ("缺口（吨）", "Gap, t", "gap_t", "mass"),
    ("期末贮存（吨）", "Stock, closing, t", "closing_t", "mass", 18),
)  # fmt: skip
