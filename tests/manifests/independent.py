"""A second mind about manifests: what kinds.md §1, §5 to §8 and §10 say of loads of one line, in numbers and words of its own.

Written from the text of kinds.md, with nothing of ``manifests``. For every statement it says for which codes it may be refused, and which of these
it must be; what it admits it takes into its own books. Where the text counts working days the model knows a lower and an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY_S = 86_400
SLACK_S = 300
SIGNER = frozenset({"SIGNER_ROLE", "SIGNER_MISSING", "SIGNER_EXTRA", "CASE_ROLE"})
OPEN = {
    "issued": {"void", "depart", "receive"},
    "in_transit": {"hand_over", "transship", "stop", "arrive", "receive"},
    "arrived": {"receive"},
    "accepted": {"dispose"},
    "partly_accepted": {"dispose"},
    "rejected": {"verify"},
    "disposed": {"verify"},
}
"""§10, row by row."""
ENDS = {"voided", "closed", "closed_rejected", "closed_gap"}
HOLD_D = AMEND_D = 30
ESCALATE_WD = RETURN_BLOCK_WD = 10
"""§12."""


@dataclass
class Leg:
    """A carrier's run; ``open`` until it arrives, is handed over, or the load is received."""

    carrier: str
    open: bool = True
    begun: int = 0


@dataclass
class Hold:
    case: str
    by: str
    since: int
    until: int


@dataclass
class Proposal:
    case: str
    by: str
    at: int
    changes: dict[str, Any]
    was: dict[str, Any]
    given: set[str] = field(default_factory=set)
    ended: bool = False


@dataclass
class Contested:
    """A signed act, as its envelope says."""

    verb: str
    by: tuple[str, ...]
    hash: str
    envelope: str


@dataclass
class Load:
    """A manifest with one line; masses in grams, None where nothing is said."""

    generator: str
    receiver: str
    declared: int
    between: bool = True
    returns: str = ""
    carriers: tuple[str, ...] = ()
    stage: str = "issued"
    latest: int = 0
    loaded: int | None = None
    accepted: int = 0
    refused: int = 0
    opinion: str = ""
    refused_said: bool = False
    reason: str | None = None
    declined: bool = False
    refused_day: int = 0
    fates: list[int] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    stops: int = 0
    left: bool = False
    holds: list[Hold] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    held: int = 0
    insurance: str | None = None
    number: str | None = None
    hashes: list[str] = field(default_factory=list)
    issued: int = 0
    received_at: int | None = None
    times: dict[str, int] = field(default_factory=dict)

    @property
    def received(self) -> bool:
        return bool(self.opinion)

    @property
    def sent(self) -> int:
        return self.declared if self.loaded is None else self.loaded

    @property
    def stock(self) -> int:
        return self.accepted - sum(self.fates)


class Books:
    """All loads, and the one decision that they draw on; ``AO`` of 51, ``AD`` of 50."""

    def __init__(self, decided: int, firms: tuple[str, ...], offices: tuple[str, str]) -> None:
        self.decided, self.firms, self.offices = decided, firms, offices
        self.loads: dict[str, Load] = {}
        self.q2 = 0

    # -- who

    def authorities(self, load: Load) -> tuple[str, str]:
        """AO and AD; a return runs the other way."""
        return self.offices[::-1] if load.returns else self.offices  # type: ignore[return-value]

    def taken(self, chain: str, *, gone: bool = False) -> int:
        """Grams of a refused load that returns have taken, or left with."""
        return sum(one.declared for one in self.loads.values() if one.returns == chain and self._stands(one) and (one.left or not gone))

    @staticmethod
    def _stands(one: Load) -> bool:
        return one.stage != "voided" and not one.declined and not (one.stage == "closed_gap" and not one.left)

    def unaccounted(self, chain: str) -> int:
        """§7: before the receipt what was sent; after it what was accepted without a fate, and refused and not returned."""
        load = self.loads[chain]
        return load.stock + load.refused - self.taken(chain) if load.received else load.sent

    # -- what must be refused: code sets; empty: it must be admitted

    def issue(self, chain: str, load: Load, by: tuple[str, ...], now: int) -> tuple[set[str], set[str]]:
        """Must, may."""
        must, may = set[str](), set[str]()
        if chain in self.loads:
            return {"CHAIN_NOT_OPEN", "ACT_NOT_OPEN"}, SIGNER | {"RETURN_LINK", "APPROVAL_QUOTA", "RETURN_OPEN"}
        if by != (load.generator,):
            must |= SIGNER
        if load.returns:
            there = self.loads.get(load.returns)
            fits = there is not None and there.received and there.stage not in ENDS
            if not fits or load.declared > there.refused - self.taken(load.returns):  # type: ignore[union-attr]
                must.add("RETURN_LINK")
            return must, may
        if self.q2 + load.declared > self.decided:
            must.add("APPROVAL_QUOTA")
        kept = [one for name, one in self.loads.items() if self._is_kept(name, one)]
        days = max([(now - one.refused_day) // DAY_S for one in kept], default=-1)
        if days > 2 * RETURN_BLOCK_WD + 4:
            must.add("RETURN_OPEN")
        elif days >= RETURN_BLOCK_WD - 1:
            may.add("RETURN_OPEN")
        return must, may

    def _is_kept(self, name: str, one: Load) -> bool:
        return not one.returns and one.refused > self.taken(name, gone=True) and one.stage != "closed_gap"

    def act(self, chain: str, verb: str, by: tuple[str, ...], at: int, more: dict[str, Any]) -> set[str]:
        """An act of the trunk other than issue: every code for which it is to be refused."""
        load = self.loads.get(chain)
        if load is None:
            return {"CHAIN_NOT_OPEN", "NO_MANIFEST"}
        must = set[str]()
        if verb not in OPEN.get(load.stage, set()):
            must.add("ACT_NOT_OPEN")
            must |= {"VOID_LATE"} if verb == "void" else {"NO_MANIFEST"} if verb == "depart" else set()
        if at < load.latest - SLACK_S:
            must.add("TIME_ORDER")
        if verb in ("depart", "transship", "dispose") and any(hold.since <= at < hold.until for hold in load.holds):
            must.add("HELD")
        return must | getattr(self, f"_{verb}")(chain, load, by, more)

    def _void(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        return set() if by == (load.generator,) else set(SIGNER)

    def _depart(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        alone = len(by) == 1 and by[0] in load.carriers
        must = set() if alone or (len(by) == 2 and by[0] == load.generator) else set(SIGNER)
        beyond = max(0, (more["loaded"] or 0) - load.declared)
        if not load.returns and self.q2 + beyond > self.decided * 1020 // 1000:
            must.add("APPROVAL_QUOTA")
        return must

    def _named(self, load: Load, more: dict[str, Any]) -> list[int]:
        still = [number for number, leg in enumerate(load.legs) if leg.open]
        named = more.get("leg")
        return still if named is None else [named] if named in still else []

    def _carried(self, load: Load, by: tuple[str, ...], more: dict[str, Any], taking: bool = False) -> set[str]:
        named = self._named(load, more)
        if not named:
            return {"LEG_UNKNOWN", *SIGNER}
        carriers = list(dict.fromkeys(load.legs[number].carrier for number in named))
        fits = list(by[: len(carriers)]) == carriers and len(by) == len(carriers) + taking
        return set() if fits else set(SIGNER)

    def _hand_over(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        return self._carried(load, by, more, taking=True) | ({"TRUNK_FULL"} if len(load.legs) >= 16 else set())

    def _transship(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        must = self._carried(load, by, more) | ({"TRUNK_FULL"} if len(load.legs) >= 16 else set())
        return must | ({"TRANSSHIP_PART"} if more["part"] and sum(leg.open for leg in load.legs) > 1 else set())

    def _stop(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        return self._carried(load, by, more) | ({"TRUNK_FULL"} if load.stops >= 16 else set())

    def _arrive(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        return self._carried(load, by, more)

    def _receive(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        must = set() if by == (load.receiver,) else set(SIGNER)
        accepted, refused = more["accepted"], more["refused"]
        fits = {"accept": accepted > 0 and not refused, "partly": accepted > 0 and bool(refused), "reject": accepted == 0}[more["opinion"]]
        if not fits or (load.returns and more["opinion"] != "accept"):
            must.add("OPINION_QTY")
        return must

    def _dispose(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        return (set() if by == (load.receiver,) else set(SIGNER)) | ({"FATE_EXCEEDS"} if more["mass"] > load.stock else set())

    def _verify(self, chain: str, load: Load, by: tuple[str, ...], more: dict[str, Any]) -> set[str]:
        kept = load.refused - self.taken(chain, gone=True)
        return (set() if by == (load.generator,) else set(SIGNER)) | ({"RETURN_OPEN"} if kept > 0 else set())

    # -- cases

    def hold(self, chain: str, by: str) -> set[str]:
        load = self.loads[chain]
        return (set() if by in self.offices else set(SIGNER)) | ({"TRUNK_STAGE"} if load.stage in ENDS else set())

    def release(self, chain: str, case: str, by: str, now: int) -> set[str]:
        [hold] = [one for one in self.loads[chain].holds if one.case == case]
        return (set() if by == hold.by else set(SIGNER)) | ({"CASE_STATE"} if now >= hold.until else set())

    def number(self, chain: str, by: str, number: str) -> set[str]:
        """``case.number`` fills what is empty, on any but a voided one."""
        load = self.loads[chain]
        must = set() if by in (load.generator, self.authorities(load)[0]) else set(SIGNER)
        must |= {"TRUNK_STAGE"} if load.stage == "voided" else set()
        return must | ({"NUMBER_GIVEN"} if load.number is not None else set()) | self.number_is_free(chain, number)

    def number_is_free(self, chain: str, number: str) -> set[str]:
        """R-02, R-03: that of the origin's city, and of one manifest of its generator that is not voided."""
        held = any(one.number == number and one.stage != "voided" for name, one in self.loads.items() if name != chain)
        return ({"NO_DUPLICATE"} if held else set()) | ({"NO_ORIGIN"} if self.loads[chain].returns else set())

    def concerned(self, load: Load) -> set[str]:
        """P of §0."""
        return {load.generator, load.receiver, *load.carriers, *(leg.carrier for leg in load.legs), *self.offices}

    def report(self, chain: str, by: str, about: str) -> set[str]:
        """Whose matter it is not is told CASE_ROLE, a stranger SIGNER_ROLE."""
        load = self.loads[chain]
        if by not in self.concerned(load):
            return set(SIGNER)
        fitting = {
            "other": self.concerned(load),
            "discrepancy": {load.receiver, self.authorities(load)[1]},
            "generator_confirms": {load.generator},
        }
        return set() if by in fitting[about] else {"CASE_ROLE"}

    def contest(self, chain: str, by: str, act: Contested) -> set[str]:
        """§7: one of the envelope's signers; roles those of the act, somebody of the manifest among them, and not on the trunk."""
        load = self.loads[chain]
        must = set() if by in act.by else set(SIGNER)
        own = {"void": load.generator, "verify": load.generator, "receive": load.receiver, "dispose": load.receiver}.get(
            act.verb, act.by[0]
        )
        most = 2 if act.verb in ("depart", "hand_over") else 1
        fits = len(act.by) <= most and act.by[0] == own and bool(set(act.by) & self.concerned(load))
        must |= set() if fits else {"CONTEST_FORM"}
        return must | ({"CONTEST_TAKEN"} if act.hash in load.hashes else set())

    def gap(self, chain: str, by: tuple[str, ...], mass: int) -> set[str]:
        load = self.loads[chain]
        must = set() if by == self.authorities(load)[::-1] else set(SIGNER)
        waits = self.taken(chain) - self.taken(chain, gone=True)
        if load.stage in ENDS:
            return must | {"TRUNK_STAGE", "GAP_SUM"}
        must |= {"TRUNK_STAGE"} if waits else set()
        return must | ({"GAP_SUM"} if mass != self.unaccounted(chain) else set())

    # -- what an admitted statement does

    def hold_grams(self, load: Load, grams: int) -> None:
        """What the load holds on the decision."""
        if not load.returns:
            self.q2 += grams - load.held
            load.held = grams

    def did_issue(self, chain: str, load: Load, at: int) -> None:
        self.loads[chain] = load
        load.latest = load.issued = at
        self.hold_grams(load, load.declared)

    def did(self, chain: str, verb: str, by: tuple[str, ...], at: int, more: dict[str, Any]) -> None:
        load = self.loads[chain]
        load.latest = max(load.latest, at)
        match verb:
            case "void":
                load.stage = "voided"
                self.hold_grams(load, 0)
            case "depart":
                load.stage, load.left, load.loaded = "in_transit", True, more["loaded"]
                load.legs.append(Leg(by[-1], begun=at))
                load.times["departed_at"] = at
                self.hold_grams(load, max(load.declared, load.loaded or 0))
            case "hand_over" | "transship":
                if not more.get("part"):
                    for number in self._named(load, more):
                        load.legs[number].open = False
                load.legs.append(Leg(by[-1], begun=at))
            case "stop":
                load.stops += 1
            case "arrive":
                for number in self._named(load, more):
                    load.legs[number].open = False
                load.stage = "in_transit" if any(leg.open for leg in load.legs) else "arrived"
                load.times |= {"arrived_at": at} if load.stage == "arrived" else {}
            case "receive":
                self._did_receive(load, at, more)
            case "dispose":
                load.fates.append(more["mass"])
                load.stage = "disposed" if not load.stock else load.stage
            case "verify":
                load.stage = "closed_rejected" if load.stage == "rejected" else "closed"

    def _did_receive(self, load: Load, at: int, more: dict[str, Any]) -> None:
        load.opinion, load.accepted, load.refused_said = more["opinion"], more["accepted"], more["refused"] is not None
        load.declined = load.stage == "issued" and load.opinion == "reject" and not more["refused"]
        sent = load.sent if load.opinion == "reject" and not load.declined else 0
        load.refused = more["refused"] if more["refused"] is not None else sent
        load.reason = None if load.opinion == "accept" else "packing"
        load.left, load.refused_day = load.left or not load.declined, at
        load.times["accepted_at"] = load.received_at = at
        for leg in load.legs:
            leg.open = False
        load.stage = "disposed" if load.returns else {"accept": "accepted", "partly": "partly_accepted", "reject": "rejected"}[load.opinion]
        self.hold_grams(load, load.accepted)

    def did_gap(self, chain: str) -> None:
        load = self.loads[chain]
        if not load.received:
            self.hold_grams(load, 0)
        for leg in load.legs:
            leg.open = False
        load.stage = "closed_gap"
