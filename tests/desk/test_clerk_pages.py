"""The clerk's pages as functions of what the services answer: the day, what waits for signatures, a manifest, its corrections, decisions. No server, no database."""

from __future__ import annotations

from typing import Any, TypeVar, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import NODEFAULT, Struct

from ledger.mass import parse_mass
from ledger.pending.answers import PendingAnswer, PendingSigner
from ledger.problem import Language, ProblemError
from ledger.times import format_at, parse_at
from liandan.desk.enterprise.draft import KeptDraft
from liandan.desk.enterprise.lists.view import decisions_view, listed
from liandan.desk.enterprise.manifest.amending import AMEND, PATHS, amend_fields, offered, read_plain
from liandan.desk.enterprise.manifest.view import manifest_page
from liandan.desk.enterprise.signing import SigningGround, signing_view
from liandan.desk.enterprise.today import SOON_WD, TodayGround, today_view
from liandan.desk.evidence.view import EvidenceEntry, with_numbers
from liandan.wiring import KINDS, RULES
from manifests.action_answers import ManifestActions
from manifests.answers import Manifests, item_of, manifest_answer
from manifests.history_answers import ManifestHistory, record_answer
from manifests.possible.answers import AskedField, FieldValue, PossibleActAnswer
from manifests.view import ManifestView
from manifests.work.answers import WorkItem
from tests.desk.test_scale_views import views
from tests.manifests.driver import GENERATOR, LIMITS, MANIFEST, NUMBER, RECEIVER, Driver
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, QuotaAnswer
from whitelist.check_answers import CheckAnswer, CheckReason

NOW = "2026-11-02T10:00:00+08:00"
NOW_S = parse_at(NOW)
Made = TypeVar("Made", bound=Struct)
EMPTY: dict[Any, Any] = {str: "", int: 0, bool: False, tuple: (), dict: {}}


def made(sort: type[Made], **given: Any) -> Made:
    """An answer of a service of which only what a test is about is said."""
    hints = get_type_hints(sort)
    for field in msgspec.structs.fields(sort):
        if field.required and field.default is NODEFAULT:
            hint = hints[field.name]
            given.setdefault(field.name, EMPTY.get(get_origin(hint) or hint))
    return sort(**given)


def on_the_way() -> tuple[Driver, ManifestView]:
    log = Driver()
    log.issue()
    log.depart()
    [view] = views(log, MANIFEST)
    return log, view


def issued() -> tuple[Driver, ManifestView]:
    log = Driver()
    log.issue()
    [view] = views(log, MANIFEST)
    return log, view


# --- 今日 ---------------------------------------------------------------------------------------------------------------------------------


def draft(name: str, planned: str, **body: Any) -> KeptDraft:
    body = {"receiver": RECEIVER, "lines": [{"name": "废铅蓄电池", "code": "900-052-31", "mass_t": "5.6"}]} | body
    return KeptDraft(id=name, party=GENERATOR, sort="draft", title="", body=body, planned=planned, origin="", changed_s=0, changed_by="")


def reason(code: str, **given: Any) -> CheckReason:
    return made(CheckReason, code=code, message=f"{code} 的话", what_to_do="改", **given)


def test_the_day_tells_what_may_go_what_is_stopped_and_what_is_not_filled_in() -> None:
    drafts = [draft("GO", NOW), draft("STOP", ""), draft("HALF", "2026-11-01T08:00:00+08:00"), draft("LATER", "2026-11-05T08:00:00+08:00")]
    stop = made(CheckAnswer, reasons=(reason("APPROVAL_QUOTA"), reason("FIELD_MISSING", label="包装数量")))
    half = made(CheckAnswer, reasons=(reason("FIELD_MISSING", label="包装数量"), reason("MISSING", label="包装数量")))
    day = today_view(
        TodayGround(
            own=GENERATOR, now_s=NOW_S, drafts=drafts, answers=[made(CheckAnswer, admissible=True), stop, half, made(CheckAnswer, admissible=True)],
            names={RECEIVER: "接受单位"}, rules=RULES, limits=LIMITS,
        )
    )  # fmt: skip
    assert [(row.id, row.state) for row in day.rows] == [("HALF", "incomplete"), ("GO", "may_issue"), ("STOP", "blocked")], (
        "without a time last"
    )
    assert [row.id for row in day.later] == ["LATER"]
    assert (day.day, day.weekday, day.go, day.stopped) == ("2026-11-02", 0, 1, 1)
    by_name = {row.id: row for row in day.rows}
    assert [one.code for one in by_name["STOP"].blocked] == ["APPROVAL_QUOTA"], "what is not filled in is no obstacle"
    assert by_name["HALF"].lacking == ("包装数量",)
    assert by_name["GO"].receiver == "接受单位"
    assert by_name["GO"].grams == parse_mass("5.600000")


@pytest.mark.parametrize(("blockers", "state", "act"), [((), "may_depart", "manifest.depart/1"), (None, "waits", "")])
def test_an_issued_load_may_depart_or_waits_for_others(blockers: tuple[ProblemError, ...] | None, state: str, act: str) -> None:
    _, view = issued()
    ground = TodayGround(
        own=GENERATOR, now_s=view.state.planned_s or NOW_S, manifests=[view], departures={view.chain: blockers}, rules=RULES
    )
    [row] = today_view(ground).rows
    assert (row.state, row.act, row.plate) == (state, act, "")


def test_a_load_that_cannot_depart_says_why_and_one_on_the_road_comes_first() -> None:
    _, view = issued()
    _, moving = on_the_way()
    why = ProblemError(code="PERMIT_EXPIRED", message="许可证过期", what_to_do="换证")
    rows = today_view(
        TodayGround(own=GENERATOR, now_s=NOW_S, manifests=[view, moving], departures={view.chain: (why,)}, rules=RULES, limits=LIMITS)
    ).rows
    assert rows[0].state == "moving"
    assert rows[0].plate == moving.state.legs[0].vehicle.plate
    assert [one.message for row in rows[1:] for one in row.blocked] in (["许可证过期"], [])
    assert all(row.state == "blocked" for row in rows[1:])


def test_what_is_due_in_months_stands_apart_and_signatures_have_a_place_of_their_own() -> None:
    def one(**given: Any) -> WorkItem:
        return made(WorkItem, what="act", **given)

    work = (
        one(number="soon", workdays_left=SOON_WD), one(number="far", workdays_left=SOON_WD + 1), one(number="late", workdays_left=-70, overdue=True),
        one(number="open"), made(WorkItem, what="signature", number="sign"),
    )  # fmt: skip
    day = today_view(TodayGround(own=GENERATOR, now_s=NOW_S, work=work))
    assert [item.number for item in day.work] == ["soon", "late", "open"]
    assert [item.number for item in day.far] == ["far"]


# --- 待我签署 -------------------------------------------------------------------------------------------------------------------------------


def pending(statement: str, **given: Any) -> PendingAnswer:
    by = (made(PendingSigner, uscc=GENERATOR, name=""), made(PendingSigner, uscc=RECEIVER, name="", keyid="k"))
    base: dict[str, Any] = {
        "statement": statement,
        "state": "waiting",
        "kind": "manifest.depart/1",
        "title": "起运",
        "chain": MANIFEST,
        "seq": 1,
        "by": by,
    }
    return PendingAnswer(**base | {"missing": (GENERATOR,), "opener": RECEIVER, "ends_at": NOW} | given)


def test_mine_are_those_that_lack_my_signature_and_still_wait() -> None:
    found = signing_view(
        SigningGround(
            own=GENERATOR, kinds=KINDS, names={RECEIVER: "对方", GENERATOR: "移出单位"}, numbers={MANIFEST: "20265101000001"},
            pending=[
                pending("aa11bb22" + "0" * 56), pending("b" * 64, missing=(RECEIVER,), state="waiting"), pending("c" * 64, state="declined"),
                pending("d" * 64, state="entered"), pending("e" * 64, ends_at="2026-11-01T00:00:00+08:00"),
            ],
        )
    )  # fmt: skip
    assert [one.statement[0] for one in found.mine] == ["e", "a"], "what ends first stands first"
    assert [one.statement[0] for one in found.others] == ["b", "c"]
    mine = found.mine[1]
    assert (mine.code, mine.opener, mine.may_sign, mine.may_withdraw) == ("AA11 BB22", "对方", True, False)
    assert [(one.is_you, one.has_signed) for one in mine.signers] == [(True, False), (False, True)]
    assert (mine.about, mine.subject) == (f"/m/{MANIFEST.removeprefix('manifest/')}", "20265101000001")


def test_what_begins_a_manifest_has_no_page_yet_and_what_i_signed_i_may_take_back() -> None:
    by = (made(PendingSigner, uscc=GENERATOR, name="", keyid="k"),)
    [one] = signing_view(
        SigningGround(own=GENERATOR, kinds=KINDS, names={}, pending=[pending("a" * 64, seq=0, by=by, missing=(RECEIVER,))])
    ).others
    assert (one.about, one.subject, one.may_withdraw, one.may_sign) == ("", "", True, False)
    [case] = signing_view(
        SigningGround(
            own=GENERATOR,
            kinds=KINDS,
            names={GENERATOR: "移出单位"},
            pending=[pending("a" * 64, seq=0, chain=f"{MANIFEST.replace('manifest', 'case', 1)}/X")],
        )
    ).mine
    assert case.subject == f"移出单位 …{MANIFEST[-8:]}", "a code alone says nothing to whoever signs"


# --- 联单 ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_manifest_tells_its_way_and_its_acts_newest_first(language: Language) -> None:
    log, view = on_the_way()
    answer = manifest_answer(view, len(log.entries), RULES, language)
    actions = made(ManifestActions, id=answer.manifest.id, stage=answer.manifest.stage)
    entries = [entry for entry in log.entries if entry.statement.chain == MANIFEST]
    history = ManifestHistory(size=len(entries), id=answer.manifest.id, entries=tuple(map(record_answer, entries)))
    page = manifest_page(answer, actions, history, KINDS, GENERATOR, LIMITS, language)
    assert [one.kind for one in page.events] == ["manifest.depart/1", "manifest.issue/1"]
    assert [(step.kind, bool(step.at)) for step in page.steps][:3] == [
        ("manifest.issue/1", True), ("manifest.depart/1", True), ("manifest.arrive/1", False)
    ]  # fmt: skip
    assert (page.tone, page.is_held, page.has_certificate, page.has_transit) == ("move", False, False, True)
    assert page.declared_g == sum(line.declared_g for line in view.state.lines)
    assert all(one.fields for one in page.events)


def test_a_list_says_the_time_of_the_issue_as_its_page_does_and_the_trucks() -> None:
    _, view = on_the_way()
    found = Manifests(size=1, manifests=(item_of(view, "zh"),), next=None)
    [row] = listed(found, {view.chain: view})
    assert row.issued_at == format_at(view.state.times.issued_s)
    assert row.plates == (view.state.legs[0].vehicle.plate,)
    assert row.waste == view.state.lines[0].name
    assert not row.has_certificate


def test_entries_are_called_by_the_numbers_of_their_manifests() -> None:
    log = Driver()
    log.issue(number=NUMBER)
    [view] = views(log, MANIFEST)
    name = MANIFEST.removeprefix("manifest/")
    entries = (EvidenceEntry(1, "开具", MANIFEST, name, 0, True), EvidenceEntry(0, "登记", "party/x", "", 0, True))
    assert [one.number for one in with_numbers(entries, {name: view.state})] == [NUMBER, ""]


# --- 更正 ----------------------------------------------------------------------------------------------------------------------------------


def test_a_correction_is_written_in_words_and_travels_as_it_stands() -> None:
    paths = {
        "contract.no": "本单位填写的说明：委托合同·合同编号",
        "lines.*.note": "本单位填写的说明：备注",
        "lines.*.hazards": "废物和方式：危险特性",
    }
    paths |= {
        "planned_at": "本单位填写的说明：计划转移时间",
        "lines.*.mass_t": "计划转移量：计划转移量（吨）",
        "times.departed_at": "起运时间：起运时间",
    }
    asked = made(AskedField, path=PATHS, values=tuple(FieldValue(value=path, text=text) for path, text in paths.items()))
    act = made(PossibleActAnswer, kind=AMEND, fields=(asked,))
    lines = [{"hazards": ["T", "C"], "mass_t": "9.000000"}, {"note": '写有"引号"', "mass_t": "1.000000", "hazards": ["T"]}]
    record = {"contract": {"no": "HT-1"}, "lines": lines, "planned_at": NOW, "times": {"departed_at": NOW}}
    act = offered(act, record, "zh")
    chosen = {one.value: one.text for one in act.fields[0].values}
    assert chosen["contract.no"] == "委托合同·合同编号"
    assert chosen["lines.1.note"] == "第 2 项 备注"
    found = amend_fields(act, record, KINDS, "zh")
    assert found.keys() == chosen.keys()
    assert (found["contract.no"].json, found["contract.no"].shown, found["contract.no"].typed) == ('"HT-1"', "HT-1", "text")
    assert (found["lines.0.note"].json, found["lines.0.note"].shown) == ("", "")
    assert found["lines.1.note"].json == '"写有\\"引号\\""'
    assert (found["lines.0.hazards"].json, found["lines.0.hazards"].shown, found["lines.0.hazards"].typed) == (
        '["T","C"]',
        "毒性、腐蚀性",
        "choices",
    )
    assert (found["planned_at"].shown, found["planned_at"].typed) == ("2026-11-02 10:00", "time")
    assert found["times.departed_at"].typed == "time"
    assert found["lines.0.mass_t"].typed == "mass"


@pytest.mark.parametrize(("text", "plain"), [('"HT-1"', "HT-1"), ("", ""), ('["T","C"]', "T、C"), ("12", "12"), ("{", "{")])
def test_values_of_corrections_are_told_without_their_quotes(text: str, plain: str) -> None:
    assert read_plain(text) == plain


def test_other_acts_are_offered_as_they_are() -> None:
    act = made(PossibleActAnswer, kind="case.report/1", fields=(made(AskedField, path=PATHS),))
    assert offered(act, {}, "zh") is act
    assert amend_fields(act, {}, KINDS, "zh") == {}


# --- 批准与额度 -----------------------------------------------------------------------------------------------------------------------------


def approval(name: str, stage: str, generator: str, valid_to: str, left: str = "1.000000") -> ApprovalAnswer:
    line = made(
        ApprovalLineAnswer, name="废铅蓄电池", decided_t="10.000000", used_t="9.000000", applied_t="12.000000", left_t=left, status="ACTIVE"
    )
    return made(
        ApprovalAnswer, approval=name, no=name, stage=stage, generator=generator, receiver=RECEIVER, valid_to=valid_to, lines=(line,)
    )


def test_decisions_in_force_come_by_whose_they_are_and_when_they_end_and_applications_apart() -> None:
    approvals = [
        approval("theirs", "approved", RECEIVER, "2026-11-30"), approval("late", "approved", GENERATOR, "2026-12-31"),
        approval("soon", "suspended", GENERATOR, "2026-11-30", left="-0.500000"), approval("asked", "filed", GENERATOR, ""),
        approval("no", "refused", GENERATOR, ""),
    ]  # fmt: skip
    quota = made(QuotaAnswer, quota="Q3", year=2026, limit_t="10.000000", used_t="11.000000", left_t="-1.000000")
    found = decisions_view(approvals, [quota, made(QuotaAnswer, quota="Q2")], GENERATOR, {RECEIVER: "接受单位", "refused": "不予批准"})
    assert [one.no for one in found.left] == ["soon", "late", "theirs"]
    assert found.left[0].left_g == -parse_mass("0.500000")
    assert [one.no for one in found.others] == ["no"]
    assert (found.others[0].stage_text, found.others[0].receiver) == ("不予批准", "接受单位")
    assert [(one.year, one.left_g) for one in found.permits] == [(2026, -parse_mass("1.000000"))]
