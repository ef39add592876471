"""``liandan demo``: the whole demonstration from an empty directory to the summary. The only file of the demo that knows every other.

What it takes home over HTTP: entries, certificates, the month's statements. (The export is the product's own.)
"""

import asyncio
import signal
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import product
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.auditing.audit import AuditReport, audit
from liandan.client import AsyncLiandan, Dishonest, RequestRefused, Unavailable
from liandan.demo import calendar, home
from liandan.demo.cast import CAST
from liandan.demo.founding import Keyring, founding
from liandan.demo.http_poster import HttpPoster, found_log
from liandan.demo.play import Played, Scribe, Unplanned, play
from liandan.demo.screen import Bar, Screen, show
from liandan.demo.server_process import server
from liandan.demo.story import Story, tell
from liandan.demo.summary import Books, Summary, summarize
from liandan.demo.witnesses import WITNESSES, Witnesses, policy_lines, witnessing
from liandan.export import archived_at, archived_in, export, fetch_url, reader_of
from liandan.keyring import write_keyring
from liandan.wiring import KINDS
from manifests.model import Stage
from manifests.view import ManifestView
from signing.refusal import refuse

SEED = 20261001
AT_ONCE = 4
"""Requests under way; more would only wait for each other on two cores."""
WAYS = ("51-50", "50-51")
FORMATS = ("pdf", "xlsx", "json")
COMPLETED = frozenset({Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED, Stage.CLOSED, Stage.CLOSED_REJECTED})
"""Stages in which the receiver has confirmed, so that a certificate may be given (R-74): a rejection is a confirmation too."""


class _Demo(Struct):
    """What the phases hand to each other."""

    out: Path
    data: Path
    seed: int
    story: Story
    keyring: Keyring
    screen: Screen


async def run(out: Path, seed: int = SEED, serve: bool = False, screen: Screen | None = None) -> Summary:
    """Play the story into ``out`` and write its results; with ``serve`` the server stays up until the caller is cancelled.

    Raises Refusal (DEMO_DIRECTORY, DEMO_FAILED, those of embedded PostgreSQL). Interrupted anywhere, even by ``kill -9``, it leaves a data
    directory that ``liandan serve`` starts again and that audits clean.
    """
    screen = screen or Screen()
    data = await asyncio.to_thread(home.prepare, out)
    demo = _Demo(out, data, seed, tell(seed), Keyring(seed), screen)
    try:
        async with _online(demo) as (poster, witnesses):
            with screen.showing():
                summary = await _phases(demo, poster, witnesses)
            (out / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n")
            show(summary, out, screen.console)
            if serve:
                await wait_for_ctrl_c(poster.url, screen)
    except (Unplanned, RequestRefused, Unavailable, Dishonest) as error:
        raise refuse("DEMO_FAILED", field=type(error).__name__, found=error, expected=out / "server.log") from error
    return summary


def _lay_out_data(home: Path) -> None:
    """The operator puts what the log will adopt into its ``data/`` directory first."""
    folder = home / "log" / "data"
    folder.mkdir(parents=True)
    for raw in CAST.data.values():
        (folder / sha256(raw).hexdigest()).write_bytes(raw)


@asynccontextmanager
async def _online(demo: _Demo) -> AsyncIterator[tuple[HttpPoster, Witnesses]]:
    """The server with its keys in place and its witnesses beside it, the log founded, and a client of it."""
    keys = demo.keyring.server
    demo.data.mkdir(exist_ok=True)
    await asyncio.to_thread(write_keyring, keys, demo.data / "keys.pem", demo.data / "passphrase")
    demo.screen.console.print(f"正在启动：内置 PostgreSQL、服务和两地见证节点，数据在 {demo.data}/ …", markup=False, soft_wrap=True)
    begun = time.monotonic()
    await asyncio.to_thread(_lay_out_data, demo.data)
    statement = founding(demo.keyring, policy_lines(demo.keyring))
    async with (
        witnessing(demo.out, demo.keyring, keys.vkeys) as witnesses,
        server(demo.data, demo.out / "server.log", witnesses.setting) as url,
    ):
        await witnesses.start(url)
        async with found_log(url, statement, demo.keyring) as poster:
            demo.screen.seconds["start"] = round(time.monotonic() - begun, 1)
            yield poster, witnesses


async def _phases(demo: _Demo, poster: HttpPoster, witnesses: Witnesses) -> Summary:
    played = await _play(demo, poster)
    screen, out = demo.screen, demo.out
    books = Books()
    async for entry in entries(poster.client):
        books.watch(entry)
    with screen.phase("certificates", "出具存证证明", len(list_completed(books.views.values()))) as bar:
        count = await certificates(poster.client, books.views.values(), out / "certificates", bar.step)
    with screen.phase("statements", "编制月度对账单", len(WAYS) * len(FORMATS)) as bar:
        files = await reconciliations(poster.client, calendar.MONTH, out, bar.step)
    # Last, so that every checkpoint that a document prints is archived by now (formats §4).
    with screen.phase("export", "导出账本") as bar:
        await export(fetch_url(poster.client), await archived_at(poster.client), out / "export", KINDS, bar.reach)
    with screen.phase("audit", "审计导出件") as bar:
        audited, report = await asyncio.to_thread(_audit, out / "export", bar)
    with screen.phase("witnesses", "核对两地镜像", len(WITNESSES)) as bar:
        witnessed = await witnesses.witnessed(out / "export", bar.step)
    summary = summarize(demo.seed, calendar.MONTH, demo.story.world, played, audited, report)
    summary.certificates, summary.statements, summary.witnesses = count, files, witnessed
    summary.data_dir, summary.seconds = str(demo.data), dict(screen.seconds)
    return summary


async def _play(demo: _Demo, poster: HttpPoster) -> Played:
    with demo.screen.phase("story", "推演十月", demo.story.acts) as bar:

        def progress(count: int, now: str) -> None:
            bar.step(count, now[5:10])

        return await play(demo.story.slots, Scribe(demo.keyring, poster.found, demo.story.world), poster, progress)


def _audit(folder: Path, bar: Bar) -> tuple[Books, AuditReport]:
    """Recompute the export from its bytes alone."""
    books = Books()
    return books, audit(reader_of(folder), KINDS, archived=iter(archived_in(folder)), watch=books.watch, progress=bar.reach)


def list_completed(views: Iterable[ManifestView]) -> list[ManifestView]:
    """Manifests that get a certificate, in the order of issue."""
    return sorted((view for view in views if view.state.stage in COMPLETED), key=lambda view: (view.issued_s, view.chain))


async def certificates(client: AsyncLiandan, views: Iterable[ManifestView], folder: Path, done: Callable[[], None]) -> int:
    """Write ``<number or ULID>.pdf`` for every completed manifest; how many."""
    await asyncio.to_thread(folder.mkdir)
    gate = asyncio.Semaphore(AT_ONCE)
    wanted = list_completed(views)

    async def fetch(view: ManifestView) -> None:
        async with gate:
            content = await client.get(f"/v1/manifests/{view.ulid}/certificate.pdf")
        await asyncio.to_thread((folder / f"{view.state.number or view.ulid}.pdf").write_bytes, content)
        done()

    await asyncio.gather(*map(fetch, wanted))
    return len(wanted)


async def reconciliations(client: AsyncLiandan, month: str, out: Path, done: Callable[[], None]) -> tuple[str, ...]:
    """Write ``reconciliation-<month>-<way>.<format>`` for both ways in all formats; the names."""
    names = []
    for way, kind in product(WAYS, FORMATS):
        source, destination = way.split("-")
        content = await client.get(f"/v1/reconciliations/{month}.{kind}", **{"from": source, "to": destination})
        names.append(f"reconciliation-{month}-{way}.{kind}")
        await asyncio.to_thread((out / names[-1]).write_bytes, content)
        done()
    return tuple(names)


async def entries(client: AsyncLiandan) -> AsyncIterator[Entry]:
    """All published entries, from the feed."""
    after, size = -1, 1
    while after < size - 1:
        page = await client.feed(after, 1000)
        for item in page.entries:
            yield read_entry(b64decode(item.entry), KINDS)
        after, size = page.next, page.size


async def wait_for_ctrl_c(url: str, screen: Screen) -> None:
    """Say where the server is and wait for Ctrl-C, which is how it is meant to end: in order, and with exit code 0."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    screen.console.print(f"服务仍在运行：{url}　按 Ctrl-C 结束。")
    await ended.wait()
    screen.console.print("正在停止服务 …")
