"""``period.close/1`` (月度结账): the operator fixes the log size at which the statement of a month and a direction is drawn (kinds §9).

Whoever has the log below that size recomputes the statement and compares hashes. A month is closed in its order, without a gap, once it is over;
again only after a dispute, and never once the following month is closed: what is found then adjusts a later month. The statement opens with the
newest close of the month before, so it is drawn behind that close. Order, gap and base are ours [DESIGN]: without them the opening of a month
could differ from the closing of the month before.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, DayBelow, Judged, Kind, Reads, Window
from ledger.fields import Bytes32, Hash, Month, PositiveSize, items, label
from ledger.kinds.roles import operator
from ledger.model import Admission, Facts, Findings, Seen, Statement
from ledger.times import format_at, parse_admission_at
from signing.phrase import Phrase
from signing.refusal import texts
from whitelist.period import (
    PeriodClose,
    PeriodState,
    closed_key,
    direction_of,
    following_month,
    month_ends_s,
    month_of,
    period_chain,
    preceding_month,
)

ADJUSTED_MAX = 120
"""Earlier months that one statement may adjust: ten years."""


class PeriodCloseBody(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``period.close/1``. Hashes are those of the files as drawn: the JSON is of both languages, XLSX and PDF are the Chinese ones."""

    size: Annotated[PositiveSize, label("账本条目数", "log size, entries")]
    root: Annotated[Bytes32, label("该规模的树根", "root at that size, base64")]
    json: Annotated[Hash, label("对账单哈希（JSON）", "SHA-256 of the statement's JSON")]
    xlsx: Annotated[Hash, label("对账单哈希（XLSX）", "SHA-256 of its XLSX")] | None = None
    pdf: Annotated[Hash, label("对账单哈希（PDF）", "SHA-256 of its PDF")] | None = None
    adjusts: Annotated[tuple[Month, ...], items(1, ADJUSTED_MAX, once=True), label("所调整的月份", "months that it adjusts")] | None = None


def _before(statement: Statement) -> str:
    """The chain of the month before."""
    return period_chain(preceding_month(month_of(statement.chain)), *direction_of(statement.chain))


def _reads(statement: Statement, facts: Facts) -> Reads:
    return Reads(chains=(_before(statement),), registers=(closed_key(direction_of(statement.chain)),))


def month_is_over(judged: Judged, out: Findings) -> None:
    """PERIOD_MONTH: the month is over, what it adjusts lies before it; FIELD_TYPE for a direction within one province."""
    month, (from_province, to_province) = month_of(judged.statement.chain), direction_of(judged.statement.chain)
    if from_province == to_province:
        out.refuse("FIELD_TYPE", "chain", judged.statement.chain, Phrase("两个不同的省", "two different provinces"))
    ends_s = month_ends_s(month)
    if judged.moment.at_s < ends_s:
        own = {"month": month, "end": format_at(ends_s)[:10], "now": format_at(judged.moment.at_s)[:16].replace("T", " ")}
        out.refuse("PERIOD_MONTH", "chain", month, f"≥ {format_at(ends_s)}", "NOT_OVER", **own)
    for place, adjusted in enumerate(judged.statement.body.adjusts or ()):
        if adjusted >= month:
            out.refuse("PERIOD_MONTH", f"body.adjusts.{place}", adjusted, f"< {month}", "ADJUSTS", month=month, adjusted=adjusted)


def month_was_over(statement: Statement, day_below: DayBelow, out: Findings) -> None:
    """PERIOD_MONTH for a size at which the log did not know yet that the month was over: what came of it behind would stand nowhere."""
    size, month = statement.body.size, month_of(statement.chain)
    begins = f"{following_month(month)}-01"
    if (day := day_below(size)) < begins:
        out.refuse("PERIOD_MONTH", "body.size", size, f"≥ {begins}", "EARLY", size=str(size), month=month, day=day, begins=begins)


def is_next_to_be_closed(judged: Judged, out: Findings) -> None:
    """PERIOD_STATE: closed and not disputed; or the following month is closed; or a month between the last one closed and this one is not."""
    state: PeriodState | None = judged.state
    month = month_of(judged.statement.chain)
    last: str | None = judged.facts.get(closed_key(direction_of(judged.statement.chain)))
    if last is not None and month < last:
        out.refuse("PERIOD_STATE", "chain", month, f"> {last}", "FOLLOWED", month=month, last=last)
    elif last is not None and month > following_month(last):
        out.refuse("PERIOD_STATE", "chain", month, following_month(last), "GAP", month=month, last=last, next=following_month(last))
    elif state is not None and not state.disputes:
        out.refuse("PERIOD_STATE", "kind", state.newest.index, "", "CLOSED", month=month, index=str(state.newest.index))


def size_holds_what_it_answers(judged: Judged, out: Findings) -> None:
    """PERIOD_STATE: the statement is drawn behind the close that it opens with, and behind the dispute that it answers."""
    size, month = judged.statement.body.size, month_of(judged.statement.chain)
    base: PeriodState | None = judged.facts.state(_before(judged.statement))
    if base is not None and size <= base.newest.index:
        own = {"month": month, "size": str(size), "before": preceding_month(month), "index": str(base.newest.index)}
        out.refuse("PERIOD_STATE", "body.size", size, f"> {base.newest.index}", "BASE", **own)
    state: PeriodState | None = judged.state
    if state is not None and state.disputes and size <= state.disputes[-1].index:
        own = {"month": month, "size": str(size), "index": str(state.disputes[-1].index)}
        out.refuse("PERIOD_STATE", "body.size", size, f"> {state.disputes[-1].index}", "UNANSWERED", **own)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PeriodCloseBody = statement.body
    before: PeriodState = facts.state(statement.chain) or PeriodState(closes=())
    close = PeriodClose(
        index=admission.index,
        at_s=parse_admission_at(admission.at),
        by=statement.by[0],
        size=body.size,
        root=body.root,
        json=body.json,
        xlsx=body.xlsx or "",
        pdf=body.pdf or "",
        adjusts=body.adjusts or (),
    )
    registers = {closed_key(direction_of(statement.chain)): month_of(statement.chain)}
    return Changes(state=replace(before, closes=(*before.closes, close)), registers=registers)


CLOSE = Kind(
    name="period.close/1",
    zh="月度结账",
    en="close of a month",
    body=PeriodCloseBody,
    chain_type="period",
    roles=("operator",),
    signers=operator,
    window=Window.MONTH,
    reads=_reads,
    reads_doc="The same direction's month before.",
    rules=(month_is_over, is_next_to_be_closed, size_holds_what_it_answers),
    evolve=_evolve,
    books=None,
    opens=True,
    again=True,
    roots=lambda statement: (Seen(statement.body.size, statement.body.root),),
    past=month_was_over,
    effect=(
        "固定该月、该方向对账单的账本规模和哈希；此后入账的行为由以后月份调整。有异议方可再次结账，下个月结账后不再重开。",
        "Fixes size and hashes of the statement of the month and direction; acts entered later adjust later months. Closed again only after a dispute, "
        "and never once the following month is closed.",
    ),
    texts=texts("""
PERIOD_MONTH | - | sender | kinds §9 [DESIGN]
该月尚未结束，或者在所写的规模上账本里尚未结束，或者所调整的月份不在其之前。 || 等该月结束、其后有新的一条入账以后再结账；adjusts 只写更早的月份。
The month is not over, or was not over in the log at that size, or a month that it adjusts does not lie before it. || Close it once it is over and an entry has come behind it; name earlier months alone in adjusts.

PERIOD_MONTH:NOT_OVER
{month} 尚未结束：现在是 {now}，{end} 零时起才能结账。 || 等到 {end}；定时任务（liandan month run）届时自动结账。
{month} is not over: it is {now}, and from {end} on it can be closed. || Wait until {end}; the job (liandan month run) closes it then by itself.

PERIOD_MONTH:EARLY
对账单按 {size} 条计算，其中最后一条入账于 {day}，{month} 当时在账本里尚未结束，其后该月的行为不会列在任何一份对账单里。 || 等 {begins} 以后有新的一条入账，按那时的规模重新计算，再结账（liandan month run）。
The statement is drawn at {size} entries, and the last of them was admitted on {day}: {month} was not over in the log then, and acts of it that came behind would stand in no statement. || Wait for an entry from {begins} on, draw the statement anew at a size that holds it, then close the month (liandan month run).

PERIOD_MONTH:ADJUSTS
{month} 的对账单不能调整 {adjusted}：只能调整更早的月份。 || 从 body.adjusts 去掉 {adjusted}。
The statement of {month} cannot adjust {adjusted}: only earlier months are adjusted. || Take {adjusted} out of body.adjusts.
"""),
)
