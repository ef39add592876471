"""Where files lie, by their SHA-256: a directory, or a bucket (ledger.evidence.bucket). A file is there whole or not at all.

In the directory ``ab/cd/<sha256>``; what is arriving lies in ``arriving/`` of the same file system under a name of its own and a lock, is
flushed and renamed. Whatever a crash leaves there has no lock any more and is removed by the next start or sweep, of any process.
"""

import asyncio
import errno
import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, Protocol, TypeVar

from signing.envelope import is_digest

P = ParamSpec("P")
T = TypeVar("T")
PIECE = 256 * 1024
"""Bytes read at a time: what one download holds in memory."""
ARRIVING = "arriving"
FOLDER, FILE = 0o700, 0o600


class ShelfAway(Exception):
    """The store cannot be reached, or cannot take or give a file now; nothing has changed. ``str`` names the kind of error, no path."""


class Shelf(Protocol):
    """Files by their hash (64 hex digits). Everything raises ShelfAway; of a file that is not there ``read`` raises FileNotFoundError."""

    async def put(self, digest: str, fresh: Path) -> None:
        """Keep a whole file, flushed, that lies in the directory of what is arriving; again is no harm, and mends one that was damaged."""

    async def size(self, digest: str) -> int | None:
        """Bytes of a file; ``None`` where there is none."""

    def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes from ``start`` up to ``end``, piece by piece."""

    async def drop(self, digest: str) -> None:
        """Remove a file; none is no harm."""

    def names(self) -> AsyncIterator[str]:
        """Every hash that is kept, in no order."""


class Arrivals:
    """The directory of what is arriving."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._folder = base / ARRIVING

    def open(self) -> tuple[Path, BinaryIO]:
        """A new file, locked as long as it is open; OSError."""
        for folder in (self._base, self._folder):
            folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        path = self._folder / secrets.token_hex(16)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE), "w+b")
        fcntl.flock(file, fcntl.LOCK_EX)
        return path, file

    def sweep(self) -> int:
        """Remove what nobody is writing any more; how many."""
        swept = 0
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(OSError), path.open("rb") as file:  # taken, or gone meanwhile
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                swept += 1
        return swept


class FileDirectory:
    """Files in a directory of this machine, or one that is mounted."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def place(self, digest: str) -> Path:
        """Where a file lies, or would."""
        assert is_digest(digest), "a path is made of what was checked"
        return self._base / digest[:2] / digest[2:4] / digest

    async def put(self, digest: str, fresh: Path) -> None:
        """By a rename: what was there before is replaced in one step."""
        await on_disk(self._put, digest, fresh)

    def _put(self, digest: str, fresh: Path) -> None:
        place = self.place(digest)
        place.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        fresh.replace(place)
        for folder in (place.parent, place.parent.parent, self._base):
            _flush(folder)

    async def size(self, digest: str) -> int | None:
        """As the file system tells it."""

        def size() -> int | None:
            with suppress(FileNotFoundError):
                return self.place(digest).stat().st_size
            return None

        return await on_disk(size)

    async def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """In a thread, piece by piece, from a file that stays whole although its name may go meanwhile."""
        file = await on_disk(self.place(digest).open, "rb")
        try:
            while start < end:
                piece = await on_disk(os.pread, file.fileno(), min(PIECE, end - start), start)
                if not piece:
                    raise ShelfAway("cut off")
                yield piece
                start += len(piece)
        finally:
            file.close()

    async def drop(self, digest: str) -> None:
        """One file; its folders stay."""

        def drop() -> None:
            self.place(digest).unlink(missing_ok=True)

        await on_disk(drop)

    async def names(self) -> AsyncIterator[str]:
        """Folder by folder."""
        for name in await on_disk(lambda: list(self._walk())):
            yield name

    def _walk(self) -> Iterator[str]:
        for path in self._base.glob("??/??/*"):
            if is_digest(path.name) and path == self.place(path.name):
                yield path.name


def _flush(folder: Path) -> None:
    """Let a name last: what a rename wrote is in the folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def on_disk(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """In a thread; what a file system may raise becomes ShelfAway, but for a file that is not there."""
    try:
        return await asyncio.to_thread(work, *given, **named)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ShelfAway(errno.errorcode.get(error.errno or 0, type(error).__name__)) from error
