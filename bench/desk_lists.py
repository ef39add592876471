"""Pages of the desk on a log with so many manifests (50,000 is what the desk's issue asks for), over real HTTP: any page but the first within 300 ms.

The log is that of ``bench.work``: a quarter each issued, under way, arrived and received, three months later, when nearly all is late. Asked are
the lists of each face, pages from their middle by cursor, searches as they are typed, the inspector's answers, and the page of the month before its
statement is drawn and with it; one question after the other.
"""

from __future__ import annotations

import html
import random
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx

from bench.children import Child
from bench.figures import Figure, quantile
from bench.load import FROM, Load
from bench.posting import log_server, run
from bench.work import fill, token_of
from ledger.times import DAY_S, format_at
from liandan.postgres import temporary_directory

ASKED = 40
"""Times that each page is asked for."""
WALKED = 200
"""Pages of a list that are walked by cursor."""
LIMIT_MS = 300
DRAWN_MAX_S = 900
"""A statement of a month is no page: it is waited for by the part that asks for it."""
_NEXT = re.compile(r'rel="next" href="([^"#]+)')
PAGES: Mapping[str, str] = {
    "/desk": "generator", "/desk/manifests": "generator", "/desk/decisions": "generator", "/scale/": "receiver", "/scale/due": "receiver",
    "/scale/stock": "receiver", "/province": "authority",
    "/desk/search": "authority", "/desk/search?only=overdue": "authority", "/desk/search?only=in_transit": "generator",
    "/road": "authority",
}  # fmt: skip
"""Lists, and who asks for them; one that no room serves yet is passed over."""


def measure(manifests: int) -> Iterator[Figure]:
    """Lists, searches and answers, each with its slowest of a hundred."""
    load = Load()
    with temporary_directory() as name, log_server(load, Path(name)) as server:
        fill(server, load, manifests)
        yield from run(_measured(server, load, manifests))


async def _measured(server: Child, load: Load, manifests: int) -> list[Figure]:
    lane, figures = load.lanes[3], list[Figure]()
    async with httpx.AsyncClient(base_url=server.url, timeout=120, trust_env=False) as client:
        size = (await client.get("/v1/log")).json()["committed"]
        parties = {"authority": FROM, "generator": lane.generator, "receiver": lane.receiver}
        sent = {"Liandan-Now": format_at(load.now_s + 90 * DAY_S), "Accept": "text/html"}
        headers = {role: {**sent, **await token_of(client, server.url, party)} for role, party in parties.items()}
        await client.get("/v1/manifests", headers={**headers["authority"], "Prefer": "wait=120"}, params={"min_size": size})
        listed = (await client.get("/v1/manifests?stage=in_transit&limit=200", headers=headers["authority"])).json()["manifests"]
        choose = random.Random(14)
        some = [choose.choice(listed)["id"] for _ in range(ASKED)]
        plates = [
            (await client.get(f"/v1/manifests/{one}", headers=headers["authority"])).json()["legs"][-1]["vehicle"]["plate"]
            for one in some[:8]
        ]
        asked: dict[str, tuple[str, list[str]]] = {path: (role, [path] * ASKED) for path, role in PAGES.items()}
        asked["/road, a plate"] = ("authority", [f"/road?q={quote(plate)}" for plate in plates] * (ASKED // 8))
        asked["/road, a firm"] = (
            "authority",
            [f"/road?q={party}" for party in (lane.generator, lane.carrier, lane.receiver)] * (ASKED // 3),
        )
        asked["/road, a manifest"] = ("authority", [f"/road?q={quote(one)}" for one in some])
        typed = [plate[:length] for plate in plates for length in (1, 3, 5)]
        asked["/desk/search/suggest, an authority"] = ("authority", [f"/desk/search/suggest?q={quote(text)}" for text in typed])
        asked["/desk/search/suggest, a firm"] = ("receiver", [f"/desk/search/suggest?q={quote(text)}" for text in typed])
        for name, (role, paths) in asked.items():
            if (figure := await _asked(client, headers[role], name, paths, manifests)) is not None:
                figures.append(figure)
        figures.append(await _walked(client, headers["authority"], manifests))
        month = format_at(load.now_s)[:7]
        for path, role in (("/province/months", "authority"), ("/desk/months", "generator")):
            figures += await _month(client, headers[role], f"{path}?month={month}", manifests)
    return figures


async def _month(client: httpx.AsyncClient, headers: dict[str, str], path: str, manifests: int) -> list[Figure]:
    """The page stands at once and asks for its statement, which is drawn once as of a state of the log; from then on it comes with the page."""
    before = await _asked(client, headers, f"{path}, before its statement", [path] * ASKED, manifests)
    began = time.perf_counter()
    part = await client.get(path.replace("?", "/statement?"), headers=headers, timeout=DRAWN_MAX_S)
    took = time.perf_counter() - began
    assert part.status_code == 200, part.text[:500]
    note = f"once; {len(part.content) // 1024} KB"
    drawn = Figure(name=f"{path}, its statement drawn, {manifests:,} manifests", value=1000 * took, unit="ms", note=note)
    after = await _asked(client, headers, f"{path}, with its statement", [path] * ASKED, manifests)
    return [one for one in (before, drawn, after) if one is not None]


async def _asked(client: httpx.AsyncClient, headers: dict[str, str], name: str, paths: list[str], manifests: int) -> Figure | None:
    waits, most = list[float](), 0
    for path in paths:
        began = time.perf_counter()
        answer = await client.get(path, headers=headers)
        waits.append(time.perf_counter() - began)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        most = max(most, len(answer.content))
    return _figure(f"{name}, {manifests:,} manifests", waits, f"{len(paths)} times, at most {most // 1024} KB")


async def _walked(client: httpx.AsyncClient, headers: dict[str, str], manifests: int) -> Figure:
    """A list from its beginning on, page by page."""
    waits, path = list[float](), "/desk/search"
    for _ in range(WALKED):
        began = time.perf_counter()
        answer = await client.get(path, headers=headers)
        waits.append(time.perf_counter() - began)
        found = _NEXT.search(answer.text)
        if found is None:
            break
        path = html.unescape(found[1])
    return _figure(f"/desk/search page by page, {manifests:,} manifests", waits, f"{len(waits)} pages of 50")


def _figure(name: str, waits: list[float], note: str) -> Figure:
    middle, slow = (1000 * quantile(waits, share) for share in (0.5, 0.99))
    return Figure(name=f"{name}, p99", value=slow, unit="ms", note=f"at most {LIMIT_MS}; p50 {middle:.0f} ms; {note}")
