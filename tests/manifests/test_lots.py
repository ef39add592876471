"""来源批次: what a collector received goes on, gram by gram, and never more of it than it accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.mass import parse_mass
from manifests import acts
from manifests.lots import LotUse, LotUses
from manifests.model import LotPart, SentOn, Stage
from tests.manifests.amending import consent, in_force, not_proposed, propose, viewed
from tests.manifests.driver import (
    ALL_CHECKS,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    OTHER_TRUCK,
    RECEIVER,
    STRANGER,
    Driver,
    a_line,
    accepted,
    an_issue,
    codes,
    labels,
    permit,
    rejected,
)
from tests.manifests.test_case_gap import closed
from whitelist.fields import Lot, Place, Return

SMELTER = Place(division="500157", address="重庆市两江新区某路9号（虚构）")
COLLECTORS_PERMIT = f"permit/{RECEIVER}/01K9000000000000000000C0N1"
SMELTERS_PERMIT = f"permit/{STRANGER}/01K9000000000000000000SMET"
ONWARD = f"manifest/{RECEIVER}/01K9000000000000000000NWRD"
AGAIN = f"manifest/{RECEIVER}/01K9000000000000000000AGAN"
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
USES = f"lots:{MANIFEST} 0"


def collected(**driver: Any) -> Driver:
    """Two loads at the collector, and a smelter that may take them on."""
    log = Driver(**driver)
    log.lay(SMELTERS_PERMIT, replace(permit(), division=SMELTER.division, root=SMELTERS_PERMIT, no="CQ5001570001"))
    for number, chain in enumerate((MANIFEST, SECOND)):
        log.issue(chain=chain)
        gate = acts.Gate(labels=labels(28)[14 * number :][:14], checks=ALL_CHECKS)
        truck = replace(OTHER_TRUCK, plate=f"川A·L000{number}")
        log.depart(chain=chain, gate=gate, vehicle=truck, waybill_no=f"in {number}")
        log.receive(chain=chain)
    return log


def lot(mass_t: str = "5.600000", manifest: str = MANIFEST, line: int = 0) -> Lot:
    """A lot of a load."""
    return Lot(manifest=manifest, line=line, mass_t=mass_t)


def onward(*lots: Lot, mass_t: str = "", **changes: Any) -> acts.Issue:
    """From the collector to the smelter, within Chongqing."""
    total_t = mass_t or f"{sum(parse_mass(one.mass_t) for one in lots) / 1e6:.6f}"
    way = {"receiver": STRANGER, "permit": SMELTERS_PERMIT, "approval": None, "origin": DESTINATION, "destination": SMELTER}
    return an_issue(**{**way, "lines": (a_line(mass_t=total_t, decision_line=None, lots=lots or None, packs=28),), **changes})


def issue(log: Driver, *lots: Lot, chain: str = ONWARD, **changes: Any) -> Any:
    """开具 by the collector."""
    return log.post("manifest.issue/1", (RECEIVER,), onward(*lots, **changes), chain=chain)


def why(log: Driver, *lots: Lot, chain: str = ONWARD, **changes: Any) -> list[tuple[str, str]]:
    """Reasons against it."""
    return log.reasons("manifest.issue/1", (RECEIVER,), onward(*lots, **changes), chain=chain)


def test_two_loads_go_on_together_and_their_fates_name_the_manifest() -> None:
    log = collected()
    entry = issue(log, lot(), lot("5.6", SECOND))
    assert {MANIFEST, SECOND} <= {chain for chain, _ in entry.admission.facts}
    assert log.value(USES) == LotUses((LotUse(ONWARD, 5_600_000),))
    assert log.state(ONWARD).lines[0].lots == (LotPart(MANIFEST, 0, 5_600_000), LotPart(SECOND, 0, 5_600_000))
    sent = acts.DisposedLine(line=0, method="S", mass_t="5.6", onward=ONWARD)
    log.post("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(sent,)))
    assert log.state().stage is Stage.DISPOSED
    assert log.state().lines[0].onward == (SentOn(ONWARD, "S", 5_600_000),)
    assert log.state().lines[0].treated_g == 0
    log.verify()


def test_the_collector_loads_what_it_received_under_the_labels_that_it_bears() -> None:
    log = collected()
    issue(log, lot(), lot("5.6", SECOND))
    body = acts.Depart(vehicle=OTHER_TRUCK, waybill_no="on", gate=acts.Gate(labels=labels(28), checks=ALL_CHECKS), place=DESTINATION)
    log.wait(hours=1)
    assert codes(log.post("manifest.depart/1", (RECEIVER, CARRIER), body, chain=ONWARD)) == set()
    held = log.value(f"label:{GENERATOR}9000523120261105")
    assert [(holder.manifest, len(holder.serials)) for holder in held.holders] == [(ONWARD, 28)]


def test_labels_of_a_load_that_is_no_lot_are_refused() -> None:
    log = collected()
    log.post("manifest.issue/1", (RECEIVER,), onward(mass_t="5.6"), chain=ONWARD)
    body = acts.Depart(vehicle=OTHER_TRUCK, waybill_no="on", gate=acts.Gate(labels=labels(28), checks=ALL_CHECKS), place=DESTINATION)
    assert log.refused("manifest.depart/1", (RECEIVER, CARRIER), body, chain=ONWARD) == ["LOAD_LABEL"]


@pytest.mark.parametrize(
    ("lots", "reasons"),
    [
        ((lot("5.600001"),), [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]),
        ((lot("3"), lot("2.600001")), [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]),
        ((lot(line=1),), [("LINE_UNKNOWN", "body.lines.0.lots.0.line")]),
        ((lot(manifest=AGAIN),), [("LOT_HOLDER", "body.lines.0.lots.0.manifest")]),
        ((lot(manifest=ONWARD),), [("LOT_HOLDER", "body.lines.0.lots.0.manifest")]),
    ],
)
def test_a_lot_is_held_and_left(lots: tuple[Lot, ...], reasons: list[tuple[str, str]]) -> None:
    assert why(collected(), *lots) == reasons


def test_only_who_received_it_may_send_it_on() -> None:
    log = collected()
    body = an_issue(lines=(a_line(lots=(lot(),)),))
    assert log.reasons("manifest.issue/1", (GENERATOR,), body, chain=f"manifest/{GENERATOR}/01K9000000000000000000MAN3") == [
        ("LOT_HOLDER", "body.lines.0.lots.0.manifest")
    ]
    early = Driver()
    early.lay(SMELTERS_PERMIT, replace(permit(), division=SMELTER.division, root=SMELTERS_PERMIT))
    early.issue()
    assert why(early, lot()) == [("LOT_HOLDER", "body.lines.0.lots.0.manifest")], "on its way, not received"


def test_a_rejected_load_is_no_stock() -> None:
    log = Driver().to_arrived()
    log.lay(SMELTERS_PERMIT, replace(permit(), division=SMELTER.division, root=SMELTERS_PERMIT))
    log.receive(rejected(0))
    assert why(log, lot("0.000001")) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]


def test_grams_go_on_once_and_what_was_treated_goes_nowhere() -> None:
    log = collected()
    issue(log, lot("5"))
    assert why(log, lot("0.600001"), chain=AGAIN) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]
    assert log.refused("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="0.7"),))) == [
        "FATE_EXCEEDS"
    ]
    log.dispose((0, "R4", "0.6"))
    assert why(log, lot("0.000001"), chain=AGAIN) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]
    log.post("manifest.void/1", (RECEIVER,), acts.Void(reason="改期"), chain=ONWARD)
    assert log.value(USES) == LotUses()
    issue(log, lot("5"), chain=AGAIN)


def test_a_manifest_that_is_declined_gives_its_lots_back() -> None:
    log = collected()
    issue(log, lot())
    log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=ONWARD)
    assert log.value(USES) == LotUses()


def test_a_fate_onward_is_at_most_the_lots_of_that_manifest() -> None:
    log = collected()
    issue(log, lot("2"))
    for mass_t, expected in (("2.000001", ["FATE_EXCEEDS"]), ("2", None), ("0.000001", ["FATE_EXCEEDS"])):
        body = acts.Dispose(fates=(acts.DisposedLine(line=0, method="S", mass_t=mass_t, onward=ONWARD),))
        if expected:
            assert log.refused("manifest.dispose/1", (RECEIVER,), body) == expected
        else:
            log.post("manifest.dispose/1", (RECEIVER,), body)
    log.dispose((0, "R4", "3.6"))
    assert log.state().stage is Stage.DISPOSED


@pytest.mark.parametrize(("mass_t", "expected"), [("5.544554", {"M:LOTS_SUM"}), ("5.544555", set()), ("9", set())])
def test_lots_beyond_the_mass_are_told(mass_t: str, expected: set[str]) -> None:
    """5.6 t of lots: 10 ‰ of the line's mass are within the tolerance."""
    assert codes(issue(collected(), lot(), mass_t=mass_t)) - {"PLAN_OFF_LOG"} == expected


def test_a_return_names_no_lots() -> None:
    log = collected()
    named = Return(manifest=MANIFEST, how="redirect", lines=(0,))
    assert ("RETURN_LINK", "body.lines.0.lots") in why(log, lot(), returns=named)


def test_sixty_four_manifests_in_the_whole_body() -> None:
    names = [f"manifest/{GENERATOR}/01K9{number:022d}" for number in range(65)]
    many = [lot("0.1", name) for name in names]
    lines = tuple(a_line(mass_t="5", decision_line=None, lots=tuple(part)) for part in (many[:40], many[40:]))
    assert ("LIST_LENGTH", "body.lines") in why(collected(), lines=lines)


def test_a_collectors_load_that_is_refused_comes_back_and_goes_on_again() -> None:
    """With the generators' labels on its packs: they are those of the manifest that it returns."""
    log = collected()
    issue(log, lot(), lot("5.6", SECOND))
    gate = acts.Gate(labels=labels(28), checks=ALL_CHECKS)
    body = acts.Depart(vehicle=OTHER_TRUCK, waybill_no="on", gate=gate, place=DESTINATION)
    log.post("manifest.depart/1", (RECEIVER, CARRIER), body, chain=ONWARD)
    log.wait(hours=2)
    log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=ONWARD)
    named = Return(manifest=ONWARD, how="back", lines=(0,))
    ends = {"origin": SMELTER, "destination": DESTINATION, "receiver": RECEIVER, "permit": None}
    back = onward(mass_t="11.2", returns=named, **ends)
    back = replace(back, lines=(replace(back.lines[0], lots=None),))
    home = f"manifest/{RECEIVER}/01K9000000000000000000H0ME"
    log.post("manifest.issue/1", (RECEIVER,), back, chain=home)
    assert codes(log.post("manifest.depart/1", (RECEIVER, CARRIER), replace(body, place=SMELTER, waybill_no="home"), chain=home)) == set()
    log.post("manifest.receive/1", (RECEIVER,), log.a_receipt(accepted(0, "11.2")), chain=home)
    assert why(log, lot("0.1"), chain=AGAIN) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")], (
        "they went on once, and are another load now"
    )
    issue(log, lot("11.2", home), chain=AGAIN)


def test_lots_of_lots_go_five_steps_and_no_gram_more() -> None:
    """From the smelter back to the collector and on again: each holds what it received, and never sends on more; a circle of firms is no
    circle of grams."""
    log = collected()
    log.lay(COLLECTORS_PERMIT, replace(permit(), root=COLLECTORS_PERMIT, no="CQ5001160099"))
    log.lay_site(STRANGER, "S1", SMELTER.division)
    before, holder = MANIFEST, RECEIVER
    for step in range(5):
        other = STRANGER if holder == RECEIVER else RECEIVER
        chain = f"manifest/{holder}/01K900000000000000000STEP{step}"
        ways = {"receiver": other, "permit": SMELTERS_PERMIT if other == STRANGER else COLLECTORS_PERMIT}
        ends = (
            {"origin": DESTINATION, "destination": SMELTER}
            if other == STRANGER
            else {"origin": replace(SMELTER, site="S1"), "destination": DESTINATION}
        )
        for mass_t, reasons in (("5.600001", [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]), ("5.6", [])):
            body = onward(lot(mass_t, before), **ways, **ends)
            if reasons:
                assert log.reasons("manifest.issue/1", (holder,), body, chain=chain) == reasons
            else:
                log.post("manifest.issue/1", (holder,), body, chain=chain)
        log.post("manifest.receive/1", (other,), log.a_receipt(), chain=chain)
        before, holder = chain, other
    again = onward(lot("1"), receiver=RECEIVER, permit=COLLECTORS_PERMIT, origin=replace(SMELTER, site="S1"), destination=DESTINATION)
    assert log.refused("manifest.issue/1", (STRANGER,), again, chain=f"manifest/{STRANGER}/01K9000000000000000000RCVE") == ["LOT_HOLDER"]


@pytest.mark.parametrize("mass_t", ["0.0000005", "0", "-1", "1e3"])
def test_half_grams_are_no_mass(mass_t: str) -> None:
    assert [code for code, _ in why(collected(), lot(mass_t), mass_t="5.6")] == ["QTY"]


def test_a_correction_leaves_what_went_on() -> None:
    log = collected()
    issue(log, lot("5"))
    log.dispose((0, "R4", "0.3"))
    own = ("received.0.accepted_t", '"5.600000"', '"5.299999"')
    assert not_proposed(log, RECEIVER, own) == ["AMEND_IMPOSSIBLE"]
    in_force(log, ("received.0.accepted_t", '"5.600000"', '"5.3"'))
    assert why(log, lot("0.000001"), chain=AGAIN) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")], "values in force"


def test_where_a_fate_was_sent_on_is_corrected() -> None:
    """Only what lots name goes on: the receiver forgot the manifest, named the wrong mass, or named one that carries nothing of it."""
    log = collected()
    issue(log, lot("4"))
    fates = (acts.DisposedLine(line=0, method="S", mass_t="0.6"), acts.DisposedLine(line=0, method="S", mass_t="1", onward=ONWARD))
    log.post("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=fates))
    named, mass = json.dumps(ONWARD), ("fates.1.mass_t", '"1.000000"', '"4.1"')
    assert not_proposed(log, RECEIVER, mass, number=1) == ["AMEND_IMPOSSIBLE"]
    assert not_proposed(log, RECEIVER, ("fates.1.onward", named, json.dumps(AGAIN)), number=1) == ["AMEND_IMPOSSIBLE"]
    assert not_proposed(log, RECEIVER, ("fates.1.onward", named, '"x"'), number=1) == ["AMEND_VALUE"]
    propose(log, RECEIVER, ("fates.1.onward", named, ""), number=1)
    consent(log, GENERATOR, number=1)
    assert (log.state().lines[0].onward, log.state().lines[0].treated_g) == ((), 1_600_000)
    assert not_proposed(log, RECEIVER, ("fates.1.onward", named, ""), number=2) == ["AMEND_STALE"]
    propose(log, RECEIVER, ("fates.1.onward", "", named), number=2)
    consent(log, GENERATOR, number=2)
    assert log.state().lines[0].onward == (SentOn(ONWARD, "S", 1_000_000),)
    assert viewed(log).state == log.state()


def test_what_was_written_off_goes_nowhere() -> None:
    log = collected()
    closed(log, (0, "5.6", "stolen"))
    assert why(log, lot("0.000001")) == [("LOT_EXCEEDS", "body.lines.0.lots.0.mass_t")]
