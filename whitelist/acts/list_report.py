"""``list.report/1`` (年度通报): what was really received and disposed of on the rows of a list, and how the environment was looked after.

Each January both sides tell each other; the body can be filled in from the log (``GET /v1/lists/<name>/report``), and a later report of the same
side stands beside the earlier one. Source: 2020 mechanism 6 [READ S6] (实际接收、处置情况 and 环境管理情况 of listed units); R-44; kinds §4.
"""

from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged
from ledger.fields import Count, LongText, Mass, Text, items, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from signing.refusal import texts
from whitelist import telling
from whitelist.acts.list_propose import ROWS_MAX
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.list_later import judge_rows_known, later_act
from whitelist.list_life import ListReport as Reported
from whitelist.listing import ListState


class ReportedRow(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One row in the report of a year, tonnes."""

    row: Annotated[Count, label("行号", "row, from 0")]
    received_t: Annotated[Mass, label("实际接收量（吨）", "received, t")]
    disposed_t: Annotated[Mass | None, label("利用处置量（吨）", "used and disposed of, t")] = None
    stock_t: Annotated[Mass | None, label("年末贮存量（吨）", "in stock at the end of the year, t")] = None
    note: Annotated[Text | None, label("备注", "note")] = None


class ListReportBody(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.report/1``."""

    rows: Annotated[tuple[ReportedRow, ...], items(1, ROWS_MAX, "LIST_SIZE"), label("各行", "rows")]
    environment: Annotated[LongText, label("环境管理情况", "how the environment was looked after")]


def is_a_list_in_force(judged: Judged, out: Findings) -> None:
    """A gate: the list was in force once, else LIST_STAGE alone; one that was removed since is reported on as well."""
    state: ListState = judged.state
    if state.status != "ACTIVE":
        out.refuse("LIST_STAGE", "kind", state.status, "ACTIVE", "NOT_YET", status=telling.word(state.status))


def rows_are_of_the_list(judged: Judged, out: Findings) -> None:
    """ROW_UNKNOWN; ROW_TWICE for a row that is reported twice."""
    named = [(f"body.rows.{position}.row", one.row) for position, one in enumerate(judged.statement.body.rows)]
    judge_rows_known(judged, out, named)
    seen = set[int]()
    for path, row in named:
        if row in seen:
            out.refuse("ROW_TWICE", path, row, "", "NAMED", row=telling.nth(row), where=path)
        seen.add(row)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: ListState = facts.state(statement.chain)
    new = Reported(admission.index, parse_admission_at(admission.at), statement.by[0])
    return Changes(state=state.lives(reports=(*state.life.reports, new)))


REPORT = later_act(
    name="list.report/1",
    zh="白名单年度通报",
    en="report of a list's year",
    body=ListReportBody,
    gate=is_a_list_in_force,
    rules=(letter_is_of_no_later_day, rows_are_of_the_list),
    evolve=_evolve,
    effect=(
        "记入名单：各行当年实际接收、利用处置和贮存的数量及环境管理情况；本方的年度通报即已完成。",
        "Stands on the list: what was received, disposed of and kept on its rows in the year, and how the environment was looked after; the side has "
        "reported for the year.",
    ),
    texts=texts("""
REPORT_LATE | R-44 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
年度通报逾期。 || 主管部门核对账本预填的内容，补充环境管理情况后提交 list.report。
The report of the year is late. || The authority looks at what the log fills in, adds how the environment was looked after, and submits list.report.
"""),
)
