"""The newest entries of this process: what was just committed need not be fetched and read again for its receipt and the projections."""

from collections.abc import Iterable, Sequence

from ledger.admission.entry import Entry

KEEP = 2048
"""Entries; some 20 MB."""


class Recent:
    """Entries by index, the oldest forgotten first. Committed entries never change, so nothing here can be out of date."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._entries: dict[int, Entry] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Remember entries that have just been committed, in order."""
        for entry in entries:
            self._entries[entry.index] = entry
        while len(self._entries) > self._keep:
            del self._entries[next(iter(self._entries))]

    def find(self, indices: Sequence[int]) -> list[Entry] | None:
        """The entries of all these indices, or None where one is not here."""
        found = [entry for index in indices if (entry := self._entries.get(index)) is not None]
        return found if len(found) == len(indices) else None
