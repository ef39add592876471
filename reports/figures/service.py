"""Figures on request: authorities have the tables with firms, anybody the aggregates without; drawn where monthly statements are."""

from time import monotonic
from weakref import WeakKeyDictionary

from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.log import Log
from reports.drawing import Drawer, File
from reports.figures.model import FiguresAsked, check_period
from reports.reconcile import check_direction
from signing.refusal import refuse

PUBLIC_MAX = 2
"""Drawings for anybody at a time in a process: they never take the turn from offices for long."""
KEPT_S, KEPT_MAX = 600.0, 64
"""How long an answer to anybody serves, and how many are kept: only months that are over are told, and these change no more."""
_DRAWN: WeakKeyDictionary[Drawer, int] = WeakKeyDictionary()
_KEPT: WeakKeyDictionary[Drawer, dict[FiguresAsked, tuple[float, File]]] = WeakKeyDictionary()


def check_figures(asked: FiguresAsked) -> None:
    """Refusal MONTH_FORM, DIRECTION_FORM."""
    check_period(asked.period)
    check_direction(*asked.pair)


def check_reader(caller: Caller) -> None:
    """Refusal REPORT_SCOPE for firms: figures name all firms of both provinces."""
    if not caller.reads_all:
        raise refuse("REPORT_SCOPE", field="from, to", found=caller.uscc)


async def figures_of(log: Log, drawer: Drawer, asked: FiguresAsked) -> File:
    """Name and bytes as of the newest published checkpoint. Refusals of :func:`check_figures`; Busy where many others wait."""
    check_figures(asked)
    published = log.publisher.published
    return await drawer.statement(asked, 0 if published is None else published.size)


def kept_figures(drawer: Drawer, asked: FiguresAsked) -> File | None:
    """What anybody was told a moment ago; ``None`` where it has to be drawn."""
    known = _KEPT.get(drawer, {}).get(asked)
    return known[1] if known is not None and monotonic() < known[0] else None


async def public_figures(log: Log, drawer: Drawer, asked: FiguresAsked) -> File:
    """The same for anybody, kept for ten minutes: who asks again and again draws nothing."""
    check_figures(asked)
    if (known := kept_figures(drawer, asked)) is not None:
        return known
    if (waiting := _DRAWN.get(drawer, 0)) >= PUBLIC_MAX:
        raise Busy("other public figures are being drawn", 5)
    _DRAWN[drawer] = waiting + 1
    try:
        found = await figures_of(log, drawer, asked)
    finally:
        _DRAWN[drawer] -= 1
    kept = _KEPT.setdefault(drawer, {})
    kept.pop(asked, None)
    while len(kept) >= KEPT_MAX:
        del kept[next(iter(kept))]
    kept[asked] = (monotonic() + KEPT_S, found)
    return found
