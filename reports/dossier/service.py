"""Dossiers on request: the evidence is gathered where statements are drawn, the paper is printed where all papers are."""

from msgspec.structs import replace

from ledger.caller import Caller
from ledger.log import Log
from reports.dossier.model import DossierAsked, check_dossier
from reports.dossier.render import layout_text, render_dossier
from reports.drawing import Drawer, File
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
    check_dossier(asked)
    published = log.publisher.published
    evidence = replace(asked, suffix="json", tongue="zh")  # one for both languages
    name, raw = await drawer.statement(evidence, 0 if published is None else published.size)
    if asked.suffix == "json":
        return name, raw
    return name_of(asked), await press.turn(printed, press, raw, asked)


def name_of(asked: DossierAsked) -> str:
    """Of the file."""
    return f"{asked.stem}.pdf" if asked.tongue == "zh" else f"{asked.stem}.{asked.tongue}.pdf"


def printed(press: Press, raw: bytes, asked: DossierAsked) -> bytes:
    """The paper of the evidence. Blocks. ISSUER_KEY where the log signs and this machine cannot."""
    days = asked.first, asked.last
    layout = layout_text(asked.tongue, *days)
    return press.print(raw, layout, lambda bundle, raw, signers: render_dossier(bundle, raw, signers, asked.tongue, days))
