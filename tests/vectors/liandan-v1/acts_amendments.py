"""A mistyped receipt of a back-fill in the log of acts, corrected by receiver, generator and the authority of the destination; and a correction refused."""

from __future__ import annotations

import json
from typing import Any

import bodies
from acting import CONSULTED, PERMIT, TAKING, ULID, post
from story import CARRIER, GENERATOR, RECEIVER, clock, signers
from writer import Log

MISTYPED = f"manifest/{GENERATOR}/{ULID}33"
CORRECTION, REFUSED = (f"case/{GENERATOR}/{ULID}33/{ULID}{last}" for last in (51, 52))
READ = [PERMIT, CONSULTED]


def trunk(log: Log) -> dict[str, Any]:
    """The newest act of the manifest."""
    seq, digest, _ = log.heads[MISTYPED]
    return {"seq": seq, "hash": digest}


def propose(log: Log, path: str, was: str, now: str) -> dict[str, Any]:
    """A proposal of one field."""
    return {"trunk": trunk(log), "changes": [{"path": path, "was": was, "now": now}], "reason": "录入错误（虚构）"}


def _standing(log: Log, account: str) -> tuple[int, int]:
    """The index that last moved an account, and what it left."""
    for index in range(len(log.entries) - 1, -1, -1):
        for row in json.loads(log.entries[index])["admission"]["decision"]["accounts"]:
            if row["account"] == account:
                return index, row["after_g"]
    raise LookupError(account)


def corrections(log: Log) -> None:
    """The receipt says 56 t for 5.6 t."""
    last = {account: _standing(log, account) for account in (f"Q2 {CONSULTED} 0", f"Q3 {PERMIT}")}

    def rows(moved_g: int) -> list[dict[str, Any]]:
        found = []
        for account, (index, before_g) in last.items():
            found.append({"account": account, "prev_index": index, "before_g": before_g, "after_g": before_g + moved_g})
            last[account] = (len(log.entries), before_g + moved_g)
        return found

    paper: dict[str, Any] = {
        "no": "纸质2号（虚构）",
        "reason": "系统故障（虚构）",
        "departed_at": clock("11:00:00"),
        "completed_at": clock("13:00:00"),
    }
    paper["scan"] = {"sha256": "ab" * 32, "size": 9, "media_type": "application/pdf", "name": "纸质联单.pdf"}
    more: dict[str, Any] = {"type": "backfill_ordinary", "paper": paper, "approval": CONSULTED, "carriers": [CARRIER, TAKING]}
    more["insurance_no"] = "保单（虚构）1号"
    body = bodies.issue(RECEIVER, PERMIT, [bodies.line("5.600000", decision_line=0)], **more)
    parties = [f"party/{CARRIER}", f"party/{TAKING}"]
    issued: dict[str, Any] = {
        "route": "APPROVED",
        "tags": [["BACKFILL"], ["PLAN_OFF_LOG"]],
        "alerts": [["H", "BACKFILL_PAST"]],
        "accounts": rows(5_600_000),
    }
    post(log, "manifest.issue", MISTYPED, signers("generator"), "16:35", body, [*READ, *parties], **issued)
    line = {"line": 0, "opinion": "accept", "accepted_t": "56.000000", "method": "R4"}
    taken = {"accepted_at": clock("13:00:00"), "lines": [line], "weighing": {"method": "estimate"}}
    alerts = [["H", "DISCREPANCY_UNREPORTED"], ["H", "NO_DEPARTURE"], ["H", "WEIGHT"]]
    decided: dict[str, Any] = {"tags": [["NO_DEPARTURE"]], "alerts": alerts, "accounts": rows(50_400_000)}
    post(log, "manifest.receive", MISTYPED, signers("receiver"), "16:35", taken, READ, **decided)
    wrong = propose(log, "received.0.accepted_t", '"56.000000"', '"5.600000"')
    post(log, "case.amend_propose", CORRECTION, signers("receiver"), "16:35", wrong, [MISTYPED])
    agreed = {"trunk": trunk(log)}
    post(log, "case.amend_consent", CORRECTION, signers("generator"), "16:35", {**agreed, "note": "属实（虚构）"}, [MISTYPED, *READ])
    decided = {"tags": [["AMENDED"]], "alerts": [["M", "MASS_AMENDED"]], "accounts": rows(-50_400_000)}
    post(log, "case.amend_consent", CORRECTION, signers("chongqing"), "16:35", agreed, [MISTYPED, *READ], **decided)
    other = propose(log, "received.0.accepted_t", '"5.6"', '"5.5"')
    post(log, "case.amend_propose", REFUSED, signers("generator"), "16:35", other, [MISTYPED])
    post(log, "case.amend_refuse", REFUSED, signers("receiver"), "16:35", {"reason": "磅单为 5.6 吨（虚构）"}, [MISTYPED])
