"""Reading both sides of a contradiction: the entry that raised the alert, and among the manifests that have something in common with it the other."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.store import Conn, fetch_entries_at
from manifests import store
from manifests.road.contradicting import (
    BEFORE,
    CONTRADICTIONS,
    LOADED_OR_WEIGHED,
    Said,
    TwoEntries,
    begun_by,
    leg_met,
    name_of,
    said_before,
    texts_of,
    values_of,
)
from manifests.search import Search
from manifests.view import Flag, ManifestView

OTHERS_MAX = 200
"""Manifests with one thing in common that are looked through, newest first."""


class OtherSides:
    """What contradicts what, on the snapshot that ``conn`` holds. Alerts of one truck or batch meet in the same manifests: read once for all."""

    def __init__(self, conn: Conn, kinds: Kinds) -> None:
        self._conn, self._kinds = conn, kinds
        self._named = dict[tuple[str, str], list[ManifestView]]()
        self._entries = dict[int, Entry]()

    async def fetch_both(self, view: ManifestView, flag: Flag) -> TwoEntries | None:
        """Both sides of an alert; ``None`` where its entry is none of the manifest's own."""
        by_index = {record.index: record for record in view.records}
        if (record := by_index.get(flag.index)) is None:
            return None
        first, how = Said(view, record), CONTRADICTIONS[flag.code]
        if "." in how or how in ("", BEFORE):
            return TwoEntries(flag=flag, first=first, second=said_before(view, record, how), about="")
        [entry] = await self._read([record.index])
        for value in values_of(how, view, entry):
            others = [other for other in await self._that_name(how, value) if other.chain != view.chain]
            if (met := await self._met(how, value, first, entry, others)) is not None:
                return TwoEntries(flag=flag, first=first, second=met[0], about=met[1])
        return TwoEntries(flag=flag, first=first, second=None, about="")

    async def _that_name(self, how: str, value: str) -> list[ManifestView]:
        if (how, value) not in self._named:
            search = Search(**{how: value})  # type: ignore[arg-type] # how is the name of a text field of it
            self._named[how, value] = (await store.search_views(self._conn, search, limit=OTHERS_MAX)).views
        return self._named[how, value]

    async def _read(self, indices: Sequence[int]) -> list[Entry]:
        wanted = [index for index in indices if index not in self._entries]
        for row in await fetch_entries_at(self._conn, wanted) if wanted else ():
            self._entries[row.idx] = read_entry(row.entry, self._kinds)
        return [self._entries[index] for index in indices]

    async def _met(self, how: str, value: str, mine: Said, entry: Entry, others: Sequence[ManifestView]) -> tuple[Said, str] | None:
        """The entry of another manifest that meets an act in what both name, and what that is; the newest before it."""
        if how == "number":
            return next(((Said(other, other.records[0]), value) for other in others), None)
        if how in ("plate", "waybill_no"):
            met = [
                (said, name_of(how, leg))
                for other in others
                if (leg := leg_met(how, value, mine, entry, other)) and (said := begun_by(other, leg))
            ]
            return max(met, key=lambda one: one[0].record.index, default=None)
        own = texts_of(how, entry)
        acts = [Said(other, record) for other in others for record in other.records if record.kind.partition("/")[0] in LOADED_OR_WEIGHED]
        earlier = {said.record.index: said for said in acts if said.record.index < entry.index}
        for other_entry in reversed(await self._read(sorted(earlier))):
            shared = own & texts_of(how, other_entry)
            if shared and (how == "batch" or not set(entry.statement.by).isdisjoint(other_entry.statement.by)):
                return earlier[other_entry.index], min(shared)
        return None
