"""Clusters that live as long as a test run or a demonstration, and leave nothing behind.

What a killed process had to leave behind is collected by the next one that makes a temporary cluster.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liandan.postgres.account import server_account
from liandan.postgres.embedded import EmbeddedPostgres
from liandan.postgres.locks import Membership
from signing.refusal import Refusal

PREFIX = "liandan-pg-"
ABANDONED_AFTER_S = 60
"""A younger directory may belong to somebody who has not come to locking it yet."""
OWNER_LOCK = "owner.lock"
"""Held while the directory is wanted, whether or not a server runs in it."""


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory in which clusters can be made, also by other processes; at the end their servers are stopped and it is removed."""
    parent = Path(tempfile.gettempdir())
    if not server_account(Path("/nonexistent")).reaches(parent):  # we are root, and the server's account cannot pass there
        parent = Path("/var/tmp")  # noqa: S108 -- mkdtemp makes the directory
    _collect_abandoned(parent)
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    if os.geteuid() == 0:
        made.chmod(0o711)  # the server's account must pass; what lies inside is closed by its own mode
    owner = Membership(made / OWNER_LOCK)
    owner.join()
    try:
        yield made
    finally:
        _remove(made, even_if_used=True)
        owner.leave()


def _collect_abandoned(parent: Path) -> None:
    """Remove our own temporary directories whose owner and users have all died."""
    for found in parent.glob(f"{PREFIX}*"):
        try:
            state = found.lstat()
            is_ours = state.st_uid == os.geteuid() and not found.is_symlink()
            is_young = time.time() - state.st_mtime < ABANDONED_AFTER_S
            if is_ours and not is_young and Membership(found / OWNER_LOCK).is_only_member():
                _remove(found, even_if_used=False)
        except FileNotFoundError:  # another collector was faster
            continue


def _remove(directory: Path, *, even_if_used: bool) -> None:
    """Stop what runs there and delete it; with ``even_if_used=False`` only if all its users are dead."""
    if is_halted(directory, even_if_used=even_if_used):
        shutil.rmtree(directory, ignore_errors=True)


def is_halted(directory: Path, *, even_if_used: bool = False) -> bool:
    """Stop the server of a cluster that nobody uses, or any; False while somebody uses it and may go on."""
    try:
        return not (directory / "postgres").exists() or EmbeddedPostgres(directory).halt(even_if_used=even_if_used)
    except Refusal:  # its programs or its account are gone, so nothing can run there
        return True
