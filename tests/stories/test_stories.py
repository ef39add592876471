"""Stories over real HTTP and PostgreSQL, from the first act to an audit of the whole log. All firms are fictitious.

They are told on one stage, in the order of time as in life, and audited together; each test looks at its own manifests and accounts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec import Struct, structs

from ledger.auditing.audit import AuditReport
from ledger.times import format_at
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.play import PlannedAct, Played
from liandan.demo.story import deeds
from liandan.demo.trip import ManifestStory
from manifests.model import Stage as Stand
from signing.envelope import freeze
from tests.stories import beside
from tests.stories.stage import Stage, stage
from whitelist.quota import q1_account, q2_account, q3_account

LOADS = (
    *("partly_accepted", "partly_accepted_home", "short_weight", "rejected", "rejected_home", "voided", "voided_too_late", "river"),
    *("last_tonnes_1", "last_tonnes_2", "last_tonnes"),
)
"""Manifests of the demo that are worth seeing."""


def mistyped(stage: Stage) -> dict[str, list[ManifestStory]]:
    """The receiver types 200 t for 2 t: nothing more is issued on the decision until receiver, generator and authority have corrected it."""
    trip = stage.trip("lamps_out", "mistyped", "10-13 08:30", "2").do("issue; depart 50m; arrive 4h").do("receive 35m", net_t="200")
    blocked = stage.trip("lamps_out", "blocked", "10-13 16:00", "3").do("issue", refused=("APPROVAL_QUOTA",))
    case = f"{trip.chain.replace('manifest', 'case', 1)}/{stage.world.ulid(trip.now_s, 'correction')}"
    parties = (trip.receiver, trip.generator, CAST.authority_of(trip.receiver.key))
    for number, (party, kind) in enumerate(zip(parties, ("propose", "consent", "consent"), strict=True), 1):
        body: dict[str, object] = {"trunk": "$trunk:mistyped"}
        if kind == "propose":
            change = {"path": "received.0.accepted_t", "was": '"200.000000"', "now": '"2.000000"'}
            body |= {"changes": [change], "reason": "录入时小数点错位（虚构）"}
        at_s = trip.now_s + number * 3600
        trip.acts.append(PlannedAct(kind=f"case.amend_{kind}/1", chain=case, by=(party.uscc,), body=body, at_s=at_s))
    freed = stage.trip("lamps_out", "freed", "10-14 09:00", "3").do("issue")
    trip.stock_g = 2_000_000
    trip.do("dispose 3d; verify 1d")
    return {"mistyped": [trip], "blocked": [blocked], "freed": [freed]}


class Told(Struct, frozen=True):
    """A stage on which everything has been played and audited; manifests by the name of their story."""

    stage: Stage
    played: Played
    answer: dict[str, Any]
    """GET of the corrected manifest, as its receiver reads it."""
    found: list[dict[str, Any]]
    """What an authority finds: contested manifests, held ones, contested ones when that is settled."""
    stolen: dict[str, Any]
    """GET of the manifest that was closed with a gap."""
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
        trips = {"one load": [trip], **mistyped(built), **{name: built.load(name) for name in LOADS}}
        trips |= {told.__name__: [told(built)] for told in beside.STORIES}
        disputed, departed = beside.contested(built)
        trips["contested"] = [disputed]
        [closing] = [deed for deed in deeds() if deed.kind == "party.amend"]
        acts = [act for story in trips.values() for one in story for act in one.acts]
        played = await built.post([*acts, closing.act(built.world)])
        answer = json.loads(await built.read_as(trips["mistyped"][0].receiver.uscc, f"/v1/manifests/{trips['mistyped'][0].chain[9:]}"))
        waiting, raws = await beside.settle(built, disputed, departed)
        trips["waiting"], found = [waiting], [json.loads(raw) for raw in raws]
        stolen = json.loads(await built.read_as(CHONGQING.uscc, f"/v1/manifests/{trips['stolen'][0].chain[9:]}"))
        yield Told(built, played, answer, found, stolen, built.audit(), trips)


def test_every_act_is_admitted_but_those_that_the_stories_want_refused(told: Told) -> None:
    assert told.played.refused == {"VOID_LATE": 1, "APPROVAL_QUOTA": 6, "HELD": 2}
    assert told.played.race == (8, 3)
    assert sorted(code for turned in told.played.turned for code in turned.codes) == [*["APPROVAL_QUOTA"] * 6, "HELD", "HELD", "VOID_LATE"]
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
    assert len(on_stage.views) == sum(map(len, told.trips.values())) - 6


def test_a_mistyped_receipt_is_corrected_and_the_decision_serves_again(told: Told) -> None:
    trip, on_stage = told.one("mistyped"), told.stage
    view = on_stage.view(trip)
    assert view.state.stage is Stand.CLOSED
    assert ("H", "QUOTA_OVERDRAWN") in on_stage.flags(trip)
    assert ("M", "MASS_AMENDED") in on_stage.flags(trip)
    assert on_stage.used_g[q2_account(trip.approval, 0)] == 2_000_000 + 3_000_000, "the load, and the one that was refused before"
    line = told.answer["lines"][0]
    assert (line["declared_t"], line["accepted_t"], line["as_signed"]) == ("2.000000", "2.000000", {"accepted_t": '"200.000000"'})
    [correction] = told.answer["corrections"]
    assert (correction["standing"], correction["reason"], correction["wanted"]) == ("in_force", "录入时小数点错位（虚构）", [])
    [field] = correction["fields"]
    assert (field["label"], field["was"], field["now"]) == ("接受第 1 项接受量（吨）", '"200.000000"', '"2.000000"')
    assert [one["by"] for one in correction["consents"]] == [trip.generator.uscc, CAST.authority_of(trip.receiver.key).uscc]


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


# --- cases beside a manifest


def test_a_load_held_on_the_road_stands_still_and_goes_on_when_it_is_released(told: Told) -> None:
    view = told.stage.view(told.one("held"))
    assert view.state.stage is Stand.CLOSED
    [hold] = view.state.holds
    assert (hold.by, hold.released_s is not None) == (CHONGQING.uscc, True)
    [stop] = [record for record in view.records if record.kind == "manifest.stop/1"]
    assert "HELD" in {tag[0] for tag in stop.tags}
    assert not [record for record in view.records if record.kind == "manifest.transship/1"]


def test_a_hold_ends_by_itself_and_nobody_writes_anything(told: Told) -> None:
    view = told.stage.view(told.one("lapsed"))
    assert view.state.stage is Stand.CLOSED
    assert [hold.released_s for hold in view.state.holds] == [None]
    assert told.stage.flags(told.one("lapsed")) == []


def test_what_had_left_before_the_hold_was_entered_says_so(told: Told) -> None:
    view = told.stage.view(told.one("overtaken"))
    assert told.stage.flags(told.one("overtaken")) == [("H", "OVERTOOK")]
    [departure] = [record for record in view.records if record.kind == "manifest.depart/1"]
    assert {tag[0] for tag in departure.tags} == {"LATE"}


def test_a_stolen_load_ends_with_what_is_missing_and_gives_its_quota_back(told: Told) -> None:
    view = told.stage.view(told.one("stolen"))
    assert view.state.stage is Stand.CLOSED_GAP
    assert set(view.state.drawn.values()) == {0}
    [missing] = told.stolen["gap"]["lines"]
    assert (missing["mass_t"], missing["cause_text"]) == ("5.600000", "被盗")
    assert (told.stolen["manifest"]["stage"], told.stolen["manifest"]["stage_text"]) == ("closed_gap", "缺口办结")
    assert [leg["ended_at"] is not None for leg in told.stolen["legs"]] == [True]


def test_a_difference_reported_late_is_no_longer_unreported(told: Told) -> None:
    view = told.stage.view(told.one("told_late"))
    [flag] = [flag for flag in view.flags if flag.code == "DISCREPANCY_UNREPORTED"]
    assert view.records[-1].kind == "manifest.verify/1"
    assert flag.ended is not None
    assert [record.by for record in view.records if record.kind == "case.report/1"] == [
        (told.one("told_late").receiver.uscc,), (told.one("told_late").generator.uscc,)
    ]  # fmt: skip


def test_a_contested_departure_is_evidence_until_an_authority_settles_it(told: Told) -> None:
    trip = told.one("contested")
    view = told.stage.view(trip)
    assert [record.kind for record in view.records if record.chain == trip.chain] == ["manifest.issue/1", "manifest.receive/1"]
    [contest] = view.state.contests
    assert (contest.kind, contest.seq, contest.hands) == ("manifest.depart/1", 1, (trip.carrier.uscc,))
    assert [flag.ended is not None for flag in view.flags if flag.code == "CONTESTED"] == [True]
    disputed, held, settled = told.found
    assert [item["id"] for item in disputed["manifests"]] == [trip.chain.removeprefix("manifest/")]
    assert [item["stage"] for item in held["manifests"]] == ["issued"]
    assert settled["manifests"] == []


def test_who_held_is_named_and_only_in_force_while_it_lasts(told: Told) -> None:
    """A held load that is left at the end: found by its authority, whatever its age."""
    [held] = told.found[1]["manifests"]
    view = told.stage.views[f"manifest/{held['id']}"]
    assert [(hold.by, hold.until_s) for hold in view.state.holds] == [(SICHUAN.uscc, None)]
