"""Acts that the log of acts must refuse by the rules of incidents and of settled numbers (kinds §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import MANIFEST, ULID
from acts_cases import THIRD
from acts_incidents import ACCIDENT, ARRIVAL, FOURTH, SETTLED
from refused import Case
from refused_acts import Posting, index_of
from story import CARRIER, RECEIVER, clock, signers
from writer import Log

OWN = f"incident/{CARRIER}/{ULID}91"
CHONGQING, SICHUAN, CARRIERS = signers("chongqing"), signers("sichuan"), signers("carrier")


def incidents(log: Log) -> Iterator[Case]:
    """Told wrongly, closed wrongly, settled wrongly."""
    yield from _reports(Posting(log, "incident", index_of(log, "incident.report"), clock("16:53:30")))
    yield from _closes(Posting(log, "incident close", index_of(log, "incident.close"), clock("16:54:00")))
    yield from _settles(Posting(log, "settled number", index_of(log, "number.settle"), clock("16:53:30")))


def _reports(post: Posting) -> Iterator[Case]:
    def report(chain: str = OWN, by: Any = CARRIERS, **more: Any) -> Any:
        body = {"incident": "leak", "happened_at": clock("16:51:00"), "place": bodies.PORT, "text": "渗漏（虚构）", **more}
        return "incident.report", chain, body, by

    def arrival(by: Any = CARRIERS, **more: Any) -> Any:
        lines = [{"name": "废铅蓄电池", "form": "S", "mass_t": "1.2"}]
        body = {"arrived_at": clock("16:51:00"), "place": bodies.PLANT, "kept": "refused", "lines": lines, **more}
        return "incident.unmanifested", OWN, body, by

    far = {"name": "四川省生态环境厅（虚构）", "at": clock("17:00:00")}
    yield post(
        "of a load of others",
        "NOT_CONCERNED",
        report(f"incident/{RECEIVER}/{ULID}91", signers("receiver"), manifests=[FOURTH, MANIFEST[:-1] + "9"]),
    )
    yield post("of a manifest that is not there", "NOT_CONCERNED", report(by=CARRIERS, manifests=[MANIFEST[:-2] + "99"]))
    yield post("in the name of another", "SIGNER_ROLE", report(by=signers("receiver")))
    yield post("of the future", "DATE_ORDER", report(happened_at=clock("17:00:00")))
    yield post("of which somebody will be told", "DATE_ORDER", report(informed=[far]))
    yield post("without a manifest in the future", "DATE_ORDER", arrival(arrived_at=clock("17:00:00")))
    yield post("without a manifest for another receiver", "SIGNER_ROLE", arrival(by=signers("receiver")))
    yield post("a second report on its chain", "CHAIN_NOT_OPEN", report(), report())
    yield post("a close of nothing", "CHAIN_NOT_OPEN", ("incident.close", OWN, _closing(), CHONGQING))


def _closing(**more: Any) -> dict[str, Any]:
    return {"closed_on": "2026-11-02", "finding": "已清理（虚构）", **more}


def _closes(post: Posting) -> Iterator[Case]:
    def close(by: Any = CHONGQING, chain: str = ACCIDENT, **more: Any) -> Any:
        return "incident.close", chain, _closing(**more), by

    yield post("by the other side", "SIGNER_ROLE", close(SICHUAN))
    yield post("by who reported it", "SIGNER_ROLE", close(CARRIERS))
    yield post("before it happened", "DATE_ORDER", close(closed_on="2026-11-01"))
    yield post("tomorrow", "DATE_ORDER", close(closed_on="2026-11-03"))
    yield post("twice", "INCIDENT_STATE", close(), close())
    yield post("with a back-fill that is not there", "TRUNK_UNKNOWN", close(chain=ARRIVAL, manifest=MANIFEST[:-2] + "99"))


def _settles(post: Posting) -> Iterator[Case]:
    def settle(holder: str = FOURTH, *lose: str, by: Any = CHONGQING, chain: str = SETTLED) -> Any:
        return "number.settle", chain, {"holder": holder, "lose": list(lose or (THIRD,)), "reason": "查明（虚构）"}, by

    yield post("by the other side", "SIGNER_ROLE", settle(by=SICHUAN))
    yield post("by a firm", "SIGNER_ROLE", settle(by=CARRIERS))
    yield post("for who does not have it", "NUMBER_UNKNOWN", settle(MANIFEST))
    yield post("against who does not have it", "NUMBER_UNKNOWN", settle(FOURTH, THIRD, MANIFEST))
    yield post("for and against one", "NUMBER_UNKNOWN", settle(FOURTH, THIRD, FOURTH))
    yield post("of a number that nobody has", "NUMBER_UNKNOWN", settle(chain="number/20265001000999"))
    yield post("a second time", "NUMBER_UNKNOWN", settle(), settle())
