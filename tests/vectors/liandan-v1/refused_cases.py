"""Acts that the log of acts must refuse by the rules of cases (kinds §7): who may open and go on, one matter each, what has ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import bytes_v1 as v1
from acting import MANIFEST, case_of
from acts_cases import OWN, THIRD
from acts_trips import departure
from refused import Case
from refused_acts import Posting, Sheet, index_of
from story import clock, signers
from writer import Log

CARRIERS, SICHUAN, CHONGQING = signers("carrier"), signers("sichuan"), signers("chongqing")
CASE, CASE_2 = case_of(THIRD, "91"), case_of(THIRD, "92")


def cases(log: Log) -> Iterator[Case]:
    """On the third manifest, which is issued."""
    yield from _contests(log, Posting(log, "contest", index_of(log, "case.contest"), clock("16:24:30")))
    yield from _reports(log, Posting(log, "report", index_of(log, "case.report"), clock("16:26:30")))
    yield from _gaps(log, Posting(log, "gap", index_of(log, "case.close_with_gap"), clock("16:27:30")))
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


def _contests(log: Log, post: Posting) -> Iterator[Case]:
    issued = log.hashes[index_of(log, "manifest.issue", 2)]

    def contest(*act: Any, by: Any = OWN, raw: bytes | None = None, **more: Any) -> Any:
        enclosed = Sheet(log, post.size, post.now).sign(*act) if raw is None else raw
        body = {"trunk": {"seq": 0, "hash": issued}, "envelope": v1.b64(enclosed), "reason": "无网络（虚构）", **more}
        return "case.contest", CASE, body, by

    voided = ("manifest.void", THIRD, {"reason": "改期（虚构）"}, OWN)
    good = Sheet(log, post.size, post.now).sign(*voided)
    taken = v1.compact(json.loads(log.entries[index_of(log, "manifest.issue", 2)])["statement"])
    yield post("that is no envelope", "CONTEST_FORM", contest(raw=b"{}"))
    yield post("with white space", "CONTEST_FORM", contest(raw=good.replace(b",", b", ")))
    yield post("of another manifest", "CONTEST_FORM", contest("manifest.void", MANIFEST, {"reason": "x"}, OWN))
    yield post("of another kind", "CONTEST_FORM", contest("case.release", THIRD, {"reason": "x"}, OWN))
    yield post("voided by the receiver", "CONTEST_FORM", contest(*voided[:3], signers("receiver"), by=signers("receiver")))
    yield post("of nobody of it", "CONTEST_FORM", contest("manifest.stop", THIRD, {}, signers("sichuan"), by=signers("sichuan")))
    yield post("above 16 KiB", "CONTEST_FORM", contest(raw=good + b" " * (16 * 1024 + 1 - len(good))))
    yield post("with a broken signature", "CONTEST_FORM", contest(raw=_forged(good)))
    yield post("of what is on the trunk", "CONTEST_TAKEN", contest(raw=taken))
    yield post("by who did not sign it", "SIGNER_ROLE", contest(raw=good, by=CARRIERS))
    released = ("case.release", CASE, {"reason": "x"}, CHONGQING)
    yield post("settled by a firm", "SIGNER_ROLE", contest(raw=good), (*released[:3], CARRIERS))
    yield post("settled by who brought it", "CASE_ROLE", contest(raw=good), (*released[:3], OWN), either="SIGNER_ROLE")
    yield post("settled twice", "CASE_STATE", contest(raw=good), released, released)


def _forged(raw: bytes) -> bytes:
    envelope = json.loads(raw)
    signature = envelope["signatures"][0]
    signature["sig"] = v1.b64(bytes(64))
    return bytes(v1.compact(envelope))


def _reports(log: Log, post: Posting) -> Iterator[Case]:
    issued = log.hashes[index_of(log, "manifest.issue", 2)]

    def report(by: Any = OWN, trunk: Any = True, **more: Any) -> Any:
        body = {"about": "other", "given_at": clock("16:26:00"), "text": "说明（虚构）", **more}
        body = {name: value for name, value in body.items() if value is not None}
        return "case.report", CASE, ({"trunk": {"seq": 0, "hash": issued}} if trunk else {}) | body, by

    yield post("of a difference by the generator", "CASE_ROLE", report(about="discrepancy"))
    yield post("by nobody of it", "SIGNER_ROLE", report(by=signers("sichuan")))
    yield post("that says nothing", "MISSING", report(text=None))
    yield post("of a file that is not there", "MISSING", report(about="attachment"))
    yield post("of a line that is not there", "LINE_UNKNOWN", report(line=1))
    yield post("of the future", "DATE_ORDER", report(given_at=clock("17:00:00")))
    yield post("that begins without its act", "MISSING", report(trunk=False), either="TRUNK_UNKNOWN")
    held = ("case.hold", CASE, {"trunk": {"seq": 0, "hash": issued}, "reason": "检查（虚构）"}, CHONGQING)
    yield post("in a case of a hold", "CASE_DONE", held, report(trunk=False))


def _gaps(log: Log, post: Posting) -> Iterator[Case]:
    issued = log.hashes[index_of(log, "manifest.issue", 2)]

    def gap(mass_t: str = "5.600000", line: int = 0, by: Any = CHONGQING, chain: str = CASE) -> Any:
        gaps = [{"line": line, "mass_t": mass_t, "cause": "lost"}]
        return "case.close_with_gap", chain, {"trunk": {"seq": 0, "hash": issued}, "gaps": gaps, "finding": "查无下落（虚构）"}, by

    yield post("a gram less than is missing", "GAP_SUM", gap("5.599999"))
    yield post("a gram more than is missing", "GAP_SUM", gap("5.600001"))
    yield post("of a line that is not there", "LINE_UNKNOWN", gap(line=1))
    yield post("by the other side", "SIGNER_ROLE", gap(by=SICHUAN))
    yield post("by the carrier", "SIGNER_ROLE", gap(by=CARRIERS))
    yield post("a second one", "TRUNK_STAGE", gap(), gap(chain=CASE_2))
    departs = ("manifest.depart", THIRD, departure(), (*OWN, *CARRIERS))
    yield post("a departure behind it", "ACT_NOT_OPEN", gap(), departs)
