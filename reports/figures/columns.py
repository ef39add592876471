"""Columns of the files, by table: a code and its word are two columns, so that a file can be looked up in and read."""

from collections.abc import Mapping

from reports.figures.model import TableName
from reports.tables.columns import Form, TableColumn, table_columns

_MONTH: tuple[str, str, str, Form, int] = ("月份", "Month", "month", "text", 10)
_WAY: tuple[tuple[str, str, str, Form, int], ...] = (("方向", "Way", "way_text", "text", 14), ("方向代码", "Way (code)", "way", "text", 8))
_RECEIVER: tuple[tuple[str, str, str, Form, int], ...] = (
    ("接受单位", "Receiver", "receiver", "name", 32), ("接受单位代码", "Receiver (USCC)", "receiver", "text", 22),
)  # fmt: skip
_FIRM: tuple[tuple[str, str, str, Form, int], ...] = (("单位", "Firm", "firm", "name", 32), ("单位代码", "Firm (USCC)", "firm", "text", 22))
_ALERT: tuple[tuple[str, str, str, Form, int], ...] = (
    ("已占用 ‰", "Taken, ‰", "permille", "whole", 10), ("提示", "Alert", "alert_text", "text", 30), ("提示代码", "Alert (code)", "alert", "text", 18),
)  # fmt: skip
_TIMES: tuple[tuple[str, str, str, Form, int], ...] = (
    ("日历日中位数", "Days, median", "days_median", "text", 12), ("工作日中位数", "Working days, median", "workdays_median", "text", 12),
)  # fmt: skip
_ROUTE: tuple[tuple[str, str, str, Form, int], ...] = (
    ("途径", "Route", "route_text", "text", 22),
    ("途径代码", "Route (code)", "route", "text", 12),
)
WITH_FIRMS: Mapping[TableName, tuple[TableColumn, ...]] = {
    "quotas": table_columns(
        _MONTH, *_WAY, ("名单", "List", "list", "text", 20), ("行", "Row, from 0", "row", "whole", 8), *_RECEIVER,
        ("废物", "Wastes", "wastes_text", "text", 36), ("额度（含超额同意，吨）", "Limit with consents, t", "limit_t", "mass"),
        ("本月批准占用（吨）", "Decided in the month, t", "decided_t", "mass"), ("本月联单使用（吨）", "Moved in the month, t", "moved_t", "mass"),
        ("本月登记的期初用量（吨）", "Opened in the month, t", "outside_t", "mass"), ("月末累计占用（吨）", "Taken at its end, t", "taken_t", "mass"), *_ALERT,
    ),
    "approvals": table_columns(
        _MONTH, *_WAY, *_ROUTE, ("批准件数", "Decisions", "decisions", "whole", 10), ("移出单位数", "Generators", "generators", "whole", 10),
        ("批准数量（吨）", "Granted, t", "mass_t", "mass"), *_TIMES, ("九成不超过（工作日）", "Working days, nine of ten", "workdays_p90", "whole", 12),
        ("最长（工作日）", "Working days, longest", "workdays_max", "whole", 12), ("有逾期环节的件数", "With an authority late", "late", "whole", 12),
    ),
    "refusals": table_columns(
        _MONTH, *_WAY, ("类别", "What", "what_text", "text", 12), ("原因", "Reason", "reason_text", "text", 44), ("原因代码", "Reason (code)", "reason", "text", 20),
        *_FIRM, ("次数", "Times", "count", "whole", 8), ("拒收量（吨）", "Refused, t", "mass_t", "mass"),
    ),
    "capacity": table_columns(
        _MONTH, *_RECEIVER, ("许可证编号", "Permit", "no", "text", 22), ("所在地", "Place", "division", "name", 24), ("区划代码", "Division", "division", "text", 10),
        ("种类", "Class", "class_text", "text", 20), ("废物类别", "Categories", "categories", "text", 24), ("有效期至", "Valid to", "valid_to", "day", 12),
        ("年经营规模（吨）", "Yearly scale, t", "scale_t", "mass"), ("本年已用（吨）", "Used this year, t", "used_t", "mass"),
        ("已开具未接受（吨）", "Issued, not received, t", "reserved_t", "mass"), ("空余（吨）", "Free, t", "left_t", "mass"), *_ALERT,
    ),
    "alerts": table_columns(
        _MONTH, *_WAY, *_FIRM, ("级别", "Level", "level_text", "text", 12), ("提示", "Alert", "reason_text", "text", 44), ("代码", "Code", "code", "text", 22),
        ("次数", "Times", "count", "whole", 8),
    ),
}  # fmt: skip
_COUNTED: tuple[tuple[str, str, str, Form, int], ...] = (
    ("原因", "Reason", "reason_text", "text", 44), ("代码", "Code", "code", "text", 22), ("次数", "Times", "count", "whole", 8), ("单位数", "Firms", "firms", "whole", 8),
)  # fmt: skip
PUBLIC: Mapping[TableName, tuple[TableColumn, ...]] = {
    "quotas": table_columns(
        _MONTH, *_WAY, ("废物类别", "Category", "category_text", "text", 16), ("按名单批准（吨）", "Decided on lists, t", "decided_t", "mass"),
        ("按批准转移（吨）", "Moved under decisions, t", "moved_t", "mass"), ("移出单位数", "Generators", "generators", "whole", 10),
        ("接受单位数", "Receivers", "receivers", "whole", 10),
    ),
    "approvals": table_columns(
        _MONTH, *_WAY, *_ROUTE, ("批准件数", "Decisions", "decisions", "whole", 10), *_TIMES, ("移出单位数", "Generators", "generators", "whole", 10),
    ),
    "refusals": table_columns(_MONTH, *_WAY, ("类别", "What", "what_text", "text", 12), *_COUNTED),
    "capacity": table_columns(
        _MONTH, ("省份", "Province", "province_text", "text", 12), ("省级代码", "Province (code)", "province", "text", 8), ("种类", "Class", "class_text", "text", 20),
        ("设施数", "Sites", "sites", "whole", 8), ("年经营规模（吨）", "Yearly scale, t", "scale_t", "mass"), ("空余", "Free", "free_text", "text", 24),
    ),
    "alerts": table_columns(_MONTH, *_WAY, ("级别", "Level", "what_text", "text", 12), *_COUNTED),
}  # fmt: skip
