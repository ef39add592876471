"""A served log with the demonstration's whole story on it, witnesses included; played once for each state of the sources, then copied.

    async with served(Path("somewhere")) as desk: …

Playing takes half a minute and is kept in /var/tmp, where the database's account can reach it; a copy starts in seconds.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from liandan.database import connect, database_url
from liandan.demo.cast import CAST
from liandan.demo.exchange import exchange
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import Scribe, found_log, play
from liandan.demo.run import SEED
from liandan.demo.sandbox import SIGN_INS, sign_ins
from liandan.demo.server_process import server
from liandan.demo.story import tell
from liandan.demo.witnesses import policy_lines, witnessing
from liandan.keyring import write_keyring
from liandan.postgres import temporary_directory
from liandan.settings import Settings
from liandan.statements import with_own
from liandan.store_registration import move_store
from tests.house.source import ROOT

KEEP = Path("/var/tmp")
KEPT_DAYS = 2


class Served(Struct, frozen=True):
    """A running server with the story on it."""

    url: str
    keyring: Keyring
    directory: Path


def state_of_sources() -> str:
    """A hash of what the story's log depends on: what judges it and keeps it, and the story itself."""
    made = sha256()
    for place in ("signing", "ledger", "whitelist", "manifests", "reports/items", "liandan/demo", "alembic"):
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix in (".py", ".toml", ".json", ".csv", ".txt"):
                made.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:16]


@asynccontextmanager
async def online(directory: Path, keyring: Keyring) -> AsyncIterator[tuple[str, bool]]:
    """Server and witnesses over a directory; the second value is whether it was there before."""
    data, was_there = directory / "data", (directory / "data" / "keys.pem").exists()
    if not was_there:
        data.mkdir(parents=True)
        await asyncio.to_thread(write_keyring, keyring.server, data / "keys.pem", data / "passphrase")
        await asyncio.to_thread(LogFiles(data / "log", data / "entries").put_data, CAST.data.values())
    async with (
        witnessing(directory, keyring, keyring.server.vkeys) as witnesses,
        server(data, directory / "server.log", witnesses.setting, directory / SIGN_INS) as url,
    ):
        await witnesses.start(url)
        yield url, was_there


async def _play(directory: Path) -> None:
    keyring, story = Keyring(SEED), tell(SEED)
    async with online(directory, keyring) as (url, _), found_log(url, founding(keyring, policy_lines(keyring)), keyring) as poster:
        scribe = Scribe(keyring, poster.found, story.world)
        await play(story.slots, scribe, poster)
        await exchange(story.world, scribe, poster)


def template() -> Path:
    """The directory that copies are made from; whoever comes first plays, others wait. What monthly statements are drawn from is gathered in it,
    again when the program is another one: a minute's work that each copy would have to do."""
    place = KEEP / f"liandan-desk-{state_of_sources()}"
    with (KEEP / "liandan-desk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for old in KEEP.glob("liandan-desk-*"):
            if old != place and old.is_dir() and time.time() - old.stat().st_mtime > KEPT_DAYS * 86_400:
                shutil.rmtree(old, ignore_errors=True)
        if not (place / "done").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o711)
            asyncio.run(_play(place))
            (place / "done").touch()
        with_own(Settings(data_dir=place / "data"), lambda gathering, checkpoint: None, lambda done, of: None)
    return place


def copy_to(place: Path) -> None:
    """Copy the played directory."""
    subprocess.run(["cp", "-a", f"{template()}/.", place], check=True)  # with owners and modes: the database's account is another one
    (place / "done").unlink()
    (place / SIGN_INS).write_text(json.dumps(sign_ins(Keyring(SEED))), encoding="utf-8")


async def moved(place: Path) -> None:
    """Tell the database that its checkpoint store lies elsewhere now: a deliberate act, as for any installation that moves."""
    settings = Settings(data_dir=place / "data")
    async with database_url(settings) as dsn, connect(dsn) as connection:
        with closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
            await move_store(connection, checkpoints, str((await asyncio.to_thread(template) / "data" / "checkpoints.sqlite3").resolve()))


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """A copy, running; it lies where tests write (tests/conftest.py), in memory if there is room."""
    with temporary_directory() as place:
        await asyncio.to_thread(copy_to, place)
        await moved(place)
        keyring = Keyring(SEED)
        async with online(place, keyring) as (url, _):
            yield Served(url, keyring, place)


async def _stay() -> None:
    async with served() as desk:
        print(desk.url, flush=True)  # noqa: T201  # whoever started it reads this line
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_stay())
