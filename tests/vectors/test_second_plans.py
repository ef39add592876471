"""Management plans as the second reader keeps them: filed once a site, lines that are the plan's, grams that manifests count (kinds §3, §5 R-14, R-15)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.forger import bodies
from tests.vectors.test_second_custody import GENERATOR, RECEIVER, Bench, trunk

pytestmark = pytest.mark.usefixtures("every_kind")

PLAN = f"plan/{GENERATOR[0]}/2026"
LINE = {"name": "废铅蓄电池", "code": bodies.CODE, "category": "HW31", "hazards": ["T", "C"], "form": "S", "mass_t": "10", "method": "R4"}
LINE |= {"receiver_type": "permit"}
OTHER_CODE = LINE | {"code": "384-004-31"}
NAMED = {"filing_no": "GL-510112-2026-001"}


def filed(*lines: dict[str, Any], **more: Any) -> Bench:
    bench = Bench()
    file(bench, *(lines or (LINE,)), **more)
    return bench


def file(bench: Bench, *lines: dict[str, Any], **more: Any) -> None:
    bench.post("plan.file", PLAN, {**NAMED, "filed_on": "2026-03-02", "lines": list(lines), **more}, GENERATOR)


def amend(bench: Bench, *, alerts: Any = (), **more: Any) -> None:
    bench.post("plan.amend", PLAN, {"reason": "变更（虚构）", **more}, GENERATOR, alerts=list(alerts))


def issue(bench: Bench, last: int, plan_line: int | None = 0, **more: Any) -> str:
    own = {} if plan_line is None else {"plan_line": plan_line}
    bench.issue(trunk(last), **{"lines": [bodies.line("5.6", **own)], "plan": NAMED, **more})
    return trunk(last)


def test_what_the_manifests_count_decides_what_is_beyond_the_plan() -> None:
    """5.6 t, then 11.2 t of 10 t; a void gives back, the receipt settles, so another 5.6 t fit to the gram."""
    bench = filed()
    first = issue(bench, 1)
    second = issue(bench, 2, alerts=[["M", "PLAN_OVER"]])
    bench.post("manifest.void", second, {"reason": "x"}, GENERATOR, moves=-5_600_000)
    bench.depart(first)
    bench.receive(first, "4.4", -1_200_000, alerts=[["H", "WEIGHT"]], tags=[["NO_ARRIVAL"]])
    issue(bench, 3)
    assert bench.codes() == []


@pytest.mark.parametrize("alerts", [[], [["M", "PLAN_OVER"]]])
def test_an_alert_that_is_not_due_or_is_missing(alerts: Any) -> None:
    bench = filed(LINE | {"mass_t": "5.6" if alerts else "5.599999"})
    issue(bench, 1, alerts=alerts)
    assert bench.codes() == ["DECISION_WRONG"]


@pytest.mark.parametrize(
    ("plan_line", "more", "codes"),
    [
        (None, {}, ["MISSING"]),
        (2, {}, ["PLAN_LINE"]),
        (1, {}, ["PLAN_LINE"]),
        (0, {"plan": {"filing_no": "GL-0"}}, ["PLAN_LINE"]),
        (0, {"tags": [["PLAN_OFF_LOG"]]}, ["DECISION_WRONG"]),
        (5, {"plan": {**NAMED, "site": "east"}, "tags": [["PLAN_OFF_LOG"]]}, []),
    ],
)
def test_a_line_that_is_not_the_plans(plan_line: int | None, more: dict[str, Any], codes: list[str]) -> None:
    bench = filed(LINE, OTHER_CODE)
    issue(bench, 1, plan_line, **more)
    assert bench.codes() == codes


@pytest.mark.parametrize("line", [LINE | {"method": "R9"}, LINE | {"receivers": [GENERATOR[0]]}])
def test_another_method_or_receiver(line: dict[str, Any]) -> None:
    bench = filed(line)
    issue(bench, 1)
    assert bench.codes() == ["PLAN_LINE"]


def test_an_amendment_is_followed() -> None:
    bench = filed(LINE, OTHER_CODE)
    first = issue(bench, 1)
    amend(bench, set=[{"line": 0, "mass_t": "5"}], alerts=[["M", "PLAN_OVER"]])
    amend(bench, filing_no="GL-2", set=[{"line": 1, "receivers": [RECEIVER[0]]}], add=[LINE])
    issue(bench, 2, 2, plan={"filing_no": "GL-2"})
    assert bench.codes() == []
    case = f"{first.replace('manifest/', 'case/')}/01KB2Z8Q6V{9:016}"
    seq, digest, _ = bench.log.heads[first]
    changes = [{"path": "lines.0.plan_line", "was": "0", "now": "1"}]
    body = {"trunk": {"seq": seq, "hash": digest}, "changes": changes, "reason": "x"}
    bench.post("case.amend_propose", case, body, GENERATOR, tags=[["AMENDED"]])
    assert bench.codes() == ["PLAN_LINE"], "line 1 is of another code"


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, ["MISSING"]),
        ({"set": [{"line": 1, "mass_t": "1"}]}, ["PLAN_LINE"]),
        ({"set": [{"line": 0, "mass_t": "1"}, {"line": 0, "method": "R9"}]}, ["PLAN_LINE"]),
        ({"set": [{"line": 0}]}, ["MISSING"]),
        ({"site": "east", "filing_no": "1"}, ["PLAN_FILED"]),
        ({"add": [LINE | {"category": "HW49"}]}, ["CODE_CATEGORY"]),
    ],
)
def test_what_is_no_amendment(more: dict[str, Any], codes: list[str]) -> None:
    bench = filed()
    amend(bench, **more)
    assert bench.codes() == codes


def test_a_plan_is_filed_once_and_for_an_open_site() -> None:
    bench = filed()
    file(bench, LINE)
    file(bench, LINE, site="nowhere")
    assert bench.codes() == ["PLAN_FILED", "SITE_UNKNOWN"]
