"""Every field of every body that the other scenes leave out, so that the corpus freezes all of them."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import HANDLER, site
from tests.vectors.corpus.people import CARRIER, CHONGQING, EXEMPT_USER, GENERATOR, RECEIVER, RECEIVER_51, SICHUAN, TAKING, chain
from tests.vectors.corpus.permissions import EXEMPT_SITE, PERMIT
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip, carried

APPROVAL, CITY_PERMIT, POINT_TO_POINT = chain("approval", GENERATOR, 221), chain("permit", RECEIVER, 108), chain("permit", EXEMPT_USER, 109)
EAST, PLANT = {**bodies.SITE, "site": "east"}, {**bodies.PLANT, "site": "plant"}
CONDITIONS = {"pre_notice_days": 0, "complete_within_days": 60, "use_only": True, "transit": ["51", "50"], "note": "白天运输（虚构）"}


def _files(name: str) -> dict[str, Any]:
    return {"files": [bodies.file(name)]}


def permissions(scene: Scene) -> None:
    """Permits with a site, amended in every field; an exempt receiver for one generator; an approval with all its papers."""
    scene.post("party.site", f"party/{RECEIVER.uscc}", site("plant", "500116", address=bodies.PLANT["address"]), RECEIVER)
    scene.post("permit.grant", CITY_PERMIT, bodies.permit(no="CQ5001160008（虚构）", site="plant"), CHONGQING)
    new = {"no": "CQ5001160009（虚构）", "valid_from": "2026-02-01", "valid_to": "2028-11-30", **PLANT, "file": bodies.file("变更.pdf")}
    scene.post("permit.amend", CITY_PERMIT, {"reason": "变更（虚构）", **new}, CHONGQING)
    told = {"reason": "核查（虚构）", "file": bodies.file("通知.pdf")}
    for act in ("suspend", "resume", "revoke"):
        scene.post(f"permit.{act}", CITY_PERMIT, told, CHONGQING)
    basis = {"edition": 2025, "item": 31, "plan_no": "点对点方案（虚构）1号", "generator": GENERATOR.uscc}
    terms = {"class": "exempt_use", "items": [{**bodies.WASTE, "methods": ["R4"]}], "scale_t": "300.000000"}
    scene.post("permit.grant", POINT_TO_POINT, bodies.permit(no="点对点〔2026〕1号（虚构）", basis=basis, **terms, **EXEMPT_SITE), SICHUAN)
    again = {"reason": "方案更新（虚构）", "basis": basis | {"plan_no": "点对点方案（虚构）2号"}}
    scene.post("permit.amend", POINT_TO_POINT, again, SICHUAN)
    contract = {"no": "HT-2026-2（虚构）", "valid_to": "2026-12-31", "file": bodies.file("合同.pdf")}
    asked = {
        "origin": EAST,
        "applied_from": "2026-11-02",
        "contract": contract,
        "carriers": [CARRIER.uscc],
        "replaces": chain("approval", GENERATOR, 203),
        **HANDLER,
    }
    line = {"internal_name": "旧电瓶", "form": "S", "identification": "鉴别报告（虚构）2号"}
    scene.post("approval.apply", APPROVAL, bodies.apply(RECEIVER.uscc, PERMIT, line, **asked), GENERATOR)
    scene.post(
        "approval.consult",
        APPROVAL,
        bodies.letter("川环商〔2026〕221号", "2026-11-02", letter=bodies.file("商请函.pdf"), **HANDLER),
        SICHUAN,
    )
    answer = bodies.letter("渝环复〔2026〕221号", "2026-11-02", letter=bodies.file("复函.pdf"), **_files("附件.pdf"))
    answer |= {"agree": True, "lines": [{"line": 0, "mass_t": "100.000000"}], "conditions": CONDITIONS, **HANDLER}
    scene.post("approval.reply", APPROVAL, answer, CHONGQING)
    lines = [{"line": 0, "mass_t": "90.000000", "valid_to": "2026-12-15"}]
    decided = {"decided_on": "2026-11-02", "lines": lines, "conditions": CONDITIONS, **_files("决定.pdf"), **HANDLER}
    scene.post("approval.decide", APPROVAL, bodies.decide("川环准〔2026〕221号", **decided), SICHUAN)


def manifest(scene: Scene) -> None:
    """The form filled to its last field, from issue to verification."""
    line = {
        "internal_name": "旧电瓶",
        "purpose": "use",
        "plan_line": 0,
        "source_stage": "拆解车间",
        "precautions": "防止短路",
        "note": "托盘",
    }
    line |= {"identification": "鉴别报告（虚构）2号", "dg": {"un_no": "2794", "dg_class": "8", "packing_group": "III"}, "decision_line": 0}
    contract = {"no": "HT-2026-2（虚构）", "valid_to": "2026-12-31", "file": bodies.file("合同.pdf")}
    form = {"origin": EAST, "destination": PLANT, "planned_at": scene.clock(), "insurance_no": "保单（虚构）1号", "contract": contract}
    form |= {
        "pre_notice": {"given_at": scene.clock(minutes=9), "ref": "报告（虚构）9号"},
        "plan": {"filing_no": "川危管计001", "site": "east"},
    }
    form |= {"type": "normal", "trip_id": "trip-331", "emergency_measures": None, **_files("方案.pdf"), **HANDLER}
    trip = Trip(scene, 331).across(line=line, approval=APPROVAL, **form).case(354, GENERATOR, number="20265101000331", **HANDLER)
    crew, scanned = [{"crew": "D001", "role": "driver"}], {"at": scene.clock(), "file": bodies.file("磅单.jpg"), "no": "P-331"}
    scales = {"gross_t": "17.580000", "tare_t": "12.000000"}
    departed = {
        "crew": crew,
        "place": EAST,
        "scales": scales,
        "tickets": [bodies.ticket("17.580000", "12.000000", "5.580000", **scanned)],
    }
    trip.depart(**departed, **_files("装车.jpg"), via=["500107"], seals=["S-331"])
    trip.act("stop", {"place": bodies.PORT, "reason": "休息（虚构）", "until": scene.clock(), "leg": 0, **HANDLER}, CARRIER)
    own = {"crew": crew, "leg": 0, **_files("交接单.jpg"), **HANDLER}
    handed = {"vehicle": {**bodies.TRUCK, "plate": "渝E00331"}, "waybill_no": "W-331-2", "place": bodies.PORT, "seals": ["S-332"]}
    trip.act("hand_over", handed | own, CARRIER, TAKING)
    moved = {"vehicle": {**bodies.TRUCK, "plate": "渝E00332"}, "waybill_no": "W-331-3", "place": bodies.PORT, "reason": "车辆故障"}
    trip.act("transship", moved | own | {"leg": 1}, TAKING)
    trip.arrive(PLANT, TAKING, leg=2, track=bodies.file("轨迹.gpx"), **_files("到达.jpg"), **HANDLER)
    found = {"name": "废铅蓄电池", "code": bodies.CODE, "form": "S", "packing": "box"}
    major = {"major_difference": True, "major_difference_note": "两箱破损（虚构）", "found": found, **_files("破损.jpg")}
    line = bodies.received(
        "5", "partly", refused_t="0.58", differences=["packing"], reason_code="packing", reason="破损（虚构）", note="已拍照", **major
    )
    told = {"at": scene.clock(), "ref": "报告（虚构）2号"}
    weighing = {"method": "scale", "tickets": [bodies.ticket("17.580000", "12.000000", "5.580000", **scanned | {"no": "R-331"})]}
    around = {"reported_to_authority": told, "notified_generator": told, "place": PLANT, "weighing": weighing}
    trip.receive(line, **around, **_files("验收.jpg"), **HANDLER)
    fate = {"line": 0, "method": "R4", "mass_t": "5", "done_on": scene.clock()[:10], "note": "熔炼（虚构）"}
    trip.act("dispose", {"fates": [fate], **_files("记录.pdf"), **HANDLER}, RECEIVER)
    with scene.beside():  # what was refused has left before the manifest is closed
        carried(Trip(scene, 342, receiver=RECEIVER_51).on(trip, "0.58"), trip, bodies.PLANT, "0.58")
    trip.act("verify", {"note": "已核实（虚构）", **_files("核实.pdf"), **HANDLER}, GENERATOR)
    voided = Trip(scene, 332).across()
    voided.act("void", {"reason": "改期（虚构）", **HANDLER}, GENERATOR)
