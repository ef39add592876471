"""Starting and stopping the demonstration's server from the client's side."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from signing.refusal import refuse

READY_S = 240
"""initdb and recovery after a kill may be slow on a busy machine."""
STOP_S = 60
KEPT = ("LIANDAN_POSTGRES_BINDIR",)
"""The only setting that a demonstration takes from its surroundings; everything else is the default."""


@asynccontextmanager
async def server(data_dir: Path, log: Path) -> AsyncIterator[str]:
    """A running server over ``data_dir``; yields its base URL. What it logs goes to ``log``. Refusal DEMO_FAILED if it does not start.

    It gets a session of its own: Ctrl-C reaches this process alone, which then lets the server end in order.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIANDAN_") or name in KEPT}
    environment["LIANDAN_DATA_DIR"] = str(data_dir)
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "liandan.demo.served"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            env=environment,
            start_new_session=True,
        )
        try:
            yield await _address(process, log)
        finally:
            await asyncio.shield(_stop(process))


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None, "it was opened as a pipe"
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    said = json.loads(line) if line.strip() else {"error": f"no answer, see {log}"}
    if "url" not in said:
        raise refuse("DEMO_FAILED", field="server", found=said["error"], expected="an address")
    return str(said["url"])


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Close its input and wait; whoever does not go is killed, which its database survives."""
    assert process.stdin is not None, "it was opened as a pipe"
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
