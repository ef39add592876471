"""Emergencies for tests: a leak on the motorway above Longquanyi, battery waste of the generator, the receiver in Chongqing; all firms fictitious."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.times import day_of, format_at
from manifests import acts
from tests.manifests.driver import GENERATOR, MANIFEST, PERMIT, RECEIVER, Driver, a_line, an_issue
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.emergency_close import EmergencyClose
from whitelist.acts.emergency_declare import EmergencyDeclare, NamedReceiver
from whitelist.acts.emergency_join import EmergencyJoin
from whitelist.fields import Place, ScopeForm

DECLARE, JOIN, CLOSE = "emergency.declare/1", "emergency.join/1", "emergency.close/1"
EMERGENCY = f"emergency/{AUTHORITY_51}/01K9000000000000000000EMR1"
COUNTED = f"emergency:{EMERGENCY}"
ROAD = Place(division="510112", address="沪蓉高速龙泉驿段 K12（虚构）")


class Clock(Protocol):
    """Whatever has a present."""

    at_s: int


def a_declaration(log: Clock, **changes: Any) -> EmergencyDeclare:
    """The leak of this morning: 10 t of battery waste at most, to one receiver in Chongqing, for a month."""
    body = EmergencyDeclare(
        name="11·05 高速公路泄漏（虚构）",
        happened_at=format_at(log.at_s - 3600),
        place=ROAD,
        plan_no="龙府应〔2026〕3号（虚构）",
        plan_authority="成都市龙泉驿区人民政府",
        generators=(GENERATOR,),
        wastes=(ScopeForm(category="HW31", scope="INCLUDE", codes=("900-052-31",)),),
        receivers=(NamedReceiver(receiver=RECEIVER, permit=PERMIT),),
        ceiling_t="10",
        valid_from=day_of(log.at_s),
        valid_to=day_of(log.at_s + 30 * 86_400),
    )
    return replace(body, **changes)


def a_join(log: Clock, **changes: Any) -> EmergencyJoin:
    """Chongqing's letter."""
    return replace(EmergencyJoin(letter_no="渝环函〔2026〕88号（虚构）", letter_date=day_of(log.at_s)), **changes)


def a_close(log: Clock, **changes: Any) -> EmergencyClose:
    """The end."""
    return replace(EmergencyClose(closed_on=day_of(log.at_s), summary="路面清理完毕，废物全部运离（虚构）"), **changes)


def declared(log: Driver | None = None, **changes: Any) -> Driver:
    """A log on which the emergency is declared."""
    log = log or Driver()
    log.post(DECLARE, (AUTHORITY_51,), a_declaration(log, **changes), chain=EMERGENCY)
    return log


def joined(log: Driver | None = None, **changes: Any) -> Driver:
    """The same, and Chongqing has joined."""
    log = declared(log, **changes)
    log.post(JOIN, (AUTHORITY_50,), a_join(log), chain=EMERGENCY)
    return log


def close(log: Driver) -> Entry:
    """终止."""
    return log.post(CLOSE, (AUTHORITY_51,), a_close(log), chain=EMERGENCY)


def an_emergency(mass_t: str = "5.600000", **changes: Any) -> acts.Issue:
    """An issue that stands on it."""
    own = {"type": "emergency", "emergency": EMERGENCY, "approval": None, "plan": None, "number": None, "lines": (waste(mass_t),)}
    return an_issue(**{**own, **changes})


def waste(mass_t: str = "5.600000", **changes: Any) -> Any:
    """A line that names no line of a decision."""
    return a_line(**{"mass_t": mass_t, "decision_line": None, **changes})


def issue(log: Driver, mass_t: str = "5.600000", *, chain: str = MANIFEST, **changes: Any) -> Entry:
    """应急转移联单."""
    return log.post("manifest.issue/1", (GENERATOR,), an_emergency(mass_t, **changes), chain=chain)


def why(log: Driver, mass_t: str = "5.600000", *, chain: str = MANIFEST, **changes: Any) -> list[tuple[str, str]]:
    """Reasons against it."""
    return log.reasons("manifest.issue/1", (GENERATOR,), an_emergency(mass_t, **changes), chain=chain)


def counted_g(log: Driver) -> int:
    """Grams counted against the ceiling."""
    return log.value(COUNTED) or 0
