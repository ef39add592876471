"""What is prepared for later stages is what is offered when they have come, and admission takes it."""

from __future__ import annotations

from msgspec.structs import replace

from manifests.machine import Act
from manifests.model import Stage
from manifests.possible.coming import ComingPlace, ComingStage, coming_stages
from manifests.possible.preparing import PLATE, WORDS
from tests.manifests.asking import ground_of, possible, submit_possible
from tests.manifests.driver import CARRIER, GENERATOR, OTHER_TRUCK, RECEIVER, SECOND_CARRIER, Driver


def stages(log: Driver, party: str) -> dict[str, ComingStage]:
    """By name; of what another carries ``…, not held``."""
    found = list(coming_stages(ground_of(log), party))
    return {name_of(one.place): one for one in found}


def name_of(place: ComingPlace) -> str:
    """As these tests call it."""
    return f"{place.stage.value}, not held" if place.stage is Stage.IN_TRANSIT and not place.holds else place.stage.value


def kinds(stage: ComingStage) -> list[str]:
    """Of its acts."""
    return [act.prepared.kind for act in stage.acts]


def test_a_driver_sees_the_whole_trip_before_it_begins() -> None:
    log = Driver()
    log.issue()
    found = stages(log, CARRIER)
    assert list(found) == ["issued", "in_transit", "in_transit, not held", "arrived"]
    assert kinds(found["issued"]) == [Act.DEPART.kind]
    assert kinds(found["in_transit"]) == [Act.HAND_OVER.kind, Act.TRANSSHIP.kind, Act.STOP.kind, Act.ARRIVE.kind]
    assert not found["arrived"].acts
    assert found["issued"].acts[0].alone
    assert {kind: name_of(place) for kind, place in found["in_transit"].leads.items()} == {
        Act.HAND_OVER.kind: "in_transit, not held",
        Act.TRANSSHIP.kind: "in_transit",
        Act.STOP.kind: "in_transit",
        Act.ARRIVE.kind: "arrived",
    }


def test_what_comes_is_what_is_offered_when_it_has_come() -> None:
    log = Driver()
    log.issue()
    before = {act.prepared.kind: act.prepared for act in stages(log, CARRIER)["in_transit"].acts}
    log.depart()
    offered = {one.prepared.kind: one.prepared for one in possible(log, CARRIER)}
    assert before
    for kind, prepared in before.items():
        assert prepared == offered[kind]


def test_admission_takes_what_was_prepared_before_the_departure() -> None:
    log = Driver()
    log.issue()
    before = {act.prepared.kind: act for act in stages(log, CARRIER)["in_transit"].acts}
    log.depart()
    log.wait(hours=1)
    transship = before[Act.TRANSSHIP.kind]
    vehicle = replace(transship.prepared.body.vehicle, plate=OTHER_TRUCK.plate, licence_no=OTHER_TRUCK.licence_no)
    body = replace(transship.prepared.body, vehicle=vehicle, reason="故障换车（虚构）")
    assert transship.prepared.body.vehicle.plate == PLATE
    assert transship.prepared.body.reason == WORDS
    now = {one.prepared.kind: one for one in possible(log, CARRIER)}
    assert submit_possible(log, now[Act.TRANSSHIP.kind], body) == set()
    log.wait(hours=1)
    arrive = {one.prepared.kind: one for one in possible(log, CARRIER)}[Act.ARRIVE.kind]
    assert submit_possible(log, arrive, before[Act.ARRIVE.kind].prepared.body) == set()


def test_each_party_sees_its_own_acts_alone() -> None:
    log = Driver()
    log.issue(carriers=(CARRIER, SECOND_CARRIER))
    assert kinds(stages(log, GENERATOR)["issued"]) == [Act.DEPART.kind]
    assert not stages(log, GENERATOR)["in_transit, not held"].acts
    assert not stages(log, GENERATOR)["issued"].acts[0].alone
    assert list(stages(log, RECEIVER)) == ["issued"]
    assert kinds(stages(log, SECOND_CARRIER)["issued"]) == [Act.DEPART.kind]
    log.depart()
    assert kinds(stages(log, CARRIER)["in_transit"])


def test_who_takes_the_load_over_knows_its_acts_before() -> None:
    log = Driver()
    log.issue(carriers=(CARRIER, SECOND_CARRIER))
    log.depart()
    found = stages(log, SECOND_CARRIER)
    assert list(found)[:2] == ["in_transit, not held", "in_transit"]
    assert not found["in_transit, not held"].acts
    assert name_of(found["in_transit, not held"].leads[Act.HAND_OVER.kind]) == "in_transit"
    assert Act.ARRIVE.kind in kinds(found["in_transit"])
