"""A log with a good act of every kind that the small log lacks: lists, approvals, permits, manifests, a cut. All names are fictitious.

Its bodies conform to ``docs/formats/<kind>.json``, and they follow the rules of the kinds: a reader that decides again, with the
adopted data of ``data/``, comes to the same admissions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bodies
import bytes_v1 as v1
from story import CARRIER, GENERATOR, LOG_KEY, RECEIVER, WITNESSES, clock, founding, parties, signer, signers, stamps
from writer import Act, Log

ORIGIN = "liandan.example/vectors-acts"
TAKING = v1.uscc("91500112" + "0000FX112")
TAKING_KEY = v1.key("taking carrier", "ecdsa-p256-sha256")
ULID = "01KB2Z8Q6V00000000000000"
PERMIT = f"permit/{RECEIVER}/{ULID}11"
LIST = "list/2026-51-50-xn"
CONSULTED, REFUSED, LISTED = (f"approval/{GENERATOR}/{ULID}{last}" for last in (21, 22, 23))
MANIFEST, VOIDED = f"manifest/{GENERATOR}/{ULID}31", f"manifest/{GENERATOR}/{ULID}32"
CASE = f"case/{GENERATOR}/{ULID}31/{ULID}41"
FOLDER = Path(__file__).parent
DATA = {"hw-catalogue": ("2021", "data/hw-catalogue.csv"), "divisions": ("2024-11", "data/divisions-50-51.csv")}
FILES = {file: v1.sha256((FOLDER / file).read_bytes()).hex() for _, file in DATA.values()}
FOUNDERS = ("operator", "sichuan", "chongqing")


def _post(log: Log, kind: str, chain: str, by: Any, minute: str, body: dict[str, Any], facts: Any = (), **decision: Any) -> Act:
    """Append an act claimed at ``minute`` (hh:mm) and admitted five seconds later."""
    act = Act(kind + "/1", chain, body, by, clock(minute + ":00"))
    log.add(act, clock(minute + ":05"), facts, **decision)
    return act


def _data(log: Log) -> None:
    """The catalogue of hazardous wastes (名录) and the divisions (行政区划) that the rules read."""
    for name, (version, file) in DATA.items():
        digest = log.adopt((FOLDER / file).read_bytes())
        _post(log, "data.adopt", "log/main", signers(*FOUNDERS), "08:30", {"name": name, "version": version, "sha256": digest})


def _permit(log: Log) -> None:
    authority = signers("chongqing")
    _post(log, "permit.grant", PERMIT, authority, "09:00", bodies.permit())
    _post(log, "permit.suspend", PERMIT, authority, "09:01", {"reason": "例行核查（虚构）"})
    _post(log, "permit.resume", PERMIT, authority, "09:02", {"reason": "核查完毕（虚构）"})
    amended = {"reason": "扩大规模（虚构）", "scale_t": "80000.000000", "items": [{**bodies.WASTE, "methods": ["R4"]}]}
    _post(log, "permit.amend", PERMIT, authority, "09:03", amended)


def _list(log: Log) -> None:
    """Proposed by Sichuan with one page of one row, countersigned by Chongqing."""
    _post(log, "list.propose", LIST, signers("sichuan"), "09:10", bodies.propose())
    _post(log, "list.rows", LIST, signers("sichuan"), "09:11", {"page": 0, "rows": [bodies.row(RECEIVER, PERMIT)]})
    cells = (RECEIVER, PERMIT, "HW31", "INCLUDE", "900-052-31", "R4", "3000.000000")
    digest = v1.sha256(b"liandan/list-rows/v1\n" + ("\t".join(cells) + "\n").encode()).hex()
    letter = {"rows_hash": digest, "letter_no": "渝环函〔2026〕2号（虚构）", "letter_date": "2026-10-30"}
    _post(log, "list.countersign", LIST, signers("chongqing"), "09:12", letter)


def _approvals(log: Log) -> None:
    """One by consultation, granted; one refused; one on the list."""

    def apply(chain: str, minute: str, **more: Any) -> None:
        _post(log, "approval.apply", chain, signers("generator"), minute, bodies.apply(RECEIVER, PERMIT, **more), [PERMIT])

    apply(CONSULTED, "09:20", identification="鉴别报告（虚构）1号")
    letter = {"letter_no": "川环商〔2026〕3号（虚构）", "letter_date": "2026-11-02"}
    _post(log, "approval.consult", CONSULTED, signers("sichuan"), "09:21", letter)
    answer = {"letter_no": "渝环复〔2026〕4号（虚构）", "letter_date": "2026-11-02", "agree": True}
    _post(log, "approval.reply", CONSULTED, signers("chongqing"), "09:22", answer)
    granted = bodies.decide("川环准〔2026〕5号（虚构）")
    _post(log, "approval.decide", CONSULTED, signers("sichuan"), "09:23", granted, [PERMIT], route="APPROVED")
    apply(REFUSED, "09:24")
    refused = {"approve": False, "no": "川环不准〔2026〕6号（虚构）", "reason": "材料不全（虚构）"}
    _post(log, "approval.decide", REFUSED, signers("sichuan"), "09:25", refused, [PERMIT])
    apply(LISTED, "09:26", listing={"list": LIST, "row": 0})
    row = {"account": f"Q1 {LIST} 0", "before_g": 0, "after_g": 150_000_000}
    again = {**granted, "no": "川环准〔2026〕7号（虚构）"}
    _post(log, "approval.decide", LISTED, signers("sichuan"), "09:27", again, [LIST, PERMIT], route="LISTED", accounts=[row])


def _rows(last: int | None, before_g: int, after_g: int) -> list[dict[str, Any]]:
    """Rows of decision and permit, last touched at index ``last``; both hold the same grams in this log."""
    touched = {} if last is None else {"prev_index": last}
    grams = {**touched, "before_g": before_g, "after_g": after_g}
    return [{"account": account, **grams} for account in (f"Q2 {CONSULTED} 0", f"Q3 {PERMIT}")]


def _issue(log: Log, chain: str, minute: str, rows: list[dict[str, Any]]) -> int:
    """开具 5.6 t; the index."""
    line = bodies.line("5.600000", decision_line=0)
    parties = {"approval": CONSULTED, "carriers": [CARRIER, TAKING], "planned_at": clock("10:10:00")}
    body = bodies.issue(RECEIVER, PERMIT, [line], **parties)
    _post(log, "manifest.issue", chain, signers("generator"), minute, body, [PERMIT, CONSULTED], route="APPROVED", accounts=rows)
    return len(log.entries) - 1


def _manifests(log: Log) -> None:
    """One from issue to verification, with two carriers and a change of vehicle; one voided."""
    consignor, carrier, receiver = signer("generator"), signer("carrier"), signer("receiver")
    taking = (TAKING, TAKING_KEY)
    first = _issue(log, MANIFEST, "10:00", _rows(None, 0, 5_600_000))
    second = _issue(log, VOIDED, "10:01", _rows(first, 5_600_000, 11_200_000))
    reason = {"reason": "车辆故障，改日转移"}
    _post(log, "manifest.void", VOIDED, (consignor,), "10:02", reason, accounts=_rows(second, 11_200_000, 5_600_000))
    number = {"trunk": {"seq": 0, "hash": log.hashes[first]}, "number": "20265101000001"}
    _post(log, "case.number", CASE, (consignor,), "10:03", number, [MANIFEST])
    departed = bodies.depart(GENERATOR, {"line": 0, "mass_t": "5.580000", "gross_t": "17.580000", "tare_t": "12.000000"})
    _post(log, "manifest.depart", MANIFEST, (consignor, carrier), "10:10", departed)
    handed = {"vehicle": bodies.OTHER_TRUCK, "waybill_no": "W-2", "place": bodies.PORT}
    _post(log, "manifest.hand_over", MANIFEST, (carrier, taking), "12:00", handed)
    moved = {
        "vehicle": bodies.TRUCK,
        "reason": "车辆故障",
        "place": bodies.PORT,
        "waybill_no": "W-3",
        "part": [{"line": 0, "mass_t": "2.000000"}],
    }
    _post(log, "manifest.transship", MANIFEST, (taking,), "12:30", moved)
    _post(log, "manifest.arrive", MANIFEST, (taking,), "14:00", {"place": bodies.PLANT})
    line = {"line": 0, "differences": ["quantity"], "opinion": "accept", "accepted_t": "5.570000", "method": "R4"}
    weighing = {"method": "weighbridge", "scale": "1号地磅", "gross_t": "17.570000", "tare_t": "12.000000", "net_t": "5.570000"}
    told = {"at": clock("14:20:00"), "ref": "报告（虚构）1号"}
    taken = {"accepted_at": clock("14:29:00"), "lines": [line], "weighing": weighing}
    taken |= {"reported_to_authority": told, "notified_generator": told}
    _post(
        log,
        "manifest.receive",
        MANIFEST,
        (receiver,),
        "14:30",
        taken,
        [PERMIT, CONSULTED],
        accounts=_rows(second + 1, 5_600_000, 5_570_000),
    )
    fate = {"fates": [{"line": 0, "method": "R4", "mass_t": "5.570000"}]}
    _post(log, "manifest.dispose", MANIFEST, (receiver,), "15:00", fate)


def _delegations(log: Log) -> None:
    party = f"party/{GENERATOR}"
    body = {"delegate": CARRIER, "kinds": ["manifest.issue"], "until": clock("23:59:59")}
    _post(log, "delegation.grant", party, signers("generator"), "16:02", body, [f"party/{CARRIER}"])
    _post(log, "delegation.revoke", party, signers("generator"), "16:03", {"delegate": CARRIER, "reason": "合同终止（虚构）"})


def _cut(log: Log, verified: Act, before: tuple[int, str, int]) -> None:
    """The verification was never published: the log is cut to the head ``before`` it, and it comes again with the same hash."""
    size = len(log.entries) - 1
    digest, at = log.hashes[size], clock("15:10:05")
    del log.entries[size:], log.hashes[size:]
    log.heads[verified.chain] = before
    tail = log.adopt(f"{digest} {at}\n".encode())
    body = {"size": size, "root": v1.b64(v1.tree_root(log.leaves)), "tail": tail}
    _post(log, "log.cut", "log/main", signers(*FOUNDERS), "16:00", body)
    log.add(verified, clock("16:01:00"), tags=[["RECUT"]])
    assert log.hashes[-1] == digest


def acts_log() -> Log:
    """Every kind that the small log lacks, on one log with its own founding and parties."""
    log = Log(ORIGIN, LOG_KEY, WITNESSES)
    log.add(founding(log), clock("08:00:05"))
    parties(log)
    body = {"name": "重庆嘉陵危货运输有限公司（虚构）", "keys": [v1.registration(TAKING_KEY, log.found, TAKING)]}
    _post(log, "party.register", f"party/{TAKING}", signers("chongqing"), "08:06", body)
    _data(log)
    _permit(log)
    _list(log)
    _approvals(log)
    _manifests(log)
    before = log.heads[MANIFEST]
    verified = _post(log, "manifest.verify", MANIFEST, signers("generator"), "15:10", {})
    _cut(log, verified, before)
    _delegations(log)
    _post(log, "permit.revoke", PERMIT, signers("chongqing"), "16:10", {"reason": "企业申请（虚构）"})
    log.checkpoint(stamps("16:10:10"))
    return log
