"""Opening balances in the log of acts: one on each kind of account, by both hands (kinds §9)."""

from __future__ import annotations

import json
from typing import Any

from acting import CONSULTED, LIST, post
from acts_cases import NEW_PERMIT
from story import signers
from writer import Log

BOTH, HOLDERS_AND_ANOTHER = signers("sichuan", "chongqing"), signers("chongqing", "sichuan")
OPENED = {"used_t": "12.500000", "as_of_on": "2026-10-31", "source": "2026年1—10月台账（虚构）"}
GRAMS = 12_500_000


def opening(**more: Any) -> dict[str, Any]:
    """The body; ``None`` leaves a field out."""
    return {name: value for name, value in {"item": 0, **OPENED, **more}.items() if value is not None}


def openings(log: Log) -> None:
    """Of a row, of a decision's line, of a site's year."""
    for chain, account, by, body in (
        (LIST, f"Q1 {LIST} 0", BOTH, opening()),
        (CONSULTED, f"Q2 {CONSULTED} 0", BOTH, opening()),
        (NEW_PERMIT, f"Q3 {NEW_PERMIT}", HOLDERS_AND_ANOTHER, opening(item=None)),
    ):
        post(log, "quota.open", chain, by, "16:54", body, accounts=[moved(log, account)])


def moved(log: Log, account: str, grams: int = GRAMS) -> dict[str, Any]:
    """The row by which the next entry moves an account from where it stands."""
    for entry in reversed(log.entries):
        admission = json.loads(entry)["admission"]
        for row in admission["decision"]["accounts"]:
            if row["account"] == account:
                before_g = row["after_g"]
                return {"account": account, "prev_index": admission["index"], "before_g": before_g, "after_g": before_g + grams}
    return {"account": account, "before_g": 0, "after_g": grams}
