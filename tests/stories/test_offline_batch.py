"""A milk run without a network: one truck, several manifests, everything submitted in one request, line by line, over real HTTP.

Of three loads one goes through, one was held and one was voided while the phone had no network. All firms are fictitious.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec import Struct

from ledger.admission.statement import Draft
from ledger.chain import genesis_prev
from ledger.times import format_at
from liandan.demo.calendar import at
from liandan.demo.cast import CAST, SICHUAN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from manifests.model import Stage as Stand
from signing.envelope import Envelope, freeze
from tests.stories.stage import Stage, stage

ONLINE = "10-12 15:00"
CARRIER = CAST.firm("shuan")
STOP = {"place": {"division": "500112", "address": "重庆市渝北区虚构服务区1号"}, "reason": "避让暴雨（虚构）"}


class Round(Struct, frozen=True):
    """What was sent, and the answers: to the first request, to the same again, and to the contests that it prepared."""

    stage: Stage
    trips: dict[str, ManifestStory]
    envelopes: list[Envelope]
    first: list[dict[str, Any]]
    again: list[dict[str, Any]]
    contested: list[dict[str, Any]]
    settled: list[dict[str, Any]]


async def posted(built: Stage, envelopes: list[Envelope], moment: str = ONLINE) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=built.poster.url, headers={"Liandan-Now": format_at(at(moment)), "Prefer": "wait=20"}) as http:
        answer = await http.post("/v1/statements/batch", content=b"\n".join(map(freeze, envelopes)), timeout=60)
    return [json.loads(line) for line in answer.text.splitlines()]


def hold(built: Stage, trip: ManifestStory, moment: str) -> PlannedAct:
    """The authority of the origin holds a load."""
    chain = f"{trip.chain.replace('manifest', 'case', 1)}/{built.world.ulid(at(moment), 'hold')}"
    body = {"trunk": f"$trunk:{trip.name}", "reason": "来源存疑（虚构）"}
    return PlannedAct(kind="case.hold/1", chain=chain, by=(SICHUAN.uscc,), body=body, at_s=at(moment), post_s=at(moment))


def planned(built: Stage) -> dict[str, ManifestStory]:
    """Three loads on one truck; what the phone signs begins behind the issue."""
    trips = {}
    for name, minute in (("goes through", 0), ("is held", 5), ("is voided", 10)):
        trip = built.trip("batteries_out", name, f"10-12 08:{minute:02d}", "5.6")
        trip.plate = "川A·FM001"
        trips[name] = trip.do("issue", set={"trip_id": "ROUND-1"}, posted="10-12 08:15")
    return trips


def answer_with(built: Stage, remedy: dict[str, Any], reason: str) -> Envelope:
    """What an answer prepared, completed and signed by the carrier's office."""
    body, chain = {**remedy["body"], "reason": reason}, remedy["chain"]
    prev, now = genesis_prev(built.scribe.found, chain), format_at(at(ONLINE))
    draft = Draft(kind=remedy["kind"], chain=chain, seq=0, prev=prev, by=(CARRIER.uscc,), at=now, body=body)
    return draft.sign([built.scribe.keyring.key(CARRIER.uscc)])


@pytest.fixture(scope="module")
async def told(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Round]:
    async with stage(shared_database_url, tmp_path_factory.mktemp("stage")) as built:
        trips = planned(built)
        issues = [act for trip in trips.values() for act in trip.acts]
        held, voided = trips["is held"], trips["is voided"]
        acts: list[PlannedAct] = []
        for trip in trips.values():
            trip.acts.clear()
        voided.do("void", at="10-12 08:45", posted="10-12 08:45", set={"reason": "客户取消（虚构）"})
        acts += [hold(built, held, "10-12 08:40"), *voided.acts]
        for trip in (held, voided):
            trip.acts.clear()
        await built.post(issues)
        # The phone has read the chains; then it has no network, and signs what happens.
        for trip in trips.values():
            trip.do("depart", at="10-12 09:00").do("stop", at="10-12 11:00", set=STOP).do("arrive", at="10-12 13:00")
        offline = [act for step in zip(*(trip.acts for trip in trips.values()), strict=True) for act in step]
        envelopes = [built.scribe.write(act) for act in offline]
        for trip in (held, voided):
            del built.scribe._hashes[trip.chain][1:]
        await built.post(acts)
        first, again = await posted(built, envelopes), await posted(built, envelopes)
        remedies = [line["problem"]["remedy"] for line in first if line.get("problem")]
        contests = [answer_with(built, remedy, "手机无网络，事后才得知（虚构）") for remedy in remedies]
        contested = await posted(built, contests)
        trips["goes through"].acts.clear()
        trips["goes through"].do("receive", at="10-12 15:30", posted="10-12 16:00")
        await built.post(trips["goes through"].acts)
        built.audit()
        yield Round(built, trips, envelopes, first, again, contested, await posted(built, contests, "10-12 18:00"))


def test_each_statement_has_its_answer_and_one_chain_stops_no_other(told: Round) -> None:
    *lines, end = told.first
    assert [line["status"] for line in lines] == [201, 422, 409] + [201, 409, 409] * 2
    assert [line.get("stopped_by") for line in lines] == [None, None, None, None, 1, 2, None, 1, 2]
    codes = [line.get("problem", {}).get("code", "") for line in lines]
    assert codes == ["", "HELD", "CHAIN_CONFLICT", "", "PREDECESSOR_MISSING", "PREV_MISMATCH", "", *["PREDECESSOR_MISSING"] * 2]
    assert (end["admitted"], end["refused"], end["resubmitted"]) == (3, 6, 0)
    assert "第 1 行" in lines[4]["problem"]["title"]
    assert "HELD" in lines[4]["problem"]["title"]
    view = told.stage.view(told.trips["goes through"])
    assert view.state.stage is Stand.ACCEPTED
    assert {tag[0] for record in view.records[1:4] for tag in record.tags} == {"LATE"}


def test_the_same_sent_again_has_the_same_receipts(told: Round) -> None:
    assert [line.get("index") for line in told.again] == [line.get("index") for line in told.first]
    assert [line.get("problem", {}).get("receipt") for line in told.again[:-1]][1] is not None
    assert (told.again[-1]["admitted"], told.again[-1]["resubmitted"]) == (0, 3)


def test_what_came_too_late_is_told_what_to_do_and_becomes_evidence(told: Round) -> None:
    """Each answer prepares the contest of its own act, whole; signed and sent it is admitted, once, however often it is sent."""
    for envelope, line in zip(told.envelopes, told.first, strict=False):
        if problem := line.get("problem"):
            remedy = problem["remedy"]
            assert b64decode(remedy["body"]["envelope"]) == freeze(envelope)
            assert (remedy["kind"], remedy["body"]["reason"]) == ("case.contest/1", "")
            root = told.first[line.get("stopped_by", line["line"])]["problem"]
            assert remedy["body"]["codes"] == sorted({error["code"] for error in (*problem["errors"], *root["errors"])})
            assert CARRIER.uscc in remedy["by"]
            assert "确已发生" in remedy["message"]
    assert [line["status"] for line in told.contested[:-1]] == [201] * 6
    assert [line["status"] for line in told.settled[:-1]] == [200] * 6
    contests = told.stage.view(told.trips["is held"]).state.contests
    assert [contest.kind for contest in contests] == ["manifest.depart/1", "manifest.stop/1", "manifest.arrive/1"]
    assert told.stage.view(told.trips["is held"]).state.stage is Stand.ISSUED
    assert told.stage.view(told.trips["is voided"]).state.stage is Stand.VOIDED


async def test_one_that_is_sent_alone_is_told_the_same(told: Round) -> None:
    built, voided = told.stage, told.envelopes[2]
    async with httpx.AsyncClient(
        base_url=built.poster.url, headers={"Liandan-Now": format_at(at(ONLINE)), "Accept-Language": "en"}
    ) as http:
        problem = (await http.post("/v1/statements", content=freeze(voided))).json()
    assert problem["code"] == "CHAIN_CONFLICT"
    assert problem["remedy"]["chain"] == told.first[2]["problem"]["remedy"]["chain"]
    assert "kept as evidence" in problem["remedy"]["message"]


async def test_nobody_is_told_to_contest_what_can_be_done_again(told: Round) -> None:
    """A departure that is refused while the truck still stands there stays where it is."""
    held, built = told.trips["is held"], told.stage
    held.acts.clear()
    held.do("depart", at="10-12 18:10", refused=("HELD",))
    [line, _] = await posted(built, [built.scribe.write(held.acts[0])], "10-12 18:10")
    assert line["problem"]["code"] == "HELD"
    assert "remedy" not in line["problem"]
