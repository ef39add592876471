"""Assembling and running: settings, keys, database, log, background tasks, HTTP; stopped in the opposite order.

Start: embedded PostgreSQL or the given one; migrate (embedded only) and check the schema; pool; static files, checkpoint store and
publisher, which refuses a restored backup or a fork (Mismatch); sequencer; projections; refusal pages. Stop: HTTP first, so that whoever
was told to wait gets his answer; then the sequencer; the publisher after a last step; the pool; PostgreSQL last.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
import uvicorn
from asyncpg import InterfaceError, Pool, PostgresError, Record
from msgspec import Struct

from ledger.admission.kind_table import DataSets
from ledger.admission.refusals import publish_refusals
from ledger.admission.sequencer import Busy
from ledger.log import Log
from ledger.pending.posting import Posting
from ledger.pending.store import tell_nobody
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from ledger.publishing.follower import Follower
from ledger.publishing.freeze import Mismatch
from ledger.registrations.service import Registrations
from ledger.service import Service
from ledger.vault.keys import KeyStore
from ledger.vault.service import Vault
from liandan.access import App
from liandan.app import create_app
from liandan.attachments import evidence_of, keep_swept
from liandan.connection import Connection
from liandan.database import check_schema, connect, database_url, open_pool
from liandan.desk.live.streams import Streams
from liandan.health import Metrics
from liandan.identity import Identity
from liandan.keyring import IssuerWatch, ServerKeys, read_keyring
from liandan.projector import Projector
from liandan.publisher_process import PublisherProcess, publishing
from liandan.reminders.postman import read_relay
from liandan.reminders.service import Reminders
from liandan.settings import Settings
from liandan.statements import kept_statements
from liandan.webhooks.address import read_networks
from liandan.webhooks.keys import WebhookKeys
from liandan.webhooks.pending import PendingNotices
from liandan.webhooks.process import WebhookRunner
from liandan.webhooks.service import Webhooks
from liandan.wiring import KINDS
from manifests.service import describe_manifests, remedy_of
from reports.drawing import Drawer, StatementSource
from reports.press import Cache, Press
from signing.phrase import Phrase
from signing.refusal import refuse

log = structlog.get_logger("liandan.server")

PAGES_EVERY_S = 60
SWEEP_EVERY_S = 600
STOP_S = 20
"""Seconds that open requests get to end; they wait 30 s at most for a publication that comes within one."""
START_POLL_S = 0.01
DRAIN_S = 5.0
"""Seconds that a last publication gets: HTTP stays up for it, because witnesses fetch entries before they cosign."""


class Running(Struct, frozen=True, kw_only=True):
    """An assembled server without its HTTP."""

    service: Service
    app: App
    streams: Streams


@asynccontextmanager
async def assemble(
    settings: Settings, *, keyring: ServerKeys | None = None, base_url: str | None = None, is_projecting: bool = True
) -> AsyncIterator[Running]:
    """Everything but HTTP, running; raises Refusal and Mismatch instead of starting on something wrong."""
    assert keyring is None or settings.publisher == "task", "another process reads its keys from the key file"
    keys = keyring or read_keyring(settings, operator_only=settings.publisher == "process")
    look = (lambda: None) if keyring else IssuerWatch(settings, keys.origin)
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_url(settings))
        async with connect(dsn) as connection:
            await check_schema(connection)
        pool = await stack.enter_async_context(await open_pool(dsn, min_size=settings.pool_min, max_size=settings.pool_max))
        follower, publish = await _published(settings, keys, dsn, pool, stack)
        data, queue, batch = DataSets(KINDS, follower.files.read), settings.queue_max, settings.batch_max
        ledger = Log(pool, KINDS, data, follower, keys.operator, queue_max=queue, batch_max=batch, limits=settings.posting_limits)
        await _check_keys(ledger, keys.origin, follower.log_keys)
        counted = Metrics()
        ledger.sequencer.observe = counted.batch
        vault = await stack.enter_async_context(_vault(settings, ledger))
        service = Service(ledger, counted, vault, describe_manifests, origin=keys.origin, log_keys=follower.log_keys, remedies=remedy_of)
        identity = Identity(ledger, keys.origin, audiences(settings, base_url))
        projector = Projector(ledger)
        evidence = evidence_of(settings, ledger)
        press = Press(KINDS, keys.signers, Cache(settings.data_dir / "documents"), look)
        runner = WebhookRunner(settings, dsn, pool, audiences(settings, base_url)[0])
        keys_of_notices = WebhookKeys(settings.webhook_key_path, settings.passphrase_path)
        webhooks = Webhooks(ledger, keys_of_notices, read_networks(settings.webhook_networks), keys.origin, runner.wanted)
        drawer = Drawer(StatementSource(settings.log_path, follower.log_keys, kept_statements(settings, keys), settings.entries_path))
        notices = PendingNotices(KINDS, keys.origin, audiences(settings, base_url)[0])
        posting = Posting(service, tell_nobody if settings.webhooks == "off" else notices.tell)
        registrations = Registrations(service, settings.registration_limits)
        reminders = Reminders(ledger, keys.origin, audiences(settings, base_url)[0], runner.wanted, sends=read_relay(settings) is not None)
        streams = Streams()
        app = create_app(
            settings, service, identity, projector, counted, press, webhooks, drawer, posting, evidence, registrations, reminders, streams
        )
        ahead = drawer.keep_up(lambda: 0 if follower.published is None else follower.published.size)
        works = [
            runner.run(),
            posting.run(),
            registrations.run(),
            ahead,
            keep_swept(evidence),
            *([projector.run()] if is_projecting else []),
        ]
        await stack.enter_async_context(_background(service, identity, works, publish))
        yield Running(service=service, app=app, streams=streams)


Publish = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""Publishes until cancelled; the event is set when something was committed."""


Work = Coroutine[None, None, None]
"""Something that runs until it is cancelled."""


async def _published(settings: Settings, keys: ServerKeys, dsn: str, pool: Pool[Record], stack: AsyncExitStack) -> tuple[Follower, Publish]:
    """What is published as this process sees it, and what keeps it going: a task here, or a process of its own."""
    if settings.publisher == "task":
        publisher = await stack.enter_async_context(publishing(settings, keys, pool))
        return publisher, publisher.run
    process = PublisherProcess(settings, dsn)
    stack.push_async_callback(process.stop)
    vkeys = await process.start()
    checkpoints = stack.enter_context(contextlib.closing(CheckpointStore(settings.checkpoint_path)))
    follower = Follower(checkpoints, LogFiles(settings.log_path, settings.entries_path), vkeys)
    follower.refresh()
    return follower, lambda committed: process.run(follower, committed)


@asynccontextmanager
async def _vault(settings: Settings, ledger: Log) -> AsyncIterator[Vault]:
    """The vault, after it has destroyed whatever the log says is erased: a crash or an old key store may have left it."""
    with contextlib.closing(KeyStore(settings.vault_file)) as keys:
        vault = Vault(ledger, keys)
        if left := await vault.settle():
            log.warning("erasures_finished", keys=left)
        yield vault


async def _check_keys(ledger: Log, origin: str, vkeys: tuple[str, ...]) -> None:
    """A founded log is served only with its own keys (Refusal KEYRING); a simulated one takes its clock from clients."""
    state = await ledger.state()
    if state is None:
        return
    if (state.origin, state.log_keys) != (origin, vkeys):
        raise refuse("KEYRING", field="key_file", found=origin, expected=Phrase(f"{state.origin} 的密钥", f"the keys of {state.origin}"))
    ledger.simulated = state.clock == "simulated"


def audiences(settings: Settings, base_url: str | None) -> tuple[str, ...]:
    """Addresses that login challenges may name."""
    if settings.public_url is not None:
        return (settings.public_url.rstrip("/"),)
    if base_url is not None:
        return (base_url,)
    names = [settings.host, "localhost"] if settings.host.startswith("127.") else [settings.host]
    return tuple(f"http://{name}:{settings.port}" for name in names)


@asynccontextmanager
async def _background(service: Service, identity: Identity, following: Sequence[Work], publish: Publish) -> AsyncIterator[None]:
    """Sequencer, publisher, what follows the log, refusal pages and sweeping; ended in the order of the data."""
    ledger = service.log
    sequencing = asyncio.create_task(ledger.sequencer.run())
    publishing = asyncio.create_task(publish(ledger.sequencer.committed))
    behind = [asyncio.create_task(work) for work in (_name_refusals(ledger), _sweep(identity), *following)]
    try:
        yield
    finally:
        await _end(sequencing)
        await _drained(ledger)
        await _end(publishing, *behind)


async def _drained(ledger: Log) -> None:
    """Wait until everything committed is published, for a while: without its witnesses a log goes on at the next start."""
    deadline = asyncio.get_running_loop().time() + DRAIN_S
    with contextlib.suppress(Mismatch, OSError, InterfaceError, PostgresError):
        while ledger.publisher.mismatch is None and (size := await _behind(ledger)) is not None:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                log.warning("unpublished", committed=size)
                return
            await ledger.publisher.wait_for(size, min(left, 1.0))


async def _behind(ledger: Log) -> int | None:
    """Committed size that is not published yet."""
    head, published = await ledger.head(), ledger.publisher.published
    return head.size if head is not None and (published is None or published.size < head.size) else None


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("task_failed", error=f"{type(outcome).__name__}: {outcome}")


async def _name_refusals(ledger: Log) -> None:
    """Every minute, name the refusals of closed hours. A simulated log does it as its clients' clock goes on (ledger.service)."""
    while True:
        await asyncio.sleep(PAGES_EVERY_S)
        if ledger.simulated:
            continue
        try:
            await publish_refusals(ledger, await ledger.now())
        except (Busy, OSError, InterfaceError, PostgresError) as error:
            log.warning("pages_wait", error=type(error).__name__)


async def _sweep(identity: Identity) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY_S)
        with contextlib.suppress(OSError, InterfaceError, PostgresError):
            await identity.sweep()


# ---------------------------------------------------------------------- HTTP


class _Uvicorn(uvicorn.Server):
    """uvicorn without its signal handlers: it would raise a caught SIGTERM again, before the log and the database have stopped in order."""

    def __init__(self, running: Running, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._running = running

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Publish what is committed while witnesses can still fetch it, then close."""
        if not self.force_exit:
            await _drained(self._running.service.log)
        self._running.streams.stop()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals alone."""
        yield

    def stop(self) -> None:
        """Stop after the open requests; at the second call, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _server(running: Running) -> _Uvicorn:
    config = uvicorn.Config(
        running.app, http=Connection, ws="none", lifespan="on", access_log=False, log_config=None, server_header=False,
        timeout_graceful_shutdown=STOP_S, proxy_headers=False,
    )  # fmt: skip
    return _Uvicorn(running, config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (UnicodeError, TypeError):  # a name of which there can be no address
        listening.close()
        raise refuse("SETTING_VALUE", field="LIANDAN_HOST", found=host[:120], expected="127.0.0.1") from None
    except OSError:
        listening.close()
        raise
    return listening


@asynccontextmanager
async def serving(settings: Settings, *, keyring: ServerKeys | None = None, port: int | None = 0) -> AsyncIterator[str]:
    """A whole server in this process and loop, on a free loopback port; yields its base URL. For demonstrations and tests. ``port`` None
    takes the port of the settings. Clock and data follow the log: a log that is not founded accepts ``log.found`` alone.
    """
    with contextlib.closing(_listen("127.0.0.1", settings.port if port is None else port)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with assemble(settings, keyring=keyring, base_url=base_url) as running:
            server = _server(running)
            task = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has no event for it
                    await asyncio.sleep(START_POLL_S)
                yield base_url
            finally:
                server.should_exit = True
                await task


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    with contextlib.closing(_listen(settings.host, settings.port)) as listening:
        async with assemble(settings) as running:
            log.info("serving", host=settings.host, port=settings.port, data_dir=str(settings.data_dir))
            server = _server(running)
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, server.stop)
            await server.serve(sockets=[listening])
