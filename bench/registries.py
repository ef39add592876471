"""What a page of approvals costs among 10^4 and 10^5 of them: by terms, and the plain way, every chain in turn (bench.searches).

Made from one real approval: 1,000 generators, 20 receivers and one with five, one in 2,000 still applied for; of every third one code,
of every second of the others another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import asyncpg
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.model import chain_key
from liandan.wiring import KINDS
from whitelist import store
from whitelist.registries import Wanted
from whitelist.registry_terms import terms_of
from whitelist.store import Part, rows_behind

AUTHORITY = Caller("5100", "authority", "")
RECEIVER, RARE, CODE = "R00000000000000001", "R0000000000000RARE", "900-249-08"
EVEN = "900-041-49"  # The receiver has the uneven numbers.
PAGE = 50
SEARCHES: dict[str, tuple[Wanted, Caller]] = {
    "approvals of all": (Wanted(), AUTHORITY),
    "approvals of a receiver": (Wanted(receiver=RECEIVER), AUTHORITY),
    "approvals of a receiver with five": (Wanted(receiver=RARE), AUTHORITY),
    "approvals of a rare stage": (Wanted(stage="applied"), AUTHORITY),
    "a receiver's own approvals, by code": (Wanted(code=CODE), Caller(RECEIVER, "party", "")),
    "approvals of a receiver, by a code that it never has": (Wanted(receiver=RECEIVER, code=EVEN), AUTHORITY),
    "approvals by code and rare stage": (Wanted(code=CODE, stage="applied"), AUTHORITY),
    "approvals of a generator": (Wanted(generator=f"G{7:017}"), AUTHORITY),
}


async def fill(conn: asyncpg.Connection, size: int) -> None:
    """Approvals in place of the ones before, and a position of the projection behind them."""
    key, raw = await conn.fetchrow("SELECT key, value FROM fact WHERE key LIKE 'chain:approval/%' AND key NOT LIKE '%/G%' LIMIT 1")
    one = KINDS.decode(key, raw)
    facts: list[tuple[str, bytes]] = []
    views: list[tuple[str, int, list[str]]] = []
    for number in range(size):
        receiver = RARE if number % (size // 5) == 7 else f"R{number % 20:017}"
        code = CODE if number % 3 == 0 else EVEN if number % 2 == 0 else ""
        lines = tuple(replace(line, code=code or line.code) for line in one.state.lines)
        state = replace(one.state, receiver=receiver, lines=lines, stage="applied" if number % 2000 == 1204 else "approved")
        chain = f"approval/G{number % 1000:017}/{number:026}"
        facts.append((chain_key(chain), KINDS.encode(replace(one, state=state, idx=1000 + number))))
        views.append((chain, 1000 + number, list(terms_of(chain, state))))
    await conn.execute("TRUNCATE registry_view, registry_term")
    await conn.execute("DELETE FROM fact WHERE key LIKE 'chain:approval/G%'")
    await conn.copy_records_to_table("fact", records=facts)
    await conn.copy_records_to_table("registry_view", records=views)
    await conn.copy_records_to_table("registry_term", records=((term, chain) for chain, _, terms in views for term in terms))
    await conn.execute("UPDATE projection_position SET idx = $1", 1000 + size)


def asked(conn: asyncpg.Connection, size: int) -> dict[str, Callable[[], Awaitable[int]]]:
    """By what is asked: reads a page and gives the number of its rows."""

    def searched(wanted: Wanted, caller: Caller) -> Callable[[], Awaitable[int]]:
        part = Part(wanted.prefix("approval"), wanted.groups("approval", caller))

        async def run() -> int:
            rows, _ = await rows_behind(
                conn,
                KINDS,
                [part],
                lambda chain, state: wanted.approvals(caller, chain, state),
                None,
                PAGE,
                wanted.updated_since,
                1000 + size,
            )
            return len(rows)

        return run

    changed = {"approvals changed lately": (Wanted(updated_since=1000 + size - 40), AUTHORITY)}
    return {name: searched(*search) for name, search in (SEARCHES | changed).items()}


@contextmanager
def plain() -> Iterator[None]:
    """As if the projection were too far behind: every chain is looked at in turn."""
    before, store.TAIL_MAX = store.TAIL_MAX, -1
    try:
        yield
    finally:
        store.TAIL_MAX = before
