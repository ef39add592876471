"""The projections of manifests, which follow the feed: views, the terms that they are found by, the feed's index, names of parties, registries.

Entries are applied in the order of the log, each exactly once. A range is written in one statement that holds only while the position is where
it was read: no lock is taken before, and whoever comes second finds nothing written and reads again. So the views of loads under way can be
kept between two ranges: while the position has not moved, nobody else has changed them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from asyncpg import UniqueViolationError

from ledger.admission.entry import Entry
from ledger.evidence.named import Reference
from ledger.evidence.store import refer
from ledger.packing import packed
from ledger.parties.names import named_in
from ledger.parties.store import note_names
from ledger.store import PROJECTION, Conn
from manifests.model import FINISHED
from manifests.naming import NAMING, named_by, noted
from manifests.readers import Begun, Earlier, begun_at, readers_of
from manifests.referring import merged, references_of
from manifests.view import DECODE, ManifestView, columns, concerns, fold
from whitelist.store import REGISTRIES, follow_registries

KEPT_MAX = 2_000
"""Views of unfinished loads that are kept, some 10 KB each; the newest acts are nearly always about one of them."""
_SEPARATOR, _ROW = "\n", "\f"
"""Between texts that are sent as one, a tabulator between fields and a form feed between rows: an array, element by element, costs the driver
several times as much. No text of a statement has control characters (formats §1)."""


class FeedGap(LookupError):
    """Entries were offered beyond the next position: the caller must fetch those between and offer them first."""


class Kept:
    """What one follower has written last: the position after it, and views as they stand there."""

    def __init__(self) -> None:
        self.at: int | None = None
        """``None``: not known, it is to be read, and the views with it."""
        self.views: dict[str, ManifestView] = {}
        self.writes_over = False
        """Rows were found behind the position: whoever put it back has left them, and they do no harm."""

    def keep(self, at: int, changed: Mapping[str, ManifestView]) -> None:
        """The range before ``at`` is written."""
        self.at = at
        for chain, view in changed.items():
            self.views.pop(chain, None)
            if view.state.stage not in FINISHED:
                self.views[chain] = view
        while len(self.views) > KEPT_MAX:
            del self.views[next(iter(self.views))]


async def follow(conn: Conn, entries: Sequence[Entry], earlier: Earlier = MappingProxyType({}), kept: Kept | None = None) -> int:
    """Apply a range of consecutive entries, all or nothing; the position afterwards. Raises FeedGap, and then nothing is applied.

    ``earlier`` are the entries before the range that :func:`manifests.readers.said_before` names; ``kept`` is what the caller's range before left. Ranges may overlap or come twice; what was applied already is passed over. A gap is never jumped.
    """
    kept = kept or Kept()
    while True:
        if (at := kept.at) is None or (entries and entries[0].index > at):
            kept.views.clear()  # somebody else has written, or it is not known whether we have
            at, _ = await _read(conn)
        if not (fresh := _behind(at, entries)):
            return at
        # The issue of a load has nothing before it, and what follows it in the range is folded from there.
        begun = {entry.statement.chain for entry in fresh if entry.statement.seq == 0}
        concerned = dict.fromkeys(chain for entry in fresh for chain in _about(entry, earlier) if chain not in begun)
        known = {chain: kept.views[chain] for chain in concerned if chain in kept.views}
        if missing := [chain for chain in concerned if chain not in known]:
            now, read = await _read(conn, missing)
            if now != at:
                kept.at = None
                continue
            known |= read
        try:
            if await _apply(conn, at, fresh, earlier, known, kept):
                return at + len(fresh)
        except UniqueViolationError:
            if kept.writes_over:
                raise
            kept.writes_over = True


def _about(entry: Entry, earlier: Earlier) -> tuple[str, ...]:
    """Manifests whose views an entry changes: its own, or those that an entry of another chain names."""
    if (chain := concerns(entry)) is not None:
        return (chain,)
    if entry.statement.chain_type not in NAMING:
        return ()
    before = earlier.get(entry.statement.chain)
    return named_by(entry.statement, before[0].statement.body if before else None)


def _behind(at: int, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Those from a position on; FeedGap unless they begin there and follow one another."""
    fresh = [entry for entry in entries if entry.index >= at]
    if [entry.index for entry in fresh] != list(range(at, at + len(fresh))):
        raise FeedGap(f"the projection stands at {at}, offered were {fresh[0].index} … {fresh[-1].index}")
    return fresh


async def _read(conn: Conn, chains: Sequence[str] = ()) -> tuple[int, dict[str, ManifestView]]:
    """The position and views of one moment; chains without a view are left out."""
    sql = """
        SELECT idx, chain, view FROM projection_position LEFT JOIN manifest_view ON chain = ANY($2::text[]) WHERE projection_position.name = $1
    """
    while not (rows := await conn.fetch(sql, PROJECTION, chains)):
        await conn.execute("INSERT INTO projection_position (name, idx) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING", PROJECTION)
    return rows[0]["idx"], {row["chain"]: DECODE(row["view"]) for row in rows if row["chain"] is not None}


async def _apply(conn: Conn, at: int, fresh: Sequence[Entry], earlier: Earlier, known: Mapping[str, ManifestView], kept: Kept) -> bool:
    """Fold entries into what is known at a position, and write what changed; False if the position has moved, and then nothing is written."""
    changed, begun, readers, referred = dict[str, ManifestView](), dict[str, Begun](), list[str](), list[Reference]()
    for entry in fresh:
        view, before, named = None, None, list[ManifestView]()
        if (chain := concerns(entry)) is not None:
            before = changed.get(chain) or known.get(chain)
            view = changed[chain] = fold(before, entry)
        elif entry.statement.chain_type in NAMING:
            for chain in _about(entry, earlier):
                if (there := changed.get(chain) or known.get(chain)) is not None:
                    named.append(noted(there, entry))
                    if named[-1] is not there:
                        changed[chain] = named[-1]
        # With the view as it is now: who is named later is not told of what was before (docs/decisions.md).
        keys = readers_of(entry, view, begun_at(entry, earlier, begun), named)
        readers.append(_SEPARATOR.join(keys))
        referred += references_of(entry, view, before, keys)
    names = [one for entry in fresh for one in named_in(entry)]
    registered = [entry.statement.chain for entry in fresh if entry.statement.chain_type in REGISTRIES]
    end = at + len(fresh)
    kept.at = None  # until it is known that it is written
    if not (names or registered or referred):
        is_written = await write(conn, at, end, changed.values(), known, readers, kept.writes_over)
    else:  # seldom: in one transaction, under the lock of the position
        async with conn.transaction():
            is_written = await write(conn, at, end, changed.values(), known, readers, kept.writes_over)
            if is_written:
                if names:
                    await note_names(conn, names)
                await follow_registries(conn, registered)
                if referred:
                    await refer(conn, merged(referred))
    if is_written:
        kept.keep(end, changed)
    return is_written


_WRITE = """
    WITH moved AS (
        UPDATE projection_position SET idx = $3 WHERE name = $1 AND idx = $2 RETURNING true
    ), changed AS MATERIALIZED (
        SELECT f[1] AS chain, f[2] AS generator, f[3] AS ulid, nullif(f[4], '') AS number, f[5] AS stage, f[6] AS from_province,
               f[7] AS to_province, f[8] AS receiver, string_to_array(f[9], E'\n') AS carriers, string_to_array(f[10], E'\n') AS regions,
               string_to_array(f[11], E'\n') AS codes, string_to_array(f[12], E'\n') AS terms, to_timestamp(f[13]::bigint) AS issued_at,
               f[14]::bigint AS updated_idx, string_to_array(f[15], E'\n') AS clocks, string_to_array(f[16], E'\n') AS gone,
               string_to_array(f[17], E'\n') AS new, string_to_array(f[18], E'\n') AS stopped, string_to_array(f[19], E'\n') AS begun,
               f[20] <> '' AS is_known,
               substring($8::bytea FROM ends - size + 1 FOR size) AS view
          FROM moved, unnest(string_to_array($5, E'\f'), string_to_array($6, E'\n')::int[], string_to_array($7, E'\n')::int[])
                      AS added (fields, ends, size), string_to_array(fields, E'\t') AS f
    ), begun AS (
        INSERT INTO manifest_view
               (chain, generator, ulid, number, stage, from_province, to_province, receiver, carriers, regions, codes, terms, issued_at,
                updated_idx, clocks, view)
        SELECT chain, generator, ulid, number, stage, from_province, to_province, receiver, carriers, regions, codes, terms, issued_at,
               updated_idx, clocks, view
          FROM changed WHERE NOT is_known
            -- a view is there
    ), followed AS (
        UPDATE manifest_view AS v
           SET number = c.number, stage = c.stage, carriers = c.carriers, regions = c.regions, terms = c.terms, updated_idx = c.updated_idx,
               clocks = c.clocks, view = c.view
          FROM changed AS c WHERE v.chain = c.chain AND is_known
    ), gone AS (
        DELETE FROM manifest_term
         WHERE (term, issued_at, chain) IN (SELECT unnest(gone), issued_at, chain FROM changed)
    ), new AS (
        INSERT INTO manifest_term (term, issued_at, chain)
        SELECT unnest(new), issued_at, chain FROM changed
            -- a row is there
    ), stopped AS (
        DELETE FROM clock
         WHERE ctid = ANY(ARRAY(
               SELECT found.place FROM changed, unnest(stopped) AS row
                CROSS JOIN LATERAL (
                      SELECT ctid AS place FROM clock
                       WHERE who = split_part(row, ' ', 1) AND term = split_part(row, ' ', 2) AND since_s = split_part(row, ' ', 3)::bigint
                         AND clock.chain = changed.chain AND item = split_part(row, ' ', 4) LIMIT 1
                      ) AS found))
    ), running AS (
        INSERT INTO clock (who, term, since_s, chain, item)
        SELECT split_part(row, ' ', 1), split_part(row, ' ', 2), split_part(row, ' ', 3)::bigint, chain, split_part(row, ' ', 4)
          FROM changed, unnest(begun) AS row
            -- a row is there
    ), readers AS (
        INSERT INTO feed_reader (reader, idx)
        SELECT unnest(string_to_array(keys, E'\n')), $2 + place - 1
          FROM moved, unnest(string_to_array($4, E'\f')) WITH ORDINALITY AS told (keys, place)
            -- a row is there
    )
    SELECT count(*), set_config('synchronous_commit', 'off', true) FROM moved
"""
"""Whatever the end of a server takes back is derived, and applied again from the position that it takes back with it; to wait for the disk
would only cost. For this transaction alone: entries are not committed so. Planned anew whenever the log has doubled, as ``append`` of ledger.store is: a plan of the day when a table was one page would read it whole.
Terms that are gone and terms that are new are never the same ones, so their order does not matter. Clocks that are gone are looked up one by one
(LIMIT 1): a plan for many would read their table whole.

Behind the position there is nothing yet, so a row is put in without looking whether it is there: that costs a third of the whole."""
_WRITE_OVER = _WRITE.replace("-- a row is there", "ON CONFLICT DO NOTHING").replace(
    "-- a view is there",
    """ON CONFLICT (chain) DO UPDATE
           SET number = EXCLUDED.number, stage = EXCLUDED.stage, carriers = EXCLUDED.carriers, regions = EXCLUDED.regions,
               terms = EXCLUDED.terms, updated_idx = EXCLUDED.updated_idx, clocks = EXCLUDED.clocks, view = EXCLUDED.view""",
)
"""The same where rows were left behind a position that was put back."""


async def write(
    conn: Conn,
    at: int,
    end: int,
    views: Collection[ManifestView],
    known: Mapping[str, ManifestView],
    readers: Sequence[str],
    over: bool = False,
) -> bool:
    """The position from ``at`` to ``end``, views, the terms that they have and the ones ``known`` before had not, or no longer have, and keys
    of readers by entry from ``at`` on: in one statement, all or nothing. UniqueViolationError where a row is there already, unless ``over``."""
    rows, encoded = list[str](), list[bytes]()
    for view in views:
        row = columns(view)
        earlier = known.get(view.chain)
        now, before = set(view.terms), set(earlier.terms if earlier is not None else ())
        run, ran = set(view.clocks), set(earlier.clocks if earlier is not None else ())
        row |= {"issued_at": view.issued_s, "gone": before - now, "new": now - before, "stopped": ran - run, "begun": run - ran}
        row["is_known"] = None if earlier is None else "t"
        encoded.append(row.pop("view"))
        rows.append("\t".join([_joined(value) for value in row.values()]))
    sql = f"{_WRITE_OVER if over else _WRITE} -- at 2^{end.bit_length()}"
    moved: int = await conn.fetchval(sql, PROJECTION, at, end, _ROW.join(readers), _ROW.join(rows), *packed(encoded))
    return moved == 1


def _joined(value: str | int | Iterable[str] | None) -> str:
    """A value of a row in the text that is sent."""
    if isinstance(value, str):
        return value
    return "" if value is None else str(value) if isinstance(value, int) else _SEPARATOR.join(value)
