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


async def fetch_both(conn: Conn, kinds: Kinds, view: ManifestView, flag: Flag) -> TwoEntries | None:
    """Both sides of an alert; ``None`` where its entry is none of the manifest's own. ``conn`` holds the snapshot of the views."""
    by_index = {record.index: record for record in view.records}
    if (record := by_index.get(flag.index)) is None:
        return None
    first, how = Said(view, record), CONTRADICTIONS[flag.code]
    if "." in how or how in ("", BEFORE):
        return TwoEntries(flag=flag, first=first, second=said_before(view, record, how), about="")
    [entry] = [read_entry(row.entry, kinds) for row in await fetch_entries_at(conn, [record.index])]
    for value in values_of(how, view, entry):
        search = Search(**{how: value})  # type: ignore[arg-type] # how is the name of a text field of it
        found = await store.search_views(conn, search, limit=OTHERS_MAX)
        others = [other for other in found.views if other.chain != view.chain]
        if (met := await _met(conn, kinds, how, value, Said(view, record), entry, others)) is not None:
            return TwoEntries(flag=flag, first=first, second=met[0], about=met[1])
    return TwoEntries(flag=flag, first=first, second=None, about="")


async def _met(
    conn: Conn, kinds: Kinds, how: str, value: str, mine: Said, entry: Entry, others: Sequence[ManifestView]
) -> tuple[Said, str] | None:
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
    for row in reversed(await fetch_entries_at(conn, sorted(earlier))):
        other_entry = read_entry(row.entry, kinds)
        shared = own & texts_of(how, other_entry)
        if shared and (how == "batch" or not set(entry.statement.by).isdisjoint(other_entry.statement.by)):
            return earlier[row.idx], min(shared)
    return None
