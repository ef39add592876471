"""DuckDB, where it is installed (``pip install 'liandan[parquet]'``): a connection that reaches nothing but the files it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from signing.phrase import Phrase
from signing.refusal import refuse

MEMORY = "1500MB"
"""What a question may hold in memory; beyond that it goes to files in the working directory of the question."""


@contextmanager
def duckdb_connection(*, threads: int | None = None, temporary: str = "") -> Iterator[Any]:
    """A private database in memory. Refusal ENGINE_MISSING where DuckDB is not installed; OSError for what it cannot read, write or hold."""
    try:
        import duckdb  # noqa: PLC0415  # an extra: only who asks for it needs it
    except ImportError:
        expected = Phrase("安装 duckdb：pip install 'liandan[parquet]'", "duckdb installed: pip install 'liandan[parquet]'")
        raise refuse("ENGINE_MISSING", field="engine", found="duckdb", expected=expected) from None
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET autoinstall_known_extensions = false")  # nothing is fetched from anywhere
        connection.execute("SET autoload_known_extensions = false")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET temp_directory = ?", [temporary])
        if threads is not None:
            connection.execute(f"SET threads = {threads:d}")
        yield connection
    except duckdb.Error as error:
        raise OSError(f"DuckDB: {str(error).splitlines()[0]}") from error
    finally:
        connection.close()


def quoted(path: object) -> str:
    """A path as it stands between the quotes of SQL."""
    return str(path).replace("'", "''")
