"""How a process that works hard runs its interpreter, and how a server writes its log lines and ends its children.

The first two are set once, by whoever begins the process; a library never does.

Collecting: whatever a request makes is freed by counting references. The collector of cycles would look through all that lives, statements
that wait and facts that are kept among it, after every 700 new objects; it took a fifth of the CPU of a post. So it comes rarely, and never
looks at what was there before the first request.

Switching: the event loop gives the interpreter lock away at every read and write of a socket, and while the publisher decides entries
again on its thread, it waits a whole switching interval to get it back. The default of 5 ms is longer than a whole request.
"""

import asyncio
import gc
import logging
import sys
from typing import TextIO

import msgspec
import structlog

COLLECT_AFTER = (50_000, 20, 20)
SWITCH_S = 0.0005


def tune() -> None:
    """Call after the imports and before the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)


def set_up_logging(as_json: bool, to: TextIO | None = None) -> None:
    """One event a line, on standard output or ``to``, without locals of tracebacks: they may hold what somebody posted."""
    steps: list[structlog.types.Processor] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]
    if as_json:
        steps.append(structlog.processors.format_exc_info)
        steps.append(structlog.processors.JSONRenderer(serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str).decode()))
    else:
        plain = structlog.dev.plain_traceback
        steps.append(structlog.dev.ConsoleRenderer(colors=(to or sys.stdout).isatty(), exception_formatter=plain))
    level = structlog.make_filtering_bound_logger(logging.INFO)
    structlog.configure(processors=steps, logger_factory=structlog.PrintLoggerFactory(to), wrapper_class=level)


async def let_end(process: asyncio.subprocess.Process, within_s: float) -> None:
    """Close a child's input and wait; one that does not go by then is killed. Children of ours end with their input."""
    assert process.stdin is not None, "it was opened as a pipe"
    process.stdin.close()
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
