"""Texts that a page must not obey, in acts on the demonstration's log: firms are given such names, a key such a label, an incident such words,
each by its own party (``bring``). tests/desk/test_pages.py opens every listed page on that log, and what is asked for by address.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.times import parse_at
from liandan.client import AsyncLiandan
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.ulid import new_ulid
from signing.possession import register
from tests.desk.played import Served

HOSTILE = (
    """'"><img src=x onerror=window.planted=1><script>window.planted=2</script></title></textarea></select><b style=color:red>{{7*7}}"""
)
PLANTED = """() => [
  window.planted ?? 0,
  document.querySelectorAll("[onerror], img[src='x'], b[style], a[href^='javascript:']").length,
  [...document.scripts].filter((one) => !one.src && one.type !== "application/json").length,
  document.documentElement.innerText.includes("49}}") || document.documentElement.innerText.includes(">49"),
]"""
"""Of a page: what ran, what elements came of it, scripts that stand in it, whether something was computed."""
NOTHING = [0, 0, 0, False]
TYPED = {
    "clerk": ("/desk/manifests?q={0}", "/m/{0}/{0}", "/enter?next={0}", "/desk/{0}", "/act/{0}"), "dispatcher": ("/drive/{0}",), "scale": (),
    "sichuan": ("/province/lists/{0}", "/month?month={0}"), "inspector": ("/road?q={0}",), "operator": (),
}  # fmt: skip
"""By person, addresses that take what somebody typed, or are no address at all."""


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
