"""Values by name with a bound on memory: the newest stay decoded, the others wait, encoded, in a SQLite file.

An audit of a million entries meets some hundred thousand chains. Whoever keeps all their states as objects needs gigabytes; a decision
looks at a handful of them. The file is thrown away with the audit, or kept as the state that the next audit goes on from.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.model import Facts, Values

HOT_VALUES = 20_000  # decoded values held: some 60 MB of states
_CACHE_KIB = 32 * 1024
_SLOTS = 2**22
"""Names of a new file are hashed into so many bytes, 1 where one was written: most names that are not in memory were never set, and need
not be looked for in the file. A collision, or a file that was kept, only costs the look."""


class _Young(Values):
    """The values that were used last; what is asked for and not among them comes from the older ones, or from the file."""

    def __init__(self, again: Callable[[str], Any]) -> None:
        super().__init__()
        self._again = again

    def __missing__(self, name: str) -> Any:
        return self._again(name)


class DiskMap:
    """A mapping of names to values of which only the newest are in memory. Missing names give None and are remembered as missing."""

    def __init__(
        self, path: Path | None, encode: Callable[[Any], bytes], decode: Callable[[str, bytes], Any], *, hot: int = HOT_VALUES
    ) -> None:
        """``path`` None is a private file that vanishes with the process; values written to it are lost unless :meth:`keep` was called."""
        self._encode, self._decode, self._hot = encode, decode, hot
        self.young = _Young(self._again)  # Read and written to as it is, twenty times an entry: no call between.
        self._old: dict[str, Any] = {}
        self.dirty: set[str] = set()  # Names of values that the file does not have yet; whoever writes to ``young`` adds them.
        self.db = sqlite3.connect("" if path is None else path, isolation_level=None, check_same_thread=False)
        self.db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if path is None:
            self.db.execute("PRAGMA journal_mode = OFF")
            self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute("CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        self.db.execute("CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY CHECK (one = 1), mark BLOB NOT NULL)")
        self.db.execute("BEGIN")
        is_new = self.db.execute("SELECT 1 FROM value LIMIT 1").fetchone() is None
        self._written = bytearray(_SLOTS) if is_new else bytearray(b"\1") * _SLOTS

    def get(self, name: str) -> Any:
        """A value, or None."""
        return self.young[name]

    def _again(self, name: str) -> Any:
        """A value that was not used lately: from the generation before, or from the file."""
        if name in self._old:
            value = self._old.pop(name)
        elif not self._written[hash(name) % _SLOTS]:
            value = None
        else:
            raw = self._load(name)
            value = None if raw is None else self._decode(name, raw)
        self.young[name] = value
        self._make_room()
        return value

    def put(self, name: str, value: Any) -> None:
        """Set a value."""
        self.dirty.add(name)
        self.young[name] = value
        self._make_room()

    def _make_room(self) -> None:
        """Two generations: what the older one still holds when the younger is full was not used since, and goes to the file."""
        if len(self.young) > self._hot // 2:
            self._write_old()
            self._old = dict(self.young)
            self.young.clear()

    def _write_old(self) -> None:
        """Those of the older generation that were not written to since."""
        self._write([(name, value) for name, value in self._old.items() if name not in self.young])

    def _write(self, values: Iterable[tuple[str, Any]]) -> None:
        rows = [(name, self._encode(value)) for name, value in values if name in self.dirty]
        for name, _ in rows:
            self.dirty.remove(name)
            self._written[hash(name) % _SLOTS] = 1
        self._store(rows)

    def _load(self, name: str) -> bytes | None:
        return self._value("SELECT value FROM value WHERE name = ?", name)

    def _store(self, rows: list[tuple[str, bytes]]) -> None:
        self.db.executemany("INSERT INTO value VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", rows)

    def _value(self, sql: str, *names: str) -> bytes | None:
        row: tuple[bytes] | None = self.db.execute(sql, names).fetchone()
        return None if row is None else row[0]

    def _flush(self) -> None:
        self._write_old()
        self._write(self.young.items())

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All values, encoded, by name."""
        self._flush()
        yield from self.db.execute("SELECT name, value FROM value ORDER BY name")

    def raw(self, name: str) -> bytes | None:
        """One value, encoded, without taking room in memory."""
        if name in self.dirty:
            return self._encode(self.get(name))
        return self._load(name)

    def __len__(self) -> int:
        """How many values there are."""
        self._flush()
        return int(self.db.execute("SELECT count(*) FROM value").fetchone()[0])

    def mark(self) -> bytes | None:
        """What :meth:`keep` wrote last."""
        return self._value("SELECT mark FROM mark")

    def keep(self, mark: bytes) -> None:
        """Make everything so far durable together with a mark that says how far it is."""
        self._flush()
        self.db.execute("INSERT INTO mark VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET mark = excluded.mark", (mark,))
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Give up what was not kept."""
        self.db.close()


class DiskFacts(Facts):
    """Facts of a complete replay, most of them in a file: what no entry has set does not exist."""

    def __init__(self, dataset: Callable[[str, str], Any], disk: DiskMap) -> None:
        super().__init__(dataset, disk.young)
        self.disk, self.changed = disk, disk.dirty

    def holds(self, key: str) -> bool:  # noqa: ARG002  # as below
        """Always."""
        return True

    def missing(self, keys: Iterable[str]) -> list[str]:  # noqa: ARG002  # the signature is that of all facts
        """None: whatever is asked for is either here or in no entry."""
        return []
