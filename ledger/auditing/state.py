"""What an audit gathers in its one pass to judge checkpoints by, and what it keeps, so that the next one goes on where it ended.

Kept are the facts after a clean prefix of the log, and the tree over it: one SQLite file in a directory of the auditor's own, beside the
checkpoint it was made under. It is as trustworthy as that directory: it holds what the auditor computed itself, nothing from the log is
taken on trust again. The grown tree is the consistency proof: the root of the larger log is computed from the kept edge, so it can only
match if the log extends what was audited.
"""

from bisect import bisect_right
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.growth import Growth
from ledger.directory import LogState
from ledger.model import Statement
from ledger.times import parse_at
from ledger.tree.policy import Policy, parse_policy_lines
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

VERSION = 2


class InForce(Struct, frozen=True):
    """A witness policy and the smallest size at which it is in force."""

    size: int
    lines: tuple[str, ...]


class LogHistory(Struct):
    """``policies`` by rising size; ``at_s`` holds ``admission.at`` of the entries around the sizes asked for, by index."""

    policies: list[InForce] = []
    digests: list[str] = []  # SHA-256 of every file ever adopted: rulesets, data sets, tails of cuts
    at_s: dict[int, int] = {}

    def note(self, entry: Entry, index: int, log: LogState | None, wanted: frozenset[int]) -> None:
        """After the entry's replay; ``log`` is the state of ``log/main`` then, ``wanted`` the indexes whose time is asked for."""
        if index in wanted:
            self.at_s[index] = parse_at(entry.admission.at)
        if entry.statement.chain != "log/main" or log is None:
            return
        if not self.policies or self.policies[-1].lines != log.witness_policy:
            self.policies.append(InForce(index + 1, log.witness_policy))
        self.digests += [digest for digest in data_named(entry.statement) if digest not in self.digests]

    def policy_at(self, size: int) -> Policy:
        """The policy in force after ``size`` entries; none before the first entry."""
        at = bisect_right([known.size for known in self.policies], size) - 1
        try:
            return Policy() if at < 0 else parse_policy_lines(self.policies[at].lines)
        except Refusal:  # an entry that admission would have refused, and that the replay has named
            return Policy()


def wanted_times(sizes: Iterable[int]) -> frozenset[int]:
    """The first index and those next to checkpoints: since times never fall, the bracket of these is the bracket of all."""
    return frozenset(index for size in (0, *sizes) for index in (size - 1, size))


def data_named(statement: Statement) -> list[str]:
    """SHA-256 of the data files that a statement names: what was founded with, adopted, and the tail of a cut. All of them belong to an export."""
    body = statement.body
    match statement.kind:
        case "log.found/1":
            return [body.ruleset.sha256, *(adopted.sha256 for adopted in body.data)]
        case "ruleset.adopt/1" | "data.adopt/1":
            return [body.sha256]
        case "log.cut/1":
            return [body.tail]
        case _:
            return []


class StateHeader(Struct, frozen=True, kw_only=True):
    """How far a kept state is. ``size`` entries were replayed without a finding."""

    version: int = VERSION
    origin: str
    size: int
    at_s: int
    root: bytes
    growth: Growth
    history: LogHistory


def read_header(disk: DiskMap, origin: str) -> StateHeader | None:
    """Where a kept state ends; None if there is none. Refusal AUDIT_STATE for the state of another log or program version."""
    raw = disk.mark()
    if raw is None:
        return None
    try:
        mark = msgspec.msgpack.decode(raw, type=StateHeader)
    except msgspec.DecodeError:  # a ValidationError is one
        raise refuse(
            "AUDIT_STATE",
            found=Phrase("无法读取", "not readable"),
            expected=Phrase(f"版本 {VERSION} 的状态", f"a state of version {VERSION}"),
        ) from None
    if (mark.version, mark.origin) != (VERSION, origin):
        raise refuse(
            "AUDIT_STATE",
            found=Phrase(f"版本 {mark.version}，{mark.origin}", f"version {mark.version}, {mark.origin}"),
            expected=Phrase(f"版本 {VERSION}，{origin}", f"version {VERSION}, {origin}"),
        )
    return mark
