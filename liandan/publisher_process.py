"""The publisher in a process of its own, beside a server (``publisher = "process"``): both ends of what they say to each other.

It decides every entry the second time on another core, and holds the log key where no web request is parsed. The server that starts it
speaks with it over its standard streams: here a line for every commit, there a line of JSON for everything that is news. It ends with its
server, however that ends. One that dies is started again, and the epoch in the checkpoint store sees to it that the dead one has promised
nothing that the new one does not know.
"""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from ledger.publishing.follower import Follower
from ledger.publishing.freeze import Mismatch
from ledger.publishing.publisher import Publisher
from liandan.keyring import read_keyring
from liandan.process import let_end, set_up_logging, tune
from liandan.publishing import publish_until, publisher_pool, publishing
from liandan.settings import Settings
from signing.refusal import Reason, Refusal

log = structlog.get_logger("liandan.publisher_process")

START_S = 600
"""A publisher that takes over after a loss replays what its memory lacks before it is ready."""
AGAIN_S = 1.0
"""Between the death of a publisher and the next one."""
LOOK_S = 1.0
"""Between two looks at what other servers have published, without news of the own publisher."""
STOP_S = 20.0
LINE_MAX = 1 << 20
COMMAND: tuple[str, ...] = (sys.executable, "-m", "liandan.publisher_process")


class Order(Struct, frozen=True, kw_only=True):
    """What a server tells the publisher it starts."""

    settings: Settings
    dsn: str


class News(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the publisher tells its server."""

    ready: bool = False
    vkeys: tuple[str, ...] = ()
    refused: tuple[tuple[str, str, str, str], ...] = ()
    """Why it cannot start: code, field, found, expected."""
    mismatch: str = ""
    """Why it must not start."""


# ---------------------------------------------------------------------- the publisher's side


async def _serve_parent(order: Order, commits: asyncio.StreamReader) -> None:
    """Publish until the server closes the stream of its commits, or dies."""
    settings = order.settings
    try:
        async with publisher_pool(order.dsn) as pool, publishing(settings, read_keyring(settings), pool) as publisher:
            _say(News(ready=True, vkeys=publisher.log_keys))
            hint, gone = asyncio.Event(), asyncio.Event()
            tasks = [asyncio.create_task(_listen(commits, hint, gone)), asyncio.create_task(_tell(publisher))]
            await publish_until(gone, publisher, hint)
            for task in tasks:
                task.cancel()
    except Refusal as refusal:
        _say(News(refused=tuple((r.code, r.field, r.found, r.expected) for r in refusal.reasons)))
    except Mismatch as mismatch:
        _say(News(mismatch=str(mismatch)))


async def _listen(commits: asyncio.StreamReader, hint: asyncio.Event, gone: asyncio.Event) -> None:
    while await commits.read(4096):
        hint.set()
    gone.set()


async def _tell(publisher: Publisher) -> None:
    """A line whenever the checkpoint or the freeze has changed; the server reads both for itself."""
    told: object = None
    while True:
        changed = publisher.changed
        if (now := (publisher.published, publisher.mismatch)) != told:
            told = now
            _say(News())
        await changed.wait()


def _say(news: News) -> None:
    """To the server; if it is gone, the stream of commits says so too."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(msgspec.json.encode(news) + b"\n")
        sys.stdout.buffer.flush()


async def _main() -> None:
    # Whoever stops the server stops its publisher too, after the last publication: not the terminal, not the service manager.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    commits = asyncio.StreamReader(limit=LINE_MAX)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commits), sys.stdin)
    order = msgspec.json.decode(await commits.readline(), type=Order, dec_hook=lambda wanted, value: wanted(value))
    set_up_logging(order.settings.log_json, to=sys.stderr)
    tune()
    await _serve_parent(order, commits)


# ---------------------------------------------------------------------- the server's side


class PublisherProcess:
    """The publisher's process of one server, and the server's view of what it publishes."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._order = Order(settings=settings, dsn=dsn)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> tuple[str, ...]:
        """Start it; the log's note keys once it is ready. Raises what it refuses to start with, Refusal or Mismatch; else OSError."""
        pipe = asyncio.subprocess.PIPE
        # A session of its own: Ctrl-C at the terminal is for the server, which ends its publisher in order.
        self._process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, start_new_session=True, limit=LINE_MAX)
        self._send(msgspec.json.encode(self._order, enc_hook=_plain) + b"\n")
        async with asyncio.timeout(START_S):
            news = await self._news()
        if news is None:
            raise ConnectionError("the publisher's process ended before it was ready: see its log lines")
        if news.mismatch:
            raise Mismatch(news.mismatch)
        if news.refused:
            raise Refusal(Reason(*reason) for reason in news.refused)
        return news.vkeys

    async def run(self, follower: Follower, committed: asyncio.Event) -> None:
        """Pass commits on and take news in until cancelled; a publisher that has died is started again."""
        passing, looking = asyncio.create_task(self._pass_on(committed)), asyncio.create_task(_look(follower))
        try:
            while True:
                while await self._news() is not None:
                    follower.refresh()
                    follower.wake()
                log.error("publisher_died", status=None if self._process is None else self._process.returncode)
                await self._again(follower)
        finally:
            passing.cancel()
            looking.cancel()

    async def _again(self, follower: Follower) -> None:
        try:
            while not await self._is_started():
                pass
        except (Mismatch, Refusal) as error:
            # Appending stops until somebody has looked and started the server again; whatever was promised is still there to read.
            follower.halt(f"the publisher does not start: {error}")
            log.critical("publisher_refuses", error=str(error))
            await asyncio.Event().wait()

    async def _is_started(self) -> bool:
        """One more try, after a moment; a database that is away is waited for."""
        await asyncio.sleep(AGAIN_S)
        try:
            await self.start()
        except (TimeoutError, OSError) as error:
            log.error("publisher_not_started", error=str(error))
            await self.stop()
            return False
        return True

    async def _pass_on(self, committed: asyncio.Event) -> None:
        while True:
            await committed.wait()
            committed.clear()
            self._send(b"\n")

    def _send(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, RuntimeError):  # it has just died: the next one looks for itself
            self._process.stdin.write(line)

    async def _news(self) -> News | None:
        """The next line, or None when the process has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            await self._process.wait()
            return None
        return msgspec.json.decode(line, type=News)

    async def stop(self) -> None:
        """Let it end in order; after a while without being asked again."""
        if self._process is not None and self._process.returncode is None:
            await let_end(self._process, STOP_S)


async def _look(follower: Follower) -> None:
    """Look without news too: a publisher that is paused has none, and another server's may have taken over."""
    while True:
        await asyncio.sleep(LOOK_S)
        with contextlib.suppress(OSError, sqlite3.Error, Refusal):  # whoever publishes says it again
            if follower.refresh():
                follower.wake()


def _plain(value: Any) -> Any:
    """Paths as text."""
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def main() -> None:
    """The publisher's process, from its first line of input to its last."""
    asyncio.run(_main())


if __name__ == "__main__":
    main()
