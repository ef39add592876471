"""What the second mind says of corrections (kinds §7, §8): who proposes, who must have agreed, what may stand, what moves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.manifests.independent import AMEND_D, DAY_S, ENDS, ESCALATE_WD, SIGNER, SLACK_S, Books, Load, Proposal

CLASSES = {
    "insurance_no": ("own", ("G",), ()),
    "number": ("number", ("AO", "G"), ("AO",)),
    "times.departed_at": ("times", ("G", "C0"), ("G", "C0")),
    "times.arrived_at": ("times", ("CL",), ("CL", "G")),
    "times.accepted_at": ("times", ("R",), ("R", "G")),
    "lines.0.mass_t": ("declared", ("G",), ("G", "R", "C0", "AO")),
    "loaded.0.mass_t": ("loaded", ("G", "C0"), ("G", "C0", "R+")),
    "received.0.accepted_t": ("received", ("R", "G"), ("R", "G", "AD")),
    "received.0.refused_t": ("received", ("R", "G"), ("R", "G", "AD")),
    "received.0.opinion": ("received", ("R", "G"), ("R", "G", "AD")),
    "received.0.reason_code": ("received", ("R", "G"), ("R", "G", "AD")),
    "fates.0.mass_t": ("fates", ("R",), ("R", "G")),
}
"""§8: class, who proposes, who must have agreed; R+ after the receipt alone."""


class LawBooks(Books):
    """The books with corrections."""

    def _party(self, load: Load, role: str) -> str | None:
        origin, destination = self.authorities(load)
        first = load.legs[0].carrier if load.legs else None
        known = {"G": load.generator, "R": load.receiver, "R+": load.receiver if load.received else None, "C0": first}
        last = load.legs[-1].carrier if load.legs else None
        return (known | {"AO": origin, "AD": destination, "CL": last})[role]

    def value(self, load: Load, path: str) -> Any:
        """What stands at a path; KeyError where there is none."""
        if path.startswith("times."):
            return load.times[path[6:]]
        match path:
            case "insurance_no":
                return load.insurance
            case "number":
                return load.number
            case "lines.0.mass_t":
                return load.declared
            case "loaded.0.mass_t" if load.loaded is not None:
                return load.loaded
            case "fates.0.mass_t" if load.fates:
                return load.fates[0]
            case "received.0.accepted_t" if load.received:
                return load.accepted
            case "received.0.refused_t" if load.received:
                return load.refused if load.refused_said else None
            case "received.0.opinion" if load.received:
                return load.opinion
            case "received.0.reason_code" if load.received:
                return load.reason
        raise KeyError(path)

    def missing(self, load: Load, proposal: Proposal) -> set[str]:
        """Whose consent is not there; who closed by verify did not consent to what comes after."""
        roles = {role for path in proposal.changes for role in CLASSES[path][2]} | ({"G"} if load.stage in ENDS - {"voided"} else set())
        asked = {party for role in roles if (party := self._party(load, role)) is not None}
        return asked - proposal.given - {proposal.by}

    def proposers(self, load: Load, changes: dict[str, Any]) -> set[str]:
        """Whoever may propose every one of the fields."""
        may = [{self._party(load, role) for role in CLASSES[path][1]} for path in changes]
        return {party for party in set[str | None].intersection(*may) if party is not None}

    def propose(self, chain: str, by: str, changes: dict[str, Any], was: dict[str, Any], now: int) -> set[str]:
        load, must = self.loads[chain], set[str]()
        must |= set() if by in self.proposers(load, changes) else SIGNER
        for path in changes:
            name = CLASSES[path][0]
            early = {"voided": ("number",), "issued": ("own", "number")}
            if name not in early.get(load.stage, (name,)):
                must.add("TRUNK_STAGE")
        must |= {"AMEND_STALE"} if self._waiting(load, now) & set(changes) else set()
        return must | self._values(chain, load, changes, was, now)

    def _waiting(self, load: Load, now: int) -> set[str]:
        return {path for one in load.proposals if not one.ended and now <= one.at + AMEND_D * DAY_S for path in one.changes}

    def _values(self, chain: str, load: Load, changes: dict[str, Any], was: dict[str, Any], now: int) -> set[str]:
        must = set[str]()
        for path, value in changes.items():
            try:
                there = self.value(load, path)
            except KeyError:
                must.add("AMEND_PATH")
                continue
            if was[path] != there:
                must.add("AMEND_STALE")
            if path == "number" and value is not None and value != there:
                must |= self.number_is_free(chain, value)
            is_nothing = path == "number" and value is None
            is_nothing |= path.endswith("_t") and not path.startswith("received.") and not value
            if value == there or is_nothing:
                must.add("AMEND_VALUE")
        return must or self._after(chain, load, changes, now)

    def _after(self, chain: str, load: Load, changes: dict[str, Any], now: int) -> set[str]:
        after = self.corrected(load, changes)
        must = set[str]()
        if sum(after.fates) > sum(load.fates) and any(hold.since <= now < hold.until for hold in load.holds):
            must.add("HELD")  # a disposal by another name
        if any(path.startswith("times.") for path in changes) and not self._in_order(after, now):
            must.add("AMEND_VALUE")
        if "lines.0.mass_t" in changes and load.returns:
            must.add("AMEND_IMPOSSIBLE")
        if any(path.startswith("received.") for path in changes):
            accepted, refused = after.accepted > 0, after.refused > 0
            fits = {"accept": accepted and not refused, "partly": accepted and refused, "reject": not accepted}[after.opinion]
            becomes = after.opinion == "reject" != load.opinion and not after.refused_said and not refused
            if not fits or becomes or (load.returns and after.opinion != "accept"):
                must.add("AMEND_VALUE")
            if after.opinion != "accept" and after.reason is None:
                must.add("AMEND_VALUE")
            came = bool(after.accepted or after.refused) or bool(load.legs)
            if self.taken(chain) > after.refused or (load.returns and came == load.declined):  # what a decline gave back others may have
                must.add("AMEND_IMPOSSIBLE")
        heavy = any(path.startswith(("received.", "fates.")) for path in changes)
        if heavy and not load.returns and after.stock < 0:
            must.add("AMEND_IMPOSSIBLE")
        if load.stage in ENDS and not self._stays(chain, load, after):
            must.add("AMEND_IMPOSSIBLE")
        return must

    @staticmethod
    def _in_order(after: Load, now: int) -> bool:
        """Issued, departed, changed hands, arrived, received; accepted before it is signed, and not before the issue."""
        ends = [*([] if after.received_at is None else [after.received_at]), now]
        way = [after.issued, after.times.get("departed_at"), *(leg.begun for leg in after.legs[1:]), after.times.get("arrived_at"), *ends]
        known = [
            [moment for moment in order if moment is not None] for order in (way, [after.issued, after.times.get("accepted_at"), *ends])
        ]
        return all(one <= later + SLACK_S for order in known for one, later in pairwise(order))

    def _stays(self, chain: str, load: Load, after: Load) -> bool:
        """A finished manifest takes only what leaves it finished."""
        gone = after.refused == self.taken(chain, gone=True)
        match load.stage:
            case "closed":
                return (bool(load.returns) or after.stock == 0) and after.opinion != "reject" and gone
            case "closed_rejected":
                return after.opinion == "reject" and gone
            case "closed_gap":
                return (load.stock, load.refused) == (after.stock, after.refused)
        return True

    def corrected(self, load: Load, changes: dict[str, Any]) -> Load:
        """The load as it would be."""
        after = Load(**{**vars(load), "fates": [*load.fates], "times": {**load.times}})
        after.times |= {path[6:]: value for path, value in changes.items() if path.startswith("times.")}
        for path, value in changes.items():
            match path:
                case "insurance_no":
                    after.insurance = value
                case "number":
                    after.number = value
                case "lines.0.mass_t":
                    after.declared = value
                case "loaded.0.mass_t":
                    after.loaded = value
                case "fates.0.mass_t":
                    after.fates[0] = value
                case "received.0.accepted_t":
                    after.accepted = value
                case "received.0.opinion":
                    after.opinion = value
                case "received.0.reason_code":
                    after.reason = value
        if "received.0.refused_t" in changes:
            said = changes["received.0.refused_t"]
            after.refused_said = said is not None
            after.refused = said if said is not None else after.sent if after.opinion == "reject" else 0
        return after

    def consent(self, chain: str, case: str, by: str, now: int) -> tuple[set[str], set[str]]:
        """Must, may: after ten working days of silence a firm's authority may agree in its place."""
        load = self.loads[chain]
        [proposal] = [one for one in load.proposals if one.case == case]
        if proposal.ended or now > proposal.at + AMEND_D * DAY_S:
            return {"AMEND_STATE"}, set(SIGNER) | {"AMEND_STALE", "AMEND_IMPOSSIBLE", "AMEND_VALUE", "APPROVAL_QUOTA", "AMEND_PATH"}
        missing, may, must = self.missing(load, proposal), set[str](), set[str]()
        if by not in missing:
            firms = missing & set(self.firms)
            days = (now - proposal.at) // DAY_S
            speaks = by in {self.home(firm) for firm in firms} and by != proposal.by
            if not speaks or days <= ESCALATE_WD:
                must |= SIGNER
            elif days <= 2 * ESCALATE_WD + 4:
                may |= SIGNER
        must |= self._values(chain, load, proposal.changes, proposal.was, now)
        left = missing - self.speaks_for(load, proposal, by)
        if not must and not left:
            must |= self._room(load, self.corrected(load, proposal.changes))
        return must, may

    def home(self, firm: str) -> str:
        """The authority of a firm's province."""
        return self.offices[0] if firm[2:4] == "51" else self.offices[1]

    def speaks_for(self, load: Load, proposal: Proposal, by: str) -> set[str]:
        missing = self.missing(load, proposal)
        return {by} if by in missing else {firm for firm in missing & set(self.firms) if self.home(firm) == by}

    def _room(self, load: Load, after: Load) -> set[str]:
        if load.returns or load.received or load.stage in ENDS:
            return set()
        more = max(after.declared, after.loaded or 0) - load.held
        return {"APPROVAL_QUOTA"} if more > 0 and self.q2 + more > self.decided else set()

    def did_consent(self, chain: str, proposal: Proposal, by: str | None) -> bool:
        """Whether it is in force by now."""
        load = self.loads[chain]
        if by is not None:
            proposal.given |= self.speaks_for(load, proposal, by)
        if self.missing(load, proposal):
            return False
        proposal.ended = True
        after = self.corrected(load, proposal.changes)
        for name in (
            "declared",
            "loaded",
            "fates",
            "accepted",
            "refused",
            "opinion",
            "refused_said",
            "reason",
            "insurance",
            "number",
            "times",
        ):
            setattr(load, name, getattr(after, name))
        if load.stage in ("accepted", "partly_accepted", "rejected", "disposed") and not load.returns:
            by_opinion = {"accept": "accepted", "partly": "partly_accepted", "reject": "rejected"}[load.opinion]
            load.stage = "disposed" if by_opinion != "rejected" and not load.stock else by_opinion
        if load.received:
            self.hold_grams(load, load.accepted)
        elif load.stage not in ENDS:
            wanted = max(load.declared, load.loaded or 0)
            authority = "lines.0.mass_t" in proposal.changes and load.between
            self.hold_grams(load, wanted if authority else max(wanted, load.held))
        return True
