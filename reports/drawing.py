"""Drawing monthly statements and figures in processes of their own: a server answers other requests meanwhile, and gives the memory back after each.

A statement is drawn from the published files and what was kept of them (``reports.reconciliation.kept.keeping``): nothing of the database is read. One
is drawn at a time; whoever asks for the same one meanwhile gets the same, as far as it is of the newest checkpoint at his asking; what nobody
waits for any more is ended.
"""

import asyncio
import multiprocessing
import os
import signal
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import structlog
from msgspec import Struct

from ledger.admission.sequencer import Busy
from ledger.publishing.files import ARCHIVE, CHECKPOINT, LogFiles
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from reports.dossier.evidence import GatheredChains, dossier_bundle
from reports.dossier.model import DossierAsked
from reports.figures.files import write_figures
from reports.figures.gathered import draw_figures
from reports.figures.model import FiguresAsked
from reports.figures.public import draw_public
from reports.kinds import all_kinds
from reports.paper.tongue import Tongue
from reports.reconcile import check_month, file_name, finish, scope_of, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import KeptIn, with_gathering
from reports.reconciliation.month.fold import Direction, Fold
from reports.registers.files import draw_file
from reports.registers.model import RegisterAsked
from signing.refusal import Reason, Refusal, refuse

log = structlog.get_logger("reports.drawing")

WAITING_MAX = 16
"""Different statements that wait for their turn; beyond it answers are 503."""
BUSY_S = 10
AHEAD_S = 600
"""Between two looks whether there is something to gather ahead, the first after a start."""
NICE = 5
"""Behind the server, the publisher and PostgreSQL where processors are short."""
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
File = tuple[str, bytes]
"""Name and content."""


class StatementAsked(Struct, frozen=True):
    """Which statement: month ``YYYY-MM``; of a direction, or whose, a party's or an authority's (USCC); ``pdf``, ``xlsx`` or ``json``, in which
    language.
    """

    month: str
    direction: Direction | None
    suffix: str
    tongue: Tongue = "zh"
    size: int = 0
    """Over the first so many entries, 0: all that are published."""
    party: str = ""
    authority: str = ""


Asked = StatementAsked | FiguresAsked | RegisterAsked | DossierAsked
"""What is drawn from the gathering: a monthly statement, figures, or a firm's register."""


class StatementSource(Struct, frozen=True):
    """What statements are drawn from: directory of the published files, verifier keys of the log, where gatherings are kept."""

    files: Path
    log_keys: tuple[str, ...]
    kept: KeptIn | None = None
    entries: Path | None = None
    """Directory of the bundles of entries, where it is another one."""


class DrawnStatement(Struct, frozen=True):
    """What the process that draws answers with."""

    name: str = ""
    content: bytes = b""
    reasons: tuple[Reason, ...] = ()
    told: tuple[str, ...] = ()
    """What its operator should know: why something was gathered again, or not kept."""


def gather(source: StatementSource, least: int, told: Callable[[str], None]) -> None:
    """Gather what is new, so that the next statement need not. Refusals of checkpoints and tiles. Blocks."""
    files = LogFiles(source.files, source.entries)
    with_gathering(
        files.read, lambda: newest(files, source.log_keys, least), all_kinds(), lambda gathering, checkpoint: None, source.kept, told=told
    )


def draw(source: StatementSource, asked: Asked, least: int = 0, told: Callable[[str], None] = lambda what: None) -> File:
    """A statement or figures as of the newest published checkpoint (of ``least`` entries or more), which is archived because it is printed.
    Refusal MONTH_FORM, SCOPE_UNKNOWN; those of checkpoints and tiles. Blocks.
    """
    files = LogFiles(source.files, source.entries)
    period = check_month(asked.month) if isinstance(asked, StatementAsked) else None

    def work(gathering: Gathering, checkpoint: Checkpoint) -> File:
        if isinstance(asked, DossierAsked):
            note = files.read(f"{ARCHIVE}/{checkpoint.size}")  # as it was archived just now
            assert note is not None, "archived before it was drawn from"
            chains = GatheredChains(gathering, checkpoint.size, files.read, all_kinds())
            return f"{asked.stem}.json", dossier_bundle(chains, asked, note)
        if isinstance(asked, RegisterAsked):
            return draw_file(gathering, asked, b64encode(checkpoint.root).decode())
        if isinstance(asked, FiguresAsked):
            return write_figures((draw_public if asked.is_public else draw_figures)(gathering, asked), asked)
        assert period is not None, "checked above"
        fold = Fold(period, gathering)
        scope = scope_of(fold, asked.direction, asked.party, asked.authority)
        statement = finish(fold, scope, b64encode(checkpoint.root).decode())
        return file_name(statement, asked.suffix, asked.tongue), to_bytes(statement, asked.suffix, asked.tongue)

    size = asked.size if isinstance(asked, StatementAsked) else 0
    return with_gathering(files.read, lambda: newest(files, source.log_keys, least), all_kinds(), work, source.kept, told=told, size=size)


def newest(files: LogFiles, log_keys: Sequence[str], least: int = 0) -> Checkpoint:
    """The newest published checkpoint, verified and archived. Refusal NOT_FOUND, those of checkpoints; TILE_FORM for an older one than was shown
    already, which somebody has put in its place.
    """
    note = files.read(CHECKPOINT)
    if note is None:
        raise refuse("NOT_FOUND", field=CHECKPOINT)
    found = open_checkpoint(note, log_keys).checkpoint
    if found.size < least:
        raise refuse("TILE_FORM", field=CHECKPOINT, found=found.size, expected=f"≥ {least}")
    files.archive(found.size, note)
    return found


def _child(answer: Connection, source: StatementSource, asked: Asked | None, least: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this process
    os.nice(NICE)
    told = list[str]()
    try:
        name, content = ("", b"") if asked is None else draw(source, asked, least, told.append)
        if asked is None:
            gather(source, least, told.append)
        found = DrawnStatement(name, content, told=tuple(told))
    except Refusal as refusal:  # an exception does not travel
        found = DrawnStatement(reasons=refusal.reasons, told=tuple(told))
    with suppress(BrokenPipeError):  # nobody waits any more
        answer.send(found)


class _Drawing(Struct, eq=False):
    """One statement on its way."""

    wanted: int
    """Entries that everybody who asks knows to be published."""
    task: asyncio.Task[File] | None = None
    askers: int = 0
    has_begun: bool = False


class Drawer:
    """Draws statements for a server. Of one event loop."""

    def __init__(self, source: StatementSource) -> None:
        self._source = source
        self._turn = asyncio.Lock()
        self._under_way: dict[Asked, _Drawing] = {}

    async def statement(self, asked: Asked, size: int) -> File:
        """The statement at ``size`` entries, which are published, or more. Its refusals; Busy where too many others wait."""
        drawing = self._under_way.get(asked)
        if drawing is None or (drawing.has_begun and drawing.wanted < size):
            if len(self._under_way) >= WAITING_MAX:
                raise Busy("other statements are being drawn", BUSY_S)
            drawing = self._under_way[asked] = _Drawing(size)
            drawing.task = asyncio.create_task(self._draw(asked, drawing))
        assert drawing.task is not None, "begun at once"
        drawing.wanted = max(drawing.wanted, size)
        drawing.askers += 1
        try:
            return await asyncio.shield(drawing.task)
        finally:
            drawing.askers -= 1
            if not drawing.askers:
                drawing.task.cancel()
                self._forget(asked, drawing)

    async def keep_up(self, size: Callable[[], int]) -> None:
        """Gather what is new (``size``: entries published) now and then, so that nobody waits for the work of months; until it is cancelled."""
        gathered = 0
        while True:
            await asyncio.sleep(AHEAD_S)
            if (now := size()) == gathered:
                continue
            try:
                async with self._turn:
                    await self._in_a_process(None, now)
                gathered = now
            except (Refusal, RuntimeError, OSError) as error:
                log.warning("not_gathered_ahead", error=f"{type(error).__name__}: {error}")

    def _forget(self, asked: Asked, drawing: _Drawing) -> None:
        """From here whoever asks begins anew."""
        if self._under_way.get(asked) is drawing:
            del self._under_way[asked]

    async def _draw(self, asked: Asked, drawing: _Drawing) -> File:
        try:
            async with self._turn:
                drawing.has_begun = True
                return await self._in_a_process(asked, drawing.wanted)
        finally:
            self._forget(asked, drawing)

    async def _in_a_process(self, asked: Asked | None, least: int) -> File:
        context: Any = multiprocessing.get_context(_METHOD)
        if _METHOD == "forkserver":
            context.set_forkserver_preload([__name__])
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(theirs, self._source, asked, least), name="liandan statement", daemon=True)
        starting = asyncio.create_task(asyncio.to_thread(process.start))
        hearing: asyncio.Task[File] | None = None
        try:
            await asyncio.shield(starting)
            theirs.close()  # so that its end is heard here
            await _speaks(ours)
            hearing = asyncio.create_task(asyncio.to_thread(_heard, ours))
            return await asyncio.shield(hearing)
        finally:
            theirs.close()
            await asyncio.shield(_ended(process, ours, starting, hearing))


async def _speaks(answer: Connection) -> None:
    """Wait until there is something to read, or the end; no thread waits meanwhile."""
    loop, spoken = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(answer.fileno(), spoken.set)
    try:
        await spoken.wait()
    finally:
        loop.remove_reader(answer.fileno())
        os.set_blocking(answer.fileno(), True)  # uvloop has taken that away, and whoever reads now waits for the rest


def _heard(answer: Connection) -> File:
    try:
        found: DrawnStatement = answer.recv()
    except EOFError:
        raise RuntimeError("the process that draws a statement has ended without one") from None
    for what in found.told:
        log.warning("statements", told=what)
    if found.reasons:
        raise Refusal(found.reasons)
    return found.name, found.content


async def _ended(process: BaseProcess, answer: Connection, starting: asyncio.Task[None], hearing: asyncio.Task[Any] | None) -> None:
    """End the process whatever it does, also one that is only starting, and whoever listens to it."""
    await asyncio.wait([starting])
    if process.pid is not None:
        process.kill()
        await asyncio.to_thread(process.join)
    if hearing is not None:
        await asyncio.wait([hearing])
    answer.close()
