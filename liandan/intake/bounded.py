"""Reading a stranger's file for a server: in a process of its own, bounded in time and memory, few at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from ledger.admission.sequencer import Busy
from liandan.intake.model import CellValue, SheetFinding, Spot, TemplateRow
from liandan.intake.reading import IntakeSort, ReadTables
from signing.refusal import Reason

AT_ONCE, WAITING_MAX, OF_ONE, BUSY_S = 2, 8, 2, 5
"""Files that are read at a time, that are held at all, that one caller may have here; and when to come again."""
WITHIN_S = 40.0
"""Of the clock, waiting for a processor included; processor time is bounded by the process itself."""
ANSWER_MAX = 64 * 1024 * 1024


class BoundedReader:
    """Of one server process and event loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._callers: list[str] = []

    @contextmanager
    def place(self, caller: str) -> Iterator[None]:
        """A place among those who wait, before their file is taken into memory; Busy."""
        if len(self._callers) >= WAITING_MAX or self._callers.count(caller) >= OF_ONE:
            raise Busy("other spreadsheets are being read", BUSY_S)
        self._callers.append(caller)
        try:
            yield
        finally:
            self._callers.remove(caller)

    async def read(self, sort: IntakeSort, name: str, raw: bytes) -> ReadTables:
        """The rows of a file; a finding INTAKE_FILE:TIME where it took more than it may."""
        return await self.read_by("liandan.intake.child", (sort, name), name, raw)

    async def read_by(self, module: str, asked: tuple[str, ...], name: str, raw: bytes) -> ReadTables:
        """The same by a module that bounds itself and is told what is asked."""
        async with self._turn:
            return await _read(module, asked, name, raw)


async def _read(module: str, asked: tuple[str, ...], name: str, raw: bytes) -> ReadTables:
    answer = await run_bounded(module, asked, raw, WITHIN_S)
    if answer is not None and len(answer) <= ANSWER_MAX:
        with suppress(msgspec.ValidationError, msgspec.DecodeError):
            return _decoded(answer)
    finding = SheetFinding(Spot(name), Reason("INTAKE_FILE", "", "", "", "TIME"))
    return ReadTables((), {}, [finding], [], [], [])


async def run_bounded(module: str, asked: tuple[str, ...], raw: bytes, within_s: float) -> bytes | None:
    """What a module of ours answers in a process of its own to what stands on its input; ``None`` where it failed or took longer."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *asked, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}, start_new_session=True,
    )  # fmt: skip
    answer = b""
    try:
        async with asyncio.timeout(within_s):
            answer, _ = await process.communicate(raw)
    except TimeoutError:
        pass
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return answer if process.returncode == 0 else None


def _decoded(answer: bytes) -> ReadTables:
    """What the process has read, each cell of a form that is known: it was at the mercy of the file."""
    found = msgspec.msgpack.decode(answer, type=ReadTables)
    tables = {
        sheet: [TemplateRow(row.spot, msgspec.convert(row.cells, dict[str, CellValue]), row.letters, row.rows) for row in rows]
        for sheet, rows in found.tables.items()
    }
    return msgspec.structs.replace(found, tables=tables)
