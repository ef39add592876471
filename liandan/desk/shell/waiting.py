"""How much waits for a party: the red numbers of the navigation. Only what waits for this device's party; counted by the services.

What waits changes with the log and with the signatures that were brought, so a count is believed for some seconds: it stands on every page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from time import monotonic

from msgspec.structs import replace

from ledger.caller import Caller
from ledger.log import Log
from ledger.pending.service import Relay
from ledger.problem import Language
from ledger.reading import Page
from manifests.model import Stage
from manifests.search import Search, scoped
from manifests.store import search_views
from manifests.view import ManifestView
from manifests.work.service import read_work
from signing.refusal import Refusal

COUNTED_MAX = 99
"""More are told as 99."""
BELIEVED_S = 5.0
KEPT_MAX = 2_000
PLACES: Mapping[str, tuple[str, ...]] = {"confirmation": ("/scale/due",), "signature": ("/desk/sign",)}
"""Tabs that count a kind of work; an authority counts all of it at its inbox, and the weighbridge its trucks."""
_kept: dict[tuple[str, str], tuple[float, Mapping[str, int]]] = {}


def trucks_in(views: Iterable[ManifestView]) -> int:
    """Several manifests of a trip are one truck."""
    return len({view.state.trip_id or view.chain for view in views})


async def _count_trucks(log: Log, caller: Caller) -> int:
    """Trucks at the gates of the caller's own party: arrived, neither received nor refused."""
    async with log.pool.acquire() as conn:
        arrived = scoped(Search(receiver=caller.uscc, stage=Stage.ARRIVED.value), replace(caller, grants=()))
        return trucks_in((await search_views(conn, arrived, limit=COUNTED_MAX)).views)


async def count_waiting(log: Log, relay: Relay | None, caller: Caller, lang: Language) -> Mapping[str, int]:
    """By path of a tab; nothing where nothing waits, and of what the caller may not ask."""
    if relay is None or "read" not in caller.scope or caller.role == "operator":
        return {}
    name = (caller.keyid, lang)
    at, found = _kept.get(name, (0.0, {}))
    if monotonic() - at < BELIEVED_S:
        return found
    try:
        page = await read_work(log, caller, None, None, False, Page(None, COUNTED_MAX), lang, None)
    except Refusal:
        return {}
    counted = Counter(path for item in page.items for path in PLACES.get(item.what, ()))
    if caller.role == "party":
        counted["/scale/"] = await _count_trucks(log, caller)
    if caller.role == "authority":
        counted["/province"] = min(len(page.items) + page.registrations, COUNTED_MAX)
    if len(_kept) > KEPT_MAX:
        _kept.clear()
    _kept[name] = (monotonic(), {path: count for path, count in counted.items() if count})
    return _kept[name][1]
