"""How much waits for a party: the red numbers of the navigation. Only what waits for this device's party; counted by the services."""

from collections.abc import Mapping

from ledger.caller import Caller
from ledger.pending.service import Relay
from ledger.problem import Language
from ledger.reading import Page
from signing.refusal import Refusal

COUNTED_MAX = 99
"""More are told as 99."""


async def count_waiting(relay: Relay | None, caller: Caller, lang: Language) -> Mapping[str, int]:
    """By path of a tab; what the caller may not ask is not counted."""
    if relay is None or "read" not in caller.scope:
        return {}
    try:
        found = await relay.list_for(caller, None, True, Page(None, COUNTED_MAX), lang, now_s=None)
    except Refusal:
        return {}
    return {"/desk/sign": len(found.pending)} if found.pending else {}
