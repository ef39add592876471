"""Cases beside a manifest (§3, kinds §7): which act of the trunk they knew, one matter each, and what they do to the acts that follow."""

import json
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from .kinds import KINDS
from .signatures import is_uscc
from .statements import HEX64, STATEMENT, read_envelope
from .strict import Bad, encode, grams, instant, need, pae, sha256, strict_json, unb64

DAY_S = 86_400
STOPPED = ("manifest.depart", "manifest.transship", "manifest.dispose")  # what a hold covers (kinds §1.3)
SAID = ("manifest.hand_over", "manifest.stop", "manifest.arrive", "manifest.receive")  # what goes on under it, with the tag HELD
FINISHED = ("voided", "closed", "closed_rejected", "closed_gap")
BEGINS = {"case.number": "number", "case.hold": "hold", "case.close_with_gap": "gap", "case.contest": "contest", "case.report": "report"}
BEGINS |= {"case.amend_propose": "amend"}  # kind: matter of the case that it opens
LATER = {"case.release": ("hold", "contest"), "case.amend_consent": ("amend",), "case.amend_refuse": ("amend",)}
ENVELOPE, REPORTS = 16 * 1024, 64  # bytes of a contested envelope; reports of one thread


class Cases:
    """What every case is about, and the holds of every manifest."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.matters: dict[str, str] = {}  # case: its matter
        self.holds = defaultdict[str, list[Any]](list)  # manifest: its holds in order of admission
        self.contests: dict[str, Any] = {}  # case: who opened it, whether it is settled
        self.reports = defaultdict[str, int](int)  # case: how many

    # -- who signs

    def holders(self, s: Any, word: str) -> tuple[list[str], bool]:
        """``holding``: authorities of origin, destination, and of where the newest act took place; ``releasing``: who holds, of a contest AO and
        AD; ``signer``: who signed what is contested; ``concerned``: whose matter a report is, else P, who are told CASE_ROLE."""
        parties, trip, opener = self.log.parties, self.log.manifests.trips[trunk_of(s)], s.principal or s.by[0]
        if word == "releasing" and s.chain not in self.contests:
            return [hold.by for hold in self.holds[trunk_of(s)] if hold.case == s.chain], False
        if word == "signer":
            contested = self._contested(s)
            return [*([contested.principal] if contested.principal else []), *contested.by], False
        if word in ("releasing", "concerned"):
            sides = (self.log.manifests.origin(s), self.log.manifests.destination(s))
            own = {uscc for holders, foreign in sides if not foreign for uscc in holders}
            strangers = {uscc for holders, foreign in sides if foreign for uscc in holders} - own
            if word == "releasing":
                return sorted(own | strangers), opener in strangers
            everybody, fitting = self.concerned(s, trip), self._who_reports(s, trip)
            is_foreign = opener in strangers - {trip.generator, trip.receiver}
            return fitting if opener in fitting or opener not in everybody else everybody, is_foreign
        found = [parties.covering(place) for place in (trip.origin, trip.destination, trip.place)]
        near = [uscc for covering in found for uscc in covering]
        strangers = {uscc for uscc in parties.authorities if uscc not in near and not all(found)}
        return [*near, *strangers], opener in strangers

    def concerned(self, s: Any, trip: Any) -> list[str]:
        """P of kinds §0."""
        firms = (trip.generator, trip.receiver, trip.consignor, *trip.carriers, *(leg.carrier for leg in trip.legs))
        return [*firms, *self.log.manifests.origin(s)[0], *self.log.manifests.destination(s)[0]]

    def _who_reports(self, s: Any, trip: Any) -> list[str]:
        match s.body["about"]:
            case "discrepancy":
                return [trip.receiver, *self.log.manifests.destination(s)[0]]
            case "generator_confirms":
                return [trip.generator]
            case "regularised":
                return list(self.log.manifests.origin(s)[0])
            case "track":
                return [*trip.carriers, *(leg.carrier for leg in trip.legs)]
        return self.concerned(s, trip)

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
        """Ends the hold or the contest of this case, once; a contest not by a hand that brought it (kinds §1.7)."""
        for hold in self.holds[trunk_of(s)]:
            if hold.case == s.chain:
                need(a.at < hold.until, "CASE_STATE", "chain", f"ended at {hold.until}", "still holding")
                hold.until = a.at
        if contest := self.contests.get(s.chain):
            need(not contest.settled, "CASE_STATE", "chain", "settled", "open")
            need(not contest.hands & {*s.by, s.principal or s.by[0]}, "CASE_ROLE", "by", s.by, "no hand that brought it")
            contest.settled = True

    def _close_with_gap(self, s: Any, a: Any, trip: Any) -> None:
        """Σ by line = grams unaccounted: sent before the receipt; after it the stock, and what was refused and no return has taken."""
        custody, trunk, gaps = self.log.manifests, trunk_of(s), dict.fromkeys(range(len(trip.declared)), 0)
        stage = self.log.stages.get(trunk)
        need(stage not in FINISHED, "TRUNK_STAGE", "body.trunk", stage, "not finished")
        for gap in s.body["gaps"]:
            need(gap["line"] in gaps, "LINE_UNKNOWN", "body.gaps", gap["line"], list(gaps))
            gaps[gap["line"]] += grams(gap["mass_t"])
        sent, left = trip.loaded or trip.declared, {}
        for line in gaps:
            stock = trip.accepted[line] - trip.fates[line] + trip.refused[line] - trip.taken[line]
            left[line] = stock if trip.is_received else sent[line]
        need(gaps == left, "GAP_SUM", "body.gaps", gaps, left)
        custody.alerted(a, CLOSED_GAP="H")
        custody.keep(a, trip, [trip.accepted[line] if trip.is_received else 0 for line in gaps])
        if stage == "issued":
            custody.free(trunk, trip)
        custody.end_number(trip, "closed")
        self.log.stages[trunk] = "closed_gap"

    def _contest(self, s: Any, a: Any, trip: Any) -> None:
        """A frozen envelope of a trunk act of this manifest, signed here and now by who signs such an act; not one that the trunk has."""
        contested = self._contested(s)
        need(contested.hash not in trip.acts, "CONTEST_TAKEN", "body.envelope", contested.hash, "not on the trunk")
        roles, first = contested.row.roles, contested.principal or contested.by[0]
        own = {"owner": trip.generator, "receiver": trip.receiver}.get(roles[0], first)
        is_in_its_place = first in self._stand_ins(own)  # of a closed one
        is_concerned = is_in_its_place or bool({first, *contested.by} & {*self.concerned(s, trip)})
        fits = len(contested.by) <= len(roles) and (own == first or is_in_its_place) and is_concerned
        need(fits, "CONTEST_FORM", "body.envelope", contested.by, roles)
        try:
            self.log.parties.signatures(contested, a, counted=False)
        except Bad as bad:
            raise Bad("CONTEST_FORM", "body.envelope", bad.code) from None
        self.log.manifests.alerted(a, CONTESTED="H")
        self.contests[s.chain] = SimpleNamespace(hands={*s.by, s.principal or s.by[0]}, settled=False)

    def _stand_ins(self, party: str) -> list[str]:
        """Who signs in the place of a closed party (kinds §1.2)."""
        parties = self.log.parties
        found = [] if not parties.is_closed(party) else parties.successors(party) or parties.responsible(party[2:8])[0]
        return list(found)

    def _contested(self, s: Any) -> Any:
        text = s.body["envelope"]
        try:
            envelope = read_envelope(strict_json(unb64(text, "body.envelope"), ENVELOPE))
            need(encode(envelope.frozen) == unb64(text, "body.envelope"), "CONTEST_FORM", "body.envelope", "", "frozen")
            v = strict_json(envelope.body)
            row, by, principal = KINDS.get(v["kind"]), v["by"], v.get("for")
            sound = row is not None and row.chain_type == "manifest" and v["chain"] == trunk_of(s) and type(v["body"]) is dict
            sound &= type(v["seq"]) is int and v["seq"] >= 0 and HEX64.fullmatch(v["prev"]) is not None
            sound &= 1 <= len(by) == len({*by}) == len(envelope.signatures) <= 4
            sound &= all(is_uscc(party) for party in (*by, *([] if principal is None else [principal])))
            need(sound, "CONTEST_FORM", "body.envelope", v["kind"], trunk_of(s))
            at = instant(v["at"])
        except (Bad, KeyError, TypeError) as bad:
            raise Bad("CONTEST_FORM", "body.envelope", bad) from None
        digest = sha256(b"liandan/statement/v1\n" + pae(STATEMENT, envelope.body)).hex()
        named = {"by": by, "principal": principal, "act": v["kind"][:-2], "row": row, "at": at, "index": s.index, "body": v["body"]}
        return SimpleNamespace(**named, hash=digest, envelope=envelope)

    def _report(self, s: Any, a: Any, trip: Any) -> None:
        """By whose matter it is, with what it is about, a line of the manifest, nothing of the future; so many in one thread."""
        body, fitting = s.body, self._who_reports(s, trip)
        need(
            (s.principal or s.by[0]) in fitting or not {s.principal, *s.by} & {*self.concerned(s, trip)},
            "CASE_ROLE",
            "body.about",
            s.by,
            fitting,
        )
        told = body.get("files") or (body["about"] not in ("track", "attachment") and (body["about"] != "other" or "text" in body))
        need(told, "MISSING", "body", sorted(body), "text or files")
        need(body.get("line", 0) < len(trip.declared), "LINE_UNKNOWN", "body.line", body.get("line"), len(trip.declared))
        given = instant(body["given_at"], "body.given_at")
        need(given <= a.at + 300, "DATE_ORDER", "body.given_at", given, "not in the future")
        self.reports[s.chain] += 1
        need(self.reports[s.chain] <= REPORTS, "CASES_FULL", "chain", self.reports[s.chain], REPORTS)

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
