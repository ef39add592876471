"""An emergency: declared whole, joined late with more receivers, moved on from both kinds of type, closed while a truck is on the road."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CHONGQING, LATE_COMER, RECEIVER, RECEIVER_51, SICHUAN, chain
from tests.vectors.corpus.permissions import PERMIT, PERMIT_51
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip

EMERGENCY = chain("emergency", SICHUAN, 431)


def emergencies(scene: Scene) -> None:
    """Every kind and every field of it; the two types; void, receipt of less, and the regularisation."""
    named = [{"receiver": RECEIVER_51.uscc, "permit": PERMIT_51}]
    declared: dict[str, Any] = {
        "name": "高速公路泄漏（虚构）",
        "happened_at": scene.clock(hours=2),
        "place": bodies.SITE,
        "plan_no": "龙府应〔2026〕3号（虚构）",
        "plan_authority": "虚构区人民政府",
        "generators": [LATE_COMER.uscc],
        "wastes": [bodies.WASTE, {"category": "HW49", "scope": "ALL"}, {"category": "HW08", "scope": "EXCEPT", "codes": ["900-249-08"]}],
        "receivers": [*named, {"receiver": RECEIVER.uscc, "permit": PERMIT}],
        "ceiling_t": "20",
        "valid_from": scene.clock()[:10],
        "valid_to": "2026-11-30",
        "files": [bodies.file("应急处置方案.pdf")],
    }
    scene.post("emergency.declare", EMERGENCY, declared, SICHUAN)
    urgent = {"type": "emergency", "emergency": EMERGENCY, "plan": None}
    first = Trip(scene, 432, LATE_COMER).issue(**urgent).depart()
    inside = Trip(scene, 433, LATE_COMER, receiver=RECEIVER_51).inside(**urgent)
    letter = bodies.letter("渝环函〔2026〕9号", "2026-11-02", letter=bodies.file("函.pdf"), note="同意加入（虚构）")
    more = [{"receiver": RECEIVER.uscc, "permit": PERMIT}]
    scene.post("emergency.join", EMERGENCY, {**letter, "receivers": more}, CHONGQING)
    inside.act("void", {"reason": "改期（虚构）"}, LATE_COMER)
    paper = {"departed_at": scene.clock(hours=1), "completed_at": scene.clock(minutes=30), "reason": "现场无网络（虚构）"}
    paper |= {"no": "纸-434", "scan": bodies.file("纸质联单.pdf")}
    Trip(scene, 434, LATE_COMER).issue("3", **{**urgent, "type": "backfill_emergency"}, paper=paper)
    closing = {"closed_on": scene.clock()[:10], "summary": "已全部清运（虚构）", "files": [bodies.file("总结.pdf")]}
    scene.post("emergency.close", EMERGENCY, closing, SICHUAN)
    first.arrive().receive(
        bodies.received("5"), **{"notified_generator": {"at": scene.clock()}, "reported_to_authority": {"at": scene.clock()}}
    )
    name = first.chain.replace("manifest/", "case/") + "/01KB2Z8Q6V0000000000000435"
    done = {"about": "regularised", "given_at": scene.clock(minutes=1), "ref": "川环函〔2026〕77号（虚构）", "text": "已补办手续（虚构）"}
    scene.post("case.report", name, {"trunk": scene.head(first.chain), **done}, SICHUAN)
