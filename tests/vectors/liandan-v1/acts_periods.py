"""Months in the log of acts (kinds §9): closed in order, confirmed, disputed, closed again. The hashes are of statements that nobody drew."""

from __future__ import annotations

from typing import Any

import bytes_v1 as v1
from acting import post
from story import signers, stamps
from writer import Log

EARLIER, MONTH, BACK = (f"period/{month}/{way}" for month, way in (("2026-09", "51-50"), ("2026-10", "51-50"), ("2026-10", "50-51")))
OPERATOR, SICHUAN, CHONGQING = signers("operator"), signers("sichuan"), signers("chongqing")
ITEM = {"key": "M4 manifest/915101120000FX029E/01KB2Z8Q6V0000000000000031 1", "note": "磅单为 5.548 吨（虚构）"}


def digest(name: str) -> str:
    """The hash of a file of that name."""
    return str(v1.sha256(f"{name}（虚构）".encode()).hex())


def closing(log: Log, size: int = 0, name: str = "对账单", **more: Any) -> dict[str, Any]:
    """The body of a close at a size, the present one if none is given; ``None`` leaves a field out."""
    at = size or len(log.entries)
    body = {"size": at, "root": v1.b64(v1.tree_root(log.leaves[:at])), "json": digest(f"{name} json"), "xlsx": digest(f"{name} xlsx")}
    return {field: value for field, value in {**body, "pdf": digest(f"{name} pdf"), **more}.items() if value is not None}


def disputing(name: str = "对账单", **more: Any) -> dict[str, Any]:
    """The body of a dispute."""
    return {"json": digest(f"{name} json"), "reason": "一份联单的接受量不符（虚构）", "items": [ITEM], **more}


def months(log: Log) -> None:
    """September and October to Chongqing, October back; the second is disputed, closed again and confirmed by both."""
    log.checkpoint(stamps("16:54:20"))
    post(log, "period.close", EARLIER, OPERATOR, "16:54", closing(log, name="九月", xlsx=None, pdf=None))
    log.checkpoint(stamps("16:54:20"))
    post(log, "period.close", MONTH, OPERATOR, "16:54", closing(log, adjusts=["2026-08", "2026-09"]), [EARLIER])
    post(log, "period.close", BACK, OPERATOR, "16:54", closing(log, name="反向"))
    post(log, "period.confirm", MONTH, SICHUAN, "16:54", {"json": digest("对账单 json")})
    post(log, "period.dispute", MONTH, CHONGQING, "16:54", disputing())
    log.checkpoint(stamps("16:54:20"))
    post(log, "period.close", MONTH, OPERATOR, "16:54", closing(log, name="重开", adjusts=["2026-09"]), [EARLIER])
    for side in (SICHUAN, CHONGQING):
        post(log, "period.confirm", MONTH, side, "16:54", {"json": digest("重开 json")})
