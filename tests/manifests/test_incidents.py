"""incident.report, unmanifested and close: who reports what, whom it marks until when (kinds §9; Code Art. 125, 540)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.fields import File
from ledger.times import format_at
from manifests import acts
from manifests.incident import INCIDENTS_MAX
from manifests.incidents.acts.unmanifested import ArrivedLine
from manifests.incidents.contract import InformedBy
from tests.manifests.driver import CARRIER, DESTINATION, GENERATOR, MANIFEST, ORIGIN, RECEIVER, STRANGER, Driver, codes
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.fields import Place
from whitelist.incident import UNMANIFESTED, IncidentState
from whitelist.registries import Wanted
from whitelist.registry_terms import terms_of

REPORT, ARRIVAL, CLOSE = "incident.report/1", "incident.unmanifested/1", "incident.close/1"
ROADSIDE = Place(division="500113", address="重庆市巴南区虚构服务区1号")
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


def chain(reporter: str, number: int = 1) -> str:
    return f"incident/{reporter}/01K90000000000000000ACC{number:03d}"


def report(log: Driver, *manifests: str, **changes: Any) -> acts.IncidentReport:
    body = acts.IncidentReport(
        incident="traffic", happened_at=format_at(log.at_s), place=ROADSIDE, text="追尾，箱体变形，未见泄漏（虚构）", manifests=manifests
    )
    return replace(body, **changes)


def close(log: Driver, **changes: Any) -> acts.IncidentClose:
    return replace(acts.IncidentClose(closed_on=format_at(log.at_s)[:10], finding="已清理，无环境影响（虚构）"), **changes)


def arrival(log: Driver, **changes: Any) -> acts.IncidentUnmanifested:
    lines = (ArrivedLine(name="废铅蓄电池", code="900-052-31", form="S", mass_t="2.500000"),)
    body = acts.IncidentUnmanifested(arrived_at=format_at(log.at_s), place=DESTINATION, sender=STRANGER, lines=lines, kept="stored")
    return replace(body, **changes)


def test_each_act_of_a_named_manifest_says_so_until_the_authority_of_the_place_closes_it() -> None:
    log = Driver().to_in_transit()
    entry = log.post(REPORT, (CARRIER,), report(log, MANIFEST), chain=chain(CARRIER))
    assert (codes(entry), [known for known, _ in entry.admission.facts]) == (set(), [MANIFEST])
    state = log.value(f"chain:{chain(CARRIER)}").state
    assert (state.stage, state.what, state.manifests) == ("open", "traffic", (MANIFEST,))
    assert state.concerned == (GENERATOR, RECEIVER, CARRIER)
    log.wait(hours=3)
    assert "M:INCIDENT" in codes(log.arrive())
    log.wait(minutes=30)
    assert "M:INCIDENT" in codes(log.receive())
    for stranger in (AUTHORITY_51, CARRIER, OPERATOR):
        assert log.refused(CLOSE, (stranger,), close(log), chain=chain(CARRIER)) == ["SIGNER_ROLE"], "it was in Chongqing"
    closed = log.post(CLOSE, (AUTHORITY_50,), close(log), chain=chain(CARRIER))
    assert codes(closed) == set()
    assert log.value(f"chain:{chain(CARRIER)}").state.stage == "closed"
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == ()
    assert "M:INCIDENT" not in codes(log.dispose((0, "R4", "5.600000")))
    assert log.refused(CLOSE, (AUTHORITY_50,), close(log), chain=chain(CARRIER)) == ["INCIDENT_STATE"]
    assert log.refused(REPORT, (CARRIER,), report(log), chain=chain(CARRIER)) == ["CHAIN_NOT_OPEN"], "one incident, one chain"


def test_a_manifest_without_incidents_says_nothing_and_its_register_stays_as_it_was() -> None:
    log = Driver().to_in_transit()
    before = log.stored.get(f"manifest-cases:{MANIFEST}")
    entry = log.post(REPORT, (STRANGER,), report(log), chain=chain(STRANGER))
    assert codes(entry) == set(), "whoever is registered may report what happened"
    assert log.stored.get(f"manifest-cases:{MANIFEST}") == before
    log.wait(hours=3)
    assert not any("INCIDENT" in code for code in codes(log.arrive()))


@pytest.mark.parametrize("named", [MANIFEST, SECOND])
def test_nobody_marks_loads_of_others_and_the_answer_tells_nothing_of_them(named: str) -> None:
    log = Driver().to_in_transit()
    [(code, place)] = log.reasons(REPORT, (STRANGER,), report(log, named), chain=chain(STRANGER))
    assert (code, place) == ("NOT_CONCERNED", "body.manifests.0")


def test_an_authority_names_any_manifest_of_the_log_and_none_that_is_not_there() -> None:
    log = Driver().to_in_transit()
    assert log.reasons(REPORT, (AUTHORITY_50,), report(log, MANIFEST, SECOND), chain=chain(AUTHORITY_50)) == [
        ("NOT_CONCERNED", "body.manifests.1")
    ]
    log.post(REPORT, (AUTHORITY_50,), report(log, MANIFEST), chain=chain(AUTHORITY_50))
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == (chain(AUTHORITY_50),)


def test_the_first_sixteen_open_ones_count_and_a_closed_one_makes_room() -> None:
    log = Driver().to_in_transit()
    for number in range(INCIDENTS_MAX + 1):
        log.post(REPORT, (CARRIER,), report(log, MANIFEST), chain=chain(CARRIER, number))
    counted = tuple(chain(CARRIER, number) for number in range(INCIDENTS_MAX))
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == counted
    log.post(CLOSE, (AUTHORITY_50,), close(log), chain=chain(CARRIER, INCIDENTS_MAX))
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == counted, "one too many is closed like any other"
    log.post(CLOSE, (AUTHORITY_50,), close(log), chain=counted[0])
    log.post(REPORT, (CARRIER,), report(log, MANIFEST), chain=chain(CARRIER, 99))
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == (*counted[1:], chain(CARRIER, 99))


def test_what_is_told_has_happened_and_the_close_comes_after_it() -> None:
    log = Driver().to_in_transit()
    later = format_at(log.at_s + 3600)
    told = (InformedBy(name="重庆市巴南区生态环境局（虚构）", at=later),)
    found = log.reasons(REPORT, (CARRIER,), report(log, happened_at=later, informed=told), chain=chain(CARRIER))
    assert found == [("DATE_ORDER", "body.happened_at"), ("DATE_ORDER", "body.informed.0.at")]
    nowhere = Place(division="509999", address="某路（虚构）")
    assert log.refused(REPORT, (CARRIER,), report(log, place=nowhere), chain=chain(CARRIER)) == ["DIVISION"]
    assert log.refused(REPORT, (CARRIER,), report(log, place=replace(ROADSIDE, site="GATE")), chain=chain(CARRIER)) == ["SITE_UNKNOWN"]
    assert log.refused(REPORT, (CARRIER,), report(log, MANIFEST, MANIFEST), chain=chain(CARRIER)) == ["LIST_LENGTH"]
    assert log.refused(REPORT, (CARRIER,), report(log, text=" "), chain=chain(CARRIER)) == ["MISSING"]
    assert log.refused(REPORT, (GENERATOR,), report(log), chain=chain(CARRIER)) == ["SIGNER_ROLE"]
    log.post(REPORT, (CARRIER,), report(log), chain=chain(CARRIER))
    for day in ("2026-11-04", "2026-11-06"):
        assert log.refused(CLOSE, (AUTHORITY_50,), close(log, closed_on=day), chain=chain(CARRIER)) == ["DATE_ORDER"]
    assert log.refused(CLOSE, (AUTHORITY_50,), close(log, manifest=SECOND), chain=chain(CARRIER)) == ["TRUNK_UNKNOWN"]
    assert log.refused(CLOSE, (AUTHORITY_50,), close(log), chain=chain(STRANGER)) == ["CHAIN_NOT_OPEN"]


def test_waste_without_a_manifest_is_an_alert_that_a_back_fill_ends() -> None:
    log = Driver()
    entry = log.post(ARRIVAL, (RECEIVER,), arrival(log), chain=chain(RECEIVER))
    assert (codes(entry), entry.admission.decision.accounts) == ({"H:UNMANIFESTED"}, ()), "grams enter a scale by permit.usage alone"
    state: IncidentState = log.value(f"chain:{chain(RECEIVER)}").state
    assert (state.what, state.division, state.concerned) == (UNMANIFESTED, DESTINATION.division, (STRANGER,))
    log.issue()
    log.post(CLOSE, (AUTHORITY_50,), close(log, manifest=MANIFEST), chain=chain(RECEIVER))
    assert log.value(f"chain:{chain(RECEIVER)}").state.backfilled == MANIFEST


@pytest.mark.parametrize(("net_t", "said"), [("2.500000", ""), ("2.000000", "H:WEIGHING_SUM"), ("10.000000", "H:WEIGHING_SUM")])
def test_its_lines_are_held_against_the_scale(net_t: str, said: str) -> None:
    log = Driver()
    ticket = acts.Ticket(gross_t=f"{15 + float(net_t):.6f}", tare_t="15.000000", net_t=net_t)
    body = arrival(log, weighing=acts.Weighing(method="weighbridge", tickets=(ticket,)))
    assert codes(log.post(ARRIVAL, (RECEIVER,), body, chain=chain(RECEIVER))) - {""} == {"H:UNMANIFESTED", said} - {""}


def test_what_no_scale_says_is_refused() -> None:
    log = Driver()
    ticket = acts.Ticket(gross_t="25.000000", tare_t="15.000000", net_t="11.000000")
    body = arrival(log, weighing=acts.Weighing(method="weighbridge", tickets=(ticket,)))
    assert log.refused(ARRIVAL, (RECEIVER,), body, chain=chain(RECEIVER)) == ["WEIGHING_SUM"]


def test_a_place_that_nobody_covers_is_closed_by_any_authority() -> None:
    log = Driver()
    beyond = Place(division="520115", address="贵州省贵阳市观山湖区某路（虚构）")
    log.post(REPORT, (CARRIER,), report(log, place=beyond), chain=chain(CARRIER))
    assert codes(log.post(CLOSE, (AUTHORITY_51,), close(log), chain=chain(CARRIER))) == {"FOREIGN"}


def test_a_finished_manifest_is_named_like_any_other() -> None:
    log = Driver()
    log.issue()
    log.void()
    picture = File(sha256="0" * 64, size=10, media_type="image/jpeg", name="现场.jpg")
    log.post(REPORT, (GENERATOR,), report(log, MANIFEST, place=ORIGIN, files=(picture,)), chain=chain(GENERATOR))
    assert log.value(f"manifest-cases:{MANIFEST}").incidents == (chain(GENERATOR),)


def test_who_succeeds_a_closed_reporter_reads_what_it_reported() -> None:
    name = chain(CARRIER)
    state = IncidentState(
        what="leak", division=ROADSIDE.division, happened_s=0, reported_s=0, manifests=(MANIFEST,), concerned=(GENERATOR,)
    )
    seen = {
        reader: tuple(Wanted().incidents(Caller(reader, "party", "", stands_for=closed), name, state))
        for reader, closed in ((CARRIER, ()), (GENERATOR, ()), (STRANGER, ()), (RECEIVER, (CARRIER,)))
    }
    assert seen == {CARRIER: (0,), GENERATOR: (0,), STRANGER: (), RECEIVER: (0,)}
    groups = Wanted().groups("incident", Caller(RECEIVER, "party", "", stands_for=(CARRIER,)))
    assert not set(groups[0]).isdisjoint(terms_of(name, state)), "found by the term of whom it stands for"
