"""``list.propose/1``: a list is announced: its year and direction, its days, how many rows and pages follow, what a suspension will stop.

A mutual list is proposed by the sending side and countersigned by the receiving one; a unilateral list is the receiving side's word alone;
a pilot list (国家试点) is proposed by any authority. Nothing on a list counts before it is in force. Source: 2020 mechanism 1, 2 [READ S6]:
lists are proposed each December and put in force by letters of both sides; formats §3, kinds §4.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Role, Window
from ledger.answers import filled
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Day, label, with_code
from ledger.findings import Findings
from ledger.model import Admission, Statement
from ledger.times import year_of_day
from whitelist.fields import Conditions, Letter, letter_is_of_no_later_day
from whitelist.listing import EVERYWHERE, ListKind, ListState, SuspensionStops

ROWS_MAX = 2000
Size = Annotated[int, Meta(ge=1, le=ROWS_MAX), with_code("LIST_SIZE")]


class ListPropose(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.propose/1``. Days lie within the list's year."""

    effective_from: Annotated[Day, label("生效日", "effective from")]
    effective_to: Annotated[Day, label("失效日", "effective to")]
    kind: ListKind
    suspension_stops: SuspensionStops
    rows: Annotated[Size, label("行数", "rows")]
    pages: Annotated[Size, label("页数", "pages")]
    conditions: Annotated[Conditions | None, label("条件", "conditions")] = None


class ListName(NamedTuple):
    """What the name of a list says."""

    year: int
    from_province: str
    to_province: str


def _name(statement: Statement) -> ListName:
    year, from_province, to_province, _ = statement.chain.removeprefix("list/").split("-")
    return ListName(int(year), from_province, to_province)


def signed_by_proposer(statement: Statement, facts: Facts) -> Sequence[Role]:
    """A list binds authorities of the log: no stand-in for a province that has none. Pages come from the side, of a pilot list from the authority,
    that proposed it.
    """
    log, state = log_state(facts), facts.state(statement.chain)
    kind = statement.body.kind if state is None else state.kind
    if kind == "pilot":
        all_of_them = tuple(authority.uscc for authority in log.authorities)
        return (Role("authority", all_of_them) if state is None else Role("proposer", (state.proposer,)),)
    name = _name(statement)
    province = name.to_province if kind == "unilateral" else name.from_province
    return (Role(f"authority of {province}", authorities_of_division(log, province)),)


def countersigners(facts: Facts, state: ListState) -> tuple[str, ...]:
    """Who may countersign: the receiving side, never the hand that proposed; nobody where the list is one side's word.

    A pilot list that the receiving side proposed is countersigned by another authority, and by none where the log has no other.
    """
    log = log_state(facts)
    if state.kind == "unilateral":
        return ()
    receiving = authorities_of_division(log, state.to_province)
    if state.kind == "mutual":
        sending = authorities_of_division(log, state.from_province)
        return tuple(uscc for uscc in receiving if uscc not in sending)
    candidates = receiving if state.proposer not in receiving else tuple(authority.uscc for authority in log.authorities)
    return tuple(uscc for uscc in candidates if uscc != state.proposer)


def direction_is_one(judged: Judged, out: Findings) -> None:
    """From one province to another; 00, every other province, is no side that could agree: WL_DIRECTION for mutual lists."""
    name = _name(judged.statement)
    if name.from_province == name.to_province:
        out.refuse("SAME_PROVINCE", "chain", judged.statement.chain, "two provinces")
    if name.from_province == EVERYWHERE and judged.statement.body.kind == "mutual":
        out.refuse("WL_DIRECTION", "chain", judged.statement.chain, "unilateral / pilot")


def announcement_is_in_order(judged: Judged, out: Findings) -> None:
    """The days are the year's, in their order; no page is empty."""
    body: ListPropose = judged.statement.body
    name = _name(judged.statement)
    if body.effective_to < body.effective_from:
        out.refuse("DATE_ORDER", "body.effective_to", body.effective_to, f"≥ {body.effective_from}")
    for field, day in (("effective_from", body.effective_from), ("effective_to", body.effective_to)):
        if year_of_day(day) != name.year:
            out.refuse("WL_YEAR", f"body.{field}", day, name.year)
    if body.pages > body.rows:
        out.refuse("LIST_SIZE", "body.pages", body.pages, f"≤ {body.rows}")


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListPropose = statement.body
    name = _name(statement)
    own = {"proposer": statement.by[0], "rows_announced": body.rows, "pages_announced": body.pages, "rows": (), "pages": 0}
    return Changes(state=filled(ListState, body, **name._asdict(), **own))


PROPOSE = Kind(
    name="list.propose/1",
    zh="提出白名单",
    en="list proposal",
    body=ListPropose,
    chain_type="list",
    roles=("from-authority (unilateral: to-authority; pilot: any authority)",),
    signers=signed_by_proposer,
    window=Window.MONTH,
    rules=(direction_is_one, letter_is_of_no_later_day, announcement_is_in_order),
    evolve=_evolve,
    books=None,
    effect=("宣布名单的年度、方向、行数和页数。", "Announces year, direction, rows and pages of a list."),
    opens=True,
)
