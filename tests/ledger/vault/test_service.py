"""The vault beside a running log: what the HTTP tests cannot reach, two writers at the same moment above all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from asyncpg import Pool, Record
from msgspec import Struct, field

from ledger.admission.personality import Changes, Kind, Personality, Window
from ledger.caller import Caller
from ledger.chain import USCC
from ledger.log import Log, LoggedEntry
from ledger.vault.keys import KeyStore
from ledger.vault.service import Vault
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.ledger.log_server import envelopes, running
from tests.ledger.vault.people import PEOPLE, committed, opened, request, wire
from tests.workbench import AUTHORITY_51, OPERATOR, START, Workbench, key_of, uscc

NOW = START + 3600
PARTY, OTHER = uscc("510112", 2), uscc("510112", 3)
READER = Caller(AUTHORITY_51, "authority", "00" * 32)


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """A body with commitments, and nothing else."""

    commit: dict[str, str] = field(default_factory=dict)


class NoteState(Struct, frozen=True):
    """Nothing to remember."""


NOTES = Personality(
    name="notes",
    kinds=(
        Kind(
            name="note.write/1",
            zh="记录",
            en="note",
            body=Note,
            chain_type="note",
            roles=("party",),
            signers=lambda statement, facts: (),
            window=Window.DAY,
            rules=(),
            books=None,
            effect=("", ""),
            evolve=lambda statement, admission, facts: Changes(state=NoteState()),
            opens=True,
            again=True,
        ),
    ),
    states={"note": NoteState},
    chains={"note": rf"note/{USCC}"},
)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([NOTES])
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


@pytest.fixture
async def log(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> AsyncIterator[Log]:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        yield log


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    store = KeyStore(tmp_path / "vault.sqlite3")
    yield store
    store.close()


def note(bench: Workbench, party: str, salts: str) -> bytes:
    """A note of a party that commits to PEOPLE, with its openings."""
    people = opened(salts)
    body = Note(commit=committed(bench.found, f"note/{party}", 0, people))
    envelope = bench.draft("note.write/1", f"note/{party}", (party,), body).sign([key_of(party)])
    return request(freeze(envelope), [wire(one) for one in people])


async def admit(log: Log, vault: Vault, raw: bytes) -> tuple[LoggedEntry, Refusal | None]:
    [offer] = await vault.check([raw])
    assert offer.refusal is None
    [answer] = await log.append([offer.envelope], now_s=NOW)
    assert isinstance(answer, LoggedEntry)
    [lost] = await vault.keep([(answer.entry, offer)])
    return answer, lost


async def test_of_two_who_bring_one_salt_at_the_same_moment_one_is_kept(log: Log, keys: KeyStore, bench: Workbench) -> None:
    vault = Vault(log, keys)
    offers = [(await vault.check([note(bench, party, "shared")]))[0] for party in (PARTY, OTHER)]
    assert [offer.refusal for offer in offers] == [None, None]  # neither has stored anything yet
    outcomes = []
    for offer in offers:
        [answer] = await log.append([offer.envelope], now_s=NOW)
        assert isinstance(answer, LoggedEntry)
        outcomes += await vault.keep([(answer.entry, offer)])
    assert outcomes[0] is None
    assert outcomes[1] is not None
    assert outcomes[1].codes == ["SALT_SEEN"]
    assert {one.state for one in await vault.read(f"note/{PARTY}", READER)} == {"held"}
    assert {one.state for one in await vault.read(f"note/{OTHER}", READER)} == {"absent"}


async def test_an_erasure_that_the_operator_posts_himself_destroys_the_key_too(log: Log, keys: KeyStore, bench: Workbench) -> None:
    vault = Vault(log, keys)
    answer, _ = await admit(log, vault, note(bench, PARTY, "own"))
    place = (answer.entry.statement.hash, "driver.name")
    body = {"statement": place[0], "field": place[1]}
    erasure = bench.draft("pd.erase/1", "log/erasures", (OPERATOR,), body).sign([key_of(OPERATOR)])
    assert set(keys.fetch([place])) == {place}
    await admit(log, vault, freeze(erasure))
    assert keys.fetch([place]) == {}
    again = await vault.erase(*place, now_s=NOW)
    assert not again.is_new


async def test_what_a_crash_left_between_entry_and_key_is_finished_at_the_start(log: Log, keys: KeyStore, bench: Workbench) -> None:
    vault = Vault(log, keys)
    answer, _ = await admit(log, vault, note(bench, PARTY, "crash"))
    places = [(answer.entry.statement.hash, name) for name in PEOPLE]
    body = {"statement": places[0][0], "field": places[0][1]}
    erasure = bench.draft("pd.erase/1", "log/erasures", (OPERATOR,), body).sign([key_of(OPERATOR)])
    assert isinstance((await log.append([freeze(erasure)], now_s=NOW))[0], LoggedEntry)  # and nothing after it
    assert set(keys.fetch(places)) == set(places)
    assert await Vault(log, keys).settle() == 1
    assert set(keys.fetch(places)) == set(places[1:])
    assert await Vault(log, keys).settle() == 0


async def test_erasures_of_two_processes_take_turns_on_the_chain(log: Log, keys: KeyStore, bench: Workbench) -> None:
    one, two = Vault(log, keys), Vault(log, keys)
    answer, _ = await admit(log, one, note(bench, PARTY, "turns"))
    statement = answer.entry.statement.hash
    erased = await asyncio.gather(
        *(vault.erase(statement, name, now_s=NOW) for vault in (one, two) for name in PEOPLE), return_exceptions=True
    )
    refused = [error for error in erased if isinstance(error, Refusal)]
    assert all(error.codes == ["ERASED_ALREADY"] for error in refused)
    assert {opening.state for opening in await one.read(f"note/{PARTY}", READER)} == {"erased"}
    assert len(await log.chain_entries("log/erasures")) == len(PEOPLE)
