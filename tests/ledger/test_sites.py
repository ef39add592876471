"""Sites: what lets a party issue from another place than its own, and who signs for them (kinds §2)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.admission.entry import Entry
from ledger.admission.personality import Personality
from ledger.auditing.audit import audit
from ledger.kinds.site import site_at
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, uscc

PARTY = uscc("510112", 40)
CHAIN = f"party/{PARTY}"
HERE = {"site": "east-1", "name": "东厂（虚构）", "division": "510112", "address": "桃都大道88号（虚构）"}
THERE = {**HERE, "site": "cq", "division": "500116"}


class Table:
    """Divisions of a test: 500105 was withdrawn, 999999 never was."""

    def knows(self, code: str, day: str) -> bool:
        return code != "519999"

    def is_withdrawn(self, code: str, day: str) -> bool:
        return code == "500105" and day > "2026-01-01"


TABLES = Personality(name="tables", kinds=(), states={}, data={"divisions": lambda raw: Table()})


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([TABLES], {"divisions": ("1", b"a table")})
    bench.register(PARTY)
    return bench


def post(bench: Workbench, body: dict[str, Any], *by: str, **changes: Any) -> Entry:
    return bench.post("party.site/1", CHAIN, by or (PARTY,), {**body, **changes})


def refused(bench: Workbench, body: dict[str, Any], *by: str, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        post(bench, body, *by, **changes)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def test_a_site_in_its_own_province_is_the_party_s_alone(bench: Workbench) -> None:
    post(bench, HERE, plan_class="key")
    site = site_at(bench.facts, PARTY, "east-1")
    assert site is not None
    assert (site.name, site.division, site.plan_class) == ("东厂（虚构）", "510112", "key")
    assert refused(bench, HERE, PARTY, AUTHORITY_51) == [("SIGNER_EXTRA", "by.1")]


def test_one_in_another_province_is_signed_there_too(bench: Workbench) -> None:
    assert refused(bench, THERE) == [("SIGNER_MISSING", "by.1")]
    assert refused(bench, THERE, PARTY, AUTHORITY_51) == [("SIGNER_ROLE", "by.1")]
    assert post(bench, THERE, PARTY, AUTHORITY_50).admission.decision.tags == ()
    tagged = post(bench, THERE, PARTY, AUTHORITY_51, site="gx", division="450100")
    assert tagged.admission.decision.tags == (("FOREIGN",),), "no authority covers the place: any may sign"


def test_the_last_statement_of_a_site_holds_and_either_closes_it_alone(bench: Workbench) -> None:
    for closer in ((PARTY,), (AUTHORITY_50,), (PARTY, AUTHORITY_50)):
        post(bench, THERE, PARTY, AUTHORITY_50, address="江津区虚构大道2号")
        site = site_at(bench.facts, PARTY, "cq")
        assert site is not None
        assert site.address == "江津区虚构大道2号"
        post(bench, THERE, *closer, closed_on="2026-10-01")
        assert site_at(bench.facts, PARTY, "cq") is None
    assert audit(bench.export().get, bench.kinds).findings == []


def test_an_authority_closes_no_site_of_another_place(bench: Workbench) -> None:
    post(bench, HERE)
    assert refused(bench, HERE, AUTHORITY_50, division="500116", closed_on="2026-10-01") == [("SITE_UNKNOWN", "body.site")]
    assert refused(bench, HERE, AUTHORITY_51, closed_on="2026-10-01") == [("SIGNER_ROLE", "by.0")]
    assert refused(bench, THERE, closed_on="2026-10-01") == [("SITE_UNKNOWN", "body.site")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"site": "x/y"}, ("SITE_UNKNOWN", "body.site")),
        ({"site": "x" * 33}, ("SITE_UNKNOWN", "body.site")),
        ({"name": "\u3000"}, ("MISSING", "body.name")),
        ({"address": ""}, ("MISSING", "body.address")),
        ({"division": "91"}, ("DIVISION", "body.division")),
        ({"division": "519999"}, ("DIVISION", "body.division")),
        ({"plan_class": "big"}, ("FIELD_TYPE", "body.plan_class")),
        ({"closed_on": "2026-10-02"}, ("DATE_ORDER", "body.closed_on")),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(bench: Workbench, changes: dict[str, Any], reason: tuple[str, str]) -> None:
    post(bench, HERE)
    assert refused(bench, HERE, **changes) == [reason]


def test_a_withdrawn_division_is_taken_with_an_alert(bench: Workbench) -> None:
    entry = post(bench, THERE, PARTY, AUTHORITY_50, division="500105")
    assert entry.admission.decision.alerts == (("M", "DIVISION_RETIRED"),)


def test_without_a_table_of_divisions_nothing_is_placed() -> None:
    bench = Workbench()
    bench.register(PARTY)
    assert refused(bench, HERE) == [("DATA_NOT_ADOPTED", "body.division")]
