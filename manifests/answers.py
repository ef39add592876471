"""What this package answers over HTTP: wire Structs, and how they are made from views. Masses are tonne strings, times are ``+08:00``."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import asdict

from ledger.answers import ChangedParty, filled
from ledger.caller import Caller, reads
from ledger.mass import format_mass
from ledger.problem import Language, Mark, mark
from ledger.times import format_at
from manifests.acts import ACTS_BY_KIND
from manifests.attachments import AttachmentAnswer
from manifests.correction_answers import CorrectionAnswer, as_signed
from manifests.matter_answers import ContestAnswer, GapAnswer, HoldAnswer, IncidentNoteAnswer, incident_answers
from manifests.model import STAGES, Leg, LineState, Vehicle
from manifests.returned import has_left, kept_g, stands, tally
from manifests.view import ManifestView
from signing.refusal import Rule
from whitelist.fields import Place


class ManifestItem(Struct, frozen=True, gc=False, kw_only=True):
    """A manifest as it is listed: its address is ``/v1/manifests/<id>``, its places are divisions (GB/T 2260)."""

    id: str
    """``<generator>/<ULID>``."""
    number: str | None
    stage: str
    stage_text: str
    generator: str
    receiver: str
    carriers: tuple[str, ...]
    origin: str
    destination: str
    codes: tuple[str, ...]
    declared_t: str
    route: str
    issued_at: str
    """Admission of the issue."""
    index: int
    """Newest entry about it."""


class Manifests(Struct, frozen=True, gc=False, kw_only=True):
    """A page of manifests, newest issue first, as of ``size`` entries; ``next`` is the cursor of the next page, None at the end."""

    size: int
    manifests: tuple[ManifestItem, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class ManifestChoice(Struct, frozen=True, gc=False, kw_only=True):
    """The manifests under one name, a number or ULID: one normally, several while a number is disputed or was used again."""

    size: int
    name: str
    manifests: tuple[ManifestItem, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class FateAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Tonnes of a line used or disposed of by one method."""

    method: str
    mass_t: str


class LineAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A waste line and what became of its mass; None where it is not known yet."""

    line: int
    name: str
    code: str
    category: str
    form: str
    packing: str
    method: str
    decision_line: int | None
    plan_line: int | None
    declared_t: str
    loaded_t: str | None
    accepted_t: str | None
    refused_t: str | None
    stock_t: str
    waiting_t: str | None
    """Of what was refused: what has not departed on a return or redirect."""
    opinion: str | None
    differences: tuple[str, ...]
    fates: tuple[FateAnswer, ...]
    as_signed: dict[str, str]
    """Of fields that were corrected since, what the acts say: the first value, as compact JSON. The others stand as they were signed."""


class LegAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """One carrier's run with one vehicle; ``parts_t`` by line when the load was split, else empty."""

    carrier: str
    vehicle: Vehicle
    waybill_no: str
    place: Place
    begun_at: str
    ended_at: str | None
    parts_t: dict[str, str]
    reason: str | None


class ReturnAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What ties two manifests of which one carries back (``back``) or on (``redirect``) the refused waste of the other, ``id``."""

    id: str
    how: str
    lines: tuple[int, ...]
    """For each line of the return the line of the manifest that was refused."""


class ReturningAnswer(ReturnAnswer, frozen=True, kw_only=True):
    """A return or redirect of this manifest, in the order of issue; voided and declined ones have given their grams back."""

    stage: str
    stage_text: str
    declared_t: str
    holds: bool
    """Whether it holds these grams, neither voided nor declined."""
    has_left: bool
    """Whether they have left the gate that refused them."""


class FlagAnswer(Mark, frozen=True, kw_only=True):
    """An alert with its text, the entry that raised it, and the one of a case that settled it."""

    index: int
    ended: int | None = None


class PlanNamed(Struct, frozen=True, gc=False):
    """The management plan that a manifest names; without ``plan`` it is not on this log (PLAN_OFF_LOG) and was not compared."""

    plan: str | None
    site: str | None


class ManifestAnswer(Struct, frozen=True, gc=False, kw_only=True):
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
    plan: PlanNamed | None
    """管理计划 on whose lines it counts."""
    type: str
    lines: tuple[LineAnswer, ...]
    legs: tuple[LegAnswer, ...]
    returns: ReturnAnswer | None
    """Of a return or redirect: the manifest whose refused waste it carries."""
    returned_by: tuple[ReturningAnswer, ...]
    held_t: dict[str, str]
    """Tonnes it holds on each quota account."""
    times: dict[str, str]
    """When the acts took place, as claimed: issued, departed, arrived, accepted, received, disposed, verified, voided, planned."""
    flags: tuple[FlagAnswer, ...]
    attachments: tuple[AttachmentAnswer, ...]
    corrections: tuple[CorrectionAnswer, ...]
    """更正, as proposed one after the other; what is in force has changed the values above."""
    holds: tuple[HoldAnswer, ...]
    """暂扣, also those that have ended."""
    gap: GapAnswer | None
    contests: tuple[ContestAnswer, ...]
    incidents: tuple[IncidentNoteAnswer, ...]
    """突发事件 that name it, also those that are closed."""
    issue_index: int
    """Entry that issued it."""
    called: dict[str, str] = field(default_factory=dict)
    """How parties were called when it was issued, those that are called otherwise now."""
    head: str
    """Statement hash of the newest act on the trunk: ``prev`` of the next one."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def may_read(caller: Caller, view: ManifestView) -> bool:
    """Whether a manifest concerns the reader: generator, receiver and carriers, who succeeds a closed one of them, authorities and operator
    (design §5); or it touches a region that an authority lets it read about (``access.grant``)."""
    return not set(view.parties).isdisjoint(caller.parties) or reads(caller, "manifest", view.places)


def said(code: str, words: Mapping[str, str], language: Language) -> str:
    """A code in words: in Chinese those of the table, in English the code's own."""
    return words[code] if language == "zh" else code.replace("_", " ")


def item_of(view: ManifestView, language: Language) -> ManifestItem:
    """A view as it is listed."""
    state = view.state
    return filled(
        ManifestItem,
        view,
        state,
        id=view.chain.removeprefix("manifest/"),
        stage_text=said(state.stage, STAGES, language),
        origin=state.origin.division,
        destination=state.destination.division,
        declared_t=format_mass(sum(line.declared_g for line in state.lines)),
        issued_at=format_at(view.issued_s),
        index=view.updated_idx,
    )


def manifest_answer(
    view: ManifestView,
    size: int,
    rules: Mapping[str, Rule],
    language: Language,
    returning: Sequence[ManifestView] = (),
    corrections: tuple[CorrectionAnswer, ...] = (),
    attachments: tuple[AttachmentAnswer, ...] = (),
) -> ManifestAnswer:
    """A view whole; ``returning`` are the views of what returns or redirects its refused waste."""
    signed = as_signed(view.state, view.corrections)
    state = view.state
    waiting = kept_g(state, tally(one.state for one in returning))
    differing = dict(state.discrepancies)
    times = {"planned_s": state.planned_s, **asdict(state.times)}
    return filled(
        ManifestAnswer,
        state,
        size=size,
        manifest=item_of(view, language),
        lines=tuple(
            _line(number, line, differing.get(number, ()), waiting[number], signed.get(number, {}))
            for number, line in enumerate(state.lines)
        ),
        corrections=corrections,
        attachments=attachments,
        returns=_returns(view),
        plan=None if state.plan is None else PlanNamed(state.plan.chain or None, state.plan.site or None),
        returned_by=tuple(_returning(one, language) for one in returning),
        legs=tuple(map(_leg, state.legs)),
        held_t={account: format_mass(grams) for account, grams in sorted(state.drawn.items())},
        times={name.removesuffix("_s"): format_at(at_s) for name, at_s in times.items() if at_s is not None and name != "latest_s"},
        flags=tuple(filled(FlagAnswer, flag, mark(flag.code, rules, language, flag.level)) for flag in view.flags),
        head=state.acts[-1],
        issue_index=view.records[0].index,
        holds=(),
        gap=None,
        contests=(),
        incidents=incident_answers(state, language),
    )


def _returns(view: ManifestView) -> ReturnAnswer | None:
    link = view.state.returns
    return None if link is None else filled(ReturnAnswer, link, id=link.manifest.removeprefix("manifest/"))


def _returning(view: ManifestView, language: Language) -> ReturningAnswer:
    link, item = view.state.returns, item_of(view, language)
    assert link is not None, "found by what it returns"
    return filled(
        ReturningAnswer,
        item,
        how=link.how,
        lines=link.lines,
        holds=stands(view.state),
        has_left=stands(view.state) and has_left(view.state),
    )


def _line(number: int, line: LineState, differences: tuple[str, ...], waiting_g: int, signed: dict[str, str]) -> LineAnswer:
    grams = {name: getattr(line, f"{name}_g") for name in ("declared", "loaded", "accepted", "refused", "stock")}
    return filled(
        LineAnswer,
        line,
        line=number,
        differences=differences,
        as_signed=signed,
        waiting_t=None if not line.refused_g else format_mass(waiting_g),
        fates=tuple(FateAnswer(method=fate.method, mass_t=format_mass(fate.mass_g)) for fate in line.fates),
        **{f"{name}_t": None if mass_g is None else format_mass(mass_g) for name, mass_g in grams.items()},
    )


def _leg(leg: Leg) -> LegAnswer:
    return filled(
        LegAnswer,
        leg,
        begun_at=format_at(leg.begun_s),
        ended_at=None if leg.ended_s is None else format_at(leg.ended_s),
        parts_t={str(part.line): format_mass(part.mass_g) for part in leg.parts},
    )


def kind_text(kind: str, language: Language) -> str:
    """A kind of act in words."""
    known = ACTS_BY_KIND[kind].kind
    return known.zh if language == "zh" else known.en
