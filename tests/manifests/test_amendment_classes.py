"""Corrections class by class: declared and loaded masses, fates, times, waste, vehicle, place, number; kinds §8."""

from __future__ import annotations

import pytest

from manifests import acts
from manifests.model import Stage, Vehicle
from tests.manifests.amending import consent, not_consented, not_proposed, propose, received, trunk, viewed
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, NUMBER, Q2, Q3, RECEIVER, SECOND_CARRIER, Driver, accepted, codes, partly
from tests.manifests.test_case_number import CASE
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.rules.number import NumberHolder

LOADED = (acts.LoadedLine(line=0, mass_t="5.5"),)


def departed(**changes: object) -> Driver:
    log = Driver()
    log.issue()
    log.depart(**changes)
    return log


def agree(
    log: Driver, by: str, change: tuple[str, str, str], *parties: str, number: int = 1, more: tuple[tuple[str, str, str], ...] = ()
) -> set[str]:
    """Propose and let everybody consent; what the last entry says. Every view is the log's own state."""
    entry = propose(log, by, change, *more, number=number)
    for party in parties:
        assert "AMENDED" not in codes(entry)
        entry = consent(log, party, number=number)
    assert viewed(log).state == log.own_state()
    return codes(entry)


def test_a_declared_mass_on_the_road_needs_everybody_and_room() -> None:
    log = departed()
    change = ("lines.0.mass_t", '"5.600000"', '"56"')
    assert agree(log, GENERATOR, change, RECEIVER, CARRIER, AUTHORITY_51) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.used_g(Q2), log.used_g(Q3), log.state().lines[0].declared_g) == (56_000_000, 56_000_000, 56_000_000)
    back = ("lines.0.mass_t", '"56"', '"5.6"')
    agree(log, GENERATOR, back, RECEIVER, CARRIER, AUTHORITY_51, number=2)
    assert (log.used_g(Q2), log.used_g(Q3)) == (5_600_000, 5_600_000)
    assert log.value(f"q3:{Q3.removeprefix('Q3 ')}").reserved_g == 5_600_000
    log.receive(accepted(0, "5.6"))
    agree(log, GENERATOR, ("lines.0.mass_t", '"5.6"', '"6"'), RECEIVER, CARRIER, AUTHORITY_51, number=3)
    assert log.used_g(Q2) == 5_600_000, "after the receipt no account moves"


@pytest.mark.parametrize(("limits", "code"), [({"decided_t": "6"}, "APPROVAL_QUOTA"), ({"scale_t": "5"}, "PERMIT_SCALE")])
def test_a_declared_mass_without_room_is_refused_by_the_last_consent(limits: dict[str, str], code: str) -> None:
    log = Driver(**limits)
    log.issue()
    log.depart()
    propose(log, GENERATOR, ("lines.0.mass_t", '"5.600000"', '"6.000001"'))
    for party in (RECEIVER, CARRIER):
        consent(log, party)
    assert not_consented(log, AUTHORITY_51) == [code]


def test_nobody_gains_quota_without_an_authority() -> None:
    """Only firms consent to what was loaded: what is reserved stays reserved until the receipt; more is added."""
    log = Driver()
    log.issue()
    log.depart(loaded=(acts.LoadedLine(line=0, mass_t="6"),))
    assert log.used_g(Q2) == 6_000_000
    assert agree(log, CARRIER, ("loaded.0.mass_t", '"6"', '"5.5"'), GENERATOR) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.used_g(Q2), log.state().lines[0].loaded_g) == (6_000_000, 5_500_000)
    agree(log, GENERATOR, ("loaded.0.mass_t", '"5.5"', '"6.5"'), CARRIER, number=2)
    assert log.used_g(Q2) == 6_500_000
    log.receive(accepted(0, "5.5"))
    assert log.used_g(Q2) == 5_500_000


def test_a_loaded_mass_after_the_receipt_needs_the_receiver_too() -> None:
    log = departed(loaded=LOADED)
    log.receive(accepted(0, "5.5"))
    agree(log, GENERATOR, ("loaded.0.mass_t", '"5.5"', '"5.4"'), CARRIER, RECEIVER)
    assert (log.state().lines[0].loaded_g, log.used_g(Q2)) == (5_400_000, 5_500_000)


def test_fates_are_corrected_and_the_stage_follows() -> None:
    log = received("5.6")
    log.dispose((0, "R4", "5"), (0, "R4", "0.6"))
    assert log.state().stage is Stage.DISPOSED
    assert not_proposed(log, RECEIVER, ("fates.1.mass_t", '"0.6"', '"0.7"')) == ["AMEND_IMPOSSIBLE"]
    assert agree(log, RECEIVER, ("fates.1.mass_t", '"0.6"', '"0.5"'), GENERATOR) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.state().stage, log.state().lines[0].stock_g) == (Stage.ACCEPTED, 100_000)
    assert agree(log, RECEIVER, ("fates.0.method", '"R4"', '"R9"'), GENERATOR, number=2) == {"AMENDED", "H:METHOD_CHANGED"}
    assert {fate.method: fate.mass_g for fate in log.state().lines[0].fates} == {"R4": 500_000, "R9": 5_000_000}
    log.dispose((0, "R4", "0.1"))
    assert log.state().stage is Stage.DISPOSED


def test_mass_and_fate_of_a_closed_manifest_are_corrected_together() -> None:
    log = received("200")
    log.dispose((0, "R4", "200"))
    log.verify()
    mass, fate = ("received.0.accepted_t", '"200"', '"2"'), ("fates.0.mass_t", '"200"', '"2"')
    assert not_proposed(log, RECEIVER, mass) == ["AMEND_IMPOSSIBLE"]
    assert not_proposed(log, RECEIVER, fate) == ["AMEND_IMPOSSIBLE"]
    assert agree(log, RECEIVER, mass, GENERATOR, AUTHORITY_50, more=(fate,)) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.state().stage, log.used_g(Q2), log.state().lines[0].stock_g) == (Stage.CLOSED, 2_000_000, 0)


def test_times_stay_in_order_and_terms_follow() -> None:
    log = departed()
    log.wait(hours=4)
    log.arrive()
    log.wait(hours=1)
    log.receive(accepted(0, "5.6"))
    early, late = '"2026-11-05T07:00:00+08:00"', '"2026-11-05T13:00:00+08:00"'
    departed_at, arrived_at = '"2026-11-05T08:30:00+08:00"', '"2026-11-05T12:30:00+08:00"'
    assert not_proposed(log, CARRIER, ("times.departed_at", departed_at, early)) == ["AMEND_VALUE"]
    assert not_proposed(log, CARRIER, ("times.departed_at", departed_at, late)) == ["AMEND_VALUE"]
    assert not_proposed(log, CARRIER, ("times.departed_at", early, departed_at)) == ["AMEND_STALE"]
    assert not_proposed(log, CARRIER, ("times.departed_at", departed_at, '"2026-11-05"')) == ["AMEND_VALUE"]
    assert not_proposed(log, GENERATOR, ("times.arrived_at", arrived_at, late)) == ["SIGNER_ROLE"]
    assert agree(log, CARRIER, ("times.departed_at", departed_at, '"2026-11-05T09:30:00+08:00"'), GENERATOR) == {"AMENDED"}
    assert agree(log, CARRIER, ("times.arrived_at", '"2026-11-05T04:30:00+00:00"', late), GENERATOR, number=2) == {"AMENDED"}
    times = log.state().times
    assert (times.departed_s, times.arrived_s, log.state().legs[0].begun_s) == (
        times.issued_s + 3600,
        times.issued_s + 16_200,
        times.departed_s,
    )


def test_an_acceptance_in_another_year_needs_the_authority_and_moves_the_year_of_the_grams() -> None:
    log = departed()
    log.wait(days=60)
    log.receive(accepted(0, "5.6"), accepted_at="2027-01-02T08:30:00+08:00")
    site = log.value(f"q3:{Q3.removeprefix('Q3 ')}")
    assert (site.year, log.used_g(Q3) - site.base_g) == (2027, 5_600_000)
    change = ("times.accepted_at", '"2027-01-02T08:30:00+08:00"', '"2026-12-31T20:00:00+08:00"')
    assert agree(log, RECEIVER, change, GENERATOR, AUTHORITY_50) == {"AMENDED"}
    site = log.value(f"q3:{Q3.removeprefix('Q3 ')}")
    assert (log.used_g(Q3), log.used_g(Q3) - site.base_g) == (5_600_000, 0)
    same = ("times.accepted_at", '"2026-12-31T20:00:00+08:00"', '"2026-12-31T19:00:00+08:00"')
    assert agree(log, RECEIVER, same, GENERATOR, number=2) == {"AMENDED"}


def test_the_waste_is_judged_anew() -> None:
    log = departed()
    both = (RECEIVER, AUTHORITY_51, AUTHORITY_50)
    assert not_proposed(log, GENERATOR, ("lines.0.code", '"900-052-31"', '"384-004-48"')) == ["AMEND_VALUE"]
    assert not_proposed(log, GENERATOR, ("lines.0.packing", '"box"', '"none"')) == ["AMEND_VALUE"]
    assert not_proposed(log, GENERATOR, ("lines.0.hazards", '["T","C"]', '["R"]')) == ["AMEND_VALUE"]
    assert not_proposed(log, CARRIER, ("lines.0.name", '"废铅蓄电池"', '"电池"')) == ["SIGNER_ROLE"]
    assert agree(log, GENERATOR, ("lines.0.components", '"铅、硫酸"', '"铅"'), *both) == {"AMENDED"}
    assert agree(log, GENERATOR, ("lines.0.name", '"废铅蓄电池"', '"废电池"'), *both, number=2) == {"AMENDED", "H:AMEND_OFF_DECISION"}
    off = {"AMENDED", "H:AMEND_OFF_DECISION", "H:METHOD_CHANGED"}
    assert agree(log, RECEIVER, ("lines.0.method", '"R4"', '"R9"'), GENERATOR, AUTHORITY_51, AUTHORITY_50, number=3) >= off
    assert (log.state().lines[0].name, log.state().lines[0].method) == ("废电池", "R9")
    packs = (("lines.0.packing", '"box"', '"drum"'), ("lines.0.packs", "14", "3"))
    assert agree(log, GENERATOR, packs[0], *both, more=packs[1:], number=4) >= {"AMENDED", "H:AMEND_OFF_DECISION"}
    assert (log.state().lines[0].packing, log.state().lines[0].packs) == ("drum", 3)


def test_a_plate_is_corrected_and_the_registers_are_keyed_anew() -> None:
    log = departed()
    assert [load.manifest for load in log.value("trip:川AF1234").open] == [MANIFEST]
    assert not_proposed(log, CARRIER, ("legs.0.vehicle.licence_no", '"510100012345"', "")) == ["AMEND_VALUE"]
    assert not_proposed(log, CARRIER, ("legs.0.vehicle.kind", '"truck"', '"pipeline"')) == ["AMEND_VALUE"]
    change = ("legs.0.vehicle.plate", '"川A·F1234"', '"川A·F1243"')
    assert agree(log, CARRIER, change, GENERATOR, more=(("legs.0.seals", "", '["S-1"]'),)) == {"AMENDED"}
    assert (log.value("trip:川AF1234").open, [load.manifest for load in log.value("trip:川AF1243").open]) == ((), [MANIFEST])
    assert viewed(log).plates == ("川AF1243",)
    number = log.state().legs[0].waybill_no
    assert agree(log, CARRIER, ("legs.0.waybill_no", f'"{number}"', '"W-9"'), GENERATOR, number=2) == {"AMENDED"}
    assert log.value(f"waybill:{CARRIER} {number}").newest == ()
    assert log.value(f"waybill:{CARRIER} W9").newest == ((MANIFEST, MANIFEST),)
    log.arrive()
    assert log.value("trip:川AF1243").open == ()
    assert agree(log, CARRIER, ("legs.0.vehicle.plate", '"川A·F1243"', '"川A·F1234"'), GENERATOR, number=3) == {"AMENDED"}
    assert log.value("trip:川AF1234").open == ()


def test_who_carries_another_leg_corrects_it_not() -> None:
    log = departed()
    body = acts.HandOver(
        vehicle=Vehicle(kind="truck", plate="川E·G5678"), waybill_no="W-2", place=acts.Place(division="510502", address="港（虚构）")
    )
    log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), body)
    assert not_proposed(log, CARRIER, ("legs.1.waybill_no", '"W-2"', '"W-3"')) == ["SIGNER_ROLE"]
    assert agree(log, SECOND_CARRIER, ("legs.1.waybill_no", '"W-2"', '"W-3"'), GENERATOR) == {"AMENDED"}


def test_the_origin_stays_in_its_province_and_its_number_must_fit() -> None:
    log = Driver()
    log.issue(number=NUMBER)
    assert not_proposed(log, GENERATOR, ("origin.division", '"510112"', '"500116"')) == ["AMEND_VALUE"]
    assert not_proposed(log, GENERATOR, ("origin.division", '"510112"', '"510502"')) == ["NO_ORIGIN"]
    assert not_proposed(log, GENERATOR, ("origin.site", "", '"nowhere"')) == ["AMEND_VALUE"]
    assert agree(log, GENERATOR, ("origin.division", '"510112"', '"510104"'), AUTHORITY_51) == {"AMENDED"}
    log.lay_site(GENERATOR, "b", "510104")
    assert agree(log, GENERATOR, ("origin.site", "", '"b"'), AUTHORITY_51, number=2) == {"AMENDED"}
    assert (log.state().origin.division, log.state().origin.site) == ("510104", "b")
    address = ("destination.address", '"重庆市江津区德感工业园12号（虚构）"', '"重庆市江津区德感工业园21号（虚构）"')
    assert agree(log, RECEIVER, address, GENERATOR, number=3) == {"AMENDED"}


def test_a_number_is_corrected_by_the_authority_at_once_or_with_its_consent() -> None:
    log = Driver()
    log.issue()
    log.post("case.number/1", (GENERATOR,), acts.CaseNumber(trunk=trunk(log), number=NUMBER), chain=CASE)
    other, third = "20265101000124", "20265101000125"
    assert not_proposed(log, GENERATOR, ("number", f'"{NUMBER}"', '"20265001000124"')) == ["NO_ORIGIN"]
    assert not_proposed(log, GENERATOR, ("number", f'"{NUMBER}"', "")) == ["AMEND_VALUE"]
    assert not_proposed(log, RECEIVER, ("number", f'"{NUMBER}"', f'"{other}"')) == ["SIGNER_ROLE"]
    assert agree(log, AUTHORITY_51, ("number", f'"{NUMBER}"', f'"{other}"')) == {"AMENDED"}
    assert log.value(f"number:{NUMBER}").holders == ()
    assert log.value(f"number:{other}").holders == (NumberHolder(GENERATOR, MANIFEST, "live"),)
    assert agree(log, GENERATOR, ("number", f'"{other}"', f'"{third}"'), AUTHORITY_51, number=2) == {"AMENDED"}
    assert (log.state().number, log.value(f"number:{other}").holders) == (third, ())
    log.void()
    assert log.value(f"number:{third}").holders == (NumberHolder(GENERATOR, MANIFEST, "voided"),)
    assert agree(log, AUTHORITY_51, ("number", f'"{third}"', f'"{NUMBER}"'), number=3) == {"AMENDED"}
    assert log.value(f"number:{NUMBER}").holders == (NumberHolder(GENERATOR, MANIFEST, "voided"),)


def test_a_part_keeps_its_masses_when_what_was_sent_is_corrected() -> None:
    log = departed(loaded=LOADED)
    log.receive(partly(0, "5", "0.5"))
    agree(log, CARRIER, ("loaded.0.mass_t", '"5.5"', '"5.6"'), GENERATOR, RECEIVER)
    assert (log.state().lines[0].accepted_g, log.state().lines[0].refused_g) == (5_000_000, 500_000)
