"""Whether a month is fine, in one sentence that stands in every file, and the tables that it points at: the gravest first, the rest in one line."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime
from functools import cache

import pypdf
import pytest
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from ledger.mass import parse_mass
from manifests import acts
from reports.paper.tongue import TONGUES, Tongue, say, speaking
from reports.reconcile import to_bytes
from reports.reconciliation.faces.lists import ACCOUNTS_LISTED, TITLES, title_of
from reports.reconciliation.faces.workbook import to_xlsx
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.verdict import both_sentences, is_fine
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import LINES, drawn, october, trip
from tests.reports.story import CARRIERS, GENERATOR, NAMES, Story, trunk


@cache
def bad() -> MonthlyStatement:
    """1 to 3 within tolerance, 4 M, 5 and 6 H, 7 refused in part, 8 under way for weeks, 9 received without a departure; 10 twice."""
    story = Story(LINES)
    story.at("2026-10-02T08:00:00+08:00")
    story.decide_for(CARRIERS[1], "3000")
    trip(story, 8, 1, stop="depart")
    for serial, accepted in ((1, "5.6"), (2, "5.58"), (3, "5.56"), (4, "5.45"), (5, "5.2"), (6, "6.1")):
        story.at(f"2026-10-{serial + 10}T08:30:00+08:00")
        trip(story, serial, 0, accepted)
    story.at("2026-10-20T08:30:00+08:00")
    trip(story, 7, 0, "3.2", refused_t="2.4")
    trip(story, 9, 1, stop="issue")
    story.wait(hours=4)
    story.receive(9, [acts.ReceivedLine(line=0, opinion="accept", accepted_t="5.6", method="R4")])
    trip(story, 10, 0, "5.6")
    story.issue(10, generator=CARRIERS[1])
    story.at("2026-11-03T08:30:00+08:00")
    trip(story, 11, 0, "5.6")
    return drawn(story)


def told(tongue: Tongue, statement: MonthlyStatement) -> list[tuple[str, str, int, str]]:
    """Codes, levels, counts and texts of the findings."""
    with speaking(tongue):
        return [(one.code, one.level, one.count, one.text) for one in findings(statement)]


def pages(statement: MonthlyStatement, tongue: Tongue = "zh") -> list[str]:
    """Texts of the pages without line ends."""
    reader = pypdf.PdfReader(io.BytesIO(to_bytes(statement, "pdf", tongue)))
    return [page.extract_text().replace("\n", "") for page in reader.pages]


def sheet(raw: bytes, name: str) -> list[list[object]]:
    """Rows of a sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_name(name).to_python()  # type: ignore[no-any-return]  # untyped library


def test_findings_come_by_gravity_with_their_counts() -> None:
    assert [(code, level, count) for code, level, count, _ in told("zh", bad())] == [
        ("MIRROR_UNEQUAL", "H", 1),
        ("NO_DEPARTURE", "H", 1),
        ("WEIGHT", "H", 2),
        ("NO_DUPLICATE", "H", 1),
        ("WEIGHT", "M", 1),
        ("TRIP_TIME", "M", 1),
        ("REFUSED", "L", 1),
    ]


def test_the_sentence_says_what_is_not_fine_with_counts_and_tables() -> None:
    said = both_sentences(bad())
    assert said["zh"] == (
        "本月有 6 类事项须处理，重者在前：镜像等式有 1 个代码不平（M12）；1 行无起运记录即接受（M12b）；2 行重量超差（高级），最多多出 8.93%（M4）；"
        "1 个国家联单编号重复（M6）；1 行重量超差（中级），最多短少 2.68%（M4）；1 行在途超过 72 小时，最长 22 天（M5）；另请留意：1 行拒收，2.4 吨。"
    )
    assert said["en"].startswith("6 matters to deal with in this month, the gravest first: the mirror equation fails for 1 code (M12); ")
    assert "2 lines out of tolerance by weight (grave), the worst by 8.93% more (M4)" in said["en"]
    assert not re.search("[一-鿿]", said["en"])
    assert not re.search("[A-Za-z]{2,}", said["zh"]), "no English inside Chinese"


@pytest.mark.parametrize("tongue", TONGUES)
def test_the_sentence_is_the_same_in_every_file(tongue: Tongue) -> None:
    said = both_sentences(bad())
    verdict = json.loads(to_bytes(bad(), "json"))["verdict"]
    assert {name: verdict[name] for name in TONGUES} == said
    assert verdict["fine"] is False
    first, *_ = pages(bad(), tongue)
    squeezed = first.replace(" ", "")
    assert all(sentence.replace(" ", "") in squeezed for sentence in said.values()), "both languages on page 1"
    name, row = {"zh": ("说明", "结论"), "en": ("Summary", "Verdict")}[tongue]
    assert [row, said[tongue]] in sheet(to_bytes(bad(), "xlsx", tongue), name)


def test_a_month_with_nothing_to_do_says_so() -> None:
    story = Story(LINES)
    story.at("2026-10-05T08:30:00+08:00")
    trip(story, 1, 0, "5.58")
    story.at("2026-11-05T08:30:00+08:00")
    trip(story, 2, 0, "5.6")
    statement = drawn(story)
    assert is_fine(statement, findings(statement))
    assert both_sentences(statement)["zh"].startswith("本月没有须处理的事项，镜像等式逐个代码相等")
    assert both_sentences(statement)["en"].startswith("Nothing to deal with in this month")
    empty = drawn(story, direction=("50", "51"))
    assert both_sentences(empty)["zh"] == "本月该方向没有转移，也没有在途和未起运的联单。"


def test_page_one_says_on_which_page_each_table_stands() -> None:
    first, *rest = pages(bad())
    for number, title in (("M4", "M4　重量差异"), ("M6", "M6　编号重复"), ("M5", "M5　期末在途")):
        [page] = [place for place, text in enumerate(rest, 2) if title in text]
        assert f"{number}{page}" in first.replace(" ", ""), f"{number} stands on page {page}"


def test_tables_stand_in_the_order_of_their_numbers() -> None:
    behind = "".join(pages(bad())[1:])
    numbers = [int(found) for found in re.findall("M([0-9]+)b?　", behind)]
    assert numbers == sorted(numbers)
    assert {4, 5, 6, 9, 12} <= set(numbers)


def test_what_is_within_tolerance_is_one_line_on_paper_and_every_row_in_the_files() -> None:
    behind = "".join(pages(bad())[1:])
    assert "其余 3 行在允差内" not in behind, "a weight that is the same to the gram is no difference"
    assert "其余 2 行在允差内，移出量合计 11.200000 吨；磅差合计 0.060000 吨" in behind
    parsed = json.loads(to_bytes(bad(), "json"))
    serials = [int(line["number"][-6:]) for line in parsed["m4_differences"]]
    assert serials == [6, 5, 4, 3, 2], "by level, then by deviation"
    rows = sheet(to_bytes(bad(), "xlsx"), "重量差异 M4")
    assert [int(str(row[0])[-6:]) for row in rows[1:]] == serials
    assert [row[13] for row in rows[1:]] == ["高级提示", "高级提示", "中级提示", "允差内", "允差内"]
    assert rows[1][12] == 0.0893, "a number that its cell shows as +8.93%"


def test_the_log_and_the_statement_grade_the_same_loads() -> None:
    """E5: every level of M4 is the level of the alert at the receipt."""
    assert {row.line: row.level for row in bad().rows if row.manifest == trunk(4)[-26:]} == {1: "M"}
    assert [row.level for row in gravity.differences(bad()).flagged] == ["H", "H", "M"]


def test_codes_have_names_beside_them() -> None:
    parsed = json.loads(to_bytes(bad(), "json"))
    assert parsed["codes"] == {"384-004-31": "铅蓄电池生产废渣", "900-052-31": "废铅蓄电池"}
    assert parsed["divisions"]["510112"] == "四川省成都市龙泉驿区"
    assert parsed["parties"][CARRIERS[1]] == NAMES[CARRIERS[1]], "who else holds the number"
    first, *rest = pages(bad())
    assert "900-052-31 废铅蓄电池" in first
    assert "384-004-31 铅蓄电池生产废渣" in "".join(rest)
    header, row, *_ = sheet(to_bytes(bad(), "xlsx"), "联单行")
    named = dict(zip(header, row, strict=True))
    assert (named["移出人"], named["移出人代码"]) == (NAMES[GENERATOR], GENERATOR)
    assert (named["移出地"], named["移出地区划"]) == ("四川省成都市龙泉驿区", "510112")
    assert named["移出人代码"] != named["移出人"]


@pytest.mark.parametrize("tongue", TONGUES)
def test_research_marks_and_bare_codes_stand_on_no_page(tongue: Tongue) -> None:
    text = "".join(pages(bad(), tongue))
    for mark in ("R-62", "R-93", "Q1", "Q2", "Q3", "READ", "DESIGN", "LISTED", "kinds", "MIRROR_UNEQUAL", "thresholds"):
        assert mark not in text, mark


@pytest.mark.parametrize("tongue", TONGUES)
def test_bars_have_their_figures(tongue: Tongue) -> None:
    first = pages(drawn(october()), tongue)[0]
    wanted = {
        "zh": ("移出 22.4", "接受 19.98", "拒收 2.38", "期末在途 5.6"),
        "en": ("departed 22.4", "accepted 19.98", "refused 2.38", "closing 5.6"),
    }
    assert all(text in first for text in wanted[tongue])
    empty = pages(drawn(october(), direction=("50", "51")), tongue)
    assert len(empty) == 1
    assert {"zh": "去向对照", "en": "where it is"}[tongue] not in empty[0], "no chart that says nothing"


def test_times_in_the_workbook_are_times() -> None:
    statement = drawn(october())
    header, *rows = sheet(to_bytes(statement, "xlsx"), "联单行")
    found = {str(row[0]): dict(zip(header, row, strict=True)) for row in rows}["20265101000001"]
    assert found["起运时间"] == datetime.fromisoformat("2026-09-29T08:31:00")
    assert found["接受确认时间"] == datetime.fromisoformat("2026-10-02T14:03:00")
    assert found["作废时间"] == ""


def test_a_statement_of_more_rows_than_a_sheet_has_goes_on_on_a_second() -> None:
    """S1, with a sheet of four rows; ``python -m bench.sheets`` does it with a real one."""
    statement = drawn(october())
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(statement, sheet_rows=4)))
    parts = [name for name in book.sheet_names if name.startswith("联单行")]
    assert parts == ["联单行", "联单行 2", "联单行 3"]
    rows = [row for name in parts for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert [row[-1] for row in rows] == [row.chain for row in statement.rows]
    assert len({tuple(book.get_sheet_by_name(name).to_python()[0]) for name in parts}) == 1, "each with its head"


def many(count: int) -> MonthlyStatement:
    """So many lines, every one out of tolerance, and as many accounts that are not."""
    statement = drawn(october())
    line, account = statement.rows[1], statement.accounts[1]
    rows = tuple(replace(line, manifest=f"01K9{number:022d}", level="M") for number in range(count))
    return replace(
        statement, rows=rows, accounts=tuple(replace(account, account=f"Q2 approval/x/{number:06d} 0") for number in range(count))
    )


def test_paper_lists_what_can_be_looked_through_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    count = ACCOUNTS_LISTED + 1
    for name in ("LISTED_MAX", "DETAILS_MAX"):
        monkeypatch.setattr(f"reports.reconciliation.faces.lists.{name}", count - 7)
    statement = many(count)
    text = "".join(pages(statement))
    assert "另有 7 行同样如此，见 XLSX 和 JSON" in text
    assert f"共 {count} 个账户未达预警：批准量 {count} 个" in text
    assert f"共 {count} 行没有拒收，列于 XLSX 和 JSON" in text
    parsed = json.loads(to_bytes(statement, "json"))
    assert (len(parsed["m4_differences"]), len(parsed["lines"]), len(parsed["m9_accounts"])) == (count, count, count)
    assert len(sheet(to_bytes(statement, "xlsx"), "重量差异 M4")) == count + 1


@pytest.mark.parametrize("tongue", TONGUES)
def test_no_heading_is_left_behind_wherever_pages_turn(tongue: Tongue) -> None:
    """The last words of a page are never a heading's; page 1 holds the sentence, what needs attention and the codes that it has room for."""
    with speaking(tongue):
        headings = [say(*title_of(bad(), name)) for name in TITLES] + [say("数据来源与复算", "Drawn from")]
    for count in (4, 7, 22):
        statement = replace(many(count), duplicates=bad().duplicates, period=bad().period)
        for page in pypdf.PdfReader(io.BytesIO(to_bytes(statement, "pdf", tongue))).pages:
            last = page.extract_text().rstrip().splitlines()[-1]
            assert not any(last.startswith(heading) for heading in headings), (count, last)


def test_a_number_on_very_many_manifests_still_fits_on_its_page() -> None:
    found = bad().duplicates[0]
    held = replace(found, manifests=tuple(f"{found.manifests[0][:-6]}{number:06d}" for number in range(90)))
    text = "".join(pages(replace(bad(), duplicates=(held,))))
    assert "另有 70 份，见 XLSX 和 JSON" in text
    assert len(sheet(to_bytes(replace(bad(), duplicates=(held,)), "xlsx"), "编号重复 M6")) == 91


def test_quotas_are_graded_by_the_adopted_shares() -> None:
    statement = drawn(october())
    account = next(one for one in statement.accounts if one.layer == "Q2")
    assert statement.terms is not None

    def level(taken_t: str, **changes: object) -> str:
        return gravity.account_level(replace(account, closing_g=parse_mass(taken_t), limit_g=parse_mass("100"), **changes), statement)  # type: ignore[arg-type]

    assert [level(taken) for taken in ("79.999999", "80", "95", "99.999999", "100", "100.000001")] == ["", "L", "M", "M", "H", "H"]
    scale = {"layer": "Q3", "year_g": None}
    taken_of_a_scale = ("79.999999", "80", "95", "100", "100.000001", "120", "120.000001")
    assert [level(taken, **scale) for taken in taken_of_a_scale] == ["", "L", "M", "M", "M", "M", "H"]
    over = replace(account, closing_g=parse_mass("3000.5"))
    changed = replace(statement, accounts=(over,))
    assert ("QUOTA_OVERDRAWN", "H", 1, "1 个额度账户超用，最多 0.5 吨") in told("zh", changed)


def test_a_site_above_its_yearly_scale_spoils_the_month() -> None:
    """R-20: an alert M of the log is no note beside "nothing to deal with"."""
    statement = drawn(october())
    account = next(one for one in statement.accounts if one.layer == "Q2")
    above = replace(account, layer="Q3", year_g=None, closing_g=parse_mass("115"), limit_g=parse_mass("100"))
    changed = replace(statement, accounts=(above,))
    with speaking("zh"):
        [found] = [one for one in findings(changed) if one.table == "m9_accounts"]
        assert (found.code, found.level, found.text) == ("PERMIT_SCALE", "M", "1 个接受地点全年接受量（含预占）超过许可规模，最多 115.0%")
        assert not is_fine(changed, findings(changed))
    assert "1 site above the yearly scale of the permit with what is held, 115.0% at most (M9)" in both_sentences(changed)["en"]


def test_what_was_not_graded_is_not_called_fine() -> None:
    story = Story(LINES)
    story.at("2026-10-05T08:30:00+08:00")
    trip(story, 1, 0, "5.58")
    story.at("2026-11-05T08:30:00+08:00")
    trip(story, 2, 0, "5.6")
    ungraded = replace(drawn(story), terms=None, tolerances=())
    said = both_sentences(ungraded)
    assert "重量差异和在途时间没有分级" in said["zh"]
    assert "允差内" not in said["zh"]
    assert "within tolerance" not in said["en"]
    [_, row] = sheet(to_xlsx(ungraded), "重量差异 M4")
    assert "未分级" in row
    assert "允差内" not in row


@pytest.mark.parametrize(
    ("permille", "level", "fine"), [(799, "", True), (800, "L", True), (950, "M", False), (999, "M", False), (1000, "H", False)]
)
def test_a_quota_is_as_grave_on_the_first_page_as_in_its_table(permille: int, level: str, fine: bool) -> None:
    """A quota used to the last gram was H in the table and a note on the page that points at it."""
    statement = drawn(october())
    account = next(one for one in statement.accounts if one.layer == "Q2")
    assert account.limit_g is not None
    used = replace(account, closing_g=account.limit_g * permille // 1000)
    changed = replace(statement, accounts=(used,))
    found = [one.level for one in findings(changed) if one.table == "m9_accounts"]
    assert (gravity.account_level(used, changed), found) == (level, [level] if level else [])
    assert any(one.level in ("H", "M") for one in findings(changed) if one.table == "m9_accounts") is not fine
