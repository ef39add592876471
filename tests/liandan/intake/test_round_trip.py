"""What a list says goes out as a workbook and comes back as the same rows; damaged files are told and never crash the intake."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path

import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandan.intake.difference import compare_lists, rows_in_force, rows_of_draft
from liandan.intake.exporting import write_list
from liandan.intake.taking import take
from liandan.intake.template import TEMPLATES, write_template
from signing.payload import BODY_LIMIT
from tests.liandan.intake.ugly import UGLY
from tests.liandan.intake.workbooks import AT_S, permit_of, uscc_of
from tests.sample import sample
from whitelist.acts.list_rows import Row
from whitelist.adopted import shipped_codes
from whitelist.fields import ScopeForm
from whitelist.listing import Conditions, ListRow, ListState

CODES = sorted(shipped_codes())
LISTED = "list/2027-51-50-a"
METHODS = ("R1", "R4", "R5", "R9", "D10", "C2", "S")
MASSES = st.integers(1, 10**15 - 1).map(lambda grams: f"{grams // 10**6}.{grams % 10**6:06d}".rstrip("0").rstrip("."))
TEXTS = (
    st.text("甲乙丙丁废物厂（）《》，。ab 12%-", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text[:1] not in ("", "-", "无", "空"))
)


@st.composite
def scopes(draw: st.DrawFn) -> ScopeForm:
    code = draw(st.sampled_from(CODES))
    same = [one for one in CODES if one[-2:] == code[-2:]]
    how = draw(st.sampled_from(("ALL", "INCLUDE", "EXCEPT")))
    codes = () if how == "ALL" else tuple(draw(st.lists(st.sampled_from(same), min_size=1, max_size=4, unique=True)))
    return ScopeForm(category=f"HW{code[-2:]}", scope=how, codes=codes)  # type: ignore[arg-type]  # one of the three


@st.composite
def lists_of_rows(draw: st.DrawFn) -> list[Row]:
    """Rows of different firms, so that none stands twice."""
    conditions = st.none() | st.builds(
        Conditions,
        pre_notice_days=st.none() | st.integers(0, 60),
        complete_within_days=st.none() | st.integers(1, 366),
        use_only=st.sampled_from((None, True)),
        transit=st.lists(st.sampled_from(("52", "42", "61")), max_size=3, unique=True).map(tuple),
        note=st.none() | TEXTS,
    ).filter(lambda found: found != Conditions())
    return [
        Row(
            receiver=uscc_of(number), permit=permit_of(number), waste=draw(scopes()), quota_t=draw(MASSES), conditions=draw(conditions),
            methods=tuple(draw(st.lists(st.sampled_from(METHODS), min_size=1, max_size=3, unique=True))),
        )
        for number in range(draw(st.integers(1, 5)))
    ]  # fmt: skip


def state_of(rows: list[Row]) -> ListState:
    listed: tuple[ListRow, ...] = tuple(row.listed(row.permit) for row in rows)
    return ListState(
        year=2027, from_province="51", to_province="50", kind="mutual", suspension_stops="issue", proposer=uscc_of(0), letter_no="川环函〔2026〕9号",
        letter_date="2026-11-20", effective_from="2027-01-01", effective_to="2027-12-31", rows_announced=len(rows), pages_announced=1, rows=listed,
        pages=1, status="ACTIVE",
    )  # fmt: skip


def exported(rows: list[Row]) -> bytes:
    state, out = state_of(rows), io.BytesIO()
    write_list(out, LISTED, state, rows_in_force(state, "2027-02-01"), {uscc_of(0): "示例厂（虚构）"}, {permit_of(0): "渝环危第1号"})
    return out.getvalue()


@settings(max_examples=sample(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists_of_rows())
def test_what_goes_out_comes_back_as_the_same_rows(rows: list[Row]) -> None:
    found = take("list", [("名单.xlsx", exported(rows))], at_s=AT_S)
    assert (found.findings, found.repairs) == ((), ())
    assert found.draft is not None
    assert [msgspec.json.encode(row) for row in found.draft.rows] == [msgspec.json.encode(row) for row in rows]
    assert found.draft.chain == LISTED
    assert compare_lists(rows_in_force(state_of(rows), "2027-02-01"), rows_of_draft(found.draft.rows, {}), {}).is_same


@settings(max_examples=sample(25), deadline=None)
@given(lists_of_rows(), lists_of_rows())
def test_a_difference_is_the_sum_of_its_rows(before: list[Row], after: list[Row]) -> None:
    old, new = rows_of_draft(before, {}), rows_of_draft(after, {})
    found, back = compare_lists(old, new, {}), compare_lists(new, old, {})
    assert found.is_same == (not found.rows)
    assert {one.row_after for one in found.rows if one.row_after is not None} <= set(range(len(after)))
    counts = [sum(one.sort == sort for one in found.rows) for sort in ("added", "ended")]
    assert len(before) + counts[0] - counts[1] == len(after)
    assert (back.added_firms, back.ended_firms) == (found.ended_firms, found.added_firms)
    assert sorted(one.sort for one in back.rows) == sorted(
        {"added": "ended", "ended": "added"}.get(one.sort, one.sort) for one in found.rows
    )
    moved = sum(one.row.quota_g for one in new) - sum(one.row.quota_g for one in old)
    assert sum(round(float(one.change_t) * 10**6) for one in found.quotas) == pytest.approx(moved, abs=10)


def flipped(raw: bytes, seed: int) -> bytes:
    """Some bytes are others, or the end is missing, or a piece stands twice."""
    rng, found = random.Random(seed), bytearray(raw)
    for _ in range(rng.choice((1, 3, 30))):
        found[rng.randrange(len(found))] = rng.randrange(256)
    if rng.random() < 0.2:
        del found[rng.randrange(len(found)) :]
    if rng.random() < 0.1:
        at = rng.randrange(len(found) or 1)
        found[at:at] = found[:at]
    return bytes(found)


@pytest.mark.parametrize(
    "case", ["a clean one", "an XLS", "an XLS with merged cells", "CSV as GBK", "CSV as UTF-16", "a part struck through"]
)
def test_damaged_files_are_told_and_never_crash(case: str) -> None:
    name, raw = UGLY[case].file
    for seed in range(40):
        found = take("list", [(name, flipped(raw, seed))], at_s=AT_S)
        assert not (found.findings and found.statements)


def test_parts_of_a_workbook_are_damaged_one_by_one() -> None:
    """Behind the archive's checksums: each part of XML is hurt, and the archive made anew."""
    import zipfile

    name, raw = UGLY["a formula dragged down"].file
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    for member, content in members.items():
        for seed in range(6):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as target:
                for other, kept in members.items():
                    target.writestr(other, flipped(content, seed) if other == member else kept)
            found = take("list", [(name, out.getvalue())], at_s=AT_S)
            assert not (found.findings and found.statements)


@pytest.mark.parametrize("sort", TEMPLATES)
def test_templates_are_what_the_intake_reads(sort: str, tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx", sort)
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    assert [page.title for page in book.worksheets] == ["说明", *(sheet.name for sheet in TEMPLATES[sort])]
    for sheet in TEMPLATES[sort]:
        page = book[sheet.name]
        heads = [cell.value for cell in (page["A"] if sheet.is_form else page[1])]
        assert heads == [column.head for column in sheet.columns if column.in_template]
        lists = {rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"}
        assert len(lists) == len({tuple(column.words) for column in sheet.columns if column.words and column.in_template}) + any(
            column.sort == "yes" for column in sheet.columns
        )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_opens_what_is_written(tmp_path: Path) -> None:
    """Another program saves the export anew, as XLS and as XLSX; both are the same rows."""
    rows = [
        Row(
            receiver=uscc_of(1),
            permit=permit_of(1),
            waste=ScopeForm(category="HW31", scope="INCLUDE", codes=("900-052-31",)),
            methods=("R4",),
            quota_t="12.5",
        )
    ]
    (tmp_path / "a.xlsx").write_bytes(exported(rows))
    for suffix in ("xls", "ods", "xlsx"):
        made = ["soffice", "--headless", "--convert-to", suffix, "--outdir", str(tmp_path / suffix), str(tmp_path / "a.xlsx")]
        subprocess.run(made, check=True, timeout=120, capture_output=True)
    for suffix in ("xls", "xlsx"):
        found = take("list", [(f"a.{suffix}", (tmp_path / suffix / f"a.{suffix}").read_bytes())], at_s=AT_S)
        assert found.findings == ()
        assert found.draft is not None
        assert list(found.draft.rows) == rows


def test_a_long_list_has_pages_that_fit_a_body() -> None:
    scope = ScopeForm(category="HW31", scope="INCLUDE", codes=("900-052-31",))
    rows = [Row(receiver=uscc_of(n), permit=permit_of(n), waste=scope, methods=("R4",), quota_t="12.5") for n in range(300)]
    found = take("list", [("名单.xlsx", exported(rows))], at_s=AT_S)
    pages = [one.body for one in found.statements[1:]]
    assert [page["page"] for page in pages] == list(range(len(pages)))
    assert len(pages) > 1
    assert found.statements[0].body["pages"] == len(pages)
    assert sum(len(page["rows"]) for page in pages) == found.statements[0].body["rows"] == 300
    assert max(len(msgspec.json.encode(page)) for page in pages) <= BODY_LIMIT - 1024
