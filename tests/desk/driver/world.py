"""A served log of its own process with firms, manifests on their way and a key for each phone; and phones: browsers of their own, with a token."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec import Struct
from playwright.sync_api import Error as PlaywrightError

from bench.campaign import Server, server
from bench.devices import World
from bench.load import LANES, ORIGIN, Lane, key_of
from bench.offline import close, prepared
from ledger.admission.statement import Draft
from ledger.chain import genesis_prev
from ledger.times import format_at, parse_at
from liandan.client.transport import challenge
from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope
from signing.keys import PrivateKey

PASSPHRASE = "a passphrase 口令"
WIDE, HIGH = 360, 740
NOW = "2026-10-08T12:00:00+08:00"
SETTINGS = {"pool_min": 1, "pool_max": 6}
_PREFIX = 'document.querySelector("script[src*=drive]").src.replace(/driver\\/drive.js$/, "")'
LOAD = f"const load = (name) => import({_PREFIX} + name + '.js');"


class Truck(Struct, frozen=True):
    """A manifest of a lane, issued."""

    chain: str
    lane: Lane

    @property
    def path(self) -> str:
        """Of its page."""
        return f"/drive/m/{self.chain.removeprefix('manifest/')}"


class Road(Struct, kw_only=True):
    """The served log."""

    world: World
    dsn: str
    directory: Path
    started: Server
    stack: AsyncExitStack
    count: int = 0

    @property
    def url(self) -> str:
        """Of the server."""
        return self.world.url

    async def issue(self, *, lane: int = 0, packs: int = 14, carriers: tuple[str, ...] = ()) -> Truck:
        """A manifest that waits for its truck."""
        self.count += 1
        world = self.world
        which = self.count * LANES + lane
        found, chain = world.load.lanes[lane], world.load.chain_of(which)
        world.load.now_s = world.now_s
        body = msgspec.json.decode(parse_envelope(world.load.manifest(which)[0], payload_type=PAYLOAD_STATEMENT).body)["body"]
        body["lines"][0]["packs"] = packs
        body["carriers"] = list(carriers) or body["carriers"]
        await self.post(chain, "manifest.issue/1", (found.generator,), body, seq=0, prev=genesis_prev(world.trust.found, chain))
        return Truck(chain, found)

    async def post(self, chain: str, kind: str, by: tuple[str, ...], body: object, *, seq: int, prev: str) -> None:
        """What somebody posts with the full keys of its signers."""
        draft = Draft(kind=kind, chain=chain, seq=seq, prev=prev, by=by, at=format_at(self.world.now_s), body=body)
        await (await self.world.client(by[0])).post(draft.sign([key_of(uscc) for uscc in by]))

    async def acts(self, chain: str) -> list[dict[str, Any]]:
        """Statements on a chain, as the log has them, with their hashes."""
        wanted = "SELECT l.hash, e.entry FROM link l JOIN entry e ON e.idx = l.idx WHERE l.chain = $1 ORDER BY l.seq"
        found = []
        for row in await self.world.pool.fetch(wanted, chain):
            envelope = msgspec.json.decode(row["entry"])["statement"]
            found.append(msgspec.json.decode(b64decode(envelope["payload"])) | {"hash": row["hash"].hex()})
        return found

    async def token(self, key: PrivateKey) -> str:
        """A session of a key, as ``/enter`` grants it."""
        envelope = challenge(ORIGIN, self.url, key, self.world.now_s + 6 * 3600, ("read", "post"))
        async with httpx.AsyncClient(base_url=self.url) as client:
            answer = await client.post("/v1/tokens", content=freeze(envelope), headers={"Liandan-Now": format_at(self.world.now_s)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def kill(self) -> None:
        """``kill -9``."""
        self.started.kill()

    async def restart(self) -> None:
        """A new server under the same address."""
        port = int(self.url.rpartition(":")[2])
        self.started = self.stack.enter_context(server(self.dsn, self.directory, {**SETTINGS, "port": port}))
        await asyncio.to_thread(self.started.wait_ready)


@asynccontextmanager
async def road(dsn: str, directory: Path) -> AsyncIterator[Road]:
    """Founded, settled, served."""
    async with AsyncExitStack() as stack:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        started = stack.enter_context(server(dsn, directory, {**SETTINGS, "port": port}))
        await asyncio.to_thread(started.wait_ready)
        world = await prepared(stack, started.url, dsn)
        stack.push_async_callback(close, world)
        world.now_s = max(world.now_s, parse_at(NOW))
        yield Road(world=world, dsn=dsn, directory=directory, started=started, stack=stack)


class Handset(Struct, kw_only=True):
    """A phone of somebody: a browser profile with his key, and the driver's page in it. Every call waits in the thread of the browser."""

    thread: Executor
    context: Any
    page: Any
    uscc: str
    home: str
    complaints: list[str]

    async def do(self, work: Callable[[Any], Any]) -> Any:
        """Do something with the page, beside the server."""
        return await asyncio.wrap_future(self.thread.submit(lambda: work(self.page)))

    async def run(self, script: str, given: object = None) -> Any:
        """What an async function answers; ``load(name)`` fetches one of the page's own modules."""
        return await self.do(lambda page: page.evaluate(f"async (given) => {{ {LOAD} {script} }}", given))

    async def open(self, path: str = "/drive/") -> None:
        """Show a page, and wait until its own module has drawn it."""

        def go(page: Any) -> None:
            try:
                page.goto(self.home + path)
            except PlaywrightError as error:
                if "ERR_ABORTED" not in str(error):
                    raise
                page.goto(self.home + path)  # a page all of whose acts have just been entered reads itself anew, and was first
            page.wait_for_selector("html[data-ready]", state="attached")

        await self.do(go)

    async def offline(self, is_offline: bool = True) -> None:
        """Take the network away, or give it back."""
        await self.do(lambda page: self.context.set_offline(is_offline))

    async def queued(self) -> list[dict[str, Any]]:
        """What the phone keeps."""
        script = """const { Queue } = await load("driver/queue"); const data = JSON.parse(document.getElementById("drive-data").textContent);
          const queue = await Queue.open(data.trip ? data.trip.found : data.found);
          return (await queue.queued()).map((act) => ({ ...act, body: null, signatures: act.signatures.length }));"""
        found: list[dict[str, Any]] = await self.run(script)
        return found

    async def press(self, name: str) -> None:
        """Press a button that can be seen."""
        await self.do(lambda page: page.locator(f"button:visible:has-text('{name}'), summary:visible:has-text('{name}')").first.click())

    async def sign(self) -> str:
        """Sign the sheet that is open; what it says."""

        def go(page: Any) -> str:
            sheet = page.locator("dialog.sheet[open]")
            said = str(sheet.inner_text())
            sheet.locator("[data-sign]").click()
            sheet.wait_for(state="detached")
            page.wait_for_selector("body:not(.busy), dialog[open]", state="attached")
            return said

        return str(await self.do(go))

    async def until(self, script: str, given: object = None, seconds: float = 20) -> Any:
        """Ask until the answer is something."""
        for _ in range(int(seconds * 10)):
            with suppress(Exception):  # the page may be on its way to another
                if found := await self.run(script, given):
                    return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"{script} stays away: {await self.do(lambda page: page.inner_text('main'))}")

    async def close(self) -> None:
        """End it with its storage."""
        await self.do(lambda page: self.context.close())


async def handset(road: Road, browser: tuple[Executor, Any], uscc: str, key: PrivateKey, **options: Any) -> Handset:
    """A phone that is enrolled and logged in."""
    thread, chromium = browser
    token = await road.token(key)
    shape = {"viewport": {"width": WIDE, "height": HIGH}, "locale": "zh-CN", "has_touch": True, "is_mobile": True, **options}

    def made() -> Handset:
        context = chromium.new_context(**shape)
        context.add_cookies([{"name": "liandan", "value": token, "url": road.url, "httpOnly": True, "sameSite": "Lax"}])
        page = context.new_page()
        found = Handset(thread=thread, context=context, page=page, uscc=uscc, home=road.url, complaints=[])
        watch(found, page)
        context.on("page", lambda other: watch(found, other))
        page.goto(f"{road.url}/drive/")
        pem = key.to_pem(PASSPHRASE.encode()).decode()
        taking = f'{LOAD} const {{ importKey, choose }} = await load("island/keys"); choose((await importKey(given[0], given[1], given[2])).keyid);'
        page.evaluate(f"async (given) => {{ {taking} }}", [pem, PASSPHRASE, uscc])
        return found

    return await asyncio.wrap_future(thread.submit(made))


def watch(phone: Handset, page: Any) -> None:
    """Note whatever the browser complains of; that there is no network is none."""

    def said(message: Any) -> None:
        if (
            message.type in ("error", "warning")
            and "ERR_INTERNET_DISCONNECTED" not in message.text
            and "ERR_CONNECTION" not in message.text
        ):
            phone.complaints.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: phone.complaints.append(str(error)))
