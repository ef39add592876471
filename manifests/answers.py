"""What this package answers over HTTP: wire Structs, and how they are made from views. Masses are tonne strings, times are ``+08:00``."""

from base64 import b64encode
from collections.abc import Mapping

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.caller import Caller, reads
from ledger.mass import format_mass
from ledger.model import AccountRow
from ledger.problem import Language, Mark, mark
from ledger.times import format_at
from ledger.tree.merkle import leaf_hash
from manifests.actions import Duty
from manifests.acts import ACTS_BY_KIND
from manifests.machine import MOVES, ends
from manifests.model import Leg, LineState, ManifestState, Stage, Vehicle
from manifests.view import ManifestView
from manifests.words import CAPACITIES, STAGES
from signing.refusal import Rule
from whitelist.fields import Place


class ManifestItem(Struct, frozen=True, kw_only=True):
    """A manifest as it is listed."""

    id: str
    """``<generator>/<ULID>``: its address is ``/v1/manifests/<id>``."""
    number: str | None
    stage: str
    stage_text: str
    generator: str
    receiver: str
    carriers: tuple[str, ...]
    origin: str
    """Division (GB/T 2260)."""
    destination: str
    codes: tuple[str, ...]
    declared_t: str
    route: str
    issued_at: str
    """Admission of the issue."""
    index: int
    """Newest entry about it."""


class Manifests(Struct, frozen=True, kw_only=True):
    """A page of manifests, newest issue first, as of ``size`` entries; ``next`` is the cursor of the next page, None at the end."""

    size: int
    manifests: tuple[ManifestItem, ...]
    next: str | None


class ManifestChoice(Struct, frozen=True, kw_only=True):
    """The manifests under one name: one normally, several while a national number is disputed or was used again."""

    size: int
    name: str
    """The number or ULID that was asked for."""
    manifests: tuple[ManifestItem, ...]


class FateAnswer(Struct, frozen=True, kw_only=True):
    """Tonnes of a line used or disposed of by one method."""

    method: str
    mass_t: str


class LineAnswer(Struct, frozen=True, kw_only=True):
    """A waste line and what became of its mass; None where it is not known yet."""

    line: int
    name: str
    code: str
    category: str
    form: str
    packing: str
    method: str
    decision_line: int | None
    declared_t: str
    loaded_t: str | None
    accepted_t: str | None
    refused_t: str | None
    stock_t: str
    opinion: str | None
    differences: tuple[str, ...]
    fates: tuple[FateAnswer, ...]


class LegAnswer(Struct, frozen=True, kw_only=True):
    """One carrier's run with one vehicle; ``parts_t`` by line when the load was split, else empty."""

    carrier: str
    vehicle: Vehicle
    waybill_no: str
    place: Place
    begun_at: str
    ended_at: str | None
    parts_t: dict[str, str]
    reason: str | None


class FlagAnswer(Mark, frozen=True, kw_only=True):
    """An alert with its text, and the entry that raised it."""

    index: int


class ManifestAnswer(Struct, frozen=True, kw_only=True):
    """A manifest as it stands after ``size`` entries."""

    size: int
    manifest: ManifestItem
    consignor: str
    origin: Place
    destination: Place
    mode: str
    permit: str
    approval: str | None
    trip_id: str | None
    type: str
    """联单类型."""
    lines: tuple[LineAnswer, ...]
    legs: tuple[LegAnswer, ...]
    held_t: dict[str, str]
    """Tonnes it holds on each quota account."""
    times: dict[str, str]
    """When the acts took place, as claimed: issued, departed, arrived, accepted, received, disposed, verified, voided, planned."""
    flags: tuple[FlagAnswer, ...]
    head: str
    """Statement hash of the newest act on the trunk: ``prev`` of the next one."""


class SignerAnswer(Struct, frozen=True, kw_only=True):
    """A role that signs, and the parties that may hold it; empty where any party may."""

    role: str
    role_text: str
    parties: tuple[str, ...]


class DutyAnswer(Struct, frozen=True, kw_only=True):
    """An act that is expected. ``due_on`` is a day, included; ``provisional`` when counted with an unofficial calendar."""

    kind: str
    text: str
    signers: tuple[SignerAnswer, ...]
    due_on: str | None
    overdue: bool
    provisional: bool


class ManifestActions(Struct, frozen=True, kw_only=True):
    """Who must do what next, by when, judged at ``at``."""

    size: int
    at: str
    id: str
    stage: str
    actions: tuple[DutyAnswer, ...]


class RecordAnswer(Struct, frozen=True, kw_only=True):
    """An entry about the manifest, with what proves it."""

    index: int
    kind: str
    chain: str
    seq: int
    by: tuple[str, ...]
    at: str
    """Claimed time of the act."""
    hash: str
    """Statement hash."""
    admitted_at: str
    ruleset: str
    facts: tuple[tuple[str, int], ...]
    """What the decision read: chains and the index of their newest entry."""
    route: str | None
    tags: tuple[tuple[str | int, ...], ...]
    alerts: tuple[tuple[str, str], ...]
    accounts: tuple[AccountRow, ...]
    leaf: str
    """Merkle leaf hash, hex."""
    entry: str
    """The exact entry bytes, base64."""


class ManifestHistory(Struct, frozen=True, kw_only=True):
    """Every entry about a manifest, trunk and cases, in the order of the log."""

    size: int
    id: str
    entries: tuple[RecordAnswer, ...]


class MoveAnswer(Struct, frozen=True, kw_only=True):
    """One row of the machine."""

    stage: str
    act: str
    kind: str
    text: str
    signers: tuple[str, ...]
    to: tuple[str, ...]
    seals: tuple[str, ...]
    source: str


class Machine(Struct, frozen=True, kw_only=True):
    """The machine of the manifest: stages with their names, moves in the order of life, stages that no act leaves."""

    stages: dict[str, str]
    moves: tuple[MoveAnswer, ...]
    ends: tuple[str, ...]


def may_read(caller: Caller, view: ManifestView) -> bool:
    """Whether a manifest concerns the reader: generator, receiver and carriers, authorities and operator (design §5); or it touches a
    region that an authority lets it read about (``access.grant``)."""
    return caller.uscc in (view.state.generator, view.state.receiver, *view.carriers) or reads(caller, "manifest", view.places)


def stage_text(stage: Stage, language: Language) -> str:
    """A stage for people."""
    return STAGES[stage] if language == "zh" else stage.value.replace("_", " ")


def item_of(view: ManifestView, language: Language) -> ManifestItem:
    """A view as it is listed."""
    state = view.state
    return ManifestItem(
        id=view.chain.removeprefix("manifest/"),
        number=state.number,
        stage=state.stage.value,
        stage_text=stage_text(state.stage, language),
        generator=state.generator,
        receiver=state.receiver,
        carriers=view.carriers,
        origin=state.origin.division,
        destination=state.destination.division,
        codes=view.codes,
        declared_t=format_mass(sum(line.declared_g for line in state.lines)),
        route=state.route,
        issued_at=format_at(view.issued_s),
        index=view.updated_idx,
    )


def manifest_answer(view: ManifestView, size: int, rules: Mapping[str, Rule], language: Language) -> ManifestAnswer:
    """A view whole."""
    state = view.state
    differing = dict(state.discrepancies)
    marks = [(mark(flag.code, rules, language, flag.level), flag.index) for flag in view.flags]
    return ManifestAnswer(
        size=size,
        manifest=item_of(view, language),
        consignor=state.consignor,
        origin=state.origin,
        destination=state.destination,
        mode=state.mode,
        permit=state.permit,
        approval=state.approval,
        trip_id=state.trip_id,
        type=state.type,
        lines=tuple(_line(number, line, differing.get(number, ())) for number, line in enumerate(state.lines)),
        legs=tuple(map(_leg, state.legs)),
        held_t={account: format_mass(grams) for account, grams in sorted(state.drawn.items())},
        times=_times(state),
        flags=tuple(FlagAnswer(code=found.code, level=found.level, message=found.message, index=index) for found, index in marks),
        head=state.acts[-1],
    )


def _tonnes(grams: int | None) -> str | None:
    return None if grams is None else format_mass(grams)


def _line(number: int, line: LineState, differences: tuple[str, ...]) -> LineAnswer:
    return LineAnswer(
        line=number,
        name=line.name,
        code=line.code,
        category=line.category,
        form=line.form,
        packing=line.packing,
        method=line.method,
        decision_line=line.decision_line,
        declared_t=format_mass(line.declared_g),
        loaded_t=_tonnes(line.loaded_g),
        accepted_t=_tonnes(line.accepted_g),
        refused_t=_tonnes(line.refused_g),
        stock_t=format_mass(line.stock_g),
        opinion=line.opinion,
        differences=differences,
        fates=tuple(FateAnswer(method=fate.method, mass_t=format_mass(fate.mass_g)) for fate in line.fates),
    )


def _leg(leg: Leg) -> LegAnswer:
    return LegAnswer(
        carrier=leg.carrier,
        vehicle=leg.vehicle,
        waybill_no=leg.waybill_no,
        place=leg.place,
        begun_at=format_at(leg.begun_s),
        ended_at=None if leg.ended_s is None else format_at(leg.ended_s),
        parts_t={str(part.line): format_mass(part.mass_g) for part in leg.parts},
        reason=leg.reason,
    )


def _times(state: ManifestState) -> dict[str, str]:
    times = state.times
    known = {
        "planned": state.planned_s,
        "issued": times.issued_s,
        "departed": times.departed_s,
        "arrived": times.arrived_s,
        "accepted": times.accepted_s,
        "received": times.received_s,
        "disposed": times.disposed_s,
        "verified": times.verified_s,
        "voided": times.voided_s,
    }
    return {name: format_at(at_s) for name, at_s in known.items() if at_s is not None}


def duty_answer(duty: Duty, language: Language) -> DutyAnswer:
    """An expected act for people and programs."""
    signers = tuple(SignerAnswer(role=role, role_text=_role_text(role, language), parties=parties) for role, parties in duty.signers)
    text = _kind_text(duty.kind, language)
    return DutyAnswer(kind=duty.kind, text=text, signers=signers, due_on=duty.due_on, overdue=duty.overdue, provisional=duty.provisional)


def _role_text(role: str, language: Language) -> str:
    return CAPACITIES[role] if language == "zh" else role.replace("_", " ")


def _kind_text(kind: str, language: Language) -> str:
    known = ACTS_BY_KIND[kind].kind
    return known.zh if language == "zh" else known.en


def record_answer(entry: Entry) -> RecordAnswer:
    """An entry with everything needed to check it."""
    statement, admission = entry.statement, entry.admission
    return RecordAnswer(
        index=entry.index,
        kind=statement.kind,
        chain=statement.chain,
        seq=statement.seq,
        by=statement.by,
        at=statement.at,
        hash=statement.hash,
        admitted_at=admission.at,
        ruleset=admission.ruleset,
        facts=admission.facts,
        route=admission.decision.route,
        tags=admission.decision.tags,
        alerts=admission.decision.alerts,
        accounts=admission.decision.accounts,
        leaf=leaf_hash(entry.raw).hex(),
        entry=b64encode(entry.raw).decode("ascii"),
    )


def machine_answer(language: Language) -> Machine:
    """The table of manifests.machine, row by row."""
    moves = tuple(
        MoveAnswer(
            stage=stage.value,
            act=act.value,
            kind=f"manifest.{act}/1",
            text=_kind_text(f"manifest.{act}/1", language),
            signers=tuple(role.value for role in found.roles),
            to=tuple(to.value for to in found.to),
            seals=found.seals,
            source=found.source,
        )
        for (stage, act), found in MOVES.items()
    )
    return Machine(
        stages={stage.value: stage_text(stage, language) for stage in Stage}, moves=moves, ends=tuple(stage.value for stage in ends())
    )
