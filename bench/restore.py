"""``python -m bench.restore``: copy what a log keeps, go on, put the copy back: the next start refuses it, whatever was put back.

A backup is a copy of the database (``CREATE DATABASE … TEMPLATE``: the same rows a dump gives), of the checkpoint store and of the files.
Each way puts back another part of it. When everything of the operator's is put back together, only those outside remember: the witness.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx

from bench.campaign import KEYRING, POLICY, lives, log_in_process, publish_all, quiet, small_load, witness
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.freeze import Mismatch
from ledger.witnessing.client import Collector
from liandan.database import migrate, open_pool
from liandan.postgres import EmbeddedPostgres, temporary_directory

STORE, FILES = "checkpoints.sqlite3", "log"
WAYS = {
    "database": (True, ()),
    "checkpoint store": (False, (STORE,)),
    "database, store": (True, (STORE,)),
    "database, files": (True, (FILES,)),
    "store, files": (False, (STORE, FILES)),
    "database, store, files; a witness remembers": (True, (STORE, FILES)),
}
"""What is put back: the database or not, and what beside it."""


class Site:
    """One operator's installation: a database by name, a directory."""

    def __init__(self, postgres: EmbeddedPostgres, directory: Path, address: str, name: str) -> None:
        self._postgres, self._directory, self._address = postgres, directory, address
        self._copies = 0
        self.name = name

    @asynccontextmanager
    async def pool(self) -> AsyncIterator[asyncpg.Pool]:
        """A pool on the present database."""
        opened = await open_pool(self._postgres.dsn_of(self.name), min_size=1, max_size=4)
        try:
            yield opened
        finally:
            await opened.close()

    async def start(self, raws: list[bytes], now_s: int) -> int:
        """Start, append and publish, stop; the size. Raises Mismatch instead of starting."""
        async with self.pool() as pool, httpx.AsyncClient(trust_env=False) as http:
            cosigning = Cosigning(Collector(http, KEYRING.vkeys), {"campaign": self._address})
            async with log_in_process(pool, self._directory / "live", cosigning) as log:
                return await publish_all(log, raws, now_s) if raws else 0

    def copy(self, source: str, target: str) -> None:
        """Copy store and files."""
        shutil.rmtree(self._directory / target, ignore_errors=True)
        shutil.copytree(self._directory / source, self._directory / target)

    def copy_database(self) -> str:
        """Copy the present database under a new name, which is returned."""
        self._copies += 1
        self._postgres.create_database(f"{self.name}_{self._copies}", template=self.name)
        return f"{self.name}_{self._copies}"

    def put_back(self, parts: tuple[str, ...]) -> None:
        """Replace parts of the live directory by those of the backup."""
        for part in parts:
            live = self._directory / "live"
            for leftover in live.glob(f"{part}*"):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            for kept in (self._directory / "backup").glob(f"{part}*"):
                (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, live / kept.name)


async def campaign(rounds: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Every way, ``rounds`` times at random distances; how often each was refused, and what was not."""
    refused: Counter[str] = Counter()
    accepted: list[str] = []
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="liandan-restore-") as name,
        temporary_directory() as made,
        EmbeddedPostgres(made, fast=True) as postgres,
    ):
        for number in range(rounds):
            directory = Path(name) / str(number)
            directory.mkdir()
            async with witness(directory) as address:
                site = Site(postgres, directory, address, f"restore_{number}")
                postgres.create_database(site.name)
                await migrate(postgres.dsn_of(site.name))
                await _round(site, chance, refused, accepted)
    return refused, accepted


async def _round(site: Site, chance: random.Random, refused: Counter[str], accepted: list[str]) -> None:
    load = small_load(1, POLICY)
    await site.start(list(load.setup()), load.now_s)
    for life, (way, (is_database, others)) in zip(lives(load, len(WAYS)), WAYS.items(), strict=True):
        backup = site.copy_database()
        site.copy("live", "backup")
        await site.start(life[: chance.randint(1, len(life))], load.now_s)
        ahead = site.name
        site.copy("live", "ahead")
        site.name = backup if is_database else ahead
        site.put_back(others)
        try:
            await site.start([], load.now_s)
            accepted.append(f"{way}: started")
        except Mismatch:
            refused[way] += 1
        site.name = ahead
        site.copy("ahead", "live")


def main() -> None:
    """Run a campaign and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.restore", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    quiet()
    begun = time.monotonic()
    refused, accepted = asyncio.run(campaign(options.rounds, options.seed))
    for way, count in refused.items():
        print(f"{count:6,} × refused: {way}")
    print(*accepted, sep="\n")
    print(f"{refused.total():,} restored backups refused at start, {len(accepted)} accepted; {time.monotonic() - begun:,.0f} s")
    raise SystemExit(1 if accepted else 0)


if __name__ == "__main__":
    main()
