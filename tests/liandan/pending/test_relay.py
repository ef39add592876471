"""Co-signing at the relay, over real HTTP and PostgreSQL: who starts is free, nothing is in the log before the last has signed."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from ledger.admission.budgets import Budgets, OverBudget, PostingLimits
from ledger.times import format_at
from liandan.demo.calendar import at
from liandan.demo.cast import CHONGQING, OPERATOR, SICHUAN
from liandan.demo.play import PlannedAct
from signing.envelope import Envelope
from tests.liandan.pending.desk import Departure, Pair, Signer, part_of, signer_at


def ordered(pair: Pair, departure: Departure, first: str) -> list[tuple[Signer, Envelope]]:
    """Both signers with what they have signed, in an order."""
    both = [(pair.consignor, departure.first), (pair.carrier, departure.second)]
    return both if first == "consignor" else both[::-1]


@pytest.mark.parametrize("first", ["consignor", "carrier"])
async def test_a_departure_becomes_an_entry_when_the_last_has_signed(pair: Pair, first: str) -> None:
    departure = await pair.departure()
    [(one, ones), (two, twos)] = ordered(pair, departure, first)
    brought = await one.bring(ones, departure.now)
    assert brought.status_code == 202, brought.text
    shown = brought.json()
    assert (shown["state"], shown["missing"], shown["opener"]) == ("waiting", [two.uscc], one.uscc)
    assert [signer["uscc"] for signer in shown["by"]] == [pair.consignor.uscc, pair.carrier.uscc]
    assert departure.name in await two.listed("?unsigned=true", departure.now)
    assert departure.name not in await one.listed("?unsigned=true", departure.now)
    seen = await two.look(departure.name, departure.now)
    assert b64decode(seen["envelope"]["payload"]) == departure.envelope.body
    assert "blockers" not in seen
    done = await two.bring(twos, departure.now)
    assert done.status_code == 201, done.text
    entry = json.loads(b64decode(done.json()["receipt"]["entry"]))
    assert entry["statement"]["signatures"] == [{"keyid": s["keyid"], "sig": s["sig"]} for s in entry["statement"]["signatures"]]
    assert [s["keyid"] for s in entry["statement"]["signatures"]] == [s.keyid for s in departure.envelope.signatures]
    assert b64decode(entry["statement"]["payload"]) == departure.envelope.body
    for signer in (one, two):
        assert departure.name not in await signer.listed("", departure.now)
        after = await signer.look(departure.name, departure.now)
        assert (after["state"], after["receipt"]["index"]) == ("entered", done.json()["receipt"]["index"])
        again = await signer.bring(ones, departure.now)
        assert (again.status_code, again.json()["receipt"]["index"]) == (200, done.json()["receipt"]["index"])


async def test_nothing_of_it_is_in_the_log_or_the_feed_before(pair: Pair) -> None:
    departure = await pair.departure()
    before = (await pair.client.get("/v1/log")).json()["committed"]
    await pair.consignor.bring(departure.first, departure.now)
    assert (await pair.client.get("/v1/log")).json()["committed"] == before
    assert (await pair.consignor.ask("DELETE", f"/{departure.name}/signature", departure.now)).status_code == 204


async def test_the_same_brought_again_changes_nothing(pair: Pair) -> None:
    departure = await pair.departure()
    answers = [await pair.consignor.bring(departure.first, departure.now) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {202}
    assert answers[0].json() == answers[2].json()
    # The carrier carries the consignor's signature: it is the same statement.
    assert (await pair.carrier.bring(departure.first, departure.now)).json()["missing"] == [pair.carrier.uscc]
    whole = await pair.carrier.bring(departure.envelope, departure.now)
    assert whole.status_code == 201


async def test_who_is_not_named_sees_nothing_and_brings_nothing(pair: Pair) -> None:
    departure = await pair.departure()
    refused = await pair.other.bring(departure.first, departure.now)
    assert (refused.status_code, refused.json()["code"]) == (403, "PENDING_STRANGER")
    await pair.consignor.bring(departure.first, departure.now)
    assert departure.name not in await pair.other.listed("", departure.now)
    for method, path, body in (("GET", "", None), ("DELETE", "/signature", None), ("POST", "/decline", {"reason": "不同意"})):
        answer = await pair.other.ask(method, f"/{departure.name}{path}", departure.now, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "PENDING_UNKNOWN")
    assert (await pair.consignor.look(departure.name, departure.now))["state"] == "waiting"


async def test_a_signature_is_taken_back_and_given_again_by_its_party_alone(pair: Pair) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    assert (await pair.carrier.ask("DELETE", f"/{departure.name}/signature", departure.now)).json()["code"] == "PENDING_UNSIGNED"
    three = await pair.departure()
    await pair.carrier.bring(three.second, three.now)
    assert (await pair.carrier.ask("DELETE", f"/{three.name}/signature", three.now)).status_code == 204
    assert (await pair.carrier.ask("GET", f"/{three.name}", three.now)).json()["code"] == "PENDING_UNKNOWN"
    assert (await pair.consignor.ask("DELETE", f"/{departure.name}/signature", departure.now)).status_code == 204
    assert (await pair.consignor.ask("GET", f"/{departure.name}", departure.now)).status_code == 404
    # Forgotten with its last signature: brought anew, it is a new one.
    assert (await pair.carrier.bring(departure.second, departure.now)).status_code == 202
    assert (await pair.consignor.bring(departure.first, departure.now)).status_code == 201
    answer = await pair.consignor.ask("DELETE", f"/{departure.name}/signature", departure.now)
    assert (answer.status_code, answer.json()["code"]) == (409, "PENDING_COMPLETE")


async def test_who_declines_says_why_and_nobody_signs_any_more(pair: Pair) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    for body, code in (
        ({"reason": "电话 13800138000"}, "PERSONAL_DATA"),
        ({"why": "x"}, "PENDING_FORM"),
        ({"reason": " "}, "PENDING_FORM"),
    ):
        answer = await pair.carrier.ask("POST", f"/{departure.name}/decline", departure.now, json=body)
        assert (answer.json()["code"], "13800138000" in answer.text) == (code, False)
    answer = await pair.carrier.ask("POST", f"/{departure.name}/decline", departure.now, json={"reason": "磅单上是 1.3 吨"})
    assert answer.status_code == 200, answer.text
    shown = await pair.consignor.look(departure.name, departure.now)
    assert (shown["state"], shown["declined_by"], shown["reason"]) == ("declined", pair.carrier.uscc, "磅单上是 1.3 吨")
    refused = await pair.carrier.bring(departure.second, departure.now)
    assert (refused.status_code, refused.json()["code"]) == (409, "PENDING_DECLINED")
    assert "磅单上是 1.3 吨" in refused.text


async def test_what_the_log_has_overtaken_is_stale_and_says_by_what(pair: Pair) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    voided = pair.instead(departure, "void", reason="承运车辆故障，当日无法装运")
    await pair.stage.post([voided])
    shown = await pair.carrier.look(departure.name, departure.now)
    assert shown["state"] == "stale"
    assert [(one["kind"], one["chain"]) for one in shown["overtaken_by"]] == [("manifest.void/1", departure.trip.chain)]
    refused = await pair.carrier.bring(departure.second, departure.now)
    assert (refused.status_code, refused.json()["code"]) == (409, "PENDING_STALE")
    assert "manifest" in refused.json()["errors"][0]["found"]
    assert (await pair.consignor.ask("DELETE", f"/{departure.name}/signature", departure.now)).status_code == 204


async def test_it_is_forgotten_when_its_window_ends(pair: Pair) -> None:
    departure = await pair.departure()
    brought = (await pair.consignor.bring(departure.first, departure.now)).json()
    over = format_at(departure.act.at_s + 26 * 3600)
    assert brought["ends_at"] < over
    assert departure.name not in await pair.consignor.listed("", over)
    assert (await pair.carrier.ask("GET", f"/{departure.name}", over)).json()["code"] == "PENDING_UNKNOWN"
    assert (await pair.carrier.ask("DELETE", f"/{departure.name}/signature", over)).json()["code"] == "PENDING_UNKNOWN"
    late = format_at(departure.act.at_s + 16 * 24 * 3600)
    refused = await pair.carrier.bring(departure.second, late)
    assert (refused.status_code, refused.json()["code"]) == (422, "PENDING_OVER")


async def test_a_hold_overtakes_what_it_covers(pair: Pair) -> None:
    departure = await pair.departure("10-12 13:00")  # later than whatever this log has so far
    await pair.carrier.bring(departure.second, departure.now)
    held = await pair.stop(departure, departure.act.at_s - 120)
    shown = await pair.consignor.look(departure.name, departure.now)
    assert (shown["state"], [one["kind"] for one in shown["overtaken_by"]]) == ("stale", ["case.hold/1"])
    assert "HELD" in [blocker["code"] for blocker in shown["blockers"]], shown["blockers"]
    refused = await pair.consignor.bring(departure.first, departure.now)
    assert (refused.status_code, refused.json()["code"]) == (409, "PENDING_STALE")
    assert "case.hold" in refused.text or "暂扣" in refused.text
    await pair.release(departure, held, departure.act.at_s + 120)
    after = format_at(departure.act.at_s + 300)
    assert (await pair.consignor.look(departure.name, after))["state"] == "stale", "the hold covers its time, also afterwards (formats §3)"


async def test_pages_and_whom_one_signs_for(pair: Pair) -> None:
    departures = [await pair.departure() for _ in range(3)]
    for one in departures:
        await pair.consignor.bring(one.first, one.now)
    now, found, query = departures[0].now, list[str](), "?unsigned=true&limit=2"
    while query:
        answer = (await pair.carrier.ask("GET", query, now)).json()
        found += [one["statement"] for one in answer["pending"]]
        query = f"?unsigned=true&limit=2&cursor={answer['next']}" if answer["next"] else ""
    assert len(found) == len(set(found))
    assert {one.name for one in departures} <= set(found)
    assert (await pair.carrier.ask("GET", "?unsigned=false&cursor=" + "A" * 12, now)).json()["code"] == "CURSOR_FORM"
    assert await pair.carrier.listed(f"?as={pair.consignor.uscc}", now) == [], "nothing is signed for the consignor"
    assert {one.name for one in departures} <= set(await pair.carrier.listed(f"?as={pair.carrier.uscc}", now))


async def test_a_delegate_signs_for_its_principal_who_is_not_asked(pair: Pair) -> None:
    """A site in the other province: by the delegate for the generator, and by the authority of the place."""
    principal, delegate, at_s = pair.consignor.uscc, pair.carrier.uscc, at("10-12 15:00")
    granted = {"delegate": delegate, "kinds": ["party.site"], "document": "委托书（虚构）"}
    chain, scribe = f"party/{principal}", pair.stage.scribe
    await pair.stage.post([PlannedAct(kind="delegation.grant/1", chain=chain, by=(principal,), body=granted, at_s=at_s, post_s=at_s + 60)])
    body = {"site": "cq-1", "name": "江津转运点（虚构）", "division": "500116", "address": "江津区某路（虚构）"}
    act = PlannedAct(kind="party.site/1", chain=chain, by=(delegate, CHONGQING.uscc), principal=principal, body=body, at_s=at_s + 60)
    envelope, now = scribe.write(act), format_at(at_s + 120)
    authority = await signer_at(pair.stage, pair.client, CHONGQING.uscc)
    brought = await authority.bring(part_of(envelope, 1), now)
    assert (brought.json()["missing"], brought.json()["principal"]) == ([delegate], principal), brought.text
    name = brought.json()["statement"]
    assert await pair.carrier.listed(f"?unsigned=true&as={principal}", now) == [name]
    assert name not in await pair.consignor.listed("", now), "shown to those named in by alone"
    done = await pair.carrier.bring(part_of(envelope, 0), now)
    assert done.status_code == 201, done.text
    assert ["ON_BEHALF"] in [tag[:1] for tag in done.json()["receipt"]["decision"]["tags"]]
    there = (await pair.client.get(f"/v1/parties/{principal}", headers=pair.consignor.token)).json()["sites"]
    assert [(site["site"], site["division"]) for site in there] == [("cq-1", "500116")]


async def test_whoever_brings_spends_of_his_budget(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = await pair.departure("10-12 14:00"), await pair.departure("10-12 14:00")
    await pair.consignor.bring(one.first, one.now)
    whole = Budgets.spend

    def narrow(budgets: Budgets, *spent: Any) -> OverBudget | None:
        budgets.limits, kept = PostingLimits(party=1), budgets.limits
        try:
            return whole(budgets, *spent)
        finally:
            budgets.limits = kept

    monkeypatch.setattr(Budgets, "spend", narrow)
    refused = await pair.consignor.bring(two.first, two.now)
    assert (refused.status_code, refused.json()["code"]) == (429, "PARTY_BUDGET")
    assert int(refused.headers["retry-after"]) > 0
    again = await pair.consignor.bring(one.first, one.now)
    assert again.status_code == 202, "what changes nothing costs nothing"


async def test_a_withdrawn_signature_is_brought_again_by_its_party_alone(pair: Pair) -> None:
    """Of three signers: operator and both authorities."""
    by, at_s = (OPERATOR.uscc, SICHUAN.uscc, CHONGQING.uscc), at("10-12 15:30")
    act = PlannedAct(
        kind="witness.set/1", chain="log/main", by=by, body={"witness_policy": ["quorum none"]}, at_s=at_s, expect=("NOT_SENT",)
    )
    envelope, now = pair.stage.scribe.write(act), format_at(at_s + 60)
    operator, sichuan, chongqing = [await signer_at(pair.stage, pair.client, uscc) for uscc in by]
    assert (await operator.bring(part_of(envelope, 0), now)).status_code == 202
    assert (await sichuan.bring(part_of(envelope, 1), now)).json()["missing"] == [by[2]]
    name = (await chongqing.listed("?unsigned=true", now))[0]
    assert (await sichuan.ask("DELETE", f"/{name}/signature", now)).status_code == 204
    carried = await chongqing.bring(part_of(envelope, 1, 2), now)
    assert (carried.status_code, carried.json()["code"]) == (409, "PENDING_WITHDRAWN"), carried.text
    assert (await chongqing.look(name, now))["missing"] == list(by[1:])
    assert (await sichuan.bring(part_of(envelope, 1), now)).json()["missing"] == [by[2]]
