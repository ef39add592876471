"""Scenes in which the acts of a manifest refuse or warn (``tests/told.py``): departure, receipt, the way between them, disposal."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace

from ledger.admission.personality import CURRENT, Judged
from ledger.model import Findings, Moment
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.act import DISPOSALS_MAX, LEGS_MAX, STOPS_MAX
from tests.manifests.driver import (
    ALL_CHECKS,
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    ORIGIN,
    OTHER_TRUCK,
    PERMIT,
    RECEIVER,
    SECOND_CARRIER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    accepted,
    approval,
    backfilled,
    labels,
    partly,
    permit,
    rejected,
    reported,
)
from tests.told import Scenes, Told
from tests.workbench import AUTHORITY_51
from whitelist.approval import ListingRef
from whitelist.listing import ListState
from whitelist.permit import Change, History
from whitelist.transfer import PaperDecision

BOTH = (GENERATOR, CARRIER)
NOON = parse_at("2026-11-05T12:00:00+08:00")
DEPARTED, COMPLETED = "2026-11-05T08:00:00+08:00", "2026-11-05T11:00:00+08:00"
PAPER = backfilled(DEPARTED, COMPLETED)
ELSEWHERE = replace(ORIGIN, division="510115")
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


def judge(log: Driver, kind: str, by: tuple[str, ...], body: object, *, chain: str = MANIFEST, **changes: object) -> Told:
    """All that the rules of an act find, whoever signed it; an alert's words too, which the log does not keep."""
    submission = log.submission(kind, by, body, chain=chain, **changes)
    facts, statement, known = log.facts_for(submission), submission.statement, submission.kind
    judged = Judged(statement, facts, Moment(log.index, log.at_s, CURRENT), facts.state(chain), known)
    out = Findings()
    for rule in known.rules:
        rule(judged, out)
    tags = " ".join(code for (code,) in out.sorted_tags()) or "-"
    moved = "; ".join(f"{name} {grams:+}" for name, grams in sorted(out.accounts.items()) if grams) or "nothing"
    return Told(out.reasons, out.sorted_alerts(), out.said, f"tags {tags}, moves {moved}")


def depart(
    *,
    by: tuple[str, ...] = BOTH,
    issue: dict[str, Any] | None = None,
    laid: dict[str, object] | None = None,
    at: str = "",
    lines: int = 1,
    **changes: Any,
) -> Told:
    """A departure at noon of what was issued at half past eight, with states laid in place since."""
    log = Driver(line_count=lines, at_s=NOON if issue == PAPER else parse_at("2026-11-05T08:30:00+08:00"))
    log.issue(**(issue or {}))
    for chain, state in (laid or {}).items():
        log.lay(chain, state)
    log.at_s = NOON
    return judge(log, "manifest.depart/1", by, a_departure(**changes), **({"at": at} if at else {}))


def loaded(*masses: str) -> tuple[acts.LoadedLine, ...]:
    """Weighed lines."""
    return tuple(acts.LoadedLine(line=number, mass_t=mass) for number, mass in enumerate(masses))


def busy(*, by: tuple[str, ...] = BOTH, **changes: Any) -> Told:
    """A second departure on a truck that is under way."""
    log = Driver()
    log.issue()
    log.issue(chain=SECOND, carriers=(CARRIER, SECOND_CARRIER))
    log.depart()
    log.wait(hours=1)
    gate = acts.Gate(labels=tuple(label[:-3] + f"{number:03d}" for number, label in enumerate(labels(), 101)), checks=ALL_CHECKS)
    return judge(log, "manifest.depart/1", by, a_departure(**{"waybill_no": "W2", "gate": gate, **changes}), chain=SECOND)


def receive(*lines: acts.ReceivedLine, stage: str = "arrived", issue: dict[str, Any] | None = None, hours: int = 0, **changes: Any) -> Told:
    """A receipt at a stage of its manifest, some hours later."""
    log = Driver(line_count=2)
    if stage == "issued":
        log.issue(**(issue or {}))
        log.wait(hours=1)
    else:
        (log.to_arrived if stage == "arrived" else log.to_in_transit)(**(issue or {}))
    for chain, state in changes.pop("laid", {}).items():
        log.lay(chain, state)
    log.wait(hours=hours)
    at_s = changes.pop("accepted_s", 0)
    if "accepted_at" not in changes:
        changes["accepted_at"] = format_at(log.at_s + at_s)
    return judge(log, "manifest.receive/1", (RECEIVER,), log.a_receipt(*lines, **changes))


def stopped(status: Any, at_s: int) -> object:
    """The permit with a stop."""
    return replace(permit(), history=History((Change(1, at_s, status),)))


def until(day: str) -> object:
    """The decision, whose line ends on a day."""
    return replace(approval(), lines=tuple(replace(line, valid_to=day) for line in approval().lines))


def late(beyond_s: int) -> Told:
    """A departure of fifteen days ago, or some seconds beyond."""
    log = Driver()
    log.issue()
    log.wait(days=15)
    return judge(log, "manifest.depart/1", BOTH, a_departure(), at=format_at(log.at_s - 15 * 86_400 + beyond_s))


def heavy(mass_t: str) -> Told:
    """Ten tonnes decided, and so much loaded."""
    log = Driver(decided_t="10")
    log.issue(lines=(a_line(mass_t="10"),))
    log.at_s = NOON
    return judge(log, "manifest.depart/1", BOTH, a_departure(loaded=loaded(mass_t)))


def from_outside(at: str) -> Told:
    """跨省转入 that departs at a time."""
    log = Driver()
    log.lay_site(GENERATOR, "S1", "320505")
    origin = replace(ORIGIN, division="320505", site="S1")
    paper = PaperDecision(
        no="苏环危〔2026〕1号（虚构）", authority="某省生态环境厅（虚构）", decided_on="2026-11-05", valid_to="2026-11-06"
    )
    log.issue(type="in_transfer", approval=None, decision=paper, origin=origin, plan=None, lines=(a_line(decision_line=None),))
    log.at_s = max(log.at_s, parse_at(at))
    return judge(log, "manifest.depart/1", BOTH, a_departure(place=origin), at=at)


def ticket_again(by: tuple[str, ...]) -> Told:
    """One weighing ticket for two trips."""
    log = Driver()
    tickets = (acts.Ticket(no="T1", gross_t="15.6", tare_t="10", net_t="5.6"),)
    log.issue()
    log.issue(chain=SECOND)
    log.depart(by, tickets=tickets)
    log.arrive()
    log.wait(hours=1)
    gate = acts.Gate(labels=tuple(label[:-3] + f"{number:03d}" for number, label in enumerate(labels(), 101)), checks=ALL_CHECKS)
    return judge(log, "manifest.depart/1", by, a_departure(waybill_no="W2", gate=gate, tickets=tickets), chain=SECOND)


def seventeenth_leg() -> Told:
    """A change of trucks after fifteen."""
    log = Driver().to_in_transit()
    body = acts.Transship(vehicle=OTHER_TRUCK, reason="车辆故障", place=ORIGIN)
    for _ in range(LEGS_MAX - 1):
        log.post("manifest.transship/1", (CARRIER,), body)
    return judge(log, "manifest.transship/1", (CARRIER,), body)


def by_list(last_day: str) -> Told:
    """A departure on a listing whose list ends on a day."""
    name = "list/2026-51-50-cy"
    lines = tuple(replace(line, listing=ListingRef(list=name, row=0)) for line in approval().lines)
    terms = ListState(
        year=2026, from_province="51", to_province="50", kind="mutual", suspension_stops="issue", proposer=AUTHORITY_51,
        letter_no="函〔2026〕1号（虚构）", letter_date="2026-01-01", effective_from="2026-01-01", effective_to=last_day,
        rows_announced=1, pages_announced=1, status="ACTIVE",
    )  # fmt: skip
    return depart(laid={APPROVAL: replace(approval(), lines=lines), name: terms})


def dispose(*fates: tuple[int, str, str], onward: str = "", before: tuple[tuple[int, str, str], ...] = ()) -> Told:
    """What becomes of a load of two lines, of which the second was refused in part, after some of it was disposed of already."""
    log = Driver(line_count=2).to_arrived(**TWO)
    log.receive(accepted(0, "5.6"), partly(1, "15", "5"))
    if before:
        log.dispose(*before)
    lines = tuple(acts.DisposedLine(line=line, method=method, mass_t=mass_t, onward=onward or None) for line, method, mass_t in fates)  # type: ignore[arg-type]  # any method
    return judge(log, "manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=lines))


def sixty_fifth_disposal() -> Told:
    """A gram more, after as many disposals as there may be."""
    log = Driver().to_arrived()
    log.receive()
    for _ in range(DISPOSALS_MAX):
        log.dispose((0, "R4", "0.000001"))
    body = acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="0.000001"),))
    return judge(log, "manifest.dispose/1", (RECEIVER,), body)


def on_the_way(kind: str, by: tuple[str, ...], body: Any, *, split: bool = False, again: int = 0) -> Told:
    """An act under way, perhaps of a load that is split or after the same act some times."""
    log = Driver().to_in_transit()
    if split:
        log.post("manifest.transship/1", (CARRIER,), replace(MOVED, part=(acts.MovedLine(line=0, mass_t="2"),)))
    for _ in range(again):
        log.post(kind, by, body)
    return judge(log, kind, by, body)


MOVED = acts.Transship(vehicle=OTHER_TRUCK, reason="车辆故障", place=ORIGIN)
HANDED = acts.HandOver(vehicle=acts.Vehicle(kind="ship", plate="川泸货1666", licence_no="L2"), waybill_no="W2", place=ORIGIN)
HALVES = (acts.MovedLine(line=0, mass_t="1"), acts.MovedLine(line=0, mass_t="1"))
ARRIVED = acts.Arrive(place=DESTINATION)
TWO = {"lines": (a_line(), a_line(decision_line=1, mass_t="20"))}
BARE = acts.Gate(labels=labels(), checks=("crew",))
SCENES: Scenes = {
    # departure, who and when
    "a departure that is in order": depart,
    "a carrier that loads alone": partial(depart, by=(CARRIER,)),
    "another carrier than named": partial(depart, by=(GENERATOR, SECOND_CARRIER)),
    "a generator that drives itself": partial(depart, by=(GENERATOR,), issue={"carriers": (GENERATOR, CARRIER)}),
    "a departure of fifteen days ago": partial(late, 0),
    "a departure of more than fifteen days ago": partial(late, -1),
    "paper that left in its tolerance": partial(depart, issue=PAPER, at="2026-11-05T11:05:00+08:00"),
    "paper that left after it was completed": partial(depart, issue=PAPER, at="2026-11-05T11:05:01+08:00"),
    "paper that left on another day": partial(depart, issue=PAPER, at="2026-11-04T23:00:00+08:00"),
    # departure, from where
    "a departure from another county": partial(depart, place=ELSEWHERE),
    "paper from another county": partial(depart, issue=PAPER, at=DEPARTED, place=ELSEWHERE),
    "a departure from another province": partial(depart, place=DESTINATION),
    "a departure from what is no division": partial(depart, place=replace(ORIGIN, division="519999")),
    "a way through what is no division": partial(depart, via=("510104", "519999")),
    # departure, permit, decision, list
    "a permit that is suspended": partial(depart, laid={PERMIT: stopped("SUSPENDED", NOON - 60)}),
    "a permit that was stopped just behind": lambda: depart(laid={PERMIT: stopped("SUSPENDED", NOON)}, at=format_at(NOON - 1)),
    "a permit that is over": partial(depart, laid={PERMIT: replace(permit(), valid_to="2026-11-04")}),
    "a decision that is over": partial(depart, laid={APPROVAL: until("2026-11-04")}),
    "a decision of tomorrow": partial(depart, laid={APPROVAL: replace(approval(), decided_on="2026-11-06")}),
    "a list that is over": partial(by_list, "2026-11-04"),
    "a list on its last day": partial(by_list, "2026-11-05"),
    "a load beyond the decision": partial(heavy, "10.200001"),
    "a load within two in a hundred beyond the decision": partial(heavy, "10.2"),
    "a decision of another province, before it was given": partial(from_outside, "2026-11-04T23:59:59+08:00"),
    "a decision of another province, on its last day": partial(from_outside, "2026-11-06T23:59:59+08:00"),
    "a decision of another province, after it": partial(from_outside, "2026-11-07T00:00:00+08:00"),
    # departure, papers, checks, labels, scales, truck
    "no papers": partial(depart, waybill_no=None, vehicle=replace(TRUCK, licence_no=None)),
    "no checks but one": partial(depart, gate=BARE),
    "labels of another unit": partial(depart, gate=acts.Gate(labels=(*labels(13), *labels(1, unit=RECEIVER)), checks=ALL_CHECKS)),
    "labels of another code": partial(depart, gate=acts.Gate(labels=labels(1, code="90004149"), checks=ALL_CHECKS)),
    "labels out of form": partial(depart, gate=acts.Gate(labels=("甲", *labels(14)[1:]), checks=ALL_CHECKS)),
    "labels twice": partial(depart, gate=acts.Gate(labels=(*labels(13), labels(1)[0]), checks=ALL_CHECKS)),
    "labels too few": partial(depart, gate=acts.Gate(labels=labels(13), checks=ALL_CHECKS)),
    "a line loaded twice": partial(depart, loaded=(*loaded("5.6"), *loaded("5.6"))),
    "a line that is not there": partial(depart, loaded=(acts.LoadedLine(line=1, mass_t="5.6"),)),
    "a load that differs a little": partial(depart, loaded=loaded("5.539999")),
    "a load that differs much": partial(depart, loaded=loaded("5.3")),
    "two loads of which one differs": partial(depart, issue=TWO, lines=2, loaded=loaded("5.6", "23")),
    "a load beyond the declared": partial(depart, loaded=loaded("5.65")),
    "a line heavier than its gross": partial(depart, loaded=(acts.LoadedLine(line=0, mass_t="5.6", gross_t="15", tare_t="10"),)),
    "tickets that say another mass": partial(depart, loaded=loaded("5.6"), tickets=(acts.Ticket(no="T1", gross_t="15.7", tare_t="10", net_t="5.7"),)),
    "tickets that no scale printed": partial(depart, tickets=(acts.Ticket(no="T1", gross_t="1", tare_t="2", net_t="1"),)),
    "a ticket that a carrier alone shows twice": partial(ticket_again, (CARRIER,)),
    "a ticket that both show twice": partial(ticket_again, BOTH),
    "two checks, and two left out": partial(depart, gate=acts.Gate(labels=labels(), checks=("crew", "labels"))),
    "a pipeline for what goes by road": partial(depart, vehicle=acts.Vehicle(kind="pipeline", plate="P1")),
    "a truck that is under way": busy,
    "a truck that another carrier sent": partial(busy, by=(GENERATOR, SECOND_CARRIER)),
    "a waybill that travelled": partial(busy, vehicle=replace(TRUCK, plate="川A·G9999"), waybill_no="510100202611050001"),
    "labels that travelled": partial(busy, vehicle=replace(TRUCK, plate="川A·G9999"), gate=acts.Gate(labels=labels(), checks=ALL_CHECKS)),
    "a truck of too much": partial(depart, issue={"lines": (a_line(mass_t="49.000001"),)}),
    "a leg more than a trip has": seventeenth_leg,
    # receipt, lines and opinions
    "a receipt that is in order": receive,
    "a line answered twice": partial(receive, accepted(0, "5.6"), accepted(0, "5.6")),
    "a line answered that is not there": partial(receive, accepted(1, "5.6")),
    "accepted, and nothing is": partial(receive, accepted(0, "0")),
    "accepted, and something is refused": partial(receive, accepted(0, "5", refused_t="0.6")),
    "partly, and nothing is refused": partial(receive, partly(0, "5.6", "0")),
    "partly, and nothing is accepted": partial(receive, partly(0, "0", "5.6")),
    "rejected, and something is accepted": partial(receive, rejected(0, accepted_t="1")),
    "rejected without a reason": partial(receive, rejected(0, reason=None, reason_code=None)),
    "accepted to the gram with nothing refused": partial(receive, accepted(0, "5.6", refused_t="0")),
    # receipt, when and where
    "accepted after the signature": partial(receive, accepted_s=301),
    "accepted within the tolerance": partial(receive, accepted_s=300),
    "accepted before the issue, within the tolerance": partial(receive, accepted_at="2026-11-05T08:25:00+08:00"),
    "accepted before the issue": partial(receive, accepted_at="2026-11-05T08:24:59+08:00"),
    "accepted before the arrival": partial(receive, accepted_at="2026-11-05T10:00:00+08:00"),
    "received elsewhere in the province": partial(receive, place=replace(DESTINATION, division="500115")),
    "received in another province": partial(receive, place=ORIGIN),
    "confirmed after five working days": partial(receive, hours=24 * 9, accepted_at="2026-11-05T13:40:00+08:00"),
    # receipt, what came
    "less than was sent": partial(receive, accepted(0, "5.539999")),
    "much less than was sent, and told": lambda: receive(accepted(0, "5.3"), **reported("2026-11-05T13:40:00+08:00")),
    "a difference in kind": partial(receive, accepted(0, "5.6", differences=("form",))),
    "a difference that is told tomorrow": lambda: receive(accepted(0, "5.6", differences=("form",)), **reported("2026-11-06T13:40:00+08:00")),
    "another method": partial(receive, accepted(0, "5.6", method="R5")),
    "another method of what is refused": partial(receive, rejected(0, method="R5")),
    "nothing came and it is declined": partial(receive, rejected(0), stage="issued"),
    "it came unrecorded": partial(receive, stage="issued"),
    "it came unrecorded under a decision that was over": partial(receive, stage="issued", laid={APPROVAL: until("2026-11-04")}),
    "declined under a decision that was over": partial(receive, rejected(0, refused_t="0"), stage="issued", laid={APPROVAL: until("2026-11-04")}),
    "it came while its leg was open": partial(receive, stage="in_transit"),
    "less came while its leg was open": partial(receive, accepted(0, "5.3"), stage="in_transit"),
    "more came while its leg was open": partial(receive, accepted(0, "6.1"), stage="in_transit"),
    "received under a permit that lacks it": partial(
        receive, laid={PERMIT: replace(permit(), items=(replace(permit().items[0], category="HW49", codes=("900-044-49",), methods=("R5",)),))}
    ),
    "received under a permit that is over": partial(receive, laid={PERMIT: replace(permit(), valid_to="2026-11-04")}),
    "received under a permit that is revoked": partial(receive, laid={PERMIT: stopped("REVOKED", NOON)}),
    "tickets at the gate that say another mass": partial(
        receive, weighing=acts.Weighing(method="weighbridge", tickets=(acts.Ticket(no="T1", gross_t="15.7", tare_t="10", net_t="5.7"),))
    ),
    "tickets at the gate that no scale printed": partial(
        receive, weighing=acts.Weighing(method="weighbridge", tickets=(acts.Ticket(no="T1", gross_t="1", tare_t="2", net_t="1"),))
    ),
    "a gram that is refused": partial(receive, partly(0, "5.599999", "0.000001")),
    "two lines of which one is refused": partial(receive, accepted(0, "5.6"), rejected(1), issue=TWO),
    # on the way
    "a part of a load that is split": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, part=HALVES[:1]), split=True),
    "a part that names a line twice": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, part=HALVES)),
    "a part of a line that is not there": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, part=(acts.MovedLine(line=1, mass_t="1"),))),
    "a part of all": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, part=(acts.MovedLine(line=0, mass_t="5.6"),))),
    "a part of more than all": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, part=(acts.MovedLine(line=0, mass_t="5.600001"),))),
    "a change of trucks without papers": lambda: on_the_way("manifest.transship/1", (CARRIER,), replace(MOVED, vehicle=replace(TRUCK, licence_no=None))),
    "a hand-over": lambda: on_the_way("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), HANDED),
    "a hand-over nowhere": lambda: on_the_way("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), replace(HANDED, place=None)),
    "a hand-over without a waybill": lambda: on_the_way("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), replace(HANDED, waybill_no=None)),
    "a stop more than a trip has": lambda: on_the_way("manifest.stop/1", (CARRIER,), acts.Stop(place=ORIGIN, reason="rest"), again=STOPS_MAX),
    "an arrival": lambda: on_the_way("manifest.arrive/1", (CARRIER,), ARRIVED),
    "an arrival elsewhere": lambda: on_the_way("manifest.arrive/1", (CARRIER,), replace(ARRIVED, place=ELSEWHERE)),
    "an arrival of a leg that is not under way": lambda: on_the_way("manifest.arrive/1", (CARRIER,), replace(ARRIVED, leg=2), split=True),
    # disposal
    "all that was accepted": partial(dispose, (0, "R4", "5.6"), (1, "R4", "15")),
    "a gram more than was accepted": partial(dispose, (0, "R4", "1"), (1, "R4", "15.000001")),
    "a gram more than is left": partial(dispose, (0, "R4", "1"), (1, "R4", "5.000001"), before=((1, "R4", "10"),)),
    "a fate of a line that is not there": partial(dispose, (2, "R4", "1")),
    "a fate by another method": partial(dispose, (0, "R4", "1"), (1, "D1", "1")),
    "a disposal more than a manifest has": sixty_fifth_disposal,
    "a fate onward without lots": partial(dispose, (1, "S", "1"), onward=f"manifest/{RECEIVER}/01K9000000000000000000MAN9"),
}  # fmt: skip
