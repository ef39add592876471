"""``list.amend/1`` (变更): rows are added, ended, or get another quota while the list is in force; by both sides' consent.

One side signs, the other confirms (``list.confirm``); until then the list is as it was. Rows are never renumbered: what is added goes on counting,
what is ended stays and says so. An ended row serves no new decision, and those given on it go on; a quota below what is committed is overdrawn, and
nothing new fits. Source: 2020 mechanism 4 [READ S6]; mid-year amendments in June and December, law §5 [DESIGN]; kinds §4, §15.
"""

from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Reads
from ledger.directory import log_state
from ledger.fields import Count, Day, Hash, MassAboveZero, Text, items, label
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import year_of_day
from whitelist import telling
from whitelist.acts.list_propose import ROWS_MAX
from whitelist.acts.list_rows import Row, as_listed, judge_permits, judge_twins, numbered
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.list_later import judge_rows_known, later_act, pending_of
from whitelist.list_life import RowEnd
from whitelist.list_pending import enter, standing_rows
from whitelist.listing import ListState, rows_hash


class EndedRow(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A row that is ended."""

    row: Annotated[Count, label("行号", "row, from 0")]
    on: Annotated[Day, label("终止日", "last day")]
    """The last day on which decisions are given on it; never a day on which the amendment is not yet in force."""
    reason: Annotated[Text, label("理由", "reason")]


class RowQuota(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A row that gets another quota."""

    row: Annotated[Count, label("行号", "row, from 0")]
    quota_t: Annotated[MassAboveZero, label("年度额度（吨）", "quota of the year, t")]


class ListAmend(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.amend/1``; one of ``add``, ``end``, ``quota`` at least."""

    effective_from: Annotated[Day, label("生效日", "effective from")]
    """In force from this day, or from the day on which it is confirmed where that is later."""
    add: Annotated[tuple[Row, ...], items(0, ROWS_MAX, "LIST_SIZE"), label("增加的行", "rows added")] = ()
    end: Annotated[tuple[EndedRow, ...], items(0, ROWS_MAX, "LIST_SIZE"), label("终止的行", "rows ended")] = ()
    quota: Annotated[tuple[RowQuota, ...], items(0, ROWS_MAX, "LIST_SIZE"), label("变更的额度", "other quotas")] = ()
    rows_hash: Annotated[Hash | None, label("增加各行的摘要", "digest of the rows added")] = None
    """:func:`whitelist.listing.rows_hash` of ``add``, where the letter names it."""


def _reads(statement: Statement, facts: Facts) -> Reads:
    return Reads(chains=tuple(dict.fromkeys(row.permit for row in statement.body.add)))


def amendment_is_whole(judged: Judged, out: Findings) -> None:
    """MISSING, WL_YEAR, LIST_SIZE, LIST_DIGEST; ROW_UNKNOWN, and ROW_TWICE for a row that is named twice."""
    body: ListAmend = judged.statement.body
    state: ListState = judged.state
    if not (body.add or body.end or body.quota):
        what = ("变更内容：增加、终止或者变更额度的行", "what is amended: rows added, ended, or with another quota")
        out.refuse("MISSING", "body", "", "add / end / quota", "WHAT", what=what, where="body.add, body.end, body.quota", how="")
    if year_of_day(body.effective_from) != state.year:
        own = {"day": body.effective_from, "year": str(state.year), "where": "body.effective_from"}
        out.refuse("WL_YEAR", "body.effective_from", body.effective_from, state.year, "PROPOSAL", what=("生效日", "The first day"), **own)
    if (count := len(state.rows) + len(body.add)) > ROWS_MAX:
        out.refuse("LIST_SIZE", "body.add", count, f"≤ {ROWS_MAX}", "AMENDED", count=str(count), most=str(ROWS_MAX))
    if body.rows_hash is not None:
        digest = rows_hash(row.listed(row.permit) for row in body.add)
        if body.rows_hash != digest:
            out.refuse("LIST_DIGEST", "body.rows_hash", body.rows_hash, digest, "ADDED", digest=digest, rows=str(len(body.add)))
    for name in ("end", "quota"):
        named = [(f"body.{name}.{position}.row", one.row) for position, one in enumerate(getattr(body, name))]
        judge_rows_known(judged, out, named)
        for position, (path, row) in enumerate(named):
            if any(row == other for _, other in named[:position]):
                out.refuse("ROW_TWICE", path, row, "", "NAMED", row=telling.nth(row), where=path)


def added_rows_hold(judged: Judged, out: Findings) -> None:
    """As of pages: PERMIT_UNKNOWN, PERMIT_HOLDER, ROW_PERMIT, ROW_TWICE; what is ended here is nobody's twin."""
    body: ListAmend = judged.statement.body
    state: ListState = judged.state
    rows = list(numbered(state, "body.add", body.add))
    judge_permits(judged, out, rows, max(body.effective_from, state.effective_from))
    judge_twins(out, standing_rows(state, {end.row for end in body.end}), rows)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListAmend = statement.body
    act = pending_of(
        statement,
        admission,
        effective_from=body.effective_from,
        add=as_listed(body.add, facts),
        end=tuple(RowEnd(end.row, end.on, end.reason) for end in body.end),
        quota=tuple((one.row, parse_mass(one.quota_t)) for one in body.quota),
    )
    return Changes(state=enter(log_state(facts), facts.state(statement.chain), act, admission))


AMEND = later_act(
    name="list.amend/1",
    zh="变更白名单",
    en="list amendment",
    body=ListAmend,
    reads=_reads,
    reads_doc="The permits of the rows that it adds.",
    rules=(letter_is_of_no_later_day, amendment_is_whole, added_rows_hold),
    evolve=_evolve,
    effect=(
        "待对方主管部门确认（list.confirm）后生效；同一方较新的变更取代尚未确认的。行号不变，增加的行接着编号；终止的行不再据以批准，已作出的批准继续有效。",
        "In force once the other side confirms (list.confirm); a newer one of the same side takes the place of one that waits. Rows keep their "
        "numbers, added ones go on counting; an ended row serves no new decision, those given on it go on.",
    ),
)
