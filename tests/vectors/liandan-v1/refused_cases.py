"""Acts that the log of acts must refuse by the rules of cases (kinds §7): who may open and go on, one matter each, what has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acting import MANIFEST, case_of
from acts_cases import OWN, THIRD
from acts_trips import departure
from refused import Case
from refused_acts import Posting, index_of
from story import clock, signers
from writer import Log

CARRIERS, SICHUAN, CHONGQING = signers("carrier"), signers("sichuan"), signers("chongqing")
CASE, CASE_2 = case_of(THIRD, "91"), case_of(THIRD, "92")


def cases(log: Log) -> Iterator[Case]:
    """On the third manifest, which is issued."""
    yield from _holds(log, Posting(log, "hold", index_of(log, "case.hold"), clock("16:22:30")))


def _holds(log: Log, post: Posting) -> Iterator[Case]:
    issued, ended = (log.hashes[index_of(log, kind, nth)] for kind, nth in (("manifest.issue", 2), ("manifest.verify", 0)))

    def hold(chain: str = CASE, by: Any = CHONGQING, seq: int = 0, digest: str = issued, **more: Any) -> Any:
        return "case.hold", chain, {"trunk": {"seq": seq, "hash": digest}, "reason": "检查（虚构）", **more}, by

    def release(chain: str = CASE, by: Any = CHONGQING) -> Any:
        return "case.release", chain, {"reason": "放行（虚构）"}, by

    departs = ("manifest.depart", THIRD, departure(), (*OWN, *CARRIERS))
    yield post("by a carrier", "SIGNER_ROLE", hold(by=CARRIERS))
    yield post("by an authority that has no part in it", "SIGNER_ROLE", hold(by=SICHUAN))
    yield post("by the generator", "SIGNER_ROLE", hold(by=OWN))
    yield post("of an act that is not there", "TRUNK_UNKNOWN", hold(seq=1))
    yield post("of what has ended", "TRUNK_STAGE", hold(case_of(MANIFEST, "93"), seq=8, digest=ended))
    yield post("until now", "DATE_ORDER", hold(until=clock("16:22:30")))
    yield post("beyond twice the term", "DATE_ORDER", hold(until="2027-01-01T16:22:31+08:00"))
    yield post("a departure under it", "HELD", hold(), departs)
    yield post("released by the other side", "SIGNER_ROLE", hold(), release(by=SICHUAN))
    yield post("released by the generator", "SIGNER_ROLE", hold(), release(by=OWN))
    yield post("released twice", "CASE_STATE", hold(), release(), release())
    yield post("released before there is one", "CHAIN_NOT_OPEN", release())
    numbered = ("case.number", CASE, {"trunk": {"seq": 0, "hash": issued}, "provincial_number": "川1"}, OWN)
    yield post("a release of what is no hold", "CASE_DONE", numbered, release())
    yield post("a second hold on its chain", "CHAIN_NOT_OPEN", hold(), hold())
