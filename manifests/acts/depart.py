"""起运: the loading gate and the first leg (R-50, R-51, R-32, R-40; Order 23 Art. 10(3), 11(1)(2), 13: 不相符的，应当不予装载).

A label is a 数字识别码 of HJ 1276: 18 + 8 + 8 + 3 = 37 characters, USCC, code without hyphens, day, serial. The sum is read
[READ S20b], the four widths are recalled and to be confirmed [RECALL].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Judged, Role
from ledger.days import read_day
from ledger.findings import Findings
from ledger.mass import parse_mass, read_mass
from ledger.model import Statement
from ledger.times import day_of
from manifests.act import TIMES, Body, at_stage, is_blank, judge_grams, note_new_carrier, trunk_act
from manifests.mass import difference_level, judge_weighing
from manifests.model import Act, Capacity, Leg, ManifestState, Stage, Vehicle
from manifests.vehicles import (
    place_is_named,
    reads_departure,
    trips,
    vehicle_is_named,
    vehicle_makes_one_trip,
)
from signing.refusal import texts
from signing.uscc import check_uscc
from whitelist.divisions import same_place
from whitelist.fields import Place

LABELS_MAX = 500
"""What 24 KiB of body hold."""
CHECKS = ("carrier", "vehicle", "crew", "labels")
"""What Art. 13 has verified at every loading: permits of carrier, vehicle and crew, and the labels."""
BULK_PACKING = frozenset({"tank", "other"})
"""Packings that carry their label on the storage, not on pieces."""
_LABEL = re.compile(r"(?P<unit>[0-9A-HJ-NPQRTUWXY]{18})(?P<code>[0-9]{8})(?P<day>[0-9]{8})(?P<serial>[0-9]{3})")
GateCheck = Literal["carrier", "vehicle", "crew", "labels", "packaging", "intact", "weatherproof", "leakproof"]


class LoadedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Weight of one line at loading (Art. 10(3))."""

    line: int
    mass_t: str
    gross_t: str | None = None
    tare_t: str | None = None


class Gate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Loading gate (装载核实, Art. 13): labels scanned, checks attested by the signers."""

    labels: tuple[str, ...]
    """数字识别码, 37 characters each."""
    checks: tuple[GateCheck, ...]


class Depart(Body, frozen=True, kw_only=True):
    """Part 2 of the form, first leg (``manifest.depart/1``). ``at`` is the time of departure (实际起运时间)."""

    vehicle: Vehicle
    waybill_no: str = ""
    gate: Gate
    loaded: tuple[LoadedLine, ...] = ()
    """Every line once, or nothing where the load is weighed only at its destination."""
    place: Place


class Label(Struct, frozen=True):
    """A scanned 数字识别码, taken apart. ``code`` with hyphens, ``day`` as ``YYYY-MM-DD``."""

    unit: str
    code: str
    day: str
    serial: str


def read_label(text: str) -> Label | None:
    """The four segments, or ``None`` if the text is no label or its day does not exist."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    code, day = found["code"], found["day"]
    label = Label(found["unit"], f"{code[:3]}-{code[3:6]}-{code[6:]}", f"{day[:4]}-{day[4:6]}-{day[6:]}", found["serial"])
    return label if read_day(label.day) is not None else None


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Consignor and first carrier; or a carrier named at issue, alone, since nobody may load in a stranger's name.

    A consignor that is named as carrier drives its own waste: one party, both roles.
    """
    state: ManifestState = facts.state(statement.chain)
    if _is_carrier_alone(statement, state):
        return (Role(Capacity.CARRIER.value, statement.by),)
    drives_itself = statement.by == (state.consignor,) and statement.principal is None and state.consignor in state.carriers
    carriers = statement.by if drives_itself else statement.by[1:2] or state.carriers
    return (Role(Capacity.CONSIGNOR.value, (state.consignor,)), Role(Capacity.CARRIER.value, carriers))


def _is_carrier_alone(statement: Statement, state: ManifestState) -> bool:
    alone = len(statement.by) == 1 and statement.principal is None and statement.by[0] in state.carriers
    return alone and statement.by[0] != state.consignor


def loaders_are_said(judged: Judged, out: Findings) -> None:
    """LOAD_UNILATERAL when the consignor has not signed; CARRIER_CHANGED when another carrier than named takes the load (R-34)."""
    statement: Statement = judged.statement
    if _is_carrier_alone(statement, judged.state):
        out.tag("LOAD_UNILATERAL")
        out.alert("L", "LOAD_UNILATERAL")
    elif len(statement.by) > 1:
        note_new_carrier(judged, statement.by[1], out)


def departs_within_the_decision(judged: Judged, out: Findings) -> None:
    """R-32: 起运 is not later than the last day of the decision. Order 23 Art. 27.2, 27.3 [READ]."""
    approved_to, day = judged.state.approved_to, day_of(judged.statement.at_s)
    if approved_to is not None and day > approved_to:
        out.refuse("APPROVAL_EXPIRED", "at", day, f"≤ {approved_to}")


def departs_within_the_list(judged: Judged, out: Findings) -> None:
    """R-40: a listing of year Y serves departures in Y only, up to the list's last effective day. 2020 mechanism 1, 2 [READ S6]."""
    listed_to, day = judged.state.listed_to, day_of(judged.statement.at_s)
    if listed_to is None or day <= listed_to:
        return
    if day[:4] != listed_to[:4]:
        out.refuse("WL_YEAR", "at", day, listed_to[:4])
    else:
        out.refuse("WL_TERM", "at", day, f"≤ {listed_to}")


def waybill_travels(judged: Judged, out: Findings) -> None:
    """R-51: nothing departs without 危险货物运单."""
    body: Depart = judged.statement.body
    if is_blank(body.waybill_no):
        out.refuse("NO_MANIFEST", "body.waybill_no", body.waybill_no, "危险货物运单号")


def checks_are_attested(judged: Judged, out: Findings) -> None:
    """The signers attest the four checks of Art. 13."""
    body: Depart = judged.statement.body
    left_out = [check for check in CHECKS if check not in body.gate.checks]
    if left_out:
        out.refuse("LOAD_CHECKS", "body.gate.checks", ", ".join(body.gate.checks), ", ".join(left_out))


def labels_match_lines(judged: Judged, out: Findings) -> None:
    """R-50, R-52: every label parses, names the generator and the code of a line; every packed line shows at least one."""
    body: Depart = judged.statement.body
    state, labels = judged.state, body.gate.labels
    if len(labels) > LABELS_MAX:
        out.refuse("LOAD_LABEL", "body.gate.labels", len(labels), f"≤ {LABELS_MAX}")
        return
    codes = {line.code for line in state.lines}
    seen: set[str] = set()
    shown: set[str] = set()
    for position, text in enumerate(labels):
        field = f"body.gate.labels.{position}"
        label = read_label(text)
        if label is None:
            out.refuse("LOAD_LABEL", field, text, "18 + 8 + 8 + 3")
        elif text in seen:
            out.refuse("LOAD_LABEL", field, text, "每个标签一次 / once")
        elif label.unit != state.generator:
            out.refuse("MULTI_GENERATOR" if check_uscc(label.unit) else "LOAD_LABEL", field, label.unit, state.generator)
        elif label.code not in codes:
            out.refuse("LOAD_LABEL", field, label.code, ", ".join(sorted(codes)))
        else:
            shown.add(label.code)
        seen.add(text)
    if state.is_backfill:
        return  # the paper trip is over; its labels can no longer be scanned
    for number, line in enumerate(state.lines):
        if line.code not in shown and line.packing not in BULK_PACKING:
            out.refuse("LOAD_LABEL", "body.gate.labels", "", f"lines.{number}: {line.code}")


def loaded_masses_are_whole(judged: Judged, out: Findings) -> None:
    """Either nothing is weighed, or every line once; gross - tare = net where all three stand."""
    body: Depart = judged.statement.body
    if not body.loaded:
        return
    numbers = [line.line for line in body.loaded]
    if sorted(numbers) != list(range(len(judged.state.lines))):
        out.refuse("LINES_ONCE", "body.loaded", ", ".join(map(str, numbers)), f"0 … {len(judged.state.lines) - 1}")
    for position, line in enumerate(body.loaded):
        field = f"body.loaded.{position}"
        judge_grams(out, f"{field}.mass_t", line.mass_t, positive=True)
        judge_weighing(out, field, line.gross_t, line.tare_t, line.mass_t)


def loaded_mass_is_near_declared(judged: Judged, out: Findings) -> None:
    """ALERT WEIGHT: what was loaded differs from what was declared by more than the tolerance of R-62."""
    body: Depart = judged.statement.body
    for loaded in body.loaded:
        mass_g = read_mass(loaded.mass_t)
        if mass_g is None or not 0 <= loaded.line < len(judged.state.lines):
            continue
        line = judged.state.lines[loaded.line]
        level = difference_level(line.form, line.declared_g, mass_g)
        if level is not None:
            out.alert(level, "WEIGHT")


def departs_from_the_origin(judged: Judged, out: Findings) -> None:
    """ALERT M when the trip begins in another division than the manifest's origin: number, decision and list hang on the origin."""
    body: Depart = judged.statement.body
    if not same_place(judged.facts, body.place.division, judged.state.origin.division):
        out.alert("M", "WRONG_ORIGIN")


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Depart = statement.body
    loaded = {line.line: parse_mass(line.mass_t) for line in body.loaded}
    lines = tuple(replace(line, loaded_g=loaded.get(number)) for number, line in enumerate(state.lines)) if loaded else state.lines
    leg = Leg(
        carrier=statement.by[-1],
        vehicle=body.vehicle,
        waybill_no=body.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
    )
    return at_stage(replace(state, lines=lines, legs=(leg,)), Stage.IN_TRANSIT, departed_s=statement.at_s)


DEPART = trunk_act(
    Act.DEPART,
    zh="起运（装载核实）",
    en="depart",
    body=Depart,
    signers=signers,
    reads=reads_departure,
    reads_doc="The open trips of the vehicle.",
    rules=(
        *TIMES,
        loaders_are_said,
        departs_within_the_decision,
        departs_within_the_list,
        waybill_travels,
        checks_are_attested,
        labels_match_lines,
        loaded_masses_are_whole,
        loaded_mass_is_near_declared,
        vehicle_is_named,
        place_is_named,
        departs_from_the_origin,
        vehicle_makes_one_trip,
    ),
    registers=trips,
    advance=_advance,
    books=None,
    effect=("第一段运输开始，装载量记入联单。", "The first leg begins; what was loaded stands in the manifest."),
    texts=texts("""
LOAD_LABEL | R-50 | generator | Order 23 Art. 13(3) [READ]; HJ 1276 label of 37 characters [READ S20b], widths 18+8+8+3 [RECALL]
识别标志（标签）与联单不符，不应当予以装载。 || 核对数字识别码的单位、废物代码和日期；不属于本联单的包装不得装载，缺少标签的应先贴签。
A label does not match the manifest: the waste must not be loaded. || Check unit, code and day of the label; leave out what is not of this manifest, and label what has none.

LOAD_CHECKS | R-50 | sender | Order 23 Art. 13(3) [READ]
装载前的核实事项不全。 || 逐项核实承运人、运输工具、人员的资质和标签后再装载。
The checks before loading are not complete. || Verify the permits of carrier, vehicle and crew, and the labels, before loading.

MULTI_GENERATOR | R-52 | generator | Order 23 Art. 16.2 [READ]
一份联单中混有其他移出人的废物。 || 同车收运多个移出人的，每个移出人各开一份联单，用同一车次标识关联。
The manifest mixes in waste of another generator. || Each generator issues its own manifest; join them by one trip id.

LOAD_UNILATERAL | R-66 | generator | design §6 [DESIGN]
装载仅由承运人单方签署，托运人未签署。 || 请托运人核对装载信息，如有异议及时提出。
The loading was recorded by the carrier alone, without the consignor. || Let the consignor check what was loaded and object in time.

WRONG_ORIGIN | - | origin_authority | Order 23 Art. 15, 21 [READ]; alert [DESIGN]
起运地与联单的移出地不在同一行政区。 || 核实实际移出场所；编号、批准和清单均以移出地为准。
The trip began in another division than the manifest's origin. || Check the site that the waste left; number, decision and list hang on the origin.
"""),
)
