"""``liandan log refill``: a database restored from a backup comes forward to what was promised, byte for byte; nothing false ever enters.

Every log here was published in two halves; the backup is a copy of the database between them.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from click.testing import CliRunner, Result
from msgspec import Struct

from ledger import store
from ledger.admission.refusals import publish_refusals
from ledger.auditing.audit import AuditReport
from ledger.auditing.database_audit import audit_database
from ledger.log import TurnedDown
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership
from ledger.publishing.files import VKEYS, LogFiles
from ledger.publishing.freeze import Mismatch
from ledger.tree.tiles import TileReader
from liandan.cli import main
from liandan.database import connect, open_pool
from liandan.export import export, fetch_files
from liandan.installation import read_status
from liandan.repair import Refilled, refill
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.conftest import dsn_of
from tests.ledger.log_server import envelopes, running, unguarded
from tests.liandan.serving import KEYRING, http, post_all, settings_of
from tests.workbench import START, Workbench, key_of, uscc

HALF, ALL, PART = 9, 21, 4
STORE = "checkpoints.sqlite"


class Site(Struct):
    """An installation whose database is the backup, while everything else is as the log went on."""

    settings: Settings
    """With the restored database."""
    ahead: str
    """Address of the database that the log went on with."""
    bench: Workbench

    @property
    def files(self) -> LogFiles:
        """The published files."""
        return LogFiles(self.settings.log_path, self.settings.entries_path)

    @property
    def env(self) -> dict[str, str]:
        """The settings for commands."""
        found = self.settings
        return {
            "LIANDAN_DATA_DIR": str(found.data_dir),
            "LIANDAN_DATABASE_URL": str(found.database_url),
            "LIANDAN_CHECKPOINT_STORE": str(found.checkpoint_store),
        }

    async def refill(self, source: Path | None = None) -> Refilled:
        """In small parts."""
        return await refill(self.settings, source, lambda done, of: None, part=PART)

    async def rows(self, ahead: bool = False) -> list[list[tuple[object, ...]]]:
        """Everything that the log keeps in the database."""
        async with connect(self.ahead if ahead else str(self.settings.database_url)) as connection:
            tables = ("entry ORDER BY idx", "link ORDER BY idx, chain, seq", "fact ORDER BY key", "log_head")
            return [[tuple(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for table in tables]

    async def audit(self) -> AuditReport:
        """Of the database."""
        async with pool_of(self.settings) as pool:
            return await audit_database(pool, self.files, KINDS)

    @asynccontextmanager
    async def http(self, url: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """A client of a server on the restored database, or another one; Mismatch if it refuses to start."""
        database_url = url or str(self.settings.database_url)
        async with http(database_url, self.settings.data_dir, checkpoint_store=self.settings.checkpoint_store) as client:
            yield client

    async def answered(self, url: str = "") -> list[bytes]:
        """A server starts and is sent every statement once more."""
        async with self.http(url) as client:
            return [answer.content for answer in await post_all(client, self.bench)]


@asynccontextmanager
async def pool_of(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    """A pool on the database of an installation."""
    pool = await open_pool(str(settings.database_url), min_size=1, max_size=4)
    try:
        yield pool
    finally:
        await pool.close()


async def grow(url: str, directory: Path, bench: Workbench, size: int) -> None:
    """A log on a database and in a directory publishes the first ``size`` statements of the bench."""
    async with pool_of(settings_of(url, directory)) as pool, running(pool, directory, KINDS) as log:
        await log.append(envelopes(bench)[:size], now_s=START + 3600)
        assert await log.publisher.wait_for(size, 5)


@pytest.fixture
async def site(admin: asyncpg.Connection, database_url: str, postgres_dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    bench = Workbench()
    while len(bench.entries) < ALL:
        bench.register(uscc("510112", 700 + len(bench.entries)))
    name = urlsplit(database_url).path[1:]
    settings = settings_of(dsn_of(postgres_dsn, f"{name}_backup"), tmp_path, checkpoint_store=tmp_path / STORE)
    LogFiles(tmp_path / "log", tmp_path / "entries").write(VKEYS, "".join(f"{vkey}\n" for vkey in KEYRING.vkeys).encode())
    await grow(database_url, tmp_path, bench, HALF)
    await admin.execute(f'CREATE DATABASE "{name}_backup" TEMPLATE "{name}"')
    await grow(database_url, tmp_path, bench, ALL)
    yield Site(settings, database_url, bench)
    await admin.execute(f'DROP DATABASE "{name}_backup" WITH (FORCE)')


async def exported(site: Site) -> Path:
    """An export of the whole log."""
    directory = site.settings.data_dir / "export"
    await export(fetch_files(site.files), site.files.archived_sizes(), directory, KINDS, lambda done, of: None)
    return directory


async def guard_rows(dba: asyncpg.Connection) -> None:
    """The guards that a refill meets are back."""
    for table in ("entry", "link"):
        await dba.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


async def refused(site: Site, source: Path | None = None) -> str:
    """The code of a refusal that leaves every row as it was."""
    before = await site.rows()
    with pytest.raises(Refusal) as found:
        await site.refill(source)
    assert await site.rows() == before
    return found.value.codes[0]


@pytest.mark.breaks_the_log("the log goes on in the restored database, and the one that is looked at stays behind")
@pytest.mark.parametrize("has_export", [False, True])
async def test_a_restored_backup_comes_forward_and_the_log_goes_on(site: Site, has_export: bool) -> None:
    answers = await site.answered(site.ahead)
    before = await read_status(site.settings)
    with pytest.raises(Mismatch, match="restored backup"):
        await site.answered()
    done = await site.refill(await exported(site) if has_export else None)
    assert done == Refilled(size=ALL, added=ALL - HALF, replaced=(), links=ALL - HALF, above=0)
    assert await site.rows() == await site.rows(ahead=True)
    assert (await site.audit()).findings == []
    assert (before.is_behind, before.is_good, (await read_status(site.settings)).is_good) == (True, False, True)
    assert await site.answered() == answers
    site.bench.register(uscc("510112", 999))
    async with site.http() as client:
        admitted = await client.post("/v1/statements", content=freeze(site.bench.entries[-1].envelope))
        ready = await client.get("/readyz")
    assert (admitted.status_code, ready.status_code) == (201, 200)
    assert (await site.audit()).findings == []


async def test_a_second_run_changes_nothing(site: Site) -> None:
    await site.refill()
    rows = await site.rows()
    assert await site.refill() == Refilled(size=ALL, added=0, replaced=(), links=0, above=0)
    assert await site.rows() == rows


async def test_an_empty_database_is_filled_up_too(site: Site, admin: asyncpg.Connection, template: str) -> None:
    name = urlsplit(str(site.settings.database_url)).path[1:]
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    assert (await site.refill()).added == ALL
    assert await site.rows() == await site.rows(ahead=True)


async def test_what_was_promised_but_not_yet_unpacked_is_put_back_too(site: Site) -> None:
    promise = CheckpointStore(site.settings.checkpoint_path).read()
    assert promise is not None
    bundle = site.files.read_staged(promise.size, promise.digest)
    assert bundle is not None
    for path, _ in bundle.files:
        site.files.place(path).unlink()
    assert (await site.refill()).added == ALL - HALF
    assert (await site.audit()).findings == []


def _die_while_writing(settings: Settings) -> None:
    def progress(done: int, of: int) -> None:
        if done > of // 2 + HALF + PART:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(refill(settings, None, progress, part=PART))


async def test_a_refill_that_was_killed_is_repeated(site: Site) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_while_writing, args=(site.settings,))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL
    entries, _, _, [head] = await site.rows()
    assert (HALF < len(entries) < ALL, head[1]) == (True, HALF), "parts are in place, the head is not moved"
    with pytest.raises(Mismatch, match="restored backup"):
        await site.answered()
    done = await site.refill()
    assert 0 < done.added < ALL - HALF
    assert await site.rows() == await site.rows(ahead=True)


async def test_rows_that_were_edited_are_replaced_and_kept_aside(site: Site) -> None:
    """As a database administrator edits them, with the leaf that belongs to the edit."""
    async with connect(str(site.settings.database_url)) as connection:
        async with unguarded(connection) as dba:
            await dba.execute("UPDATE entry SET entry = entry || ' ', leaf = sha256('\\x00'::bytea || entry || ' ') WHERE idx = 3")
            await dba.execute("UPDATE entry SET entry = entry || ' ', leaf = sha256('\\x00'::bytea || entry || ' ') WHERE idx = 5")
            await dba.execute("DELETE FROM entry WHERE idx = 6")
            await dba.execute("UPDATE link SET idx = 2 WHERE idx = 4")
            await dba.execute("UPDATE link SET hash = sha256('x') WHERE idx = 7")
            await dba.execute("DELETE FROM link WHERE idx = 8")
            await dba.execute("INSERT INTO link VALUES ('party/none', 0, sha256('y'), 1), ('party/none', 1, sha256('z'), -5)")
            edited = await dba.fetchval("SELECT entry FROM entry WHERE idx = 3")
            await guard_rows(dba)
        done = await site.refill()
        assert (done.added, done.replaced, done.links) == (ALL - HALF + 1, (3, 5), ALL - HALF + 3 + 2)
        assert await site.rows() == await site.rows(ahead=True)
        kept = await connection.fetch("SELECT cut_to, idx, entry FROM quarantine ORDER BY idx")
        assert [(row["cut_to"], row["idx"]) for row in kept] == [(0, 3), (0, 5)]
        assert kept[0]["entry"] == edited
    assert (await site.audit()).findings == []


@pytest.mark.breaks_the_log("an administrator changes an entry and appends one")
async def test_what_lies_above_the_promise_is_left_alone(site: Site) -> None:
    """A published row was edited while statements waited for publication: only the row is put back."""
    settings = settings_of(site.ahead, site.settings.data_dir, checkpoint_store=site.settings.checkpoint_store)
    async with connect(site.ahead) as connection:
        before = await connection.fetch("SELECT * FROM entry ORDER BY idx")
        async with unguarded(connection) as dba:
            await dba.execute("UPDATE entry SET entry = 'x', leaf = sha256('\\x00'::bytea || 'x'::bytea) WHERE idx = 2")
            await dba.execute("INSERT INTO entry VALUES ($1, sha256('\\x00'::bytea || 'y'::bytea), 'y')", ALL)
            await dba.execute("UPDATE log_head SET size = $1", ALL + 1)
            await guard_rows(dba)
        head, facts = await store.fetch_head(connection), await connection.fetch("SELECT * FROM fact ORDER BY key")
        done = await refill(settings, None, lambda done, of: None, part=PART)
        assert (done.replaced, done.added, done.above) == ((2,), 0, 1)
        assert (await connection.fetch("SELECT * FROM entry ORDER BY idx"))[:ALL] == before
        assert (await store.fetch_head(connection), await connection.fetch("SELECT * FROM fact ORDER BY key")) == (head, facts)


async def test_a_source_that_was_edited_is_refused_untouched(site: Site) -> None:
    directory = await exported(site)
    bundle = directory / f"tile/entries/000.p/{ALL}"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:900] + bytes([whole[900] ^ 1]) + whole[901:])
    assert await refused(site, directory) == "REFILL_SOURCE"
    bundle.write_bytes(whole[:-1])
    assert await refused(site, directory) == "REFILL_SOURCE"
    bundle.unlink()
    assert await refused(site, directory) == "REFILL_SOURCE"


async def test_a_source_with_tiles_of_its_own_is_refused_by_its_root(site: Site) -> None:
    """Whole and without contradiction, but another history of the same size."""
    other = Workbench()
    while len(other.entries) < ALL:
        other.register(uscc("500103", 700 + len(other.entries)))
    directory = site.settings.data_dir / "other"
    for path, content in other.export().items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    assert TileReader(ALL, LogFiles(directory).read).root() is not None
    assert await refused(site, directory) == "REFILL_SOURCE"
    (directory / "checkpoint").write_bytes(b"not a checkpoint\n")
    assert await refused(site, directory) == "REFILL_SOURCE"
    assert await refused(site, site.settings.data_dir) == "REFILL_SOURCE"


async def test_a_source_that_changes_between_check_and_writing_is_refused(site: Site) -> None:
    directory, other = await exported(site), site.settings.data_dir / "other"
    shutil.copytree(directory, other)
    before = await site.rows()

    def swap(done: int, of: int) -> None:
        if done == of // 2:
            for path in (directory / "tile").rglob("*"):
                if path.is_file():
                    path.write_bytes(path.read_bytes()[::-1])

    with pytest.raises(Refusal) as found:
        await refill(site.settings, directory, swap, part=PART)
    assert found.value.codes == ["REFILL_SOURCE"]
    assert await site.rows() == before
    assert (await site.refill(other)).added == ALL - HALF


async def test_an_older_export_and_a_restored_checkpoint_store_are_told_apart(site: Site) -> None:
    old = site.settings.data_dir / "old"
    half = Workbench()
    half.entries = site.bench.entries[:HALF]
    for path, content in half.export().items():
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_bytes(content)
    assert await refused(site, old) == "REFILL_SOURCE"
    checkpoints = CheckpointStore(site.settings.checkpoint_path)
    checkpoints._db.execute("UPDATE promise SET size = size - 1")
    assert await refused(site) == "REFILL_PROMISE"
    checkpoints._db.execute("UPDATE shadow_size SET size = size - 1")
    assert await refused(site) == "REFILL_AHEAD"
    checkpoints.close()


async def test_nothing_is_written_while_a_server_runs(site: Site) -> None:
    leader = Leadership(site.settings.checkpoint_path)
    assert leader.acquire()
    assert await refused(site) == "REFILL_SERVER_RUNS"
    leader.release()


async def test_refusals_that_a_page_named_after_the_backup_are_not_named_again(
    admin: asyncpg.Connection, database_url: str, postgres_dsn: str, tmp_path: Path
) -> None:
    """A second page of a closed hour would be refused for ever (PAGE_ORDER), and every later page with it."""
    bench, name = Workbench(), urlsplit(database_url).path[1:]
    bench.register(uscc("510112", 700))
    wrong = bench.draft("party.register/1", f"party/{uscc('510112', 701)}", (uscc("510112", 700),), {"name": "冒名", "keys": []})
    settings = settings_of(database_url, tmp_path, checkpoint_store=tmp_path / STORE)
    restored = settings_of(dsn_of(postgres_dsn, f"{name}_backup"), tmp_path, checkpoint_store=settings.checkpoint_store)
    now = START + 3600
    async with pool_of(settings) as pool, running(pool, tmp_path, KINDS) as log:
        await log.append(envelopes(bench), now_s=now)
        [answer] = await log.append([freeze(wrong.sign([key_of(uscc("510112", 700))]))], now_s=now)
        assert isinstance(answer, TurnedDown)
        assert answer.receipt
        assert await log.publisher.wait_for(2, 5)
    await admin.execute(f'CREATE DATABASE "{name}_backup" TEMPLATE "{name}"')
    try:
        async with pool_of(settings) as pool, running(pool, tmp_path, KINDS) as log:
            assert await publish_refusals(log, now + 3600) == 1
            assert await log.publisher.wait_for(3, 5)
        assert (await refill(restored, None, lambda done, of: None)).added == 1
        async with pool_of(restored) as pool, running(pool, tmp_path, KINDS) as log:
            assert await publish_refusals(log, now + 7200) == 0
            assert await pool.fetchval("SELECT page FROM refusal") == 2
    finally:
        await admin.execute(f'DROP DATABASE "{name}_backup" WITH (FORCE)')


async def test_the_command_says_what_it_did_and_what_to_do(site: Site) -> None:
    async def call(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner(env=site.env).invoke, main, ["log", "refill", *arguments])

    status = await asyncio.to_thread(CliRunner(env=site.env).invoke, main, ["log", "status"])
    assert (status.exit_code, "liandan log refill" in status.output) == (1, True), status.output
    leader = Leadership(site.settings.checkpoint_path)
    assert leader.acquire()
    stopped = await call()
    leader.release()
    assert stopped.exit_code == 2
    assert "REFILL_SERVER_RUNS" in stopped.output
    assert "停止全部服务进程" in stopped.output
    done = await call("--json")
    assert json.loads(done.stdout) == {"size": ALL, "added": ALL - HALF, "replaced": [], "links": ALL - HALF, "above": 0}
    again = await call()
    assert (again.exit_code, "补入 / added 0 条" in again.output) == (0, True), again.output
