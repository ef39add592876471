"""开具, part 1 of the form (Order 23 Art. 10(4), 13): how a manifest begins.

What is asked is a ``whitelist.transfer.Transfer``, judged by ``whitelist.check`` and by nothing else, so a dry run says what the issue will.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import field

from ledger.admission.personality import Changes, Judged, Kind, Role, Window
from ledger.fields import Commitments
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, parse_admission_at, parse_at, year_at
from manifests import emergency, lots, planned, returns
from manifests.act import ManifestAct, drawn
from manifests.model import LineState, ManifestState, ReturnLink, Stage, Times
from manifests.opening import is_open
from manifests.recorded import issue_recorded
from whitelist import check
from whitelist.checked import PILOT387, Asked, decision_of, emergency_of, event_of
from whitelist.exemptions import exemptions_on
from whitelist.permit import permit_at
from whitelist.quota import q3_account, q3_change
from whitelist.remaining import draws_of
from whitelist.rules import RULES
from whitelist.rules.exemption import waived_links
from whitelist.rules.number import NumberHolders, number_key
from whitelist.transfer import Transfer


class Issue(Transfer, frozen=True, kw_only=True):
    """Part 1 of the form, filled by the generator (``manifest.issue/1``)."""

    commit: Commitments = field(default_factory=dict)


def transfer_is_lawful(judged: Judged, out: Findings) -> None:
    """The check finds nothing against the transfer; the route and what it draws go with the admission."""
    statement = judged.statement
    asked = Asked(generator=statement.owner, transfer=statement.body, at_s=statement.at_s, moment=judged.moment)
    checked = check.judge(asked, judged.facts, judged.kind.asks, out)
    out.route, out.accounts = checked.route, draws_of(checked)


_Context = tuple[tuple[str, int] | None, bool]
"""What only other chains know of a line: the listing its decision line was given on, and whether its transport is exempt."""


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest begins; its number is held from now on."""
    body: Issue = statement.body
    day = day_of(event_of(body, parse_admission_at(admission.at)))
    in_emergency = emergency_of(body) is not None
    found = [
        (
            None if decided is None or decided.listing is None else (decided.listing.list, decided.listing.row),
            bool(line.exemptions) and "EXEMPT_TRANSPORT" in waived_links(exemptions_on(facts, day), line, in_emergency=in_emergency),
        )
        for line, decided in zip(body.lines, decision_of(body, facts)[1], strict=True)
    ]
    state = opened(statement, admission, found, returns.link_of(body, facts))
    registers: dict[str, Any] = {**returns.taken(facts, state), **lots.taken(facts, statement.chain, state)}
    registers |= {**planned.moved(facts, None, state), **emergency.moved(facts, None, state)}
    if (permit := permit_at(facts, state.permit)) is not None:  # none on the way home
        registers |= q3_change(facts, permit.root, admission, reserved_g=state.drawn.get(q3_account(permit.root), 0))
    registers |= issue_recorded(statement.chain, body)
    if state.number is not None:
        key = number_key(state.number)
        registers[key] = (facts.get(key) or NumberHolders()).with_holder(state.generator, statement.chain)
    return Changes(state=state, registers=registers)


def opened(statement: Statement, admission: Admission, found: Sequence[_Context] = (), returned: ReturnLink | None = None) -> ManifestState:
    """The manifest after its issue. ``found`` by line, and what is ``returned``, where the caller knows it."""
    body: Issue = statement.body
    generator = statement.owner
    known: Sequence[_Context] = found or [(None, False)] * len(body.lines)
    lines = tuple(
        LineState(
            name=line.name,
            code=line.code,
            category=line.category,
            form=line.form,
            packing=line.packing,
            packs=line.packs,
            method=line.method,
            transport_exempt=is_exempt,
            decision_line=line.decision_line,
            plan_line=line.plan_line,
            listing=listing,
            declared_g=parse_mass(line.mass_t),
            lots=lots.lots_of(line),
        )
        for line, (listing, is_exempt) in zip(body.lines, known, strict=True)
    )
    assert admission.decision.route is not None, "an issue has a route"
    paper = body.paper
    return ManifestState(
        generator=generator,
        receiver=body.receiver,
        consignor=generator if body.consignor == "generator" else body.receiver,
        carriers=body.carriers,
        origin=body.origin,
        destination=body.destination,
        mode=body.mode,
        route=admission.decision.route,
        permit=body.permit or "",
        approval=body.approval,
        emergency=emergency.link_of(body),
        pilot=None if body.pilot is None or admission.decision.route != PILOT387 else (body.pilot.list, body.pilot.row),
        number=body.number,
        provincial_number=body.provincial_number,
        trip_id=body.trip_id,
        type=body.type,
        paper_departed_s=None if paper is None else parse_at(paper.departed_at),
        paper_completed_s=None if paper is None else parse_at(paper.completed_at),
        plan=planned.link_of(statement, admission),
        returns=returned or returns.link_of(body, None),
        decided_on=None if body.decision is None else body.decision.decided_on,
        decided_to=None if body.decision is None else body.decision.valid_to,
        planned_s=None if body.planned_at is None else parse_at(body.planned_at),
        noticed_s=None if body.pre_notice is None else parse_at(body.pre_notice.given_at),
        lines=lines,
        drawn=drawn({}, admission),
        reserved_year=year_at(admission.at),
        stage=Stage.ISSUED,
        times=Times(issued_s=statement.at_s, latest_s=0 if body.is_backfill else statement.at_s),
        acts=(statement.hash,),
    )


ISSUE = ManifestAct(
    kind=Kind(
        name="manifest.issue/1",
        zh="开具联单",
        en="issue",
        body=Issue,
        chain_type="manifest",
        roles=("generator",),
        signers=lambda statement, facts: (Role("generator", (statement.owner,)),),
        window=Window.DAY,
        reads=lambda statement, facts: check.reads(statement.body, statement.owner, statement.at_s, facts),
        listed=lambda statement, facts: check.listed(statement.body, statement.owner, statement.at_s, facts),
        reads_doc="The permit and the newest of its line, the decision, the lists its lines were given on or the pilot list, the emergency, the plan of the year, the carriers' parties, the manifests that it returns or whose lots it carries.",
        gate=is_open,
        rules=(transfer_is_lawful,),
        asks=(*RULES, *returns.RULES, *lots.RULES),
        evolve=evolve,
        books="reserved",
        effect=("联单成立，按计划量占用额度。", "The manifest begins and reserves quota by its declared mass."),
        opens=True,
        barred_when_closed=True,
        routed=True,
    ),
    follow=lambda state, statement, admission: opened(statement, admission),
)
