"""What the kinds of a period share: the body of a verdict, who gives one, what it must speak of, and the texts (kinds §9)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Kind, Role, Window
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Hash, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from signing.refusal import texts
from whitelist.period import PeriodState, PeriodVerdict, direction_of, month_of


class PeriodVerdictBody(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every verdict says first: of which statement it speaks."""

    json: Annotated[Hash, label("对账单哈希（JSON）", "SHA-256 of the statement's JSON")]


def authorities_of_either_side(statement: Statement, facts: Facts) -> Sequence[Role]:
    """An authority of either province; where neither has one here, any authority, tag FOREIGN."""
    log = log_state(facts)
    sides = (authorities_of_division(log, province) for province in direction_of(statement.chain))
    near = tuple(dict.fromkeys(uscc for side in sides for uscc in side))
    return (Role("authority of either side", near or tuple(known.uscc for known in log.authorities), not near),)


def speaks_once(judged: Judged, out: Findings) -> None:
    """PERIOD_STATE for a second word of one authority on the newest close."""
    state: PeriodState | None = judged.state
    if state is None:  # the chain does not exist, which admission has said
        return
    known = next((one for one in state.said if one.by == judged.statement.by[0]), None)
    if known is not None:
        own = {"month": month_of(judged.statement.chain), "index": str(known.index), "party": known.by}
        out.refuse("PERIOD_STATE", "by.0", known.by, "", "HAS_DISPUTED" if known.disputes else "HAS_CONFIRMED", **own)


def speaks_of_the_newest(judged: Judged, out: Findings) -> None:
    """PERIOD_DIGEST for a hash that is not the newest close's."""
    state: PeriodState | None = judged.state
    if state is not None and judged.statement.body.json != state.newest.json:
        own = {"month": month_of(judged.statement.chain), "index": str(state.newest.index), "json": state.newest.json}
        is_old = any(judged.statement.body.json == close.json for close in state.closes)
        out.refuse("PERIOD_DIGEST", "body.json", judged.statement.body.json, state.newest.json, "OLDER" if is_old else "OTHER", **own)


def spoken(
    statement: Statement, admission: Admission, facts: Facts, *, disputes: bool = False, reason: str = "", items: int = 0
) -> Changes:
    """The state after a verdict."""
    state: PeriodState = facts.state(statement.chain)
    log, direction = log_state(facts), direction_of(statement.chain)
    verdict = PeriodVerdict(
        index=admission.index,
        at_s=parse_admission_at(admission.at),
        by=statement.by[0],
        sides=tuple(province for province in direction if statement.by[0] in authorities_of_division(log, province)),
        close=state.newest.index,
        disputes=disputes,
        reason=reason,
        items=items,
    )
    return Changes(state=replace(state, verdicts=(*state.verdicts, verdict)))


verdict_act = partial(
    Kind,
    chain_type="period",
    roles=("authority of either side",),
    signers=authorities_of_either_side,
    window=Window.MONTH,
    rules=(speaks_once, speaks_of_the_newest),
    books=None,
)
"""A kind by which an authority speaks of the newest close."""

TEXTS = texts("""
PERIOD_STATE | - | operator | kinds §9 [DESIGN]
该月对账单现在不能这样办理。 || 查看该月的结账情况（liandan month status，GET /v1/periods）。
The statement of the month does not stand where this can be done. || See how the month stands (liandan month status, GET /v1/periods).

PERIOD_STATE:CLOSED
{month} 已在第 {index} 条结账，且没有异议，不能再次结账。 || 不必再办理；以后发现的差错更正联单，由下个月的对账单调整。
{month} was closed in entry {index} and nobody disputes it: it is closed once. || Nothing is left to do; what is found later is corrected on its manifest and adjusts the next month.

PERIOD_STATE:FOLLOWED
{month} 之后的月份已经结账（最近的是 {last}），{month} 不再重开。 || 更正联单；差额由下一次结账的月份调整，并注明所属月份 {month}。
A month after {month} is closed (the newest is {last}), so {month} is not opened again. || Correct the manifests; the next month to be closed adjusts the difference and says that it belongs to {month}.

PERIOD_STATE:GAP
最近结账的月份是 {last}，下一个应结账的是 {next}，不能跳到 {month}。 || 先结 {next}；定时任务（liandan month run）依次补结所有缺的月份。
The newest month that is closed is {last}, so {next} comes next and not {month}. || Close {next} first; the job (liandan month run) catches up with every month that is missing, in order.

PERIOD_STATE:BASE
对账单按 {size} 条计算，而上月（{before}）的最新结账在第 {index} 条，期初会与上月期末不同。 || 按大于 {index} 的账本规模重新计算，再结账。
The statement is drawn at {size} entries, and the newest close of {before} is entry {index}: it would open with other figures than that month closed with. || Draw it anew at a size above {index}, then close the month.

PERIOD_STATE:UNANSWERED
对账单按 {size} 条计算，不含第 {index} 条对 {month} 的异议。 || 处理异议后按大于 {index} 的账本规模重新计算，再结账。
The statement is drawn at {size} entries and does not hold the dispute of {month} in entry {index}. || See to the dispute, draw the statement anew at a size above {index}, then close the month again.

PERIOD_STATE:HAS_CONFIRMED
{party}已在第 {index} 条确认 {month} 的最新对账单，每次结账只表态一次。 || 不必再办理；发现错误的，更正联单后由下个月的对账单调整，或者由另一方提出异议。
{party} confirmed the newest statement of {month} in entry {index}; each close is spoken of once. || Nothing is left to do; what was found since is corrected on its manifest and adjusts the next month, or the other side disputes.

PERIOD_STATE:HAS_DISPUTED
{party}已在第 {index} 条对 {month} 的最新对账单提出异议，每次结账只表态一次。 || 等运营单位重新结账后，核对新的对账单再确认。
{party} disputed the newest statement of {month} in entry {index}; each close is spoken of once. || Wait until the operator closes it again, then look at the new statement.

PERIOD_STATE:UNDER_WAY
{month} 现在不能结账：{waits}。 || 满足后再办理；定时任务（liandan month run）届时自动结账。
{month} cannot be closed now: {waits}. || Close it once that has come; the job (liandan month run) does it then by itself.

PERIOD_DIGEST | - | sender | kinds §9 [DESIGN]
所写的对账单哈希不是最新一次结账的。 || 按最新一次结账的规模重新计算对账单（liandan month confirm），核对一致后再签署。
The hash is not that of the newest close. || Recompute the statement at the size of the newest close (liandan month confirm) and sign what agrees.

PERIOD_DIGEST:OLDER
所写哈希是 {month} 较早一次结账的；最新一次结账在第 {index} 条，其 JSON 哈希为 {json}。 || 核对最新的对账单（liandan month confirm {month}），再确认或者提出异议。
The hash is that of an earlier close of {month}; the newest one is entry {index}, and the hash of its JSON {json}. || Look at the newest statement (liandan month confirm {month}), then confirm or dispute it.

PERIOD_DIGEST:OTHER
所写哈希与 {month} 任何一次结账都不符；最新一次结账在第 {index} 条，其 JSON 哈希为 {json}。 || 按该次结账的规模重新计算（liandan month confirm {month}）；计算结果确实不同的，不要签署，向运营单位和另一方核实后提出异议。
The hash is that of no close of {month}; the newest one is entry {index}, and the hash of its JSON {json}. || Recompute at the size of that close (liandan month confirm {month}); if the result really differs, sign nothing, ask the operator and the other side, and dispute it.
""")
