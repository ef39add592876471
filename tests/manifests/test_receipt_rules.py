"""R-17 at receipt, R-60 to R-64, and the disposal after it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.times import format_at, parse_at
from manifests import acts
from manifests.act import DISPOSALS_MAX
from manifests.model import Fate, Stage
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    PERMIT,
    RECEIVER,
    Driver,
    a_departure,
    a_line,
    accepted,
    backfilled,
    codes,
    partly,
    permit,
    rejected,
    reported,
)
from whitelist.permit import Change, History

RECEIVE = "manifest.receive/1"
DISPOSE = "manifest.dispose/1"


@pytest.fixture
def log() -> Driver:
    return Driver().to_arrived()


def two_lines(form: str = "S") -> Driver:
    return Driver(line_count=2).to_arrived(lines=(a_line(form=form), a_line(decision_line=1, mass_t="20", form=form)))


# --- R-62, R-61 ------------------------------------------------------------------------------------------------------------------------


def test_a_small_weight_difference_passes_without_report(log: Driver) -> None:
    assert codes(log.receive(accepted(0, "5.548"))) == set()
    assert log.state().discrepancies == ()


@pytest.mark.parametrize(("mass_t", "level"), [("5.539999", "M"), ("5.660001", "M"), ("5.3", "H"), ("6.1", "H")])
def test_a_weight_difference_is_reported_and_flagged(log: Driver, mass_t: str, level: str) -> None:
    assert codes(log.receive(accepted(0, mass_t))) == {f"{level}:WEIGHT", "H:DISCREPANCY_UNREPORTED"}
    assert log.state().discrepancies == (), "what was stated; what the scales say is the alert"


@pytest.mark.parametrize("mass_t", ["5.539999", "5.3"])
def test_a_reported_weight_difference_is_flagged_for_itself(log: Driver, mass_t: str) -> None:
    assert {code[2:] for code in codes(log.receive(accepted(0, mass_t), **reported(format_at(log.at_s))))} == {"WEIGHT"}


@pytest.mark.parametrize("mass_t", ["5.54", "5.66"])
def test_the_tolerance_itself_needs_no_report(log: Driver, mass_t: str) -> None:
    assert codes(log.receive(accepted(0, mass_t))) == set()


def test_liquids_have_a_wider_tolerance() -> None:
    log = Driver().to_arrived(lines=(a_line(form="L", packing="drum", mass_t="20"),))
    assert codes(log.receive(accepted(0, "19.4"))) == set()


@pytest.mark.parametrize("key", ["name", "quantity", "property", "form", "packing"])
def test_each_of_the_five_differences_is_reported_even_when_accepted(log: Driver, key: str) -> None:
    line = accepted(0, "5.6", differences=(key,))
    assert codes(log.receive(line)) == {"H:DISCREPANCY_UNREPORTED"}
    assert log.state().discrepancies == ((0, (key,)),)
    again = Driver().to_arrived()
    assert codes(again.receive(line, **reported(format_at(again.at_s)))) == set()


@pytest.mark.parametrize("missing", ["reported_to_authority", "notified_generator"])
def test_both_the_generator_and_the_authority_are_told(log: Driver, missing: str) -> None:
    duties = {name: report for name, report in reported(format_at(log.at_s)).items() if name != missing}
    assert codes(log.receive(accepted(0, "5.6", differences=("form",)), **duties)) == {"H:DISCREPANCY_UNREPORTED"}


@pytest.mark.parametrize(("ahead_s", "expected"), [(300, set()), (301, {"H:DISCREPANCY_UNREPORTED"})])
def test_a_report_of_the_future_is_none(log: Driver, ahead_s: int, expected: set[str]) -> None:
    line = accepted(0, "5.6", differences=("form",))
    assert codes(log.receive(line, **reported(format_at(log.at_s + ahead_s)))) == expected


def test_what_was_found_is_taken(log: Driver) -> None:
    found = acts.FoundWaste(name="废铅膏", code="900-052-31", form="SS", packing="bag")
    line = accepted(0, "5.6", differences=("name", "form", "packing"), found=found, major_difference=True, major_difference_note="混装")
    assert codes(log.receive(line, **reported(format_at(log.at_s)))) == set()


@pytest.mark.parametrize(
    ("declared_t", "loaded_t", "received_t", "at_loading", "at_receipt"),
    [
        ("10", "10.5", "10.5", {"M:LOAD_WEIGHT"}, set()),  # case E5
        ("10", "10.5", "10", {"M:LOAD_WEIGHT"}, {"M:WEIGHT", "H:DISCREPANCY_UNREPORTED"}),
        ("10", None, "10.5", set(), {"M:WEIGHT", "H:DISCREPANCY_UNREPORTED"}),
        ("10", "10", "10", set(), set()),
    ],
)
def test_r_62_has_one_baseline(declared_t: str, loaded_t: str | None, received_t: str, at_loading: set[str], at_receipt: set[str]) -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t=declared_t),))
    loaded = () if loaded_t is None else (acts.LoadedLine(line=0, mass_t=loaded_t),)
    assert codes(log.depart(loaded=loaded)) == at_loading
    log.arrive()
    assert codes(log.receive(accepted(0, received_t))) == at_receipt


# --- R-63 ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        acts.ReceivedLine(line=0, opinion="accept", accepted_t="0", method="R4"),
        acts.ReceivedLine(line=0, opinion="accept", accepted_t="5", refused_t="0.6", method="R4"),
        acts.ReceivedLine(line=0, opinion="partly", accepted_t="5.6", method="R4", reason_code="other", reason="x"),
        acts.ReceivedLine(line=0, opinion="partly", accepted_t="5.6", refused_t="0", method="R4", reason_code="other", reason="x"),
        acts.ReceivedLine(line=0, opinion="partly", accepted_t="0", refused_t="5.6", method="R4", reason_code="other", reason="x"),
        acts.ReceivedLine(line=0, opinion="reject", accepted_t="0.000001", refused_t="5.6", method="R4", reason_code="other", reason="x"),
    ],
)
def test_an_opinion_that_does_not_fit_its_masses_is_refused(log: Driver, line: acts.ReceivedLine) -> None:
    body = log.a_receipt(line, **reported(format_at(log.at_s)))
    assert log.refused(RECEIVE, (RECEIVER,), body) == ["OPINION_QTY"]


def test_a_partial_acceptance_splits_the_mass(log: Driver) -> None:
    log.receive(partly(0, "5.599999", "0.000001"))
    line = log.state().lines[0]
    assert log.state().stage is Stage.PARTLY_ACCEPTED
    assert (line.accepted_g, line.refused_g, line.opinion) == (5_599_999, 1, "partly")


def test_a_rejected_load_refuses_what_was_sent(log: Driver) -> None:
    log.receive(rejected(0))
    line = log.state().lines[0]
    assert log.state().stage is Stage.REJECTED
    assert (line.accepted_g, line.refused_g) == (0, 5_600_000)


def test_a_rejected_load_may_be_weighed_before_it_is_sent_back(log: Driver) -> None:
    log.receive(rejected(0, refused_t="5.58"))
    assert log.state().lines[0].refused_g == 5_580_000


@pytest.mark.parametrize("opinion", ["partly", "reject"])
@pytest.mark.parametrize("name", ["reason", "reason_code"])
def test_a_refusal_gives_its_reason(log: Driver, opinion: str, name: str) -> None:
    line = partly(0, "3", "2.6") if opinion == "partly" else rejected(0)
    assert log.refused(RECEIVE, (RECEIVER,), log.a_receipt(replace(line, **{name: None}))) == ["MISSING"]
    assert log.refused(RECEIVE, (RECEIVER,), log.a_receipt(replace(line, reason=" \u3164"))) == ["MISSING"]


def test_lines_with_different_opinions_make_a_partly_accepted_manifest() -> None:
    log = two_lines()
    log.receive(accepted(0, "5.6"), rejected(1))
    assert log.state().stage is Stage.PARTLY_ACCEPTED


def test_all_lines_rejected_reject_the_manifest() -> None:
    log = two_lines()
    log.receive(rejected(1), rejected(0))
    assert log.state().stage is Stage.REJECTED


@pytest.mark.parametrize("numbers", [(0,), (0, 0), (0, 1, 1), (0, 2)])
def test_every_line_is_answered_once(numbers: tuple[int, ...]) -> None:
    log = two_lines()
    lines = tuple(accepted(number, "20" if number == 1 else "5.6") for number in numbers)
    assert log.refused(RECEIVE, (RECEIVER,), log.a_receipt(*lines)) == ["LINES_ONCE"]


@pytest.mark.parametrize("mass_t", ["", "5.6t", "-1", "1e3", "5.6000000", "05.6", "５.６", "100000.000001"])
def test_a_mass_is_a_plain_decimal_of_at_most_six_places(log: Driver, mass_t: str) -> None:
    assert log.refused(RECEIVE, (RECEIVER,), log.a_receipt(accepted(0, mass_t), **reported(format_at(log.at_s)))) == ["QTY"]


# --- R-64 ------------------------------------------------------------------------------------------------------------------------------


def test_another_method_at_receipt_is_a_fact_and_flagged(log: Driver) -> None:
    assert codes(log.receive(accepted(0, "5.6", method="D1"))) == {"H:METHOD_CHANGED", "H:PERMIT_METHOD"}


def test_without_a_method_it_is_the_manifests(log: Driver) -> None:
    assert codes(log.receive(accepted(0, "5.6", method=None))) == set()


def test_the_method_of_what_was_rejected_says_nothing(log: Driver) -> None:
    assert codes(log.receive(rejected(0, method="D1"))) == set()


# --- R-60, R-70 ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted_at", "admitted_at", "expected"),
    [
        ("2026-11-05T14:30:00+08:00", "2026-11-12T23:59:59+08:00", set()),  # Thursday to Thursday: day 5
        ("2026-11-05T14:30:00+08:00", "2026-11-13T00:00:00+08:00", {"M:RECEIPT_OVERDUE"}),  # day 6
        ("2026-11-05T14:30:00+08:00", "2026-11-18T12:00:00+08:00", {"M:RECEIPT_OVERDUE"}),  # day 9
        ("2026-11-05T14:30:00+08:00", "2026-11-19T12:00:00+08:00", {"H:RECEIPT_OVERDUE"}),  # day 10
        ("2026-09-28T10:00:00+08:00", "2026-10-10T12:00:00+08:00", set()),  # national holidays; Saturday 10-10 is worked
        ("2026-09-28T10:00:00+08:00", "2026-10-11T12:00:00+08:00", set()),  # a Sunday counts for nothing
        ("2026-09-28T10:00:00+08:00", "2026-10-12T12:00:00+08:00", {"M:RECEIPT_OVERDUE"}),
        ("2026-12-28T10:00:00+08:00", "2027-01-05T12:00:00+08:00", set()),  # New Year's Day is off, notice or not
        ("2026-12-28T10:00:00+08:00", "2027-01-06T12:00:00+08:00", {"M:RECEIPT_OVERDUE", "PROVISIONAL_CALENDAR"}),
    ],
)
def test_a_receipt_is_confirmed_within_five_working_days(accepted_at: str, admitted_at: str, expected: set[str]) -> None:
    accepted_s = parse_at(accepted_at)
    log = Driver(at_s=accepted_s - 3600).to_in_transit()
    log.at_s = accepted_s
    log.arrive()
    log.at_s = parse_at(admitted_at)
    found = codes(log.receive(accepted_at=accepted_at))
    assert found == expected


@pytest.mark.parametrize(
    ("admitted_at", "expected"),
    [("2026-11-19T12:00:00+08:00", set()), ("2026-11-20T12:00:00+08:00", {"M:BACKFILL_LATE"})],
)
def test_a_backfill_has_ten_working_days_instead(admitted_at: str, expected: set[str]) -> None:
    departed_at, arrived_at = "2026-11-05T08:00:00+08:00", "2026-11-05T08:30:00+08:00"
    log = Driver(at_s=parse_at("2026-11-05T09:00:00+08:00"))
    log.issue(**backfilled(departed_at, arrived_at))
    log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=departed_at)
    log.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=arrived_at)
    log.at_s = parse_at(admitted_at)
    assert codes(log.receive(accepted_at=arrived_at)) == expected


# --- R-17 ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("valid_to", "expected"), [("2026-11-05", set()), ("2026-11-04", {"H:PERMIT_DATE"})])
def test_a_permit_that_ran_out_on_the_way_is_flagged(log: Driver, valid_to: str, expected: set[str]) -> None:
    log.lay(PERMIT, replace(permit(), valid_to=valid_to))
    assert codes(log.receive()) == expected


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED"])
def test_a_permit_that_is_no_longer_in_force_is_flagged(log: Driver, status: str) -> None:
    log.lay(PERMIT, replace(permit(), history=History((Change(0, 0, status),))))  # type: ignore[arg-type]  # one of the literals
    assert codes(log.receive()) == {"H:PERMIT_STATUS"}


# --- disposal --------------------------------------------------------------------------------------------------------------------------


def test_a_manifest_is_disposed_when_every_gram_has_a_fate(log: Driver) -> None:
    log.receive(accepted(0, "5.548"))
    log.dispose((0, "R4", "5"), (0, "R4", "0.5"))
    assert log.state().stage is Stage.ACCEPTED
    log.dispose((0, "R4", "0.047999"))
    assert log.state().stage is Stage.ACCEPTED
    log.dispose((0, "R4", "0.000001"))
    assert log.state().stage is Stage.DISPOSED
    assert log.state().lines[0].fates == (Fate("R4", 5_548_000),)


def test_a_partly_accepted_manifest_is_disposed_by_what_was_accepted() -> None:
    log = two_lines()
    log.receive(partly(0, "5", "0.6"), rejected(1))
    log.dispose((0, "R4", "5"))
    assert log.state().stage is Stage.DISPOSED


@pytest.mark.parametrize(
    ("fates", "expected"),
    [
        ([(0, "R4", "5.600001")], ["FATE_EXCEEDS"]),
        ([(0, "R4", "5"), (0, "R4", "0.600001")], ["FATE_EXCEEDS"]),
        ([(0, "R4", "0")], ["QTY"]),
        ([(1, "R4", "1")], ["LINE_UNKNOWN"]),
        ([(0, "R99", "1")], ["METHOD"]),
        ([], ["LIST_LENGTH"]),
        ([(0, "R4", "0.000001")] * 65, ["LIST_LENGTH"]),
    ],
)
def test_no_gram_has_two_fates(log: Driver, fates: list[tuple[int, str, str]], expected: list[str]) -> None:
    log.receive()
    body = acts.Dispose(fates=tuple(acts.DisposedLine(line=line, method=method, mass_t=mass_t) for line, method, mass_t in fates))
    assert log.refused(DISPOSE, (RECEIVER,), body) == expected


def test_a_rejected_line_has_nothing_to_dispose_of() -> None:
    log = two_lines()
    log.receive(accepted(0, "5.6"), rejected(1))
    body = acts.Dispose(fates=(acts.DisposedLine(line=1, method="R4", mass_t="0.000001"),))
    assert log.refused(DISPOSE, (RECEIVER,), body) == ["FATE_EXCEEDS"]


def test_disposals_are_counted_but_the_one_that_ends_the_stock_always_fits(log: Driver) -> None:
    log.receive()
    for _ in range(DISPOSALS_MAX):
        log.dispose((0, "R4", "0.000001"))
    rest = acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="1"),))
    assert log.refused(DISPOSE, (RECEIVER,), rest) == ["TRUNK_FULL"]
    log.dispose((0, "R4", "5"), (0, "R4", "0.599936"))
    assert (log.state().stage, log.state().times.disposed_s) == (Stage.DISPOSED, log.at_s)


def test_a_fate_sent_onward_needs_lots(log: Driver) -> None:
    log.receive()
    fate = acts.DisposedLine(line=0, method="S", mass_t="1", onward=f"manifest/{RECEIVER}/01K9000000000000000000MAN9")
    assert log.refused(DISPOSE, (RECEIVER,), acts.Dispose(fates=(fate,))) == ["FATE_EXCEEDS"]


def test_a_fate_says_when_it_was_done(log: Driver) -> None:
    log.receive()
    fate = acts.DisposedLine(line=0, method="R4", mass_t="5.6", done_on="2026-11-05", note="一号炉")
    log.post(DISPOSE, (RECEIVER,), acts.Dispose(fates=(fate,)))
    assert log.refused(DISPOSE, (RECEIVER,), acts.Dispose(fates=(replace(fate, done_on="2026-02-30"),))) == ["DATE_FORM"]


def test_another_method_than_the_manifests_is_flagged(log: Driver) -> None:
    log.receive()
    assert codes(log.dispose((0, "D1", "1"))) == {"H:METHOD_CHANGED"}
    assert codes(log.dispose((0, "R4", "4.6"))) == set()
    assert log.state().lines[0].fates == (Fate("D1", 1_000_000), Fate("R4", 4_600_000))
