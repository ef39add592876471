"""SQL of the registries: the projection by which permits, lists, approvals and plans are found, and pages in the order of chain names.

A view names a chain, the index of its newest entry and its terms; the state itself stays in the facts, where a search reads it and judges it
whole. What the index cannot know yet, chains with an entry at its position or behind it, is judged beside what it gives, so that an answer is
exact however far the projection is behind. Where that is too much, while it is made again, every chain is looked at in turn.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger import store
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.report import Finding
from ledger.model import Head, RowDamaged, chain_key, chain_keys
from ledger.reading import ALL_ROWS, Position
from ledger.searching.store import TermIndex, having, list_wrong_clocks, rewrite_clocks
from ledger.searching.terms import ANY, Groups
from ledger.store import Conn
from signing.refusal import Refusal
from whitelist.approval import ApprovalState
from whitelist.emergency import EmergencyState
from whitelist.incident import IncidentState
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.period import PeriodState
from whitelist.permit import PermitState
from whitelist.plan import PlanState
from whitelist.registries import RegistryRow, Select
from whitelist.registry_deadlines import clock_rows
from whitelist.registry_terms import terms_of

INDEX = TermIndex("registry_term", "registry_view", {"chain": "text"}, is_descending=False)
_DECODERS: Mapping[str, msgspec.msgpack.Decoder[Head[Any]]] = {
    "approval": msgspec.msgpack.Decoder(Head[ApprovalState]),
    "emergency": msgspec.msgpack.Decoder(Head[EmergencyState]),
    "incident": msgspec.msgpack.Decoder(Head[IncidentState]),
    "item": msgspec.msgpack.Decoder(Head[ItemState]),
    "list": msgspec.msgpack.Decoder(Head[ListState]),
    "period": msgspec.msgpack.Decoder(Head[PeriodState]),
    "permit": msgspec.msgpack.Decoder(Head[PermitState]),
    "plan": msgspec.msgpack.Decoder(Head[PlanState]),
}
REGISTRIES = frozenset(_DECODERS)
"""Types of the chains that are found by terms."""
_COMPARED = """
    SELECT coalesce(held.chain, substr(key, 7)) AS chain, value, idx, terms, clocks
      FROM (SELECT key, value FROM fact WHERE key ~ '^chain:(approval|emergency|incident|item|list|period|permit|plan)/') AS said
      FULL JOIN registry_view AS held ON key = 'chain:' || held.chain
"""
SCAN_MAX = 20_000  # Chains that one page looks through at most; a page that stops there is short and still has a cursor.
CHAINS_AT_A_TIME, LISTS_AT_A_TIME = 500, 20
"""Permits and approvals take some hundred bytes, a list with its rows up to some 200 KB."""
TAIL_MAX = 1000
"""Entries behind the projection that are read beside it."""
CHANGED_MAX = 1000
"""Chains changed since an index that are looked at one by one; of more, a page finds enough on its way."""
_HEADS = "SELECT key, value FROM fact WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"
"""``fact.key`` is COLLATE "C": keys come in the order of names."""


class Part(Struct, frozen=True, gc=False):
    """Chains of one type that a search is for: how their names begin, and the terms of which each has one of every group."""

    prefix: str
    groups: Groups

    @property
    def chain_type(self) -> str:
        """``permit``, ``list``, ``approval``, ``plan``, ``emergency``, ``incident`` or ``period``."""
        return self.prefix.partition("/")[0]

    @property
    def end(self) -> str:
        """The least text behind all of them."""
        return self.prefix[:-1] + chr(ord(self.prefix[-1]) + 1)

    @property
    def at_a_time(self) -> int:
        """How many are read at once at most."""
        return LISTS_AT_A_TIME if self.chain_type == "list" else CHAINS_AT_A_TIME


class _Stretch(Struct, frozen=True, gc=False):
    """A piece of the way: heads by key, as stored; its last chain, ``None`` where it leads to the end; and how many chains were looked at."""

    heads: list[tuple[str, bytes]]
    last: str | None
    looked: int


async def rows_behind(
    conn: Conn, kinds: Kinds, parts: Sequence[Part], select: Select, after: Position | None, limit: int, since: int, size: int
) -> tuple[list[RegistryRow], Position | None]:
    """Rows behind ``after`` of the chains that the parts (ascending) are for, and the place to go on from, if any.

    A row that was there when the first page was read comes exactly once, whatever is added meanwhile. ``conn`` is in a snapshot of a log of
    ``size`` entries.
    """
    found: list[RegistryRow] = []
    scanned, fresh = 0, await _unprojected(conn, kinds, size)
    for part in parts:
        start = part.prefix
        if after is not None:
            chain = after.key.partition(":")[2]
            start = max(start, chain if after.number < ALL_ROWS else _behind(chain))
        way = _every(conn, part, start) if fresh is None else _by_terms(conn, part, start, fresh, since, limit)
        async for stretch in way:
            for key, raw in stretch.heads:
                chain, head = key.partition(":")[2], kinds.decode(key, raw)
                if head.idx < since:
                    continue
                numbers = (number for number in select(chain, head.state) if after is None or (key, number) > (after.key, after.number))
                for number in numbers:
                    if len(found) == limit:
                        return found, Position(chain_key(found[-1].chain), found[-1].number)
                    found.append(RegistryRow(chain, number, head))
            scanned += stretch.looked
            if scanned >= SCAN_MAX and stretch.last is not None:
                return found, Position(chain_key(stretch.last), ALL_ROWS)
    return found, None


async def find_chains(conn: Conn, prefix: str, groups: Groups, limit: int) -> tuple[str, ...]:
    """Names of chains of one type that have a term of each group, as far as the projection knows them; the first ``limit`` that have one of
    the smallest group are looked at."""
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    walked = await INDEX.smallest(conn, groups, (prefix,), end)
    chains = [chain for (chain,) in await INDEX.walk(conn, walked, (prefix,), end, limit)]
    return tuple(await _meeting(conn, chains, [group for group in groups if group is not walked], 0))


async def _unprojected(conn: Conn, kinds: Kinds, size: int) -> set[str] | None:
    """Chains that have entries which the projection has not applied; ``None`` where these are too many to be read, or cannot be."""
    at = await store.projected(conn)
    if size - at > TAIL_MAX:
        return None
    try:
        return {read_entry(row.entry, kinds).statement.chain for row in await store.list_entries(conn, start=at, end=size)}
    except Refusal:  # A damaged entry, which the projection cannot pass either: the audit names it.
        return None


async def _every(conn: Conn, part: Part, start: str) -> AsyncIterator[_Stretch]:
    last: str | None = None
    while last is not None or start < part.end:
        rows = [tuple(row) for row in await conn.fetch(_HEADS, chain_key(start), chain_key(part.end), part.at_a_time)]
        last = rows[-1][0].partition(":")[2] if len(rows) == part.at_a_time else None
        yield _Stretch(rows, last, len(rows))
        if last is None:
            return
        start = _behind(last)


async def _by_terms(conn: Conn, part: Part, start: str, fresh: set[str], since: int, limit: int) -> AsyncIterator[_Stretch]:
    """By what has changed, where that is little; otherwise along the group that holds least."""
    beside = [group for group in part.groups if group != [ANY]]
    late = {chain for chain in fresh if start <= chain < part.end}
    if since > 0 and (changed := await _changed(conn, part.chain_type, beside, since)) is not None:
        chains = sorted(late.union(chain for chain in changed if start <= chain < part.end))
        step = min(part.at_a_time, limit + 1)
        for place in range(0, len(chains), step):
            some = chains[place : place + step]
            yield _Stretch(await _heads(conn, some), some[-1] if place + step < len(chains) else None, len(some))
        return
    walked, looked = await INDEX.smallest(conn, part.groups, (start,), part.end), 0
    beside = [group for group in beside if group is not walked]
    first = 1 if part.chain_type == "list" else limit + 1  # One list has many rows.
    last: str | None = start
    while last is not None:
        count = min(part.at_a_time, max(2 * looked, first))
        chains = [chain for (chain,) in await INDEX.walk(conn, walked, (start,), part.end, count)]
        last = chains[-1] if len(chains) == count else None
        found = set(await _meeting(conn, chains, beside, since)) | {
            chain for chain in late if chain >= start and (last is None or chain <= last)
        }
        yield _Stretch(await _heads(conn, sorted(found)), last, len(chains))
        looked, start = looked + len(chains), "" if last is None else _behind(last)


async def _changed(conn: Conn, chain_type: str, groups: Groups, since: int) -> list[str] | None:
    """Chains with an entry at ``since`` or behind it that have a term of each group; ``None`` where more than CHANGED_MAX have changed."""
    # Only fixed text and $n stand in the statement; every value is an argument.
    sql = (
        f"SELECT chain, true{having(groups, 4)} AS meets FROM registry_view"  # noqa: S608
        " WHERE split_part(chain, '/', 1) = $1 AND idx >= $2 ORDER BY idx LIMIT $3"
    )
    rows = await conn.fetch(sql, chain_type, since, CHANGED_MAX + 1, *groups)
    return None if len(rows) > CHANGED_MAX else [row["chain"] for row in rows if row["meets"]]


async def _meeting(conn: Conn, chains: Sequence[str], groups: Groups, since: int) -> Sequence[str]:
    """Those of the chains that have a term of each group, and an entry at ``since`` or behind it."""
    if not chains or not (groups or since):
        return chains
    # Only fixed text and $n stand in the statement; every value is an argument.
    sql = f"SELECT chain FROM registry_view WHERE chain = ANY($1::text[]) AND idx >= $2{having(groups, 3)}"  # noqa: S608
    return [row["chain"] for row in await conn.fetch(sql, chains, since, *groups)]


async def _heads(conn: Conn, chains: Sequence[str]) -> list[tuple[str, bytes]]:
    return sorted((await store.fetch_facts(conn, chain_keys(chains))).items()) if chains else []


def _behind(chain: str) -> str:
    """The least text behind a name: no chain name holds a control character."""
    return chain + "\x01"


async def follow_registries(conn: Conn, chains: Iterable[str]) -> None:
    """Write the views of chains of REGISTRIES as their heads are now, and what changed of their terms.

    Before or with the move of the projection's position behind their entries. A head may be newer than that: then its newest entry lies behind
    the position, and a search reads that chain beside the index. Followers come one after another, so that none writes what is older.
    """
    if not (concerned := sorted(set(chains))):
        return
    async with conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('liandan registry_view'))")
        facts = await store.fetch_facts(conn, chain_keys(concerned))
        rows = await conn.fetch("SELECT chain, terms, clocks FROM registry_view WHERE chain = ANY($1::text[])", concerned)
        known: dict[str, tuple[list[str], list[str]]] = {row["chain"]: (row["terms"], row["clocks"]) for row in rows}
        heads = {chain: _head(chain, facts[key]) for chain, key in zip(concerned, chain_keys(concerned), strict=True) if key in facts}
        found = [(chain, head.idx, *_found_by(chain, head)) for chain, head in heads.items()]
        await conn.executemany(
            "INSERT INTO registry_view (chain, idx, terms, clocks) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (chain) DO UPDATE SET idx = EXCLUDED.idx, terms = EXCLUDED.terms, clocks = EXCLUDED.clocks",
            found,
        )
        before = {chain: known.get(chain, ((), ())) for chain in heads}
        await INDEX.rewrite(conn, [((chain,), before[chain][0], terms) for chain, _, terms, _ in found])
        await rewrite_clocks(conn, [(chain, before[chain][1], rows) for chain, _, _, rows in found])


def _found_by(chain: str, head: Head[Any]) -> tuple[list[str], list[str]]:
    """What a chain is found by: its terms, and its clocks."""
    return list(terms_of(chain, head.state)), list(clock_rows(chain, head.state))


def _head(chain: str, raw: bytes) -> Head[Any]:
    try:
        return _DECODERS[chain.partition("/")[0]].decode(raw)
    except msgspec.DecodeError as error:
        raise RowDamaged(f"chain:{chain}") from error


async def stream_wrong(conn: Conn, position: int) -> AsyncIterator[Finding]:
    """Findings VIEW_DIFFERS of all registries, for the audit, which judges the facts by itself; inside a transaction.

    Chains that have an entry at ``position`` or behind it are passed over: their views may be of before.
    """
    async for chain, raw, *held in conn.cursor(_COMPARED, prefetch=500):
        if raw is None:
            yield _differs(chain, "registry_view.chain", "a row", "no such chain")
            continue
        try:
            head = _head(chain, raw)
            expected = [head.idx, *_found_by(chain, head)]
        except (ValueError, AttributeError, LookupError, TypeError):
            continue  # Not what the log gives, which the audit has said of the fact.
        if head.idx >= position:
            continue
        if None in held:
            yield _differs(chain, "registry_view.chain", "no row", "a row")
        for column, found, wanted in zip(("idx", "terms", "clocks"), held, expected, strict=True):
            if found not in (None, wanted):
                yield _differs(chain, f"registry_view.{column}", str(found), str(wanted))
    for chain in await INDEX.list_wrong(conn):
        yield _differs(chain, "registry_term", "other rows", "the terms of its view")
    for chain in await list_wrong_clocks(conn, "registry_view", sorted(REGISTRIES)):
        yield _differs(chain, "clock", "other rows", "the clocks of its view")


def _differs(chain: str, field: str, found: str, expected: str) -> Finding:
    return Finding(code="VIEW_DIFFERS", chain=chain, field=field, found=found[:300], expected=expected[:300])
