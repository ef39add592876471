"""``list.suspend/1``, ``list.resume/1``, ``list.remove/1``: rows of a list stop and go on; what is removed is removed for good.

A suspension (暂停) is one side's word and counts at once; resuming (恢复) and removing (移出) wait for the other side's ``list.confirm``. What a
stop stops is the list's own condition (``suspension_stops``): decisions always, issues by default, departures where both sides agreed on it.
Trucks on the road go on, and arrive and are received as ever: nothing is safer at the roadside. Source: 2020 mechanism 5 [READ S6]; R-37;
kinds §1.3, §4.
"""

from typing import Annotated

from ledger.admission.personality import Changes, Judged
from ledger.directory import log_state
from ledger.fields import Count, File, Text, label
from ledger.model import Admission, Facts, Findings, Statement
from signing.refusal import texts
from whitelist import telling
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.list_later import TEXTS as SHARED
from whitelist.list_later import judge_rows_known, later_act, pending_of
from whitelist.list_pending import BEFORE, applies, enter, statuses_now, suspended
from whitelist.listing import ListState


class ListStatus(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.resume/1`` and ``list.remove/1``."""

    row: Annotated[Count | None, label("行号", "row, from 0")] = None
    """One row; all of them where it is absent."""
    reason: Annotated[Text, label("理由", "reason")]


class ListSuspend(ListStatus, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.suspend/1``."""

    file: Annotated[File | None, label("附件", "attachment")] = None


def row_can_change(judged: Judged, out: Findings) -> None:
    """ROW_UNKNOWN; ROW_STATE where the row, or every row, stands already as this act would have it, or is removed."""
    state: ListState = judged.state
    row, kind = judged.statement.body.row, judged.statement.kind.partition("/")[0]
    if row is not None and not judge_rows_known(judged, out, (("body.row", row),)):
        return
    if applies(state, kind, row):
        return
    statuses, allowed = sorted(statuses_now(state, row)), BEFORE[kind]
    own = {"status": telling.words(statuses), "allowed": telling.words(allowed)}
    field = "kind" if row is None else "body.row"
    if row is None:
        out.refuse("ROW_STATE", field, " / ".join(statuses), " / ".join(allowed), "ALL", **own)
    elif statuses == ["REMOVED"]:
        out.refuse("ROW_STATE", field, "REMOVED", " / ".join(allowed), "REMOVED", row=telling.nth(row))
    else:
        out.refuse("ROW_STATE", field, " / ".join(statuses), " / ".join(allowed), "ROW", row=telling.nth(row), **own)


def _suspend(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListSuspend = statement.body
    act = pending_of(statement, admission, row=body.row, reason=body.reason)
    return Changes(state=suspended(facts.state(statement.chain), act, admission))


def _ask(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListStatus = statement.body
    act = pending_of(statement, admission, row=body.row, reason=body.reason)
    return Changes(state=enter(log_state(facts), facts.state(statement.chain), act, admission))


_RULES = (letter_is_of_no_later_day, row_can_change)
SUSPEND = later_act(
    name="list.suspend/1",
    zh="暂停白名单",
    en="list suspension",
    body=ListSuspend,
    rules=_RULES,
    evolve=_suspend,
    effect=(
        "该行（不填行号的，全部各行）自入账起暂停：不得再据以批准；名单的暂停效力是“并停开具”“并停起运”的，也不得开具、起运。已在途的照常运抵、接受。",
        "The row, or every row, is suspended from the admission on: no decision is given on it; where the list says so nothing is issued or departs "
        "either. What is on the road goes on and is received.",
    ),
    texts=(
        *SHARED,
        *texts("""
ROW_STATE | - | both_authorities | kinds §4 [DESIGN]
白名单行当前状态不允许此操作。 || 有效的行可暂停、移出；暂停的行可恢复、移出；移出后不可恢复。
The row's status does not allow this act. || What is in force is suspended or removed, what is suspended is resumed or removed; removed is for good.

ROW_STATE:ROW
第 {row}现在是“{status}”，此项操作只能在“{allowed}”时进行。 || 核对行号；已是所要的状态的，不必再提交。
Row {row} is {status}; this act needs it to be {allowed}. || Check the row; if it stands as it should, nothing is left to do.

ROW_STATE:ALL
名单各行现在是“{status}”，没有“{allowed}”的行。 || 核对名单；已是所要的状态的，不必再提交。
The rows of the list are {status}; none is {allowed}. || Check the list; if it stands as it should, nothing is left to do.

ROW_STATE:REMOVED | nobody
第 {row}已移出名单，不能恢复，也不再暂停。 || 重新列入的，由双方以变更（list.amend）增加一行。
Row {row} was removed for good. || To list it again both sides add a row by an amendment (list.amend).
"""),
    ),
)
RESUME = later_act(
    name="list.resume/1",
    zh="恢复白名单",
    en="list resumption",
    body=ListStatus,
    rules=_RULES,
    evolve=_ask,
    effect=(
        "待对方主管部门确认（list.confirm）后，暂停的行恢复有效；单方名单立即恢复。",
        "Once the other side confirms (list.confirm) the suspended rows are in force again; of a unilateral list at once.",
    ),
)
REMOVE = later_act(
    name="list.remove/1",
    zh="移出白名单",
    en="list removal",
    body=ListStatus,
    rules=_RULES,
    evolve=_ask,
    effect=(
        "待对方主管部门确认（list.confirm）后，该行（不填行号的，整份名单）移出，不可恢复；效力同暂停。单方名单立即移出。",
        "Once the other side confirms (list.confirm) the row, or the whole list, is removed for good; it stops what a suspension stops. Of a "
        "unilateral list at once.",
    ),
)
