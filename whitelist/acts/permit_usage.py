"""``permit.usage/1``: what a receiver took outside this ledger in a month, so that its yearly scale is counted whole (R-20).

A later report replaces an earlier one and the difference moves Q3 of that month's year. Whoever states its own use may only raise it, and
not where its authority has spoken. Source: 危险废物经营许可证管理办法 Art. 12(4) [READ S3]; kinds §3 [DESIGN].
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads, Role
from ledger.fields import Mass, Month, Text, label
from ledger.mass import format_mass, parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, year_of, year_of_day
from signing.refusal import texts
from whitelist.permit import PermitState, Usage, authority_of_holder, hand, permit_act
from whitelist.quota import q3_account, q3_change, q3_key, q3_used_g
from whitelist.thresholds import thresholds_of

NO_USAGE = Usage(0, by_authority=False)


class PermitUsage(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Body of ``permit.usage/1``."""

    month: Annotated[Month, label("月份", "month")]
    received_t: Annotated[Mass, label("账本之外接收量（吨）", "received outside this ledger, t")]
    source: Annotated[Text, label("数据来源", "source")]


def _is_self_stated(statement: Statement) -> bool:
    """Whether the holder speaks, in its own name or by its own hand ``for`` another: then it lowers nothing (kinds §1.7, §3)."""
    return statement.owner in (hand(statement), statement.by[0])


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("holder", (statement.owner,)),) if _is_self_stated(statement) else authority_of_holder(statement, facts)


def _reads(statement: Statement, facts: Facts) -> Reads:
    state: PermitState | None = facts.state(statement.chain)
    return Reads() if state is None else Reads(accounts=(q3_account(state.root),), registers=(q3_key(state.root),))


def _difference_g(state: PermitState, body: PermitUsage) -> int:
    return parse_mass(body.received_t) - state.usage.get(body.month, NO_USAGE).grams


def month_may_be_stated(judged: Judged, out: Findings) -> None:
    """The month is over; the receiver neither lowers what stands nor speaks after its authority: USAGE_MONTH."""
    body, state = judged.statement.body, judged.state
    today = day_of(judged.moment.at_s)
    if body.month >= today[:7]:
        out.refuse("USAGE_MONTH", "body.month", body.month, f"< {today[:7]}", "NOT_OVER", month=body.month, now=today[:7])
    if not _is_self_stated(judged.statement):
        return
    out.tag("SELF_STATED")
    known = state.usage.get(body.month, NO_USAGE)
    if known.by_authority:
        out.refuse("USAGE_MONTH", "body.month", body.month, "", "AUTHORITY", month=body.month, known=tonnes(known.grams))
    elif _difference_g(state, body) < 0:
        own = {"month": body.month, "known": tonnes(known.grams), "this": body.received_t}
        out.refuse("USAGE_MONTH", "body.received_t", body.received_t, f"≥ {format_mass(known.grams)} t", "LOWER", **own)


def scale_is_counted(judged: Judged, out: Findings) -> None:
    """The difference moves Q3; ALERT M PERMIT_SCALE where the month's year is then above the scale (R-20), as far back as years are kept."""
    body, state = judged.statement.body, judged.state
    change = _difference_g(state, body)
    out.accounts = {q3_account(state.root): change}
    year, of_year = year_of(judged.moment.at_s), year_of_day(body.month)
    limits = thresholds_of(judged.facts)
    if limits is None or of_year < year - 1:
        return
    total_g = q3_used_g(judged.facts, state.root, year, of_year) + change
    if total_g * 1000 > state.scale_g * limits.scale_alert_permille:
        own = {"receiver": judged.statement.owner, "no": state.no, "year": str(of_year), "scale": tonnes(state.scale_g)}
        own["percent"] = f"{limits.scale_limit_permille / 10:g}"
        masses = {"used": tonnes(total_g - change), "this": tonnes(change), "total": tonnes(total_g)}
        out.alert("M", "PERMIT_SCALE", "ABOVE", **own, **masses)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PermitUsage = statement.body
    before: PermitState = facts.state(statement.chain)
    stated = Usage(parse_mass(body.received_t), by_authority=not _is_self_stated(statement))
    registers = q3_change(facts, before.root, admission, settled_g=((year_of_day(body.month), _difference_g(before, body)),))
    return Changes(state=replace(before, usage={**before.usage, body.month: stated}), registers=registers)


USAGE = permit_act(
    name="permit.usage/1",
    zh="登记账本之外的接收量",
    en="use outside the ledger",
    body=PermitUsage,
    roles=("authority of the holder's region, or the holder",),
    signers=_signed,
    reads=_reads,
    rules=(month_may_be_stated, scale_is_counted),
    evolve=_evolve,
    books="settled",
    effect=(
        "该月账本之外的接收量计入当年经营规模；后一次取代前一次。",
        "The month's tonnes outside this ledger count in the yearly scale; a later report replaces an earlier one.",
    ),
    texts=texts("""
USAGE_MONTH | R-20 | sender | 危险废物经营许可证管理办法 Art. 12(4) [READ S3]
该月不能这样填报：当月尚未结束，或接受人填报低于已填数，或主管部门已经填报。 || 月份结束后再填；接受人只能增加，减少或更正由主管部门填报。
The month cannot be stated so: it is not over, or the receiver states less than stands, or its authority has spoken. || Wait for the end of the month; only the authority lowers or corrects.

USAGE_MONTH:NOT_OVER
{month} 还没有结束（现在是 {now}）。 || 月份结束后再填报；月份填错的，改正 body.month。
{month} is not over (it is {now}). || State it after its end, or correct body.month.

USAGE_MONTH:AUTHORITY | destination_authority
{month} 已由主管部门填报（{known} 吨），接受人不能再填。 || 数据有误的，请主管部门更正。
The authority has stated {month} itself ({known} t). || If that is wrong, ask the authority to correct it.

USAGE_MONTH:LOWER | destination_authority
{month} 已填报 {known} 吨，本次填写 {this} 吨，比已填的少。 || 接受人只能增加；确需减少的，请主管部门填报。
{known} t were stated for {month}; {this} t are less. || The receiver may only state more; ask the authority to lower it.

SELF_STATED | - | nobody | kinds §3 [DESIGN]
接收量由接受人自行填报。 || 主管部门核实后可再行填报。
The receiver states its own use. || The authority may state what it has verified.
"""),
)
