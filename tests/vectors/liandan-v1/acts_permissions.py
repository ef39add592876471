"""Permits, a list, approvals of the log of acts; decisions as the rules give them."""

from __future__ import annotations

from typing import Any

import bodies
import bytes_v1 as v1
from acting import CONSULTED, LIST, LISTED, PERMIT, REFUSED, post
from story import RECEIVER, signers
from writer import Log


def permits(log: Log) -> None:
    authority = signers("chongqing")
    post(log, "permit.grant", PERMIT, authority, "09:00", bodies.permit())
    post(log, "permit.suspend", PERMIT, authority, "09:01", {"reason": "例行核查（虚构）"})
    post(log, "permit.resume", PERMIT, authority, "09:02", {"reason": "核查完毕（虚构）"})
    amended = {"reason": "扩大规模（虚构）", "scale_t": "80000.000000", "items": [{**bodies.WASTE, "methods": ["R4"]}]}
    post(log, "permit.amend", PERMIT, authority, "09:03", amended)


def usage(log: Log, received: int) -> None:
    """What the receiver took in October outside this ledger, as it states itself; its account was last moved at ``received``."""
    stated = {"month": "2026-10", "received_t": "12.500000", "source": "2026年10月经营记录簿（虚构）"}
    row = {"account": f"Q3 {PERMIT}", "prev_index": received, "before_g": 5_570_000, "after_g": 18_070_000}
    post(log, "permit.usage", PERMIT, signers("receiver"), "16:05", stated, tags=[["SELF_STATED"]], accounts=[row])


def lists(log: Log) -> None:
    """Proposed by Sichuan with one page of one row, countersigned by Chongqing."""
    post(log, "list.propose", LIST, signers("sichuan"), "09:10", bodies.propose())
    post(log, "list.rows", LIST, signers("sichuan"), "09:11", {"page": 0, "rows": [bodies.row(RECEIVER, PERMIT)]}, [PERMIT])
    cells = (RECEIVER, PERMIT, "HW31", "INCLUDE", "900-052-31", "R4", "3000.000000", *[""] * 5)
    digest = v1.sha256(b"liandan/list-rows/v1\n" + ("\t".join(cells) + "\n").encode()).hex()
    letter = {"rows_hash": digest, "letter_no": "渝环函〔2026〕2号（虚构）", "letter_date": "2026-10-30"}
    post(log, "list.countersign", LIST, signers("chongqing"), "09:12", letter)


def approvals(log: Log) -> None:
    """One by consultation, granted; one refused; one on the list."""

    def apply(chain: str, minute: str, **more: Any) -> None:
        post(log, "approval.apply", chain, signers("generator"), minute, bodies.apply(RECEIVER, PERMIT, **more), [PERMIT])

    apply(CONSULTED, "09:20", identification="鉴别报告（虚构）1号")
    letter = {"letter_no": "川环商〔2026〕3号（虚构）", "letter_date": "2026-11-02"}
    post(log, "approval.consult", CONSULTED, signers("sichuan"), "09:21", letter)
    answer = {"letter_no": "渝环复〔2026〕4号（虚构）", "letter_date": "2026-11-02", "agree": True}
    post(log, "approval.reply", CONSULTED, signers("chongqing"), "09:22", answer)
    granted = bodies.decide("川环准〔2026〕5号（虚构）")
    post(log, "approval.decide", CONSULTED, signers("sichuan"), "09:23", granted, [PERMIT], route="APPROVED")
    apply(REFUSED, "09:24")
    refused = {"approve": False, "no": "川环不准〔2026〕6号（虚构）", "outcome": "not_qualified", "reason": "材料不全（虚构）"}
    post(log, "approval.decide", REFUSED, signers("sichuan"), "09:25", refused, [PERMIT])
    apply(LISTED, "09:26", listing={"list": LIST, "row": 0})
    row = {"account": f"Q1 {LIST} 0", "before_g": 0, "after_g": 150_000_000}
    again = {**granted, "no": "川环准〔2026〕7号（虚构）"}
    post(log, "approval.decide", LISTED, signers("sichuan"), "09:27", again, [LIST, PERMIT], route="LISTED", accounts=[row])
