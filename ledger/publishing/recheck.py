"""The publisher's second opinion: every committed entry is decided again, from the publisher's own memory, before its size is promised.

What the sequencer read from the database may have been edited there; what is read here lies in the checkpoint store, moved only by entries
that passed this very check. An entry that the second decision sees otherwise stops the log (design §5, formats §4).
"""

from collections.abc import Iterable
from typing import Any

from ledger.admission.admit import RootAt
from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.personality import DayBelow
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding
from ledger.model import Facts, Values
from ledger.publishing.checkpoint_store import CheckpointStore

KEEP_VALUES = 50_000  # decoded values kept between steps; beyond, they are read again from the store
CATCH_UP = 4096


class _Remembered(Values):
    """Values that are read from the checkpoint store when they are asked for; nothing is ever unread."""

    def __init__(self, store: CheckpointStore, kinds: Kinds) -> None:
        super().__init__()
        self._store, self._kinds = store, kinds

    def __missing__(self, key: str) -> Any:
        raw = self._store.shadow_value(key)
        self[key] = found = None if raw is None else self._kinds.decode(key, raw)
        return found


class Recheck:
    """Decides again what the sequencer decided; any number of ``check`` must be followed by ``keep`` or ``drop``, which end them all."""

    def __init__(self, store: CheckpointStore, kinds: Kinds, data: DataSets, root_at: RootAt, day_below: DayBelow) -> None:
        self._store, self._kinds, self._data = store, kinds, data
        self._root_at, self._day_below = root_at, day_below
        self._replay = self._fresh()

    def _fresh(self) -> Replay:
        (size, at_s), facts = self._store.shadow_size(), Facts(self._data, _Remembered(self._store, self._kinds))
        return Replay(self._kinds, self._data, self._root_at, self._day_below, facts=facts, size=size, at_s=at_s)

    @property
    def size(self) -> int:
        """Entries that have been decided again."""
        return self._replay.size

    @property
    def at_s(self) -> int:
        """``admission.at`` of the last of them."""
        return self._replay.at_s

    def state(self, chain: str) -> Any:
        """State of a chain after the entries seen."""
        return self._replay.facts.state(chain)

    def check(self, raws: Iterable[bytes]) -> list[Finding]:
        """Findings of the next entries; the first entry with findings ends it, for what follows would be judged from a false state."""
        replay = self._replay  # one that is dropped meanwhile is not gone on with
        for raw in raws:
            _, findings = replay.step(raw)
            if findings:
                return findings
        return []

    def changes(self) -> list[tuple[str, bytes]]:
        """Values that the checked entries changed, as the store keeps them."""
        facts = self._replay.facts
        return [(key, self._kinds.encode(facts.values[key])) for key in sorted(facts.changed)]

    def keep(self) -> None:
        """The checked entries are promised: go on from them."""
        facts = self._replay.facts
        facts.changed.clear()
        if len(facts.values) > KEEP_VALUES:
            facts.values.clear()

    def drop(self) -> None:
        """The checked entries are not promised: forget them."""
        self._replay = self._fresh()

    def catch_up(self, entries: Iterable[bytes], size: int) -> list[Finding]:
        """Rebuild from published entries up to ``size``; ``entries`` begins at :attr:`size`."""
        batch: list[bytes] = []
        for raw in entries:
            batch.append(raw)
            if len(batch) == CATCH_UP or self.size + len(batch) == size:
                findings = self.check(batch)
                if findings:
                    return findings
                self._store.catch_up_shadow(self.changes(), size=self.size, at_s=self.at_s)
                self.keep()
                batch = []
        return []


def describe(finding: Finding) -> str:
    """A finding in one line, for the reason of a freeze."""
    return f"entry {finding.index} {finding.chain} {finding.code} {finding.field}: found {finding.found}, expected {finding.expected}"
