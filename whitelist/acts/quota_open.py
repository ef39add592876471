"""``quota.open/1`` (期初用量): what was used of a quota before this log was, so that no account begins at zero by its own silence.

It stands on the chain whose quota it opens: of a list (a row's Q1), of an approval (a decision line's Q2), of a permit (the Q3 of its line of
renewals, for the year of ``as_of_on``). It says what no statement of this log holds, once for each account, by the hands of two authorities:
nobody alone gives or takes quota. A figure of the past is a fact: beyond the limit it is admitted, alerted, and nothing new fits. What was
mistaken is mended where each account is mended: a list by its amendment, a permit by ``permit.usage``, a decision by another one. Source: kinds §9, §1.6, §14; once and by two hands [DESIGN].
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.dates import judge_not_to_come
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Count, Day, Files, Mass, Text, label
from ledger.mass import parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, year_of, year_of_day
from signing.phrase import Phrase
from signing.refusal import texts
from whitelist.approval import ApprovalState, authority_of_destination, authority_of_origin
from whitelist.balance import balance_accounts, balance_registers, limit_of, row_balance
from whitelist.listing import EVERYWHERE, ListState
from whitelist.permit import PermitState, authority_of_holder, hand
from whitelist.quota import opened_key, q1_account, q2_account, q3_account, q3_change, q3_used_g
from whitelist.thresholds import thresholds_of


class QuotaOpen(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``quota.open/1``."""

    item: Annotated[Count | None, label("行号", "row or line, from 0")] = None
    """Row of the list, line of the decision; a permit has none."""
    used_t: Annotated[Mass, label("期初已用量（吨）", "used before, t")]
    as_of_on: Annotated[Day, label("截止日期", "as of")]
    source: Annotated[Text, label("数据来源", "source")]
    files: Files = ()


def _account(statement: Statement, state: Any) -> str | None:
    """The account that a statement opens; ``None`` where it names an item that cannot have one by its form."""
    item: int | None = statement.body.item
    if isinstance(state, PermitState):
        return q3_account(state.root) if item is None else None
    if item is None:
        return None
    return q1_account(statement.chain, item) if isinstance(state, ListState) else q2_account(statement.chain, item)


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    state = facts.state(statement.chain)
    if isinstance(state, ApprovalState):
        return (*authority_of_origin(statement, facts), *authority_of_destination(statement, facts))
    everybody = tuple(authority.uscc for authority in log_state(facts).authorities)
    if isinstance(state, PermitState):
        others = tuple(uscc for uscc in everybody if uscc != hand(statement))
        return (*authority_of_holder(statement, facts), Role("another authority", others))
    return _sides(state, facts, everybody)


def _sides(state: ListState, facts: Facts, everybody: tuple[str, ...]) -> tuple[Role, Role]:
    """Both sides of a list, never one hand for two. A province without an authority here, or "every other" (00): another one (kinds §1.7)."""
    log = log_state(facts)
    there = authorities_of_division(log, state.to_province)
    here = tuple(uscc for uscc in everybody if uscc not in there)
    if state.from_province == EVERYWHERE:
        first = Role("another authority", here)
    elif own := tuple(uscc for uscc in authorities_of_division(log, state.from_province) if uscc in here):
        first = Role(f"authority of {state.from_province}", own)
    else:
        first = Role(f"authority of {state.from_province}", here, foreign=True)
    if there:
        return first, Role(f"authority of {state.to_province}", there)
    return first, Role(f"authority of {state.to_province}", tuple(uscc for uscc in everybody if uscc not in first.holders), foreign=True)


def _reads(statement: Statement, facts: Facts) -> Reads:
    state = facts.state(statement.chain)
    account = None if state is None else _account(statement, state)
    if account is None:
        return Reads()
    own = balance_registers(account)
    accounts = (account,) if facts.missing(own) else tuple(balance_accounts(facts, account))  # of a row also its decisions' lines
    return Reads(accounts=accounts, registers=(opened_key(account), *own))


def account_is_there(judged: Judged, out: Findings) -> None:
    """Which account is opened: an item where there are several, that exists; not opened before; the day is not to come."""
    body, state, chain = judged.statement.body, judged.state, judged.statement.chain
    judge_not_to_come(out, "body.as_of_on", ("截止日期", "the day of the figure"), body.as_of_on, day_of(judged.moment.at_s))
    account = _account(judged.statement, state)
    if account is None:
        if isinstance(state, PermitState):
            out.refuse("FIELD_TYPE", "body.item", body.item, Phrase("许可证只有一个账户，不填", "absent: a permit has one account"))
        else:
            what = ("名单的行号，或者批准决定的行号", "the row of the list, or the line of the decision")
            out.refuse("MISSING", "body.item", "", "", "WHAT", what=what, where="body.item", how="")
        return
    if isinstance(state, ListState):
        if state.row(body.item) is None:
            last = str(len(state.rows) - 1)
            out.refuse("ROW_UNKNOWN", "body.item", body.item, f"0 … {last}", "ROWS", row=str(body.item), list=chain, last=last)
        elif state.kind == "pilot":
            out.refuse("ROW_UNKNOWN", "body.item", body.item, "", "PILOT", list=chain)
    elif isinstance(state, ApprovalState):
        granted = [str(number) for number, line in enumerate(state.lines) if line.mass_g > 0]
        if str(body.item) not in granted:
            own = {"line": str(body.item), "lines": "、".join(granted) or "-"}
            out.refuse("APPROVAL_LINE", "body.item", body.item, " / ".join(granted), "OPENED", **own)
    known: int | None = judged.facts.get(opened_key(account))
    if known is not None:
        out.refuse("QUOTA_OPENED", "body.item", known, "", "BEFORE", index=str(known), account=account)


def use_is_added(judged: Judged, out: Findings) -> None:
    """The grams are added; ALERT H QUOTA_OVERDRAWN beyond the limit, of a yearly scale M PERMIT_SCALE beyond its alert (R-20)."""
    body, state = judged.statement.body, judged.state
    account = _account(judged.statement, state)
    if account is None or out.reasons:
        return
    grams = parse_mass(body.used_t)
    out.accounts = {account: grams}
    if isinstance(state, PermitState):
        _judge_scale(judged, out, state, grams)
    elif isinstance(state, ListState):  # what was consented to for one application alone is nobody else's (kinds §15, R-36)
        if row_balance(judged.facts, account, state, body.item, day_of(judged.moment.at_s)).left_g < grams:
            out.alert("H", "QUOTA_OVERDRAWN")
    elif judged.facts.used_g(account) + grams > limit_of(state, body.item, day_of(judged.moment.at_s)).all_g:
        out.alert("H", "QUOTA_OVERDRAWN")


def _judge_scale(judged: Judged, out: Findings, state: PermitState, grams: int) -> None:
    """As far back as years are kept, which is the year before."""
    year, of_year = year_of(judged.moment.at_s), year_of_day(judged.statement.body.as_of_on)
    limits = thresholds_of(judged.facts)
    if limits is None or of_year < year - 1:
        return
    before_g = q3_used_g(judged.facts, state.root, year, of_year)
    total_g = before_g + grams
    if total_g * 1000 > state.scale_g * limits.scale_limit_permille:
        out.alert("H", "QUOTA_OVERDRAWN")
    if total_g * 1000 > state.scale_g * limits.scale_alert_permille:
        own = {"receiver": judged.statement.owner, "no": state.no, "year": str(of_year), "scale": tonnes(state.scale_g)}
        own["percent"] = f"{limits.scale_limit_permille / 10:g}"
        out.alert("M", "PERMIT_SCALE", "ABOVE", **own, used=tonnes(before_g), this=tonnes(grams), total=tonnes(total_g))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state = facts.state(statement.chain)
    account = _account(statement, state)
    assert account is not None, "what opens no account is not admitted"
    registers: Mapping[str, Any] = {opened_key(account): admission.index}
    if isinstance(state, PermitState):
        settled = ((year_of_day(statement.body.as_of_on), parse_mass(statement.body.used_t)),)
        registers = {**registers, **q3_change(facts, state.root, admission, settled_g=settled)}
    return Changes(state=state, registers=registers)


OPEN = Kind(
    name="quota.open/1",
    zh="登记期初用量",
    en="opening balance of a quota",
    body=QuotaOpen,
    chain_type="list",
    also_on=("approval", "permit"),
    roles=("from-authority, origin's or holder's authority", "to-authority, destination's or another authority"),
    signers=_signed,
    window=Window.MONTH,
    reads=_reads,
    reads_doc="Nothing beside log/main; the account that it opens.",
    rules=(account_is_there, use_is_added),
    evolve=_evolve,
    books="outside",
    effect=(
        "账本启用之前已用的数量计入额度账户，每个账户一次；许可规模的计入截止日期所在年度。",
        "What was used before this log counts on the account, once for each; of a yearly scale in the year of as_of_on.",
    ),
    texts=texts("""
QUOTA_OVERDRAWN | R-33 | both_authorities | Order 23 Art. 28(1) [READ]; design §7 [DESIGN]
按接受量结算或者登记期初用量后，额度已超出批准数量、名单额度或者经营规模上限。 || 不影响入账，主管部门会看到。停止在该额度下新开联单，重新申请或等待额度恢复。
Settled by the accepted mass, or opened with what was used before, an account is beyond its limit. || It is entered all the same, and the authorities see it. Issue nothing more on this account; apply anew or wait for quota.

QUOTA_OPENED | - | sender | kinds §9 [DESIGN]
该额度账户的期初用量已经登记，不能再次登记。 || 期初用量只登记一次。数字有误的：名单行由双方修改该行额度（list.amend）；许可规模少计的，由主管部门填报账外接收量（permit.usage）补足；批准决定由作出决定的机关另行决定。
The account has its opening balance already. || It is stated once. Where it is wrong, both sides amend the row's quota (list.amend); what a yearly scale lacks the authority states by permit.usage; a decision is followed by another one.

QUOTA_OPENED:BEFORE
账户 {account} 的期初用量已在第 {index} 条登记，不能再次登记。 || 查看第 {index} 条。数字有误的：名单行由双方修改该行额度（list.amend）；许可规模少计的，由主管部门填报账外接收量（permit.usage）补足；批准决定由作出决定的机关另行决定。
The opening balance of {account} was stated in entry {index}. || Look at entry {index}. Where it is wrong, both sides amend the row's quota (list.amend); what a yearly scale lacks the authority states by permit.usage; a decision is followed by another one.
"""),
)
