"""Views are folded from entries alone and say the same as the log's own state; duties say who is next, and by when."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.directory import log_state
from ledger.model import Statement
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.deadlines import duties
from manifests.model import Stage
from manifests.view import Flag, ManifestView, concerns, fold
from tests.manifests.driver import (
    BACK,
    CARRIER,
    GENERATOR,
    LIMITS,
    MANIFEST,
    NUMBER,
    ORIGIN,
    RECEIVER,
    SECOND_CARRIER,
    Driver,
    accepted,
    partly,
    rejected,
    reported,
)
from tests.workbench import AUTHORITY_51
from whitelist.terms import Duty, Present
from whitelist.thresholds import Thresholds
from whitelist.workdays import Workdays, workdays_of

CASE = f"case/{GENERATOR}/{MANIFEST.rpartition('/')[2]}/01K9000000000000000000CASE"


def viewed(log: Driver, chain: str = MANIFEST) -> ManifestView:
    view: ManifestView | None = None
    for entry in log.entries:
        if concerns(entry) == chain:
            view = fold(view, entry)
    assert view is not None
    return view


def calendar(log: Driver) -> Workdays:
    return workdays_of(log.bench.facts)


def next_duties(log: Driver, limits: Thresholds = LIMITS, returning: Sequence[ManifestView] = ()) -> tuple[Duty, ...]:
    return duties(viewed(log), Present(log.at_s, calendar(log), limits), log_state(log.bench.facts), returning)


def number_it(log: Driver) -> Entry:
    body = acts.CaseNumber(trunk=acts.Trunk(seq=0, hash=log.state().acts[0]), number=NUMBER)
    return log.post("case.number/1", (AUTHORITY_51,), body, chain=CASE)


def test_the_fold_is_the_logs_own_state_at_every_step() -> None:
    log = Driver()
    steps = [
        log.issue,
        log.depart,
        log.arrive,
        lambda: log.receive(partly(0, "5", "0.6")),
        lambda: log.dispose((0, "R4", "5")),
        log.verify,
    ]
    view: ManifestView | None = None
    for step in steps:
        log.wait(minutes=30)
        if step == log.verify:
            log.send_back("0.6")
        entry = step()
        view = fold(view, entry)
        assert view.state == log.own_state()
        assert view.records[-1].hash == entry.statement.hash
    assert view is not None
    assert (view.state.stage, len(view.records), view.updated_idx) == (Stage.CLOSED, 6, log.entries[-1].index)


def test_a_return_is_folded_from_its_own_entries() -> None:
    """What the manifest that it returns says more is known to the log alone; the return is found by its term."""
    log = Driver().to_arrived()
    log.receive(rejected(0))
    log.send_back()
    view: ManifestView | None = None
    for entry in log.entries:
        view = fold(view, entry) if concerns(entry) == BACK else view
    assert view is not None
    assert view.state == log.own_state(BACK)
    assert f"returns:{MANIFEST.removeprefix('manifest/')}" in view.terms


def test_a_number_of_a_case_shows_at_once() -> None:
    log = Driver()
    log.issue()
    number_it(log)
    view = viewed(log)
    assert view.state.number == NUMBER
    assert [record.kind for record in view.records] == ["manifest.issue/1", "case.number/1"]
    log.depart()
    assert viewed(log).state == log.own_state()


def test_alerts_are_collected_with_their_entries() -> None:
    log = Driver()
    log.issue()
    log.depart((CARRIER,))
    log.arrive()
    log.receive(accepted(0, "5.3"), **reported(format_at(log.at_s)))
    assert viewed(log).flags == (
        Flag("L", "LOAD_UNILATERAL", log.entries[1].index),
        Flag("H", "WEIGHT", log.entries[3].index),
    )
    assert viewed(log).records[1].tags == (("LOAD_UNILATERAL",),)


def test_a_stop_changes_the_history_and_no_stage() -> None:
    log = Driver().to_in_transit()
    log.post("manifest.stop/1", (CARRIER,), acts.Stop(place=ORIGIN, reason="夜间停靠"))
    assert viewed(log).state == log.own_state()
    assert (viewed(log).state.stage, viewed(log).records[-1].kind) == (Stage.IN_TRANSIT, "manifest.stop/1")


def test_carriers_are_those_named_and_those_who_came() -> None:
    log = Driver()
    log.issue()
    log.depart((GENERATOR, SECOND_CARRIER))
    assert viewed(log).carriers == (CARRIER, SECOND_CARRIER)
    assert viewed(log).codes == ("900-052-31",)


def test_a_view_survives_its_encoding() -> None:
    log = Driver().to_arrived()
    log.receive(rejected(0))
    view = viewed(log)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(view), type=ManifestView) == view
    assert msgspec.json.decode(msgspec.json.encode(view), type=ManifestView) == view


def test_entries_of_other_chains_concern_no_manifest() -> None:
    log = Driver()
    entry = log.issue()
    foreign: Statement = replace(entry.statement, chain=f"party/{GENERATOR}")
    assert concerns(replace(entry, statement=foreign)) is None


# --- duties ----------------------------------------------------------------------------------------------------------------------------


def test_after_the_issue_consignor_and_carrier_are_next_and_the_number_is_missing() -> None:
    log = Driver()
    log.issue(planned_at="2026-11-06T09:00:00+08:00")
    depart, number = next_duties(log)
    assert depart == Duty(
        kind="manifest.depart/1",
        signers=(("consignor", (GENERATOR,)), ("carrier", (CARRIER,))),
        due_on="2026-11-06",
        term="depart",
        since="2026-11-06",
        article="Order 23 Art. 11",
        workdays_left=1,
    )
    assert number.kind == "case.number/1"


def test_a_planned_day_is_overdue_the_day_after() -> None:
    log = Driver()
    log.issue(planned_at="2026-11-06T09:00:00+08:00", number=NUMBER)
    log.at_s = parse_at("2026-11-06T23:59:59+08:00")
    assert [duty.overdue for duty in next_duties(log)] == [False]
    log.wait(seconds=1)
    assert [duty.overdue for duty in next_duties(log)] == [True]


def test_under_way_the_carrier_who_has_the_load_is_next() -> None:
    log = Driver().to_in_transit(number=NUMBER)
    (arrive,) = next_duties(log)
    assert (arrive.kind, arrive.signers, arrive.due_on) == ("manifest.arrive/1", (("carrier", (CARRIER,)),), "2026-11-08")  # trip_h


def test_the_receiver_has_five_working_days_from_the_arrival() -> None:
    log = Driver().to_arrived(number=NUMBER)  # Thursday 2026-11-05
    (receive,) = next_duties(log)
    assert (receive.kind, receive.signers) == ("manifest.receive/1", (("receiver", (RECEIVER,)),))
    assert (receive.due_on, receive.overdue, receive.provisional) == ("2026-11-12", False, False)


def test_a_day_counted_without_the_official_notice_says_so() -> None:
    log = Driver(at_s=parse_at("2026-12-30T08:00:00+08:00")).to_arrived(number=NUMBER)
    (receive,) = next_duties(log)
    assert receive.provisional


def test_accepted_waste_is_disposed_of_within_a_year_and_verified_within_ninety_days() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive()
    (dispose,) = next_duties(log)
    assert (dispose.kind, dispose.due_on) == ("manifest.dispose/1", "2027-11-05")
    log.dispose((0, "R4", "5.6"))
    (verify,) = next_duties(log)
    assert (verify.kind, verify.signers, verify.due_on) == ("manifest.verify/1", (("generator", (GENERATOR,)),), "2027-02-03")
    log.verify()
    assert next_duties(log) == ()


def test_a_rejected_manifest_is_verified_and_then_nothing_is_due() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive(rejected(0))
    (issue,) = next_duties(log)
    assert (issue.kind, issue.signers, issue.due_on) == ("manifest.issue/1", (("generator", (GENERATOR,)),), "2026-11-09")
    log.send_back()
    (verify,) = next_duties(log, returning=[viewed(log, BACK)])
    assert (verify.kind, verify.due_on) == ("manifest.verify/1", "2027-02-03")
    log.verify()
    assert next_duties(log, returning=[viewed(log, BACK)]) == ()


def test_nothing_is_due_on_a_voided_manifest() -> None:
    log = Driver()
    log.issue()
    log.void()
    assert next_duties(log) == ()


def test_terms_are_those_of_the_thresholds() -> None:
    log = Driver().to_arrived(number=NUMBER)
    (receive,) = next_duties(log, replace(LIMITS, receipt_wd=1))
    assert receive.due_on == "2026-11-06"


def test_an_act_that_the_view_does_not_know_is_an_error_there() -> None:
    """It used to be folded like a change of custody."""
    log = Driver()
    entry = log.issue()
    unknown = replace(entry, statement=replace(entry.statement, kind="case.unheard_of/1"))
    with pytest.raises(KeyError):
        fold(viewed(log), unknown)
