"""Values by name with a bound on memory: the newest stay decoded, the others wait, encoded, in a SQLite file.

An audit of a million entries meets some hundred thousand chains. Whoever keeps all their states as objects needs gigabytes; a decision
looks at a handful of them. The file is thrown away with the audit, or kept as the state that the next audit goes on from.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.model import Facts, Head

HOT_VALUES = 20_000  # decoded values held: some 60 MB of states
_UNKNOWN: Any = object()
_CACHE_KIB = 32 * 1024
_SLOTS = 2**22
"""Names of a new file are hashed into so many bytes, 1 where one was written: most names that are not in memory were never set, and need
not be looked for in the file. A collision, or a file that was kept, only costs the look."""


class DiskMap:
    """A mapping of names to values of which only the newest are in memory. Missing names give None and are remembered as missing."""

    def __init__(
        self, path: Path | None, encode: Callable[[Any], bytes], decode: Callable[[str, bytes], Any], *, hot: int = HOT_VALUES
    ) -> None:
        """``path`` None is a private file that vanishes with the process; values written to it are lost unless :meth:`keep` was called."""
        self._encode, self._decode, self._hot = encode, decode, hot
        self._young: dict[str, Any] = {}
        self._old: dict[str, Any] = {}
        self._dirty: set[str] = set()
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
        value = self._young.get(name, _UNKNOWN)
        return self._again(name) if value is _UNKNOWN else value

    def _again(self, name: str) -> Any:
        """A value that was not used lately: from the generation before, or from the file."""
        if name in self._old:
            value = self._old.pop(name)
        elif not self._written[hash(name) % _SLOTS]:
            value = None
        else:
            raw = self._load(name)
            value = None if raw is None else self._decode(name, raw)
        self._hold(name, value)
        return value

    def put(self, name: str, value: Any) -> None:
        """Set a value."""
        self._dirty.add(name)
        self._old.pop(name, None)
        self._hold(name, value)

    def _hold(self, name: str, value: Any) -> None:
        """Two generations: what the older one still holds when the younger is full was not used since, and goes to the file."""
        self._young[name] = value
        if len(self._young) > self._hot // 2:
            self._write(list(self._old.items()))
            self._young, self._old = {}, self._young

    def _write(self, values: list[tuple[str, Any]]) -> None:
        rows = [(name, self._encode(value)) for name, value in values if name in self._dirty]
        for name, _ in rows:
            self._dirty.remove(name)
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
        self._write([*self._old.items(), *self._young.items()])

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All values, encoded, by name."""
        self._flush()
        yield from self.db.execute("SELECT name, value FROM value ORDER BY name")

    def raw(self, name: str) -> bytes | None:
        """One value, encoded, without taking room in memory."""
        if name in self._dirty:
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
        super().__init__(dataset)
        self.disk = disk
        # Asked twenty times an entry: no call between.
        self.get = disk.get  # type: ignore[method-assign, assignment]  # a name is a key
        self.put = disk.put  # type: ignore[method-assign, assignment]

    def head(self, chain: str) -> Head[Any] | None:
        """As in Facts."""
        head: Head[Any] | None = self.get("chain:" + chain)
        return head

    def state(self, chain: str) -> Any:
        """As in Facts."""
        head = self.get("chain:" + chain)
        return None if head is None else head.state

    def holds(self, key: str) -> bool:  # noqa: ARG002  # as below
        """Always."""
        return True

    def missing(self, keys: Iterable[str]) -> list[str]:  # noqa: ARG002  # the signature is that of all facts
        """None: whatever is asked for is either here or in no entry."""
        return []
