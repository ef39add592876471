"""``pd.erase/1``: the operator, on its own chain, once per commitment."""

from __future__ import annotations

import pytest

from ledger.auditing.audit import audit
from ledger.kinds.roles import Counted
from ledger.model import chain_key
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_51, OPERATOR, Workbench

STATEMENT = "ab" * 32


def erase(bench: Workbench, chain: str = "log/erasures", by: str = OPERATOR, **body: str) -> None:
    bench.post("pd.erase/1", chain, (by,), {"statement": STATEMENT, "field": "driver.name", **body})


def test_erasures_are_counted_and_audit_clean() -> None:
    bench = Workbench()
    erase(bench)
    erase(bench, field="driver.phone")
    erase(bench, statement="cd" * 32)
    assert bench.facts.values[chain_key("log/erasures")].state == Counted(3)
    assert audit(bench.export().get, bench.kinds).findings == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": AUTHORITY_51}, "SIGNER_ROLE"),
        ({"chain": "log/refusals"}, "CHAIN_KIND"),
        ({"statement": "AB" * 32}, "FIELD_TYPE"),
        ({"statement": "ab" * 31}, "FIELD_TYPE"),
        ({"field": "Driver"}, "FIELD_TYPE"),
        ({"field": "a" * 65}, "FIELD_TYPE"),
        ({"reason": "wish"}, "FIELD_UNKNOWN"),
    ],
)
def test_anything_else_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        erase(Workbench(), **changes)  # type: ignore[arg-type]  # keywords of erase or of the body
    assert code in caught.value.codes


def test_a_field_of_64_characters_is_erased() -> None:
    erase(Workbench(), field="a" * 64)


def test_the_same_is_erased_once() -> None:
    bench = Workbench()
    erase(bench)
    with pytest.raises(Refusal) as caught:
        erase(bench)
    assert caught.value.codes == ["ERASED_ALREADY"]
