"""Kinds on ``list/<YYYY>-<from>-<to>-<name>``: one side proposes a list in pages, the other countersigns exactly those rows.

Nothing on a list counts before the countersignature. Source: 2020 mechanism 1, 2 [READ S6]: quantities per receiver and category for the
year, proposed each December and put in force by letters of both sides; formats §3.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Role, Window, no_reads
from ledger.days import judge_not_after, judge_span
from ledger.directory import authorities_of_division, log_state
from ledger.findings import Findings
from ledger.mass import read_mass
from ledger.model import Admission, Statement
from ledger.times import day_of
from signing.refusal import texts
from signing.uscc import check_uscc
from whitelist.chains import ListName, is_permit_of, opens_once, read_list_name
from whitelist.listing import ListKind, ListRow, ListState, SuspensionStops, rows_hash
from whitelist.rules.quantity import judge_mass
from whitelist.scope import Scope, judge_methods, judge_scope_form

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


def _from_authority(statement: Statement, facts: Facts) -> Sequence[Role]:
    """A list binds two authorities of the log: no stand-in for a province that has none."""
    return _authority(facts, _name(statement).from_province)


def _to_authority(statement: Statement, facts: Facts) -> Sequence[Role]:
    return _authority(facts, _name(statement).to_province)


def _authority(facts: Facts, province: str) -> Sequence[Role]:
    return (Role(f"authority of {province}", authorities_of_division(log_state(facts), province)),)


def _judge_letter(judged: Judged, out: Findings) -> None:
    body = judged.statement.body
    if not body.letter_no.strip():
        out.refuse("MISSING", "body.letter_no", "", "函号 / letter number")
    judge_not_after(out, "body.letter_date", body.letter_date, day_of(judged.moment.at_s))


def _judge_direction(judged: Judged, out: Findings) -> None:
    name = _name(judged.statement)
    if name.from_province == name.to_province:
        out.refuse("SAME_PROVINCE", "chain", judged.statement.chain, "two provinces")


def _judge_announcement(judged: Judged, out: Findings) -> None:
    """Its days lie in its year; rows and pages are of a size that can follow."""
    body: ListPropose = judged.statement.body
    name = _name(judged.statement)
    if judge_span(out, "body.effective", body.effective_from, body.effective_to):
        for field, day in (("effective_from", body.effective_from), ("effective_to", body.effective_to)):
            if int(day[:4]) != name.year:
                out.refuse("WL_YEAR", f"body.{field}", day, name.year)
    if not 1 <= body.pages <= body.rows <= ROWS_MAX:
        out.refuse("LIST_SIZE", "body.rows", f"{body.rows} rows, {body.pages} pages", f"1 ≤ pages ≤ rows ≤ {ROWS_MAX}")


def _evolve_propose(statement: Statement, admission: Admission, facts: Facts) -> Changes:
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


def _judge_page(judged: Judged, out: Findings) -> None:
    """Pages come in order and hold no more rows than announced."""
    body: ListRows = judged.statement.body
    state: ListState | None = judged.state
    if state is None or state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", "" if state is None else state.status, "PROPOSED")
    elif body.page != state.pages or body.page >= state.pages_announced:
        out.refuse("LIST_PAGE", "body.page", body.page, f"{state.pages} of 0 … {state.pages_announced - 1}")
    elif len(state.rows) + len(body.rows) > state.rows_announced:
        out.refuse("LIST_SIZE", "body.rows", len(state.rows) + len(body.rows), f"≤ {state.rows_announced}")
    if not body.rows:
        out.refuse("LIST_SIZE", "body.rows", 0, "≥ 1")


def _judge_rows(judged: Judged, out: Findings) -> None:
    """Every row is well-formed by itself."""
    for position, row in enumerate(judged.statement.body.rows):
        _judge_row(out, f"body.rows.{position}", row)


def _judge_row(out: Findings, path: str, row: Row) -> None:
    if not check_uscc(row.receiver):
        out.refuse("USCC", f"{path}.receiver", row.receiver, "18 characters, GB 32100 check character")
    if not is_permit_of(row.permit, row.receiver):
        out.refuse("PERMIT_HOLDER", f"{path}.permit", row.permit, f"permit/{row.receiver}/<ULID>")
    judge_scope_form(out, f"{path}.waste", row.waste)
    judge_methods(out, f"{path}.methods", row.methods)
    judge_mass(out, f"{path}.quota_t", row.quota_t)


def _evolve_rows(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ListRows = statement.body
    state: ListState = facts.state(statement.chain)
    added = tuple(
        ListRow(receiver=row.receiver, permit=row.permit, waste=row.waste, methods=row.methods, quota_g=read_mass(row.quota_t) or 0)
        for row in body.rows
    )
    return Changes(state=replace(state, pages=state.pages + 1, rows=(*state.rows, *added)))


def _judge_other_hand(judged: Judged, out: Findings) -> None:
    """The to-side alone signs; an authority of both sides would sign its own proposal."""
    statement, log = judged.statement, log_state(judged.facts)
    name = _name(statement)
    signer = statement.by[0]
    if signer in authorities_of_division(log, name.to_province) and signer in authorities_of_division(log, name.from_province):
        out.refuse("SIGNER_ROLE", "by.0", signer, "another authority than that of the from-side")


def _judge_digest(judged: Judged, out: Findings) -> None:
    """Exactly the rows that are there are signed, all of them."""
    state: ListState | None = judged.state
    if state is None or state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", "" if state is None else state.status, "PROPOSED")
        return
    if not state.is_complete:
        found = f"{len(state.rows)} rows on {state.pages} pages"
        out.refuse("LIST_INCOMPLETE", "kind", found, f"{state.rows_announced} rows on {state.pages_announced} pages")
    digest = rows_hash(state.rows)
    if judged.statement.body.rows_hash != digest:
        out.refuse("LIST_DIGEST", "body.rows_hash", judged.statement.body.rows_hash, digest)


def _evolve_countersign(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return Changes(state=replace(facts.state(statement.chain), status="ACTIVE"))


PROPOSE = Kind(
    name="list.propose/1",
    zh="提出白名单",
    en="list proposal",
    body=ListPropose,
    chain_type="list",
    roles=("from-authority",),
    signers=_from_authority,
    window=Window.MONTH,
    reads=no_reads,
    rules=(opens_once, _judge_direction, _judge_letter, _judge_announcement),
    evolve=_evolve_propose,
    books=None,
    effect=("宣布名单的年度、方向、行数和页数。", "Announces year, direction, rows and pages of a list."),
    opens=True,
)

ROWS = Kind(
    name="list.rows/1",
    zh="提交白名单页",
    en="list page",
    body=ListRows,
    chain_type="list",
    roles=("from-authority",),
    signers=_from_authority,
    window=Window.MONTH,
    reads=no_reads,
    rules=(_judge_page, _judge_rows),
    evolve=_evolve_rows,
    books=None,
    effect=("名单增加一页，行号连续。", "One more page; rows count on."),
    texts=texts("""
LIST_STAGE | - | sender | formats §3 [DESIGN]
白名单当前状态不允许此操作。 || 联署前可提交白名单页；联署后内容不再改动。
The list's status does not allow this act. || Pages come before the countersignature, nothing after it.

LIST_PAGE | - | sender | formats §3 [DESIGN]
白名单页次不连续。 || 从第 0 页起按顺序逐页提交。
Pages must come in order. || Submit them one by one from page 0.

LIST_SIZE | - | sender | formats §3 [DESIGN]
白名单行数或页数不对。 || 页数、行数应与提出时声明的一致，每页至少一行。
The number of rows or pages is wrong. || Keep to what was announced; at least one row on a page.
"""),
)

COUNTERSIGN = Kind(
    name="list.countersign/1",
    zh="联署白名单",
    en="list countersignature",
    body=ListCountersign,
    chain_type="list",
    roles=("to-authority",),
    signers=_to_authority,
    window=Window.MONTH,
    reads=no_reads,
    rules=(_judge_other_hand, _judge_letter, _judge_digest),
    evolve=_evolve_countersign,
    books=None,
    effect=("名单生效。", "The list is in force."),
    texts=texts("""
LIST_INCOMPLETE | - | origin_authority | formats §3 [DESIGN]
白名单尚未全部提交，不能联署。 || 由提出方提交全部白名单页后再联署。
The list is not complete yet. || The proposing side submits all pages first.

LIST_DIGEST | - | sender | formats §3 [DESIGN]
联署的摘要与白名单各行不一致。 || 按账本中的全部白名单行重新计算摘要，确认内容后再签署。
The countersigned digest is not that of the rows. || Compute it over all rows of the log, check them, then sign.
"""),
)
