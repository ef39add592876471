"""period.close, period.confirm, period.dispute (kinds §9): what a month needs to be closed, who speaks of it once, and what then waits."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.directory import log_state
from reports.periods.acts import PERSONALITY
from reports.periods.acts.close import PeriodCloseBody
from reports.periods.acts.confirm import PeriodConfirm
from reports.periods.acts.dispute import DisputedItem, PeriodDispute
from reports.periods.answers import period_answer
from reports.periods.planning import MonthDue
from tests.whitelist import driver
from tests.whitelist.driver import CHONGQING, SICHUAN, Log, Refusing
from whitelist.period import PeriodClose, PeriodState, direction_of, following_month, period_chain, preceding_month
from whitelist.period_deadlines import duties
from whitelist.registry_deadlines import clock_rows
from whitelist.terms import Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of

driver.KINDS.update({kind.name: kind for kind in PERSONALITY.kinds})
OPERATOR = "914306816828384165"
CITY = "915101000000FX0361"
ROOT = "A" * 43 + "="
ITEM = DisputedItem(key="M4 manifest/915101120000FX029E/01KB2Z8Q6V0000000000000031 1", note="5.548 吨（虚构）")


def digest(number: int) -> str:
    return f"{number:064x}"


def month(name: str = "2026-10", way: tuple[str, str] = ("51", "50")) -> str:
    return period_chain(name, *way)


class Months:
    """A log on which months are closed and spoken of; ``said`` are the codes and causes of what was refused."""

    def __init__(self, now: str = "2026-11-01 00:00") -> None:
        self.log = Log(now)

    def try_(self, kind: str, chain: str, body: Any, by: str) -> list[tuple[str, str, str]]:
        """Codes, fields and causes; nothing where it was admitted."""
        try:
            self.log.post(f"period.{kind}/1", chain, body, by)
        except Refusing as refused:
            return [(reason.code, reason.field, reason.cause) for reason in refused.reasons]
        return []

    def close(self, chain: str | None = None, *, size: int | None = None, number: int = 1, by: str = OPERATOR, **more: Any) -> list[Any]:
        at = self.log.index + 1 if size is None else size
        return self.try_("close", chain or month(), PeriodCloseBody(size=at, root=ROOT, json=digest(number), **more), by)

    def confirm(self, by: str, chain: str | None = None, number: int = 1) -> list[Any]:
        return self.try_("confirm", chain or month(), PeriodConfirm(json=digest(number)), by)

    def dispute(self, by: str, chain: str | None = None, number: int = 1) -> list[Any]:
        return self.try_("dispute", chain or month(), PeriodDispute(json=digest(number), reason="不符（虚构）", items=(ITEM,)), by)

    def state(self, chain: str | None = None) -> PeriodState:
        found: PeriodState = self.log.state(chain or month())
        return found

    def stage(self, chain: str | None = None) -> str:
        return self.state(chain).stage(log_state(self.log.facts), direction_of(chain or month()))

    def due(self, chain: str | None = None) -> list[tuple[str, tuple[str, ...], str | None, bool]]:
        """Kind, who, until when, late."""
        limits = thresholds_of(self.log.facts)
        assert limits is not None
        name, present = chain or month(), Present(self.log.now, workdays_of(self.log.facts), limits)
        found = duties(name, self.state(name), present, log_state(self.log.facts))
        return [(duty.kind, duty.parties, duty.due_on, duty.overdue) for duty in found]


def test_a_month_is_closed_from_its_last_midnight_on_and_confirmed_by_both_sides() -> None:
    months = Months("2026-10-31 23:59")
    assert months.close() == [("PERIOD_MONTH", "chain", "NOT_OVER")]
    months.log.at("2026-11-01 00:00")
    assert months.close(by=SICHUAN) == [("SIGNER_ROLE", "by.0", "OTHER")]
    assert months.close(pdf=digest(7), xlsx=digest(8), adjusts=("2026-09",)) == []
    closed = months.state().newest
    wanted = PeriodClose(
        index=1, at_s=months.log.now, by=OPERATOR, size=1, root=ROOT, json=digest(1), xlsx=digest(8), pdf=digest(7), adjusts=("2026-09",)
    )
    assert closed == wanted
    assert (months.stage(), months.due()) == ("closed", [("period.confirm/1", (SICHUAN, CHONGQING), "2026-11-10", False)])
    assert months.confirm(OPERATOR) == [("SIGNER_ROLE", "by.0", "OTHER")]
    assert months.confirm(SICHUAN, number=2) == [("PERIOD_DIGEST", "body.json", "OTHER")]
    assert months.confirm(SICHUAN) == []
    assert (months.stage(), months.due()) == ("closed", [("period.confirm/1", (CHONGQING,), "2026-11-10", False)])
    months.log.at("2026-11-11 00:00")
    assert months.due() == [("period.confirm/1", (CHONGQING,), "2026-11-10", True)]
    assert months.confirm(CHONGQING) == []
    assert (months.stage(), months.due(), clock_rows(month(), months.state())) == ("confirmed", [], ())
    assert [(one.by, one.sides) for one in months.state().said] == [(SICHUAN, ("51",)), (CHONGQING, ("50",))]


def test_each_authority_speaks_once_of_a_close_and_a_dispute_opens_the_month_again() -> None:
    months = Months()
    assert months.close() == []
    assert months.close() == [("PERIOD_STATE", "kind", "CLOSED")]
    assert months.confirm(SICHUAN) == []
    assert months.dispute(SICHUAN) == [("PERIOD_STATE", "by.0", "HAS_CONFIRMED")]
    assert months.dispute(CHONGQING) == []
    assert months.confirm(CHONGQING) == [("PERIOD_STATE", "by.0", "HAS_DISPUTED")]
    assert (months.stage(), months.due()) == ("disputed", [("period.close/1", (OPERATOR,), "2026-11-10", False)])
    assert (months.state().disputes[0].reason, months.state().disputes[0].items) == ("不符（虚构）", 1)
    assert months.close(size=3, number=2) == [("PERIOD_STATE", "body.size", "UNANSWERED")]
    assert months.close(number=2) == []
    assert months.confirm(CHONGQING, number=1) == [("PERIOD_DIGEST", "body.json", "OLDER")]
    assert [months.confirm(side, number=2) for side in (CHONGQING, SICHUAN)] == [[], []]
    assert (months.stage(), len(months.state().closes), len(months.state().verdicts)) == ("confirmed", 2, 4)


def test_months_are_closed_in_order_without_a_gap_each_behind_the_one_before() -> None:
    months = Months("2027-01-05 09:00")
    assert months.close(month("2026-10")) == []
    assert months.close(month("2026-09")) == [("PERIOD_STATE", "chain", "FOLLOWED")]
    assert months.close(month("2026-12")) == [("PERIOD_STATE", "chain", "GAP")]
    assert months.close(month("2026-11"), size=1) == [("PERIOD_STATE", "body.size", "BASE")]
    assert months.dispute(SICHUAN, month("2026-10")) == []
    assert months.close(month("2026-11"), adjusts=("2026-11",)) == [("PERIOD_MONTH", "body.adjusts.0", "ADJUSTS")]
    assert months.close(month("2026-11"), adjusts=("2026-10", "2026-10")) == [("LIST_LENGTH", "body.adjusts", "")]
    assert months.close(month("2026-11")) == []
    assert months.close(month("2026-10")) == [("PERIOD_STATE", "chain", "FOLLOWED")], "a dispute does not open what is followed"
    assert months.due(month("2026-10")) == [], "the month after is over: an adjustment answers"
    due, directory = MonthDue("2026-10", ("51", "50")), log_state(months.log.facts)
    late = [
        period_answer(due, months.state(month("2026-10")), directory, day, 10, "zh", "2026-11", is_whole=True)
        for day in ("2026-11-30", "2026-12-01")
    ]
    assert [(one.stage, one.overdue) for one in late] == [("disputed", True), ("disputed", False)], "nor is it late for ever"
    assert months.close(month("2026-11", ("50", "51"))) == [], "each direction has its own order"
    assert months.close(month("2026-12")) == []
    assert months.close(month("2026-11", ("51", "51"))) == [("FIELD_TYPE", "chain", "")]


def test_a_month_that_a_later_close_passed_over_is_not_late() -> None:
    log = log_state(Months().log.facts)
    told = {
        name: period_answer(MonthDue(name, ("51", "50")), None, log, "2026-12-20", 10, "zh", "2026-10", is_whole=True)
        for name in ("2026-09", "2026-11")
    }
    assert (told["2026-09"].stage, told["2026-09"].overdue, told["2026-09"].due_on) == ("passed", False, None)
    assert (told["2026-11"].stage, told["2026-11"].overdue, told["2026-11"].due_on) == ("open", True, "2026-12-10")


def test_the_base_of_a_month_is_the_newest_close_below_its_size() -> None:
    months = Months()
    assert months.close() == []
    assert months.dispute(SICHUAN) == []
    assert months.close(number=2) == []
    state = months.state()
    assert [state.close_below(size) for size in (1, 2, 3, 4)] == [None, state.closes[0], state.closes[0], state.closes[1]]


def test_a_side_has_spoken_with_one_of_its_authorities_and_a_side_without_any_is_not_waited_for() -> None:
    months = Months()
    months.log.only_authority(SICHUAN, ("51",))
    assert months.close() == []
    assert months.due() == [("period.confirm/1", (SICHUAN,), "2026-11-10", False)]
    assert months.confirm(CHONGQING) == [("SIGNER_ROLE", "by.0", "OTHER")]
    assert months.confirm(SICHUAN) == []
    assert (months.stage(), months.due()) == ("confirmed", [])


@pytest.mark.parametrize(("before", "after"), [("2026-12", "2027-01"), ("2028-02", "2028-03"), ("2026-09", "2026-10")])
def test_months_follow_each_other(before: str, after: str) -> None:
    assert (following_month(before), preceding_month(after)) == (after, before)


def test_why_a_month_is_disputed_is_for_authorities_alone() -> None:
    months = Months()
    assert months.close() == []
    assert months.dispute(SICHUAN) == []
    due, log = MonthDue("2026-10", ("51", "50")), log_state(months.log.facts)
    seen = {whole: period_answer(due, months.state(), log, "2026-11-11", 10, "zh", is_whole=whole) for whole in (True, False)}
    assert {whole: one.said[0].reason for whole, one in seen.items()} == {True: "不符（虚构）", False: ""}
    assert (seen[False].stage, seen[False].missing, seen[False].due_on, seen[False].overdue) == ("disputed", (), "2026-11-10", True)
    none = period_answer(due, None, log, "2026-11-10", 10, "en", is_whole=False)
    assert (none.stage, none.stage_text, none.overdue) == ("open", "not closed", False)
