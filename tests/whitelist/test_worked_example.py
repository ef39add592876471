"""The worked example of the law note (§7.8) and its negative twins, from permit to settlement. All firms are fictitious."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.whitelist.acts import add_list, application, applied, decision, grant, line, place, row, transfer, with_permit
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_rows import Row
from whitelist.approval import ListingRef
from whitelist.fields import PermitItem, Scope
from whitelist.quota import q1_account, q2_account, q3_account
from whitelist.transfer import ExemptionClaim

T = 1_000_000
ROW = 7
Q1, Q2, Q3 = q1_account(LIST, ROW), q2_account(APPROVAL, 0), q3_account(PERMIT)


OTHERS = tuple(PermitItem(category=f"HW{number:02d}", scope="ALL", methods=("R4",)) for number in range(1, ROW + 1))


def other_rows() -> list[Row]:
    """Rows 0 to 6 of the list, of no matter here."""
    return [row(quota_t="1", waste=Scope(category=item.category, scope="ALL")) for item in OTHERS]


def earlier(log: Log, number: int, mass_t: str) -> str:
    """An earlier decision of the year on the same row, of another application."""
    chain = f"approval/{GENERATOR}/{ulid(100 + number)}"
    body = application(applied(mass_t=mass_t, listing=ListingRef(list=LIST, row=ROW)))
    log.post("approval.apply/1", chain, body, GENERATOR)
    log.post("approval.decide/1", chain, decision(no=f"earlier {number}", lines=(DecidedLine(line=0, mass_t=mass_t),)), SICHUAN)
    return chain


def story() -> Log:
    """The log on 2026-11-05 08:30: quota 60,000 t, 41,210.4 t committed by decisions, the approval of 3,000 t with 2,890 t issued."""
    log = with_permit(items=(*grant().items, *OTHERS))
    add_list(log, *other_rows(), row())
    earlier(log, 0, "38210.400000")
    log.post("approval.apply/1", APPROVAL, application(applied(listing=ListingRef(list=LIST, row=ROW))), GENERATOR)
    log.at("2026-02-09 17:00")
    admission = log.post("approval.decide/1", APPROVAL, decision(), SICHUAN)
    assert admission.decision.route == "LISTED"
    log.at("2026-06-01 09:00")
    assert log.issue(transfer(line(mass_t="2890.000000"), number=None)).reasons == ()
    log.at("2026-11-05 08:30")
    return log


def test_the_first_load_of_5_6_t_is_issued_and_settled_with_5_548_t() -> None:
    log = story()
    assert (log.used(Q1), log.used(Q2)) == (41_210_400_000, 2_890 * T)
    answer = log.issue(transfer())
    assert (answer.route, answer.reasons, answer.alerts, answer.tags) == ("LISTED", (), (), (("PLAN_OFF_LOG",),))
    assert answer.listings == ((LIST, ROW),)
    assert answer.left_g == {Q1: 60_000 * T - 41_210_400_000, Q2: 110 * T, Q3: (60_000 - 2_890) * T}
    assert (log.used(Q2), log.used(Q3), log.used(Q1)) == (2_895_600_000, 2_895_600_000, 41_210_400_000)
    log.at("2026-11-05 14:30")
    log.book({Q2: -52_000, Q3: -52_000}, ((2026, 5_548_000),))
    assert (log.used(Q2), log.used(Q3)) == (2_895_548_000, 2_895_548_000)


def test_twin_a_a_second_load_of_110_t_exceeds_the_decision() -> None:
    log = story()
    log.issue(transfer())
    log.book({Q2: -52_000, Q3: -52_000}, ((2026, 5_548_000),))
    log.at("2026-11-06 09:00")
    answer = log.issue(transfer(line(mass_t="110.0"), number="20265101000124"))
    (reason,) = answer.reasons
    assert (reason.code, reason.field) == ("APPROVAL_QUOTA", "body.lines.0.mass_t")
    assert (reason.found, reason.expected) == ("2895.548000 + 110.000000 t", "≤ 3000.000000 t")
    assert log.used(Q2) == 2_895_548_000
    assert log.issue(transfer(line(mass_t="104.452000"), number="20265101000124")).reasons == ()


def test_twin_c_oil_from_chongqing_needs_a_list_of_its_own_direction_and_a_number_of_its_own() -> None:
    log = Log("2026-01-05 09:00")
    permit = f"permit/{GENERATOR}/{ulid(5)}"
    oil = PermitItem(category="HW08", scope="INCLUDE", codes=("900-220-08",), methods=("R9",))
    log.post("permit.grant/1", permit, grant(no="川环危第510112001号", division="510112", items=(oil,)), SICHUAN)
    oil_row = row(receiver=GENERATOR, permit=permit, waste=Scope(category="HW08", scope="INCLUDE", codes=("900-220-08",)), methods=("R9",))
    add_list(log, oil_row)
    approval = f"approval/{OTHER_RECEIVER}/{ulid(6)}"
    wanted = applied(name="废变压器油", code="900-220-08", category="HW08", hazards=("T", "I"), method="R9", mass_t="20")
    body = application(wanted, receiver=GENERATOR, permit=permit, origin=place("500115"))
    log.post("approval.apply/1", approval, body, OTHER_RECEIVER)
    granted = decision(lines=(DecidedLine(line=0, mass_t="20"),), no="渝环审批〔2026〕2号")
    with pytest.raises(Refusing) as refused:
        log.post("approval.decide/1", approval, granted, CHONGQING)
    assert refused.value.codes == ["WL_DIRECTION"], "a list of the other way"

    back = "list/2026-50-51-cy"
    add_list(log, oil_row, chain=back, sides=(CHONGQING, SICHUAN))
    second = f"approval/{OTHER_RECEIVER}/{ulid(7)}"
    listed = replace(body, lines=(replace(wanted, listing=ListingRef(list=back, row=0)),))
    log.post("approval.apply/1", second, listed, OTHER_RECEIVER)
    assert log.post("approval.decide/1", second, granted, CHONGQING).decision.route == "LISTED"

    load = transfer(
        line(name="废变压器油", code="900-220-08", category="HW08", hazards=("T", "I"), form="L", packing="tank", method="R9"),
        generator=OTHER_RECEIVER,
        origin="500115",
        receiver=GENERATOR,
        destination="510112",
        permit=permit,
        approval=second,
    )
    assert [reason.code for reason in log.ask(load).reasons] == ["NO_ORIGIN"]
    assert log.ask(replace(load, number="20265001000001")).reasons == ()


def test_twin_d_an_exemption_for_fly_ash_waives_neither_approval_nor_manifest() -> None:
    log = Log("2026-11-05 08:30")
    kiln = PermitItem(category="HW18", scope="INCLUDE", codes=("772-002-18",), methods=("C1",))
    log.post("permit.grant/1", PERMIT, grant(items=(kiln,)), CHONGQING)
    ash = line(
        name="生活垃圾焚烧飞灰",
        code="772-002-18",
        category="HW18",
        hazards=("T",),
        method="C1",
        packing="bag",
        exemptions=(ExemptionClaim(edition=2025, item=12),),
        decision_line=None,
    )
    load = transfer(ash, generator="915117000000FX061Q", origin="511702", number="20265117000001", approval=None)
    answer = log.ask(load)
    assert answer.tags == (("EXEMPT_DISPOSAL",), ("EXEMPT_TRANSPORT",), ("PLAN_OFF_LOG",))
    assert [reason.code for reason in answer.reasons] == ["NO_APPROVAL"]
    assert load.receiver == RECEIVER
