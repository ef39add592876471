"""The erasure drill: after an erasure the value cannot be read from anything that exists, old backups included, and every proof holds.

A whole server on an embedded, durable PostgreSQL with its write-ahead log; a file-level backup, a dump and an export are taken while the
values are held; then the values are erased, and everything that is left is searched byte by byte.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from asyncpg import Record
from msgspec import Struct

from ledger.auditing.audit import audit
from ledger.auditing.database_audit import audit_database
from ledger.publishing.files import LogFiles
from ledger.vault.disclosure import KEY_BYTES, Disclosure, unseal
from ledger.vault.keys import KeyStore
from liandan.database import open_pool
from liandan.demo.cast import OPERATOR, SICHUAN
from liandan.demo.founding import ORIGIN
from liandan.export import export, reader_of
from liandan.keyring import ServerKeys
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.postgres.account import server_account
from liandan.postgres.binaries import find_binaries
from liandan.server import serving
from liandan.wiring import KINDS
from tests.ledger.vault.people import salt_of
from tests.ledger.vault.scene import Issued, as_party, issue, post, read
from tests.liandan.serving import settings_of
from tests.stories.stage import Stage, stage

PERSON = {"driver.name": "司徒擦除甲（虚构）", "driver.phone": "19912345678", "position": "29.987654321,106.123456789"}
OTHER = {"driver.name": "司徒保留乙（虚构）"}


class Copies(Struct, frozen=True):
    """What somebody may have carried away before the erasure."""

    cluster: Path
    """Home of the backed-up cluster."""
    dump: Path
    keys: Path
    """The key store of that day. Whoever keeps this has erased nothing; only the end of the drill uses it."""
    erased_keys: list[bytes]


def opened(name: str, values: dict[str, str]) -> list[Disclosure]:
    return [Disclosure(field, salt_of(f"{name} {field}"), value) for field, value in values.items()]


def files_below(*directories: Path) -> Iterator[tuple[Path, bytes]]:
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()


def traces(disclosure: Disclosure) -> list[bytes]:
    """Forms in which a value or its salt could lie in a file."""
    raws = [disclosure.value.encode(), disclosure.salt, disclosure.value.encode("utf-16-le"), disclosure.salt + disclosure.value.encode()]
    escaped = disclosure.value.encode("unicode_escape")
    return [*raws, escaped, *(b64encode(raw) for raw in raws[:2]), *(raw.hex().encode() for raw in raws[:2])]


def holders(wanted: list[bytes], *directories: Path) -> list[Path]:
    """Files that hold any of these bytes."""
    return [path for path, raw in files_below(*directories) if any(one in raw for one in wanted)]


def back_up(home: Path, to: Path) -> None:
    """A physical backup of the running cluster with its write-ahead log, such as an operator keeps; it can be started."""
    server = EmbeddedPostgres(home)
    [live] = (home / "postgres").glob("pg[0-9]*")
    copy = to / "postgres" / live.name
    copy.parent.mkdir(parents=True)
    program = find_binaries(server_account(home / "postgres"), None).bindir / "pg_basebackup"
    options = ["-h", server.socket_dir, "-p", "5432", "-U", "liandan", "-D", copy, "-X", "stream", "-c", "fast"]
    subprocess.run([program, *options], check=True)
    owner = live.stat()
    for path in (to, copy.parent, copy, *copy.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


async def dump(dsn: str, to: Path) -> None:
    """Every row of every table of the database, as COPY writes them."""
    conn = await asyncpg.connect(dsn)
    await asyncio.to_thread(to.mkdir)
    for row in await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await conn.copy_from_table(row["tablename"], output=to / f"{row['tablename']}.copy")
    await conn.close()


def opens(rows: list[Record], raw: bytes) -> set[str]:
    """Fields that any 32 bytes in a row, used as the key, would decrypt."""
    found: set[str] = set()
    for at in range(len(raw) - KEY_BYTES + 1):
        key = raw[at : at + KEY_BYTES]
        for row in rows:
            if unseal(key, row["nonce"], row["ciphertext"], row["statement"], row["field"]) is not None:
                found.add(f"{row['statement']} {row['field']}")
    return found


async def ciphertexts(dsn: str) -> list[Record]:
    conn = await asyncpg.connect(dsn)
    rows = await conn.fetch("SELECT encode(statement, 'hex') AS statement, field, nonce, ciphertext FROM disclosure")
    await conn.close()
    return rows


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_directory() as directory:
        yield directory


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    with temporary_directory() as directory:
        yield directory


def live_dsn(home: Path) -> str:
    """Address of the server that runs in a directory."""
    return EmbeddedPostgres(home).dsn


async def carry_away(home: Path, elsewhere: Path, issued: Issued) -> Copies:
    await asyncio.to_thread(back_up, home, elsewhere / "cluster")
    await dump(live_dsn(home), elsewhere / "dump")
    keys = elsewhere / "vault.sqlite3"
    keys.write_bytes((home / "vault.sqlite3").read_bytes())
    store = KeyStore(home / "vault.sqlite3")
    found = store.fetch([(issued.statement, one.field) for one in issued.disclosures])
    store.close()
    return Copies(elsewhere / "cluster", elsewhere / "dump", keys, list(found.values()))


async def erase(built: Stage, issued: Issued) -> None:
    async with as_party(built, OPERATOR.uscc, issued.act.posted_s) as operator:
        for field in PERSON:
            assert (await operator.send("DELETE", issued.path(field))).status_code == 200


async def check_proofs(built: Stage, home: Path, exported: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Live files, live database and a fresh export all audit clean."""
    built.audit()
    files = LogFiles(home / "log", home / "entries")
    pool = await open_pool(live_dsn(home), min_size=1, max_size=4)
    assert (await audit_database(pool, files, KINDS)).findings == []
    await pool.close()

    async def fetch(path: str) -> bytes:
        raw = files.read(path)
        assert raw is not None, path
        return raw

    await export(fetch, files.archived_sizes(), exported, KINDS, progress)
    assert audit(reader_of(exported), KINDS).findings == []


async def test_an_erased_value_is_unreadable_everywhere_no_proof_breaks_and_a_restored_key_store_forgets_again(
    home: Path, elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as lines:
        async with stage(None, home) as built:  # type: ignore[arg-type]  # None: the embedded server, with its write-ahead log
            gone, kept = issue(built, "gone", opened("gone", PERSON)), issue(built, "kept", opened("kept", OTHER))
            for issued in (gone, kept):
                assert (await post(built, issued.request, issued.act)).status_code == 201
            assert {field: one["value"] for field, one in (await read(built, SICHUAN.uscc, gone)).items()} == PERSON
            copies = await carry_away(home, elsewhere, gone)
            assert holders(copies.erased_keys, home) == [home / "vault.sqlite3"]

            await erase(built, gone)

            seen = await read(built, SICHUAN.uscc, gone)
            assert {one["state"] for one in seen.values()} == {"erased"}
            assert (await read(built, SICHUAN.uscc, kept))["driver.name"]["value"] == OTHER["driver.name"]
            await check_proofs(built, home, elsewhere / "export")
            await dump(live_dsn(home), elsewhere / "dump after")
            left = (home / "vault.sqlite3").read_bytes()
            live = await ciphertexts(live_dsn(home))
            keyring = built.scribe.keyring
    keys = ServerKeys(origin=ORIGIN, log=keyring.key("log"), operator=keyring.key(OPERATOR.uscc))

    # No value and no salt has ever been in a table, the write-ahead log, a dump, a backup, an export, a server log or the key store.
    everything = [trace for one in (*gone.disclosures, *kept.disclosures) for trace in traces(one)]
    assert holders(everything, home, elsewhere) == []
    printed = capfd.readouterr()
    told = (printed.out + printed.err + repr(lines)).encode()
    assert [trace for trace in everything if trace in told] == []
    assert any(path.parent.name == "pg_wal" for path, _ in files_below(home))
    # The keys are gone from every byte of the installation, write-ahead log, journals and free pages included.
    assert holders(copies.erased_keys, home) == []
    # The old backup still has the ciphertext, and nothing that is left decrypts it; the control, which was not erased, is decrypted.
    with EmbeddedPostgres(copies.cluster) as old:
        backed_up = await ciphertexts(old.dsn)
    assert {(row["statement"], row["field"]) for row in backed_up} >= {(gone.statement, field) for field in PERSON}
    assert opens(backed_up, left) == {f"{kept.statement} driver.name"}
    assert {row["statement"] for row in live if row["ciphertext"] is not None} == {kept.statement}

    # Whoever puts the old key store back brings the keys back, and the next start makes it forget them again.
    (home / "vault.sqlite3").write_bytes(copies.keys.read_bytes())
    assert holders(copies.erased_keys, home) == [home / "vault.sqlite3"]
    async with serving(settings_of(None, home), keyring=keys):  # type: ignore[arg-type]  # as above
        assert holders(copies.erased_keys, home) == []
