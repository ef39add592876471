"""Acts that the log of acts must refuse by the rules of custody (kinds §6), from the loading gate to the verification, and of numbers (§7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import CASE, CONSULTED, MANIFEST, PERMIT, TAKING, TAKING_KEY, ULID, VOIDED
from acts_trips import OTHER_TRUCK, TRUCK, departure
from refused import Case
from refused_acts import Posting, index_of
from refused_issues import SECOND, WITHOUT, issue, line
from story import CARRIER, GENERATOR, clock, signer, signers
from writer import Log

GENERATORS, CARRIERS, RECEIVERS = signers("generator"), signers("carrier"), signers("receiver")
LOADERS, BOTH, TAKERS = signers("generator", "carrier"), (signer("carrier"), (TAKING, TAKING_KEY)), ((TAKING, TAKING_KEY),)
AWAY = {"division": "500107", "address": "虚构路9号"}
CASE_2 = CASE[:-2] + "91"


def _changed(body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**body, **more}.items() if value is not WITHOUT}


def _depart(chain: str = MANIFEST, by: Any = LOADERS, at: str | None = None, **more: Any) -> Any:
    act = ("manifest.depart", chain, _changed(departure(), more), by)
    return act if at is None else (*act, {"at": at})


def _gate(labels: list[str] | None = None, checks: Any = ("carrier", "vehicle", "crew", "labels")) -> dict[str, Any]:
    return {"labels": bodies.labels(GENERATOR, 8) if labels is None else labels, "checks": list(checks)}


def _hand_over(by: Any = BOTH, **more: Any) -> Any:
    return "manifest.hand_over", MANIFEST, _changed({"vehicle": OTHER_TRUCK, "waybill_no": "W-2", "place": bodies.PORT}, more), by


def _transship(*part: tuple[int, str], by: Any = TAKERS, **more: Any) -> Any:
    parts = {"part": [{"line": number, "mass_t": mass_t} for number, mass_t in part]} if part else {}
    body = {"vehicle": TRUCK, "waybill_no": "W-3", "place": bodies.PORT, "reason": "故障（虚构）", **parts}
    return "manifest.transship", MANIFEST, {**body, **more}, by


def _stop(by: Any = TAKERS, **more: Any) -> Any:
    return "manifest.stop", MANIFEST, {"place": bodies.PORT, "reason": "检修（虚构）", **more}, by


def _arrive(by: Any = TAKERS, **more: Any) -> Any:
    return "manifest.arrive", MANIFEST, {"place": bodies.PLANT, **more}, by


def _receive(by: Any = RECEIVERS, **more: Any) -> Any:
    """``more`` are fields of the body where it has them, else of its line."""
    answer: dict[str, Any] = {"line": 0, "opinion": "accept", "accepted_t": "5.570000", "method": "R4"}
    slip = {"no": "R-9", "gross_t": "17.57", "tare_t": "12", "net_t": "5.57"}
    body: dict[str, Any] = {"accepted_at": clock("14:29:00"), "lines": [answer], "weighing": {"method": "weighbridge", "tickets": [slip]}}
    for name, value in more.items():
        (body if name in (*body, "meter_rows", "place") else answer)[name] = value
    return "manifest.receive", MANIFEST, body, by


def _dispose(*fates: tuple[int, str], by: Any = RECEIVERS) -> Any:
    told = [{"line": number, "method": "R4", "mass_t": mass_t} for number, mass_t in fates]
    return "manifest.dispose", MANIFEST, {"fates": told}, by


def _verify(by: Any = GENERATORS) -> Any:
    return "manifest.verify", MANIFEST, {}, by


def trips(log: Log) -> Iterator[Case]:
    """Later acts of the trunk, each against one rule."""

    def at(stage: str, kind: str, time: str, nth: int = 0) -> Posting:
        return Posting(log, stage, index_of(log, kind, nth), clock(f"{time}:00"))

    yield from _gates(at("depart", "manifest.depart", "10:10"))
    yield from _ways(at("hand over", "manifest.hand_over", "12:00"), at("transship", "manifest.transship", "12:30"))
    yield from _stops(at("stop", "manifest.stop", "13:00"))
    yield from _receipts(at("receive", "manifest.receive", "14:30"))
    yield from _ends(at("dispose", "manifest.dispose", "15:00"), Posting(log, "verify", index_of(log, "log.cut"), clock("15:10:00")))
    yield from _numbers(log, at("number", "case.number", "10:03"))


def _gates(post: Posting) -> Iterator[Case]:
    def gate(name: str, code: str, /, *before: Any, **more: Any) -> Case:
        return post(name, code, *before, _depart(**more), rules=code not in ("LABEL_FORM", "LINES_ONCE", "APPROVAL_STATUS"))

    strange = bodies.labels(CARRIER, 8)
    other_code = [label.replace(bodies.CODE.replace("-", ""), "38400431") for label in bodies.labels(GENERATOR, 8)]
    weighed = {"line": 0, "mass_t": "5.58", "gross_t": "17.58", "tare_t": "12"}
    ticket = {"no": "L-9", "gross_t": "17.58", "tare_t": "12", "net_t": "5.58"}
    yield gate("without waybill", "NO_MANIFEST", waybill_no=WITHOUT)
    yield gate("without operating licence", "MISSING", vehicle=bodies.TRUCK)
    yield gate("without a look at the crew", "LOAD_CHECKS", gate=_gate(checks=["carrier", "vehicle", "labels"]))
    yield gate("labels of another unit", "LOAD_LABEL", gate=_gate(strange))
    yield gate("labels of another code", "LOAD_LABEL", gate=_gate(other_code))
    yield gate("boxes without a label", "LOAD_LABEL", gate=_gate([]))
    yield gate("a label that is none", "LABEL_FORM", gate=_gate([*bodies.labels(GENERATOR, 8)[1:], "9151011200"]))
    yield gate("a label of no day", "LABEL_FORM", gate=_gate(bodies.labels(GENERATOR, 8, "20260230")))
    yield gate("a label twice, in two spellings", "LIST_LENGTH", gate=_gate([*(one := bodies.labels(GENERATOR, 8)), one[0].lower()]))
    yield gate("a line that is not there", "LINES_ONCE", loaded=[{**weighed, "line": 1}])
    yield gate("a line twice", "LINES_ONCE", loaded=[weighed, weighed])
    yield gate("gross below tare", "WEIGHING_SUM", loaded=[{**weighed, "gross_t": "12", "tare_t": "17.58"}])
    alone = {"line": 0, "mass_t": "5.58", "gross_t": "1"}
    yield gate("E1: gross below the net, without a tare", "WEIGHING_SUM", loaded=[alone])
    yield gate("more than gross less tare", "WEIGHING_SUM", tickets=[{**ticket, "net_t": "5.580001"}])
    yield gate("a pipeline on the road", "VEHICLE_KIND", vehicle={**TRUCK, "kind": "pipeline"})
    yield gate("through no division", "DIVISION", via=["511000", "500199"])
    yield gate("L1: from another province", "ORIGIN_PROVINCE", place=AWAY)
    stopped = ("approval.suspend", CONSULTED, {"reason": "x"}, signers("sichuan"))
    yield gate("under a decision that is suspended", "APPROVAL_STATUS", stopped)
    yield gate(
        "under a line that was revoked", "APPROVAL_STATUS", ("approval.revoke", CONSULTED, {"reason": "x", "lines": [0]}, stopped[3])
    )
    yield gate("L3: to a permit that was revoked", "PERMIT_STATUS", ("permit.revoke", PERMIT, {"reason": "x"}, signers("chongqing")))
    ran_out = ("permit.amend", PERMIT, {"reason": "x", "valid_to": "2026-11-01"}, signers("chongqing"))
    yield gate("to a permit that ran out", "PERMIT_DATE", ran_out)
    yield gate("more than 1.02 times the decision", "APPROVAL_QUOTA", loaded=[{"line": 0, "mass_t": "153.000001"}])
    yield gate("before its issue", "TIME_ORDER", at=clock("09:54:59"))
    spelled = {**TRUCK, "plate": "渝a·00001"}
    away = (issue(SECOND), _depart(SECOND, waybill_no="W-9", gate=_gate(bodies.labels(GENERATOR, 8, "20261101"))))
    yield gate("E2: a truck under way in another spelling", "VEHICLE_OVERLAP", *away, vehicle=spelled)
    yield post("a licence whose rules come later", "NOT_YET", _depart(licence=f"licence/{CARRIER}/{ULID}92"), either="FIELD_TYPE")
    yield post("by the generator alone", "SIGNER_MISSING", _depart(by=GENERATORS))
    yield post("by a carrier that was not named, alone", "SIGNER_ROLE", _depart(by=RECEIVERS))
    yield post("of what was voided", "NO_MANIFEST", _depart(VOIDED), either="ACT_NOT_OPEN")
    yield post("of what was never issued", "CHAIN_NOT_OPEN", _depart(SECOND), either="NO_MANIFEST")
    yield post("an arrival before it", "ACT_NOT_OPEN", _arrive(CARRIERS))
    yield post("a void by the carrier", "SIGNER_ROLE", ("manifest.void", MANIFEST, {"reason": "x"}, CARRIERS))
    yield post("a void after it", "VOID_LATE", _depart(), ("manifest.void", MANIFEST, {"reason": "x"}, GENERATORS), either="ACT_NOT_OPEN")
    yield post("twice", "ACT_NOT_OPEN", _depart(), _depart())


def _ways(handing: Posting, moving: Posting) -> Iterator[Case]:
    yield handing("without a place", "HANDOVER", _hand_over(place=WITHOUT), rules=True)
    yield handing("of a leg that is not under way", "LEG_UNKNOWN", _hand_over(leg=1))
    yield handing("by who has not got the load", "SIGNER_ROLE", _hand_over(BOTH[::-1]))
    yield handing("by one carrier", "SIGNER_MISSING", _hand_over(CARRIERS), either="SIGNER_ROLE")
    yield handing("to a pipeline", "VEHICLE_KIND", _hand_over(vehicle={**OTHER_TRUCK, "kind": "pipeline"}), rules=True)
    yield moving("of a leg that has ended", "LEG_UNKNOWN", _transship(leg=0))
    yield moving("a line that is not there", "LINE_UNKNOWN", _transship((1, "1")))
    yield moving("a line twice", "LINES_ONCE", _transship((0, "1"), (0, "2")))
    yield moving("by the carrier before", "SIGNER_ROLE", _transship(by=CARRIERS))
    again = _transship((0, "1"), vehicle=OTHER_TRUCK)
    yield moving("a third part", "TRANSSHIP_PART", again, (again[0], again[1], {**again[2], "leg": 1}, again[3]))


def _stops(post: Posting) -> Iterator[Case]:
    yield post("of a leg that has ended", "LEG_UNKNOWN", _stop(leg=0))
    yield post("by the carrier before", "SIGNER_ROLE", _stop(CARRIERS))
    yield post("a seventeenth", "TRUNK_FULL", *[_stop(leg=1)] * 17)
    yield post("an arrival of a leg that is not there", "LEG_UNKNOWN", _arrive(leg=7))
    yield post("an arrival by the carrier before", "SIGNER_ROLE", _arrive(CARRIERS))
    yield post("an arrival before it left", "TIME_ORDER", (*_arrive(), {"at": clock("12:24:59")}), either="AT_BACKWARDS")


def _receipts(post: Posting) -> Iterator[Case]:
    def receipt(name: str, code: str, /, **more: Any) -> Case:
        return post(name, code, _receive(**more), rules=code not in ("LINES_ONCE", "OPINION_QTY"))

    why = {"reason_code": "other", "reason": "混入杂物（虚构）"}
    yield receipt("a line that is not there", "LINES_ONCE", line=1)
    yield receipt("accepted and refused", "OPINION_QTY", refused_t="1")
    yield receipt("accepted and nothing", "OPINION_QTY", accepted_t="0")
    yield receipt("partly, and nothing refused", "OPINION_QTY", opinion="partly", **why)
    yield receipt("partly, and nothing accepted", "OPINION_QTY", opinion="partly", accepted_t="0", refused_t="5.57", **why)
    yield receipt("rejected and accepted", "OPINION_QTY", opinion="reject", **why)
    yield receipt("rejected without a reason", "MISSING", opinion="reject", accepted_t="0")
    yield receipt("accepted in the future", "TIME_ORDER", accepted_at=clock("14:35:01"))
    yield receipt("accepted before it was issued", "TIME_ORDER", accepted_at=clock("09:54:59"))
    yield receipt("meters on the road", "ISSUE_TYPE", meter_rows=[{"day": "2026-11-02", "line": 0, "out_t": "5.57", "in_t": "5.57"}])
    slip = {"gross_t": "10", "tare_t": "15", "net_t": "5.57"}
    yield receipt("E1: gross below tare", "WEIGHING_SUM", weighing={"method": "weighbridge", "tickets": [slip]})
    yield receipt("E1: a net above gross less tare", "WEIGHING_SUM", weighing={"method": "scale", "tickets": [{**slip, "gross_t": "20"}]})
    yield receipt("at no division", "DIVISION", place={**bodies.PLANT, "division": "500199"})
    yield post("by the carrier", "SIGNER_ROLE", _receive(TAKERS))
    yield post("twice", "ACT_NOT_OPEN", _receive(), _receive())
    yield post("disposed of before it", "ACT_NOT_OPEN", _dispose((0, "1")))
    yield post("verified before it", "ACT_NOT_OPEN", _verify())


def _ends(disposing: Posting, verifying: Posting) -> Iterator[Case]:
    yield disposing("a gram more than accepted", "FATE_EXCEEDS", _dispose((0, "5.570001")))
    yield disposing("a gram more in two acts", "FATE_EXCEEDS", _dispose((0, "5")), _dispose((0, "0.570001")))
    yield disposing("a line that is not there", "LINE_UNKNOWN", _dispose((1, "1")))
    yield disposing("by the generator", "SIGNER_ROLE", _dispose((0, "1"), by=GENERATORS))
    yield disposing("verified before it", "ACT_NOT_OPEN", _verify())
    yield verifying("by the receiver", "SIGNER_ROLE", _verify(RECEIVERS))
    yield verifying("twice", "ACT_NOT_OPEN", _verify(), _verify())
    yield verifying("disposed of after it", "ACT_NOT_OPEN", _verify(), _dispose((0, "1")))


def _numbers(log: Log, post: Posting) -> Iterator[Case]:
    issued, voided = (log.hashes[index_of(log, "manifest.issue", nth)] for nth in (0, 1))

    def number(chain: str = CASE, by: Any = GENERATORS, digest: str = issued, seq: int = 0, **more: Any) -> Any:
        return "case.number", chain, {"trunk": {"seq": seq, "hash": digest}, **more}, by

    other = f"case/{GENERATOR}/{VOIDED.rpartition('/')[2]}/{ULID}93"
    given, again = number(number="20265101000001"), number(CASE_2, number="20265101000002")
    yield post("no number", "MISSING", number())
    yield post("of another place", "NO_ORIGIN", number(number="20265001000001"), rules=True)
    yield post("a second one", "NUMBER_GIVEN", given, again)
    yield post("a second statement", "CHAIN_NOT_OPEN", given, number(provincial_number="川1"))
    yield post("of a voided manifest", "TRUNK_STAGE", number(other, digest=voided, number="20265101000001"))
    yield post("of an act that is not there", "TRUNK_UNKNOWN", number(digest="0" * 64, number="20265101000001"))
    yield post("of an act at another place", "TRUNK_UNKNOWN", number(seq=1, number="20265101000001"))
    yield post("by the receiver", "SIGNER_ROLE", number(by=RECEIVERS, number="20265101000001"))
    yield post("by the other side", "SIGNER_ROLE", number(by=signers("chongqing"), number="20265101000001"))
    taken = issue(SECOND, number="20265101000001", lines=[line("1")])
    yield post("that another manifest has", "NO_DUPLICATE", taken, given)
