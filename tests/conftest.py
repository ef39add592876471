"""One PostgreSQL for the whole run, one migrated template, one fresh database per test.

All workers of pytest-xdist share an embedded server in a directory that the controlling process makes and removes. With
LIANDAN_TEST_DATABASE_URL (a role that may create databases) another server is used: ``make test`` on both finds what depends on one.
Whatever the tests write, clusters among it, lies in memory where there is room for it (``scratch_in_memory``); TMPDIR says otherwise.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing.util
import os
import string
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, settings

from ledger.model import Findings
from liandan.database import connect, migrate, open_pool
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.process import COLLECT_AFTER
from liandan.wiring import RULES
from tests.pace import Pace
from tests.sample import sample, sampled
from tests.signatures import keep_signatures
from tests.verified import keep_verified
from tests.wholeness import Wholeness

EXTERNAL = os.environ.get("LIANDAN_TEST_DATABASE_URL")
TEMPLATE_LOCK = 0x74656D706C617465
MEMORY = Path("/dev/shm")
MEMORY_WANTED_B = 4 << 30
"""A run writes 1 to 2 GB, most of which it removes again."""
RUN = pytest.StashKey[dict[str, str]]()
CLEANUP = pytest.StashKey[ExitStack]()

# What somebody has pinned by ``liandan login`` on this machine is none of the tests' business.
os.environ["LIANDAN_PROFILE"] = os.devnull

# A context for TLS reads all the system's certificates, for each of a thousand clients that speak plain HTTP to a server of the test.
httpx._transports.default.create_ssl_context = cache(httpx._transports.default.create_ssl_context)  # type: ignore[attr-defined]

keep_signatures()
keep_verified()

# How long a busy machine takes says nothing about the code: no test fails by the clock, the making of its examples included.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=sample(150))
settings.load_profile("house")

# Collecting makes two million objects that all stay: looking for garbage among them again and again takes half of it.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What this suite can be asked for."""
    parser.addoption("--record-pace", action="store_true", help="write tests/pace.txt anew")


@pytest.fixture(scope="session", autouse=True)
def every_cause_is_told_whole() -> Iterator[None]:
    """Wherever a test refuses or alerts for a cause, what that cause's text has places for is given (tests/liandan/test_told.py)."""
    with pytest.MonkeyPatch.context() as patch:
        for name, at in (("refuse", 4), ("alert", 2)):
            patch.setattr(Findings, name, told_whole(getattr(Findings, name), at))
        yield


def told_whole(given: Callable[..., None], at: int) -> Callable[..., None]:
    """The same method, which looks at its words, and at the places of the cause that is its argument number ``at``."""

    @wraps(given)
    def looked_at(out: Findings, *args: Any, **places: Any) -> None:
        code, cause = args[0 if at == 4 else 1], args[at] if len(args) > at else ""
        if cause:
            text = RULES[code].causes.get(cause)
            assert text is not None, f"{code} has no cause {cause}"
            said = text.zh + text.do_zh
            lacking = {name for _, name, _, _ in string.Formatter().parse(said) if name and name not in places}
            assert not lacking, f"{code}:{cause} lacks {lacking}"
        assert None not in (*args, *places.values()), f"{code}:{cause} says None: {args}, {places}"
        given(out, *args, **places)

    return looked_at


def pytest_configure(config: pytest.Config) -> None:
    """Name this run and give it a directory; workers are told both by the controller."""
    config.pluginmanager.register(Pace(record=config.option.record_pace))
    config.pluginmanager.register(Wholeness())
    if hasattr(config, "workerinput"):
        config.stash[RUN] = config.workerinput["liandan_run"]
        return
    cleanup = config.stash[CLEANUP] = ExitStack()
    scratch_in_memory(cleanup)
    run = config.stash[RUN] = {"name": f"liandan_test_{uuid.uuid4().hex[:12]}"}
    if EXTERNAL:
        cleanup.callback(lambda: asyncio.run(drop_databases(EXTERNAL, run["name"])))
    else:
        run["directory"] = str(cleanup.enter_context(temporary_directory()))


def scratch_in_memory(cleanup: ExitStack) -> None:
    """Let temporary files of this run, its workers and everything they start lie in memory: a thousand small databases and logs, each
    flushed to a disk, cost more than all else that the tests do. A later run removes what a killed one leaves. Nothing changes where TMPDIR
    is set, where there is too little room, or where programs may not be run from there.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    room, memory = os.statvfs(MEMORY), Path("/proc/meminfo").read_text(encoding="ascii")
    available_b = int(memory.split("MemAvailable:")[1].split()[0]) << 10
    if room.f_flag & os.ST_NOEXEC or min(room.f_bavail * room.f_frsize, available_b) < MEMORY_WANTED_B:
        return
    multiprocessing.util.get_temp_dir()  # its own is removed when the interpreter ends, later than ours
    tempfile.tempdir = str(MEMORY)
    os.environ["TMPDIR"] = tempfile.tempdir = str(cleanup.enter_context(temporary_directory()))
    cleanup.callback(os.environ.pop, "TMPDIR")


def pytest_collection_finish() -> None:
    """What was collected is looked at no more, and what tests make as rarely as in a server."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the server, so that ``-m "not database"`` is what thinks alone; and what runs a part of its cases, for ``make long``."""
    for item in items:
        if isinstance(item, pytest.Function):
            if "postgres_dsn" in item.fixturenames:
                item.add_marker("database")
            if vars(item.module).get("sampled") is sampled:
                item.add_marker("sampled")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def] # a WorkerController of xdist, which may be absent
    """Tell a worker which run it belongs to."""
    node.workerinput["liandan_run"] = node.config.stash[RUN]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its directory, or drop our databases on a server that is not ours."""
    if (cleanup := config.stash.get(CLEANUP, None)) is not None:
        cleanup.close()


async def drop_databases(dsn: str, prefix: str) -> None:
    """Drop what this run created on an external server."""
    admin = await asyncpg.connect(dsn)
    for row in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix):
        await admin.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    await admin.close()


def dsn_of(dsn: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(dsn)._replace(path="/" + quote(database, safe="")))


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> dict[str, str]:
    """Name and directory of this run."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def postgres_dsn(run: dict[str, str]) -> Iterator[str]:
    """Address of the server's own database; do not write to it, take ``database_url``."""
    if EXTERNAL:
        yield EXTERNAL
        return
    # Tests need speed, not durability: the directory is gone after the run.
    with EmbeddedPostgres(Path(run["directory"]), fast=True, settings={"max_connections": "200", "max_wal_size": "256MB"}) as server:
        yield server.dsn


@pytest.fixture(scope="session")
async def admin(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """The connection that creates and drops databases."""
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def template(admin: asyncpg.Connection, postgres_dsn: str, run: dict[str, str]) -> str:
    """Name of the migrated database that every test's database is a copy of; the first worker to come makes it."""
    name = f"{run['name']}_template"
    await admin.execute("SELECT pg_advisory_lock($1)", TEMPLATE_LOCK)
    try:
        if not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
            await admin.execute(f'CREATE DATABASE "{name}_new" TEMPLATE template0')
            await migrate(dsn_of(postgres_dsn, f"{name}_new"))
            await admin.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    finally:
        await admin.execute("SELECT pg_advisory_unlock($1)", TEMPLATE_LOCK)
    return name


@pytest.fixture
async def empty_database_url(admin: asyncpg.Connection, postgres_dsn: str, run: dict[str, str]) -> AsyncIterator[str]:
    """Address of a fresh database without our schema."""
    name = f"{run['name']}_{uuid.uuid4().hex[:12]}"
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield dsn_of(postgres_dsn, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database_url(admin: asyncpg.Connection, postgres_dsn: str, run: dict[str, str], template: str) -> AsyncIterator[str]:
    """Address of a fresh, migrated database; gone after the test."""
    async with fresh_database(admin, postgres_dsn, run, template) as address:
        yield address


@pytest.fixture(scope="module")
async def shared_database_url(admin: asyncpg.Connection, postgres_dsn: str, run: dict[str, str], template: str) -> AsyncIterator[str]:
    """The same for a module whose tests look at one log; gone after the module."""
    async with fresh_database(admin, postgres_dsn, run, template) as address:
        yield address


@asynccontextmanager
async def fresh_database(admin: asyncpg.Connection, dsn: str, run: dict[str, str], template: str) -> AsyncIterator[str]:
    """A copy of the template for as long as it is needed."""
    name = f"{run['name']}_{uuid.uuid4().hex[:12]}"
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')  # half the work: its pages enter no journal
    yield dsn_of(dsn, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A prepared connection to ``database_url``."""
    async with connect(database_url) as connection:
        yield connection


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on ``database_url``."""
    opened = await open_pool(database_url, min_size=1, max_size=8)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def shared_pool(shared_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on ``shared_database_url``."""
    opened = await open_pool(shared_database_url, min_size=1, max_size=8)
    yield opened
    await opened.close()
