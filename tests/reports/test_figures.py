"""Figures of the demo: the same as its accounts, told in words, nothing of one firm in what anybody may have, however its tables are set against
one another."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.mass import format_mass, parse_mass
from ledger.times import day_at, format_at
from liandan.demo.cast import CAST
from liandan.wiring import KINDS
from reports.figures import words
from reports.figures.columns import PUBLIC, WITH_FIRMS
from reports.figures.files import write_figures
from reports.figures.gathered import draw_figures
from reports.figures.hiding import FIRMS_MIN, REST, REST_PERMILLE, FigureCell, may_stand, told
from reports.figures.model import TABLES, Figures, FiguresAsked, TableName
from reports.figures.public import PublicFigures, draw_public
from reports.paper.tongue import speaking
from reports.reconciliation.gathered.gathering import Gathering
from reports.tables.columns import TableColumn
from reports.tables.writing import RUN
from tests.liandan.demo_desk import Desk, played
from tests.manifests.driver import GENERATOR
from tests.manifests.test_worked_example import Example
from tests.sample import sample
from tests.workbench import AUTHORITY_51, OPERATOR
from whitelist.adopted import data_files

PAIR = ("51", "50")
YEAR, OCTOBER = FiguresAsked("2026", PAIR, "json"), FiguresAsked("2026-10", PAIR, "json")
ANYBODY = FiguresAsked("2026", PAIR, "json", is_public=True)


def gathered(entries: list[Entry]) -> Gathering:
    raws = [*(file.path.read_bytes() for file in data_files()), *CAST.data.values()]
    content = {f"data/{sha256(raw).hexdigest()}": raw for raw in raws}
    gathering = Gathering(KINDS, DataSets(KINDS, content.get))
    for entry in entries:
        gathering.step(entry)
    return gathering


@pytest.fixture(scope="module")
async def desk() -> Desk:
    _, desk, _ = await played(1)
    return desk


@pytest.fixture(scope="module")
def demo(desk: Desk) -> Gathering:
    return gathered(desk.entries)


@pytest.fixture(scope="module")
def year(demo: Gathering) -> Figures:
    return draw_figures(demo, YEAR)


@pytest.fixture(scope="module")
def public(demo: Gathering) -> PublicFigures:
    return draw_public(demo, ANYBODY)


def signed(tonnes: str) -> int:
    """Grams, below 0 too."""
    return -parse_mass(tonnes[1:]) if tonnes.startswith("-") else parse_mass(tonnes)


# --- with firms


def test_use_of_quotas_is_what_the_accounts_say(desk: Desk, year: Figures) -> None:
    """Month by month the rows' accounts, and what manifests moved on decisions given on them."""
    accounts, decided, taken = desk.accounts(), Counter[str](), dict[str, int]()
    for row in year.quotas:
        account = f"Q1 list/{row.list} {row.row}"
        decided[account] += signed(row.decided_t)
        taken[account] = parse_mass(row.taken_t)
    listed = {name: grams for name, grams in accounts.items() if name.startswith("Q1")}
    assert {name: grams for name, grams in decided.items() if grams} == listed
    assert {name: grams for name, grams in taken.items() if grams} == listed
    moved = sum(signed(row.moved_t) for row in year.quotas)
    on_lists = [
        f"Q2 {chain} {number}"
        for chain, state in (
            (key.removeprefix("chain:"), head.state) for key, head in desk.facts.values.items() if key.startswith("chain:approval/")
        )
        for number, line in enumerate(state.lines)
        if line.listing is not None and state.route == "LISTED"
    ]
    assert moved == sum(accounts.get(name, 0) for name in on_lists) > 0


def test_months_make_the_year(demo: Gathering, year: Figures) -> None:
    months = [draw_figures(demo, FiguresAsked(f"2026-{number:02d}", PAIR, "json")) for number in range(1, 12)]
    for table in ("approvals", "refusals", "alerts"):
        assert getattr(year, table) == tuple(row for month in months for row in getattr(month, table))
    assert [month.is_over for month in months] == [True] * 10 + [False]
    assert (year.is_over, year.capacity) == (False, months[-1].capacity)


def test_alerts_and_refusals_are_those_of_the_entries(desk: Desk, year: Figures) -> None:
    raised = Counter(code for entry in desk.entries for _, code in entry.admission.decision.alerts)
    counted = Counter[str]()
    for row in year.alerts:
        counted[row.code] += row.count
    assert counted == raised
    refused = Counter(
        line.reason_code
        for entry in desk.entries
        if entry.statement.kind == "manifest.receive/1"
        for line in entry.statement.body.lines
        if line.reason_code is not None
    )
    assert Counter({row.reason: row.count for row in year.refusals if row.what == "receipt"}) == refused
    assert all(parse_mass(row.mass_t) > 0 for row in year.refusals if row.reason == "packing")


def test_statements_that_were_refused_are_counted_from_the_page_that_names_them() -> None:
    """By the firm that signed, in its province; what an office signed is counted for the office, and told to nobody else."""
    bench = Example()
    codes = ("APPROVAL_QUOTA", "PERMIT_SCALE")
    items = [
        {
            "statement": f"{number:064x}",
            "by": [by],
            "kind": "manifest.issue/1",
            "codes": codes,
            "size": 9,
            "at": format_at(bench.at_s - 3600),
        }
        for number, by in enumerate([GENERATOR, GENERATOR, AUTHORITY_51])
    ]
    hour = format_at(bench.at_s - 3600)[:13]
    bench.post("log.refusals/1", "log/refusals", (OPERATOR,), {"hour": hour, "page": 0, "of": 1, "items": items})
    gathering = Gathering(bench.kinds, DataSets(bench.kinds, bench.data.get))
    for entry in bench.entries:
        gathering.step(entry)
    found = draw_figures(gathering, FiguresAsked("2026-11", PAIR, "json"))
    assert {(row.way, row.what, row.reason, row.firm, row.count) for row in found.refusals} == {
        ("51", "statement", code, by, count) for code in codes for by, count in ((GENERATOR, 2), (AUTHORITY_51, 1))
    }
    assert draw_figures(gathering, FiguresAsked("2026-11", ("50", "52"), "json")).refusals == ()


def test_approvals_by_route_and_days(desk: Desk, year: Figures) -> None:
    """The routes of the entries; a list is quicker than a letter."""
    taken = Counter(
        (day_at(entry.admission.at)[:7], "-".join(desk.facts.state(entry.statement.chain).direction), entry.admission.decision.route)
        for entry in desk.entries
        if entry.statement.kind == "approval.decide/1" and entry.statement.body.approve
    )
    assert {(row.month, row.way, row.route): row.decisions for row in year.approvals} == taken
    found = {(row.month, row.way, row.route): row for row in year.approvals}
    listed, consulted = found["2026-09", "51-50", "LISTED"], found["2026-09", "51-50", "APPROVED"]
    assert (listed.workdays_median, listed.late) < (consulted.workdays_median, 1)


def test_capacity_is_what_is_left_of_the_year(desk: Desk, year: Figures) -> None:
    roots = {row.permit: desk.facts.values[f"chain:{row.permit}"].state.root for row in year.capacity}
    used = {f"Q3 {roots[row.permit]}": parse_mass(row.used_t) + parse_mass(row.reserved_t) for row in year.capacity}
    accounts = desk.accounts()
    assert used == {account: accounts.get(account, 0) for account in used}
    for row in year.capacity:
        assert row.left_t == format_mass(parse_mass(row.scale_t) - used[f"Q3 {roots[row.permit]}"])


def test_names_stand_beside_codes_in_both_languages() -> None:
    with speaking("zh"):
        assert (words.way("51-50"), words.way("51-51"), words.way("50-50"), words.way("00-50")) == (
            "四川→重庆",
            "四川省内",
            "重庆市内",
            "各省→重庆",
        )
        assert words.way("45-65") == "广西→新疆"
        assert (words.reason("receipt", "packing"), words.reason("decision", "no_reply")) == ("包装方式", "逾期未复函")
        assert words.alert("H QUOTA_LEFT").startswith("高级提示：额度")
    with speaking("en"):
        assert (words.way("51-50"), words.alert("")) == ("Sichuan → Chongqing", "")
        assert words.reason("statement", "NO_SUCH_CODE") == "NO_SUCH_CODE"


def files(gathering: Gathering, asked: FiguresAsked) -> bytes:
    return write_figures((draw_public if asked.is_public else draw_figures)(gathering, asked), asked)[1]


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_all_forms_have_the_same_rows(demo: Gathering, is_public: bool, tongue: Any) -> None:
    asked = FiguresAsked("2026", PAIR, "json", None, is_public, tongue)
    answer = json.loads(files(demo, asked))
    book = CalamineWorkbook.from_filelike(io.BytesIO(files(demo, msgspec.structs.replace(asked, suffix="xlsx"))))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    columns = PUBLIC if is_public else WITH_FIRMS
    for table, sheet in zip(TABLES, sheets, strict=False):
        content = files(demo, msgspec.structs.replace(asked, suffix="csv", table=table))
        head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        assert head == [column.en if tongue == "en" else column.zh for column in columns[table]] == sheet[0]
        assert len(rows) == len(answer[table]) == max(len(sheet) - 1, 0), table
    assert answer["ways"]["51-50"] == ("四川→重庆" if tongue == "zh" else "Sichuan → Chongqing")
    assert files(demo, asked) == files(demo, asked)


def test_no_name_of_a_firm_is_run_by_a_spreadsheet(year: Figures) -> None:
    bad = '=HYPERLINK("http://x","y")'
    renamed = msgspec.structs.replace(year, names=dict.fromkeys(year.names, bad))
    content = write_figures(renamed, FiguresAsked("2026", PAIR, "csv", "alerts"))[1].decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert f"'{bad}" in cells
    assert not [cell for cell in cells if cell.startswith(RUN)]
    _, raw = write_figures(renamed, FiguresAsked("2026", PAIR, "xlsx"))
    assert bad in str(CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(4).to_python())


# --- open to anybody


def test_nothing_that_anybody_may_have_names_a_firm(demo: Gathering, desk: Desk) -> None:
    firms = {entry.statement.owner for entry in desk.entries if len(entry.statement.owner) == 18}
    names = set(draw_figures(demo, YEAR).names.values())
    for suffix, table in (("json", None), *(("csv", table) for table in TABLES)):
        content = files(demo, msgspec.structs.replace(ANYBODY, suffix=suffix, table=table)).decode()
        assert not [one for one in (*firms, *names) if one in content]


def test_what_was_told_of_a_month_never_changes(desk: Desk, public: PublicFigures) -> None:
    """Set against itself at any later moment, a month gives no difference; the year is its months, and a month under way is not told."""
    tables: tuple[TableName, ...] = ("quotas", "approvals", "refusals", "alerts")
    gathering, earlier = gathered([]), dict[str, Any]()
    for entry in desk.entries:
        month = gathering.to.month
        gathering.step(entry)
        if entry.index % 150 and month == gathering.to.month:
            continue
        now = draw_public(gathering, ANYBODY)
        assert gathering.to.month not in {row.month for table in tables for row in getattr(now, table)}
        told_now = {(table, month): [row for row in getattr(now, table) if row.month == month] for table in tables for month in now.months}
        for key, rows in earlier.items():
            assert told_now[key] == rows
        earlier = told_now
    months = [draw_public(gathering, FiguresAsked(f"2026-{number:02d}", PAIR, "json", is_public=True)) for number in range(1, 12)]
    for table in tables:
        assert getattr(public, table) == tuple(row for month in months for row in getattr(month, table))
    assert any(getattr(public, table) for table in tables), "the demo has something to tell"


def _cells(base: dict[tuple[str, str], int]) -> Iterator[FigureCell]:
    """Cells by category of (firm, category): grams."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (firm, category), grams in base.items():
        found[category][firm] += grams
    for category, firms in found.items():
        yield FigureCell(category, {"moved": sum(firms.values())}, {"generators": firms})


BASES = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from(["HW08", "HW31", "HW49", "HW17"])), st.integers(-50, 10_000), max_size=24
)


@settings(max_examples=sample(300), deadline=None)
@given(BASES)
def test_every_cell_that_is_told_is_mixed_and_none_overlap(base: dict[tuple[str, str], int]) -> None:
    """All that is told are sums over disjoint cells, so sums and differences of them are sums over whole cells: an attacker who has all of it, and
    knows what he himself and one more have, never comes to one firm within a fifth."""
    cells = {cell.key: cell for cell in _cells(base)}
    standing, is_held_back = told(cells.values())
    plain = [cell for cell in standing if cell.key != REST]
    for cell in standing:
        parts = sorted((abs(part) for part in cell.shares["generators"].values() if part), reverse=True)
        assert len(parts) >= FIRMS_MIN
        assert sum(parts[2:]) * 1000 >= parts[0] * REST_PERMILLE
    assert all(cells[cell.key] == cell for cell in plain)
    rest = {key: cell for key, cell in cells.items() if key not in {one.key for one in plain} and cell.weight}
    together = [cell for cell in standing if cell.key == REST]
    assert len(together) == (1 if rest and not is_held_back else 0)
    for cell in together:
        assert cell.amounts["moved"] == sum(one.amounts["moved"] for one in rest.values())
    assert not (is_held_back and standing), "where the rest cannot be told, nothing is: it would be what is missing"


@pytest.mark.parametrize(
    ("parts", "stands"),
    [
        ([100, 100, 100], True),
        ([100, 100], False),
        ([1000, 100, 199], False),
        ([1000, 200, 200], True),
        ([1000, 1000, 199], False),
        ([100, 100, 0], False),
        ([-100, 100, 100], True),
        ([], True),
    ],
    ids=["three", "two", "one dwarfs the rest", "a fifth", "two dwarf the third", "one has nothing", "one gives back", "nothing"],
)
def test_the_rule_of_three_and_the_fifth(parts: list[int], stands: bool) -> None:
    shares = {"firms": {str(number): part for number, part in enumerate(parts)}}
    assert may_stand(FigureCell("x", {"moved": sum(parts)}, shares)) is stands


def test_both_sides_are_looked_at() -> None:
    """Three receivers of one generator are that generator."""
    mixed, one = {"A": 5, "B": 5, "C": 5}, {"G": 15}
    assert may_stand(FigureCell("x", {"moved": 15}, {"receivers": mixed}))
    assert not may_stand(FigureCell("x", {"moved": 15}, {"receivers": mixed, "generators": one}))


def test_the_least_cell_hides_another() -> None:
    """A hidden cell would be the difference of a total known elsewhere: what stands beside it goes with it."""
    big = FigureCell("HW31", {"moved": 900}, {"firms": {"A": 300, "B": 300, "C": 300}})
    less = FigureCell("HW08", {"moved": 300}, {"firms": {"A": 100, "B": 100, "C": 100}})
    small = FigureCell("HW49", {"moved": 10}, {"firms": {"D": 10}})
    standing, is_held_back = told([big, less, small])
    assert [(cell.key, cell.amounts["moved"]) for cell in standing] == [("HW31", 900), (REST, 310)]
    assert not is_held_back
    assert told([small]) == ([], True)


def test_columns_name_fields_that_there_are(year: Figures, public: PublicFigures) -> None:
    def fields(columns: tuple[TableColumn, ...]) -> set[str]:
        return {column.path for column in columns if not column.path.endswith("_text")}

    for found, columns in ((year, WITH_FIRMS), (public, PUBLIC)):
        for table in TABLES:
            rows: Any = type(found).__annotations__[table]
            assert columns[table]
            assert all(fields(columns[table]) <= set(msgspec.to_builtins(row)) for row in getattr(found, table)), (table, rows)
