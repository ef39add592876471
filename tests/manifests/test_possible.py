"""Whatever is called open can be submitted, whatever is called blocked is refused for just that, and what is not offered is nobody's or not open.

Judged by admission itself, with real signatures, over random lives: acts, time, permits that end, parties that are closed.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.directory import PartyState, party_chain
from manifests import acts
from manifests.possible.judging import NOT_OPEN, ROLES, PossibleAct
from manifests.possible.preparing import ManifestGround, PreparedAct, trunk_acts
from manifests.possible.preparing_cases import case_acts
from tests.manifests.asking import ahead, filled_in, ground_of, possible, submit, submit_possible
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    OTHER_TRUCK,
    PERMIT,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    a_departure,
    accepted,
    approval,
    permit,
)
from tests.sample import sample
from tests.workbench import AUTHORITY_50, AUTHORITY_51

PARTIES = (GENERATOR, RECEIVER, CARRIER, SECOND_CARRIER, AUTHORITY_51, AUTHORITY_50, STRANGER)
OFTEN = (GENERATOR, RECEIVER, CARRIER, RECEIVER, CARRIER, AUTHORITY_51, AUTHORITY_50)


def closed(log: Driver, party: str) -> None:
    """The party is closed today, and nobody succeeds it."""
    known = log.value(f"chain:{party_chain(party)}")
    state: PartyState = known.state
    log.stored[f"chain:{party_chain(party)}"] = log.bench.kinds.encode(replace(known, state=replace(state, closed_on="2026-11-05")))


EVENTS: tuple[Callable[[Driver], None], ...] = (
    lambda log: log.wait(minutes=10),
    lambda log: log.wait(hours=30),
    lambda log: log.wait(days=20),
    lambda log: log.wait(days=70),  # beyond the last day of the decision
    lambda log: log.lay(PERMIT, replace(permit(), valid_to="2026-11-04")),
    lambda log: log.lay(PERMIT, permit()),
    lambda log: log.lay(APPROVAL, approval("1")),
    lambda log: log.lay(APPROVAL, approval()),
    lambda log: closed(log, CARRIER),
)


@settings(max_examples=sample(45))
@given(st.data())
def test_what_is_offered_is_what_admission_takes(data: st.DataObject) -> None:
    log = Driver()
    log.issue(carriers=data.draw(st.sampled_from([(CARRIER,), (CARRIER, SECOND_CARRIER), ()])))
    for _ in range(data.draw(st.integers(1, 9))):
        log.wait(minutes=10)
        if data.draw(st.integers(0, 3)) == 0:
            data.draw(st.sampled_from(EVENTS))(log)
        party = data.draw(st.sampled_from(OFTEN))
        offered = possible(log, party)
        for one in offered:
            check(log, one)
        check_others(log, party, offered)
        open_acts = [one for one in offered if not one.blockers and one.prepared.kind not in ("manifest.issue/1", "manifest.void/1")]
        trunk = [one for one in open_acts if one.prepared.kind.startswith("manifest.")]
        if open_acts:
            chosen = data.draw(st.sampled_from(trunk or open_acts))
            if (body := filled_in(log, chosen)) is not None:
                submit_possible(log, chosen, body)


def check(log: Driver, one: PossibleAct) -> None:
    """Open: admitted. Blocked: refused for these very reasons."""
    body = filled_in(log, one)
    if body is None:
        return
    found = submit_possible(ahead(log), one, body)
    if one.blockers:
        assert {reason.code for reason in one.blockers} <= found, one
    else:
        assert not found, (one.prepared.kind, one.statement.by, found)


STANDARD = {
    "manifest.void/1": acts.Void(reason="作废（虚构）"),
    "manifest.depart/1": a_departure(),
    "manifest.hand_over/1": acts.HandOver(vehicle=OTHER_TRUCK, place=DESTINATION),
    "manifest.transship/1": acts.Transship(vehicle=OTHER_TRUCK, place=DESTINATION, reason="换车（虚构）"),
    "manifest.stop/1": acts.Stop(place=DESTINATION, reason="休息（虚构）"),
    "manifest.arrive/1": acts.Arrive(place=DESTINATION),
    "manifest.dispose/1": acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="0.000001"),)),
    "manifest.verify/1": acts.Verify(),
}


def check_others(log: Driver, party: str, offered: list[PossibleAct]) -> None:
    """What is not offered: for whom signs, or not open."""
    kinds = {one.prepared.kind for one in offered}
    known = {kind: body for kind, body in STANDARD.items() if kind not in kinds}
    known |= {
        one.kind: one.body for one in prepared(ground_of(log), party) if one.kind not in kinds | {"case.amend_propose/1", "case.release/1"}
    }
    if "manifest.receive/1" not in kinds:
        known["manifest.receive/1"] = log.a_receipt(accepted(0, "5.6"))
    for kind, body in known.items():
        chain = next((one.chain for one in prepared(ground_of(log), party) if one.kind == kind), MANIFEST)
        found = submit(ahead(log), kind, (party,), body, chain)
        of_strangers = {"CONTEST_FORM"} if kind == "case.contest/1" else set()
        assert found & (ROLES | NOT_OPEN | of_strangers), (kind, party, found)


def prepared(ground: ManifestGround, party: str) -> list[PreparedAct]:
    return [*trunk_acts(ground, party), *case_acts(ground, party)]
