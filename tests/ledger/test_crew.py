"""People of a carrier: who registers them, what stands behind an id, and how it ends (kinds §2)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.auditing.audit import audit
from ledger.kinds.crew import CrewRecord, crew_key
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_51, Workbench, uscc

PARTY, OTHER = uscc("510112", 40), uscc("510112", 41)
CHAIN = f"party/{PARTY}"
DRIVER = {"crew": "D01", "role": "driver", "valid_to": "2027-06-30", "commit": {"driver.name": "5e" * 32}}


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


def refused(bench: Workbench, kind: str, body: dict[str, Any], *by: str) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        bench.post(kind, CHAIN, by or (PARTY,), body)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def known(bench: Workbench) -> CrewRecord | None:
    found: CrewRecord | None = bench.facts.get(crew_key(PARTY, "D01"))
    return found


def test_the_last_word_of_an_id_holds_also_after_it_was_retired(bench: Workbench) -> None:
    bench.post("crew.register/1", CHAIN, (PARTY,), DRIVER)
    assert known(bench) == CrewRecord(role="driver", valid_to="2027-06-30")
    bench.post("crew.retire/1", CHAIN, (PARTY,), {"crew": "D01", "reason": "离职"})
    assert known(bench) == CrewRecord(role="driver", valid_to="2027-06-30", retired=True)
    assert refused(bench, "crew.retire/1", {"crew": "D01", "reason": "离职"}) == [("CREW_UNKNOWN", "body.crew")]
    bench.post("crew.register/1", CHAIN, (PARTY,), {**DRIVER, "role": "escort", "valid_to": "2028-06-30"})
    assert known(bench) == CrewRecord(role="escort", valid_to="2028-06-30")
    assert audit(bench.export().get, bench.kinds).findings == []


def test_nobody_registers_the_people_of_another(bench: Workbench) -> None:
    assert refused(bench, "crew.register/1", DRIVER, OTHER) == [("SIGNER_ROLE", "by.0")]
    assert refused(bench, "crew.register/1", DRIVER, AUTHORITY_51) == [("SIGNER_ROLE", "by.0")]
    assert known(bench) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"commit": {}}, ("MISSING", "body.commit")),
        ({"commit": {"driver.name": "张三"}}, ("COMMIT_FORM", "body.commit")),
        ({"valid_to": "2020-01-01"}, ("DATE_ORDER", "body.valid_to")),
        ({"valid_to": "2027-02-30"}, ("DATE_FORM", "body.valid_to")),
        ({"crew": "d01"}, ("FIELD_TYPE", "body.crew")),
        ({"crew": "D" * 25}, ("FIELD_TYPE", "body.crew")),
        ({"role": "captain"}, ("FIELD_TYPE", "body.role")),
    ],
)
def test_what_is_no_registration(bench: Workbench, changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert refused(bench, "crew.register/1", {**DRIVER, **changes}) == [reason]
    assert known(bench) is None
