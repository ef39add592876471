"""Corrections (kinds §7, §8): paths, what stood there, who proposes, who must consent, and what a correction in force changes."""

import json
import re
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from .parties import DAY_S
from .strict import Bad, grams, need, strict_json

MATRIX = """
G      -        *  planned_at insurance_no contract.no contract.valid_to emergency_measures provincial_number pre_notice.given_at pre_notice.ref
G      -        *  plan.filing_no plan.site trip_id lines.N.internal_name lines.N.source_stage lines.N.precautions lines.N.note
G      -        *  lines.N.pieces.count lines.N.pieces.unit lines.N.plan_line
C      -        .  legs.N.via legs.N.crew
R      -        .  received.N.found.name received.N.found.code received.N.found.form received.N.found.packing received.N.note
R      -        .  received.N.major_difference_note
RG     R,G,AD   .  received.N.accepted_t received.N.refused_t received.N.opinion received.N.reason_code received.N.method
"""
"""Who proposes; who has agreed when it comes into force, the proposer among them; ``*``: also before the departure; fields."""
EAST_S = 8 * 3600  # days are those of Shanghai
FINISHED = ("closed", "closed_rejected", "closed_gap")


def _rows() -> list[tuple[re.Pattern[str], str, list[str], bool]]:
    found = []
    for line in MATRIX.strip().splitlines():
        proposes, consents, early, *paths = line.split()
        asked = [] if consents == "-" else consents.split(",")
        found += [(re.compile(re.escape(path).replace("N", "(0|[1-9][0-9]{0,3})")), proposes, asked, early == "*") for path in paths]
    return found


ROWS = _rows()


class Amendments:
    """Proposals by case, and what stands on a manifest by path."""

    def __init__(self, log: Any, manifests: Any) -> None:
        self.log, self.manifests = log, manifests
        self.proposals: dict[str, Any] = {}  # case: its correction

    # -- who signs

    def holders(self, s: Any, trip: Any, word: str) -> list[str]:
        """Who may propose every field; whose consent is missing; these or the proposer, to refuse."""
        if word == "proposing":
            may = [[party for letter in _row(path)[1] for party in self._parties(trip, letter, path)] for path in _paths(s.body["changes"])]
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
        return (s.principal or s.by[0]) not in missing and s.by[0] in self.stand_ins(s, missing)

    def _parties(self, trip: Any, letter: str, path: str) -> list[str]:
        match letter:
            case "G":
                return [trip.generator]
            case "R":
                return [trip.receiver]
            case "C":
                number = int(path.split(".")[1])
                return [trip.legs[number].carrier] if number < len(trip.legs) else []
        here, there = (trip.origin, trip.destination) if letter == "AO" else (trip.destination, trip.origin)
        return list(self.log.parties.responsible(here, there)[0])

    def _missing(self, trip: Any, found: Any) -> list[list[str]]:
        """Consents that are not there; after a verification G is asked too."""
        asked = {letter: path for path in found.paths for letter in _row(path)[2]}
        if self._stage(trip) in FINISHED:
            asked.setdefault("G", found.paths[0])
        holders = [self._parties(trip, letter, path) for letter, path in asked.items()]
        return [parties for parties in holders if not set(parties) & {found.by, *found.given}]

    # -- what an act changes

    def take(self, s: Any, a: Any, trip: Any) -> None:
        """A statement of a case about a correction."""
        getattr(self, s.act.removeprefix("case.amend_"))(s, a, trip)

    def propose(self, s: Any, a: Any, trip: Any) -> None:
        changes = s.body["changes"]
        paths = _paths(changes)
        stage = self._stage(trip)
        need(len(set(paths)) == len(paths), "AMEND_PATH", "body.changes", paths, "each once")
        for number, change in enumerate(changes):
            _, _, _, early = _row(change["path"])
            voided, issued = stage == "voided", stage == "issued"
            stage_fits = not voided and (early or not issued) and (change["path"] != "trip_id" or issued)
            need(stage_fits, "TRUNK_STAGE", f"body.changes.{number}.path", stage, "a stage that takes it")
        waiting = [
            one
            for one in self.proposals.values()
            if one.trip is trip and not one.ended and a.at <= one.at + self.log.thresholds.get("amend_d", 0) * DAY_S
        ]
        need(len(waiting) < 32, "AMEND_OPEN", "chain", len(waiting), "fewer than 32 that wait")
        others = [path for one in waiting for path in one.paths if path in paths]
        need(not others, "AMEND_STALE", "body.changes", others, "no field of another open correction")
        found = SimpleNamespace(trip=trip, changes=changes, paths=paths, by=s.principal or s.by[0], hands=s.by, at=a.at, given=[], ended="")
        self._stands(trip, changes)
        self.proposals[s.chain] = found
        self._force(s, a, trip, found)

    def consent(self, s: Any, a: Any, trip: Any) -> None:
        found = self._waiting(s)
        need(a.at <= found.at + self.log.thresholds.get("amend_d", 0) * DAY_S, "AMEND_STATE", "chain", a.at, "before it lapses")
        need(s.by[0] not in found.hands and (s.principal or s.by[0]) != found.by, "CASE_ROLE", "by.0", s.by[0], "not the proposer's hand")
        self._stands(trip, found.changes)
        found.given += self._agreeing(s, trip, found)
        self._force(s, a, trip, found)

    def refuse(self, s: Any, a: Any, trip: Any) -> None:
        found = self._waiting(s)
        need(a.at <= found.at + self.log.thresholds.get("amend_d", 0) * DAY_S, "AMEND_STATE", "chain", a.at, "before it lapses")
        found.ended = "refused"

    def _agreeing(self, s: Any, trip: Any, found: Any) -> list[str]:
        """Who agrees by a statement: the party itself, else the firms in whose place it signs."""
        own, missing = s.principal or s.by[0], [party for parties in self._missing(trip, found) for party in parties]
        if own in missing:
            return [own]
        parties = self.log.parties
        firms = [party for party in missing if party not in parties.authorities]
        return [firm for firm in firms if own in parties.responsible(firm[2:8])[0] or own in parties.successors(firm)]

    def _force(self, s: Any, a: Any, trip: Any, found: Any) -> None:
        """The last consent brings it into force: values, opinions, sums, stage, accounts."""
        due = not self._missing(trip, found)
        self.log.check(("AMENDED" in a.tags) == due, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"AMENDED: {due}")
        mass = due and any(path.endswith("_t") for path in found.paths)
        self.log.check(
            (a.alerts.get("MASS_AMENDED") == "M") == mass, "DECISION_WRONG", "admission.decision.alerts", a.alerts, f"MASS_AMENDED: {mass}"
        )
        if due:
            found.ended = "in_force"
            for change in found.changes:
                _put(trip.record, change["path"], _value(change["now"]))
            self._received(trip, found)
        self.manifests.settle(a, trip)

    def _received(self, trip: Any, found: Any) -> None:
        """Opinions and masses by line; the stage that they give."""
        if not trip.record["received"]:
            return
        for number, item in enumerate(trip.record["received"]):
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
                need(trip.taken[line] <= refused, "AMEND_IMPOSSIBLE", f"received.{number}", refused, f"returns of {trip.taken[line]}")
                need(trip.fates[line] <= accepted, "AMEND_IMPOSSIBLE", f"received.{number}", accepted, f"fates of {trip.fates[line]}")
        opinions = {item["opinion"] for item in trip.record["received"]}
        by_opinion = {("accept",): "accepted", ("reject",): "rejected"}.get(tuple(opinions), "partly_accepted")
        whole = all(trip.fates[line] == trip.accepted[line] for line in range(len(trip.declared)))
        stage = "disposed" if whole and by_opinion != "rejected" else by_opinion
        now = self._stage(trip)
        ends = {"closed": "disposed", "closed_rejected": "rejected"}.get(now)
        need(ends in (None, stage), "AMEND_IMPOSSIBLE", "body.changes", stage, f"{now} stays what it is")
        if now not in FINISHED and not trip.is_return:
            self.log.stages[trip.chain] = stage

    def _stage(self, trip: Any) -> str:
        return str(self.log.stages.get(trip.chain, ""))

    def _stands(self, trip: Any, changes: Any) -> None:
        """``was`` is the value in force; ``now`` another one, as compact JSON."""
        for number, change in enumerate(changes):
            path, where = change["path"], f"body.changes.{number}"
            there = _at(trip.record, path)
            need(_same(path, _value(change["was"]), there), "AMEND_STALE", f"{where}.was", change["was"], there)
            now = _value(change["now"])
            text = "" if now is None else json.dumps(now, ensure_ascii=False, separators=(",", ":"))
            need(
                text == change["now"] and not _same(path, now, there),
                "AMEND_VALUE",
                f"{where}.now",
                change["now"],
                "another value, compact",
            )


def recorded(body: Any) -> Any:
    """What an issue wrote, to be corrected by path."""
    return {name: deepcopy(value) for name, value in body.items() if name not in ("files", "commit")} | {"legs": [], "received": []}


def _paths(changes: Any) -> list[str]:
    return [change["path"] for change in changes]


def _row(path: str) -> tuple[re.Pattern[str], str, list[str], bool]:
    row = next((row for row in ROWS if row[0].fullmatch(path)), None)
    if row is None:
        raise Bad("AMEND_PATH", "body.changes", path, "a field of the matrix")
    return row


def _value(text: str) -> Any:
    """A value that travels as a text of JSON; None for nothing."""
    if not text:
        return None
    try:
        found = strict_json(b'{"value":' + text.encode() + b"}")
    except Bad as bad:
        raise Bad("AMEND_VALUE", "body.changes", text, "JSON") from bad
    need(list(found) == ["value"], "AMEND_VALUE", "body.changes", text, "one value")
    return found["value"]


def _at(record: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(record, list):
            need(int(name) < len(record), "AMEND_PATH", "body.changes", path, f"{len(record)} of them")
            record = record[int(name)]
        else:
            record = record.get(name) if isinstance(record, dict) else None
    return record


def _put(record: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    inner = record
    for name in way:
        inner = inner[int(name)] if isinstance(inner, list) else inner.setdefault(name, {})
    if value is not None:
        inner[last] = value
        return
    inner.pop(last, None)
    if not inner and not way[-1].isdecimal():
        _put(record, ".".join(way), None)


def _same(path: str, one: Any, other: Any) -> bool:
    """Compared as values, masses in grams, hazards as a set."""
    if one is None or other is None:
        return one is other
    if path.endswith("_t") and isinstance(one, str):
        try:
            return grams(one) == grams(other)
        except (Bad, ValueError, TypeError):
            return bool(one == other)
    return type(one) is type(other) and bool(one == other)
