"""Scenes in which the rules of the whitelist refuse or warn (``tests/told.py``): the check, the grant of a permit, the decision."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace

from tests.told import Scenes, Told
from tests.whitelist.acts import (
    BATTERY,
    INTRA,
    PAPER,
    add_list,
    application,
    applied,
    approved,
    decision,
    grant,
    line,
    listed,
    place,
    propose,
    row,
    transfer,
    with_permit,
)
from tests.whitelist.driver import (
    APPROVAL,
    CHONGQING,
    GENERATOR,
    LIST,
    OTHER_GENERATOR,
    OTHER_RECEIVER,
    PERMIT,
    RECEIVER,
    SICHUAN,
    Log,
    Refusing,
    ulid,
)
from tests.workbench import uscc
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_rows import ListRows
from whitelist.acts.permit_status import PermitChange
from whitelist.approval import ListingRef
from whitelist.fields import PermitItem, Scope
from whitelist.listing import Conditions
from whitelist.permit import Basis
from whitelist.rules.number import NumberHolders, number_key
from whitelist.transfer import ExemptionClaim, Meters, PaperDecision, PlanRef, WasteLine

KILN = PermitItem(category="HW18", scope="INCLUDE", codes=("772-002-18",), methods=("C1",))
ASH = line(name="飞灰", code="772-002-18", category="HW18", hazards=("T",), method="C1", decision_line=None)
ITEM_12 = Basis(edition=2025, item=12, plan_no="生活垃圾焚烧飞灰协同处置方案1号")
POINT_TO_POINT = Basis(edition=2025, item=31, plan_no="点对点方案1号", generator=OTHER_RECEIVER)
METERS = Meters(out_no="A", in_no="B", period_from="2026-11-01", period_to="2026-11-30")
GUIZHOU = uscc("520115", 1)
ELSEWHERE = PaperDecision(no="黔环〔2026〕1号", authority="黔省生态环境厅（虚构）", decided_on="2026-11-05", valid_to="2026-11-10")
RAGS = applied(name="含油抹布手套", code="900-041-49", category="HW49", hazards=("T",), mass_t="100", method="D10", listing=None)
CANS = replace(RAGS, name="小油漆桶", mass_t="0.000001")
OTHERS, SECOND = f"permit/{OTHER_RECEIVER}/{ulid(7)}", f"permit/{RECEIVER}/{ulid(8)}"
LATE = replace(PAPER, departed_at="2026-11-05T09:00:00+08:00", completed_at="2026-11-05T16:00:00+08:00")


def ask(log: Log, *lines: WasteLine, now: str = "", **changes: Any) -> Told:
    """The check of a load, at a time of its own."""
    if now:
        log.at(now)
    answer = log.ask(transfer(*lines, **changes))
    tags = " ".join(code for (code,) in answer.tags) or "-"
    return Told(answer.reasons, answer.alerts, answer.said, f"route {answer.route}, tags {tags}")


def refused(log: Log, kind: str, chain: str, body: Any, by: str) -> Told:
    """An act that is turned down."""
    try:
        log.post(kind, chain, body, by)
    except Refusing as refusal:
        return Told(refusal.reasons)
    raise AssertionError(f"{kind} was admitted")


def claiming(edition: int, *items: int, data: bool = True, **changes: Any) -> Told:
    """A line that claims items of the list of exemptions."""
    log = listed()
    if not data:
        for year in (2021, 2025):
            log.without_data(f"hw-exemptions-{year}")
    claims = tuple(ExemptionClaim(edition=edition, item=item) for item in items)  # type: ignore[arg-type]  # any edition, for the form
    return ask(log, line(), line(**{"exemptions": claims, **changes}))


def exempt(basis: Basis, *items: PermitItem, **changes: Any) -> Log:
    """A log with a receiver that needs no permit for what its item waives."""
    log = Log("2025-06-01 09:00")
    body = grant(permit_class="exempt_use", basis=basis, items=items or (KILN,), valid_from="2025-01-01", **changes)
    log.post("permit.grant/1", PERMIT, body, CHONGQING)
    log.at("2026-11-05 08:30")
    return log


def granted(basis: Basis, *items: PermitItem, valid_from: str = "2025-01-01") -> Told:
    """A grant of such a receiver that is turned down."""
    body = grant(permit_class="exempt_use", basis=basis, items=items or (KILN,), valid_from=valid_from)
    return refused(Log("2025-06-01 09:00"), "permit.grant/1", PERMIT, body, CHONGQING)


def backfilled(departed_on: str, log: Log, *lines: WasteLine, **changes: Any) -> Told:
    """A back-fill of a transfer of that day."""
    paper = replace(PAPER, departed_at=f"{departed_on}T09:00:00+08:00", completed_at=f"{departed_on}T16:00:00+08:00")
    return ask(log, *lines, **{"type": "backfill_ordinary", "paper": paper, "number": None, **changes})


def of_another_edition() -> Told:
    """A back-fill to a receiver whose item is of the list that came after."""
    log = exempt(ITEM_12)
    head = log.facts.head(PERMIT)
    log.facts.put(f"chain:{PERMIT}", replace(head, state=replace(log.state(PERMIT), valid_from="2024-01-01")))
    return backfilled("2024-12-30", log, ASH, **INTRA)


def by_list(day: str, **changes: Any) -> Told:
    """An issue on a listing whose list holds for other days."""
    log = listed()
    head = log.facts.head(LIST)
    log.facts.put(f"chain:{LIST}", replace(head, state=replace(log.state(LIST), **changes)))
    return ask(log, line(), line(), now=f"{day} 08:30", number=None)


WIDE = grant(items=(PermitItem(category="HW31", scope="ALL", methods=("R4", "R5", "D10")),))
PASTE = "900-025-31"


def on_row(listing: ListingRef | None = None, *, method: Any = "R4", is_signed: bool = True, **changes: Any) -> Told:
    """A decision on a listing that does not hold: the second line of two, which is on the row of ``changes``."""
    log = Log("2026-01-05 09:00")
    for chain in (PERMIT, OTHERS, SECOND):
        log.post("permit.grant/1", chain, WIDE, CHONGQING)
    terms = {name: changes.pop(name) for name in ("kind", "conditions", "effective_to") if name in changes}
    rows = (row(), row(**{"waste": Scope(category="HW31", scope="INCLUDE", codes=(PASTE,)), **changes}))
    if is_signed:
        add_list(log, *rows, **terms)
    else:
        log.post("list.propose/1", LIST, propose(rows=2), SICHUAN)
        log.post("list.rows/1", LIST, ListRows(page=0, rows=rows), SICHUAN)
    add_list(log, chain="list/2026-50-51-cy", sides=(CHONGQING, SICHUAN))
    log.at("2026-02-02 09:00")
    second = applied(name="废铅膏", code=PASTE, hazards=("T",), method=method, listing=listing or ListingRef(list=LIST, row=1))
    log.post("approval.apply/1", APPROVAL, application(applied(), second), GENERATOR)
    lines = (DecidedLine(line=0, mass_t="3000"), DecidedLine(line=1, mass_t="3000"))
    return refused(log, "approval.decide/1", APPROVAL, decision(lines=lines), SICHUAN)


def unlisted() -> Told:
    """A decision on no listing, where nobody was asked; the next line is too much for its row."""
    log = with_permit()
    add_list(log)
    lines = (applied(name="废铅膏", listing=None), applied(mass_t="60000.000001"))
    log.post("approval.apply/1", APPROVAL, application(*lines), GENERATOR)
    granted = (DecidedLine(line=0, mass_t="3000"), DecidedLine(line=1, mass_t="60000.000001"))
    return refused(log, "approval.decide/1", APPROVAL, decision(lines=granted), SICHUAN)


def on_one_row() -> Told:
    """A decision of two lines on one row, which has enough for each of them."""
    log = with_permit()
    add_list(log, row(quota_t="5000"))
    log.post("approval.apply/1", APPROVAL, application(applied(), applied(name="废铅膏")), GENERATOR)
    return refused(log, "approval.decide/1", APPROVAL, decision(lines=tuple(DecidedLine(line=n, mass_t="3000") for n in (0, 1))), SICHUAN)


def from_outside(now: str = "2026-11-05 08:30", **changes: Any) -> Told:
    """跨省转入."""
    body = {"type": "in_transfer", "generator": GUIZHOU, "origin": "520115", "approval": None, "decision": ELSEWHERE, "number": None}
    return ask(listed(), line(decision_line=None), now=now, **{**body, **changes})


def rag(**changes: Any) -> WasteLine:
    """A line of the decision of rags."""
    return replace(line(code="900-041-49", category="HW49", hazards=("T",), method="D10"), **{"name": "含油抹布手套", **changes})


def rags(*lines: WasteLine, alone: bool = False, methods: tuple[Any, ...] = ("D10",), **changes: Any) -> Told:
    """A load on a decision of one or two lines, under a permit that takes these ``methods``."""
    wastes = (RAGS,) if alone else (RAGS, CANS)
    permit = grant(items=(PermitItem(category="HW49", scope="INCLUDE", codes=("900-041-49", "900-047-49"), methods=methods),))
    return ask(approved(*wastes, permit=permit), *lines, **changes)


def wastes(**changes: Any) -> Told:
    """A load of another waste inside the city, to a receiver that takes all of its category; the second line of two."""
    one = line(**{"decision_line": None, **changes})
    items = tuple(PermitItem(category=name, scope="ALL", methods=("R4",)) for name in sorted({"HW31", one.category}))
    return ask(with_permit("2026-11-05 08:30", items=items), line(decision_line=None), one, **INTRA)


def in_the_past(day: str) -> Told:
    """A back-fill of a code that no edition has, and of hazards that it has not."""
    items = (PermitItem(category="HW31", scope="ALL", methods=("R4",)), PermitItem(category="HW48", scope="ALL", methods=("R4",)))
    unknown = line(code="321-998-48", category="HW48", decision_line=None)
    return backfilled(day, with_permit("2026-11-05 08:30", items=items), unknown, line(hazards=("C", "I"), decision_line=None), **INTRA)


def uncatalogued() -> Told:
    """A load while the log has no catalogue."""
    log = listed()
    for year in (2021, 2025):
        log.without_data(f"hw-catalogue-{year}")
    return ask(log)


def since_suspended() -> Told:
    """A back-fill of the day before the permit was suspended."""
    log = listed()
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    return backfilled("2026-11-04", log, now="2026-11-06 08:30")


def at_site(*, registered: str = "", owner: str = GENERATOR, **changes: Any) -> Told:
    """A load from or to a site that may be registered elsewhere."""
    log = listed()
    if registered:
        log.site(owner, "S-1", registered)
    return ask(log, **changes)


def numbered(number: str, *holders: tuple[str, str, Any], **changes: Any) -> Told:
    """A load under a number that others hold."""
    log, register = listed(), NumberHolders()
    for generator, manifest, standing in holders:
        register = register.with_holder(generator, manifest).ended(manifest, standing)
    log.facts.put(number_key(number), register)
    return ask(log, number=number, **changes)


MINE, THEIRS = f"manifest/{GENERATOR}/{ulid(31)}", f"manifest/{OTHER_GENERATOR}/{ulid(32)}"
NUMBER = "20265101000123"
HW49 = "HW49"
SCENES: Scenes = {
    # exemption
    "an item of another edition": partial(claiming, 2021, 18),
    "an item of other wastes": partial(claiming, 2025, 18, 12),
    "an item of a waste that three name": partial(wastes, name="飞灰", code="772-003-18", category="HW18", hazards=("T",), exemptions=(ExemptionClaim(edition=2025, item=18),)),
    "an item of a code that none names": partial(claiming, 2025, 12, code="900-025-31", hazards=("T",)),
    "an item before any list was adopted": partial(claiming, 2025, 18, 12, data=False),
    "a receiver whose item is of another edition": of_another_edition,
    "a receiver whose item does not waive the method": lambda: ask(exempt(ITEM_12), ASH, replace(ASH, method="R5"), **INTRA),
    "a grant on an item that the edition lacks": partial(granted, replace(ITEM_12, item=99)),
    "a grant on the edition before its day": partial(granted, ITEM_12, valid_from="2024-12-31"),
    "a grant from point to point without a generator": partial(granted, replace(POINT_TO_POINT, generator=None), replace(KILN, methods=("R5",))),
    "a grant from point to point for two codes": partial(granted, POINT_TO_POINT, replace(KILN, codes=("772-002-18", "772-003-18"), methods=("R5",))),
    "a grant of a code that the catalogue lacks": partial(granted, ITEM_12, replace(KILN, codes=("772-002-18", "772-099-18"))),
    "a grant of a method that the item does not waive": partial(granted, ITEM_12, KILN, replace(KILN, methods=("C1", "R5"))),
    "a grant of a whole category of which the item names one": partial(granted, ITEM_12, replace(KILN, scope="ALL", codes=())),
    # listing
    "before the list begins": partial(by_list, "2026-11-05", effective_from="2026-11-06"),
    "after the year of the list": partial(by_list, "2026-11-05", year=2025, effective_from="2025-01-01", effective_to="2025-12-31"),
    "after the list ended": partial(by_list, "2026-11-05", effective_to="2026-11-04"),
    "no listing and no letter": unlisted,
    "a list that is not there": partial(on_row, ListingRef(list="list/2026-51-50-none", row=0)),
    "a row that is not there": partial(on_row, ListingRef(list=LIST, row=2)),
    "a list that is not in force": partial(on_row, is_signed=False),
    "a pilot list": partial(on_row, kind="pilot"),
    "a list of the other way": partial(on_row, ListingRef(list="list/2026-50-51-cy", row=0)),
    "a list that ends too early": partial(on_row, effective_to="2026-12-30"),
    "a row of another receiver": partial(on_row, receiver=OTHER_RECEIVER, permit=OTHERS),
    "a row of another permit": partial(on_row, permit=SECOND),
    "a row of other codes": partial(on_row, waste=Scope(category="HW31", scope="EXCEPT", codes=(BATTERY, PASTE))),
    "a row of other methods": partial(on_row, methods=("R5", "D10")),
    "a row for use alone": partial(on_row, methods=("R4", "R5", "D10"), conditions=Conditions(use_only=True), method="D10"),
    "a row for use alone that has no method of use": partial(on_row, methods=("D10",), conditions=Conditions(use_only=True), method="D10"),
    "a row that two lines fill": on_one_row,
    "a row that is full": partial(on_row, quota_t="2999.999999"),
    # manifest_type
    "no plan": lambda: ask(listed(), plan=None),
    "a back-fill without paper": lambda: ask(listed(), type="backfill_ordinary"),
    "paper of what is no back-fill": lambda: ask(listed(), paper=PAPER),
    "a pipeline without meters": lambda: ask(listed(), type="pipeline", mode="pipeline"),
    "meters of what is no pipeline": lambda: ask(listed(), meters=METERS),
    "a transfer from outside without its decision": partial(from_outside, decision=None),
    "a decision of outside and one of this log": lambda: ask(listed(), decision=ELSEWHERE),
    "a transfer from outside under a decision of this log too": partial(from_outside, approval=APPROVAL),
    "a transfer from outside out of a province of this log": partial(from_outside, generator=GENERATOR, origin="510112"),
    "a pipeline on the road": lambda: ask(listed(), type="pipeline", meters=METERS),
    "a road that is a pipeline": lambda: ask(listed(), mode="pipeline"),
    "paper that departs after it was completed": lambda: ask(
        listed(), type="backfill_ordinary", paper=replace(LATE, completed_at="2026-11-05T08:59:59+08:00"), now="2026-11-06 09:00"
    ),
    "paper that is completed after it is entered": lambda: ask(listed(), type="backfill_ordinary", paper=LATE, now="2026-11-05 15:59"),
    "paper that is entered on the last day": lambda: ask(listed(), type="backfill_ordinary", paper=LATE, now="2026-11-19 23:59"),
    "paper that is entered too late": lambda: ask(listed(), type="backfill_ordinary", paper=LATE, now="2026-11-20 00:00"),
    "paper of the day on which it was completed as it departed": lambda: ask(
        listed(), type="backfill_ordinary", paper=replace(LATE, completed_at=LATE.departed_at), now="2026-11-05 09:00"
    ),
    "paper that departed before the decision was entered": lambda: backfilled("2026-02-09", listed()),
    "paper that departed before the decision was given": lambda: backfilled("2026-02-08", listed()),
    "paper to a permit that is suspended since": since_suspended,
    # approval
    "a decision of outside that is not given yet": partial(from_outside, decision=replace(ELSEWHERE, decided_on="2026-11-06")),
    "a decision of outside that is over": partial(from_outside, "2026-11-11 00:00"),
    "another waste than the line's, where the permit covers its code": lambda: rags(rag(name="小油漆桶", code="900-047-49")),
    "another waste than that of a decision of one line": lambda: rags(rag(name="小油漆桶"), alone=True),
    "another code, which the permit lacks": lambda: rags(rag(code="900-046-49")),
    "another method, which the permit lacks": lambda: rags(rag(), rag(method="R4"), rag(method="D10")),
    "another method, which the permit has": lambda: rags(rag(method="R4"), methods=("D10", "R4")),
    "a line that was not granted, and a method that was not": lambda: rags(rag(decision_line=2), rag(method="R4")),
    "a line that is over": lambda: rags(rag(), rag(name="小油漆桶", decision_line=1, mass_t="0.000001"), now="2027-01-01 08:30", number=None),
    "a gram more than a line of one gram": lambda: rags(rag(name="小油漆桶", decision_line=1, mass_t="0.000002")),
    # waste
    "a code out of form": partial(wastes, code="90005231"),
    "a code with something behind it": lambda: ask(listed(), line(code=f"{BATTERY}\n")),
    "a code before any catalogue was adopted": uncatalogued,
    "a code of a year before any catalogue": partial(in_the_past, "2020-06-30"),
    "a code of another category": partial(wastes, category=HW49),
    "a category that is none": lambda: ask(listed(), line(category="HW51", code="900-052-51")),
    "an identified waste without its report": partial(wastes, code="900-000-31", name="鉴别"),
    "a code that is but one slip away": partial(wastes, code="900-026-31", name="废铅膏"),
    "a code with two digits changed about": partial(wastes, code="900-502-31"),
    "a code that is like no other": partial(wastes, code="321-998-48", category="HW48"),
    "a code that is near many": partial(wastes, code="841-006-01", category="HW01", hazards=("In",)),
    "a code that a decision has better": lambda: ask(listed(), line(), line(code="900-053-31")),
    "a code that the second line of a decision has better": lambda: rags(rag(name="小油漆桶", code="900-040-49", decision_line=1, mass_t="0.000001")),
    "a code of a line that was not granted": lambda: rags(rag(code="900-040-49", decision_line=2)),
    "a code that is new on the first day that binds": partial(in_the_past, "2025-01-01"),
    "a code that is new on the day before": partial(in_the_past, "2024-12-31"),
    "a hazard that a code of one hazard lacks": partial(wastes, code="900-025-31", hazards=("C",)),
    "hazards that lack the first": partial(wastes, hazards=("C",)),
    "hazards that lack the first of three": partial(wastes, code="900-404-06", category="HW06", hazards=("I",)),
    "hazards of which one would do": partial(wastes, code="900-047-49", category=HW49, hazards=("In",)),
    # place
    "an origin of the own party elsewhere": partial(at_site, registered="510115", origin=place("510112", "S-1")),
    "an origin at no site": partial(at_site, origin=place("510112", "S-1")),
    "a destination at a site of somebody else": partial(at_site, registered="500116", destination=place("500116", "S-1")),
    "a plan of a site that is none": partial(at_site, plan=PlanRef(filing_no="GL-1", site="S-1")),
    "an origin away from home": partial(at_site, origin="500115", approval=None, number=None),
    "an origin elsewhere than applied for": partial(at_site, origin="510502", number=None),
    "a carrier whom the log does not know": partial(at_site, carriers=(OTHER_GENERATOR, GUIZHOU)),
    # number
    "a number of another city": partial(numbered, "20265102000123"),
    "a number of a municipality": lambda: ask(with_permit("2026-11-05 08:30"), line(decision_line=None), **{**INTRA, "number": "20265003000123"}),
    "a number of another year": partial(numbered, "20255101000123"),
    "a number that is one's own": partial(numbered, NUMBER, (GENERATOR, MINE, "live")),
    "a number that was one's own": partial(numbered, NUMBER, (GENERATOR, MINE, "closed")),
    "a number that is void": partial(numbered, NUMBER, (GENERATOR, MINE, "voided")),
    "a number that is another's and void": partial(numbered, NUMBER, (OTHER_GENERATOR, THEIRS, "voided"), (GENERATOR, MINE, "live")),
    "a number that is another's": partial(numbered, NUMBER, (OTHER_GENERATOR, THEIRS, "live")),
}  # fmt: skip
