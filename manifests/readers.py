"""For whom an entry is: whoever is named in the manifest or the decision that it is about, as of this entry.

A receiver learns of a load when it is addressed to it, a carrier when it is named or takes the load over, and both of every act from then
on, whoever signs it: they may read the manifest whole anyway (manifests.answers.may_read). Nobody is told of an entry before the one that
names him, and nobody of a manifest that does not name him.
"""

from ledger.admission.entry import Entry
from ledger.caller import index_keys, places_of, topic_of
from manifests.view import ManifestView
from whitelist.acts.apply import ApprovalApply


def begun_by(entry: Entry) -> str | None:
    """The chain whose first entry says more about an entry's readers; ``None`` where the entry or its manifest says all."""
    statement = entry.statement
    is_told = statement.seq == 0 or statement.chain_type in ("manifest", "case") or topic_of(statement.chain) is None
    return None if is_told else statement.chain


def readers_of(entry: Entry, view: ManifestView | None, first: Entry | None) -> tuple[str, ...]:
    """Keys of the feed's index. ``view`` is the manifest after the entry, ``first`` the first entry of its chain, where there is one."""
    if view is not None:
        return index_keys(entry, view.parties, view.places)
    begun = first or entry
    # What an application says binds its receiver too, who may read the decision (whitelist.registries).
    named = (begun.statement.body.receiver,) if isinstance(begun.statement.body, ApprovalApply) else ()
    return index_keys(entry, named, places_of(begun))
