"""``python -m bench.bitflip``: flip one random bit anywhere in what a log keeps, and the audit finds it and says where.

A small real log (whole lives of manifests, one witness) lies in PostgreSQL, as files, as an export and in the checkpoint store. Each flip
is a change as a database administrator could make it (guards and constraints are taken away first) or as a disk could; then the audit of
that place runs, must find it, and must name that very entry, row and column, or file; then the bit is flipped back.

Text columns take flips that leave valid text: PostgreSQL itself refuses the others. What no audit covers stands in bench/store_audit.py.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from msgspec import Struct

from bench.campaign import KEYRING, POLICY, lives, log_in_process, publish_all, quiet, small_load, witness
from bench.load import ORIGIN
from bench.store_audit import audit_store
from ledger.auditing.audit import AuditReport, Options, audit
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.merkle import HASH_BYTES
from ledger.tree.note import parse_note
from ledger.tree.tiles import WIDTH, parse_bundle, parse_path
from ledger.witnessing.client import Collector
from liandan.database import connect, migrate, open_pool
from liandan.export import archived_in, export, fetch_files, reader_of
from liandan.installation import audit_own
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.projector import Projector
from liandan.wiring import KINDS

LANES, LIVES = 3, 40
"""25 entries of parties and decisions, 240 of manifests: a full bundle and a second one, and a tile above them."""
TABLES = {
    "entry": ("idx", "idx leaf entry"),
    "link": ("chain, seq", "chain seq hash idx"),
    "fact": ("key", "key value"),
    "log_head": ("one", "size root edge at_s"),
    "projection_position": ("name", "name idx"),
    "manifest_view": (
        "chain",
        "chain generator ulid stage from_province to_province receiver carriers codes terms issued_at updated_idx view",
    ),
    "registry_view": ("chain", "chain idx terms"),
}
"""Key and columns of the tables whose bits are flipped; ``number`` is empty in these lives."""
STORE = {"promise": "size root", "origin": "origin", "shadow": "key value", "shadow_size": "size at_s"}
"""The same of the checkpoint store."""
FILES = ("tile/0", "tile/1", "tile/entries", "checkpoint", "checkpoints/", "log.vkey", "data/")
UNGUARD = (
    "ALTER EVENT TRIGGER guard_ledger_alter DISABLE",
    "ALTER EVENT TRIGGER guard_ledger_drop DISABLE",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "ALTER TABLE link DISABLE TRIGGER ALL",
    "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c'"
    " AND conrelid IN ('entry'::regclass, 'link'::regclass, 'log_head'::regclass)"
    " LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$",
)
"""What a determined administrator does first."""


Value = bytes | str | int | datetime | list[str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def flipped(value: Value, chance: random.Random) -> Value:
    """The value with one bit changed; text stays text, a bigint stays one, of a list one item is changed, a time in microseconds."""
    if isinstance(value, list):
        place = chance.randrange(len(value))
        return [*value[:place], str(flipped(value[place], chance)), *value[place + 1 :]]
    if isinstance(value, datetime):
        return _EPOCH + timedelta(microseconds=(value - _EPOCH) // timedelta(microseconds=1) ^ (1 << chance.randrange(50)))
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(63))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    while True:
        place, bit = chance.randrange(len(raw)), 1 << chance.randrange(8)
        raw[place] ^= bit
        if isinstance(value, bytes):
            return bytes(raw)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" not in text:
            return text
        raw[place] ^= bit


class Flip(Struct, frozen=True):
    """One flipped bit: the kind of place, what the audit said, and whether a finding names the very place."""

    place: str
    findings: list[Finding]
    names: Callable[[Finding], bool]

    @property
    def is_located(self) -> bool:
        """Found, and named."""
        return any(map(self.names, self.findings))


def in_row(table: str, column: str, row: Mapping[str, Any], changed: Any) -> Callable[[Finding], bool]:
    """Whether a finding names this row and, where the audit tells columns apart, this column."""

    def names(finding: Finding) -> bool:
        if table == "entry":
            return finding.index == row["idx"]
        if table == "link":
            return finding.chain in (row["chain"], changed) and finding.field.startswith("link.")
        if table == "fact":
            return finding.chain in (row["key"], changed)
        if table == "projection_position":
            return finding.field == "projection_position.idx"
        if table == "manifest_view":
            named = "view" if column == "chain" else column
            return finding.chain in (row["chain"], changed) and finding.field == f"manifest_view.{named}"
        if table == "registry_view":
            return finding.chain in (row["chain"], changed) and finding.field == f"registry_view.{column}"
        return finding.field == f"{table}.{column}"

    return names


def in_file(path: str, original: bytes, changed: bytes) -> Callable[[Finding], bool]:
    """Whether a finding names this file; of a leaf hash, or of an entry that still stands by itself, the very entry."""
    at = next(place for place, (one, other) in enumerate(zip(original, changed, strict=True)) if one != other)
    index: int | None = None
    if path.startswith("tile/0/"):
        index = parse_path(path).index * WIDTH + at // HASH_BYTES
    elif path.startswith("tile/entries/"):
        tile = parse_path(path)
        end = 0
        for number, entry in enumerate(parse_bundle(original, tile.width), tile.index * WIDTH):
            start, end = end, end + 2 + len(entry)
            if start + 2 <= at < end:
                index = number
    return lambda finding: finding.field.startswith(path) if index is None else finding.index == index


class Flips:
    """A published log in all its places, and one method per place that flips a bit and gives what the audit says."""

    def __init__(self, pool: asyncpg.Pool, conn: asyncpg.Connection, directory: Path, chance: random.Random) -> None:
        self._pool, self._conn, self._directory, self._chance = pool, conn, directory, chance
        self._files, self._copy = LogFiles(directory / "log", directory / "entries"), directory / "export"

    async def prepare(self) -> None:
        """Everything is clean before, and the guards are away."""
        checkpoint = parse_checkpoint(parse_note(self._files.read("checkpoint") or b"")[0])
        self._size, self._root = checkpoint.size, checkpoint.root
        await export(fetch_files(self._files), self._files.archived_sizes(), self._copy, KINDS, lambda done, total: None)
        self._paths = sorted(str(path.relative_to(self._copy)) for path in self._copy.rglob("*") if path.is_file())
        self._clean = self._audit_export(reader_of(self._copy))
        reports = [self._clean, await self._audit_own()]
        assert all(report.is_clean for report in reports), reports
        assert self._audit_store(self._directory / "checkpoints.sqlite3") == []
        for statement in UNGUARD:
            await self._conn.execute(statement)

    # ------------------------------------------------------------------ the database

    async def database(self) -> Flip:
        """One bit of one column of one row."""
        table = self._chance.choice(list(TABLES))
        key, columns = TABLES[table][0], TABLES[table][1].split()
        column = self._chance.choice(columns)
        rows = await self._conn.fetch(f"SELECT ctid::text AS place, {column} AS cell, * FROM {table} ORDER BY {key}")
        row = self._chance.choice(rows)
        changed = flipped(row["cell"], self._chance)
        sql = f"UPDATE {table} SET {column} = $1 WHERE {column} = $2 AND ctid = $3::text::tid RETURNING ctid::text"
        try:
            place = await self._conn.fetchval(sql, changed, row["cell"], row["place"])
        except asyncpg.UniqueViolationError:
            return await self.database()
        try:
            found = (await self._audit_own()).findings
        finally:
            assert await self._conn.fetchval(sql, row["cell"], changed, place) is not None, "the bit was not flipped back"
        return Flip(f"{table}.{column}", found, in_row(table, column, row, changed))

    # ------------------------------------------------------------------ files

    def _file(self) -> tuple[str, str, bytes, bytes]:
        """A kind of file, a file, its bytes, and the same with a bit changed."""
        kind = self._chance.choice(FILES)
        path = self._chance.choice([path for path in self._paths if path.startswith(kind)])
        original = (self._copy / path).read_bytes()
        changed = flipped(original, self._chance)
        assert isinstance(changed, bytes)
        return kind, path, original, changed

    async def export(self) -> Flip:
        """One bit of one file of an export."""
        kind, path, original, changed = self._file()
        report = self._audit_export(lambda asked: changed if asked == path else reader_of(self._copy)(asked))
        return Flip(kind, self._said(report, path), in_file(path, original, changed))

    async def live(self) -> Flip:
        """One bit of one published file, beside the database that it was made from."""
        kind, path, original, changed = self._file()
        self._files.write(path, changed)
        try:
            return Flip(f"live {kind}", self._said(await self._audit_own(), path), in_file(path, original, changed))
        finally:
            self._files.write(path, original)

    def _said(self, report: AuditReport, path: str) -> list[Finding]:
        """The findings. A witness's line that became a stranger's is passed over, as the note format asks; then that witness is missing."""
        missing = report.is_clean and report.below_quorum > self._clean.below_quorum
        return [Finding(code="BELOW_QUORUM", field=path)] if missing else list(report.findings)

    async def _audit_own(self) -> AuditReport:
        return await audit_own(self._pool, self._files, KINDS, lambda done, total: None, Options())

    def _audit_export(self, read: Callable[[str], bytes | None]) -> AuditReport:
        return audit(read, KINDS, archived=iter(archived_in(self._copy)), options=Options(listed=self._paths))

    # ------------------------------------------------------------------ the checkpoint store

    async def store(self) -> Flip:
        """One bit of one live cell of a copy of the checkpoint store."""
        table = self._chance.choice(list(STORE))
        column = self._chance.choice(STORE[table].split())
        key = "key" if table == "shadow" else "one"
        copy = self._directory / "flipped.sqlite3"
        for leftover in self._directory.glob("flipped.sqlite3*"):
            leftover.unlink()
        with closing(sqlite3.connect(self._directory / "checkpoints.sqlite3")) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            row, value = self._chance.choice(target.execute(f"SELECT {key}, {column} FROM {table} ORDER BY 1").fetchall())
            changed = flipped(value, self._chance)
            sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = ?"
            done = target.execute(sql, (changed, row)).rowcount
            target.commit()
        if not done:
            return await self.store()
        found = await asyncio.to_thread(self._audit_store, copy)

        def names(finding: Finding) -> bool:
            is_row = table != "shadow" or finding.chain in (row, changed)
            return is_row and finding.field.startswith("shadow." if table == "shadow" else f"{table}.{column}")

        return Flip(f"store {table}.{column}", found, names)

    def _audit_store(self, path: Path) -> list[Finding]:
        found: list[Finding] = []

        def compare(replay: Replay) -> None:
            checkpoints = CheckpointStore(path)
            found.extend(audit_store(checkpoints, replay, origin=ORIGIN, size=self._size, root=self._root))
            checkpoints.close()

        audit(reader_of(self._copy), KINDS, after=compare)
        return found


@asynccontextmanager
async def published_log(chance: random.Random) -> AsyncIterator[Flips]:
    """A log with whole lives in it, published and stopped."""
    with (
        tempfile.TemporaryDirectory(prefix="liandan-bitflip-") as name,
        temporary_directory() as made,
        EmbeddedPostgres(made, fast=True) as postgres,
    ):
        directory = Path(name)
        await migrate(postgres.dsn)
        load = small_load(LANES, POLICY)
        raws = [*load.setup(), *(raw for life in lives(load, LIVES) for raw in life)]
        async with await open_pool(postgres.dsn, min_size=1, max_size=4) as pool, connect(postgres.dsn) as conn:
            async with witness(directory) as address, httpx.AsyncClient(trust_env=False) as http:
                cosigning = Cosigning(Collector(http, KEYRING.vkeys), {"campaign": address})
                async with log_in_process(pool, directory, cosigning) as log:
                    await publish_all(log, raws, load.now_s)
                    await Projector(log).catch_up()
            flips = Flips(pool, conn, directory, chance)
            await flips.prepare()
            yield flips


async def campaign(flips: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Flip bits; how many were found and located, by place, and what was missed or found without a place."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    missed: list[str] = []
    async with published_log(chance) as log:
        ways = (log.database, log.database, log.export, log.live, log.database, log.export, log.live, log.store)
        for number in range(flips):
            flip = await ways[number % len(ways)]()
            if flip.is_located:
                found[flip.place] += 1
            else:
                said = [(one.code, one.index, one.chain, one.field) for one in flip.findings]
                missed.append(f"flip {number}: {flip.place}: {said or 'nothing found'}")
    return found, missed


def main() -> None:
    """Run a campaign and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.bitflip", description=__doc__)
    parser.add_argument("--flips", type=int, default=60, help="1000 in the long mode")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    quiet()
    begun = time.monotonic()
    found, missed = asyncio.run(campaign(options.flips, options.seed))
    for place, count in sorted(found.items()):
        print(f"{count:6,} × {place}")
    print(*missed, sep="\n")
    print(f"{found.total():,} of {options.flips:,} flipped bits found and located; {time.monotonic() - begun:,.0f} s")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
