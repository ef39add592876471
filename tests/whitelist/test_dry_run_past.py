"""Dry runs as of then, over HTTP: what was decided at an earlier size or time of the log, and what bounds the asking."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from asyncpg import Pool, Record

from ledger import past
from ledger.mass import format_mass
from tests.manifests.driver import APPROVAL, GENERATOR, PERMIT, RECEIVER
from tests.manifests.test_worked_example import Q2, Q3, Example
from tests.whitelist.scene import transfer
from tests.whitelist.test_dry_run import MORNING, ask, codes
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import uscc
from whitelist.routes import ROUTER


@pytest.fixture(scope="module")
def shown() -> Example:
    return Example()


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, shown: Example) -> AsyncIterator[Web]:
    """One log for all tests that only read."""
    async with serving(shared_pool, tmp_path_factory.mktemp("past"), shown, [ROUTER]) as web:
        yield web


async def test_as_of_an_earlier_size_the_answer_is_what_was_decided_then(still: Web, shown: Example) -> None:
    """The earlier manifest took 2,890 t; asked as of its own index and time, the same question has the same answer again."""
    [index] = [entry.index for entry in shown.entries if entry.statement.kind == "manifest.issue/1"]
    issued = shown.entries[index]
    body = issued.statement.body
    asked = transfer(**msgspec.json.decode(msgspec.json.encode(body)))
    then = await ask(still, asked, as_of=index, at=issued.admission.at)
    assert (then["size"], then["at"]) == (index, issued.admission.at)
    [load] = then["answers"]
    rows = issued.admission.decision.accounts
    assert load["draws_t"] == {row.account: format_mass(row.after_g - row.before_g) for row in rows}
    assert load["left_t"][Q2] == "3000.000000"
    [now] = (await ask(still, asked, at=MORNING))["answers"]
    assert codes(now) == ["APPROVAL_QUOTA"]


async def test_as_of_every_size_the_log_knows_only_what_lies_before(still: Web, shown: Example) -> None:
    kinds = [entry.statement.kind for entry in shown.entries]
    granted, decided = kinds.index("permit.grant/1"), len(kinds) - 1 - kinds[::-1].index("approval.decide/1")
    for size in range(1, len(kinds) + 1):
        answer = await ask(still, transfer(), as_of=size)
        assert (answer["size"], answer["at"]) == (size, shown.entries[size - 1].admission.at)
        found = set(codes(answer["answers"][0]))
        assert ("PERMIT_UNKNOWN" in found) == (size <= granted)
        assert (not found & {"APPROVAL_UNKNOWN", "APPROVAL_STAGE"} and answer["answers"][0]["admissible"]) == (size > decided)


async def test_as_of_the_present_size_the_rebuilt_facts_are_the_stored_ones(still: Web, shown: Example) -> None:
    present = await ask(still, transfer(), transfer(number="1"), at=MORNING)
    assert await ask(still, transfer(), transfer(number="1"), at=MORNING, as_of=len(shown.entries)) == present


@pytest.mark.parametrize("beyond", [-1, 0, "one more"])
async def test_a_size_that_the_log_has_not_reached_is_refused(still: Web, shown: Example, beyond: int | str) -> None:
    size = len(shown.entries) + 1 if isinstance(beyond, str) else beyond
    response = await still.post("/v1/checks", {"transfers": [transfer()], "as_of": size}, GENERATOR)
    assert codes_of(response, 422) == ["AS_OF_SIZE"]


async def test_a_past_too_long_to_rebuild_is_refused_with_the_way_out(still: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.past.PAST_MAX", 4)
    await ask(still, transfer(), as_of=4)
    response = await still.post("/v1/checks", {"transfers": [transfer()], "as_of": 12}, GENERATOR)
    assert codes_of(response, 422) == ["AS_OF_LARGE"]
    assert "liandan audit" in response.json()["detail"]


async def test_one_rebuild_runs_at_a_time(still: Web) -> None:
    async with past.ONE_AT_A_TIME:
        response = await still.post("/v1/checks", {"transfers": [transfer()], "as_of": 3}, GENERATOR)
    assert codes_of(response, 503) == ["BUSY"]
    assert response.headers["retry-after"] == "5"
    await ask(still, transfer(), as_of=3)


async def test_as_of_a_time_the_entries_that_were_there_count(still: Web, shown: Example) -> None:
    for entry in shown.entries:
        found = await ask(still, transfer(), as_of_time=entry.admission.at)
        assert (found["size"], found["at"]) == (
            1 + max(e.index for e in shown.entries if e.admission.at <= entry.admission.at),
            entry.admission.at,
        )
    assert (await ask(still, transfer(), as_of_time="2027-01-01T00:00:00+08:00"))["size"] == len(shown.entries)
    response = await still.post("/v1/checks", {"transfers": [transfer()], "as_of_time": "2020-01-01T00:00:00+08:00"}, GENERATOR)
    assert codes_of(response, 422) == ["AS_OF_BEFORE"]
    both = {"transfers": [transfer()], "as_of_time": MORNING, "as_of": 3}
    assert codes_of(await still.post("/v1/checks", both, GENERATOR), 422) == ["AS_OF_TWICE"]


async def test_only_what_can_have_moved_the_answer_is_read_again(still: Web, shown: Example) -> None:
    """The entries of other firms are passed over, and the facts are those of all entries."""
    size, stranger = len(shown.entries), uscc("510300", 999)
    whole = await past.past_at(still.log, size)
    none = await past.past_at(still.log, size, past.PastWanted(("log/", "permit/", "list/", "approval/"), (stranger,)))
    own = await past.past_at(still.log, size, past.PastWanted(("log/", "permit/", "list/", "approval/"), (GENERATOR, RECEIVER)))
    assert none.entries < own.entries < whole.entries == size
    assert none.at_s == own.at_s == whole.at_s
    for key in (f"account:{Q2}", f"account:{Q3}", f"q3:{PERMIT}", f"chain:{APPROVAL}"):
        assert own.facts.get(key) == whole.facts.get(key) is not None
