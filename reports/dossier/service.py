"""Dossiers on request: the evidence is gathered where statements are drawn, the paper is printed where all papers are."""

import asyncio

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.bundle import open_bundle
from ledger.caller import Caller, reads
from ledger.kinds.access import TOPICS
from ledger.log import Log
from reports.dossier.checklist import PointAnswer, answers
from reports.dossier.facts import dossier_facts, load_facts
from reports.dossier.model import DossierAsked, check_dossier
from reports.dossier.render import layout_text, render_dossier
from reports.drawing import Drawer, File
from reports.paper.tongue import Tongue, speaking
from reports.press import Press
from reports.reconciliation.line import Period
from reports.service import bundle_of
from signing.refusal import refuse


def topics_missing(caller: Caller, party: str) -> tuple[str, ...]:
    """What of a firm's dossier authorities do not let a reader read about its region; nothing of what is his own."""
    own = party in caller.parties
    return () if own else tuple(topic for topic in TOPICS if not reads(caller, topic, (party[2:8],)))


def may_have(caller: Caller, party: str) -> bool:
    """Whether a reader may have a firm's dossier: an authority any, a firm its own (or one's that it succeeds), an office that of the firms of its
    region where an authority lets it read all that a dossier holds. The operator none."""
    if caller.role == "party":
        return not topics_missing(caller, party)
    return caller.role == "authority"


def scoped(caller: Caller, asked: DossierAsked) -> DossierAsked:
    """The same for this reader, for others than authorities without what is refused of others. Refusal DOSSIER_SCOPE where :func:`may_have` says no."""
    if caller.role == "authority":
        return replace(asked, is_office=True)
    if not may_have(caller, asked.party):
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
    """The points of an inspection as the log answers them, of a firm over a period or of one manifest."""

    size: int
    dated: str
    """``admission.at`` of the newest entry enclosed."""
    loads: int
    points: tuple[PointAnswer, ...]


async def checklist_of(log: Log, drawer: Drawer, kinds: Kinds, asked: DossierAsked) -> ChecklistAnswer:
    """The checklist of a firm's dossier. Refusals as of :func:`dossier_of`."""
    _, raw = await dossier_of_evidence(log, drawer, asked)
    return await asyncio.to_thread(_checklist, raw, kinds, asked.tongue, check_dossier(asked))


async def checklist_of_manifest(log: Log, caller: Caller, kinds: Kinds, name: str, tongue: Tongue) -> ChecklistAnswer:
    """The points as far as one manifest (``<generator>/<ULID>``) answers them, of everybody on it; for whoever may read it. Refusals of
    :func:`reports.service.bundle_of`."""
    _, raw = await bundle_of(log, caller, name)
    return await asyncio.to_thread(_checklist, raw, kinds, tongue)


def _checklist(raw: bytes, kinds: Kinds, tongue: Tongue, period: Period | None = None) -> ChecklistAnswer:
    bundle = open_bundle(raw, kinds)
    facts = load_facts(bundle) if period is None else dossier_facts(bundle, period)
    with speaking(tongue):
        points = answers(facts)
    return ChecklistAnswer(size=bundle.opened.checkpoint.size, dated=facts.dated, loads=len(facts.loads), points=tuple(points))


def name_of(asked: DossierAsked) -> str:
    """Of the file."""
    return f"{asked.stem}.pdf" if asked.tongue == "zh" else f"{asked.stem}.{asked.tongue}.pdf"


def printed(press: Press, raw: bytes, asked: DossierAsked) -> bytes:
    """The paper of the evidence. Blocks. ISSUER_KEY where the log signs and this machine cannot."""
    days = asked.first, asked.last
    layout = layout_text(asked.tongue, *days)
    return press.print(raw, layout, lambda bundle, raw, signers: render_dossier(bundle, raw, signers, asked.tongue, days))
