"""An authority's own computation of a close: the log audited whole, the statement drawn at the size of the close, compared file by file.

Nobody signs what somebody else computed: what differs is told with both hashes, and nothing is signed. The files come from an export or a mirror of
one's own, or are fetched from the server and audited like one.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import audit
from ledger.tree.checkpoint import Checkpoint
from ledger.tree.tiles import Read
from liandan.months.closing import body_of, names_of
from liandan.wiring import KINDS
from reports.periods.acts.close import PeriodCloseBody
from reports.periods.answers import PeriodCloseAnswer
from reports.periods.planning import MonthDue
from reports.reconcile import begin, finish, to_bytes
from reports.reconciliation.kept.sizes import check_size, checkpoint_at, claimed_size
from reports.reconciliation.model import MonthlyStatement
from signing.refusal import refuse


class RecomputedClose(Struct, frozen=True, kw_only=True):
    """What one's own computation came to."""

    due: MonthDue
    found: str
    """Statement hash of ``log.found`` of the log that was audited."""
    statement: MonthlyStatement
    files: dict[str, bytes]
    body: PeriodCloseBody
    signed: PeriodCloseBody | None
    """What the audited log has in the entry of the close."""

    def is_of(self, close: PeriodCloseAnswer) -> bool:
        """Whether a close is told as it stands in the log: a confirmation names its JSON alone, and is one of everything that was signed with it."""
        if (signed := self.signed) is None:
            return False
        told = (close.size, close.root, close.json, close.xlsx, close.pdf, close.adjusts)
        return told == (signed.size, signed.root, signed.json, signed.xlsx or "", signed.pdf or "", signed.adjusts or ())

    def write(self, directory: Path) -> list[Path]:
        """Put the files into a folder, to be compared or kept."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (directory / name).write_bytes(content)
        return [directory / name for name in self.files]


class CloseDifference(Struct, frozen=True, kw_only=True):
    """Where a close and one's own computation part."""

    what: str
    """``root``, ``json``, ``xlsx``, ``pdf`` or ``adjusts``."""
    signed: str
    own: str

    @property
    def is_form(self) -> bool:
        """Whether it is a form of the statement alone, whose bytes depend on who compresses: what is confirmed is the JSON."""
        return self.what in ("xlsx", "pdf")


def recompute(read: Read, due: MonthDue, close: PeriodCloseAnswer, progress: Callable[[int, int], None]) -> RecomputedClose:
    """Audit a whole log, the entry of the close in it, and draw the month at its size. Refusal SIZE_BEYOND for a log that does not reach it,
    EXPORT_AUDIT for one that is not clean; those of months, files and proofs. Blocks."""
    fold, size, signed = begin(due.month, KINDS, DataSets(KINDS, read)), close.size, list[PeriodCloseBody]()
    check_size(max(size, close.index + 1), claimed_size(read))  # before minutes of audit

    def watch(entry: Entry) -> None:
        if entry.index < size:
            fold.step(entry)
        if entry.index == close.index and entry.statement.chain == due.chain and isinstance(entry.statement.body, PeriodCloseBody):
            signed.append(entry.statement.body)

    report = audit(read, KINDS, watch=watch, progress=progress)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    head = checkpoint_at(read, Checkpoint(report.origin, report.size, b64decode(report.root)), size)
    statement = finish(fold, due.direction, b64encode(head.root).decode())
    files = {name: to_bytes(statement, suffix, tongue) for name, suffix, tongue in names_of(statement)}
    body = body_of(statement, files)
    return RecomputedClose(due=due, found=report.found or "", statement=statement, files=files, body=body, signed=next(iter(signed), None))


def differences(close: PeriodCloseAnswer, own: RecomputedClose) -> list[CloseDifference]:
    """Where they part, of all that was signed; what was not signed is not compared."""
    pairs = {"root": (close.root, own.body.root), "json": (close.json, own.body.json)}
    pairs |= {name: (signed, getattr(own.body, name)) for name in ("xlsx", "pdf") if (signed := getattr(close, name))}
    pairs["adjusts"] = (" ".join(close.adjusts), " ".join(own.body.adjusts or ()))
    return [CloseDifference(what=name, signed=signed, own=found or "") for name, (signed, found) in pairs.items() if signed != found]
