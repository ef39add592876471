"""管道: transport through a pipeline, metered at both ends day by day (R-13, R-71; Order 23 Art. 19; kinds §5, §6)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.mass import format_mass
from manifests import acts
from signing.refusal import Reason, Refusal
from tests.manifests.driver import (
    ALL_CHECKS,
    CARRIER,
    DESTINATION,
    GENERATOR,
    LIMITS,
    RECEIVER,
    SECOND_CARRIER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    accepted,
    an_issue,
    codes,
    partly,
    rejected,
)
from whitelist.transfer import Meters

RECEIVE = "manifest.receive/1"
TUBE = acts.Vehicle(kind="pipeline", plate="示范一号管线")
PIPELINE: dict[str, Any] = {
    "type": "pipeline",
    "mode": "pipeline",
    "meters": Meters(out_no="LLJ-01", in_no="LLJ-02", period_from="2026-11-01", period_to="2026-11-30"),
}
NOTHING_SCANNED = acts.Gate(labels=(), checks=ALL_CHECKS)


def flowing(mass_t: str = "10") -> dict[str, Any]:
    """A liquid that no pack holds."""
    return {**PIPELINE, "lines": (a_line(form="L", packing="none", packs=0, mass_t=mass_t),)}


def issued(**changes: Any) -> Driver:
    log = Driver()
    log.issue(**{**flowing(), **changes})
    log.wait(minutes=40)
    return log


def leaving(**changes: Any) -> acts.Depart:
    """Through the pipeline, without papers: there is no truck that could carry any."""
    return a_departure(**{"vehicle": TUBE, "waybill_no": None, "gate": NOTHING_SCANNED, **changes})


def arrived(**changes: Any) -> Driver:
    log = issued(**changes)
    log.post("manifest.depart/1", (GENERATOR, CARRIER), leaving())
    log.wait(hours=4)
    log.arrive()
    return log


def row(day: str, out_t: str, in_t: str, line: int = 0) -> acts.MeterRow:
    return acts.MeterRow(day=day, line=line, out_t=out_t, in_t=in_t)


def metered(*rows: acts.MeterRow, accepted_t: str = "10") -> set[str]:
    """What is said of a receipt with these rows."""
    return codes(arrived().receive(accepted(0, accepted_t), meter_rows=rows))


def refused(log: Driver, *rows: Any) -> list[tuple[str, str]]:
    return log.reasons(RECEIVE, (RECEIVER,), log.a_receipt(accepted(0, "10"), meter_rows=rows))


def test_a_whole_life_through_a_pipeline_needs_no_papers_and_no_labels() -> None:
    log = issued()
    assert codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), leaving())) == set()
    log.wait(hours=4)
    log.arrive()
    received = log.receive(accepted(0, "10"), meter_rows=(row("2026-11-05", "4", "4"), row("2026-11-06", "6", "6")))
    assert codes(received) == set()
    assert not [key for key in log.stored if key.startswith("trip:")], "a pipeline carries the loads of many"


def test_meters_belong_to_a_pipeline_and_a_pipeline_has_meters() -> None:
    issue = ("manifest.issue/1", (GENERATOR,))
    assert Driver().reasons(*issue, an_issue(**{**flowing(), "meters": None})) == [("MISSING", "body.meters")]
    assert Driver().reasons(*issue, an_issue(meters=PIPELINE["meters"])) == [("ISSUE_TYPE", "body.meters")]
    assert Driver().reasons(*issue, an_issue(**{**flowing(), "mode": "road"})) == [("MODE", "body.mode")]
    assert Driver().reasons(*issue, an_issue(mode="pipeline")) == [("MODE", "body.mode")]


@pytest.mark.parametrize("vehicle", [TRUCK, acts.Vehicle(kind="other", plate="槽罐")], ids=lambda vehicle: str(vehicle.kind))
def test_only_a_pipeline_carries_what_goes_by_pipeline(vehicle: acts.Vehicle) -> None:
    """At the departure and wherever the load would change its vehicle."""
    place = [("VEHICLE_KIND", "body.vehicle.kind")]
    log = issued()
    assert log.reasons("manifest.depart/1", (GENERATOR, CARRIER), leaving(vehicle=vehicle)) == place
    log.post("manifest.depart/1", (GENERATOR, CARRIER), leaving())
    handed = acts.HandOver(vehicle=vehicle, place=DESTINATION)
    assert log.reasons("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), handed) == place
    moved = acts.Transship(vehicle=vehicle, place=DESTINATION, reason="检修")
    assert log.reasons("manifest.transship/1", (CARRIER,), moved) == place


def test_a_pipeline_carries_nothing_that_goes_by_road() -> None:
    log = Driver().to_in_transit()
    handed = acts.HandOver(vehicle=TUBE, place=DESTINATION, waybill_no="W2")
    assert log.reasons("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), handed) == [("VEHICLE_KIND", "body.vehicle.kind")]


LIMIT = LIMITS.meter_permille
"""20 per mille of what went in."""
WITHIN = format_mass(10_000_000 + 10_000 * LIMIT)
BEYOND = format_mass(10_000_001 + 10_000 * LIMIT)


@pytest.mark.parametrize(("out_t", "said"), [("10", set()), (WITHIN, set()), (BEYOND, {"M:METER_DIFF"}), ("0", {"M:METER_DIFF"})])
def test_what_went_in_and_what_came_out_agree_by_day(out_t: str, said: set[str]) -> None:
    assert metered(row("2026-11-05", out_t, "10")) == said


def test_a_difference_of_one_day_is_not_made_good_by_the_next() -> None:
    assert metered(row("2026-11-05", "4", "5"), row("2026-11-06", "6", "5")) == {"M:METER_DIFF"}


def test_rows_of_one_day_are_one_day() -> None:
    assert metered(row("2026-11-05", "4", "5"), row("2026-11-05", "6", "5")) == set()


def test_a_day_on_which_nothing_flowed_is_no_difference() -> None:
    assert metered(row("2026-11-05", "10", "10"), row("2026-11-06", "0", "0")) == set()
    assert metered(row("2026-11-05", "10", "10"), row("2026-11-06", "0.000001", "0")) == {"M:METER_DIFF"}


@pytest.mark.parametrize(
    ("in_t", "said"), [("9.803922", set()), ("9.803921", {"M:METER_DIFF"}), ("10.204081", set()), ("10.204082", {"M:METER_DIFF"})]
)
def test_what_the_meters_counted_is_what_was_received(in_t: str, said: set[str]) -> None:
    """10 t accepted against Σ in of both days, at the gram on either side of 20 per mille of what went in."""
    half = format_mass(5_000_000)
    rest = format_mass(round(float(in_t) * 1_000_000) - 5_000_000)
    assert metered(row("2026-11-05", half, half), row("2026-11-06", rest, rest)) == said


def test_what_was_refused_came_through_the_meter_too() -> None:
    log = arrived()
    rows = (row("2026-11-05", "10", "10"),)
    assert "M:METER_DIFF" not in codes(log.receive(partly(0, "6", "4"), meter_rows=rows))
    assert "M:METER_DIFF" not in codes(arrived().receive(rejected(0), meter_rows=rows))
    assert "M:METER_DIFF" in codes(arrived().receive(partly(0, "6", "4"), meter_rows=(row("2026-11-05", "6", "6"),)))


def test_each_line_has_its_own_meter_rows() -> None:
    two = tuple(a_line(form="L", packing="none", packs=0, mass_t="10", decision_line=number) for number in (0, 1))
    log = Driver(line_count=2)
    log.issue(**{**flowing(), "lines": two})
    log.wait(minutes=40)
    log.post("manifest.depart/1", (GENERATOR, CARRIER), leaving())
    rows = (row("2026-11-05", "10", "10"), row("2026-11-05", "10", "10", line=1))
    both = (accepted(0, "10"), accepted(1, "10"))
    only_one = log.a_receipt(*both, meter_rows=(row("2026-11-05", "20", "20"),))
    assert log.reasons(RECEIVE, (RECEIVER,), log.a_receipt(*both, meter_rows=(*rows, row("2026-11-05", "1", "1", line=2)))) == [
        ("LINE_UNKNOWN", "body.meter_rows.2.line")
    ]
    entry = log.post(RECEIVE, (RECEIVER,), only_one)
    assert "M:METER_DIFF" in codes(entry), "20 t on one line are no 10 t on each"


@pytest.mark.parametrize("mass_t", ["10", "0.000001"])
def test_a_line_that_no_meter_counted_differs_from_its_first_gram(mass_t: str) -> None:
    two = tuple(a_line(form="L", packing="none", packs=0, mass_t=mass, decision_line=at) for at, mass in enumerate(("10", mass_t)))
    log = Driver(line_count=2)
    log.issue(**{**flowing(), "lines": two})
    log.wait(minutes=40)
    log.post("manifest.depart/1", (GENERATOR, CARRIER), leaving())
    received = log.receive(accepted(0, "10"), accepted(1, mass_t), meter_rows=(row("2026-11-05", "10", "10"),))
    assert "M:METER_DIFF" in codes(received)


def test_a_receipt_may_come_without_rows() -> None:
    assert metered() == set()


def test_only_a_pipeline_is_metered() -> None:
    log = Driver().to_arrived()
    body = log.a_receipt(accepted(0, "5.6"), meter_rows=(row("2026-11-05", "5.6", "5.6"),))
    with pytest.raises(Refusal) as refused:
        log.post(RECEIVE, (RECEIVER,), body)
    assert refused.value.reasons == (Reason("ISSUE_TYPE", "body.meter_rows", "normal", "pipeline", "METERS"),)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("2026-02-30", "1", "1")], [("DATE_FORM", "body.meter_rows.0.day")]),
        ([row("2026-11-05", "1,0", "-1")], [("QTY", "body.meter_rows.0.in_t"), ("QTY", "body.meter_rows.0.out_t")]),
        ([row("2026-11-05", "1", "1")] * 201, [("LIST_LENGTH", "body.meter_rows")]),
        ([{"day": "2026-11-05", "line": 0, "out_t": "1"}], [("FIELD_MISSING", "body.meter_rows.0.in_t")]),
    ],
)
def test_rows_out_of_form_are_refused_with_their_place(rows: list[Any], expected: list[tuple[str, str]]) -> None:
    assert refused(arrived(), *rows) == expected
