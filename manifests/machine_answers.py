"""The machine of the manifest over HTTP: its table, row by row."""

from msgspec import Struct

from ledger.answers import filled
from ledger.problem import Language
from manifests.answers import kind_text, said
from manifests.machine import MOVES, ends
from manifests.model import STAGES, Stage
from signing.citation import cited, source_in_chinese


class MoveAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """One row of the machine."""

    stage: str
    act: str
    kind: str
    text: str
    signers: tuple[str, ...]
    to: tuple[str, ...]
    seals: tuple[str, ...]
    source: str


class Machine(Struct, frozen=True, gc=False, kw_only=True):
    """The machine of the manifest: stages with their names, moves in the order of life, stages that no act leaves."""

    stages: dict[str, str]
    moves: tuple[MoveAnswer, ...]
    ends: tuple[str, ...]


def machine_answer(language: Language) -> Machine:
    """The table of manifests.machine, row by row."""
    moves = tuple(
        filled(
            MoveAnswer, found, stage=stage, act=act, kind=act.kind, text=kind_text(act.kind, language), signers=found.roles, source=source
        )
        for (stage, act), found in MOVES.items()
        for source in (source_in_chinese(cited(found.source)) if language == "zh" else cited(found.source),)
    )
    return Machine(stages={stage: said(stage, STAGES, language) for stage in Stage}, moves=moves, ends=ends())
