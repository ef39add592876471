"""``list.propose/1`` and ``list.countersign/1``: the letters by which a list is announced, and put in force once its rows are there.

A proposal names year and direction, days, how many rows and pages follow, what a suspension will stop; the countersignature is over the
digest of exactly the rows that are there, all of them. A mutual list is proposed by the sending side and countersigned by the receiving one;
a unilateral list is the receiving side's word alone; a pilot list (国家试点) is proposed by any authority. Nothing on a list counts before it
is in force. Source: 2020 mechanism 1, 2 [READ S6]: lists are proposed each December, put in force by letters of both sides; formats §3, kinds §4.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Role
from ledger.answers import filled
from ledger.dates import judge_after
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Day, Hash, label, with_code
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import year_of_day
from signing.refusal import texts
from whitelist import telling
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.list_sides import countersigners
from whitelist.listing import EVERYWHERE, Conditions, ListKind, ListState, SuspensionStops, list_act, rows_hash

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


def _name(statement: Statement) -> tuple[int, str, str]:
    """What the name of a list says: year, and provinces from and to."""
    year, from_province, to_province, _ = statement.chain.removeprefix("list/").split("-")
    return int(year), from_province, to_province


def signed_by_proposer(statement: Statement, facts: Facts) -> Sequence[Role]:
    """A list binds authorities of the log: no stand-in for a province that has none. Pages come from the side, of a pilot list from the authority,
    that proposed it.
    """
    log, state = log_state(facts), facts.state(statement.chain)
    kind = statement.body.kind if state is None else state.kind
    if kind == "pilot":
        all_of_them = tuple(authority.uscc for authority in log.authorities)
        return (Role("authority", all_of_them) if state is None else Role("proposer", (state.proposer,)),)
    _, from_province, to_province = _name(statement)
    province = to_province if kind == "unilateral" else from_province
    return (Role(f"authority of {province}", authorities_of_division(log, province)),)


def direction_is_one(judged: Judged, out: Findings) -> None:
    """From one province to another; 00, every other province, is no side that could agree: WL_DIRECTION for mutual lists."""
    _, from_province, to_province = _name(judged.statement)
    if from_province == to_province:
        out.refuse("SAME_PROVINCE", "chain", judged.statement.chain, "", "LIST", list=judged.statement.chain)
    if from_province == EVERYWHERE and judged.statement.body.kind == "mutual":
        out.refuse("WL_DIRECTION", "chain", judged.statement.chain, "unilateral / pilot", "MUTUAL", list=judged.statement.chain)


def announcement_is_in_order(judged: Judged, out: Findings) -> None:
    """The days are the year's, in their order; no page is empty."""
    body: ListPropose = judged.statement.body
    year, _, _ = _name(judged.statement)
    judge_after(out, "body.effective_to", ("失效日", "the last day"), body.effective_to, body.effective_from)
    first, last = ("生效日", "The first day"), ("失效日", "The last day")
    for field, what, day in (("effective_from", first, body.effective_from), ("effective_to", last, body.effective_to)):
        if year_of_day(day) != year:
            out.refuse("WL_YEAR", f"body.{field}", day, year, "PROPOSAL", what=what, day=day, year=str(year), where=f"body.{field}")
    if body.pages > body.rows:
        out.refuse("LIST_SIZE", "body.pages", body.pages, f"≤ {body.rows}", "PAGES", pages=str(body.pages), rows=str(body.rows))


def _evolve_propose(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListPropose = statement.body
    year, from_province, to_province = _name(statement)
    own = {"year": year, "from_province": from_province, "to_province": to_province, "proposer": statement.by[0], "rows": (), "pages": 0}
    return Changes(state=filled(ListState, body, **own, rows_announced=body.rows, pages_announced=body.pages))


PROPOSE = list_act(
    name="list.propose/1",
    zh="提出白名单",
    en="list proposal",
    body=ListPropose,
    roles=("from-authority (unilateral: to-authority; pilot: any authority)",),
    signers=signed_by_proposer,
    rules=(direction_is_one, letter_is_of_no_later_day, announcement_is_in_order),
    evolve=_evolve_propose,
    effect=("宣布名单的年度、方向、行数和页数。", "Announces year, direction, rows and pages of a list."),
    opens=True,
)


class ListCountersign(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.countersign/1``; ``prev`` pins the terms of the list."""

    rows_hash: Annotated[Hash, label("各行摘要", "digest of the rows")]  # :func:`whitelist.listing.rows_hash` of all rows.


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("countersigning authority", countersigners(log_state(facts), facts.state(statement.chain))),)


def _is_proposed(judged: Judged, out: Findings) -> None:
    """A gate: the list is not in force yet, else LIST_STAGE alone."""
    if judged.state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", judged.state.status, "PROPOSED", "IN_FORCE", status=telling.word(judged.state.status))


def rows_are_these(judged: Judged, out: Findings) -> None:
    """All announced rows are there, and the digest is theirs."""
    state: ListState = judged.state
    if not state.is_complete:
        own = {"rows": str(len(state.rows)), "pages": str(state.pages)}
        own |= {"rows_announced": str(state.rows_announced), "pages_announced": str(state.pages_announced)}
        found, expected = f"{len(state.rows)} / {state.pages}", f"{state.rows_announced} / {state.pages_announced}"
        out.refuse("LIST_INCOMPLETE", "kind", found, expected, "MISSING", **own)
        return
    digest = rows_hash(state.rows)
    if judged.statement.body.rows_hash != digest:
        out.refuse(
            "LIST_DIGEST", "body.rows_hash", judged.statement.body.rows_hash, digest, "OTHER", digest=digest, rows=str(len(state.rows))
        )


def _evolve_countersign(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return Changes(state=replace(facts.state(statement.chain), status="ACTIVE"))


COUNTERSIGN = list_act(
    name="list.countersign/1",
    zh="联署白名单",
    en="list countersignature",
    body=ListCountersign,
    roles=("to-authority (pilot that it proposed: another authority)",),
    signers=_signed,
    gate=_is_proposed,
    rules=(letter_is_of_no_later_day, rows_are_these),
    evolve=_evolve_countersign,
    effect=("名单生效。", "The list is in force."),
    texts=texts("""
LIST_INCOMPLETE | - | both_authorities | formats §3 [DESIGN]
白名单尚未全部提交，不能联署。 || 由提出方提交全部白名单页后再联署。
The list is not complete yet. || The proposing side submits all pages first.

LIST_INCOMPLETE:MISSING
名单声明 {rows_announced} 行、{pages_announced} 页，账本中只有 {rows} 行、{pages} 页，不能联署。 || 请提出方提交其余各页（list.rows）后再联署。
{rows_announced} rows on {pages_announced} pages were announced; the log has {rows} on {pages}. || Let the proposing side submit the rest (list.rows) and countersign then.

LIST_DIGEST | - | both_authorities | formats §3 [DESIGN]
联署的摘要与白名单各行不一致。 || 按账本中的全部白名单行重新计算摘要，确认内容后再签署。
The countersigned digest is not that of the rows. || Compute it over all rows of the log, check them, then sign.

LIST_DIGEST:OTHER
联署的摘要与账本中的 {rows} 行不一致；账本各行的摘要是 {digest}。 || 逐行核对账本中的名单与函件：一致的，body.rows_hash 填 {digest}；不一致的，不要联署，请提出方另提名单。
The digest is not that of the {rows} rows of the log, which is {digest}. || Compare the rows with the letter: if they agree, put {digest} into body.rows_hash; if not, do not sign, and let the other side propose another list.

LIST_DIGEST:ADDED
填写的摘要与增加的 {rows} 行不一致；这些行的摘要是 {digest}。 || 逐行核对增加的行与函件：一致的，body.rows_hash 填 {digest} 或者不填；不一致的，改正 body.add。
The digest is not that of the {rows} rows added, which is {digest}. || Compare the rows with the letter: if they agree, put {digest} into body.rows_hash or leave it out; if not, correct body.add.
"""),
)
