"""Gathering a trip: the manifest, what may come on the way, the claim for whoever stops the truck; and the trips of a party."""

from __future__ import annotations

from ledger.bundle import Bundle
from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import Page
from liandan.desk.driver.trip import DriverTrip, TripItem, items_of, trip_of
from manifests.search import Search
from manifests.service import list_manifests, read_coming, read_manifest
from reports.issuing import Signers
from reports.press import Press
from reports.service import bundle_of
from reports.transit import transit_claim
from signing.refusal import Refusal
from whitelist.service import with_names

LISTED = 50
STAGES = ("in_transit", "issued")
"""Of trips that are listed; another is opened by its address."""


async def read_trips(log: Log, caller: Caller, lang: Language) -> tuple[TripItem, ...]:
    """Trips that the caller's party is on or may begin, those on the road first."""
    found: list[TripItem] = []
    for stage in STAGES:
        page = await with_names(log, await list_manifests(log, caller, Search(stage=stage), Page(None, LISTED), lang), lang)
        found += items_of(page.manifests, page.names, caller.uscc)
    return tuple(found)


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
