"""Every act that a manifest may take, prepared: what the log knows is filled in, what only its signer knows has a stand-in that fits.

So whatever still speaks against a prepared act lies with the manifest and its facts, not with what somebody writes, and the rules of admission
say it themselves (``manifests.possible``). Who may sign, and whether an act is open, is judged there: here every act is prepared whose form can be
filled at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from ledger.directory import LogState
from ledger.form_fields import form_fields
from ledger.mass import format_mass
from ledger.model import Facts
from ledger.times import day_of, format_at
from manifests import telling
from manifests.acts import (
    ACTS_BY_KIND,
    Arrive,
    Depart,
    Dispose,
    DisposedLine,
    Gate,
    HandOver,
    Issue,
    Receive,
    ReceivedLine,
    Stop,
    Transship,
    Verify,
    Void,
    Weighing,
)
from manifests.acts.depart import wanted_checks
from manifests.case import ManifestCases
from manifests.labels import PACKED
from manifests.lots import uses_of
from manifests.machine import Act, moves_from
from manifests.model import ManifestState, Vehicle, VehicleKind
from manifests.recorded import record_of
from manifests.returned import free_g
from manifests.vehicles import needs_papers
from whitelist.fields import Place, Return
from whitelist.transfer import WasteLine

WORDS = "（待填）"
PLATE = "待填"
_VEHICLES: Mapping[str, VehicleKind] = {"rail": "train", "water": "ship", "pipeline": "pipeline", "other": "other"}


class ReportThread(Struct, frozen=True):
    """A case of reports that somebody began, in which everybody concerned may go on."""

    chain: str
    by: str
    at_s: int


class ManifestGround(Struct, frozen=True, kw_only=True):
    """What acts are prepared from: a manifest in force with what stands beside it, at a moment. Its facts hold the trunk, its register, and what
    its acts and lots wrote."""

    trunk: str
    state: ManifestState
    cases: ManifestCases
    log: LogState
    facts: Facts
    now_s: int
    threads: tuple[ReportThread, ...] = ()
    """Oldest first, as the view knows them: no register does."""
    new: str
    """The ULID of chains that are still to begin. It is made up for one answer and never told, so nobody can have begun them."""


class PreparedAct(Struct, frozen=True, kw_only=True):
    """An act, ready but for what its signer fills in."""

    kind: str
    chain: str
    is_new: bool = False
    """Whether its chain is still to begin, under a ULID that the signer chooses."""
    body: Any
    asked: tuple[str, ...] = ()
    """Paths of the body whose value is a stand-in: whoever signs gives them. ``*`` for any place in a list."""
    when: Mapping[str, tuple[str, str]] = {}
    """Further paths that are asked for in some cases only, and in which."""
    choices: Mapping[str, Mapping[str, tuple[str, str]]] = {}
    """Values that a field may have here, where they are fewer than its form allows, each in words."""
    title: tuple[str, str] | None = None
    """What it is called, where the kind alone does not say it."""
    about: tuple[str, str] | None = None
    """What of several it is about: which hold, which correction."""
    at_s: int | None = None
    """When it took place, where the manifest says it."""


def trunk_acts(ground: ManifestGround, party: str) -> Iterator[PreparedAct]:
    """The acts of the trunk that the machine knows at this stage, and the return of what was refused."""
    state = ground.state
    for act, _ in moves_from(state.stage):
        if act is not Act.ISSUE and (prepared := _PREPARE.get(act, partial(_of_form, act))(ground, party)) is not None:
            yield prepared
    if any(free_g(state, ground.cases.returned)):
        yield _return(ground)


def _act(act: Act, ground: ManifestGround, body: Any, *asked: str, **said: Any) -> PreparedAct:
    return PreparedAct(kind=act.kind, chain=ground.trunk, body=body, asked=asked, **said)


def _void(ground: ManifestGround, party: str) -> PreparedAct:
    return _act(Act.VOID, ground, Void(reason=WORDS), "reason")


def _depart(ground: ManifestGround, party: str) -> PreparedAct:
    state = ground.state
    vehicle, asked = _vehicle(state)
    body = Depart(
        vehicle=vehicle,
        waybill_no=WORDS if needs_papers(state) else None,
        place=state.origin,
        gate=Gate(labels=_labels(ground), checks=wanted_checks(state)),  # type: ignore[arg-type]  # checks by their codes
    )
    waybill = ("waybill_no",) if needs_papers(state) else ()
    checks = ("gate.labels", "gate.checks") if wanted_checks(state) else ("gate.labels",)
    return _act(Act.DEPART, ground, body, *asked, *waybill, *checks, at_s=state.paper_departed_s)


def _labels(ground: ManifestGround) -> tuple[str, ...]:
    """One for each waste that is packed, of the first pack of the day."""
    state, day = ground.state, day_of(ground.now_s).replace("-", "")
    codes = dict.fromkeys(line.code.replace("-", "") for line in state.lines if line.packing in PACKED and not state.is_backfill)
    return tuple(f"{state.label_units[0]}{code}{day}001" for code in codes)


def _vehicle(state: ManifestState) -> tuple[Vehicle, tuple[str, ...]]:
    """The next vehicle, and what of it is asked for."""
    kind, papers = _VEHICLES.get(state.mode, "truck"), needs_papers(state)
    vehicle = Vehicle(kind=kind, plate=PLATE, licence_no=WORDS if papers else None)
    return vehicle, (*(("vehicle.kind",) if kind == "other" else ()), "vehicle.plate", *(("vehicle.licence_no",) if papers else ()))


def _leg(state: ManifestState, party: str) -> int | None:
    """Which leg an act is about: none is named where it is the only one under way."""
    under_way = state.under_way
    own = [number for number in under_way if state.legs[number].carrier == party] or under_way
    return own[0] if len(under_way) > 1 else None


def _hand_over(ground: ManifestGround, party: str) -> PreparedAct:
    vehicle, asked, when = _next_vehicle(ground.state)
    body = HandOver(vehicle=vehicle, place=_on_the_way(ground.state), leg=_leg(ground.state, party))
    return _act(Act.HAND_OVER, ground, body, *asked, "place.division", "place.address", when=when)


_ENTERED_WITHOUT = (
    "没有的照样入账，主管部门会看到（NO_WAYBILL）",
    "without it the act is entered, and the authorities see it (NO_WAYBILL)",
)


def _next_vehicle(state: ManifestState) -> tuple[Vehicle, tuple[str, ...], Mapping[str, tuple[str, str]]]:
    """That of a load which moves already: its papers are due too, and nothing stands still for them."""
    vehicle, asked = _vehicle(state)
    papers = ("vehicle.licence_no", "waybill_no") if needs_papers(state) else ()
    return replace(vehicle, licence_no=None), tuple(path for path in asked if path not in papers), dict.fromkeys(papers, _ENTERED_WITHOUT)


def _on_the_way(state: ManifestState) -> Place:
    return Place(division=state.last_division or state.origin.division, address=WORDS)


def _transship(ground: ManifestGround, party: str) -> PreparedAct:
    vehicle, asked, when = _next_vehicle(ground.state)
    when = {"vehicle.licence_no": when["vehicle.licence_no"]} if when else {}  # the waybill goes on
    body = Transship(vehicle=vehicle, reason=WORDS, place=_on_the_way(ground.state), leg=_leg(ground.state, party))
    return _act(Act.TRANSSHIP, ground, body, *asked, "reason", "place.division", "place.address", when=when)


def _stop(ground: ManifestGround, party: str) -> PreparedAct:
    body = Stop(place=_on_the_way(ground.state), reason=WORDS, leg=_leg(ground.state, party))
    return _act(Act.STOP, ground, body, "place.division", "place.address", "reason")


def _arrive(ground: ManifestGround, party: str) -> PreparedAct:
    return _act(Act.ARRIVE, ground, Arrive(place=ground.state.destination, leg=_leg(ground.state, party)))


_UNLESS_ACCEPTED = ("处理意见不是“接受”的", "unless the opinion is accept")


def _receive(ground: ManifestGround, party: str) -> PreparedAct:
    state = ground.state
    lines = tuple(
        ReceivedLine(line=number, opinion="accept", accepted_t=format_mass(line.sent_g), method=line.method)  # type: ignore[arg-type]  # a code
        for number, line in enumerate(state.lines)
    )
    accepted_s = state.paper_completed_s if state.is_backfill else None
    body = Receive(accepted_at=format_at(accepted_s or ground.now_s), lines=lines, weighing=Weighing(method="weighbridge"))
    if state.route == "RETURN":  # whose waste comes home takes it
        return _act(Act.RECEIVE, ground, body, "accepted_at", "lines.*.accepted_t", "weighing.method")
    when = {
        "lines.*.refused_t": ("部分接受的", "where a part is accepted"),
        "lines.*.reason_code": _UNLESS_ACCEPTED,
        "lines.*.reason": _UNLESS_ACCEPTED,
    }
    return _act(Act.RECEIVE, ground, body, "accepted_at", "lines.*.opinion", "lines.*.accepted_t", "weighing.method", when=when)


def _dispose(ground: ManifestGround, party: str) -> PreparedAct | None:
    """All that is left: what went on by other manifests as their lots say, the rest as used or disposed of here."""
    fates: list[DisposedLine] = []
    for number, line in enumerate(ground.state.lines):
        uses, sent = uses_of(ground.facts, ground.trunk, number), {one.manifest: 0 for one in line.onward}
        for one in line.onward:
            sent[one.manifest] += one.mass_g
        for manifest in dict.fromkeys(use.manifest for use in uses.uses):
            if (left_g := uses.of(manifest) - sent.get(manifest, 0)) > 0:
                fates.append(_fate(number, line.method, left_g, manifest))
        if (left_g := (line.accepted_g or 0) - uses.total_g - line.treated_g) > 0:
            fates.append(_fate(number, line.method, left_g))
    return _act(Act.DISPOSE, ground, Dispose(fates=tuple(fates[:64])), "fates.*.method", "fates.*.mass_t") if fates else None


def _fate(line: int, method: str, mass_g: int, onward: str | None = None) -> DisposedLine:
    return DisposedLine(line=line, method=method, mass_t=format_mass(mass_g), onward=onward)  # type: ignore[arg-type]  # a code


def _verify(ground: ManifestGround, party: str) -> PreparedAct:
    return _act(Act.VERIFY, ground, Verify())


def _of_form(act: Act, ground: ManifestGround, party: str) -> PreparedAct | None:
    """An act that has no row below, from its form: a place is where the load is, texts are asked for. ``None`` where it needs more than that."""
    body = ACTS_BY_KIND[act.kind].kind.body
    needed = [field for field in form_fields(body).values() if field.is_required and "." not in field.path]
    if any(field.is_list or field.type not in ("text", "object") or (field.type == "object" and field.path != "place") for field in needed):
        return None
    values = {field.path: _on_the_way(ground.state) if field.path == "place" else WORDS for field in needed}
    asked = [path for path in values if path != "place"] + (["place.division", "place.address"] if "place" in values else [])
    return _act(act, ground, body(**values), *asked)


_PREPARE = {
    Act.VOID: _void,
    Act.DEPART: _depart,
    Act.HAND_OVER: _hand_over,
    Act.TRANSSHIP: _transship,
    Act.STOP: _stop,
    Act.ARRIVE: _arrive,
    Act.RECEIVE: _receive,
    Act.DISPOSE: _dispose,
    Act.VERIFY: _verify,
}


def _return(ground: ManifestGround) -> PreparedAct:
    """The way home of everything that was refused and no return has taken (R-65): from the gate to where it left, as the manifest describes it."""
    state, record = ground.state, record_of(ground.facts, ground.trunk)
    left = [(number, grams) for number, grams in enumerate(free_g(state, ground.cases.returned)) if grams > 0]
    lines = []
    for number, grams in left:
        line = convert(record["lines"][number], WasteLine)
        lines.append(replace(line, mass_t=format_mass(grams), decision_line=None, plan_line=None, lots=None, exemptions=()))
    is_near = state.home == state.origin.division
    home = state.origin if is_near else Place(division=state.home, address=WORDS)
    body = Issue(
        receiver=state.generator,
        returns=Return(manifest=ground.trunk, how="back", lines=tuple(number for number, _ in left)),
        origin=Place(division=state.destination.division, address=state.destination.address),
        destination=home,
        consignor="generator",
        mode=record.get("mode", "road"),
        emergency_measures=record.get("emergency_measures"),
        lines=tuple(lines),
    )
    chain = f"manifest/{state.generator}/{ground.new}"
    asked = () if is_near else ("destination.address",)
    elsewhere = ("改送其他单位的（returns.how 填 redirect）", "for a redirect (returns.how: redirect)")
    when = {"receiver": elsewhere, "destination.division": elsewhere, "permit": elsewhere, "approval": elsewhere}
    return PreparedAct(kind=Act.ISSUE.kind, chain=chain, is_new=True, body=body, asked=asked, when=when, title=telling.RETURN)
