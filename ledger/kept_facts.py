"""Facts that a process keeps to answer questions of the present: what was read last, and enough of its bytes to know it again.

A question names its facts step by step: an approval says which list it was given on, a permit which account it draws on. What was read last says
the same nearly always, so from it all names are guessed at once, and one statement of the database brings everything: the head of the log, and of
each fact its value, unless it is the one that is kept. The head of a chain begins with the hash and the index of its newest entry, from which its
state follows; a list of 2,000 rows need not be sent and read again for every question about one of them. One statement is one moment of the log;
where the guess was too short, the facts are read step by step from a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from ledger import store
from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.workspace import READ_ROUNDS_MAX
from ledger.model import Facts, Values
from ledger.store import Conn, LogHead

KEEP_BYTES = 8 * 1024 * 1024
"""Of values as the database has them; decoded they take some six times as much. Beyond, it begins anew."""
KEEP_VALUES = 20_000
Wanted = Callable[[Facts], Iterable[str]]
"""Keys that a question reads, as far as the facts at hand name them."""


class _Kept(Struct, frozen=True):
    mark: bytes
    size: int
    value: Any


class FactsAt(Struct, frozen=True):
    """Facts and the head of the log at one moment."""

    facts: Facts
    head: LogHead


class KeptFacts:
    """What a process has read of the present."""

    def __init__(self, kinds: Kinds, data: DataSets) -> None:
        self._kinds, self._data = kinds, data
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0

    async def read(self, conn: Conn, wanted: Wanted) -> FactsAt:
        """All that is wanted, of one moment."""
        facts = self._facts()
        head = await self._load(conn, facts, self._guess(wanted))
        if not facts.missing(wanted(facts)):
            return FactsAt(facts, head)
        facts = self._facts()
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            for _ in range(READ_ROUNDS_MAX):
                head = await self._load(conn, facts, self._guess(wanted, facts))
                if not facts.missing(wanted(facts)):
                    return FactsAt(facts, head)
        raise AssertionError("reads do not come to an end")

    def _guess(self, wanted: Wanted, there: Facts | None = None) -> list[str]:
        """Keys that are lacking, those too that kept values name."""
        guessed = self._facts()
        if there is not None:
            guessed.values.update(there.values)
        keys = list(wanted(guessed))
        for _ in range(READ_ROUNDS_MAX):
            if not (known := [key for key in guessed.missing(keys) if key in self._kept]):
                break
            guessed.values.update((key, self._kept[key].value) for key in known)
            keys = list(wanted(guessed))
        return list(dict.fromkeys(key for key in keys if there is None or key not in there.values))

    async def _load(self, conn: Conn, facts: Facts, keys: Sequence[str]) -> LogHead:
        """Bring values into the facts; the head of the log then."""
        kept = {key: one for key in keys if (one := self._kept.get(key)) is not None}
        head, rows = await store.fetch_marked(conn, [(key, kept[key].mark if key in kept else b"") for key in keys])
        for key in keys:
            facts.values[key] = None if key not in rows else self._value(key, rows[key], kept)
        return head or LogHead(0, b"", b"", 0)

    def _value(self, key: str, raw: bytes | None, kept: dict[str, _Kept]) -> Any:
        """What a row says: the kept value where the database has left it out."""
        return kept[key].value if raw is None else self._keep(key, raw)

    def _keep(self, key: str, raw: bytes) -> Any:
        """Decode a value and keep it for the next question."""
        value = self._kinds.decode(key, raw)
        if key.startswith("account:"):  # names nothing, and moves with every load
            return value
        if self._bytes > KEEP_BYTES or len(self._kept) > KEEP_VALUES:
            self._kept, self._bytes = {}, 0
        before = self._kept.get(key)
        self._kept[key] = _Kept(raw[: store.MARK_BYTES] if key.startswith("chain:") else b"", len(raw), value)
        self._bytes += len(raw) - (0 if before is None else before.size)
        return value

    def _facts(self) -> Facts:
        return Facts(self._data, Values())
