"""``liandan statement outbox``: two phones sign a departure without a network, show it at a roadside check, and send it when there is one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from ledger.times import format_at
from liandan.client import Liandan, Outbox, Sent
from liandan.demo.calendar import at
from liandan.demo.play import PlannedAct
from signing.keys import write_key
from signing.payload import parse
from tests.liandan.pending.desk import Departure, Pair
from tests.liandan.pending.test_cosign_cli import SECRET, Desk, desk_of

STOP = {"place": {"division": "500112", "address": "重庆市渝北区虚构服务区1号"}, "reason": "避让暴雨（虚构）"}


async def box(desk: Desk, *words: object, code: int = 0) -> Any:
    """``liandan statement outbox … --json``."""
    done = await desk.run("statement", "outbox", *words, "--json", code=code)
    return json.loads("\n".join(line for line in done.stdout.splitlines() if not line.startswith("20")))


async def opened(pair: Pair, home: Path, departure: Departure) -> Desk:
    """Two phones that have read the manifest while there was a network; the carrier's has a key for the acts of the road alone."""
    desk = await desk_of(pair, departure, home)
    pair.stage.scribe._hashes[departure.trip.chain].pop()  # the departure is signed here instead
    scribe, carrier = pair.stage.scribe, pair.carrier.uscc
    phone = f"{carrier}.{departure.trip.name}"
    kinds = [f"manifest.{act}" for act in ("depart", "hand_over", "transship", "stop", "arrive")]
    body = {"key": to_builtins(scribe.keyring.registration(scribe.found, phone)), "kinds": kinds, "device": "phone"}
    at_s = departure.act.at_s
    await pair.stage.post([PlannedAct(kind="key.add/1", chain=f"party/{carrier}", by=(carrier,), body=body, at_s=at_s, post_s=at_s)])
    write_key(home / "phone.pem", scribe.keyring.key(phone), SECRET)
    for name, key in (("consignor", "consignor"), ("carrier", "phone")):
        told = await box(desk, "open", home / name, departure.trip.chain, *desk.online(key))
        assert told["next"] == {departure.trip.chain: 1}
    (home / "body.json").write_text(json.dumps(parse(departure.envelope.body)["body"], ensure_ascii=False))
    (home / "stop.json").write_text(json.dumps(STOP, ensure_ascii=False))
    return desk


async def signed_together(pair: Pair, desk: Desk, departure: Departure) -> str:
    """The consignor drafts, the carrier scans, signs and answers."""
    home, chain, when = desk.home, departure.trip.chain, parse(departure.envelope.body)["at"]
    both = ("--by", pair.consignor.uscc, "--by", pair.carrier.uscc, "--as", pair.consignor.uscc, "--at", when, "--yes")
    one = await box(desk, "sign", home / "consignor", "manifest.depart/1", chain, home / "body.json", *both, *desk.key("consignor"))
    assert one["lacking"] == [pair.carrier.uscc]
    await box(desk, "text", home / "consignor", one["statement"], "--out", home / "shown.txt")
    await box(desk, "take", home / "carrier", home / "shown.txt")
    done = await box(desk, "cosign", home / "carrier", one["statement"][:12], "--as", pair.carrier.uscc, "--yes", *desk.key("phone"))
    assert done["lacking"] == []
    await box(desk, "text", home / "carrier", one["statement"], "--answer", "--out", home / "answer.txt")
    [taken] = await box(desk, "take", home / "consignor", home / "answer.txt")
    assert taken["lacking"] == []
    return str(one["statement"])


async def test_two_phones_without_a_network_and_a_check_on_the_road(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure("10-13 08:30")
    desk, chain = await opened(pair, tmp_path, departure), departure.trip.chain
    await signed_together(pair, desk, departure)
    at_s = at("10-13 09:50")
    stop = await box(
        desk, "sign", tmp_path / "carrier", "manifest.stop/1", chain, tmp_path / "stop.json", "--as", pair.carrier.uscc, "--at", format_at(at_s),
        "--yes", *desk.key("phone"),
    )  # fmt: skip
    assert (stop["seq"], stop["lacking"]) == (2, [])
    # At the road the officer has no network either: he pins the log, and reads who signed what.
    told = await box(desk, "export", tmp_path / "carrier", tmp_path / "road.json")
    assert told["statements"][-1] == stop["statement"]
    found = ("--found", pair.stage.poster.found)
    said = (await desk.run("verify", tmp_path / "road.json", *found, code=4)).stdout
    for word in ("已签署，不在账本中 / signed, NOT in the log", "manifest.depart/1", "manifest.stop/1", pair.carrier.uscc, format_at(at_s)):
        assert word in said, said
    assert "自洽" in (await desk.run("verify", tmp_path / "road.json", code=1)).stdout
    # Both phones come home and send what they have: one entry each, whoever is first.
    listed = await box(desk, "list", tmp_path / "carrier")
    assert [one["seq"] for one in listed] == [1, 2]
    online = ("--now", format_at(at("10-13 15:00")))
    sent = await box(desk, "submit", tmp_path / "carrier", *desk.online("phone"), *online)
    assert [one["is_new"] for one in sent] == [True, True]
    again = await box(desk, "submit", tmp_path / "consignor", *desk.online("consignor"), *online)
    assert [(one["index"], one["is_new"]) for one in again] == [(sent[0]["index"], False)]
    assert await box(desk, "list", tmp_path / "carrier") == []
    receipts = sorted(path.name for path in (tmp_path / "carrier" / "receipts").iterdir() if path.suffix == ".entry")
    assert len(receipts) == 2
    assert await box(desk, "submit", tmp_path / "carrier", *desk.online("carrier"), *online) == []


async def test_what_a_hold_has_overtaken_is_contested_from_the_outbox(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure("10-14 08:30")
    desk = await opened(pair, tmp_path, departure)
    await pair.stop(departure, at("10-14 08:40"))
    name = await signed_together(pair, desk, departure)
    online = (*desk.online("carrier"), "--now", format_at(at("10-14 15:00")))
    [refused] = await box(desk, "submit", tmp_path / "carrier", *online, code=1)
    assert (refused["is_kept"], refused["problem"]["code"]) == (False, "HELD")
    said = (await desk.run("statement", "outbox", "list", tmp_path / "carrier")).stdout
    assert f"outbox contest {tmp_path / 'carrier'} {name[:12]}" in said
    assert await box(desk, "submit", tmp_path / "carrier", *online) == [], "what was refused is not sent again"
    own = ("--as", pair.carrier.uscc, "--reason", "装车处没有网络（虚构）", "--at", format_at(at("10-14 15:00")), *desk.key("carrier"))
    contest = await box(desk, "contest", tmp_path / "carrier", name, *own)
    assert contest["kind"] == "case.contest/1"
    [entered] = await box(desk, "submit", tmp_path / "carrier", *online)
    assert entered["is_new"]
    assert f"outbox drop {tmp_path / 'carrier'} {name[:12]}" in (await desk.run("statement", "outbox", "list", tmp_path / "carrier")).stdout
    aside = await box(desk, "drop", tmp_path / "carrier", name)
    assert aside["path"].startswith(str(tmp_path / "carrier" / "aside"))
    assert await box(desk, "list", tmp_path / "carrier") == []


async def test_what_an_outbox_refuses(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure("10-15 08:30")
    desk, chain = await opened(pair, tmp_path, departure), departure.trip.chain
    own = ("--as", pair.carrier.uscc, "--yes", *desk.key("carrier"))
    unknown = await desk.run(
        "statement", "outbox", "sign", tmp_path / "carrier", "manifest.stop/1", chain[:-1] + "Z", tmp_path / "stop.json", *own, code=2
    )
    assert "OUTBOX_HEAD" in unknown.stderr
    told = {"incident": "traffic", "happened_at": format_at(at("10-15 09:00")), "text": "追尾（虚构）"}
    (tmp_path / "report.json").write_text(json.dumps({**told, "place": {"division": "510112", "address": "成渝高速（虚构）"}}))
    fresh = ("incident.report/1", f"incident/{pair.carrier.uscc}/<ULID>", tmp_path / "report.json", *own)
    begun = [await box(desk, "sign", tmp_path / "carrier", *fresh) for _ in range(2)]
    assert [one["seq"] for one in begun] == [0, 0]
    assert begun[0]["chain"] != begun[1]["chain"], "each begins a chain of its own"
    for one in begun:
        await box(desk, "drop", tmp_path / "carrier", one["statement"])
    (tmp_path / "elsewhere").mkdir()
    assert "OUTBOX_FORM" in (await desk.run("statement", "outbox", "list", tmp_path / "elsewhere", code=2)).stderr
    assert "OUTBOX_UNKNOWN" in (await desk.run("statement", "outbox", "drop", tmp_path / "carrier", "0" * 12, code=2)).stderr
    name = await signed_together(pair, desk, departure)
    assert (
        "OUTBOX_REMEDY"
        in (
            await desk.run("statement", "outbox", "contest", tmp_path / "carrier", name, "--reason", "x", *own[:2], *own[3:], code=2)
        ).stderr
    )
    stranger = ("--as", pair.other.uscc, "--yes", *desk.key("carrier"))
    assert "OUTBOX_SIGNER" in (await desk.run("statement", "outbox", "cosign", tmp_path / "carrier", name, *stranger, code=2)).stderr


async def test_the_client_that_waits_does_the_same(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure("10-16 08:30")
    pair.stage.scribe._hashes[departure.trip.chain].pop()
    key, carrier, chain = pair.stage.scribe.keyring.key(pair.carrier.uscc), pair.carrier.uscc, departure.trip.chain
    body, at_s = parse(departure.envelope.body)["body"], departure.act.at_s

    def trip() -> list[Sent]:
        with Liandan(pair.stage.poster.url, key, uscc=carrier, trust=pair.stage.poster.trust) as client:
            client.set_now(at_s + 3600)
            box = Outbox.create(tmp_path / "box", pair.stage.poster.trust)
            client.fetch_into(box, [chain])
            box.sign("manifest.depart/1", chain, body, {carrier: key}, at_s=at_s)
            box.sign("manifest.stop/1", chain, STOP, {carrier: key}, at_s=at_s + 600)
            return client.submit_from(box)

    sent = await asyncio.to_thread(trip)
    assert [one.receipt is not None for one in sent] == [True, True]
    assert Outbox(tmp_path / "box").queued() == []
