"""An act from the form to the receipt: the sheet shows the bytes, the browser signs, the log admits, the receipt is checked in the page."""

from __future__ import annotations

import msgspec

from tests.browser.conftest import Browser
from tests.desk.island.page import Island, form, island
from tests.liandan.pending.desk import Departure, Pair, Signer


async def page_of(browser: Browser, pair: Pair, signer: Signer) -> Island:
    """The page of a signer, with the signer's key in the browser."""
    found = await island(browser, str(pair.client.base_url).rstrip("/"))
    found.token = signer.token["Authorization"].removeprefix("Bearer ")
    await found.open()
    await found.take_key(pair.stage.scribe.keyring.key(signer.uscc), signer.uscc)
    return found


def proposal_of(departure: Departure) -> dict[str, object]:
    """What a page proposes: the act without its place and its signatures."""
    said = msgspec.json.decode(departure.envelope.body)
    return {name: said[name] for name in ("kind", "chain", "by", "body", "at")}


async def test_a_departure_waits_for_the_carrier(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.open(form(proposal_of(departure)))
    told = await page.press()
    assert (told["state"], told["code"]) == ("pending", f"{departure.name[:4]} {departure.name[4:8]}".upper()), (
        "the very bytes of the Python client"
    )
    assert told["title"].split("\u3000")[1:] == ["川A·FX902", "1.200000 吨", "2 件"]
    assert departure.name in await pair.carrier.listed("?unsigned=true")
    assert page.desk.complaints == []


async def test_nothing_is_sent_where_the_sheet_is_closed(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.open(form(proposal_of(departure)))
    told = await page.press(sign=False)
    assert told["state"] == "cancelled"
    assert departure.name not in await pair.carrier.listed()


async def test_the_generator_takes_it_back_with_a_receipt(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    void = {"kind": "manifest.void/1", "chain": departure.trip.chain, "by": [pair.consignor.uscc], "body": {}}
    await page.open(form(void, '<input data-path="reason" value="  车辆故障（虚构） "><input data-personal="handler.name" value="某人">'))
    told = await page.press()
    assert (told["state"], "某人" in told["sheet"]) == ("entered", True)
    kept = await page.run('const { receipts } = await load("receipts"); return await receipts();')
    assert [(one["kind"], one["chain"], one["isTaken"]) for one in kept] == [("manifest.void/1", departure.trip.chain, False)]
    shown = await pair.client.get(f"/v1/statements/{kept[0]['statement']}/disclosures", headers=pair.consignor.token)
    assert [(one["field"], one["value"]) for one in shown.json()["openings"]] == [("handler.name", "某人")], (
        "the commitment opens by what came beside it"
    )
    assert page.desk.complaints == []
