"""Corrections (kinds §7, §8): who proposes, who must consent, and what a correction in force changes."""

import json
import re
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from .corrected import judge
from .matrix import EAST_S, is_same, paths_of, put_value, row_of, value_at, value_of, year_of
from .parties import DAY_S
from .strict import Bad, grams, instant, need, normal

FINISHED = ("closed", "closed_rejected", "closed_gap")


class Amendments:
    """Proposals by case, and what stands on a manifest by path."""

    def __init__(self, log: Any, manifests: Any) -> None:
        self.log, self.manifests = log, manifests
        self.proposals: dict[str, Any] = {}  # case: its correction

    # -- who signs

    def holders(self, s: Any, trip: Any, word: str) -> list[str]:
        """Who may propose every field; whose consent is missing; these or the proposer, to refuse."""
        if word == "proposing":
            may = [[one for letter in row_of(path)[1] for one in self._parties(trip, letter, path)] for path in paths_of(s.body["changes"])]
            return [party for party in may[0] if all(party in parties for parties in may)]
        found = self._waiting(s)
        missing = [party for parties in self._missing(trip, found) for party in parties]
        return [*missing, found.by] if word == "refusing" else [*missing, *self.stand_ins(s, missing)]

    def _waiting(self, s: Any) -> Any:
        """The correction of a case, unless it is over."""
        found = self.proposals.get(s.chain)
        if found is None or found.ended:
            raise Bad("AMEND_STATE", "chain", s.chain, "a correction that waits")
        return found

    def stand_ins(self, s: Any, missing: list[str]) -> list[str]:
        """After so much silence a firm's authority; working days are at most days."""
        parties, since = self.log.parties, self._waiting(s).at
        is_long = (s.judged_at + EAST_S) // DAY_S - (since + EAST_S) // DAY_S > self.log.thresholds.get("amend_escalate_wd", 0)
        firms = [firm for firm in missing if firm not in parties.authorities]
        return [office for firm in firms if is_long for office in parties.responsible(firm[2:8])[0]]

    def is_in_stead(self, s: Any, trip: Any) -> bool:
        """Whether an authority agrees in the place of a silent firm."""
        missing = [party for parties in self._missing(trip, self._waiting(s)) for party in parties]
        return (s.principal or s.by[0]) not in missing and (s.principal or s.by[0]) in self.stand_ins(s, missing)

    def _parties(self, trip: Any, letter: str, path: str, now: str = "") -> list[str]:
        legs = trip.legs
        match letter:
            case "G" | "R" | "K":
                return [{"G": trip.generator, "R": trip.receiver, "K": trip.consignor}[letter]]
            case "AR":
                return [trip.receiver] if trip.record["received"] else []
            case "C" | "C0" | "CL":
                number = int(path.split(".")[1]) if letter == "C" else 0 if letter == "C0" else len(legs) - 1
                return [legs[number].carrier] if 0 <= number < len(legs) else []
            case "PAO" | "PAD" if not self.is_between(trip):
                return []
            case "YAD" if year_of(value_of(now)) == year_of(trip.record["times"].get("accepted_at")):
                return []
        here, there = (trip.origin, trip.destination) if letter.endswith("AO") else (trip.destination, trip.origin)
        return list(self.log.parties.responsible(here, there)[0] or self.log.parties.covering(there))

    def is_between(self, trip: Any) -> bool:
        """Whether it leads from one province to another."""
        return self.home_of(trip)[:2] != str(trip.destination)[:2]

    def home_of(self, trip: Any) -> str:
        """The division that the waste first left: a redirect inherits where it comes from."""
        first = trip
        while first.returned and first.returned["how"] != "back":
            first = self.manifests.trips[first.returned["manifest"]]
        return str(first.origin)

    def _missing(self, trip: Any, found: Any) -> list[list[str]]:
        """Consents that are not there; after a verification G is asked too."""
        asked = [(letter, change) for change in found.changes for letter in row_of(change["path"])[2]]
        asked += [("G", found.changes[0])] if self._stage(trip) in FINISHED else []
        holders = [self._parties(trip, letter, change["path"], change["now"]) for letter, change in asked]
        return [parties for parties in holders if parties and not set(parties) & {found.by, *found.given}]

    # -- what an act changes

    def take(self, s: Any, a: Any, trip: Any) -> None:
        """A statement of a case about a correction."""
        getattr(self, s.act.removeprefix("case.amend_"))(s, a, trip)

    def propose(self, s: Any, a: Any, trip: Any) -> None:
        changes = s.body["changes"]
        paths, stage = paths_of(changes), self._stage(trip)
        need(len(set(paths)) == len(paths), "AMEND_PATH", "body.changes", paths, "each once")
        for number, change in enumerate(changes):
            path, early = change["path"], row_of(change["path"])[3]
            voided, issued = stage == "voided" and path != "number", stage == "issued"
            stage_fits = not voided and (early or not issued) and (path != "trip_id" or issued)
            need(stage_fits, "TRUNK_STAGE", f"body.changes.{number}.path", stage, "a stage that takes it")
        waiting = [one for one in self.proposals.values() if one.trip is trip and not one.ended and a.at <= self._end(one)]
        need(len(waiting) < 32, "AMEND_OPEN", "chain", len(waiting), "fewer than 32 that wait")
        others = [path for one in waiting for path in one.paths if path in paths]
        need(not others, "AMEND_STALE", "body.changes", others, "no field of another open correction")
        own = s.principal or s.by[0]
        given = self._speaks_for(own, self.holders(s, trip, "proposing"), False)  # also for a closed one in whose place he proposes
        found = SimpleNamespace(trip=trip, changes=changes, paths=paths, by=own, hands=s.by, at=a.at, given=given, ended="")
        self._stands(trip, changes, a.at)
        self.proposals[s.chain] = found
        self._force(s, a, trip, found)

    def _end(self, found: Any) -> int:
        """When it lapses."""
        return int(found.at + self.log.thresholds.get("amend_d", 0) * DAY_S)

    def consent(self, s: Any, a: Any, trip: Any) -> None:
        found = self._waiting(s)
        need(a.at <= self._end(found), "AMEND_STATE", "chain", a.at, "before it lapses")
        need(not {s.by[0], s.principal or s.by[0]} & {*found.hands, found.by}, "CASE_ROLE", "by.0", s.by[0], "not the proposer's hand")
        self._stands(trip, found.changes, a.at)
        found.given += self._agreeing(s, a, trip, found)
        self._force(s, a, trip, found)

    def refuse(self, s: Any, a: Any, trip: Any) -> None:
        found = self._waiting(s)
        need(a.at <= self._end(found), "AMEND_STATE", "chain", a.at, "before it lapses")
        found.ended = "refused"

    def _agreeing(self, s: Any, a: Any, trip: Any, found: Any) -> list[str]:
        """Who agrees by a statement: the party itself, else the firms in whose place it signs."""
        silent = a.alerts.get("CONSENT_BY_AUTHORITY") == "H"
        return self._speaks_for(s.principal or s.by[0], [party for parties in self._missing(trip, found) for party in parties], silent)

    def _speaks_for(self, own: str, holders: list[str], silent: bool) -> list[str]:
        """Himself, where he is asked, else the firms in whose place he may speak: an authority for those that are gone, or kept silent."""
        if own in holders:
            return [own]
        parties = self.log.parties
        firms = [party for party in holders if party not in parties.authorities]
        gone = [firm for firm in firms if silent or (parties.is_closed(firm) and not parties.successors(firm))]
        return [firm for firm in firms if own in parties.successors(firm) or (firm in gone and own in parties.responsible(firm[2:8])[0])]

    def _force(self, s: Any, a: Any, trip: Any, found: Any) -> None:
        """The last consent brings it into force: values, opinions, sums, stage, accounts."""
        due = not self._missing(trip, found)
        self.log.check(("AMENDED" in a.tags) == due, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"AMENDED: {due}")
        mass = due and any(path.endswith("_t") for path in found.paths)
        self.manifests.alerted(a, MASS_AMENDED="M" if mass else None)
        if due:
            found.ended = "in_force"
            for change in found.changes:
                self._put(trip.record, change["path"], value_of(change["now"]))
                self._follow(s, a, trip, change["path"], value_of(change["was"]), value_of(change["now"]))
            self._sums(trip, found)
            if any(path.startswith("plan.") or path.endswith(".plan_line") for path in found.paths):
                self.log.plans.judge(a, trip)
        self._settle(a, trip, gives_back=any(re.fullmatch(r"lines.[0-9]+.mass_t", path) for path in found.paths if due))

    def _follow(self, s: Any, a: Any, trip: Any, path: str, was: Any, now: Any) -> None:
        """What hangs on one field: masses, wastes, places, registers."""
        part, *rest = path.split(".")
        record, number = trip.record, int(rest[0]) if rest and rest[0].isdecimal() else 0
        if part == "lines":
            line = record["lines"][number]
            trip.declared[number], trip.wastes[number] = grams(line["mass_t"]), (line["code"], line["form"])
        elif part == "loaded":
            trip.loaded[record["loaded"][number]["line"]] = grams(now)
        elif path == "origin.division":
            trip.origin = now
        elif path == "number":
            self._renumber(s, a, trip, was, now)
        elif rest[1:] == ["waybill_no"]:
            self._rekey(trip, trip.legs[number].carrier, was, now, [leg.get("waybill_no") for leg in record["legs"]])

    def _sums(self, trip: Any, found: Any) -> None:
        """Opinions, masses and fates by line; the stage that they give."""
        record, lines = trip.record, range(len(trip.declared))
        before = [(trip.accepted[line] - trip.fates[line], trip.refused[line]) for line in lines]
        for counts in (trip.fates, trip.treated, trip.sent):
            counts.clear()
        for fate in record["fates"]:
            line, mass, onward = fate["line"], grams(fate["mass_t"]), fate.get("onward")
            trip.fates[line] += mass
            trip.treated[line] += 0 if onward else mass
            trip.sent[line, onward] += mass if onward else 0
        for key, mass in trip.sent.items():
            need(mass <= trip.used[key], "AMEND_IMPOSSIBLE", "fates", mass, f"lots of {trip.used[key]}")
        for number, item in enumerate(record["received"]):
            touched = [path for path in found.paths if path.startswith(f"received.{number}.")]
            line, opinion = item["line"], item["opinion"]
            if f"received.{number}.accepted_t" in touched:
                trip.accepted[line] = grams(item["accepted_t"])
            if f"received.{number}.refused_t" in touched:
                sent = (trip.loaded or trip.declared)[line] if opinion == "reject" else 0
                trip.refused[line] = grams(item["refused_t"]) if "refused_t" in item else sent
            accepted, refused = trip.accepted[line], trip.refused[line]
            sums = {"accept": accepted > 0 == refused, "partly": accepted > 0 < refused, "reject": accepted == 0}
            if touched:
                need(sums[opinion], "AMEND_VALUE", f"received.{number}", f"{accepted} {refused}", opinion)
                need(opinion == "accept" or "reason_code" in item, "AMEND_VALUE", f"received.{number}", opinion, "a reason_code")
                says = "refused_t" in item or refused > 0 or opinion != "reject" or f"received.{number}.opinion" not in touched
                need(says, "AMEND_VALUE", f"received.{number}", opinion, "how much was refused")
                need(not trip.is_return or opinion == "accept", "AMEND_VALUE", f"received.{number}", opinion, "accept: the waste is home")
                need(trip.taken[line] <= refused, "AMEND_IMPOSSIBLE", f"received.{number}", refused, f"returns of {trip.taken[line]}")
            self.manifests.within(trip, line, "AMEND_IMPOSSIBLE")
            need(trip.fates[line] <= accepted, "AMEND_IMPOSSIBLE", f"received.{number}", accepted, f"fates of {trip.fates[line]}")
        if not record["received"] or trip.is_return:
            return
        opinions = {item["opinion"] for item in record["received"]}
        by_opinion = {("accept",): "accepted", ("reject",): "rejected"}.get(tuple(opinions), "partly_accepted")
        whole = all(trip.fates[line] == trip.accepted[line] for line in lines)
        stage, now = "disposed" if whole and by_opinion != "rejected" else by_opinion, self._stage(trip)
        ends = {"closed": "disposed", "closed_rejected": "rejected"}.get(now)
        left = [(trip.accepted[line] - trip.fates[line], trip.refused[line]) for line in lines]
        is_gone = all(trip.refused[line] == trip.gone[line] for line in lines)
        stays = (ends == stage and is_gone) if ends else now != "closed_gap" or left == before
        need(stays, "AMEND_IMPOSSIBLE", "body.changes", stage, f"{now} stays what it is")
        if now not in FINISHED:
            self.log.stages[trip.chain] = stage

    def _settle(self, a: Any, trip: Any, *, gives_back: bool) -> None:
        """The accounts after a statement of a case: what is accepted by now; before the receipt what is declared, and loaded beyond it. Nothing
        comes back without an authority, which consents to declared masses between provinces (kinds §1.6)."""
        if self._stage(trip) == "voided" or (self._stage(trip) == "closed_gap" and not trip.record["received"]):
            return self.manifests.keep(a, trip, [0] * len(trip.declared))
        if trip.record["received"]:
            return self.manifests.keep(a, trip, [trip.accepted[line] for line in range(len(trip.declared))])
        masses = [max(pair) for pair in zip(trip.declared, trip.loaded or trip.declared, strict=True)]
        return self.manifests.keep(a, trip, masses, least=None if gives_back and self.is_between(trip) else trip.held)

    def _renumber(self, s: Any, a: Any, trip: Any, was: str | None, now: str) -> None:
        """The manifest leaves one number and stands in another, with what it is worth."""
        if was is not None and self.manifests.numbers[was].get(trip.generator, [""])[0] == trip.chain:
            del self.manifests.numbers[was][trip.generator]
        trip.number = ""
        self.manifests.give_number(s, a, trip, now)
        stage = self._stage(trip)
        self.manifests.end_number(trip, "closed" if stage in FINISHED else "voided" if stage == "voided" else "live")

    def _rekey(self, trip: Any, carrier: str, was: str | None, now: str | None, still: list[str | None]) -> None:
        """The registers of both waybills."""
        if trip.is_backfill:
            return
        if was is not None and was not in still:
            held = self.manifests.waybills[carrier, normal(was)]
            held[:] = [one for one in held if one != trip.name]
        if now is not None:
            self.manifests.waybills[carrier, normal(now)].append(trip.name)

    def _stage(self, trip: Any) -> str:
        return str(self.log.stages.get(trip.chain, ""))

    def _stands(self, trip: Any, changes: Any, at: int) -> None:
        """``was`` is the value in force; ``now`` another one, as compact JSON, that the field may hold."""
        after = deepcopy(trip.record)
        for number, change in enumerate(changes):
            path, where = change["path"], f"body.changes.{number}"
            there = value_at(trip.record, path)
            need(is_same(path, value_of(change["was"]), there), "AMEND_STALE", f"{where}.was", change["was"], there)
            now = value_of(change["now"])
            text = "" if now is None else json.dumps(now, ensure_ascii=False, separators=(",", ":"))
            need(text == change["now"] and not is_same(path, now, there), "AMEND_VALUE", f"{where}.now", text, "another value, compact")
            self._put(after, path, now)
        judge(trip, after, paths_of(changes), at)

    def _put(self, record: Any, path: str, value: Any) -> None:
        """A value at its path; times as moments."""
        if path.startswith("times.") and value is not None:
            need(type(value) is str, "AMEND_VALUE", "body.changes", value, "a moment")
            value = instant(value, "body.changes", "AMEND_VALUE")
        put_value(record, path, value)
