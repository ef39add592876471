"""R-65: what a receiver refuses goes back to its generator or on to another firm, on a manifest of its own, gram by gram."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.mass import format_mass, parse_mass
from manifests import acts
from manifests.model import Stage
from manifests.returned import tally
from tests.manifests.driver import (
    APPROVAL,
    BACK,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    ORIGIN,
    OTHER_TRUCK,
    PERMIT,
    Q2,
    Q3,
    RECEIVER,
    STRANGER,
    Driver,
    a_departure,
    a_gate,
    a_line,
    a_return,
    accepted,
    an_issue,
    approval,
    codes,
    labels,
    partly,
    permit,
    rejected,
)
from tests.manifests.test_case_gap import closed
from whitelist.approval import ListingRef
from whitelist.fields import Place, Return
from whitelist.rules.refused import RefusedLoad, RefusedLoads

SECOND = f"manifest/{GENERATOR}/01K9000000000000000000BAC2"
OTHER = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
WAITING = f"refused:{GENERATOR} {RECEIVER}"
ELSEWHERE = Place(division="511702", address="达州市通川区某路2号（虚构）")
STRANGERS_PERMIT = f"permit/{STRANGER}/01K9000000000000000000PERM"


def refused(*lines: acts.ReceivedLine) -> Driver:
    """A load at the gate of which something was refused."""
    log = Driver().to_arrived()
    log.receive(*(lines or (rejected(0),)))
    return log


def why(log: Driver, body: acts.Issue, *, chain: str = BACK) -> list[tuple[str, str]]:
    """Reasons against an issue."""
    return log.reasons("manifest.issue/1", (GENERATOR,), body, chain=chain)


def redirect(mass_t: str = "5.600000", **changes: Any) -> acts.Issue:
    """To another firm, in Sichuan: for a load that came from there no other province than its own."""
    named = Return(manifest=MANIFEST, how="redirect", lines=(0,))
    way = {"receiver": STRANGER, "permit": STRANGERS_PERMIT, "destination": ELSEWHERE, "returns": named}
    return a_return(mass_t=mass_t, **{**way, **changes})


def with_stranger(log: Driver) -> Driver:
    """The firm in Dazhou may take batteries too."""
    log.lay(STRANGERS_PERMIT, replace(permit(), division=ELSEWHERE.division, root=STRANGERS_PERMIT, no="SC5117020001"))
    return log


# --- back


def test_a_rejected_load_goes_home_and_only_then_its_manifest_is_closed() -> None:
    log = refused()
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0)
    assert log.value(WAITING) == RefusedLoads((RefusedLoad(MANIFEST, 5_600_000, "2026-11-05"),))
    assert log.reasons("manifest.verify/1", (GENERATOR,), acts.Verify()) == [("RETURN_OPEN", "kind")]

    issued = log.post("manifest.issue/1", (GENERATOR,), a_return(), chain=BACK)
    assert issued.admission.decision.route == "RETURN"
    assert codes(issued) == {"L:RETURN_TRIP"}
    assert issued.admission.decision.accounts == ()
    assert MANIFEST in [chain for chain, _ in issued.admission.facts]
    assert log.refused("manifest.verify/1", (GENERATOR,), acts.Verify()) == ["RETURN_OPEN"], "issued is not departed"

    departed = log.depart(chain=BACK, place=DESTINATION, waybill_no="back")
    assert codes(departed) == set(), "its own labels, loaded by the manifest that it returns"
    assert log.value(WAITING) == RefusedLoads()
    assert codes(log.verify()) == set()
    assert log.state().stage is Stage.CLOSED_REJECTED

    log.wait(hours=3)
    log.arrive(chain=BACK, place=ORIGIN)
    home = log.post("manifest.receive/1", (GENERATOR,), log.a_receipt(), chain=BACK)
    assert codes(home) == set()
    assert home.admission.decision.accounts == ()
    assert log.state(BACK).stage is Stage.DISPOSED
    log.verify(chain=BACK)
    assert log.state(BACK).stage is Stage.CLOSED


def test_a_part_that_was_refused_goes_in_two_loads() -> None:
    log = refused(partly(0, "5", "0.6"))
    log.dispose((0, "R4", "5"))
    log.send_back("0.4")
    assert log.refused("manifest.verify/1", (GENERATOR,), acts.Verify()) == ["RETURN_OPEN"]
    assert log.value(WAITING) == RefusedLoads((RefusedLoad(MANIFEST, 200_000, "2026-11-05"),))
    log.send_back("0.2", chain=SECOND)
    assert log.verify().statement.chain == MANIFEST


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (a_return(mass_t="5.600001"), [("RETURN_LINK", "body.lines")]),
        (a_return(lines=(a_line(mass_t="3", decision_line=None),) * 2, returns=Return(manifest=MANIFEST, how="back", lines=(0, 0))),
         [("RETURN_LINK", "body.lines")]),
        (a_return(returns=Return(manifest=MANIFEST, how="back", lines=(0, 0))), [("RETURN_LINK", "body.returns.lines")]),
        (a_return(returns=Return(manifest=MANIFEST, how="back", lines=(1,))), [("LINE_UNKNOWN", "body.returns.lines.0")]),
        (a_return(OTHER), [("RETURN_LINK", "body.returns.manifest")]),
        (a_return(f"manifest/{RECEIVER}/01K9000000000000000000MAN1"), [("RETURN_LINK", "body.returns.manifest")]),
        (a_return(receiver=STRANGER), [("RETURN_LINK", "body.receiver")]),
        (a_return(permit=PERMIT), [("RETURN_LINK", "body.permit")]),
        (a_return(approval=APPROVAL), [("RETURN_LINK", "body.approval")]),
        (a_return(destination=ELSEWHERE), [("RETURN_LINK", "body.destination.division")]),
        (a_return(origin=Place(division="520103", address="贵阳市（虚构）")), [("RETURN_LINK", "body.origin.division")]),
        (a_return(lines=(a_line(form="SS", decision_line=None),)), [("RETURN_LINK", "body.lines.0.code")]),
        (a_return(lines=(a_line(code="900-041-49", category="HW49", hazards=("T",), decision_line=None),)),
         [("RETURN_LINK", "body.lines.0.code")]),
    ],
)  # fmt: skip
def test_a_return_fits_what_was_refused(body: acts.Issue, reasons: list[tuple[str, str]]) -> None:
    assert why(refused(), body) == reasons


def test_what_was_not_refused_does_not_come_back() -> None:
    log = Driver().to_arrived()
    assert why(log, a_return()) == [("RETURN_LINK", "body.returns.manifest")], "nobody has answered yet"
    log.receive(accepted(0, "5.6"))
    assert why(log, a_return()) == [("RETURN_LINK", "body.returns.manifest")]


def test_a_declined_manifest_leaves_nothing_to_return() -> None:
    log = Driver()
    log.issue()
    log.receive(rejected(0))
    assert log.value(WAITING) is None
    assert why(log, a_return()) == [("RETURN_LINK", "body.returns.manifest")]


def test_grams_are_taken_once() -> None:
    log = refused()
    log.post("manifest.issue/1", (GENERATOR,), a_return(mass_t="5.5"), chain=BACK)
    assert why(log, a_return(mass_t="0.100001"), chain=SECOND) == [("RETURN_LINK", "body.lines")]
    log.post("manifest.issue/1", (GENERATOR,), a_return(mass_t="0.1"), chain=SECOND)
    assert why(log, a_return(mass_t="0.000001"), chain=OTHER) == [("RETURN_LINK", "body.returns.manifest")]


def test_a_void_gives_them_back() -> None:
    log = refused()
    log.post("manifest.issue/1", (GENERATOR,), a_return(), chain=BACK)
    log.void(chain=BACK)
    assert log.value(WAITING) == RefusedLoads((RefusedLoad(MANIFEST, 5_600_000, "2026-11-05"),))
    assert log.refused("manifest.verify/1", (GENERATOR,), acts.Verify()) == ["RETURN_OPEN"]
    log.send_back(chain=SECOND)
    log.verify()


def test_home_is_accepted_whole_and_never_refused() -> None:
    log = refused()
    log.send_back()
    for line in (rejected(0), partly(0, "5", "0.6")):
        body = log.a_receipt(line)
        assert ("OPINION_QTY", "body.lines.0.opinion") in log.reasons("manifest.receive/1", (GENERATOR,), body, chain=BACK)


def test_a_return_that_nobody_saw_depart_has_left_all_the_same() -> None:
    """Else a forgotten signature of the carrier would keep the first manifest open for ever."""
    log = refused()
    log.post("manifest.issue/1", (GENERATOR,), a_return(), chain=BACK)
    log.wait(hours=3)
    entry = log.post("manifest.receive/1", (GENERATOR,), log.a_receipt(), chain=BACK)
    assert "NO_DEPARTURE" in codes(entry)
    assert log.value(WAITING) == RefusedLoads()
    log.verify()


# --- who refuses and keeps


def test_who_refuses_and_keeps_gets_nothing_more_and_is_freed_by_the_departure() -> None:
    log = refused()
    log.wait(days=14)  # ten working days
    log.issue(chain=OTHER)
    log.void(chain=OTHER)
    log.wait(days=1)
    assert why(log, an_issue(), chain=SECOND) == [("RETURN_OPEN", "body.receiver")]
    log.post("manifest.issue/1", (GENERATOR,), a_return(), chain=BACK)
    assert why(log, an_issue(), chain=SECOND) == [("RETURN_OPEN", "body.receiver")], "it still stands at the gate"
    log.depart(chain=BACK, place=DESTINATION, waybill_no="back")
    log.issue(chain=SECOND)


def test_another_pair_is_not_concerned() -> None:
    log = with_stranger(refused())
    log.wait(days=20)
    body = redirect(returns=None, origin=ORIGIN, plan=an_issue().plan)
    log.post("manifest.issue/1", (GENERATOR,), body, chain=OTHER)


# --- elsewhere


def test_a_part_that_was_refused_is_redirected_inside_the_province_it_came_from() -> None:
    """From the gate in Chongqing to Dazhou: the waste is Sichuan's, so no decision is needed, however many borders the truck crosses."""
    log = with_stranger(refused(partly(0, "5", "0.6")))
    entry = log.post("manifest.issue/1", (GENERATOR,), redirect("0.6"), chain=BACK)
    assert entry.admission.decision.route == "INTRA"
    assert [(row.account, row.after_g) for row in entry.admission.decision.accounts] == [(f"Q3 {STRANGERS_PERMIT}", 600_000)]
    log.depart(chain=BACK, place=DESTINATION, waybill_no="on")
    assert log.value(WAITING) == RefusedLoads()


def test_a_redirect_across_the_border_needs_a_decision_for_the_province_it_came_from() -> None:
    """Case of the law's R-65: the new receiver is next door to the gate, and still in another province than the generator."""
    near = f"permit/{STRANGER}/01K9000000000000000000NEAR"
    log = refused()
    log.lay(near, replace(permit(), division="500116", root=near))
    named = {"permit": near, "destination": replace(DESTINATION, address="江津区另一处（虚构）")}
    assert why(log, redirect(**named)) == [("NO_APPROVAL", "body.approval")]
    second = f"approval/{GENERATOR}/01K9000000000000000000APP2"
    log.lay(second, replace(approval(), receiver=STRANGER, permit=near, root=near))
    decided = {"approval": second, "lines": (a_line(),)}
    entry = log.post("manifest.issue/1", (GENERATOR,), redirect(**named, **decided), chain=BACK)
    assert entry.admission.decision.route == "APPROVED"
    assert log.used_g(f"Q2 {second} 0") == 5_600_000


def test_the_province_is_inherited_along_redirects_and_home_stays_home() -> None:
    log = with_stranger(refused())
    log.post("manifest.issue/1", (GENERATOR,), redirect(), chain=BACK)
    log.depart(chain=BACK, place=DESTINATION, waybill_no="on")
    log.wait(hours=5)
    log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=BACK)
    again = Return(manifest=BACK, how="redirect", lines=(0,))
    onward = {"returns": again, "origin": ELSEWHERE, "receiver": RECEIVER, "permit": PERMIT, "destination": DESTINATION}
    assert why(log, redirect(**onward), chain=SECOND) == [("NO_APPROVAL", "body.approval")], "its waste is Sichuan's"
    home = {"returns": Return(manifest=BACK, how="back", lines=(0,)), "origin": ELSEWHERE}
    assert why(log, a_return(destination=DESTINATION, **home), chain=SECOND) == [("RETURN_LINK", "body.destination.division")]
    log.post("manifest.issue/1", (GENERATOR,), a_return(destination=ORIGIN, **home), chain=SECOND)
    assert log.depart(chain=SECOND, place=ELSEWHERE, waybill_no="home").admission.decision.alerts == ()
    assert [log.verify(chain=chain).statement.chain for chain in (MANIFEST, BACK)] == [MANIFEST, BACK]


def test_a_redirect_leads_to_somebody_else_and_is_judged_anew() -> None:
    log = with_stranger(refused())
    same = {"receiver": RECEIVER, "permit": PERMIT, "destination": DESTINATION, "approval": APPROVAL, "lines": (a_line(),)}
    assert why(log, redirect(**same)) == [("RETURN_LINK", "body.receiver")]
    assert why(log, redirect(permit=None)) == [("MISSING", "body.permit")]
    assert ("PERMIT_METHOD", "body.lines.0.method") in why(log, redirect(lines=(a_line(method="D10", decision_line=None),)))


def test_a_redirect_that_is_declined_gives_the_grams_back() -> None:
    log = with_stranger(refused())
    log.post("manifest.issue/1", (GENERATOR,), redirect(), chain=BACK)
    assert codes(log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=BACK)) == {"DECLINED"}
    assert log.value(WAITING) == RefusedLoads((RefusedLoad(MANIFEST, 5_600_000, "2026-11-05"),))
    log.send_back(chain=SECOND)
    log.verify()


def test_what_goes_home_stands_on_no_pilot_list() -> None:
    pilot = ListingRef(list="list/2026-00-50-pilot", row=0)
    assert why(refused(), a_return(pilot=pilot)) == [("RETURN_LINK", "body.pilot")]


def test_what_was_written_off_is_not_returned() -> None:
    log = refused()
    closed(log, (0, "5.6", "stolen"))
    assert why(log, a_return()) == [("RETURN_LINK", "body.returns.manifest")]
    assert log.value(WAITING) == RefusedLoads()


# --- labels


def test_only_who_is_named_may_load_used_labels() -> None:
    log = refused()
    log.send_back()
    log.wait(hours=1)
    log.issue(chain=OTHER)
    # Held by a return: no alert (kinds §1.5). A stranger's are never loaded, here as everywhere.
    assert codes(log.depart(chain=OTHER, gate=a_gate(), waybill_no="next")) == set()
    log.wait(hours=1)
    log.issue(chain=SECOND)
    again = a_departure(gate=a_gate(), waybill_no="third", vehicle=OTHER_TRUCK)
    assert codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), again, chain=SECOND)) == {"H:LABEL_USED"}
    fresh = refused()
    fresh.post("manifest.issue/1", (GENERATOR,), a_return(), chain=BACK)
    body = a_departure(gate=acts.Gate(labels=labels(unit=STRANGER), checks=a_gate().checks), place=DESTINATION, waybill_no="back")
    assert fresh.refused("manifest.depart/1", (GENERATOR, CARRIER), body, chain=BACK) == ["LOAD_LABEL"]


# --- the sum


@settings(max_examples=20)
@given(st.data())
def test_no_gram_comes_back_twice(data: st.DataObject) -> None:
    """Whatever is issued, voided and departed in whatever order: what was taken is never more than what was refused, and the three counts
    (register of the pair, beside the manifest, made from the returns) agree."""
    refused_g = data.draw(st.integers(1, 5_600_000))
    line = rejected(0) if refused_g == 5_600_000 else partly(0, format_mass(5_600_000 - refused_g), format_mass(refused_g))
    log = refused(line)
    chains = [f"manifest/{GENERATOR}/01K90000000000000000000B{number:02d}" for number in range(6)]
    for chain in chains:
        mass_t = format_mass(data.draw(st.one_of(st.integers(1, refused_g), st.just(refused_g), st.integers(1, 2 * refused_g))))
        held_g = (
            sum(one.taken_g for one in log.value(f"manifest-cases:{MANIFEST}").returned) if log.value(f"manifest-cases:{MANIFEST}") else 0
        )
        body = a_return(mass_t=mass_t)
        if parse_mass(mass_t) > refused_g - held_g:
            assert log.refused("manifest.issue/1", (GENERATOR,), body, chain=chain) == ["RETURN_LINK"]
            continue
        log.post("manifest.issue/1", (GENERATOR,), body, chain=chain)
        what = data.draw(st.sampled_from(("void", "depart", "home", "wait")))
        if what == "void":
            log.void(chain=chain)
        elif what == "depart":
            log.depart(chain=chain, place=DESTINATION, waybill_no=chain[-3:])
            log.post("manifest.receive/1", (GENERATOR,), log.a_receipt(accepted(0, mass_t)), chain=chain)
        elif what == "home":
            log.post("manifest.receive/1", (GENERATOR,), log.a_receipt(accepted(0, mass_t)), chain=chain)
        cases = log.value(f"manifest-cases:{MANIFEST}")
        states = [log.state(one) for one in chains if f"chain:{one}" in log.stored]
        assert cases.returned == tally(states)
        taken_g, gone_g = sum(one.taken_g for one in cases.returned), sum(one.gone_g for one in cases.returned)
        assert 0 <= gone_g <= taken_g <= refused_g
        assert sum(load.grams for load in log.value(WAITING).loads) == refused_g - gone_g
