"""No query that requests, the sequencer, the publisher, the projections or webhooks repeat reads a large table from its beginning to its end.

Each runs on a database of 20,000 entries (tests/liandan/large_log.py), once as it is planned for its values and once as PostgreSQL plans a
prepared statement after some calls: without them. What was scanned is what the server counted in the transaction. Every function of the
rooms that speak SQL is either run here or excused by a reason, so that a new one is decided about.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from types import ModuleType
from typing import Any

import asyncpg
import msgspec
import pytest

import ledger.evidence.store
import ledger.parties.store
import ledger.pending.store
import ledger.searching.store
import ledger.store
import ledger.vault.store
import liandan.webhooks.store
import manifests.accounts.store
import manifests.store
import reports.books.store
import reports.store
import whitelist.store
from ledger.caller import WITHIN
from ledger.evidence.named import Reference
from ledger.kinds.refusal_pages import RefusalItem
from ledger.model import Head
from ledger.parties.names import Named
from ledger.searching.clocks import Stretch
from ledger.searching.terms import ANY
from ledger.store import EntryRow, LinkRow, LogHead
from ledger.tree.merkle import leaf_hash
from ledger.vault.store import DisclosureRow
from liandan.database import connect
from liandan.identity import OF_KEY
from liandan.webhooks.model import Attempt
from liandan.webhooks.store import New, Result
from liandan.wiring import KINDS
from manifests import projection
from manifests.search import Search
from manifests.view import ManifestView, fold
from reports.items import store as I  # as the others here
from tests.liandan import hot_desk
from tests.liandan.large_log import ENTRIES, MANIFESTS, ULID, fill
from tests.manifests.driver import Driver
from tests.whitelist.test_registry_search import approval
from whitelist.store import Part

pytestmark = pytest.mark.breaks_the_log("rows of the right shape, not a log")
LARGE_ROWS = 1000
CHAIN = f"manifest/G0007/{ULID.format(7)}"
APPROVAL = f"approval/G0007/{ULID.format(7)}"
STATEMENT = sha256(b"7").digest()
HEAD = LogHead(ENTRIES, sha256(b"").digest(), b"", 0)
LATE = [("receipt", ENTRIES - MANIFESTS + 2000), ("storage", 7)]
ITEM = RefusalItem(STATEMENT.hex(), ("G0007",), "manifest.issue/1", ("FORM",), 7, "2026-10-01T08:00:00+08:00")
DISCLOSURE = DisclosureRow("ff" * 32, "driver", CHAIN, 9, bytes(12), b"x", bytes(32))
Query = Callable[[asyncpg.Connection], Awaitable[object]]


async def append(conn: asyncpg.Connection) -> None:
    """As the sequencer: one entry, with facts that it has believed."""
    entry, after = EntryRow(ENTRIES, leaf_hash(b"new"), b"new"), LogHead(ENTRIES + 1, HEAD.root, b"", 1)
    link, value = LinkRow(CHAIN, 99, STATEMENT.hex(), ENTRIES), b"v" * 200
    known = [(f"chain:{CHAIN}", value), ("chain:none", None)]
    assert await ledger.store.append(conn, HEAD, after, [entry], [link], [(f"chain:{CHAIN}", b"new")], known)


async def stands(conn: asyncpg.Connection) -> None:
    """As a reader of states that it has kept: they are those of this head, and one that is not is seen."""
    value, other = b"v" * 200, b"w" * 200
    assert await ledger.store.stands(conn, HEAD, [(f"chain:{CHAIN}", value), ("chain:none", None)])
    assert not await ledger.store.stands(conn, HEAD, [(f"chain:{CHAIN}", other), ("chain:none", None)])


def view() -> ManifestView:
    """A manifest as it is stored."""
    log = Driver()
    log.issue()
    found = None
    for entry in log.entries:
        found = fold(found, entry) if entry.statement.chain_type == "manifest" else found
    assert found is not None
    return found


VIEW = view()


async def project(conn: asyncpg.Connection) -> None:
    """As the projection: position, a view, its terms and readers move on."""
    await projection._read(conn, [CHAIN])
    known = {VIEW.chain: VIEW}
    assert await projection.write(conn, ENTRIES, ENTRIES + 1, [VIEW], known, ["G0007"])


async def approvals(conn: asyncpg.Connection, *groups: list[str], since: int = 0) -> None:
    """A page of approvals, found by terms, and one of the whole way; then one is written anew."""
    part = Part("approval/", list(groups))
    rows, _ = await whitelist.store.rows_behind(conn, KINDS, [part], lambda chain, state: [0], None, 20, since, ENTRIES)
    assert rows
    assert [stretch async for stretch in whitelist.store._every(conn, part, APPROVAL)]
    await whitelist.store.follow_registries(conn, [APPROVAL])


async def shelved(conn: asyncpg.Connection) -> None:
    """A file that is brought, said to be there, and let go of."""
    party, older = "G0007", timedelta(days=30)
    await E.unnamed_bytes(conn, party, older)
    assert await E.has_brought(conn, FILE, party)
    await E.note_upload(conn, FILE, party, 9, "text/plain")
    await E.forget_upload(conn, FILE, party)
    await E.note_stored(conn, FILE)
    assert (await E.fetch_standing(conn, FILE, party, [party, f"manifest:51{WITHIN}"])).is_named
    assert await E.list_here(conn, [(FILE, party)])
    await E.refer(conn, [Reference(FILE, party, ("G0008",), ENTRIES)])
    [unnamed, *_] = await E.list_unnamed(conn, older, limit=5)
    assert await E.drop_upload(conn, unnamed, older)


FILE = sha256(b"7").hexdigest()
E = ledger.evidence.store
T = ledger.searching.store
B = reports.books.store
S, V, W, P, Q = ledger.store, ledger.vault.store, liandan.webhooks.store, ledger.parties.store, ledger.pending.store


async def moved(conn: asyncpg.Connection) -> None:
    """Three entries that move an account, back along them."""
    rows = [{"account": "Q3 x", "before_g": n, "after_g": n + 1} | ({"prev_index": ENTRIES + n} if n else {}) for n in range(3)]
    said = [{"admission": {"at": "2026-10-01T08:00:00+08:00", "decision": {"accounts": [row]}}} for row in rows]
    entries = [msgspec.json.encode(one) for one in said]
    records = [(ENTRIES + 1 + n, leaf_hash(raw), raw) for n, raw in enumerate(entries)]
    await conn.copy_records_to_table("entry", records=records, columns=("idx", "leaf", "entry"))
    assert len(await manifests.accounts.store.list_moves(conn, "Q3 x", ENTRIES + 3, 50)) == 3


async def found(conn: asyncpg.Connection, search: Search) -> None:
    """A page of manifests."""
    assert (await manifests.store.search_views(conn, search, limit=20)).views


async def pending_about(conn: asyncpg.Connection) -> None:
    """What waits on a manifest and its cases."""
    await Q.list_about(conn, "C17", ["manifest/7"], "case/7/", principal=None, kinds=None, now_s=0, limit=50)


async def no_matter(conn: asyncpg.Connection, search: Search) -> None:
    """A page of manifests, of which there may be none."""
    await manifests.store.search_views(conn, search, limit=20)


async def overdue(conn: asyncpg.Connection, search: Search) -> None:
    """A page of what is overdue."""
    await manifests.store.search_views(conn, search, limit=20, late=LATE)


async def pending(conn: asyncpg.Connection, unsigned: bool | None) -> None:
    """A page of what waits for a party."""
    asked = {"principal": None, "kinds": None, "unsigned": unsigned, "now_s": 0, "after": (-1, ""), "limit": 50}
    assert await Q.list_for(conn, "C17", **asked)


async def heads(conn: asyncpg.Connection) -> None:
    """The worker's: what is to be sent to one address."""
    hook = await W.fetch(conn, "w7")
    assert hook is not None
    assert await W.list_heads(conn, hook, besides=["none"], limit=20)


async def kept_book(conn: asyncpg.Connection) -> None:
    """A book that is brought, found again, replaced and dropped."""
    await B.lock_holder(conn, "G0007")
    assert await B.fetch_same(conn, "G0007", "f7", "none")
    [known] = await B.list_books(conn, "G0007", "2026-01", in_force=True)
    new = msgspec.structs.replace(known, id="z" * 26)
    await B.insert_book(conn, new, await B.list_lines(conn, known.id))
    assert await B.fetch_book(conn, new.id) == new
    assert await B.delete_book(conn, new) == [known.id]


HOT: Mapping[str, Query] = {
    **hot_desk.HOT,
    "lock_head": S.lock_head,
    "fetch_head": S.fetch_head,
    "fetch_facts": lambda conn: S.fetch_facts(conn, [f"chain:{CHAIN}", f"chain:{APPROVAL}", "chain:none"]),
    "list_indices": lambda conn: S.list_indices(conn, ["chain:approval/", f"chain:{CHAIN}"], end=ENTRIES, limit=100),
    "fetch_marked": lambda conn: S.fetch_marked(conn, [(f"chain:{CHAIN}", b""), (f"chain:{APPROVAL}", b"v" * 96), ("chain:none", b"")]),
    "list_threads": lambda conn: I.list_threads(conn, "2026-10", 100),
    "fetch_facts_within": lambda conn: S.fetch_facts_within(conn, "key: ", 10),
    "search_facts": lambda conn: S.search_facts(conn, "site", ["示范".encode()], 10),
    "fetch_links (intake, by place)": lambda conn: S.fetch_links(conn, [(CHAIN, 1), (CHAIN, 9), ("none", 0)]),
    "list_links": lambda conn: S.list_links(conn, CHAIN),
    "append": append,
    "stands": stands,
    "list_entries (publisher, feed)": lambda conn: S.list_entries(conn, start=ENTRIES - 300, end=ENTRIES),
    "list_leaves": lambda conn: S.list_leaves(conn, start=ENTRIES - 300, end=ENTRIES),
    "stream_entries": lambda conn: anext(S.stream_entries(conn, start=256, end=ENTRIES, page=256)),
    "fetch_entries_at": lambda conn: S.fetch_entries_at(conn, [7, 4_000, 19_000]),
    "projected": S.projected,
    "list_feed": lambda conn: S.list_feed(conn, ["G0007", "R07"], after=500, end=ENTRIES, limit=100),
    "feed_keys": lambda conn: S.feed_keys(conn, ["G0007", f"manifest:51{WITHIN}"]),
    "insert_refusals": lambda conn: S.insert_refusals(conn, [(ITEM, b"r")]),
    "first_open_hour": S.first_open_hour,
    "list_open_refusals": lambda conn: S.list_open_refusals(conn, to_hour="2026-10-01T23"),
    "mark_refusals": lambda conn: S.mark_refusals(conn, [ITEM], page=1),
    "list_refusals, all": lambda conn: S.list_refusals(conn, signer=None, before_id=500, limit=50),
    "list_refusals, of one": lambda conn: S.list_refusals(conn, signer="G0007", before_id=None, limit=50),
    "search_parties": lambda conn: P.search_parties(conn, "第7", since=0, after="", limit=50),
    "search_parties, all": lambda conn: P.search_parties(conn, "", since=0, after="G0100", limit=50),
    "fetch_parties": lambda conn: P.fetch_parties(conn, ["G0007", "none"]),
    "fetch_changed": lambda conn: P.fetch_changed(conn, ["G0007", "none"]),
    "list_succeeded": lambda conn: P.list_succeeded(conn, "G0007", 4),
    "names_of": lambda conn: P.names_of(conn, ["G0007", "G0008", "none"]),
    "note_names": lambda conn: P.note_names(conn, [Named("G0007", ENTRIES, "新名", None)]),
    "insert_disclosures": lambda conn: V.insert_disclosures(conn, [DISCLOSURE]),
    "fetch_owners": lambda conn: V.fetch_owners(conn, [bytes(32), sha256(STATEMENT).digest()]),
    "list_of_statement": lambda conn: V.list_of_statement(conn, STATEMENT.hex()),
    "list_of_chain": lambda conn: V.list_of_chain(conn, CHAIN),
    "blank": lambda conn: V.blank(conn, [(STATEMENT.hex(), "driver")]),
    "list_erasures": lambda conn: V.list_erasures(conn, from_seq=0),
    "attachments": shelved,
    "list_files": lambda conn: E.list_files(conn, after=FILE, limit=20),
    "list_moves": moved,
    "find_views": lambda conn: manifests.store.find_views(conn, ULID.format(7)),
    "fetch_view": lambda conn: manifests.store.fetch_view(conn, CHAIN),
    "fetch_views": lambda conn: manifests.store.fetch_views(conn, [CHAIN, f"{CHAIN[:-1]}8"]),
    "terms_in_use": lambda conn: manifests.store.terms_in_use(conn, ["generator:G0007", "receiver:G0007"]),
    "terms_among": lambda conn: manifests.store.terms_among(conn, ["generator:G0007", "generator:G0399"], ["party:G0399"]),
    "find_with_terms": lambda conn: manifests.store.find_with_terms(conn, ["generator:G0007"], limit=20),
    "list_beginning": lambda conn: manifests.store.list_beginning(conn, "code", "900", None, limit=7),
    "list_beginning, of a party": lambda conn: manifests.store.list_beginning(conn, "generator", "G", ["party:G0399"], limit=7),
    "search_views": lambda conn: found(conn, Search()),
    "search_views, a firm's contradictions": lambda conn: no_matter(conn, Search(party="G0100", alerts=("LABEL_USED", "WEIGHT"))),
    "search_views, a party's open": lambda conn: found(conn, Search(visible_to="G0100", stage="in_transit")),
    "search_views, receiver and code": lambda conn: found(conn, Search(receiver="R07", code="900-052-31", stage="closed")),
    "search_views, changed": lambda conn: found(conn, Search(updated_since=ENTRIES - 100)),
    "search_views, a party's changed": lambda conn: found(conn, Search(updated_since=ENTRIES - MANIFESTS, visible_to="G0007")),
    "search_views, overdue": lambda conn: overdue(conn, Search(visible_to="G0100", overdue=True)),
    "search_views, overdue of all": lambda conn: overdue(conn, Search(overdue=True)),
    "search_late": lambda conn: manifests.store.search_late(conn, Search(overdue=True), LATE, limit=41),
    "walk_clocks": lambda conn: T.walk_clocks(conn, ["G0100", "R07"], [Stretch("receipt", 0), Stretch("attachment", 0)], 50),
    "running_since": lambda conn: T.running_since(conn, LATE, 100),
    "rewrite_clocks": lambda conn: T.rewrite_clocks(conn, [(CHAIN, [f"R07 receipt {ENTRIES} "], [f"R07 storage {ENTRIES} "])]),
    "project": project,
    "approvals": lambda conn: approvals(conn, [ANY]),
    "chains in which alternatives stand": lambda conn: whitelist.store.find_chains(
        conn, "approval/", [["receiver:R07"], ["stage:approved"]], 200
    ),
    "approvals, narrow": lambda conn: approvals(conn, ["receiver:R07"], ["stage:approved"], since=100),
    "list_cases": lambda conn: reports.store.list_cases(conn, CHAIN),
    "token": lambda conn: conn.fetchrow("SELECT uscc FROM token WHERE digest = $1 AND expires_at > now()", sha256(b"7").digest()),
    "tokens of a key": lambda conn: conn.execute(OF_KEY, "key7"),
    "is_any_behind": lambda conn: W.is_any_behind(conn, ENTRIES),
    "list_behind": lambda conn: W.list_behind(conn, ENTRIES, ["G0001"]),
    "count_pending": lambda conn: W.count_pending(conn, "w7"),
    "queue": lambda conn: W.queue(conn, "w7", [New(ENTRIES, "manifest.issue", CHAIN, b"b")]),
    "unqueue": lambda conn: W.unqueue(conn, "w7", from_idx=ENTRIES - 5),
    "give_up_beyond": lambda conn: W.give_up_beyond(conn, "w7", ["G0007"], ENTRIES),
    "list_due": W.list_due,
    "list_heads": heads,
    "hurry": lambda conn: W.hurry(conn, "w7"),
    "note": lambda conn: W.note(conn, [Result(9_900, Attempt(is_delivered=True), "delivered", timedelta())]),
    "first_attempts": lambda conn: W.first_attempts(conn, [1, 2, 9_900]),
    "list_deliveries": lambda conn: W.list_deliveries(conn, "w7", state="dead", before=None, limit=50),
    "fetch_delivery": lambda conn: W.fetch_delivery(conn, "w7", 8),
    "revive": lambda conn: W.revive(conn, "w7", 8),
    "drop_pings": lambda conn: W.drop_pings(conn, "w7"),
    "webhook delete": lambda conn: W.delete(conn, "w7"),
    "list_active": lambda conn: W.list_active(conn, ["G0007", "none"]),
    "pending of a party": lambda conn: pending(conn, None),
    "pending of a party, to sign": lambda conn: pending(conn, True),
    "pending that waits": lambda conn: Q.list_waiting(conn, "C17", principal=None, kinds=None, now_s=0, after=(0, ""), limit=50),
    "pending about a manifest": pending_about,
    "pending, one": lambda conn: Q.fetch(conn, sha256(b"7").hexdigest(), is_locked=True),
    "count_of": lambda conn: Q.count_of(conn, "G0007"),
    "take_complete": lambda conn: Q.take_complete(conn, 32),
    "settle": lambda conn: Q.settle(conn, sha256(b"7").hexdigest()),
    "pending forget": lambda conn: Q.forget(conn, 86_420),
    "pending delete": lambda conn: Q.delete(conn, sha256(b"7").hexdigest()),
    "fetch_cases": lambda conn: Q.fetch_cases(conn, "approval/G0007/", 64),
    "books": kept_book,
    "lines_of_month": lambda conn: B.lines_of_month(conn, "G0007", "2026-01"),
    "holders_of_month": lambda conn: B.holders_of_month(conn, "2026-01"),
    "search_books": lambda conn: B.search_books(conn, B.BookSearch(holders=("G0007",))),
    "search_books (authority)": lambda conn: B.search_books(conn, B.BookSearch(regions=("007",))),
}


ROOMS: tuple[ModuleType, ...] = (
    S,
    P,
    V,
    E,
    manifests.store,
    manifests.accounts.store,
    whitelist.store,
    reports.store,
    I,
    B,
    W,
    Q,
    T,
    *hot_desk.ROOMS,
)
ALL_ON_PURPOSE = "reads everything, for the audit"
SMALL = "of the table of webhooks, some of each party"
EXCUSED: Mapping[str, str] = {
    **dict.fromkeys(("stream_links", "stream_facts", "stream_names", "stream_rows", "stream_readers", "stream_wrong"), ALL_ON_PURPOSE),
    **dict.fromkeys(("count_links", "list_stray_entries"), "audit and repair: counts the whole log once"),
    "find_statement": "an erasure asks by hash, which no index holds: rare, and an index of every hash would cost each append",
    **dict.fromkeys(("insert_head", "insert_entries"), "founding and repair: writes alone"),
    **dict.fromkeys(("list_named", "stream_references"), ALL_ON_PURPOSE),
    "try_to_lead": "takes a lock",
    "analyze": "is how the planner comes to know",
    "naming_refusals": "takes a lock",
    "list_views": "pages of search_views",
    **dict.fromkeys(("lock_party", "insert", "list_of", "fetch", "change"), SMALL),
    **dict.fromkeys(("put_mapping", "list_mappings", "delete_mapping"), "of mappings, some of each party"),
    "tell_nobody": "does nothing",
    "list_wrong_clocks": ALL_ON_PURPOSE,
    "list_unsettled": "once a minute, of what is pending: a table that empties itself",
    "count_all": "the figures of /metrics: once a scrape, over a delivery log that has an end",
    "count_by_state": "one webhook's log, by its index, up to a bound",
    "forget": "once an hour: what is old goes by its index, and each log is cut once",
}


@pytest.fixture(scope="module")
async def large(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection to the filled database; every test rolls back."""
    state = approval("R07", "approved")
    async with connect(shared_database_url) as conn:
        await fill(conn, msgspec.msgpack.encode(VIEW), msgspec.msgpack.encode(Head(0, "", 500, state)))
        yield conn


async def scanned(conn: asyncpg.Connection, run: Query, mode: str, *before: str) -> list[str]:
    """Large tables that were read from the beginning, and how the statements are planned."""
    asked: list[Any] = []
    await conn.execute("SELECT pg_stat_force_next_flush()")  # what was done before stays out of the figures of this transaction
    transaction = conn.transaction()
    await transaction.start()
    try:
        for statement in (*before, f"SET LOCAL plan_cache_mode = {mode}"):
            await conn.execute(statement)
        with conn.query_logger(asked.append):
            await run(conn)
        rows = await conn.fetch(
            "SELECT relname FROM pg_stat_xact_user_tables JOIN pg_class USING (relname) WHERE seq_scan > 0 AND reltuples > $1 ORDER BY 1",
            float(LARGE_ROWS),
        )
        if names := [row["relname"] for row in rows]:
            for query in asked:
                if query.query.lstrip().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
                    names += ["", query.query, *[row[0] for row in await conn.fetch(f"EXPLAIN {query.query}", *query.args)]]
        return names
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("name", HOT)
async def test_a_repeated_query_reads_no_large_table_whole(large: asyncpg.Connection, name: str, mode: str) -> None:
    assert not (found := await scanned(large, HOT[name], mode)), "\n".join(found)


async def test_a_lost_index_is_seen(large: asyncpg.Connection) -> None:
    lost = await scanned(large, HOT["find_views"], "force_custom_plan", "DROP INDEX manifest_view_ulid")
    assert lost[0] == "manifest_view"
    assert any("Seq Scan on manifest_view" in line for line in lost)


def test_every_function_that_speaks_sql_is_run_or_excused() -> None:
    functions = [
        name
        for room in ROOMS
        for name, value in vars(room).items()
        if inspect.isfunction(value) and value.__module__ == room.__name__ and not name.startswith("_")
        if inspect.iscoroutinefunction(inspect.unwrap(value)) or inspect.isasyncgenfunction(inspect.unwrap(value))
    ]
    source = inspect.getsource(sys.modules[__name__]) + inspect.getsource(hot_desk)
    run = {name for name in functions if re.search(rf"\.{name}\b", source)}
    assert sorted(set(functions) - run - EXCUSED.keys()) == []
    assert sorted(EXCUSED.keys() - set(functions)) == [], "excused is what is not there"
