"""Words of open items: what is wrong, where an operand comes from, how far an item is, who has to do something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ItemStatus = Literal["open", "talked", "changed", "gone", "settled"]
"""``changed``: settled, and the difference is another one since; ``gone``: somebody talks of it, and its cause is not there any more."""
CODES: Mapping[str, tuple[str, str]] = {
    "WEIGHT": ("接受量与移出量相差超出误差", "what came is out of tolerance"),
    "TRIP_TIME": ("在途超时", "too long on the road"),
    "STALE_ISSUE": ("开具后长期未起运", "issued long ago, not departed"),
    "NO_DUPLICATE": ("联单编号重复", "a number used twice"),
    "PLAN_OVER": ("超过管理计划", "beyond the plan"),
    "QUOTA_OVERDRAWN": ("额度超用", "a quota is overdrawn"),
    "QUOTA_LEFT": ("额度将尽", "a quota is nearly used up"),
    "PERMIT_SCALE": ("超过许可规模", "above the scale of the permit"),
    "PERMIT_EXPIRING": ("许可证到期", "a permit ends"),
    "STOCK_UNEQUAL": ("贮存量勾稽不平（账本）", "the stock does not add up (log)"),
    "STORAGE_1Y": ("贮存将满或已满一年", "stored for nearly a year or longer"),
    "NO_DEPARTURE": ("无起运记录即接受", "received without a departure"),
    "BOOK_DIFFERS": ("台账与账本有差异", "the book differs from the log"),
    "BOOK_MISSING": ("台账缺少", "missing in the book"),
    "BOOK_EXTRA": ("仅台账有", "only in the book"),
    "BOOK_AMBIGUOUS": ("台账无法唯一对应", "lines of the book cannot be told apart"),
    "BOOK_TWICE": ("台账重复登记", "written twice in the book"),
    "BOOK_SUM": ("台账合计与账本不同", "the sum of the book differs"),
    "BOOK_STOCK": ("贮存量勾稽不平（台账）", "the stock does not add up (books)"),
}
SOURCES: Mapping[str, tuple[str, str]] = {
    "declared": ("申报移出量", "declared"),
    "weighed": ("装载称重", "weighed at loading"),
    "came": ("接受＋拒收", "accepted and refused"),
    "departed": ("起运", "departed"),
    "received": ("接受", "received"),
    "limit": ("上限", "limit"),
    "taken": ("已用", "taken"),
    "planned": ("计划", "planned"),
    "counted": ("本年累计", "counted this year"),
    "stock_sums": ("期初加减发生额", "opening and movements"),
    "stock": ("期末库存", "closing stock"),
    "number": ("联单编号", "number"),
    "holders": ("使用该编号的联单", "manifests with it"),
    "valid_to": ("有效期至", "valid to"),
    "day": ("对账日", "day of the statement"),
    "storage": ("贮存期限（天）", "storage limit, days"),
    "old_stock": ("超期贮存", "stored too long"),
    "log": ("账本", "log"),
    "book": ("台账", "book"),
    "b1": ("产生台账 B.1", "B.1"),
    "b4": ("自行利用处置台账 B.4", "B.4"),
    "b5": ("委外台账 B.5", "B.5"),
    "b2-b3": ("入库 B.2 减出库 B.3", "B.2 less B.3"),
    "b1+b3": ("产生 B.1 加出库 B.3", "B.1 and B.3"),
    "b2+b4+b5": ("入库 B.2、自行利用处置 B.4、委外 B.5", "B.2, B.4 and B.5"),
    "c1": ("月报 C.1", "C.1"),
}
STATUSES: Mapping[ItemStatus, tuple[str, str]] = {
    "open": ("未处理", "open"),
    "talked": ("已有说明", "commented on"),
    "changed": ("了结后差额有变化", "settled, changed since"),
    "gone": ("原因已消除，待了结", "its cause is gone; to be settled"),
    "settled": ("已了结", "settled"),
}
ROLES: Mapping[str, tuple[str, str]] = {
    "generator": ("移出人", "generator"),
    "carrier": ("承运人", "carrier"),
    "receiver": ("接受人", "receiver"),
    "holder": ("单位", "firm"),
    "authority": ("主管部门", "authority"),
}


def source_words(source: str) -> tuple[str, str]:
    """``c1 2026-09``: the monthly report of that month."""
    what, _, month = source.partition(" ")
    zh, en = SOURCES.get(what, (what, what))
    return (f"{month} {zh}", f"{en} of {month}") if month else (zh, en)
