"""``python -m tests.coverage_page`` writes ``docs/coverage.md``: by which tests, vectors and schema each kind and each mended case is held.

What can be counted is counted (vectors, schemas); which test is about what, is said here. ``tests/house/test_coverage_page.py`` compares
the page with this, and this with what exists.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from ledger.admission.entry import read_entry
from ledger.tree.tiles import parse_bundle
from liandan.wiring import KINDS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/coverage.md"
VECTORS = ROOT / "tests/vectors/liandan-v1"
LOGS = ("acts", "log", "log-closed")
Standing = Literal["", "改 changed", "新 new"]
CHANGED, NEW, SAME = "改 changed", "新 new", ""

TESTS: Mapping[str, tuple[Standing, tuple[str, ...]]] = {
    "log.found/1": (SAME, ("ledger/test_founding",)),
    "ruleset.adopt/1": (SAME, ("ledger/test_rulesets", "manifests/test_ruleset_drill")),
    "data.adopt/1": (SAME, ("ledger/test_founding", "manifests/test_ruleset_drill")),
    "authority.admit/1": (SAME, ("ledger/test_founding",)),
    "witness.set/1": (SAME, ("ledger/test_life_kinds",)),
    "log.cut/1": (SAME, ("ledger/test_cut",)),
    "log.close/1": (SAME, ("ledger/test_life_kinds",)),
    "log.refusals/1": (SAME, ("ledger/test_founding", "ledger/test_kinds")),
    "pd.erase/1": (SAME, ("ledger/vault/test_erasure_kinds",)),
    "issuer.key/1": (NEW, ("ledger/test_issuers",)),
    "issuer.retire/1": (NEW, ("ledger/test_issuers",)),
    "party.register/1": (SAME, ("ledger/test_life_kinds", "ledger/test_signers")),
    "party.amend/1": (NEW, ("ledger/test_party_amend",)),
    "party.site/1": (NEW, ("ledger/test_sites",)),
    "key.add/1": (CHANGED, ("ledger/test_scoped_keys", "ledger/test_life_kinds")),
    "key.rotate/1": (SAME, ("ledger/test_scoped_keys",)),
    "key.revoke/1": (SAME, ("ledger/test_life_kinds",)),
    "delegation.grant/1": (CHANGED, ("ledger/test_signers", "ledger/test_life_kinds")),
    "delegation.revoke/1": (SAME, ("ledger/test_life_kinds",)),
    "crew.register/1": (NEW, ("ledger/test_crew", "manifests/test_crew")),
    "crew.retire/1": (NEW, ("ledger/test_crew", "manifests/test_crew")),
    "access.grant/1": (NEW, ("ledger/test_access",)),
    "access.revoke/1": (NEW, ("ledger/test_access",)),
    "permit.grant/1": (CHANGED, ("whitelist/test_permit_kinds", "whitelist/test_permit_lines")),
    "permit.amend/1": (CHANGED, ("whitelist/test_permit_kinds",)),
    "permit.suspend/1": (CHANGED, ("whitelist/test_permit_kinds", "whitelist/test_check_permission")),
    "permit.resume/1": (CHANGED, ("whitelist/test_check_permission",)),
    "permit.revoke/1": (CHANGED, ("whitelist/test_check_permission",)),
    "permit.usage/1": (NEW, ("whitelist/test_permit_lines",)),
    "quota.open/1": (NEW, ("whitelist/test_quota_open",)),
    "plan.file/1": (NEW, ("whitelist/test_plan_kinds",)),
    "plan.amend/1": (NEW, ("whitelist/test_plan_kinds",)),
    "list.propose/1": (CHANGED, ("whitelist/test_list_kinds",)),
    "list.rows/1": (CHANGED, ("whitelist/test_list_rows",)),
    "list.countersign/1": (CHANGED, ("whitelist/test_list_kinds",)),
    "list.amend/1": (NEW, ("whitelist/test_list_amend",)),
    "list.exceed_consent/1": (NEW, ("whitelist/test_list_amend",)),
    "list.suspend/1": (NEW, ("whitelist/test_list_status", "manifests/test_listing_stops")),
    "list.resume/1": (NEW, ("whitelist/test_list_status",)),
    "list.remove/1": (NEW, ("whitelist/test_list_status",)),
    "list.confirm/1": (NEW, ("whitelist/test_list_status",)),
    "approval.apply/1": (CHANGED, ("whitelist/test_approval_kinds",)),
    "approval.consult/1": (CHANGED, ("whitelist/test_approval_kinds",)),
    "approval.reply/1": (CHANGED, ("whitelist/test_approval_kinds",)),
    "approval.decide/1": (CHANGED, ("whitelist/test_approval_kinds", "whitelist/test_decision_routes")),
    "approval.accept/1": (NEW, ("whitelist/test_approval_life",)),
    "approval.notice/1": (NEW, ("whitelist/test_approval_life",)),
    "approval.withdraw/1": (NEW, ("whitelist/test_approval_life",)),
    "approval.suspend/1": (NEW, ("whitelist/test_approval_life", "manifests/test_departure_gate")),
    "approval.resume/1": (NEW, ("whitelist/test_approval_life", "manifests/test_departure_gate")),
    "approval.revoke/1": (NEW, ("whitelist/test_approval_life", "manifests/test_departure_gate")),
    "manifest.issue/1": (
        CHANGED,
        ("manifests/test_issue", "manifests/test_cases", "whitelist/test_oracle", "manifests/test_returns", "manifests/test_lots"),
    ),
    "manifest.void/1": (SAME, ("manifests/test_issue",)),
    "manifest.depart/1": (
        CHANGED,
        ("manifests/test_departure_gate", "manifests/test_gate_rules", "manifests/test_labels", "manifests/test_exempt_transport"),
    ),
    "manifest.hand_over/1": (CHANGED, ("manifests/test_trip_rules", "manifests/test_vehicles")),
    "manifest.transship/1": (CHANGED, ("manifests/test_trip_rules", "manifests/test_vehicles")),
    "manifest.stop/1": (NEW, ("manifests/test_trip_rules",)),
    "manifest.arrive/1": (CHANGED, ("manifests/test_trip_rules",)),
    "manifest.receive/1": (CHANGED, ("manifests/test_receipt_rules", "manifests/test_tickets", "manifests/test_pipeline")),
    "manifest.dispose/1": (CHANGED, ("manifests/test_receipt_rules", "manifests/test_lots")),
    "manifest.verify/1": (CHANGED, ("manifests/test_view", "manifests/test_worked_example", "manifests/test_returns")),
    "case.number/1": (CHANGED, ("manifests/test_case_number",)),
    "case.hold/1": (NEW, ("manifests/test_case_hold",)),
    "case.release/1": (NEW, ("manifests/test_case_hold", "manifests/test_case_contest")),
    "case.close_with_gap/1": (NEW, ("manifests/test_case_gap",)),
    "case.contest/1": (NEW, ("manifests/test_case_contest",)),
    "case.report/1": (NEW, ("manifests/test_case_report",)),
    "case.amend_propose/1": (NEW, ("manifests/test_amendments",)),
    "case.amend_consent/1": (NEW, ("manifests/test_amendments",)),
    "case.amend_refuse/1": (NEW, ("manifests/test_amendments",)),
    "emergency.declare/1": (NEW, ("manifests/test_emergency",)),
    "emergency.join/1": (NEW, ("manifests/test_emergency",)),
    "emergency.close/1": (NEW, ("manifests/test_emergency",)),
    "incident.report/1": (NEW, ("manifests/test_incidents",)),
    "incident.unmanifested/1": (NEW, ("manifests/test_incidents",)),
    "incident.close/1": (NEW, ("manifests/test_incidents",)),
    "number.settle/1": (NEW, ("manifests/test_number_settle",)),
}
"""By kind: what became of it when the kinds of version 1 were settled, and the modules of tests that are about it."""


class Case(Struct, frozen=True):
    """An input that was answered wrongly once, what is right, and the tests that fail without the mend."""

    id: str
    right: str
    tests: tuple[str, ...]


CASES = (
    Case(
        "L1",
        "移出地按场所登记；起运地须在移出地所在省",
        (
            "whitelist/test_check_places.py::test_l1_an_origin_outside_the_own_province_is_a_registered_site",
            "manifests/test_gate_rules.py::test_a_trip_from_another_province_is_refused",
        ),
    ),
    Case(
        "L2",
        "补录按纸质联单起运之日判断",
        (
            "whitelist/test_check_days.py::test_l2_a_backfill_is_judged_on_the_day_it_departed_on_paper",
            "whitelist/test_check_days.py::test_l2_statuses_are_those_of_its_moment",
            "whitelist/test_check_days.py::test_l2_a_listed_decision_of_last_year_serves_a_departure_of_last_year",
        ),
    ),
    Case(
        "L3",
        "接受人许可证失效的不得起运",
        ("manifests/test_departure_gate.py::test_nothing_departs_to_a_receiver_whose_permit_does_not_stand",),
    ),
    Case(
        "L4",
        "年经营规模按场所、按接受之年计，续证不另计",
        (
            "whitelist/test_cases.py::test_l4_a_renewal_is_no_second_year",
            "whitelist/test_cases.py::test_l4_what_is_accepted_in_january_counts_in_january",
            "whitelist/test_cases.py::test_l4_what_was_accepted_last_year_leaves_the_new_year_whole",
            "whitelist/test_site_year.py::test_120_t_of_31_december_accepted_on_1_january_leave_room_for_none",
        ),
    ),
    Case(
        "L5",
        "十二月可依下一年名单作出决定，起运受名单之年限制",
        (
            "whitelist/test_decision_routes.py::test_l5_a_decision_of_december_on_next_years_list_is_lawful",
            "whitelist/test_check_days.py::test_r40_a_list_serves_its_own_year_though_the_decision_was_given_in_the_one_before",
            "whitelist/test_check_days.py::test_r40_a_listing_serves_the_days_of_its_list",
            "manifests/test_term_rules.py::test_a_list_of_2026_serves_no_departure_in_2027",
        ),
    ),
    Case(
        "L6",
        "豁免条款按当日施行的清单年版、代码和条件判断",
        (
            "whitelist/test_check_form.py::test_the_edition_is_that_of_the_day",
            "whitelist/test_check_form.py::test_only_corrosive_means_corrosive_alone",
            "whitelist/test_check_form.py::test_items_that_name_their_wastes_in_words_need_the_plan",
            "vectors/test_acts.py::test_the_log_refuses_an_act_against_the_rules",
        ),
    ),
    Case(
        "L7",
        "危险特性是集合；承运人证件、危险货物编号按第十至十三条必填",
        (
            "whitelist/test_check_form.py::test_r08_hazards_are_a_set_and_those_of_the_edition_of_the_day",
            "whitelist/test_check_form.py::test_r25_dangerous_goods_are_named_unless_transport_is_exempt",
            "manifests/test_gate_rules.py::test_nothing_departs_without_waybill_and_operating_licence",
        ),
    ),
    Case(
        "E1",
        "同一行为中的重量互相核对",
        (
            "manifests/test_cases.py::test_e1_a_net_of_12_is_no_receipt_of_20",
            "manifests/test_cases.py::test_e1_a_gross_below_its_tare_is_refused",
            "manifests/test_tickets.py::test_lines_are_the_net_of_their_tickets_within_tolerance",
        ),
    ),
    Case(
        "E2",
        "车牌按规范形式比对",
        (
            "manifests/test_cases.py::test_e2_a_plate_without_its_dot_is_that_plate",
            "manifests/test_vehicles.py::test_a_truck_under_way_is_that_truck_in_every_spelling",
            "manifests/test_vehicles.py::test_marks_and_width_never_make_another_truck",
        ),
    ),
    Case(
        "E3",
        "标签与包装数、日期、联单核对；运单一车次一号",
        (
            "manifests/test_cases.py::test_e3_one_label_on_five_packs_is_told",
            "manifests/test_cases.py::test_e3_fifty_labels_on_five_packs_are_told",
            "manifests/test_cases.py::test_e3_a_label_of_2099_is_told",
            "manifests/test_cases.py::test_e3_labels_of_another_manifest_are_told_also_when_that_one_is_finished",
            "manifests/test_cases.py::test_e3_one_waybill_on_two_trucks_is_told",
        ),
    ),
    Case(
        "E5",
        "R-62 只有一个基准：账本提示与月度对账单级别一致",
        (
            "reports/test_weight_alerts.py::test_the_log_alerts_exactly_what_the_statement_lists",
            "reports/test_weight_alerts.py::test_every_threshold_is_the_same_gram_in_log_and_statement",
            "reports/test_weight_level.py::test_a_receipt_is_judged_by_the_tolerances_of_its_day",
        ),
    ),
    Case(
        "E6",
        "账本中尚未完结的月份逐页标明，期末各数截至末条入账；每份文书写明看到哪里",
        (
            "reports/test_provisional.py::test_every_page_is_marked",
            "reports/test_provisional.py::test_every_sheet_and_the_json_are_marked",
            "reports/test_provisional.py::test_what_is_open_is_told_as_of_the_last_entry",
            "reports/test_provisional.py::test_of_a_month_that_has_not_begun_nothing_is_told",
            "reports/test_provisional.py::test_a_list_is_in_force_on_its_days_alone",
            "reports/test_provisional.py::test_a_decision_whose_last_day_has_passed_says_so",
            "reports/test_documents.py::test_every_paper_says_how_far_it_sees",
        ),
    ),
    Case(
        "E7",
        "名单整体判断：重复行、许可证不覆盖的行予以拒绝并指明行号",
        (
            "whitelist/test_list_rows.py::test_a_row_lies_within_its_permit",
            "whitelist/test_list_rows.py::test_no_waste_stands_in_two_rows_of_a_permit_and_method",
            "whitelist/test_list_rows.py::test_a_row_twice_says_both_numbers_across_pages",
        ),
    ),
    Case(
        "E8",
        "合法而不合常理的予以提示；计划时间不得晚于决定和许可证的末日",
        (
            "manifests/test_cases.py::test_e8_what_is_lawful_and_not_plausible_is_told",
            "whitelist/test_cases.py::test_e8_a_plan_for_2099_and_a_load_no_truck_carries_are_told",
            "whitelist/test_check_days.py::test_e8_a_plan_beyond_the_last_day_of_decision_or_permit_is_refused",
        ),
    ),
    Case(
        "S1",
        "表格超过一张工作表的行数时续到下一张；单元格、工作表名、日期的上限同样不丢内容",
        (
            "reports/test_verdict.py::test_a_statement_of_more_rows_than_a_sheet_has_goes_on_on_a_second",
            "reports/test_tables.py::test_a_full_sheet_goes_on_on_the_next",
            "reports/test_tables.py::test_a_text_that_no_cell_holds_says_that_it_is_cut",
            "reports/test_tables.py::test_a_day_before_there_are_dates_in_cells_is_a_text",
            "reports/test_tables.py::test_any_name_becomes_one_that_a_sheet_may_have",
        ),
    ),
    Case(
        "S2",
        "查询值按整体格式判断",
        (
            "liandan/test_reading.py::test_a_number_in_a_query_is_a_number_as_a_whole",
            "liandan/test_hostile_http.py::test_a_misspelt_filter_never_widens_an_answer",
        ),
    ),
    Case(
        "statement",
        "对账单首页一句话说明结论和须处理的事项；各表按轻重排列，允差内的合为一行；代码附名称，图附数值",
        (
            "reports/test_verdict.py::test_the_sentence_says_what_is_not_fine_with_counts_and_tables",
            "reports/test_verdict.py::test_the_sentence_is_the_same_in_every_file",
            "reports/test_verdict.py::test_page_one_says_on_which_page_each_table_stands",
            "reports/test_verdict.py::test_tables_stand_in_the_order_of_their_numbers",
            "reports/test_verdict.py::test_what_is_within_tolerance_is_one_line_on_paper_and_every_row_in_the_files",
            "reports/test_verdict.py::test_codes_have_names_beside_them",
            "reports/test_verdict.py::test_research_marks_and_bare_codes_stand_on_no_page",
            "reports/test_verdict.py::test_bars_have_their_figures",
            "reports/test_verdict.py::test_times_in_the_workbook_are_times",
        ),
    ),
    Case(
        "feed",
        "联单写明的单位都收到该联单的条目",
        (
            "manifests/test_readers.py::test_everybody_named_sees_every_act_and_a_later_carrier_what_comes_from_then_on",
            "manifests/test_readers.py::test_nobody_sees_manifests_that_do_not_name_him",
            "liandan/test_access.py::test_everybody_named_in_a_manifest_has_it_in_his_feed",
        ),
    ),
    Case(
        "201 GET",
        "提交之后立即读到",
        (
            "liandan/test_client.py::test_what_was_posted_is_read_at_once",
            "liandan/test_reading.py::test_a_read_reflects_what_it_is_asked_to_and_says_how_much",
            "liandan/test_reading.py::test_views_that_stay_behind_are_said_to_and_nothing_hangs",
        ),
    ),
    Case(
        "S6",
        "不可见字符组成的文字视为空白",
        (
            "whitelist/test_cases.py::test_s6_a_hangul_filler_is_no_emergency_measure",
            "whitelist/test_cases.py::test_s6_no_text_of_an_issue_is_made_of_what_shows_nothing",
        ),
    ),
)


class Vectors(Struct, frozen=True):
    """What lies in tests/vectors/liandan-v1 of a kind."""

    good: tuple[str, int]
    """Name of a log and index of the first act of the kind in it."""
    refused: int
    """Bodies out of form and acts against the rules."""
    frozen: int
    """Entries of the frozen corpus."""


def vectors() -> dict[str, Vectors]:
    """By kind."""
    good: dict[str, tuple[str, int]] = {}
    for log in LOGS:
        for index, item in enumerate(_read(VECTORS / f"{log}.json")["entries"]):
            good.setdefault(_kind(json.loads(base64.b64decode(item["entry"]))["statement"]), (log, index))
    bodies = [case["kind"] for case in _read(VECTORS / "refused/body.json")]
    acts = [_kind(json.loads(base64.b64decode(case["raw"]))) for case in _read(VECTORS / "refused/act.json")]
    refused, frozen = Counter([*bodies, *acts]), Counter(_frozen())
    return {kind: Vectors(place, refused[kind], frozen[kind]) for kind, place in good.items()}


def _frozen() -> list[str]:
    """Kind of every entry in the frozen corpus."""
    found: list[str] = []
    for path in sorted((VECTORS / "log/tile/entries").rglob("*")):
        if path.is_file():
            width = int(path.name) if path.parent.name.endswith(".p") else 256
            found += [read_entry(raw, KINDS).statement.kind for raw in parse_bundle(path.read_bytes(), width)]
    return found


def _kind(envelope: Any) -> str:
    """Of a statement in its envelope."""
    kind: str = json.loads(base64.b64decode(envelope["payload"]))["kind"]
    return kind


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def schema_of(kind: str) -> str:
    """Name of a kind's schema in docs/formats."""
    return f"{kind.replace('/', '-')}.json"


HEAD = """# What holds each kind and each case　各行为与案例由什么检验

Made by `python -m tests.coverage_page`; a test compares it with what exists. Tests lie in `tests/`, vectors in `tests/vectors/liandan-v1/README.md`, schemas in
[formats](formats/README.md). Every kind is also decided again by the two auditors over the frozen corpus (`tests/vectors/test_corpus.py`) and drawn into `docs/formats/kinds.md` from its own module.

## Kinds　行为

改 and 新: changed or new when the kinds of version 1 were settled. Vectors: a good act (log and index), how many refused bodies and acts, how many entries in the frozen corpus.

| kind | 行为 | | tests | good act | refused | corpus | schema |
|---|---|---|---|---|---|---|---|
"""
CASES_HEAD = """
## Cases　案例

Inputs that were answered wrongly once, by the rows of `tests/cases/README.md` and the bypasses of the law; each test fails without the mend. Refused acts of L1, L3, L6, E1 and E2 stand among the vectors too.

| row | 正确的处理 | tests |
|---|---|---|
"""


def page() -> str:
    """The page."""
    held = vectors()
    rows: list[str] = []
    for name, (standing, modules) in TESTS.items():
        kind, found = KINDS.by_name[name], held[name]
        tests = " · ".join(f"`tests/{module}.py`" for module in modules)
        schema = f"[{schema_of(name)}](formats/{schema_of(name)})"
        good = f"`{found.good[0]}.json` {found.good[1]}"
        rows.append(f"| `{name}` | {kind.zh} | {standing} | {tests} | {good} | {found.refused} | {found.frozen} | {schema} |")
    cases = [f"| {case.id} | {case.right} | {' · '.join(f'`tests/{test}`' for test in case.tests)} |" for case in CASES]
    return HEAD + "\n".join(rows) + "\n" + CASES_HEAD + "\n".join(cases) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
