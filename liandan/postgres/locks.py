"""Who uses a cluster right now: file locks of the kernel, which end with their process, however it ends.

Lists of process numbers rot when a process is killed; ``flock`` does not.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock that one process at a time can hold; waits for it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Membership:
    """Being one of the users of something. Join and leave while holding an ``exclusive`` lock, so that nobody slips in between."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def is_member(self) -> bool:
        """Whether we have joined and not left."""
        return self._descriptor is not None

    def join(self) -> None:
        """Count as a user until ``leave`` or the end of the process."""
        if self._descriptor is None:
            self._descriptor = _open(self._path)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_only_member(self) -> bool:
        """Whether nobody else has joined (we may or may not have)."""
        if self._descriptor is None:
            probe = Membership(self._path)
            probe.join()
            try:
                return probe.is_only_member()
            finally:
                probe.leave()
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Linux drops the shared lock when the upgrade fails; take it again. Nobody can take it away while we hold the exclusive one.
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
            return False
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        return True

    def leave(self) -> None:
        """Stop counting."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:  # the cluster's owner must be able to open it when he comes as himself
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
