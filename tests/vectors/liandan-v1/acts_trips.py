"""Two manifests of the log of acts, and a cut; decisions as the rules give them."""

from __future__ import annotations

from typing import Any

import bodies
import bytes_v1 as v1
from acting import CASE, CONSULTED, FOUNDERS, MANIFEST, PERMIT, TAKING, TAKING_KEY, VOIDED, post
from story import CARRIER, GENERATOR, RECEIVER, clock, signer, signers
from writer import Act, Log

TRUCK = {**bodies.TRUCK, "licence_no": "渝交危0001（虚构）", "trailer_licence_no": "渝交危0002（虚构）"}
OTHER_TRUCK = {**bodies.OTHER_TRUCK, "licence_no": "渝交危0003（虚构）"}


def _rows(last: int | None, before_g: int, after_g: int) -> list[dict[str, Any]]:
    """Rows of decision and permit, last touched at index ``last``; both hold the same grams in this log."""
    touched = {} if last is None else {"prev_index": last}
    grams = {**touched, "before_g": before_g, "after_g": after_g}
    return [{"account": account, **grams} for account in (f"Q2 {CONSULTED} 0", f"Q3 {PERMIT}")]


def issue(log: Log, chain: str, minute: str, rows: list[dict[str, Any]]) -> int:
    """开具 5.6 t; the index."""
    line = bodies.line("5.600000", decision_line=0)
    parties = {"approval": CONSULTED, "carriers": [CARRIER, TAKING], "planned_at": clock("10:10:00")}
    body = bodies.issue(RECEIVER, PERMIT, [line], **parties)
    read = [PERMIT, CONSULTED, f"party/{CARRIER}", f"party/{TAKING}"]
    tags = [["PLAN_OFF_LOG"]]
    post(log, "manifest.issue", chain, signers("generator"), minute, body, read, route="APPROVED", tags=tags, accounts=rows)
    return len(log.entries) - 1


def manifests(log: Log) -> int:
    """One from issue to verification, with two carriers and a change of vehicle; one voided. The index of the receipt."""
    consignor, carrier, receiver = signer("generator"), signer("carrier"), signer("receiver")
    taking = (TAKING, TAKING_KEY)
    first = issue(log, MANIFEST, "10:00", _rows(None, 0, 5_600_000))
    second = issue(log, VOIDED, "10:01", _rows(first, 5_600_000, 11_200_000))
    reason = {"reason": "车辆故障，改日转移"}
    post(log, "manifest.void", VOIDED, (consignor,), "10:02", reason, accounts=_rows(second, 11_200_000, 5_600_000))
    number = {"trunk": {"seq": 0, "hash": log.hashes[first]}, "number": "20265101000001"}
    post(log, "case.number", CASE, (consignor,), "10:03", number, [MANIFEST])
    stranger = {"alerts": [["H", "CREW"]]}  # nobody has registered the driver yet
    post(log, "manifest.depart", MANIFEST, (consignor, carrier), "10:10", departure(), [PERMIT, CONSULTED], **stranger)
    handed = {"vehicle": OTHER_TRUCK, "waybill_no": "W-2", "place": bodies.PORT, "leg": 0}
    post(log, "manifest.hand_over", MANIFEST, (carrier, taking), "12:00", handed)
    moved = {
        "vehicle": TRUCK,
        "reason": "车辆故障",
        "place": bodies.PORT,
        "waybill_no": "W-3",
        "part": [{"line": 0, "mass_t": "2.000000"}],
    }
    post(log, "manifest.transship", MANIFEST, (taking,), "12:30", moved)
    stop = {"place": bodies.PORT, "reason": "检修（虚构）", "until": clock("13:30:00"), "leg": 1}
    post(log, "manifest.stop", MANIFEST, (taking,), "13:00", stop)
    post(log, "manifest.arrive", MANIFEST, (taking,), "14:00", {"place": bodies.PLANT})
    line = {"line": 0, "differences": ["quantity"], "opinion": "accept", "accepted_t": "5.570000", "method": "R4"}
    slip = {"no": "R-1", "scale": "1号地磅", "gross_t": "17.570000", "tare_t": "12.000000", "net_t": "5.570000"}
    weighing = {"method": "weighbridge", "tickets": [slip]}
    told = {"at": clock("14:20:00"), "ref": "报告（虚构）1号"}
    taken = {"accepted_at": clock("14:29:00"), "lines": [line], "weighing": weighing}
    taken |= {"reported_to_authority": told, "notified_generator": told}
    post(
        log,
        "manifest.receive",
        MANIFEST,
        (receiver,),
        "14:30",
        taken,
        [PERMIT, CONSULTED],
        accounts=_rows(second + 1, 5_600_000, 5_570_000),
    )
    received = len(log.entries) - 1
    fate = {"fates": [{"line": 0, "method": "R4", "mass_t": "5.570000"}]}
    post(log, "manifest.dispose", MANIFEST, (receiver,), "15:00", fate)
    return received


def departure() -> dict[str, Any]:
    loaded = {"line": 0, "mass_t": "5.580000", "gross_t": "17.580000", "tare_t": "12.000000"}
    ticket = {"no": "L-1", "scale": "1号地磅", "at": clock("10:05:00"), "gross_t": "17.58", "tare_t": "12", "net_t": "5.58"}
    crew = [{"crew": "D01", "role": "driver"}, {"crew": "E02", "role": "escort"}]
    return bodies.depart(GENERATOR, loaded, TRUCK, tickets=[ticket], crew=crew, via=["511000", "500118"], seals=["F-001"])


def cut(log: Log, verified: Act, before: tuple[int, str, int]) -> None:
    """The verification was never published: the log is cut to the head ``before`` it, and it comes again with the same hash."""
    size = len(log.entries) - 1
    digest, at = log.hashes[size], clock("15:10:05")
    del log.entries[size:], log.hashes[size:]
    log.heads[verified.chain] = before
    tail = log.adopt(f"{digest} {at}\n".encode())
    body = {"size": size, "root": v1.b64(v1.tree_root(log.leaves)), "tail": tail}
    post(log, "log.cut", "log/main", signers(*FOUNDERS), "16:00", body)
    log.add(verified, clock("16:01:00"), tags=[["RECUT"]])
    assert log.hashes[-1] == digest
