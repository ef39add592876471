"""What a client keeps between runs: its evidence, and the heads of the chains that it writes."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.chain import genesis_prev
from ledger.problem import ChainHead, Problem
from liandan.client.receipt import Receipt
from signing import b64


class ReceiptFolder:
    """The user's own evidence, one pair of files per statement, readable by any tlog-proof tool.

    ``<statement hash>.entry`` are the entry bytes, ``<statement hash>.tlog-proof`` their proof; ``<statement hash>.<codes>.refusal`` is a
    signed refusal; ``checkpoint`` is the newest verified one. Files are never overwritten by other content, except ``checkpoint``.
    """

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

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.root / f".{name[:200]}.tmp"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / name)


class Next(Struct, frozen=True):
    """Where the next statement of a chain goes."""

    seq: int
    prev: str


class Heads:
    """Heads of chains: ``seq`` and ``prev`` of the next statement, computed without the server (formats §2).

    In memory, optionally kept in one JSON file between runs.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._heads: dict[str, tuple[int, str]] = {}
        if path is not None and path.exists():
            self._heads = msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[int, str]])

    def knows(self, chain: str) -> bool:
        """Whether a statement of the chain was signed or learnt here."""
        return chain in self._heads

    def next(self, chain: str, found: str) -> Next:
        """Place of the next statement; of the first one on a chain that is not known here."""
        head = self._heads.get(chain)
        return Next(0, genesis_prev(found, chain)) if head is None else Next(head[0] + 1, head[1])

    def advance(self, chain: str, seq: int, statement: str) -> None:
        """A statement was signed: the next one follows it, whether it has been posted yet or not."""
        self._heads[chain] = (seq, statement)
        self._save()

    def learn(self, chain: str, head: ChainHead | None) -> None:
        """Take over what the log says; None for a chain without entries."""
        if head is not None:
            return self.advance(chain, head.seq, head.hash)
        self._heads.pop(chain, None)
        self._save()

    def _save(self) -> None:
        if self._path is not None:
            temporary = self._path.with_name(f".{self._path.name}.tmp")
            temporary.write_bytes(msgspec.json.encode(self._heads))
            temporary.replace(self._path)
