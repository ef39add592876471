"""Rows of a month as Parquet, made directly: what ``liandan export --parquet`` would write of so many manifests, in seconds instead of an hour.

Firms, divisions, wastes and their loads are those of the realistic years (``bench.years.cast``): 川渝, three listed categories and ten unlisted ones,
about 12.5 t a load. One load in a hundred has trouble of ten kinds, in turn. Deterministic by seed; entries are numbered by
their time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.years.cast import YearCast
from ledger.times import DAY_S, day_of
from reports.parquet.duck import duckdb_connection, quoted
from reports.parquet.tables import TABLES
from reports.reconciliation.line import Period, period_of

MONTH = "2026-10"
WAYS = (("51", "50"), ("50", "51"))
TRAILING_S = 20 * DAY_S
"""How long after the month's end the log goes on."""
_ROUTES = "number BIGINT, generator VARCHAR, carrier VARCHAR, receiver VARCHAR, permit VARCHAR, origin VARCHAR, destination VARCHAR, name VARCHAR, "
_ROUTES += "code VARCHAR, mean_g BIGINT, low DOUBLE"
_LOADS = """
CREATE TABLE loads AS
WITH dice AS (
  SELECT i, {start_s} + CAST(hash(i, {seed}, 1) % {span_s} AS BIGINT) AS issued_s, hash(i, {seed}, 2) % 1000000 / 1e6 AS which,
    CAST(hash(i, {seed}, 3) % 600 AS BIGINT) AS heavy, CAST(hash(i, {seed}, 4) % 7200 AS BIGINT) AS wait_s,
    CAST(hash(i, {seed}, 5) % 86400 AS BIGINT) AS trip_s, CASE WHEN i % 100 = 7 THEN i // 100 % 10 ELSE -1 END AS trouble,
    CAST(hash(i, {seed}, 6) % 4 AS BIGINT) * 20000 AS lost_g
  FROM range({manifests}) AS t(i)
)
SELECT i, trouble, '01K' || lpad(CAST(i AS VARCHAR), 23, '0') AS manifest, issued_s, lost_g, routes.*,
  mean_g * (700 + heavy) // 1000 // 20000 * 20000 AS declared_g,
  CASE WHEN trouble IN (0, 1, 2) THEN NULL ELSE issued_s + 1800 + wait_s END AS departed_s,
  CASE WHEN trouble IN (0, 1, 2, 3) THEN NULL WHEN trouble = 4 THEN issued_s + 9 * 86400 ELSE issued_s + 9000 + wait_s + trip_s END AS received_s
FROM dice ASOF JOIN routes ON which >= low
"""
_EVENTS = """
CREATE TABLE events AS
WITH told AS (
  SELECT i, 0 AS step, -1 AS before, issued_s + 60 AS at_s FROM loads
  UNION ALL SELECT i, 1, 0, departed_s + CASE WHEN trouble = 5 THEN 2 * 86400 ELSE 60 END FROM loads WHERE departed_s IS NOT NULL
  UNION ALL SELECT i, 2, 1, received_s + CASE WHEN trouble IN (5, 6) THEN 3 * 86400 ELSE 60 END FROM loads WHERE received_s IS NOT NULL
  UNION ALL SELECT i, 3, 2, received_s + 8 * 86400 FROM loads WHERE trouble = 7
  UNION ALL SELECT i, 4, 0, issued_s + 3600 FROM loads WHERE trouble IN (0, 1)
)
SELECT *, (at_s - {start_s}) * 64 + i % 64 AS entry FROM told
"""
_LINES = """
WITH stood AS (
  SELECT i, entry, at_s, 1 AS sign, step FROM events WHERE {within}
  UNION ALL
  SELECT i, entry, at_s, -1, before FROM events WHERE before >= 0 AND {within}
), rows AS (
  SELECT entry, at_s, sign, left(origin, 2) AS from_province, left(destination, 2) AS to_province, manifest,
    '2026' || left(origin, 4) || lpad(CAST(i % 1000000 AS VARCHAR), 6, '0') AS number, 1 AS line, name, code, generator, receiver,
    CASE WHEN step IN (1, 2, 3) THEN carrier ELSE '' END AS carrier, origin, destination, declared_g,
    CASE WHEN step IN (1, 2, 3) THEN declared_g + lost_g - 40000 END AS loaded_g, {accepted} AS accepted_g,
    CASE WHEN step IN (2, 3) THEN CASE trouble WHEN 8 THEN declared_g - declared_g // 2 ELSE 0 END END AS refused_g,
    CASE WHEN step IN (2, 3) AND trouble = 9 THEN 'H' ELSE '' END AS level, issued_s,
    CASE WHEN step IN (1, 2, 3) THEN departed_s END AS departed_s, CASE WHEN step IN (2, 3) THEN received_s END AS received_s,
    CASE WHEN step = 4 AND trouble = 0 THEN issued_s + 3600 END AS voided_s,
    CASE WHEN step = 4 AND trouble = 1 THEN issued_s + 3600 END AS declined_s, '' AS emergency, CAST(NULL AS BIGINT) AS regularised_s
  FROM stood JOIN loads USING (i)
)
SELECT {columns} FROM rows ORDER BY entry, manifest, sign
"""
_ACCEPTED = """CASE WHEN step IN (2, 3) THEN CASE trouble WHEN 8 THEN declared_g // 2 WHEN 9 THEN declared_g * 9 // 10
      ELSE declared_g - lost_g + CASE WHEN step = 3 THEN 100000 ELSE 0 END END END"""
_MOVES = """
WITH moved AS (
  SELECT entry, at_s, left(origin, 2) AS from_province, left(destination, 2) AS to_province, number, permit, generator,
    CASE step WHEN 0 THEN 'reserved' WHEN 3 THEN 'corrected' WHEN 4 THEN 'released' ELSE 'settled' END AS book,
    CASE step WHEN 0 THEN declared_g WHEN 2 THEN {accepted} - declared_g WHEN 3 THEN 100000 ELSE -declared_g END AS grams,
    CASE step WHEN 0 THEN declared_g WHEN 3 THEN 0 ELSE -declared_g END AS held_g
  FROM events JOIN loads USING (i) WHERE step <> 1 AND {within}
), rows AS (
  SELECT *, 'Q2' AS layer, 'Q2 approval/' || generator || '/01JB' || lpad(CAST(number AS VARCHAR), 22, '0') || ' 0' AS account FROM moved
  UNION ALL SELECT *, 'Q3', 'Q3 ' || permit FROM moved
)
SELECT {columns} FROM rows ORDER BY entry, account
"""


def write_rows(directory: Path, manifests: int, seed: int = 1) -> dict[str, list[str]]:
    """Files by table, a file for each day of admission, as from a log that is exported every night."""
    period, found = period_of(MONTH), dict[str, list[str]]()
    spill = directory / "spill"
    spill.mkdir(parents=True)
    with duckdb_connection(temporary=str(spill)) as duckdb:
        duckdb.execute(f"CREATE TABLE routes ({_ROUTES})")
        duckdb.executemany(f"INSERT INTO routes VALUES ({', '.join('?' * 11)})", _routes(manifests, seed))
        span_s = period.end_s - period.start_s
        duckdb.execute(_LOADS.format(start_s=period.start_s, span_s=span_s, seed=seed, manifests=manifests))
        duckdb.execute(_EVENTS.format(start_s=period.start_s))
        for table, text in (("lines", _LINES), ("moves", _MOVES)):
            columns = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in TABLES[table].items())
            for day_s in range(period.start_s, end_of(period), DAY_S):
                path = directory / f"{table}-{day_of(day_s)}.parquet"
                within = f"at_s >= {day_s} AND at_s < {day_s + DAY_S}"
                select = text.format(columns=columns, within=within, accepted=_ACCEPTED)
                duckdb.execute(f"COPY ({select}) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")
                found.setdefault(table, []).append(str(path))
    return found


def _routes(manifests: int, seed: int) -> Iterator[tuple[object, ...]]:
    low = 0.0
    for route in YearCast(dice=Random(f"{seed} cast"), loads_a_year=12 * manifests).routes:
        who = (route.generator.uscc, route.carrier.uscc, route.site.firm.uscc, route.site.permit)
        where = (route.generator.division, route.site.firm.division)
        yield (route.number, *who, *where, route.waste.name, route.waste.code, int(route.waste.mean_t * 1e6), low)
        low += route.share


def end_of(period: Period) -> int:
    """The last moment of the log."""
    return period.end_s + TRAILING_S


SIZE = (end_of(period_of(MONTH)) - period_of(MONTH).start_s) * 64
"""Entries of such a log: more than any row names."""
