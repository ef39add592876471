"""Cases beside a manifest (§3, kinds §7): which act of the trunk they knew, one matter each, and what they do to the acts that follow."""

import json
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from .strict import instant, need

DAY_S = 86_400
STOPPED = ("manifest.depart", "manifest.transship", "manifest.dispose")  # what a hold covers (kinds §1.3)
SAID = ("manifest.hand_over", "manifest.stop", "manifest.arrive", "manifest.receive")  # what goes on under it, with the tag HELD
FINISHED = ("voided", "closed", "closed_rejected", "closed_gap")
BEGINS = {"case.number": "number", "case.hold": "hold", "case.amend_propose": "amend"}  # kind: matter of the case that it opens
LATER = {"case.release": ("hold",), "case.amend_consent": ("amend",), "case.amend_refuse": ("amend",)}


class Cases:
    """What every case is about, and the holds of every manifest."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.matters: dict[str, str] = {}  # case: its matter
        self.holds = defaultdict[str, list[Any]](list)  # manifest: its holds in order of admission

    # -- who signs

    def holders(self, s: Any, word: str) -> tuple[list[str], bool]:
        """``holding``: authorities of origin, destination, and of where the newest act took place; ``releasing``: who holds."""
        if word == "releasing":
            return [hold.by for hold in self.holds[trunk_of(s)] if hold.case == s.chain], False
        parties, trip = self.log.parties, self.log.manifests.trips[trunk_of(s)]
        found = [parties.covering(place) for place in (trip.origin, trip.destination, trip.place)]
        near = [uscc for covering in found for uscc in covering]
        strangers = [] if all(found) else [uscc for uscc in parties.authorities if uscc not in near]
        return near + strangers, (s.principal or s.by[0]) in strangers

    # -- what a case does

    def take(self, s: Any, a: Any, trip: Any) -> None:
        """A statement of a case."""
        if s.seq == 0 or "trunk" in s.body:
            named, acts = s.body.get("trunk"), [{"seq": seq, "hash": act} for seq, act in enumerate(trip.acts)]
            need(named in acts, "TRUNK_UNKNOWN", "body.trunk", named, f"one of {len(acts)} acts")
            moved = named != acts[-1]
            self.log.check(("TRUNK_MOVED" in a.tags) == moved, "DECISION_WRONG", "admission.decision.tags", a.tags, f"TRUNK_MOVED: {moved}")
        matter = self.matters.setdefault(s.chain, BEGINS.get(s.act, ""))
        fitting = LATER.get(s.act, (BEGINS.get(s.act),))
        need(matter in fitting, "CASE_DONE", "chain", matter, fitting)
        if matter == "amend":
            self.log.manifests.amendments.take(s, a, trip)
        else:
            getattr(self, "_" + s.act.partition(".")[2])(s, a, trip)

    def _number(self, s: Any, a: Any, trip: Any) -> None:
        """Fills what is empty."""
        need({"number", "provincial_number"} & s.body.keys(), "MISSING", "body", sorted(s.body), "a number")
        need(self.log.stages.get(trunk_of(s)) != "voided", "TRUNK_STAGE", "chain", s.chain, "not voided")
        self.log.manifests.give_number(s, a, trip, s.body.get("number"))
        trip.record.update({name: s.body[name] for name in ("number", "provincial_number") if name in s.body and name not in trip.record})

    def _hold(self, s: Any, a: Any, trip: Any) -> None:
        """Until ``until``, else for ``hold_d`` days of the thresholds in force at its index."""
        stage, term = self.log.stages.get(trunk_of(s)), self.log.thresholds.get("hold_d", 0) * DAY_S
        need(stage not in FINISHED, "TRUNK_STAGE", "body.trunk", stage, "not finished")
        until = instant(s.body["until"], "body.until") if "until" in s.body else a.at + term
        need(a.at < until <= a.at + 2 * term, "DATE_ORDER", "body.until", until, f"within {2 * term} seconds")
        self.holds[trunk_of(s)].append(SimpleNamespace(case=s.chain, by=s.principal or s.by[0], since=a.at, until=until))

    def _release(self, s: Any, a: Any, trip: Any) -> None:
        """Ends the hold of this case, once."""
        for hold in self.holds[trunk_of(s)]:
            if hold.case == s.chain:
                need(a.at < hold.until, "CASE_STATE", "chain", f"ended at {hold.until}", "still holding")
                hold.until = a.at

    # -- what it does to the trunk

    def stops(self, s: Any, a: Any) -> None:
        """Kinds §1.3 for an act of the trunk: refused under a hold, or said; OVERTOOK where a hold was entered after ``at``."""
        holds = self.holds.get(s.chain, ())
        covered = [hold.case for hold in holds if hold.since <= s.at < hold.until]
        if s.act in STOPPED:
            need(not covered, "HELD", "at", s.at, covered)
            overtook = any(s.at < hold.since for hold in holds)
            by_another_stop = s.act == "manifest.depart" and not overtook  # a permit's, a list's: not told here
            said = by_another_stop or ("OVERTOOK" in a.alerts) == overtook
            self.log.check(said, "DECISION_WRONG", "admission.decision.alerts", a.alerts, f"OVERTOOK: {overtook}")
        due = s.act in SAID and bool(covered)
        self.log.check(("HELD" in a.tags) == due, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"HELD: {due}")


def trunk_of(s: Any) -> str:
    """The trunk of a case, or the chain itself."""
    return "manifest/" + "/".join(s.chain.split("/")[1:3])


def read_thresholds(raw: bytes) -> dict[str, int]:
    """The data set ``thresholds``; out of form it is its adopters' affair."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if type(value) is int} if isinstance(found, dict) else {}
