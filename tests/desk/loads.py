"""Loads on the road to a receiver, put on the served log by the keys of its parties: what a gate sees on a day."""

from __future__ import annotations

from typing import Any

import httpx

from ledger.mass import parse_mass
from ledger.times import format_at, parse_at
from liandan.demo.calendar import at
from liandan.demo.play import Scribe
from liandan.demo.run import SEED
from liandan.demo.trip import ManifestStory
from liandan.demo.world import World
from signing.envelope import freeze
from tests.desk.played import Served

FLOW = "batteries_out"
"""From Chengdu to the receiver of the person ``scale``."""


class Gate:
    """Loads one after the other; running numbers go on from one to the next."""

    def __init__(self, served: Served) -> None:
        log = httpx.get(f"{served.url}/v1/log").json()
        self.served, self.world = served, World(SEED, first_number=700_001 + 20 * log["committed"])  # another gate of this log has others
        self.scribe = Scribe(served.keyring, log["found"], self.world)

    def send(
        self, name: str, mass_t: str, steps: str = "issue; depart 30m; arrive 3h", *, plate: str = "", day: str = "", **body: object
    ) -> str:
        """A load so far; its address ``<generator>/<ULID>``. ``body``: what its issue says otherwise."""
        now = httpx.get(f"{self.served.url}/v1/log").json()["now"]
        begun_s = at(day) if day else parse_at(now) + 60
        trip = ManifestStory(self.world, f"gate {name}", FLOW, begun_s, parse_mass(mass_t), plate=plate)
        first, _, rest = steps.partition("; ")
        trip.do(first, set=dict(body))
        if rest:
            trip.do(rest)
        for act in trip.acts:
            answer = httpx.post(
                f"{self.served.url}/v1/statements",
                content=freeze(self.scribe.write(act)),
                headers={"Liandan-Now": format_at(act.at_s), "Prefer": "wait=20"},
                timeout=40,
            )
            assert answer.status_code in (201, 202), answer.text
        return trip.chain.removeprefix("manifest/")


def stands(served: Served, token: str, manifest: str) -> dict[str, Any]:
    """A manifest as the interface tells it, when everything that was signed is in it."""
    answer = httpx.get(f"{served.url}/v1/manifests/{manifest}", headers={"Authorization": f"Bearer {token}"}, timeout=40)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
