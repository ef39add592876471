"""The worked example of the law note (§7.8), whole: from permit and list to the closed manifest, and the audit of it all.

Goal: one real life of a manifest between provinces through nothing but signed statements. Method: the workbench admits them with real keys;
the export is audited at the end, so every decision is recomputed from the entries. All firms are fictitious.
"""

from __future__ import annotations

import pytest

from ledger.auditing.audit import audit
from ledger.model import chain_key
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from manifests.model import ManifestState, Stage
from signing.refusal import Refusal
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    NUMBER,
    ORIGIN,
    PARTIES,
    PERMIT,
    RECEIVER,
    TRUCK,
    WASTE_NAME,
    a_line,
    accepted,
    an_issue,
    codes,
    labels,
)
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.acts.permit_status import PermitChange
from whitelist.adopted import data_files
from whitelist.approval import ListingRef
from whitelist.fields import PermitItem, Scope
from whitelist.listing import rows_hash

LIST = "list/2026-51-50-cy"
ROW = 7
EARLIER_APPROVAL = f"approval/{GENERATOR}/01K9000000000000000000APR2"
EARLIER = f"manifest/{GENERATOR}/01K9000000000000000000MAN0"
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
Q1, Q2, Q3 = f"Q1 {LIST} {ROW}", f"Q2 {APPROVAL} 0", f"Q3 {PERMIT}"
OTHERS = tuple(f"HW{number:02d}" for number in range(1, ROW + 1))
"""Categories of the rows before the story's own."""
LEAD = Scope(category="HW31", scope="INCLUDE", codes=("900-052-31",))


class Example(Workbench):
    """The log of the example, up to the morning of 2026-11-05."""

    def __init__(self) -> None:
        files = {file.name: (file.version, file.path.read_bytes()) for file in data_files()}
        super().__init__([WHITELIST, MANIFESTS], files, at_s=parse_at("2026-01-05T09:00:00+08:00"))
        for party, name in PARTIES.items():
            self.register(party, name)
        self.grant_permit()
        self.agree_on_list()
        self.decide(EARLIER_APPROVAL, "38210.400000", "川环危转〔2026〕2号（虚构）")
        self.at("2026-02-02T09:00:00+08:00")
        self.decide(APPROVAL, "3000.000000", "川环危转〔2026〕15号（虚构）", decided_at="2026-02-09T17:00:00+08:00")
        self.spend("2890.000000")
        self.at("2026-11-05T08:30:00+08:00")

    def at(self, text: str) -> None:
        """Set the clock forward."""
        self.at_s = max(self.at_s, parse_at(text))

    def grant_permit(self) -> None:
        item = PermitItem(category="HW31", scope="INCLUDE", codes=("900-052-31",), methods=("R4",))
        body = PermitGrant(
            no="CQ5001160043",
            permit_class="permit",
            valid_from="2022-07-01",
            valid_to="2027-06-30",
            division="500116",
            address=DESTINATION.address,
            items=(item, *(PermitItem(category=category, scope="ALL", methods=("R4",)) for category in OTHERS)),
            scale_t="60000",
        )
        self.post("permit.grant/1", PERMIT, (AUTHORITY_50,), body)

    def agree_on_list(self) -> None:
        wastes = [*(Scope(category=category, scope="ALL") for category in OTHERS), LEAD]
        rows = tuple(
            Row(receiver=RECEIVER, permit=PERMIT, waste=waste, methods=("R4",), quota_t="60000" if waste == LEAD else "1")
            for waste in wastes
        )
        terms = ListPropose(
            letter_no="川环函〔2025〕900号（虚构）",
            letter_date="2025-12-20",
            effective_from="2026-01-01",
            effective_to="2026-12-31",
            kind="mutual",
            suspension_stops="issue",
            rows=len(rows),
            pages=1,
        )
        self.post("list.propose/1", LIST, (AUTHORITY_51,), terms)
        self.post("list.rows/1", LIST, (AUTHORITY_51,), ListRows(page=0, rows=rows))
        listed = [row.listed(PERMIT) for row in rows]
        consent = ListCountersign(rows_hash=rows_hash(listed), letter_no="渝环函〔2025〕77号（虚构）", letter_date="2025-12-28")
        self.post("list.countersign/1", LIST, (AUTHORITY_50,), consent)

    def decide(self, chain: str, mass_t: str, no: str, decided_at: str = "") -> None:
        line = ApplicationLine(
            name=WASTE_NAME,
            code="900-052-31",
            category="HW31",
            hazards=("T", "C"),
            mass_t=mass_t,
            method="R4",
            listing=ListingRef(list=LIST, row=ROW),
        )
        body = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
        self.post("approval.apply/1", chain, (GENERATOR,), body)
        if decided_at:
            self.at(decided_at)
        granted = (DecidedLine(line=0, mass_t=mass_t),)
        decision = ApprovalDecide(approve=True, no=no, valid_to="2026-12-31", lines=granted)
        assert self.post("approval.decide/1", chain, (AUTHORITY_51,), decision).admission.decision.route == "LISTED"

    def spend(self, mass_t: str) -> None:
        """An earlier life, in one piece, that used 2,890 t of the decision."""
        self.post("manifest.issue/1", EARLIER, (GENERATOR,), an_issue(lines=(a_line(mass_t=mass_t),), mode="rail"))
        gate = acts.Gate(labels=labels(day="20260209"), checks=("carrier", "vehicle", "crew", "labels"))
        train = acts.Vehicle(kind="train", plate="X8123", licence_no="铁危8123")
        body = acts.Depart(vehicle=train, waybill_no="R1", gate=gate, place=ORIGIN)
        self.post("manifest.depart/1", EARLIER, (GENERATOR, CARRIER), body)
        self.post("manifest.arrive/1", EARLIER, (CARRIER,), acts.Arrive(place=DESTINATION))
        self.post("manifest.receive/1", EARLIER, (RECEIVER,), self.receipt(accepted(0, mass_t)))

    def receipt(self, *lines: acts.ReceivedLine, tickets: tuple[acts.Ticket, ...] = ()) -> acts.Receive:
        return acts.Receive(accepted_at=format_at(self.at_s), lines=lines, weighing=acts.Weighing(method="weighbridge", tickets=tickets))

    def used_g(self, account: str) -> int:
        return self.facts.used_g(account)

    def manifest(self) -> ManifestState:
        state = self.facts.values[chain_key(MANIFEST)].state
        assert isinstance(state, ManifestState)
        return state

    def issue(self) -> None:
        entry = self.post("manifest.issue/1", MANIFEST, (GENERATOR,), an_issue(number=NUMBER))
        assert (entry.admission.decision.route, codes(entry)) == ("LISTED", {"PLAN_OFF_LOG"})

    def depart(self) -> None:
        """09:10 loaded with 14 labels, 09:40 under way."""
        checks = ("carrier", "vehicle", "crew", "labels", "intact")
        gate = acts.Gate(labels=labels(14), checks=checks)
        loaded = (acts.LoadedLine(line=0, mass_t="5.600000"),)
        body = acts.Depart(vehicle=TRUCK, waybill_no="510100202611050001", gate=gate, loaded=loaded, place=ORIGIN)
        self.at("2026-11-05T09:40:00+08:00")
        self.post("manifest.depart/1", MANIFEST, (GENERATOR, CARRIER), body)

    def deliver(self) -> None:
        self.at("2026-11-05T13:55:00+08:00")
        self.post("manifest.arrive/1", MANIFEST, (CARRIER,), acts.Arrive(place=DESTINATION))
        self.at("2026-11-05T14:30:00+08:00")
        slip = acts.Ticket(no="JJ-20261105-7", scale="江津1号地磅", gross_t="15.648000", tare_t="10.100000", net_t="5.548000")
        entry = self.post("manifest.receive/1", MANIFEST, (RECEIVER,), self.receipt(accepted(0, "5.548000"), tickets=(slip,)))
        assert codes(entry) == set(), "0.052 t is 0.93 %: no difference"


@pytest.fixture
def example() -> Example:
    return Example()


def test_the_morning_begins_with_the_figures_of_the_note(example: Example) -> None:
    assert (example.used_g(Q1), example.used_g(Q2)) == (41_210_400_000, 2_890_000_000)


def test_the_whole_life_settles_exactly_and_is_audited(example: Example) -> None:
    example.issue()
    assert (example.used_g(Q2), example.used_g(Q3)) == (2_895_600_000, 2_895_600_000)
    assert example.manifest().lines[0].listing == (LIST, ROW)
    example.depart()
    example.deliver()
    assert (example.used_g(Q2), example.used_g(Q3)) == (2_895_548_000, 2_895_548_000)
    assert example.used_g(Q1) == 41_210_400_000, "the listing is committed by decisions, not by manifests"
    assert example.manifest().stage is Stage.ACCEPTED
    fate = acts.DisposedLine(line=0, method="R4", mass_t="5.548")
    example.at("2026-11-20T10:00:00+08:00")
    example.post("manifest.dispose/1", MANIFEST, (RECEIVER,), acts.Dispose(fates=(fate,)))
    example.post("manifest.verify/1", MANIFEST, (GENERATOR,), acts.Verify())
    state = example.manifest()
    assert (state.stage, state.number, state.lines[0].stock_g) == (Stage.CLOSED, NUMBER, 0)
    report = audit(example.export().get, example.kinds, archived=iter([len(example.entries)]))
    assert report.findings == []
    assert report.size == len(example.entries)


def test_twin_a_a_second_load_of_110_t_is_refused(example: Example) -> None:
    example.issue()
    example.depart()
    example.deliver()
    example.at("2026-11-06T09:00:00+08:00")
    with pytest.raises(Refusal) as refusal:
        example.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue(lines=(a_line(mass_t="110.0"),)))
    assert refusal.value.codes == ["APPROVAL_QUOTA"]
    example.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue(lines=(a_line(mass_t="104.452"),)))
    assert example.used_g(Q2) == 3_000_000_000


def test_twin_b_a_load_under_way_goes_on_when_the_receiver_is_suspended(example: Example) -> None:
    example.issue()
    example.depart()
    example.post("permit.suspend/1", PERMIT, (AUTHORITY_50,), PermitChange(reason="严重环境违法，暂停接收（虚构）"))
    with pytest.raises(Refusal) as refusal:
        example.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue())
    assert refusal.value.codes == ["PERMIT_STATUS"]
    example.at("2026-11-05T13:55:00+08:00")
    example.post("manifest.arrive/1", MANIFEST, (CARRIER,), acts.Arrive(place=DESTINATION))
    entry = example.post("manifest.receive/1", MANIFEST, (RECEIVER,), example.receipt(accepted(0, "5.548000")))
    assert codes(entry) == {"H:PERMIT_STATUS"}
