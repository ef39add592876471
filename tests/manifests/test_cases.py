"""Bodies that were answered wrongly once, run through the log as they were sent: E1, E2, E3, E8, S6 to S8 of the cases (``tests/cases``).

What was sent then is refused today for what the form has come to ask (营运证件号, part 1, tickets), and together with that for what is wrong
with it, since all reasons come at once. Completed by what the form asks and by nothing else, it is answered as the case wants.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.times import format_at, parse_at
from signing.possession import register
from tests.manifests.driver import Driver, approval, codes, permit, signing_key
from tests.workbench import AUTHORITY_50, AUTHORITY_51, uscc
from whitelist.fields import PermitItem, Place

CASES = Path(__file__).parents[1] / "cases"
ASH_OWNER, BOARDS_OWNER = "915117020000FX013N", "915106030000FX012G"
KILN, CARRIER = "915001170000FX0331", "915001070000FX063L"
KILN_PERMIT = f"permit/{KILN}/01M31FN8003Z7YFG16Q463B2QH"
ASH_APPROVAL = f"approval/{ASH_OWNER}/01M33V67R0S3RF1N5ZT469X05J"
BOARDS_APPROVAL = f"approval/{BOARDS_OWNER}/01M33V67R0S3RF1N5ZT469X05J"
KILN_SITE = Place(division="500117", address="重庆市合川区示范镇水泥窑协同处置线")
ASH = {"name": "生活垃圾焚烧飞灰", "code": "772-002-18", "category": "HW18", "hazards": ("T",), "method": "C1"}
BOARDS = {"name": "废弃电路板", "code": "900-045-49", "category": "HW49", "hazards": ("T",), "method": "R4"}
NEEDS_LICENCE = ("MISSING", "body.vehicle.licence_no")


def body(name: str) -> dict[str, Any]:
    """A body as it was sent."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_bytes())
    return found


def manifest(owner: str, number: int) -> str:
    return f"manifest/{owner}/01M3400000000000000000000{number}"


@pytest.fixture
def log() -> Driver:
    """The log of the cases: an incinerator's ash and a dismantler's circuit boards, both to a kiln in Chongqing, on 1 December."""
    found = Driver(at_s=parse_at("2026-12-01T08:00:00+08:00"))
    for party in (ASH_OWNER, BOARDS_OWNER, KILN, CARRIER):
        named = {"name": "案例单位（虚构）", "keys": [register(signing_key(party), found.bench.found, party)]}
        by = AUTHORITY_50 if party[2:4] == "50" else AUTHORITY_51
        found.post("party.register/1", (by,), named, chain=f"party/{party}")
    items = tuple(PermitItem(category=waste["category"], scope="ALL", methods=(waste["method"],)) for waste in (ASH, BOARDS))
    found.lay(KILN_PERMIT, replace(permit(), items=items, division=KILN_SITE.division, root=KILN_PERMIT))
    decided = approval()
    for chain, waste, origin in ((ASH_APPROVAL, ASH, "511702"), (BOARDS_APPROVAL, BOARDS, "510603")):
        line = replace(decided.lines[0], **waste)
        state = replace(decided, receiver=KILN, permit=KILN_PERMIT, root=KILN_PERMIT, destination=KILN_SITE.division)
        found.lay(chain, replace(state, origin=origin, lines=(line,)))
    return found


def completed(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An issue of the cases with what part 1 asks for today."""
    lines = [{**line, "dg_none": "未列入危险货物品名表"} for line in sent["lines"]]
    return {**sent, "plan": {"filing_no": "GL-1"}, "contract": {"no": "HT-1", "valid_to": "2027-12-31"}, "lines": lines, **changes}


def issue_ash(log: Driver, number: int, **changes: Any) -> None:
    """20 t of ash in one tank, as the cases issue them; planned for the next night."""
    part_one = completed(body("13-issue-kangxi-radical"), **changes)
    part_one["lines"][0]["name"] = ASH["name"]
    log.post("manifest.issue/1", (ASH_OWNER,), part_one, chain=manifest(ASH_OWNER, number))


def issue_boards(log: Driver, number: int, packs: int, mass_t: str) -> None:
    """Packs of circuit boards."""
    ash = completed(body("13-issue-kangxi-radical"), approval=BOARDS_APPROVAL)
    ash["origin"] = body("03a-depart-1-label-5-packs")["place"]
    ash["lines"][0] |= {**BOARDS, "components": "铅、溴化阻燃剂", "packing": "box", "packs": packs, "mass_t": mass_t}
    log.post("manifest.issue/1", (BOARDS_OWNER,), ash, chain=manifest(BOARDS_OWNER, number))


def licensed(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A departure of the cases with the number of its operating licence."""
    return {**sent, "vehicle": {**sent["vehicle"], "licence_no": "500100012345"}, **changes}


def depart(log: Driver, owner: str, number: int, sent: dict[str, Any]) -> set[str]:
    log.wait(minutes=10)
    return codes(log.post("manifest.depart/1", (owner, CARRIER), sent, chain=manifest(owner, number)))


def refused(log: Driver, owner: str, number: int, sent: dict[str, Any]) -> list[tuple[str, str]]:
    log.wait(minutes=10)
    return log.reasons("manifest.depart/1", (owner, CARRIER), sent, chain=manifest(owner, number))


# --- E2: a plate in another spelling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("02-depart-dot", "02-depart-nodot"), ("02-depart-nodot", "02-depart-dot")])
def test_e2_a_plate_without_its_dot_is_that_plate(log: Driver, first: str, second: str) -> None:
    one, other = body(first), body(second)
    assert one["vehicle"]["plate"] != other["vehicle"]["plate"]
    issue_ash(log, 1)
    issue_ash(log, 2)
    assert refused(log, ASH_OWNER, 1, one) == [NEEDS_LICENCE]
    assert depart(log, ASH_OWNER, 1, licensed(one)) == set()
    assert refused(log, ASH_OWNER, 2, other) == [NEEDS_LICENCE, ("VEHICLE_OVERLAP", "body.vehicle.plate")]
    assert refused(log, ASH_OWNER, 2, licensed(other)) == [("VEHICLE_OVERLAP", "body.vehicle.plate")]
    kept = log.state(manifest(ASH_OWNER, 1)).legs[0].vehicle.plate
    assert kept == one["vehicle"]["plate"], "the signed text stays as it was written"


# --- E3: labels and waybills -------------------------------------------------------------------------------------------------------------


def test_e3_one_label_on_five_packs_is_told(log: Driver) -> None:
    sent = body("03a-depart-1-label-5-packs")
    issue_boards(log, 1, 5, "4")
    assert refused(log, BOARDS_OWNER, 1, sent) == [NEEDS_LICENCE]
    assert depart(log, BOARDS_OWNER, 1, licensed(sent)) == {"H:LABEL_COUNT"}


def test_e3_fifty_labels_on_five_packs_are_told(log: Driver) -> None:
    sent = licensed(body("03a-depart-1-label-5-packs"))
    sent["gate"]["labels"] = [f"{sent['gate']['labels'][0][:-3]}{serial:03d}" for serial in range(1, 51)]
    issue_boards(log, 1, 5, "4")
    assert depart(log, BOARDS_OWNER, 1, sent) == {"H:LABEL_COUNT"}


def test_e3_a_label_of_2099_is_told(log: Driver) -> None:
    sent = body("03b-depart-label-2099")
    issue_boards(log, 1, 1, "0.8")
    assert refused(log, BOARDS_OWNER, 1, sent) == [NEEDS_LICENCE]
    assert depart(log, BOARDS_OWNER, 1, licensed(sent)) == {"H:LABEL_COUNT"}


def test_e3_labels_of_another_manifest_are_told_also_when_that_one_is_finished(log: Driver) -> None:
    again = licensed(body("03c-depart-labels-again"))
    issue_boards(log, 1, 5, "4")
    assert depart(log, BOARDS_OWNER, 1, {**again, "vehicle": licensed(body("03a-depart-1-label-5-packs"))["vehicle"]}) == set()
    issue_boards(log, 2, 5, "4")
    other = {**again, "waybill_no": "YD2026120200002"}
    assert depart(log, BOARDS_OWNER, 2, other) == {"H:LABEL_USED"}
    first = manifest(BOARDS_OWNER, 1)
    log.wait(hours=4)
    log.post("manifest.arrive/1", (CARRIER,), {"place": {"division": KILN_SITE.division, "address": KILN_SITE.address}}, chain=first)
    received = {**body("01-receive-net-12-accepted-20"), "accepted_at": format_at(log.at_s), "weighing": {"method": "scale"}}
    received["lines"] = [{"line": 0, "opinion": "accept", "accepted_t": "4"}]
    log.post("manifest.receive/1", (KILN,), received, chain=first)
    log.post("manifest.dispose/1", (KILN,), {"fates": [{"line": 0, "method": "R4", "mass_t": "4"}]}, chain=first)
    log.post("manifest.verify/1", (BOARDS_OWNER,), {}, chain=first)
    issue_boards(log, 3, 5, "4")
    third = {**other, "waybill_no": "YD2026120200003", "vehicle": {**other["vehicle"], "plate": "川A·FX805"}}
    assert "H:LABEL_USED" in depart(log, BOARDS_OWNER, 3, third)


def test_e3_one_waybill_on_two_trucks_is_told(log: Driver) -> None:
    one, other = licensed(body("03a-depart-1-label-5-packs")), licensed(body("03c-depart-labels-again"))
    issue_boards(log, 1, 1, "4")
    issue_boards(log, 2, 5, "4")
    assert depart(log, BOARDS_OWNER, 1, one) == set()
    other["gate"]["labels"] = [label.replace("20261201", "20261130") for label in other["gate"]["labels"]]
    assert depart(log, BOARDS_OWNER, 2, {**other, "waybill_no": one["waybill_no"]}) == {"M:WAYBILL_USED"}


# --- E1: one quantity, two figures -------------------------------------------------------------------------------------------------------


def arrived_ash(log: Driver) -> None:
    issue_ash(log, 1)
    depart(log, ASH_OWNER, 1, licensed(body("02-depart-dot")))
    log.wait(hours=5)


def test_e1_a_net_of_12_is_no_receipt_of_20(log: Driver) -> None:
    arrived_ash(log)
    chain, sent = manifest(ASH_OWNER, 1), body("01-receive-net-12-accepted-20")
    old = [("FIELD_UNKNOWN", f"body.weighing.{name}") for name in ("gross_t", "net_t", "tare_t")]
    found = log.reasons("manifest.receive/1", (KILN,), sent, chain=chain)
    assert found == [("FIELD_MISSING", "body.weighing.method"), *old], "figures stand on tickets"
    sent |= {"weighing": {"method": "weighbridge", "tickets": [sent["weighing"]]}, "accepted_at": format_at(log.at_s)}
    assert "H:WEIGHING_SUM" in codes(log.post("manifest.receive/1", (KILN,), sent, chain=chain))


def test_e1_a_gross_below_its_tare_is_refused(log: Driver) -> None:
    arrived_ash(log)
    sent = body("01b-receive-gross-below-tare")
    weighing = {"method": "weighbridge", "tickets": [{**sent["weighing"], "net_t": "5"}]}
    sent |= {"weighing": weighing, "accepted_at": format_at(log.at_s)}
    found = log.reasons("manifest.receive/1", (KILN,), sent, chain=manifest(ASH_OWNER, 1))
    assert {code for code, _ in found} == {"WEIGHING_SUM"}


# --- E8, S6 to S8: part 1 ----------------------------------------------------------------------------------------------------------------

PART_ONE = [("MISSING", "body.plan")]
"""What was not asked for when the bodies were sent, and is no matter of the form of one field."""


@pytest.mark.parametrize(
    ("name", "as_sent", "as_completed"),
    [
        (
            "14-issue-800t-2099",
            [("APPROVAL_EXPIRED", "body.planned_at"), ("DG_DATA", "body.lines.0.dg"), *PART_ONE, ("PERMIT_DATE", "body.planned_at")],
            [("APPROVAL_EXPIRED", "body.planned_at"), ("PERMIT_DATE", "body.planned_at")],
        ),
        (
            "13-issue-kangxi-radical",
            [("APPROVAL_NAME", "body.lines.0.name"), ("DG_DATA", "body.lines.0.dg"), *PART_ONE],
            [("APPROVAL_NAME", "body.lines.0.name")],
        ),
        ("11-issue-hangul-filler", [("MISSING", "body.emergency_measures")], [("MISSING", "body.emergency_measures")]),
        (
            "10-issue-several-defects",
            [("FIELD_MISSING", "body.origin"), ("FIELD_MISSING", "body.receiver"), ("FIELD_TYPE", "body.lines.0.packs")],
            [("FIELD_MISSING", "body.origin"), ("FIELD_MISSING", "body.receiver"), ("FIELD_TYPE", "body.lines.0.packs")],
        ),
    ],
)
def test_a_part_one_of_the_cases_is_refused_for_all_that_is_wrong_with_it(
    log: Driver, name: str, as_sent: list[tuple[str, str]], as_completed: list[tuple[str, str]]
) -> None:
    """E8, S7, S6, S8, in this order."""
    issue = ("manifest.issue/1", (ASH_OWNER,))
    assert log.reasons(*issue, body(name), chain=manifest(ASH_OWNER, 1)) == as_sent
    assert log.reasons(*issue, completed(body(name)), chain=manifest(ASH_OWNER, 1)) == as_completed


def test_e8_what_is_lawful_and_not_plausible_is_told(log: Driver) -> None:
    """1,300 t on one road truck, by a carrier that nobody registered, from another county than applied for, under the plate XYZ."""
    stranger = uscc("500107", 99)
    load = completed(body("14-issue-800t-2099"), carriers=[stranger])
    del load["planned_at"]
    load["lines"][0]["mass_t"] = "1300"
    load["origin"] = {"division": "511703", "address": "达州市达川区示范村飞灰暂存库"}
    chain = manifest(ASH_OWNER, 1)
    told = codes(log.post("manifest.issue/1", (ASH_OWNER,), load, chain=chain))
    assert told - {"PLAN_OFF_LOG"} == {"H:OVERLOAD", "L:CARRIER_UNKNOWN", "M:ORIGIN_ELSEWHERE"}
    sent = licensed(body("02-depart-dot"), loaded=[])
    sent["vehicle"]["plate"] = "XYZ"
    assert depart(log, ASH_OWNER, 1, sent) == {"CARRIER_CHANGED", "H:OVERLOAD", "M:PLATE_FORM", "M:WRONG_ORIGIN"}


def test_every_body_of_the_cases_is_run_through_the_log() -> None:
    """A case whose body nobody posts is no case."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in sorted(CASES.glob("*.json")) if f'"{path.stem}"' not in text] == []
