"""A small log for the tests of manifests: real signatures, real admission, facts loaded strictly by what each kind declares to read.

Between statements every value lives as the bytes the database would hold, so a state that does not survive msgpack is noticed. Founding,
parties and keys come from the workbench once per run; permits and decisions are laid in place, for their own kinds are tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from ledger.admission.admit import Submission, admit, apply, base_keys, read_keys
from ledger.admission.entry import Entry
from ledger.admission.personality import CURRENT
from ledger.admission.statement import Draft, read_statement
from ledger.kinds.site import Site, site_key
from ledger.mass import format_mass, parse_mass
from ledger.model import Facts, Head, Moment, chain_key
from ledger.times import format_at
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from manifests.model import ManifestState
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.manifests.bodies import (
    ALL_CHECKS,
    APPROVAL,
    BACK,
    CARRIER,
    DESTINATION,
    GENERATOR,
    LIMITS,
    MANIFEST,
    NUMBER,
    ORIGIN,
    OTHER_TRUCK,
    PARTIES,
    PERMIT,
    Q2,
    Q3,
    RECEIVER,
    SECOND_CARRIER,
    START,
    STRANGER,
    TRUCK,
    WASTE_NAME,
    a_departure,
    a_gate,
    a_line,
    a_return,
    a_state,
    accepted,
    an_issue,
    approval,
    backfilled,
    labels,
    labels_of,
    partly,
    permit,
    rejected,
    reported,
)
from tests.workbench import Workbench, as_asked, key_of
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.adopted import data_files
from whitelist.plan import PlanLine, PlanState, SitePlan, plan_chain, plan_used_key

__all__ = [
    "ALL_CHECKS",
    "APPROVAL",
    "BACK",
    "CARRIER",
    "DESTINATION",
    "GENERATOR",
    "LIMITS",
    "MANIFEST",
    "NUMBER",
    "ORIGIN",
    "OTHER_TRUCK",
    "PARTIES",
    "PERMIT",
    "PLAN",
    "Q2",
    "Q3",
    "RECEIVER",
    "SECOND_CARRIER",
    "START",
    "STRANGER",
    "TRUCK",
    "WASTE_NAME",
    "Driver",
    "a_departure",
    "a_gate",
    "a_line",
    "a_return",
    "a_state",
    "accepted",
    "an_issue",
    "approval",
    "backfilled",
    "base",
    "codes",
    "labels",
    "labels_of",
    "partly",
    "permit",
    "rejected",
    "reported",
    "signing_key",
    "tonnes",
]
"""With the names and bodies, so that a test imports from one place."""


PLAN = plan_chain(GENERATOR, 2026)


@cache
def base() -> tuple[Workbench, Mapping[str, bytes]]:
    """Founding, data sets, parties and keys as stored bytes; made once, never changed."""
    files = {file.name: (file.version, file.path.read_bytes()) for file in data_files()}
    bench = Workbench([WHITELIST, MANIFESTS], files)
    for party, name in PARTIES.items():
        bench.register(party, name)
    return bench, {key: bench.kinds.encode(value) for key, value in bench.facts.values.items()}


@cache
def signing_key(party: str) -> PrivateKey:
    """The test key of a party."""
    return key_of(party)


class Driver:
    """A log with parties, one permit and one decision; ``at_s`` is its clock and stands still unless told."""

    def __init__(self, *, scale_t: str = "60000", decided_t: str = "3000", line_count: int = 1, at_s: int = START) -> None:
        self.bench, stored = base()
        self.stored: dict[str, bytes] = dict(stored)
        self.entries: list[Entry] = []
        self.index = len(self.bench.entries)
        self.at_s = at_s
        self.lay(PERMIT, permit(scale_t))
        self.lay(APPROVAL, approval(decided_t, line_count))

    def lay(self, chain: str, state: object) -> None:
        """Put a chain's state in place as if its entries were there."""
        self.stored[chain_key(chain)] = self.bench.kinds.encode(Head(0, "0" * 64, 1, state))

    def lay_site(self, party: str, site: str, division: str) -> None:
        """A registered site of a party."""
        self.stored[site_key(party, site)] = self.bench.kinds.encode(Site(name="场所（虚构）", division=division, address="某路（虚构）"))

    def lay_plan(self, *masses: str, site: str = "", filing_no: str = "GL-510112-2026-001") -> None:
        """A filed plan of this year with lines of batteries, of so many tonnes."""
        known = self.value(chain_key(PLAN))
        sites = {} if known is None else known.state.sites
        line = {"name": WASTE_NAME, "code": "900-052-31", "category": "HW31", "hazards": ("T", "C"), "form": "S", "method": "R4"}
        lines = tuple(PlanLine(**line, receiver_type="permit", mass_g=parse_mass(mass_t)) for mass_t in masses)  # type: ignore[arg-type]
        self.lay(PLAN, PlanState({**sites, site: SitePlan(filings=(filing_no,), filed_on="2026-01-20", lines=lines)}))

    def planned_g(self, line: int = 0, site: str = "") -> int:
        """Grams that manifests count on a line of the plan."""
        return self.value(plan_used_key(PLAN, site, line)) or 0

    def load(self, facts: Facts, keys: list[str]) -> bool:
        """Bring keys into an overlay; whether any was new."""
        fresh = facts.missing(keys)
        for key in fresh:
            raw = self.stored.get(key)
            facts.values[key] = None if raw is None else self.bench.kinds.decode(key, raw)
        return bool(fresh)

    def facts_for(self, submission: Submission) -> Facts:
        """Own chain, signers, and whatever the kind reads: nothing else may be looked at (Unread)."""
        facts = Facts(self.bench.facts._dataset)
        self.load(facts, base_keys(submission))
        while self.load(facts, read_keys(submission.kind.reads(submission.statement, facts))):
            pass
        return facts

    def submission(self, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> Submission:
        """The next statement of a chain, signed."""
        raw = self.stored.get(chain_key(chain))
        head = None if raw is None else self.bench.kinds.decode(chain_key(chain), raw)
        fields: dict[str, Any] = {"at": format_at(self.at_s), "seq": 0 if head is None else head.seq + 1}
        if head is None:
            blank = self.bench.draft(kind, chain, by, body)
            fields["prev"] = blank.prev
        else:
            fields["prev"] = head.hash
        draft = Draft(kind=kind, chain=chain, by=by, body=body, **{**fields, **changes})
        envelope = draft.sign([signing_key(party) for party in by])
        statement, known = read_statement(envelope, self.bench.kinds)
        return Submission(envelope=envelope, statement=statement, kind=known)

    def post(self, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> Entry:
        """Admit one statement at the present clock; raises Refusal and then leaves everything as it was."""
        submission = self.submission(kind, by, body, chain=chain, **changes)
        facts = self.facts_for(submission)
        moment = Moment(self.index, self.at_s, CURRENT)
        entry = as_asked(lambda keys: self.load(facts, [*keys]), lambda: admit(submission, facts, moment, lambda size: None))
        apply(entry, submission.kind, facts)
        for key in facts.changed:
            self.stored[key] = self.bench.kinds.encode(facts.values[key])
        self.entries.append(entry)
        self.index += 1
        return entry

    def reasons(self, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> list[tuple[str, str]]:
        """Codes and places for which a statement is refused, sorted; an admission fails the test, a changed value too."""
        before = dict(self.stored)
        try:
            entry = self.post(kind, by, body, chain=chain, **changes)
        except Refusal as refusal:
            assert self.stored == before
            return sorted((reason.code, reason.field) for reason in refusal.reasons)
        raise AssertionError(f"admitted: {entry.admission}")

    def refused(self, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> list[str]:
        """Codes with which a statement is refused, each once; as :meth:`reasons`."""
        return list(dict.fromkeys(code for code, _ in self.reasons(kind, by, body, chain=chain, **changes)))

    def value(self, key: str) -> Any:
        """A stored value or None."""
        raw = self.stored.get(key)
        return None if raw is None else self.bench.kinds.decode(key, raw)

    def state(self, chain: str = MANIFEST) -> ManifestState:
        """State of a manifest."""
        state = self.value(chain_key(chain)).state
        assert isinstance(state, ManifestState)
        return state

    def own_state(self, chain: str = MANIFEST) -> ManifestState:
        """State of a manifest without what only other chains know: what a fold of its own entries gives."""
        state = self.state(chain)
        link = None if state.returns is None else replace(state.returns, refuser="", home="", units=())
        return replace(state, returns=link, lines=tuple(replace(line, listing=None, transport_exempt=False) for line in state.lines))

    def used_g(self, account: str) -> int:
        """Grams on an account."""
        found = self.value(f"account:{account}")
        return 0 if found is None else found.used_g

    def wait(self, **spans: int) -> None:
        """Move the clock: ``minutes=``, ``hours=``, ``days=``."""
        self.at_s += sum({"minutes": 60, "hours": 3600, "days": 86_400, "seconds": 1}[unit] * count for unit, count in spans.items())

    # --- the acts of one life, each with its ordinary signers; keyword changes replace fields of the body ---------------------------

    def issue(self, *, chain: str = MANIFEST, **changes: Any) -> Entry:
        """开具."""
        return self.post("manifest.issue/1", (GENERATOR,), an_issue(**changes), chain=chain)

    def depart(self, by: tuple[str, ...] = (GENERATOR, CARRIER), *, chain: str = MANIFEST, **changes: Any) -> Entry:
        """起运."""
        return self.post("manifest.depart/1", by, a_departure(**changes), chain=chain)

    def arrive(self, by: tuple[str, ...] = (CARRIER,), *, chain: str = MANIFEST, **changes: Any) -> Entry:
        """运抵."""
        return self.post("manifest.arrive/1", by, replace(acts.Arrive(place=DESTINATION), **changes), chain=chain)

    def receive(self, *lines: acts.ReceivedLine, chain: str = MANIFEST, **changes: Any) -> Entry:
        """接受确认."""
        return self.post("manifest.receive/1", (RECEIVER,), self.a_receipt(*lines, **changes), chain=chain)

    def a_receipt(self, *lines: acts.ReceivedLine, **changes: Any) -> acts.Receive:
        """A receipt at the present clock; without lines, line 0 is accepted at 5.600 t."""
        body = acts.Receive(
            accepted_at=format_at(self.at_s), lines=lines or (accepted(0, "5.600000"),), weighing=acts.Weighing(method="weighbridge")
        )
        return replace(body, **changes)

    def dispose(self, *fates: tuple[int, str, str], chain: str = MANIFEST) -> Entry:
        """利用处置: (line, method, tonnes)."""
        lines = tuple(acts.DisposedLine(line=line, method=method, mass_t=mass_t) for line, method, mass_t in fates)
        return self.post("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=lines), chain=chain)

    def verify(self, *, chain: str = MANIFEST) -> Entry:
        """核实."""
        return self.post("manifest.verify/1", (GENERATOR,), acts.Verify(), chain=chain)

    def void(self, *, chain: str = MANIFEST) -> Entry:
        """作废."""
        return self.post("manifest.void/1", (GENERATOR,), acts.Void(reason="车辆故障，改日转移"), chain=chain)

    def send_back(self, mass_t: str = "5.600000", *, chain: str = BACK, returned: str = MANIFEST, **changes: Any) -> Entry:
        """开具退回联单 and its departure from the receiver's gate."""
        self.post("manifest.issue/1", (GENERATOR,), a_return(returned, mass_t, **changes), chain=chain)
        truck = replace(TRUCK, plate=f"川A·{chain[-5:]}")
        return self.depart(chain=chain, place=DESTINATION, vehicle=truck, waybill_no=f"back {chain[-4:]}")

    def to_in_transit(self, **issue: Any) -> Driver:
        """A manifest under way."""
        self.issue(**issue)
        self.wait(minutes=40)
        self.depart(gate=a_gate(len(issue["lines"])) if "lines" in issue else a_gate())
        return self

    def to_arrived(self, **issue: Any) -> Driver:
        """A manifest at the receiver's gate."""
        self.to_in_transit(**issue)
        self.wait(hours=4)
        self.arrive()
        self.wait(minutes=30)
        return self


def codes(entry: Entry) -> set[str]:
    """Tags and alerts of an entry: ``TAG`` and ``H:ALERT``."""
    decision = entry.admission.decision
    return {tag[0] for tag in decision.tags} | {f"{level}:{code}" for level, code in decision.alerts}


def tonnes(mass_g: int) -> str:
    """Grams as the wire writes them."""
    return format_mass(mass_g)
