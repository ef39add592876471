"""Dossiers on request: the evidence is gathered where statements are drawn, the paper is printed where all papers are."""

import asyncio

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.bundle import open_bundle
from ledger.caller import Caller
from ledger.log import Log
from reports.dossier.checklist import PointAnswer, answers
from reports.dossier.facts import dossier_facts
from reports.dossier.model import DossierAsked, check_dossier
from reports.dossier.render import layout_text, render_dossier
from reports.drawing import Drawer, File
from reports.names import name_in
from reports.paper.tongue import speaking
from reports.press import Press
from signing.refusal import refuse


def scoped(caller: Caller, asked: DossierAsked) -> DossierAsked:
    """The same for this reader: any authority may have any firm's, a firm its own (or one's that it succeeds), without what is refused of others.

    Refusal DOSSIER_SCOPE for everybody else, the operator too.
    """
    if caller.role == "authority":
        return replace(asked, is_office=True)
    if asked.party not in caller.parties:
        raise refuse("DOSSIER_SCOPE", field="uscc", found=asked.party, expected=caller.uscc)
    return replace(asked, is_office=False)


async def dossier_of(log: Log, drawer: Drawer, press: Press, asked: DossierAsked) -> File:
    """Name and bytes as of the newest published checkpoint: the paper, or its evidence alone.

    Refusals of :func:`check_dossier`, DOSSIER_UNKNOWN, DOSSIER_TOO_LARGE, those of printing; Busy where many others wait.
    """
    name, raw = await dossier_of_evidence(log, drawer, asked)
    if asked.suffix == "json":
        return name, raw
    return name_of(asked), await press.turn(printed, press, raw, asked)


async def dossier_of_evidence(log: Log, drawer: Drawer, asked: DossierAsked) -> File:
    """Name and bytes of the evidence alone, one for both languages. Refusals as of :func:`dossier_of`."""
    check_dossier(asked)
    published = log.publisher.published
    evidence = replace(asked, suffix="json", tongue="zh")
    return await drawer.statement(evidence, 0 if published is None else published.size)


class ChecklistAnswer(Struct, frozen=True, kw_only=True):
    """The points of an inspection as the log answers them, of a firm over a period or of one manifest alone (``manifest``)."""

    party: str
    name: str
    first: str
    last: str
    manifest: str
    size: int
    dated: str
    """``admission.at`` of the newest entry enclosed."""
    loads: int
    points: tuple[PointAnswer, ...]


async def checklist_of(log: Log, drawer: Drawer, kinds: Kinds, asked: DossierAsked, manifest: str = "") -> ChecklistAnswer:
    """The checklist of a firm's dossier, or as far as one of its manifests answers it (``<generator>/<ULID>``). Refusals as of :func:`dossier_of`;
    NOT_FOUND for a manifest that is not in the dossier."""
    _, raw = await dossier_of_evidence(log, drawer, asked)
    return await asyncio.to_thread(_checklist, raw, kinds, asked, manifest)


def _checklist(raw: bytes, kinds: Kinds, asked: DossierAsked, manifest: str) -> ChecklistAnswer:
    bundle = open_bundle(raw, kinds)
    facts = dossier_facts(bundle, check_dossier(asked))
    loads = tuple(load for load in facts.loads if not manifest or load.view.chain == f"manifest/{manifest}")
    if manifest and not loads:
        raise refuse("NOT_FOUND", field="manifest", found=manifest)
    with speaking(asked.tongue):
        points = answers(replace(facts, loads=loads))
    return ChecklistAnswer(
        party=asked.party, name=name_in(bundle, asked.party), first=asked.first, last=asked.last, manifest=manifest,
        size=bundle.opened.checkpoint.size, dated=facts.dated, loads=len(loads), points=tuple(points),
    )  # fmt: skip


def name_of(asked: DossierAsked) -> str:
    """Of the file."""
    return f"{asked.stem}.pdf" if asked.tongue == "zh" else f"{asked.stem}.{asked.tongue}.pdf"


def printed(press: Press, raw: bytes, asked: DossierAsked) -> bytes:
    """The paper of the evidence. Blocks. ISSUER_KEY where the log signs and this machine cannot."""
    days = asked.first, asked.last
    layout = layout_text(asked.tongue, *days)
    return press.print(raw, layout, lambda bundle, raw, signers: render_dossier(bundle, raw, signers, asked.tongue, days))
