"""Parties that change their name, close, are succeeded and reopen (kinds §1.2, §2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record

from ledger.admission.entry import Entry
from ledger.auditing.audit import audit
from ledger.directory import PartyState, party_chain, party_name
from ledger.log import LoggedEntry
from ledger.times import parse_at
from signing.refusal import Refusal
from tests.ledger.log_server import envelopes, running
from tests.ledger.test_signers import NOTE, NOTES, Note
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, uscc

OWNER, HEIR, THIRD = (uscc("510112", serial) for serial in (40, 42, 43))
ABROAD = uscc("530000", 46)
CLOSED = {"closed_on": "2026-10-01", "reason": "吊销营业执照（虚构）"}


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([NOTES])
    for party in (OWNER, HEIR, THIRD, ABROAD):
        bench.register(party)
    bench.post("note.write/1", NOTE, (OWNER,), Note())
    return bench


def amend(bench: Workbench, party: str = OWNER, by: str = AUTHORITY_51, **body: Any) -> Entry:
    return bench.post("party.amend/1", party_chain(party), (by,), {"reason": "工商变更（虚构）", **body})


def refused(bench: Workbench, *args: Any, **body: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        amend(bench, *args, **body)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def state(bench: Workbench, party: str = OWNER) -> PartyState:
    found: PartyState = bench.facts.state(party_chain(party))
    return found


def test_a_name_changes_from_its_entry_on(bench: Workbench) -> None:
    amend(bench, name="新名称（虚构）")
    assert party_name(bench.facts, OWNER) == "新名称（虚构）"
    assert len(state(bench).keys) == 1, "its keys stay"


def test_a_closed_party_s_roles_go_to_its_successor_and_reopening_ends_that(bench: Workbench) -> None:
    entry = amend(bench, successor=HEIR, **CLOSED)
    assert [chain for chain, _ in entry.admission.facts] == [party_chain(HEIR)]
    tagged = bench.post("note.write/1", NOTE, (HEIR,), Note())
    assert (tagged.admission.decision.tags, [chain for chain, _ in tagged.admission.facts]) == ((("ON_BEHALF",),), [party_chain(OWNER)])
    amend(bench, reopen=True)
    assert (state(bench).closed_on, state(bench).successor) == ("", "")
    with pytest.raises(Refusal) as caught:
        bench.post("note.write/1", NOTE, (HEIR,), Note())
    assert caught.value.codes == ["SIGNER_ROLE"]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_without_successor_its_authority_signs(bench: Workbench) -> None:
    amend(bench, **CLOSED)
    entry = bench.post("note.write/1", NOTE, (AUTHORITY_51,), Note())
    assert entry.admission.decision.alerts == (("H", "SIGNED_FOR_CLOSED"),)
    assert audit(bench.export().get, bench.kinds).findings == []


def test_the_authority_of_its_region_amends_any_for_a_foreign_party(bench: Workbench) -> None:
    assert refused(bench, by=AUTHORITY_50, name="x") == [("SIGNER_ROLE", "by.0")]
    assert refused(bench, by=OWNER, name="x") == [("SIGNER_ROLE", "by.0")]
    assert amend(bench, ABROAD, AUTHORITY_50, name="x").admission.decision.tags == (("FOREIGN",),)


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({}, [("MISSING", "body")]),
        ({"name": " "}, [("MISSING", "body.name")]),
        ({"reopen": True}, [("PARTY_STATE", "body.reopen")]),
        ({"reopen": False}, [("FIELD_TYPE", "body.reopen")]),
        ({"reopen": True, "closed_on": "2026-10-01"}, [("PARTY_STATE", "body.reopen")]),
        ({"successor": HEIR}, [("PARTY_STATE", "body.successor")]),
        ({"closed_on": "2026-10-02"}, [("DATE_ORDER", "body.closed_on")]),
        ({"closed_on": "2026-02-30"}, [("DATE_FORM", "body.closed_on")]),
        ({"closed_on": "2026-10-01", "successor": OWNER}, [("PARTY_STATE", "body.successor")]),
        ({"closed_on": "2026-10-01", "successor": uscc("510112", 99)}, [("PARTY_UNKNOWN", "body.successor")]),
        ({"closed_on": "2026-10-01", "successor": "x"}, [("USCC", "body.successor")]),
        ({"name": "x", "reason": ""}, [("MISSING", "body.reason")]),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(bench: Workbench, body: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
    assert refused(bench, **body) == reasons


def test_a_closed_party_is_not_closed_again(bench: Workbench) -> None:
    amend(bench, **CLOSED)
    assert refused(bench, closed_on="2026-10-01", successor=HEIR) == [("PARTY_STATE", "body.closed_on")]
    assert refused(bench, reopen=True, closed_on="2026-10-01") == [("PARTY_STATE", "body.closed_on"), ("PARTY_STATE", "body.reopen")]


def test_nobody_succeeds_himself_round_a_circle(bench: Workbench) -> None:
    amend(bench, successor=HEIR, **CLOSED)
    entry = amend(bench, HEIR, successor=THIRD, **CLOSED)
    assert [chain for chain, _ in entry.admission.facts] == [party_chain(THIRD)]
    assert refused(bench, THIRD, successor=OWNER, **CLOSED) == [("PARTY_STATE", "body.successor")]
    assert refused(bench, THIRD, successor=HEIR, **CLOSED) == [("PARTY_STATE", "body.successor")]


def test_founders_are_amended_by_nobody(bench: Workbench) -> None:
    bench.post("delegation.grant/1", party_chain(OPERATOR), (OPERATOR,), {"delegate": HEIR, "kinds": ["note.write"]})
    with pytest.raises(Refusal) as caught:
        bench.post("party.amend/1", party_chain(OPERATOR), (AUTHORITY_51, AUTHORITY_50), {"name": "x", "reason": "x"})
    assert caught.value.codes == ["CHAIN_OWNER"]


def test_nobody_is_amended_before_he_is_registered(bench: Workbench) -> None:
    assert refused(bench, uscc("510112", 77), name="x") == [("CHAIN_NOT_OPEN", "kind")]


async def test_the_sequencer_and_the_publisher_come_to_the_same(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """On a database, where the chain of a holder who did not sign is loaded when it is asked for."""
    amend(bench, successor=HEIR, **CLOSED)
    bench.post("note.write/1", NOTE, (HEIR,), Note())
    amend(bench, HEIR, **CLOSED)
    bench.post("note.write/1", NOTE, (OWNER,), Note())
    async with running(pool, tmp_path, bench.kinds) as log:
        for entry, raw in zip(bench.entries, envelopes(bench), strict=True):
            [answer] = await log.append([raw], now_s=parse_at(entry.admission.at))
            assert isinstance(answer, LoggedEntry), getattr(answer, "refusal", None)
            assert answer.entry.raw == entry.raw
        assert await log.publisher.wait_for(len(bench.entries), 5)
