"""The driver's pages: ``/drive/``, one trip, the worker that keeps them without a network, and the manifest of the installed page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litestar import Response, get

from ledger.describing import InGenerator, InUlid
from liandan.desk.driver.service import read_code, read_trip, read_trips
from liandan.desk.driver.trip import STATES, DriverTrip, TripItem
from liandan.desk.driver.words import WORDS
from liandan.desk.shell.assets import address, assets, version
from liandan.desk.shell.frame import TheVisit, Visit, page
from liandan.desk.shell.policy import ALWAYS
from reports.press import Press
from reports.routes import ThePress

SCRIPTS, STYLES = ("driver/drive.js",), ("css/island.css", "driver/drive.css")
ROOMS = ("driver/", "island/", "css/", "shell/")
"""What of the desk's files a phone keeps, and of what others made:"""
VENDORED = ("vendor/lean-qr.mjs", "vendor/noble-ed25519.js", "vendor/jsQR.js")
WORKER = "driver/worker.js"
SAID = tuple(key.removeprefix("js_") for key in WORDS if key.startswith("js_"))
"""Words of the page's own module."""
_SHELL = '/*{{shell}}*/ { version: "", files: [] }'


@get("/drive/", include_in_schema=False)
async def get_drive(visit: TheVisit, press: ThePress) -> Response[str]:
    """The trip that comes first, and the others."""
    found = await read_trips(visit.log, visit.who, visit.lang, visit.now_s)
    if not found:
        state = await visit.log.state()
        return _page(visit, "driver/none.html", None, (), "", "" if state is None else state.found)
    return await _trip(visit, press, found[0].id, found)


@get("/drive/m/{generator:str}/{ulid:str}", include_in_schema=False)
async def get_drive_trip(visit: TheVisit, press: ThePress, generator: InGenerator, ulid: InUlid) -> Response[str]:
    """One trip."""
    return await _trip(visit, press, f"{generator}/{ulid}", await read_trips(visit.log, visit.who, visit.lang, visit.now_s))


async def _trip(visit: Visit, press: Press, name: str, found: tuple[TripItem, ...]) -> Response[str]:
    trip = await read_trip(visit.log, visit.who, name, visit.lang)
    code = await read_code(visit.log, press, visit.who, name)
    return _page(visit, "driver/trip.html", trip, tuple(one for one in found if one.id != name), code)


def _page(visit: Visit, template: str, trip: DriverTrip | None, others: tuple[TripItem, ...], code: str, log: str = "") -> Response[str]:
    place = 0 if visit.lang == "zh" else 1
    told = {name: WORDS[f"js_{name}"][place] for name in SAID}
    return page(
        visit,
        template,
        words=WORDS,
        title=WORDS["title"][place],
        head=SCRIPTS,
        styles=STYLES,
        trusted_types=True,
        trip=trip,
        others=others,
        code=code,
        found=log,
        states=STATES,
        told=told,
    )


def kept_files() -> list[str]:
    """Addresses of the files that the page needs without a network."""
    return [address(path) for path in assets() if path.startswith(ROOMS) or path in VENDORED]


@get("/drive/sw.js", include_in_schema=False)
async def get_worker() -> Response[bytes]:
    """The worker, which names the files that it keeps: another version of them is another worker."""
    source = (Path(__file__).parents[1] / "static" / WORKER).read_text(encoding="utf-8")
    assert _SHELL in source, "the worker has a place for its files"
    told = json.dumps({"version": version(), "files": kept_files()})
    headers = {**ALWAYS, "Cache-Control": "no-cache", "Content-Security-Policy": "default-src 'none'; connect-src 'self'"}
    return Response(source.replace(_SHELL, told).encode(), media_type="text/javascript", headers=headers)


@get("/drive/manifest.webmanifest", include_in_schema=False)
async def get_manifest() -> Response[bytes]:
    """Name, icons and address of the installed page (W3C Web Application Manifest)."""
    icon = {"type": "image/png", "purpose": "any"}
    about: Mapping[str, Any] = {
        "id": "/drive/", "name": "联单·司机 / Liandan driver", "short_name": "联单司机", "lang": "zh-CN", "start_url": "/drive/", "scope": "/drive/",
        "display": "standalone", "orientation": "portrait", "background_color": "#f7f9f8", "theme_color": "#1f5a4c",
        "icons": [
            {"src": address("driver/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": address("driver/icon-192.png"), "sizes": "192x192", **icon},
            {"src": address("driver/icon-512.png"), "sizes": "512x512", **icon},
            {"src": address("driver/icon-512.png"), "sizes": "512x512", **icon, "purpose": "maskable"},
        ],
    }  # fmt: skip
    raw = json.dumps(about, ensure_ascii=False).encode()
    return Response(raw, media_type="application/manifest+json", headers={**ALWAYS, "Cache-Control": "no-cache"})


HANDLERS = (get_drive, get_drive_trip, get_worker, get_manifest)
