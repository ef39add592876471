"""A publisher from settings and keys, for whichever process runs it; and the one in a process of its own (``publisher = "process"``).

The latter decides every entry the second time on another core, and holds the log key where no web request is parsed. The server that starts it
speaks with it over its standard streams: here a line for every commit, there a line of JSON for everything that is news. It ends with its
server, however that ends. One that dies is started again, and the epoch in the checkpoint store sees to it that the dead one has promised
nothing that the new one does not know.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import msgspec
import structlog
import uvloop
from asyncpg import Pool, Record
from msgspec import Struct

from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Contradicted, Cosigning
from ledger.publishing.files import VKEYS, LogFiles
from ledger.publishing.follower import Follower
from ledger.publishing.freeze import Mismatch, write_evidence
from ledger.publishing.publisher import Publisher
from ledger.publishing.signer import CheckpointSigner, LocalSigner, RemoteSigner
from ledger.witnessing.client import Collector
from liandan.database import open_pool
from liandan.keyring import ServerKeys, read_keyring
from liandan.process import let_end, set_up_logging, tune
from liandan.settings import Settings
from liandan.store_registration import register_store
from liandan.wiring import KINDS
from signing.phrase import Phrase, Word, as_word
from signing.refusal import Reason, Refusal, refuse
from whitelist.adopted import data_files

log = structlog.get_logger("liandan.publisher_process")

START_S = 600
"""A publisher that takes over after a loss replays what its memory lacks before it is ready."""
TELL_S = 1.0
"""How often the publisher looks whether what hinders it has changed."""
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
    refused: tuple[tuple[str, str, Word, Word], ...] = ()
    """Why it cannot start: code, field, found, expected."""
    mismatch: str = ""
    """Why it must not start."""
    trouble: str = ""
    """What hinders publication now."""


@asynccontextmanager
async def publishing(settings: Settings, keys: ServerKeys, pool: Pool[Record]) -> AsyncIterator[Publisher]:
    """A publisher that has found nothing wrong, not running yet; raises Mismatch and Refusal."""
    async with AsyncExitStack() as stack:
        checkpoints = stack.enter_context(contextlib.closing(CheckpointStore(settings.checkpoint_path)))
        await register_store(pool, checkpoints)
        signer = await asyncio.to_thread(_signer, settings, keys)
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        fallback_s = None if settings.witness_fallback_s < 0 else float(settings.witness_fallback_s)
        # A witness without an address is one that does not answer: the policy in the log wants it all the same.
        collector, timeout_s = Collector(http, signer.vkeys), settings.witness_timeout_ms / 1000
        cosigning = Cosigning(collector, settings.witness_addresses, timeout_s=timeout_s, fallback_s=fallback_s)
        files = LogFiles(settings.log_path, settings.entries_path)
        if moved := await asyncio.to_thread(files.take_in):
            log.info("entries_moved", files=moved, to=str(files.closed))
        publisher = Publisher(
            pool, checkpoints, files, keys.origin, signer, kinds=KINDS, cosigning=cosigning,
            interval_s=settings.publish_interval_ms / 1000, republish_s=settings.republish_s,
        )  # fmt: skip
        put_adopted_data(publisher.files)
        publisher.files.write(VKEYS, "".join(f"{vkey}\n" for vkey in signer.vkeys).encode())
        stack.callback(publisher.close)
        try:
            await asyncio.to_thread(publisher.start)
            await publisher.check()
        except Mismatch as mismatch:
            if not isinstance(mismatch.__cause__, Contradicted):  # that one has left its own evidence
                write_evidence(publisher.files, mismatch, publisher.files.read("checkpoint"))
            raise
        yield publisher


def put_adopted_data(files: LogFiles) -> None:
    """Data sets and rulesets that ship with this program, under their SHA-256: what a founding or adoption may name."""
    files.put_data(file.path.read_bytes() for file in data_files())
    files.put_data(ruleset.file for ruleset in KINDS.rulesets.values())


def _signer(settings: Settings, keys: ServerKeys) -> CheckpointSigner:
    """The log key of this process, or the signer process; blocks on its socket."""
    if settings.signer_socket is not None:
        return RemoteSigner(settings.signer_socket)
    if keys.log is None:
        raise refuse(
            "KEYRING",
            field="key_file",
            found=Phrase("没有账本密钥", "no log key"),
            expected=Phrase("账本密钥，或 signer_socket", "a log key, or signer_socket"),
        )
    return LocalSigner(keys.origin, keys.log, keys.log_ml_dsa)


async def publish_until(stop: asyncio.Event, publisher: Publisher, hint: asyncio.Event) -> None:
    """Publish until ``stop`` is set; a publisher that has frozen waits for it. What nobody foresaw is raised, so that the process is
    started again and does not hold the lead for nothing.
    """
    running, stopping = asyncio.create_task(publisher.run(hint)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
            await stopping
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)


# ---------------------------------------------------------------------- the publisher's side


async def _serve_parent(order: Order, commits: asyncio.StreamReader) -> None:
    """Publish until the server closes the stream of its commits, or dies."""
    settings = order.settings
    try:
        pool = await open_pool(order.dsn, min_size=1, max_size=2)  # it reads, one range at a time
        async with pool, publishing(settings, read_keyring(settings), pool) as publisher:
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
    """A line whenever the checkpoint, the freeze or what hinders publication has changed; the server reads the first two for itself."""
    told: object = None
    while True:
        changed = publisher.changed
        if (now := (publisher.published, publisher.mismatch, publisher.hindered)) != told:
            told = now
            _say(News(trouble=publisher.hindered))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TELL_S):
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
        self._send(msgspec.json.encode(self._order, enc_hook=str) + b"\n")
        async with asyncio.timeout(START_S):
            news = await self._news()
        if news is None:
            raise ConnectionError("the publisher's process ended before it was ready: see its log lines")
        if news.mismatch:
            raise Mismatch(news.mismatch)
        if news.refused:
            raise Refusal(Reason(code, field, as_word(found), as_word(expected)) for code, field, found, expected in news.refused)
        return news.vkeys

    async def run(self, follower: Follower, committed: asyncio.Event) -> None:
        """Pass commits on and take news in until cancelled; a publisher that has died is started again."""
        passing, looking = asyncio.create_task(self._pass_on(committed)), asyncio.create_task(_look(follower))
        try:
            while True:
                while (news := await self._news()) is not None:
                    follower.trouble = news.trouble
                    follower.refresh()
                    follower.wake()
                follower.trouble = "the publisher's process has ended and is started again"
                log.error("publisher_died", status=None if self._process is None else self._process.returncode)
                await self._again(follower)
                follower.trouble = ""
        finally:
            passing.cancel()
            looking.cancel()

    async def _again(self, follower: Follower) -> None:
        """Try until the next one is ready, each time after a moment; a database that is away is waited for."""
        while True:
            await asyncio.sleep(AGAIN_S)
            try:
                await self.start()
                return
            except (TimeoutError, OSError) as error:
                log.error("publisher_not_started", error=str(error))
                await self.stop()
            except (Mismatch, Refusal) as error:
                # Appending stops until somebody has looked and started the server again; whatever was promised is still there to read.
                follower.halt(f"the publisher does not start: {error}")
                log.critical("publisher_refuses", error=str(error))
                await asyncio.Event().wait()

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


def main() -> None:
    """The publisher's process, from its first line of input to its last."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())


if __name__ == "__main__":
    main()
