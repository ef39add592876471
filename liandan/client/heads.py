"""Heads of the chains that a client writes: ``seq`` and ``prev`` of the next statement, computed without the server (formats §2)."""

import json
from pathlib import Path

from msgspec import Struct

from ledger.chain import genesis_prev
from ledger.problem import ChainHead


class Next(Struct, frozen=True):
    """Where the next statement of a chain goes."""

    seq: int
    prev: str


class Heads:
    """What this client knows about chains; in memory, optionally kept in one JSON file between runs."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._heads: dict[str, tuple[int, str]] = {}
        if path is not None and path.exists():
            self._heads = {chain: (seq, head) for chain, (seq, head) in json.loads(path.read_text(encoding="utf-8")).items()}

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
        if head is None:
            self._heads.pop(chain, None)
        else:
            self._heads[chain] = (head.seq, head.hash)
        self._save()

    def _save(self) -> None:
        if self._path is not None:
            temporary = self._path.with_name(f".{self._path.name}.tmp")
            temporary.write_text(json.dumps(self._heads), encoding="utf-8")
            temporary.replace(self._path)
