"""Searches of registries by terms: nothing that is wanted lacks a term of each group, and a page costs what it returns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.caller import Caller
from ledger.directory import Grant
from ledger.model import Head, chain_key
from ledger.reading import Position
from liandan.database import connect
from liandan.wiring import KINDS
from tests.plans import touched
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.fields import PermitItem, Scope
from whitelist.listing import ListRow, ListState
from whitelist.permit import PermitState
from whitelist.plan import PlanLine, PlanState, SitePlan
from whitelist.registries import RegistryRow, Wanted
from whitelist.registry_terms import terms_of
from whitelist.store import Part, follow_registries, rows_behind, stream_wrong

APPROVALS = 3000
G, R, FEW = "G{:04}00000000000{:02}", "R{:02}000000000000000", "R99000000000000000"
AUTHORITY = Caller("5100", "authority", "")
PARTIES = ("915001160000AAA107", "915101160000BBB107", "925101000000CCC107")
CODES = ("900-052-31", "900-249-08", "384-004-31")
PROVINCES, PLACES = ("50", "51"), ("500116", "510116", "510701")


def approval(
    receiver: str, stage: str = "approved", code: str = CODES[0], origin: str = "510116", destination: str = "500116"
) -> ApprovalState:
    line = DecisionLine(name="废铅酸蓄电池", code=code, category=f"HW{code[-2:]}", hazards=("T",), method="R4", applied_g=1, mass_g=1)
    return ApprovalState(
        stage=stage, receiver=receiver, permit="", root="", origin=origin, destination=destination, applied_on="", applied_to="", lines=(line,),
    )  # fmt: skip


SCOPES = st.builds(
    lambda scope, codes: Scope(category=f"HW{codes[0][-2:]}", scope=scope, codes=() if scope == "ALL" else tuple(codes)),
    st.sampled_from(("ALL", "INCLUDE", "EXCEPT")),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=2),
)
STATES = {
    "approval": st.builds(
        approval, *map(st.sampled_from, (PARTIES, ("applied", "approved"), CODES, PLACES, PLACES))
    ),
    "permit": st.builds(
        lambda scopes: PermitState(
            no="", permit_class="permit", authority="", valid_from="", valid_to="", division="", address="", scale_g=1, root="",
            items=tuple(PermitItem(category=one.category, scope=one.scope, codes=one.codes, methods=("R4",)) for one in scopes),
        ),
        st.lists(SCOPES, min_size=1, max_size=3),
    ),
    "plan": st.builds(
        lambda lines: PlanState({
            site: SitePlan(filings=("1",), filed_on="2026-03-02", lines=tuple(
                PlanLine(name="", code=code, category="", hazards=("T",), form="S", mass_g=1, method="R4", receiver_type="permit", receivers=to)
                for code, to in lines
            ))
            for site, lines in lines.items()
        }),
        st.dictionaries(
            st.sampled_from(("", "east")), st.lists(st.tuples(st.sampled_from(CODES), st.sets(st.sampled_from(PARTIES)).map(tuple)), max_size=3),
        ),
    ),
    "list": st.builds(
        lambda way, rows: ListState(
            year=2026, from_province=way[0], to_province=way[1], kind="mutual", suspension_stops="decide", proposer="", letter_no="",
            letter_date="", effective_from="", effective_to="", rows_announced=1, pages_announced=1,
            rows=tuple(ListRow(receiver=one, permit="", root="", waste=waste, methods=(), quota_g=1) for one, waste in rows),
        ),
        st.tuples(*[st.sampled_from(PROVINCES)] * 2),
        st.lists(st.tuples(st.sampled_from(PARTIES), SCOPES), max_size=3),
    ),
}  # fmt: skip
WANTED = st.builds(
    Wanted,
    **{
        name: st.none() | st.sampled_from(values)
        for name, values in {
            "receiver": PARTIES, "code": CODES, "year": (2025, 2026), "from_province": PROVINCES, "to_province": PROVINCES, "stage": ("applied", "approved"),
        }.items()
    },
)  # fmt: skip
READERS = st.builds(
    lambda uscc, role, regions, topics: Caller(uscc, role, "", grants=(Grant("5100", regions, topics),)),
    st.sampled_from(PARTIES),
    st.sampled_from(("party", "authority")),
    st.tuples(st.sampled_from(("51", "5101", "510701", "52"))),
    st.sampled_from((("approval",), ("manifest",))),
)


@given(data=st.data(), chain_type=st.sampled_from(sorted(STATES)), wanted=WANTED, caller=READERS)
def test_whatever_is_wanted_has_a_term_of_each_group(data: st.DataObject, chain_type: str, wanted: Wanted, caller: Caller) -> None:
    """The index may offer too much, which the state is judged for, and never too little."""
    state = data.draw(STATES[chain_type])
    owner = "2026-51-50-a" if chain_type == "list" else f"{data.draw(st.sampled_from(PARTIES))}/01K9000000000000000000000A"
    owner = f"{owner.partition('/')[0]}/2026" if chain_type == "plan" else owner
    chain, found = f"{chain_type}/{owner}", set(terms_of(f"{chain_type}/{owner}", state))
    if list(wanted.plans(caller, chain, state) if chain_type == "plan" else wanted.quotas(caller, chain, state)):
        assert all(found.intersection(group) for group in wanted.groups(chain_type, caller))
    if chain_type == "approval" and wanted.receiver != state.receiver:
        alone = Wanted(receiver=wanted.receiver)
        assert wanted.receiver is None or not all(found.intersection(group) for group in alone.groups(chain_type, AUTHORITY))


@pytest.fixture(scope="module")
async def many(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Approvals of 300 generators to ten receivers, five of them to another, three refused."""
    rows = []
    for number in range(APPROVALS):
        receiver = FEW if number % 600 == 7 else R.format(number % 10)
        state = approval(receiver, "refused" if number % 1000 == 3 else "approved", CODES[number % 2])
        head = Head(0, "", number, state)
        rows.append((chain_key(f"approval/{G.format(number % 300, 0)}/{number:026}"), msgspec.msgpack.encode(head)))
    async with connect(shared_database_url) as conn:
        await conn.executemany("INSERT INTO fact VALUES ($1, $2)", rows)
        await conn.execute("INSERT INTO projection_position VALUES ('manifests', $1)", APPROVALS)
        await follow_registries(conn, [key.partition(":")[2] for key, _ in rows])
        await conn.execute("RESET ROLE")
        await conn.execute(
            "VACUUM ANALYZE fact, registry_view, registry_term"
        )  # as the server does by itself a minute after much was added
        yield conn


async def page(
    conn: asyncpg.Connection, wanted: Wanted, caller: Caller, after: Position | None = None, size: int = APPROVALS
) -> tuple[list[RegistryRow], Position | None]:
    part = Part(wanted.prefix("approval"), wanted.groups("approval", caller))
    select = lambda chain, state: wanted.approvals(caller, chain, state)  # noqa: E731
    return await rows_behind(conn, KINDS, [part], select, after, 20, wanted.updated_since, size)


SEARCHES = [
    (Wanted(), AUTHORITY, 20),
    (Wanted(receiver=FEW), AUTHORITY, 5),
    (Wanted(receiver=R.format(1), stage="refused"), AUTHORITY, 0),
    (Wanted(stage="refused"), AUTHORITY, 3),
    (Wanted(code=CODES[1], stage="refused"), AUTHORITY, 3),
    (Wanted(generator=G.format(7, 0)), AUTHORITY, 10),
    (Wanted(), Caller(FEW, "party", ""), 5),
    (Wanted(), Caller(G.format(7, 0), "party", ""), 10),
    (Wanted(stage="refused"), Caller(R.format(3), "party", ""), 3),
    (Wanted(receiver=R.format(3), code=CODES[1]), AUTHORITY, 20),
    (Wanted(updated_since=APPROVALS - 5), AUTHORITY, 5),
    (Wanted(updated_since=APPROVALS - 60, code=CODES[0]), AUTHORITY, 20),
]


@pytest.mark.parametrize(("wanted", "caller", "expected"), SEARCHES, ids=str)
async def test_a_page_costs_what_it_returns(many: asyncpg.Connection, wanted: Wanted, caller: Caller, expected: int) -> None:
    """Among 3,000 approvals each page reads some dozen blocks, and no table from its beginning to its end."""
    before = await touched(many, "fact", "registry_view", "registry_term")
    rows, _ = await page(many, wanted, caller)
    scans, blocks = (now - then for now, then in zip(await touched(many, "fact", "registry_view", "registry_term"), before, strict=True))
    assert (len(rows), scans) == (expected, 0)
    assert 0 < blocks <= 40 + 4 * expected, blocks


async def test_pages_by_terms_join_and_are_those_of_every_chain(many: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor of one way goes on in the other."""
    wanted, caller = Wanted(receiver=R.format(3), code=CODES[1]), AUTHORITY
    first, place = await page(many, wanted, caller)
    second, _ = await page(many, wanted, caller, place)
    monkeypatch.setattr("whitelist.store.TAIL_MAX", -1)
    assert await page(many, wanted, caller) == (first, place)
    assert (await page(many, wanted, caller, place))[0] == second
    assert first[-1].chain < second[0].chain


async def test_a_damaged_entry_that_holds_up_the_projection_hides_nothing(many: asyncpg.Connection) -> None:
    await many.execute("INSERT INTO entry VALUES ($1, sha256('\\x00'::bytea || 'x'), 'x')", APPROVALS)
    wanted = Wanted(receiver=FEW)
    assert await page(many, wanted, AUTHORITY, size=APPROVALS + 1) == await page(many, wanted, AUTHORITY)


async def test_plans_are_found_by_who_is_named_and_compared_with_what_the_log_says(many: asyncpg.Connection) -> None:
    plan = SitePlan(
        filings=("1",), filed_on="2026-03-02",
        lines=(PlanLine(name="", code=CODES[0], category="HW31", hazards=("T",), form="S", mass_g=1, method="R4", receiver_type="permit", receivers=(FEW,)),),
    )  # fmt: skip
    chains = [f"plan/{G.format(number, 0)}/{2025 + number % 2}" for number in range(6)]
    rows = [(chain_key(chain), msgspec.msgpack.encode(Head(0, "", number, PlanState({"": plan})))) for number, chain in enumerate(chains)]
    await many.executemany("INSERT INTO fact VALUES ($1, $2)", rows)
    await follow_registries(many, chains)

    async def found(caller: Caller, **wanted: Any) -> list[str]:
        asked = Wanted(**wanted)
        part = Part(asked.prefix("plan"), asked.groups("plan", caller))
        select = lambda chain, state: asked.plans(caller, chain, state)  # noqa: E731
        return [row.chain for row in (await rows_behind(many, KINDS, [part], select, None, 20, 0, APPROVALS))[0]]

    assert await found(AUTHORITY) == chains
    assert await found(AUTHORITY, year=2026) == chains[1::2]
    assert await found(Caller(FEW, "party", ""), code=CODES[0]) == chains
    assert await found(Caller(FEW, "party", ""), code=CODES[1]) == []
    assert await found(Caller(R.format(1), "party", "")) == []
    assert await found(Caller(G.format(3, 0), "party", "")) == [chains[3]]
    async with many.transaction():
        assert [one.chain async for one in stream_wrong(many, APPROVALS) if one.chain.startswith("plan/")] == []
        await many.execute("UPDATE registry_view SET terms = terms || ARRAY['year:1999'] WHERE chain = $1", chains[0])
        assert chains[0] in [one.chain async for one in stream_wrong(many, APPROVALS)]
