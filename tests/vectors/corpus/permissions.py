"""Permits of every class and stage, lists of every kind and stage, approvals of every stage and outcome."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import HANDLER
from tests.vectors.corpus.people import (
    CHONGQING,
    COLLECTOR,
    EXEMPT_USER,
    GENERATOR,
    GUIZHOU,
    RECEIVER,
    RECEIVER_51,
    SICHUAN,
    chain,
)
from tests.vectors.corpus.scene import Scene
from tests.vectors.forger import v1

PERMIT, RENEWAL, SUSPENDED, REVOKED = (chain("permit", RECEIVER, number) for number in (101, 102, 103, 104))
PERMIT_51, COLLECTION, EXEMPT = chain("permit", RECEIVER_51, 105), chain("permit", COLLECTOR, 106), chain("permit", EXEMPT_USER, 107)
MUTUAL, UNILATERAL, PILOT, PENDING, ANNOUNCED = (f"list/2026-{name}" for name in ("51-50-a", "00-50-b", "51-50-c", "50-51-d", "51-50-e"))
CONSULTED, LISTED, OVERLAND = (chain("approval", GENERATOR, number) for number in (201, 202, 203))
LEATHER = "193-002-21"
EXEMPT_SITE = {"division": "510112", "address": "成都市龙泉驿区虚构路8号"}
BATTERY_PLANT_51 = {"division": "510700", "address": "绵阳市涪城区虚构路5号"}


def permits(scene: Scene) -> None:
    """综合经营许可证, its renewal, one suspended and one revoked; 收集经营许可证; 豁免管理单位."""
    scene.post("permit.grant", PERMIT, bodies.permit(file=bodies.file("许可证.pdf")), CHONGQING)
    suspending = {"reason": "例行核查（虚构）", "file": bodies.file("通知.pdf")}
    scene.post("permit.suspend", PERMIT, suspending, CHONGQING)
    scene.post("permit.resume", PERMIT, {"reason": "核查完毕（虚构）"}, CHONGQING)
    amended = {"reason": "扩大规模（虚构）", "scale_t": "80000.000000", "items": [{**bodies.WASTE, "methods": ["R4"]}]}
    scene.post("permit.amend", PERMIT, amended, CHONGQING)
    usage = {"month": "2026-09", "received_t": "1200.500000", "source": "月报（虚构）"}
    scene.post("permit.usage", PERMIT, usage, RECEIVER)
    scene.post("permit.usage", PERMIT, usage | {"received_t": "1250.000000", "source": "核查（虚构）"}, CHONGQING)
    renewed = bodies.permit(no="CQ5001160002（虚构）", renews=PERMIT, valid_from="2026-11-01", valid_to="2029-10-31")
    scene.post("permit.grant", RENEWAL, renewed, CHONGQING)
    other = {"division": "500112", "address": "重庆市渝北区虚构场9号"}
    for permit in (SUSPENDED, REVOKED):
        scene.post("permit.grant", permit, bodies.permit(no=f"CQ{permit[-3:]}（虚构）", **other), CHONGQING)
    scene.post("permit.suspend", SUSPENDED, suspending, CHONGQING)
    scene.post("permit.revoke", REVOKED, {"reason": "企业申请（虚构）"}, CHONGQING)
    scene.post("permit.grant", PERMIT_51, bodies.permit(no="SC5107000001（虚构）", **BATTERY_PLANT_51), SICHUAN)
    collecting = {"class": "collection", "division": "500107", "address": "重庆市九龙坡区虚构路7号"}
    items = [{**bodies.WASTE, "methods": ["S"]}]
    scene.post("permit.grant", COLLECTION, bodies.permit(no="CQ5001070001（虚构）", items=items, **collecting), CHONGQING)
    basis = {"basis": {"edition": 2025, "item": 16, "plan_no": "利用方案（虚构）1号"}, "scale_t": "500.000000", "class": "exempt_use"}
    leather = [{"category": "HW21", "scope": "INCLUDE", "codes": [LEATHER], "methods": ["R15"]}]
    scene.post("permit.grant", EXEMPT, bodies.permit(no="豁免〔2026〕1号（虚构）", items=leather, **basis, **EXEMPT_SITE), SICHUAN)


def lists(scene: Scene) -> None:
    """双方互认 with two pages, 单方公布, 国家试点; one that nobody countersigned, one whose pages never came."""
    conditions = {"pre_notice_days": 1, "complete_within_days": 366, "use_only": True, "transit": ["51", "50"], "note": "整车（虚构）"}
    rows = [bodies.row(RECEIVER.uscc, PERMIT, conditions=conditions), bodies.row(RECEIVER.uscc, RENEWAL, quota_t="10.5")]
    for name, kind, by, letters in (
        (MUTUAL, "mutual", SICHUAN, "川环函〔2026〕1号"),
        (UNILATERAL, "unilateral", CHONGQING, "渝环函〔2026〕11号"),
        (PILOT, "pilot", GUIZHOU, "黔环函〔2026〕21号"),
    ):
        terms = bodies.propose(rows=2, pages=2, kind=kind, conditions=conditions, **bodies.letter(letters, letter=bodies.file("函.pdf")))
        scene.post("list.propose", name, terms, by)
        for page, row in enumerate(rows):
            scene.post("list.rows", name, {"page": page, "rows": [row]}, by)
    for name, no in ((MUTUAL, "渝环函〔2026〕2号"), (PILOT, "渝环函〔2026〕22号")):
        signed = {"rows_hash": digest(rows), **bodies.letter(no, letter=bodies.file("复函.pdf"))}
        scene.post("list.countersign", name, signed, CHONGQING)
    row = bodies.row(RECEIVER_51.uscc, PERMIT_51, quota_t="100")
    scene.post("list.propose", PENDING, bodies.propose(), CHONGQING)
    scene.post("list.rows", PENDING, {"page": 0, "rows": [row]}, CHONGQING)
    scene.post("list.propose", ANNOUNCED, bodies.propose(rows=3, pages=2, suspension_stops="depart"), SICHUAN)


def digest(rows: list[dict[str, Any]]) -> str:
    """Kinds §4, by the writer's own hand: twelve cells a row."""
    lines = []
    for row in rows:
        conditions, (whole, _, fraction) = row.get("conditions", {}), row["quota_t"].partition(".")
        cells = (
            row["receiver"],
            row["permit"],
            row["waste"]["category"],
            row["waste"]["scope"],
            ",".join(row["waste"].get("codes", [])),
            ",".join(row["methods"]),
            f"{whole}.{fraction.ljust(6, '0')}",
            str(conditions.get("pre_notice_days", "")),
            str(conditions.get("complete_within_days", "")),
            "1" if conditions.get("use_only") else "",
            ",".join(conditions.get("transit", [])),
            conditions.get("note", ""),
        )
        lines.append("\t".join(cells) + "\n")
    return str(v1.sha256(b"liandan/list-rows/v1\n" + "".join(lines).encode()).hex())


def approvals(scene: Scene) -> None:
    """By consultation, on the list, with an agreeing reply beside it; refused with every outcome; every stage on the way."""

    def apply(number: int, line: dict[str, Any] | None = None, **more: Any) -> str:
        name = chain("approval", GENERATOR, number)
        scene.post("approval.apply", name, bodies.apply(RECEIVER.uscc, PERMIT, line, **more), GENERATOR)
        return name

    def consult(name: str, agree: bool | None) -> None:
        letter = bodies.letter(f"川环商〔2026〕{name[-3:]}号", "2026-11-02", files=[bodies.file("商请函.pdf")])
        scene.post("approval.consult", name, letter, SICHUAN)
        if agree is not None:
            answer = {"agree": agree, **({} if agree else {"reason": "能力不足（虚构）"})}
            scene.post("approval.reply", name, bodies.letter(f"渝环复〔2026〕{name[-3:]}号", "2026-11-02") | answer, CHONGQING)

    materials = [{"about": "agreement", "file": bodies.file("协议.pdf")}, {"about": "emergency_plan", "file": bodies.file("预案.pdf")}]
    contract = {"contract": {"no": "HT-2026-1（虚构）", "valid_to": "2026-12-31"}, "transit": ["50"], "materials": materials}
    consult(apply(201, **contract), agree=True)
    limits = {"lines": [{"line": 0, "mass_t": "195.000000"}], "files": [bodies.file("决定.pdf")]}
    scene.post("approval.decide", CONSULTED, bodies.decide("川环准〔2026〕201号", **limits), SICHUAN)
    apply(202, {"listing": {"list": MUTUAL, "row": 0}, "identification": "鉴别报告（虚构）1号"})
    scene.post("approval.decide", LISTED, bodies.decide("川环准〔2026〕202号"), SICHUAN)
    consult(apply(203), agree=True)
    for number, outcome, agree in (
        (204, "not_qualified", True),
        (205, "disagreed", False),
        (206, "incomplete", None),
        (207, "other", None),
    ):
        name = apply(number)
        if outcome != "incomplete":
            consult(name, agree)
        scene.post("approval.decide", name, bodies.refuse(f"川环不准〔2026〕{number}号", outcome), SICHUAN)
    consult(apply(208), agree=None)
    scene.post("approval.decide", chain("approval", GENERATOR, 208), bodies.refuse("川环不准〔2026〕208号", "no_reply"), SICHUAN)
    apply(209)
    consult(apply(210), agree=None)
    consult(apply(211), agree=False)


COMPLETED, STOPPED, GIVEN_BACK, NOTICED, ACCEPTED = (chain("approval", GENERATOR, number) for number in range(231, 236))


def lives(scene: Scene) -> None:
    """An application that is completed, accepted and taken back; decisions of two lines that are stopped, one by letter and one on the list."""
    lines = [bodies.apply(RECEIVER.uscc, PERMIT)["lines"][0] | {"name": name} for name in ("废铅蓄电池", "废铅栅")]

    def apply(name: str, *more: dict[str, Any]) -> None:
        asked = bodies.apply(RECEIVER.uscc, PERMIT)
        scene.post("approval.apply", name, asked | {"lines": [line | one for line, one in zip(lines, more, strict=True)]}, GENERATOR)

    told = {"reason": "核查（虚构）", "file": bodies.file("通知.pdf"), **HANDLER}
    apply(COMPLETED, {}, {})
    scene.post("approval.notice", COMPLETED, {"deficiencies": ["没有运输路线（虚构）", "协议没有盖章（虚构）"], **HANDLER}, SICHUAN)
    apply(COMPLETED, {"internal_name": "旧电瓶"}, {"internal_name": "旧铅栅"})
    scene.post("approval.accept", COMPLETED, {"no": "川环受〔2026〕231号（虚构）", **HANDLER}, SICHUAN)
    scene.post("approval.withdraw", COMPLETED, {"reason": "改由省内处置（虚构）", **HANDLER}, GENERATOR)
    granted = {"lines": [{"line": line, "mass_t": "15.000000"} for line in (0, 1)]}
    apply(STOPPED, {}, {})
    for name in (ACCEPTED, NOTICED):
        apply(name, {}, {})
    scene.post("approval.notice", NOTICED, {"deficiencies": ["没有路线（虚构）"]}, SICHUAN)
    for name in (ACCEPTED, STOPPED):
        scene.post("approval.accept", name, {}, SICHUAN)
    letter = bodies.letter("川环商〔2026〕232号", "2026-11-02")
    scene.post("approval.consult", STOPPED, letter, SICHUAN)
    scene.post("approval.reply", STOPPED, letter | {"agree": True}, CHONGQING)
    scene.post("approval.decide", STOPPED, bodies.decide("川环准〔2026〕232号", **granted), SICHUAN)
    scene.post("approval.suspend", STOPPED, told | {"lines": [1]}, SICHUAN)
    scene.post("approval.suspend", STOPPED, {"reason": "停产（虚构）"}, SICHUAN)
    scene.post("approval.resume", STOPPED, told | {"lines": [0]}, SICHUAN)
    scene.post("approval.revoke", STOPPED, told | {"lines": [1]}, SICHUAN)
    listed = {"listing": {"list": MUTUAL, "row": 0}}
    apply(GIVEN_BACK, listed, listed)
    scene.post("approval.decide", GIVEN_BACK, bodies.decide("川环准〔2026〕233号", **granted), SICHUAN)
    scene.post("approval.revoke", GIVEN_BACK, {"reason": "企业申请（虚构）"}, SICHUAN)
    scene.post("approval.suspend", STOPPED, {"reason": "再次停产（虚构）"}, SICHUAN)
