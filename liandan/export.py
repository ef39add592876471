"""Exporting a log: from the files of this installation or from a server, the same bytes in the same fixed shape (formats §4)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import msgspec

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.answers import Sizes
from ledger.auditing.state import data_named
from ledger.publishing.files import LogFiles, close_folders, read_published, write_whole
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import HEIGHT, WIDTH, TileReader, parse_path, tile_at, tiles_between
from liandan.client import AsyncLiandan, Dishonest
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

Fetch = Callable[[str], Awaitable[bytes]]
"""Path in an export to its bytes."""
AT_ONCE = 8
PART = 64
ARCHIVED_MAX = 1_000_000
"""Checkpoints that a server can have archived: one in ten minutes, for 19 years."""
TEMPORARY = ".part"


async def export(fetch: Fetch, archived: Iterable[int], directory: Path, kinds: Kinds, progress: Callable[[int, int], None]) -> int:
    """Bring a directory to the newest checkpoint, fetching only what it lacks; the size of its checkpoint. The checkpoint is read first and
    put in place last, so it never names entries that are not there; whatever interrupts an export, the next one goes on. What is there
    already is trusted only as far as its hashes give the new root. Refusal EXPORT_DIRECTORY for a directory that holds anything else than
    an export of this log, EXPORT_FORKED when what it holds is no part of the log's present history.
    """
    vkeys, note = await fetch("log.vkey"), await fetch("checkpoint")
    if not await asyncio.to_thread(_is_ours, directory, vkeys):
        raise refuse(
            "EXPORT_DIRECTORY", found=directory, expected=Phrase("空目录，或本账本的导出件", "an empty directory, or an export of this log")
        )
    await asyncio.to_thread(close_folders, directory)
    checkpoint = open_checkpoint(note, vkeys.decode("utf-8", "replace").splitlines()).checkpoint
    size = checkpoint.size
    await asyncio.to_thread(_write, directory, "log.vkey", vkeys)
    notes = [f"checkpoints/{at}" for at in archived if at <= size]
    gate, done, total = asyncio.Semaphore(AT_ONCE), 0, _tile_count(size) + len(notes)

    async def take(path: str) -> None:
        async with gate:
            content = await fetch(path)
        await asyncio.to_thread(_write, directory, path, content)

    async def take_all(paths: Iterable[str]) -> None:
        # Part by part: a checkpoint may name more tiles than memory holds, and the first that is not there ends it.
        nonlocal done
        waiting = iter(paths)
        while part := list(islice(waiting, PART)):
            await asyncio.gather(*map(take, await asyncio.to_thread(_lacking, directory, part)))
            done += len(part)
            progress(min(done, total), total)

    await take_all(tile.path for tile in tiles_between(0, size))
    await asyncio.to_thread(_check_root, directory, checkpoint)
    await take_all(f"data/{digest}" for digest in await asyncio.to_thread(_adopted, directory, size, kinds))
    await asyncio.to_thread(_write, directory, "checkpoint", note)
    await take_all(notes)  # after the entries that they name
    await asyncio.to_thread(_drop_partials, directory, size)
    return size


def _tile_count(size: int) -> int:
    """How many tiles and bundles ``tiles_between(0, size)`` names."""
    rows = [size >> HEIGHT * level for level in range(64 // HEIGHT + 1)]
    return sum(-(-row // WIDTH) for row in (size, *rows))


_OURS = frozenset({"checkpoint", "checkpoints", "data", "log.vkey", "tile"})


def _is_ours(directory: Path, vkeys: bytes) -> bool:
    """Empty or new, or with nothing but an export of the log with these keys."""
    found = {path.name for path in directory.iterdir() if not path.name.endswith(TEMPORARY)} if directory.exists() else set()
    return not found or (found <= _OURS and reader_of(directory)("log.vkey") == vkeys)


def _lacking(directory: Path, wanted: Iterable[str]) -> list[str]:
    """Paths that are not there yet. Every file is written whole or not at all, so one that is there is complete."""
    return [path for path in wanted if not (directory / path).exists()]


def _check_root(directory: Path, checkpoint: Checkpoint) -> None:
    """Entries and tiles, old and new together, give the root that the log has signed."""
    reader = TileReader(checkpoint.size, reader_of(directory))
    edge = Edge().append_many(map(leaf_hash, reader.entries(0, checkpoint.size)))
    if not edge.root() == reader.root() == checkpoint.root:
        raise refuse("EXPORT_FORKED", field=str(directory), found=edge.root().hex(), expected=checkpoint.root.hex())


def _drop_partials(directory: Path, size: int) -> None:
    """Partial tiles of earlier sizes, now that the checkpoint is a newer one (formats §4), and what a kill left half written."""
    for path in directory.rglob(f".*{TEMPORARY}"):
        path.unlink()
    for path in sorted((directory / "tile").glob("**/*.p/*")):
        if not _is_edge(path.relative_to(directory).as_posix(), size):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def _is_edge(path: str, size: int) -> bool:
    """Whether a partial tile is one of the tree of this size."""
    with suppress(Refusal):
        tile = parse_path(path)
        return tile_at(tile.level, tile.index, size) == tile
    return False


def reader_of(directory: Path) -> Callable[[str], bytes | None]:
    """Reads files of an export, which anybody may have made; paths are of our own making."""

    return partial(read_published, directory)


def archived_in(directory: Path) -> list[int]:
    """Sizes of the archived checkpoints of an export."""
    folder = directory / "checkpoints"
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal()) if folder.is_dir() else []


def fetch_files(files: LogFiles) -> Fetch:
    """From the static files of this installation."""

    async def fetch(path: str) -> bytes:
        raw = files.read_tile(path) if path.startswith("tile/") else files.read(path)
        if raw is None:
            raise refuse("NOT_FOUND", found=files.place(path))
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
        rising = [found[-1] if found else 0, *page.sizes]
        if any(later <= before for before, later in pairwise(rising)) or len(found) + len(page.sizes) > ARCHIVED_MAX:
            raise Dishonest(f"/v1/checkpoints: sizes that do not rise, or too many, behind {rising[0]}")
        found += page.sizes


def _adopted(directory: Path, size: int, kinds: Kinds) -> list[str]:
    """SHA-256 of every data file that the entries ever named."""
    entries = (read_entry(raw, kinds) for raw in TileReader(size, reader_of(directory)).entries(0, size))
    found = {digest for entry in entries for digest in data_named(entry.statement)}
    return sorted(found)


def _write(directory: Path, path: str, content: bytes) -> None:
    """A file appears whole: an interrupted export leaves no part of one under its name. Entries are for those who may read them."""
    write_whole(directory, path, f".{Path(path).name}{TEMPORARY}", content, is_flushed=False)
