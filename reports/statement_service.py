"""Monthly statements on request: who may have whose, drawn from the newest published checkpoint, one for one at a time where a firm asks."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.directory import Authority, LogState
from ledger.log import Log
from reports.drawing import Drawer, File, StatementAsked
from reports.reconcile import check_month, check_scope
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from whitelist.period import PeriodState, period_chain

PARTIES_MAX, EACH_MAX = 8, 3
"""Drawings for firms that wait at a time, and for one of them: they leave room for offices, and each has its three files."""
BUSY_S = 5
TAGS_MAX = 256
"""Answers that are remembered by their tags: asked for again at the same checkpoint, nothing is drawn."""
_WAITING: WeakKeyDictionary[Drawer, Counter[str]] = WeakKeyDictionary()
_TAGS: WeakKeyDictionary[Drawer, dict[StatementAsked, tuple[int, str]]] = WeakKeyDictionary()


async def check_asked(log: Log, caller: Caller, asked: StatementAsked) -> StatementAsked:
    """What is drawn for a caller: where nobody and no direction is named, a firm is given its own statement, an office that of its regions.

    Refusal MONTH_FORM, DIRECTION_FORM, USCC, SCOPE_UNKNOWN (several are named, or none), NOT_FOUND (closed at no such size); REPORT_SCOPE for
    what is another's.
    """
    check_month(asked.month)
    if asked.direction is None and not asked.party and not asked.authority:
        own = {"party": {"party": caller.uscc}, "authority": {"authority": caller.uscc}, "operator": {}}
        asked = replace(asked, **own[caller.role])
    check_scope(asked.direction, asked.party, asked.authority)
    if caller.role == "party" and asked.party not in caller.parties:
        found = asked.party or asked.authority or "-".join(asked.direction or ())
        raise _refused("from, to, party, authority", found, "本单位的对账单", "the firm's own statement")
    if caller.role == "authority":
        _check_office(caller, await log.state(), asked)
    if asked.size:
        await _check_size(log, asked)
    return asked


async def _check_size(log: Log, asked: StatementAsked) -> None:
    """At another size than the newest a month is drawn as it was closed, and at no other: only such sizes cost little (``keeping``)."""
    head = None if asked.direction is None else await log.chain_head(period_chain(asked.month, *asked.direction))
    state: PeriodState | None = None if head is None else head.state
    sizes = [] if state is None else [close.size for close in state.closes]
    if asked.size not in sizes:
        known = ", ".join(map(str, sizes)) or "-"
        expected = Phrase(f"该方向该月结账时的规模：{known}", f"a size at which that month of that direction was closed: {known}")
        raise refuse("NOT_FOUND", field="size", found=asked.size, expected=expected)


def _refused(field: str, found: str, zh: str, en: str) -> Refusal:
    return refuse("REPORT_SCOPE", field=field, found=found, expected=Phrase(zh, en))


def _check_office(caller: Caller, state: LogState | None, asked: StatementAsked) -> None:
    """An office reads directions of a whole province of its own, offices within its regions, and firms whose code lies there."""
    office = None if state is None else state.founder(caller.uscc)
    if office is None or state is None:
        raise _refused("authority", caller.uscc, "账本的主管部门", "an authority of the log")
    if asked.direction is not None and not any(region in asked.direction for region in office.regions):
        raise _refused("from, to", "-".join(asked.direction), "本辖区（整省）的方向", "a direction of a whole province of the office's own")
    if asked.party and not office.covers(asked.party[2:8]):
        raise _refused("party", asked.party, "本辖区内的单位", "a firm within the office's regions")
    if asked.authority and not _lies_within(state.founder(asked.authority), office):
        raise _refused("authority", asked.authority, "本辖区内的主管部门", "an office within the office's regions")


def _lies_within(inner: Authority | None, outer: Authority) -> bool:
    return inner is not None and bool(inner.regions) and all(outer.covers(region) for region in inner.regions)


async def statement_of(log: Log, drawer: Drawer, asked: StatementAsked, *, for_firm: bool) -> tuple[File, str]:
    """((file name, bytes), tag) of what :func:`check_asked` gave, as of the newest published checkpoint, which is archived because it is printed.

    Refusal SCOPE_UNKNOWN; Busy where many others wait, firms sooner than offices.
    """
    published = log.publisher.published
    size = 0 if published is None else published.size
    with _place(drawer, asked.party) if for_firm else nullcontext():
        found = await drawer.statement(asked, size)
    tag = f'"{sha256(found[1]).hexdigest()[:32]}"'
    _remember(drawer, asked, size, tag)
    return found, tag


@contextmanager
def _place(drawer: Drawer, firm: str) -> Iterator[None]:
    """One of the places for firms; Busy where there is none."""
    waiting = _WAITING.setdefault(drawer, Counter())
    if waiting[firm] >= EACH_MAX or waiting.total() >= PARTIES_MAX:
        raise Busy("statements of firms are being drawn", BUSY_S)
    waiting[firm] += 1
    try:
        yield
    finally:
        waiting[firm] -= 1
        if not waiting[firm]:
            del waiting[firm]


def known_tag(log: Log, drawer: Drawer, asked: StatementAsked) -> str | None:
    """The tag of what was answered at the checkpoint that is the newest still; None where that is not known."""
    published = log.publisher.published
    size, tag = _TAGS.get(drawer, {}).get(asked, (-1, None))
    return tag if asked.size or (published is not None and published.size == size) else None


def _remember(drawer: Drawer, asked: StatementAsked, size: int, tag: str) -> None:
    tags = _TAGS.setdefault(drawer, {})
    tags.pop(asked, None)
    while len(tags) >= TAGS_MAX:
        del tags[next(iter(tags))]
    tags[asked] = (size, tag)
