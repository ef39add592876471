"""How an admitted act changes the manifest. One function per act; none of them judges, all of them believe the admission.

The log keeps the result beside the chain's head; projections call the same functions over the feed (manifests/view.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from msgspec.structs import replace

from ledger.mass import parse_mass
from ledger.model import Admission, Statement
from ledger.times import parse_at
from manifests.acts import Arrive, Depart, Dispose, HandOver, Issue, Receive, Transship, Verify, Void
from manifests.mass import add_fates, is_disposed
from manifests.model import FINISHED, Leg, LineState, ManifestState, Part, Stage, Times
from manifests.rules.receipt import discrepancies, received_lines

Body = Issue | Void | Depart | HandOver | Transship | Arrive | Receive | Dispose | Verify
Listing = tuple[str, int] | None


def opened(statement: Statement, admission: Admission, listings: Sequence[Listing] = ()) -> ManifestState:
    """The manifest after its issue. ``listings`` by line, as far as the caller knows them."""
    body: Issue = statement.body
    generator = statement.owner
    known = (*listings, *(None,) * (len(body.lines) - len(listings)))
    lines = tuple(
        LineState(
            name=line.name,
            code=line.code,
            category=line.category,
            form=line.form,
            packing=line.packing,
            method=line.method,
            decision_line=line.decision_line,
            listing=listing,
            declared_g=parse_mass(line.mass_t),
        )
        for line, listing in zip(body.lines, known, strict=True)
    )
    assert admission.decision.route is not None, "an issue has a route"
    return ManifestState(
        generator=generator,
        receiver=body.receiver,
        consignor=generator if body.consignor == "generator" else body.receiver,
        carriers=body.carriers,
        origin=body.origin,
        destination=body.destination,
        mode=body.mode,
        route=admission.decision.route,
        permit=body.permit,
        approval=body.approval,
        number=body.number,
        trip_id=body.trip_id,
        backfill=body.backfill,
        planned_s=None if body.planned_at is None else parse_at(body.planned_at),
        lines=lines,
        drawn=_drawn({}, admission),
        reserved_year=int(admission.at[:4]),
        stage=Stage.ISSUED,
        times=Times(issued_s=statement.at_s, latest_s=0 if body.backfill else statement.at_s),
        acts=(statement.hash,),
    )


def advanced(state: ManifestState, statement: Statement, admission: Admission, number: str | None = None) -> ManifestState:
    """The manifest after a later act. ``number`` is the one a case gave, if the caller knows it."""
    found = replace(
        _acted(state, statement),
        drawn=_drawn(state.drawn, admission),
        number=state.number or number,
        acts=(*state.acts, statement.hash),
    )
    return replace(found, times=replace(found.times, latest_s=max(found.times.latest_s, statement.at_s)))


def is_live(state: ManifestState) -> bool:
    """Whether the manifest still holds its national number: issued, neither voided nor closed."""
    return state.stage not in FINISHED


def _acted(state: ManifestState, statement: Statement) -> ManifestState:
    body: Body = statement.body
    match body:
        case Void():
            return _at(state, Stage.VOIDED, voided_s=statement.at_s)
        case Depart():
            return _departed(state, statement, body)
        case HandOver():
            return _handed_over(state, statement, body)
        case Transship():
            return _transshipped(state, statement, body)
        case Arrive():
            return _at(replace(state, legs=_ended(state.legs, statement.at_s)), Stage.ARRIVED, arrived_s=statement.at_s)
        case Receive():
            return _received(state, statement, body)
        case Dispose():
            return _disposed(state, statement, body)
        case Verify():
            return _at(state, Stage.CLOSED, verified_s=statement.at_s)
        case Issue():
            raise AssertionError("an issue opens the chain and never advances it")
        case _:
            assert_never(body)


def _departed(state: ManifestState, statement: Statement, body: Depart) -> ManifestState:
    loaded = {line.line: parse_mass(line.mass_t) for line in body.loaded}
    lines = tuple(replace(line, loaded_g=loaded.get(number)) for number, line in enumerate(state.lines)) if loaded else state.lines
    leg = Leg(
        carrier=statement.by[-1],
        vehicle=body.vehicle,
        waybill_no=body.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
    )
    return _at(replace(state, lines=lines, legs=(leg,)), Stage.IN_TRANSIT, departed_s=statement.at_s)


def _handed_over(state: ManifestState, statement: Statement, body: HandOver) -> ManifestState:
    assert body.place is not None, "R-54 refuses a hand-over without place"
    leg = Leg(
        carrier=statement.by[-1],
        vehicle=body.vehicle,
        waybill_no=body.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
    )
    return replace(state, legs=(*_ended(state.legs, statement.at_s), leg))


def _transshipped(state: ManifestState, statement: Statement, body: Transship) -> ManifestState:
    before = state.legs[-1]
    parts = tuple(Part(moved.line, parse_mass(moved.mass_t)) for moved in body.part)
    leg = Leg(
        carrier=before.carrier,
        vehicle=body.vehicle,
        waybill_no=body.waybill_no or before.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
        parts=parts,
        reason=body.reason,
    )
    legs = state.legs if parts else _ended(state.legs, statement.at_s)
    return replace(state, legs=(*legs, leg))


def _received(state: ManifestState, statement: Statement, body: Receive) -> ManifestState:
    opinions = {line.line: line.opinion for line in body.lines}
    by_line = {received.line: received for received in received_lines(body, state)}
    lines = tuple(
        replace(line, accepted_g=by_line[n].accepted_g, refused_g=by_line[n].refused_g, opinion=opinions[n])
        for n, line in enumerate(state.lines)
    )
    found = replace(state, lines=lines, discrepancies=discrepancies(body, state))
    return _at(found, _outcome(lines), accepted_s=parse_at(body.accepted_at), received_s=statement.at_s)


def _outcome(lines: Iterable[LineState]) -> Stage:
    """All accepted, all rejected, or anything between."""
    opinions = {line.opinion for line in lines}
    if opinions == {"accept"}:
        return Stage.ACCEPTED
    return Stage.REJECTED if opinions == {"reject"} else Stage.PARTLY_ACCEPTED


def _disposed(state: ManifestState, statement: Statement, body: Dispose) -> ManifestState:
    more: dict[int, list[tuple[str, int]]] = {}
    for fate in body.fates:
        more.setdefault(fate.line, []).append((fate.method, parse_mass(fate.mass_t)))
    lines = tuple(replace(line, fates=add_fates(line.fates, more[n])) if n in more else line for n, line in enumerate(state.lines))
    found = replace(state, lines=lines)
    return _at(found, Stage.DISPOSED, disposed_s=statement.at_s) if is_disposed(lines) else found


def _at(state: ManifestState, stage: Stage, **times: int) -> ManifestState:
    return replace(state, stage=stage, times=replace(state.times, **times))


def _ended(legs: tuple[Leg, ...], at_s: int) -> tuple[Leg, ...]:
    return tuple(leg if leg.ended_s is not None else replace(leg, ended_s=at_s) for leg in legs)


def _drawn(held: Mapping[str, int], admission: Admission) -> dict[str, int]:
    """What the manifest holds after the account rows of an entry; accounts it has released stay, with 0."""
    found = dict(held)
    for row in admission.decision.accounts:
        found[row.account] = found.get(row.account, 0) + row.after_g - row.before_g
    return found
