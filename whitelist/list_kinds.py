"""Kinds on ``list/<YYYY>-<from>-<to>-<name>``: one side proposes a list in pages, the other countersigns exactly those rows.

Nothing on a list counts before the countersignature. Source: 2020 mechanism 1, 2 [READ S6]: quantities per receiver and category for the
year, proposed each December and put in force by letters of both sides; formats §3.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, DecideFn, EvolveFn, Kind, Window, no_reads
from ledger.days import judge_not_after, judge_span
from ledger.directory import authorities_of_division, log_state
from ledger.findings import Admitted, Findings, Refused
from ledger.mass import read_mass
from ledger.model import Admission, Moment, Statement
from ledger.times import day_of
from signing.uscc import check_uscc
from whitelist.chains import ListName, is_permit_of, read_list_name
from whitelist.listing import ListKind, ListRow, ListState, SuspensionStops, rows_hash
from whitelist.rules.quantity import judge_mass
from whitelist.scope import Scope, judge_methods, judge_scope_form
from whitelist.signers import signed_by

ROWS_MAX = 2000


class ListPropose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.propose/1``. ``rows`` and ``pages`` announce how much follows; days ``YYYY-MM-DD`` within the list's year.

    ``suspension_stops`` says what a later suspension of a listing stops beside new decisions: ``issue`` (default) new issues under
    decisions given on it as well, ``decide`` nothing else.
    """

    letter_no: str
    letter_date: str
    effective_from: str
    effective_to: str
    kind: ListKind = "mutual"
    suspension_stops: SuspensionStops = "issue"
    rows: int
    pages: int


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One listing on the wire; ``permit`` is the chain of the receiver's permit, ``quota_t`` the year's tonnes."""

    receiver: str
    permit: str
    waste: Scope
    methods: tuple[str, ...]
    quota_t: str


class ListRows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``list.rows/1``: one page, numbered from 0; rows count on across pages. A page is what fits a body of 24 KiB."""

    page: int
    rows: tuple[Row, ...]


class ListCountersign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``list.countersign/1``: ``rows_hash`` is :func:`whitelist.listing.rows_hash` of all rows; ``prev`` pins the terms."""

    rows_hash: str
    letter_no: str
    letter_date: str


def _name(statement: Statement) -> ListName:
    name = read_list_name(statement.chain)
    assert name is not None, "admission checked the chain name"
    return name


def _state(statement: Statement, facts: Facts) -> ListState | None:
    state: ListState | None = facts.state(statement.chain)
    return state


def _signed(out: Findings, statement: Statement, facts: Facts, province: str) -> None:
    """A list binds two authorities of the log: no stand-in for a province that has none."""
    signed_by(out, statement, f"authority of {province}", authorities_of_division(log_state(facts), province))


def _judge_letter(out: Findings, letter_no: str, letter_date: str, today: str) -> None:
    if not letter_no.strip():
        out.refuse("MISSING", "body.letter_no", "", "函号 / letter number")
    judge_not_after(out, "body.letter_date", letter_date, today)


def decide_propose(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The from-authority announces a list for a year and a direction between two provinces."""
    body: ListPropose = statement.body
    name = _name(statement)
    out = Findings()
    _signed(out, statement, facts, name.from_province)
    if _state(statement, facts) is not None:
        out.refuse("CHAIN_NOT_OPEN", "seq", statement.seq, "0")
    if name.from_province == name.to_province:
        out.refuse("SAME_PROVINCE", "chain", statement.chain, "two provinces")
    _judge_letter(out, body.letter_no, body.letter_date, day_of(moment.at_s))
    if judge_span(out, "body.effective", body.effective_from, body.effective_to):
        for field, day in (("effective_from", body.effective_from), ("effective_to", body.effective_to)):
            if int(day[:4]) != name.year:
                out.refuse("WL_YEAR", f"body.{field}", day, name.year)
    if not 1 <= body.pages <= body.rows <= ROWS_MAX:
        out.refuse("LIST_SIZE", "body.rows", f"{body.rows} rows, {body.pages} pages", f"1 ≤ pages ≤ rows ≤ {ROWS_MAX}")
    return out.answer()


def evolve_propose(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """A list without rows yet."""
    body: ListPropose = statement.body
    name = _name(statement)
    state = ListState(
        year=name.year,
        from_province=name.from_province,
        to_province=name.to_province,
        kind=body.kind,
        suspension_stops=body.suspension_stops,
        letter_no=body.letter_no,
        letter_date=body.letter_date,
        effective_from=body.effective_from,
        effective_to=body.effective_to,
        rows_announced=body.rows,
        pages_announced=body.pages,
    )
    return Changes(state=state)


def decide_rows(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Pages come in order and hold no more rows than announced; every row is well-formed by itself."""
    body: ListRows = statement.body
    out = Findings()
    _signed(out, statement, facts, _name(statement).from_province)
    state = _state(statement, facts)
    if state is None or state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", "" if state is None else state.status, "PROPOSED")
    elif body.page != state.pages or body.page >= state.pages_announced:
        out.refuse("LIST_PAGE", "body.page", body.page, f"{state.pages} of 0 … {state.pages_announced - 1}")
    elif len(state.rows) + len(body.rows) > state.rows_announced:
        out.refuse("LIST_SIZE", "body.rows", len(state.rows) + len(body.rows), f"≤ {state.rows_announced}")
    if not body.rows:
        out.refuse("LIST_SIZE", "body.rows", 0, "≥ 1")
    for position, row in enumerate(body.rows):
        _judge_row(out, f"body.rows.{position}", row)
    return out.answer()


def _judge_row(out: Findings, path: str, row: Row) -> None:
    if not check_uscc(row.receiver):
        out.refuse("USCC", f"{path}.receiver", row.receiver, "18 characters, GB 32100 check character")
    if not is_permit_of(row.permit, row.receiver):
        out.refuse("PERMIT_HOLDER", f"{path}.permit", row.permit, f"permit/{row.receiver}/<ULID>")
    judge_scope_form(out, f"{path}.waste", row.waste)
    judge_methods(out, f"{path}.methods", row.methods)
    judge_mass(out, f"{path}.quota_t", row.quota_t)


def evolve_rows(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The list with one page more."""
    body: ListRows = statement.body
    state: ListState = facts.state(statement.chain)
    added = tuple(
        ListRow(receiver=row.receiver, permit=row.permit, waste=row.waste, methods=row.methods, quota_g=read_mass(row.quota_t) or 0)
        for row in body.rows
    )
    return Changes(state=replace(state, pages=state.pages + 1, rows=(*state.rows, *added)))


def decide_countersign(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The to-authority signs the digest of exactly the rows that are there, all of them; from here on the list is in force."""
    body: ListCountersign = statement.body
    out = Findings()
    _signed(out, statement, facts, _name(statement).to_province)
    if not out.reasons and statement.by[0] in authorities_of_division(log_state(facts), _name(statement).from_province):
        out.refuse("SIGNER_ROLE", "by.0", statement.by[0], "another authority than that of the from-side")
    _judge_letter(out, body.letter_no, body.letter_date, day_of(moment.at_s))
    state = _state(statement, facts)
    if state is None or state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", "" if state is None else state.status, "PROPOSED")
        return out.answer()
    if not state.is_complete:
        found = f"{len(state.rows)} rows on {state.pages} pages"
        out.refuse("LIST_INCOMPLETE", "kind", found, f"{state.rows_announced} rows on {state.pages_announced} pages")
    digest = rows_hash(state.rows)
    if body.rows_hash != digest:
        out.refuse("LIST_DIGEST", "body.rows_hash", body.rows_hash, digest)
    return out.answer()


def evolve_countersign(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The list in force."""
    return Changes(state=replace(facts.state(statement.chain), status="ACTIVE"))


def _kind(name: str, body: type, role: str, decide: DecideFn, evolve: EvolveFn, *, opens: bool = False) -> Kind:
    return Kind(
        name=name,
        body=body,
        chain_type="list",
        roles=(role,),
        window=Window.MONTH,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide,
        evolve=evolve,
        opens=opens,
    )


LIST_KINDS = (
    _kind("list.propose/1", ListPropose, "from-authority", decide_propose, evolve_propose, opens=True),
    _kind("list.rows/1", ListRows, "from-authority", decide_rows, evolve_rows),
    _kind("list.countersign/1", ListCountersign, "to-authority", decide_countersign, evolve_countersign),
)
