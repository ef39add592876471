"""Acts on manifests as the log has them prepared: what it knows is filled in, who signs is named, what blocks the act is said before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ledger.admission.personality import Kind
from liandan.cli.streams import shown, warn
from liandan.client import AsyncLiandan, RequestRefused
from manifests.action_answers import ManifestActions
from manifests.possible.answers import PossibleActAnswer

PREPARED = frozenset({"manifest", "case"})
"""Types of chains whose acts are prepared."""
ULID = "<ULID>"


async def prepared(kind: Kind, chain: str, client: AsyncLiandan, principal: str | None) -> PossibleActAnswer | None:
    """The act on this chain, ``None`` where it is none of a manifest that the log shows to this party."""
    parts = chain.split("/")
    if parts[0] not in PREPARED or kind.name == "manifest.issue/1":
        return None
    try:
        raw = await client.get(f"/v1/manifests/{parts[1]}/{parts[2]}/actions", **{"as": principal})
    except RequestRefused:
        return None
    found = msgspec.json.decode(raw, type=ManifestActions)
    of_kind = [one for one in found.possible if one.kind == kind.name]
    here = [one for one in of_kind if one.chain == chain or one.chain.endswith(ULID)]
    return here[0] if here else None


def tell_blockers(act: PossibleActAnswer) -> None:
    """What would be refused now, whoever signs, and what to do first."""
    for one in act.blockers:
        warn(f"  ! {one.code} {shown(one.message)}", f"    → {shown(one.what_to_do)}")


def by_of(act: PossibleActAnswer, own: str) -> tuple[str, ...]:
    """Who signs; one's own party where its signature is enough, nobody where a place is open to several."""
    if act.alone:
        return (own,)
    found = [own if one.is_you else one.parties[0] if len(one.parties) == 1 else "" for one in act.signers]
    return tuple(found) if all(found) else ()


def merged(known: Any, given: Any) -> Any:
    """What was given, over what is known; lists item by item."""
    if isinstance(known, Mapping) and isinstance(given, Mapping):
        return {
            name: merged(known[name], given[name]) if name in known and name in given else {**known, **given}[name]
            for name in {**known, **given}
        }
    if isinstance(known, list) and isinstance(given, list):
        both = [merged(one, other) for one, other in zip(known, given, strict=False)]
        return [*both, *given[len(known) :], *known[len(given) :]]
    return given
