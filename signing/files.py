"""Reading files that anybody may have made or put there: regular, bounded, and never waited for longer than was said."""

import errno
import os
import select
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PIECE = 64 * 1024
PIPE_S = 10.0
"""How long what a person names on the command line may take to come through a pipe: ``<(pass show liandan)``."""
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ENAMETOOLONG)
"""Nothing, a folder, a link to itself, a socket, a device without a driver: no file stands there."""


class NotRegular(OSError):
    """A pipe that nobody fills, a device, a folder, a socket; ``strerror`` says it in Chinese and English."""

    def __init__(self, path: Path) -> None:
        super().__init__(0, "不是普通文件（管道、设备或文件夹） / a pipe, a device or a folder, not a file", str(path))


class TooLarge(OSError):
    """More bytes than the caller can use."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(0, f"文件过大，至多 {most} 字节 / more than {most} bytes", str(path))


def read_beginning(path: Path, most: int, *, wait_s: float = 0.0) -> bytes:
    """The first ``most`` bytes of a regular file. OSError where it cannot be read, NotRegular where it is none; with ``wait_s`` a pipe is read
    too (``<(pass show liandan)``), as long as what it gives comes within that time.
    """
    # Without O_NONBLOCK the opening itself would wait for somebody to write.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        told = os.fstat(handle)
        if stat.S_ISREG(told.st_mode):
            with os.fdopen(handle, "rb", closefd=False) as file:
                # Asked for more, it would make room for more; and of files that the kernel makes up, which say 0, some would be waited for.
                return file.read(min(most, told.st_size + 1)) if told.st_size else b""
        if stat.S_ISFIFO(told.st_mode) and wait_s:
            return _from_pipe(path, handle, most, time.monotonic() + wait_s)
    finally:
        os.close(handle)
    raise NotRegular(path)


def read_whole(path: Path, most: int, *, wait_s: float = 0.0) -> bytes:
    """A regular file of at most ``most`` bytes; the same, and TooLarge."""
    raw = read_beginning(path, most + 1, wait_s=wait_s)
    if len(raw) > most:
        raise TooLarge(path, most)
    return raw


def read_if_there(path: Path, most: int) -> bytes | None:
    """The same as ``read_beginning``; ``None`` where no regular file is, whatever else stands there. OSError where one cannot be read."""
    try:
        return read_beginning(path, most)
    except NotRegular:
        return None
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise


def _from_pipe(path: Path, handle: int, most: int, until: float) -> bytes:
    found = bytearray()
    while len(found) < most:
        left = until - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise NotRegular(path)
        with suppress(BlockingIOError):
            piece = os.read(handle, min(PIECE, most - len(found)))
            if not piece and found:
                break
            if not piece:  # nobody has opened the other end yet, or it was closed with nothing said
                time.sleep(0.05)
            found += piece
    return bytes(found)


def walk(directory: Path, *, depth: int) -> Iterator[Path]:
    """Everything under a directory that is no directory itself, links never followed, sorted within each folder. A folder that lies deeper than
    ``depth``, or cannot be listed, is given as it stands: nothing of ours is in there.
    """
    waiting = [(directory, 0)]
    while waiting:
        folder, level = waiting.pop()
        try:
            with os.scandir(folder) as found:
                there = sorted(found, key=lambda one: one.name)
        except OSError:
            if not level:
                raise
            yield folder
            continue
        for one in there:
            if one.is_dir(follow_symlinks=False) and level < depth:
                waiting.append((folder / one.name, level + 1))
            else:
                yield folder / one.name
