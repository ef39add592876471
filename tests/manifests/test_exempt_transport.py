"""Transport that an exemption item waives (运输豁免): no dangerous-goods papers, but the item's own conditions at the gate (kinds §5, §6)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from manifests import acts
from manifests.acts.depart import GateCheck
from tests.manifests.driver import (
    ALL_CHECKS,
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    OTHER_TRUCK,
    PERMIT,
    SECOND_CARRIER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    an_issue,
    approval,
    codes,
    labels,
    permit,
)
from whitelist.fields import PermitItem
from whitelist.transfer import DangerousGoods, ExemptionClaim, WasteLine

BY = (GENERATOR, CARRIER)
DEPART = "manifest.depart/1"
CONDITIONS: tuple[GateCheck, ...] = ("weatherproof", "leakproof")
BATTERIES, BOARDS, ACID = 18, 27, 20
"""Items of 2025: of batteries and circuit boards the transport is exempt, of an acid that is only corrosive the use."""
ON_FOOT = replace(TRUCK, licence_no=None)
"""A truck without 营运证件."""


def exempt(item: int = BATTERIES, **changes: object) -> WasteLine:
    """A line that claims an item; what is exempt is no dangerous good on the road (R-25)."""
    return a_line(**{"exemptions": (ExemptionClaim(edition=2025, item=item),), "dg": None, **changes})


def issued(*lines: WasteLine) -> Driver:
    log = Driver(line_count=len(lines))
    log.issue(lines=lines)
    log.wait(minutes=40)
    return log


def leaving(*more: GateCheck, **changes: object) -> acts.Depart:
    """A departure without papers; ``more`` are checks beside the four of Art. 13."""
    gate = acts.Gate(labels=labels(), checks=(*ALL_CHECKS, *more))
    return a_departure(**{"gate": gate, "vehicle": ON_FOOT, "waybill_no": None, **changes})


def refused(log: Driver, *more: GateCheck, **changes: object) -> list[tuple[str, str]]:
    return log.reasons(DEPART, BY, leaving(*more, **changes))


def test_what_is_exempt_departs_without_waybill_and_operating_licence() -> None:
    log = issued(exempt())
    assert codes(log.post(DEPART, BY, leaving(*CONDITIONS, "intact"))) == set()


def test_what_is_not_exempt_needs_both_and_its_class_of_dangerous_goods() -> None:
    log = issued(a_line())
    assert refused(log) == [("MISSING", "body.vehicle.licence_no"), ("NO_MANIFEST", "body.waybill_no")]
    bare = an_issue(lines=(a_line(dg=None),))
    assert Driver().reasons("manifest.issue/1", (GENERATOR,), bare) == [("DG_DATA", "body.lines.0.dg")]


@pytest.mark.parametrize("missing", [*ALL_CHECKS, *CONDITIONS, "intact"])
def test_batteries_travel_weatherproof_leakproof_and_intact(missing: str) -> None:
    checks = tuple(check for check in (*ALL_CHECKS, *CONDITIONS, "intact") if check != missing)
    gate = acts.Gate(labels=labels(), checks=checks)
    assert refused(issued(exempt()), gate=gate) == [("LOAD_CHECKS", "body.gate.checks")]


def waste(item: int, **changes: object) -> Driver:
    """A manifest of another waste than batteries, with a permit and a decision for it."""
    line = exempt(item, **changes)
    log = Driver()
    log.lay(PERMIT, replace(permit(), items=(PermitItem(category=line.category, scope="ALL", methods=(line.method,)),)))
    decided = approval()
    fields = {name: getattr(line, name) for name in ("name", "code", "category", "hazards")}
    log.lay(APPROVAL, replace(decided, lines=(replace(decided.lines[0], **fields),)))
    log.issue(lines=(line,))
    log.wait(minutes=40)
    return log


def test_other_exempt_waste_need_not_be_whole() -> None:
    log = waste(BOARDS, name="废弃电路板", code="900-045-49", category="HW49", hazards=("T",))
    shown = labels(code="90004549")
    assert refused(log, gate=acts.Gate(labels=shown, checks=ALL_CHECKS)) == [("LOAD_CHECKS", "body.gate.checks")]
    whole = acts.Gate(labels=shown, checks=(*ALL_CHECKS, *CONDITIONS))
    assert codes(log.post(DEPART, BY, leaving(gate=whole))) == set()


def test_an_item_that_waives_another_link_waives_no_papers() -> None:
    """Item 20 exempts the use of an acid that is only corrosive; its way there is that of dangerous goods."""
    acid = {"name": "废酸", "code": "900-300-34", "category": "HW34", "hazards": ("C",), "form": "L", "packing": "tank"}
    log = waste(ACID, **acid, dg=DangerousGoods(un_no="1830", dg_class="8"))
    gate = acts.Gate(labels=(), checks=ALL_CHECKS)
    assert refused(log, gate=gate) == [("MISSING", "body.vehicle.licence_no"), ("NO_MANIFEST", "body.waybill_no")]
    assert codes(log.depart(gate=gate)) == set(), "and none of the conditions of exempt transport"


def test_one_line_that_is_not_exempt_brings_the_papers_back() -> None:
    """The truck carries dangerous goods then; what is exempt on it is still loaded by its conditions."""
    log = issued(exempt(), a_line(decision_line=1))
    gate = acts.Gate(labels=labels(28), checks=ALL_CHECKS)
    found = [("LOAD_CHECKS", "body.gate.checks"), ("MISSING", "body.vehicle.licence_no"), ("NO_MANIFEST", "body.waybill_no")]
    assert refused(log, gate=gate) == found


@pytest.mark.parametrize(("line", "expected"), [(exempt(), set()), (a_line(), {"H:NO_WAYBILL"})], ids=["exempt", "not exempt"])
def test_the_next_vehicle_of_an_exempt_load_needs_no_papers_either(line: WasteLine, expected: set[str]) -> None:
    bare = {"vehicle": replace(OTHER_TRUCK, licence_no=None), "place": DESTINATION}
    log = issued(line)
    log.post(DEPART, BY, leaving(*CONDITIONS, "intact", vehicle=TRUCK, waybill_no="W1"))
    log.wait(minutes=40)
    handed = log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), acts.HandOver(**bare))
    assert codes(handed) - {"CARRIER_CHANGED"} == expected
    bare["vehicle"] = replace(OTHER_TRUCK, plate="川E·G5679", licence_no=None)
    moved = log.post("manifest.transship/1", (SECOND_CARRIER,), acts.Transship(reason="故障", **bare))
    assert codes(moved) == expected
