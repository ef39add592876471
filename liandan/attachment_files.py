"""Attachments as files beside an export: which ones its entries name, fetching them, comparing them with their hashes.

They are no part of the log, so an export keeps its form and an audit its verdict: what is missing is said, by hash, and nothing fails for it.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from pathlib import Path

from ledger.admission.entry import read_entry
from ledger.evidence.arriving import SIZE_MAX
from ledger.evidence.model import FilesChecked
from ledger.evidence.named import files_in
from ledger.evidence.shelf import Arrivals, FileDirectory, Shelf
from ledger.tree.tiles import TileReader
from liandan.client import AsyncLiandan, RequestRefused
from liandan.export import reader_of
from liandan.wiring import KINDS
from signing.refusal import Refusal

FetchFile = Callable[[str], Awaitable[bytes | None]]
"""A file by its hash, of just those bytes; ``None`` where it is not to be had."""


def named_in(directory: Path, size: int) -> dict[str, int]:
    """Files that the first ``size`` entries of an export name, each with the first entry that does; what cannot be read the audit has told."""
    found: dict[str, int] = {}
    try:
        for raw in TileReader(size, reader_of(directory)).entries(0, size):
            entry = read_entry(raw, KINDS)
            for file in files_in(entry.statement.body):
                found.setdefault(file.sha256, entry.index)
    except Refusal:
        pass
    return found


def from_shelf(shelf: Shelf) -> FetchFile:
    """From the store of this installation."""

    async def fetch(digest: str) -> bytes | None:
        size = await shelf.size(digest)
        if size is None or size > SIZE_MAX:
            return None
        content = b"".join([piece async for piece in shelf.read(digest, 0, size)])
        return content if sha256(content).hexdigest() == digest else None

    return fetch


def from_server(client: AsyncLiandan) -> FetchFile:
    """From a server, as far as the client may have them."""

    async def fetch(digest: str) -> bytes | None:
        try:
            return await client.get_file(digest)
        except RequestRefused as refused:
            if refused.problem.status != 404:
                raise
            return None

    return fetch


async def copy_files(directory: Path, size: int, into: Path, fetch: FetchFile) -> list[str]:
    """Bring the files that an export names into a directory, each whole or not at all; those that are not to be had. What is there is left."""
    shelf, arrivals, missing = FileDirectory(into), Arrivals(into), list[str]()
    arrivals.sweep()
    for digest in sorted(named_in(directory, size)):
        if await shelf.size(digest) is not None:
            continue
        content = await fetch(digest)
        if content is None:
            missing.append(digest)
            continue
        fresh, file = arrivals.open()
        try:
            with file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                await shelf.put(digest, fresh)
        finally:
            fresh.unlink(missing_ok=True)
    return missing


async def check_files(shelf: Shelf, named: Mapping[str, int]) -> FilesChecked:
    """Every file on a shelf against its hash, and all of them against those that entries name; ShelfAway."""
    whole, damaged = set[str](), list[str]()
    async for digest in shelf.names():
        hashed, size = sha256(), await shelf.size(digest) or 0
        async for piece in shelf.read(digest, 0, size):
            hashed.update(piece)
        if hashed.hexdigest() == digest:
            whole.add(digest)
        else:
            damaged.append(digest)
    missing = tuple(sorted(named.keys() - whole - {*damaged}))
    here = len(named.keys() & whole)
    return FilesChecked(named=len(named), here=here, missing=missing, damaged=tuple(sorted(damaged)), unnamed=len(whole) - here)


def files_told(found: FilesChecked) -> list[str]:
    """The same for people."""
    return [
        f"附件 / attachments: 被引用 / named {found.named}，完好 / whole {found.here}，缺 / missing {len(found.missing)}，"
        f"损坏 / damaged {len(found.damaged)}，未被引用 / unnamed {found.unnamed}",
        *(f"缺附件 / missing: {digest}" for digest in found.missing),
        *(f"附件损坏 / damaged: {digest}" for digest in found.damaged),
    ]
