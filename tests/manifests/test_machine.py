"""The machine is one table: every pair of stage and act is tried through real admission, and the documents are made from it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from ledger.times import format_at
from manifests import acts, diagram
from manifests.machine import MOVES, ends, move, moves_from
from manifests.model import Act, ManifestState, Stage
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    ORIGIN,
    OTHER_TRUCK,
    RECEIVER,
    SECOND_CARRIER,
    Driver,
    a_departure,
    accepted,
    an_issue,
    partly,
    rejected,
    reported,
)

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


def at_rejected(log: Driver) -> None:
    log.to_arrived()
    log.receive(rejected(0))


def at_disposed(log: Driver) -> None:
    at_accepted(log)
    log.dispose((0, "R4", "5.6"))


def at_closed(log: Driver) -> None:
    at_disposed(log)
    log.verify()


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
            assert log.state().stage is stage


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)))
def test_an_act_succeeds_exactly_where_the_table_has_it(stage: Stage, act: Act) -> None:
    log = Driver()
    REACH[stage](log)
    by, body = an_act(act, log)
    found = move(stage, act)
    if found is not None:
        log.post(f"manifest.{act}/1", by, body)
        assert log.state().stage in found.to
        return
    codes = log.refused(f"manifest.{act}/1", by, body)
    if stage is Stage.NONE or act is Act.ISSUE:
        assert codes == ["CHAIN_NOT_OPEN"]
    elif act is Act.VOID and stage not in (Stage.VOIDED, Stage.CLOSED):
        assert codes == ["VOID_LATE"]
    elif act is Act.DEPART and stage is Stage.VOIDED:
        assert codes == ["NO_MANIFEST"]
    else:
        assert codes == ["ACT_NOT_OPEN"]


@pytest.mark.parametrize(("stage", "act"), sorted(MOVES))
def test_an_act_writes_only_the_fields_it_seals(stage: Stage, act: Act) -> None:
    log = Driver()
    REACH[stage](log)
    before = None if stage is Stage.NONE else log.state()
    by, body = an_act(act, log)
    log.post(f"manifest.{act}/1", by, body)
    after = log.state()
    always = {"stage", "times", "acts", "number"}
    for name in ManifestState.__struct_fields__:
        if name not in MOVES[stage, act].seals and name not in always and before is not None:
            assert getattr(after, name) == getattr(before, name), name


def test_seals_name_fields_of_the_state() -> None:
    fields = set(ManifestState.__struct_fields__)
    assert all(set(found.seals) <= fields for found in MOVES.values())


def test_ends_are_the_stages_nothing_leaves() -> None:
    assert ends() == (Stage.VOIDED, Stage.REJECTED, Stage.CLOSED)


def test_moves_from_lists_the_open_acts_in_order_of_life() -> None:
    assert [act for act, _ in moves_from(Stage.IN_TRANSIT)] == [Act.HAND_OVER, Act.TRANSSHIP, Act.ARRIVE]
    assert moves_from(Stage.VOIDED) == ()


def test_every_stage_is_led_to_by_some_move() -> None:
    assert {to for found in MOVES.values() for to in found.to} == set(Stage) - {Stage.NONE}


def test_the_page_in_the_documents_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagram.page()


def test_the_diagram_draws_every_end_of_every_move() -> None:
    drawn = diagram.mermaid()
    for (stage, act), found in MOVES.items():
        for to in found.to:
            assert f"{'[*]' if stage is Stage.NONE else stage} --> {to}: {diagram.act_zh(act)} {act}" in drawn
