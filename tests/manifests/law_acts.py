"""Acts of the trunk for the machine of the law: who signs, the body, and what the second mind needs to know of it. Mostly right ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from ledger.mass import format_mass
from ledger.times import format_at
from manifests import acts
from manifests.model import Vehicle
from tests.manifests.driver import CARRIER, DESTINATION, GENERATOR, ORIGIN, SECOND_CARRIER, Driver, a_departure
from tests.manifests.independent import Load
from tests.manifests.independent_corrections import LawBooks

T = 1_000_000
MASSES = [1, T, 2 * T, 5 * T, 5_600_000, 6 * T, 12 * T]


def tonnes(grams: int) -> str:
    """As the wire has it."""
    return format_mass(grams)


class TrunkActs:
    """Signers, body, and what is told of it, drawn by ``dice``."""

    dice: Random
    log: Driver
    books: LawBooks

    def draw(self, choices: Sequence[Any]) -> Any:
        """One of them."""
        return self.dice.choice(choices)

    def rarely(self) -> bool:
        """Once in ten times or so."""
        return self.dice.random() < 0.1

    def _void(self, chain: str, load: Load, at_s: int) -> Any:
        return (GENERATOR,), acts.Void(reason="改期（虚构）"), {}

    def _depart(self, chain: str, load: Load, at_s: int) -> Any:
        loaded = self.draw([None, None, load.declared, load.declared + 400_000, 13 * T])
        by = self.draw([(CARRIER,), (GENERATOR, CARRIER), (GENERATOR, SECOND_CARRIER), (SECOND_CARRIER,)])
        lines = () if loaded is None else (acts.LoadedLine(line=0, mass_t=tonnes(loaded)),)
        place = DESTINATION if load.returns else ORIGIN
        return by, a_departure(loaded=lines, place=place, vehicle=self.truck(chain), waybill_no=f"W{chain[-2:]}"), {"loaded": loaded}

    def truck(self, chain: str) -> Vehicle:
        """One of its own for every leg, so that no trip is in another's way."""
        load = self.books.loads.get(chain)
        return Vehicle(kind="truck", plate=f"川A·{chain[-2:]}{len(load.legs) if load else 0:03d}", licence_no="510100012345")

    def leg(self, load: Load) -> int | None:
        still = [number for number, one in enumerate(load.legs) if one.open]
        return self.draw([*still, *still, len(load.legs)]) if len(still) > 1 or self.draw([True, False]) else None

    def carrier(self, load: Load, leg: int | None) -> str:
        still = [one.carrier for one in load.legs if one.open] or [CARRIER]
        return load.legs[leg].carrier if leg is not None and leg < len(load.legs) else still[0]

    def _hand_over(self, chain: str, load: Load, at_s: int) -> Any:
        leg = self.leg(load)
        first = self.carrier(load, leg)
        taking = SECOND_CARRIER if first == CARRIER else CARRIER
        body = acts.HandOver(vehicle=self.truck(chain), place=ORIGIN, waybill_no=f"W{chain[-2:]}", leg=leg)
        return (first, taking), body, {"leg": leg}

    def _transship(self, chain: str, load: Load, at_s: int) -> Any:
        leg, part = self.leg(load), self.draw([True, False])
        moved = (acts.MovedLine(line=0, mass_t="0.5"),) if part else ()
        body = acts.Transship(vehicle=self.truck(chain), reason="换装（虚构）", place=ORIGIN, part=moved, leg=leg)
        return (self.carrier(load, leg),), body, {"leg": leg, "part": part}

    def _stop(self, chain: str, load: Load, at_s: int) -> Any:
        leg = self.leg(load)
        return (self.carrier(load, leg),), acts.Stop(place=ORIGIN, reason="休息（虚构）", leg=leg), {"leg": leg}

    def _arrive(self, chain: str, load: Load, at_s: int) -> Any:
        leg = self.leg(load)
        return (self.carrier(load, leg),), acts.Arrive(place=ORIGIN if load.returns else DESTINATION, leg=leg), {"leg": leg}

    def _receive(self, chain: str, load: Load, at_s: int) -> Any:
        opinion = self.draw(["accept", "accept", "partly", "partly", "reject"])
        accepted = 0 if opinion == "reject" else self.draw(MASSES)
        refused = {"accept": None, "partly": self.draw(MASSES), "reject": self.draw([None, None, load.sent])}[opinion]
        if self.rarely():
            refused = self.draw([None, 0, T])
        reason = {} if opinion == "accept" else {"reason_code": "packing", "reason": "外壳破损（虚构）"}
        told = None if refused is None else tonnes(refused)
        line = acts.ReceivedLine(line=0, opinion=opinion, accepted_t=tonnes(accepted), refused_t=told, method="R4", **reason)
        body = replace(self.log.a_receipt(line), accepted_at=format_at(at_s))
        return (load.receiver,), body, {"opinion": opinion, "accepted": accepted, "refused": refused}

    def _dispose(self, chain: str, load: Load, at_s: int) -> Any:
        mass = self.draw([max(1, load.stock), max(1, load.stock), max(1, load.stock // 2), load.stock + 1])
        fate = acts.DisposedLine(line=0, method="R4", mass_t=tonnes(mass))
        return (load.receiver,), acts.Dispose(fates=(fate,)), {"mass": mass}

    def _verify(self, chain: str, load: Load, at_s: int) -> Any:
        return (GENERATOR,), acts.Verify(), {}
