"""The key store: one AES key per disclosure, in a SQLite file outside PostgreSQL and outside its backups. Destroying a key is erasing.

What a destroyed key could survive in, and why it does not:

* the row: ``secure_delete`` overwrites deleted content with zeros, on free pages too;
* page tails: SQLite leaves stale copies where it moved rows between pages, so every destruction ends with VACUUM, which writes the file
  anew from the rows that are left. A crash in between leaves the mark ``dirty``, and the next opening does it;
* journals: a rollback journal, removed at each commit, instead of a write-ahead log, which would keep old pages until a checkpoint;
* temporary files: VACUUM builds its copy in memory.

Blocks of removed files are the file system's: put the store on an encrypted volume (docs/personal-data.md).

A place (statement, field) that was erased stays marked, so that no later resubmission brings the value back.
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from ledger.vault.disclosure import KEY_BYTES

Place = tuple[str, str]  # statement hash (hex) and field

_BUSY_S = 60  # others wait while one process rewrites the file
_PRAGMAS = ("temp_store = MEMORY", "secure_delete = ON", "journal_mode = DELETE", "synchronous = EXTRA")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS key
  (statement TEXT NOT NULL, field TEXT NOT NULL, key BLOB NOT NULL CHECK (length(key) = 32), PRIMARY KEY (statement, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased (statement TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (statement, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dirty (one INTEGER PRIMARY KEY CHECK (one = 1));
"""


class KeyStore:
    """Keys by place; safe between threads and processes. Methods block for an fsync, ``destroy`` for a rewrite of the file."""

    def __init__(self, path: Path) -> None:
        """Open or create the file, readable by its owner alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._rewrite()

    def obtain(self, places: Sequence[Place]) -> dict[Place, bytes]:
        """The key of every place, made where there is none yet; erased places are left out. Durable on return."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            erased = "SELECT 1 FROM erased WHERE statement = ? AND field = ?"
            wanted = [place for place in dict.fromkeys(places) if self._db.execute(erased, place).fetchone() is None]
            fresh = [(*place, secrets.token_bytes(KEY_BYTES)) for place in wanted]
            self._db.executemany("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", fresh)
            return self._keys(wanted)

    def fetch(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Keys that are there."""
        with self._lock:
            return self._keys(places)

    def destroy(self, places: Iterable[Place]) -> int:
        """Mark places as erased for ever and destroy their keys; returns how many there were. Nothing of them is in the file after it."""
        wanted = list(places)
        with self._lock:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", wanted)
                destroyed = self._db.executemany("DELETE FROM key WHERE statement = ? AND field = ?", wanted).rowcount
                if destroyed:
                    self._db.execute("INSERT OR IGNORE INTO dirty VALUES (1)")
            self._rewrite()
        return destroyed

    def _keys(self, places: Iterable[Place]) -> dict[Place, bytes]:
        select = "SELECT key FROM key WHERE statement = ? AND field = ?"
        return {place: row[0] for place in places if (row := self._db.execute(select, place).fetchone()) is not None}

    def _rewrite(self) -> None:
        """Write the file anew if something was destroyed since the last time."""
        if self._db.execute("SELECT 1 FROM dirty").fetchone() is not None:
            self._db.execute("VACUUM")
            self._db.execute("DELETE FROM dirty")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
