"""What the demonstration takes home over HTTP: entries, certificates, the month's statements. (The export is the product's own.)"""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from ledger.admission.entry import Entry, read_entry
from liandan.demo.http_poster import HttpPoster
from liandan.wiring import KINDS
from manifests.model import Stage
from manifests.view import ManifestView

AT_ONCE = 4
"""Requests under way; more would only wait for each other on two cores."""
WAYS = ("51-50", "50-51")
FORMATS = ("pdf", "xlsx", "json")
COMPLETED = frozenset({Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED, Stage.CLOSED, Stage.CLOSED_REJECTED})
"""Stages in which the receiver has confirmed, so that a certificate may be given (R-74): a rejection is a confirmation too."""


def list_completed(views: Iterable[ManifestView]) -> list[ManifestView]:
    """Manifests that get a certificate, in the order of issue."""
    return sorted((view for view in views if view.state.stage in COMPLETED), key=lambda view: (view.issued_s, view.chain))


async def certificates(poster: HttpPoster, views: Iterable[ManifestView], folder: Path, done: Callable[[], None]) -> int:
    """Write ``<number or ULID>.pdf`` for every completed manifest; how many."""
    await asyncio.to_thread(folder.mkdir)
    gate = asyncio.Semaphore(AT_ONCE)
    wanted = list_completed(views)

    async def fetch(view: ManifestView) -> None:
        async with gate:
            content = await poster.get(f"/v1/manifests/{view.ulid}/certificate.pdf")
        await asyncio.to_thread((folder / f"{view.state.number or view.ulid}.pdf").write_bytes, content)
        done()

    await asyncio.gather(*map(fetch, wanted))
    return len(wanted)


async def reconciliations(poster: HttpPoster, month: str, out: Path, done: Callable[[], None]) -> tuple[str, ...]:
    """Write ``reconciliation-<month>-<way>.<format>`` for both ways in all formats; the names."""
    names = []
    for way in WAYS:
        source, destination = way.split("-")
        for kind in FORMATS:
            name = f"reconciliation-{month}-{way}.{kind}"
            content = await poster.get(f"/v1/reconciliations/{month}.{kind}", **{"from": source, "to": destination})
            await asyncio.to_thread((out / name).write_bytes, content)
            names.append(name)
            done()
    return tuple(names)


async def entries(poster: HttpPoster) -> AsyncIterator[Entry]:
    """All published entries, from the feed."""
    after, size = -1, 1
    while after < size - 1:
        page = json.loads(await poster.get("/v1/feed", after=after, limit=1000))
        for item in page["entries"]:
            yield read_entry(b64decode(item["entry"]), KINDS)
        after, size = page["next"], page["size"]
