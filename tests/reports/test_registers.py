"""Registers of a firm and HJ 1259 C.1: sums recomputed from the bodies of the log alone, files as other people's readers see them."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from ledger.kinds.site import PartySite
from ledger.times import day_of
from liandan.books.composing import Holding
from liandan.books.reading import compose_books, read_book
from manifests import acts
from reports.drawing import StatementSource, draw
from reports.kinds import all_kinds
from reports.reconcile import begin, finish
from reports.reconciliation.gathered.gathering import Gathering
from reports.registers import gathered
from reports.registers.calendar import terms_of
from reports.registers.files import draw_file
from reports.registers.model import OwnFigure, RegisterAsked, check_asked, span_of
from signing.refusal import Refusal
from tests.reports.month import LINES, any_story, october, send_home, trip
from tests.reports.story import BATTERY, CARRIERS, DESTINATION, GENERATOR, RECEIVER, Story, trunk, waste
from tests.reports.test_drawing import VKEYS
from whitelist.fields import Lot

SLAG = LINES[1].code
ROOT = "cm9vdA=="


def gather(story: Story) -> Gathering:
    """Everything that happened."""
    fold = begin("2026-10", all_kinds(), story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    return fold.gathering


@cache
def collector() -> Story:
    """1 accepted and half treated in October, the rest in November; 2 refused in part and sent home; 3 sent on by the receiver as a lot of 600."""
    story = Story(LINES)
    trip(story, 1, 0, "5.5")
    story.bench.post(
        "manifest.dispose/1", trunk(1), (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="2.000001"),))
    )
    trip(story, 2, 0, "5.0", refused_t="0.6")
    send_home(story, 2, 0, "0.6")
    trip(story, 3, 1, "5.6")
    line = replace(waste("5.6", decision_line=None, lots=(Lot(manifest=trunk(3), line=0, mass_t="5.6"),)), code=SLAG, hazards=("T",))
    story.issue(600, [line], generator=RECEIVER, approval=None, number=None, origin=DESTINATION)
    onward = trunk(600).replace(GENERATOR, RECEIVER)
    departed = next(entry.statement.body for entry in story.bench.entries if entry.statement.kind.startswith("manifest.depart"))
    story.wait(minutes=40)
    load = replace(
        departed,
        place=DESTINATION,
        loaded=(acts.LoadedLine(line=0, mass_t="5.59"),),
        tickets=(),
        waybill_no="W600",
        gate=acts.Gate(
            labels=tuple(f"{RECEIVER}{SLAG.replace('-', '')}20260102{count:03d}" for count in range(1, 15)), checks=departed.gate.checks
        ),
    )
    story.bench.post("manifest.depart/1", onward, (RECEIVER, CARRIERS[0]), load)
    fate = acts.DisposedLine(line=0, method="R4", mass_t="5.6", onward=onward)
    story.bench.post("manifest.dispose/1", trunk(3), (RECEIVER,), acts.Dispose(fates=(fate,)))
    story.at("2026-11-03T08:30:00+08:00")
    story.bench.post(
        "manifest.dispose/1",
        trunk(1),
        (RECEIVER,),
        acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="3.499999", done_on="2026-11-02"),)),
    )
    return story


def told(story: Story, register: str, period: str, party: str) -> dict[str, object]:
    """The JSON."""
    asked = RegisterAsked(register, period, party, "json")  # type: ignore[arg-type]
    return json.loads(draw_file(gather(story), asked, ROOT)[1])  # type: ignore[no-any-return]


def recomputed(story: Story, party: str, period: str) -> dict[str, Counter[str]]:
    """By code, what a generator sent in a month or year, from the bodies of the acts alone: no state, no gathering."""
    issued: dict[str, acts.Issue] = {}
    left: dict[str, tuple[str, int]] = {}
    found: dict[str, Counter[str]] = {}

    def grams(text: str | None) -> int:
        return int(Decimal(text or "0") * 1_000_000)

    for entry in story.bench.entries:
        chain, body, day = entry.statement.chain, entry.statement.body, day_of(entry.statement.at_s)
        if isinstance(body, acts.Issue):
            issued[chain] = body
        if not chain.startswith(f"manifest/{party}/") or chain not in issued or issued[chain].returns is not None:
            continue
        for number, line in enumerate(issued[chain].lines):
            sums = found.setdefault(line.code, Counter())
            if isinstance(body, acts.Depart):
                left[chain] = (day, entry.statement.at_s)
                if day.startswith(period):
                    sums["departed_t"] += grams(line.mass_t)
            elif isinstance(body, acts.Void) and day.startswith(period):
                sums["voided_t"] += grams(line.mass_t)
            elif isinstance(body, acts.Receive) and day.startswith(period):
                (got,) = [one for one in body.lines if one.line == number]
                sums["accepted_t"] += grams(got.accepted_t)
                sums["refused_t"] += grams(got.refused_t)
                sums["difference_t"] += grams(line.mass_t) - grams(got.accepted_t) - grams(got.refused_t)
    return {code: sums for code, sums in found.items() if any(sums.values())}


def sums_of(rows: list[dict[str, str]]) -> dict[str, Counter[str]]:
    """The sums by code that a file tells, in grams, as :func:`recomputed` has them."""
    names = ("departed_t", "accepted_t", "refused_t", "difference_t", "voided_t")
    found = {row["key"]: Counter({name: int(Decimal(row[name]) * 1_000_000) for name in names}) for row in rows}
    return {code: sums for code, sums in found.items() if any(sums.values())}


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_sums_are_those_of_the_bodies_and_of_the_statement(seed: int) -> None:
    story = any_story(seed)
    gathering = gather(story)
    for period in ("2026-09", "2026-10", "2026-11", "2026"):
        for register, party in (("generator", GENERATOR), ("receiver", RECEIVER)):
            asked = RegisterAsked(register, period, party, "json")  # type: ignore[arg-type]
            found = json.loads(draw_file(gathering, asked, ROOT)[1])
            assert sums_of(found["by_code"]) == recomputed(story, GENERATOR, period), "the one sends to the other alone"
            for name in ("departed_t", "accepted_t", "refused_t", "difference_t", "closing_t", "carried_t", "returned_t"):
                total = Decimal(found["total"][name])
                assert total == sum(Decimal(row[name]) for row in found["by_code"])
                assert total == sum(Decimal(row[name]) for row in found["by_partner"]) or name == "returned_t"
            total = found["total"]
            assert Decimal(total["opening_t"]) + Decimal(total["departed_t"]) == sum(
                Decimal(total[name]) for name in ("accepted_t", "refused_t", "difference_t", "closing_t")
            ), "the mirror equation of one firm"
            moved = ("departed_t", "accepted_t", "refused_t", "difference_t", "voided_t")
            assert all(Decimal(total[name]) == sum(Decimal(row[name]) for row in found["by_month"]) for name in moved)
            assert [row["lines"] for row in found["by_month"]] == [0] * len(found["by_month"]) or total["lines"]
    carried = json.loads(draw_file(gathering, RegisterAsked("carrier", "2026", CARRIERS[0], "json"), ROOT)[1])
    departures = [entry for entry in story.bench.entries if isinstance(entry.statement.body, acts.Depart)]
    assert carried["total"]["lines"] == len(departures)


def test_the_stock_of_a_receiver_is_accepted_less_treated_less_sent_on() -> None:
    november = {row["code"]: row for row in told(collector(), "receiver", "2026-11", RECEIVER)["stock"]}  # type: ignore[attr-defined]
    assert november[BATTERY] == {
        "code": BATTERY, "opening_t": "8.499999", "accepted_t": "0.000000", "treated_t": {"R4": "3.499999"}, "sent_t": "0.000000",
        "gap_t": "0.000000", "closing_t": "5.000000",
    }  # fmt: skip
    year = {row["code"]: row for row in told(collector(), "receiver", "2026", RECEIVER)["stock"]}  # type: ignore[attr-defined]
    assert (year[BATTERY]["accepted_t"], year[BATTERY]["treated_t"]["R4"], year[BATTERY]["closing_t"]) == (
        "10.500000",
        "5.500000",
        "5.000000",
    )
    assert (year[SLAG]["accepted_t"], year[SLAG]["sent_t"], year[SLAG]["closing_t"]) == ("5.600000", "5.600000", "0.000000")


def test_c1_leaves_to_the_firm_what_the_log_cannot_know() -> None:
    (slag, batteries) = told(collector(), "c1", "2026-10", GENERATOR)["rows"]  # type: ignore[misc]
    assert slag["lacking"] == ["produced_g", "own_method", "own_g", "stock_opening_g", "stock_closing_g"]
    assert not {"produced_t", "own_t", "stock_opening_t", "stock_closing_t"} & slag.keys(), "nothing is made up"
    assert (batteries["sent_t"], batteries["refused_t"]) == ("10.600000", "0.600000"), "11.2 t left, 0.6 t came home"
    received = told(collector(), "c1", "2026-10", RECEIVER)["rows"]
    assert [(row["code"], row["part"], row["lacking"]) for row in received] == [(SLAG, "received", []), (BATTERY, "received", [])]  # type: ignore[attr-defined]
    first, second = received  # type: ignore[misc]
    assert (first["sent_t"], first["partner"]) == ("5.590000", RECEIVER), "the lot, as it was weighed at loading"
    assert (second["own_method"], second["own_t"], second["stock_closing_t"]) == ("R4", "2.000001", "8.499999")


def test_c1_takes_what_the_firms_own_books_say_and_says_where() -> None:
    own = (
        OwnFigure("made", BATTERY, "废铅蓄电池", 7_000_000, source="b1 2026-10 ab12 产生!7"),
        OwnFigure("made", BATTERY, "废铅蓄电池", 5_000_001, source="b1 2026-10 ab12 产生!8"),
        OwnFigure("used", BATTERY, "废铅蓄电池", 400_000, "R4", "b4 2026-10 cd34 自行!5"),
        OwnFigure("made", "900-249-08", "废矿物油", 30_000, source="b1 2026-10 ab12 产生!9"),
    )
    asked = RegisterAsked("c1", "2026-10", GENERATOR, "json", own=own)
    rows = {row["code"]: row for row in json.loads(draw_file(gather(collector()), asked, ROOT)[1])["rows"]}
    assert (rows[BATTERY]["produced_t"], rows[BATTERY]["own_t"], rows[BATTERY]["own_method"]) == ("12.000001", "0.400000", "R4")
    assert rows[BATTERY]["lacking"] == ["stock_opening_g", "stock_closing_g"]
    assert rows[BATTERY]["sources"]["produced_g"] == "b1 2026-10 ab12 产生!7；b1 2026-10 ab12 产生!8"
    assert rows["900-249-08"]["produced_t"] == "0.030000", "a waste of the books of which nothing left"
    assert rows[SLAG]["lacking"][0] == "produced_g", "what the books do not say is still the firm's"


def test_a_book_of_another_name_is_of_the_only_waste_of_its_code() -> None:
    """The firm's C.1 names wastes as the catalogue does; where two wastes share a code nobody guesses."""
    asked = RegisterAsked("c1", "2026-10", GENERATOR, "json", own=(OwnFigure("closing", BATTERY, "废铅蓄电池及…", 400_000, source="C1"),))
    rows = json.loads(draw_file(gather(collector()), asked, ROOT)[1])["rows"]
    assert [(row["code"], row.get("stock_closing_t")) for row in rows] == [(SLAG, None), (BATTERY, "0.400000")]


def test_what_was_filled_is_read_again_as_a_book() -> None:
    """By the reader of books, which knows the standard's two rows of heads and nothing of how this file was made."""
    own = [
        OwnFigure(what, BATTERY, "废铅蓄电池", grams, "R4" if what == "used" else "", "B1")
        for what, grams in (("made", 9), ("used", 300_000))
    ]
    own += [OwnFigure(what, BATTERY, "废铅蓄电池", grams, source="C1") for what, grams in (("opening", 500_000), ("closing", 400_000))]
    own += [
        OwnFigure(what, SLAG, "铅蓄电池生产废渣", 1_000, "R4" if what == "used" else "", "B1")
        for what in ("made", "used", "opening", "closing")
    ]
    name, raw = draw_file(gather(october()), RegisterAsked("c1", "2026-10", GENERATOR, "xlsx", own=tuple(own)), ROOT)
    taken = compose_books(read_book(name, raw), Holding(holder=GENERATOR, month="2026-10", names=()))
    assert taken.findings == ()
    ((kind, lines),) = ((book.kind, book.lines) for book in taken.books)
    found = {(line.side, line.term): line.mass_g for line in lines if line.code == BATTERY}
    assert kind == "c1"
    assert found == {
        ("made", ""): 9,
        ("used", ""): 300_000,
        ("out", ""): 20_020_000,
        ("stock", "opening"): 500_000,
        ("stock", "closing"): 400_000,
    }


def test_c1_is_read_by_another_program_under_two_rows_of_heads() -> None:
    asked = RegisterAsked("c1", "2026-10", GENERATOR, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(draw_file(gather(october()), asked, ROOT)[1]))
    title, unit, groups, heads, *rows = book.get_sheet_by_name("表C.1").to_python()
    assert str(title[0]).startswith("危险废物产生、利用、处置情况报表（HJ 1259 表 C.1）")
    assert GENERATOR in str(unit[0])
    assert [groups[at] for at in (0, 1, 3, 8, 10, 13, 19, 23)] == [
        "序号", "危险废物名称", "危险废物类别", "产生量", "自行利用/处置", "委托外单位利用/处置", "贮存", "另列（非标准列）",
    ]  # fmt: skip
    assert heads[10:19] == [
        "方式",
        "量",
        "计量单位",
        "省（区、市）",
        "单位名称",
        "许可证编号/豁免管理单位编号/出口核准通知单编号",
        "方式",
        "量",
        "计量单位",
    ]
    assert [row[4] for row in rows] == [SLAG, BATTERY]
    assert [(row[8], row[9], row[17], row[18], row[19], row[25]) for row in rows] == [
        ("待填", "吨", 16.8, "吨", "待填", "/"), ("待填", "吨", 20.02, "吨", "待填", "/"),
    ]  # fmt: skip
    sheet = book.get_sheet_by_name("待填与来源").to_python()
    assert [row[1] for row in sheet[1:6]] == ["产生量", "自行利用/处置方式", "自行利用/处置量", "上月底剩余贮存量", "本月底剩余贮存量"]
    assert book.get_sheet_by_name("合计").to_python()[-1][:3] == ["合计", "", 36.82]
    assert any("国家平台的导入模板在此未知" in str(row[0]) for row in book.get_sheet_by_name("说明").to_python())


def test_the_workbook_has_every_line_and_its_sums() -> None:
    asked = RegisterAsked("generator", "2026-10", GENERATOR, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(draw_file(gather(october()), asked, ROOT)[1]))
    assert book.sheet_names == ["合计（演示）", "按代码（演示）", "按对方单位（演示）", "按月（演示）", "明细（演示）", "说明（演示）"]
    heads, *rows = book.get_sheet_by_name("明细（演示）").to_python()
    declared, accepted = heads.index("移出量（申报，吨）"), heads.index("接受量（吨）")
    assert len(rows) == 10
    assert round(sum(row[accepted] or 0 for row in rows), 6) == 36.666
    assert {row[declared] for row in rows} == {5.6}
    assert rows[0][1] == "20265101000001", "a number is a text"
    assert {row[heads.index("批准文号")] for row in rows} != {""}
    receipts = {row[1]: row[heads.index("接受确认条目序位（转移证明）")] for row in rows}
    story = october().bench.entries
    assert all(story[int(at)].statement.kind == "manifest.receive/1" for at in receipts.values() if at != "")


def test_paper_says_in_both_languages_what_it_is() -> None:
    for tongue, words in (
        ("zh", ("接受人登记册", "接受后的贮存", "19.980000", "月度报告")),
        ("en", ("Receiver's register", "Stock of what was received", "19.980000")),
    ):
        asked = RegisterAsked("receiver", "2026-10", RECEIVER, "pdf", tongue)  # type: ignore[arg-type]
        name, content = draw_file(gather(october()), asked, ROOT)
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).replace("\n", "")
        assert all(word in text for word in words)
        assert name == f"register-receiver-2026-10-{RECEIVER}" + (".pdf" if tongue == "zh" else ".en.pdf")


async def test_files_of_the_log_give_the_same_bytes(tmp_path: Path) -> None:
    """A server draws in a process from published files; whoever has an export goes through its entries."""
    story = october()
    for name, content in story.bench.export().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    root = json.loads(draw(StatementSource(tmp_path, VKEYS), RegisterAsked("c1", "2026-10", GENERATOR, "json"))[1])["log"]["root"]
    for register, party, suffix in (("receiver", RECEIVER, "xlsx"), ("carrier", CARRIERS[0], "pdf"), ("c1", RECEIVER, "xlsx")):
        asked = RegisterAsked(register, "2026", party, suffix)  # type: ignore[arg-type]
        assert await asyncio.to_thread(draw, StatementSource(tmp_path, VKEYS), asked) == draw_file(gather(story), asked, root)


def test_a_register_agrees_with_the_statement_of_the_month() -> None:
    story = october()
    fold = begin("2026-10", all_kinds(), story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    statement = finish(fold, ("51", "50"), ROOT)
    total = gathered.draw_register(fold.gathering, RegisterAsked("generator", "2026-10", GENERATOR, "json"), ROOT).total
    names = ("opening_g", "departed_g", "accepted_g", "refused_g", "difference_g", "closing_g", "voided_g")
    assert [getattr(total, name) for name in names] == [getattr(statement.total, name) for name in names]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (RegisterAsked("c1", "2026-13", GENERATOR, "json"), "MONTH_FORM"),
        (RegisterAsked("c1", "26", GENERATOR, "json"), "MONTH_FORM"),
        (RegisterAsked("c1", "2026", GENERATOR, "pdf"), "REGISTER_FORM"),
        (RegisterAsked("stock", "2026", GENERATOR, "json"), "REGISTER_FORM"),  # type: ignore[arg-type]
        (RegisterAsked("c1", "2026", "915101120000FX0290", "json"), "USCC"),
    ],
)
def test_what_is_malformed(asked: RegisterAsked, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_asked(asked)
    assert caught.value.codes == [code]


def test_more_than_a_register_holds_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MANIFESTS_MAX", 3)
    with pytest.raises(Refusal) as caught:
        told(october(), "receiver", "2026", RECEIVER)
    assert caught.value.codes == ["REGISTER_TOO_LARGE"]


def test_reports_are_due_on_days_that_exist() -> None:
    assert [(term.of, term.due_on) for term in terms_of(span_of("2026-12"), 15)] == [
        ("2026-12", "2027-01-15"), ("2026-Q4", "2027-01-15"), ("2026", "2027-03-31"),
    ]  # fmt: skip
    assert [term.due_on for term in terms_of(span_of("2026"), 10)][11:] == [
        "2027-01-10",
        "2026-04-10",
        "2026-07-10",
        "2026-10-10",
        "2027-01-10",
        "2027-03-31",
    ]


def test_the_class_of_a_firms_sites_stands_beside_the_days() -> None:
    story = Story()
    assert told(story, "c1", "2026-10", GENERATOR)["calendar"]["classes"] == []  # type: ignore[index]
    site = PartySite(site="A1", name="一厂", division="510112", address="成都市龙泉驿区（虚构）", plan_class="key")
    story.bench.post("party.site/1", f"party/{GENERATOR}", (GENERATOR,), site)
    for closed_on in (None, "2026-10-07"):
        other = replace(site, site="A2", plan_class="simple", closed_on=closed_on)
        story.bench.post("party.site/1", f"party/{GENERATOR}", (GENERATOR,), other)
    found = told(story, "generator", "2026-10", GENERATOR)
    assert found["calendar"]["classes"] == ["key"], "a closed site reports nothing"  # type: ignore[index]
    assert any("管理计划类别：重点" in note for note in found["notes"]["zh"])  # type: ignore[index]
