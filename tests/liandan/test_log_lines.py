"""Log lines: one step writes what structlog's own renderers write."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Iterator

import pytest
import structlog

from liandan.process import FLUSH_S, set_up_logging

SAID = {
    "request": "ab", "path": "/v1/sta tements", "status": 201, "ms": 12.3, "why": None, "many": ["a"], "empty": "", "quoted": "a'b",
    "lines": "x\ny", "zh": "中文", "sign": "a=b", "is_true": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def written(as_json: bool) -> list[str]:
    """The lines of some events."""
    to = io.StringIO()
    set_up_logging(as_json, to=to)
    log = structlog.get_logger("tests")
    log.debug("below")
    log.info("request", **SAID)
    log.warning("an_event_with_a_name_of_more_than_thirty_characters", b=1, a=2)
    try:
        raise ValueError("why")
    except ValueError:
        log.exception("fault", x=1)
    return to.getvalue().splitlines()


def test_a_plain_line_is_the_librarys() -> None:
    ours = written(as_json=False)
    renderer = structlog.dev.ConsoleRenderer(colors=False)
    for line, level, name, said in (
        (ours[0], "info", "request", SAID),
        (ours[1], "warning", "an_event_with_a_name_of_more_than_thirty_characters", {"b": 1, "a": 2}),
    ):
        at, rest = line.split(" ", 1)
        assert f"{at} {rest}" == renderer(None, level, {"timestamp": at, "level": level, "event": name, **said})
        assert at.endswith("Z")
    assert "[error    ] fault" in ours[2]
    assert ours[-1] == "ValueError: why"


def test_a_json_line_says_the_same() -> None:
    first, second, third = map(json.loads, written(as_json=True))
    assert first == SAID | {"event": "request", "level": "info", "timestamp": first["timestamp"]}
    assert (second["level"], second["b"]) == ("warning", 1)
    assert (third["level"], third["event"], third["x"]) == ("error", "fault", 1)
    assert third["exception"].endswith("ValueError: why")


async def test_lines_of_an_event_loop_go_out_together_and_soon() -> None:
    """Of a thread beside it they go at once: what is said before a process ends is seen."""
    to = Counting()
    set_up_logging(as_json=True, to=to)
    log = structlog.get_logger("tests")
    for number in range(50):
        log.info("request", number=number)
    assert to.flushes == 0
    beside = threading.Thread(target=log.critical, args=("frozen",))
    beside.start()
    beside.join()  # the loop stands meanwhile, so that this flush is the thread's
    assert to.flushes == 1
    await asyncio.sleep(3 * FLUSH_S)
    assert to.flushes == 2
    log.info("later")
    await asyncio.sleep(3 * FLUSH_S)
    assert to.flushes == 3
    assert len(to.getvalue().splitlines()) == 52


class Counting(io.StringIO):
    """Counts how often it is flushed."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1
