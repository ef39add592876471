"""Starting and stopping the demonstration's children: the server, and whoever else answers with one line when it is ready."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from liandan.process import let_end
from signing.refusal import refuse

READY_S = 240
"""initdb and recovery after a kill may be slow on a busy machine."""
STOP_S = 60
KEPT = ("LIANDAN_POSTGRES_BINDIR",)
"""The only setting that a demonstration takes from its surroundings; everything else is the default."""


@asynccontextmanager
async def server(data_dir: Path, log: Path, witnesses: str = "") -> AsyncIterator[str]:
    """A running server over ``data_dir``; yields its base URL. What it logs goes to ``log``. Refusal DEMO_FAILED if it does not start.

    ``witnesses`` are their addresses as in the setting; empty for none.
    """
    settings = {"LIANDAN_DATA_DIR": str(data_dir), "LIANDAN_WITNESSES": witnesses}
    async with child(("-m", "liandan.demo.served"), log, settings) as process:
        yield await first_line(process, log, "url")


@asynccontextmanager
async def child(
    command: Sequence[str], log: Path, settings: Mapping[str, str], *, handles: Sequence[int] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python program that ends with its standard input; ``handles`` are the open files that it inherits.

    It gets a session of its own: Ctrl-C reaches this process alone, which then lets it end in order.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIANDAN_") or name in KEPT}
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            env=environment | dict(settings),
            start_new_session=True,
            pass_fds=handles,
        )
        try:
            yield process
        finally:
            # Whoever does not go is killed, which its database survives.
            await asyncio.shield(let_end(process, STOP_S))


async def first_line(process: asyncio.subprocess.Process, log: Path, field: str) -> str:
    """That field of the one line of JSON that a child says when it is ready; Refusal DEMO_FAILED with what it says instead."""
    assert process.stdout is not None, "it was opened as a pipe"
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    said = json.loads(line) if line.strip() else {"error": f"no answer, see {log}"}
    if field not in said:
        raise refuse("DEMO_FAILED", field="server", found=said["error"], expected=f"its {field}")
    return str(said[field])
