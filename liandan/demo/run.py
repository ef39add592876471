"""``liandan demo``: the whole demonstration from an empty directory to the summary. The only file of the demo that knows every other.

What it takes home over HTTP: entries, certificates, the month's statements. (The export is the product's own.) Its directory holds the
results and the server's data; only what a demonstration made is ever removed. ``DIR/.liandan-demo`` marks such a directory and names the
data directory, normally ``DIR/data``. Where root runs the demonstration below a directory that the database's account cannot enter, the
data lies in /var/tmp instead, so that no mode of a foreign directory changes.
"""

import asyncio
import shutil
import signal
import tempfile
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.auditing.audit import audit
from ledger.publishing.files import LogFiles
from liandan.client import AsyncLiandan, Dishonest, RequestRefused, Unavailable
from liandan.demo import calendar
from liandan.demo.cast import CAST
from liandan.demo.exchange import exchange
from liandan.demo.founding import Keyring, founding
from liandan.demo.months import agree, close_month
from liandan.demo.play import HttpPoster, Scribe, Unplanned, found_log, play
from liandan.demo.sandbox import SIGN_INS, sandbox
from liandan.demo.screen import Screen, show
from liandan.demo.server_process import server
from liandan.demo.story import Story, tell
from liandan.demo.summary import Books, MonthClosed, Summary, summarize
from liandan.demo.witnesses import WITNESSES, Witnesses, policy_lines, witnessing
from liandan.export import archived_at, archived_in, export, fetch_url, reader_of
from liandan.keyring import write_keyring
from liandan.postgres.account import server_account
from liandan.postgres.temporary import is_halted
from liandan.wiring import KINDS
from manifests.model import Stage
from manifests.view import ManifestView
from signing.phrase import Phrase
from signing.refusal import refuse

SEED = 20261001
MARK = ".liandan-demo"
LEAVING_S = 30
"""The server of a run that was just killed needs a moment to stop in order."""
AT_ONCE = 4
"""Requests under way; more would only wait for each other on two cores."""
WAYS = ("51-50", "50-51")
FORMATS = ("pdf", "xlsx", "json")
COMPLETED = frozenset({Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED, Stage.CLOSED, Stage.CLOSED_REJECTED})
"""Stages in which the receiver has confirmed, so that a certificate may be given (R-74): a rejection is a confirmation too."""


class _Demo(Struct):
    out: Path
    data: Path
    story: Story
    keyring: Keyring
    screen: Screen


async def run(out: Path, seed: int = SEED, serve: bool = False, screen: Screen | None = None) -> Summary:
    """Play the story into ``out`` and write its results; with ``serve`` the server stays up until the caller is cancelled. Raises Refusal
    (DEMO_DIRECTORY, DEMO_FAILED, those of embedded PostgreSQL). Interrupted anywhere, even by ``kill -9``, it leaves a data directory that
    ``liandan serve`` starts again and that audits clean.
    """
    screen = screen or Screen()
    data = await asyncio.to_thread(prepare, out)
    demo = _Demo(out, data, tell(seed), Keyring(seed), screen)
    try:
        async with _online(demo) as (poster, witnesses):
            with screen.progress:
                summary = await _phases(demo, poster, witnesses)
            (out / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n")
            show(summary, out, screen.console)
            if serve:
                async with sandbox(
                    out, poster, demo.keyring, lambda told: screen.console.print(told, markup=False, soft_wrap=True)
                ) as page:
                    await wait_for_ctrl_c(poster.url, page, screen)
    except (Unplanned, RequestRefused, Unavailable, Dishonest) as error:
        raise refuse("DEMO_FAILED", field=type(error).__name__, found=error, expected=out / "server.log") from error
    return summary


@asynccontextmanager
async def _online(demo: _Demo) -> AsyncIterator[tuple[HttpPoster, Witnesses]]:
    """The server with its keys in place and its witnesses beside it, the log founded, and a client of it."""
    keys = demo.keyring.server
    demo.data.mkdir(exist_ok=True)
    await asyncio.to_thread(write_keyring, keys, demo.data / "keys.pem", demo.data / "passphrase")
    demo.screen.console.print(f"正在启动：内置 PostgreSQL、服务和两地见证节点，数据在 {demo.data}/ …", markup=False, soft_wrap=True)
    begun = time.monotonic()
    # The operator puts what the log will adopt into its data/ directory first.
    await asyncio.to_thread(LogFiles(demo.data / "log", demo.data / "entries").put_data, CAST.data.values())
    statement = founding(demo.keyring, policy_lines(demo.keyring))
    async with (
        witnessing(demo.out, demo.keyring, keys.vkeys) as witnesses,
        server(demo.data, demo.out / "server.log", witnesses.setting, demo.out / "sandbox" / SIGN_INS) as url,
    ):
        await witnesses.start(url)
        async with found_log(url, statement, demo.keyring) as poster:
            demo.screen.seconds["start"] = round(time.monotonic() - begun, 1)
            yield poster, witnesses


async def _phases(demo: _Demo, poster: HttpPoster, witnesses: Witnesses) -> Summary:
    screen, out, story, books = demo.screen, demo.out, demo.story, Books()
    with screen.phase("story", "推演十月", story.acts) as bar:
        scribe = Scribe(demo.keyring, poster.found, story.world)
        played = await play(story.slots, scribe, poster, lambda count, now: bar.step(count, now[5:10]))
        await exchange(story.world, scribe, poster)
    with screen.phase("months", "结账并由两地确认", 2) as bar:
        closed, known = await close_month(demo.data, demo.keyring, poster), list[Entry]()
        bar.step()
        async for entry in entries(poster.client):
            books.watch(entry)
            known.append(entry)
        await agree(demo.data, closed, known, demo.keyring, poster)
        bar.step()
    with screen.phase("certificates", "出具转移证明", len(list_completed(books.views.values()))) as bar:
        count = await certificates(poster.client, books.views.values(), out / "certificates", bar.step)
    with screen.phase("statements", "编制月度对账单", len(WAYS) * len(FORMATS)) as bar:
        files = await reconciliations(poster.client, calendar.MONTH, closed, out, bar.step)
    # Last, so that every checkpoint that a document prints is archived by now (formats §4).
    with screen.phase("export", "导出账本") as bar:
        await export(fetch_url(poster.client), await archived_at(poster.client), out / "export", KINDS, bar.reach)
    with screen.phase("audit", "审计导出件") as bar:
        audited, read, sizes = Books(), reader_of(out / "export"), iter(archived_in(out / "export"))
        report = await asyncio.to_thread(audit, read, KINDS, archived=sizes, watch=audited.watch, progress=bar.reach)
    with screen.phase("witnesses", "核对两地镜像", len(WITNESSES)) as bar:
        witnessed = await witnesses.witnessed(out / "export", bar.step)
    summary = summarize(demo.keyring.seed, calendar.MONTH, story.world, played, audited, report)
    summary.certificates, summary.statements, summary.witnesses, summary.months = count, files, witnessed, closed
    summary.data_dir, summary.seconds = str(demo.data), dict(screen.seconds)
    return summary


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


async def reconciliations(
    client: AsyncLiandan, month: str, closed: Iterable[MonthClosed], out: Path, done: Callable[[], None]
) -> tuple[str, ...]:
    """Write ``reconciliation-<month>-<way>.<format>`` for both ways in all formats, as the month was closed; the names."""
    names, sizes = [], {one.way: one.size for one in closed}
    for way, kind in product(WAYS, FORMATS):
        source, destination = way.split("-")
        wanted: dict[str, str | int | None] = {"from": source, "to": destination, "size": sizes[way]}
        content = await client.get(f"/v1/reconciliations/{month}.{kind}", **wanted)
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


async def wait_for_ctrl_c(url: str, page: Path, screen: Screen) -> None:
    """Say where the server is and wait for Ctrl-C, which is how it is meant to end: in order, and with exit code 0."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    screen.console.print(
        f"服务仍在运行：{url}　按 Ctrl-C 结束。\n工作台：用浏览器打开 {url}/enter ，选一个身份进入。\n试用沙箱（密钥、可直接执行的命令、会签回的对方）：{page}",
        markup=False,
        soft_wrap=True,
    )
    await ended.wait()
    screen.console.print("正在停止服务 …")


def prepare(out: Path) -> Path:
    """Make ``out`` ready for a new run and return its data directory; Refusal DEMO_DIRECTORY for a directory that is not ours to clear."""
    out.mkdir(parents=True, exist_ok=True)
    mark = out / MARK
    if not mark.exists() and any(out.iterdir()):
        raise refuse(
            "DEMO_DIRECTORY", field="out", found=out, expected=Phrase(f"空目录，或含 {MARK} 的目录", f"an empty directory, or {MARK}")
        )
    if mark.exists():
        _clear(out, Path(mark.read_text(encoding="utf-8").strip() or out / "data"))
    data = _data_directory(out)
    mark.write_text(f"{data}\n", encoding="utf-8")
    return data


def _clear(out: Path, data: Path) -> None:
    """Stop what an interrupted run left behind, then remove its files; the mark goes last."""
    deadline = time.monotonic() + LEAVING_S
    while not is_halted(data):
        if time.monotonic() >= deadline:
            raise refuse("DEMO_DIRECTORY", field="out", found=data, expected=Phrase("已结束的演示", "a demonstration that has ended"))
        time.sleep(0.5)
    shutil.rmtree(data, ignore_errors=True)
    for found in sorted(out.iterdir()):
        if found.name == MARK:
            continue
        shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
    (out / MARK).unlink()


def _data_directory(out: Path) -> Path:
    data = out.absolute() / "data"
    if server_account(data / "postgres").reaches(data.parent):
        return data
    found = Path(tempfile.mkdtemp(prefix="liandan-demo-", dir="/var/tmp"))
    found.chmod(0o711)  # the server's account must pass; what lies inside is closed by its own mode
    return found
