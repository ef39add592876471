"""Whoever writes himself into the receiver's place of a check learns nothing of decisions and plans that he could not read in the registries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from asyncpg import Pool, Record

from tests.manifests.driver import APPROVAL, GENERATOR, RECEIVER
from tests.manifests.test_worked_example import Example
from tests.whitelist.scene import OTHER_PERMIT, OTHER_RECEIVER, strangers, transfer
from tests.whitelist.test_dry_run import an_entry, ask
from tests.whitelist.test_plan_kinds import PLAN, a_plan, waste
from tests.whitelist.web import Web, serving
from tests.workbench import AUTHORITY_51
from whitelist.routes import ROUTER

NOON = "2026-11-05T12:00:00+08:00"
NAMED = {"filing_no": "GL-510112-2026-001"}


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    bench = strangers(Example())
    lines = (waste(receivers=(OTHER_RECEIVER,), mass_t="777"), waste(mass_t="4321", receivers=(RECEIVER,)))
    bench.post("plan.file/1", PLAN, (GENERATOR,), a_plan(*lines))
    async with serving(shared_pool, tmp_path_factory.mktemp("discreet"), bench, [ROUTER]) as web:
        yield web


async def test_a_stranger_to_a_decision_is_told_that_it_is_not_his_and_nothing_of_it(still: Web) -> None:
    load = transfer(receiver=OTHER_RECEIVER, permit=OTHER_PERMIT, approval=APPROVAL, lines=[an_entry(mass_t="5000")])
    [whole] = (await ask(still, load, caller=AUTHORITY_51, at=NOON))["answers"]
    [answer] = (await ask(still, load, caller=OTHER_RECEIVER, at=NOON))["answers"]
    assert [(one["code"], one["field"]) for one in answer["reasons"]] == [(one["code"], one["field"]) for one in whole["reasons"]]
    assert "APPROVAL_RECEIVER" in str(answer)
    for secret in (RECEIVER, "110", "2890", "list/"):
        assert secret in str(whole)
        assert secret not in str({**answer, "names": None}), secret
    assert {one["quota"] for one in answer["remaining"]} <= {"Q3", "plan"}


async def test_a_receiver_is_told_of_lines_of_a_plan_that_name_him_alone(still: Web) -> None:
    own, other = (an_entry(plan_line=number, decision_line=None, mass_t="5000") for number in (0, 1))
    load = transfer(receiver=OTHER_RECEIVER, permit=OTHER_PERMIT, approval=None, plan=NAMED, lines=[own])
    [answer] = (await ask(still, load, caller=OTHER_RECEIVER, at=NOON))["answers"]
    assert answer["plan_left_t"] == ["777.000000"]
    assert "PLAN_OVER" in [one["code"] for one in answer["alerts"]]
    [answer] = (await ask(still, {**load, "lines": [other]}, caller=OTHER_RECEIVER, at=NOON))["answers"]
    assert "PLAN_LINE" in [one["code"] for one in answer["reasons"]]
    assert answer["plan_left_t"] == [None]
    assert "4321" not in str(answer)
    assert RECEIVER not in str(answer), "whom the plan names instead"
    [answer] = (await ask(still, {**load, "lines": [other]}, caller=GENERATOR, at=NOON))["answers"]
    assert answer["plan_left_t"] == ["4321.000000"]


async def test_large_checks_of_one_caller_are_two_at_most_and_hold_nobody_up(still: Web) -> None:
    """Whoever asks for everything that is wrong with many lines, many times at once, is told to come again; small questions are answered."""
    wrong = transfer(lines=[an_entry(code="900-999-99", decision_line=63)] * 16, number=None)
    large = [still.post("/v1/checks", {"transfers": [wrong] * 5, "at": NOON}, GENERATOR) for _ in range(6)]
    *found, small = await asyncio.gather(*large, still.post("/v1/checks", {"transfers": [transfer()], "at": NOON}, OTHER_RECEIVER))
    assert sorted({one.status_code for one in found}) == [200, 503]
    assert small.status_code in (200, 403)
    assert (await ask(still, wrong, wrong, at=NOON))["answers"][1]["reasons"], "and nobody is held up afterwards"
