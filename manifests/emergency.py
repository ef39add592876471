"""What a manifest counts against the ceiling of the emergency that it stands on (R-39): the grams of its issue, less what its receipt took less.

A void gives them back; what a manifest closed with a gap had stays counted, for it moved. No loading and no correction of the declared mass
moves the count; a corrected receipt does, as the receipt itself. The count of an issue is the most it ever is: what was admitted below the ceiling stays
below it, but where a receipt took less, others were issued on the rest, and it is corrected upwards: that is a fact, and said. Source: kinds §9, §15.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ledger.mass import parse_mass
from ledger.model import Facts
from manifests.matters import EmergencyLink
from manifests.model import ManifestState, Stage
from whitelist.checked import emergency_of
from whitelist.emergency import ceiling_used_g, emergency_at, emergency_key

if TYPE_CHECKING:
    from whitelist.transfer import Transfer


def link_of(body: Transfer) -> EmergencyLink | None:
    """The emergency that an issue stands on, and the grams that it issues."""
    chain = emergency_of(body)
    return None if chain is None else EmergencyLink(chain=chain, issued_g=sum(parse_mass(line.mass_t) for line in body.lines))


def counted_g(state: ManifestState) -> int:
    """Grams that a manifest counts now."""
    link = state.emergency
    if link is None or state.stage is Stage.VOIDED:
        return 0
    if state.times.received_s is None:
        return link.issued_g
    return min(link.issued_g, sum(line.accepted_g or 0 for line in state.lines))


def is_beyond(facts: Facts, before: ManifestState, after: ManifestState) -> bool:
    """Whether a corrected receipt takes the emergency beyond its ceiling; its chain and register must be loaded."""
    link, more_g = before.emergency, counted_g(after) - counted_g(before)
    state = None if link is None or more_g <= 0 else emergency_at(facts, link.chain)
    return link is not None and state is not None and ceiling_used_g(facts, link.chain) + more_g > state.ceiling_g


def keys_of(state: ManifestState) -> tuple[str, ...]:
    """The register on which it counts."""
    return () if state.emergency is None else (emergency_key(state.emergency.chain),)


def moved(facts: Facts, before: ManifestState | None, after: ManifestState) -> Mapping[str, Any]:
    """The register after an entry, by what the manifest counted before and counts now."""
    link = after.emergency
    if link is None:
        return {}
    change = counted_g(after) - (0 if before is None else counted_g(before))
    return {emergency_key(link.chain): ceiling_used_g(facts, link.chain) + change} if change else {}
