"""What may be done about a manifest, over real HTTP: for whom, what blocks it, which envelopes wait, and nothing for outsiders."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from liandan.cli import main
from liandan.demo.cast import CHONGQING, SICHUAN
from signing.keys import write_key
from tests.liandan.pending.desk import Departure, Pair, Signer, signer_at

ACTS_MAX = 64 * 1024
"""Bytes of an answer about a manifest of one line."""


async def actions(signer: Signer, departure: Departure, now: str, query: str = "", status: int = 200) -> Any:
    """GET of the actions; conforms to /schema, which the client checks."""
    path = f"/v1/manifests/{departure.trip.chain.removeprefix('manifest/')}/actions{query}"
    answer = await signer.client.get(path, headers={**signer.token, "Liandan-Now": now})
    assert answer.status_code == status, answer.text
    assert len(answer.content) < ACTS_MAX
    return answer.json()


def by_kind(answer: Any) -> dict[str, Any]:
    return {one["kind"]: one for one in answer["possible"]}


async def test_the_envelope_that_waits_stands_beside_the_act(pair: Pair) -> None:
    departure = await pair.departure()
    before = await actions(pair.carrier, departure, departure.now)
    assert (before["party"], before["pending"]) == (pair.carrier.uscc, [])
    assert by_kind(before)["manifest.depart/1"]["pending"] == []
    await pair.consignor.bring(departure.first, departure.now)
    for signer in (pair.carrier, pair.consignor):
        answer = await actions(signer, departure, departure.now)
        [waiting] = answer["pending"]
        assert (waiting["statement"], waiting["missing"]) == (departure.name, [pair.carrier.uscc])
        assert by_kind(answer)["manifest.depart/1"]["pending"] == [departure.name]
    office = await signer_at(pair.stage, pair.client, SICHUAN.uscc)
    for asking, query in ((pair.other, ""), (office, ""), (office, f"?as={pair.carrier.uscc}")):
        answer = await actions(asking, departure, departure.now, query)
        assert answer["pending"] == [], "an envelope is shown to those alone whom it names"


async def test_a_held_departure_is_nobodys_open_act(pair: Pair) -> None:
    departure = await pair.departure()
    chain = await pair.stop(departure, departure.act.at_s - 600)
    answer = await actions(pair.carrier, departure, departure.now)
    [owed] = [duty for duty in answer["actions"] if duty["kind"] == "manifest.depart/1"]
    depart = by_kind(answer)["manifest.depart/1"]
    assert (depart["state"], depart["is_owed"]) == ("blocked", True)
    for blockers in (owed["blockers"], depart["blockers"]):
        [blocker] = blockers
        assert (blocker["code"], blocker["rule"], blocker["lift"]) == ("HELD", "R-37", "holding_authority")
    office = await signer_at(pair.stage, pair.client, SICHUAN.uscc)
    mine = by_kind(await actions(office, departure, departure.now))
    assert (mine["case.release/1"]["chain"], mine["case.release/1"]["seq"]) == (chain, 1)
    await pair.release(departure, chain, departure.act.at_s - 300)
    assert by_kind(await actions(pair.carrier, departure, departure.now))["manifest.depart/1"]["state"] == "open"


async def test_who_may_ask_for_whom(pair: Pair) -> None:
    departure = await pair.departure()
    office = await signer_at(pair.stage, pair.client, CHONGQING.uscc)
    own, asked = await actions(pair.carrier, departure, departure.now), f"?as={pair.carrier.uscc}"
    assert (await actions(office, departure, departure.now, asked))["possible"] == own["possible"]
    theirs = await actions(pair.consignor, departure, departure.now, asked)
    assert (theirs["party"], theirs["possible"]) == (pair.carrier.uscc, []), "nobody signs for a party that gave no delegation"
    assert {"case.hold/1", "case.close_with_gap/1"} <= by_kind(await actions(office, departure, departure.now)).keys()
    elsewhere = pair.stage.trip("lamps_out", "elsewhere", "10-13 08:30", "1")
    outsider = await signer_at(pair.stage, pair.client, elsewhere.receiver.uscc)
    await actions(outsider, departure, departure.now, status=404)
    await actions(outsider, departure, departure.now, f"?as={pair.carrier.uscc}", status=404)
    await actions(pair.carrier, departure, departure.now, "?as=nobody", status=400)


async def test_an_act_is_told_with_what_is_filled_in_and_what_is_asked_for(pair: Pair) -> None:
    departure = await pair.departure()
    depart = by_kind(await actions(pair.carrier, departure, departure.now))["manifest.depart/1"]
    asked = {field["path"]: field for field in depart["fields"]}
    assert list(asked) == ["vehicle.plate", "vehicle.licence_no", "waybill_no", "gate.labels", "gate.checks"]
    assert asked["vehicle.plate"]["label"] == "牌号"
    assert {"value": "vehicle", "text": "车辆"} in asked["gate.checks"]["values"]
    receive = by_kind(await actions(pair.other, departure, departure.now))["manifest.receive/1"]
    masses = [(field["path"], field["type"], field["unit"], field["when"]) for field in receive["fields"] if field["unit"]]
    assert masses == [("lines.*.accepted_t", "mass", "t", ""), ("lines.*.refused_t", "mass", "t", "部分接受的")]
    english = await actions(pair.other, departure, departure.now, "?lang=en")
    assert by_kind(english)["manifest.receive/1"]["fields"][0]["label"] == "accepted at"


async def test_a_clerk_reads_it_in_the_terminal(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    write_key(tmp_path / "carrier.pem", pair.stage.scribe.keyring.key(pair.carrier.uscc), b"carrier")
    (tmp_path / "secret").write_bytes(b"carrier\n")
    name = departure.trip.chain.removeprefix("manifest/")
    options = ("--key", tmp_path / "carrier.pem", "--passphrase-file", tmp_path / "secret", "--url", pair.stage.poster.url)
    for words, expected in (
        (("--lang", "zh"), ["应办:", "您一方签署即可", f"核对码 {departure.name[:8]}", "危险货物运单号 [waybill_no]", "已开具"]),
        (
            ("--lang", "en"),
            ["owed:", "your signature is enough", f"check code {departure.name[:8]}", "dangerous-goods waybill [waybill_no]"],
        ),
    ):
        command = ["manifest", "actions", name, "--now", departure.now, *words, *map(str, options)]
        done = await asyncio.to_thread(CliRunner().invoke, main, command)
        assert done.exit_code == 0, (done.stdout, done.stderr)
        assert [text for text in expected if text not in done.stdout] == []
