"""Which trip comes first on a driver's phone; where addresses say a place only once."""

from __future__ import annotations

import pytest

from ledger.times import format_at
from liandan.desk.driver.trip import GATE_S, own_trips, place_of
from manifests.view import ManifestView, concerns, fold
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, RECEIVER, Driver

SOON, LATER, MOVING = (f"{MANIFEST[:-4]}MAN{number}" for number in (4, 5, 6))
NAMES = {"510112": "四川省成都市龙泉驿区", "500116": "重庆市江津区", "51": "Sichuan"}


def views(log: Driver) -> list[ManifestView]:
    found: dict[str, ManifestView] = {}
    for entry in log.entries:
        if (chain := concerns(entry)) is not None:
            found[chain] = fold(found.get(chain), entry)
    return list(found.values())


def test_the_road_comes_first_then_the_gate_then_what_is_planned_next() -> None:
    log = Driver()
    log.issue(chain=LATER, number="20265101000011", planned_at=format_at(log.at_s + 86_400))
    log.issue(chain=SOON, number="20265101000012", planned_at=format_at(log.at_s + 7_200))
    log.issue(chain=MOVING, number="20265101000013")
    log.depart(chain=MOVING)

    def listed(now_s: int, party: str = CARRIER) -> list[str]:
        return [view.chain for view in own_trips(views(log), party, now_s)]

    assert listed(log.at_s) == [MOVING, SOON, LATER]
    assert listed(log.at_s + 86_400) == [MOVING, LATER, SOON], "the nearest in time, whichever was written first"
    assert listed(log.at_s, GENERATOR) == [SOON, LATER], "who hands over has only what has not left"
    assert listed(log.at_s, RECEIVER) == []
    log.wait(hours=3)
    log.arrive(chain=MOVING)
    assert listed(log.at_s)[0] == MOVING, "whoever stands at the gate shows it"
    assert listed(log.at_s + GATE_S + 1) == [SOON, LATER]


@pytest.mark.parametrize(
    ("division", "address", "said"),
    [
        ("510112", "成都市龙泉驿区示范大道12号", "四川省成都市龙泉驿区示范大道12号"),
        ("510112", "示范大道12号", "四川省成都市龙泉驿区示范大道12号"),
        ("510112", "四川省成都市龙泉驿区示范大道12号", "四川省成都市龙泉驿区示范大道12号"),
        ("500116", None, "重庆市江津区"),
        ("520100", "示范路1号", "520100 示范路1号"),
        ("51", "示范路1号", "Sichuan 示范路1号"),
    ],
)
def test_an_address_says_a_place_once(division: str, address: str | None, said: str) -> None:
    assert place_of(division, address, NAMES) == said
