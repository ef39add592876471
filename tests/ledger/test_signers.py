"""Who signs in whose place: delegates, successors of closed parties, authorities; and that one hand stays one hand (kinds §1.2, §1.7)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from msgspec import Struct

from ledger.admission.admit import decide
from ledger.admission.entry import Entry
from ledger.admission.personality import Changes, Kind, Personality, Role, Window
from ledger.admission.signers import NeedsParty
from ledger.auditing.audit import audit
from ledger.chain import USCC
from ledger.directory import PartyState, party_chain
from ledger.model import Facts, Head, Moment, Statement, chain_key
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, uscc

OWNER, SECOND, HEIR, GRANDCHILD, DELEGATE = (uscc("510112", serial) for serial in range(40, 45))
ABROAD = uscc("530000", 46)
NOTE = f"note/{OWNER}"


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """``second`` holds the second role."""

    second: tuple[str, ...] = ()


class NoteState(Struct, frozen=True):
    """Nothing to remember."""


def signers(statement: Statement, facts: Facts) -> list[Role]:
    """The owner, and whom the body names."""
    first = Role("owner", (statement.owner,))
    return [first, Role("second", statement.body.second)] if statement.body.second else [first]


def note(name: str, **changes: Any) -> Kind:
    """A kind of two roles without rules."""
    fields: dict[str, Any] = {
        "zh": "记录",
        "en": "note",
        "body": Note,
        "chain_type": "note",
        "roles": ("owner", "second"),
        "signers": signers,
        "window": Window.DAY,
        "rules": (),
        "evolve": lambda statement, admission, facts: Changes(state=NoteState()),
        "books": None,
        "effect": ("", ""),
        "opens": True,
        "again": True,
    }
    return Kind(name=name, **{**fields, **changes})


NOTES = Personality(
    name="notes",
    kinds=(
        note("note.write/1"),
        note("note.begin/1", again=False),
        note("note.go_on/1", opens=False),
        note("note.apply/1", barred_when_closed=True),
    ),
    states={"note": NoteState},
    chains={"note": rf"note/{USCC}"},
)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([NOTES])
    for party in (OWNER, SECOND, HEIR, GRANDCHILD, DELEGATE):
        bench.register(party)
    return bench


def close(bench: Workbench, party: str, successor: str = "") -> None:
    """The party's chain says that it is closed."""
    head: Head[PartyState] = bench.facts.values[chain_key(party_chain(party))]
    state = PartyState(name="x", keys=head.state.keys, delegations=head.state.delegations, closed_on="2026-09-30", successor=successor)  # type: ignore[union-attr]
    bench.facts.values[chain_key(party_chain(party))] = Head(head.seq, head.hash, head.idx, state)


def write(bench: Workbench, by: tuple[str, ...], second: tuple[str, ...] = (), kind: str = "note.write/1", **changes: Any) -> Entry:
    return bench.post(kind, NOTE, by, Note(second), **changes)


def codes(bench: Workbench, by: tuple[str, ...], second: tuple[str, ...] = (), **changes: Any) -> list[str]:
    with pytest.raises(Refusal) as refused:
        write(bench, by, second, **changes)
    return refused.value.codes


def said(entry: Entry) -> tuple[list[str], list[str], list[str]]:
    """Tags, alerts and chains listed."""
    decision = entry.admission.decision
    return [tag[0] for tag in decision.tags], [code for _, code in decision.alerts], [chain for chain, _ in entry.admission.facts]


def delegate(bench: Workbench, principal: str, kinds: tuple[str, ...] = ("note.write", "note.apply"), to: str = DELEGATE) -> None:
    bench.post("delegation.grant/1", party_chain(principal), (principal,), {"delegate": to, "kinds": list(kinds)})


# --- delegates


def test_an_entry_signed_for_another_says_so_and_lists_his_chain(bench: Workbench) -> None:
    delegate(bench, OWNER)
    assert said(write(bench, (DELEGATE,), principal=OWNER)) == (["ON_BEHALF"], [], [party_chain(OWNER)])
    assert said(write(bench, (OWNER,))) == ([], [], [])


def test_who_signs_for_another_holds_no_other_role_of_the_statement(bench: Workbench) -> None:
    """One hand is one hand, whether it is named once or twice; two roles of one's own are signed once."""
    delegate(bench, OWNER)
    assert codes(bench, (DELEGATE,), (DELEGATE,), principal=OWNER) == ["SIGNER_ROLE"]
    assert codes(bench, (DELEGATE, SECOND), (DELEGATE,), principal=OWNER) == ["SIGNER_ROLE"]
    assert said(write(bench, (DELEGATE, SECOND), (SECOND,), principal=OWNER))[0] == ["ON_BEHALF"]
    assert said(write(bench, (OWNER,), (OWNER,)))[0] == []


def test_a_delegation_stands_for_the_first_role_only(bench: Workbench) -> None:
    """The principal signs his other roles himself."""
    delegate(bench, OWNER)
    assert codes(bench, (DELEGATE,), (OWNER,), principal=OWNER) == ["SIGNER_MISSING"]
    assert said(write(bench, (DELEGATE, OWNER), (OWNER,), principal=OWNER))[0] == ["ON_BEHALF"]


@pytest.mark.parametrize(
    ("by", "second", "code"),
    [((SECOND,), (), "SIGNER_ROLE"), ((OWNER,), (SECOND,), "SIGNER_MISSING"), ((OWNER, SECOND), (), "SIGNER_EXTRA")],
)
def test_roles_are_filled_in_order_and_completely(bench: Workbench, by: tuple[str, ...], second: tuple[str, ...], code: str) -> None:
    assert codes(bench, by, second) == [code]


@pytest.mark.parametrize(("chain", "count", "code"), [("party", 8, "SIGNER_EXTRA"), ("party", 9, "BY_COUNT"), ("note", 5, "BY_COUNT")])
def test_as_many_sign_on_a_party_s_chain_as_guard_the_key_of_an_authority(bench: Workbench, chain: str, count: int, code: str) -> None:
    """The operator and all other authorities, up to eight; elsewhere up to four."""
    by = (OWNER, *(uscc("510112", serial) for serial in range(70, 69 + count)))
    for party in by[1:]:
        bench.register(party)
    body = {"delegate": HEIR, "kinds": ["note.write"]}
    with pytest.raises(Refusal) as refused:
        if chain == "party":
            bench.post("delegation.grant/1", party_chain(OWNER), by, body)
        else:
            write(bench, by)
    assert refused.value.codes == [code]


# --- closed parties


@pytest.fixture
def open_chain(bench: Workbench) -> Workbench:
    write(bench, (OWNER,))
    return bench


def test_a_closed_party_goes_on_with_its_chains_and_opens_none(bench: Workbench) -> None:
    close(bench, OWNER)
    assert codes(bench, (OWNER,)) == ["PARTY_CLOSED"]
    bench.facts.values[chain_key(NOTE)] = Head(0, "0" * 64, 3, NoteState())
    assert said(write(bench, (OWNER,))) == ([], [], [])


def test_nobody_opens_a_chain_in_the_name_of_a_closed_party(bench: Workbench) -> None:
    delegate(bench, OWNER)
    close(bench, OWNER, HEIR)
    assert codes(bench, (HEIR,)) == ["PARTY_CLOSED"]
    assert codes(bench, (DELEGATE,), principal=OWNER) == ["PARTY_CLOSED"]


def test_a_closed_party_never_signs_an_act_that_bars_it(open_chain: Workbench) -> None:
    delegate(open_chain, OWNER)
    close(open_chain, OWNER)
    close(open_chain, SECOND)
    assert codes(open_chain, (OWNER,), kind="note.apply/1") == ["PARTY_CLOSED"]
    assert codes(open_chain, (DELEGATE,), kind="note.apply/1", principal=OWNER) == ["PARTY_CLOSED"]
    assert codes(open_chain, (AUTHORITY_51, SECOND), (SECOND,), kind="note.apply/1") == ["PARTY_CLOSED"]


def test_the_successor_signs_and_both_chains_are_listed(open_chain: Workbench) -> None:
    close(open_chain, OWNER, HEIR)
    assert said(write(open_chain, (HEIR,))) == (["ON_BEHALF"], [], [party_chain(OWNER)])
    assert said(write(open_chain, (OWNER,))) == ([], [], [])
    close(open_chain, HEIR, GRANDCHILD)
    assert said(write(open_chain, (GRANDCHILD,))) == (["ON_BEHALF"], [], sorted(map(party_chain, (OWNER, HEIR))))


def test_a_line_of_successors_is_followed_four_times(open_chain: Workbench) -> None:
    line = [OWNER, *(uscc("510112", serial) for serial in range(50, 55))]
    for party in line[1:]:
        open_chain.register(party)
    for party, successor in pairwise(line):
        close(open_chain, party, successor)
    assert said(write(open_chain, (line[4],)))[0] == ["ON_BEHALF"]
    assert codes(open_chain, (line[5],)) == ["SIGNER_ROLE"]
    close(open_chain, line[5], OWNER)  # a circle ends too
    assert codes(open_chain, (SECOND,)) == ["SIGNER_ROLE"]


def test_a_successor_that_holds_the_other_role_is_named_once(open_chain: Workbench) -> None:
    close(open_chain, SECOND, OWNER)
    assert said(write(open_chain, (OWNER,), (SECOND,))) == (["ON_BEHALF"], [], [party_chain(SECOND)])
    close(open_chain, SECOND)
    close(open_chain, OWNER, HEIR)
    assert said(write(open_chain, (HEIR,), (HEIR,))) == (["ON_BEHALF"], [], [party_chain(OWNER)])


def test_without_a_successor_the_authority_of_the_region_signs(open_chain: Workbench) -> None:
    close(open_chain, OWNER)
    assert said(write(open_chain, (AUTHORITY_51,))) == (["BY_AUTHORITY"], ["SIGNED_FOR_CLOSED"], [party_chain(OWNER)])
    assert codes(open_chain, (AUTHORITY_50,)) == ["SIGNER_ROLE"]
    assert codes(open_chain, (HEIR,)) == ["SIGNER_ROLE"]
    close(open_chain, OWNER, HEIR)
    assert codes(open_chain, (AUTHORITY_51,)) == ["SIGNER_ROLE"]


def test_for_a_closed_party_of_no_region_any_authority_signs(open_chain: Workbench) -> None:
    open_chain.register(ABROAD)
    close(open_chain, ABROAD)
    tags, alerts, _ = said(write(open_chain, (OWNER, AUTHORITY_50), (ABROAD,)))
    assert (tags, alerts) == (["BY_AUTHORITY", "FOREIGN"], ["SIGNED_FOR_CLOSED"])


def test_a_later_role_of_a_closed_party_may_stay_empty(open_chain: Workbench) -> None:
    close(open_chain, SECOND)
    assert said(write(open_chain, (OWNER,), (SECOND,))) == (["SIGNER_CLOSED"], [], [party_chain(SECOND)])
    assert codes(open_chain, (OWNER,), (SECOND, HEIR)) == ["SIGNER_MISSING"], "the other may still sign"
    close(open_chain, SECOND, HEIR)
    assert codes(open_chain, (OWNER,), (SECOND,)) == ["SIGNER_MISSING"], "there is a successor"


def test_an_open_party_is_signed_for_by_nobody(open_chain: Workbench) -> None:
    assert codes(open_chain, (AUTHORITY_51,)) == ["SIGNER_ROLE"]
    assert codes(open_chain, (OWNER, AUTHORITY_51), (SECOND,)) == ["SIGNER_ROLE"]


def test_a_party_s_keys_and_delegations_are_its_own_alone(open_chain: Workbench) -> None:
    close(open_chain, OWNER, HEIR)
    body = {"delegate": DELEGATE, "kinds": ["note.write"]}
    with pytest.raises(Refusal) as refused:
        open_chain.post("delegation.grant/1", party_chain(OWNER), (HEIR,), body)
    assert refused.value.codes == ["SIGNER_ROLE"]


def test_the_chain_of_a_holder_who_did_not_sign_is_asked_for(open_chain: Workbench) -> None:
    """The sequencer loads it then and decides again; a replay has everything."""
    statement = write(open_chain, (OWNER,)).statement
    facts = Facts(lambda name, digest: None)
    names = ("chain:log/main", f"chain:{NOTE}", chain_key(party_chain(HEIR)))
    facts.values.update({key: open_chain.facts.values.get(key) for key in names})
    other = Statement(**{**{f: getattr(statement, f) for f in statement.__struct_fields__}, "by": (HEIR,)})
    with pytest.raises(NeedsParty) as needed:
        decide(open_chain.kinds.by_name["note.write/1"], other, facts, Moment(99, open_chain.at_s, "x"))
    assert needed.value.args == (chain_key(party_chain(OWNER)),)


# --- what opens a chain


def test_kinds_open_chains_as_they_say(bench: Workbench) -> None:
    assert codes(bench, (OWNER,), kind="note.go_on/1") == ["CHAIN_NOT_OPEN"]
    write(bench, (OWNER,), kind="note.begin/1")
    assert codes(bench, (OWNER,), kind="note.begin/1") == ["CHAIN_NOT_OPEN"]
    write(bench, (OWNER,), kind="note.go_on/1")
    write(bench, (OWNER,))


def test_the_chain_of_a_party_begins_with_its_registration_that_of_a_founder_with_any_act_of_its_own(bench: Workbench) -> None:
    body = {"delegate": DELEGATE, "kinds": ["note.write"]}
    stranger = uscc("510112", 60)
    bench.post("delegation.grant/1", party_chain(OPERATOR), (OPERATOR,), body)
    with pytest.raises(Refusal) as refused:
        bench.post("delegation.grant/1", party_chain(stranger), (OWNER,), body)
    assert refused.value.codes == ["CHAIN_NOT_OPEN"]
    with pytest.raises(Refusal) as refused:
        bench.register(OWNER)
    assert refused.value.codes == ["CHAIN_NOT_OPEN"]


def test_a_log_of_delegates_audits_clean(bench: Workbench) -> None:
    delegate(bench, OWNER)
    write(bench, (DELEGATE, SECOND), (SECOND,), principal=OWNER)
    assert audit(bench.export().get, bench.kinds).findings == []
