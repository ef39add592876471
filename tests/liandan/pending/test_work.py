"""Signatures among what waits for a party (``/v1/work``): theirs alone who have still to sign, by the end of the window."""

from __future__ import annotations

import json
from typing import Any

from liandan.demo.cast import SICHUAN
from tests.liandan.pending.desk import Pair, Signer


async def work(signer: Signer, now: str, **asked: str) -> list[dict[str, Any]]:
    """What waits for a signer."""
    answer = await signer.client.get("/v1/work", params={"limit": "200", **asked}, headers={**signer.token, "Liandan-Now": now})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_signature_waits_for_who_has_not_signed(pair: Pair) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    [item] = [one for one in await work(pair.carrier, departure.now) if one["statement"] == departure.name]
    shown = await pair.carrier.look(departure.name, departure.now)
    assert (item["what"], item["kind"], item["ends_at"]) == ("signature", "manifest.depart/1", shown["ends_at"])
    assert (item["due_on"], item["overdue"], item["manifest"]) == (
        shown["ends_at"][:10],
        False,
        departure.trip.chain.removeprefix("manifest/"),
    )
    assert item["signers"][0]["parties"] == [pair.carrier.uscc]
    assert [one["statement"] for one in await work(pair.carrier, departure.now, what="signature")].count(departure.name) == 1
    for signer, asked in ((pair.consignor, {}), (pair.carrier, {"what": "act"}), (pair.carrier, {"overdue": "true"}), (pair.other, {})):
        assert departure.name not in {one["statement"] for one in await work(signer, departure.now, **asked)}
    departs = [one for one in await work(pair.carrier, departure.now) if one["manifest"] == item["manifest"] and one["term"] != "signature"]
    assert {one["kind"] for one in departs} == {"manifest.depart/1"}
    assert (await pair.carrier.bring(departure.second, departure.now)).status_code == 201
    assert departure.name not in {one["statement"] for one in await work(pair.carrier, departure.now)}


async def test_nobody_else_sees_that_a_signature_is_missing(pair: Pair) -> None:
    """An authority reads anybody's work, but what waits for signatures is shown to those named in it alone."""
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    asked = {"as": pair.carrier.uscc}
    seen = await pair.stage.read_as(SICHUAN.uscc, "/v1/work", **asked)
    assert departure.name.encode() not in seen


async def test_what_a_hold_stops_says_so(pair: Pair) -> None:
    departure = await pair.departure()
    chain = await pair.stop(departure, departure.act.at_s + 60)
    held = [one for one in await work(pair.carrier, departure.now) if one["manifest"] == departure.trip.chain.removeprefix("manifest/")]
    assert [(one["kind"], [hold["case"] for hold in one["blocked_by"]]) for one in held] == [("manifest.depart/1", [chain])]
    [release] = [one for one in await work_of_authority(pair) if one["case"] == chain]
    assert (release["kind"], release["overdue"], release["blocked_by"]) == ("case.release/1", False, [])
    await pair.release(departure, chain, departure.act.at_s + 120)
    after = [one for one in await work(pair.carrier, departure.now) if one["manifest"] == departure.trip.chain.removeprefix("manifest/")]
    assert [one["blocked_by"] for one in after] == [[]]


async def work_of_authority(pair: Pair) -> list[dict[str, Any]]:
    """What waits for the authority of the origin."""
    answer = await pair.stage.poster.client.get("/v1/work", limit=200)
    found: list[dict[str, Any]] = json.loads(answer)["items"]
    return found
