"""Checkpoints under audit: signatures by the log and by the witnesses in force at their size, order of lines, one history, time brackets.

Source: formats §4 (checkpoint lines, archived checkpoints).
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

from msgspec import Struct

from ledger.auditing.report import AuditReport, Finding, difference
from ledger.auditing.state import LogHistory
from ledger.times import format_at
from ledger.tree.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint, verifier
from ledger.tree.merkle import HashAt, consistency_proof, range_root, verify_consistency
from ledger.tree.tiles import Read
from signing.phrase import Phrase
from signing.refusal import Refusal

SLACK_S = 5 * 60  # how far a log's and a witness's clocks may differ (formats §4)
WAIT_S = 15 * 60
"""How long an entry waits for an archived checkpoint in an honest log: 10 minutes of growth, 4 of standstill, 1 of clocks (formats §4)."""


class CosignedTime(Struct, frozen=True):
    """A checkpoint and the earliest time that a witness in force states on it, Unix seconds."""

    size: int
    at_s: int


class CheckpointCheck:
    """Checks checkpoints of one log; figures and findings go to ``report``."""

    def __init__(self, read: Read, log_keys: Sequence[str], origin: str, history: LogHistory, report: AuditReport) -> None:
        self._read, self._log_keys, self._origin, self._history, self._report = read, tuple(log_keys), origin, history, report
        self.cosigned: list[CosignedTime] = []

    def check(self, where: str, size: int, expected: bytes | None) -> OpenedCheckpoint | None:
        """One checkpoint by its path: of ``size``, with the root ``expected`` (None: not known, because entries are missing)."""
        policy = self._history.policy_at(size)
        try:
            opened = open_checkpoint(self._read(where) or b"", self._log_keys, policy.witness_vkeys)
        except Refusal as refusal:
            self._report.add_refusal(refusal, where)
            return None
        found = opened.checkpoint
        if found.origin != self._origin:
            self._report.add(difference("ORIGIN_DIFFERS", where, found.origin, self._origin))
        if found.size != size or (expected is not None and found.root != expected):
            self._report.add(difference("ROOT_DIFFERS", where, _head(found.size, found.root), _head(size, expected or found.root)))
        self._lines(where, opened, (*self._log_keys, *sorted(policy.witness_vkeys)))
        self._report.cosignatures += len(opened.cosignatures)
        self._report.below_quorum += not policy.is_met_by({line.vkey for line in opened.cosignatures})
        if opened.cosigned_at is not None:
            self.cosigned.append(CosignedTime(size, opened.cosigned_at))
        return opened

    def check_archived(self, size: int, whole: Checkpoint, hash_at: HashAt) -> None:
        """An archived checkpoint lies on the history that ends in ``whole``; a proof made from the tiles ties it to the root."""
        self._report.checkpoints += 1
        where = f"checkpoints/{size}"
        try:
            expected = range_root(0, size, hash_at)
        except Refusal as refusal:
            self._report.add_refusal(refusal, where)
            return
        opened = self.check(where, size, expected)
        if opened is None or not 0 < size < whole.size:
            return
        try:
            verify_consistency(size, whole.size, opened.checkpoint.root, whole.root, consistency_proof(size, whole.size, hash_at))
        except Refusal as refusal:
            if opened.checkpoint.root == expected:  # otherwise it is named already
                self._report.add_refusal(refusal, where)

    def _lines(self, where: str, opened: OpenedCheckpoint, order: Sequence[str]) -> None:
        """The log's own lines as in ``log_keys``, then witnesses by the text of their vkeys; one line per key was checked on opening."""
        place = {(known.name, known.key_id): at for at, known in enumerate(map(verifier, order))}
        found = [place[line.name, line.key_id] for line in opened.note.verified]
        if found != sorted(found):
            names = ", ".join(f"{line.name}+{line.key_id:08x}" for line in opened.note.verified)
            self._report.add(
                difference(
                    "LINE_ORDER", where, names, Phrase("先账本签名行，后按公钥排序的见证行", "log lines, then witness lines sorted by vkey")
                )
            )

    def brackets(self, clock: str) -> None:
        """Every entry was admitted between what witnesses had seen before it and after it, give or take five minutes (formats §4)."""
        if clock != "real" or not self.cosigned:
            self._report.brackets = "simulated" if clock != "real" else "no witnesses"
            return
        self._report.brackets = "checked"
        self._report.add(*outside_brackets(self.cosigned, self._history.at_s.get))
        self._report.waited_s, self._report.waited_index = longest_wait(self.cosigned, self._history.at_s.get)


def outside_brackets(cosigned: Sequence[CosignedTime], at_of: Callable[[int], int | None]) -> list[Finding]:
    """Findings AT_BRACKET: admissions earlier than witnesses had already seen, or later than they first saw."""
    # Since ``admission.at`` never falls, the first entry behind a checkpoint and the last one under it stand for all.
    ordered = sorted(cosigned, key=lambda one: one.size)
    before = list(accumulate((one.at_s for one in ordered), max))
    after = list(accumulate((one.at_s for one in reversed(ordered)), min))[::-1]
    findings, outside = list[Finding](), partial(difference, "AT_BRACKET")
    for one, earliest, latest in zip(ordered, before, after, strict=True):
        first, last = at_of(one.size), at_of(one.size - 1)
        if first is not None and first < earliest - SLACK_S:
            findings.append(outside("admission.at", format_at(first), f"not before {format_at(earliest - SLACK_S)}", index=one.size))
        if last is not None and last > latest + SLACK_S:
            findings.append(outside("admission.at", format_at(last), f"not after {format_at(latest + SLACK_S)}", index=one.size - 1))
    return findings


def longest_wait(cosigned: Sequence[CosignedTime], at_of: Callable[[int], int | None]) -> tuple[int, int]:
    """The most seconds that an entry waited for its first witness, and its index: the first entry behind each checkpoint waits longest."""
    ordered = sorted(cosigned, key=lambda one: (one.size, one.at_s))
    starts = [0, *(one.size for one in ordered)]
    waits = [
        (one.at_s - at, start) for start, one in zip(starts, ordered, strict=False) if (at := at_of(start)) is not None and start < one.size
    ]
    return max([(0, 0), *waits])


def _head(size: int, root: bytes) -> str:
    return f"{size} {b64encode(root).decode()}"
