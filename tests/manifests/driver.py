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
from ledger.admission.draft import Draft
from ledger.admission.entry import Entry
from ledger.admission.facts import Facts, chain_key
from ledger.admission.statement import read_statement
from ledger.fields import File
from ledger.mass import format_mass, parse_mass
from ledger.model import Head, Moment
from ledger.rulesets import CURRENT
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from manifests.model import LineState, ManifestState, Stage, Times, Vehicle
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, Workbench, as_asked, key_of
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.adopted import data_files
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.fields import Place
from whitelist.permit import PermitState
from whitelist.scope import PermitItem
from whitelist.thresholds import parse_thresholds
from whitelist.transfer import Contract, DangerousGoods, PaperManifest, PlanRef, WasteLine

GENERATOR = "915101120000FX029E"
RECEIVER = "915001160000FX0107"
CARRIER = "915101000000FX037W"
SECOND_CARRIER = "915105000000FX0537"
STRANGER = "915117000000FX061Q"
PARTIES = {
    GENERATOR: "成都锦川蓄能回收有限公司（虚构）",
    RECEIVER: "重庆江津再生铅有限公司（虚构）",
    CARRIER: "四川蜀安危货运输有限公司（虚构）",
    SECOND_CARRIER: "泸州长航危货运输有限公司（虚构）",
    STRANGER: "达州绿焰环保科技有限公司（虚构）",
}
PERMIT = f"permit/{RECEIVER}/01K9000000000000000000PERM"
APPROVAL = f"approval/{GENERATOR}/01K9000000000000000000APPR"
MANIFEST = f"manifest/{GENERATOR}/01K9000000000000000000MAN1"
NUMBER = "20265101000123"
Q2 = f"Q2 {APPROVAL} 0"
Q3 = f"Q3 {PERMIT}"
ORIGIN = Place(division="510112", address="成都市龙泉驿区桃都大道88号（虚构）")
DESTINATION = Place(division="500116", address="重庆市江津区德感工业园12号（虚构）")
TRUCK = Vehicle(kind="truck", plate="川A·F1234", licence_no="510100012345")
OTHER_TRUCK = Vehicle(kind="truck", plate="川E·G5678", licence_no="510500067890")
LIMITS = parse_thresholds(next(file.path for file in data_files() if file.name == "thresholds").read_bytes())
"""First values of the thresholds, as adopted in every log of these tests."""
START = parse_at("2026-11-05T08:30:00+08:00")
ALL_CHECKS = ("carrier", "vehicle", "crew", "labels")


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

    def refused(self, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> list[str]:
        """Codes with which a statement is refused; an admission fails the test, a changed value too."""
        before = dict(self.stored)
        try:
            entry = self.post(kind, by, body, chain=chain, **changes)
        except Refusal as refusal:
            assert self.stored == before
            return refusal.codes
        raise AssertionError(f"admitted: {entry.admission}")

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
        """State of a manifest without what only its decision's chain knows: what a fold of its own entries gives."""
        state = self.state(chain)
        return replace(state, lines=tuple(replace(line, listing=None, transport_exempt=False) for line in state.lines))

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
        body = acts.Receive(accepted_at=format_at(self.at_s), lines=lines or (accepted(0, "5.600000"),), weighing=acts.Weighing())
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


def permit(scale_t: str = "60000") -> PermitState:
    """The receiver's permit."""
    item = PermitItem(category="HW31", scope="INCLUDE", codes=("900-052-31",), methods=("R4",))
    return PermitState(
        no="CQ5001160043",
        authority=AUTHORITY_50,
        permit_class="permit",
        valid_from="2022-07-01",
        valid_to="2027-06-30",
        division=DESTINATION.division,
        address=DESTINATION.address,
        root=PERMIT,
        items=(item,),
        scale_g=parse_mass(scale_t),
    )


def approval(decided_t: str = "3000", line_count: int = 1) -> ApprovalState:
    """The decision, with ``line_count`` lines of the same waste under different names."""
    line = DecisionLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        method="R4",
        applied_g=parse_mass(decided_t),
        mass_g=parse_mass(decided_t),
        valid_to="2026-12-31",
    )
    return ApprovalState(
        stage="approved",
        receiver=RECEIVER,
        permit=PERMIT,
        root=PERMIT,
        origin=ORIGIN.division,
        destination=DESTINATION.division,
        applied_on="2026-02-02",
        applied_to="2026-12-31",
        lines=(line,) * line_count,
        no="川环危转〔2026〕15号（虚构）",
        route="APPROVED",
        decided_on="2026-02-09",
        valid_to="2026-12-31",
    )


def a_state(**changes: Any) -> ManifestState:
    """A manifest that was just issued, for tests of what reads no log."""
    line = LineState(
        name=WASTE_NAME, code="900-052-31", category="HW31", form="S", packing="box", packs=14, method="R4", declared_g=5_600_000
    )
    state = ManifestState(
        generator=GENERATOR,
        receiver=RECEIVER,
        consignor=GENERATOR,
        carriers=(CARRIER,),
        origin=ORIGIN,
        destination=DESTINATION,
        mode="road",
        route="APPROVED",
        permit=PERMIT,
        approval=APPROVAL,
        lines=(line,),
        drawn={},
        reserved_year=2026,
        stage=Stage.ISSUED,
        times=Times(issued_s=START, latest_s=START),
        acts=("0" * 64,),
    )
    return replace(state, **changes)


WASTE_NAME = "废铅蓄电池"


def a_line(**changes: Any) -> WasteLine:
    """Lead batteries, 5.6 t in 14 boxes."""
    line = WasteLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        components="铅、硫酸",
        form="S",
        packing="box",
        packs=14,
        mass_t="5.600000",
        method="R4",
        decision_line=0,
        dg=DangerousGoods(un_no="2794", dg_class="8"),
    )
    return replace(line, **changes)


def an_issue(**changes: Any) -> acts.Issue:
    """Part 1 of the form, complete."""
    body = acts.Issue(
        lines=(a_line(),),
        receiver=RECEIVER,
        permit=PERMIT,
        approval=APPROVAL,
        origin=ORIGIN,
        destination=DESTINATION,
        consignor="generator",
        carriers=(CARRIER,),
        emergency_measures="配备防酸手套、耐酸围堰和碱性吸附材料；泄漏时先围堵、后中和，并报告当地生态环境部门。",
        plan=PlanRef(filing_no="GL-510112-2026-001"),
        contract=Contract(no="HT-2026-001", valid_to="2027-12-31"),
    )
    return replace(body, **changes)


def backfilled(departed_at: str, completed_at: str) -> dict[str, Any]:
    """What makes an issue a backfill of a trip that ran on paper between two times."""
    scan = File(sha256="ab" * 32, size=1, media_type="application/pdf", name="纸质联单.pdf")
    paper = PaperManifest(reason="平台故障", departed_at=departed_at, completed_at=completed_at, scan=scan)
    return {"type": "backfill_ordinary", "paper": paper}


def labels(count: int = 14, unit: str = GENERATOR, code: str = "90005231", day: str = "20261105") -> tuple[str, ...]:
    """Labels of 37 characters."""
    return tuple(f"{unit}{code}{day}{serial:03d}" for serial in range(1, count + 1))


def a_gate(count: int = 14) -> acts.Gate:
    """All checks attested, ``count`` labels scanned."""
    return acts.Gate(labels=labels(count), checks=ALL_CHECKS)


def labels_of(day: str, count: int = 14) -> acts.Gate:
    """A gate with labels of another day."""
    return acts.Gate(labels=labels(count, day=day), checks=ALL_CHECKS)


def a_departure(**changes: Any) -> acts.Depart:
    """Part 2 of the form, first leg."""
    return replace(acts.Depart(vehicle=TRUCK, waybill_no="510100202611050001", gate=a_gate(), place=ORIGIN), **changes)


def accepted(line: int, mass_t: str, **changes: Any) -> acts.ReceivedLine:
    """A line accepted wholly."""
    return replace(acts.ReceivedLine(line=line, opinion="accept", accepted_t=mass_t, method="R4"), **changes)


def rejected(line: int, **changes: Any) -> acts.ReceivedLine:
    """A line refused wholly."""
    body = acts.ReceivedLine(line=line, opinion="reject", accepted_t="0", reason_code="packing", reason="外壳破损、电解液泄漏")
    return replace(body, **changes)


def partly(line: int, accepted_t: str, refused_t: str, **changes: Any) -> acts.ReceivedLine:
    """A line accepted in part."""
    body = acts.ReceivedLine(
        line=line, opinion="partly", accepted_t=accepted_t, refused_t=refused_t, method="R4", reason_code="packing", reason="部分外壳破损"
    )
    return replace(body, **changes)


def reported(at: str) -> dict[str, acts.Report]:
    """Both duties of Art. 18.2 done."""
    return {"reported_to_authority": acts.Report(at=at, ref="津环告〔2026〕11号（虚构）"), "notified_generator": acts.Report(at=at)}


def codes(entry: Entry) -> set[str]:
    """Tags and alerts of an entry: ``TAG`` and ``H:ALERT``."""
    decision = entry.admission.decision
    return {tag[0] for tag in decision.tags} | {f"{level}:{code}" for level, code in decision.alerts}


def tonnes(mass_g: int) -> str:
    """Grams as the wire writes them."""
    return format_mass(mass_g)
