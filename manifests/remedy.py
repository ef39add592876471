"""What the sender of an act may bring when the trunk can take it no more: a contest, prepared (kinds §1.3, §7; formats §3).

A device signs without a network, and meanwhile the manifest is voided, held, received, or told of by another device. What it says has happened
all the same; the answer to it prepares the one act by which that becomes evidence, and says when it is right to bring it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from typing import Any

from ledger.admission.admit import FUTURE_S
from ledger.model import Head
from ledger.problem import Remedy
from ledger.ulid import ulid
from manifests.case import ManifestCases
from manifests.contested import CONTESTED_MAX, ContestedAct, read_contested
from manifests.model import ManifestState
from manifests.sides import firms_of
from signing.envelope import freeze
from signing.phrase import Phrase

CONTEST = "case.contest/1"
OVERTAKEN = frozenset(
    [
        "ACT_NOT_OPEN",
        "BACKFILL_REQUIRED",
        "CHAIN_CONFLICT",
        "HELD",
        "NO_MANIFEST",
        "PREV_MISMATCH",
        "TRUNK_FULL",
        "APPROVAL_EXPIRED",
        "APPROVAL_STATUS",
        "EMERGENCY_STATE",
        "PERMIT_DATE",
        "PERMIT_STATUS",
        "WL_SUSPENDED",
        "WL_TERM",
        "WL_YEAR",
    ]
)
"""Codes of what nobody mends by signing the same again: another act was first, a stop covers it, a term was over."""
BEHIND = "PREDECESSOR_MISSING"
"""Code of what waits for another act: it will wait for ever where that one was contested."""
CODES_MAX = 16
WHEN = Phrase(
    "所记的事确已发生、账本中没有的，由签署单位之一核对备好的声明，填写理由后签署提交：它作为证据保存，由主管部门查明了结。没有发生或者可以改正后重办的，不要提出。",
    "Where it has happened and the log does not say so, one of those who signed it looks at the remedy, says why, signs and posts it: "
    "it is kept as evidence, and an authority settles it. Where it has not happened, or can be done again, do not bring it.",
)


def too_late(envelope: bytes, codes: Collection[str], now_s: int) -> ContestedAct | None:
    """The act of an envelope that came too late; None for whatever is corrected, or has just been done and can be done anew. ``codes``: those of
    its refusal, at ``now_s``, Unix seconds."""
    if not {*OVERTAKEN, BEHIND} & set(codes) or len(envelope) > CONTESTED_MAX:
        return None
    act = read_contested(b64encode(envelope).decode())
    return act if act is not None and act.is_fact and act.at_s <= now_s - FUTURE_S else None


def contest_of(act: ContestedAct, head: Head[Any] | None, cases: ManifestCases, codes: Collection[str]) -> Remedy | None:
    """The contest of such an act, prepared, where ``head`` of its chain is that of a manifest which does not have it; None where what it waits for
    may still come, or where none of those who signed it is a firm of the manifest, as a carrier whose hand-over never came: they contest the
    hand-over."""
    if head is None or not isinstance(head.state, ManifestState) or act.hash in head.state.acts:
        return None
    if OVERTAKEN.isdisjoint(codes) and act.prev not in {contest.hash for contest in cases.contests}:
        return None
    if not {act.holder, *act.by} & set(firms_of(head.state)):
        return None
    text = b64encode(freeze(act.envelope)).decode()
    body = {"trunk": {"seq": head.seq, "hash": head.hash}, "envelope": text, "codes": sorted(codes)[:CODES_MAX], "reason": ""}
    chain = contest_chain(act)
    own = () if act.principal is None else (act.principal,)
    return Remedy(kind=CONTEST, chain=chain, by=(*own, *act.by), body=body)


def contest_chain(act: ContestedAct) -> str:
    """The case in which an act is contested."""
    return f"{act.chain.replace('manifest/', 'case/', 1)}/{contest_name(act)}"


def contest_name(act: ContestedAct) -> str:
    """ULID of the contest of an act: its time and its hash, so that however many devices bring the same, it is one case."""
    return ulid(max(act.at_s, 0) * 1000, int(act.hash[:20], 16))
