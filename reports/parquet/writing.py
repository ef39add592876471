"""Writing rows of entries into Parquet files that are never written again, one to a table, month and export; the list of them comes last."""

from collections.abc import Iterable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from reports.parquet.contents import CONTENTS, TEMPORARY, ParquetContents, ParquetFile, digest_of, unlisted
from reports.parquet.duck import duckdb_connection, quoted
from reports.parquet.postings import PostedRow
from reports.parquet.tables import TABLES


class _Open:
    """Rows of a table that wait, as text, for their month to end."""

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, path.open("wb")
        self.rows, self.digest = 0, sha256()
        self.directions: set[str] = set()

    def add(self, row: dict[str, Any]) -> None:
        text = row_text(row)
        self.file.write(text)
        self.digest.update(text)
        self.rows += 1
        self.directions |= way_of(row)


def way_of(row: dict[str, Any]) -> set[str]:
    """The direction of a row, ``51-50``, where it has one."""
    return {f"{row['from_province']}-{row['to_province']}"} if row["from_province"] else set()


def row_text(row: dict[str, Any]) -> bytes:
    """A row as the hash of rows has it: JSON with the columns in their order, and a line's end."""
    return msgspec.json.encode(row) + b"\n"


class ParquetWriter:
    """Takes rows entry by entry; a context, after which nothing half written is left. Refusal ENGINE_MISSING; OSError."""

    def __init__(self, directory: Path, files: Iterable[ParquetFile] = ()) -> None:
        """``files`` are there already."""
        self.directory, self._before = directory, tuple(files)
        self._stack = ExitStack()
        self.start_over()

    def start_over(self) -> None:
        """Forget what was taken since the writer was made; files written meanwhile are of no list, and are written again."""
        self.files = list(self._before)
        self._month, self._first = "", 0
        self._open: dict[str, _Open] = {}

    def __enter__(self) -> "ParquetWriter":
        # One thread: the same rows give the same file, from the same release of DuckDB.
        self._duckdb = self._stack.enter_context(duckdb_connection(threads=1, temporary=str(self.directory)))
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # what stands in rows is for those who may read the log
        for path in unlisted(self.directory, self._before):
            path.unlink()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        for one in self._open.values():
            one.file.close()
        for path in self.directory.glob(f"{TEMPORARY}*"):
            path.unlink()

    def take(self, index: int, month: str, rows: Iterable[PostedRow]) -> None:
        """The rows of an entry that was admitted in a month; entries come in order."""
        if month != self._month:
            self.end_month(index)
            self._month, self._first = month, index
        for table, row in rows:
            if table not in self._open:
                self._open[table] = _Open(self.directory / f"{TEMPORARY}-{table}.json")
            self._open[table].add(row)

    def end_month(self, end: int) -> None:
        """Put what waits into files: rows of entries before ``end``."""
        for table, one in sorted(self._open.items()):
            one.file.close()
            self.files.append(self._written(table, one, end))
            one.path.unlink()
        self._open = {}

    def _written(self, table: str, one: _Open, end: int) -> ParquetFile:
        known: dict[str, Any] = {"table": table, "month": self._month, "first": self._first, "end": end, "rows": one.rows}
        known |= {"rows_sha256": one.digest.hexdigest(), "directions": tuple(sorted(one.directions))}
        fresh = self.directory / f"{TEMPORARY}-{table}.parquet"
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TABLES[table].items())
        source = f"read_json('{quoted(one.path)}', format = 'newline_delimited', columns = {{{columns}}})"
        self._duckdb.execute(f"COPY (SELECT * FROM {source}) TO '{quoted(fresh)}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
        fresh.chmod(0o600)
        file = msgspec.convert({**known, "bytes": fresh.stat().st_size, "sha256": digest_of(fresh)}, ParquetFile)
        path = self.directory / file.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.replace(path)
        return file


def write_contents(directory: Path, contents: ParquetContents) -> None:
    """Say what the directory holds, at once: before, it holds what it held."""
    path = directory / f"{TEMPORARY}-{CONTENTS}"
    with path.open("wb") as fresh:
        path.chmod(0o600)
        fresh.write(msgspec.json.format(msgspec.json.encode(contents), indent=1) + b"\n")
    path.replace(directory / CONTENTS)
