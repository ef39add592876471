"""What must hold when a log begins, and on ``log/main`` afterwards: apart keys, apart parties, readable policy (formats §3, §5)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from ledger.admission.personality import CURRENT
from ledger.auditing.audit import audit
from ledger.tree.checkpoint import log_vkeys
from ledger.tree.note import COSIGNATURE_V1, vkey_of
from signing.possession import register
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of, uscc

EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
PARTY = uscc("510112", 20)


class Unfounded(Workbench):
    """A workbench that founds nothing by itself."""

    def post_founding(self, data: Any) -> Any:
        return None


def _party(code: str, **more: object) -> dict[str, object]:
    return {"uscc": code, "name": "测试（虚构）", "keys": [register(key_of(code), ORIGIN, code)], **more}


def _found(**changes: object) -> list[str]:
    """Codes of the refusal of a founding with these changes; none when it is admitted."""
    body = {
        "origin": ORIGIN,
        "nonce": b64encode(bytes(32)).decode(),
        "log_keys": list(log_vkeys(ORIGIN, [key_of("log")])),
        "operator": _party(OPERATOR),
        "authorities": [_party(AUTHORITY_51, regions=["51"]), _party(AUTHORITY_50, regions=["50"])],
        "ruleset": {"name": "liandan", "version": CURRENT, "sha256": "0" * 64},
        "data": [],
        "witness_policy": ["quorum none"],
        "clock": "simulated",
        **changes,
    }
    parties = [body["operator"], *body["authorities"]]  # type: ignore[misc]  # a list of parties
    by = tuple(dict.fromkeys(party["uscc"] for party in parties))  # type: ignore[index]
    return _codes(Unfounded(), "log.found/1", "log/main", by, body)


def _codes(bench: Workbench, kind: str, chain: str, by: tuple[str, ...], body: object) -> list[str]:
    try:
        bench.post(kind, chain, by, body)
    except Refusal as refusal:
        return refusal.codes
    return []


def _witness(key: str) -> str:
    return str(vkey_of("witness.example", COSIGNATURE_V1, key_of(key)))


def test_a_plain_founding_is_admitted() -> None:
    assert _found() == []


@pytest.mark.parametrize("policy", [["nonsense"], [], ["quorum nobody"], ["# comment", "quorum none"]])
def test_a_founding_needs_a_policy_that_can_be_read(policy: list[str]) -> None:
    assert _found(witness_policy=policy) == ["POLICY_FORM"]


@pytest.mark.parametrize("name", [OPERATOR, AUTHORITY_50, "log"])
def test_no_key_of_a_founder_or_of_the_log_is_a_witness(name: str) -> None:
    assert _found(witness_policy=[f"witness w {_witness(name)}", "quorum w"]) == ["KEY_REGISTERED"]


@pytest.mark.parametrize(
    "log_keys",
    [["nonsense"], list(log_vkeys("other.example/log", [key_of("log")])), [_witness("log")], list(log_vkeys(ORIGIN, [key_of("log")])) * 2],
)
def test_the_logs_keys_are_ed25519_first_in_its_own_name_and_each_once(log_keys: list[str]) -> None:
    assert "VKEY_FORM" in _found(log_keys=log_keys)


@pytest.mark.parametrize("code", [OPERATOR, AUTHORITY_51])
def test_operator_and_authorities_are_different_parties(code: str) -> None:
    twice = {**_party(code), "keys": [register(key_of(code, 7), ORIGIN, code)], "regions": ["50"]}
    assert _found(authorities=[_party(AUTHORITY_51, regions=["51"]), twice]) == ["CHAIN_OWNER"]


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench(witness_policy=(f"witness w {_witness('w')}", "quorum w"))
    bench.register(PARTY)
    return bench


def test_a_witness_key_registers_for_no_party(bench: Workbench) -> None:
    body = {"key": register(key_of("w"), bench.found, PARTY)}
    assert _codes(bench, "key.add/1", f"party/{PARTY}", (PARTY,), body) == ["KEY_REGISTERED"]


@pytest.mark.parametrize(("name", "codes"), [(PARTY, ["KEY_REGISTERED"]), ("log", ["KEY_REGISTERED"]), ("new", [])])
def test_a_key_of_a_party_or_of_the_log_becomes_no_witness(name: str, codes: list[str], bench: Workbench) -> None:
    body = {"witness_policy": [f"witness w {_witness(name)}", "quorum w"]}
    assert _codes(bench, "witness.set/1", "log/main", EVERYONE, body) == codes


def test_a_key_of_a_witness_that_was_replaced_registers_for_no_party(bench: Workbench) -> None:
    """A key is a witness's for the life of the log: archived checkpoints carry its lines (formats §5)."""
    for policy in (["quorum none"], [f"witness v {_witness('v')}", "quorum v"], ["quorum none"]):
        assert _codes(bench, "witness.set/1", "log/main", EVERYONE, {"witness_policy": policy}) == []
    for key in ("w", "v"):
        body = {"key": register(key_of(key), bench.found, PARTY)}
        assert _codes(bench, "key.add/1", f"party/{PARTY}", (PARTY,), body) == ["KEY_REGISTERED"]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_an_authority_enters_with_a_key(bench: Workbench) -> None:
    """Without one no act of all would ever be complete again."""
    body = {"uscc": uscc("520000", 52), "name": "丙省（虚构）", "regions": ["52"], "keys": []}
    assert _codes(bench, "authority.admit/1", "log/main", EVERYONE, body) == ["FIELD_TYPE"]


def test_a_founder_enters_with_one_key() -> None:
    """Others follow by ``key.add`` (formats §5)."""
    keys = [register(key_of(OPERATOR, number), ORIGIN, OPERATOR) for number in range(2)]
    assert _found(operator={**_party(OPERATOR), "keys": keys}) == ["FIELD_TYPE"]


ITEM = {"statement": "0" * 64, "by": [PARTY], "kind": "key.add/1", "codes": ["USCC"], "size": 1, "at": "2026-10-01T08:00:09+08:00"}


@pytest.mark.parametrize(
    ("items", "hour"),
    [
        ([ITEM], "2026-10-01T09"),
        ([ITEM, {**ITEM, "at": "2026-10-01T08:00:08+08:00", "codes": ["SEQ_FORM"]}], "2026-10-01T08"),
        ([{**ITEM, "at": "2026-10-01T09:00:00+08:00"}], "2026-10-01T08"),
        ([ITEM, ITEM], "2026-10-01T08"),
        ([{**ITEM, "codes": ["USCC", "SEQ_FORM"]}], "2026-10-01T08"),
        ([{**ITEM, "codes": []}], "2026-10-01T08"),
        ([{**ITEM, "size": 1000}], "2026-10-01T08"),
        ([{**ITEM, "size": 0}], "2026-10-01T08"),
        ([{**ITEM, "statement": "x"}], "2026-10-01T08"),
    ],
)
def test_a_page_of_refusals_is_of_a_closed_hour_and_in_order(items: list[object], hour: str, bench: Workbench) -> None:
    bench.at_s += 3600
    page = {"hour": hour, "page": 0, "of": 1, "items": items}
    assert _codes(bench, "log.refusals/1", "log/refusals", (OPERATOR,), page) == ["FIELD_TYPE"]
    assert _codes(bench, "log.refusals/1", "log/refusals", (OPERATOR,), {**page, "hour": "2026-10-01T08", "items": [ITEM]}) == []


@pytest.mark.parametrize("chain", ["log/refusals", "log/erasures"])
def test_rules_data_and_authorities_are_adopted_on_the_main_chain_only(chain: str, bench: Workbench) -> None:
    adopted = {"name": "x", "version": "1", "sha256": "0" * 64}
    assert "CHAIN_KIND" in _codes(_with(bench, chain), "data.adopt/1", chain, EVERYONE, adopted)
    new = uscc("520000", 52)
    body = {"uscc": new, "name": "丙省（虚构）", "regions": ["52"], "keys": [register(key_of(new), bench.found, new)]}
    assert "CHAIN_KIND" in _codes(bench, "authority.admit/1", chain, EVERYONE, body)


def _with(bench: Workbench, chain: str) -> Workbench:
    """The bench with an entry on a chain, so that the next kind need not open it."""
    item = {"statement": "0" * 64, "by": [PARTY], "kind": "key.add/1", "codes": ["USCC"], "size": 1, "at": "2026-10-01T08:00:00+08:00"}
    if chain == "log/refusals":
        bench.at_s += 3600
        bench.post("log.refusals/1", chain, (OPERATOR,), {"hour": "2026-10-01T08", "page": 0, "of": 1, "items": [item]})
    else:
        commit = {"statement": bench.entries[1].statement.hash, "field": "name"}
        bench.post("pd.erase/1", chain, (OPERATOR,), commit)
    return bench
