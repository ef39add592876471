"""``python -m bench.offline_phones``: random schedules of three phones in real browsers, offline at once; nothing is lost, nothing is entered twice.

The page's own modules sign, keep, show to one another and send, over HTTP to a server of its own; a phone may lose its page at any moment. What
``bench.offline`` asks of the outbox in Python, this asks of the one in the browser. At the end everybody is online: each act that all its
signers have signed is in the log once, or lies in a phone with the reason why not.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec import Struct, field
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from bench.campaign import quiet, server
from bench.devices import World
from bench.load import LANES, ORIGIN, key_of
from bench.offline import LANES_USED, close, prepared
from ledger.admission.statement import Draft
from ledger.chain import genesis_prev
from ledger.times import format_at
from liandan.client.transport import challenge
from liandan.database import migrate
from liandan.postgres import EmbeddedPostgres, temporary_directory
from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope
from signing.keys import PrivateKey
from tests.browser.conftest import CHROMIUM, FLAGS

STEPS, ROUNDS, PAUSE_S = 18, 12, 0.3
PASSPHRASE = "a passphrase"
_PLACE = {"division": "500112", "address": "乙市虚构服务区1号"}
_ORIGIN = {"division": "510112", "address": "甲市工业园1号（虚构）"}
_GOAL = {"division": "500116", "address": "乙区工业园9号（虚构）"}
_START = """async ([uscc, found, pem, passphrase]) => {
  const base = document.querySelector("script[src*=drive]").src.replace(/driver\\/drive.js$/, "");
  const load = (name) => import(`${base}${name}.js`);
  const [{ Queue }, { Acts }, frames, keys, log] = [await load("driver/queue"), await load("driver/acts"), await load("driver/frames"), await load("island/keys"), await load("island/log")];
  if (!(await keys.keys()).length) keys.choose((await keys.importKey(pem, passphrase, uscc)).keyid);
  const queue = await Queue.open(found);
  const acts = new Acts(queue, uscc);
  await acts.meetLog();
  new MutationObserver(() => document.querySelector("dialog.sheet[open] [data-sign]")?.click()).observe(document.body, { childList: true });
  const told = (act) => ({ statement: act.statement, kind: act.kind, chain: act.chain, seq: act.seq, by: act.by, places: act.signatures.map((one) => one.place), code: act.problem?.code ?? null });
  const text = async (act, answer) => (await frames.writeFrames(act, { answer })).join("\\n");
  window.phone = {
    queued: async (chain) => (await queue.queued()).filter((act) => act.chain === chain).map(told),
    next: (chain) => queue.next(chain).then(({ seq }) => seq, () => 0),
    learn: async (chain) => { await acts.meetLog(); await acts.isOvertaken(chain); },
    sign: async (proposal) => { const done = await acts.sign(proposal, proposal.kind); return done.act ? { act: told(done.act), text: await text(done.act, false) } : { state: done.state, code: done.code }; },
    take: async (given, answer) => { const [brought] = await frames.readText(given); const act = await acts.takeIn(brought).catch((error) => ({ code: error.code })); return act && act.statement ? { act: told(act), text: await text(act, answer && !act.isOwn) } : null; },
    texts: async (chain) => Promise.all((await queue.queued()).filter((act) => act.chain === chain && !act.problem).map((act) => text(act, false))),
    drain: () => acts.drain(),
    clear: async (chain) => { for (const act of await queue.queued()) if (act.chain === chain) await queue.putAside(act.statement); },
  };
}"""

_SAYS = """document.addEventListener("readystatechange", () => {
  if (document.getElementById("message")) document.getElementById("message").hidden = false;
});"""
"""A page that says something is not read anew by itself, and it has to say so before its own module begins to send what it finds in the queue."""


class Phone(Struct, kw_only=True):
    """A browser profile with a key."""

    name: str
    uscc: str
    key: PrivateKey
    thread: Executor
    context: Any
    page: Any
    home: str
    found: str
    is_online: bool = True

    async def do(self, work: Callable[[Any], Any]) -> Any:
        """Something with the page, in the browser's thread."""
        return await asyncio.wrap_future(self.thread.submit(lambda: work(self.page)))

    async def start(self) -> None:
        """Show the page anew, as after it was killed, from the worker where there is no network."""
        given = [self.uscc, self.found, self.key.to_pem(PASSPHRASE.encode()).decode(), PASSPHRASE]

        def go(page: Any) -> None:
            page.goto(f"{self.home}/drive/")
            page.wait_for_selector("html[data-ready]", state="attached")
            _evaluated(page, _START, given)

        await self.do(go)

    async def goes(self, is_online: bool) -> None:
        """Lose or find the network."""
        self.is_online = is_online
        await self.do(lambda page: self.context.set_offline(not is_online))

    async def call(self, name: str, *given: Any) -> Any:
        """A function of the page's."""
        return await self.do(lambda page: page.evaluate(f"(given) => window.phone.{name}(...given)", list(given)))


class Fleet(Struct, kw_only=True):
    """Three phones of a lane, and what they have signed."""

    world: World
    phones: dict[str, Phone]
    signed: set[str] = field(default_factory=set)
    """Acts that all their signers have signed, by hash."""
    half: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    trips: int = 0
    lane: int = 0

    async def schedule(self, chance: random.Random) -> None:
        """One manifest, and whatever happens to it; then the reckoning."""
        chain = await self._begin()
        for _ in range(STEPS):
            self.world.now_s += chance.randint(30, 600)
            phone = self.phones[chance.choice(sorted(self.phones))]
            await getattr(self, f"_{chance.choice(ACTS)}")(phone, chain, chance)
            await self._remember(chain)
        await self._end(chain)

    async def _begin(self) -> str:
        self.trips += 1
        load = self.world.load
        which = self.trips * LANES + self.lane
        load.now_s = self.world.now_s
        chain = load.chain_of(which)
        body = msgspec.json.decode(parse_envelope(load.manifest(which)[0], payload_type=PAYLOAD_STATEMENT).body)["body"]
        await self._office(load.lanes[self.lane].generator, "manifest.issue/1", chain, body, 0, genesis_prev(self.world.trust.found, chain))
        self.half.clear()
        for phone in self.phones.values():
            await phone.goes(True)
            await phone.call("learn", chain)
        return chain

    async def _office(self, uscc: str, kind: str, chain: str, body: object, seq: int, prev: str) -> None:
        draft = Draft(kind=kind, chain=chain, seq=seq, prev=prev, by=(uscc,), at=format_at(self.world.now_s), body=body)
        await (await self.world.client(uscc)).post_batch([draft.sign([key_of(uscc)])])

    # ------------------------------------------------------------------ what may happen

    async def _goes(self, phone: Phone, _chain: str, _chance: random.Random) -> None:
        await phone.goes(not phone.is_online)

    async def _dies(self, phone: Phone, _chain: str, chance: random.Random) -> None:
        """The page is killed, perhaps while it sends, and opened again."""
        if phone.is_online and chance.random() < 0.5:
            await phone.do(lambda page: page.evaluate("() => { window.phone.drain(); }"))
        await phone.start()
        self.counted["pages killed"] += 1

    async def _departs(self, phone: Phone, chain: str, chance: random.Random) -> None:
        generator, carrier = self.phones["gate"].uscc, self.phones["driver"].uscc
        if await phone.call("next", chain) != 1:
            return
        label = f"{generator}90005231{format_at(self.world.now_s)[:10].replace('-', '')}{chance.randint(1, 999):03d}"
        body = {**self._vehicle(chance), "gate": {"labels": [label], "checks": ["carrier", "vehicle", "crew", "labels"]}, "place": _ORIGIN}
        alone = phone.name != "gate" and chance.random() < 0.6
        await self._sign(phone, "manifest.depart/1", chain, body, [carrier] if alone else [generator, carrier])

    async def _reloads(self, phone: Phone, chain: str, chance: random.Random) -> None:
        if await self._has_load(phone, chain):
            await self._sign(
                phone, "manifest.transship/1", chain, {**self._vehicle(chance), "reason": "故障换车（虚构）", "place": _PLACE}, [phone.uscc]
            )

    async def _stops(self, phone: Phone, chain: str, _chance: random.Random) -> None:
        if await self._has_load(phone, chain):
            await self._sign(phone, "manifest.stop/1", chain, {"place": _PLACE, "reason": "休息（虚构）"}, [phone.uscc])

    async def _arrives(self, phone: Phone, chain: str, _chance: random.Random) -> None:
        if await self._has_load(phone, chain):
            await self._sign(phone, "manifest.arrive/1", chain, {"place": _GOAL}, [phone.uscc])

    async def _cosigns(self, phone: Phone, _chain: str, chance: random.Random) -> None:
        """Take what somebody shows, sign it where one is named, show it in turn."""
        if self.half:
            taken = await phone.call("take", chance.choice(self.half), chance.random() < 0.5)
            if taken is not None:
                self.half.append(taken["text"])
                self.counted["taken from a screen"] += 1

    async def _shows(self, phone: Phone, chain: str, chance: random.Random) -> None:
        """Everything of the chain that is not sent, to another phone: whoever has a network first sends it."""
        other = chance.choice([one for one in self.phones.values() if one is not phone])
        for text in await phone.call("texts", chain):
            await other.call("take", text, False)

    async def _sends(self, phone: Phone, _chain: str, _chance: random.Random) -> None:
        done = await phone.call("drain")
        self.counted["entered"] += done["entered"]
        self.counted["refused"] += done["refused"]

    async def _reads(self, phone: Phone, chain: str, _chance: random.Random) -> None:
        await phone.call("learn", chain)

    async def _voids(self, _phone: Phone, chain: str, chance: random.Random) -> None:
        rows = await self.world.pool.fetch("SELECT hash FROM link WHERE chain = $1 ORDER BY seq", chain)
        if len(rows) == 1 and chance.random() < 0.2:
            uscc = self.phones["gate"].uscc
            await self._office(uscc, "manifest.void/1", chain, {"reason": "当日无法装运（虚构）"}, 1, rows[0]["hash"].hex())
            self.counted["voided"] += 1

    def _vehicle(self, chance: random.Random) -> dict[str, Any]:
        plate = f"川A·P{self.trips % 100000:05d}"
        return {
            "vehicle": {"kind": "truck", "plate": plate, "licence_no": "营运000001"},
            "waybill_no": f"YD{chance.randint(0, 10**9):010d}",
        }

    async def _has_load(self, phone: Phone, chain: str) -> bool:
        """As far as this phone knows."""
        if phone.name == "gate" or await phone.call("next", chain) < 2:
            return False
        own = await phone.call("queued", chain)
        return not own or (own[-1]["kind"] not in ("manifest.arrive/1", "manifest.void/1") and not own[-1]["code"])

    async def _sign(self, phone: Phone, kind: str, chain: str, body: object, by: list[str]) -> None:
        done = await phone.call("sign", {"kind": kind, "chain": chain, "by": by, "body": body})
        if "text" in done and len(by) > 1:
            self.half.append(done["text"])
        self.counted["signed" if "text" in done else f"not signed: {done['code']}"] += 1

    async def _remember(self, chain: str) -> None:
        for phone in self.phones.values():
            for act in await phone.call("queued", chain):
                if len(act["places"]) == len(act["by"]):
                    self.signed.add(act["statement"])

    # ------------------------------------------------------------------ the end

    async def _end(self, chain: str) -> None:
        """Everybody sends until nothing moves; then each act is accounted for."""
        for phone in self.phones.values():
            await phone.goes(True)
        for _ in range(ROUNDS):
            done = [await phone.call("drain") for phone in self.phones.values()]
            if not any(one["entered"] or one["refused"] or one["later"] is not None for one in done):
                break
            await asyncio.sleep(PAUSE_S)  # the page's own sending may be under way
        rows = await self.world.pool.fetch("SELECT hash FROM link WHERE chain = $1", chain)
        entered, kept = {row["hash"].hex() for row in rows}, set[str]()
        for phone in self.phones.values():
            for act in await phone.call("queued", chain):
                whole = len(act["places"]) == len(act["by"])
                assert act["statement"] not in entered or not whole or act["code"], (
                    f"{act['kind']} is in the log and still waits in {phone.name}"
                )
                kept.add(act["statement"])
                self.counted[f"in the end {act['code'] or ('waits for what is before it' if whole else 'lacks a signature')}"] += 1
            await phone.call("clear", chain)
        lost = self.signed - entered - kept
        assert not lost, f"lost: {lost}"
        self.counted["in the log"] += len(entered)
        self.counted["kept with a reason"] += len(self.signed - entered)
        self.signed.clear()


ACTS = (
    *("goes",) * 3, *("dies",) * 2, *("departs",) * 5, *("reloads",) * 2, *("stops",) * 2, *("arrives",) * 2, *("cosigns",) * 5, *("shows",) * 2,
    *("sends",) * 5, "reads", "voids",
)  # fmt: skip
"""Each as often as it is likely."""


async def fleet_of(world: World, thread: Executor, chromium: Any, *, lane: int = 0) -> Fleet:
    """The phones of a lane: the consignor's, and two of the carrier, logged in."""
    lanes, phones = world.load.lanes[lane], {}
    for name, uscc, number in (("gate", lanes.generator, 1), ("driver", lanes.carrier, 1), ("relief", lanes.carrier, 2)):
        key = key_of(f"{uscc} {number}")
        envelope = challenge(ORIGIN, world.url, key, world.now_s + 6 * 3600, ("read", "post"))
        async with httpx.AsyncClient(base_url=world.url) as client:
            answer = await client.post("/v1/tokens", content=freeze(envelope), headers={"Liandan-Now": format_at(world.now_s)})
        cookie = {"name": "liandan", "value": answer.json()["token"], "url": world.url, "httpOnly": True, "sameSite": "Lax"}

        def made(cookie: dict[str, Any] = cookie) -> Any:
            context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
            context.add_cookies([cookie])
            context.add_init_script(_SAYS)
            return context, context.new_page()

        context, page = await asyncio.wrap_future(thread.submit(made))
        phones[name] = Phone(
            name=name, uscc=uscc, key=key, thread=thread, context=context, page=page, home=world.url, found=world.trust.found
        )
        await phones[name].start()
        await phones[name].do(_kept)
        await phones[name].start()  # the worker may just have taken the page over, which then was read anew
    return Fleet(world=world, phones=phones, lane=lane)


def _evaluated(page: Any, script: str, given: Any = None) -> Any:
    """What a script answers. A page that the worker takes over for the first time may be on its way to itself just then."""
    while True:
        try:
            return page.evaluate(script, given)
        except PlaywrightError as error:
            if "context was destroyed" not in str(error):
                raise
            page.wait_for_selector("html[data-ready]", state="attached")


def _kept(page: Any) -> None:
    """Wait until the worker has the page; what a page may wait for by itself its policy forbids."""
    while _evaluated(page, "() => caches.match('/drive/').then(Boolean)") is not True:
        page.wait_for_timeout(50)


async def campaign(dsn: str, directory: Path, schedules: int, seed: int) -> Counter[str]:
    """Schedules on one log, one after the other."""
    with server(dsn, directory, {"pool_min": 1, "pool_max": 6}) as started, ThreadPoolExecutor(1) as thread:
        await asyncio.to_thread(started.wait_ready)
        driver = await asyncio.wrap_future(thread.submit(sync_playwright().start))
        chromium = await asyncio.wrap_future(
            thread.submit(lambda: driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True))
        )
        try:
            async with AsyncExitStack() as stack:
                world = await prepared(stack, started.url, dsn)
                stack.push_async_callback(close, world)
                fleet = await fleet_of(world, thread, chromium, lane=seed % LANES_USED)
                for number in range(schedules):
                    try:
                        await fleet.schedule(random.Random(f"{seed} {number}"))
                    except Exception as error:  # whatever it is, it is told by which schedule it comes again
                        error.add_note(f"seed {seed}, schedule {number}")
                        raise
                return fleet.counted
        finally:
            await asyncio.wrap_future(thread.submit(chromium.close))
            await asyncio.wrap_future(thread.submit(driver.stop))


def main() -> None:
    """Run the schedules and print what they came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.offline_phones", description=__doc__)
    for name, value in (("schedules", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    quiet()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="liandan-phones-") as made,
        temporary_directory() as kept,
        EmbeddedPostgres(kept) as postgres,
    ):
        asyncio.run(migrate(postgres.dsn))
        counted = asyncio.run(campaign(postgres.dsn, Path(made), options.schedules, options.seed))
    print(f"{options.schedules:,} schedules, {time.monotonic() - begun:,.0f} s")
    for what, count in sorted(counted.items()):
        print(f"{count:8,} × {what}")
    print("nothing lost, nothing twice")


if __name__ == "__main__":
    main()
