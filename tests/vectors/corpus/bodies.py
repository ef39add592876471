"""Bodies of acts that fit ``docs/formats/<kind>.json``, for the corpus. All names and places are fictitious.

Written from "Kinds of version 1" alone. ``more`` replaces fields; ``None`` takes one away.
"""

from __future__ import annotations

from typing import Any

from tests.vectors.forger import v1

CODE = "900-052-31"
WASTE = {"category": "HW31", "scope": "INCLUDE", "codes": [CODE]}
SITE = {"division": "510112", "address": "成都市龙泉驿区虚构路1号"}
PLANT = {"division": "500116", "address": "重庆市江津区虚构大道2号"}
PORT = {"division": "500157", "address": "重庆市两江新区虚构场3号"}
PORT_51 = {"division": "510104", "address": "成都市锦江区虚构场3号"}
TRUCK = {"kind": "truck", "plate": "渝A00001", "trailer": "渝A0002挂", "licence_no": "500000000001", "trailer_licence_no": "500000000002"}
OTHER_TRUCK = {"kind": "truck", "plate": "渝B00003", "licence_no": "500000000003"}
THIRD_TRUCK = {"kind": "truck", "plate": "渝C00004", "licence_no": "500000000004"}
CHECKS = ("carrier", "crew", "labels", "packaging", "vehicle")
Body = dict[str, Any]


def _with(body: Body, more: Body) -> Body:
    return {name: value for name, value in {**body, **more}.items() if value is not None}


def letter(no: str, day: str = "2026-10-30", **more: Any) -> Body:
    """函号、日期."""
    return _with({"letter_no": f"{no}（虚构）", "letter_date": day}, more)


def file(name: str) -> Body:
    """An attachment, named by its hash; the file itself is not part of the evidence."""
    return {"sha256": v1.sha256(name.encode()).hex(), "size": len(name.encode()), "media_type": "application/pdf", "name": name}


def permit(**more: Any) -> Body:
    """综合经营许可证: lead batteries, 60,000 t a year."""
    item = {**WASTE, "methods": ["R4", "C3"]}
    granted = {"no": "CQ5001160001（虚构）", "class": "permit", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    return _with({**granted, **PLANT, "items": [item], "scale_t": "60000.000000"}, more)


def propose(rows: int = 1, pages: int = 1, **more: Any) -> Body:
    """A list of 2026, announced."""
    terms = letter("川环函〔2026〕1号", "2026-10-20") | {"kind": "mutual", "suspension_stops": "issue"}
    return _with({**terms, "effective_from": "2026-11-02", "effective_to": "2026-12-31", "rows": rows, "pages": pages}, more)


def row(receiver: str, permit_chain: str, **more: Any) -> Body:
    """A row: 3,000 t of lead batteries."""
    return _with({"receiver": receiver, "permit": permit_chain, "waste": WASTE, "methods": ["R4"], "quota_t": "3000.000000"}, more)


def apply(receiver: str, permit_chain: str, line: Body | None = None, **more: Any) -> Body:
    """An application for 200 t; ``line`` goes into its line."""
    wanted = {"name": "废铅蓄电池", "code": CODE, "category": "HW31", "hazards": ["T", "C"], "mass_t": "200.000000", "method": "R4"}
    terms = {"receiver": receiver, "permit": permit_chain, "origin": SITE, "applied_to": "2026-12-31"}
    return _with({**terms, "lines": [{**wanted, **(line or {})}]}, more)


def decide(no: str, **more: Any) -> Body:
    """150 t granted."""
    granted = {"approve": True, "no": f"{no}（虚构）", "valid_to": "2026-12-31", "lines": [{"line": 0, "mass_t": "150.000000"}]}
    return _with(granted, more)


def refuse(no: str, outcome: str = "not_qualified", **more: Any) -> Body:
    """不予批准."""
    return _with({"approve": False, "no": f"{no}（虚构）", "outcome": outcome, "reason": "材料不全（虚构）"}, more)


def line(mass_t: str, **more: Any) -> Body:
    """A line of waste: batteries in boxes."""
    batteries: Body = {"name": "废铅蓄电池", "code": CODE, "category": "HW31", "hazards": ["T", "C"], "components": "铅、硫酸", "form": "S"}
    batteries |= {"packing": "box", "packs": 8, "mass_t": mass_t, "pieces": {"count": 320, "unit": "只"}, "method": "R4"}
    return _with(batteries | {"dg": {"un_no": "2794", "dg_class": "8"}}, more)


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
    body |= {"mode": "road", "plan": {"filing_no": "川危管计〔2026〕001（虚构）"}, "emergency_measures": "泄漏时用碱中和（虚构）"}
    return _with(body | {"contract": {"no": "HT-2026-1（虚构）", "valid_to": "2026-12-31"}}, more)


def labels(unit: str, count: int = 8, day: str = "20261102", first: int = 1) -> list[str]:
    """``count`` labels of a unit and day."""
    return [f"{unit}{CODE.replace('-', '')}{day}{serial:03}" for serial in range(first, first + count)]


def depart(marked: list[str], loaded: Body | None, vehicle: Body = TRUCK, **more: Any) -> Body:
    """起运: each box with its label, the checks of the gate."""
    body: Body = {"vehicle": vehicle, "waybill_no": "W-1", "place": SITE, "gate": {"labels": marked, "checks": list(CHECKS)}}
    body |= {"loaded": [loaded]} if loaded else {}
    return _with(body | {"commit": {"driver.name": v1.sha256(b"salted name").hex()}}, more)


def received(accepted_t: str, opinion: str = "accept", line: int = 0, **more: Any) -> Body:
    """接受 of one line."""
    return _with({"line": line, "opinion": opinion, "accepted_t": accepted_t, "method": "R4"}, more)


def receive(at: str, lines: list[Body], **more: Any) -> Body:
    """接受确认 at a time; weighed on the receiver's bridge."""
    return _with({"accepted_at": at, "lines": lines, "weighing": {"method": "weighbridge"}}, more)


def ticket(gross: str, tare: str, net: str, **more: Any) -> Body:
    """磅单."""
    return _with({"scale": "1号地磅", "gross_t": gross, "tare_t": tare, "net_t": net}, more)
