"""Who rides with a load: an id is no obstacle to waste that moves, but the authorities see whose qualification nobody stated (R-26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger.times import day_of
from manifests import acts
from tests.manifests.bodies import CARRIER, DESTINATION, OTHER_TRUCK, SECOND_CARRIER
from tests.manifests.driver import Driver

COMMIT = {"driver.name": "5e" * 32}


@pytest.fixture
def log() -> Driver:
    return Driver()


def register(log: Driver, owner: str, crew: str, role: str = "driver", **more: Any) -> None:
    log.post("crew.register/1", (owner,), {"crew": crew, "role": role, "commit": COMMIT, **more}, chain=f"party/{owner}")


def riding(*members: tuple[str, str]) -> tuple[acts.CrewMember, ...]:
    return tuple(acts.CrewMember(crew=crew, role=role) for crew, role in members)


def says(entry: Any) -> str | None:
    """Level of CREW in an entry's alerts."""
    return {code: level for level, code in entry.admission.decision.alerts}.get("CREW")


def departed(log: Driver, *members: tuple[str, str]) -> Any:
    log.issue()
    return says(log.depart(crew=riding(*members)))


def test_registered_people_are_passed_over_in_silence(log: Driver) -> None:
    register(log, CARRIER, "D01", valid_to="2099-12-31")
    register(log, CARRIER, "E01", "escort")
    assert departed(log, ("D01", "driver"), ("E01", "escort")) is None


@pytest.mark.parametrize(("crew", "role"), [("D09", "driver"), ("E01", "driver"), ("D02", "driver")])
def test_unknown_of_another_role_or_retired_is_said(log: Driver, crew: str, role: str) -> None:
    register(log, CARRIER, "E01", "escort")
    register(log, CARRIER, "D02")
    log.post("crew.retire/1", (CARRIER,), {"crew": "D02", "reason": "离职"}, chain=f"party/{CARRIER}")
    register(log, SECOND_CARRIER, "D09")  # a stranger's people are nobody's
    assert departed(log, (crew, role)) == "H"


def test_a_qualification_holds_on_its_last_day_and_not_on_the_next(log: Driver) -> None:
    day = day_of(log.at_s)
    register(log, CARRIER, "D01", valid_to=day)
    assert departed(log, ("D01", "driver")) is None
    log.at_s += int(timedelta(days=1).total_seconds())
    moved = log.post("manifest.transship/1", (CARRIER,), moving(riding(("D01", "driver"))))
    assert says(moved) == "H"


def moving(crew: tuple[acts.CrewMember, ...]) -> acts.Transship:
    return acts.Transship(vehicle=OTHER_TRUCK, place=DESTINATION, reason="故障", crew=crew)


def test_who_takes_the_load_over_answers_for_his_own_people(log: Driver) -> None:
    register(log, CARRIER, "D01")
    register(log, SECOND_CARRIER, "D02")
    assert departed(log, ("D01", "driver")) is None
    body = acts.HandOver(vehicle=OTHER_TRUCK, place=DESTINATION, waybill_no="W-2", crew=riding(("D02", "driver")))
    assert says(log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), body)) is None
    assert says(log.post("manifest.transship/1", (SECOND_CARRIER,), moving(riding(("D01", "driver"))))) == "H"
