"""Whether files of Parquet say what the entries say: every row is made again from the entries, and read back from the files."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from reports.parquet.contents import ParquetContents, ParquetFile
from reports.parquet.duck import duckdb_connection, quoted
from reports.parquet.postings import PostedRow
from reports.parquet.tables import TABLES
from reports.parquet.writing import row_text, way_of
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

AT_ONCE = 10_000


class RowsAgain:
    """Takes the rows of entries again, in order, and knows which files have others."""

    def __init__(self, contents: ParquetContents) -> None:
        self._contents = contents
        self._digests = {file.path: sha256() for file in contents.files}
        self._by_table = {table: [file for file in contents.files if file.table == table] for table in TABLES}
        self._left_out = 0

    def take(self, index: int, month: str, rows: Iterable[PostedRow]) -> None:
        """Rows of an entry; those beyond the size of the files do not count."""
        for table, row in rows:
            if index < self._contents.size:
                self._add(self._file(table, index, month), row)

    def _file(self, table: str, index: int, month: str) -> ParquetFile | None:
        return next((file for file in self._by_table[table] if file.first <= index < file.end and file.month == month), None)

    def _add(self, file: ParquetFile | None, row: dict[str, Any]) -> None:
        if file is None:
            self._left_out += 1
        else:
            self._digests[file.path].update(row_text(row))

    def conclude(self) -> None:
        """Refusal PARQUET_ROWS for every file that has other rows than the entries give, and for rows that no file has."""
        found = (file for file in self._contents.files if self._digests[file.path].hexdigest() != file.rows_sha256)
        reasons = [_differs(file, self._digests[file.path].hexdigest()) for file in found]
        if self._left_out:
            said = Phrase(f"缺 {self._left_out} 行", f"{self._left_out} rows are missing")
            reasons += refuse("PARQUET_ROWS", field="contents.json", found=said).reasons
        if reasons:
            raise Refusal(reasons)


def _differs(file: ParquetFile, found: str) -> Reason:
    return refuse("PARQUET_ROWS", field=file.path, found=file.rows_sha256, expected=found).reasons[0]


def read_back(directory: Path, contents: ParquetContents, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Every file holds the rows whose hash is listed, so many, and of these directions: totals are asked of those that are listed. Refusal
    PARQUET_ROWS; ENGINE_MISSING; OSError where a file is no Parquet."""
    reasons: list[Reason] = []
    with duckdb_connection(threads=1) as duckdb:
        for done, file in enumerate(contents.files):
            progress(done, len(contents.files))
            names, digest, rows, ways = list(TABLES[file.table]), sha256(), 0, set[str]()
            answer = duckdb.execute(f"SELECT {', '.join(names)} FROM read_parquet('{quoted(directory / file.path)}')")  # noqa: S608
            while part := answer.fetchmany(AT_ONCE):
                rows += len(part)
                for row in part:
                    told = dict(zip(names, row, strict=True))
                    digest.update(row_text(told))
                    ways |= way_of(told)
            if digest.hexdigest() != file.rows_sha256:
                reasons.append(_differs(file, digest.hexdigest()))
            elif (rows, tuple(sorted(ways))) != (file.rows, file.directions):
                said, expected = f"{file.rows} {' '.join(file.directions)}", f"{rows} {' '.join(sorted(ways))}"
                reasons += refuse("PARQUET_ROWS", field=file.path, found=said, expected=expected).reasons
    if reasons:
        raise Refusal(reasons)
