"""Who answers the definitions: DuckDB in this process, or Spark through Spark Connect. Both get the same files and the same text of SQL."""

import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import Any, Literal
from urllib.parse import urlsplit

from reports.parquet.duck import duckdb_connection, quoted
from reports.parquet.tables import BIGINT, TABLES, VARCHAR
from signing.phrase import Phrase
from signing.refusal import refuse

EngineName = Literal["duckdb", "spark"]
SPARK = "LIANDAN_SPARK"
"""Variable with the address of a Spark Connect server (``sc://host:15002``); ``sail`` starts one in this process, without a JVM."""
SAIL = "sail"
PORT, WAIT_S = 15002, 10.0
"""Where Spark Connect listens unless the address says otherwise; how long a connection may take."""
VIEW = "CREATE OR REPLACE TEMPORARY VIEW {} AS {}"
"""Both engines read it so."""


class Engine(ABC):
    """Relations by name, and questions to them."""

    name: EngineName

    @abstractmethod
    def files(self, table: str, paths: Sequence[str]) -> None:
        """Let the rows of Parquet files be the relation of this name; without files, one without rows."""

    @abstractmethod
    def view(self, name: str, sql: str) -> None:
        """Let the answer to a question be the relation of this name, asked anew whenever it is."""

    @abstractmethod
    def keep(self, name: str, sql: str) -> None:
        """Let the answer to a question, asked now, be the relation of this name."""

    @abstractmethod
    def answer(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns, and the rows."""


class _Duck(Engine):
    name: EngineName = "duckdb"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def files(self, table: str, paths: Sequence[str]) -> None:
        listed = ", ".join(f"'{quoted(path)}'" for path in paths)
        self.view(table, f"SELECT * FROM read_parquet([{listed}])" if paths else none_of(TABLES[table]))  # noqa: S608  # paths of our own making

    def view(self, name: str, sql: str) -> None:
        self._connection.execute(VIEW.format(name, sql))

    def keep(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {sql}")

    def answer(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        found = self._connection.execute(sql)
        return [column[0] for column in found.description], found.fetchall()


class _Spark(Engine):
    name: EngineName = "spark"

    def __init__(self, session: Any) -> None:
        self._session = session

    def files(self, table: str, paths: Sequence[str]) -> None:
        if paths:
            self._session.read.parquet(*paths).createOrReplaceTempView(table)
        else:
            self.view(table, none_of(TABLES[table]))

    def view(self, name: str, sql: str) -> None:
        self._session.sql(VIEW.format(name, sql)).collect()

    def keep(self, name: str, sql: str) -> None:
        # Sums are small: they come here once, and go back as a relation of their own. Caches are not part of what every server has.
        found = self._session.sql(sql).toArrow()
        if found.num_rows:
            self._session.createDataFrame(found).createOrReplaceTempView(name)
        else:  # of nothing no client tells the types
            self.view(name, none_of({field.name: VARCHAR if str(field.type) == "string" else BIGINT for field in found.schema}))

    def answer(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        found = self._session.sql(sql).toArrow()
        columns = [column.to_pylist() for column in found.columns]
        return list(found.column_names), list(zip(*columns, strict=True))


def none_of(columns_of: Mapping[str, str]) -> str:
    """SQL of a relation with these columns, by name and type, and no row."""
    columns = ", ".join(f"CAST(NULL AS {'STRING' if kind == VARCHAR else kind}) AS {name}" for name, kind in columns_of.items())
    return f"SELECT {columns} WHERE 1 = 0"


@contextmanager
def engine_of(name: EngineName, environment: Mapping[str, str] = os.environ) -> Iterator[Engine]:
    """An engine, ready. Refusal ENGINE_MISSING, ENGINE_ADDRESS; OSError where it cannot be reached or fails at a question."""
    if name == "duckdb":
        with TemporaryDirectory(prefix="liandan-") as spill, duckdb_connection(temporary=spill) as connection:
            yield _Duck(connection)
        return
    with _spark(environment.get(SPARK, "")) as session:
        yield _Spark(session)


@contextmanager
def _spark(address: str) -> Iterator[Any]:
    if address != SAIL and not address.startswith("sc://"):
        raise refuse("ENGINE_ADDRESS", field=SPARK, found=address, expected=f"sc://<host>:{PORT}")
    expected = Phrase("安装 Spark 组件：pip install 'liandan[spark]'", "its parts installed: pip install 'liandan[spark]'")
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415  # an extra: only who asks for it needs it
        from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise refuse("ENGINE_MISSING", field="engine spark", found=str(error.name), expected=expected) from None
    with _sail(expected) if address == SAIL else reachable(address) as url:
        try:
            session = SparkSession.builder.remote(url).getOrCreate()
            try:
                yield session
            finally:
                with suppress(Exception):  # a server that is gone cannot be told that we go
                    session.stop()
        except PySparkException as error:
            raise OSError(f"Spark ({address}): {str(error).strip().splitlines()[0]}") from error
        except Exception as error:
            if not type(error).__module__.startswith("grpc"):
                raise
            raise OSError(f"Spark ({address}): {type(error).__name__}") from error


@contextmanager
def reachable(address: str) -> Iterator[str]:
    """The address of a server that takes connections: the client itself would try again for ten minutes."""
    found = urlsplit(address)
    try:
        host, port = found.hostname or "", found.port or PORT
    except ValueError:
        raise refuse("ENGINE_ADDRESS", field=SPARK, found=address, expected=f"sc://<host>:{PORT}") from None
    try:
        socket.create_connection((host, port), WAIT_S).close()
    except OSError as error:
        raise OSError(f"Spark ({address}): {error.strerror or error}") from error
    yield address


@contextmanager
def _sail(expected: Phrase) -> Iterator[str]:
    """A Spark Connect server within this process, on the loopback, for as long as it is needed."""
    try:
        from pysail.spark import SparkConnectServer  # noqa: PLC0415
    except ImportError:
        raise refuse("ENGINE_MISSING", field="engine", found=SAIL, expected=expected) from None
    os.environ.setdefault("RUST_LOG", "error")  # it tells of every session on standard error
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    try:
        _, port = server.listening_address
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.stop()
