"""The receipt folder: the user's own evidence, one pair of files per statement, readable by any tlog-proof tool.

``<statement hash>.entry`` are the entry bytes, ``<statement hash>.tlog-proof`` their proof; ``<statement hash>.<codes>.refusal`` is a
signed refusal; ``checkpoint`` is the newest verified one. Files are never overwritten by other content, except ``checkpoint``.
"""

import os
from pathlib import Path

from ledger.problem import Problem
from liandan.client.receipt import Receipt
from signing import b64


class ReceiptFolder:
    """A directory of receipts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def keep(self, receipt: Receipt) -> None:
        """Keep an admitted statement's entry and its first proof."""
        self._write(f"{receipt.statement}.entry", receipt.entry)
        if not (self.root / f"{receipt.statement}.tlog-proof").exists():
            self._write(f"{receipt.statement}.tlog-proof", receipt.proof.to_bytes())

    def keep_refusal(self, problem: Problem) -> None:
        """Keep a signed refusal, if the log gave one."""
        if problem.receipt and problem.statement:
            codes = "+".join(sorted({error.code for error in problem.errors}))[:80]
            self._write(f"{problem.statement}.{codes}.refusal", b64.decode(problem.receipt, field="receipt"))

    def keep_checkpoint(self, note: bytes) -> None:
        """Remember the newest verified checkpoint, so that the next start goes on from it."""
        self._write("checkpoint", note)

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint of an earlier run."""
        path = self.root / "checkpoint"
        return path.read_bytes() if path.exists() else None

    def entry(self, statement: str) -> bytes | None:
        """Entry bytes of a statement."""
        path = self.root / f"{statement}.entry"
        return path.read_bytes() if path.exists() else None

    def _write(self, name: str, content: bytes) -> None:
        target = self.root / name
        temporary = self.root / f".{name[:200]}.tmp"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
