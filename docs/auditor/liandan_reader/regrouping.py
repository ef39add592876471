"""What goes back or on (kinds §5, §1.5): refused grams on returns, accepted ones as lots of a collector; never more than is left, line by line."""

from typing import Any

from .strict import grams, need

SOURCES = 64  # manifests in the lots and returns of one body


class Regrouping:
    """The part of custody that follows grams from one manifest to the next."""

    log: Any
    trips: Any
    alerted: Any

    def _returns(self, s: Any, a: Any, trip: Any, named: Any) -> None:
        """Kinds §5: refused grams go back or on, line by line the same waste, never more than was refused and is not on a return yet."""
        way = {"back": True, None: False}.get(None if named is None else named["how"])
        self.log.check(way in (None, trip.is_return), "DECISION_WRONG", "admission.decision.route", a.route, f"RETURN: {way}")
        self.alerted(a, RETURN_TRIP="L" if trip.is_return else None)
        if named is None:
            return
        there = self.trips[named["manifest"]]
        fits = there.generator == s.owner and len(named["lines"]) == len(trip.declared) and set(named["lines"]) <= set(lines_of(there))
        need(fits, "RETURN_LINK", "body.returns", named, "own manifest, a line there for each line here")
        need(not trip.is_return or trip.receiver == s.owner, "RETURN_LINK", "body.receiver", trip.receiver, s.owner)
        need(trip.is_return or trip.receiver != there.receiver, "RETURN_LINK", "body.receiver", trip.receiver, "another than who refused")
        for line, waste, mass in zip(named["lines"], trip.wastes, trip.declared, strict=True):
            there.taken[line] += mass
            free = there.taken[line] <= there.refused[line] and there.wastes[line] == waste
            need(free, "RETURN_LINK", "body.returns.lines", f"{waste} {there.taken[line]}", f"{there.wastes[line]} {there.refused[line]}")
        trip.returned, trip.units = named, {*trip.units, *there.units, there.generator}
        trip.carried = {named["manifest"]}

    def _lots(self, s: Any, a: Any, trip: Any, lines: Any) -> None:
        """Kinds §5: a collector sends on what it received, never more than it accepted and has not treated itself."""
        for number, line in enumerate(lines):
            lots = line.get("lots", ())
            need(not lots or not trip.returned, "RETURN_LINK", f"body.lines.{number}.lots", len(lots), "none on a return")
            for lot in lots:
                there, mass = self.trips[lot["manifest"]], grams(lot["mass_t"])
                need(
                    there.receiver == s.owner and there.is_received,
                    "LOT_HOLDER",
                    f"body.lines.{number}.lots",
                    lot,
                    f"received by {s.owner}",
                )
                need(lot["line"] in lines_of(there), "LINE_UNKNOWN", f"body.lines.{number}.lots", lot, lines_of(there))
                there.used[lot["line"], s.chain] += mass
                self.within(there, lot["line"], "LOT_EXCEEDS")
                trip.lots.append((lot["manifest"], lot["line"]))
        trip.carried |= {manifest for manifest, _ in trip.lots}
        trip.units |= {manifest.split("/")[1] for manifest, _ in trip.lots}
        need(len(trip.carried) <= SOURCES, "LIST_LENGTH", "body.lines", len(trip.carried), SOURCES)

    def within(self, trip: Any, line: int, code: str) -> None:
        """Of what was accepted: treated here, and gone on as lots."""
        lots = sum(mass for (at, _), mass in trip.used.items() if at == line)
        need(lots + trip.treated[line] <= trip.accepted[line], code, "body", f"{lots} + {trip.treated[line]}", trip.accepted[line])

    def free(self, chain: str, trip: Any) -> None:
        """What never departed is free: for another return, and as lots of others."""
        for manifest, line in trip.lots:
            self.trips[manifest].used.pop((line, chain), None)
        for line, mass in zip(trip.returned["lines"], trip.declared, strict=True) if trip.returned else ():
            self.trips[trip.returned["manifest"]].taken[line] -= mass

    def _leave(self, trip: Any) -> None:
        """It has left that gate."""
        for line, mass in zip(trip.returned["lines"], trip.declared, strict=True) if trip.returned else ():
            self.trips[trip.returned["manifest"]].gone[line] += mass


def lines_of(trip: Any) -> list[int]:
    """Numbers of the lines."""
    return list(range(len(trip.declared)))
