"""Texts that a page must not obey: in names, labels and free texts of acts on a served log, and in what is asked for by address.

Firms are given such names, keys such labels, incidents and reports such texts, each act by its own party; then every listed page, and the pages
of what was touched, are opened by everybody. What a page shows of it is text and nothing else: nothing runs, nothing is asked for, no element
comes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from ledger.times import parse_at
from liandan.client import AsyncLiandan
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.ulid import new_ulid
from signing.possession import register
from tests.desk.conftest import Readers
from tests.desk.pages import address_of, name_of, pages
from tests.desk.persons import Person
from tests.desk.played import Served, served

PAGES = sorted(pages(), key=lambda page: page[0])  # one person after the other: each signs in once
HOSTILE = (
    """'"><img src=x onerror=window.planted=1><script>window.planted=2</script></title></textarea></select><b style=color:red>{{7*7}}"""
)
_PLANTED = """() => [
  window.planted ?? 0,
  document.querySelectorAll("[onerror], img[src='x'], b[style], a[href^='javascript:']").length,
  [...document.scripts].filter((one) => !one.src && one.type !== "application/json").length,
  document.documentElement.innerText.includes("49}}") || document.documentElement.innerText.includes(">49"),
]"""
ASKED = (
    "/desk/manifests?q={0}",
    "/road?q={0}",
    "/m/{0}/{0}",
    "/enter?next={0}",
    "/province/lists/{0}",
    "/desk/{0}",
    "/drive/{0}",
    "/act/{0}",
    "/month?month={0}",
)
"""Addresses that take what somebody typed, or are no address at all."""


async def bring(served: Served) -> list[str]:
    """The acts, and the chains that they touch."""
    touched: list[str] = []

    async def one(who: str, kind: str, chain: str, body: dict[str, Any]) -> None:
        async with AsyncLiandan(served.url, served.keyring.key(who), uscc=who) as client:
            client.set_now(now_s)
            draft = await client.draft(kind, chain, body)
            await client.post(client.sign(draft))
        touched.append(chain)

    async with AsyncLiandan(served.url, served.keyring.key(SICHUAN.uscc), uscc=SICHUAN.uscc) as office:
        log = await office.log()
        now_s = parse_at(log.now)
        page = msgspec.json.decode(await office.get("/v1/manifests", generator=CAST.firm("jinchuan").uscc, stage="accepted", limit=1))
        manifest = page["manifests"][0]
    for key, authority in (("jinchuan", SICHUAN), ("jiangjin", CHONGQING), ("shuan", SICHUAN)):
        firm = CAST.firm(key).uscc
        await one(authority.uscc, "party.amend/1", f"party/{firm}", {"name": f"{HOSTILE}（虚构）", "reason": HOSTILE})
    generator = CAST.firm("jinchuan").uscc
    phone = register(served.keyring.key(f"{generator}.hostile"), log.found or "", generator)
    added = {
        "key": {"suite": phone.suite, "spki": phone.spki, "pop": phone.pop},
        "device": "phone",
        "label": "<img src=x onerror=window.planted=1>",
    }
    await one(generator, "key.add/1", f"party/{generator}", added)
    place = {"division": "510112", "address": HOSTILE}
    told = {
        "incident": "leak",
        "happened_at": log.now,
        "place": place,
        "text": HOSTILE,
        "measures": HOSTILE,
        "manifests": [f"manifest/{manifest['id']}"],
    }
    await one(generator, "incident.report/1", f"incident/{generator}/{new_ulid(now_s)}", told)
    return [f"manifest/{manifest['id']}", *touched]


@pytest.fixture(scope="module")
async def desk_served() -> AsyncIterator[Served]:
    """A log of these tests' own: nobody else's pages look for firms of such names."""
    async with served() as found:
        yield found


@pytest.fixture(scope="module")
async def touched(desk_served: Served) -> list[str]:
    """Chains with such texts."""
    return await bring(desk_served)


def looked_at(person: Person, path: str) -> None:
    """Open an address, whatever it answers: nothing of what is on it has become more than text."""
    person.rest(path)
    planted, elements, scripts, computed = person.do(lambda page: page.evaluate(_PLANTED))
    assert (planted, elements, scripts, computed) == (0, 0, 0, False), path
    said = [line for line in person.complaints if "Failed to load resource" not in line]  # a refusal is told as one
    assert said == [], path
    person.complaints.clear()


@pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))
async def test_no_page_obeys_what_acts_say(page: Any, touched: list[str], readers: Readers) -> None:
    def look() -> None:
        person = readers.of(page[0])
        looked_at(person, address_of(page, person))

    await asyncio.to_thread(look)


@pytest.mark.parametrize("name", ["clerk", "scale", "dispatcher", "sichuan", "inspector", "operator"])
async def test_nobody_is_shown_more_than_text(name: str, touched: list[str], readers: Readers) -> None:
    def look() -> None:
        person = readers.of(name)
        generator, ulid = touched[0].split("/")[1:]
        for path in (f"/m/{generator}/{ulid}", *(address.format(quote(HOSTILE, safe="")) for address in ASKED)):
            looked_at(person, path)

    await asyncio.to_thread(look)
