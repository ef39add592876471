"""``liandan book``: read with no network, a template that comes back as it was filled, mappings proposed and written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from liandan.books.mapping import BookMapping, read_mapping, sheet_of, written
from liandan.books.proposing import propose
from liandan.cli import main
from signing.refusal import Refusal
from tests.liandan.books.ugly import EXPORT, HOLDER, MAPPING, book, export, load, row

RUN = CliRunner()


def checked(path: Path, *more: str) -> tuple[int, list[dict[str, object]]]:
    """Exit code and answer of ``book check``."""
    found = RUN.invoke(main, ["book", "check", str(path), "--holder", HOLDER, "--json", *more])
    return found.exit_code, json.loads(found.stdout)


def test_a_book_is_checked_with_no_network(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(book()[1])
    code, [found] = checked(path)
    assert (code, found["month"], found["lines"], found["findings"]) == (0, "2026-11", 2, [])
    path.write_bytes(book(rows=(row(1), row(2, mass="8 吨左右")))[1])
    code, [found] = checked(path, "--month", "2026-11")
    assert (code, found["kept"]) == (1, [])
    told = RUN.invoke(main, ["book", "check", str(path), "--holder", HOLDER, "--month", "2026-11"])
    assert "委外!K4" in told.output
    assert "发现 1 处，没有存入" in told.output


@pytest.mark.parametrize("kind", ["b1", "b2", "b3", "b4", "b5", "c1"])
def test_a_template_that_is_filled_in_comes_back(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert RUN.invoke(main, ["book", "template", kind, str(path)]).exit_code == 0
    assert RUN.invoke(main, ["book", "template", kind, str(path)]).exit_code == 2, "nothing is overwritten"
    made = openpyxl.load_workbook(path)
    page = made.worksheets[1]
    for cell in page[2]:
        head = cell.value or page.cell(1, cell.column).value
        value: str | int | None = (
            "900-052-31" if head == "危险废物代码" else "2026-11-03 08:00" if head.endswith(("时间",)) and "完毕" not in head else None
        )
        value = "千克" if head == "计量单位" else 12_500 if head.endswith("量") and "数量" not in head else value
        if value is not None:
            page.cell(3, cell.column).value = value
    made.save(path)
    code, [found] = checked(path, "--month", "2026-11")
    assert (code, found["findings"]) == (0, [])
    assert found["lines"] == (5 if kind == "c1" else 1)


def test_a_mapping_is_proposed_and_reads_what_it_was_made_from(tmp_path: Path) -> None:
    path, target = tmp_path / "导出.csv", tmp_path / "平台.toml"
    path.write_text(export(load(1), load(2, "8")))
    arguments = ["book", "mapping", "propose", str(path), str(target), "--sender", "示例平台", "--kind", "platform"]
    asked = RUN.invoke(main, arguments, input="没有这样的\n" + "\n" * len(EXPORT))
    assert asked.exit_code == 0, asked.output
    assert "没有这个字段" in asked.output
    assert read_mapping(target.read_bytes()).columns == MAPPING.columns
    code, [found] = checked(path, "--mapping", str(target))
    assert (code, found["lines"], found["month"]) == (0, 2, "2026-11")


def test_what_the_page_shows_can_be_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "books.md").read_text(encoding="utf-8")
    mapping, words, more = re.findall("```toml\n(.*?)```", page, re.DOTALL)
    found = read_mapping((mapping + words + more).encode())
    assert (found.sender, found.columns["司机"], found.words["method"], found.wastes["900-052-31"]["packing"]) == (
        "示例平台", "drop", {"电炉熔炼": "R4"}, "box",
    )  # fmt: skip


def test_a_month_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(book()[1])
    for month in ("2026-13", "11月", "9999-12", "2026-11\n"):
        assert checked_code(path, month) == 2


def checked_code(path: Path, month: str) -> int:
    """Exit code for a month."""
    return RUN.invoke(main, ["book", "check", str(path), "--holder", HOLDER, "--month", month]).exit_code


def test_what_names_persons_is_never_proposed_to_be_kept() -> None:
    heads = [(head, "x") for head in ("驾驶员", "押运员电话", "经办人联单编号", "司磅员", "备注")]
    assert {one.field for one in propose(heads)} == {"drop"}


def test_a_code_of_a_firm_is_proposed_beside_its_name() -> None:
    heads = ["产废企业", "产废企业信用代码", "处置企业", "处置企业统一社会信用代码", "运输企业", "发运日期", "签收日期"]
    assert [one.field for one in propose([(head, "x") for head in heads])] == [
        "generator_name", "generator", "receiver_name", "receiver", "carrier_name", "departed_at", "received_at",
    ]  # fmt: skip


def test_mappings_are_read_as_they_are_written() -> None:
    made = BookMapping(
        sender='甲"乙', kind="enterprise", side="out", unit="千克", columns={"重\\\x7f量": "mass", "码": "code", "日": "day"}, words={"method": {"炼": "R4"}}
    )  # fmt: skip
    assert read_mapping(written(made).encode()) == made
    assert sheet_of(made).unit == "千克"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("sender = ", ""),
        ("sender='x'\nkind='list'\n[columns]\n", ""),
        ("sender='x'\nkind='tickets'\n[columns]\n'甲'='日子'\n", "FIELD"),
        ("sender='x'\nkind='tickets'\n[columns]\n'甲'='日期（可带时间）'\n", "LACKS"),
        ("sender='x'\nkind='tickets'\n[columns]\n'甲'='day'\n'乙'='mass'\n'丙'='mass'\n", "TWICE"),
        ("sender='x'\nkind='enterprise'\n[columns]\n'甲'='day'\n'乙'='mass'\n'丙'='code'\n", "SIDE"),
        ("sender='x'\nkind='enterprise'\nside='左'\n[columns]\n'甲'='day'\n'乙'='mass'\n'丙'='code'\n", ""),
        ("[" * 5000, ""),
        ("sender='x'\nkind='tickets'\nunit='只'\n[columns]\n'甲'='day'\n'乙'='mass'\n", ""),
    ],
)
def test_a_wrong_mapping_is_refused_in_words(text: str, cause: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_mapping(text.encode())
    assert cause in {reason.cause for reason in refused.value.reasons}
    assert {reason.code for reason in refused.value.reasons} == {"BOOK_MAPPING"}


def test_a_mapping_that_no_process_could_be_told_is_refused() -> None:
    """It is an argument of the process that reads a stranger's file; a longer one ended there as a fault of the server."""
    head = "sender = 's'\nkind = 'tickets'\n[columns]\n'a' = 'day'\n'b' = 'mass'\n[words.method]\n"
    words = [f"'{'中' * 300}{number}' = 'R1'\n" for number in range(199)]
    assert len(read_mapping((head + "".join(words[:99])).encode()).words["method"]) == 99
    with pytest.raises(Refusal, match="BOOK_MAPPING"):
        read_mapping((head + "".join(words)).encode())
