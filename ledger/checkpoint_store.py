"""The checkpoint store: what this log has promised, kept outside the database and outside its backups (design §5).

One SQLite file with one row that matters: epoch, size, root and the digest of the staged bundle. It moves by compare-and-swap only, so a
second publisher, a restored database or a paused process that wakes up cannot promise anything that contradicts an earlier promise.
The epoch is the fencing token: taking over raises it, and whoever holds an older one can no longer swap.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from msgspec import Struct


class Promise(Struct, frozen=True):
    """The newest tree head that was or will be signed."""

    epoch: int
    size: int
    root: bytes
    digest: str
    """SHA-256 (hex) of the staged bundle that brings the published files to this size; empty at size 0."""


class CheckpointStore:
    """A small SQLite database with full durability; safe between processes. Methods block for one fsync at most."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS promise (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL,"
            " size INTEGER NOT NULL, root BLOB NOT NULL, digest TEXT NOT NULL)"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS origin (one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL)")

    def bind(self, origin: str) -> str:
        """Tie the store to one log; returns the origin it is tied to, which is another one if the store belongs to another log."""
        self._db.execute("INSERT OR IGNORE INTO origin VALUES (1, ?)", (origin,))
        row = self._db.execute("SELECT origin FROM origin").fetchone()
        return str(row[0])

    def take_over(self, empty_root: bytes) -> Promise:
        """Become the publisher: raise the epoch. The first call of a log's life promises size 0."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("INSERT OR IGNORE INTO promise VALUES (1, 0, 0, ?, '')", (empty_root,))
            self._db.execute("UPDATE promise SET epoch = epoch + 1")
        promise = self.read()
        assert promise is not None
        return promise

    def read(self) -> Promise | None:
        """The newest promise, or None if there has never been a publisher."""
        row = self._db.execute("SELECT epoch, size, root, digest FROM promise").fetchone()
        return None if row is None else Promise(*row)

    def swap(self, old: Promise, new: Promise) -> bool:
        """Replace ``old`` by ``new``; False if somebody else moved it, and then nothing has changed. Durable on return."""
        assert new.size >= old.size, "a promise never shrinks"
        cursor = self._db.execute(
            "UPDATE promise SET size = ?, root = ?, digest = ? WHERE epoch = ? AND size = ? AND root = ?",
            (new.size, new.root, new.digest, old.epoch, old.size, old.root),
        )
        return cursor.rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._db.close()
