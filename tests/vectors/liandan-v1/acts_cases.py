"""Cases of the log of acts: on a manifest inside Chongqing that never departs. They stand behind the revoked permit, so all indices before stay."""

from __future__ import annotations

import bodies
import bytes_v1 as v1
from acting import PERMIT, TAKING, TAKING_KEY, case_of, post
from story import CARRIER, RECEIVER, clock, signers
from writer import Act, Log, body_bytes

NEW_PERMIT = PERMIT[:-2] + "12"
THIRD = f"manifest/{TAKING}/{PERMIT.rpartition('/')[2][:-2]}33"
HOLD, CONTEST, REPORT, GAP = (case_of(THIRD, last) for last in ("51", "52", "53", "54"))
OWN = ((TAKING, TAKING_KEY),)


def cases(log: Log) -> None:
    """Held and released; a voiding that nobody took is contested and the contest settled; reported on; closed with a gap."""
    post(log, "permit.grant", NEW_PERMIT, signers("chongqing"), "16:20", bodies.permit(), alerts=[["M", "PERMIT_SECOND"]])
    inside = bodies.issue(RECEIVER, NEW_PERMIT, [bodies.line("5.600000")], origin=bodies.PORT, carriers=[CARRIER])
    row = {"account": f"Q3 {NEW_PERMIT}", "before_g": 0, "after_g": 5_600_000}
    decided = {"route": "INTRA", "tags": [["PLAN_OFF_LOG"]], "accounts": [row]}
    post(log, "manifest.issue", THIRD, OWN, "16:21", inside, [NEW_PERMIT, f"party/{CARRIER}"], **decided)
    issued = len(log.entries) - 1
    trunk = {"trunk": {"seq": 0, "hash": log.hashes[issued]}}
    held = {"reason": "来源存疑（虚构）", "basis": "固废法（虚构）", "until": clock("20:00:00")}
    post(log, "case.hold", HOLD, signers("chongqing"), "16:22", trunk | held, [THIRD])
    post(log, "case.release", HOLD, signers("chongqing"), "16:23", {"reason": "查无问题（虚构）"}, [THIRD])
    seq, prev = log.next_link(THIRD)
    voided = Act("manifest.void/1", THIRD, {"reason": "改期（虚构）"}, OWN, clock("16:22:00"))
    frozen = v1.compact(v1.envelope(body_bytes(voided, seq, prev), [TAKING_KEY]))
    contested = trunk | {"envelope": v1.b64(frozen), "codes": ["STATEMENT_STALE"], "reason": "无网络（虚构）"}
    post(log, "case.contest", CONTEST, OWN, "16:24", contested, [THIRD], alerts=[["H", "CONTESTED"]])
    post(log, "case.release", CONTEST, signers("chongqing"), "16:25", {"reason": "已另行处理（虚构）"}, [THIRD])
    comment = {"about": "other", "given_at": clock("16:26:00"), "text": "车辆未到（虚构）"}
    post(log, "case.report", REPORT, OWN, "16:26", trunk | comment, [THIRD])
    gap = {"gaps": [{"line": 0, "mass_t": "5.600000", "cause": "never_departed"}], "finding": "未起运（虚构）"}
    released = {"account": f"Q3 {NEW_PERMIT}", "prev_index": issued, "before_g": 5_600_000, "after_g": 0}
    told = {"alerts": [["H", "CLOSED_GAP"]], "accounts": [released]}
    post(log, "case.close_with_gap", GAP, signers("chongqing"), "16:27", trunk | gap, [THIRD], **told)
