"""Only one publisher at a time: a kernel lock beside the checkpoint store (design §5).

The lock is for order and economy; safety rests on the epoch in the store, which a publisher that lost the lock without noticing cannot
get past. The kernel lets go when the process dies, so a standby takes over within moments and without anybody's help.
"""

import fcntl
import os
from pathlib import Path


class Leadership:
    """Whether this process is the active publisher of the store at ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process leads."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Try to lead; returns at once."""
        if self._handle is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let another process lead."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
