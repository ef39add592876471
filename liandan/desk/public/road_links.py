"""Road links (路查链接): a capability of 128 bits by which whoever stands beside a truck sees its one trip, without an account.

It travels in the fragment of an address, which no browser sends to a server, and is posted by the page itself; here lies its SHA-256 alone. A party
of the manifest makes it, and takes all of them back; it ends 24 h after the arrival by itself. It is no evidence: the paper and its claim are.
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from hashlib import sha256

from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.times import DAY_S
from liandan.desk.public import store
from liandan.desk.public.road_view import RoadTrip, ends_s, trip_of
from manifests.answers import may_read
from manifests.service import projection
from manifests.store import fetch_view
from manifests.view import ManifestView
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

PAGE = "/road-link"
BYTES = 16
CAPABILITY = re.compile("[A-Z2-7]{26}")
"""Base32 without padding: letters that every scanner and every input method leaves alone."""
KEPT_MAX = 8
"""Links of one manifest: a new one more, and the oldest is gone."""
YEAR_S = 366 * DAY_S
"""Nothing travels for so long; what is older is swept."""


class MadeLink(Struct, frozen=True, kw_only=True):
    """A link that was just made; its secret is told this once."""

    id: str
    """``<generator>/<ULID>``."""
    path: str
    """``/road-link#…``."""
    ends_s: int | None


class OpenedLink(Struct, frozen=True, kw_only=True):
    """A trip as of a size of the log; without a trip the link is over."""

    size: int
    now_s: int
    trip: RoadTrip | None


def digest_of(capability: str) -> bytes:
    """What is kept of it."""
    return sha256(capability.encode()).digest()


async def make_link(log: Log, caller: Caller, manifest: str, claimed_s: int | None) -> MadeLink | None:
    """A new link to a manifest, by a party of it; ``None`` where the trip is over for so long that it would lead nowhere. Refusal NOT_FOUND."""
    capability = b32encode(secrets.token_bytes(BYTES)).decode().rstrip("=")
    async with projection(log) as now:
        view = _own(await fetch_view(now.workspace.conn, f"manifest/{manifest}"), caller, manifest)
        now_s = await log.now(claimed_s)
    if (end := ends_s(view)) is not None and now_s >= end:
        return None
    async with log.pool.acquire() as conn, conn.transaction():
        await store.delete_before(conn, now_s - YEAR_S)
        await store.insert(conn, digest_of(capability), store.RoadLink(manifest=view.chain, made_by=caller.uscc, made_s=now_s))
        await store.keep_newest(conn, view.chain, KEPT_MAX)
    return MadeLink(id=manifest, path=f"{PAGE}#{capability}", ends_s=end)


async def end_links(log: Log, caller: Caller, manifest: str) -> int:
    """Take back every link of a manifest; how many there were. Refusal NOT_FOUND."""
    async with projection(log) as now:
        view = _own(await fetch_view(now.workspace.conn, f"manifest/{manifest}"), caller, manifest)
    async with log.pool.acquire() as conn:
        return await store.delete_of(conn, view.chain)


async def open_link(log: Log, capability: str, language: Language, claimed_s: int | None = None) -> OpenedLink:
    """The trip behind a capability. Refusal NOT_FOUND where there is none, or it was taken back."""
    if not CAPABILITY.fullmatch(capability):
        raise _unknown()
    async with log.pool.acquire() as conn:
        link = await store.fetch(conn, digest_of(capability))
    if link is None:
        raise _unknown()
    async with projection(log) as now:
        view = await fetch_view(now.workspace.conn, link.manifest)
        now_s = await log.now(claimed_s)
    if view is None:
        raise _unknown()
    end = ends_s(view)
    trip = None if end is not None and now_s >= end else trip_of(view, now_s, language)
    return OpenedLink(size=now.size, now_s=now_s, trip=trip)


def _own(view: ManifestView | None, caller: Caller, manifest: str) -> ManifestView:
    """The manifest, for its parties alone: an authority reads it by itself, and lets nobody in."""
    if view is None or not may_read(caller, view) or set(view.parties).isdisjoint(caller.parties):
        raise refuse("NOT_FOUND", field="manifest", found=manifest[:60])
    return view


def _unknown() -> Refusal:
    return refuse("NOT_FOUND", field="link", expected=Phrase("完整的路查链接", "a whole road link"))
