"""What a witness must never forget: the newest head it cosigned for each log. One small SQLite file.

A head moves by compare-and-swap only and is on disk before the call returns, so two requests at once, two processes on one file and a
crash at any moment cannot make the witness cosign two histories. An old copy of this file would: it is not restored from a backup
(docs/witness.md). Beside it: keys pinned on first use, and how far a mirror has verified.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from ledger.tree.merkle import Edge
from ledger.witnessing.server import NOTHING, TreeHead

_SCHEMA = """
CREATE TABLE IF NOT EXISTS head (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pin (url TEXT PRIMARY KEY, vkeys TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mirror (origin TEXT PRIMARY KEY, edge BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS wanted (origin TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (origin, digest));
"""


class StoreFailed(Exception):
    """The file could not be read or written; nothing was promised."""


class WitnessStore:
    """The witness's memory; safe between threads and between processes. Methods block for one flush at most."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreFailed(f"{path}: {error}") from error

    @contextmanager
    def _held(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time: counts of changed rows belong to a connection."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise StoreFailed(str(error)) from error

    def head(self, origin: str) -> TreeHead:
        """The newest head cosigned for a log; size 0 before the first."""
        with self._held() as db:
            row = db.execute("SELECT size, root, note, at FROM head WHERE origin = ?", (origin,)).fetchone()
        return NOTHING if row is None else TreeHead(*row)

    def swap(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
        """Replace ``old`` by ``new``; False if somebody else moved it, and then nothing has changed. Durable on return."""
        assert new.size >= old.size, "a head never shrinks"
        row = (new.size, new.root, new.note, new.at)
        with self._held() as db:
            if old == NOTHING:
                db.execute("INSERT OR IGNORE INTO head VALUES (?, 0, ?, x'', 0)", (origin, NOTHING.root))
            statement = "UPDATE head SET size = ?, root = ?, note = ?, at = ? WHERE origin = ? AND size = ? AND root = ?"
            return db.execute(statement, (*row, origin, old.size, old.root)).rowcount == 1

    def pin(self, url: str, vkeys: Iterable[str]) -> tuple[str, ...]:
        """Trust on first use: keep the keys of an address if it has none yet; returns those that are kept."""
        with self._held() as db:
            db.execute("INSERT OR IGNORE INTO pin VALUES (?, ?)", (url, "\n".join(vkeys)))
            return tuple(str(db.execute("SELECT vkeys FROM pin WHERE url = ?", (url,)).fetchone()[0]).split("\n"))

    def pinned_keys(self, url: str) -> tuple[str, ...]:
        """Keys kept for an address; none before the first use."""
        with self._held() as db:
            row = db.execute("SELECT vkeys FROM pin WHERE url = ?", (url,)).fetchone()
        return () if row is None else tuple(str(row[0]).split("\n"))

    def edge(self, origin: str) -> Edge:
        """How far the mirror of a log has verified entries and has them on disk."""
        with self._held() as db:
            row = db.execute("SELECT edge FROM mirror WHERE origin = ?", (origin,)).fetchone()
        return Edge() if row is None else Edge.from_bytes(row[0])

    def keep_edge(self, origin: str, edge: Edge, wanted: Iterable[str] = ()) -> None:
        """Move the mirror's edge, and remember data files that its new entries name."""
        with self._held() as db, db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT OR REPLACE INTO mirror VALUES (?, ?)", (origin, edge.to_bytes()))
            db.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?)", [(origin, digest) for digest in wanted])

    def missing_data(self, origin: str) -> tuple[str, ...]:
        """Data files (hex SHA-256) that the mirror has not got yet."""
        with self._held() as db:
            return tuple(row[0] for row in db.execute("SELECT digest FROM wanted WHERE origin = ? ORDER BY digest", (origin,)))

    def has_data(self, origin: str, digest: str) -> None:
        """A data file has been fetched."""
        with self._held() as db:
            db.execute("DELETE FROM wanted WHERE origin = ? AND digest = ?", (origin, digest))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
