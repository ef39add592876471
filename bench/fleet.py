"""Three devices on a trip that have a network now and then: what the schedules of ``bench.offline`` are made of, and how each is judged.

A trip is a truck with one to three manifests. Devices sign departures and hand-overs together by showing each other texts, stop, reload and
arrive, die between any two steps, send twice, in any order, or lose the answer; meanwhile the generator voids, an authority holds, and another
device writes the same chain. In the end everybody is online, what was overtaken is contested, and every signed act is accounted for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from bench.devices import Device, DeviceDied, World
from bench.load import FROM, LANES, Lane, key_of, ulid
from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.pending.compact import CosignedStatement, read_text, write_text
from ledger.times import format_at
from liandan.client import Receipt
from liandan.client.outbox import Queued, Sent
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.keys import PrivateKey

STEPS = ("sign.before", "sign.after", "submit.before", "submit.after", "settle.kept", "settle.learnt")
"""Where a device may die."""
DEADLY = {"sends": STEPS[2:], "sends twice": STEPS[2:]}
"""Which of them an act comes by, if not those of signing."""
RARELY = 0.2
"""How often a truck is held, a manifest voided or a phone lost where it might be."""
ENDS_MAX = 12
"""Rounds in which everybody sends what is left, until nothing moves any more."""
_PLACE = {"division": "500112", "address": "乙市虚构服务区1号"}
_ORIGIN = {"division": "510112", "address": "甲市工业园1号（虚构）"}
_GOAL = {"division": "500116", "address": "乙区工业园9号（虚构）"}


class Trip:
    """One schedule: three devices, the manifests of a truck, and what may happen next."""

    def __init__(self, world: World, root: Path, chance: random.Random, manifests: int) -> None:
        self.world, self.chance = world, chance
        world.trips += 1
        number = world.trips
        lanes = world.load.lanes
        self.lane: Lane = lanes[number % len(lanes)]
        other = lanes[(number + 1) % len(lanes)].carrier
        relief = (self.lane.carrier, 2) if chance.random() < 0.4 else (other, 1)
        people = (("gate", self.lane.generator, 1), ("driver", self.lane.carrier, 1), ("relief", *relief))
        self.devices = {name: Device(name, uscc, key_of(f"{uscc} {device}"), root / name, world.trust) for name, uscc, device in people}
        self.plate = f"川A·T{number % 100000:05d}"
        self._names = [number * 4 + place for place in range(manifests)]
        self.chains: list[str] = []
        self.half: list[str] = []
        """Statements that lack a signature, as somebody has shown them: texts."""

    async def begin(self) -> None:
        """Issue the manifests and let every device read their chains."""
        for name in self._names:
            which = name * LANES + self.world.load.lanes.index(self.lane)
            chain = self.world.load.chain_of(which)
            self.world.load.now_s = self.world.now_s
            issue = parse_envelope(self.world.load.manifest(which)[0], payload_type=PAYLOAD_STATEMENT)
            body = msgspec.json.decode(issue.body)["body"] | {"trip_id": f"T-{self._names[0]}"}
            await self._office(self.lane.generator, "manifest.issue/1", chain, body)
            self.chains.append(chain)
        for device in self.devices.values():
            await self._fetch(device)

    async def _office(self, uscc: str, kind: str, chain: str, body: object) -> list[str]:
        """What somebody with a network and a full key posts at once, first of its chain; the codes of a refusal."""
        at, prev = format_at(self.world.now_s), genesis_prev(self.world.trust.found, chain)
        envelope = Draft(kind=kind, chain=chain, seq=0, prev=prev, by=(uscc,), at=at, body=body).sign([key_of(uscc)])
        [answer] = await (await self.world.client(uscc)).post_batch([envelope])
        if isinstance(answer, Receipt):
            self.world.signed[hash_of(envelope)] = envelope
            return []
        return [error.code for error in answer.errors]

    # ------------------------------------------------------------------ what may happen

    async def step(self, act: str, who: str, dies_at: str = "") -> None:
        """One thing happens, or does not because it cannot; a device may die over it."""
        self.world.now_s += self.chance.randint(30, 1500)
        device = self.devices[who]
        device.dies_at = dies_at
        happens: dict[str, Callable[[Device, str], Awaitable[None]]] = {
            "goes": self._goes, "departs": self._departs, "hands over": self._hands_over, "stops": self._stops, "reloads": self._reloads,
            "arrives": self._arrives, "cosigns": self._cosigns, "shows": self._shows, "sends": self._sends, "sends twice": self._sends_twice,
            "sends in any order": self._sends_in_any_order, "reads": self._reads, "voids": self._voids, "is held": self._is_held,
            "loses": self._loses,
        }  # fmt: skip
        try:
            await happens[act](device, self.chance.choice(self.chains))
        except DeviceDied as died:
            self.world.counted[f"died at {died}"] += 1
            device.restart()
        device.dies_at = ""
        self._remember()

    ACTS = (
        *("goes",) * 3, *("departs",) * 5, *("hands over",) * 3, *("stops",) * 3, *("reloads",) * 2, *("arrives",) * 3, *("cosigns",) * 8,
        *("shows",) * 2, *("sends",) * 4, *("sends twice",) * 2, *("sends in any order",) * 2, "reads", "voids", "is held", "loses",
    )  # fmt: skip
    """Each as often as it is likely."""

    async def _goes(self, device: Device, _chain: str) -> None:
        device.is_online = not device.is_online

    async def _departs(self, device: Device, chain: str) -> None:
        """Together with the consignor, or alone where he has gone."""
        if self._stage(device, chain) != "issued" or device.is_lost:
            return
        carrier, generator = self.devices["driver"], self.devices["gate"]
        if device.name == "relief" and device.uscc != carrier.uscc:
            return
        label = f"{self.lane.generator}90005231{format_at(self.world.now_s)[:10].replace('-', '')}{self.chance.randint(1, 999):03d}"
        body = {
            **self._vehicle(), "gate": {"labels": [label], "checks": ["carrier", "vehicle", "crew", "labels"]}, "place": _ORIGIN,
        }  # fmt: skip
        if device.name != "gate" and self.chance.random() < 0.2:
            self._sign(device, "manifest.depart/1", chain, body, {carrier.uscc: device.key})
            return
        keys = {generator.uscc: device.key if device is generator else None, carrier.uscc: None if device is generator else device.key}
        self._sign(device, "manifest.depart/1", chain, body, keys)

    async def _hands_over(self, device: Device, chain: str) -> None:
        others = [one for one in self.devices.values() if one.name != "gate" and one.uscc != device.uscc]
        if not others or not self._has_load(device, chain):
            return
        body = {**self._vehicle(), "place": _PLACE}
        self._sign(device, "manifest.hand_over/1", chain, body, {device.uscc: device.key, others[0].uscc: None})

    async def _stops(self, device: Device, chain: str) -> None:
        if self._has_load(device, chain):
            self._sign(device, "manifest.stop/1", chain, {"place": _PLACE, "reason": "休息（虚构）"}, {device.uscc: device.key})

    async def _reloads(self, device: Device, chain: str) -> None:
        if self._has_load(device, chain):
            body = {**self._vehicle(), "reason": "故障换车（虚构）", "place": _PLACE}
            self._sign(device, "manifest.transship/1", chain, body, {device.uscc: device.key})

    async def _arrives(self, device: Device, chain: str) -> None:
        if self._has_load(device, chain):
            self._sign(device, "manifest.arrive/1", chain, {"place": _GOAL}, {device.uscc: device.key})

    async def _cosigns(self, device: Device, _chain: str) -> None:
        """Take a text that somebody shows, sign it where one is named, and show it in turn; nobody needs a network."""
        if device.is_lost or not self.half:
            return
        brought = read_text(self.chance.choice(self.half))
        if not self._takes(device, brought):
            return
        one = device.outbox.take(brought)
        if device.uscc in one.lacking:
            one = device.outbox.cosign(one.statement, device.uscc, device.key)
            self.world.counted["signed together"] += not one.lacking
            self.half.append(write_text(one.cosigning.answer if self.chance.random() < 0.5 else one.cosigning))

    def _takes(self, device: Device, brought: CosignedStatement) -> bool:
        """Whether a text is of use here: it is of a statement that is there, or names this device's party, and nothing else stands in its place."""
        own = device.outbox.queued()
        if any(one.statement == brought.statement for one in own) or not brought.body:
            return any(one.statement == brought.statement for one in own)
        fields = msgspec.json.decode(brought.body)
        place = (fields["chain"], fields["seq"])
        return device.uscc in fields["by"] and not any((one.chain, one.seq) == place and one.problem is None for one in own)

    async def _shows(self, device: Device, chain: str) -> None:
        """Everything of the chain that is not sent yet, to another device: whoever has a network first sends it."""
        if device.is_lost:
            return
        other = self.chance.choice([one for one in self.devices.values() if one is not device])
        if other.is_lost:
            return
        taken = {(one.chain, one.seq) for one in other.outbox.queued() if one.problem is None}
        known = {one.statement for one in other.outbox.queued()}
        for one in device.outbox.queued():
            if one.chain == chain and one.problem is None and (one.statement in known or (one.chain, one.seq) not in taken):
                other.outbox.take(one.cosigning)
                self.world.counted["shown to another device"] += 1

    async def _sends(self, device: Device, _chain: str) -> None:
        if device.is_online and not device.is_lost:
            self._note(await device.outbox.submit(await self.world.client(device.uscc)))

    async def _sends_twice(self, device: Device, _chain: str) -> None:
        """Two programs of one device at once."""
        if device.is_online and not device.is_lost:
            client, ready = await self.world.client(device.uscc), device.outbox.ready()
            answers = await asyncio.gather(*(device.outbox.submit(client) for _ in range(2)), return_exceptions=True)
            self.world.counted["sent twice"] += bool(ready)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
                self._note(answer)

    async def _sends_in_any_order(self, device: Device, _chain: str) -> None:
        """A bad program: the lines out of order, and nobody reads the answer."""
        lines = [one.envelope for one in device.outbox.ready()]
        if device.is_online and not device.is_lost and len(lines) > 1:
            self.chance.shuffle(lines)
            await (await self.world.client(device.uscc)).post_batch(lines)
            self.world.counted["sent in any order"] += 1

    async def _reads(self, device: Device, _chain: str) -> None:
        if device.is_online and not device.is_lost:
            await self._fetch(device)

    async def _fetch(self, device: Device) -> None:
        await device.outbox.fetch(await self.world.client(device.uscc), self.chains)

    async def _voids(self, _device: Device, chain: str) -> None:
        gate = self.devices["gate"]
        if gate.is_online and self.chance.random() < RARELY and self._stage(gate, chain) == "issued":
            self._sign(gate, "manifest.void/1", chain, {"reason": "当日无法装运（虚构）"}, {gate.uscc: gate.key})
            await self._sends(gate, chain)

    async def _is_held(self, _device: Device, chain: str) -> None:
        """By the authority of the origin; it stays for the rest of the schedule."""
        if self.chance.random() > RARELY:
            return
        rows = await self.world.pool.fetch("SELECT hash FROM link WHERE chain = $1 ORDER BY seq", chain)
        case = f"{chain.replace('manifest', 'case', 1)}/{ulid(self.chance.getrandbits(120))}"
        trunk = {"seq": len(rows) - 1, "hash": rows[-1]["hash"].hex()}
        codes = await self._office(FROM, "case.hold/1", case, {"trunk": trunk, "reason": "核查来源（虚构）"})
        self.world.counted["held"] += not codes

    async def _loses(self, device: Device, _chain: str) -> None:
        """The phone is gone; another one of the carrier reads the chains and goes on."""
        if device.name == "driver" and self.chance.random() < RARELY:
            device.is_lost = True
            self.world.counted["phone lost"] += 1

    # ------------------------------------------------------------------ what a device knows

    def _vehicle(self) -> dict[str, Any]:
        number = self.chance.randint(0, 10**9)
        return {"vehicle": {"kind": "truck", "plate": self.plate, "licence_no": "营运000001"}, "waybill_no": f"YD{number:010d}"}

    def _sign(self, device: Device, kind: str, chain: str, body: object, keys: dict[str, PrivateKey | None]) -> None:
        one = device.outbox.sign(kind, chain, body, keys, at_s=self.world.now_s)
        if one.lacking:
            self.half.append(write_text(one.cosigning))

    def _own(self, device: Device, chain: str) -> list[Queued]:
        return [one for one in device.outbox.queued() if one.chain == chain and one.problem is None]

    def _stage(self, device: Device, chain: str) -> str:
        """What the device believes: the next place tells whether it knows of anything behind the issue."""
        return "issued" if device.outbox.next(chain)[0] == 1 else "departed"

    def _has_load(self, device: Device, chain: str) -> bool:
        """As far as this device knows: it has departed, nobody has arrived or taken it over since. What others wrote it does not see."""
        if device.is_lost or device.name == "gate" or self._stage(device, chain) == "issued":
            return False
        own = self._own(device, chain)
        last = own[-1] if own else None
        return last is None or (last.kind not in ("manifest.arrive/1", "manifest.void/1") and device.uscc in last.by)

    def _remember(self) -> None:
        for device in self.devices.values():
            for one in device.outbox.queued():
                if not one.lacking:
                    self.world.signed.setdefault(one.statement, one.envelope)

    def _note(self, sent: list[Sent]) -> None:
        for one in sent:
            told = "entered" if one.receipt is not None else "later" if one.is_kept else one.problem.code if one.problem else ""
            self.world.counted[told] += 1

    # ------------------------------------------------------------------ the end

    async def end(self) -> None:
        """Everybody is online, lost phones are found, what was overtaken is contested by the office; then each act is accounted for."""
        for device in self.devices.values():
            device.is_online, device.is_lost = True, False
        for _ in range(ENDS_MAX):
            self.world.now_s += 600
            moved = False
            for device in self.devices.values():
                sent = await device.outbox.submit(await self.world.client(device.uscc))
                self._note(sent)
                moved |= any(not one.is_kept for one in sent)
                moved |= self._contest(device)
            if not moved:
                break
        else:
            raise AssertionError("the devices never come to rest")
        self._remember()
        await self._judge()

    def _contest(self, device: Device) -> bool:
        """Bring every overtaken act as evidence, signed by a full key; whether there was any."""
        found = False
        for one in device.outbox.queued():
            remedy = one.problem.remedy if one.problem is not None else None
            if remedy is not None and device.uscc in remedy.by:
                done = device.outbox.contest(one.statement, device.uscc, key_of(device.uscc), "手机无网络（虚构）", self.world.now_s)
                self.world.counted["contested"] += done.statement not in self.world.signed
                device.outbox.drop(one.statement)
                found = True
        return found

    async def _judge(self) -> None:
        """Each act of these chains that all had signed is one entry, or is on a device with what the log said, and contested where that was
        prepared; what lacks a signature still waits; nothing is ready that was not sent."""
        rows = await self.world.pool.fetch("SELECT hash, count(*) AS count, min(idx) AS idx FROM link GROUP BY hash HAVING hash = ANY($1)", [
            bytes.fromhex(name) for name in self.world.signed
        ])  # fmt: skip
        entries = {row["hash"].hex(): row["count"] for row in rows}
        assert set(entries.values()) <= {1}, "an act has two entries"
        here = [one for device in self.devices.values() for one in device.outbox.queued()]
        aside = {path.name[9:73] for device in self.devices.values() for path in (device.outbox.root / "aside").glob("*.cosign")}
        for name, envelope in self.world.signed.items():
            fields = msgspec.json.decode(envelope.body)
            if name in entries:
                is_office = fields["kind"] in ("manifest.issue/1", "case.hold/1")
                receipts = [device.outbox.receipts.root / f"{name}.entry" for device in self.devices.values()]
                assert is_office or any(path.exists() for path in receipts), f"no receipt: {fields['kind']} {name}"
                continue
            waits = any(one.problem is not None or self._waits(one) for one in here if one.statement == name)
            assert waits or name in aside, f"lost: {fields['kind']} {fields['chain']} {fields['seq']} {name}"
        for name in aside:
            case = await self.world.pool.fetchval(
                "SELECT count(*) FROM link WHERE chain LIKE $1 AND seq = 0", f"case/%{ulid(int(name[:20], 16))[-16:]}"
            )
            left = [(one.kind, one.chain, one.problem and one.problem.detail) for one in here if one.kind == "case.contest/1"]
            assert case == 1, f"{name} is contested {case} times; {left}"
        self.world.signed.clear()

    def _waits(self, one: Queued) -> bool:
        """Whether something of its chain before it was refused, or lacks a signature that will never come."""
        known = [other for device in self.devices.values() for other in device.outbox.queued() if other.chain == one.chain]
        return any(other.seq < one.seq and (other.lacking or other.problem is not None) for other in known)


async def schedule(world: World, root: Path, chance: random.Random, steps: int) -> None:
    """A whole schedule, judged."""
    trip = Trip(world, root, chance, chance.choice((1, 1, 2, 3)))
    await trip.begin()
    for _ in range(steps):
        act = chance.choice(Trip.ACTS)
        dies_at = chance.choice(DEADLY.get(act, STEPS[:2])) if chance.random() < 0.25 else ""
        await trip.step(act, chance.choice(("gate", "driver", "driver", "relief")), dies_at)
    await trip.end()
