"""A manifest from issue to its end (kinds §5, §6, §10): who holds the load, what became of every gram, registers."""

import re
from collections import Counter, defaultdict
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from .amendments import Amendments
from .cases import trunk_of
from .matrix import recorded
from .regrouping import Regrouping
from .regrouping import lines_of as _all
from .signatures import is_uscc
from .strict import grams, instant, is_day, need, normal

LEGS, STOPS, DISPOSALS, GENERATORS, USES = 16, 16, 64, 32, 32  # how many of each a trunk or a register holds
OF_LEG = ("via", "crew", "seals", "vehicle", "waybill_no")  # what corrections name of a leg


class Manifests(Regrouping):
    """Trunks, and the registers of numbers, labels and waybills (kinds §1.5)."""

    def __init__(self, log: Any) -> None:
        self.log, self.amendments = log, Amendments(log, self)
        self.trips = defaultdict[str, Any](_nobody)
        self.numbers = defaultdict[str, dict[str, list[str]]](dict)  # number: generator: [manifest, live | voided | closed]
        self.labels: dict[str, tuple[str, bool]] = {}  # label: manifest that loaded it last, whether that was a return
        self.waybills = defaultdict[tuple[str, str], list[str]](list)  # carrier and waybill: trips of its newest uses

    # -- who signs

    def holders(self, s: Any, word: str) -> list[str]:
        """Who may stand for consignor, carrier, receiver; for whoever a correction asks."""
        if s.type == "case":
            return self.amendments.holders(s, self.trips[trunk_of(s)], word)
        trip = self.trips[s.chain]
        if word != "carrier":
            return [trip.consignor if word == "consignor" else trip.receiver]
        carriers = {trip.legs[leg].carrier for leg in self._open_legs(s, trip)}
        return list(carriers) if len(carriers) == 1 else []

    def origin(self, s: Any) -> tuple[list[str], bool]:
        """The authority of a manifest's origin, never one of its destination."""
        trip = self.trips[trunk_of(s)]
        return self.log.parties.responsible(trip.origin, trip.destination)

    def destination(self, s: Any) -> tuple[list[str], bool]:
        """The authority of its destination, never one of its origin."""
        trip = self.trips[trunk_of(s)]
        return self.log.parties.responsible(trip.destination, trip.origin)

    def consents_in_stead(self, s: Any) -> bool:
        """Whether an authority agrees to a correction in the place of a silent firm."""
        return self.amendments.is_in_stead(s, self.trips[trunk_of(s)])

    # -- what an act changes; each gives the stage after it

    def take(self, s: Any, a: Any) -> str:
        trip = self.trips[trunk_of(s)]
        if s.type == "case":
            self.log.cases.take(s, a, trip)
            return ""
        self.log.cases.stops(s, a)
        self.log.incidents.says(s, a)
        stage = str(getattr(self, "_" + s.act.partition(".")[2])(s, a, trip, s.body))
        trip.acts.append(s.hash)
        trip.place = s.body.get("place", {}).get("division") or (trip.destination if s.act == "manifest.receive" else trip.place)
        is_first_of_backfill = s.act == "manifest.issue" and trip.is_backfill
        trip.latest = max(trip.latest, s.at) if not is_first_of_backfill else trip.latest
        return stage

    def _issue(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        lines = body["lines"]
        self.log.check(body.get("mode") != "sea", "SEA", "body.mode", "sea", "by sea: no manifest of this log")
        for number, line in enumerate(lines):
            same = line["code"][-2:] == line["category"][-2:]
            self.log.check(same, "CODE_CATEGORY", f"body.lines.{number}.category", line["category"], line["code"])
        trip.chain, trip.record, trip.issued_at = s.chain, recorded(body), s.at
        trip.generator, trip.receiver, trip.carriers = s.owner, body["receiver"], body.get("carriers", [])
        trip.consignor = trip.receiver if body.get("consignor") == "receiver" else s.owner
        trip.origin, trip.destination = body["origin"]["division"], body["destination"]["division"]
        trip.place = trip.origin
        trip.is_backfill, trip.is_return = body.get("type", "").startswith("backfill_"), a.route == "RETURN"
        trip.name = body.get("trip_id", s.chain)
        trip.declared, trip.wastes = [grams(line["mass_t"]) for line in lines], [(line["code"], line["form"]) for line in lines]
        self._returns(s, a, trip, body.get("returns"))
        self._lots(s, a, trip, lines)
        trip.accounts = self.log.whitelist.draws(a, trip, body)
        self.log.check(("BACKFILL" in a.tags) == trip.is_backfill, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), "BACKFILL")
        self.give_number(s, a, trip, body.get("number"))
        self.log.emergencies.issued(s, a, trip)
        self.log.plans.issued(s, a, trip)
        self.keep(a, trip, trip.declared)
        return "issued"

    def _void(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        self.free(s.chain, trip)
        self.log.emergencies.voided(s.chain)
        self.keep(a, trip, [0] * len(trip.declared))
        self.end_number(trip, "voided")
        return "voided"

    def _depart(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        trip.legs = [SimpleNamespace(carrier=s.by[-1] if len(s.by) > 1 else s.principal or s.by[0], is_open=True, begun=s.at)]
        trip.record["legs"].append({name: deepcopy(body[name]) for name in OF_LEG if name in body})
        trip.record["loaded"], trip.record["times"]["departed_at"] = deepcopy(body.get("loaded", [])), s.at
        loaded = {item["line"]: grams(item["mass_t"]) for item in body.get("loaded", ())}
        need(len(loaded) == len(body.get("loaded", ())) and sorted(loaded) in ([], _all(trip)), "LINES_ONCE", "body.loaded", sorted(loaded))
        trip.loaded = [loaded[line] for line in _all(trip)] if loaded else []
        self._leave(trip)
        self.log.emergencies.departs(s, a, trip)
        self.keep(a, trip, [max(pair) for pair in zip(trip.declared, trip.loaded or trip.declared, strict=True)])
        if not trip.is_backfill:  # of the past: enters no register
            self.log.whitelist.need_standing(trip.accounts, s.at, a.alerts)
            self._labels(s, a, trip, body["gate"]["labels"])
            self._papers(s, a, trip, trip.legs[0].carrier)
        return "in_transit"

    def _hand_over(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        return self._next_leg(s, a, trip, s.by[-1], self._open_legs(s, trip))

    def _transship(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        legs = self._open_legs(s, trip)
        carrier = trip.legs[legs[0]].carrier
        if "part" not in body:
            return self._next_leg(s, a, trip, carrier, legs)
        still = sum(leg.is_open for leg in trip.legs)
        need(still < 2, "TRANSSHIP_PART", "body.part", still, "one open leg: no third part")
        parts = [part["line"] for part in body["part"]]
        need(len(set(parts)) == len(parts), "LINES_ONCE", "body.part", parts)
        need(set(parts) <= set(_all(trip)), "LINE_UNKNOWN", "body.part", parts, _all(trip))
        return self._next_leg(s, a, trip, carrier, [])

    def _stop(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        self._open_legs(s, trip)
        trip.stops += 1
        need(trip.stops <= STOPS, "TRUNK_FULL", "kind", trip.stops, STOPS)
        return "="

    def _arrive(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        for leg in self._open_legs(s, trip):
            trip.legs[leg].is_open = False
        if any(leg.is_open for leg in trip.legs):
            return "in_transit"
        trip.record["times"]["arrived_at"] = s.at
        return "arrived"

    def _receive(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        lines = {item["line"]: item for item in body["lines"]}
        need(sorted(lines) == _all(trip) and len(lines) == len(body["lines"]), "LINES_ONCE", "body.lines", sorted(lines), _all(trip))
        opinions = {item["opinion"] for item in body["lines"]}
        came_nothing = not any(grams(item.get("refused_t", "0")) for item in body["lines"])
        is_declined = self.log.stages[s.chain] == "issued" and opinions == {"reject"} and came_nothing
        sent = [0] * len(trip.declared) if is_declined else trip.loaded or trip.declared
        for line, item in sorted(lines.items()):
            accepted, stated = grams(item["accepted_t"]), item.get("refused_t")
            refused = sent[line] if stated is None and item["opinion"] == "reject" else grams(stated or "0")
            sums = {"accept": accepted > 0 == refused, "partly": accepted > 0 < refused, "reject": accepted == 0}
            need(sums[item["opinion"]], "OPINION_QTY", f"body.lines.{line}", f"{accepted} {refused}", item["opinion"])
            trip.accepted[line], trip.refused[line] = accepted, refused
        need(not trip.is_return or opinions == {"accept"}, "OPINION_QTY", "body.lines", opinions, "accept: the waste is home")
        if is_declined:
            self.free(s.chain, trip)
        elif self.log.stages[s.chain] == "issued":
            self._leave(trip)
        no_departure = self.log.stages[s.chain] == "issued" and not is_declined
        trip.is_received, trip.received_at = True, s.at
        tags = {"DECLINED": is_declined, "NO_DEPARTURE": no_departure, "NO_ARRIVAL": any(leg.is_open for leg in trip.legs)}
        for tag, due in tags.items():
            self.log.check((tag in a.tags) == due, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"{tag}: {due}")
        self.alerted(a, NO_DEPARTURE="H" if no_departure else None)
        trip.record["received"] = deepcopy(body["lines"])
        trip.record["times"]["accepted_at"] = instant(body["accepted_at"], "body.accepted_at")
        for leg in trip.legs:
            leg.is_open = False
        self.keep(a, trip, [trip.accepted[line] for line in _all(trip)])
        by_opinion = {("accept",): "accepted", ("reject",): "rejected"}.get(tuple(opinions), "partly_accepted")
        return "disposed" if trip.is_return else by_opinion

    def _dispose(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        for fate in body["fates"]:
            line = fate["line"]
            need(line in _all(trip), "LINE_UNKNOWN", "body.fates", line, _all(trip))
            trip.fates[line] += grams(fate["mass_t"])
            need(trip.fates[line] <= trip.accepted[line], "FATE_EXCEEDS", "body.fates", trip.fates[line], trip.accepted[line])
            if "onward" in fate:
                sent = trip.sent[line, fate["onward"]] = trip.sent[line, fate["onward"]] + grams(fate["mass_t"])
                lots = trip.used[line, fate["onward"]]
                need(sent <= lots, "FATE_EXCEEDS", "body.fates", f"{fate['onward']} {sent}", lots)
            else:
                trip.treated[line] += grams(fate["mass_t"])
                self.within(trip, line, "FATE_EXCEEDS")
        trip.record["fates"] += deepcopy(body["fates"])
        trip.disposals += 1
        is_whole = all(trip.fates[line] == trip.accepted[line] for line in _all(trip))
        need(is_whole or trip.disposals <= DISPOSALS, "TRUNK_FULL", "kind", trip.disposals, DISPOSALS)
        return "disposed" if is_whole else "="

    def _verify(self, s: Any, a: Any, trip: Any, body: Any) -> str:
        waiting = {line: trip.refused[line] - trip.gone[line] for line in _all(trip)}
        need(not any(waiting.values()), "RETURN_OPEN", "kind", waiting, "all that was refused has departed on returns")
        self.end_number(trip, "closed")
        return "closed" if self.log.stages[s.chain] == "disposed" else "closed_rejected"

    # -- legs, masses, accounts

    def _open_legs(self, s: Any, trip: Any) -> list[int]:
        """The legs that an act names: one, or all that are open."""
        still = [place for place, leg in enumerate(trip.legs) if leg.is_open]
        named = [s.body["leg"]] if "leg" in s.body else still
        need(named and set(named) <= set(still), "LEG_UNKNOWN", "body.leg", named, still)
        return named

    def _next_leg(self, s: Any, a: Any, trip: Any, carrier: str, ending: list[int]) -> str:
        for leg in ending:
            trip.legs[leg].is_open = False
        trip.legs.append(SimpleNamespace(carrier=carrier, is_open=True, begun=s.at))
        inherited = trip.record["legs"][-1] if s.act == "manifest.transship" else {}
        waybill = {"waybill_no": inherited["waybill_no"]} if "waybill_no" in inherited else {}
        trip.record["legs"].append(waybill | {name: deepcopy(s.body[name]) for name in OF_LEG if name in s.body})
        need(len(trip.legs) <= LEGS, "TRUNK_FULL", "kind", len(trip.legs), LEGS)
        self._papers(s, a, trip, carrier)
        return "="

    def keep(self, a: Any, trip: Any, masses: list[int], least: dict[str, int] | None = None) -> None:
        """Kinds §1.6: the rows move each account from what the manifest held on it to what it holds now, ``least`` what it held before."""
        held = dict[str, int]()
        for mass, accounts in zip(masses, trip.accounts, strict=True):
            for account in accounts:
                held[account] = held.get(account, 0) + mass
        held = {account: max(grams, (least or {}).get(account, 0)) for account, grams in held.items()}
        due = {account: moved for account in held if (moved := held[account] - trip.held.get(account, 0))}
        rows = {row["account"]: row["after_g"] - row["before_g"] for row in a.accounts}
        trip.held = held
        self.log.plans.count(trip, masses)
        self.log.emergencies.count(trip)
        self.log.check(rows == due, "ACCOUNT_WRONG", "admission.decision.accounts", rows, due)

    # -- registers

    def alerted(self, a: Any, **due: str | None) -> None:
        for code, level in due.items():
            self.log.check(a.alerts.get(code) == level, "DECISION_WRONG", "admission.decision.alerts", a.alerts, f"{code}: {level}")

    def give_number(self, s: Any, a: Any, trip: Any, number: str | None) -> None:
        if number is None:
            return self.alerted(a, NO_DUPLICATE=None, NO_REUSED=None)
        need(not trip.number, "NUMBER_GIVEN", "body.number", number, trip.number)
        register = self.numbers[number]
        own, others = register.get(s.owner, ["", ""])[1], {state for owner, (_, state) in register.items() if owner != s.owner}
        need(own in ("", "voided"), "NO_DUPLICATE", "body.number", number, f"not used by {register.get(s.owner)}")
        reused = own == "voided" or "voided" in others
        self.alerted(a, NO_DUPLICATE="H" if others & {"live", "closed"} else None, NO_REUSED="M" if reused else None)
        trip.number = number
        if s.owner not in register and len(register) >= GENERATORS:  # voided ones make room
            register.pop(next((owner for owner, (_, state) in register.items() if state == "voided"), ""), None)
        if s.owner in register or len(register) < GENERATORS:
            register[s.owner] = [trunk_of(s), "live"]
        return None

    def end_number(self, trip: Any, state: str) -> None:
        held = self.numbers[trip.number].get(trip.generator) if trip.number else None
        if held is not None:
            held[1] = state

    def _labels(self, s: Any, a: Any, trip: Any, labels: list[str]) -> None:
        texts = [normal(label) for label in labels]
        form = all(re.fullmatch(r".{18}[0-9]{19}", text) and is_uscc(text[:18]) and is_day(text[26:34]) for text in texts)
        need(form and len(set(texts)) == len(texts), "LABEL_FORM", "body.gate.labels", texts, "USCC, 8 digits, day, 3 digits; each once")
        units = {trip.generator, *trip.units}
        need(all(text[:18] in units for text in texts), "LOAD_LABEL", "body.gate.labels", texts, units)
        taken = {text for text in texts if text in self.labels and self.labels[text][0] not in {s.chain, *trip.carried}}
        self.alerted(a, LABEL_USED="H" if any(not self.labels[text][1] for text in taken) else None)
        own = [text for text in texts if text[:18] == trip.generator or self.labels.get(text, [""])[0] in trip.carried]
        self.labels |= dict.fromkeys(own, (s.chain, trip.is_return))

    def _papers(self, s: Any, a: Any, trip: Any, carrier: str) -> None:
        self.log.parties.judge_crew(s, a, carrier, () if trip.is_backfill else s.body.get("crew", ()))
        if trip.is_backfill or "waybill_no" not in s.body:
            return
        trips = self.waybills[carrier, normal(s.body["waybill_no"])]
        self.alerted(a, WAYBILL_USED="M" if set(trips) - {trip.name} else None)
        trips.append(trip.name)
        del trips[:-USES]


def _nobody() -> Any:
    """A manifest before its issue."""
    parties = {"generator": "", "receiver": "", "consignor": "", "origin": "-", "destination": "-", "place": "-", "name": "", "number": ""}
    lists = {"carriers": [], "declared": [], "loaded": [], "legs": [], "acts": [], "accounts": [], "stops": 0, "disposals": 0, "wastes": []}
    masses = {"accepted": defaultdict(int), "refused": defaultdict(int), "fates": defaultdict(int), "held": dict[str, int]()}
    masses |= {"taken": defaultdict(int), "gone": defaultdict(int)}  # of the refused: on returns that stand, and departed on them
    masses |= {"treated": defaultdict(int), "used": defaultdict(int), "sent": defaultdict(int)}  # of the accepted; the last two by manifest
    links = {"returned": None, "units": set[str](), "carried": set[str](), "lots": list[Any](), "is_received": False}
    record = {"chain": "", "record": recorded({}), "plan": "", "planned": False, "counted": Counter[Any]()}
    return SimpleNamespace(**parties, **lists, **masses, **links, **record, is_backfill=False, is_return=False, latest=-(2**53))
