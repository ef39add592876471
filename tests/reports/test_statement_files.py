"""The statement's files as other people's tools read them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pypdf
import pypdfium2
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from reports.reconcile import to_bytes, write
from tests.house.source import ROOT
from tests.reports.month import LINES, drawn, october
from tests.reports.story import GENERATOR, NAMES, Story

SCHEMA = json.loads((ROOT / "docs/reconciliation.schema.json").read_text(encoding="utf-8"))


def sheet(raw: bytes, name: str) -> list[list[object]]:
    """Rows of a sheet as calamine reads them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_name(name).to_python()  # type: ignore[no-any-return]  # untyped library


def test_the_json_keeps_its_schema_and_is_canonical() -> None:
    raw = to_bytes(drawn(october()), "json")
    parsed = json.loads(raw)
    jsonschema.Draft202012Validator(SCHEMA).validate(parsed)
    assert json.dumps(parsed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n" == raw
    assert parsed["total"]["departed_t"] == "39.200000"
    assert parsed["log"]["clock"] == "simulated"
    assert [line["age_days"] for line in parsed["m5_in_flight"]] == [3, 3]
    (waiting,) = parsed["m5_waiting"]
    assert (waiting["number"], waiting["declared_t"], waiting["age_days"]) == ("20265101000011", "5.600000", 3)
    assert waiting["issued_at"].startswith("2026-10-28T")
    assert "departed_at" not in waiting


def test_the_workbook_has_a_sheet_for_every_question() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_bytes(drawn(october()), "xlsx")))
    questions = [
        "未符项",
        "往月调整",
        "结账后变更",
        "镜像等式 M12",
        "分项等式 M12",
        "贮存 M1 M11",
        "单位合计 M2 M3",
        "重量差异 M4",
        "在途 M5",
        "未起运 M5",
        "编号重复 M6",
    ]
    questions += [
        "编号序列 M6",
        "跨期 M7",
        "管理计划 M8",
        "额度 M9",
        "许可证 M10",
        "无起运记录 M12",
        "联单行",
        "流向",
        "偏差分布",
        "历时分布",
        "对账规则",
    ]
    assert book.sheet_names == ["说明", "须处理事项", "图表", *questions]


def test_what_was_issued_and_never_left_is_an_open_item_in_every_file() -> None:
    """M5 of law §6.1 counts it; page 1 says how many and how old, the pages behind and the workbook name it."""
    statement = drawn(october())
    _, row = sheet(to_bytes(statement, "xlsx"), "未起运 M5")
    assert (row[0], row[8], row[10]) == ("20265101000011", 5.6, 3)
    reader = pypdf.PdfReader(io.BytesIO(to_bytes(statement, "pdf")))
    first, *rest = (page.extract_text().replace("\n", "") for page in reader.pages)
    assert "M5 期末未起运" in first
    assert "期末未起运 1 行，最久 3 天" in first
    assert "M5　期末已开具未起运　1 行" in "".join(rest)
    assert "共 1 行开具未超过 30 天，移出量合计 5.600000 吨；最久 3 天" in "".join(rest)


def test_a_load_that_left_later_is_aged_from_its_issue() -> None:
    """Drawn at a size where it has departed and arrived, the old month still shows it waiting."""
    story = Story(LINES)
    story.at("2026-10-29T12:00:00+08:00")
    story.issue(1, LINES[:1])
    story.at("2026-11-02T08:00:00+08:00")
    story.depart(1)
    statement = drawn(story)
    assert statement.in_flight == ()
    (line,) = json.loads(to_bytes(statement, "json"))["m5_waiting"]
    assert line["age_days"] == 2


def test_masses_in_the_workbook_are_numbers_to_the_gram() -> None:
    rows = sheet(to_bytes(drawn(october()), "xlsx"), "镜像等式 M12")
    assert rows[0][:5] == ["废物代码", "废物名称", "期初在途", "往月调整", "本月移出"]
    assert rows[1] == ["384-004-31", "铅蓄电池生产废渣", 0.0, 0.0, 16.8, 11.096, 0.0, 0.104, 5.6, 0.0, 5.6, 0.0, 0.0]
    assert rows[-1][0] == "合计"
    assert rows[-1][9] == 0.0


def test_numbers_of_manifests_stay_texts() -> None:
    rows = sheet(to_bytes(drawn(october()), "xlsx"), "联单行")
    assert rows[1][0] == "20265101000001"
    assert rows[1][4:6] == [NAMES[GENERATOR], GENERATOR]


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    statement = drawn(october())
    evil = '=HYPERLINK("http://example.invalid","x")'
    changed = replace(statement, names={**statement.names, GENERATOR: evil})
    raw = to_bytes(changed, "xlsx")
    assert sheet(raw, "联单行")[1][4] == evil
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not [content for content in sheets if b"<f>" in content or b"<hyperlink" in content]


def test_page_one_of_the_paper_says_everything_that_matters() -> None:
    reader = pypdf.PdfReader(io.BytesIO(to_bytes(drawn(october()), "pdf")))
    first = reader.pages[0].extract_text().replace("\n", "")
    for wanted in (
        "危险废物跨省转移月度对账单",
        "2026 年 10 月",
        "四川省 → 重庆市",
        "39.200000",
        "31.076000",
        "等式两边相等",
        "M5 期末在途",
    ):
        assert wanted in first, wanted
    assert "演示" in first
    rest = "".join(page.extract_text() for page in reader.pages[1:]).replace("\n", "")
    assert "M9　额度使用" in rest
    assert NAMES[GENERATOR] in rest


def test_headings_stand_over_what_is_placed_by_hand() -> None:
    page = pypdfium2.PdfDocument(to_bytes(drawn(october()), "pdf"))[0]
    found = page.get_textpage()

    def top(words: str) -> float:
        return float(found.get_charbox(found.search(words).get_next()[0])[3])

    heights = [top(words) for words in ("需要核对的事项", "镜像等式", "期初在途", "等式两边相等", "按废物代码", "移出与去向对照")]
    assert heights == sorted(heights, reverse=True)


def test_an_unequal_statement_says_so_on_page_one() -> None:
    statement = drawn(october())
    wrong = replace(statement.mirror[0], closing_g=0)
    total = replace(statement.total, closing_g=statement.total.closing_g - statement.mirror[0].closing_g)
    broken = replace(statement, mirror=(wrong, *statement.mirror[1:]), total=total)
    first = pypdf.PdfReader(io.BytesIO(to_bytes(broken, "pdf"))).pages[0].extract_text().replace("\n", "")
    assert "本月有 2 类事项须处理，重者在前：镜像等式有 1 个代码不平（M12）" in first
    assert "384-004-31 铅蓄电池生产废渣：差额 5.600000 吨" in first
    assert "等式不平，差额 5.600000 吨" in first
    assert "MIRROR" not in first, "no English inside Chinese"


def test_the_files_are_named_by_month_and_direction(tmp_path: Path) -> None:
    paths = write(drawn(october()), tmp_path / "out")
    assert [path.name for path in paths] == [f"reconciliation-2026-10-51-50.{suffix}" for suffix in ("pdf", "xlsx", "json")]
    assert all(path.stat().st_size > 1000 for path in paths)
