"""Approvals in the log of acts beyond letters and decision (kinds §4): completed, accepted and taken back; stopped line by line."""

from __future__ import annotations

import bodies
from acting import CONSULTED, LISTED, ULID, post
from acts_cases import NEW_PERMIT
from story import GENERATOR, RECEIVER, signers
from writer import Log

COMPLETED = f"approval/{GENERATOR}/{ULID}24"


def lives(log: Log) -> None:
    """An application that is completed, accepted and taken back; a decision that is suspended and resumed; one on the list that is revoked."""
    owner, origin = signers("generator"), signers("sichuan")
    asked = bodies.apply(RECEIVER, NEW_PERMIT)
    post(log, "approval.apply", COMPLETED, owner, "16:54", asked, [NEW_PERMIT])
    post(log, "approval.notice", COMPLETED, origin, "16:54", {"deficiencies": ["没有运输路线说明（虚构）", "协议没有盖章（虚构）"]})
    post(log, "approval.apply", COMPLETED, owner, "16:54", {**asked, "transit": ["50"]}, [NEW_PERMIT])
    post(log, "approval.accept", COMPLETED, origin, "16:54", {"no": "川环受〔2026〕24号（虚构）"})
    post(log, "approval.withdraw", COMPLETED, owner, "16:54", {"reason": "改由省内单位处置（虚构）"})
    post(log, "approval.suspend", CONSULTED, origin, "16:54", {"reason": "接受人停产检修（虚构）", "lines": [0]})
    post(log, "approval.resume", CONSULTED, origin, "16:54", {"reason": "检修完毕（虚构）"})
    post(log, "approval.revoke", LISTED, origin, "16:54", {"reason": "企业申请（虚构）"})
