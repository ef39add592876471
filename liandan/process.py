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
import re
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO

import msgspec
import structlog

COLLECT_AFTER = (50_000, 20, 20)
SWITCH_S = 0.0005
FLUSH_S = 0.02
"""How long a log line of an event loop waits for others: a system call for each was a tenth of a post."""
_LEVELS = {"warn": "warning", "exception": "error"}  # Methods of a logger that are called otherwise than their level.
_QUOTED = re.compile(r"[ \t=\r\n\"']")
_ENCODE = msgspec.json.Encoder(enc_hook=str).encode


def tune() -> None:
    """Call after the imports and before the work. What imports leave as garbage is next to nothing, and looking for it takes 0.1 s."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)


def set_up_logging(as_json: bool, to: TextIO | None = None) -> None:
    """One event a line, on standard output or ``to``, without locals of tracebacks: they may hold what somebody posted."""
    in_colours = not as_json and (to or sys.stdout).isatty()
    renderer = structlog.dev.ConsoleRenderer(colors=in_colours, exception_formatter=structlog.dev.plain_traceback)
    steps: list[structlog.types.Processor] = [_json_line if as_json else partial(_plain_line, renderer)]
    if in_colours:
        steps = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer]
    level = structlog.make_filtering_bound_logger(logging.INFO)
    lines: Any = _SoonFlushed(to or sys.stdout)
    structlog.configure(processors=steps, logger_factory=structlog.WriteLoggerFactory(lines), wrapper_class=level)


class _SoonFlushed:
    """A stream whose lines go out together where an event loop comes back to it; where none does (threads, commands) at once."""

    def __init__(self, stream: TextIO) -> None:
        self.write, self._flush_now = stream.write, stream.flush
        self._is_awaited = False

    def flush(self) -> None:
        """Called by the logger after each line."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
            return
        if not self._is_awaited:
            self._is_awaited = True
            loop.call_later(FLUSH_S, self._flush)

    def _flush(self) -> None:
        self._is_awaited = False
        self._flush_now()


def _json_line(logger: Any, method: str, event: structlog.types.EventDict) -> str:
    """The line of an event in one step: every request writes one."""
    _mark(method, event)
    return _ENCODE(structlog.processors.format_exc_info(logger, method, event) if "exc_info" in event else event).decode()


def _plain_line(renderer: structlog.dev.ConsoleRenderer, logger: Any, method: str, event: structlog.types.EventDict) -> str:
    """The same line that the ``renderer`` writes without colours, in one step; what has a traceback is left to it."""
    _mark(method, event)
    if not event.keys().isdisjoint(("exc_info", "exception", "stack")):
        return str(renderer(logger, method, event))
    at, level, name = event.pop("timestamp"), event.pop("level"), event.pop("event")
    said = " ".join([f"{key}={_shown(event[key])}" for key in sorted(event)])
    return f"{at} [{level:<9}] {name:<30} {said}"


def _mark(method: str, event: structlog.types.EventDict) -> None:
    event["level"] = _LEVELS.get(method, method)
    event["timestamp"] = datetime.now(UTC).isoformat()[: -len("+00:00")] + "Z"


def _shown(value: object) -> str:
    return (repr(value) if _QUOTED.search(value) else value) if isinstance(value, str) else repr(value)


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
