"""Bodies of acts that fit ``docs/formats/<kind>.json``, for every log of these vectors. All names and places are fictitious."""

from __future__ import annotations

from typing import Any

import bytes_v1 as v1

CODE = "900-052-31"
WASTE = {"category": "HW31", "scope": "INCLUDE", "codes": [CODE]}
SITE = {"division": "510112", "address": "成都市龙泉驿区虚构路1号"}
PLANT = {"division": "500116", "address": "重庆市江津区虚构大道2号"}
PORT = {"division": "500112", "address": "重庆市渝北区虚构场3号"}
TRUCK = {"kind": "truck", "plate": "渝A00001", "trailer": "渝A0002挂"}
OTHER_TRUCK = {"kind": "truck", "plate": "渝B00003"}
Body = dict[str, Any]


def letter(no: str, day: str = "2026-10-30", **more: Any) -> Body:
    """函号、日期."""
    return {"letter_no": f"{no}（虚构）", "letter_date": day, **more}


def permit(**more: Any) -> Body:
    """综合经营许可证: lead batteries, 60,000 t a year."""
    item = {**WASTE, "methods": ["R4", "C3"]}
    granted = {"no": "CQ5001160001", "class": "permit", "valid_from": "2026-01-01", "valid_to": "2028-12-31", **PLANT, "items": [item]}
    return {**granted, "scale_t": "60000.000000", **more}


def propose(rows: int = 1, pages: int = 1, **more: Any) -> Body:
    """A list of 2026, announced."""
    terms = {"letter_no": "川环函〔2026〕1号（虚构）", "letter_date": "2026-10-20", "kind": "mutual", "suspension_stops": "issue"}
    return {**terms, "effective_from": "2026-11-02", "effective_to": "2026-12-31", "rows": rows, "pages": pages, **more}


def row(receiver: str, permit_chain: str, **more: Any) -> Body:
    """A row: 3,000 t of lead batteries."""
    return {"receiver": receiver, "permit": permit_chain, "waste": WASTE, "methods": ["R4"], "quota_t": "3000.000000", **more}


def apply(receiver: str, permit_chain: str, **more: Any) -> Body:
    """An application for 200 t; ``more`` goes into its line."""
    wanted = {"name": "废铅蓄电池", "code": CODE, "category": "HW31", "hazards": ["T", "C"], "mass_t": "200.000000", "method": "R4"}
    terms = {"receiver": receiver, "permit": permit_chain, "origin": SITE, "applied_to": "2026-12-31"}
    return {**terms, "lines": [{**wanted, **more}]}


def decide(no: str, **more: Any) -> Body:
    """150 t granted."""
    return {"approve": True, "no": no, "valid_to": "2026-12-31", "lines": [{"line": 0, "mass_t": "150.000000"}], **more}


def line(mass_t: str, **more: Any) -> Body:
    """A line of waste: batteries in boxes."""
    batteries: Body = {"name": "废铅蓄电池", "code": CODE, "category": "HW31", "hazards": ["T", "C"], "components": "铅、硫酸", "form": "S"}
    batteries |= {"packing": "box", "packs": 8, "mass_t": mass_t, "pieces": {"count": 320, "unit": "只"}, "method": "R4"}
    return batteries | {"dg": {"un_no": "2794", "dg_class": "8"}} | more


def issue(receiver: str, permit_chain: str, lines: list[Body], **more: Any) -> Body:
    """开具 from SITE to PLANT."""
    body: Body = {
        "lines": lines,
        "receiver": receiver,
        "permit": permit_chain,
        "origin": SITE,
        "destination": PLANT,
        "consignor": "generator",
    }
    body |= {"mode": "road", "emergency_measures": "泄漏时用碱中和（虚构）"}
    body |= {"plan": {"filing_no": "GL-510112-2026-001"}, "contract": {"no": "HT-2026-001", "valid_to": "2027-12-31"}}
    return body | more


def labels(unit: str, count: int, day: str = "20261102") -> list[str]:
    """Labels 1 to ``count`` of a unit and day."""
    return [f"{unit}{CODE.replace('-', '')}{day}{serial:03}" for serial in range(1, count + 1)]


def depart(unit: str, loaded: Body, vehicle: Body = TRUCK, **more: Any) -> Body:
    """起运: eight boxes, each with its label, all checks of the gate."""
    checks = ["carrier", "crew", "intact", "labels", "leakproof", "packaging", "vehicle", "weatherproof"]
    body: Body = {"vehicle": vehicle, "waybill_no": "W-1", "gate": {"labels": labels(unit, 8), "checks": checks}}
    return body | {"loaded": [loaded], "place": SITE, "commit": {"driver.name": v1.sha256(b"salted name").hex()}} | more
