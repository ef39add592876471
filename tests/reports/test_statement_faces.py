"""What the pages and sheets of a statement say beside lines and accounts, as other people's tools read them: pdftotext, calamine, plain XML."""

from __future__ import annotations

import io
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from reports.items.words import CODES
from reports.paper.tongue import TONGUES, Tongue, say, speaking
from reports.reconcile import finish, scope_of, to_bytes
from reports.reconciliation.checks import Adjustment, BaseClose, PlanMonth
from reports.reconciliation.faces.chart import charted
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.verdict import both_sentences
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.rules import RULES
from tests.reports.month import drawn, october
from tests.reports.story import CARRIERS, GENERATOR, trunk
from tests.reports.test_scopes import folded
from tests.reports.test_verdict import bad, sheet
from tests.workbench import AUTHORITY_50

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def printed(statement: MonthlyStatement, folder: Path, tongue: Tongue = "zh") -> list[str]:
    """Texts of the pages as poppler reads them, without blanks."""
    path = folder / "statement.pdf"
    path.write_bytes(to_bytes(statement, "pdf", tongue))
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s+", "", page) for page in told.split("\f")[:-1]]


@cache
def of_firm() -> MonthlyStatement:
    """October of the generator."""
    fold, root = folded(october())
    return finish(fold, scope_of(fold, party=GENERATOR), root)


@cache
def adjusted() -> MonthlyStatement:
    """October with what a late act changed of September."""
    one = Adjustment(
        month="2026-09", told_in="2026-10", direction=("51", "50"), manifest=trunk(1), number="20265101000001", line=1, code="900-052-31",
        index=40, kind="manifest.depart/1", at="2026-09-29T08:31:00+08:00", admitted="2026-10-04T09:00:00+08:00", departed_g=5_600_000,
    )  # fmt: skip
    base = BaseClose(direction=("51", "50"), month="2026-09", index=20, size=18, json="ab" * 32)
    statement = drawn(october())
    first = replace(statement.mirror[1], opening_g=0, adjusted_departed_g=5_600_000)
    total = replace(statement.total, opening_g=0, adjusted_departed_g=5_600_000)
    return replace(statement, adjustments=(one,), bases=(base,), mirror=(statement.mirror[0], first), total=total)


def test_a_firms_page_speaks_to_the_firm(tmp_path: Path) -> None:
    said = both_sentences(of_firm())
    assert said["zh"].startswith("贵单位须办 1 件，最早期限 2026-11-27：已开具未起运 1 件；本月与贵单位有关的有 1 类事项须处理：")
    assert said["en"].startswith("You have 1 thing to do, the first by 2026-11-27: issued, not departed (1); 1 matter that concern")
    first, second, *_ = printed(of_firm(), tmp_path)
    assert "企业对账单" in first
    assert "贵单位须办" in first
    assert re.search("2026-11-27起运，或者作废联单", first)
    assert "供贵单位核对" in first
    assert "供两地主管部门核对" not in first
    assert "由谁办、到哪天：见后页“未符项”" in first
    assert "未符项2项" in second
    assert "送达接受人" in second, "and whose turn the other one is"


def test_an_adjusted_month_says_what_was_adjusted_and_of_which_month(tmp_path: Path) -> None:
    first, second, *_ = printed(adjusted(), tmp_path)
    assert adjusted().is_balanced
    assert "往月调整" in first
    assert "1笔对往月的调整（2026-09）" in first
    assert "对往月的调整1笔" in second
    assert re.search("2026-0920265101000001-1900-052-31", second)
    assert "2026-09（18）" in second
    row = dict(zip(*sheet(to_bytes(adjusted(), "xlsx"), "往月调整"), strict=True))
    assert (row["所属月份"], row["列在月份"], row["移出"], row["在途净变"]) == ("2026-09", "2026-10", 5.6, 5.6)
    assert row["行为时间"] == datetime.fromisoformat("2026-09-29T08:31:00")
    later = replace(drawn(october()), adjusted_later=(replace(adjusted().adjustments[0], month="2026-10", told_in="2026-11"),))
    assert "本月结账后的变更1笔" in printed(later, tmp_path)[1]


@pytest.mark.parametrize("tongue", TONGUES)
def test_charts_stand_beside_their_tables(tmp_path: Path, tongue: Tongue) -> None:
    """Every chart bears the figures of its bars; the same figures stand in the table at its side."""
    behind = "".join(printed(bad(), tmp_path, tongue)[1:])
    with speaking(tongue):
        titles = [
            say("本月移出量（吨）", "Departed in the month, t"),
            say("占上限的比例", "Share of the limit"),
            say("本月接受的行数", "Lines received in the month"),
        ]
        titles.append(say("行数（在途＋未起运）", "Lines (in transit + waiting)"))
        assert all(title.replace(" ", "") in behind for title in titles)
        for rule in RULES:
            text = re.sub(r"\s+", "", say(rule.zh, rule.en))
            assert text[:12] in behind, rule.code
    assert {"zh": "成都市→江津区", "en": "四川省成都市→重庆市江津区"}[tongue] in behind


def test_open_items_in_the_workbook_have_masses_and_days() -> None:
    heads, *rows = sheet(to_bytes(bad(), "xlsx"), "未符项")
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [row["事项"] for row in found] == [
        CODES[code][0] for code in ("NO_DEPARTURE", "WEIGHT", "WEIGHT", "NO_DUPLICATE", "TRIP_TIME", "WEIGHT")
    ]
    assert (found[1]["差额（吨）"], found[1]["期限"], found[1]["行"]) == (0.4, date(2026, 11, 10), 1)
    assert found[1]["未符项标识"] == f"M4 {trunk(5)} 0"
    assert found[3]["由谁办"] == "甲省生态环境厅（虚构）（主管部门）"
    heads, row = sheet(to_bytes(bad(), "xlsx"), "流向")
    assert dict(zip(heads, row, strict=True))["移出"] == 50.4
    assert len(sheet(to_bytes(bad(), "xlsx", "en"), "Rules")) == len(RULES) + 1


def test_charts_of_the_workbook_point_at_the_rows_that_are_there() -> None:
    """In every language and where sheets bear a mark: each series names a sheet of the book and rows below its head."""
    for statement in (bad(), drawn(october(), "2026-11")):
        for tongue in TONGUES:
            raw = to_bytes(statement, "xlsx", tongue)
            book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                charts = [ET.fromstring(archive.read(name)) for name in archive.namelist() if name.startswith("xl/charts/")]  # our own
            assert len(charts) == 4
            for formula in (
                found.text or "" for chart in charts for values in chart.iter(f"{CHART}val") for found in values.iter(f"{CHART}f")
            ):
                match = re.fullmatch(r"'?(.+?)'?!\$([A-Z])\$2(?::\$\2\$([0-9]+))?", formula)
                assert match, formula
                rows = book.get_sheet_by_name(match[1]).to_python()[1 : int(match[3] or 2)]
                assert rows
                assert all(isinstance(row[ord(match[2]) - ord("A")], float | int) for row in rows), formula


def test_a_chart_stands_on_the_page_of_its_table_wherever_that_falls(tmp_path: Path) -> None:
    """Accounts with names of two lines, behind so many open items that the section falls on every part of a page."""
    account = next(one for one in bad().accounts if one.layer == "Q2")
    accounts = tuple(
        replace(account, account=f"Q2 approval/x/{n:06d} 0", label=f"川环审批〔2026〕{n}号 第 1 行　{'废铅蓄电池' * 5}") for n in range(10)
    )
    for count in range(1, 16, 2):
        row = next(row for row in bad().rows if row.level == "M")
        rows = tuple(replace(row, manifest=f"01K9{n:022d}") for n in range(count))
        [page] = [page for page in printed(replace(bad(), rows=rows, accounts=accounts), tmp_path) if "额度使用：占上限的比例" in page]
        assert "占上限的比例（虚线：预警、用尽）" in page, count
        assert page.count("川环审批〔2026〕9号第1行") == 2, "in the table and in the chart"


def test_what_is_in_order_is_one_line_on_paper_where_there_is_much_of_it(tmp_path: Path) -> None:
    plan = PlanMonth(
        plan=f"plan/{GENERATOR}/2026", site="S1", line=1, name="废铅蓄电池", code="900-052-31", planned_g=100, month_g=2, year_g=9
    )
    plans = tuple(replace(plan, line=line, year_g=150 if line == 7 else 9) for line in range(1, 31))
    text = "".join(printed(replace(drawn(october()), plans=plans), tmp_path))
    assert "M8管理计划执行30行" in text
    assert "其余29行未超出计划，见XLSX和JSON" in text
    assert "2026-7" in text
    assert "2026-8" not in text
    assert len(sheet(to_bytes(replace(drawn(october()), plans=plans), "xlsx"), "管理计划 M8")) == 31


def test_a_few_loads_on_the_road_are_named_on_paper_and_many_are_summed_up(tmp_path: Path) -> None:
    statement = drawn(october())
    load = statement.in_flight[0]
    for count, is_named in ((12, True), (13, False)):
        loads = tuple(replace(load, line=line, departed_s=statement.period.end_s - 3600) for line in range(40, 40 + count))
        text = "".join(printed(replace(statement, rows=loads), tmp_path)).rpartition("M5期末在途")[2]
        above, summed, _ = text.partition(f"共{count}行未超过72小时")
        assert (bool(summed), f"{load.number}-{39 + count}" in above) == (True, is_named), text


def test_a_firm_that_is_several_things_has_each_for_itself(tmp_path: Path) -> None:
    both = replace(of_firm(), parts=tuple(replace(of_firm().parts[0], role=role) for role in ("generator", "receiver")))
    text = "".join(printed(both, tmp_path))
    assert "M12镜像等式：按身份" in text
    assert re.search(r"作为接受人5\.60000039\.200000", text)
    heads, *rows = sheet(to_bytes(both, "xlsx"), "分项等式 M12")
    assert {row[0] for row in rows} == {"作为移出人", "作为接受人"}
    assert (len(rows), heads[0]) == (6, "分项")
    fold, root = folded(october())
    office = finish(fold, scope_of(fold, authority=AUTHORITY_50), root)
    assert [row[0] for row in sheet(to_bytes(office, "xlsx"), "分项等式 M12")[1:]] == ["四川省 → 重庆市"] * 3


def test_who_took_no_part_is_told_so() -> None:
    fold, root = folded(october())
    said = both_sentences(finish(fold, scope_of(fold, party=CARRIERS[3]), root))
    assert said["zh"] == "贵单位没有须办的事项；本月没有转移，也没有在途和未起运的联单。"
    assert said["en"] == "You have nothing to do; no transfers of this month, none in transit and none waiting."


def test_an_empty_month_has_no_charts(tmp_path: Path) -> None:
    empty = drawn(october(), direction=("50", "51"))
    assert len(printed(empty, tmp_path)) == 1
    with zipfile.ZipFile(io.BytesIO(to_bytes(empty, "xlsx"))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("xl/charts/")]


def test_the_chart_of_page_1_leaves_no_code_out() -> None:
    """Where bars are fewer than codes the last one is of all others; the parts make the month's total, whatever room there is."""
    statement = drawn(october())
    one = statement.mirror[0]
    codes = [replace(one, code=f"900-0{n}-31", departed_g=10_000_000 * n, accepted_g=9_000_000 * n) for n in range(30, 36)]
    for most in range(1, 8):
        shown = charted(statement, codes, most)
        assert len(shown) == min(most, len(codes))
        assert sum(mirror.accepted_g for _, mirror in shown) == sum(mirror.accepted_g for mirror in codes)
        assert sum(mirror.departed_g for _, mirror in shown) == sum(mirror.departed_g for mirror in codes)
    assert charted(statement, codes, 5)[-1][0] == "其余 2 个代码"
    assert charted(statement, codes, 1)[0][0] == "全部 6 个代码"
    assert charted(statement, codes, 0) == []


@pytest.mark.parametrize("tongue", TONGUES)
def test_page_1_tells_every_weight_with_one_sign(tmp_path: Path, tongue: Tongue) -> None:
    """What is lacking is above 0 among the findings as in the equation, and the heads say so; each table has its own number."""
    first = printed(bad(), tmp_path, tongue)[0]
    short = next(one for one in findings(bad()) if one.code == "WEIGHT" and one.level == "M")
    assert short.mass_g == 150_000
    assert "0.150000" in first
    assert "-0.150000" not in first
    assert {"zh": "短少2.68%", "en": "2.68%less"}[tongue] in first
    assert {"zh": "磅差＝移出−到场，正数为短少，M4亦同", "en": "difference,inM4too:whatleft−whatcame,above0:lesscame"}[tongue] in first
    assert "M12b" in first
