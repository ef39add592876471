"""Cases of the log of acts: on a manifest inside Chongqing that never departs. They stand behind the revoked permit, so all indices before stay."""

from __future__ import annotations

import bodies
from acting import PERMIT, TAKING, TAKING_KEY, case_of, post
from story import CARRIER, RECEIVER, clock, signers
from writer import Log

NEW_PERMIT = PERMIT[:-2] + "12"
THIRD = f"manifest/{TAKING}/{PERMIT.rpartition('/')[2][:-2]}33"
HOLD = case_of(THIRD, "51")
OWN = ((TAKING, TAKING_KEY),)


def cases(log: Log) -> None:
    """Held and released."""
    post(log, "permit.grant", NEW_PERMIT, signers("chongqing"), "16:20", bodies.permit(), alerts=[["M", "PERMIT_SECOND"]])
    inside = bodies.issue(RECEIVER, NEW_PERMIT, [bodies.line("5.600000")], origin=bodies.PORT, carriers=[CARRIER])
    row = {"account": f"Q3 {NEW_PERMIT}", "before_g": 0, "after_g": 5_600_000}
    decided = {"route": "INTRA", "tags": [["PLAN_OFF_LOG"]], "accounts": [row]}
    post(log, "manifest.issue", THIRD, OWN, "16:21", inside, [NEW_PERMIT, f"party/{CARRIER}"], **decided)
    trunk = {"trunk": {"seq": 0, "hash": log.hashes[-1]}}
    held = {"reason": "来源存疑（虚构）", "basis": "固废法（虚构）", "until": clock("20:00:00")}
    post(log, "case.hold", HOLD, signers("chongqing"), "16:22", trunk | held, [THIRD])
    post(log, "case.release", HOLD, signers("chongqing"), "16:23", {"reason": "查无问题（虚构）"}, [THIRD])
