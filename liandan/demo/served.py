"""The demonstration's server, a process of its own: it has the operator's keys and nobody else's, and ends with the process that began it.

    LIANDAN_DATA_DIR=… python -m liandan.demo.served

Prints its address as one line of JSON when it is ready, or the refusal, and serves until its standard input ends. So a demonstration that
is killed takes its server along, and the server still stops in order. Everything else it says goes to standard error.
"""

import asyncio
import json
import os
import sys
from typing import TextIO

import uvloop

from ledger.publishing.freeze import Mismatch
from liandan import settings
from liandan.process import tune
from liandan.server import serving
from signing.refusal import Refusal


async def main(answer: TextIO) -> None:
    """Serve on a free loopback port until standard input ends; the address is written to ``answer``."""
    async with serving(settings.load(os.environ)) as url:
        _say(answer, {"url": url})
        await asyncio.to_thread(sys.stdin.buffer.read)


def _say(answer: TextIO, message: dict[str, str]) -> None:
    answer.write(json.dumps(message) + "\n")
    answer.flush()


def _own_output() -> TextIO:
    """Standard output for the answer alone; whoever prints from now on prints to standard error, for nobody empties this pipe."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answer


if __name__ == "__main__":
    output = _own_output()
    tune()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main(output))
    except Refusal as refusal:
        _say(output, {"error": "; ".join(f"{reason.code}: {reason.found}" for reason in refusal.reasons)})
        sys.exit(1)
    except (Mismatch, OSError) as error:
        _say(output, {"error": str(error)})
        sys.exit(1)
