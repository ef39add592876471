"""For whom an entry is: whoever is named in the manifest or the decision that it is about, as of this entry.

A receiver learns of a load when it is addressed to it, a carrier when it is named or takes the load over, and both of every act from then
on, whoever signs it: they may read the manifest whole anyway (manifests.answers.may_read). Nobody is told of an entry before the one that
names him, and nobody of a manifest that does not name him. An act on a list is for the receivers of the rows that it speaks of.
"""

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from itertools import groupby

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.caller import index_keys, places_of, topic_of
from ledger.chain import USCC
from manifests.incidents.acts.unmanifested import IncidentUnmanifested
from manifests.view import ManifestView
from whitelist.acts.apply import ApprovalApply
from whitelist.acts.emergency_declare import EmergencyDeclare
from whitelist.acts.emergency_join import EmergencyJoin
from whitelist.list_readers import RowsSoFar

_FIRM = re.compile(USCC)
Earlier = Mapping[str, Sequence[Entry]]
"""Entries that stand before others on their chains, by chain, each in order: those that :func:`said_before` names."""


class Begun(Struct, frozen=True, gc=False):
    """What the first entry of a chain says of the readers of all entries on it: parties, and places. Of a list ``named`` are those whom its newest
    entry is for, by its rows so far."""

    named: tuple[str, ...]
    places: tuple[str, ...]
    rows: RowsSoFar | None = None


def said_before(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    """Places (chain and seq) of the entries that say more about the readers of these: the first one of a chain, of a list all before. None for
    entries of manifests, whose views say all."""
    ends: dict[str, int] = {}
    for entry in entries:
        if (seq := entry.statement.seq) and goes_by_its_beginning(entry):
            ends[entry.statement.chain] = max(ends.get(entry.statement.chain, 0), seq if entry.statement.chain_type == "list" else 1)
    return [(chain, seq) for chain, end in ends.items() for seq in range(end)]


def by_chain(entries: Iterable[Entry]) -> Earlier:
    """Entries in the order of the log as :data:`Earlier` of others."""
    ordered = sorted(entries, key=lambda entry: (entry.statement.chain, entry.statement.seq))
    return {chain: list(found) for chain, found in groupby(ordered, key=lambda entry: entry.statement.chain)}


def goes_by_its_beginning(entry: Entry) -> bool:
    """Whether readers of an entry on this chain are told by the first one: not of a manifest, whose view says more, nor of what has no topic."""
    statement = entry.statement
    return statement.chain_type == "item" or (statement.chain_type not in ("manifest", "case") and topic_of(statement.chain) is not None)


def begun_with(first: Entry) -> Begun:
    """Read it from the first entry. What an application says binds its receiver too, who may read the decision (whitelist.registries)."""
    body = first.statement.body
    named: tuple[str, ...] = ()
    if isinstance(body, ApprovalApply):
        named = (body.receiver,)
    elif isinstance(body, IncidentUnmanifested):  # who is said to have sent or carried it has to be able to answer
        named = tuple(party for party in (body.sender, body.carrier) if party is not None)
    elif first.statement.chain_type == "item":  # of a firm's own books; of a manifest all its parties are told (manifests.naming)
        named = tuple(party for party in str(getattr(body, "key", "")).split("/")[1:2] if _FIRM.fullmatch(party))
    elif isinstance(body, EmergencyDeclare):  # who may move on it, and take what moves
        named = (*body.generators, *(one.receiver for one in body.receivers))
    return Begun(named, tuple(places_of(first)))


def begun_after(begun: Begun | None, entry: Entry) -> Begun:
    """What is known of a chain's readers after one more entry; ``None`` is nothing yet."""
    begun = begun or begun_with(entry)
    if entry.statement.chain_type != "list":
        return begun
    rows = (begun.rows or RowsSoFar()).after(entry.statement)
    return Begun(rows.told, begun.places, rows)


def begun_at(entry: Entry, earlier: Earlier, known: MutableMapping[str, Begun]) -> Begun | None:
    """The same for the next entry of a range; ``known`` is what the range has given so far and is kept up. ``None`` where the entry or its manifest
    says all."""
    if not goes_by_its_beginning(entry):
        return None
    statement = entry.statement
    begun = known.get(statement.chain)
    if begun is None:
        for one in earlier.get(statement.chain, ()):
            if one.statement.seq < statement.seq:
                begun = begun_after(begun, one)
    known[statement.chain] = begun = begun_after(begun, entry)
    return begun


def readers_of(entry: Entry, view: ManifestView | None, begun: Begun | None, named: Sequence[ManifestView] = ()) -> tuple[str, ...]:
    """Keys of the feed's index. ``view`` is the manifest after the entry, ``begun`` of its chain after it, where there is such; ``named`` are
    manifests that an entry of another chain names (manifests.naming): their parties are told, and of a number who reads about their places."""
    if view is not None:
        way = view.way
        return index_keys(entry, way.parties, way.places)
    begun = begun or begun_with(entry)
    if isinstance(body := entry.statement.body, EmergencyJoin) and body.receivers:  # who comes with a join is told of it
        begun = Begun((*begun.named, *(one.receiver for one in body.receivers)), begun.places)
    if not named:
        return index_keys(entry, begun.named, begun.places)
    parties = [party for one in named for party in one.parties]
    places = [place for one in named for place in one.places] if entry.statement.chain_type == "number" else []
    return index_keys(entry, (*begun.named, *parties), (*begun.places, *places))
