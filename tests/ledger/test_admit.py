"""Admission at its edges: which roots a signer may have seen, which times count, and for whom one may sign."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from msgspec.structs import replace

from ledger.admission.admit import Submission, admit, keys_brought, verify_signatures
from ledger.admission.personality import CURRENT
from ledger.admission.statement import read_statement
from ledger.kinds.founding import FoundingAuthority
from ledger.model import Admitted, Alert, Findings, Moment, Seen
from ledger.times import format_at
from ledger.tree.merkle import leaf_hash, root_of
from signing.phrase import Phrase
from signing.possession import register
from signing.refusal import Reason, Refusal
from signing.suite import verify
from tests.workbench import Workbench, key_of, uscc

PARTY = uscc("510112", 2)
OTHER = uscc("510112", 3)
DAY_S = 86_400


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


def root_at(bench: Workbench, size: int) -> str:
    return b64encode(root_of(leaf_hash(entry.raw) for entry in bench.entries[:size])).decode()


def codes(bench: Workbench, **changes: object) -> list[str]:
    """Codes of what a ``key.add`` of PARTY is refused for at the bench's time; nothing when it is admitted."""
    return [reason.code for reason in reasons(bench, **changes)]


def reasons(bench: Workbench, **changes: object) -> list[Reason]:
    """The whole reasons."""
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    envelope = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body, **changes).sign([key_of(PARTY)])
    statement, kind = read_statement(envelope, bench.kinds)
    moment = Moment(len(bench.entries), bench.at_s, CURRENT)
    try:
        admit(Submission(envelope=envelope, statement=statement, kind=kind), bench.facts, moment, lambda size: root_at(bench, size))
    except Refusal as refusal:
        return list(refusal.reasons)
    return []


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_root_of_this_log_may_be_seen_up_to_its_present_size(bench: Workbench, size: int) -> None:
    assert codes(bench, seen=Seen(size, root_at(bench, size))) == []


def test_no_other_root_and_no_other_size_was_seen(bench: Workbench) -> None:
    assert codes(bench, seen=Seen(2, root_at(bench, 3))) == ["SEEN_MISMATCH"]
    assert codes(bench, seen=Seen(4, root_at(bench, 4))) == ["SEEN_MISMATCH"]


def test_a_refused_root_is_told_beside_the_one_of_this_log(bench: Workbench) -> None:
    here, other = root_at(bench, 2), root_at(bench, 3)
    assert reasons(bench, seen=Seen(2, other)) == [Reason("SEEN_MISMATCH", "seen", f"2 {other}", f"2 {here}")]
    assert reasons(bench, seen=Seen(4, other)) == [Reason("SEEN_MISMATCH", "seen", f"4 {other}", "4 not yet reached")]


def test_an_entry_is_as_long_as_the_formats_let_it_be_and_no_byte_longer(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    envelope = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body).sign([key_of(PARTY)])
    statement, kind = read_statement(envelope, bench.kinds)
    submission, moment = Submission(envelope=envelope, statement=statement, kind=kind), Moment(len(bench.entries), bench.at_s, CURRENT)
    size = len(admit(submission, bench.facts, moment, lambda size: None).raw)
    monkeypatch.setattr("ledger.admission.admit.ENTRY_MAX", size)
    assert len(admit(submission, bench.facts, moment, lambda size: None).raw) == size
    monkeypatch.setattr("ledger.admission.admit.ENTRY_MAX", size - 1)
    with pytest.raises(Refusal) as refused:
        admit(submission, bench.facts, moment, lambda size: None)
    assert list(refused.value.reasons) == [Reason("ENTRY_TOO_LARGE", "", str(size), str(size - 1))]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(300, []), (301, ["STATEMENT_STALE"]), (-DAY_S, []), (-DAY_S - 1, ["STATEMENT_STALE"])],
)
def test_the_window_of_a_day_ends_to_the_second(bench: Workbench, seconds: int, expected: list[str]) -> None:
    assert codes(bench, at=format_at(bench.at_s + seconds)) == expected


def test_nobody_signs_for_himself_as_a_delegate(bench: Workbench) -> None:
    assert codes(bench, principal=PARTY) == ["SIGNER_ROLE"]
    assert codes(bench, principal=OTHER) == ["DELEGATION_MISSING"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_alerts_of_one_code_the_graver_stays(order: int) -> None:
    alerts: list[Alert] = [("M", "WEIGHT"), ("H", "WEIGHT"), ("L", "ANOTHER")]
    out = Findings()
    for level, code in alerts[::order]:
        out.alert(level, code)
    found = out.answer()
    assert isinstance(found, Admitted)
    assert found.alerts == (("L", "ANOTHER"), ("H", "WEIGHT"))


def test_a_kind_that_books_nowhere_moves_no_account(bench: Workbench) -> None:
    """Who writes an act says in which column of the statement it is booked; forgetting it is loud, never a default."""
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    envelope = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body).sign([key_of(PARTY)])
    statement, kind = read_statement(envelope, bench.kinds)
    account = "Q3 permit/x"
    bench.facts.values[f"account:{account}"] = None
    moving = replace(kind, rules=(*kind.rules, lambda judged, out: out.accounts.update({account: 1})))
    moment = Moment(len(bench.entries), bench.at_s, CURRENT)
    with pytest.raises(AssertionError, match="books it nowhere"):
        admit(Submission(envelope=envelope, statement=statement, kind=moving), bench.facts, moment, lambda size: None)
    booked = replace(moving, books="settled")
    entry = admit(Submission(envelope=envelope, statement=statement, kind=booked), bench.facts, moment, lambda size: None)
    assert [row.after_g for row in entry.admission.decision.accounts] == [1]


def test_each_signature_that_does_not_hold_is_told_at_its_place(bench: Workbench) -> None:
    """An unknown key does not hide a wrong signature behind it; good ones are passed over."""
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    signers, keys = (PARTY, OTHER, PARTY), [key_of(PARTY), key_of(OTHER, 7), key_of(PARTY)]
    envelope = bench.draft("key.add/1", f"party/{PARTY}", signers, body).sign(keys)
    good, unknown, third = envelope.signatures
    wrong = replace(third, sig=bytes([third.sig[0] ^ 1]) + third.sig[1:])
    known = keys_brought(bench.entries[1].statement)
    with pytest.raises(Refusal) as refused:
        verify_signatures(replace(envelope, signatures=(good, unknown, wrong)), signers, known.get)
    with pytest.raises(Refusal) as alone:
        verify(known[good.keyid].suite, known[good.keyid].spki, envelope.message, wrong.sig)
    [why] = alone.value.reasons
    first, second = refused.value.reasons
    assert (first.code, first.field, first.found) == ("KEY_UNKNOWN", "signatures.1.keyid", unknown.keyid)
    assert first.expected == Phrase(f"为 {OTHER} 登记的密钥", f"a key registered for {OTHER}")
    assert second == Reason("SIGNATURE_WRONG", "signatures.2.sig", why.found, why.expected)
    assert why.code == "SIGNATURE_WRONG"
    with pytest.raises(ValueError, match="zip"):
        verify_signatures(envelope, (PARTY,), known.get)


def test_a_statement_brings_the_keys_that_it_registers(bench: Workbench) -> None:
    """A registration all of its party's, key.add its one, under the party of the chain; other statements none."""
    third, mine = uscc("510112", 4), key_of(PARTY, 1)
    registration = bench.register(third).statement
    assert {name: record.uscc for name, record in keys_brought(registration).items()} == {key_of(third).keyid: third}
    body = {"key": register(mine, bench.found, PARTY)}
    statement, _ = read_statement(bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body).sign([key_of(PARTY)]), bench.kinds)
    [(name, record)] = keys_brought(statement).items()
    assert (name, record.uscc, record.added, record.spki) == (mine.keyid, PARTY, 0, b64decode(body["key"].spki))
    body = FoundingAuthority(third, "丙省生态环境厅（虚构）", ("53",), (register(key_of(third), bench.found, third),))
    admit_one = bench.draft("authority.admit/1", "log/main", bench.founders, body).sign([key_of(party) for party in bench.founders])
    statement, _ = read_statement(admit_one, bench.kinds)
    assert {name: record.uscc for name, record in keys_brought(statement).items()} == {key_of(third).keyid: third}
    assert set(keys_brought(bench.entries[0].statement)) >= {key_of(party).keyid for party in bench.founders}
    revoke = bench.draft("key.revoke/1", f"party/{PARTY}", (PARTY,), {"keyid": mine.keyid, "reason": "lost"})
    assert keys_brought(read_statement(revoke.sign([key_of(PARTY)]), bench.kinds)[0]) == {}
