"""The machine is one table: every pair of stage and act is tried through real admission, and the documents are made from it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from ledger.times import format_at
from manifests import acts, diagram
from manifests.case import NO_CASES, in_force
from manifests.machine import BY_CASE, MOVES, Act, ends, moves_from
from manifests.model import FINISHED, ManifestState, Stage
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    ORIGIN,
    OTHER_TRUCK,
    Q2,
    Q3,
    RECEIVER,
    SECOND_CARRIER,
    Driver,
    a_departure,
    accepted,
    an_issue,
    codes,
    partly,
    rejected,
    reported,
)
from tests.workbench import AUTHORITY_50, AUTHORITY_51

PAGE = Path(__file__).parents[2] / "docs" / "manifest-machine.md"


def at_issued(log: Driver) -> None:
    log.issue()


def at_voided(log: Driver) -> None:
    log.issue()
    log.void()


def at_in_transit(log: Driver) -> None:
    log.to_in_transit()


def at_arrived(log: Driver) -> None:
    log.to_arrived()


def at_accepted(log: Driver) -> None:
    log.to_arrived()
    log.receive(accepted(0, "5.600000"))


def at_partly_accepted(log: Driver) -> None:
    log.to_arrived()
    log.receive(partly(0, "3", "2.6"), **reported(format_at(log.at_s)))


def at_closed_rejected(log: Driver) -> None:
    at_rejected(log)
    log.send_back()
    log.verify()


def at_rejected(log: Driver) -> None:
    log.to_arrived()
    log.receive(rejected(0))


def at_disposed(log: Driver) -> None:
    at_accepted(log)
    log.dispose((0, "R4", "5.6"))


def at_closed(log: Driver) -> None:
    at_disposed(log)
    log.verify()


def at_closed_gap(log: Driver) -> None:
    at_in_transit(log)
    hashes, missing = log.state().acts, acts.MissingLine(line=0, mass_t="5.6", cause="lost")
    known = acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])
    body = acts.CaseCloseWithGap(trunk=known, gaps=(missing,), finding="查无下落（虚构）")
    chain = MANIFEST.replace("manifest/", "case/") + "/01K90000000000000000000001"
    log.post("case.close_with_gap/1", (AUTHORITY_50, AUTHORITY_51), body, chain=chain)


def stage_of(log: Driver) -> Stage:
    """With what cases have done."""
    return in_force(log.state(), log.value(f"manifest-cases:{MANIFEST}") or NO_CASES).stage


REACH: dict[Stage, Callable[[Driver], None]] = {
    Stage.NONE: lambda log: None,
    Stage.ISSUED: at_issued,
    Stage.VOIDED: at_voided,
    Stage.IN_TRANSIT: at_in_transit,
    Stage.ARRIVED: at_arrived,
    Stage.ACCEPTED: at_accepted,
    Stage.PARTLY_ACCEPTED: at_partly_accepted,
    Stage.REJECTED: at_rejected,
    Stage.DISPOSED: at_disposed,
    Stage.CLOSED: at_closed,
    Stage.CLOSED_REJECTED: at_closed_rejected,
    Stage.CLOSED_GAP: at_closed_gap,
}


def an_act(act: Act, log: Driver) -> tuple[tuple[str, ...], object]:
    """Signers and body of an act that is right in itself, so that only the machine can object."""
    mass_t = "1"
    bodies: dict[Act, tuple[tuple[str, ...], object]] = {
        Act.ISSUE: ((GENERATOR,), an_issue()),
        Act.VOID: ((GENERATOR,), acts.Void(reason="改期")),
        Act.DEPART: ((GENERATOR, CARRIER), a_departure()),
        Act.HAND_OVER: ((CARRIER, SECOND_CARRIER), acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="5105002", place=ORIGIN)),
        Act.TRANSSHIP: ((CARRIER,), acts.Transship(vehicle=OTHER_TRUCK, reason="爆胎", place=ORIGIN)),
        Act.STOP: ((CARRIER,), acts.Stop(place=ORIGIN, reason="夜间停靠")),
        Act.ARRIVE: ((CARRIER,), acts.Arrive(place=DESTINATION)),
        Act.RECEIVE: ((RECEIVER,), log.a_receipt()),
        Act.DISPOSE: ((RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t=mass_t),))),
        Act.VERIFY: ((GENERATOR,), acts.Verify()),
    }
    return bodies[act]


def test_every_stage_can_be_reached() -> None:
    for stage, reach in REACH.items():
        if stage is not Stage.NONE:
            log = Driver()
            reach(log)
            assert stage_of(log) is stage


def at_returned(log: Driver) -> None:
    """Rejected, and on its way back: only then it can be closed."""
    at_rejected(log)
    log.send_back()


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)))
def test_an_act_succeeds_exactly_where_the_table_has_it(stage: Stage, act: Act) -> None:
    log = Driver()
    (at_returned if stage is Stage.REJECTED else REACH[stage])(log)
    by, body = an_act(act, log)
    found = MOVES.get((stage, act))
    if found is not None:
        log.post(f"manifest.{act}/1", by, body)
        assert log.state().stage in found.to
        return
    codes = log.refused(f"manifest.{act}/1", by, body)
    if stage is Stage.NONE or act is Act.ISSUE:
        assert codes == ["CHAIN_NOT_OPEN"]
    elif act is Act.VOID and stage not in FINISHED:
        assert codes == ["VOID_LATE"]
    elif act is Act.DEPART and stage is Stage.VOIDED:
        assert codes == ["NO_MANIFEST"]
    else:
        assert codes == ["ACT_NOT_OPEN"]


@pytest.mark.parametrize(("stage", "act"), sorted(MOVES))
def test_an_act_writes_only_the_fields_it_seals(stage: Stage, act: Act) -> None:
    log = Driver()
    (at_returned if stage is Stage.REJECTED else REACH[stage])(log)
    before = None if stage is Stage.NONE else log.state()
    by, body = an_act(act, log)
    log.post(f"manifest.{act}/1", by, body)
    after = log.state()
    always = {"stage", "times", "acts", "number", "provincial_number", "last_division"}
    for name in ManifestState.__struct_fields__:
        if name not in MOVES[stage, act].seals and name not in always and before is not None:
            assert getattr(after, name) == getattr(before, name), name


def test_seals_name_fields_of_the_state() -> None:
    fields = set(ManifestState.__struct_fields__)
    assert all(set(found.seals) <= fields for found in MOVES.values())


def test_ends_are_the_stages_nothing_leaves() -> None:
    assert ends() == (Stage.VOIDED, Stage.CLOSED, Stage.CLOSED_REJECTED, Stage.CLOSED_GAP)
    assert set(ends()) == FINISHED


def test_moves_from_lists_the_open_acts_in_order_of_life() -> None:
    assert [act for act, _ in moves_from(Stage.IN_TRANSIT)] == [Act.HAND_OVER, Act.TRANSSHIP, Act.STOP, Act.ARRIVE, Act.RECEIVE]
    assert moves_from(Stage.VOIDED) == ()


def test_every_stage_is_led_to_by_some_move() -> None:
    assert {to for found in MOVES.values() for to in found.to} | {to for _, to in BY_CASE.values()} == set(Stage) - {Stage.NONE}


def test_the_page_in_the_documents_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagram.page()


def test_the_diagram_draws_every_end_of_every_move() -> None:
    drawn = diagram.mermaid()
    for (stage, act), found in MOVES.items():
        for to in found.to:
            assert f"{'[*]' if stage is Stage.NONE else stage} --> {to}: {diagram.act_zh(act)} {act}" in drawn


# --- receipts before the arrival (kinds §6, §10) ---------------------------------------------------------------------------------------


def test_a_receiver_declines_what_never_departed() -> None:
    log = Driver()
    log.issue()
    entry = log.receive(rejected(0))
    assert codes(entry) == {"DECLINED"}
    assert (log.state().stage, log.state().lines[0].refused_g) == (Stage.REJECTED, 0)
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0), "so nobody uses up a receiver's quota with manifests that never depart"
    assert codes(log.verify()) == set()
    assert log.state().stage is Stage.CLOSED_REJECTED


def test_what_is_declined_is_compared_with_nothing() -> None:
    log = Driver()
    log.issue()
    slip = acts.Weighing(method="weighbridge", tickets=(acts.Ticket(no="P-1", gross_t="26", tare_t="15", net_t="11"),))
    elsewhere = acts.Place(division="510112", address="某处（虚构）")
    assert codes(log.receive(rejected(0, differences=("name",)), weighing=slip, place=elsewhere)) == {"DECLINED"}
    assert not [key for key in log.stored if key.startswith("ticket:")]


def test_declining_says_why() -> None:
    log = Driver()
    log.issue()
    assert log.refused("manifest.receive/1", (RECEIVER,), log.a_receipt(rejected(0, reason_code=None))) == ["MISSING"]


@pytest.mark.parametrize("line", [rejected(0, refused_t="5.6"), accepted(0, "5.6"), partly(0, "5", "0.6")])
def test_waste_at_the_gate_that_nobody_saw_depart_is_a_fact(line: acts.ReceivedLine) -> None:
    log = Driver()
    log.issue()
    assert {"NO_DEPARTURE", "H:NO_DEPARTURE"} <= codes(log.receive(line))


def test_a_receipt_ends_legs_that_nobody_ended() -> None:
    log = Driver().to_in_transit()
    log.wait(hours=4)
    assert codes(log.receive()) == {"NO_ARRIVAL"}
    assert (log.state().stage, log.state().open_legs) == (Stage.ACCEPTED, ())


@pytest.mark.parametrize(
    ("mass_t", "expected"),
    [
        ("5.54", {"NO_ARRIVAL"}),
        ("5.539999", {"NO_ARRIVAL", "H:NO_ARRIVAL", "M:WEIGHT"}),
        ("5.66", {"NO_ARRIVAL"}),
        ("5.7", {"NO_ARRIVAL", "M:WEIGHT"}),
    ],
)
def test_a_short_load_with_an_open_leg_is_grave(mass_t: str, expected: set[str]) -> None:
    log = Driver().to_in_transit()
    assert codes(log.receive(accepted(0, mass_t), **reported(format_at(log.at_s)))) == expected


def test_a_split_load_with_an_open_leg_is_grave() -> None:
    log = Driver().to_in_transit()
    part = (acts.MovedLine(line=0, mass_t="2"),)
    log.post("manifest.transship/1", (CARRIER,), acts.Transship(vehicle=OTHER_TRUCK, reason="爆胎", place=ORIGIN, part=part))
    log.arrive(leg=0)
    assert codes(log.receive()) == {"NO_ARRIVAL", "H:NO_ARRIVAL"}


@pytest.mark.parametrize(
    ("division", "expected"),
    [("500116", set()), ("500115", {"H:WRONG_RECEIVER"}), ("510112", {"H:WRONG_RECEIVER", "H:PROVINCE_CHANGED"})],
)
def test_a_receipt_elsewhere_is_said(division: str, expected: set[str]) -> None:
    log = Driver().to_arrived()
    assert codes(log.receive(place=acts.Place(division=division, address="某处（虚构）"))) == expected
