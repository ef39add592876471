"""Devices with an outbox each, and the log that they write to now and then: what ``bench.fleet`` moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from msgspec import Struct, field

from bench.load import Load, key_of
from liandan.client import AsyncLiandan, Trust
from liandan.client.outbox import Outbox
from signing.envelope import Envelope
from signing.keys import PrivateKey
from signing.possession import register

PHONE_KINDS = ("manifest.depart", "manifest.hand_over", "manifest.transship", "manifest.stop", "manifest.arrive")


class DeviceDied(Exception):
    """A device lost its memory; its files are as they were."""


class Device:
    """A phone or a tablet: its files, its key, and whether it has a network."""

    def __init__(self, name: str, uscc: str, key: PrivateKey, root: Path, trust: Trust) -> None:
        self.name, self.uscc, self.key, self._root = name, uscc, key, root
        self.is_online, self.is_lost = True, False
        self.dies_at = ""
        Outbox.create(root, trust)
        self.outbox = self._started()

    def _started(self) -> Outbox:
        return Outbox(self._root, self._step)

    def _step(self, name: str) -> None:
        if name == self.dies_at:
            self.dies_at = ""
            raise DeviceDied(name)

    def restart(self) -> None:
        """As after a crash: from its files alone."""
        self.dies_at = ""
        self.outbox = self._started()


class World(Struct):
    """A running log with parties, phones and their keys; ``now_s`` is its simulated clock."""

    url: str
    trust: Trust
    load: Load
    pool: asyncpg.Pool
    now_s: int
    clients: dict[str, AsyncLiandan] = field(default_factory=dict)
    signed: dict[str, Envelope] = field(default_factory=dict)
    """Every act that all its signers have signed, by hash, of all schedules."""
    trips: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    async def client(self, uscc: str) -> AsyncLiandan:
        """The way of a party to the log."""
        if uscc not in self.clients:
            made = self.clients[uscc] = AsyncLiandan(self.url, key_of(uscc), uscc=uscc, trust=self.trust, states_seen=False)
            made.set_now(self.now_s)
            await made.connect()
        self.clients[uscc].set_now(self.now_s)
        return self.clients[uscc]

    def setup(self, lanes: int) -> Iterator[bytes]:
        """Statements of the setup, and a phone's key for each carrier (two) and generator."""
        yield from self.load.setup()
        for lane in self.load.lanes[:lanes]:
            for uscc, device in ((lane.generator, 1), (lane.carrier, 1), (lane.carrier, 2)):
                body = {"key": register(key_of(f"{uscc} {device}"), self.load.found, uscc), "device": "phone"}
                kinds = {"kinds": [*PHONE_KINDS, "manifest.void"] if uscc == lane.generator else PHONE_KINDS}
                yield self.load.post("key.add/1", f"party/{uscc}", (uscc,), {**body, **kinds})
