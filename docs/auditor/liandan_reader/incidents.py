"""What names manifests from chains of its own (kinds §9): incidents, until they are closed, and settlements of numbers."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from .strict import instant, need

COUNTED = 16  # open incidents that count for one manifest
AHEAD_S = 300


class Incidents:
    """Every incident, and which open ones count for a manifest."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.known: dict[str, Any] = {}  # incident: its place, the manifests that it names, its day
        self.counted: dict[str, list[str]] = {}  # manifest: incidents

    def covering(self, s: Any) -> tuple[list[str], bool]:
        """The authorities of the place of an incident, or of digits 5 to 8 of a number; where there are none any, as FOREIGN."""
        where = s.owner[4:8] if s.type == "number" else self.known[s.chain].place if s.chain in self.known else "-"
        found: tuple[list[str], bool] = self.log.parties.responsible(where)
        return found

    def take(self, s: Any, a: Any) -> str:
        """The stage of the chain after it."""
        if s.type == "number":
            return self._settle(s)
        custody = self.log.manifests
        custody.alerted(a, UNMANIFESTED="H" if s.act == "incident.unmanifested" else None)
        if s.act == "incident.close":
            return self._close(s, a)
        happened = instant(s.body["happened_at" if s.act == "incident.report" else "arrived_at"], "body")
        told = [happened, *(instant(one["at"], "body.informed") for one in s.body.get("informed", ()))]
        need(max(told) <= a.at + AHEAD_S, "DATE_ORDER", "body", max(told), "not in the future")
        named, opener = s.body.get("manifests", []), s.principal or s.by[0]
        for manifest in named:
            there = manifest in self.log.heads
            parties = self.log.cases.concerned(SimpleNamespace(chain=manifest), custody.trips[manifest]) if there else []
            fits = there and (opener in self.log.parties.authorities or opener in parties)
            need(fits, "NOT_CONCERNED", "body.manifests", manifest, "a manifest of the log that the reporter takes part in")
        for manifest in named:
            counted = self.counted.setdefault(manifest, [])
            counted += [s.chain] if len(counted) < COUNTED else []
        self.known[s.chain] = SimpleNamespace(place=s.body["place"]["division"], manifests=named, day=_day(happened))
        return "open"

    def _close(self, s: Any, a: Any) -> str:
        incident, day, back = self.known[s.chain], s.body["closed_on"], s.body.get("manifest")
        need(incident.day <= day <= _day(a.at), "DATE_ORDER", "body.closed_on", day, f"from {incident.day} to today")
        need(back is None or back in self.log.heads, "TRUNK_UNKNOWN", "body.manifest", back, "a manifest of the log")
        for manifest in incident.manifests:
            self.counted[manifest] = [one for one in self.counted[manifest] if one != s.chain]
        return "closed"

    def _settle(self, s: Any) -> str:
        """The losers leave the register, and are without that number."""
        custody, number = self.log.manifests, s.owner
        register, holder, lose = custody.numbers[number], s.body["holder"], s.body["lose"]
        holding = [manifest for manifest, _ in register.values()]
        for manifest in (holder, *lose):
            need(manifest in holding, "NUMBER_UNKNOWN", "body", manifest, holding)
        need(holder not in lose, "NUMBER_UNKNOWN", "body.lose", holder, "it keeps the number or loses it")
        for generator in [owner for owner, (manifest, _) in register.items() if manifest in lose]:
            trip = custody.trips[register.pop(generator)[0]]
            if trip.number == number:
                trip.number = ""
                trip.record.pop("number", None)
        return "settled"

    def says(self, s: Any, a: Any) -> None:
        """ALERT M INCIDENT at each act of a manifest that an open incident names."""
        self.log.manifests.alerted(a, INCIDENT="M" if self.counted.get(s.chain) else None)


def _day(at: int) -> str:
    """The day of Beijing, ``YYYY-MM-DD``."""
    return datetime.fromtimestamp(at, timezone(timedelta(hours=8))).date().isoformat()
