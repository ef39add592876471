"""A place that a body names: its division is judged on the day of the event, its site by the register of the party's sites."""

from __future__ import annotations

import pytest

from ledger.kinds.site import Site, site_key
from ledger.model import Findings
from tests.whitelist.driver import GENERATOR, OTHER_GENERATOR, Log
from whitelist.fields import Place
from whitelist.rules.place import judge_place, place_registers

SITE = Site(name="二分厂", division="500157", address="重庆市两江新区一号（虚构）")


def judged(place: Place, day: str = "2026-02-02", site: Site | None = SITE, owner: str = GENERATOR) -> Findings:
    log, out = Log(), Findings()
    log.facts.values |= dict.fromkeys(place_registers(place, owner)) | {site_key(GENERATOR, "S-2"): site}
    judge_place(out, log.facts, "body.origin", place, day, owner)
    return out


def place(division: str, site: str | None = None) -> Place:
    return Place(division=division, address="一号（虚构）", site=site)


def codes(out: Findings) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in out.reasons]


def test_a_place_without_site_needs_a_division_that_exists() -> None:
    assert codes(judged(place("510112"))) == []
    assert codes(judged(place("510199"))) == [("DIVISION", "body.origin.division")]


def test_a_withdrawn_division_is_said_from_the_day_after_its_last() -> None:
    assert [judged(place("500112"), day).alerts for day in ("2025-01-01", "2026-02-02")] == [{}, {"DIVISION_RETIRED": "M"}]


def test_an_open_site_of_the_party_is_one_in_its_division_or_what_that_became() -> None:
    assert codes(judged(place("500157", "S-2"))) == []
    assert codes(judged(place("500112", "S-2"))) == [], "500112 became 500157"


@pytest.mark.parametrize(
    ("named", "site", "owner"),
    [
        (place("500157", "S-3"), SITE, GENERATOR),
        (place("500116", "S-2"), SITE, GENERATOR),
        (place("500157", "S-2"), SITE, OTHER_GENERATOR),
        (place("500157", "S-2"), None, GENERATOR),
        (place("500157", "S-2"), Site(name="二分厂", division="500157", address="x", closed_on="2026-01-01"), GENERATOR),
    ],
    ids=["unknown", "elsewhere", "another's", "never registered", "closed"],
)
def test_any_other_site_is_refused(named: Place, site: Site | None, owner: str) -> None:
    assert codes(judged(named, site=site, owner=owner)) == [("SITE_UNKNOWN", "body.origin.site")]
