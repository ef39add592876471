"""Keys of fictitious parties for whoever tries the demonstration: offered at ``/enter`` on a simulated log, to browsers on this machine alone.

The server keeps none of them: ``liandan demo --serve`` writes a file, and a setting names it. The browser takes a key in as any other, so that
it cannot be read out again.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get
from msgspec import Struct

from ledger.log import Log
from liandan.settings import Settings
from signing.files import read_whole
from signing.refusal import refuse

FILE_MAX = 262_144
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
HOSTS = ("127.0.0.1", "localhost", "::1")
"""A page of another name that resolves to this machine is not this machine's (DNS rebinding), whatever its browser says of its origin."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy: what comes through one is not known to come from here."""


class SignIn(Struct, frozen=True, kw_only=True):
    """One face with its key."""

    face: str
    zh: str
    en: str
    name: str
    uscc: str
    next: str
    pem: str
    passphrase: str


@lru_cache(4)
def _read(path: Path, changed_ns: int) -> tuple[SignIn, ...]:
    return msgspec.json.decode(read_whole(path, FILE_MAX), type=tuple[SignIn, ...])


def _host(request: Request[Any, Any, Any]) -> str | None:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return None


def sign_ins(request: Request[Any, Any, Any], log: Log) -> tuple[SignIn, ...]:
    """What this browser is offered; nothing on a log that is not simulated, to other machines, and through proxies."""
    settings: Settings = request.app.state.settings
    place = settings.demo_sign_ins
    peer = (request.scope.get("client") or ("", 0))[0]
    is_near = peer in LOOPBACK and _host(request) in HOSTS and not any(name in request.headers for name in FORWARDED)
    if place is None or not log.simulated or not is_near:
        return ()
    try:
        return _read(place, place.stat().st_mtime_ns)
    except OSError:  # the demonstration has not laid it out yet
        return ()


@get("/enter/demo", include_in_schema=False)
async def get_sign_ins(request: Request[Any, Any, Any]) -> Response[list[SignIn]]:
    """The keys, for the page that offers them; for no other page, whatever it asks with."""
    found = sign_ins(request, request.app.state.service.log)
    if not found or request.headers.get("sec-fetch-site") != "same-origin":
        raise refuse("NOT_FOUND", field="path", found="/enter/demo")
    return Response(list(found), headers={"Cache-Control": "no-store"})
