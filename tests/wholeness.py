"""After every test on a database that holds a log: is it still one? A plugin of pytest, which fails the test that broke it.

Cheap enough to run a thousand times: head, root and edge are computed from the leaves again; entries, links and heads of chains stand one for
one; what is derived names nothing that is not there; published tiles hold what the database holds. Signatures and rules are the audit's.
A test that breaks a log on purpose says why: ``@pytest.mark.breaks_the_log("…")``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from ledger.publishing.files import read_published
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.merkle import Edge, leaf_hash, root_of
from ledger.tree.note import parse_note
from ledger.tree.tiles import WIDTH, find, parse_bundle, tile_at
from signing.refusal import Refusal

ADDRESSES = ("database_url", "shared_database_url")
_HEAD = "SELECT size, root, edge, (SELECT coalesce(array_agg(leaf ORDER BY idx), '{}') FROM entry) AS leaves FROM log_head"
_ORPHANS = """
    SELECT * FROM (VALUES
    ('entries that are not 0 … size - 1', (SELECT count(*) FROM entry WHERE idx < 0 OR idx >= $1)),
    ('leaves of other bytes', (SELECT count(*) FROM entry WHERE leaf <> sha256('\\x00'::bytea || entry))),
    ('entries without exactly one link', (SELECT count(*) FROM (SELECT FROM entry FULL JOIN link USING (idx) GROUP BY idx
                                            HAVING count(*) > 1 OR bool_or(entry.leaf IS NULL OR link.hash IS NULL)) AS wrong)),
    ('chains with a gap', (SELECT count(*) FROM (SELECT FROM link GROUP BY chain HAVING count(*) <> max(seq) + 1 OR min(seq) <> 0) AS wrong)),
    ('chains without a head, or heads without a chain',
     (SELECT count(*) FROM (SELECT DISTINCT 'chain:' || chain AS key FROM link) AS begun
        FULL JOIN (SELECT key FROM fact WHERE key LIKE 'chain:%') AS held USING (key) WHERE begun.key IS NULL OR held.key IS NULL)),
    ('projections ahead of the log', (SELECT count(*) FROM projection_position WHERE idx > $1)),
    ('views and readers of entries that are not there', (SELECT count(*) FROM manifest_view WHERE updated_idx >= $1)
                                                      + (SELECT count(*) FROM registry_view WHERE idx >= $1)
                                                      + (SELECT count(*) FROM party_name WHERE idx >= $1)
                                                      + (SELECT count(*) FROM feed_reader WHERE idx >= $1)),
    ('terms that their view has not, or the other way round',
     (SELECT count(*) FROM (SELECT chain, unnest(terms) AS term FROM manifest_view) AS said
        FULL JOIN manifest_term AS held USING (chain, term) WHERE said.chain IS NULL OR held.chain IS NULL)
     + (SELECT count(*) FROM (SELECT chain, unnest(terms) AS term FROM registry_view) AS said
          FULL JOIN registry_term AS held USING (chain, term) WHERE said.chain IS NULL OR held.chain IS NULL)),
    ('clocks that their view has not, or the other way round',
     (SELECT count(*) FROM (SELECT chain, unnest(clocks) AS row FROM manifest_view UNION ALL SELECT chain, unnest(clocks) FROM registry_view) AS said
        FULL JOIN (SELECT chain, concat_ws(' ', who, term, since_s, item) AS row FROM clock) AS held USING (chain, row)
       WHERE said.chain IS NULL OR held.chain IS NULL)),
    ('parts of names of nobody', (SELECT count(*) FROM party_gram LEFT JOIN party_name USING (uscc) WHERE name IS NULL)),
    ('refusals on pages that are not there', (SELECT count(*) FROM refusal WHERE page >= $1)),
    ('notices of entries that are not there', (SELECT count(*) FROM webhook_delivery WHERE idx >= $1))
    ) AS found (what, many) WHERE many > 0
"""


async def broken(url: str, directories: Iterator[Path]) -> list[str]:
    """What is wrong with the log in a database, and with what is published of it; nothing where no log was founded."""
    shown = [(place, note) for place in directories if (note := read_published(place, "checkpoint")) is not None]  # before the database
    conn = await asyncpg.connect(url, command_timeout=60)
    try:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            row = await conn.fetchrow(_HEAD)
            if row is None:
                return []
            size, leaves = row["size"], row["leaves"]
            edge = Edge().append_many(leaves)
            found = [f"{many} {what}" for what, many in await conn.fetch(_ORPHANS, size)]
        if (edge.size, edge.root(), edge.to_bytes()) != (size, row["root"], row["edge"]):
            found.append(f"the head says {size} {row['root'].hex()}, {edge.size} entries give {edge.root().hex()}")
        return found + [f"{place}: {what}" for place, note in shown for what in differing(place, note, leaves)]
    finally:
        await conn.close()


def differing(place: Path, note: bytes, leaves: list[bytes]) -> Iterator[str]:
    """Where tiles and bundles are not of these leaves. A directory of another log is passed over."""

    def read(path: str) -> bytes | None:
        """Entries lie with the rest, or beside it in a directory of their own."""
        return read_published(place, path) or (
            read_published(place.with_name("entries"), path) if path.startswith("tile/entries/") else None
        )

    try:
        shown = parse_checkpoint(parse_note(note)[0])
        begun = find(tile_at(None, 0, shown.size), read)
        if begun is None or not leaves or leaf_hash(parse_bundle(begun[1], begun[0].width)[0]) != leaves[0]:
            return
        if shown.size > len(leaves) or shown.root != root_of(leaves[: shown.size]):
            yield f"a checkpoint of {shown.size} entries that are not in the database"
            return
        for start in range(0, shown.size, WIDTH):
            wanted = leaves[start : min(start + WIDTH, shown.size)]
            tile, bundle = (find(tile_at(level, start // WIDTH, shown.size), read) for level in (0, None))
            if tile is None or not tile[1].startswith(b"".join(wanted)):
                yield f"tile {start // WIDTH} of leaves"
            if bundle is None or [leaf_hash(entry) for entry in parse_bundle(bundle[1], bundle[0].width)[: len(wanted)]] != wanted:
                yield f"bundle {start // WIDTH} of entries"
    except Refusal as refusal:
        yield f"cannot be read: {refusal.codes}"


class Wholeness:
    """Looks after the call of a test, while its fixtures live; in a thread, for the loop of the tests is theirs."""

    def __init__(self) -> None:
        """One thread for the whole run."""
        self.thread = ThreadPoolExecutor(1, "wholeness")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """The test, then the look."""
        yield
        values = getattr(item, "funcargs", {})
        if item.get_closest_marker("breaks_the_log") is not None:
            return
        for name in ADDRESSES:
            if name in values:
                found = self.thread.submit(asyncio.run, broken(values[name], published_in(values.get("tmp_path")))).result()
                assert not found, f"this test leaves a log that is none (tests/wholeness.py): {'; '.join(found)}"


def published_in(directory: Path | None) -> Iterator[Path]:
    """Where logs are published below a test's directory: in it, in a ``log`` of it or of a folder in it."""
    if directory is not None:
        yield from (found.parent for pattern in ("checkpoint", "log/checkpoint", "*/log/checkpoint") for found in directory.glob(pattern))
