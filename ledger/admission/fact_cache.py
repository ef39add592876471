"""What a sequencer keeps between two batches: its newest entries, and the facts as it left them, so that the next batch need not fetch
and decode them again.

The facts are a copy, and treated like one: whatever a batch has used of them is compared with the database in the statement that appends the batch
(store.append), and so is the head. If either is not what is kept, nothing is written, the copy is thrown away, and the batch is decided
from the database under its lock. So neither another process, nor a cut, a restored backup or an edited row can be hidden by them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.admission.entry import Entry
from ledger.model import Values
from ledger.store import LogHead

KEEP_VALUES = 10_000  # Values; some 30 MB. Beyond, it begins anew.
KEEP_ENTRIES = 2048  # Entries; some 20 MB.


class FactCache:
    """Facts at one head: the values, and their bytes as the database holds them (``None`` for what it does not have)."""

    def __init__(self) -> None:
        self.head: LogHead | None = None  # The head that this process left behind last, whether the facts are still kept or not.
        self.values = Values()
        self.stored: dict[str, bytes | None] = {}
        self.serves = False
        """Whether a batch may be decided from here: only while nobody else appends, or every second decision would be for nothing."""

    def advance(self, head: LogHead, changes: Iterable[tuple[str, bytes]]) -> None:
        """A batch decided on these very values was appended, and left this head."""
        self.head = head
        self.stored.update(changes)
        self._trim()

    def refill(self, before: LogHead | None, after: LogHead, values: dict[str, Any], stored: dict[str, bytes | None]) -> None:
        """A batch decided from the database was appended. Facts are kept once nobody was in between."""
        if before != self.head:
            self.drop()
        self.serves = before == self.head
        self.values.update(values)
        self.stored.update(stored)
        self.head = after
        self._trim()

    def undo(self, changed: Iterable[str]) -> None:
        """A batch was decided on these values and not appended."""
        for key in changed:
            self.values.pop(key, None)
            self.stored.pop(key, None)
        self._trim()

    def _trim(self) -> None:
        if len(self.values) > KEEP_VALUES:
            self.values.clear()
            self.stored.clear()

    def drop(self) -> None:
        """Something is not as it was left, or not known to be."""
        self.values.clear()
        self.stored.clear()
        self.serves = False


class Recent:
    """The newest entries of this process, each in the place of the one that is ``keep`` older: what was just committed need not be fetched
    and read again for its receipt and the projections. Committed entries never change, so nothing here can be out of date."""

    def __init__(self, keep: int = KEEP_ENTRIES) -> None:
        self._keep = keep
        self._entries: dict[int, Entry] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Remember entries that have just been committed, in order."""
        for entry in entries:
            self._entries[entry.index % self._keep] = entry

    def find(self, indices: Sequence[int]) -> list[Entry] | None:
        """The entries of all these indices, or None where one is not here."""
        held = self._entries
        found = [entry for index in indices if (entry := held.get(index % self._keep)) is not None and entry.index == index]
        return found if len(found) == len(indices) else None
