"""What the pages of an office say, of a real log: what waits for whom, rows by quota, acts that are open, the effect of a suspension."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from asyncpg import Pool, Record
from msgspec.structs import replace

from ledger.directory import Grant
from ledger.problem import ProblemError
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.desk.province.acts import application_acts
from liandan.desk.province.approvals import is_unanswered, read_application, read_applications
from liandan.desk.province.auditing import data_name
from liandan.desk.province.granted import read_granted
from liandan.desk.province.inbox import read_inbox
from liandan.desk.province.intaking import in_one_tongue
from liandan.desk.province.lists import read_list, read_lists, read_row
from liandan.desk.province.offering import in_words
from liandan.desk.shell.faces import CLERK, INSPECTOR, PROVINCE, SCALE, current_tab, face_of
from tests.desk.office_stage import NOW, OUT, OfficeStage, caller, office_stage
from whitelist.registries import Wanted

OURS, THEIRS = caller(SICHUAN.uscc), caller(CHONGQING.uscc)


@pytest.fixture(scope="module")
async def office(
    shared_database_url: str, shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OfficeStage]:
    async with office_stage(shared_database_url, tmp_path_factory.mktemp("office"), shared_pool) as found:
        yield found


async def test_each_side_sees_what_waits_for_it_and_for_the_other_the_same_items(office: OfficeStage) -> None:
    here = await read_inbox(office.log, OURS, None, "zh", NOW)
    there = await read_inbox(office.log, THEIRS, None, "zh", NOW)
    ours = {(item.item.kind, item.item.application or item.item.list) for item in here.mine.items}
    theirs = {(item.item.kind, item.item.application or item.item.list) for item in there.mine.items}
    assert {("approval.decide/1", office.waiting)} <= ours
    assert {("approval.reply/1", office.consulted), ("list.confirm/1", OUT)} <= theirs
    assert [one.uscc for one in here.others] == [CHONGQING.uscc]
    assert {item.item.kind for item in here.others[0].items} >= {"approval.reply/1", "list.confirm/1"}
    confirm = next(item for item in there.mine.items if item.item.kind == "list.confirm/1")
    assert confirm.address.startswith("/province/lists/2026-51-50-cy#a-")
    decide = next(item for item in here.mine.items if item.item.application == office.waiting)
    assert decide.left_wd is not None
    assert not decide.has_lapsed
    assert CAST.firm("jinchuan").name in decide.names


async def test_items_of_one_firm_are_told_apart_by_what_they_ask_for(office: OfficeStage) -> None:
    here, there = [await read_inbox(office.log, one, None, "zh", NOW) for one in (OURS, THEIRS)]
    decide = next(item for item in here.mine.items if item.item.application == office.waiting)
    assert "20.000 吨" in decide.about
    assert decide.due_on
    confirm = next(item for item in there.mine.items if item.item.kind == "list.confirm/1")
    assert confirm.title == "确认名单变更"
    assert confirm.about.startswith("四川→重庆 2026（cy）")
    assert (here.alerts.before, here.alerts.looked) == (0, here.size), "a short log is looked at whole"
    assert {code for one in here.alerts.rows for code in one.by} == set(here.alerts.said)


async def test_rows_come_by_how_much_of_them_is_committed(office: OfficeStage) -> None:
    rows = (await read_inbox(office.log, OURS, None, "zh", NOW)).quotas
    assert [row.permille for row in rows] == sorted((row.permille for row in rows), reverse=True)
    assert {row.direction for row in rows} == {"四川→重庆", "重庆→四川"}
    for row in rows:
        assert row.used_g + row.left_g == row.limit_g
        assert (row.level == "full") == (row.used_g >= row.limit_g)


async def test_a_list_says_what_waits_and_who_may_confirm_it(office: OfficeStage) -> None:
    own, other = [await read_list(office.log, one, OUT, None, "zh", NOW) for one in (OURS, THEIRS)]
    [waits] = other.waiting
    assert (waits.is_ours, waits.confirm is not None, own.waiting[0].is_ours, own.waiting[0].confirm) == (True, True, False, None)
    [(row, quota_t)] = waits.changed
    assert (row.number, quota_t, row.receiver) == (1, "640", CAST.firm("changshou").name)
    assert waits.confirm is not None
    assert waits.confirm.act.known == {"act": waits.pending.act}
    assert waits.confirm.blockers == ()
    assert {"suspend", "amend", "remove"} <= own.acts.keys()
    assert [step.kind for step in own.steps][-3:] == ["list.countersign/1", "list.rows/1", "list.propose/1"]
    assert [card.list for card in (await read_lists(office.log, OURS, None, None, "zh", NOW)).own] == ["list/2026-50-51-cy", OUT]


async def test_a_row_in_force_is_suspended_or_removed_and_its_quota_exceeded_by_the_other_side(office: OfficeStage) -> None:
    ours, theirs = [await read_row(office.log, one, OUT, 0, "zh", NOW) for one in (OURS, THEIRS)]
    assert set(ours.acts) == {"suspend", "remove"}
    assert set(theirs.acts) == {"suspend", "remove", "exceed"}
    assert ours.acts["suspend"].act.known == {"row": 0}
    assert ours.acts["suspend"].blockers == ()


async def test_an_application_offers_each_side_its_acts_filled_in(office: OfficeStage) -> None:
    ours = await read_application(office.log, OURS, office.waiting, "zh", NOW)
    assert set(ours.acts) == {"accept", "notice", "grant", "refuse", "consult"}
    assert ours.acts["grant"].act.known == {"approve": True, "valid_to": "2026-12-31", "lines": [{"line": 0, "mass_t": "20.000000"}]}
    assert {key: [one.code for one in found.blockers] for key, found in ours.acts.items()} == {
        "accept": [], "notice": [], "grant": [], "refuse": [], "consult": [],
    }  # fmt: skip
    assert (await read_application(office.log, THEIRS, office.waiting, "zh", NOW)).acts == {}, "it is not their turn"
    replying = await read_application(office.log, THEIRS, office.consulted, "zh", NOW)
    assert set(replying.acts) == {"agree", "disagree"}
    granting = await read_application(office.log, OURS, office.consulted, "zh", NOW)
    assert granting.waits_for, "it is the other side's turn"
    assert is_unanswered(granting)
    assert (replying.waits_for, is_unanswered(replying)) == ((), False)
    assert (ours.listed_to, granting.listed_to) == ("2026-12-31", "")
    assert ours.permit is not None
    assert {"20", "废铅蓄电池"} <= {line.text for line in ours.whole}
    assert [one.code for one in granting.acts["grant"].blockers] == ["NO_CONSENT"], "silence is no consent"


async def test_applications_come_by_what_is_due_first(office: OfficeStage) -> None:
    found = await read_applications(office.log, OURS, "open", Wanted(), None, "zh", NOW)
    assert [row.approval.approval for row in found.rows] == sorted(
        (row.approval.approval for row in found.rows), key=[office.waiting, office.consulted].index
    ) or {row.approval.approval for row in found.rows} == {office.waiting, office.consulted}
    by = {row.approval.approval: row for row in found.rows}
    assert (by[office.waiting].is_ours, by[office.consulted].is_ours) == (True, False)
    granted = await read_applications(office.log, OURS, "granted", Wanted(), None, "zh", NOW)
    assert {row.approval.stage for row in granted.rows} == {"approved"}


def test_adopted_data_are_called_by_their_names() -> None:
    assert data_name("hw-catalogue-2025", "zh") == "国家危险废物名录 2025"
    assert data_name("hw-catalogue-2025", "en") == "catalogue of hazardous wastes 2025"
    assert data_name("elsewhere-1", "zh") == "elsewhere-1"


def test_an_office_reads_no_paths_of_the_wire() -> None:
    raw = ProblemError(
        code="NO_CONSENT", field="body.lines.0.line", label="第 1 行“申请行号”", found="0", message="申请第 1 行（行号 0）没有写 list/2026-51-50-cy。",
        what_to_do="从“批准各行”（body.lines）去掉这一行。",
    )  # fmt: skip
    told = in_words(raw)
    assert (told.message, told.what_to_do, told.label, told.found) == (
        "申请第 1 行没有写 2026-51-50-cy。",
        "从“批准各行”去掉这一行。",
        "",
        "",
    )
    kept = in_words(replace(raw, field="body.valid_to", label="有效期至", found="2027-06-30"))
    assert (kept.label, kept.found) == ("有效期至", "2027-06-30")


def test_an_application_cannot_be_granted_for_longer_than_its_lists() -> None:
    found = SimpleNamespace(approval="approval/a/b", lines=(), applied_to="2027-06-30", stage="applied")
    [grant] = [one for one in application_acts(found, "2026-11-02", "2026-12-31") if one.key == "grant"]  # type: ignore[arg-type]
    assert grant.known["valid_to"] == "2026-12-31"
    [grant] = [one for one in application_acts(found, "2026-11-02") if one.key == "grant"]  # type: ignore[arg-type]
    assert grant.known["valid_to"] == "2027-06-30"


async def test_a_city_office_is_told_what_it_was_let_read(office: OfficeStage) -> None:
    grant = Grant(SICHUAN.uscc, ("5105", "51"), ("manifest",), None)
    [row] = await read_granted(office.log, replace(caller(CAST.firm("jinchuan").uscc), role="party", grants=(grant,)), "zh")
    assert (row.authority, row.regions, row.until) == (SICHUAN.name, "四川省泸州市、四川省", "")
    assert row.topics
    assert not row.topics.isascii()


def test_a_finding_is_told_in_one_language() -> None:
    both = "前 17 位的校验码为 1 / the check character is 1"
    assert [in_one_tongue(both, lang) for lang in ("zh", "en")] == ["前 17 位的校验码为 1", "the check character is 1"]
    assert in_one_tongue("C1 / C2 / R4", "zh") == "C1 / C2 / R4"


@pytest.mark.parametrize(
    ("path", "face"),
    [
        ("/province", PROVINCE), ("/province/lists/x", PROVINCE), ("/road", INSPECTOR), ("/road/checklist/x", INSPECTOR), ("/roads", PROVINCE),
        *((tab.path, INSPECTOR) for tab in INSPECTOR.tabs if tab.path != "/province"), ("/m/x/y", PROVINCE),
    ],
)  # fmt: skip
def test_every_word_of_an_office_leads_to_a_page_that_stands_under_it(path: str, face: object) -> None:
    assert face_of((PROVINCE, INSPECTOR), path) is face
    for tab in (*PROVINCE.tabs, *INSPECTOR.tabs):
        assert current_tab(face_of((PROVINCE, INSPECTOR), tab.path), tab.path) == tab
    assert face_of((SCALE, CLERK), "/desk/keys") is SCALE
