"""The trunk's kinds ``manifest.<act>/1``: what each reads, how it is decided, what it leaves behind.

Decisions go machine first, then every rule of the act; a refused act comes back with all its reasons (formats §3, design §6).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Reads
from ledger.directory import check_signers
from ledger.findings import Admitted, Findings, Refused
from ledger.model import Admission, Moment, Statement
from manifests import settlement
from manifests.acts import Issue
from manifests.evolve import Listing, advanced, is_live, opened
from manifests.machine import Move, move, moves_from
from manifests.model import FINISHED, Act, ManifestState, Stage, VehicleTrips
from manifests.rules import RULES
from manifests.rules.commitment import commitments_have_form
from manifests.rules.issue import judge_issue
from manifests.rules.judged import Judged
from manifests.rules.receipt import received_lines
from manifests.rules.signer import signers
from manifests.rules.trip import TRIPS_MAX, trip_key
from signing.refusal import Reason
from whitelist import check
from whitelist.approval import approval_at
from whitelist.listing import list_at
from whitelist.number import NumberHolders, number_key
from whitelist.quota import q3_base_change
from whitelist.transfer import Transfer


def act_of(statement: Statement) -> Act:
    """The act of a trunk statement, from its kind."""
    return _act(statement.kind)


@cache
def _act(kind: str) -> Act:
    return Act(kind.partition("/")[0].partition(".")[2])


def given_number_key(trunk: str) -> str:
    """Key of the register that holds the number a case gave to a manifest."""
    return f"manifest-number:{trunk}"


def transfer_of(statement: Statement) -> Transfer:
    """The transfer that an issue asks for: what ``whitelist.check`` judges."""
    body: Issue = statement.body
    return Transfer(
        generator=statement.owner,
        origin=body.origin.division,
        receiver=body.receiver,
        destination=body.destination.division,
        consignor=body.consignor,
        mode=body.mode,
        permit=body.permit,
        approval=body.approval,
        number=body.number,
        lines=body.lines,
    )


# --- issue ---------------------------------------------------------------------------------------------------------------------------


def reads_issue(statement: Statement, facts: Facts) -> Reads:
    """Everything the check reads."""
    return check.reads(transfer_of(statement), facts)


def decide_issue(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The generator signs, the form is complete, and the check finds nothing against the transfer."""
    out = Findings()
    if statement.seq != 0:
        return Refused((_not_open(facts.state(statement.chain), Act.ISSUE),))
    out.reasons += check_signers(statement, [("generator", (statement.owner,))])
    commitments_have_form(statement.body.commit, out)
    judge_issue(statement, out)
    answer = check.check(transfer_of(statement), facts, moment)
    out.reasons += [_in_body(reason) for reason in answer.reasons]
    out.tags |= set(answer.tags)
    for level, code in answer.alerts:
        out.alert(level, code)
    return out.answer(route=answer.route, accounts=answer.draws)


def evolve_issue(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest begins; its number is held from now on."""
    approved_to, listed_to = _terms(statement.body, facts)
    state = opened(statement, admission, _listings(statement.body, facts))
    state = replace(state, approved_to=approved_to, listed_to=listed_to)
    registers: dict[str, Any] = dict(q3_base_change(admission, facts))
    if state.number is not None:
        key = number_key(state.number)
        registers[key] = (facts.get(key) or NumberHolders()).with_holder(state.generator, statement.chain)
    return Changes(state=state, registers=registers)


def _listings(body: Issue, facts: Facts) -> list[Listing]:
    """Per line, the listing on which its decision line was given."""
    approval = None if body.approval is None else approval_at(facts, body.approval)
    if approval is None:
        return []
    lines = [approval.line(line.decision_line) for line in body.lines]
    return [None if line is None or line.listing is None else (line.listing.list, line.listing.row) for line in lines]


def _terms(body: Issue, facts: Facts) -> tuple[str | None, str | None]:
    """Last day of the decision, and the earliest last day of the lists that its lines were given on."""
    approval = None if body.approval is None else approval_at(facts, body.approval)
    if approval is None:
        return None, None
    lists = {listing[0] for listing in _listings(body, facts) if listing is not None}
    return approval.valid_to, min((listed.effective_to for name in lists if (listed := list_at(facts, name)) is not None), default=None)


_FIELDS: Mapping[str, str] = {"generator": "chain", "origin": "body.origin.division", "destination": "body.destination.division"}


def _in_body(reason: Reason) -> Reason:
    """A reason of the check, its field said as a path into the statement."""
    field = _FIELDS.get(reason.field) or (f"body.{reason.field}" if reason.field else "")
    return Reason(reason.code, field, reason.found, reason.expected)


# --- later acts ----------------------------------------------------------------------------------------------------------------------


def reads_act(statement: Statement, facts: Facts) -> Reads:
    """The number a case gave; and what the act touches: accounts and their limits, the number's holders, trips of vehicles."""
    state: ManifestState | None = facts.state(statement.chain)
    act = act_of(statement)
    registers = [given_number_key(statement.chain), *(trip_key(plate) for plate in _plates(statement, state, act))]
    if state is None:
        return Reads(registers=tuple(registers))
    if act in (Act.VOID, Act.VERIFY):
        registers += _number_registers(statement.chain, state, facts)
    if act not in (Act.VOID, Act.RECEIVE):
        return Reads(registers=tuple(registers))
    registers += settlement.account_registers(state)
    chains = settlement.account_chains(state) if act is Act.RECEIVE else ()
    return Reads(chains=chains, accounts=tuple(state.drawn), registers=tuple(dict.fromkeys(registers)))


_MOVING = frozenset({Act.DEPART, Act.HAND_OVER, Act.TRANSSHIP, Act.ARRIVE})


def _number_registers(chain: str, state: ManifestState, facts: Facts) -> list[str]:
    """The register of the manifest's number, once it is known which (the second round of reads, if a case gave it)."""
    given = given_number_key(chain)
    number = state.number or (None if facts.missing([given]) else facts.get(given))
    return [] if number is None else [number_key(number)]


def _plates(statement: Statement, state: ManifestState | None, act: Act) -> list[str]:
    """Vehicles that the act takes into use or sets free."""
    if act not in _MOVING:
        return []
    plates = [leg.vehicle.plate for leg in state.open_legs] if state is not None and act is not Act.DEPART else []
    if act is not Act.ARRIVE:
        plates.append(statement.body.vehicle.plate)
    return list(dict.fromkeys(plates))


def decide_act(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The machine knows the move; the right parties sign; every rule of the act holds; the accounts are settled."""
    state: ManifestState | None = facts.state(statement.chain)
    act = act_of(statement)
    found = None if state is None else move(state.stage, act)
    if state is None or found is None:
        return Refused((_not_open(state, act),))
    judged = Judged(statement, state, facts, moment)
    return _judge(judged, found, act)


def _judge(judged: Judged, found: Move, act: Act) -> Admitted | Refused:
    out = Findings()
    signers(judged, found, act, out)
    commitments_have_form(judged.statement.body.commit, out)
    for rule in RULES[act]:
        rule(judged, out)
    if out.reasons:
        return out.answer()
    return out.answer(accounts=_accounts(judged, act, out))


def _accounts(judged: Judged, act: Act, out: Findings) -> dict[str, int]:
    """Void gives back what was reserved; the receipt settles it to what was accepted, which is nothing for a rejected line."""
    state = judged.state
    if act is Act.VOID:
        return settlement.release(state)
    if act is not Act.RECEIVE:
        return {}
    accepted = {received.line: received.accepted_g for received in received_lines(judged.statement.body, state)}
    changes = settlement.settle(state, [accepted[number] for number in range(len(state.lines))])
    settlement.note_overdraft(state, changes, judged.facts, judged.moment, out)
    return changes


def _not_open(state: ManifestState | None, act: Act) -> Reason:
    """ACT_NOT_OPEN, or its two better-known faces: VOID_LATE (R-59) and NO_MANIFEST (R-51)."""
    stage = Stage.NONE if state is None else state.stage
    open_acts = " / ".join(open_act for open_act, _ in moves_from(stage)) or "-"
    if act is Act.VOID and stage not in (Stage.NONE, *FINISHED):
        return Reason("VOID_LATE", "kind", stage, Stage.ISSUED)
    if act is Act.DEPART and stage in (Stage.NONE, Stage.VOIDED):
        return Reason("NO_MANIFEST", "kind", stage, Stage.ISSUED)
    return Reason("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts)


def evolve_act(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest after the act; a finished one lets its number go; vehicles are taken and set free."""
    before: ManifestState = facts.state(statement.chain)
    given: str | None = facts.get(given_number_key(statement.chain))
    state = advanced(before, statement, admission, given)
    registers: dict[str, Any] = {}
    if admission.decision.accounts:
        registers |= q3_base_change(admission, facts, reserved_year=before.reserved_year)
    if state.number is not None and not is_live(state):
        key = number_key(state.number)
        registers[key] = (facts.get(key) or NumberHolders()).without(statement.chain)
    registers |= _trips(statement, before, state, facts)
    return Changes(state=state, registers=registers)


def _trips(statement: Statement, before: ManifestState, after: ManifestState, facts: Facts) -> dict[str, VehicleTrips]:
    """Registers of the vehicles on which the manifest began or ceased to be under way."""
    if after.legs is before.legs:
        return {}
    old = {leg.vehicle.plate for leg in before.open_legs}
    new = {leg.vehicle.plate for leg in after.open_legs}
    changed: dict[str, VehicleTrips] = {}
    for plate in sorted(old ^ new):
        known: VehicleTrips = facts.get(trip_key(plate)) or VehicleTrips()
        others = tuple(trip for trip in known.open if trip[0] != statement.chain)
        begun = ((statement.chain, after.trip_id or ""),) if plate in new else ()
        changed[trip_key(plate)] = VehicleTrips((*others, *begun)[-TRIPS_MAX:])
    return changed
