"""An export of the platform becomes statements that the log admits; what is lacking is a reason by its cell, and every row has one fate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.admission.form import read_body
from ledger.times import parse_at
from liandan.books.reading import read_book
from liandan.ready.files import SUMMARY, read_statements, summary_of, told, write_files
from liandan.ready.preparing import losses, prepare
from manifests.acts import Issue
from tests.liandan.ready.exports import MAPPING, approval_answer, export, ground, logged, permit_answer, prepared, row
from tests.manifests.bodies import APPROVAL, CARRIER, GENERATOR, PERMIT, RECEIVER, STRANGER
from tests.manifests.driver import Driver


def codes(found: Any) -> list[tuple[str, str]]:
    return [(one.spot.cell, one.reason.code) for one in found.findings]


def test_what_is_ready_the_log_admits() -> None:
    found = prepared(row(1), row(2, 量="12500", 单位="kg"))
    assert (found.findings, [one.number for one in found.ready]) == ((), ["20265101000001", "20265101000002"])
    log = Driver(at_s=parse_at("2026-11-05T08:30:00+08:00"))
    for one in found.ready:
        entry = log.post(one.kind, (one.uscc,), read_body(one.body, Issue), chain=one.chain)
        assert ("BACKFILL",) in entry.admission.decision.tags
        assert entry.admission.decision.alerts == ()
    state = log.state(found.ready[1].chain)
    assert (state.number, state.permit, state.approval, state.carriers) == ("20265101000002", PERMIT, APPROVAL, (CARRIER,))
    assert state.lines[0].declared_g == 12_500_000


def test_the_same_export_prepares_the_same_statements() -> None:
    first, again = prepared(row(1)), prepared(row(2), row(1))
    assert first.ready[0].chain == again.ready[1].chain != again.ready[0].chain


def test_what_the_log_has_is_matched_and_what_it_has_otherwise_is_told() -> None:
    known = ground(manifests=logged(1) | logged(2, 5_000_000))
    found = prepared(row(1), row(2), row(3), known=known)
    assert [(one.number[-1], one.differs) for one in found.matched] == [("1", ()), ("2", (("mass_t", "5.6", "5"),))]
    assert ([one.number[-1] for one in found.ready], found.left, found.done) == (["3"], (), 3)


def test_rows_of_one_number_are_one_manifest() -> None:
    decided = approval_answer()
    more = msgspec.structs.replace(decided.lines[0], line=1, name="废铅板")
    known = ground(approvals=[msgspec.structs.replace(decided, lines=(*decided.lines, more))])
    found = prepared(row(1), row(1, 废物="废铅板", 量="2"), row(2, 废物="没有的名称"), known=known)
    assert [line["decision_line"] for line in found.ready[0].body["lines"]] == [0, 1]
    assert [line["mass_t"] for line in found.ready[0].body["lines"]] == ["5.600000", "2.000000"]
    assert codes(found) == [("CSV!E4", "READY_APPROVAL")]
    several = prepared(row(1), row(1, 起运="2026-11-04 08:10"))
    assert (codes(several), len(several.left)) == ([("CSV!3", "READY_SEVERAL")], 2)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"接受人": "没有登记的厂"}, ("CSV!C2", "READY_PARTY")),
        ({"承运人": "没有登记的车队"}, ("CSV!D2", "READY_PARTY")),
        ({"接受": ""}, ("CSV!M2", "READY_UNDERWAY")),
        ({"起运": ""}, ("CSV!L2", "READY_FIELD")),
        ({"起运": "2026-11-03"}, ("CSV!L2", "READY_CLOCK")),
        ({"起运": "2020-11-03 08:10"}, ("CSV!2", "READY_PERMIT")),
        ({"移出人": RECEIVER}, ("CSV!B2", "READY_OTHER")),
        ({"代码": "900-249-08"}, ("CSV!2", "READY_PERMIT")),
        ({"代码": "900-052-3"}, ("CSV!F2", "INTAKE_CODE")),
        ({"量": "5.6吨左右"}, ("CSV!G2", "INTAKE_NUMBER")),
        ({"量": "0"}, ("CSV!G2", "QTY")),
        ({"形态": "膏状"}, ("CSV!I2", "FORM_PACK")),
        ({"件数": ""}, ("CSV!K2", "READY_FIELD")),
        ({"联单号": "2026510100000"}, ("CSV!A2", "NO_FORMAT")),
        ({"单位": "只"}, ("CSV!H2", "INTAKE_UNIT")),
    ],
)
def test_what_is_lacking_is_told_by_its_cell_and_leaves_that_manifest_alone(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    found = prepared(row(1) | changes, row(2))
    assert expected in codes(found)
    assert ([one.number[-1] for one in found.ready], [spot.row for spot in found.left]) == (["2"], [2])


def test_two_permits_that_fit_are_parted_by_their_number_and_never_guessed() -> None:
    second = msgspec.structs.replace(permit_answer(), permit=f"permit/{RECEIVER}/01K9000000000000000000PERX", no="CQ2")
    known = ground(permits=[permit_answer(), second])
    assert codes(prepared(row(1), known=known)) == [("CSV!2", "READY_PERMIT")]
    mapping = msgspec.structs.replace(MAPPING, columns={**MAPPING.columns, "司机": "permit_no"})
    assert prepared(row(1, 司机="CQ2"), known=known, mapping=mapping).ready[0].body["permit"] == second.permit


def test_a_transfer_between_provinces_without_a_decision_is_left() -> None:
    assert codes(prepared(row(1), known=ground(approvals=[]))) == [("CSV!2", "READY_APPROVAL")]


def test_a_file_that_cannot_be_read_whole_prepares_nothing() -> None:
    mapping = msgspec.structs.replace(MAPPING, columns={**MAPPING.columns, "没有的列": "batch"} | {"没有": "permit_no"})
    assert prepared(row(1), mapping=mapping).ready != ()  # what is not needed may be absent
    lacking = msgspec.structs.replace(
        MAPPING, columns={("代号" if head == "代码" else head): field for head, field in MAPPING.columns.items()}
    )
    found = prepare(read_book("a.csv", export(row(1)), lacking), GENERATOR, lacking, ground())
    assert (found.ready, {one.reason.code for one in found.findings}) == ((), {"INTAKE_COLUMN"})


def test_what_is_wrong_beside_the_rows_prepares_nothing() -> None:
    bare = msgspec.structs.replace(MAPPING, columns={head: "drop" if field == "unit" else field for head, field in MAPPING.columns.items()})
    found = prepared(row(1), row(2), mapping=bare)
    assert (codes(found), found.ready, len(found.left)) == ([("CSV!G1", "INTAKE_UNIT"), ("CSV!N1", "INTAKE_UNIT")], (), 2)
    raw = export(row(1), row(2)) + "共3条记录\r\n".encode()
    found = prepare(read_book("a.csv", raw, MAPPING), GENERATOR, MAPPING, ground())
    assert (codes(found), found.ready) == ([("CSV!4", "INTAKE_TOTAL")], ())


def test_every_field_says_where_it_came_from_and_files_say_it_all(tmp_path: Path) -> None:
    found = prepared(row(1), row(2), row(3, 接受=""), row(4, 移出人=STRANGER), known=ground(manifests=logged(2)))
    fields = {one.field: (dict(one.sources), one.left) for one in losses(found)}
    assert fields["number"] == ({"export": 1}, 0)
    assert fields["permit"] == ({"registry": 1}, 0)
    assert fields["lines.category"] == ({"catalogue": 1}, 0)
    assert fields["lines.components"] == ({"mapping": 1}, 0)
    assert fields["consignor"] == ({"default": 1}, 0)
    assert fields["paper.completed_at"] == ({}, 1)
    summary = summary_of(found)
    assert {name: summary[name] for name in ("rows", "matched", "ready", "left", "share")} == {
        "rows": 4,
        "matched": 1,
        "ready": 1,
        "left": 2,
        "share": 0.5,
    }
    files = write_files(tmp_path / "out", found)
    assert [path.name for path in files] == ["ready.ndjson", "left.csv", "differs.csv", "summary.json"]
    [line] = read_statements(files[0].read_bytes())
    assert read_body(line.body, Issue).receiver == RECEIVER
    left = files[1].read_text(encoding="utf-8-sig")
    assert "READY_UNDERWAY" in left
    assert "READY_OTHER" in left
    assert "王某" not in left + files[0].read_text()
    assert json.loads((tmp_path / "out" / SUMMARY).read_bytes())["left"] == 2
    assert "  有害成分 lines.components：对照文件 1" in told(found)
    with pytest.raises(FileExistsError):
        write_files(tmp_path / "out", found)


def test_a_day_without_a_time_is_all_that_is_told_of_it() -> None:
    found = prepared(row(1, 起运="2026-11-03"))
    assert codes(found) == [("CSV!L2", "READY_CLOCK")], "the permit is there, and so is the day"


def test_a_day_without_a_time_stands_for_the_time_that_the_sender_says() -> None:
    mapping = msgspec.structs.replace(MAPPING, clock={"departed_at": "08:00", "received_at": "18:00"})
    [one] = prepared(row(1, 起运="2026-11-03", 接受="2026-11-03"), mapping=mapping).ready
    assert (one.body["paper"]["departed_at"], one.body["paper"]["completed_at"]) == (
        "2026-11-03T08:00:00+08:00",
        "2026-11-03T18:00:00+08:00",
    )
