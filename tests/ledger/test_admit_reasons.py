"""Whole reasons of admission before any rule: where a statement may stand in its chain, and which times count (formats §3, §6).

``test_admit.py`` asks what is refused; here stands all that is said then, for a client writes its next statement from it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.admission.admit import Submission, admit, apply, judge, resubmission_reasons, ruleset_of
from ledger.admission.personality import CURRENT, Personality, Reads, Window
from ledger.admission.statement import read_statement
from ledger.auditing.replay import ReplayFacts
from ledger.chain import founding_prev, genesis_prev
from ledger.directory import LOG_MAIN, Cut, party_chain
from ledger.kinds.cut import write_tail
from ledger.model import Head, Moment, Seen, Statement, chain_key
from ledger.times import format_at
from signing.phrase import Phrase
from signing.possession import register
from signing.refusal import Reason, Refusal
from tests.ledger.test_signers import NOTE, NOTES, Note, note
from tests.workbench import ORIGIN, Workbench, key_of, uscc

OWNER, STRANGER = uscc("510112", 40), uscc("510112", 60)
WRONG = "00" * 32
DAY_S, HOUR_S = 86_400, 3_600
WINDOWS = Personality(
    name="windows",
    kinds=tuple(note(f"note.{window.name.lower()}/1", window=window) for window in Window),
    states={},
)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench([NOTES, WINDOWS])
    bench.register(OWNER)
    return bench


def refused(bench: Workbench, kind: str, chain: str = NOTE, by: tuple[str, ...] = (OWNER,), body: object = None, **changes: Any) -> Reason:
    """The only reason against a statement."""
    with pytest.raises(Refusal) as caught:
        bench.post(kind, chain, by, body or Note(), **changes)
    [reason] = caught.value.reasons
    return reason


# Where it stands


def test_a_chain_that_is_there_goes_on_behind_its_head(bench: Workbench) -> None:
    head = bench.post("note.write/1", NOTE, (OWNER,), Note()).statement
    ahead = {"seq": "2", "next": "1", "chain": NOTE}
    behind = {"seq": "0", "next": "1", "prev": head.hash, "chain": NOTE}
    at_head = Phrase(f"链头 seq 0，{head.hash}", f"head seq 0, {head.hash}")
    beside = {"prev": head.hash, "chain": NOTE}
    for kind in ("note.write/1", "note.go_on/1"):  # what may open a chain, and what never does
        assert refused(bench, kind, seq=2) == Reason("PREDECESSOR_MISSING", "seq", "2", "1", "GAP", ahead)
        assert refused(bench, kind, seq=0) == Reason("CHAIN_CONFLICT", "seq", "0", at_head, "TAKEN", behind)
        assert refused(bench, kind, prev=WRONG) == Reason("PREV_MISMATCH", "prev", WRONG, head.hash, "OTHER", beside)
    begun = {"kind": "note.begin/1", "chain": NOTE}
    assert refused(bench, "note.begin/1") == Reason("CHAIN_NOT_OPEN", "seq", "1", "0", "BEGUN", begun)


def test_a_chain_that_is_not_there_begins_with_its_name_in_this_log(bench: Workbench) -> None:
    begins = genesis_prev(bench.found, NOTE)
    ahead = {"seq": "1", "next": "0", "chain": NOTE}
    assert refused(bench, "note.write/1", seq=1) == Reason("PREDECESSOR_MISSING", "seq", "1", "0", "GAP", ahead)
    places = {"prev": begins, "chain": NOTE}
    assert refused(bench, "note.write/1", prev=WRONG) == Reason("PREV_MISMATCH", "prev", WRONG, begins, "OTHER", places)
    empty = {"kind": "note.go_on/1", "chain": NOTE}
    assert refused(bench, "note.go_on/1") == Reason("CHAIN_NOT_OPEN", "kind", "note.go_on/1", "", "EMPTY", empty)
    chain, body = party_chain(STRANGER), {"delegate": OWNER, "kinds": ["note.write"]}
    expected = Reason("CHAIN_NOT_OPEN", "kind", "delegation.grant/1", "party.register/1", "PARTY", {"party": STRANGER})
    assert refused(bench, "delegation.grant/1", chain, body=body) == expected


def test_a_log_is_founded_once_and_nothing_follows_its_end(bench: Workbench) -> None:
    founding = bench.entries[0].statement.body
    again = refused(bench, "log.found/1", LOG_MAIN, bench.founders, founding)
    assert again == Reason("CHAIN_NOT_OPEN", "kind", "log.found/1")
    head = bench.facts.values[chain_key(LOG_MAIN)]
    bench.facts.put(chain_key(LOG_MAIN), replace(head, state=replace(head.state, closed=True)))
    closed = Reason("LOG_CLOSED", "", ORIGIN)
    assert refused(bench, "log.found/1", LOG_MAIN, bench.founders, founding) == closed
    assert refused(bench, "note.write/1") == closed
    bench.facts.put(chain_key(NOTE), Head(0, WRONG, 2, None))
    assert refused(bench, "note.go_on/1") == closed


def test_before_its_founding_a_log_takes_nothing_else(bench: Workbench) -> None:
    facts = ReplayFacts(bench.dataset)
    envelope = bench.draft("note.go_on/1", NOTE, (OWNER,), Note(), prev=founding_prev(ORIGIN)).sign([key_of(OWNER)])
    statement, kind = read_statement(envelope, bench.kinds)
    assert ruleset_of(facts, statement) == ""
    submission = Submission(envelope=envelope, statement=statement, kind=kind)
    for head in (None, Head(0, statement.prev, 0, None)):  # on a chain that is there, should one be, no more than on a new one
        facts.put(chain_key(NOTE), head)
        said = replace(statement, seq=0 if head is None else 1)
        with pytest.raises(Refusal) as caught:
            admit(replace(submission, statement=said), facts, Moment(0, bench.at_s, CURRENT), lambda size: None)
        assert list(caught.value.reasons) == [Reason("CHAIN_NOT_OPEN", "chain", "note.go_on/1", "log.found/1")]
    first = bench.entries[0]
    assert ruleset_of(facts, first.statement) == CURRENT
    found = bench.kinds.of("log.found/1", CURRENT)
    wrong = replace(first.statement, prev=WRONG)
    with pytest.raises(Refusal) as caught:
        admit(Submission(envelope=first.envelope, statement=wrong, kind=found), facts, Moment(0, bench.at_s, CURRENT), lambda size: None)
    begins = founding_prev(ORIGIN)
    assert list(caught.value.reasons) == [Reason("PREV_MISMATCH", "prev", WRONG, begins, "OTHER", {"prev": begins, "chain": LOG_MAIN})]


# Which times count


@pytest.mark.parametrize(
    ("window", "first_s", "last_s"),
    [("none", None, None), ("day", -DAY_S, 300), ("month", -30 * DAY_S, 300), ("custody", None, 300)],
)
def test_a_window_opens_and_ends_to_the_second(bench: Workbench, window: str, first_s: int | None, last_s: int | None) -> None:
    """``first_s``, ``last_s``: from the moment of admission; without one, any time counts."""
    kind, now = f"note.{window}/1", bench.at_s
    earliest, latest = "" if first_s is None else format_at(now + first_s), "" if last_s is None else format_at(now + last_s)
    minute = {moment: moment[:16].replace("T", " ") for moment in (earliest, latest)}
    for seconds in (-60 * DAY_S, -30 * DAY_S - 1, -30 * DAY_S, -DAY_S - 1, -DAY_S, -2 * HOUR_S - 1, -2 * HOUR_S, 0, 300, 301, DAY_S):
        said = format_at(now + seconds)
        asked = said[:16].replace("T", " ")
        expected = f"{earliest} … {latest}"
        reason = None
        if last_s is not None and seconds > last_s:
            places = {"at": asked, "last": minute[latest], "now": format_at(now)[:16].replace("T", " ")}
            reason = Reason("STATEMENT_STALE", "at", said, expected, "AHEAD", places)
        elif first_s is not None and seconds < first_s:
            reason = Reason(
                "STATEMENT_STALE", "at", said, expected, "OLD", {"at": asked, "first": minute[earliest], "last": minute[latest]}
            )
        bench.at_s = now
        if reason is None:
            bench.post(kind, NOTE, (OWNER,), Note(), at=said)
        else:
            assert refused(bench, kind, at=said) == reason


@pytest.mark.parametrize(("window", "late_s", "tags"), [("custody", 7_200, ()), ("custody", 7_201, (("LATE", 7_201),)), ("day", 7_201, ())])
def test_custody_that_is_told_late_is_marked_with_the_seconds(bench: Workbench, window: str, late_s: int, tags: tuple[Any, ...]) -> None:
    entry = bench.post(f"note.{window}/1", NOTE, (OWNER,), Note(), at=format_at(bench.at_s - late_s))
    assert entry.admission.decision.tags == tags


def test_tags_stand_in_order_of_their_codes(bench: Workbench) -> None:
    kind = bench.kinds.by_name["note.custody/1"]
    envelope = bench.draft("note.custody/1", NOTE, (OWNER,), Note(), at=format_at(bench.at_s - 7_201)).sign([key_of(OWNER)])
    statement, _ = read_statement(envelope, bench.kinds)
    tagging = replace(kind, rules=(lambda judged, out: [out.tag(code) for code in ("ZINC", "ASH")],))
    moment = Moment(len(bench.entries), bench.at_s, CURRENT)
    admission = judge(statement, tagging, bench.facts, moment, lambda size: None)
    assert admission.decision.tags == (("ASH",), ("LATE", 7_201), ("ZINC",))
    tagging = replace(kind, rules=(lambda judged, out: out.tag("ZINC"),))
    assert judge(statement, tagging, bench.facts, moment, lambda size: None).decision.tags == (("LATE", 7_201), ("ZINC",))


def cut(bench: Workbench, old_s: int) -> Statement:
    """A statement that was admitted at ``old_s`` and cut since."""
    envelope = bench.draft("note.day/1", NOTE, (OWNER,), Note(), at=format_at(old_s - DAY_S)).sign([key_of(OWNER)])
    statement, _ = read_statement(envelope, bench.kinds)
    tail = write_tail([(statement.hash, old_s)])
    digest = sha256(tail).hexdigest()
    bench.data[f"data/{digest}"] = tail
    head = bench.facts.values[chain_key(LOG_MAIN)]
    bench.facts.put(chain_key(LOG_MAIN), replace(head, state=replace(head.state, cuts=(Cut(digest, bench.at_s),))))
    return statement


def test_what_was_cut_is_judged_by_the_moment_of_its_first_admission(bench: Workbench) -> None:
    """Ten days ago it was as old as its window lets it be; now it is far beyond, and comes in all the same."""
    kind = bench.kinds.by_name["note.day/1"]
    statement = cut(bench, bench.at_s - 10 * DAY_S)
    moment = Moment(len(bench.entries), bench.at_s, CURRENT)
    assert judge(statement, kind, bench.facts, moment, lambda size: None).decision.tags == (("RECUT",),)
    other = replace(statement, hash=WRONG)
    with pytest.raises(Refusal) as caught:
        judge(other, kind, bench.facts, moment, lambda size: None)
    assert caught.value.codes == ["STATEMENT_STALE"]


# All at once, and by the law of its day


def test_a_wrong_time_and_wrong_roots_are_told_together(bench: Workbench) -> None:
    kind = replace(bench.kinds.by_name["note.day/1"], roots=lambda statement: (Seen(1, "body"),))
    envelope = bench.draft("note.day/1", NOTE, (OWNER,), Note(), at=format_at(bench.at_s + 301)).sign([key_of(OWNER)])
    statement = replace(read_statement(envelope, bench.kinds)[0], seen=Seen(0, "none"))
    with pytest.raises(Refusal) as caught:
        judge(statement, kind, bench.facts, Moment(2, bench.at_s, CURRENT), lambda size: "none" if size == 0 else "root")
    found = [(reason.code, reason.found) for reason in caught.value.reasons]
    assert found == [("STATEMENT_STALE", statement.at), ("SEEN_MISMATCH", "0 none"), ("SEEN_MISMATCH", "1 body")]


def test_a_rule_refuses_by_the_law_of_the_day_on_which_it_happened(bench: Workbench) -> None:
    kind = replace(bench.kinds.by_name["note.none/1"], rules=(lambda judged, out: out.refuse("NOTE_BARRED", "body"),))
    envelope = bench.draft("note.none/1", NOTE, (OWNER,), Note(), at="2026-08-15T00:00:00+08:00").sign([key_of(OWNER)])
    statement, _ = read_statement(envelope, bench.kinds)
    with pytest.raises(Refusal) as caught:
        judge(statement, kind, bench.facts, Moment(2, bench.at_s, CURRENT), lambda size: None)
    assert (caught.value.codes, caught.value.day) == (["NOTE_BARRED"], "2026-08-15")


def test_an_entry_lists_what_was_read_but_for_what_always_is(bench: Workbench) -> None:
    """Own chain, the log's and the signers' are read by every admission; a chain that is not there has no newest entry."""
    bench.register(STRANGER)
    bench.post("note.none/1", NOTE, (OWNER,), Note())
    read = (party_chain(STRANGER), NOTE, LOG_MAIN, party_chain(OWNER), "note/none")
    kind = replace(bench.kinds.by_name["note.none/1"], reads=lambda statement, facts: Reads(chains=read))
    envelope = bench.draft("note.none/1", NOTE, (OWNER,), Note()).sign([key_of(OWNER)])
    statement, _ = read_statement(envelope, bench.kinds)
    admission = judge(statement, kind, bench.facts, Moment(len(bench.entries), bench.at_s, CURRENT), lambda size: None)
    assert admission.facts == ((party_chain(STRANGER), 2),)


# What came already


def test_a_statement_comes_again_under_any_key_that_was_ever_its_signers(bench: Workbench) -> None:
    """Valid or not by now; a key that nobody registered or another party's is told at its place."""
    bench.register(STRANGER)
    envelope = bench.draft("note.write/1", NOTE, (OWNER, STRANGER), Note((STRANGER,))).sign([key_of(OWNER), key_of(STRANGER)])
    statement, kind = read_statement(envelope, bench.kinds)
    submission = Submission(envelope=envelope, statement=statement, kind=kind)
    assert resubmission_reasons(submission, bench.facts) == []
    bench.post("key.add/1", party_chain(OWNER), (OWNER,), {"key": register(key_of(OWNER, 1), bench.found, OWNER)})
    revoke = {"keyid": key_of(OWNER).keyid, "reason": "lost"}
    bench.post("key.revoke/1", party_chain(OWNER), (OWNER,), revoke, keys=[key_of(OWNER, 1)])
    assert resubmission_reasons(submission, bench.facts) == []
    known, _ = envelope.signatures
    unknown = replace(known, keyid=key_of(OWNER, 7).keyid)
    signed = replace(submission, envelope=replace(envelope, signatures=(unknown, known)))
    assert resubmission_reasons(signed, bench.facts) == [
        Reason("KEY_UNKNOWN", "signatures.0.keyid", unknown.keyid, OWNER),
        Reason("KEY_OTHER_PARTY", "signatures.1.keyid", OWNER, STRANGER),
    ]
    with pytest.raises(ValueError, match="zip"):
        resubmission_reasons(replace(submission, envelope=replace(envelope, signatures=(known,))), bench.facts)


def test_a_submission_is_judged_by_the_kind_of_the_ruleset_in_force(bench: Workbench) -> None:
    envelope = bench.draft("note.write/1", NOTE, (OWNER,), Note()).sign([key_of(OWNER)])
    statement, kind = read_statement(envelope, bench.kinds)
    submission = Submission(envelope=envelope, statement=statement, kind=kind)
    assert submission.under(kind) is submission
    other = bench.kinds.by_name["note.day/1"]
    assert submission.under(other) == Submission(envelope=envelope, statement=statement, kind=other)


def test_what_an_entry_changes_is_there_for_the_next(bench: Workbench) -> None:
    """Head and accounts; an account says by which entry it was moved."""
    account = "Q3 permit/x"
    kind = bench.kinds.by_name["note.write/1"]
    moving = replace(kind, books="settled", rules=(lambda judged, out: out.accounts.update({account: 7}),))
    for number in (1, 2):
        envelope = bench.draft("note.write/1", NOTE, (OWNER,), Note()).sign([key_of(OWNER)])
        statement, _ = read_statement(envelope, bench.kinds)
        submission = Submission(envelope=envelope, statement=statement, kind=moving)
        entry = admit(submission, bench.facts, Moment(10 + number, bench.at_s, CURRENT), lambda size: None)
        assert entry.envelope is envelope
        apply(entry, moving, bench.facts)
        moved = bench.facts.values[f"account:{account}"]
        assert (moved.idx, moved.used_g) == (10 + number, 7 * number)
        head = bench.facts.values[chain_key(NOTE)]
        assert (head.seq, head.hash, head.idx) == (number - 1, statement.hash, 10 + number)
