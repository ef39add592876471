"""R-21 at issue: a receiver without a permit takes what its exemption item waives, from whom it waives it, by the edition of the day."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.whitelist.acts import INTRA, PAPER, grant, line, transfer
from tests.whitelist.driver import CHONGQING, OTHER_GENERATOR, OTHER_RECEIVER, PERMIT, Log
from whitelist.fields import PermitItem
from whitelist.permit import Basis
from whitelist.transfer import Answer, WasteLine

KILN = PermitItem(category="HW18", scope="INCLUDE", codes=("772-002-18",), methods=("C1",))
ASH = Basis(edition=2025, item=12, plan_no="生活垃圾焚烧飞灰协同处置方案1号")
POINT_TO_POINT = Basis(edition=2025, item=31, plan_no="点对点方案1号", generator=OTHER_RECEIVER)


def exempt(basis: Basis, *items: PermitItem, now: str = "2025-06-01 09:00", **changes: Any) -> Log:
    """A log with a receiver of class exempt_use."""
    log = Log(now)
    body = grant(permit_class="exempt_use", basis=basis, items=items or (KILN,), valid_from="2025-01-01", **changes)
    log.post("permit.grant/1", PERMIT, body, CHONGQING)
    log.at("2026-11-05 08:30")
    return log


def ash(**changes: Any) -> WasteLine:
    body = line(name="飞灰", code="772-002-18", category="HW18", hazards=("T",), method="C1", decision_line=None)
    return replace(body, **changes)


def ask(log: Log, *lines: WasteLine, **changes: Any) -> Answer:
    return log.ask(transfer(*(lines or (ash(),)), **{**INTRA, **changes}))


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def test_the_link_that_the_basis_waives_becomes_a_tag() -> None:
    answer = ask(exempt(ASH))
    assert (codes(answer), answer.tags) == ([], (("EXEMPT_DISPOSAL",), ("PLAN_OFF_LOG",)))


def test_a_permit_proper_gives_no_tag() -> None:
    log = Log("2026-11-05 08:30")
    log.post("permit.grant/1", PERMIT, grant(items=(KILN,)), CHONGQING)
    assert ask(log).tags == (("PLAN_OFF_LOG",),)


def test_point_to_point_is_good_for_its_generator_alone() -> None:
    log = exempt(POINT_TO_POINT, replace(KILN, methods=("R5",)))
    answer = ask(log, ash(method="R5"))
    assert (codes(answer), answer.tags) == ([], (("EXEMPT_USE",), ("PLAN_OFF_LOG",)))
    log.site(OTHER_GENERATOR, "S-1", "500115")
    stranger = replace(transfer().origin, division="500115", site="S-1")
    answer = ask(log, ash(method="R5"), generator=OTHER_GENERATOR, origin=stranger)
    assert (codes(answer), answer.tags) == (["EXEMPT_BASIS"], (("PLAN_OFF_LOG",),))


@pytest.mark.parametrize(("departed", "expected"), [("2025-01-02", []), ("2024-12-30", ["EXEMPT_BASIS"])])
def test_the_edition_is_that_of_the_day_and_no_matter_of_the_past(departed: str, expected: list[str]) -> None:
    """A back-fill of December 2024 met the list of 2021; that the basis is of another edition is no alert about the past (kinds §15)."""
    log = exempt(ASH)
    log.facts.put(f"chain:{PERMIT}", replace(log.facts.head(PERMIT), state=replace(log.state(PERMIT), valid_from="2024-01-01")))
    paper = replace(PAPER, departed_at=f"{departed}T09:00:00+08:00", completed_at=f"{departed}T16:00:00+08:00")
    answer = ask(log, type="backfill_ordinary", paper=paper)
    assert codes(answer) == expected
    assert ("H", "BACKFILL_PAST") not in answer.alerts
