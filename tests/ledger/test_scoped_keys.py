"""Keys for some kinds or with an end: what a phone, a browser or a weighbridge gets, and what it can never do (kinds §2, formats §5)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.admission.admit import judge
from ledger.admission.entry import Entry
from ledger.admission.personality import CURRENT, Window
from ledger.admission.statement import read_statement
from ledger.auditing.audit import audit
from ledger.directory import KeyRecord
from ledger.model import Moment
from ledger.times import format_at
from signing.keys import PrivateKey
from signing.possession import register
from signing.refusal import Refusal
from tests.ledger.test_signers import NOTE, NOTES, Note, note
from tests.workbench import AUTHORITY_51, OPERATOR, Workbench, key_of, uscc

OWNER, DELEGATE = uscc("510112", 40), uscc("510112", 44)
PHONE = key_of(OWNER, 1)
DAY_S = 86_400


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([NOTES])
    bench.register(OWNER)
    bench.register(DELEGATE)
    return bench


def add(bench: Workbench, party: str = OWNER, key: PrivateKey = PHONE, by: tuple[str, ...] | None = None, **body: Any) -> Entry:
    registered = {"key": register(key, bench.found, party), **body}
    return bench.post("key.add/1", f"party/{party}", by or (party,), registered)


def codes(bench: Workbench, kind: str, chain: str, by: tuple[str, ...], body: object, **changes: Any) -> list[str]:
    try:
        bench.post(kind, chain, by, body, **changes)
    except Refusal as refusal:
        return refusal.codes
    return []


def refused(bench: Workbench, **body: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        add(bench, **body)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def test_a_key_for_some_kinds_signs_these_alone(bench: Workbench) -> None:
    add(bench, kinds=["note.write"], device="phone", label="司机手机")
    assert codes(bench, "note.write/1", NOTE, (OWNER,), Note(), keys=[PHONE]) == []
    assert codes(bench, "note.go_on/1", NOTE, (OWNER,), Note(), keys=[PHONE]) == ["KEY_SCOPE"]
    assert audit(bench.export().get, bench.kinds).findings == []
    record: KeyRecord = bench.facts.get(f"key:{PHONE.keyid}")
    assert (record.kinds, record.device, record.label) == (("note.write",), "phone", "司机手机")


def test_nor_does_it_sign_others_for_another(bench: Workbench) -> None:
    add(bench, DELEGATE, kinds=["note.write"])
    bench.post("delegation.grant/1", f"party/{OWNER}", (OWNER,), {"delegate": DELEGATE, "kinds": ["note.write", "note.apply"]})
    for kind, expected in (("note.write/1", []), ("note.apply/1", ["KEY_SCOPE"])):
        assert codes(bench, kind, NOTE, (DELEGATE,), Note(), keys=[PHONE], principal=OWNER) == expected


def test_it_never_signs_for_keys_delegations_parties_and_readers(bench: Workbench) -> None:
    add(bench, kinds=["note.write"])
    chain, found = f"party/{OWNER}", bench.found
    more = {"key": register(key_of(OWNER, 2), found, OWNER)}
    for kind, body in (
        ("key.add/1", more),
        ("key.rotate/1", {**more, "old": PHONE.keyid}),
        ("key.revoke/1", {"keyid": PHONE.keyid, "reason": "遗失"}),
        ("delegation.grant/1", {"delegate": DELEGATE, "kinds": ["note.write"]}),
        ("party.site/1", {"site": "a", "name": "x", "division": "510112", "address": "x"}),
        ("access.grant/1", {"reader": DELEGATE, "regions": ["51"], "topics": ["permit"], "reason": "x"}),
    ):
        assert codes(bench, kind, chain, (OWNER,), body, keys=[PHONE]) == ["KEY_SCOPE"], kind


def test_what_it_may_never_sign_no_body_gives_it(bench: Workbench) -> None:
    for kind in ("key.add", "delegation.grant", "party.site", "access.grant"):
        assert refused(bench, kinds=["note.write", kind]) == [("KEY_SCOPE", "body.kinds")]


def test_a_recovery_gives_a_whole_key(bench: Workbench) -> None:
    later = format_at(bench.at_s + DAY_S)
    assert refused(bench, by=(AUTHORITY_51,), kinds=["note.write"], until=later) == [
        ("KEY_SCOPE", "body.kinds"),
        ("KEY_SCOPE", "body.until"),
    ]
    assert add(bench, by=(AUTHORITY_51,)).admission.decision.alerts == (("H", "KEY_BY_AUTHORITY"),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"kinds": []}, ("LIST_LENGTH", "body.kinds")),
        ({"kinds": ["a.b"] * 2}, ("LIST_LENGTH", "body.kinds")),
        ({"kinds": [f"a.{'b' * n}" for n in range(1, 66)]}, ("LIST_LENGTH", "body.kinds")),
        ({"kinds": ["note.write/1"]}, ("FIELD_TYPE", "body.kinds.0")),
        ({"until": "2026-10-02"}, ("AT_FORM", "body.until")),
        ({"until": "2026-10-01T08:00:00+08:00"}, ("STATEMENT_STALE", "body.until")),
        ({"device": "fax"}, ("FIELD_TYPE", "body.device")),
        ({"label": " "}, ("MISSING", "body.label")),
        ({"commit": {"handler.name": "x"}}, ("COMMIT_FORM", "body.commit")),
        ({"label": "x" * 41}, ("TEXT_LONG", "body.label")),
    ],
)
def test_a_malformed_scope_is_refused_with_its_field(bench: Workbench, body: dict[str, Any], reason: tuple[str, str]) -> None:
    assert refused(bench, **body) == [reason]


def test_a_key_ends_with_its_time(bench: Workbench) -> None:
    until_s = bench.at_s + 3600
    add(bench, until=format_at(until_s))
    bench.at_s = until_s
    assert codes(bench, "note.write/1", NOTE, (OWNER,), Note(), keys=[PHONE]) == []
    bench.at_s = until_s + 1
    early = format_at(until_s - 60)
    assert codes(bench, "note.write/1", NOTE, (OWNER,), Note(), keys=[PHONE], at=early) == ["KEY_NOT_VALID"], "admission.at counts"


@pytest.mark.parametrize(
    ("at_s", "admitted_s", "expected"),
    [(0, 0, []), (0, 15 * DAY_S, []), (0, 15 * DAY_S + 1, ["KEY_NOT_VALID"]), (1, 60, ["KEY_NOT_VALID"])],
)
def test_what_happened_before_its_end_may_be_admitted_15_days_later(
    bench: Workbench, at_s: int, admitted_s: int, expected: list[str]
) -> None:
    """A custody act of a phone without network: its own time counts. Seconds from the end of the key."""
    until_s = bench.at_s + 3600
    add(bench, until=format_at(until_s))
    custody = note("note.write/1", window=Window.CUSTODY)
    envelope = bench.draft("note.write/1", NOTE, (OWNER,), Note(), at=format_at(until_s + at_s)).sign([PHONE])
    statement, _ = read_statement(envelope, bench.kinds)
    moment = Moment(len(bench.entries), until_s + admitted_s, CURRENT)
    found: list[str] = []
    try:
        judge(statement, custody, bench.facts, moment, lambda size: None)
    except Refusal as refusal:
        found = refusal.codes
    assert found == expected


def test_what_is_said_of_people_is_committed_to(bench: Workbench) -> None:
    """On every kind of key, as on manifests (kinds §0)."""
    commit = {"handler.name": "0" * 64}
    assert add(bench, commit=commit).statement.body.commit == commit
    rotated = {"old": PHONE.keyid, "key": register(key_of(OWNER, 2), bench.found, OWNER), "commit": commit}
    assert bench.post("key.rotate/1", f"party/{OWNER}", (OWNER,), rotated, keys=[PHONE]).statement.body.commit == commit
    revoked = {"keyid": key_of(OWNER, 2).keyid, "reason": "遗失（虚构）", "commit": commit}
    assert bench.post("key.revoke/1", f"party/{OWNER}", (OWNER,), revoked).statement.body.commit == commit


def test_the_operator_may_have_narrow_keys_too(bench: Workbench) -> None:
    key = key_of(OPERATOR, 1)
    add(bench, OPERATOR, key, kinds=["pd.erase"])
    body = {"statement": "0" * 64, "field": "driver.name"}
    assert codes(bench, "pd.erase/1", "log/erasures", (OPERATOR,), body, keys=[key]) == []
    assert codes(bench, "issuer.retire/1", "log/issuers", (OPERATOR,), {"keyid": "0" * 64, "reason": "x"}, keys=[key]) == ["CHAIN_NOT_OPEN"]
