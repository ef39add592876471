"""The demonstration's children: the server, and whoever else answers with one line when it is ready. Both ends of what they say.

    LIANDAN_DATA_DIR=… python -m liandan.demo.server_process

is the server: it has the operator's keys and nobody else's. It prints its address as one line of JSON when it is ready, or the refusal, and
serves until its standard input ends. So a demonstration that is killed takes its server along, and the server still stops in order.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

import uvloop

from ledger.publishing.freeze import Mismatch
from liandan import settings
from liandan.process import let_end, tune
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

READY_S = 240
"""initdb and recovery after a kill may be slow on a busy machine."""
STOP_S = 60
KEPT = ("LIANDAN_POSTGRES_BINDIR",)
"""The only setting that a demonstration takes from its surroundings; everything else is the default."""


@asynccontextmanager
async def server(data_dir: Path, log: Path, witnesses: str = "", sign_ins: Path | None = None) -> AsyncIterator[str]:
    """A running server over ``data_dir``; yields its base URL. What it logs goes to ``log``. Refusal DEMO_FAILED if it does not start.
    ``witnesses`` are their addresses as in the setting; empty for none. ``sign_ins`` is where the sandbox lays out keys for the desk.
    """
    env = {"LIANDAN_DATA_DIR": str(data_dir), "LIANDAN_WITNESSES": witnesses, "LIANDAN_DEMO_SIGN_INS": str(sign_ins or "")}
    async with child("server_process", (), log, "url", env=env) as url:
        yield url


@asynccontextmanager
async def child(
    module: str, arguments: Sequence[str], log: Path, answer: str, *, env: Mapping[str, str] | None = None, handles: Sequence[int] = ()
) -> AsyncIterator[str]:
    """A program of the demonstration that ends with its standard input; ``handles`` are the open files that it inherits. Yields that field
    of the one line of JSON that it says when it is ready; Refusal DEMO_FAILED with what it says instead. It gets a session of its own:
    Ctrl-C reaches this process alone, which then lets it end in order.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANDAN_") or name in KEPT}
    command, pipe = ("-m", f"liandan.demo.{module}", *arguments), asyncio.subprocess.PIPE
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=pipe, stdout=pipe, stderr=sink, env={**kept, **(env or {})}, start_new_session=True,
            pass_fds=handles,
        )  # fmt: skip
        try:
            yield await _first_line(process, log, answer)
        finally:
            # Whoever does not go is killed, which its database survives.
            await asyncio.shield(let_end(process, STOP_S))


async def _first_line(process: asyncio.subprocess.Process, log: Path, field: str) -> str:
    assert process.stdout is not None, "it was opened as a pipe"
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    said = json.loads(line) if line.strip() else {"error": f"no answer, see {log}"}
    if field not in said:
        raise refuse("DEMO_FAILED", field="server", found=said["error"], expected=Phrase(f"其 {field}", f"its {field}"))
    return str(said[field])


# ---------------------------------------------------------------------- the child's side


def own_output() -> TextIO:
    """Standard output for the answer alone; whoever prints from now on prints to standard error, for nobody empties this pipe."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answer


def say(answer: TextIO, field: str, value: str) -> None:
    """The one line of JSON that a child says."""
    answer.write(json.dumps({field: value}) + "\n")
    answer.flush()


async def _serve(answer: TextIO) -> None:
    from liandan.server import serving  # noqa: PLC0415 -- a witness needs this module, and of the server nothing

    async with serving(settings.load(os.environ)) as url:
        say(answer, "url", url)
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    output = own_output()
    tune()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(output))
    except Refusal as refusal:
        say(output, "error", "; ".join(f"{reason.code}: {reason.found}" for reason in refusal.reasons))
        sys.exit(1)
    except (Mismatch, OSError) as error:
        say(output, "error", str(error))
        sys.exit(1)
