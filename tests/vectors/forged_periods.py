"""A hostile operator's months (kinds §9): closed too early, twice, over a gap, at another root; spoken of by strangers and of another statement."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from tests.vectors.forger import Forgery, body_with, story, v1, writer
from tests.vectors.forgeries import act_with
from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
periods = importlib.import_module("acts_periods")
sys.path.remove(str(VECTORS))

CLOSE, CONFIRM, DISPUTE = "period.close", "period.confirm", "period.dispute"
NOVEMBER, DECEMBER = periods.MONTH.replace("2026-10", "2026-11"), "2026-12-01T00:00:01+08:00"
OPERATORS, SICHUANS = story.signers("operator"), story.signers("sichuan")


def closes(chain: str, admitted: str = DECEMBER, **more: Any) -> Callable[[Any], None]:
    """One more close at the end of the log."""

    def grow(log: Any) -> None:
        before = [periods.MONTH] if chain == NOVEMBER else []
        log.add(writer.Act(f"{CLOSE}/1", chain, periods.closing(log, **more), OPERATORS, admitted), admitted, before)

    return grow


def says(kind: str, chain: str, body: Any, by: Any = SICHUANS) -> Callable[[Any], None]:
    """One more word at the end of the log."""
    return lambda log: log.add(writer.Act(f"{kind}/1", chain, body, by, story.clock("16:55:00")), story.clock("16:55:01"))


FORGED_PERIODS = [
    Forgery("a month that is closed before it is over", grow=closes(NOVEMBER, story.clock("16:55:00"))),
    Forgery("a month that is closed at a size at which it was not over", grow=closes(NOVEMBER)),
    Forgery("a month that is closed again though nobody disputes it", grow=closes(periods.MONTH)),
    Forgery("a month that is closed though a later one is", grow=closes(periods.EARLIER)),
    Forgery("a month that is closed over a gap", grow=closes(periods.MONTH.replace("2026-10", "2026-12"), "2027-01-01T00:00:01+08:00")),
    Forgery("a close under another root", CLOSE, act=body_with(root=v1.b64(v1.sha256(b"another")))),
    Forgery("a close of a size to come", CLOSE, act=body_with(size=100_000)),
    Forgery("a close that does not hold what it opens with", CLOSE, 1, act=body_with(size=3)),
    Forgery("a close that does not hold the dispute", CLOSE, 3, act=body_with(size=3)),
    Forgery("a close that adjusts its own month", CLOSE, 1, act=body_with(adjusts=["2026-10"])),
    Forgery("a close by an authority", CLOSE, act=act_with(by=SICHUANS)),
    Forgery("a confirmation by the operator", CONFIRM, act=act_with(by=OPERATORS)),
    Forgery("a confirmation of another statement", CONFIRM, act=body_with(json=periods.digest("x"))),
    Forgery("a second word of one authority", grow=says(CONFIRM, periods.MONTH, {"json": periods.digest("重开 json")})),
    Forgery("a word on a month that is not closed", grow=says(CONFIRM, NOVEMBER, {"json": periods.digest("x")})),
    Forgery("a dispute of an older close", DISPUTE, act=body_with(json=periods.digest("九月 json"))),
    Forgery("a dispute by a firm", grow=says(DISPUTE, periods.BACK, periods.disputing("反向"), story.signers("generator"))),
]  # fmt: skip
