"""Delegation, witnesses and the end of a log: what changes who may sign, who looks on, and whether anything may enter."""

from __future__ import annotations

import pytest

from ledger.admission.entry import Entry
from ledger.auditing.audit import audit
from signing.possession import register
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, key_of, uscc

CITY = uscc("510100", 900)
NEW = uscc("510112", 901)
EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(CITY, "某市生态环境局（虚构）")
    return bench


def grant(bench: Workbench, **changes: object) -> Entry:
    body = {"delegate": CITY, "kinds": ["party.register"], **changes}
    return bench.post("delegation.grant/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), body)


def register_for_authority(bench: Workbench, party: str = NEW) -> Entry:
    body = {"name": "由市局代登记（虚构）", "keys": [register(key_of(party), bench.found, party)]}
    return bench.post("party.register/1", f"party/{party}", (CITY,), body, principal=AUTHORITY_51)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return refused.value.codes


def test_without_a_delegation_nobody_signs_for_another(bench: Workbench) -> None:
    with pytest.raises(Refusal) as refused:
        register_for_authority(bench)
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_a_delegate_signs_for_its_principal_and_the_entry_names_the_chain_it_rests_on(bench: Workbench) -> None:
    granted = grant(bench)
    entry = register_for_authority(bench)
    assert (f"party/{AUTHORITY_51}", granted.index) in entry.admission.facts
    assert audit(bench.export().get, bench.kinds).findings == []


def test_a_delegation_covers_its_kinds_only(bench: Workbench) -> None:
    grant(bench, kinds=["permit.grant"])
    with pytest.raises(Refusal) as refused:
        register_for_authority(bench)
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_a_delegation_ends_with_its_day(bench: Workbench) -> None:
    grant(bench, until="2026-10-01T10:00:00+08:00")
    register_for_authority(bench)
    bench.at_s += 2 * 3600
    with pytest.raises(Refusal) as refused:
        register_for_authority(bench, uscc("510112", 902))
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_a_revoked_delegation_is_gone(bench: Workbench) -> None:
    grant(bench)
    bench.post("delegation.revoke/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), {"delegate": CITY, "reason": "机构调整"})
    with pytest.raises(Refusal) as refused:
        register_for_authority(bench)
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_a_delegate_does_not_pass_a_delegation_on(bench: Workbench) -> None:
    grant(bench, kinds=["delegation.grant"])
    body = {"delegate": OPERATOR, "kinds": ["party.register"]}
    with pytest.raises(Refusal) as refused:
        bench.post("delegation.grant/1", f"party/{AUTHORITY_51}", (CITY,), body, principal=AUTHORITY_51)
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_a_stranger_cannot_be_a_delegate(bench: Workbench) -> None:
    with pytest.raises(Refusal) as refused:
        grant(bench, delegate=uscc("510112", 999))
    assert codes(refused) == ["PARTY_UNKNOWN"]


def test_witnesses_change_with_everybody_s_signature(bench: Workbench) -> None:
    bench.post("witness.set/1", "log/main", EVERYONE, {"witness_policy": ["quorum none"]})
    with pytest.raises(Refusal) as refused:
        bench.post("witness.set/1", "log/main", EVERYONE[:2], {"witness_policy": ["quorum none"]})
    assert codes(refused) == ["SIGNER_MISSING"]
    with pytest.raises(Refusal) as refused:
        bench.post("witness.set/1", "log/main", EVERYONE, {"witness_policy": ["quorum nobody"]})
    assert codes(refused) == ["POLICY_FORM"]


def test_nothing_enters_a_closed_log(bench: Workbench) -> None:
    bench.post("log.close/1", "log/main", EVERYONE, {"successor_origin": "log.example/liandan-2027"})
    with pytest.raises(Refusal) as refused:
        grant(bench)
    assert codes(refused) == ["LOG_CLOSED"]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_recovery_of_an_authority_s_key_needs_the_operator_and_all_others(bench: Workbench) -> None:
    body = {"key": register(key_of(AUTHORITY_51, 1), bench.found, AUTHORITY_51)}
    with pytest.raises(Refusal) as refused:
        bench.post("key.add/1", f"party/{AUTHORITY_51}", (OPERATOR,), body)
    assert codes(refused) == ["SIGNER_MISSING"]
    entry = bench.post("key.add/1", f"party/{AUTHORITY_51}", (OPERATOR, AUTHORITY_50), body)
    assert entry.admission.decision.alerts == (("H", "KEY_BY_AUTHORITY"),)


def test_acts_that_bind_several_offices_have_no_delegates(bench: Workbench) -> None:
    """Otherwise one hand could sign for operator and authority, or for both sides of a list."""
    bench.post("delegation.grant/1", f"party/{OPERATOR}", (OPERATOR,), {"delegate": CITY, "kinds": ["witness.set"]})
    with pytest.raises(Refusal) as refused:
        bench.post("witness.set/1", "log/main", (CITY, *EVERYONE[1:]), {"witness_policy": ["quorum none"]}, principal=OPERATOR)
    assert codes(refused) == ["DELEGATION_MISSING"]


def test_keys_have_no_delegates(bench: Workbench) -> None:
    """Otherwise one authority could sign for operator and all others, and take over a third one's key alone."""
    body = {"delegate": AUTHORITY_50, "kinds": ["key.add", "key.revoke"]}
    bench.post("delegation.grant/1", f"party/{OPERATOR}", (OPERATOR,), body)
    for kind, act in (
        ("key.add/1", {"key": register(key_of(AUTHORITY_51, 1), bench.found, AUTHORITY_51)}),
        ("key.revoke/1", {"keyid": key_of(AUTHORITY_51).keyid, "reason": "测试"}),
    ):
        with pytest.raises(Refusal) as refused:
            bench.post(kind, f"party/{AUTHORITY_51}", (AUTHORITY_50,), act, principal=OPERATOR)
        assert codes(refused) == ["DELEGATION_MISSING"]
