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
from tests.coverage_cases import CASES

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
    "list.report/1": (NEW, ("whitelist/test_list_report",)),
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
    **{f"emergency.{act}/1": (NEW, ("manifests/test_emergency",)) for act in ("declare", "join", "close")},
    "incident.report/1": (NEW, ("manifests/test_incidents",)),
    "incident.unmanifested/1": (NEW, ("manifests/test_incidents",)),
    "incident.close/1": (NEW, ("manifests/test_incidents",)),
    **{f"period.{act}/1": (NEW, ("reports/test_periods",)) for act in ("close", "confirm", "dispute")},
    "number.settle/1": (NEW, ("manifests/test_number_settle",)),
    "item.comment/1": (NEW, ("reports/test_items",)),
    "item.settle/1": (NEW, ("reports/test_items",)),
}
"""By kind: what became of it when the kinds of version 1 were settled, and the modules of tests that are about it."""


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
