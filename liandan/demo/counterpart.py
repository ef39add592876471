"""The others of the sandbox, who sign back: the authority that registers a newcomer and decides, the receiver that weighs and accepts.

They see what anybody in their place sees: the feed, and the registration material that somebody puts into the sandbox's folder. Each signs with
its own key, over HTTP, and what the log refuses them they say aloud. They answer only what comes after the story of the demonstration.
"""

import asyncio
import contextlib
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ledger.admission.entry import Entry, read_entry
from ledger.mass import format_mass, parse_mass
from ledger.times import parse_at
from liandan.client import AsyncLiandan, RequestRefused, Trust, Unavailable
from liandan.demo.trip import TARE_G
from liandan.wiring import KINDS
from signing.keys import PrivateKey

POLL_S = 0.5
REGISTRATIONS = "登记材料*.json"
Say = Callable[[str], None]
KeyOf = Callable[[str], PrivateKey]
"""The key of a party, by its USCC."""


class Counterpart:
    """Answers on behalf of everybody whose key the demonstration has, until it is cancelled."""

    def __init__(self, url: str, trust: Trust, key_of: KeyOf, authorities: Mapping[str, str], desk: Path, say: Say) -> None:
        """``authorities``: their USCC by province, the first one reads the feed. ``desk`` is where registration material is looked for."""
        self._url, self._trust, self._key_of, self._authorities, self._desk, self._say = url, trust, key_of, authorities, desk, say
        self._seen: set[bytes] = set()
        self._decided = 0

    async def answer(self) -> None:
        """Watch the folder and the feed for ever, from what is there now."""
        async with self._client(next(iter(self._authorities.values()))) as reader:
            after = (await reader.log()).size - 1
            while True:
                with contextlib.suppress(Unavailable):
                    await self._register_newcomers(reader)
                    page = await reader.feed(after)
                    for item in page.entries:
                        await self._answer(read_entry(b64decode(item.entry), KINDS), reader)
                    after = page.next
                await asyncio.sleep(POLL_S)

    async def _register_newcomers(self, reader: AsyncLiandan) -> None:
        for path in sorted(self._desk.glob(REGISTRATIONS)):
            try:
                raw = await asyncio.to_thread(path.read_bytes)
                told = json.loads(raw)
            except (OSError, ValueError):
                continue  # Still being written; looked at again.
            if raw in self._seen:
                continue
            self._seen.add(raw)
            try:
                uscc, name, key = str(told["uscc"]), told["name"], told["key"]
            except (KeyError, TypeError):
                self._say(f'{path.name}：应为 {{"uscc", "name", "key"}}，key 是 liandan key registration 的输出。')
                continue
            authority = self._authorities.get(uscc[2:4])
            if authority is None:
                self._say(f"{path.name}：没有哪个主管部门管代码中的地区。")
                continue
            # Who comes again with another key has lost the first: the authority adds it.
            again = await self._is_registered(reader, uscc)
            kind, body = ("key.add/1", {"key": key}) if again else ("party.register/1", {"name": name, "keys": [key]})
            await self._act(authority, kind, f"party/{uscc}", body, None, f"登记 {uscc}")

    async def _is_registered(self, reader: AsyncLiandan, uscc: str) -> bool:
        try:
            await reader.party(uscc)
        except RequestRefused:
            return False
        return True

    async def _answer(self, entry: Entry, reader: AsyncLiandan) -> None:
        statement = entry.statement
        at_s, body = parse_at(entry.admission.at), json.loads(entry.envelope.body)["body"]
        match statement.kind:
            case "approval.apply/1" if all("listing" in line for line in body["lines"]):
                self._decided += 1
                lines = [{"line": number, "mass_t": line["mass_t"]} for number, line in enumerate(body["lines"])]
                decision = {"approve": True, "no": f"试批〔2026〕{self._decided}号（虚构）", "valid_to": body["applied_to"], "lines": lines}
                authority = self._authorities[body["origin"]["division"][:2]]
                await self._act(authority, "approval.decide/1", statement.chain, decision, at_s, "批准申请")
            case "manifest.arrive/1":
                issued = await self._issued(reader, statement.chain)
                receiver = issued["receiver"]
                await self._act(receiver, "manifest.receive/1", statement.chain, received(issued, entry.admission.at), at_s, "过磅、接受")

    async def _issued(self, reader: AsyncLiandan, chain: str) -> dict[str, Any]:
        """The body of the issue of a manifest."""
        history = json.loads(await reader.get(f"/v1/{chain.replace('manifest', 'manifests', 1)}/history"))
        raws = [read_entry(b64decode(item["entry"]), KINDS) for item in history["entries"]]
        [issue] = [entry for entry in raws if entry.statement.kind == "manifest.issue/1"]
        found: dict[str, Any] = json.loads(issue.envelope.body)["body"]
        return found

    async def _act(self, uscc: str, kind: str, chain: str, body: dict[str, Any], at_s: int | None, told: str) -> None:
        """Sign and post for one of them; what is refused is said, and nothing stops."""
        try:
            async with self._client(uscc) as client:
                now_s = parse_at((await client.log()).now)
                client.set_now(max(now_s, at_s or 0))
                receipt = await client.post(client.sign(await client.draft(kind, chain, body)))
            self._say(f"对方：{told}，{chain}，第 {receipt.index} 条。")
        except RequestRefused as refused:
            self._say(f"对方：{told}被退回，{chain}：{'、'.join(refused.codes)}。")

    def _client(self, uscc: str) -> AsyncLiandan:
        return AsyncLiandan(self._url, self._key_of(uscc), uscc=uscc, trust=self._trust)


def received(issued: dict[str, Any], at: str) -> dict[str, Any]:
    """The body of a receipt that accepts everything as declared, weighed on a bridge at ``at``."""
    lines = [
        {"line": number, "opinion": "accept", "accepted_t": line["mass_t"], "method": line["method"]}
        for number, line in enumerate(issued["lines"])
    ]
    net_g = sum(parse_mass(line["mass_t"]) for line in issued["lines"])
    ticket = {"gross_t": format_mass(net_g + TARE_G), "tare_t": format_mass(TARE_G), "net_t": format_mass(net_g)}
    return {"accepted_at": at, "lines": lines, "weighing": {"method": "weighbridge", "tickets": [ticket]}}
