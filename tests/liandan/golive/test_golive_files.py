"""Files that are not as the template has them: every place is told, nothing is guessed, nothing is computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.golive.composing import Composing, permit_ulid
from liandan.intake import sniffing
from liandan.intake.model import PlannedStatement, SheetFinding
from liandan.intake.opening import bytes_of
from liandan.intake.reading import read_files
from liandan.intake.saying import SheetReading
from liandan.intake.tables import GOLIVE
from liandan.intake.template import write_template
from liandan.intake.xlsx import ROWS_MAX
from tests.liandan.golive.sheets import csv_file, item, party, permit, rows, uscc_of, workbook

FOUND = "0f" * 32


def moment(*parts: int) -> datetime:
    """A moment as a workbook has it: of no zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def read(*paths: Path, found: str = FOUND) -> tuple[list[PlannedStatement], list[SheetFinding]]:
    """What files ask for, and what is wrong with them."""
    out = SheetReading()
    tables, _ = read_files(bytes_of(paths, out), GOLIVE, out)
    composing = Composing(tables, found, out)
    return composing.planned(), composing.findings


def repaired(path: Path) -> dict[tuple[str, int, str], str]:
    """What is read otherwise than it stands there, as (sheet, row, column)."""
    out = SheetReading()
    read_files(bytes_of([path], out), GOLIVE, out)
    assert out.findings == []
    return {(one.spot.sheet, one.spot.row, one.spot.column): one.taken for one in out.repairs}


def told(*paths: Path) -> list[tuple[str, int, str, str]]:
    """Findings as (sheet, row, column, code)."""
    return [(one.spot.sheet, one.spot.row, one.spot.column, one.reason.code) for one in read(*paths)[1]]


def test_a_filled_template_is_what_it_says(tmp_path: Path) -> None:
    planned, findings = read(workbook(tmp_path / "名单.xlsx", rows(FOUND, [1, 2])))
    assert findings == []
    assert [one.kind for one in planned] == ["party.register/1"] * 2 + ["permit.grant/1"] * 2
    assert planned[2].body == {
        "no": "川环危第51011200001号", "class": "permit", "valid_from": "2026-01-01", "valid_to": "2030-12-31", "division": "510112",
        "address": "龙泉驿区示例路 1 号", "scale_t": "12000.5",
        "items": [
            {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"], "methods": ["R4"]},
            {"category": "HW08", "scope": "ALL", "methods": ["R9", "D10"]},
        ],
    }  # fmt: skip
    assert planned[2].chain == f"permit/{uscc_of(1)}/{permit_ulid(FOUND, uscc_of(1), '川环危第51011200001号', '2026-01-01')}"


def test_csv_files_say_the_same(tmp_path: Path) -> None:
    tables = rows(FOUND, [1, 2])
    files = [csv_file(tmp_path / f"{number}.csv", sheet, tables[sheet]) for number, sheet in enumerate(tables)]
    planned, findings = read(*files)
    other, _ = read(workbook(tmp_path / "名单.xlsx", tables))
    assert findings == []
    assert [(one.chain, one.body) for one in planned] == [(one.chain, one.body) for one in other]


def test_days_and_numbers_that_a_workbook_holds_as_such(tmp_path: Path) -> None:
    tables = rows(FOUND, [1])
    tables["许可证"] = [permit(1, 有效期自=date(2026, 1, 1), 有效期至=moment(2030, 12, 31), **{"年经营规模（吨）": 12000.5})]
    planned, findings = read(workbook(tmp_path / "名单.xlsx", tables))
    assert findings == []
    assert [planned[1].body[name] for name in ("valid_from", "valid_to", "scale_t")] == ["2026-01-01", "2030-12-31", "12000.5"]


def test_what_can_mean_one_thing_alone_is_repaired_and_shown(tmp_path: Path) -> None:
    tables = rows(FOUND, [1])
    tables["单位"][0] |= {"单位名称": "示例厂（虚构） ", "行政区划代码": 510112}
    tables["许可证"][0] |= {"有效期至": "2030.12.31", "年经营规模（吨）": "1.2万吨"}
    tables["许可项目"][0] |= {"废物代码": "９００-０５２-３１", "范围": None}
    assert repaired(workbook(tmp_path / "名单.xlsx", tables)) == {
        ("单位", 2, "单位名称"): "示例厂（虚构）", ("单位", 2, "行政区划代码"): "510112", ("许可证", 2, "有效期至"): "2030-12-31",
        ("许可证", 2, "年经营规模（吨）"): "12000", ("许可项目", 2, "废物代码"): "900-052-31",
    }  # fmt: skip
    planned, _ = read(tmp_path / "名单.xlsx")
    assert planned[1].body["items"][0] == {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"], "methods": ["R4"]}


def test_permits_as_offices_keep_them(tmp_path: Path) -> None:
    """One sheet, a row for each category, the cells of the permit merged over its rows."""
    both = permit(1) | {"废物类别": "HW31", "废物代码": "900-052-31", "利用处置方式": "R4"}
    heads = ["序号", *both]
    book = openpyxl.Workbook()
    page = book.active
    page.title = "许可证"
    page.append(heads)
    page.append([1, *both.values()])
    page.append([None] * len(permit(1)) + [None, "HW08", "全部代码", "R9、D10"])
    for column in range(1, len(permit(1)) + 2):
        page.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    book.save(tmp_path / "台账.xlsx")
    planned, findings = read(tmp_path / "台账.xlsx")
    template, _ = read(workbook(tmp_path / "名单.xlsx", rows(FOUND, [1])))
    assert findings == []
    assert [(one.chain, one.body) for one in planned] == [(one.chain, one.body) for one in template[1:]]


Change = Callable[[dict[str, list[dict[str, Any]]]], None]


def cell(sheet: str, head: str, value: Any, row: int = 0) -> Change:
    """One cell that is another."""
    return lambda tables: tables[sheet][row].update({head: value})


BAD: dict[str, tuple[Change, list[tuple[str, int, str, str]]]] = {
    "a formula": (cell("单位", "单位名称", "=HYPERLINK(\"http://x\")"), [("单位", 2, "单位名称", "INTAKE_FORMULA")]),
    "a DDE text": (cell("许可证", "设施地址", "@SUM(1)"), [("许可证", 2, "设施地址", "INTAKE_FORMULA")]),
    "a division of five digits": (cell("单位", "行政区划代码", 51011), [("单位", 2, "行政区划代码", "INTAKE_CELL")]),
    "a number that is a truth": (cell("许可证", "年经营规模（吨）", True), [("许可证", 2, "年经营规模（吨）", "INTAKE_CELL")]),
    "an error value": (cell("许可证", "许可证编号", "#N/A"), [("许可证", 2, "许可证编号", "INTAKE_CELL"), ("许可项目", 2, "许可证编号", "GOLIVE_LOST"), ("许可项目", 3, "许可证编号", "GOLIVE_LOST")]),
    "a day with a time": (cell("许可证", "有效期自", moment(2026, 1, 1, 8)), [("许可证", 2, "有效期自", "INTAKE_DAY")]),
    "no name": (cell("单位", "单位名称", None), [("单位", 2, "单位名称", "INTAKE_EMPTY")]),
    "a blank name": (cell("单位", "单位名称", "  "), [("单位", 2, "单位名称", "INTAKE_EMPTY")]),
    "a name with a telephone": (cell("单位", "单位名称", "示例厂 13800138000"), [("单位", 2, "单位名称", "PERSONAL_DATA")]),
    "a wrong code": (cell("单位", "统一社会信用代码", uscc_of(1)[:-1] + ("0" if uscc_of(1)[-1] != "0" else "1")), [("单位", 2, "统一社会信用代码", "USCC")]),
    "no material": (cell("单位", "登记材料", "私钥在这里"), [("单位", 2, "登记材料", "NOT_JSON")]),
    "another firm's material": (lambda tables: tables["单位"][0].update(登记材料=tables["单位"][1]["登记材料"]), [("单位", 2, "登记材料", "POSSESSION_WRONG")]),
    "a firm twice": (lambda tables: tables["单位"].append(party(FOUND, 1)), [("单位", 4, "统一社会信用代码", "INTAKE_TWICE"), ("单位", 4, "登记材料", "INTAKE_TWICE")]),
    "a permit twice": (lambda tables: tables["许可证"].append(permit(2)), [("许可证", 4, "许可证编号", "INTAKE_TWICE")]),
    "an unknown class": (cell("许可证", "类型", "综合许可证"), [("许可证", 2, "类型", "INTAKE_WORD")]),
    "an impossible day": (cell("许可证", "有效期至", "2030-02-30"), [("许可证", 2, "有效期至", "INTAKE_DAY")]),
    "days the wrong way round": (cell("许可证", "有效期至", "2025-12-31"), [("许可证", 2, "有效期至", "DATE_ORDER")]),
    "no mass": (cell("许可证", "年经营规模（吨）", "约 12"), [("许可证", 2, "年经营规模（吨）", "INTAKE_NUMBER")]),
    "a scale of nothing": (cell("许可证", "年经营规模（吨）", 0), [("许可证", 2, "年经营规模（吨）", "QTY")]),
    "an exemption without its basis": (cell("许可证", "类型", "利用处置环节豁免管理单位"), [("许可证", 2, "豁免清单年版", "EXEMPT_BASIS")]),
    "a basis without exemption": (cell("许可证", "豁免清单序号", "31"), [("许可证", 2, "豁免清单年版", "EXEMPT_BASIS")]),
    "codes with all": (cell("许可项目", "范围", "全部代码"), [("许可项目", 2, "废物代码", "SCOPE_FORM")]),
    "a code of another category": (cell("许可项目", "废物代码", "900-249-08"), [("许可项目", 2, "废物代码", "CODE_CATEGORY")]),
    "an unknown method": (cell("许可项目", "利用处置方式", "R4、R99"), [("许可项目", 2, "利用处置方式", "METHOD")]),
    "a collector that uses": (cell("许可证", "类型", "收集经营许可证"), [("许可项目", 2, "利用处置方式", "METHOD"), ("许可项目", 3, "利用处置方式", "METHOD")]),
    "an item of no permit": (lambda tables: tables["许可项目"].append(item(9)), [("许可项目", 6, "许可证编号", "GOLIVE_LOST")]),
    "a permit without items": (lambda tables: tables["许可项目"].__delitem__(slice(2)), [("许可证", 2, "", "GOLIVE_LOST")]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_every_fault_is_told_where_it_stands_and_nothing_else(tmp_path: Path, case: str) -> None:
    change, expected = BAD[case]
    tables = rows(FOUND, [1, 2])
    change(tables)
    assert sorted(told(workbook(tmp_path / "名单.xlsx", tables))) == sorted(expected)


def changed(path: Path, change: Callable[[Any], object]) -> Path:
    """A filled workbook that somebody has worked on."""
    book = openpyxl.load_workbook(workbook(path, rows(FOUND, [1])))
    change(book)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda book: book.create_sheet("我的备注").append(["电话"]), [("我的备注", 0, "", "INTAKE_SHEET")]),
        (lambda book: book.create_sheet("空表"), []),
        (lambda book: book["单位"].delete_cols(2), [("单位", 1, "单位名称", "INTAKE_COLUMN")]),
        (lambda book: book["单位"].cell(1, 6, "备注"), []),
        (lambda book: book["场所"].cell(1, 3, "场所名"), [("场所", 1, "", "INTAKE_COLUMN"), ("场所", 1, "场所名称", "INTAKE_COLUMN")]),
        (lambda book: book["单位"].cell(1, 6, "单位名称"), [("单位", 1, "单位名称", "INTAKE_COLUMN")]),
        (lambda book: book["单位"].cell(2, 7, "写在外面"), [("单位", 2, "", "INTAKE_COLUMN")]),
        (lambda book: book["单位"].insert_rows(2, 3), []),
        (lambda book: book["单位"].merge_cells("A2:B2"), [("单位", 2, "统一社会信用代码", "INTAKE_MERGED")]),
        (lambda book: book["说明"].cell(20, 1, "=1+1"), []),
    ],
)  # fmt: skip
def test_what_people_do_to_workbooks(tmp_path: Path, change: Callable[[Any], object], expected: list[Any]) -> None:
    assert told(changed(tmp_path / "名单.xlsx", change)) == expected


def test_files_that_are_none(tmp_path: Path) -> None:
    good = workbook(tmp_path / "名单.xlsx", rows(FOUND, [1])).read_bytes()
    members = {name: zipfile.ZipFile(io.BytesIO(good)).read(name) for name in zipfile.ZipFile(io.BytesIO(good)).namelist()}

    def packed(**changes: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**members, **{key.replace("__", "/"): value for key, value in changes.items()}}.items():
                archive.writestr(name, content)
        return out.getvalue()

    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    hostile = {
        "empty.xlsx": b"", "half.xlsx": good[: len(good) // 2], "paper.xlsx": b"%PDF-1.7",
        "entities.xlsx": packed(**{"xl/worksheets/sheet2.xml": entities}),
        "torn.xlsx": packed(**{"xl/worksheets/sheet2.xml": b"<worksheet><sheetData><row>"}),
        "nothing.xlsx": packed(**{"xl/workbook.xml": b"<workbook/>"}),
        "many.xlsx": packed(**{f"xl/more{number}.xml": b"<x/>" for number in range(sniffing.MEMBERS_MAX)}),
    }  # fmt: skip
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
        findings = read(tmp_path / name)[1]
        assert [one.reason.code for one in findings] == ["INTAKE_FILE"], name


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniffing, "UNPACKED_MAX", 1_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 10_000_000)
    (tmp_path / "bomb.xlsx").write_bytes(out.getvalue())
    assert [one.reason.code for one in read(tmp_path / "bomb.xlsx")[1]] == ["INTAKE_FILE"]


def test_csv_files_that_are_none(tmp_path: Path) -> None:
    table = [party(FOUND, 1)]
    assert told(csv_file(tmp_path / "gbk.csv", "单位", table, encoding="gb18030")) == []
    (tmp_path / "other.csv").write_text("姓名,电话\n张三,1\n", encoding="utf-8")
    assert told(tmp_path / "other.csv") == [("CSV", 0, "", "INTAKE_SHEET")]
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert told(tmp_path / "empty.csv") == [("", 0, "", "INTAKE_FILE")]
    long = csv_file(tmp_path / "long.csv", "单位", table)
    long.write_bytes(long.read_bytes() + b"x\n" * ROWS_MAX)
    assert told(long) == [("", 0, "", "INTAKE_FILE")], "as long as it likes, but no workbook may be"
    formula = csv_file(tmp_path / "formula.csv", "单位", [party(FOUND, 1, 单位名称="=cmd|' /C calc'!A0")])
    assert told(formula) == [("CSV", 2, "单位名称", "INTAKE_FORMULA")]
    long = csv_file(tmp_path / "long.csv", "单位", [party(FOUND, 1, 单位名称="厂" * 201)])
    assert told(long) == [("CSV", 2, "单位名称", "TEXT_LONG")]


def test_the_template_has_its_lists_and_is_not_written_over(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    assert [page.title for page in book.worksheets] == ["说明", *(sheet.name for sheet in GOLIVE)]
    lists = {rule.formula1 for rule in book["许可证"].data_validations.dataValidation if rule.type == "list"}
    assert '"综合经营许可证,收集经营许可证,利用处置环节豁免管理单位"' in lists
    done = CliRunner().invoke(main, ["golive", "template", str(tmp_path / "模板.xlsx")])
    assert done.exit_code == 2
    assert told(tmp_path / "模板.xlsx") == []


def test_the_command_says_sheet_row_and_column(tmp_path: Path) -> None:
    tables = rows(FOUND, [1])
    tables["单位"][0] |= {"单位名称": "⻋辆厂（虚构）", "统一社会信用代码": "9151011212345678"}
    path = workbook(tmp_path / "名单.xlsx", tables)
    done = CliRunner().invoke(main, ["golive", "check", str(path), "--found", FOUND])
    assert done.exit_code == 1
    assert "名单.xlsx 表“单位” 第 2 行“统一社会信用代码”（A2）" in done.stderr
    tables["单位"][0] |= party(FOUND, 1, 单位名称="⻋辆厂（虚构）")
    done = CliRunner().invoke(main, ["golive", "check", str(workbook(path, tables)), "--found", FOUND])
    assert done.exit_code == 0
    assert "（B2）：⻋辆厂（虚构） → 车辆厂（虚构）" in done.stdout, "every repair is shown"
    fine = CliRunner().invoke(main, ["golive", "check", str(workbook(path, rows(FOUND, [1]))), "--found", FOUND])
    assert (fine.exit_code, "没有发现问题" in fine.stdout) == (0, True)
