"""Log and second reader on the same entries of one running log, where the two once parted (kinds §0, §1.5, §1.7, §3)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.admission.entry import Entry
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from signing.possession import register
from signing.refusal import Refusal
from tests.manifests.bodies import CARRIER, START, a_departure, a_line, an_issue, labels
from tests.vectors.second_reader import audit
from tests.whitelist.acts import application, applied, decision, grant
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, key_of, uscc
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_usage import PermitUsage
from whitelist.adopted import data_files
from whitelist.fields import Place
from whitelist.transfer import PaperDecision

RECEIVER, GENERATOR, STRANGER = uscc("500116", 7), uscc("500116", 8), uscc("440112", 9)
PLACE = Place(division="500116", address="工业园1号（虚构）")
ABROAD = Place(division="440112", address="工业园9号（虚构）")


def ulid(serial: int) -> str:
    return f"01JZ{serial:022}"


PERMIT = f"permit/{RECEIVER}/{ulid(1)}"


class Both:
    """A log with a receiver and its permit; what it admits, the second reader has to take without a word."""

    def __init__(self, **permit: Any) -> None:
        self.log = Workbench([WHITELIST, MANIFESTS], {file.name: (file.version, file.path.read_bytes()) for file in data_files()}, START)
        for party in (RECEIVER, GENERATOR, CARRIER, STRANGER):
            body = {"name": "单位（虚构）", "keys": [register(key_of(party), self.log.found, party)]}
            authority = AUTHORITY_51 if party[2:4] == "51" else AUTHORITY_50
            self.log.post("party.register/1", f"party/{party}", (authority,), body)
        self.log.post("permit.grant/1", PERMIT, (AUTHORITY_50,), grant(**permit))

    def post(self, kind: str, chain: str, by: tuple[str, ...], body: object, **changes: Any) -> Entry:
        entry = self.log.post(f"{kind}/1", chain, by, body, **changes)
        assert self.findings() == []
        return entry

    def findings(self) -> list[str]:
        reader = audit.Log(lambda name: self.log.data.get(f"data/{name}"))
        for entry in self.log.entries:
            reader.add(entry.raw)
        return [f"{finding['index']} {finding['code']} {finding['field']} {finding['found']}" for finding in reader.findings]

    def refused(self, kind: str, chain: str, by: tuple[str, ...], body: object, **changes: Any) -> set[str]:
        with pytest.raises(Refusal) as caught:
            self.log.post(f"{kind}/1", chain, by, body, **changes)
        return set(caught.value.codes)

    def issue(self, serial: int, generator: str = GENERATOR, **changes: Any) -> tuple[str, acts.Trunk]:
        chain, lines = f"manifest/{generator}/{ulid(serial)}", (a_line(decision_line=None, mass_t="1"),)
        body = an_issue(receiver=RECEIVER, permit=PERMIT, approval=None, lines=lines, origin=PLACE, destination=PLACE)
        entry = self.log.post("manifest.issue/1", chain, (generator,), replace(body, **changes))
        return chain, acts.Trunk(seq=0, hash=entry.statement.hash)


def test_a_permit_at_a_withdrawn_division_is_renewed_at_its_successor() -> None:
    both = Both(division="500112")
    both.post("permit.grant", f"permit/{RECEIVER}/{ulid(2)}", (AUTHORITY_50,), grant(division="500157", renews=PERMIT))


def test_who_signs_for_the_authority_states_its_own_use_all_the_same() -> None:
    both = Both()
    both.post("delegation.grant", f"party/{AUTHORITY_50}", (AUTHORITY_50,), {"delegate": RECEIVER, "kinds": ["permit.usage"]})
    both.post("permit.usage", PERMIT, (RECEIVER,), PermitUsage(month="2026-08", received_t="100", source="台账"))
    lower = PermitUsage(month="2026-08", received_t="1", source="台账")
    assert both.refused("permit.usage", PERMIT, (RECEIVER,), lower, principal=AUTHORITY_50) == {"SIGNER_ROLE", "USAGE_MONTH"}
    both.post("permit.usage", PERMIT, (AUTHORITY_50,), lower)


def test_a_number_for_an_origin_without_authority() -> None:
    """By the generator without a word, by an authority as a stand-in, never by that of the destination."""
    both = Both()
    paper = PaperDecision(
        no="粤环准〔2026〕1号（虚构）", authority="广东省生态环境厅（虚构）", decided_on="2026-01-01", valid_to="2026-12-31"
    )
    chain, trunk = both.issue(1, STRANGER, type="in_transfer", origin=ABROAD, decision=paper, plan=None)
    case, number = chain.replace("manifest/", "case/"), acts.CaseNumber(trunk=trunk, number="20264401000001")
    provincial = acts.CaseNumber(trunk=trunk, provincial_number="粤2026-1")
    assert both.refused("case.number", f"{case}/{ulid(1)}", (AUTHORITY_50,), number) == {"SIGNER_ROLE"}
    assert both.post("case.number", f"{case}/{ulid(2)}", (STRANGER,), number).admission.decision.tags == ()
    assert both.post("case.number", f"{case}/{ulid(3)}", (AUTHORITY_51,), provincial).admission.decision.tags == (("FOREIGN",),)


def test_the_origins_authority_numbers_what_a_closed_generator_issued() -> None:
    """It holds the role itself and stands in for nobody."""
    both = Both()
    chain, trunk = both.issue(1)
    both.post("party.amend", f"party/{GENERATOR}", (AUTHORITY_50,), {"closed_on": "2026-11-01", "reason": "注销（虚构）"})
    number = acts.CaseNumber(trunk=trunk, provincial_number="渝2026-1")
    entry = both.post("case.number", f"{chain.replace('manifest/', 'case/')}/{ulid(1)}", (AUTHORITY_50,), number)
    assert entry.admission.decision.tags == ()


def test_the_destination_is_that_of_the_application_wherever_the_facility_moves() -> None:
    both = Both()
    county = uscc("500116", 1)
    body: dict[str, Any] = {"uscc": county, "name": "江津区生态环境局（虚构）", "regions": ["500116"]}
    body["keys"] = [register(key_of(county), both.log.found, county)]
    both.post("authority.admit", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), body)
    sender = uscc("510112", 3)
    both.log.register(sender)
    body_of_it = application(applied(listing=None), receiver=RECEIVER, permit=PERMIT)
    chain = f"approval/{sender}/{ulid(1)}"
    both.post("approval.apply", chain, (sender,), body_of_it)
    both.post("approval.consult", chain, (AUTHORITY_51,), ApprovalConsult(letter_no="1", letter_date="2026-11-05"))
    both.post("permit.amend", PERMIT, (county,), PermitAmend(reason="迁建（虚构）", division="500115"))
    both.post("approval.reply", chain, (county,), ApprovalReply(letter_no="2", letter_date="2026-11-05", agree=True))


def test_a_consent_that_falls_on_another_hand_or_on_the_proposer_himself_is_given() -> None:
    """Kinds §1.7: only who consents in another's name to his own proposal is one hand; the refusals are among the vectors."""
    both = Both()
    sender, stranger, nation = uscc("510112", 3), uscc("510112", 4), uscc("110101", 5)
    for party in (sender, stranger):
        both.log.register(party)
    body: dict[str, Any] = {"uscc": nation, "name": "某管理局（虚构）", "regions": ["500116", "510112"]}
    body["keys"] = [register(key_of(nation), both.log.found, nation)]
    both.post("authority.admit", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), body)
    for authority, kinds in ((AUTHORITY_51, ["approval.consult"]), (AUTHORITY_50, ["approval.reply"])):
        both.post("delegation.grant", f"party/{authority}", (authority,), {"delegate": stranger, "kinds": kinds})
    asked, given = (
        ApprovalConsult(letter_no="1", letter_date="2026-11-05"),
        ApprovalReply(letter_no="2", letter_date="2026-11-05", agree=True),
    )

    def applied_for(serial: int) -> str:
        chain = f"approval/{sender}/{ulid(serial)}"
        both.post("approval.apply", chain, (sender,), application(applied(listing=None), receiver=RECEIVER, permit=PERMIT))
        return chain

    for asks, answers in (((stranger, AUTHORITY_51), (AUTHORITY_50, None)), ((AUTHORITY_51, None), (stranger, AUTHORITY_50))):
        chain = applied_for(10 + both.log.entries[-1].index)
        both.post("approval.consult", chain, asks[:1], asked, principal=asks[1])
        both.post("approval.reply", chain, answers[:1], given, principal=answers[1])
        both.post("approval.decide", chain, (AUTHORITY_51,), decision())
    chain = applied_for(99)
    both.post("approval.consult", chain, (nation,), asked)
    both.post("approval.reply", chain, (nation,), given)
    both.post("approval.decide", chain, (nation,), decision())


def test_a_waybill_remembers_its_newest_32_uses() -> None:
    both = Both()
    used = []
    for serial in range(1, 36):
        chain, _ = both.issue(serial, trip_id="first" if serial == 1 else "round")
        scanned = tuple(f"{label[:-3]}{serial * 14 + place:03}" for place, label in enumerate(labels(unit=GENERATOR)))
        gate = acts.Gate(labels=scanned, checks=a_departure().gate.checks)
        truck = replace(a_departure().vehicle, plate=f"渝D{serial:05}")
        departed = a_departure(waybill_no="W-1", gate=gate, vehicle=truck, place=PLACE)
        entry = both.log.post("manifest.depart/1", chain, (GENERATOR, CARRIER), departed)
        used.append(("M", "WAYBILL_USED") in entry.admission.decision.alerts)
    assert used == [False, *[True] * 32, False, False]
    assert both.findings() == []
