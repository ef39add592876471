"""Gathering a trip: the manifest, what may come on the way, the claim for whoever stops the truck; and the trips of a party."""

from __future__ import annotations

from ledger.bundle import Bundle
from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from liandan.desk.driver.trip import STAGE_ORDER, DriverTrip, TripItem, items_of, own_trips, trip_of
from manifests.answers import Manifests, item_of
from manifests.search import Search, scoped
from manifests.service import projection, read_coming, read_manifest
from manifests.store import search_views
from manifests.view import ManifestView
from reports.issuing import Signers
from reports.press import Press
from reports.service import bundle_of
from reports.transit import transit_claim
from signing.refusal import Refusal
from whitelist.service import with_names

LISTED = 50
"""Trips of a stage that are looked at; another is opened by its address."""


async def read_trips(log: Log, caller: Caller, lang: Language, claimed_s: int | None = None) -> tuple[TripItem, ...]:
    """Trips that the caller's party is on, has just ended or may begin, in that order."""
    found: list[ManifestView] = []
    async with projection(log) as now:
        for stage in STAGE_ORDER:
            found += (await search_views(now.workspace.conn, scoped(Search(stage=stage.value), caller), limit=LISTED)).views
    views = own_trips(found, caller.uscc, await log.now(claimed_s))
    listed = Manifests(size=now.size, manifests=tuple(item_of(view, lang) for view in views), next=None)
    return items_of(views, await with_names(log, listed, lang))


async def read_trip(log: Log, caller: Caller, name: str, lang: Language) -> DriverTrip:
    """One trip, ``<generator>/<ULID>``; Refusal NOT_FOUND."""
    generator, _, ulid = name.partition("/")
    answer = await with_names(log, await read_manifest(log, caller, generator, ulid, lang), lang)
    coming = await read_coming(log, caller, generator, ulid, lang)
    return trip_of(answer, coming, caller.keyid)


async def read_code(log: Log, press: Press, caller: Caller, name: str) -> str:
    """The address in the square code of the in-transit extract (docs/formats/claim.md), as of the newest published checkpoint; empty where the
    log has no key for claims, or there is nothing to be shown yet."""
    try:
        _, raw = await bundle_of(log, caller, name)
        return (await press.turn(press.print, raw, "transit code 1", _code)).decode()
    except Refusal:
        return ""


def _code(bundle: Bundle, raw: bytes, signers: Signers) -> bytes:
    claim = transit_claim(bundle, signers)
    return b"" if claim is None else claim.address(bundle.log.origin).encode()
