"""An emergency in the log of acts (kinds §9, R-39): declared in Sichuan, joined by Chongqing with one more receiver, moved on, closed."""

from __future__ import annotations

from typing import Any

import bodies
from acting import ULID, post
from acts_cases import NEW_PERMIT
from acts_quotas import moved
from story import GENERATOR, RECEIVER, clock, signers
from writer import Log

SICHUAN = signers("sichuan")[0][0]
EMERGENCY = f"emergency/{SICHUAN}/{ULID}71"
HURRIED, LATER = f"manifest/{GENERATOR}/{ULID}36", f"manifest/{GENERATOR}/{ULID}37"


def declaration(**more: Any) -> dict[str, Any]:
    """启动: 10 t of lead batteries of one generator, to one receiver across the border."""
    body = {"name": "高速公路泄漏（虚构）", "happened_at": clock("16:30:00"), "place": bodies.SITE, "plan_no": "龙府应〔2026〕3号（虚构）"}
    body |= {"plan_authority": "虚构区人民政府", "generators": [GENERATOR], "wastes": [bodies.WASTE], "ceiling_t": "10.000000"}
    body |= {"receivers": [{"receiver": RECEIVER, "permit": NEW_PERMIT}], "valid_from": "2026-11-02", "valid_to": "2026-12-01"}
    return {**body, **more}


def hurried(mass_t: str = "5.600000", **more: Any) -> dict[str, Any]:
    """应急转移联单."""
    body = bodies.issue(RECEIVER, NEW_PERMIT, [bodies.line(mass_t)], type="emergency", emergency=EMERGENCY, **more)
    return {name: value for name, value in body.items() if name != "plan"}


def emergencies(log: Log) -> None:
    """Issued before the other side has joined, and after it; voided; closed."""
    account = f"Q3 {NEW_PERMIT}"
    post(log, "emergency.declare", EMERGENCY, signers("sichuan"), "16:54", declaration(), [NEW_PERMIT])
    waits = {"route": "EMERGENCY", "alerts": [["H", "EMERGENCY_UNJOINED"]], "accounts": [moved(log, account, 5_600_000)]}
    post(log, "manifest.issue", HURRIED, signers("generator"), "16:54", hurried(), [EMERGENCY, NEW_PERMIT], **waits)
    more = bodies.letter("渝环函〔2026〕9号", "2026-11-02", receivers=[{"receiver": RECEIVER, "permit": NEW_PERMIT}], note="同意（虚构）")
    post(log, "emergency.join", EMERGENCY, signers("chongqing"), "16:54", more, [NEW_PERMIT])
    joined = {"route": "EMERGENCY", "accounts": [moved(log, account, 4_400_000)]}
    post(log, "manifest.issue", LATER, signers("generator"), "16:54", hurried("4.400000"), [EMERGENCY, NEW_PERMIT], **joined)
    freed = moved(log, account, -4_400_000)
    post(log, "manifest.void", LATER, signers("generator"), "16:54", {"reason": "改期（虚构）"}, accounts=[freed])
    closed = {"closed_on": "2026-11-02", "summary": "已全部清运（虚构）"}
    post(log, "emergency.close", EMERGENCY, signers("sichuan"), "16:54", closed)
