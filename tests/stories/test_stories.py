"""Stories over real HTTP and PostgreSQL, from the first act to an audit of the whole log. All firms are fictitious."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liandan.demo import firms, specials
from liandan.demo.month import spare
from liandan.demo.specials import closed, delivered
from liandan.demo.trip import MINUTE
from manifests.model import Stage as Stand
from tests.stories.stage import Stage, stage
from whitelist.quota import q1_account, q2_account, q3_account


@pytest.fixture
async def on_stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running server with everybody on it."""
    async with stage(database_url, tmp_path) as built:
        yield built


async def test_a_load_goes_from_issue_to_closed_and_every_gram_has_a_fate(on_stage: Stage) -> None:
    flow = on_stage.world.batteries_out
    trip = on_stage.ground.trip(flow, "one load", "10-12 08:30", 5.6).issue(numbered=False).number_later(10 * MINUTE)
    closed(delivered(trip, spare(firms.SHUAN, 1)).receive(35 * MINUTE, 52_000), 52_000)
    played = await on_stage.play([trip])
    assert (played.admitted, played.refused_statements) == (len(trip.acts), 0)

    on_stage.audit()
    view = on_stage.view(trip)
    assert view.state.stage is Stand.CLOSED
    assert view.state.route == "LISTED"
    assert view.state.number == "20265101100001"
    assert (view.state.lines[0].accepted_g, view.state.lines[0].stock_g) == (5_548_000, 0)
    # 0.052 t = 0.93 %: within max(0.06 t, 1 %), so nobody is alarmed.
    assert on_stage.flags(trip) == []
    assert on_stage.used_g[q2_account(flow.approval, 0)] == on_stage.used_g[q3_account(flow.permit)] == 5_548_000
    assert on_stage.used_g[q1_account("list/2026-51-50-cy", 0)] == 3_060_000_000


async def test_a_part_is_accepted_and_a_shortage_must_be_reported_first(on_stage: Stage) -> None:
    [partly] = specials.partly_accepted(on_stage.ground)
    [short] = specials.short_weight(on_stage.ground)
    played = await on_stage.play([partly, short])
    assert played.refused == {"DISCREPANCY_UNREPORTED": 1}

    on_stage.audit()
    line = on_stage.view(partly).state.lines[0]
    assert (line.opinion, line.accepted_g, line.refused_g) == ("partly", 15_200_000, 2_800_000)
    assert on_stage.view(partly).state.discrepancies == ((0, ("property",)),)
    assert on_stage.flags(short) == [("H", "WEIGHT")]
    assert on_stage.view(short).state.discrepancies == ((0, ("quantity",)),)
    assert on_stage.used_g[q2_account(partly.flow.approval, 0)] == 15_200_000


async def test_a_rejected_load_leaves_nothing_on_the_accounts(on_stage: Stage) -> None:
    [trip] = specials.rejected(on_stage.ground)
    await on_stage.play([trip])

    on_stage.audit()
    assert on_stage.view(trip).state.stage is Stand.REJECTED
    assert on_stage.view(trip).state.lines[0].refused_g == 2_000_000
    assert on_stage.used_g[q2_account(trip.flow.approval, 0)] == on_stage.used_g[q3_account(trip.flow.permit)] == 0


async def test_a_manifest_is_voided_before_departure_and_never_after(on_stage: Stage) -> None:
    [voided] = specials.voided(on_stage.ground)
    [late] = specials.voided_too_late(on_stage.ground)
    played = await on_stage.play([voided, late])
    assert played.refused == {"VOID_LATE": 1}

    on_stage.audit()
    assert on_stage.view(voided).state.stage is Stand.VOIDED
    assert on_stage.used_g[q2_account(voided.flow.approval, 0)] == 0
    assert on_stage.view(late).state.stage is Stand.CLOSED


async def test_truck_and_ship_hand_over_under_both_signatures(on_stage: Stage) -> None:
    [trip] = specials.river(on_stage.ground)
    await on_stage.play([trip])

    on_stage.audit()
    state = on_stage.view(trip).state
    assert (state.stage, state.route) == (Stand.CLOSED, "APPROVED")
    assert [(leg.carrier, leg.vehicle.kind) for leg in state.legs] == [(firms.LUYUN.uscc, "truck"), (firms.CHANGHANG.uscc, "ship")]
    [hand_over] = [record for record in on_stage.view(trip).records if record.kind == "manifest.hand_over/1"]
    assert hand_over.by == (firms.LUYUN.uscc, firms.CHANGHANG.uscc)


async def test_eight_clients_race_for_the_last_tonnes_and_exactly_three_win(on_stage: Stage) -> None:
    trips = list(specials.last_tonnes(on_stage.ground))
    played = await on_stage.play(trips)
    assert played.race == (specials.RACERS, specials.RACE_FITS)
    assert played.refused == {"APPROVAL_QUOTA": specials.RACERS - specials.RACE_FITS}

    report = on_stage.audit()
    flow = on_stage.world.last_tonnes
    assert on_stage.used_g[q2_account(flow.approval, 0)] == 60_000_000
    assert len(on_stage.views) == 2 + specials.RACE_FITS
    assert report.clock == "simulated"
