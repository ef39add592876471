"""Readers by grant: who grants what to whom, and what that opens (kinds §2)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.content import strings_of
from ledger.admission.entry import Entry
from ledger.auditing.audit import audit
from ledger.caller import WITHIN, Caller, index_keys, places_of, reads, wanted_keys
from ledger.chain import USCC
from ledger.directory import Grant, Grants, access_key
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, uscc

CITY = uscc("510100", 900)
GRANTED = {"reader": CITY, "regions": ["5101"], "topics": ["manifest", "permit"], "reason": "日常监管（虚构）"}
HOUR_S = 3600


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(CITY, "某市生态环境局（虚构）")
    return bench


def grant(bench: Workbench, by: str = AUTHORITY_51, **changes: Any) -> Entry:
    return bench.post("access.grant/1", f"party/{by}", (by,), {**GRANTED, **changes})


def refused(bench: Workbench, by: str = AUTHORITY_51, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        grant(bench, by, **changes)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def held(bench: Workbench) -> list[tuple[str, tuple[str, ...]]]:
    known: Grants | None = bench.facts.get(access_key(CITY))
    return [] if known is None else [(one.authority, one.regions) for one in known.grants]


def revoke(bench: Workbench, by: str = AUTHORITY_51, reader: str = CITY) -> Entry:
    return bench.post("access.revoke/1", f"party/{by}", (by,), {"reader": reader, "reason": "机构调整（虚构）"})


def test_grants_are_those_of_each_authority_until_it_revokes(bench: Workbench) -> None:
    entry = grant(bench)
    assert [chain for chain, _ in entry.admission.facts] == [f"party/{CITY}"]
    grant(bench, regions=["510112", "51"])
    grant(bench, AUTHORITY_50, regions=["50"])
    assert held(bench) == [(AUTHORITY_51, ("5101",)), (AUTHORITY_51, ("510112", "51")), (AUTHORITY_50, ("50",))]
    revoke(bench)
    assert held(bench) == [(AUTHORITY_50, ("50",))]
    with pytest.raises(Refusal) as caught:
        revoke(bench)
    assert caught.value.codes == ["ACCESS_UNKNOWN"]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_a_grant_that_is_over_makes_room(bench: Workbench) -> None:
    grant(bench, until="2026-10-01T09:00:00+08:00")
    bench.at_s += HOUR_S
    grant(bench, regions=["51"])
    assert held(bench) == [(AUTHORITY_51, ("51",))]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"regions": ["5101", "5001"]}, ("ACCESS_REGION", "body.regions.1")),
        ({"regions": ["510"]}, ("FIELD_TYPE", "body.regions.0")),
        ({"regions": []}, ("LIST_LENGTH", "body.regions")),
        ({"regions": ["51", "51"]}, ("LIST_LENGTH", "body.regions")),
        ({"topics": ["weather"]}, ("FIELD_TYPE", "body.topics.0")),
        ({"topics": []}, ("LIST_LENGTH", "body.topics")),
        ({"reader": uscc("510100", 901)}, ("PARTY_UNKNOWN", "body.reader")),
        ({"reader": "x"}, ("USCC", "body.reader")),
        ({"until": "2026-10-01T08:00:00+08:00"}, ("STATEMENT_STALE", "body.until")),
        ({"reason": ""}, ("MISSING", "body.reason")),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(bench: Workbench, changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert refused(bench, **changes) == [reason]


def test_authorities_alone_grant(bench: Workbench) -> None:
    assert refused(bench, CITY) == [("ACCESS_ROLE", "chain")]
    assert refused(bench, OPERATOR) == [("ACCESS_ROLE", "chain")]


# --- what a grant opens


def city(*grants: Grant) -> Caller:
    return Caller(CITY, "party", "0" * 64, grants=grants)


@pytest.mark.parametrize(
    ("topic", "places", "expected"),
    [
        ("manifest", ["510112"], True),
        ("manifest", ["500116", "510112"], True),
        ("manifest", ["500116"], False),
        ("manifest", [], False),
        ("approval", ["510112"], False),
        ("list", ["51"], False),
        ("permit", ["51"], True),
    ],
)
def test_a_reader_reads_what_touches_its_regions_on_its_topics(topic: str, places: list[str], expected: bool) -> None:
    """What holds for a whole province touches each of its cities."""
    assert reads(city(Grant(AUTHORITY_51, ("5101",), ("manifest", "permit"))), topic, places) is expected


@given(st.sampled_from(["manifest", "permit"]), st.lists(st.sampled_from(["510112", "500116", "51"])))
def test_without_a_grant_a_party_reads_nothing_by_it_and_an_authority_all(topic: str, places: list[str]) -> None:
    assert not reads(city(), topic, places)
    assert reads(Caller(AUTHORITY_51, "authority", "0" * 64), topic, places)


def test_a_grant_ends_with_its_time() -> None:
    grants = Grants((Grant(AUTHORITY_51, ("51",), ("list",), 100), Grant(AUTHORITY_50, ("50",), ("list",))))
    assert len(grants.at(100)) == 2
    assert grants.at(101) == (Grant(AUTHORITY_50, ("50",), ("list",)),)


PLACES = st.lists(st.sampled_from(["510112", "510104", "510700", "500116", "51", "50", "5101"]), max_size=3)
REGIONS = st.lists(st.sampled_from(["51", "5101", "510112", "5107", "50", "500116"]), min_size=1, max_size=4)


@cache
def registration() -> Entry:
    return Workbench().register(CITY)


@given(PLACES, REGIONS, st.sampled_from(["manifest", "permit"]))
def test_the_feeds_index_is_read_by_exactly_those_whom_a_grant_covers(places: list[str], regions: list[str], topic: str) -> None:
    """Keys that are written and keys that are looked for meet where :meth:`Grant.covers` says so, and nowhere else."""
    entry = registration()
    chain = f"manifest/{CITY}/01K9000000000000000000MAN1"
    entry = replace(entry, statement=replace(entry.statement, chain=chain, by=(), principal=None, body=None))
    caller = city(Grant(AUTHORITY_51, tuple(regions), (topic,)))
    asked = set(wanted_keys(caller)) - {CITY}
    held = set(index_keys(entry, (), places))
    meet = any(name.startswith(key[:-1]) if key.endswith(WITHIN) else name == key for key in asked for name in held)
    assert meet == reads(caller, "manifest", [*places, *places_of(entry)])


OTHER = uscc("500116", 7)
PIECES = st.sampled_from([CITY, OTHER, "510700", "/", '"', "\\", ":", "{", "]", ",", "甲", "permit/", '"division":"510112"'])
TEXTS = st.one_of(st.sampled_from([CITY, f"permit/{OTHER}/1", "510700", "5107001"]), st.lists(PIECES, max_size=5).map("".join))
BODIES = st.recursive(
    st.dictionaries(
        st.sampled_from(["division", "via", "text", CITY]), st.one_of(TEXTS, st.lists(TEXTS, max_size=3), st.none(), st.integers())
    ),
    lambda inner: st.dictionaries(st.sampled_from(["place", "via", "lines"]), st.one_of(inner, st.lists(inner, max_size=2))),
    max_leaves=4,
)


@given(BODIES)
def test_places_of_a_body_are_those_of_its_texts(body: dict[str, Any]) -> None:
    """They are looked for in the JSON of the body; what stands there beside texts, or looks like the end of one, is none."""
    entry = registration()
    entry = replace(entry, statement=replace(entry.statement, chain="log/main", by=(), principal=None, body=body))
    expected = list[str]()
    for _, name, text in strings_of(body):
        expected += [text] if name in ("division", "via") and re.fullmatch("[0-9]{6}", text) else []
        expected += [part[2:8] for part in text.split("/") if re.fullmatch(USCC, part)]
    assert sorted(places_of(entry)) == sorted(expected)
