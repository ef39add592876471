"""What a party may do about a manifest, over HTTP: the act with its place on the chain, what is filled in, what is asked for, what blocks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.directory import party_name
from ledger.form_fields import FormField, form_fields
from ledger.labels import labels
from ledger.model import Facts
from ledger.pending.model import PendingRow
from ledger.problem import Language, ProblemError, problem_errors
from ledger.times import day_of
from manifests.model import CAPACITIES, STAGES
from manifests.possible.coming import ComingStage
from manifests.possible.judging import PossibleAct
from manifests.possible.preparing import PLATE, WORDS, PreparedAct
from signing.phrase import Word
from signing.refusal import Reason


class FieldValue(Struct, frozen=True, gc=False, kw_only=True):
    """A value that a field may have, and what it means."""

    value: str
    text: str


class AskedField(Struct, frozen=True, gc=False, kw_only=True):
    """A field that whoever signs fills in. ``*`` in its path is any place in a list."""

    path: str
    """Within ``body``: ``lines.*.accepted_t``."""
    label: str
    type: str
    """``text``, ``mass`` (tonnes as a text), ``time``, ``day``, ``choice``, ``number``, ``flag``, ``party`` (USCC), ``division``, ``file``, ``object``."""
    is_list: bool
    unit: str
    pattern: str
    values: tuple[FieldValue, ...]
    """What it may be, where it is one of few; of a list, its items."""
    least: int | None
    most: int | None
    """Of a number its bounds, of a list how many items it takes, of a text how many characters."""
    when: str
    """In which cases it is needed; empty where always."""


class PossibleSigner(Struct, frozen=True, gc=False, kw_only=True):
    """A role in the order of ``by``. ``parties`` may hold it, anybody where there are none."""

    role: str
    role_text: str
    parties: tuple[str, ...]
    is_you: bool
    """The role of whom it is asked for."""


class PossibleActAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An act that a party may do now, or could if nothing blocked it."""

    kind: str
    text: str
    is_owed: bool
    """Whether it is among what is owed: ``actions`` says until when."""
    about: str
    """Which hold, contest or correction it is about; empty where the kind says all."""
    state: str
    """``open`` or ``blocked``."""
    chain: str
    """Where it stands; ends in ``<ULID>`` where it begins a chain, under a ULID of the signer's."""
    seq: int
    prev: str
    """Empty where it begins a chain: what that is follows from its name (formats §3)."""
    principal: str
    """The wire field ``for``, where it is signed for another."""
    signers: tuple[PossibleSigner, ...]
    alone: bool
    """Whether the signature of whom it is asked for is enough, though the act has more roles."""
    fields: tuple[AskedField, ...]
    known: dict[str, Any]
    """The body as far as it is known: what is asked for is left out."""
    schema: str
    """The form of its body: everything that may be given beside."""
    blockers: tuple[ProblemError, ...]
    pending: tuple[str, ...]
    """Statements of this sort that wait for signatures, by their hashes."""


class ComingPlaceAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Where a trip stands for a party."""

    stage: str
    holds: bool
    """Whether the party has the load, or a part of it."""


class ComingStageAnswer(ComingPlaceAnswer, frozen=True, kw_only=True):
    """A place of the trip, now or later, and what the party signs there."""

    text: str
    acts: tuple[PossibleActAnswer, ...]
    """Judged where it is the present place; prepared alone where it comes later, with ``seq`` and ``prev`` to be found by its signer."""
    leads: dict[str, ComingPlaceAnswer]
    """By kind, to which place it leads from here."""
    hints: dict[str, dict[str, Any]]
    """By kind, of fields that are asked for what they are likely to be, by their paths: for whoever signs to look at."""


class LabelRunAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Labels in a row that the packs of a waste would have."""

    first: str
    packs: int


class ManifestComing(Struct, frozen=True, gc=False, kw_only=True):
    """A trip as far as it can be prepared, for a device that goes on without a network: the present place first."""

    size: int
    party: str
    found: str
    """Fingerprint of the log, which a device has pinned."""
    seq: int
    prev: str
    """Where the next act of its chain stands: ``seq`` and the hash of the newest one."""
    stages: tuple[ComingStageAnswer, ...]
    labels: tuple[LabelRunAnswer, ...]


def possible_answer(
    possible: PossibleAct, facts: Facts, kinds: Kinds, language: Language, pending: Sequence[PendingRow] = (), *, is_owed: bool
) -> PossibleActAnswer:
    """An act for people and programs; ``pending`` are the envelopes about the manifest that wait."""
    prepared, statement = possible.prepared, possible.statement
    kind = kinds.by_name[prepared.kind]
    zh, en = prepared.title or (kind.zh, kind.en)
    chain = f"{prepared.chain.rpartition('/')[0]}/<ULID>" if prepared.is_new else prepared.chain
    return PossibleActAnswer(
        kind=prepared.kind,
        text=zh if language == "zh" else en,
        is_owed=is_owed,
        about="" if prepared.about is None else _one(prepared.about, language),
        state="blocked" if possible.blockers or possible.key_reasons else "open",
        chain=chain,
        seq=statement.seq,
        prev="" if prepared.is_new else statement.prev,
        principal=statement.principal or "",
        signers=tuple(_signers(possible, language)),
        alone=possible.alone,
        fields=tuple(_fields(prepared, kind, language)),
        known=_known(prepared),
        schema=f"/schemas/{prepared.kind.replace('/', '-')}.json",
        blockers=blocker_answers(possible, facts, kinds, language, with_key=True),
        pending=tuple(row.statement for row in pending if row.kind == prepared.kind and (prepared.is_new or row.chain == prepared.chain)),
    )


def coming_stage_answer(stage: ComingStage, acts: tuple[PossibleActAnswer, ...], language: Language) -> ComingStageAnswer:
    """A place of a trip for people and programs."""
    at, leads = stage.place, {kind: ComingPlaceAnswer(stage=to.stage.value, holds=to.holds) for kind, to in stage.leads.items()}
    text = STAGES[at.stage] if language == "zh" else at.stage.value.replace("_", " ")
    hints = {act.prepared.kind: hints_of(act.prepared) for act in stage.acts}
    return ComingStageAnswer(stage=at.stage.value, holds=at.holds, text=text, acts=acts, leads=leads, hints=hints)


def hints_of(prepared: PreparedAct) -> dict[str, Any]:
    """What stands in for asked fields and may well be right: a division, the first label; never a mere stand-in."""
    body, found = msgspec.to_builtins(prepared.body), dict[str, Any]()
    for path in (one for one in prepared.asked if "*" not in one):
        value = body
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, WORDS, PLATE):
            found[path] = value
    return found


def blocker_answers(
    possible: PossibleAct, facts: Facts, kinds: Kinds, language: Language, *, with_key: bool = False
) -> tuple[ProblemError, ...]:
    """What blocks an act, in the words in which it would be refused; ``with_key`` also what speaks against the asker's key alone."""
    body, day = kinds.by_name[possible.prepared.kind].body, day_of(possible.statement.at_s)
    reasons = (*possible.blockers, *(possible.key_reasons if with_key else ()))
    return problem_errors(reasons, kinds.rules, language, day, _names(reasons, facts), labels(body))


def _names(reasons: Sequence[Reason], facts: Facts) -> dict[str, Word]:
    """Names of the parties that reasons speak of, as far as they have been read."""
    codes = {word for reason in reasons for word in reason.places.values() if isinstance(word, str)}
    return {code: party_name(facts, code) for code in codes if facts.holds(f"chain:party/{code}")}


def _one(words: tuple[str, str], language: Language) -> str:
    return words[0] if language == "zh" else words[1]


def _signers(possible: PossibleAct, language: Language) -> Iterator[PossibleSigner]:
    asked = possible.asker.signer or possible.asker.party
    for place, role in enumerate(possible.roles):
        text = CAPACITIES.get(role.name, role.name) if language == "zh" else role.name.replace("_", " ")
        is_you = possible.statement.by[place : place + 1] == (asked,)
        yield PossibleSigner(role=role.name, role_text=text, parties=role.holders, is_you=is_you)


def _fields(prepared: PreparedAct, kind: Kind, language: Language) -> Iterator[AskedField]:
    known = form_fields(kind.body)
    for path in prepared.asked:
        yield _field(known[path], prepared, language)
        inner = tuple(name for name in prepared.choices if name.startswith(f"{path}.*."))
        yield from (_field(field, prepared, language) for name, field in known.items() if inner and name.startswith(f"{path}.*."))
    for path, words in prepared.when.items():
        yield _field(known[path], prepared, language, _one(words, language))


def _field(field: FormField, prepared: PreparedAct, language: Language, when: str = "") -> AskedField:
    choices = prepared.choices.get(field.path)
    if choices is not None:
        values = tuple(FieldValue(value=value, text=_one(words, language)) for value, words in choices.items())
    else:
        values = tuple(
            FieldValue(value=value, text=zh if language == "zh" else value.replace("_", " ")) for value, zh in field.values.items()
        )
    return AskedField(
        path=field.path,
        label=field.zh if language == "zh" else field.en,
        type="choice" if choices is not None else field.type,
        is_list=field.is_list,
        unit=field.unit,
        pattern=field.pattern,
        values=values,
        least=field.least,
        most=field.most,
        when=when,
    )


def _known(prepared: PreparedAct) -> dict[str, Any]:
    """The body without what is asked for."""
    body: dict[str, Any] = msgspec.to_builtins(prepared.body)
    for path in prepared.asked:
        _take_out(body, path.split("."))
    return body


def _take_out(value: Any, path: Sequence[str]) -> None:
    """Remove what stands at a path, and objects that are then empty."""
    name, *rest = path
    if name == "*":
        for item in value:
            _take_out(item, rest)
    elif name in value and rest:
        _take_out(value[name], rest)
        if not value[name]:
            del value[name]
    else:
        value.pop(name, None)
