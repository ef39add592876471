"""The fold: every act is booked in the column that it names itself, and one replay serves every direction."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.mass import parse_mass
from ledger.personality import PERSONALITY as LOG
from ledger.times import format_at
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from reports.kinds import all_kinds
from reports.reconcile import begin, finish
from reports.reconciliation.gathered.gathering import column_of
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import LINES, drawn, october, trip
from tests.reports.story import Story
from tests.workbench import uscc
from whitelist.acts import PERSONALITY as WHITELIST


def test_every_entry_that_moves_an_account_names_its_column() -> None:
    kinds = october().bench.kinds.by_name
    moving = {entry.statement.kind for entry in october().bench.entries if entry.admission.decision.accounts}
    assert {column_of(kinds[name]) for name in moving} == {"decided", "reserved", "settled", "released"}


def test_an_act_that_moves_accounts_without_a_column_is_an_error_not_a_settlement() -> None:
    story = october()
    issue = story.bench.kinds.by_name["manifest.issue/1"]
    with pytest.raises(LookupError, match=r"manifest\.issue/1"):
        column_of(replace(issue, books=None))
    unbooked = replace(MANIFESTS, kinds=tuple(replace(kind, books=None) if kind == issue else kind for kind in MANIFESTS.kinds))
    fold = begin("2026-10", Kinds([LOG, WHITELIST, unbooked]), story.bench.dataset)
    with pytest.raises(LookupError, match=r"Kind\.books"):
        for entry in story.bench.entries:
            fold.step(entry)


def test_one_replay_serves_every_direction() -> None:
    story = october()
    fold = begin("2026-10", story.bench.kinds, story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    assert {("50", "51"), ("51", "50")} <= set(fold.directions())
    root = drawn(story).root
    for direction in fold.directions():
        assert finish(fold, direction, root) == drawn(story, direction=direction)


def test_what_is_reserved_is_held_until_the_receipt_in_the_month_before_its_end() -> None:
    september = {account.account.partition(" ")[0]: account for account in drawn(october(), "2026-09").accounts if account.held_g}
    assert september["Q2"].held_g == parse_mass("5.6"), "serial 1 left in September and is received in October"
    assert september["Q3"].held_g == parse_mass("5.6")


def test_a_column_stands_for_every_way_of_booking() -> None:
    assert all(kind.books is None or column_of(kind) for kind in all_kinds().by_name.values())


def test_a_yearly_scale_is_told_as_of_the_months_end_whether_or_not_its_account_moved() -> None:
    """Issued at the end of a year, accepted just as heavy on its last day, received in the next one: no grams move, but they are of the old year."""
    story = Story(LINES)
    story.at("2026-12-31T08:00:00+08:00")
    trip(story, 1, 0, stop="depart")
    story.wait(hours=5)
    story.arrive(1)
    taken_at = format_at(story.bench.at_s)
    story.at("2027-01-01T09:00:00+08:00")
    line = acts.ReceivedLine(line=0, opinion="accept", accepted_t="5.6", method="R4")
    story.bench.register(uscc("510101", 77))
    reserved, size = scale(drawn(story, "2027-01")), len(story.bench.entries)
    story.receive(1, [line], accepted_at=taken_at)
    assert reserved == parse_mass("5.6"), "what is under way counts in the present year"
    assert scale(drawn(story, "2026-12")) == parse_mass("5.6")
    assert scale(drawn(story, "2027-01")) == 0
    assert scale(drawn(story, "2027-01", size=size)) == parse_mass("5.6")
    story.at("2027-02-01T09:00:00+08:00")
    story.bench.register(uscc("510101", 78))
    assert [scale(drawn(story, month)) for month in ("2026-12", "2027-01", "2027-02")] == [parse_mass("5.6"), 0, 0]


def scale(statement: MonthlyStatement) -> int | None:
    """Grams used of the receiver's yearly scale."""
    [found] = [account.year_g for account in statement.accounts if account.layer == "Q3"]
    return found
