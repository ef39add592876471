"""Emergencies (kinds §5, §6, §9, §15; R-39): who is named for which wastes until when, who has joined, and what counts against the ceiling."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from .strict import grams, instant, need

DAY_S, AHEAD_S, AGO_D, MOST = 86_400, 300, 15, 256
TYPES = ("emergency", "backfill_emergency")


class Emergencies:
    """Emergencies by chain, and grams counted on each."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.known: dict[str, Any] = {}
        self.used = Counter[str]()
        self.loads: dict[str, Any] = {}  # by manifest: its emergency, the grams of its issue, what of them counts, whether it was voided

    def joining(self, s: Any) -> tuple[list[str], bool]:
        """Authorities of receivers' facilities, never the declaring one; for a province without any another one, as FOREIGN."""
        emergency, parties = self.known.get(s.chain), self.log.parties
        divisions = [*(emergency.receivers.values() if emergency else ()), *(place for _, place in self._named(s.body))]
        near = [uscc for place in divisions for uscc in parties.covering(place) if uscc != s.owner]
        if near or all(parties.covering(place) for place in divisions):
            return near, False
        return [uscc for uscc in parties.authorities if uscc != s.owner], True

    def _named(self, body: Any) -> list[tuple[tuple[str, str], str]]:
        """Receivers with the root of their permits, and where the facilities lie."""
        whitelist = self.log.whitelist
        pairs = [(one["receiver"], one["permit"]) for one in body.get("receivers", ())]
        return [((who, whitelist.root(permit)), whitelist.permits[permit].division) for who, permit in pairs if permit in whitelist.permits]

    def _permits(self, body: Any, regions: Any) -> None:
        for number, one in enumerate(body.get("receivers", ())):
            where, permit = f"body.receivers.{number}.permit", one["permit"]
            need(permit in self.log.whitelist.permits, "PERMIT_UNKNOWN", where, permit, "a permit of the log")
            need(permit.split("/")[1] == one["receiver"], "PERMIT_HOLDER", where, permit, one["receiver"])
            place = self.log.whitelist.permits[permit].division
            need(regions is None or place.startswith(tuple(regions)), "EMERGENCY_SCOPE", where, place, regions)

    def take(self, s: Any, a: Any) -> str:
        """The stage of the chain after it."""
        body, today = s.body, _day(a.at)
        if s.act == "emergency.declare":
            return self._declare(s, a, body, today)
        emergency = self.known[s.chain]
        if s.act == "emergency.close":
            day = body["closed_on"]
            need(_day(emergency.happened) <= day <= today, "DATE_ORDER", "body.closed_on", day, f"to {today}")
            emergency.closed = a.at
            return "closed"
        who = s.principal or s.by[0]
        need(body["letter_date"] <= today, "DATE_ORDER", "body.letter_date", body["letter_date"], f"to {today}")
        need(s.by[0] not in (emergency.hand, s.owner), "SIGNER_ROLE", "by.0", s.by[0], f"another hand than {emergency.hand}")
        need(who not in emergency.joins or body.get("receivers"), "EMERGENCY_STATE", "chain", who, "it joins once")
        self._permits(body, self.log.parties.authorities.get(who, []))
        count = emergency.count + len(body.get("receivers", ()))
        need(count <= MOST, "LIST_LENGTH", "body.receivers", count, MOST)
        emergency.joins.setdefault(who, a.at)
        emergency.receivers |= dict(self._named(body))
        emergency.count = count
        return "="

    def _declare(self, s: Any, a: Any, body: Any, today: str) -> str:
        happened, place = instant(body["happened_at"], "body.happened_at"), body["place"]["division"]
        first, last, day = body["valid_from"], body["valid_to"], _day(happened)
        need(s.owner in self.log.parties.authorities, "SIGNER_ROLE", "by.0", s.owner, "an authority")
        need(place.startswith(tuple(self.log.parties.authorities[s.owner])), "EMERGENCY_SCOPE", "body.place", place, "its own region")
        need(happened <= a.at + AHEAD_S, "DATE_ORDER", "body.happened_at", body["happened_at"], "not in the future")
        need(first <= last, "DATE_ORDER", "body.valid_to", last, first)
        longest = date.fromisoformat(first) + timedelta(days=self.log.thresholds.get("emergency_d", 0))
        oldest = (date.fromisoformat(today) - timedelta(days=AGO_D)).isoformat()
        need(
            day <= first and oldest <= day and last <= longest.isoformat(), "EMERGENCY_TERM", "body", f"{first} {last}", f"{day} {longest}"
        )
        for number, scope in enumerate(body["wastes"]):
            codes = scope.get("codes", [])
            form = (scope["scope"] == "ALL") != bool(codes) and all(code[-2:] == scope["category"][2:] for code in codes)
            need(form, "SCOPE_FORM", f"body.wastes.{number}", scope, "codes of the category, none for ALL")
        self._permits(body, None)
        own = {"place": place, "hand": s.by[0], "owner": s.owner, "happened": happened, "declared": a.at, "closed": None, "joins": {}}
        self.known[s.chain] = SimpleNamespace(**own, body=body, receivers=dict(self._named(body)), count=len(body["receivers"]))
        return "open"

    # -- manifests

    def issued(self, s: Any, a: Any, trip: Any) -> None:
        """Route EMERGENCY: what the issue must keep to, and whether the other side is waited for."""
        body, chain = s.body, s.body.get("emergency")
        is_one = body.get("type") in TYPES
        need((chain is not None) == is_one, "ISSUE_TYPE" if chain else "MISSING", "body.emergency", chain, body.get("type"))
        routed = is_one and not trip.is_return
        self.log.check((a.route == "EMERGENCY") == routed, "DECISION_WRONG", "admission.decision.route", a.route, f"EMERGENCY: {routed}")
        if not routed:
            return self.log.manifests.alerted(a, EMERGENCY_UNJOINED=None)
        need(chain in self.known, "EMERGENCY_STATE", "body.emergency", chain, "an emergency of the log")
        emergency = self.known[chain]
        named, day_at = emergency.body, instant(body["paper"]["departed_at"], "body.paper") if trip.is_backfill else a.at
        days = named["valid_from"] <= _day(day_at) <= named["valid_to"]
        permit = (trip.receiver, self.log.whitelist.root(body["permit"]))
        covered = all(any(_covers(scope, line["code"]) for scope in named["wastes"]) for line in body["lines"])
        in_scope = days and covered and s.owner in named["generators"] and permit in emergency.receivers
        need(in_scope, "EMERGENCY_SCOPE", "body.emergency", chain, "day, codes, generator, receiver and permit that it names")
        self._open(emergency, day_at)
        load = self.loads[s.chain] = SimpleNamespace(emergency=chain, issued=sum(trip.declared), counted=0, is_void=False)
        most, total = grams(named["ceiling_t"]), self.used[chain] + load.issued
        need(total <= most, "EMERGENCY_CEILING", "body.lines", total, most)
        home = self.log.manifests.amendments.home_of(trip)
        need(emergency.place[:2] == home[:2], "EMERGENCY_SCOPE", "body.origin", home, emergency.place)
        waits = home[:2] != trip.destination[:2] and self._waits(emergency, trip, day_at)
        return self.log.manifests.alerted(a, EMERGENCY_UNJOINED="H" if waits else None)

    def departs(self, s: Any, a: Any, trip: Any) -> None:
        """The gate; of a backfill the trip is over."""
        if s.chain not in self.loads or trip.is_backfill:
            return
        emergency = self.known[self.loads[s.chain].emergency]
        self._open(emergency, s.at)
        need(_day(s.at) <= emergency.body["valid_to"], "EMERGENCY_STATE", "at", _day(s.at), emergency.body["valid_to"])
        if self.log.manifests.amendments.home_of(trip)[:2] != trip.destination[:2]:
            self._waits(emergency, trip, s.at)
        overtaken = emergency.closed is not None and s.at < emergency.closed
        self.log.check(not overtaken or "OVERTOOK" in a.alerts, "DECISION_WRONG", "admission.decision.alerts", a.alerts, "OVERTOOK")

    def _open(self, emergency: Any, at: int) -> None:
        need(emergency.closed is None or at < emergency.closed, "EMERGENCY_STATE", "at", at, emergency.closed)

    def _waits(self, emergency: Any, trip: Any, at: int) -> bool:
        """Whether the side of the receiver is waited for; not for ever."""
        covering = self.log.parties.covering(trip.destination)
        joined = [since for who, since in emergency.joins.items() if not covering or who in covering]
        if emergency.owner in covering or any(since <= at for since in joined):
            return False
        end = emergency.declared + self.log.thresholds.get("join_d", 0) * DAY_S
        need(at < end, "EMERGENCY_STATE", "at", at, f"joined, or before {end}")
        return True

    def count(self, trip: Any) -> None:
        """What a manifest counts now instead of what it counted before: its issue, less what its receipt took less, nothing once it is void."""
        if (load := self.loads.get(trip.chain)) is not None:
            taken = sum(trip.accepted.values()) if trip.is_received else load.issued
            now = 0 if load.is_void else min(load.issued, taken)
            self.used[load.emergency] += now - load.counted
            load.counted = now

    def voided(self, manifest: str) -> None:
        """From its next count on it counts nothing."""
        if manifest in self.loads:
            self.loads[manifest].is_void = True


def _covers(scope: Any, code: str) -> bool:
    listed = code in scope.get("codes", ())
    return code[-2:] == scope["category"][2:] and {"ALL": True, "INCLUDE": listed, "EXCEPT": not listed}[scope["scope"]]


def _day(at: int) -> str:
    """The day of Beijing, ``YYYY-MM-DD``."""
    return datetime.fromtimestamp(at, timezone(timedelta(hours=8))).date().isoformat()
