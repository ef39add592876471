"""Stories over real HTTP and PostgreSQL, from the first act to an audit of the whole log. All firms are fictitious."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liandan.demo.cast import CAST
from liandan.demo.story import deeds
from manifests.model import Stage as Stand
from tests.stories.stage import Stage, stage
from whitelist.quota import q1_account, q2_account, q3_account


@pytest.fixture
async def on_stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running server with everybody on it."""
    async with stage(database_url, tmp_path) as built:
        yield built


async def test_a_load_goes_from_issue_to_closed_and_every_gram_has_a_fate(on_stage: Stage) -> None:
    trip = on_stage.trip("batteries_out", "one load", "10-12 08:30", "5.6").do("issue", numbered=False)
    trip.do("number 10m; depart 50m; arrive 4h").do("receive 35m", net_t="5.548").do("dispose 3d; verify 1d")
    played = await on_stage.play([trip])
    assert (played.admitted, played.turned) == (len(trip.acts), [])

    on_stage.audit()
    view = on_stage.view(trip)
    assert view.state.stage is Stand.CLOSED
    assert view.state.route == "LISTED"
    assert view.state.number == "20265101100001"
    assert (view.state.lines[0].accepted_g, view.state.lines[0].stock_g) == (5_548_000, 0)
    # 0.052 t = 0.93 %: within max(0.06 t, 1 %), so nobody is alarmed.
    assert on_stage.flags(trip) == []
    assert on_stage.used_g[q2_account(trip.approval, 0)] == on_stage.used_g[q3_account(on_stage.world.permits["jiangjin"])] == 5_548_000
    assert on_stage.used_g[q1_account("list/2026-51-50-cy", 0)] == 3_060_000_000


async def test_a_part_is_accepted_and_a_shortage_is_flagged(on_stage: Stage) -> None:
    [partly], [short] = on_stage.load("partly_accepted"), on_stage.load("short_weight")
    await on_stage.play([partly, short])

    on_stage.audit()
    line = on_stage.view(partly).state.lines[0]
    assert (line.opinion, line.accepted_g, line.refused_g) == ("partly", 15_200_000, 2_800_000)
    assert on_stage.view(partly).state.discrepancies == ((0, ("property",)),)
    assert on_stage.flags(short) == [("H", "WEIGHT")]
    assert on_stage.view(short).state.discrepancies == ((0, ("quantity",)),)
    assert on_stage.used_g[q2_account(partly.approval, 0)] == 15_200_000


async def test_a_rejected_load_leaves_nothing_on_the_accounts(on_stage: Stage) -> None:
    [trip] = on_stage.load("rejected")
    await on_stage.play([trip])

    on_stage.audit()
    assert on_stage.view(trip).state.stage is Stand.CLOSED_REJECTED
    assert on_stage.view(trip).state.lines[0].refused_g == 2_000_000
    assert on_stage.used_g[q2_account(trip.approval, 0)] == on_stage.used_g[q3_account(on_stage.world.permits["changshou"])] == 0


async def test_a_manifest_is_voided_before_departure_and_never_after(on_stage: Stage) -> None:
    [voided], [late] = on_stage.load("voided"), on_stage.load("voided_too_late")
    played = await on_stage.play([voided, late])
    assert played.refused == {"VOID_LATE": 1}

    on_stage.audit()
    assert on_stage.view(voided).state.stage is Stand.VOIDED
    assert on_stage.used_g[q2_account(voided.approval, 0)] == 0
    assert on_stage.view(late).state.stage is Stand.CLOSED


async def test_truck_and_ship_hand_over_under_both_signatures(on_stage: Stage) -> None:
    [trip] = on_stage.load("river")
    [closing] = [deed for deed in deeds() if deed.kind == "party.amend"]
    await on_stage.post([*trip.acts, closing.act(on_stage.world)])

    on_stage.audit()
    state = on_stage.view(trip).state
    assert (state.stage, state.route) == (Stand.CLOSED, "APPROVED")
    truck, ship = CAST.firm("luyun").uscc, CAST.firm("changhang").uscc
    assert [(leg.carrier, leg.vehicle.kind) for leg in state.legs] == [(truck, "truck"), (ship, "ship")]
    [hand_over] = [record for record in on_stage.view(trip).records if record.kind == "manifest.hand_over/1"]
    assert hand_over.by == (truck, ship)


async def test_eight_clients_race_for_the_last_tonnes_and_exactly_three_win(on_stage: Stage) -> None:
    trips = [trip for name in ("last_tonnes_1", "last_tonnes_2", "last_tonnes") for trip in on_stage.load(name)]
    played = await on_stage.play(trips)
    assert played.race == (8, 3)
    assert played.refused == {"APPROVAL_QUOTA": 5}

    report = on_stage.audit()
    assert on_stage.used_g[q2_account(on_stage.world.approvals["last_tonnes"], 0)] == 60_000_000
    assert len(on_stage.views) == 2 + 3
    assert report.clock == "simulated"
