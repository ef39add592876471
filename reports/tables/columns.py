"""Which columns the file of each search has: headings in both languages, where a value stands in the answer, and what it is.

A code and its name are two columns, so that a file can be looked up in and read. Times are those of Beijing, masses tonnes.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from ledger.times import read_day
from reports.words import ROUTES

Value = str | int | Decimal | datetime | date | None
Form = Literal["text", "name", "mass", "moment", "day", "whole", "yes", "route"]
Row = Mapping[str, Any]


def tonnes_of(grams: int | None) -> Decimal | None:
    """Grams as the number of tonnes that a cell holds; nothing stays nothing."""
    return None if grams is None else Decimal(grams).scaleb(-6)


class TableColumn(Struct, frozen=True):
    """One column. ``path`` is dotted, into one row of the answer; through a list it leads into each of its items."""

    zh: str
    en: str
    path: str
    form: Form = "text"
    width: int = 16

    def value(self, row: Row, names: Mapping[str, str]) -> Value:
        """What stands in the cell; several values of one field are joined."""
        found: Any = row
        for part in self.path.split("."):
            found = [one.get(part) for one in found] if isinstance(found, list) else found.get(part) if isinstance(found, dict) else None
        if isinstance(found, list | tuple):
            return "、".join(str(names.get(one, one) if self.form == "name" else one) for one in found)
        return None if found is None or found == "" else _FORMS[self.form](found, names)


_FORMS: Mapping[Form, Callable[[Any, Mapping[str, str]], Value]] = {
    "text": lambda found, _: str(found),
    "name": lambda found, names: names.get(str(found), ""),
    "mass": lambda found, _: Decimal(found),
    "moment": lambda found, _: datetime.fromisoformat(found).replace(tzinfo=None),  # ``+08:00``, as every answer has them
    "day": lambda found, _: read_day(found) or str(found),
    "whole": lambda found, _: int(found),
    "yes": lambda found, _: "是" if found else "",
    "route": lambda found, _: ROUTES.get(found, (found,))[0],
}


class Table(Struct, frozen=True):
    """The file of one search: its name, the field of the answer with the rows, its columns; ``each`` makes rows of one item."""

    name: str
    title: tuple[str, str]
    field: str
    columns: tuple[TableColumn, ...]
    each: Callable[[Row], Iterable[Row]] = lambda row: (row,)


def table_columns(*found: tuple[str, str, str] | tuple[str, str, str, Form] | tuple[str, str, str, Form, int]) -> tuple[TableColumn, ...]:
    """Columns as they are written down: Chinese, English, path, form, width."""
    return tuple(TableColumn(*one) for one in found)


def party_columns(zh: str, en: str, path: str) -> tuple[tuple[str, str, str, Form, int], tuple[str, str, str, Form, int]]:
    """A party by name and by code."""
    return (zh, en, path, "name", 32), (f"{zh}代码", f"{en} (USCC)", path, "text", 22)


def _place(zh: str, en: str, path: str) -> tuple[tuple[str, str, str, Form, int], tuple[str, str, str, Form, int]]:
    return (zh, en, path, "name", 24), (f"{zh}区划代码", f"{en} (GB/T 2260)", path, "text", 10)


def _lines(row: Row) -> Iterable[Row]:
    """A row for each line of an approval."""
    return ({**row, "line": line} for line in row["lines"])


def _wastes(path: str) -> Callable[[Row], Iterable[Row]]:
    def each(row: Row) -> Iterable[Row]:
        found = row[path] if isinstance(row[path], list | tuple) else (row[path],)
        text = "；".join(" ".join((scope["category"], scope["scope"], *scope.get("codes", ()))) for scope in found)
        return ({**row, "wastes": text},)

    return each


MANIFESTS = Table(
    "manifests",
    ("联单", "Manifests"),
    "manifests",
    table_columns(
        ("国家联单编号", "National number", "number", "text", 18),
        ("状态", "Stage", "stage_text", "text", 12),
        *party_columns("移出人", "Generator", "generator"),
        *party_columns("接受人", "Receiver", "receiver"),
        *party_columns("承运人", "Carriers", "carriers"),
        *_place("移出地", "Origin", "origin"),
        *_place("接受地", "Destination", "destination"),
        ("废物代码", "Waste codes", "codes", "text", 24),
        ("移出量（申报，吨）", "Declared, t", "declared_t", "mass"),
        ("途径", "Route", "route", "route", 22),
        ("开具入账时间（北京时间）", "Admitted at (Beijing time)", "issued_at", "moment", 20),
        ("存证标识", "Identity", "id", "text", 46),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
)
PERMITS = Table(
    "permits",
    ("经营许可证", "Permits"),
    "permits",
    table_columns(
        ("许可证编号", "Number", "no", "text", 20),
        *party_columns("持证单位", "Holder", "receiver"),
        ("种类", "Class", "class", "name", 20),
        ("状态", "Status", "status", "name", 10),
        ("有效期自", "Valid from", "valid_from", "day", 12),
        ("有效期至", "Valid to", "valid_to", "day", 12),
        *_place("设施所在地", "Facility", "division"),
        ("地址", "Address", "address", "text", 32),
        ("类别与代码", "Wastes", "wastes", "text", 40),
        ("年经营规模（吨）", "Yearly scale, t", "scale_t", "mass"),
        *party_columns("发证机关", "Authority", "authority"),
        ("存证链", "Chain", "permit", "text", 46),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
    _wastes("items"),
)
_WAY: tuple[tuple[str, str, str, Form, int], ...] = (
    ("移出省", "From", "from_province", "name", 12),
    ("移出省代码", "From (code)", "from_province", "text", 8),
    ("接受省", "To", "to_province", "name", 12),
    ("接受省代码", "To (code)", "to_province", "text", 8),
)
LISTS = Table(
    "lists",
    ("白名单", "Lists"),
    "lists",
    table_columns(
        ("白名单", "List", "list", "text", 28),
        ("年度", "Year", "year", "whole", 8),
        *_WAY,
        ("种类", "Kind", "kind", "name", 10),
        ("状态", "Status", "status", "name", 14),
        ("函号", "Letter", "letter_no", "text", 24),
        ("函件日期", "Letter of", "letter_date", "day", 12),
        ("生效日", "Effective from", "effective_from", "day", 12),
        ("失效日", "Effective to", "effective_to", "day", 12),
        ("应有行数", "Rows announced", "rows_announced", "whole", 10),
        ("已报行数", "Rows filed", "rows_filed", "whole", 10),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
)
LISTINGS = Table(
    "listings",
    ("白名单行", "Listings"),
    "listings",
    table_columns(
        ("白名单", "List", "list", "text", 28),
        ("行", "Row", "row", "whole", 6),
        ("状态", "Status", "status", "name", 14),
        *_WAY,
        *party_columns("接受人", "Receiver", "receiver"),
        ("许可证", "Permit", "permit", "text", 46),
        ("废物", "Wastes", "wastes", "text", 32),
        ("利用处置方式", "Methods", "methods", "text", 14),
        ("额度（吨）", "Quota, t", "quota_t", "mass"),
        ("已用（吨）", "Used, t", "used_t", "mass"),
        ("剩余（吨）", "Left, t", "left_t", "mass"),
        ("生效日", "Effective from", "effective_from", "day", 12),
        ("失效日", "Effective to", "effective_to", "day", 12),
    ),
    _wastes("waste"),
)
APPROVALS = Table(
    "approvals",
    ("跨省转移批准", "Approvals"),
    "approvals",
    table_columns(
        ("批准文号", "Number", "no", "text", 24),
        ("阶段", "Stage", "stage", "name", 14),
        *party_columns("移出人", "Generator", "generator"),
        *party_columns("接受人", "Receiver", "receiver"),
        *_place("移出地", "Origin", "origin"),
        *_place("接受地", "Destination", "destination"),
        ("行", "Line", "line.line", "whole", 6),
        ("废物名称", "Waste", "line.name", "text", 24),
        ("废物代码", "Code", "line.code", "text", 13),
        ("利用处置方式", "Method", "line.method", "text", 8),
        ("申请量（吨）", "Applied, t", "line.applied_t", "mass"),
        ("批准量（吨）", "Decided, t", "line.decided_t", "mass"),
        ("已用（吨）", "Used, t", "line.used_t", "mass"),
        ("剩余（吨）", "Left, t", "line.left_t", "mass"),
        ("决定日", "Decided on", "decided_on", "day", 12),
        ("有效期至", "Valid to", "line.valid_to", "day", 12),
        ("途径", "Route", "route", "route", 22),
        ("存证链", "Chain", "approval", "text", 52),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
    _lines,
)
PLANS = Table(
    "plans",
    ("管理计划", "Management plans"),
    "plans",
    table_columns(
        *party_columns("移出人", "Generator", "generator"),
        ("年度", "Year", "year", "whole", 8),
        ("场所", "Site", "site.site", "text", 14),
        ("备案编号", "Filing number", "site.filing_no", "text", 24),
        ("备案日期", "Filed on", "site.filed_on", "day", 12),
        ("行", "Line", "line.line", "whole", 6),
        ("废物名称", "Waste", "line.name", "text", 24),
        ("废物代码", "Code", "line.code", "text", 13),
        ("利用处置方式", "Method", "line.method", "text", 8),
        *party_columns("拟接收单位", "Intended receivers", "line.receivers"),
        ("预计转移量（吨）", "Planned, t", "line.mass_t", "mass"),
        ("已移出（吨）", "Moved out, t", "line.used_t", "mass"),
        ("剩余（吨）", "Left, t", "line.left_t", "mass"),
        ("存证链", "Chain", "plan", "text", 36),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
    lambda row: ({**row, "site": site, "line": line} for site in row["sites"] for line in site["lines"]),
)
QUOTAS = Table(
    "quotas",
    ("额度账户", "Quota accounts"),
    "quotas",
    table_columns(
        ("层次", "Quota", "quota", "text", 6),
        ("账户", "Account", "account", "text", 52),
        *party_columns("持有单位", "Holder", "holder"),
        ("行", "Row or line", "number", "whole", 8),
        ("年度", "Year", "year", "whole", 8),
        ("上限（吨）", "Limit, t", "limit_t", "mass"),
        ("已用（吨）", "Used, t", "used_t", "mass"),
        ("剩余（吨）", "Left, t", "left_t", "mass"),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
)
MOVEMENTS = Table(
    "movements",
    ("额度变动", "Movements of an account"),
    "movements",
    table_columns(
        ("条目序位", "Entry", "index", "whole", 10),
        ("入账时间（北京时间）", "Admitted at (Beijing time)", "at", "moment", 20),
        ("行为", "Act", "text", "text", 18),
        ("种类", "Kind", "kind", "text", 24),
        *party_columns("办理单位", "Moved by", "party"),
        ("所在链", "Chain", "chain", "text", 52),
        ("联单存证标识", "Manifest", "manifest", "text", 46),
        ("变动（吨）", "Moved, t", "moved_t", "mass"),
        ("变动后累计（吨）", "Held after it, t", "balance_t", "mass"),
    ),
)
PARTIES = Table(
    "parties",
    ("单位", "Parties"),
    "parties",
    table_columns(
        ("统一社会信用代码", "USCC", "uscc", "text", 22),
        ("名称", "Name", "name", "text", 36),
        ("身份", "Role", "role", "text", 12),
        ("注销日", "Closed on", "closed_on", "day", 12),
        ("承继单位", "Successor", "successor", "text", 22),
        ("曾用名", "Former names", "former.name", "text", 36),
        ("最新条目序位", "Newest entry", "index", "whole", 12),
    ),
)
OPEN_ITEMS = Table(
    "open-items",
    ("未符项", "Open items"),
    "items",
    table_columns(
        ("处理情况", "Status", "status_text", "text", 18),
        ("核对项", "Check", "check", "text", 8),
        ("事项", "What", "code_text", "text", 28),
        ("级别", "Level", "level", "text", 8),
        ("联单编号或者对象", "Subject", "subject", "text", 24),
        ("废物代码", "Waste code", "waste", "text", 14),
        ("一方", "One side", "left.source_text", "text", 16),
        ("一方数量（吨）", "One side, t", "left.mass_t", "mass"),
        ("一方内容", "One side (no mass)", "left.told", "text", 18),
        ("另一方", "Other side", "right.source_text", "text", 16),
        ("另一方数量（吨）", "Other side, t", "right.mass_t", "mass"),
        ("另一方内容", "Other side (no mass)", "right.told", "text", 18),
        ("差额（吨）", "Difference, t", "difference_t", "mass"),
        ("说明", "Why", "why", "text", 60),
        ("台账位置", "Place in the book", "place", "text", 28),
        *party_columns("由谁处理", "Owner", "owner"),
        ("应于", "Due on", "due_on", "day", 12),
        ("逾期", "Overdue", "overdue", "yes", 8),
        ("历时（天）", "Age, days", "age_days", "whole", 10),
        ("留言", "Remarks", "threads.chain", "text", 40),
        ("未符项键", "Key", "key", "text", 64),
    ),
)
REFUSALS = Table(
    "refusals",
    ("拒绝", "Refusals"),
    "refusals",
    table_columns(
        ("时间（北京时间）", "At (Beijing time)", "at", "moment", 20),
        ("种类", "Kind", "kind", "text", 24),
        ("代码", "Codes", "codes", "text", 40),
        ("签署单位代码", "Signers (USCC)", "by", "text", 44),
        ("声明哈希", "Statement", "statement", "text", 66),
        ("当时账本规模", "Size of the log then", "size", "whole", 12),
    ),
)
