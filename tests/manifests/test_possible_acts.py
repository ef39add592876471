"""What a party may do, case by case: what blocks it and who lifts that, what is filled in, what is asked for and nothing beside."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from ledger.admission.kind_table import DataSets
from liandan.wiring import KINDS
from manifests.possible.answers import possible_answer
from manifests.possible.judging import PossibleAct
from manifests.possible.preparing import ReportThread
from tests.manifests.amending import propose
from tests.manifests.asked_before import asked_before
from tests.manifests.asking import codes_of, filled_in, ground_of, possible, submit_possible
from tests.manifests.driver import (
    APPROVAL,
    BACK,
    CARRIER,
    GENERATOR,
    MANIFEST,
    PERMIT,
    RECEIVER,
    STRANGER,
    Driver,
    approval,
    permit,
    signing_key,
)
from tests.manifests.test_case_hands import closed, delegated
from tests.manifests.test_case_hold import held, release
from tests.manifests.test_lots import ONWARD, collected, issue, lot
from tests.manifests.test_machine import REACH
from tests.vectors.second_reader import VECTORS, audit
from tests.workbench import AUTHORITY_50, AUTHORITY_51

LOG = VECTORS / "log"


def offered(log: Driver, party: str, **asked: Any) -> dict[str, PossibleAct]:
    """By kind; of several of a kind the last."""
    return {one.prepared.kind: one for one in possible(log, party, **asked)}


def open_kinds(log: Driver, party: str) -> set[str]:
    return {kind for kind, one in offered(log, party).items() if not one.blockers}


def told(log: Driver, one: PossibleAct, language: Any = "zh") -> Any:
    return possible_answer(one, ground_of(log).facts, log.bench.kinds, language, is_owed=False)


def test_a_held_load_is_shown_as_blocked_with_who_lifts_it() -> None:
    log = Driver()
    log.issue()
    held(log)
    depart = offered(log, GENERATOR)["manifest.depart/1"]
    assert codes_of(depart) == {"HELD"}
    answer = told(log, depart)
    [blocker] = answer.blockers
    assert (answer.state, blocker.code, blocker.lifted_by) == ("blocked", "HELD", "实施暂扣的主管部门")
    assert "车辆泄漏待查" in blocker.message
    assert "case.release" in blocker.what_to_do
    assert "manifest.void/1" in open_kinds(log, GENERATOR)
    assert "case.release/1" in open_kinds(log, AUTHORITY_51)
    assert "case.release/1" not in offered(log, AUTHORITY_50)
    release(log)
    assert "manifest.depart/1" in open_kinds(log, GENERATOR)
    assert "case.release/1" not in offered(log, AUTHORITY_51)


@pytest.mark.parametrize(
    ("chain", "state", "code"),
    [
        (PERMIT, replace(permit(), valid_to="2026-11-04"), "PERMIT_DATE"),
        (APPROVAL, replace(approval(), lines=(replace(approval().lines[0], valid_to="2026-11-04"),)), "APPROVAL_EXPIRED"),
        (APPROVAL, approval("1"), "APPROVAL_QUOTA"),
    ],
)
def test_the_gate_of_the_departure_is_asked_before_anybody_loads(chain: str, state: object, code: str) -> None:
    log = Driver()
    log.issue()
    log.lay(chain, state)
    assert codes_of(offered(log, CARRIER)["manifest.depart/1"]) == {code}


def test_what_was_refused_is_sent_home_as_it_is_filled_in() -> None:
    log = Driver()
    REACH["rejected"](log)  # type: ignore[index]  # a stage by its name
    found = offered(log, GENERATOR)
    assert codes_of(found["manifest.verify/1"]) == {"RETURN_OPEN"}
    back = told(log, found["manifest.issue/1"])
    assert back.text == "开具退回联单（或者改送）"
    assert back.known["returns"] == {"manifest": MANIFEST, "how": "back", "lines": (0,)}
    assert (back.chain, back.prev) == (f"manifest/{GENERATOR}/<ULID>", "")
    assert not submit_possible(log, found["manifest.issue/1"], found["manifest.issue/1"].statement.body)
    assert "manifest.issue/1" not in offered(log, GENERATOR)  # all of it is spoken for
    assert codes_of(offered(log, GENERATOR)["manifest.verify/1"]) == {"RETURN_OPEN"}


def test_a_return_is_received_whole() -> None:
    log = Driver()
    REACH["rejected"](log)  # type: ignore[index]  # a stage by its name
    log.send_back()
    receive = {one.prepared.kind: one for one in possible(log, GENERATOR, BACK)}["manifest.receive/1"]
    assert "lines.*.opinion" not in receive.prepared.asked
    assert receive.prepared.body.lines[0].opinion == "accept"


def test_what_went_on_by_another_manifest_is_filled_in_as_its_fate() -> None:
    log = collected()
    issue(log, lot("2"))
    dispose = offered(log, RECEIVER)["manifest.dispose/1"]
    assert [(fate.onward, fate.mass_t) for fate in dispose.prepared.body.fates] == [(ONWARD, "2.000000"), (None, "3.600000")]
    assert not submit_possible(log, dispose, dispose.statement.body)


def test_a_correction_waits_for_those_who_are_asked() -> None:
    log = Driver()
    REACH["accepted"](log)  # type: ignore[index]  # a stage by its name
    propose(log, RECEIVER, ("received.0.accepted_t", '"5.600000"', '"5.500000"'))
    consent = offered(log, GENERATOR)["case.amend_consent/1"]
    assert told(log, consent).about == "接受第 1 项接受量（吨）"
    assert {"case.amend_consent/1", "case.amend_refuse/1"} <= open_kinds(log, AUTHORITY_50)
    assert not {"case.amend_consent/1", "case.amend_refuse/1"} & offered(log, CARRIER).keys()
    assert "case.amend_consent/1" not in offered(log, RECEIVER)
    assert "case.amend_refuse/1" in open_kinds(log, RECEIVER)  # who proposed takes it back
    paths = offered(log, RECEIVER)["case.amend_propose/1"].prepared.choices["changes.*.path"]
    assert "received.0.accepted_t" not in paths
    assert "received.0.refused_t" in paths


def test_a_party_that_has_opened_as_many_cases_as_it_may_is_told_so() -> None:
    log = Driver()
    log.issue()
    for number in range(16):
        report = offered(log, CARRIER)["case.report/1"]
        assert not report.blockers, number
        assert not submit_possible(log, report, report.statement.body)
    assert codes_of(offered(log, CARRIER)["case.report/1"]) == {"CASES_FULL"}
    first = log.entries[1].statement
    thread = ReportThread(first.chain, CARRIER, first.at_s)
    new, old = (one for one in possible(log, CARRIER, threads=(thread,)) if one.prepared.kind == "case.report/1")
    assert (codes_of(new), codes_of(old), old.statement.seq) == ({"CASES_FULL"}, set(), 1)
    assert not submit_possible(log, old, old.statement.body)
    assert not offered(log, GENERATOR)["case.report/1"].blockers


def test_a_key_for_some_kinds_is_told_what_it_does_not_sign() -> None:
    log = Driver()
    log.to_in_transit()
    keyid = signing_key(CARRIER).keyid
    record = log.value(f"key:{keyid}")
    log.stored[f"key:{keyid}"] = log.bench.kinds.encode(replace(record, kinds=("manifest.arrive",)))
    found = offered(log, CARRIER, keyid=keyid)
    assert codes_of(found["manifest.arrive/1"]) == set()
    assert codes_of(found["manifest.stop/1"]) == {"KEY_SCOPE"}
    assert told(log, found["manifest.stop/1"]).state == "blocked"


def test_a_delegate_is_told_what_it_signs_for_another() -> None:
    log = Driver()
    REACH["disposed"](log)  # type: ignore[index]  # a stage by its name
    delegated(log, GENERATOR, STRANGER, "manifest.verify")
    found = offered(log, GENERATOR, signer=STRANGER)
    assert list(found) == ["manifest.verify/1"]
    verify = found["manifest.verify/1"]
    assert (told(log, verify).principal, verify.statement.by) == (GENERATOR, (STRANGER,))
    assert not submit_possible(log, verify, verify.statement.body)


def test_in_the_place_of_a_closed_firm_its_authority_may_act() -> None:
    log = Driver()
    REACH["accepted"](log)  # type: ignore[index]  # a stage by its name
    assert "manifest.dispose/1" not in offered(log, AUTHORITY_50)
    closed(log, RECEIVER)
    dispose = offered(log, AUTHORITY_50)["manifest.dispose/1"]
    assert not dispose.blockers
    assert not submit_possible(log, dispose, dispose.statement.body)


def test_signatures_that_are_needed() -> None:
    log = Driver()
    log.issue()
    signers = [(signer.role, signer.parties, signer.is_you) for signer in told(log, offered(log, GENERATOR)["manifest.depart/1"]).signers]
    assert signers == [("consignor", (GENERATOR,), True), ("carrier", (CARRIER,), False)]
    assert not offered(log, GENERATOR)["manifest.depart/1"].alone
    assert offered(log, CARRIER)["manifest.depart/1"].alone  # nobody waits for a consignor that does not sign
    assert offered(log, STRANGER) == {}


@pytest.mark.parametrize("stage", ["issued", "in_transit", "arrived", "accepted", "partly_accepted", "rejected", "disposed"])
def test_every_field_that_is_asked_for_is_needed(stage: Any) -> None:
    """Without it the act is refused, at the door or by a rule."""
    log = Driver()
    REACH[stage](log)
    tried = 0
    for party in (GENERATOR, RECEIVER, CARRIER, AUTHORITY_51, AUTHORITY_50):
        for one in possible(log, party):
            body = filled_in(log, one)
            for path in one.prepared.asked if body is not None and not one.blockers else ():
                assert refused_without(log, one, body, path), (one.prepared.kind, path)
                tried += 1
    assert tried


def refused_without(log: Driver, one: PossibleAct, body: Any, path: str) -> bool:
    fields = msgspec.to_builtins(body)
    *way, last = path.split(".")
    holders = [fields]
    for name in way:
        holders = [item for holder in holders for item in holder] if name == "*" else [holder[name] for holder in holders]
    for holder in holders:
        del holder[last]
    try:
        without = msgspec.convert(fields, type(body))
    except msgspec.ValidationError:
        return True
    before = log.index
    codes = submit_possible(log, one, without)
    assert log.index == before or not codes
    return bool(codes)


def test_every_act_of_the_small_log_had_been_offered_to_those_who_signed_it() -> None:
    """Every kind, with delegates, successors and authorities in the place of others."""
    size = audit.parse_checkpoint((LOG / "checkpoint").read_text().partition("\n\n")[0] + "\n")[1]
    count, faults = asked_before(audit.Audit(str(LOG)).entries(size), KINDS, DataSets(KINDS, lambda path: (LOG / path).read_bytes()))
    assert faults == []
    assert count > 100
