"""An act from the form to the receipt: the sheet shows the bytes, the browser signs, the log admits, the receipt is checked in the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from tests.browser.conftest import Browser
from tests.desk.island.page import Island, form, island
from tests.liandan.pending.desk import Departure, Pair, Signer

PageOf = Callable[[Signer], Awaitable[Island]]


@pytest.fixture(scope="module")
async def of(browser: Browser, pair: Pair) -> AsyncIterator[PageOf]:
    """The page of a signer, the same for all tests of the module."""
    kept: dict[str, Island] = {}

    async def found(signer: Signer) -> Island:
        if signer.uscc not in kept:
            kept[signer.uscc] = await page_of(browser, pair, signer, kept=True)
        kept[signer.uscc].desk.complaints.clear()
        return kept[signer.uscc]

    yield found
    for page in kept.values():
        await page.close()


async def page_of(browser: Browser, pair: Pair, signer: Signer, *, kept: bool = False) -> Island:
    """The page of a signer, with the signer's key in the browser."""
    found = await island(browser, str(pair.client.base_url).rstrip("/"), kept=kept)
    found.token = signer.token["Authorization"].removeprefix("Bearer ")
    await found.open()
    await found.take_key(pair.stage.scribe.keyring.key(signer.uscc), signer.uscc)
    return found


def proposal_of(departure: Departure) -> dict[str, object]:
    """What a page proposes: the act without its place and its signatures."""
    said = msgspec.json.decode(departure.envelope.body)
    return {name: said[name] for name in ("kind", "chain", "by", "body", "at")}


async def test_a_departure_waits_for_the_carrier(pair: Pair, of: PageOf) -> None:
    departure = await pair.departure()
    page = await of(pair.consignor)
    await page.open(form(proposal_of(departure)))
    told = await page.press()
    assert (told["state"], told["code"]) == ("pending", f"{departure.name[:4]} {departure.name[4:8]}".upper()), (
        "the very bytes of the Python client"
    )
    assert told["title"].split("\u3000")[1:] == ["川A·FX902", "1.200000 吨", "2 件"]
    assert departure.name in await pair.carrier.listed("?unsigned=true")
    assert page.desk.complaints == []


async def test_nothing_is_sent_where_the_sheet_is_closed(pair: Pair, of: PageOf) -> None:
    departure = await pair.departure()
    page = await of(pair.consignor)
    await page.open(form(proposal_of(departure)))
    told = await page.press(sign=False)
    assert told["state"] == "cancelled"
    assert departure.name not in await pair.carrier.listed()


async def test_the_generator_takes_it_back_with_a_receipt(pair: Pair, of: PageOf) -> None:
    departure = await pair.departure()
    page = await of(pair.consignor)
    void = {"kind": "manifest.void/1", "chain": departure.trip.chain, "by": [pair.consignor.uscc], "body": {}}
    await page.open(form(void, '<input data-path="reason" value="  车辆故障（虚构） "><input data-personal="handler.name" value="某人">'))
    told = await page.press()
    assert (told["state"], "某人" in told["sheet"]) == ("entered", True)
    kept = await page.run(
        'const { receipts } = await load("receipts"); return (await receipts()).filter((one) => one.chain === given);', departure.trip.chain
    )
    assert [(one["kind"], one["chain"], one["isTaken"]) for one in kept] == [("manifest.void/1", departure.trip.chain, False)]
    shown = await pair.client.get(f"/v1/statements/{kept[0]['statement']}/disclosures", headers=pair.consignor.token)
    assert [(one["field"], one["value"]) for one in shown.json()["openings"]] == [("handler.name", "某人")], (
        "the commitment opens by what came beside it"
    )
    assert page.desk.complaints == []


async def test_two_browsers_sign_one_departure(pair: Pair, of: PageOf) -> None:
    """Who starts is free; the second sees the same code, signs, and the act is in the log with a receipt that this browser has checked."""
    departure = await pair.departure()
    first = await of(pair.consignor)
    proposal = proposal_of(departure)
    del proposal["at"]
    await first.open(form(proposal))
    begun = await first.press()
    [name] = [one for one in await pair.carrier.listed("?unsigned=true") if one.startswith(begun["code"].replace(" ", "").lower())]
    second = await of(pair.carrier)
    await second.open(f'<form data-cosign="{name}"><button>核对</button><div data-outcome></div></form>')
    ended = await second.press()
    assert (ended["state"], ended["code"]) == ("entered", begun["code"])
    name = pair.stage.trip("batteries_out", "name", "10-12 08:00", "1").generator.name
    assert f"已签署：{name}" in ended["sheet"], "a name out of a bundle that this browser has verified"
    assert second.desk.complaints == first.desk.complaints == []


async def test_declined_and_taken_back(pair: Pair, of: PageOf) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    second = await of(pair.carrier)
    await second.open(
        f'<form data-decline="{departure.name}"><textarea name="reason">车没到（虚构）</textarea><button>拒签</button></form>'
    )
    assert (await second.press())["state"] == "declined"
    told = await pair.consignor.look(departure.name)
    assert (told["state"], told["reason"]) == ("declined", "车没到（虚构）")
    other = await pair.departure()
    await pair.consignor.bring(other.first, other.now)
    first = await of(pair.consignor)
    await first.open(f'<form data-withdraw="{other.name}"><button>撤回</button></form>')
    assert (await first.press())["state"] == "withdrawn"
    assert other.name not in await pair.carrier.listed("?unsigned=true")


async def test_other_bytes_than_were_asked_for_are_not_signed(pair: Pair, of: PageOf) -> None:
    """A server that shows another act under the hash finds no signature."""
    departure, other = await pair.departure(), await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    await pair.consignor.bring(other.first, other.now)
    page = await of(pair.carrier)
    await page.open(f'<form data-cosign="{departure.name}"><button>核对</button></form>')
    forged = await pair.carrier.look(other.name)
    forged["statement"] = departure.name
    await page.do(lambda found: found.context.route(f"**/v1/pending/{departure.name}", lambda route: route.fulfill(json=forged)))
    told = await page.press()
    assert (told["state"], told["code_of"], told["sheet"]) == ("stopped", "HASH_DIFFERS", "")


async def test_a_changed_proposal_changes_the_sheet(pair: Pair, of: PageOf) -> None:
    """What another script puts into the page is what the sheet says, for the sheet says what would be signed."""
    departure = await pair.departure()
    page = await of(pair.consignor)
    await page.open(form(proposal_of(departure)))
    swap = "() => { const told = document.querySelector('[data-proposal]').firstChild; told.data = told.data.replace('1.200000', '9.900000'); }"
    await page.do(lambda found: found.evaluate(swap))
    told = await page.press(sign=False)
    assert "9.900000 吨" in told["title"]
    assert "1.200000" not in told["sheet"]
    assert told["code"] != f"{departure.name[:4]} {departure.name[4:8]}".upper()
