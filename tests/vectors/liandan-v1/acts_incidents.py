"""Incidents and a settled number in the log of acts: what names manifests from chains of its own (kinds §9)."""

from __future__ import annotations

import bodies
from acting import ULID, case_of, post
from acts_cases import GAP, NEW_PERMIT, OWN, THIRD
from story import CARRIER, GENERATOR, RECEIVER, clock, signers
from writer import Log

NUMBER = "20265001000100"
FOURTH = f"manifest/{CARRIER}/{ULID}34"
ACCIDENT, ARRIVAL = f"incident/{CARRIER}/{ULID}61", f"incident/{RECEIVER}/{ULID}62"
SETTLED = f"number/{NUMBER}"


def incidents(log: Log) -> None:
    """Two manifests of one number, of which one keeps it; an accident of that one, told and closed; waste that came without a manifest."""
    carrier, chongqing, account = signers("carrier"), signers("chongqing"), f"Q3 {NEW_PERMIT}"
    trunk = {"trunk": {"seq": 0, "hash": log.heads[THIRD][1]}}
    post(log, "case.number", case_of(THIRD, "55"), OWN, "16:53", trunk | {"number": NUMBER}, [THIRD])
    inside = bodies.issue(RECEIVER, NEW_PERMIT, [bodies.line("5.600000")], origin=bodies.PORT, number=NUMBER)
    drawn = {"account": account, "prev_index": log.heads[GAP][2], "before_g": 0, "after_g": 5_600_000}
    decided = {"route": "INTRA", "tags": [["PLAN_OFF_LOG"]], "alerts": [["H", "NO_DUPLICATE"]], "accounts": [drawn]}
    post(log, "manifest.issue", FOURTH, carrier, "16:53", inside, [NEW_PERMIT], **decided)
    issued = len(log.entries) - 1
    told = {"incident": "leak", "happened_at": clock("16:53:00"), "place": bodies.PORT, "text": "装车时渗漏（虚构）", "mass_t": "0.010000"}
    informed = [{"name": "重庆市渝北区生态环境局（虚构）", "at": clock("16:53:00")}]
    told |= {"manifests": [FOURTH], "code": bodies.CODE, "measures": "围堵、中和（虚构）", "informed": informed}
    post(log, "incident.report", ACCIDENT, carrier, "16:53", told, [FOURTH])
    lost = {"holder": FOURTH, "lose": [THIRD], "reason": "国家系统查明（虚构）"}
    post(log, "number.settle", SETTLED, chongqing, "16:53", lost, [FOURTH, THIRD])
    freed = {"account": account, "prev_index": issued, "before_g": 5_600_000, "after_g": 0}
    post(log, "manifest.void", FOURTH, carrier, "16:53", {"reason": "改期（虚构）"}, alerts=[["M", "INCIDENT"]], accounts=[freed])
    came = {"arrived_at": clock("16:53:00"), "place": bodies.PLANT, "sender": GENERATOR, "kept": "stored"}
    came |= {"lines": [{"name": "废铅蓄电池", "code": bodies.CODE, "form": "S", "packing": "box", "mass_t": "1.200000"}]}
    post(log, "incident.unmanifested", ARRIVAL, signers("receiver"), "16:53", came, alerts=[["H", "UNMANIFESTED"]])
    closed = {"closed_on": "2026-11-02", "finding": "已清理，无环境影响（虚构）"}
    post(log, "incident.close", ACCIDENT, chongqing, "16:54", closed)
    post(log, "incident.close", ARRIVAL, chongqing, "16:54", {**closed, "manifest": FOURTH}, [FOURTH])
