"""What the database keeps beside the entries, against what the entries give: links, facts, the head. One snapshot, row by row.

The audit ends at a published size; the database may be further by now. Entries in between are applied as they stand, their decisions
believed: they are not published yet, and the next audit judges them.
"""

from typing import Any

from ledger import store
from ledger.admission.admit import apply
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding, difference
from ledger.times import parse_admission_at
from ledger.tree.merkle import leaf_hash
from ledger.tree.tiles import Read, TileReader
from signing.refusal import Refusal

_MAX = 2**63 - 1


class DerivedRows:
    """One comparison, inside a transaction that sees one state of the database."""

    def __init__(self, conn: store.Conn, kinds: Kinds, read: Read, replay: Replay) -> None:
        self._conn, self._kinds, self._read, self._replay = conn, kinds, read, replay
        assert isinstance(replay.facts, DiskFacts), "the audit keeps its facts in a file"
        self._facts: DiskMap = replay.facts.disk
        self._size, self._at_s = replay.size, replay.at_s
        self.compared = 0
        self.findings: list[Finding] = []

    async def compare(self, links: tuple[int, int] | None) -> list[Finding]:
        """Findings; ``links`` are the first index whose place was compared already, and how many were, None if none was."""
        head = await store.fetch_head(self._conn)
        if head is None:
            if self._size:
                self._found("HEAD_DIFFERS", "", "log_head", "no row", f"size {self._size}")
            return self.findings
        if links is not None:
            await self._links(*links, head.size)
        if head.size < self._size:
            self._found("HEAD_DIFFERS", "", "log_head.size", head.size, f"at least {self._size}, which is published")
            return self.findings
        leaves = await self._go_on(head.size)
        if leaves is not None:
            self._head(head, leaves)
            await self._compare_facts()
        return self.findings

    async def _links(self, first: int, compared: int, head_size: int) -> None:
        """None too many: every link that an entry has was compared already."""
        held = await store.count_links(self._conn, start=first or -_MAX, end=self._size)
        beyond = await store.count_links(self._conn, start=head_size, end=_MAX)
        if (held, beyond) == (compared, 0):
            return
        found = len(self.findings)
        async for link in store.stream_links(self._conn):
            head = self._replay.facts.head(link.chain)
            is_inside = head is not None and 0 <= link.seq <= head.seq
            if not is_inside and not self._size <= link.idx < head_size:
                self._found("LINK_DIFFERS", link.chain, f"link.{link.seq}", (link.hash, link.idx), "no row")
        if len(self.findings) == found and held != compared:
            self._found("LINK_DIFFERS", "", "link", f"{held} rows", f"{compared} rows")

    async def _go_on(self, head_size: int) -> list[bytes] | None:
        """Apply what was appended since; its leaf hashes, None if it cannot be applied."""
        leaves: list[bytes] = []
        async for row in store.stream_entries(self._conn, start=self._size, end=head_size):
            try:
                entry = read_entry(row.entry, self._kinds)
                apply(entry, self._kinds.of(entry.statement.kind, entry.admission.ruleset), self._replay.facts)
            except (Refusal, LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
                self._found("DECISION_FAILED", "", "entry", f"{type(error).__name__}: {error}", "an entry", index=row.idx)
                return None
            self._at_s = parse_admission_at(entry.admission.at)
            leaves.append(leaf_hash(row.entry))
        for stray in await store.list_stray_entries(self._conn, head_size):
            self._found("HEAD_DIFFERS", "", "log_head.size", f"{head_size}, and entry {stray}", f"{stray + 1}", index=stray)
        return leaves

    def _head(self, head: store.LogHead, leaves: list[bytes]) -> None:
        """The row that the next append starts from."""
        try:
            edge = TileReader(self._size, self._read).edge().append_many(leaves)
        except Refusal:  # a tile that is missing or cut, which the audit has named
            return
        compared = (
            ("size", head.size, edge.size),
            ("root", head.root.hex(), edge.root().hex()),
            ("edge", head.edge.hex(), edge.to_bytes().hex()),
            ("at_s", head.at_s, self._at_s),
        )
        self.compared += 1
        for column, found, expected in compared:
            if found != expected:
                self._found("HEAD_DIFFERS", "", f"log_head.{column}", found, expected)

    async def _compare_facts(self) -> None:
        """``fact`` holds exactly what the entries give."""
        known = 0
        async for key, raw in store.stream_facts(self._conn):
            wanted = self._facts.raw(key)
            self.compared += 1
            known += wanted is not None
            if wanted != raw:
                self._fact(key, raw, wanted)
        if known != len(self._facts):
            for key, wanted in self._facts.items():
                if not await store.fetch_facts(self._conn, [key]):
                    self._fact(key, None, wanted)

    def _fact(self, key: str, found: bytes | None, expected: bytes | None) -> None:
        self._found("FACT_DIFFERS", key, "fact.value", self._decoded(key, found), self._decoded(key, expected))

    def _decoded(self, key: str, raw: bytes | None) -> Any:
        try:
            return "missing" if raw is None else self._kinds.decode(key, raw)
        except (ValueError, KeyError):
            return "" if raw is None else raw.hex()

    def _found(self, code: str, chain: str, field: str, found: object, expected: object, *, index: int | None = None) -> None:
        self.findings.append(difference(code, field, found, expected, index=index, chain=chain))
