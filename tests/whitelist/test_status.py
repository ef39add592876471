"""A status at the moment of an event is that of the last change admitted by then (kinds §1.1); what came later overtook it (§1.3)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.model import Admission, Decision
from ledger.times import format_at
from whitelist.permit import History

STATUSES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["ACTIVE", "SUSPENDED", "REVOKED"])), max_size=8)


def history(*changes: tuple[int, str]) -> History[str]:
    found: History[str] = History()
    for index, (at_s, status) in enumerate(changes):
        decision = Decision(tags=(), alerts=(), accounts=())
        found = found.after(status, Admission(index=index, at=format_at(at_s), ruleset="x", facts=(), decision=decision))
    return found


def test_a_stop_holds_from_its_admission_until_the_admission_that_ends_it() -> None:
    known = history((100, "SUSPENDED"), (200, "ACTIVE"))
    assert [known.at(moment) for moment in (99, 100, 199, 200)] == ["ACTIVE", "SUSPENDED", "SUSPENDED", "ACTIVE"]
    assert known.now == "ACTIVE"
    assert History[str]().now == "ACTIVE"


def test_a_stop_overtakes_what_happened_before_it_and_nothing_else() -> None:
    known = history((100, "SUSPENDED"), (200, "ACTIVE"))
    assert [known.overtook(moment) for moment in (99, 100, 150, 250)] == [True, False, False, False]
    assert not history((100, "ACTIVE")).overtook(50)


@given(STATUSES, st.integers(-1, 40))
def test_the_status_at_a_moment_is_what_a_clock_would_have_shown(steps: list[tuple[int, str]], moment: int) -> None:
    at_s, changes = 0, []
    for wait, status in steps:
        at_s += wait
        changes.append((at_s, status))
    shown = "ACTIVE"
    for when, status in changes:
        if when <= moment:
            shown = status
    assert history(*changes).at(moment) == shown
