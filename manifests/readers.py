"""For whom an entry is: whoever is named in the manifest or the decision that it is about, as of this entry.

A receiver learns of a load when it is addressed to it, a carrier when it is named or takes the load over, and both of every act from then
on, whoever signs it: they may read the manifest whole anyway (manifests.answers.may_read). Nobody is told of an entry before the one that
names him, and nobody of a manifest that does not name him.
"""

from collections.abc import Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.caller import index_keys, places_of, topic_of
from manifests.incidents.acts.unmanifested import IncidentUnmanifested
from manifests.view import ManifestView
from whitelist.acts.apply import ApprovalApply
from whitelist.acts.emergency_declare import EmergencyDeclare
from whitelist.acts.emergency_join import EmergencyJoin


class Begun(Struct, frozen=True, gc=False):
    """What the first entry of a chain says of the readers of all entries on it: parties, and places."""

    named: tuple[str, ...]
    places: tuple[str, ...]


def begun_by(entry: Entry) -> str | None:
    """The chain whose first entry says more about an entry's readers; ``None`` where the entry or its manifest says all."""
    return None if entry.statement.seq == 0 or not goes_by_its_beginning(entry) else entry.statement.chain


def goes_by_its_beginning(entry: Entry) -> bool:
    """Whether readers of an entry on this chain are told by the first one: not of a manifest, whose view says more, nor of what has no topic."""
    statement = entry.statement
    return statement.chain_type not in ("manifest", "case") and topic_of(statement.chain) is not None


def begun_with(first: Entry) -> Begun:
    """Read it from the first entry. What an application says binds its receiver too, who may read the decision (whitelist.registries)."""
    body = first.statement.body
    named: tuple[str, ...] = ()
    if isinstance(body, ApprovalApply):
        named = (body.receiver,)
    elif isinstance(body, IncidentUnmanifested):  # who is said to have sent or carried it has to be able to answer
        named = tuple(party for party in (body.sender, body.carrier) if party is not None)
    elif isinstance(body, EmergencyDeclare):  # who may move on it, and take what moves
        named = (*body.generators, *(one.receiver for one in body.receivers))
    return Begun(named, tuple(places_of(first)))


def readers_of(entry: Entry, view: ManifestView | None, begun: Begun | None, named: Sequence[ManifestView] = ()) -> tuple[str, ...]:
    """Keys of the feed's index. ``view`` is the manifest after the entry, ``begun`` of its chain's first entry, where there is one; ``named`` are
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
