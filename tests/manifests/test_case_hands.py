"""Whose hand it is: cases by delegates, of closed parties, of provinces without an authority; and holds against any order of moments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.directory import LOG_MAIN, Delegation, PartyState
from ledger.model import chain_key
from ledger.times import format_at
from manifests import acts
from signing.refusal import Refusal
from tests.manifests.driver import CARRIER, GENERATOR, RECEIVER, SECOND_CARRIER, STRANGER, Driver, a_departure, codes
from tests.manifests.test_case_contest import KIND as CONTEST
from tests.manifests.test_case_contest import a_contest, overtaken, signed
from tests.manifests.test_case_gap import BOTH, a_gap
from tests.manifests.test_case_gap import KIND as GAP
from tests.manifests.test_case_hold import CASE, HOLD, OTHER_CASE, RELEASE, a_hold
from tests.manifests.test_case_report import KIND as REPORT
from tests.manifests.test_case_report import a_report
from tests.workbench import AUTHORITY_50, AUTHORITY_51

DAY_S = 86_400


def delegated(log: Driver, principal: str, delegate: str, *kinds: str) -> None:
    """The party chain of a principal that lets somebody sign for it."""
    head = log.value(chain_key(f"party/{principal}"))
    state = PartyState(name="委托单位（虚构）") if head is None else head.state
    log.lay(f"party/{principal}", replace(state, delegations=(Delegation(delegate, kinds),)))


def closed(log: Driver, party: str, successor: str = "") -> None:
    head = log.value(chain_key(f"party/{party}"))
    log.lay(f"party/{party}", replace(head.state, closed_on="2026-01-01", successor=successor))


def test_a_delegate_holds_for_its_authority_and_the_hold_is_the_authoritys() -> None:
    log = Driver()
    log.issue()
    delegated(log, AUTHORITY_51, STRANGER, "case.hold", "case.release")
    assert log.refused(HOLD, (STRANGER,), a_hold(log), chain=CASE) == ["SIGNER_ROLE"]
    assert codes(log.post(HOLD, (STRANGER,), a_hold(log), chain=CASE, principal=AUTHORITY_51)) == {"ON_BEHALF"}
    log.wait(minutes=1)
    freed = acts.CaseRelease(reason="放行（虚构）")
    assert log.refused(RELEASE, (STRANGER,), freed, chain=CASE) == ["SIGNER_ROLE"]
    assert log.refused(RELEASE, (AUTHORITY_50,), freed, chain=CASE) == ["SIGNER_ROLE"]
    log.post(RELEASE, (AUTHORITY_51,), freed, chain=CASE)


def test_one_hand_never_closes_a_gap_for_both_sides() -> None:
    """Who signs for the one authority is not the other one's hand too (kinds §1.7)."""
    log = Driver().to_in_transit()
    delegated(log, AUTHORITY_50, AUTHORITY_51, "case.close_with_gap")
    gap = a_gap(log, (0, "5.6", "lost"))
    assert log.refused(GAP, (AUTHORITY_51,), gap, chain=CASE, principal=AUTHORITY_50)[0].startswith("SIGNER_")
    log.post(GAP, BOTH, gap, chain=CASE)


def test_whoever_signed_the_contest_for_a_firm_does_not_settle_it() -> None:
    log, envelope = overtaken()
    delegated(log, CARRIER, AUTHORITY_51, "case.contest")
    entry = log.post(CONTEST, (AUTHORITY_51,), a_contest(log, envelope), chain=CASE, principal=CARRIER)
    assert codes(entry) == {"ON_BEHALF", "H:CONTESTED"}
    settled = acts.CaseRelease(reason="了结（虚构）")
    assert log.refused(RELEASE, (AUTHORITY_51,), settled, chain=CASE) == ["CASE_ROLE"]
    log.post(RELEASE, (AUTHORITY_50,), settled, chain=CASE)


def test_a_closed_party_opens_no_case_and_its_successor_does_in_its_place() -> None:
    """It never blocks (kinds §1.2): what the receiver owes its successor tells, in a case of its own or in a thread."""
    log = Driver().to_arrived()
    log.receive()
    log.post(REPORT, (GENERATOR,), a_report(log), chain=CASE)
    closed(log, RECEIVER, STRANGER)
    assert log.refused(REPORT, (RECEIVER,), a_report(log), chain=OTHER_CASE) == ["PARTY_CLOSED"]
    assert codes(log.post(REPORT, (STRANGER,), a_report(log, "discrepancy"), chain=OTHER_CASE)) == {"ON_BEHALF"}
    assert codes(log.post(REPORT, (STRANGER,), a_report(log, "discrepancy", trunk=None), chain=CASE)) == {"ON_BEHALF"}


def test_where_no_authority_covers_the_origin_any_may_hold_and_says_so() -> None:
    log = Driver()
    log.issue()
    head = log.value(chain_key(LOG_MAIN))
    far = tuple(replace(known, regions=("53",)) if known.uscc == AUTHORITY_51 else known for known in head.state.authorities)
    log.stored[chain_key(LOG_MAIN)] = log.bench.kinds.encode(replace(head, state=replace(head.state, authorities=far)))
    assert codes(log.post(HOLD, (AUTHORITY_51,), a_hold(log), chain=CASE)) == {"FOREIGN"}
    assert codes(log.post(HOLD, (AUTHORITY_50,), a_hold(log), chain=OTHER_CASE)) == set()


Moments = st.integers(0, 20)
Holds = st.lists(st.tuples(st.sampled_from([AUTHORITY_50, AUTHORITY_51]), Moments, st.none() | Moments, st.none() | Moments), max_size=3)


@settings(max_examples=50)
@given(Holds, Moments)
def test_a_departure_is_stopped_exactly_under_a_hold_and_overtakes_exactly_what_came_after_it(
    holds: list[tuple[str, int, int | None, int | None]], left: int
) -> None:
    """Moments are tens of minutes after the issue; all are entered before the departure is, which may have happened before any of them."""
    log = Driver()
    log.issue()
    start = log.at_s

    def at(moment: int) -> int:
        return start + moment * 600

    events = []
    for number, (by, since, until, released) in enumerate(holds):
        chain = f"{CASE[:-2]}{number:02d}"
        ends = [at(end) for end in (until, released) if end is not None and end > since]
        events.append((since, 0, HOLD, by, chain, until if until is not None and until > since else None))
        if released is not None and released > since and (until is None or until <= since or until > released):
            events.append((released, 1, RELEASE, by, chain, None))
        assert all(end > at(since) for end in ends)
    for moment, _, kind, by, chain, until in sorted(events, key=lambda event: event[:2]):
        log.at_s = at(moment)
        body = a_hold(log, until=None if until is None else format_at(at(until))) if kind == HOLD else acts.CaseRelease(reason="放行")
        log.post(kind, (by,), body, chain=chain)
    log.at_s = at(21)
    spans = []
    for by, since, until, released in holds:
        end = min((at(end) for end in (until, released) if end is not None and end > since), default=at(since) + 30 * DAY_S)
        spans.append((by, at(since), end))
    covered = any(since <= at(left) < end for _, since, end in spans)
    try:
        found = codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=format_at(at(left))))
    except Refusal as refusal:
        found = set(refusal.codes)
    assert (found == {"HELD"}) == covered
    assert covered or ("H:OVERTOOK" in found) == any(since > at(left) for _, since, _ in spans)


@pytest.mark.parametrize(("successor", "signer"), [(STRANGER, STRANGER), ("", AUTHORITY_50)])
def test_who_signs_in_the_place_of_a_closed_receiver_may_bring_what_he_signed(successor: str, signer: str) -> None:
    """Its successor, else the authority of its region (kinds §1.2); a stranger as little as before it closed."""
    log = Driver().to_in_transit()
    envelope = signed(log, "manifest.receive/1", (signer,), log.a_receipt())
    assert log.refused(CONTEST, (signer,), a_contest(log, envelope), chain=CASE) == ["CONTEST_FORM"], "the receiver is open"
    closed(log, RECEIVER, successor)
    foreign = signed(log, "manifest.receive/1", (SECOND_CARRIER,), log.a_receipt())
    assert log.refused(CONTEST, (SECOND_CARRIER,), a_contest(log, foreign), chain=CASE) == ["CONTEST_FORM"]
    entry = log.post(CONTEST, (signer,), a_contest(log, envelope), chain=CASE)
    assert codes(entry) == {"H:CONTESTED"}
    assert f"party/{RECEIVER}" in {fact[0] for fact in entry.admission.facts}
