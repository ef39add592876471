"""The checkpoint store: what this log has promised, kept outside the database and outside its backups (design §5).

One SQLite file. ``promise`` is the row that matters: epoch, size, root and the digest of the staged bundle. It moves by compare-and-swap
only, so a second publisher, a restored database or a paused process that wakes up cannot promise anything that contradicts an earlier
promise. The epoch is the fencing token: taking over raises it, and whoever holds an older one can no longer swap.

``shadow`` is the publisher's own memory of what the entries below the promised size mean (heads, states, accounts, keys): it decides
every entry a second time from there, so that an edit of the database's derived rows is caught before anything is signed. It moves in the
same transaction as the promise, and can be rebuilt from the published files at any time.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec import Struct

from signing.files import read_beginning

SLOTS = 2**22
"""Names are hashed into so many bytes, 1 where one was written: most registers that a decision asks for were never set, and need not be
looked for in the file. A collision only costs the look."""


class Promise(Struct, frozen=True):
    """The newest tree head that was or will be signed."""

    epoch: int
    size: int
    root: bytes
    digest: str  # SHA-256 (hex) of the staged bundle that brings the published files to this size; empty at size 0


_SCHEMA = """
CREATE TABLE IF NOT EXISTS promise
  (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS origin (one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
INSERT OR IGNORE INTO identity VALUES (1, lower(hex(randomblob(16))));
CREATE TABLE IF NOT EXISTS frozen (one INTEGER PRIMARY KEY CHECK (one = 1), why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shadow (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shadow_size (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, at_s INTEGER NOT NULL);
INSERT OR IGNORE INTO shadow_size VALUES (1, 0, 0);
"""


class CheckpointStore:
    """A small SQLite database with full durability; safe between threads and processes. Methods block for one fsync at most."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._written: bytearray | None = None  # slots of the shadow's names, known to whoever has taken over
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    @property
    def id(self) -> str:
        """By which a database knows this store again: random, made with the file. A copy has the same; its path tells them apart."""
        return str(self._value("SELECT id FROM identity"))

    def bind(self, origin: str) -> str:
        """Tie the store to one log; returns the origin it is tied to, which is another one if the store belongs to another log."""
        self._db.execute("INSERT OR IGNORE INTO origin VALUES (1, ?)", (origin,))
        return str(self._value("SELECT origin FROM origin"))

    def take_over(self, empty_root: bytes) -> Promise:
        """Become the publisher: raise the epoch. The first call of a log's life promises size 0."""
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO promise VALUES (1, 0, 0, ?, '')", (empty_root,))
            self._db.execute("UPDATE promise SET epoch = epoch + 1")
            self._written = bytearray(SLOTS)
            for (name,) in self._db.execute("SELECT key FROM shadow"):
                self._written[hash(name) % SLOTS] = 1
        promise = self.read()
        assert promise is not None
        return promise

    def read(self) -> Promise | None:
        """The newest promise, or None if there has never been a publisher."""
        row = self._db.execute("SELECT epoch, size, root, digest FROM promise").fetchone()
        return None if row is None else Promise(*row)

    def swap(self, old: Promise, new: Promise, shadow: Iterable[tuple[str, bytes]], *, at_s: int) -> bool:
        """Replace ``old`` by ``new`` and move the shadow with it; False if somebody else moved the promise, and then nothing has changed.

        Durable on return. ``at_s`` is the ``admission.at`` of the last entry below the new size.
        """
        assert new.size >= old.size, "a promise never shrinks"
        with self._transaction():
            sql = "UPDATE promise SET size = ?, root = ?, digest = ? WHERE epoch = ? AND size = ? AND root = ?"
            moved = self._db.execute(sql, (new.size, new.root, new.digest, old.epoch, old.size, old.root)).rowcount == 1
            if moved:
                self._keep(shadow, new.size, at_s)
        return moved

    def _value(self, sql: str, *values: str) -> Any:
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One at a time: a transaction belongs to the connection, and what another thread wrote into it could be rolled back with it."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def while_newest(self, promise: Promise) -> Iterator[bool]:
        """Whether ``promise`` is still the newest; until the block ends nobody takes over and nothing else is promised."""
        with self._transaction():
            yield self.read() == promise

    def _keep(self, values: Iterable[tuple[str, bytes]], size: int, at_s: int) -> None:
        values = list(values)
        if self._written is not None:
            for name, _ in values:
                self._written[hash(name) % SLOTS] = 1
        self._db.executemany("INSERT INTO shadow VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)
        self._db.execute("UPDATE shadow_size SET size = ?, at_s = ?", (size, at_s))

    def freeze(self, why: str) -> None:
        """Tell every process of this log that nothing may be appended."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO frozen VALUES (1, ?)", (why,))

    def thaw(self) -> None:
        """A publisher has taken over and found nothing wrong so far."""
        with self._transaction():
            self._db.execute("DELETE FROM frozen")

    def frozen(self) -> str | None:
        """Why the log is frozen, or None."""
        why: str | None = self._value("SELECT why FROM frozen")
        return why

    def shadow_size(self) -> tuple[int, int]:
        """How many entries the shadow reflects, and the ``admission.at`` of the last of them."""
        size, at_s = self._db.execute("SELECT size, at_s FROM shadow_size").fetchone()
        return size, at_s

    def shadow_value(self, key: str) -> bytes | None:
        """One value of the shadow. What another process wrote since this one took over may not be seen; it has then lost the lead."""
        if self._written is not None and not self._written[hash(key) % SLOTS]:
            return None
        value: bytes | None = self._value("SELECT value FROM shadow WHERE key = ?", key)
        return value

    def shadow(self) -> list[tuple[str, bytes]]:
        """The whole shadow: what the entries below the promised size mean."""
        return self._db.execute("SELECT key, value FROM shadow ORDER BY key").fetchall()

    def catch_up_shadow(self, values: Iterable[tuple[str, bytes]], *, size: int, at_s: int) -> None:
        """Move the shadow alone, when it is rebuilt from published files."""
        with self._transaction():
            self._keep(values, size, at_s)

    def forget_shadow(self) -> None:
        """Empty the shadow, so that it is rebuilt from the published files."""
        with self._transaction():
            self._db.execute("DELETE FROM shadow")
            self._db.execute("UPDATE shadow_size SET size = 0, at_s = 0")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Leadership:
    """Only one publisher at a time: a kernel lock beside the checkpoint store at ``path`` (design §5).

    The lock is for order and economy; safety rests on the epoch in the store, which a publisher that lost the lock without noticing cannot
    get past. The kernel lets go when the process dies, so a standby takes over within moments and without anybody's help.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process leads."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Try to lead; returns at once."""
        if self._handle is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            os.truncate(handle, 0)
            os.write(handle, b"%d\n" % os.getpid())
            self._handle = handle
        return True

    def leader(self) -> str:
        """Process number of whoever leads or led last, as it wrote it down; empty where nobody has."""
        try:
            return read_beginning(self._path, 20).decode("ascii", "replace").strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Let another process lead."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
