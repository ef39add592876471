"""How a paper calls a party: as it was called when what the paper is about began, and as it is called now.

A firm that is renamed signs as before, and its earlier acts stand as they were signed: who holds an old paper in one hand and the new register
in the other must find the firm in both.
"""

from collections.abc import Mapping

from ledger.bundle import Bundle
from ledger.directory import party_name
from ledger.model import kept_for_last
from ledger.parties.names import named_in
from reports.paper.tongue import say


def name_in(bundle: Bundle, uscc: str) -> str:
    """A party as the bundle registers it, else its code; renamed since the subject began, both names: ``甲厂（现名：乙厂）``."""
    now = party_name(bundle.facts, uscc) or uscc
    then = _called(bundle, bundle.subject).get(uscc, now)
    return now if then == now else say(f"{then}（现名：{now}）", f"{then} (now {now})")


@kept_for_last
def _called(bundle: Bundle, subject: str) -> Mapping[str, str]:
    """Names of parties when the first entry of a chain was entered."""
    begun = next((entry.index for entry in bundle.entries if entry.statement.chain == subject), None)
    if begun is None:
        return {}
    named = (one for entry in bundle.entries if entry.index <= begun for one in named_in(entry))
    return {one.uscc: one.name for one in named if one.name is not None}
