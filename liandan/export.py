"""Exporting a log: from the files of this installation or from a server, the same bytes in the same fixed shape (formats §4)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec

from ledger.answers import Sizes
from ledger.checkpoint import parse_checkpoint
from ledger.entry import Entry, read_entry
from ledger.files import LogFiles
from ledger.founding import LogFound
from ledger.kinds import Kinds
from ledger.note import parse_note
from ledger.tiles import TileReader, tiles_between
from liandan.client import AsyncLiandan
from signing.refusal import refuse

Fetch = Callable[[str], Awaitable[bytes]]
"""Path in an export to its bytes."""
AT_ONCE = 8


async def export(fetch: Fetch, archived: Iterable[int], directory: Path, kinds: Kinds, progress: Callable[[int, int], None]) -> int:
    """Write an export into an empty or new directory; the size of its checkpoint. The checkpoint is read first and written last."""
    if not await asyncio.to_thread(_is_free, directory):
        raise refuse("EXPORT_DIRECTORY", found=directory, expected="an empty directory")
    note = await fetch("checkpoint")
    size = parse_checkpoint(parse_note(note)[0]).size
    paths = ["log.vkey", *(f"checkpoints/{at}" for at in archived if at <= size), *(tile.path for tile in tiles_between(0, size))]
    gate, done = asyncio.Semaphore(AT_ONCE), 0

    async def take(path: str) -> None:
        nonlocal done
        async with gate:
            content = await fetch(path)
        await asyncio.to_thread(_write, directory / path, content)
        done += 1
        progress(done, len(paths))

    await asyncio.gather(*map(take, paths))
    for digest in await asyncio.to_thread(_adopted, directory, size, kinds):
        await take(f"data/{digest}")
    await asyncio.to_thread(_write, directory / "checkpoint", note)
    return size


def _is_free(directory: Path) -> bool:
    return not directory.exists() or not any(directory.iterdir())


def reader_of(directory: Path) -> Callable[[str], bytes | None]:
    """Reads files of an export; paths are of our own making."""

    def read(path: str) -> bytes | None:
        try:
            return (directory / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read


def archived_in(directory: Path) -> list[int]:
    """Sizes of the archived checkpoints of an export."""
    folder = directory / "checkpoints"
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal()) if folder.is_dir() else []


def fetch_files(files: LogFiles) -> Fetch:
    """From the static files of this installation."""

    async def fetch(path: str) -> bytes:
        raw = files.read_tile(path) if path.startswith("tile/") else files.read(path)
        if raw is None:
            raise refuse("NOT_FOUND", found=files.root / path)
        return raw

    return fetch


def fetch_url(client: AsyncLiandan) -> Fetch:
    """From a server; entries need the token of an authority or of the operator."""

    async def fetch(path: str) -> bytes:
        return await client.get("/" + path.replace("checkpoints/", "checkpoint/", 1) if path.startswith("checkpoints/") else "/" + path)

    return fetch


async def archived_at(client: AsyncLiandan) -> list[int]:
    """Sizes of all checkpoints that a server has archived."""
    found: list[int] = []
    while True:
        page = msgspec.json.decode(await client.get("/v1/checkpoints", after=found[-1] if found else 0), type=Sizes)
        if not page.sizes:
            return found
        found += page.sizes


def _adopted(directory: Path, size: int, kinds: Kinds) -> list[str]:
    """SHA-256 of every ruleset and data file that the entries ever adopted."""
    reader = TileReader(size, reader_of(directory))
    return sorted({digest for raw in reader.entries(0, size) for digest in _digests(read_entry(raw, kinds))})


def _digests(entry: Entry) -> Iterable[str]:
    body = entry.statement.body
    if isinstance(body, LogFound):
        return [body.ruleset.sha256, *(adopted.sha256 for adopted in body.data)]
    return [body.sha256] if entry.statement.kind in ("ruleset.adopt/1", "data.adopt/1") else []


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
