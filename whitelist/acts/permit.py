"""``permit.grant/1`` and ``permit.amend/1``: an authority records the permit that it granted on paper, and what changes on it.

Source: formats §3; 危险废物经营许可证管理办法 Art. 7, 10 [READ S3].
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Window, no_reads
from ledger.days import judge_span
from ledger.directory import authorities_of_division, log_state
from ledger.findings import Findings
from ledger.mass import parse_mass
from ledger.model import Admission, Statement
from ledger.times import day_of
from signing.refusal import texts
from whitelist.acts.permit_status import judge_change
from whitelist.chains import opens_once
from whitelist.divisions import judge_division
from whitelist.permit import PermitState
from whitelist.rules.quantity import judge_mass
from whitelist.scope import PermitItem, judge_methods, judge_scope_form
from whitelist.signers import authority_of_holder

ITEMS_MAX = 64


class PermitGrant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``permit.grant/1``. ``scale_t`` is 年经营规模 in tonnes a year; ``division`` the facility's, 6 digits."""

    no: str
    valid_from: str
    valid_to: str
    division: str
    items: tuple[PermitItem, ...]
    scale_t: str


class PermitAmend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``permit.amend/1``: what is given replaces what was."""

    reason: str
    no: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    division: str | None = None
    items: tuple[PermitItem, ...] | None = None
    scale_t: str | None = None


def _judge_number(judged: Judged, out: Findings) -> None:
    no = judged.statement.body.no
    if no is not None and not no.strip():
        out.refuse("MISSING", "body.no", "", "许可证编号 / permit number")


def _judge_scale(judged: Judged, out: Findings) -> None:
    if judged.statement.body.scale_t is not None:
        judge_mass(out, "body.scale_t", judged.statement.body.scale_t)


def _judge_terms(judged: Judged, out: Findings) -> None:
    """Term, place and items of the permit as it would stand."""
    terms = judged.statement.body
    if isinstance(terms, PermitAmend):
        if judged.state is None:
            return
        terms = _amended(judged.state, terms)
    judge_span(out, "body.valid", terms.valid_from, terms.valid_to)
    _judge_place(judged, out, terms.division)
    if not 1 <= len(terms.items) <= ITEMS_MAX:
        out.refuse("ITEMS", "body.items", len(terms.items), f"1 to {ITEMS_MAX}")
    for position, item in enumerate(terms.items):
        judge_scope_form(out, f"body.items.{position}", item)
        judge_methods(out, f"body.items.{position}.methods", item.methods)


def _judge_place(judged: Judged, out: Findings, division: str) -> None:
    known = judge_division(out, "body.division", division, judged.facts.data("divisions"), day_of(judged.moment.at_s))
    if known and judged.statement.by[0] not in authorities_of_division(log_state(judged.facts), division):
        out.alert("H", "PERMIT_SITE_ELSEWHERE")


def _evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PermitGrant = statement.body
    state = PermitState(
        no=body.no,
        authority=statement.by[0],
        status="ACTIVE",
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        division=body.division,
        items=body.items,
        scale_g=parse_mass(body.scale_t),
    )
    return Changes(state=state)


def _amended(state: PermitState, body: PermitAmend) -> PermitState:
    """The permit with the given fields replaced; a scale that is no mass stays as it was (it has been refused)."""
    given = {name: getattr(body, name) for name in ("no", "valid_from", "valid_to", "division", "items")}
    return replace(state, **{name: value for name, value in given.items() if value is not None})


def _judge_something_changes(judged: Judged, out: Findings) -> None:
    body = judged.statement.body
    if all(getattr(body, name) is None for name in body.__struct_fields__ if name != "reason"):
        out.refuse("MISSING", "body", "", "no / valid_from / valid_to / division / items / scale_t")


def _evolve_amend(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PermitAmend = statement.body
    state = _amended(facts.state(statement.chain), body)
    return Changes(state=state if body.scale_t is None else replace(state, scale_g=parse_mass(body.scale_t)))


GRANT = Kind(
    name="permit.grant/1",
    zh="登记经营许可证",
    en="permit grant",
    body=PermitGrant,
    chain_type="permit",
    roles=("authority of the holder's region",),
    signers=authority_of_holder,
    window=Window.DAY,
    reads=no_reads,
    rules=(opens_once, _judge_number, _judge_terms, _judge_scale),
    evolve=_evolve_grant,
    books=None,
    effect=("许可证进入账本。", "The permit enters the log."),
    texts=texts("""
PERMIT_SITE_ELSEWHERE | - | destination_authority | design §7 [DESIGN]
许可证载明的设施不在发证登记机关的行政区域内。 || 请设施所在地主管部门核实；设施地址决定一次转移是否跨省。
The facility of the permit lies outside the region of the authority that recorded it. || Let the authority of the site confirm it.

ITEMS | - | sender | [DESIGN]
许可证条目数不在允许范围内。 || 填写 1 至 64 条。
The number of permit items is out of range. || Give 1 to 64 items.
"""),
    opens=True,
)

AMEND = Kind(
    name="permit.amend/1",
    zh="变更经营许可证",
    en="permit amendment",
    body=PermitAmend,
    chain_type="permit",
    roles=("authority of the holder's region",),
    signers=authority_of_holder,
    window=Window.DAY,
    reads=no_reads,
    rules=(judge_change, _judge_something_changes, _judge_number, _judge_scale, _judge_terms),
    evolve=_evolve_amend,
    books=None,
    effect=("给出的内容取代原有内容。", "What is given replaces what was."),
)
