"""Open items and the tables behind the charts: from the statement alone, each with both operands, an owner and a day; ends of bands."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
from msgspec.structs import replace

from ledger.times import parse_at
from reports.items.model import KEY_PATTERN
from reports.paper.tongue import TONGUES, Tongue, say, speaking
from reports.reconcile import finish, scope_of, to_bytes
from reports.reconciliation.checks import PermitEnd, PlanMonth, StockMonth
from reports.reconciliation.faces.item_lists import PERMITS, PLANS, STOCKS
from reports.reconciliation.judged.open_items import StatementItem, open_items
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.breakdown import ages, deviations, flows, place_of
from tests.reports.month import drawn, october
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER
from tests.reports.test_scopes import folded
from tests.reports.test_statement_files import SCHEMA
from tests.reports.test_verdict import bad, pages
from tests.workbench import AUTHORITY_51


def told(items: tuple[StatementItem, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(item.check, item.code, item.level, item.owner, item.due_on) for item in items]


def test_every_item_has_an_owner_and_a_day() -> None:
    assert told(open_items(bad())) == [
        ("M12", "NO_DEPARTURE", "H", GENERATOR, "2026-11-10"),
        ("M4", "WEIGHT", "H", RECEIVER, "2026-11-10"),
        ("M4", "WEIGHT", "H", RECEIVER, "2026-11-10"),
        ("M6", "NO_DUPLICATE", "H", AUTHORITY_51, "2026-11-10"),
        ("M5", "TRIP_TIME", "M", CARRIERS[0], "2026-10-12"),
        ("M4", "WEIGHT", "M", RECEIVER, "2026-11-10"),
    ]
    weight = open_items(bad())[1]
    assert (weight.left.source, weight.left.grams, weight.right.source, weight.right.grams, weight.difference_g) == (
        "declared", 5_600_000, "came", 5_200_000, 400_000,
    )  # fmt: skip
    assert all(re.fullmatch(KEY_PATTERN, item.key) for item in open_items(bad()))
    parsed = json.loads(to_bytes(bad(), "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(parsed)
    assert [item["key"] for item in parsed["open_items"]] == [item.key for item in open_items(bad())]
    assert all(item["owner"] in parsed["parties"] for item in parsed["open_items"]), "with a name each"


def test_a_firm_is_told_its_own_first_and_what_is_coming_due() -> None:
    fold, root = folded(october())
    mine = open_items(finish(fold, scope_of(fold, party=GENERATOR), root))
    assert told(mine) == [
        ("M5", "STALE_ISSUE", "", GENERATOR, "2026-11-27"),
        ("M5", "TRIP_TIME", "M", CARRIERS[0], "2026-10-31"),
    ], "9 has come since: no item any more"
    assert open_items(drawn(october()))[0].level == "M"
    assert len(open_items(drawn(october()))) == 1, "what is not due is no matter of the provinces'"


def test_what_was_settled_is_told_last_and_no_longer_open() -> None:
    key = open_items(bad())[0].key
    talked, settled = (replace(bad(), threads={key: thread}) for thread in ((), (("written_off", None),)))
    assert (open_items(talked)[0].thread, open_items(talked)[0].is_open) == ("talked", True)
    last = open_items(settled)[-1]
    assert (last.key, last.thread, last.is_open) == (key, "written_off", False)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(to_bytes(settled, "json")))


def test_a_settlement_of_another_difference_takes_nothing_off_the_list() -> None:
    """Whoever settles a milligram, or a load before it has come, has not settled what is told now."""
    first = open_items(bad())[0]
    assert first.difference_g
    meant = abs(first.difference_g)
    for settled, thread in (
        ((("agreed", 1),), "talked"),
        ((("agreed", meant),), "agreed"),
        ((("agreed", meant), ("invalid", 1)), "agreed"),
    ):
        [item] = [one for one in open_items(replace(bad(), threads={first.key: settled})) if one.key == first.key]
        assert item.thread == thread


def of_checks() -> MonthlyStatement:
    """October with a stock that does not add up and is old, a plan exceeded, a permit over."""
    stock = StockMonth(
        holder=RECEIVER, code="900-052-31", opening_g=10, accepted_g=5, closing_g=14, oldest="2025-09-01", old_g=7, aging_g=9
    )
    plan = PlanMonth(
        plan=f"plan/{GENERATOR}/2026", site="S1", line=2, name="废铅蓄电池", code="900-052-31", planned_g=100, month_g=20, year_g=130
    )
    permit = PermitEnd(permit=f"permit/{RECEIVER}/X", no="渝环危许 1 号", holder=RECEIVER, valid_to="2026-10-20", days=-11)
    return replace(drawn(october()), stocks=(stock,), plans=(plan,), ending=(permit,))


def test_the_checks_beside_the_equation_have_items_and_findings() -> None:
    statement = of_checks()
    found = {item.code: item for item in open_items(statement)}
    assert {code: (item.key, item.level, item.owner, item.difference_g) for code, item in found.items() if code != "TRIP_TIME"} == {
        "STOCK_UNEQUAL": (f"M1 party/{RECEIVER}/900-052-31", "H", RECEIVER, 1),
        "STORAGE_1Y": (f"M11 party/{RECEIVER}/900-052-31", "H", RECEIVER, None),
        "PLAN_OVER": (f"M8 plan/{GENERATOR}/2026 1", "M", GENERATOR, -30),
        "PERMIT_EXPIRING": (f"M10 permit/{RECEIVER}/X", "H", RECEIVER, None),
    }
    assert (found["PERMIT_EXPIRING"].due_on, found["STORAGE_1Y"].due_on) == ("2026-10-20", "2026-09-01")
    parsed = json.loads(to_bytes(statement, "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(parsed)
    assert {one["code"]: one["level"] for one in parsed["verdict"]["findings"]} | {"TRIP_TIME": ""} == {
        "STOCK_UNEQUAL": "H", "STORAGE_1Y": "H", "PERMIT_EXPIRING": "H", "PLAN_OVER": "M", "TRIP_TIME": "", "REFUSED": "L",
    }  # fmt: skip


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_finding_of_the_checks_points_at_a_page(tongue: Tongue) -> None:
    text = "".join(pages(of_checks(), tongue))
    with speaking(tongue):
        for title in (STOCKS, PLANS, PERMITS):
            assert say(*title).replace(" ", "") in text.replace(" ", "")


def test_without_thresholds_nothing_is_due() -> None:
    assert told(open_items(replace(bad(), terms=None)))[-1][4] == ""


def came(statement: MonthlyStatement, sent_g: int, came_g: int, level: str = "") -> LineRow:
    """A line received in the month."""
    row = next(row for row in statement.rows if row.received_s is not None and statement.period.holds(row.received_s))
    return replace(row, loaded_g=sent_g, declared_g=sent_g, accepted_g=came_g, refused_g=0, level=level)


@pytest.mark.parametrize(
    ("came_g", "band"),
    [
        (949_999, "<-5"), (950_000, "-5..-3"), (969_999, "-5..-3"), (970_000, "-3..-1"), (990_000, "-1..0"), (999_999, "-1..0"), (1_000_000, "0"),
        (1_000_001, "0..1"), (1_010_000, "0..1"), (1_011_000, "1..3"), (1_030_000, "1..3"), (1_050_000, "3..5"), (1_051_000, ">5"),
    ],
)  # fmt: skip
def test_ends_of_deviations(came_g: int, band: str) -> None:
    statement = drawn(october())
    bands = deviations(replace(statement, rows=(came(statement, 1_000_000, came_g, "M"),)))
    assert [(one.band, one.lines, one.notable, one.difference_g) for one in bands if one.lines] == [(band, 1, 1, came_g - 1_000_000)]


def test_the_tables_hold_every_line_once() -> None:
    statement = bad()
    assert sum(band.lines for band in deviations(statement)) == len(statement.received)
    assert sum(band.in_transit for band in ages(statement)) == len(statement.in_flight)
    assert sum(band.waiting_g for band in ages(statement)) == statement.total.waiting_g
    assert sum(flow.departed_g for flow in flows(statement)) == statement.total.departed_g
    assert sum(flow.accepted_g for flow in flows(statement)) == statement.total.accepted_g
    assert [(flow.origin, flow.destination) for flow in flows(statement)] == [("510100", "500116")], (
        "a city, and a district of a municipality"
    )
    assert place_of("120116") == "120116"
    late = replace(statement.in_flight[0], departed_s=statement.as_of_s - 7 * 86_400)
    assert [band.band for band in ages(replace(statement, rows=(late,))) if band.in_transit] == ["7..15"], "whole days are over"
    assert parse_at(statement.drawn_at) > statement.period.end_s
