"""Where the statements of closed months lie: ``statements/closed/<month>/<from>-<to>/<size>/`` in the data directory, whole or not at all.

The files of a close are written into a folder of another name, flushed, and put in place by one rename; the signed envelope is added last, before it
is posted. So whatever moment a process is killed at, there is a whole folder with an envelope, which is posted again as it is, or a folder without
one, which is drawn anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.periods.planning import MonthDue
from signing.files import read_if_there

ENVELOPE = "close.dsse.json"
ENVELOPE_MAX = 64 * 1024


class CloseShelf:
    """The shelf of one installation. Methods block for the disk."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "statements" / "closed"

    @property
    def receipts(self) -> Path:
        """Folder of the operator's receipts of its closes."""
        return self.root / "receipts"

    def folder(self, due: MonthDue, size: int) -> Path:
        """Where the files of a close at a size lie."""
        return self.root / due.month / "-".join(due.direction) / str(size)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else of this machine closes months meanwhile (a kernel lock, which goes with its process)."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def put(self, due: MonthDue, size: int, files: dict[str, bytes]) -> Path:
        """Keep the files of a close that is about to be signed; what lay there without an envelope is replaced."""
        target = self.folder(due, size)
        fresh = target.with_name(f".{size}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, content in files.items():
            _write(fresh / name, content)
        _settle(fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.replace(target)
        _settle(target.parent)
        return target

    def keep_envelope(self, folder: Path, envelope: bytes) -> None:
        """Add the signed statement, before it is posted."""
        fresh = folder / f".{ENVELOPE}"
        _write(fresh, envelope)
        fresh.replace(folder / ENVELOPE)
        _settle(folder)

    def signed(self, due: MonthDue) -> Iterator[tuple[Path, bytes]]:
        """Envelopes of a close that were signed, the newest size first."""
        parent = self.folder(due, 0).parent
        sizes = sorted((int(one.name) for one in parent.glob("*") if one.name.isdecimal()), reverse=True) if parent.is_dir() else []
        for size in sizes:
            if (raw := read_if_there(parent / str(size) / ENVELOPE, ENVELOPE_MAX)) is not None:
                yield parent / str(size), raw

    def forget(self, folder: Path) -> None:
        """Take away a close that came to nothing."""
        shutil.rmtree(folder, ignore_errors=True)

    def tidy(self, due: MonthDue, sizes: set[int]) -> None:
        """Keep of a direction's month the folders of these sizes, which the log has, and what was signed; what else a killed process left goes."""
        parent = self.folder(due, 0).parent
        for one in (*parent.glob("*"), *parent.glob(".*.new")):
            is_known = one.name.isdecimal() and int(one.name) in sizes
            if not is_known and not (one.name.isdecimal() and (one / ENVELOPE).exists()):
                shutil.rmtree(one, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """The names in a folder reach the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
