"""Stories over real HTTP and PostgreSQL, from the first act to an audit of the whole log. All firms are fictitious.

They are told on one stage, in the order of time as in life, and audited together; each test looks at its own manifests and accounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from msgspec import Struct, structs

from ledger.auditing.audit import AuditReport
from ledger.times import format_at
from liandan.demo.cast import CAST
from liandan.demo.play import Played
from liandan.demo.story import deeds
from liandan.demo.trip import ManifestStory
from manifests.model import Stage as Stand
from signing.envelope import freeze
from tests.stories.stage import Stage, stage
from whitelist.quota import q1_account, q2_account, q3_account

LOADS = (
    *("partly_accepted", "partly_accepted_home", "short_weight", "rejected", "rejected_home", "voided", "voided_too_late", "river"),
    *("last_tonnes_1", "last_tonnes_2", "last_tonnes"),
)
"""Manifests of the demo that are worth seeing."""


class Told(Struct, frozen=True):
    """A stage on which everything has been played and audited; manifests by the name of their story."""

    stage: Stage
    played: Played
    report: AuditReport
    trips: dict[str, list[ManifestStory]]

    def one(self, name: str) -> ManifestStory:
        """The only manifest of a story."""
        [trip] = self.trips[name]
        return trip


@pytest.fixture(scope="module")
async def told(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """A running server with everybody on it, and all stories told."""
    async with stage(shared_database_url, tmp_path_factory.mktemp("stage")) as built:
        trip = built.trip("batteries_out", "one load", "10-12 08:30", "5.6").do("issue", numbered=False)
        trip.do("number 10m; depart 50m; arrive 4h").do("receive 35m", net_t="5.548").do("dispose 3d; verify 1d")
        trips = {"one load": [trip], **{name: built.load(name) for name in LOADS}}
        acts = [act for story in trips.values() for one in story for act in one.acts]
        [closing] = [deed for deed in deeds() if deed.kind == "party.amend"]
        played = await built.post([*acts, closing.act(built.world)])
        yield Told(built, played, built.audit(), trips)


def test_every_act_is_admitted_but_those_that_the_stories_want_refused(told: Told) -> None:
    assert told.played.refused == {"VOID_LATE": 1, "APPROVAL_QUOTA": 5}
    assert told.played.race == (8, 3)
    assert sorted(code for turned in told.played.turned for code in turned.codes) == [*["APPROVAL_QUOTA"] * 5, "VOID_LATE"]
    assert told.report.clock == "simulated"


def test_a_load_goes_from_issue_to_closed_and_every_gram_has_a_fate(told: Told) -> None:
    trip, on_stage = told.one("one load"), told.stage
    view = on_stage.view(trip)
    assert view.state.stage is Stand.CLOSED
    assert view.state.route == "LISTED"
    assert view.state.number == "20265101100001"
    assert (view.state.lines[0].accepted_g, view.state.lines[0].stock_g) == (5_548_000, 0)
    # 0.052 t = 0.93 %: within max(0.06 t, 1 %), so nobody is alarmed.
    assert on_stage.flags(trip) == []
    assert view.state.drawn == {q2_account(trip.approval, 0): 5_548_000, q3_account(on_stage.world.permits["jiangjin"]): 5_548_000}
    assert on_stage.used_g[q1_account("list/2026-51-50-cy", 0)] == 3_060_000_000


def test_a_part_is_accepted_and_a_shortage_is_flagged(told: Told) -> None:
    partly, short, on_stage = told.one("partly_accepted"), told.one("short_weight"), told.stage
    line = on_stage.view(partly).state.lines[0]
    assert (line.opinion, line.accepted_g, line.refused_g) == ("partly", 15_200_000, 2_800_000)
    assert on_stage.view(partly).state.discrepancies == ((0, ("property",)),)
    assert on_stage.flags(short) == [("H", "WEIGHT")]
    assert on_stage.view(short).state.discrepancies == ((0, ("quantity",)),)
    assert on_stage.view(partly).state.drawn[q2_account(partly.approval, 0)] == 15_200_000


def test_a_rejected_load_leaves_nothing_on_the_accounts(told: Told) -> None:
    trip, on_stage = told.one("rejected"), told.stage
    assert on_stage.view(trip).state.stage is Stand.CLOSED_REJECTED
    assert on_stage.view(trip).state.lines[0].refused_g == 2_000_000
    assert set(on_stage.view(trip).state.drawn.values()) == {0}


def test_refused_waste_is_home_before_its_manifest_is_closed(told: Told) -> None:
    """Nothing of it is on any account, and the generator has confirmed that it is back."""
    for name in ("rejected", "partly_accepted"):
        home, refused = told.stage.view(told.one(f"{name}_home")), told.stage.view(told.one(name))
        assert (home.state.route, home.state.stage, home.state.receiver) == ("RETURN", Stand.CLOSED, refused.state.generator)
        assert home.state.lines[0].accepted_g == refused.state.lines[0].refused_g
        assert home.state.drawn == {}
        assert home.state.times.departed_s < refused.state.times.verified_s
        assert told.stage.flags(told.one(f"{name}_home")) == [("L", "RETURN_TRIP")]


def test_a_manifest_is_voided_before_departure_and_never_after(told: Told) -> None:
    voided, late, on_stage = told.one("voided"), told.one("voided_too_late"), told.stage
    assert on_stage.view(voided).state.stage is Stand.VOIDED
    assert set(on_stage.view(voided).state.drawn.values()) == {0}
    assert on_stage.view(late).state.stage is Stand.CLOSED


def test_truck_and_ship_hand_over_under_both_signatures(told: Told) -> None:
    trip, on_stage = told.one("river"), told.stage
    state = on_stage.view(trip).state
    assert (state.stage, state.route) == (Stand.CLOSED, "APPROVED")
    truck, ship = CAST.firm("luyun").uscc, CAST.firm("changhang").uscc
    assert [(leg.carrier, leg.vehicle.kind) for leg in state.legs] == [(truck, "truck"), (ship, "ship")]
    [hand_over] = [record for record in on_stage.view(trip).records if record.kind == "manifest.hand_over/1"]
    assert hand_over.by == (truck, ship)


def test_eight_clients_race_for_the_last_tonnes_and_exactly_three_win(told: Told) -> None:
    racers, on_stage = [trip for name in ("last_tonnes_1", "last_tonnes_2", "last_tonnes") for trip in told.trips[name]], told.stage
    assert on_stage.used_g[q2_account(on_stage.world.approvals["last_tonnes"], 0)] == 60_000_000
    assert len([trip for trip in racers if trip.chain in on_stage.views]) == 2 + 3
    assert len(on_stage.views) == sum(map(len, told.trips.values())) - 5


def test_an_account_holds_what_its_manifests_hold(told: Told) -> None:
    """Of decisions and permits, to the gram: what was voided, rejected or refused has left nothing behind."""
    held: Counter[str] = Counter()
    for view in told.stage.views.values():
        held.update(view.state.drawn)
    assert {name: grams for name, grams in told.stage.used_g.items() if not name.startswith("Q1 ")} == held
    assert len(held) > 8


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_refusal_says_what_the_other_load_is_and_names_the_field(told: Told, language: str) -> None:
    """Cases 15 and 29 of a dispatcher: of a chain's name he knows nothing; of the day, the receiver and the truck he does."""
    trip, on_stage = told.one("one load"), told.stage
    again = on_stage.trip("batteries_out", "once more", "10-31 18:01", "5.6").do("issue", numbered=False)
    [act] = again.acts
    number = on_stage.view(trip).state.number
    [envelope] = [on_stage.scribe.write(structs.replace(act, body={**act.body, "number": number}, expect=("NO_DUPLICATE",)))]
    async with httpx.AsyncClient(base_url=on_stage.poster.url) as client:
        headers = {"Liandan-Now": format_at(act.posted_s), "Accept-Language": language}
        answer = (await client.post("/v1/statements", content=freeze(envelope), headers=headers)).json()
    [error] = answer["errors"]
    receiver, plate = CAST.firm("jiangjin"), on_stage.view(trip).state.legs[-1].vehicle.plate
    for part in ("2026-10-12", receiver.name, receiver.uscc, plate, trip.chain):
        assert part in error["message"], error
    assert error["label"] == {"zh": "“国家联单编号”", "en": '"national number"'}[language]
