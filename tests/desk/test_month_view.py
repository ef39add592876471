"""The page of a month shows what its statement says: the same sentence, the same figures to the gram, and acts that fit who looks."""

from __future__ import annotations

import json

import pytest

from ledger.caller import Caller
from ledger.mass import format_mass
from liandan.desk.month.acting import comment_on, confirm, dispute, manifest_of, open_thread, settle
from liandan.desk.month.figures import figures_of
from liandan.desk.month.reading import month_shown, months_of
from liandan.desk.month.told import ToldMonth, read_month, signed_g
from liandan.desk.month.words import WORDS
from reports.items.answers import ItemEnd, ItemThread, OpenItem, OpenItemOperand
from reports.periods.answers import PeriodAnswer, PeriodCloseAnswer, Periods
from reports.reconcile import to_bytes
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import drawn, october
from tests.reports.story import GENERATOR, RECEIVER, trunk
from tests.reports.test_verdict import bad
from tests.workbench import AUTHORITY_50, AUTHORITY_51


def told(statement: MonthlyStatement) -> ToldMonth:
    return read_month(to_bytes(statement, "json"))


@pytest.mark.parametrize("which", ["october", "bad"])
def test_the_page_reads_what_the_statement_says(which: str) -> None:
    statement = drawn(october()) if which == "october" else bad()
    raw, found = json.loads(to_bytes(statement, "json")), told(statement)
    assert (found.verdict.zh, found.verdict.fine) == (raw["verdict"]["zh"], raw["verdict"]["fine"])
    assert [one.code for one in found.mirror] == [one["code"] for one in raw["mirror"]]
    assert found.total.is_equal == (which == "october")
    for drawing in figures_of(found, "{n}", "zh"):
        assert {drawing.key, f"says_{drawing.key}"} <= WORDS.keys()
        assert {f"f_{name}" for name in (*drawing.legend, *(column.key for column in drawing.columns))} <= WORDS.keys()
        assert drawing.chart.parts, drawing.key
        assert drawing.rows


def test_figures_are_those_of_the_statement_to_the_gram() -> None:
    found = told(drawn(october()))
    mirror = next(one for one in figures_of(found, "{n}", "zh") if one.key == "mirror")
    names = [column.key for column in mirror.columns]
    for row, equation in zip(mirror.rows, [*found.mirror, found.total], strict=True):
        for name, value in zip(names[1:], row[1:], strict=True):
            assert format_mass(int(value)) == getattr(equation, f"{name.removesuffix('_t')}_t")
    assert mirror.rows[-1][0] == "", "the last row is the total"
    quotas = next(one for one in figures_of(found, "{n}", "zh") if one.key == "quotas")
    shares = [int(row[2]) * 1000 // int(row[1]) for row in quotas.rows]
    assert [row[5] for row in quotas.rows] == [f"{share // 10}.{share % 10} %" for share in shares]
    assert shares == sorted(shares, reverse=True), "the fullest first"
    assert signed_g("-0.000001") == -1
    english = next(one for one in figures_of(found, "{n}", "en") if one.key == "quotas")
    assert [row[1:] for row in english.rows] == [row[1:] for row in quotas.rows]
    assert not any("行" in str(row[0]) for row in english.rows)
    assert any("行" in str(row[0]) for row in quotas.rows)


def caller(uscc: str) -> Caller:
    return Caller(uscc, "authority" if uscc in (AUTHORITY_50, AUTHORITY_51) else "party", "0" * 64)


def item(*threads: ItemThread, difference_t: str = "-0.300000") -> OpenItem:
    side = OpenItemOperand(source="log", source_text="账本", mass_t="5.6", told="")
    return OpenItem(
        key=f"M4 {trunk(1)} 0", check="M4", code="WEIGHT", code_text="", level="H", status="open", status_text="", source="log", chain=trunk(1),
        line=0, subject="", waste="", left=side, right=side, difference_t=difference_t, owner=RECEIVER, role="receiver", role_text="", due_on="",
        overdue=False, since_at="", age_days=None, why="", place="", lines=(), threads=threads,
    )  # fmt: skip


THREAD = ItemThread(chain="item/2026-10/01K90000000000000000TEM001", remarks=(), settled=None)
ENDED = ItemThread(
    chain="item/2026-10/01K90000000000000000TEM000",
    remarks=(),
    settled=ItemEnd(index=1, at="", by=(), outcome="agreed", outcome_text="", amount_t="", case="", text=""),
)


def test_who_may_say_what_about_an_item() -> None:
    both = (GENERATOR, RECEIVER)
    fresh, talked = item(), item(ENDED, THREAD)
    assert comment_on(fresh, "2026-10", caller(RECEIVER)).chain == "item/2026-10/<ULID>"
    assert comment_on(item(ENDED), "2026-10", caller(RECEIVER)).chain == "item/2026-10/<ULID>", "what was settled is over"
    assert comment_on(talked, "2026-10", caller(RECEIVER)).chain == THREAD.chain
    assert open_thread(talked) == THREAD
    assert settle(fresh, caller(RECEIVER), both) is None, "no thread, nothing to settle"
    joint = settle(talked, caller(RECEIVER), both)
    assert joint is not None
    assert (joint.by, joint.body) == (both, {"amount_t": "0.300000"})
    alone = settle(talked, caller(AUTHORITY_50), both)
    assert alone is not None
    assert alone.by == (AUTHORITY_50,)
    assert settle(talked, caller("915117000000FX061Q"), both) is None
    nothing = settle(item(THREAD, difference_t="0.000000"), caller(AUTHORITY_50), both)
    assert nothing is not None
    assert nothing.body == {}
    assert manifest_of(fresh) == trunk(1).removeprefix("manifest/")


def period(*missing: str, closes: int = 1) -> PeriodAnswer:
    close = PeriodCloseAnswer(index=9, at="", size=9, root="", json="a" * 64, xlsx="", pdf="", adjusts=())
    return PeriodAnswer(
        period="period/2026-10/51-50", month="2026-10", from_province="51", to_province="50", stage="closed", stage_text="",
        closes=(close,) * closes, said=(), missing=missing, due_on=None, overdue=False,
    )  # fmt: skip


def test_only_whose_word_is_missing_is_asked_for_it() -> None:
    asked = confirm(period(AUTHORITY_50), caller(AUTHORITY_50))
    assert asked is not None
    assert (asked.kind, asked.chain, asked.body) == ("period.confirm/1", "period/2026-10/51-50", {"json": "a" * 64})
    other = dispute(period(AUTHORITY_50), caller(AUTHORITY_50))
    assert other is not None
    assert (other.kind, other.body) == ("period.dispute/1", asked.body)
    assert confirm(period(AUTHORITY_50), caller(AUTHORITY_51)) is None
    assert confirm(period(AUTHORITY_50, closes=0), caller(AUTHORITY_50)) is None


def test_the_last_month_that_is_over_is_shown_first() -> None:
    now_s = 1_793_505_600  # 2026-11-01 12:00 Shanghai
    periods = Periods(size=1, at="", periods=(period(),))
    assert months_of(periods, now_s) == ("2026-11", "2026-10")
    assert month_shown(("2026-11", "2026-10"), now_s) == "2026-10"
    assert month_shown(("2026-11",), now_s) == "2026-11"
